"""SavedModels run by TensorFlow's C library: what comes out is what Python's TensorFlow computes."""

import os
import resource
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.fresh_process import run_in_fresh_process
from keras_rnn_zoo.libtensorflow.library import open_library
from keras_rnn_zoo.libtensorflow.saved_model import SavedModel

TYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
TYPES += ["bool", "complex64", "complex128", "string"]
WORDS = ["çok", "acıktım", "İ" * 60]
# On both sides of where TensorFlow keeps a string inside the tensor, 22 bytes.
TEXTS = [b"", b"a", b"\x00\xff\x00", b"b" * 22, b"c" * 23, b"d" * 24, b"e" * 100_000]


class Endpoints(tf.Module):
    def __init__(self, vocabulary):
        super().__init__()
        key, value = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
        words = tf.lookup.TextFileInitializer(str(vocabulary), tf.string, key, tf.int64, value)
        self.table = tf.lookup.StaticVocabularyTable(words, 1)
        self.kernel = tf.Variable([[1.0, 2.0]])
        self.last = tf.Variable(["", ""])

    def look_up(self, text, scale):
        joined = tf.strings.reduce_join(text, separator=" ")
        return {"ids": self.table.lookup(text), "joined": joined, "scaled": scale[:, None] * self.kernel}

    def remember(self, text):
        before = tf.identity(self.last)
        with tf.control_dependencies([before]):
            self.last.assign(text)
        return {"before": before}

    def same(self, **arrays):
        return {name: tf.identity(array) for name, array in arrays.items()}

    def half(self, x):
        return {"y": tf.cast(x, tf.bfloat16)}

    def abort(self, x):
        with tf.control_dependencies([tf.raw_ops.Abort(error_msg="the worst has come", exit_without_error=False)]):
            return {"y": tf.identity(x)}


def traced(function, **inputs):
    given = {name: tf.TensorSpec(shape, dtype, name) for name, (dtype, shape) in inputs.items()}
    return tf.function(function).get_concrete_function(**given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("export")
    vocabulary = place / "vocabulary.txt"
    vocabulary.write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    module = Endpoints(vocabulary)
    signatures = {
        "serving_default": traced(module.look_up, text=("string", [None]), scale=("float32", [None])),
        "remember": traced(module.remember, text=("string", [2])),
        "same": traced(module.same, **{f"a_{dtype}": (dtype, None) for dtype in TYPES}),
        "half": traced(module.half, x=("float32", [None])),
        "abort": traced(module.abort, x=("float32", [None])),
    }
    tf.saved_model.save(module, str(place / "1"), signatures=signatures)
    vocabulary.unlink()
    return place / "1"


@pytest.fixture(scope="module")
def model(folder):
    with SavedModel(folder) as model:
        yield model


def array_of(dtype, shape):
    size = int(np.prod(shape))
    if dtype == "string":
        texts = np.empty(shape, object)
        texts.flat[:] = [TEXTS[number % len(TEXTS)] for number in range(size)]
        return texts
    return (np.arange(size) % 3).astype(dtype).reshape(shape)


def test_signatures(model):
    assert list(model.signatures) == ["abort", "half", "remember", "same", "serving_default"]
    served = model.signatures["serving_default"]
    assert {name: (info.dtype, info.shape) for name, info in served.inputs.items()} == {
        "scale": ("float32", (None,)),
        "text": ("string", (None,)),
    }
    assert {name: (info.dtype, info.shape) for name, info in served.outputs.items()} == {
        "ids": ("int64", (None,)),
        "joined": ("string", ()),
        "scaled": ("float32", (None, 2)),
    }
    assert model.signatures["same"].inputs["a_bool"].shape is None
    assert model.version == tf.__version__


def test_tables_and_variables_are_restored(model):
    answer = model.run(text=[*WORDS, "unknown"], scale=np.array([1, 2, 3, 4], "float32"))
    assert answer["ids"].tolist() == [0, 1, 2, 3]
    assert answer["joined"] == " ".join([*WORDS, "unknown"]).encode()
    assert answer["scaled"].tolist() == [[1, 2], [2, 4], [3, 6], [4, 8]]


def test_an_empty_batch(model):
    answer = model.run(text=np.empty(0, object), scale=np.empty(0, "float32"))
    assert answer["ids"].shape == (0,) and answer["scaled"].shape == (0, 2) and answer["joined"] == b""


@pytest.mark.parametrize("shape", [(), (7,), (0, 3), (2, 3, 4)], ids=str)
def test_every_type_comes_back_as_it_went_in(model, shape):
    arrays = {f"a_{dtype}": array_of(dtype, shape) for dtype in TYPES}
    for name, array in model.run("same", **arrays).items():
        assert array.dtype == arrays[name].dtype and array.flags.writeable
        np.testing.assert_array_equal(array, arrays[name], strict=True)


def test_arrays_that_do_not_lie_in_rows(model):
    arrays = {f"a_{dtype}": array_of(dtype, (4, 6)).T[::2] for dtype in TYPES}
    for name, array in model.run("same", **arrays).items():
        np.testing.assert_array_equal(array, arrays[name])


@pytest.mark.parametrize("texts", [["ı", b"\xff\x00"], ("ı", b"\xff\x00"), np.array(["ı", b"\xff\x00"], object)])
def test_text_and_bytes_beside_each_other(model, texts):
    model.run("remember", text=texts)
    assert model.run("remember", text=np.array(["a", "b"]))["before"].tolist() == ["ı".encode(), b"\xff\x00"]
    assert model.run("remember", text=np.array([b"a", b"b"]))["before"].tolist() == [b"a", b"b"]


def test_strings_that_a_variable_keeps(model):
    kept = [["q" * 100, "r"], ["s" * 23, "t" * 22], ["", "u" * 1000]]
    answers = [model.run("remember", text=texts)["before"].tolist() for texts in [*kept, ["", ""]]]
    assert answers[1:] == [[text.encode() for text in texts] for texts in kept]


def test_a_recurrent_model_of_keras(tmp_path):
    inputs = keras.Input((None, 3), name="frames")
    network = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.LSTM(5, use_cudnn=False)(inputs)))
    archive = keras.export.ExportArchive()
    frames = tf.TensorSpec((None, None, 3), "float32", "frames")
    archive.add_endpoint("serving_default", lambda frames: {"scores": network(frames)}, [frames])
    archive.write_out(str(tmp_path / "1"), verbose=False)
    with SavedModel(tmp_path / "1") as model:
        for rows, steps in [(1, 1), (4, 9), (3, 2)]:
            frames = np.random.default_rng(rows).normal(size=(rows, steps, 3)).astype("float32")
            np.testing.assert_allclose(model.run(frames=frames)["scores"], network(frames), atol=1e-6)


ONE = np.ones(1, "float32")


@pytest.mark.parametrize(
    "signature, arrays, said",
    [
        ("serving_defualt", {}, "Unknown signature 'serving_defualt'. Did you mean 'serving_default'"),
        ("serving_default", {"text": ["a"]}, "takes scale, text; received text"),
        ("serving_default", {"text": ["a"], "scale": ONE, "more": 1}, "received more, scale, text"),
        ("serving_default", {}, "received nothing"),
        ("serving_default", {"text": ["a"], "scale": [1.0]}, "'scale' is of type float32; received float64"),
        ("serving_default", {"text": ["a"], "scale": ["1"]}, "'scale' is of type float32; received string"),
        ("serving_default", {"text": ONE, "scale": ONE}, "'text' is of type string; received float32"),
        ("serving_default", {"text": ["a", None], "scale": ONE}, "'text' holds None, of type NoneType"),
        ("serving_default", {"text": [["a"], ["b", "c"]], "scale": ONE}, r"'text' holds \['a'\], of type list"),
        ("serving_default", {"text": ["a"], "scale": [[1], [1, 2]]}, "'scale' is no array: .*inhomogeneous"),
        ("serving_default", {"text": ["a", 1], "scale": ONE}, "'text' holds 1, of type int"),
        ("serving_default", {"text": ["\ud800"], "scale": ONE}, "'text' cannot be written as UTF-8"),
        (
            "serving_default",
            {"text": ["a"], "scale": np.ones((1, 2, 3), "float32")},
            r"Incompatible shapes: \[1,2\] vs. \[1,1,2,3\]",
        ),
        ("remember", {"text": ["a", "b", "c"]}, r"TensorFlow refused .*Expected \[2\] got \[3\]"),
        ("half", {"x": ONE}, "NumPy has no type bfloat16: use float32"),
    ],
)
def test_wrong_requests_are_refused_and_the_next_is_answered(model, signature, arrays, said):
    with pytest.raises(ZooError, match=said):
        model.run(signature, **arrays)
    assert model.run(text=WORDS[1:2], scale=ONE)["ids"] == 1


def test_a_closed_model_says_so(folder):
    model = SavedModel(folder)
    model.close()
    model.close()
    with pytest.raises(ZooError, match="closed: load it again"):
        model.run(text=["a"], scale=ONE)


def test_calls_do_not_gather_memory(model):
    arrays = {f"a_{dtype}": np.zeros(0, object if dtype == "string" else dtype) for dtype in TYPES}
    arrays |= {"a_string": np.array([b"x" * 100_000] * 5, object), "a_float32": np.zeros(125_000, "float32")}
    peaks = []
    for calls in (20, 1000):
        for _ in range(calls):
            model.run("same", **arrays)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
    assert peaks[1] - peaks[0] < 50e6  # One leak of half a megabyte a call would be 500.


def damaged(folder, place, file, change):
    shutil.copytree(folder, place)
    path = place / file
    path.write_bytes(change(path.read_bytes()))
    return place


@pytest.mark.parametrize(
    "file, change, said",
    [
        ("saved_model.pb", lambda data: data[: len(data) // 2], "cannot be loaded as a SavedModel"),
        ("saved_model.pb", lambda data: data.replace(b"LookupTableFindV2", b"LookupTableFindV9"), "LookupTableFindV9"),
        ("variables/variables.index", lambda data: data[:-20], "cannot be loaded as a SavedModel"),
        ("assets/vocabulary.txt", lambda data: data + data, "cannot be loaded as a SavedModel .*different value"),
    ],
)
def test_damaged_folders_are_refused(folder, tmp_path, file, change, said):
    with pytest.raises(ZooError, match=said):
        SavedModel(damaged(folder, tmp_path / "2", file, change))


def test_what_is_not_there_is_said(folder, tmp_path):
    with pytest.raises(ZooError, match="nowhere cannot be loaded as a SavedModel .*Could not find SavedModel"):
        SavedModel(tmp_path / "nowhere")
    with pytest.raises(ZooError, match="with tags gpu, serve: .*supplied tags"):
        SavedModel(folder, tags=("gpu", "serve"))
    with pytest.raises(ZooError, match="has no libtensorflow_cc.so.2"):
        SavedModel(folder, libraries=tmp_path)


def test_one_process_takes_one_tensorflow(tmp_path):
    other = tmp_path / "libtensorflow_cc.so.2"
    other.write_bytes(b"")
    with pytest.raises(ZooError, match="already and cannot open that of .*run_in_fresh_process"):
        open_library(tmp_path)


ALONE = """
import sys
from keras_rnn_zoo.libtensorflow.saved_model import SavedModel
model = SavedModel(sys.argv[1])
print(*model.run(text=sys.argv[2:], scale=__import__("numpy").ones(1, "float32"))["ids"])
assert not {"tensorflow", "keras", "google.protobuf"} & set(sys.modules)
"""


def test_neither_tensorflow_nor_keras_is_imported(folder):
    command = [sys.executable, "-c", ALONE, str(folder), WORDS[2]]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-1000:]
    assert result.stdout == "2\n"


REQUESTS = [
    ("serving_default", {"text": [*WORDS, "unknown"], "scale": np.arange(4, dtype="float32")}),
    ("serving_default", {"text": WORDS}),
    ("same", {f"a_{dtype}": array_of(dtype, (2, 3)) for dtype in TYPES}),
    ("same", {f"a_{dtype}": array_of(dtype, (0,)) for dtype in TYPES}),
    ("remember", {"text": ["a", "b", "c"]}),
]


def assert_requests_are_answered(model, answers):
    assert [isinstance(answer, ZooError) for answer in answers] == [False, True, False, False, True]
    assert "received text" in str(answers[1]) and "got [3]" in str(answers[4])
    for (signature, arrays), answer in zip(REQUESTS, answers):
        if not isinstance(answer, ZooError):
            expected = model.run(signature, **arrays)
            assert answer.keys() == expected.keys()
            for name, array in expected.items():
                np.testing.assert_array_equal(answer[name], array, strict=True)


def test_a_fresh_process_answers_the_same(folder, model):
    assert_requests_are_answered(model, run_in_fresh_process(folder, REQUESTS))


def test_a_process_that_dies_is_reported(folder):
    with pytest.raises(ZooError, match="ended by SIGABRT at request 1, 'abort'(.|\n)*the worst has come"):
        run_in_fresh_process(folder, [("remember", {"text": ["a", "b"]}), ("abort", {"x": ONE})])


def test_a_fresh_process_that_cannot_load_says_why(tmp_path):
    with pytest.raises(ZooError, match="nowhere cannot be loaded as a SavedModel"):
        run_in_fresh_process(tmp_path / "nowhere", [])


def test_a_process_that_has_tensorflow_proves_nothing(folder, tmp_path, monkeypatch):
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow" / "__init__.py").write_text("")
    library = open_library()._name
    (tmp_path / "tensorflow" / os.path.basename(library)).symlink_to(library)
    (tmp_path / "sitecustomize.py").write_text("import tensorflow")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ZooError, match="imported tensorflow: it proves nothing"):
        run_in_fresh_process(folder, [])


@pytest.mark.skipif(
    not os.environ.get("KERAS_RNN_ZOO_LIBTENSORFLOW"),
    reason="KERAS_RNN_ZOO_LIBTENSORFLOW names no unpacked wheel of another TensorFlow",
)
def test_another_tensorflow_answers_the_same(folder, model):
    answers = run_in_fresh_process(folder, REQUESTS, libraries=os.environ["KERAS_RNN_ZOO_LIBTENSORFLOW"])
    assert_requests_are_answered(model, answers)
