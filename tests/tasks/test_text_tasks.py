"""Tasks that read text: what goes in raw comes out raw, alone or in a list, before and after it was saved."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.generation import SequenceWriter
from keras_rnn_zoo.preprocessing import ByteVocabulary, SubwordVocabulary, Vocabulary, learn_vocabulary
from keras_rnn_zoo.preprocessing.base import END, UNKNOWN
from keras_rnn_zoo.tasks import Classifier, LanguageModel, Tagger, TextToText, load_task
from keras_rnn_zoo.tasks.kinds import KINDS, kind_of

ROOT = Path(__file__).parents[2]
SAVED = ROOT / "saved_models"
PAIRS = [
    ("Kedi uyuyor.", "The cat sleeps."),
    ("Köpek uyuyor.", "The dog sleeps."),
    ("Kedi yer.", "The cat eats."),
    ("Köpek koşar.", "The dog runs."),
    ("Ali köpeği görür.", "Ali sees the dog."),
    ("IŞIK var.", "There is light."),
]
TURKISH = {"source_language": "tr", "lower": True, "units": 16, "embedding_dim": 8}
LETTERS = learn_vocabulary(["to be or not to be\n"], unit="character")


def spread(model):
    """Gives a new model opinions of its own."""
    generator = np.random.default_rng(3)
    model.set_weights([generator.normal(scale=0.7, size=weight.shape) for weight in model.get_weights()])
    return model


def translator(**options):
    task = TextToText.create(PAIRS, **{**TURKISH, **options})
    spread(task.model)
    return task


def language_model(vocabulary=LETTERS, **settings):
    size = vocabulary.size
    model = builders.build_language_model((None,), size, 8, vocabulary_size=size, embedding_dim=4)
    return LanguageModel(spread(model), vocabulary, **settings)


@pytest.fixture(scope="module")
def attentive():
    return translator(attention="luong_general", cell="gru")


def test_an_answer_does_not_depend_on_its_company(attentive):
    texts = ["Kedi.", "Köpek uyuyor ve kedi yer.", "Ali", "Kedi uyuyor. " * 9]
    for options in ({}, {"beam_size": 3}, {"temperature": 1.0, "seed": [5, 6, 7, 8]}):
        together = attentive(texts, **options)
        alone = [
            attentive(text, **{name: value[n : n + 1] if name == "seed" else value for name, value in options.items()})
            for n, text in enumerate(texts)
        ]
        assert together == alone and len(set(together)) > 1


def test_an_answer_is_what_the_writer_writes(attentive):
    ids = attentive.source.encode("KEDİ UYUYOR.")[None]
    assert UNKNOWN not in ids
    written = SequenceWriter(attentive.model, 7, beam_size=2, n_best=2)(ids)
    answers = attentive("KEDİ UYUYOR.", max_length=7, beam_size=2, n_best=2, return_scores=True)
    for place, answer in enumerate(answers):
        assert answer.text == attentive.vocabulary.decode(written.ids[0, place])
        assert END not in answer.ids and answer.attention is None
        np.testing.assert_allclose(answer.score, written.scores[0, place], rtol=1e-4)
        np.testing.assert_allclose(answer.log_probability, written.log_probabilities[0, place], rtol=1e-4)
    texts = attentive(["KEDİ UYUYOR.", "Ali"], max_length=7, beam_size=2, n_best=2)
    assert texts[0] == [answer.text for answer in answers] and len(texts[1]) == 2


def test_attention_covers_the_source(attentive):
    long, short = attentive(["Köpek uyuyor ve kedi yer.", "Ali"], return_attention=True, max_length=5)
    assert long.attention.shape == (len(long.ids), 6) and short.attention.shape == (len(short.ids), 1)
    np.testing.assert_allclose(long.attention.sum(axis=1), 1, rtol=1e-3)


def test_decoding_of_the_task_and_of_a_call(attentive):
    task = TextToText(
        attentive.model, attentive.source, attentive.vocabulary, decoding={"beam_size": 3, "max_length": 4}
    )
    text = "Köpek koşar."
    assert task(text) == attentive(text, beam_size=3, max_length=4)
    assert task(text, beam_size=1) == attentive(text, max_length=4)
    assert task(text, temperature=1.0, seed=3) == attentive(text, temperature=1.0, seed=3, max_length=4)
    assert len(task(text, n_best=3, max_length=2)) == 3
    assert attentive(text, max_length=np.int64(4)) == attentive(text, max_length=4)


def test_what_is_returned_goes_by_the_decoding_of_the_task(attentive):
    parts = attentive.model, attentive.source, attentive.vocabulary
    several = TextToText(*parts, decoding={"beam_size": 3, "n_best": 3, "max_length": 4})
    assert several("Ali") == attentive("Ali", beam_size=3, n_best=3, max_length=4) and len(several("Ali")) == 3
    assert several("Ali", temperature=1.0) == attentive("Ali", temperature=1.0, max_length=4)
    looking = TextToText(*parts, decoding={"return_attention": True, "max_length": 4})
    assert looking("Ali").attention.shape[1] == 1
    drawing = TextToText(*parts, decoding={"temperature": 1.0, "top_k": 3, "max_length": 4, "forbidden": [1, 5]})
    assert drawing("Ali", temperature=0) == attentive("Ali", max_length=4, forbidden=(1, 5))


@pytest.mark.parametrize(
    "decoding, message",
    [
        ([1], "should be a dictionary"),
        ({"beam_size": "3"}, "beam_size must be a whole number"),
        ({"top_k": 3}, "give a temperature above 0"),
        ({"beams": 3}, "Unknown option of writing"),
    ],
)
def test_a_decoding_that_no_task_can_have(attentive, decoding, message):
    with pytest.raises(ZooError, match=message):
        TextToText(attentive.model, attentive.source, attentive.vocabulary, decoding=decoding)


def test_writers_are_kept(attentive):
    attentive("Ali", max_length=3)
    kept = list(attentive._writers.values())
    attentive(["Ali", "Kedi yer."], max_length=3, seed=4)
    assert list(attentive._writers.values()) == kept


def test_only_the_latest_writers_are_kept(monkeypatch):
    monkeypatch.setattr("keras_rnn_zoo.tasks.writing.writer_for", lambda model, length, **_: length)
    task = translator()
    assert [task._writer(length, {}) for length in range(1, 12)] == list(range(1, 12))
    assert list(task._writers.values()) == [4, 5, 6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize(
    "text, options, message",
    [
        ("  ", {}, "There is nothing to read in '  '"),
        (7, {}, "Text should be a string, received int"),
        ("Ali", {"beams": 3}, "Unknown option of writing 'beams'. Did you mean 'beam_size'?"),
        ("Ali", {"beam_size": 2, "temperature": 1.0}, "not both"),
        ("Ali", {"n_best": 2}, "n_best=2 needs a beam_size"),
        ("Ali", {"max_length": 0}, "max_length must be a whole number of at least 1, received 0"),
        ("Ali", {"max_length": 2.7}, "max_length must be a whole number of at least 1, received 2.7"),
        ("Ali", {"max_length": "3"}, "max_length must be a whole number of at least 1, received '3'"),
        ("Ali", {"max_length": True}, "max_length must be a whole number of at least 1, received True"),
        ("Ali", {"beam_size": [2]}, "beam_size must be a whole number"),
        ("Ali", {"forbidden": 5}, "forbidden must be a tuple of ids, received 5"),
        ("Ali", {"return_attention": [1]}, "return_attention must be True or False"),
        ("Ali", {"seed": 1.5}, "seed should be a whole number"),
        (["Ali", "Ali"], {"seed": [1]}, "one for each of the 2 inputs"),
    ],
)
def test_bad_calls(attentive, text, options, message):
    with pytest.raises(ZooError, match=message.replace("?", r"\?")):
        attentive(text, **options)


@pytest.mark.parametrize(
    "training, message",
    [
        ({"epochs": 3}, "its keys are optimizer and jit_compile"),
        ({"dtype_policy": "mixed_float16"}, "its keys are optimizer and jit_compile"),
        (["adam"], "its keys are optimizer and jit_compile"),
        ({"optimizer": {"rate": 1}}, "TextToText.create: training.optimizer.rate: unknown key"),
        ({"optimizer": {"schedule": "cosine"}}, "should be 'constant', received 'cosine'"),
    ],
)
def test_create_takes_what_it_can_honour(training, message):
    with pytest.raises(ZooError, match=message):
        TextToText.create(PAIRS, training=training)


def test_fit_learns_raw_pairs(tmp_path):
    keras.utils.set_random_seed(2)
    task = TextToText.create(PAIRS, **TURKISH, dropout=0.0, training={"optimizer": {"learning_rate": 0.03}})
    history = task.fit(PAIRS, epochs=60, batch_size=6, validation=PAIRS[:2], verbose=0).history
    assert history["val_nats_per_symbol"][-1] < 0.1 < history["val_nats_per_symbol"][0]
    assert task([source for source, _ in PAIRS]) == [target.lower() for _, target in PAIRS]
    assert task("kedi uyuyor.") == "the cat sleeps."
    task.save(tmp_path / "task")
    again = load_task(tmp_path / "task")
    assert again("IŞIK var.") == "there is light." and again.model.compiled
    again.fit(PAIRS, epochs=1, verbose=0)


def test_preprocess_is_what_the_model_takes(attentive):
    (inputs, targets), *_ = list(attentive.preprocess(PAIRS, batch_size=4, shuffle=False))
    sources = [attentive.source.encode(source).tolist() for source, _ in PAIRS[:4]]
    found = [[int(i) for i in row if i] for row in np.asarray(inputs["source"])]
    assert found == sources
    answers = [attentive.vocabulary.encode(target).tolist() + [END] for _, target in PAIRS[:4]]
    assert [[int(i) for i in row if i] for row in np.asarray(targets)] == answers


@pytest.mark.parametrize("raw", [[], "text", [("one",)], [("one", "two", "three")], ["ab"], [("", "two")]])
def test_raw_examples_of_another_form(attentive, raw):
    with pytest.raises(ZooError, match="Example|nothing to read"):
        attentive.preprocess(raw)


def test_a_model_that_is_not_compiled():
    with pytest.raises(ZooError, match="task.model.compile"):
        language_model().fit(["to be"])


def test_vocabularies_that_do_not_fit(attentive):
    few = Vocabulary(["a", "b"])
    with pytest.raises(ZooError, match="numbers, but the vocabulary of what it writes has 6"):
        TextToText(attentive.model, attentive.source, few)
    with pytest.raises(ZooError, match="`source` has 6"):
        TextToText(attentive.model, few, attentive.vocabulary)


def looking_at_the_unknown(**options):
    """A translator that writes UNKNOWN at every step and looks at the source's unknown word: all weights set by hand."""
    words = Vocabulary(["eve", "gitti", "."], language="tr")
    model = builders.build_translator(
        (None,), 7, 4, vocabulary_size=7, embedding_dim=4, cell="simple_rnn", attention="luong_dot", bridge="dense", **options
    )  # fmt: skip
    for weight in model.weights:
        weight.assign(np.zeros(weight.shape))
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    embedding = np.zeros((7, 4))
    embedding[UNKNOWN] = 1
    encoder.get_layer("embedding").set_weights([embedding])
    for weight in encoder.get_layer("recurrence").weights:  # memory = tanh(embedding)
        if weight.name == "kernel":
            weight.assign(np.eye(4))
    for weight in decoder.rnn.weights:  # state = tanh(1)
        if weight.name == "bias":
            weight.assign(np.ones(4))
    decoder.output_layer.set_weights([np.zeros((4, 7)), np.eye(7)[UNKNOWN] * 9])
    return model, words


@pytest.mark.parametrize("reverse_source", [False, True])
def test_unknown_words_are_copied(reverse_source):
    model, words = looking_at_the_unknown(reverse_source=reverse_source)
    task = TextToText(model, words, words, copy_unknown=True)
    assert task(["eve gitti Zeynep .", "Ahmet eve gitti"], max_length=2) == ["Zeynep Zeynep", "Ahmet Ahmet"]
    answer = task("eve Zeynep gitti . .", max_length=1, return_attention=True)
    assert answer.attention.shape == (1, 5) and answer.attention[0].argmax() == 1 and answer.ids.tolist() == [UNKNOWN]
    plain = TextToText(model, words, words)
    assert "Zeynep" not in plain("eve gitti Zeynep .", max_length=2)
    assert task("eve Zeynep", max_length=2, beam_size=2) == "Zeynep Zeynep"


def test_copying_needs_attention_and_words(tmp_path):
    plain = translator()
    with pytest.raises(ZooError, match="translator has no attention"):
        TextToText(plain.model, plain.source, plain.vocabulary, copy_unknown=True)
    model, words = looking_at_the_unknown()
    letters = Vocabulary(list("abc"), unit="character")
    with pytest.raises(ZooError, match="both vocabularies should be of words, received word and character"):
        TextToText(model, words, letters, copy_unknown=True)
    TextToText(model, words, words, copy_unknown=True).save(tmp_path / "task")
    assert load_task(tmp_path / "task")("eve Zeynep", max_length=1) == "Zeynep"
    assert load_task(tmp_path / "task", copy_unknown=False)("eve Zeynep", max_length=1) != "Zeynep"


def test_saving_never_replaces_what_is_not_its_own(attentive, tmp_path):
    folder = tmp_path / "new" / "task"
    attentive.save(folder)
    before = attentive("Köpek yer.")
    assert sorted(path.name for path in folder.parent.iterdir()) == ["task"]
    assert load_task(folder)("Köpek yer.") == before
    with pytest.raises(ZooError, match="give overwrite=True"):
        attentive.save(folder)
    attentive.save(folder, overwrite=True)
    assert sorted(path.name for path in folder.iterdir()) == ["dataset.json", "model.keras"]
    (folder / "mine.txt").write_text("mine")
    for place in (folder, SAVED / "many_to_many_unaligned" / "gru_number_names", folder / "mine.txt"):
        with pytest.raises(ZooError, match="other files than a saved task's"):
            attentive.save(place, overwrite=True)


def test_a_failed_save_leaves_nothing(attentive, tmp_path, monkeypatch):
    attentive.save(tmp_path / "task")
    monkeypatch.setattr(json, "dumps", lambda *_, **__: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        attentive.save(tmp_path / "task", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["task"]
    monkeypatch.undo()
    assert load_task(tmp_path / "task")("Ali") == attentive("Ali")


def test_runs_of_before_open():
    task = load_task("gru_number_names", roots=[SAVED])
    assert task.about["name"] == "number_names" and task.pattern == "many_to_many_unaligned"
    assert task(["twenty one", "Nine thousand eight hundred and seven"]) == ["yirmi bir", "dokuz bin sekiz yüz yedi"]
    sentiment = load_task(SAVED / "many_to_one" / "lstm_uci_sentiment")
    assert sentiment(["I love it.", "Do not buy this, it is terrible."]) == ["positive", "negative"]
    order = load_task("many_to_one/gru_temporal_order", roots=[SAVED])
    data = zoo.load_dataset("temporal_order", train=1, validation=1, test=20)
    answers = order(list(data.test.inputs["inputs"]))
    assert np.mean([label == str(right) for label, right in zip(answers, data.test.targets)]) > 0.9


def test_bad_settings_and_folders(tmp_path):
    with pytest.raises(ZooError, match="load_task.copy: unknown key"):
        load_task("gru_number_names", roots=[SAVED], copy=True)
    with pytest.raises(
        ZooError, match="No finished run 'gru_number_nams' found, nor a preset.* Did you mean 'gru_number_names'"
    ):
        load_task("gru_number_nams")
    with pytest.raises(ZooError, match="No finished run 'absent' found"):
        load_task("absent", roots=[tmp_path])
    with pytest.raises(ZooError, match="train it first, keras-rnn-zoo train gru_number_names. Or"):
        load_task("elsewhere/many_to_many_unaligned/gru_number_names", roots=[tmp_path])


def test_what_there_is_no_task_for():
    with pytest.raises(ZooError, match="no task for a model of the pattern many_to_one that has learnt 'number'"):
        kind_of({"pattern": "many_to_one", "objective": "number", "vocabularies": {}})
    symbols = {"pattern": "many_to_many_unaligned", "objective": "symbols"}
    with pytest.raises(
        ZooError, match="dataset.json is damaged: it should have a vocabulary of the `source`, or `feat"
    ):
        kind_of({**symbols, "vocabularies": {"targets": {}}})
    with pytest.raises(ZooError, match="dataset.json is damaged: its vocabularies should have `targets`"):
        kind_of({**symbols, "vocabularies": {"source": {}}})
    assert kind_of({**symbols, "vocabularies": {"targets": {}}, "features": {"rate": 8000}}).reads == "recording"
    for kind in KINDS.values():
        assert kind.load().__name__ == kind.name and hasattr(kind.load(), "write") == kind.writes


def test_a_language_model_goes_on(tmp_path):
    task = language_model()
    text = task("to be", length=20)
    assert text.startswith("to be") and 5 < len(text) <= 25
    assert task("to be", length=20, seed=1) != text == task("to be", length=20, seed=0, temperature=0.7)
    greedy = task(["to be", "or"], length=8, temperature=0)
    assert greedy == [task("to be", length=8, top_k=1), task("or", length=8, top_k=1)]
    answer = task("to be", length=6, beam_size=2, n_best=2, return_scores=True)[0]
    assert answer.text == "to be" + LETTERS.decode(answer.ids) and answer.score <= 0
    assert task("to be", max_length=6) == task("to be", length=6) == language_model(decoding={"max_length": 6})("to be")
    assert language_model(decoding={"top_k": 1})("to", length=6) == task("to", length=6, temperature=0)
    with pytest.raises(ZooError, match="`length` and `max_length` mean the same: give one, received 3 and 4"):
        task("to be", length=3, max_length=4)
    with pytest.raises(ZooError, match="max_length must be a whole number of at least 1, received 0"):
        task("to be", length=0)
    with pytest.raises(ZooError, match="nothing to go on from in ''"):
        task("")
    task.save(tmp_path / "lm")
    assert load_task(tmp_path / "lm")("to be", length=20) == text


def test_a_prompt_primes_the_model():
    task = language_model()
    starts = {task(prompt + "o", length=10, temperature=0)[len(prompt) :] for prompt in ("t", "n be t", "rrr ", "bbbb")}
    assert len(starts) > 1


@pytest.mark.parametrize(
    "vocabulary, prompt",
    [
        (Vocabulary(["one", "two", ","]), "one , two"),
        (ByteVocabulary("tr"), "çok"),
        (SubwordVocabulary.learn(["one two three one two"] * 9, max_size=20), "one two"),
    ],
    ids=["word", "byte", "subword"],
)
def test_what_is_added_joins_the_prompt(vocabulary, prompt):
    task = language_model(vocabulary)
    answer = task(prompt, length=3, temperature=0, return_scores=True)
    whole = vocabulary.decode(np.concatenate([vocabulary.encode(prompt), answer.ids]))
    assert answer.text == prompt + whole.removeprefix(vocabulary.decode(vocabulary.encode(prompt)))


def test_a_language_model_learns_windows():
    task = language_model(window=4)
    found = task.examples(["to be or", "no"])
    assert [LETTERS.decode(row) for row in found.inputs["inputs"]] == ["to b", "e o", "n"]
    assert [LETTERS.decode(row) for row in found.targets] == ["o be", " or", "o"]
    task.model.compile("adam", "sparse_categorical_crossentropy")
    losses = task.fit(["to be or not to be\n"] * 8, epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    with pytest.raises(ZooError, match="no next one"):
        task.preprocess(["t"])


WORDS = Vocabulary(["the", "dog", "cat", "barks", "sleeps"], lower=True)
TAGS = ("determiner", "noun", "verb")


@pytest.fixture(scope="module")
def tagger():
    model = builders.build_sequence_tagger((None,), 3, 8, vocabulary_size=WORDS.size, input_dropout=0.0, dropout=0.0)
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    task = Tagger(model, WORDS, TAGS)
    sentences = ["The dog barks", ("the", "cat", "sleeps"), "the cat barks sleeps"]
    task.fit([(text, [*TAGS, "verb"][: len(text) if isinstance(text, tuple) else len(text.split())]) for text in sentences],
             epochs=30, verbose=0)  # fmt: skip
    return task


def test_a_tagger_tags_every_word(tagger, tmp_path):
    assert tagger("The cat barks") == list(zip(["the", "cat", "barks"], TAGS))
    several = tagger(["dog", ("The", "dog", "barks", "sleeps")], return_probabilities=True)
    assert [word for word, _, _ in several[1]] == ["The", "dog", "barks", "sleeps"]
    steps = tagger.model.predict(WORDS.encode("the dog barks sleeps")[None], verbose=0)[0]
    np.testing.assert_allclose([chance for *_, chance in several[1]], steps.max(axis=1), rtol=1e-4)
    tagger.save(tmp_path / "tagger")
    assert load_task(tmp_path / "tagger")("The cat barks") == tagger("The cat barks")


@pytest.mark.parametrize(
    "pair, message",
    [
        (("the dog", ["noun"]), "Each of the 2 words"),
        (("dog", ["nuon"]), "one of the tags determiner, noun, verb"),
        ((" ", []), "nothing to tag"),
    ],
)
def test_tags_that_do_not_fit(tagger, pair, message):
    with pytest.raises(ZooError, match=message):
        tagger.preprocess([pair])


def test_a_tagger_that_reads_how_words_are_spelt(tmp_path):
    words, characters = Vocabulary(["st.", "paul"], lower=True), Vocabulary(list("Staul."), unit="character")
    keras.utils.set_random_seed(1)
    sizes = {"vocabulary_size": words.size, "letters": 4, "character_vocabulary_size": characters.size}
    model = builders.build_sequence_tagger((None,), 3, 8, input_dropout=0.0, dropout=0.0, **sizes)
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    task = Tagger(model, words, TAGS, characters=characters)
    examples = task.examples([(("St.", "Paul"), TAGS[:2]), ("Paul lau", TAGS[1:])])
    assert [row.tolist() for row in examples.inputs["inputs"]] == [[4, 5], [5, 1]]
    assert [row.shape for row in examples.inputs["characters"]] == [(2, 4), (2, 4)]
    assert characters.decode(examples.inputs["characters"][0][0]) == "St."
    task.fit([(("St.", "Paul"), TAGS[:2]), ("lau alt", TAGS[1:])], epochs=20, verbose=0)
    several = task([("St.", "Paul"), "lau alt Paul"])
    assert [word for word, _ in several[1]] == ["lau", "alt", "Paul"]
    assert several[0] == list(zip(["St.", "Paul"], TAGS)) and several[1][:2] == list(zip(["lau", "alt"], TAGS[1:]))
    task.save(tmp_path / "tagger")
    assert load_task(tmp_path / "tagger")("lau alt Paul") == several[1]
    with pytest.raises(ZooError, match="give a vocabulary of characters"):
        Tagger(model, words, TAGS)
    with pytest.raises(ZooError, match="and none empty"):
        task(("St.", ""))


def test_a_classifier_of_text(tmp_path):
    model = builders.build_sentiment_classifier((None,), 2, 4, vocabulary_size=WORDS.size, dropout=0.0)
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    task = Classifier(model, ["cats", "dogs"], vocabulary=WORDS)
    pairs = [("the cat sleeps", "cats"), ("the dog barks", "dogs"), ("cat", "cats"), ("dog", "dogs")]
    task.fit(pairs, epochs=30, verbose=0)
    assert task([text for text, _ in pairs]) == [label for _, label in pairs]
    label, chances = task("The dog", return_probabilities=True)
    assert label == "dogs" == list(chances)[0]
    np.testing.assert_allclose(
        [chances["cats"], chances["dogs"]], model.predict(WORDS.encode("the dog")[None], verbose=0)[0], rtol=1e-4
    )
    task.save(tmp_path / "c")
    assert load_task(tmp_path / "c")("the dog") == "dogs"
    with pytest.raises(ZooError, match="Unknown label 'birds'"):
        task.preprocess([("cat", "birds")])
    with pytest.raises(ZooError, match="so many labels: 3"):
        Classifier(model, ["a", "b", "c"], vocabulary=WORDS)


def test_a_classifier_of_arrays_and_logits():
    model = spread(builders.build_many_to_one((None, 3), 2, 4, mask_value=-1.0, output_activation="linear"))
    task = Classifier(model, ["up", "down"], fill=-1.0)
    rows = [np.random.default_rng(n).normal(size=(n, 3)) for n in (2, 7, 20)]
    for row, (label, chances) in zip(rows, task(rows, return_probabilities=True)):
        logits = model.predict(row[None].astype("float32"), verbose=0)[0]
        assert label == ["up", "down"][logits.argmax()]
        np.testing.assert_allclose([chances["up"], chances["down"]], np.exp(logits) / np.exp(logits).sum(), rtol=1e-4)
    for bad in (np.zeros((5, 4)), np.zeros((1, 5, 3)), np.full((5, 3), np.nan), "text"):
        with pytest.raises(ZooError, match="arrays of finite numbers"):
            task(bad)


def test_what_a_tagger_cannot_tag(tagger):
    assert tagger([]) == []
    for given in (5, None, [5], ("a", 5), [["a", "b"]]):
        with pytest.raises(ZooError, match="A text, or a tuple of its words, is tagged"):
            tagger(given)
    with pytest.raises(ZooError, match="A Tagger does not write, it chooses: beam_size must be left out"):
        tagger("a", beam_size=3)


def test_what_is_no_name_of_a_run(tmp_path):
    for given in (None, 5, ""):
        with pytest.raises(ZooError, match=f"A run is called by its folder or its name, .* received {given!r}"):
            load_task(given)
    with pytest.raises(ZooError) as caught:
        load_task(tmp_path)
    assert str(caught.value).count(f"{tmp_path},") + str(caught.value).count(f"in {tmp_path}.") == 1
