"""Small tasks of every kind as LiteRT, of its own operations: one row of a fixed length, answered as the model does."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.serving.exporting import export
from keras_rnn_zoo.serving.litert import export_litert
from tests.serving.small_tasks import (
    SMALL,
    TEXTS,
    captioner,
    classifier,
    language_model,
    recognizer,
    recognizer_by_ctc,
    translator,
)

LENGTH = 48

WRITES = ["greedy", "beam", "encode", "step"]
FILES = {**dict.fromkeys((translator, language_model, recognizer, captioner), WRITES), recognizer_by_ctc: ["frames"]}


def runner(path):
    return tf.lite.Interpreter(model_path=str(path)).get_signature_runner()


@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
@pytest.mark.parametrize("make", SMALL, ids=lambda make: make.__name__)
def test_every_kind_answers_as_its_model(make, tmp_path):
    task, examples = make()
    folder = export_litert(task, tmp_path, length=LENGTH, examples=examples)  # It compares each example.
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(["dataset.json", *(f"{name}.tflite" for name in FILES.get(make, ["model"]))])
    for path in folder.glob("*.tflite"):
        operations = tf.lite.Interpreter(model_path=str(path))._get_ops_details()
        assert not [op["op_name"] for op in operations if op["op_name"].startswith(("Flex", "CUSTOM"))]


@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
def test_padding_to_the_length_changes_nothing(tmp_path):
    task, examples = classifier()
    run = runner(export(task, tmp_path, format="litert", length=LENGTH, examples=examples) / "model.tflite")
    ids = np.random.default_rng(0).integers(1, task.vocabulary.size, (1, 23)).astype("int32")
    found = run(inputs=np.pad(ids, [(0, 0), (0, LENGTH - 23)]))["probabilities"]
    np.testing.assert_allclose(found, task.model.predict(ids, verbose=0), atol=1e-5)


@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
def test_a_translator_writes_what_the_task_writes(tmp_path):
    task, examples = translator()
    run = runner(export_litert(task, tmp_path, length=LENGTH, examples=examples) / "beam.tflite")
    ids = task.source.encode(TEXTS[0])
    given = np.pad(ids, (0, LENGTH - len(ids)))[None].astype("int32")
    found = run(inputs=given, lengths=np.array([len(ids)], "int32"))
    assert task.vocabulary.decode(found["ids"][0, 0]) == task(TEXTS[0], beam_size=4)


def test_what_is_longer_is_refused(tmp_path):
    task, examples = classifier()
    with pytest.raises(ZooError, match=r"An example has \d+ steps, and this export reads 3"):
        export_litert(task, tmp_path, length=3, examples=examples)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_masks_nothing_is_read_at_its_own_length_alone(tmp_path):
    model = builders.build_many_to_many_aligned((None, 3), 2, 4, vocabulary_size=None)
    frames = {"inputs": np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")}
    unmasked = builders.build_one_to_one((4,), 2, (5,))
    export_litert(unmasked, tmp_path / "none", length=1)
    export_litert(model, tmp_path / "own", length=6, examples=frames)


@pytest.mark.parametrize("length", [None, 0, 2.5, True])
def test_a_length_is_a_whole_number(length, tmp_path):
    with pytest.raises(ZooError, match="give `length` .--length., a whole number of steps"):
        export(classifier()[0], tmp_path, format="litert", length=length)


@pytest.mark.parametrize(
    "options, complaint",
    [
        ({"format": "pmml"}, "Unknown format 'pmml'.*litert"),
        ({"format": "onnx", "length": 5}, "length is for LiteRT"),
        ({"length": 5}, "length is for LiteRT"),
        ({"format": "onnx", "xla": True}, "xla and int8 are for SavedModels"),
        ({"format": "litert", "length": 5, "int8": True}, "xla and int8 are for SavedModels"),
    ],
)
def test_no_option_is_accepted_and_ignored(options, complaint, tmp_path):
    with pytest.raises(ZooError, match=complaint):
        export(classifier()[0], tmp_path, **options)
