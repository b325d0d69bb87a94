"""The loop inside the graph writes what a plain Python loop over the whole model would write."""

import keras
import numpy as np
import pytest

from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import SequenceWriter, answer_text, continue_text
from keras_rnn_zoo.preprocessing.vocabulary import END, PAD, START, UNKNOWN, Vocabulary

SYMBOLS, LENGTH, FEATURES = 9, 7, 5
RNG = np.random.default_rng(0)
SOURCES = np.array([[4, 5, 6, 7, 8], [8, 4, 0, 0, 0], [5, 5, 5, 0, 0], [6, 8, 7, 4, 0]], "int32")
CONTEXTS = RNG.normal(size=(4, FEATURES)).astype("float32")


def spread(model):
    """Gives a new model opinions of its own; END is likely enough to come at different times."""
    keras.utils.set_random_seed(4)
    model.set_weights([RNG.normal(scale=0.7, size=weight.shape) for weight in model.get_weights()])
    return model


def one_to_many(conditioning, units=6, **options):
    return spread(
        builders.build_one_to_many((FEATURES,), SYMBOLS, units, embedding_dim=4, conditioning=conditioning, **options)
    )


def unaligned(**options):
    values = {"vocabulary_size": SYMBOLS, "embedding_dim": 4, "cell": "gru", **options}
    return spread(builders.build_many_to_many_unaligned((None,), SYMBOLS, 6, **values))


def language_model(**options):
    return spread(
        builders.build_language_model((None,), SYMBOLS, 6, vocabulary_size=SYMBOLS, embedding_dim=4, **options)
    )


MODELS = {
    **{conditioning: lambda c=conditioning: one_to_many(c) for conditioning in ("input", "initial_state", "both")},
    "first_step": lambda: one_to_many("first_step"),
    "stacked": lambda: one_to_many("first_step", units=(6, 6), skip_connections="residual", cell="gru", dropout=0.3),
    "dense bridge": lambda: unaligned(),
    "copied states": lambda: unaligned(bridge="copy", cell="lstm"),
    "reversed source": lambda: unaligned(bridge="copy", reverse_source=True, dropout=0.2),
    "bidirectional": lambda: unaligned(bidirectional=True, conditioning="both"),
    "context at every step": lambda: unaligned(conditioning="input"),
    "language model": lambda: language_model(),
    "deep language model": lambda: language_model(cell="gru", skip_connections="input", dropout=0.3),
}


def inputs_of(name):
    if "language" in name:
        return np.array([[4, 5, 6], [8, 8, 4], [5, 6, 6], [7, 4, 4]], "int32")
    return CONTEXTS if name in ("input", "initial_state", "both", "first_step", "stacked") else SOURCES


def written_by_hand(model, name, row):
    """Teacher forcing over the whole model, once for each symbol."""
    is_language_model, field = "language" in name, "context" if inputs_of(name) is CONTEXTS else "source"
    row = row if row.dtype != np.int32 else row[row != 0]
    read = list(row) if is_language_model else [START]
    written = []
    while len(written) < LENGTH and END not in written:
        previous = np.array([read], "int32")
        inputs = previous if is_language_model else {field: row[None], "previous": previous}
        probabilities = keras.ops.convert_to_numpy(model(inputs, training=False))[0, -1].copy()
        probabilities[[PAD, UNKNOWN, START]] = -1
        read.append(int(probabilities.argmax()))
        written.append(read[-1])
    return written + [PAD] * (LENGTH - len(written))


@pytest.mark.parametrize("name", MODELS)
def test_greedy_equals_a_plain_loop(name):
    model, inputs = MODELS[name](), inputs_of(name)
    writer = SequenceWriter(model, LENGTH)
    written = writer(inputs)
    assert written.dtype == np.int32 and written.shape == (4, LENGTH)
    assert written.tolist() == [written_by_hand(model, name, row) for row in inputs]
    alone = [writer(row[None] if row.dtype != np.int32 else row[row != 0][None])[0] for row in inputs]
    np.testing.assert_array_equal(written, alone)


def with_bias(model, **bias):
    """Makes symbols likely whatever was read."""
    layer = model.get_layer("decoder").output_layer
    kernel, values = layer.get_weights()
    for symbol, value in bias.items():
        values[int(symbol[1:])] = value
    layer.set_weights([kernel * 0, values])
    return model


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_reserved_symbols_are_never_written(temperature):
    model = with_bias(one_to_many("input"), _0=9.0, _1=9.0, _2=9.0)
    written = SequenceWriter(model, 20, temperature)(CONTEXTS)
    ended = np.cumsum(written == END, axis=1) > 0
    assert not np.isin(written[~ended], [PAD, UNKNOWN, START]).any()


def test_after_the_end_all_is_padding():
    model = with_bias(one_to_many("input"), _3=1.0)
    written = SequenceWriter(model, 30, temperature=1.0)(np.repeat(CONTEXTS, 20, axis=0), seed=1)
    ends = set()
    for row in written.tolist():
        end = row.index(END) if END in row else len(row)
        ends.add(end)
        assert row[end + 1 :] == [PAD] * len(row[end + 1 :]) and PAD not in row[:end]
    assert len(ends) > 3


def test_draws_depend_on_the_seed_alone():
    writer = SequenceWriter(one_to_many("both"), LENGTH, temperature=1.0)
    np.testing.assert_array_equal(writer(CONTEXTS, seed=5), writer(CONTEXTS, seed=5))
    assert len({writer(CONTEXTS, seed=seed).tobytes() for seed in range(5)}) == 5


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_draws_follow_the_probabilities(temperature):
    model = one_to_many("initial_state")
    draws = 4000
    written = SequenceWriter(model, 1, temperature)(np.repeat(CONTEXTS[:1], draws, axis=0), seed=7)[:, 0]
    inputs = {"context": CONTEXTS[:1], "previous": np.array([[START]])}
    scores = np.log(keras.ops.convert_to_numpy(model(inputs, training=False))[0, 0].astype("float64")) / temperature
    scores[[PAD, UNKNOWN, START]] = -np.inf
    expected = np.exp(scores - scores.max())
    expected = draws * expected / expected.sum()
    counts, possible = np.bincount(written, minlength=SYMBOLS), expected > 0
    assert counts[~possible].sum() == 0
    chi_square = ((counts - expected)[possible] ** 2 / expected[possible]).sum()
    assert chi_square < 25  # Five degrees of freedom: exceeded once in seven thousand times.


def test_low_temperature_is_greedy():
    model = one_to_many("both")
    np.testing.assert_array_equal(
        SequenceWriter(model, LENGTH, 1e-4)(CONTEXTS), SequenceWriter(model, LENGTH)(CONTEXTS)
    )


def test_a_prompt_of_one_symbol():
    model = language_model()
    prompt = np.array([[5]], "int32")
    assert SequenceWriter(model, LENGTH)(prompt)[0].tolist() == written_by_hand(model, "language model", prompt[0])


def test_a_saved_model_writes_the_same(tmp_path):
    model = unaligned(bridge="copy", reverse_source=True)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(SequenceWriter(again, LENGTH)(SOURCES), SequenceWriter(model, LENGTH)(SOURCES))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_low_precision(policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        models = [one_to_many("first_step"), unaligned(bridge="copy"), language_model()]
    finally:
        keras.config.set_dtype_policy(before)
    for model, inputs in zip(models, (CONTEXTS, SOURCES, inputs_of("language model"))):
        assert SequenceWriter(model, LENGTH, temperature=0.5)(inputs).shape == (4, LENGTH)


LETTERS, WORDS = Vocabulary(list("abcde"), unit="character"), Vocabulary(["one", "two", "three", "four", "five"])


def test_continue_text():
    model = language_model()
    text = continue_text(model, LETTERS, "abc", length=12, seed=3)
    assert text.startswith("abc") and set(text) <= set("abcde") and len(text) <= 15
    words = continue_text(model, WORDS, "two one", length=5, temperature=0)
    assert words.startswith("two one ") and set(words.split()) <= set(WORDS.symbols)
    with pytest.raises(ZooError, match="at least one symbol"):
        continue_text(model, LETTERS, "")


def test_answer_text():
    model = unaligned()
    answer = answer_text(model, WORDS, LETTERS, "three two", length=6)
    (ids,) = SequenceWriter(model, 6)(WORDS.encode("three two")[None])
    assert answer == LETTERS.decode(ids)
    with pytest.raises(ZooError, match="nothing to read"):
        answer_text(model, WORDS, LETTERS, "  ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_length": 0}, "max_length must be at least 1, received 0"),
        ({"max_length": 3, "temperature": -0.1}, "temperature must be a finite number of at least 0, received -0.1"),
        ({"max_length": 3, "temperature": float("nan")}, "temperature must be a finite number"),
        ({"max_length": 3, "temperature": float("inf")}, "temperature must be a finite number"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ZooError, match=message):
        SequenceWriter(one_to_many("input"), **arguments)


def test_an_empty_batch_and_an_empty_prompt():
    with pytest.raises(ZooError, match="an empty batch"):
        SequenceWriter(one_to_many("input"), 3)(CONTEXTS[:0])
    with pytest.raises(ZooError, match="at least one symbol"):
        SequenceWriter(language_model(), 3)(np.zeros((2, 0), "int32"))


@pytest.mark.parametrize(
    "model",
    [
        lambda: builders.build_many_to_one((None, 3), 2, 4),
        lambda: builders.build_many_to_many_aligned((None, 3), 2, 4),
        lambda: builders.build_sequence_tagger((None,), 3, 4, vocabulary_size=9),
        lambda: builders.build_one_to_many((5,), 3, 4),
    ],
)
def test_models_that_do_not_write_symbols(model):
    with pytest.raises(ZooError, match="does not write symbols"):
        SequenceWriter(model(), 3)


@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_logits_are_written_from_as_probabilities_are(temperature):
    softmax, linear = unaligned(), unaligned(output_activation="linear")
    linear.set_weights(softmax.get_weights())
    answers = [SequenceWriter(model, 6, temperature)(SOURCES, seed=3) for model in (softmax, linear)]
    np.testing.assert_array_equal(*answers)


def test_prompts_with_padding_are_refused():
    with pytest.raises(ValueError, match="Prompts hold padding"):
        SequenceWriter(language_model(), 3)(np.array([[5, 6, 0]], "int32"))


def test_vectors_are_written_step_by_step():
    model = builders.build_one_to_many((FEATURES,), 3, 4, output_activation="linear")
    with pytest.raises(ValueError, match="RNNDecoder.step"):
        SequenceWriter(model, 3)
