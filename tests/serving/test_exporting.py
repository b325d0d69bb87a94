"""`zoo.export`: what it writes, what it checks, and what it refuses."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_rnn_zoo as zoo
from keras_rnn_zoo import builders
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.protobuf import read_fields
from keras_rnn_zoo.libtensorflow.saved_model import SavedModel
from keras_rnn_zoo.serving import exporting
from keras_rnn_zoo.serving.saved_model import trace
from keras_rnn_zoo.serving.self_check import same
from keras_rnn_zoo.serving.signatures import signatures_of
from keras_rnn_zoo.serving.versions import versions_of
from tests.serving.small_tasks import classifier, spread, translator

ARRAYS = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")


def test_a_version_and_what_is_in_it(tmp_path):
    task, examples = classifier()
    folder = zoo.export(task, tmp_path, examples=examples)
    assert folder == tmp_path / "1"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names == {
        "assets.extra/tf_serving_warmup_requests",
        "fingerprint.pb",
        "saved_model.pb",
        "variables/variables.data-00000-of-00001",
        "variables/variables.index",
    }
    loaded = tf.saved_model.load(str(folder))
    answer = loaded.signatures["serving_default"](text=tf.constant(examples))
    assert [label.decode() for label in answer["label"].numpy()] == task(examples)


def test_a_preset_by_its_name(tmp_path):
    folder = zoo.export("gru_temporal_order", tmp_path, version=5)
    assert versions_of(tmp_path) == [5]
    with SavedModel(folder) as model:
        assert set(model.signatures) == {"serving_default"}


def test_a_sequential_model_and_its_file(tmp_path):
    layers = [keras.Input((None,), dtype="int32"), keras.layers.Embedding(9, 4, mask_zero=True), keras.layers.GRU(3)]
    model = keras.Sequential(layers)
    model.save(tmp_path / "model.keras")
    for source in (model, tmp_path / "model.keras"):
        folder = zoo.export(source, tmp_path / "served")
        with SavedModel(folder) as served:
            (name,) = served.signatures["serving_default"].outputs
            ids, lengths = np.array([[4, 5, 6], [7, 8, 8]], "int32"), np.array([3, 1], "int32")
            (given,) = set(served.signatures["serving_default"].inputs) - {"lengths"}
            answer = served.run(**{given: ids, "lengths": lengths})[name]
            np.testing.assert_allclose(answer[1], model(ids[1:, :1])[0], atol=1e-6)


@pytest.mark.parametrize(
    ("source", "examples", "message"),
    [
        (lambda: None, None, "A Task, a keras.Model or a preset's name is exported, received None"),
        (lambda: keras.Sequential([keras.layers.Dense(2)]), None, "does not say what its inputs are"),
        (lambda: builders.build_many_to_one((None, 3), 2, 4), [ARRAYS], "a dictionary of arrays .* received list"),
    ],
)
def test_what_cannot_be_exported_leaves_nothing(tmp_path, source, examples, message):
    with pytest.raises(ZooError, match=message):
        zoo.export(source(), tmp_path / "served", examples=examples)
    assert not (tmp_path / "served").exists()


def test_every_input_and_output_has_a_batch_dimension_and_a_servable_type(tmp_path):
    task, _ = translator()
    for name, function in trace(task.model, signatures_of(task)).items():
        for tensor in (*function.structured_input_signature[1].values(), *function.structured_outputs.values()):
            assert tensor.shape[0] is None, f"{name}: {tensor}"
            assert tensor.dtype in (tf.string, tf.int32, tf.float32), f"{name}: {tensor}"


def test_what_answers_otherwise_is_not_exported(tmp_path, monkeypatch):
    task, examples = classifier()
    answers = exporting.Asking.expected

    def otherwise(asking):
        return {**answers(asking), "score": np.zeros(len(asking.examples), "float32")}

    monkeypatch.setattr(exporting.Asking, "expected", otherwise)
    with pytest.raises(ZooError, match="'serving_default' answers otherwise than the model: score is array"):
        zoo.export(task, tmp_path, examples=examples)
    assert list(tmp_path.iterdir()) == []


def test_the_task_is_left_as_it_was(tmp_path):
    model = builders.build_many_to_one((None, 4), 3, 5, cell="lstm")
    before = {layer.name: layer.use_cudnn for layer in model._flatten_layers() if hasattr(layer, "use_cudnn")}
    assert before
    zoo.export(model, tmp_path)
    assert {layer.name: layer.use_cudnn for layer in model._flatten_layers() if hasattr(layer, "use_cudnn")} == before


def test_a_gpu_s_operations_would_be_there_without_care(tmp_path, monkeypatch):
    """That the tests of the presets' graphs can fail."""
    monkeypatch.setattr(sys.modules["keras.src.backend.tensorflow.rnn"], "_is_gpu_available", lambda: True)
    task, _ = classifier()
    unsafe = signatures_of(task)["serving_default"].traced()
    assert _cudnn(unsafe)
    safe = trace(task.model, signatures_of(task))["serving_default"]
    assert not _cudnn(safe)


def _cudnn(function) -> bool:
    return b"CudnnRNN" in function.graph.as_graph_def().SerializeToString()


def stateful():
    inputs = keras.Input((None, 4), batch_size=2, name="inputs")
    outputs = keras.layers.Dense(2)(keras.layers.GRU(3, stateful=True, name="gru")(inputs))
    return keras.Model(inputs, outputs)


def test_a_state_that_all_clients_would_share_is_refused(tmp_path):
    with pytest.raises(ZooError, match="gru keeps its state between two calls .*signature `step` takes and gives"):
        zoo.export(stateful(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_copied_words_are_refused(tmp_path):
    task, _ = translator()
    task.copy_unknown = True
    with pytest.raises(ZooError, match="export the task with copy_unknown=False"):
        zoo.export(task, tmp_path)


def test_other_backends_are_told_the_way_out(tmp_path):
    pytest.importorskip("jax")
    script = "import sys, keras_rnn_zoo as zoo; zoo.export('gru_temporal_order', sys.argv[1])"
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    result = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "base")], env=environment, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert "ZooError: A SavedModel is written by TensorFlow, but Keras runs on jax" in result.stderr
    assert "process with KERAS_BACKEND=tensorflow" in result.stderr and not list((tmp_path).glob("base/*"))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_half_precision_answers_in_float32(policy, tmp_path):
    keras.config.set_dtype_policy(policy)
    try:
        model = spread(builders.build_many_to_many_aligned((None, 4), 3, 5, cell="gru"))
    finally:
        keras.config.set_dtype_policy("float32")
    folder = zoo.export(model, tmp_path, examples={model.inputs[0].name: ARRAYS})
    with SavedModel(folder) as served:
        (info,) = served.signatures["serving_default"].outputs.values()
        assert info.dtype == "float32"


def test_several_inputs_and_outputs_by_name(tmp_path):
    words = keras.Input((None,), dtype="int32", name="words")
    frames = keras.Input((None, 4), name="frames")
    read = keras.layers.LSTM(5)(keras.layers.Embedding(9, 3, mask_zero=True)(words))
    seen = keras.layers.GRU(5)(keras.layers.Masking(-1.0)(frames))
    both = keras.layers.concatenate([read, seen])
    model = keras.Model(
        {"words": words, "frames": frames},
        {"label": keras.layers.Dense(3, "softmax")(both), "size": keras.layers.Dense(1)(both)},
    )
    given = {"words": np.array([[1, 2, 0], [3, 0, 0], [8, 8, 8]], "int32"), "frames": ARRAYS}
    folder = zoo.export(model, tmp_path, examples=given)
    with SavedModel(folder) as served:
        answer = served.run(**given)
    assert set(answer) == {"label", "size"}
    for name, wanted in model.predict_on_batch(given).items():
        assert same(answer[name], wanted), name


MASKED = {
    "frames": lambda: builders.build_many_to_one((None, 4), 3, 5, cell="lstm", mask_value=-1.0),
    "words": lambda: builders.build_many_to_one((None,), 3, 5, vocabulary_size=9, embedding_dim=4),
}


@pytest.mark.parametrize("kind", MASKED)
def test_a_masking_model_never_looks_behind_the_lengths(kind, tmp_path):
    model = spread(MASKED[kind]())
    (name,) = (tensor.name for tensor in model.inputs)
    folder = zoo.export(model, tmp_path)
    rows = ARRAYS if kind == "frames" else np.array([[1, 2, 3], [4, 5, 6], [7, 8, 1]], "int32")
    lengths = np.array([3, 1, 2], "int32")
    with SavedModel(folder) as served:
        (answer,) = served.run(**{name: rows, "lengths": lengths}).values()
    for row, length in enumerate(lengths):
        assert same(answer[row : row + 1], model.predict_on_batch(rows[row : row + 1, :length]))


def test_no_weight_is_stored_that_no_signature_reads(tmp_path):
    inputs = keras.Input((4,), name="inputs")
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    model.compile("adam", "mse")
    model.fit(ARRAYS[:, 0], ARRAYS[:, 1, :2], verbose=0)
    folder = zoo.export(model, tmp_path)
    stored = tf.train.list_variables(str(folder / "variables" / "variables"))
    assert sorted(shape for name, shape in stored if shape) == [[2], [4, 2]]  # Not the optimizer's.


def test_the_graph_s_names_say_nothing_of_this_machine(tmp_path):
    folder = zoo.export(builders.build_many_to_one((None, 4), 3, 5, cell="gru"), tmp_path)
    graph = (folder / "saved_model.pb").read_bytes()
    assert os.fsencode(os.getcwd()) not in graph and b"site-packages" not in graph
    assert [number for number, _ in read_fields(graph)][:1] == [1]
