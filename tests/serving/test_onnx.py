"""Small tasks of every kind as ONNX: what onnxruntime answers is what the model answers, for any rows and steps."""

import json
import sys
from functools import cache

import numpy as np
import pytest

from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.preprocessing.vocabulary import vocabulary_from_dict
from keras_rnn_zoo.serving import onnx
from keras_rnn_zoo.serving.onnx import export_onnx
from tests.serving.small_tasks import (
    TEXTS,
    captioner,
    classifier,
    classifier_of_vectors,
    frame_classifier,
    language_model,
    tagger,
    translator,
)

pytest.importorskip("tf2onnx", reason="needs tf2onnx")
onnxruntime = pytest.importorskip("onnxruntime", reason="needs onnxruntime")


KINDS = (classifier, classifier_of_vectors, tagger, frame_classifier, translator, language_model, captioner)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The task that a function makes, and the folder of its export."""

    @cache
    def export(make):
        task, examples = make()
        # It compares, all examples together and each alone.
        return task, export_onnx(task, tmp_path_factory.mktemp(make.__name__), examples=examples)

    return export


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_every_kind_answers_as_its_model(make, exported):
    task, folder = exported(make)
    names = sorted(path.name for path in folder.iterdir())
    writes = ["beam.onnx", "dataset.json", "encode.onnx", "greedy.onnx", "step.onnx"]
    assert names == (writes if hasattr(task, "decoding") else ["dataset.json", "model.onnx"])
    assert folder.name == "1"


def test_a_classifier_reads_more_rows_and_steps_than_it_was_checked_with(exported):
    task, folder = exported(classifier)
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    ids = np.random.default_rng(0).integers(1, task.vocabulary.size, (5, 40)).astype("int32")
    ids[2, 17:] = 0
    found = session.run(["probabilities"], {"inputs": ids})[0]
    np.testing.assert_allclose(found, task.model.predict(ids, verbose=0), atol=1e-5)
    np.testing.assert_allclose(session.run(None, {"inputs": ids[2:3, :17]})[0], found[2:3], atol=1e-5)


def test_a_translator_writes_what_the_task_writes(exported):
    task, folder = exported(translator)
    about = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    source, target = (vocabulary_from_dict(about["vocabularies"][name]) for name in ("source", "targets"))
    session = onnxruntime.InferenceSession(folder / "beam.onnx")
    given = source.encode(TEXTS[2])[None].astype("int32")
    ids = session.run(["ids"], {"inputs": given, "lengths": np.array([given.shape[1]], "int32")})[0]
    assert target.decode(ids[0, 0]) == task(TEXTS[2], beam_size=4)


def test_a_language_model_steps_as_it_writes(exported):
    task, folder = exported(language_model)
    encode, step = (onnxruntime.InferenceSession(folder / f"{name}.onnx") for name in ("encode", "step"))
    names = [output.name for output in encode.get_outputs()]
    given = dict(zip(names, encode.run(names, {"inputs": task.vocabulary.encode("Kedi")[None].astype("int32")})))
    written = []
    for _ in range(6):
        found = dict(zip([output.name for output in step.get_outputs()], step.run(None, given)))
        written.append(int(found["symbol"][0]))
        given = {"previous": found["symbol"], **{n: found[f"{n}_out"] for n in names if n.startswith("state")}}
    answer = task("Kedi", beam_size=1, temperature=0, max_length=6, return_scores=True)
    assert written[: len(answer.ids)] == answer.ids.tolist()


def test_a_plain_model(tmp_path):
    model = builders.build_many_to_many_aligned((None, 3), 2, 4)
    session = onnxruntime.InferenceSession(export_onnx(model, tmp_path) / "model.onnx")
    frames = np.random.default_rng(0).normal(size=(3, 6, 3)).astype("float32")
    wanted = model.predict(frames, verbose=0)
    np.testing.assert_allclose(session.run(None, {"inputs": frames})[0], wanted, atol=1e-5)


def test_a_version_is_never_replaced(tmp_path):
    task, examples = classifier()
    assert export_onnx(task, tmp_path, 7, examples=examples) == tmp_path / "7"
    with pytest.raises(ZooError, match="there already"):
        export_onnx(task, tmp_path, 7, examples=examples)


def test_an_answer_that_differs_is_refused_and_leaves_nothing(tmp_path, monkeypatch):
    task, examples = classifier()
    runner = onnx._runner

    def wrong(path):
        run = runner(path)
        return lambda numbers: {name: value + 1e-3 for name, value in run(numbers).items()}

    monkeypatch.setattr(onnx, "_runner", wrong)
    with pytest.raises(ZooError, match="model.onnx answers otherwise than the model: probabilities"):
        export_onnx(task, tmp_path, examples=examples)
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ZooError, match="pip install tf2onnx onnx onnxruntime"):
        export_onnx(classifier()[0], tmp_path / "none")
    assert not (tmp_path / "none").exists()
