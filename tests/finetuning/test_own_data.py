"""What a trained model begins with on a user's own file: what it knows is kept to the bit, what is asked of it is checked."""

import numpy as np
import pytest

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.tasks.fine_tune import config_for
from keras_rnn_zoo.training.config import parse
from keras_rnn_zoo.training.data import load_dataset
from keras_rnn_zoo.training.finetuned import changes, finetuned_model
from keras_rnn_zoo.training.origin import open_origin
from tests.finetuning import own_models

KINDS = {
    "classifier": (own_models.classifier, own_models.reviews, "my.csv"),
    "language model": (own_models.language_model, own_models.tale, "my.txt"),
    "translator": (own_models.translator, own_models.pairs, "my.tsv"),
    "tagger": (own_models.tagger, own_models.tagged, "my.conllu"),
}


def begun(folder, path, vocabulary="extend", overrides=()):
    """The configuration, the data, and the model that training would begin with."""
    config = config_for(str(folder), path, vocabulary, overrides)
    dataset = load_dataset(config)
    return config, dataset, finetuned_model(config, dataset.spec)


@pytest.mark.parametrize("kind", KINDS)
def test_known_symbols_keep_their_rows_exactly(kind, tmp_path):
    make, write, name = KINDS[kind]
    folder = make(tmp_path / "task")
    config, dataset, model = begun(folder, write(tmp_path / name))
    origin = open_origin(str(folder))
    old, grown = origin.load_model(), 0
    for field, vocabulary in origin.vocabularies.items():
        assert dataset.spec.vocabularies[field].symbols[: len(vocabulary.symbols)] == vocabulary.symbols
        assert dataset.spec.vocabularies[field].size > vocabulary.size
    for mine, its in zip(model.weights, old.weights, strict=True):
        (mine, its), known = (np.asarray(mine), np.asarray(its)), tuple(slice(size) for size in its.shape)
        np.testing.assert_array_equal(mine[known], its)
        grown += mine.shape != its.shape
    assert grown == {"classifier": 1, "language model": 3, "translator": 4, "tagger": 2}[kind]
    assert config.dataset.options["path"] == str(tmp_path / name)


@pytest.mark.parametrize("kind", KINDS)
def test_a_vocabulary_that_is_kept(kind, tmp_path):
    make, write, name = KINDS[kind]
    folder = make(tmp_path / "task")
    _, dataset, model = begun(folder, write(tmp_path / name), "keep")
    assert dataset.spec.vocabularies == open_origin(str(folder)).vocabularies
    assert [w.shape for w in model.weights] == [w.shape for w in open_origin(str(folder)).load_model().weights]


def test_classes_of_the_model_keep_their_order_and_others_a_new_head(tmp_path):
    folder = own_models.classifier(tmp_path / "task")
    config, dataset, _ = begun(folder, own_models.reviews(tmp_path / "my.csv"))
    assert dataset.spec.labels == ("kötü", "iyi")  # not sorted
    assert changes(config, dataset.spec) == ["11 new symbols in the vocabulary of inputs."]
    config, dataset, model = begun(folder, own_models.reviews(tmp_path / "other.csv", labels=("z", "y")), "keep")
    assert dataset.spec.labels == ("y", "z")
    assert changes(config, dataset.spec) == ["A new head, which has learnt nothing yet, for the classes y, z."]
    old = open_origin(str(folder)).load_model()
    for mine, its in list(zip(model.weights, old.weights, strict=True))[:-2]:
        np.testing.assert_array_equal(mine, its)
    assert not np.array_equal(model.weights[-2], old.weights[-2])


def test_a_language_model_becomes_a_classifier_or_a_tagger(tmp_path):
    folder = own_models.language_model(tmp_path / "letters")
    _, _, model = begun(folder, own_models.reviews(tmp_path / "my.csv"))
    assert model.output_shape == (None, 2) and model.get_layer("recurrence").pooling == "max"
    _, _, model = begun(folder, tmp_path / "my.csv", overrides=["finetuning.pooling=mean"])
    assert model.get_layer("recurrence").pooling == "mean"
    words = own_models.language_model(tmp_path / "words", unit="word")
    _, dataset, model = begun(words, own_models.tagged(tmp_path / "my.conllu"))
    assert model.output_shape == (None, None, 2) and "Iğdır" in dataset.spec.vocabularies["inputs"].symbols
    with pytest.raises(ZooError, match="reads characters, and tags are of words"):
        begun(folder, tmp_path / "my.conllu")
    with pytest.raises(ZooError, match="finetuning.pooling is for one answer a text, and a tagger"):
        begun(words, tmp_path / "my.conllu", overrides=["finetuning.pooling=max"])


def test_recordings_are_heard_as_the_model_hears_them(tmp_path):
    folder = own_models.listener(tmp_path / "task")
    _, dataset, model = begun(folder, own_models.sounds(tmp_path / "sounds"))
    assert dataset.spec.features == own_models.FEATURES and dataset.spec.labels == ("high", "low")
    assert model.get_layer("recurrence").pooling == "mean"
    from keras_rnn_zoo.preprocessing.recording import heard

    expected = heard(tmp_path / "sounds" / "low" / "3.wav", own_models.FEATURES)
    rows = [row for part in (dataset.train, dataset.validation, dataset.test) for row in part.inputs["inputs"]]
    assert sum(row.shape == expected.shape and np.array_equal(row, expected) for row in rows) == 1
    with pytest.raises(ZooError, match="should have 8000 Hz as the others, received 16000 Hz"):
        begun(folder, own_models.sounds(tmp_path / "fast", rate=16000))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ZooError, match="a folder for each class with its files .*inside, received none"):
        begun(folder, tmp_path / "empty")


def test_adapters_leave_the_answers_as_they_are(tmp_path):
    folder = own_models.classifier(tmp_path / "task")
    own_models.reviews(tmp_path / "my.csv")
    _, dataset, model = begun(folder, tmp_path / "my.csv", "keep", ["finetuning.adapters=2"])
    old, ids = open_origin(str(folder)).load_model(), dataset.test.inputs["inputs"][0][None]
    np.testing.assert_allclose(model.predict(ids, verbose=0), old.predict(ids, verbose=0), atol=1e-6)
    assert not any("embedding" in variable.path for variable in model.trainable_variables)


def test_a_small_text_has_a_smaller_window(tmp_path):
    folder = own_models.language_model(tmp_path / "task")
    _, dataset, _ = begun(folder, own_models.written(tmp_path / "small.txt", "Bir varmış bir yokmuş.\n" * 12))
    assert 5 < dataset.train.inputs["inputs"].shape[1] < 100
    with pytest.raises(ZooError, match="should hold at least 51 symbols for a window of 50"):
        begun(folder, tmp_path / "small.txt", overrides=["dataset.options.window=50"])


@pytest.mark.parametrize(
    ("make", "name", "message"),
    [
        (own_models.classifier, "my.txt", r"can be fine-tuned on .csv \(labelled text, the columns text and label\); .tsv"),
        (own_models.translator, "my.txt", r"on .csv \(pairs, the columns source and target\); .*received .*my.txt"),
        (own_models.language_model, "my.doc", r"on .txt \(text\); .csv \(labelled text.*; .conllu \(tagged sentences\)"),
        (own_models.listener, "my.csv", "on a folder \\(with a folder of .wav files for each class\\); received"),
        (own_models.tagger, "absent.conllu", "should be a file or a folder of yours: nothing is there"),
    ],
)  # fmt: skip
def test_files_for_other_models(make, name, message, tmp_path):
    folder = make(tmp_path / "task")
    for other in ("my.txt", "my.doc", "my.csv"):
        own_models.written(tmp_path / other, "text,label\n")
    with pytest.raises(ZooError, match=message):
        config_for(str(folder), tmp_path / name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("finetuning.vocabulary=add", "finetuning.vocabulary: input should be 'extend' or 'keep'"),
        ("finetuning.decay=0.5", "finetuning.decay: input should be greater than or equal to 1"),
        ("finetuning.decai=2", "finetuning.decai: unknown key. Did you mean decay?"),
        ("model.units=3", "model: the preset fixes it: leave it out"),
        ("builder=many_to_one", "builder: the preset fixes it: leave it out"),
        ("training.dtype_policy=mixed_float16", "training.dtype_policy: the preset fixes it"),
        ("training.halve_learning_rate_after=1", "halve_learning_rate_after"),
        ("dataset.options.unit=word", "Dataset 'table' has no option 'unit'. Its options: path, text='text'"),
        ("dataset.name=fsdd", "Unknown dataset 'fsdd'. .*Known: captioned_pictures, picture_folder, table"),
        ("dataset={name: wav_folder, options: {path: .}}", "task hears no recordings: this data is for another kind"),
        ("dataset={name: picture_folder, options: {path: .}}", "should see pictures .* as its input 'inputs', received"),
        ("dataset.options.translation=label", "should have a vocabulary of the field 'source', received those of inputs"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit(change, message, tmp_path):
    folder, path = own_models.classifier(tmp_path / "task"), own_models.reviews(tmp_path / "my.csv")
    with pytest.raises(ZooError, match=message):
        load_dataset(config_for(str(folder), path, overrides=[change]))


def test_contradictions():
    values = {"dataset": {"name": "table"}, "training": {"epochs": 1}}
    with pytest.raises(ZooError, match="configuration: finetuning: adapters keep the layers frozen"):
        parse(values | {"finetuning": {"preset": "a", "adapters": 2, "unfreezing": "gradual"}})
    with pytest.raises(ZooError, match="configuration: builder: this key is missing"):
        parse(values)
    read_again = parse(values | {"finetuning": {"preset": "a"}})
    import yaml

    assert parse(yaml.safe_load(read_again.to_yaml())) == read_again


def test_other_kinds_of_data_in_a_yaml(tmp_path):
    folder, path = own_models.classifier(tmp_path / "task"), own_models.reviews(tmp_path / "my.csv")
    config = config_for(str(folder), path, overrides=["dataset.name=text_file"])
    with pytest.raises(
        ZooError, match="has learnt class, and dataset text_file is for the pattern many_to_many_aligned"
    ):
        finetuned_model(config, load_dataset(config).spec)


def test_a_head_that_stays_is_not_pooled_anew(tmp_path):
    folder, path = own_models.classifier(tmp_path / "task"), own_models.reviews(tmp_path / "my.csv")
    with pytest.raises(ZooError, match="finetuning.pooling is for a new head, and the preset keeps its own"):
        begun(folder, path, overrides=["finetuning.pooling=max"])
