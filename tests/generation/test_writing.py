"""The loop inside the graph writes what a plain Python loop over the whole model would write."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import SequenceWriter, continue_text
from keras_rnn_zoo.generation.steppers import stepper_for
from keras_rnn_zoo.layers.rnn_decoder import CONDITIONINGS
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
    **{conditioning: lambda c=conditioning: one_to_many(c) for conditioning in CONDITIONINGS},
    "stacked": lambda: one_to_many("first_step", units=(6, 6), skip_connections="residual", cell="gru", dropout=0.3),
    "dense bridge": lambda: unaligned(),
    "copied states": lambda: unaligned(bridge="copy", cell="lstm"),
    "reversed source": lambda: unaligned(bridge="copy", reverse_source=True, dropout=0.2),
    "bidirectional": lambda: unaligned(bidirectional=True, conditioning="both"),
    "context at every step": lambda: unaligned(conditioning="input"),
    "bahdanau": lambda: unaligned(attention="bahdanau", bidirectional=True),
    "copied states and attention": lambda: unaligned(attention="luong_dot", cell="lstm", bridge="copy", dropout=0.2),
    "luong_general": lambda: unaligned(attention="luong_general", bidirectional=True, readout_units=4),
    "luong_concat": lambda: unaligned(attention="luong_concat", input_feeding=False, reverse_source=True),
    "language model": lambda: language_model(),
    "deep language model": lambda: language_model(cell="gru", skip_connections="input", dropout=0.3),
}


def ids(model, inputs, length=LENGTH, seed=0, **options):
    """The best hypothesis of each row."""
    return SequenceWriter(model, length, **options)(inputs, seed).ids[:, 0]


def inputs_of(name):
    if "language" in name:
        return np.array([[4, 5, 6], [8, 8, 4], [5, 6, 6], [7, 4, 4]], "int32")
    return CONTEXTS if name in (*CONDITIONINGS, "stacked") else SOURCES


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
    written = ids(model, inputs)
    assert written.dtype == np.int32 and written.shape == (4, LENGTH)
    assert written.tolist() == [written_by_hand(model, name, row) for row in inputs]
    alone = [ids(model, row[None] if row.dtype != np.int32 else row[row != 0][None])[0] for row in inputs]
    np.testing.assert_array_equal(written, alone)


@pytest.mark.parametrize("name", MODELS)
def test_the_stepper_says_what_teacher_forcing_says(name):
    model, inputs = MODELS[name](), inputs_of(name)
    previous = np.array([[START, 4, 5, 5], [START, 8, 6, 4], [START, 7, 7, 8], [START, 5, 4, 6]], "int32")
    field = "context" if inputs is CONTEXTS else "source"
    fields = previous if "language" in name else {field: inputs, "previous": previous}
    expected = keras.ops.convert_to_numpy(model(fields, training=False))
    stepper = stepper_for(model)
    fixed, state = stepper.start(keras.ops.convert_to_tensor(inputs))
    for t in range(previous.shape[1]):
        log_probabilities, state = stepper.step(keras.ops.convert_to_tensor(previous[:, t]), fixed, state)
        np.testing.assert_allclose(np.exp(keras.ops.convert_to_numpy(log_probabilities)), expected[:, t], atol=2e-6)


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
    written = ids(model, CONTEXTS, 20, temperature=temperature)
    ended = np.cumsum(written == END, axis=1) > 0
    assert not np.isin(written[~ended], [PAD, UNKNOWN, START]).any()


def test_after_the_end_all_is_padding():
    model = with_bias(one_to_many("input"), _3=1.0)
    written = ids(model, np.repeat(CONTEXTS, 20, axis=0), 30, seed=1, temperature=1.0)
    ends = set()
    for row in written.tolist():
        end = row.index(END) if END in row else len(row)
        ends.add(end)
        assert row[end + 1 :] == [PAD] * len(row[end + 1 :]) and PAD not in row[:end]
    assert len(ends) > 3


def test_new_weights_are_written_with():
    """What is compiled once holds the model, not the values its weights had then."""
    model, writer = language_model(), None
    for _ in range(2):
        spread(model)
        writer = writer or SequenceWriter(model, LENGTH, min_length=5)
        expected = SequenceWriter(model, LENGTH, min_length=5)(inputs_of("language model"))
        written = writer(inputs_of("language model"))
        np.testing.assert_array_equal(written.ids, expected.ids)
        np.testing.assert_allclose(written.scores, expected.scores, atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"beam_size": 3}, {"temperature": 1.0}], ids=["greedy", "beam", "drawn"])
@pytest.mark.parametrize("name", ["bahdanau", "language model", "input"])
def test_one_graph_serves_every_batch(name, options):
    """On JAX one for each shape; which whole numbers ids are held in makes none."""
    writer, inputs, traced = SequenceWriter(MODELS[name](), 3, **options), inputs_of(name), []
    start = writer.stepper.start
    writer.stepper.start = lambda batch: (traced.append(1), start(batch))[1]
    shapes = set()
    for rows, length in ((4, 3), (4, 2), (2, 3), (1, 1), (3, 2), (4, 3)):
        batch = inputs[:rows] if inputs is CONTEXTS else inputs[:rows, :length].astype("int64")
        shapes.add(batch.shape)
        assert writer(batch).ids.shape[0] == rows
    assert len(traced) == {"tensorflow": 1, "jax": len(shapes)}.get(keras.backend.backend(), 6)


def test_draws_depend_on_the_seed_alone():
    writer = SequenceWriter(one_to_many("both"), LENGTH, temperature=1.0)
    np.testing.assert_array_equal(writer(CONTEXTS, seed=5).ids, writer(CONTEXTS, seed=5).ids)
    assert len({writer(CONTEXTS, seed=seed).ids.tobytes() for seed in range(5)}) == 5


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_draws_follow_the_probabilities(temperature):
    model = one_to_many("initial_state")
    draws = 4000
    written = ids(model, np.repeat(CONTEXTS[:1], draws, axis=0), 1, seed=7, temperature=temperature)[:, 0]
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
    np.testing.assert_array_equal(ids(model, CONTEXTS, temperature=1e-4), ids(model, CONTEXTS))


def test_a_prompt_of_one_symbol():
    model = language_model()
    prompt = np.array([[5]], "int32")
    assert ids(model, prompt)[0].tolist() == written_by_hand(model, "language model", prompt[0])


def test_a_saved_model_writes_the_same(tmp_path):
    model = unaligned(bridge="copy", reverse_source=True)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(ids(again, SOURCES), ids(model, SOURCES))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_low_precision(policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        models = [
            one_to_many("first_step"),
            unaligned(bridge="copy"),
            unaligned(attention="bahdanau"),
            language_model(),
        ]
    finally:
        keras.config.set_dtype_policy(before)
    for model, inputs in zip(models, (CONTEXTS, SOURCES, SOURCES, inputs_of("language model")), strict=True):
        assert ids(model, inputs, temperature=0.5).shape == (4, LENGTH)
        written = SequenceWriter(model, LENGTH, beam_size=3, n_best=3)(inputs)
        assert np.isfinite(written.scores).all() and (np.diff(written.scores, axis=1) <= 0).all()


LETTERS, WORDS = Vocabulary(list("abcde"), unit="character"), Vocabulary(["one", "two", "three", "four", "five"])


def test_continue_text():
    model = language_model()
    text = continue_text(model, LETTERS, "abc", length=12, seed=3)
    assert text.startswith("abc") and set(text) <= set("abcde") and len(text) <= 15
    words = continue_text(model, WORDS, "two one", length=5, temperature=0)
    assert words.startswith("two one ") and set(words.split()) <= set(WORDS.symbols)
    with pytest.raises(ZooError, match="at least one symbol"):
        continue_text(model, LETTERS, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_length": 0}, "max_length must be a whole number of at least 1, received 0"),
        ({"max_length": 3, "temperature": -0.1}, "temperature must be a number from 0 to 1e\\+06, received -0.1"),
        ({"max_length": 3, "temperature": float("nan")}, "temperature must be a number from 0"),
        ({"max_length": 3, "temperature": float("inf")}, "temperature must be a number from 0"),
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
    answers = [ids(model, SOURCES, 6, seed=3, temperature=temperature) for model in (softmax, linear)]
    np.testing.assert_array_equal(*answers)


def test_prompts_are_padded_on_the_right():
    model, prompts = language_model(cell="lstm"), np.array([[5, 6, 0, 0], [7, 0, 0, 0], [4, 4, 5, 8]], "int32")
    alone = [ids(model, row[row != 0][None])[0] for row in prompts]
    np.testing.assert_array_equal(ids(model, prompts), alone)
    with pytest.raises(ValueError, match="pad them on the right"):
        SequenceWriter(model, 3)(np.array([[5, 0, 6]], "int32"))


def test_vectors_are_written_step_by_step():
    model = builders.build_one_to_many((FEATURES,), 3, 4, output_activation="linear")
    with pytest.raises(ValueError, match="RNNDecoder.step"):
        SequenceWriter(model, 3)


def captioner(**options):
    options = {"image_units": 6, "filters": (4,), "conditioning": "first_bias", "embedding_dim": 4, **options}
    return spread(builders.build_captioner((8, 8, 1), SYMBOLS, 6, **options))


PICTURES = RNG.uniform(size=(4, 8, 8, 1)).astype("float32")


@pytest.mark.parametrize(
    "model, inputs, signature, options",
    [
        (
            lambda: unaligned(attention="bahdanau", bidirectional=True),
            SOURCES,
            ((None, None), "int32"),
            {"beam_size": 4},
        ),
        (captioner, PICTURES, ((None, 8, 8, 1), "float32"), {"beam_size": 3, "n_best": 2, "length_penalty": 0.6}),
        (captioner, PICTURES, ((None, 8, 8, 1), "float32"), {}),
        (language_model, SOURCES, ((None, None), "int32"), {"temperature": 1.0, "top_p": 0.9}),
    ],
)
def test_exported(model, inputs, signature, options, tmp_path):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("a SavedModel is TensorFlow's")
    import tensorflow as tf

    model = model()
    writer = SequenceWriter(model, LENGTH, **options)
    archive = keras.export.ExportArchive()
    archive.track(model)
    specs = [tf.TensorSpec(*signature), tf.TensorSpec((None,), "int32")]
    archive.add_endpoint("write", writer.graph, input_signature=specs)
    archive.write_out(tmp_path / "model", verbose=False)
    served = tf.saved_model.load(tmp_path / "model")
    seeds = np.array([5, 6, 7, 8], "int32")
    for rows in (slice(0, 4), slice(1, 2)):
        expected, found = writer(inputs[rows], seed=seeds[rows]), served.write(inputs[rows], seeds[rows])
        np.testing.assert_array_equal(found["ids"].numpy(), expected.ids)
        np.testing.assert_allclose(found["scores"].numpy(), expected.scores, atol=1e-5)


WRITE_AND_SAVE = """
import sys
import numpy as np
from tests.generation import test_writing as t
written = {}
for name in ("both", "first_bias", "bahdanau", "copied states and attention", "language model"):
    model = t.MODELS[name]()
    for way, options in (("greedy", {}), ("beam", {"beam_size": 3, "n_best": 3}), ("drawn", {"temperature": 1.0, "top_p": 0.9})):
        writer = t.SequenceWriter(model, t.LENGTH, min_length=4, **options)
        written[name + " " + way] = writer(t.inputs_of(name), seed=3).ids
np.savez(sys.argv[1], **written)
"""


def test_every_backend_writes_the_same(tmp_path):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("compared once, in the run on TensorFlow")
    pytest.importorskip("jax")
    for backend in ("tensorflow", "jax"):
        environment = {**os.environ, "KERAS_BACKEND": backend}
        subprocess.run([sys.executable, "-c", WRITE_AND_SAVE, str(tmp_path / backend)], check=True, env=environment)
    one, other = (np.load(tmp_path / f"{backend}.npz") for backend in ("tensorflow", "jax"))
    assert set(one.files) == set(other.files)
    for name in one.files:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)
    assert len({row.tobytes() for name in one.files for row in one[name]}) > 30


@pytest.mark.parametrize(
    ("model", "inputs", "message"),
    [
        (unaligned, SOURCES + 0.5, "whole numbers from 0 to 8; received float64"),
        (unaligned, SOURCES + 4, "whole numbers from 0 to 8"),
        (unaligned, -SOURCES, "whole numbers from 0 to 8"),
        (unaligned, SOURCES[:, :0], "source should be an array of shape"),
        (unaligned, SOURCES[0], "source should be an array of shape"),
        (language_model, np.array([[5, 9]]), "Prompts should be ids, whole numbers from 0 to 8"),
        (lambda: one_to_many("input"), CONTEXTS[:, :3], "context should be an array of shape"),
        (lambda: one_to_many("input"), CONTEXTS.astype(str), "context should hold numbers"),
    ],
)
def test_inputs_that_the_model_cannot_read(model, inputs, message):
    with pytest.raises(ZooError, match=message):
        SequenceWriter(model(), 3)(inputs)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": 1e-40}, "temperature must be 0 or at least 1e-06"),
        ({"temperature": 1e30}, "temperature must be a number from 0 to 1e\\+06"),
        ({"beam_size": 2, "length_penalty": 1e9}, "length_penalty must be a number from 0 to 10"),
        ({"forbidden": 5}, "forbidden must be a tuple of ids"),
        ({"forbidden": (4.7,)}, "forbidden must be a tuple of ids"),
        ({"beam": 5}, "beam_size"),
    ],
)
def test_options_out_of_range(options, message):
    with pytest.raises(ZooError, match=message):
        SequenceWriter(one_to_many("input"), 3, **options)
