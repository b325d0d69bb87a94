"""A running server is asked what a client would ask it, and every way in which it may be wrong is said."""

import json
import socket
import subprocess
import sys
import threading
from urllib.request import urlopen

import numpy as np
import pytest

import keras_rnn_zoo as zoo
from keras_rnn_zoo import cli
from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.serving.rest import ServedModel
from keras_rnn_zoo.serving.saved_model import write_saved_model
from keras_rnn_zoo.serving.serve_check import serve_check
from keras_rnn_zoo.serving.signatures import signatures_of
from tests.serving.requests import default_case
from tests.serving.small_tasks import captioner, classifier, translator
from tests.serving.tf_serving import serving

PRESET = "gru_temporal_order"


def written(task, base):
    write_saved_model(task.model, signatures_of(task), base / "1")
    return base


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A task, examples and the base of its export."""
    task, examples = classifier()
    return task, examples, written(task, tmp_path_factory.mktemp("classifier"))


@pytest.mark.parametrize("make", [classifier, captioner, translator], ids=lambda make: make.__name__)
def test_a_server_that_answers_as_the_task(make, tmp_path):
    task, examples = make()
    with serving(written(task, tmp_path)) as url:
        served = ServedModel(url)
        assert dict(serve_check(served, task, examples)) == dict.fromkeys(served.signatures)
        name, request, expected = default_case(task, examples)
        answer = served.run(name, **request)
        for output, wanted in expected.items():
            assert answer[output].dtype == wanted.dtype and answer[output].shape == wanted.shape


def test_one_version_and_inputs_that_are_made_up(made):
    with serving(made[2]) as url:
        served = ServedModel(f"{url}/versions/1/")
        assert dict(serve_check(served, made[0])) == dict.fromkeys(served.signatures)


def test_signatures_are_those_of_the_saved_model(made):
    with serving(made[2]) as url:
        signatures = ServedModel(url).signatures
    assert list(signatures) == ["classify", "serving_default", "tokens"]
    assert {name: (info.dtype, info.shape) for name, info in signatures["tokens"].inputs.items()} == {
        "lengths": ("int32", (None,)),
        "tokens": ("int32", (None, None)),
    }
    assert signatures["classify"].outputs["scores"].shape == (None, 2)


def test_another_model_differs(made, tmp_path):
    task, examples, base = made
    weights = task.model.get_weights()
    with serving(base) as url:
        served = ServedModel(url)
        task.model.set_weights([-weight for weight in weights])
        found = dict(serve_check(served, task, examples))
        task.model.set_weights(weights)
    assert all(said.startswith("differs: ") and "should be" in said for said in found.values())


def test_a_signature_that_is_not_served_or_takes_something_else(made, tmp_path):
    task, examples, _ = made
    signatures = {"serving_default": signatures_of(task)["tokens"]}
    write_saved_model(task.model, signatures, tmp_path / "1")
    with serving(tmp_path) as url:
        found = dict(serve_check(ServedModel(url), task, examples))
    assert found["classify"] == "is not served; the server has serving_default"
    assert "with 400: Missing named input: lengths" in found["serving_default"]


def test_a_refused_request_is_told_in_the_server_s_words(made):
    with serving(made[2]) as url:
        served = ServedModel(url)
        with pytest.raises(ZooError, match="refused .*:predict with 400: .*lengths should be one for each row"):
            served.run("tokens", tokens=np.array([[4, 5]], "int32"), lengths=np.array([3], "int32"))
        with pytest.raises(ZooError, match="with 400: JSON Value: 4.5 of input tokens is not of expected type: int32"):
            served.run("tokens", tokens=np.array([[4.5]]), lengths=np.array([1], "int32"))


@pytest.mark.parametrize(
    "path", ["", ":8501/v1/models", "/v1/models/m:predict", "/v2/models/m", "/v1/models/m/metadata"]
)
def test_an_address_of_something_else(path):
    with pytest.raises(ZooError, match="is no address of a served model: expected one like"):
        ServedModel(f"http://localhost{path}")


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1/models/m"
    with pytest.raises(ZooError, match="No TensorFlow Serving answers at .*its REST port is 8501"):
        ServedModel(url)


@pytest.mark.parametrize(
    "said, message",
    [
        (b"HTTP/1.0 200 OK\r\n\r\n<html>", "is no TensorFlow Serving: it said b'<html>'"),
        (b'HTTP/1.0 200 OK\r\n\r\n{"status": "up"}', 'is no TensorFlow Serving: it said b\'{"status": "up"}\''),
        (b"HTTP/1.0 200 OK\r\n\r\n[1]", "is no TensorFlow Serving"),
        (b"HTTP/1.0 502 Bad Gateway\r\n\r\n", "refused .* with 502: Bad Gateway"),
        (b"\0\0\x06\x04\0\0\0\0\0\0\x05\0\0@\0", "No TensorFlow Serving answers .*8500 is gRPC's"),
        (b"", "No TensorFlow Serving answers"),
    ],
)
def test_another_server(said, message):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_say_once, args=(listener, said))
        thread.start()
        with pytest.raises(ZooError, match=message):
            ServedModel(f"http://127.0.0.1:{listener.getsockname()[1]}/v1/models/m")
        thread.join()


def _say_once(listener, said):
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(said)


def test_a_model_that_is_not_there_or_not_yet(made):
    with serving(made[2]) as url:
        with pytest.raises(ZooError, match="with 404: Could not find any versions of model other"):
            ServedModel(url.removesuffix("model") + "other")
        with pytest.raises(ZooError, match="with 404: Could not find any versions"):
            ServedModel(f"{url}/versions/9")
    with serving(made[2], state="LOADING") as url, pytest.raises(ZooError, match="version 1 is LOADING. Wait until"):
        ServedModel(url)
    with serving(made[2], state="END", said="Op type not registered") as url:
        with pytest.raises(ZooError, match="version 1 is END Op type not registered"):
            ServedModel(url)


def test_a_server_that_is_too_slow(made):
    with serving(made[2], delay=1.0) as url, pytest.raises(ZooError, match="did not answer within 0.2 seconds"):
        ServedModel(url, seconds=0.2)


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    base = tmp_path_factory.mktemp("preset")
    return written(zoo.from_preset(PRESET), base)


def command(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["keras-rnn-zoo", "serve-check", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    return ended.value.code or 0, said.out, said.err


def test_the_command(preset, made, monkeypatch, capsys):
    with serving(preset) as url:
        assert command(monkeypatch, capsys, url, PRESET, "--rows", "2") == (0, "serving_default: equal\n", "")
        code, out, _ = command(monkeypatch, capsys, url, "norm_preserving_rnn_temporal_order")
        assert code == 2 and out.startswith("serving_default: differs: ")
        code, out, error = command(monkeypatch, capsys, url + "s", PRESET)
        assert (code, out) == (2, "") and error.startswith("error: The server refused") and error.count("\n") == 1
    code, _, error = command(monkeypatch, capsys, "http://localhost:8501/v1/models/m", "no_such_preset")
    assert code == 2 and "no_such_preset" in error


def test_a_client_waits_for_no_tensorflow_to_hear_that_nobody_listens():
    script = (
        "import sys; from keras_rnn_zoo.errors import ZooError; from keras_rnn_zoo.serving.commands import serve_check\n"
        f"try: serve_check('http://127.0.0.1:1/v1/models/m', {PRESET!r})\n"
        "except ZooError: assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules\n"
        "else: raise SystemExit('somebody listens')"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-1000:]


ASKED = [
    ({"inputs": ["Kedi uyuyor."]}, "outputs"),
    ({"inputs": {"text": ["Kedi uyuyor."]}}, "outputs"),
    ({"instances": ["Kedi uyuyor."]}, "predictions"),
    ({"instances": [{"text": {"b64": "S2VkaSB1eXV5b3Iu"}}]}, "predictions"),
]


def test_every_way_of_asking_gets_one_answer(made):
    """The README's `curl`, and TensorFlow Serving's other forms."""
    task, _, base = made
    label = task("Kedi uyuyor.")
    with serving(base) as url:
        for question, kind in ASKED:
            with urlopen(f"{url}:predict", json.dumps(question).encode()) as response:
                answer = json.load(response)[kind]
            assert (answer["label"] if kind == "outputs" else [row["label"] for row in answer]) == [label]
