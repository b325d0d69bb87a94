"""A stand-in for TensorFlow Serving: its REST interface as far as it was measured, over the loader that it is built on."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.dtypes import numpy_type
from keras_rnn_zoo.libtensorflow.saved_model import SavedModel

_PATH = re.compile(r"/v1/models/([^/:]+)(?:/versions/(\d+))?(/metadata|:predict)?")
_DTYPES = {"float32": "DT_FLOAT", "float64": "DT_DOUBLE", "float16": "DT_HALF"}


class Refused(Exception):
    """An HTTP status, and what the server says."""


@contextmanager
def serving(base: Path, name: str = "model", state: str = "AVAILABLE", delay: float = 0, said: str = ""):
    """Serves the largest version in `base` under `name`; gives the model's URL."""
    version = max((int(path.name) for path in base.iterdir() if path.name.isdecimal()), default=None)
    with SavedModel(base / str(version)) as model:
        handler = type("Handler", (_Handler,), {})
        handler.model, handler.name, handler.version = model, name, str(version)
        handler.state, handler.delay, handler.said = state, delay, said
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = False  # Closing waits for answers that nobody waits for any more.
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/models/{name}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self._respond(self._told)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._respond(lambda what: self._predicted(what, body))

    def _respond(self, answer):
        time.sleep(self.delay)
        try:
            status, text = 200, answer(self._asked())
        except Refused as refused:
            status, text = refused.args[0], json.dumps({"error": refused.args[1]}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _asked(self):
        found = _PATH.fullmatch(self.path)
        if not found:
            raise Refused(404, f"Malformed request: {self.command} {self.path}")
        if found[1] != self.name or found[2] not in (None, self.version):
            raise Refused(404, f"Could not find any versions of model {found[1]}")
        return found[3]

    def _told(self, what):
        if what == ":predict":
            raise Refused(405, "Method not allowed")
        if what is None:
            return json.dumps({"model_version_status": [self._status()]}).encode()
        self._check_loaded()
        signatures = {name: _signature_told(one) for name, one in self.model.signatures.items()}
        signatures["__saved_model_init_op"] = {"inputs": {}, "outputs": {}, "method_name": ""}
        told = {"model_spec": {"name": self.name, "signature_name": "", "version": self.version}}
        return json.dumps({**told, "metadata": {"signature_def": {"signature_def": signatures}}}).encode()

    def _status(self):
        status = {"error_code": "OK" if not self.said else "UNKNOWN", "error_message": self.said}
        return {"version": self.version, "state": self.state, "status": status}

    def _check_loaded(self):
        if self.state != "AVAILABLE":
            raise Refused(404, f"Servable not found for request: Latest({self.name})")

    def _predicted(self, what, body):
        self._check_loaded()
        try:
            question = json.loads(body)
        except ValueError as error:
            raise Refused(400, f"JSON Parse error: {error}") from error
        name = question.get("signature_name", "serving_default")
        if name not in self.model.signatures:
            raise Refused(400, f'Serving signature name: "{name}" not found in signature def')
        called = self.model.signatures[name]
        if ("instances" in question) == ("inputs" in question):
            raise Refused(400, "Request should have exactly one of instances and inputs")
        rows = "instances" in question
        given = _by_columns(question["instances"], called.inputs) if rows else _named(question["inputs"], called.inputs)
        outputs = self._run(name, {key: _array(key, given[key], info.dtype) for key, info in called.inputs.items()})
        return _written("predictions", _by_rows(outputs)) if rows else _written("outputs", _columns(outputs))

    def _run(self, name, arrays):
        try:
            return self.model.run(name, **arrays)
        except ZooError as error:
            raise Refused(400, str(error)) from error


def _signature_told(signature):
    return {
        "inputs": {name: _info_told(info) for name, info in signature.inputs.items()},
        "outputs": {name: _info_told(info) for name, info in signature.outputs.items()},
        "method_name": "tensorflow/serving/predict",
        "defaults": {},
    }


def _info_told(info):
    dim = [{"size": str(-1 if size is None else size), "name": ""} for size in info.shape or ()]
    shape = {"dim": dim, "unknown_rank": info.shape is None}
    return {
        "dtype": _DTYPES.get(info.dtype, f"DT_{info.dtype.upper()}"),
        "tensor_shape": shape,
        "name": info.tensor,
    }


def _named(inputs, expected):
    """A single input may come without its name."""
    if not (isinstance(inputs, dict) and inputs.keys() != {"b64"}):
        if len(expected) > 1:
            raise Refused(
                400, "inputs is a plain value/list, but expecting an object as there are several named inputs"
            )
        return {next(iter(expected)): inputs}
    for name in expected:
        if name not in inputs:
            raise Refused(400, f"Missing named input: {name}")
    for name in inputs:
        if name not in expected:
            raise Refused(400, f"input {name} is not in the signature")
    return inputs


def _by_columns(instances, expected):
    if not isinstance(instances, list) or not instances:
        raise Refused(400, "No instances: a list of at least one is expected")
    rows = [_named(instance, expected) for instance in instances]
    return {name: [row[name] for row in rows] for name in expected}


def _array(name, value, dtype):
    values = _leaves(name, value, dtype)
    try:
        return np.array(values, numpy_type(dtype)) if dtype != "string" else _strings(values)
    except ValueError as error:
        raise Refused(400, f"Encountered list at unexpected size in {name}: {error}") from error


def _strings(values):
    shape, level = [], values
    while isinstance(level, list):
        shape.append(len(level))
        level = level[0] if level else b""
    array = np.empty(shape, object)
    array[...] = np.array(values, object).reshape(shape)
    return array


def _leaves(name, value, dtype):
    if isinstance(value, list):
        return [_leaves(name, one, dtype) for one in value]
    if dtype == "string" and isinstance(value, str):
        return value.encode()
    if dtype == "string" and isinstance(value, dict) and value.keys() == {"b64"}:
        return base64.b64decode(value["b64"])
    whole = isinstance(value, int) and not isinstance(value, bool)
    if dtype != "string" and (whole or (isinstance(value, float) and dtype.startswith("float"))):
        return value
    raise Refused(400, f"JSON Value: {value!r:.40} of input {name} is not of expected type: {dtype}")


def _columns(outputs):
    plain = {name: _plain(name, array) for name, array in outputs.items()}
    return next(iter(plain.values())) if len(plain) == 1 else plain


def _by_rows(outputs):
    sizes = {array.shape[:1] for array in outputs.values()}
    if len(sizes) != 1 or sizes == {()}:
        raise Refused(400, "Tensor outputs have no common batch dimension")
    plain = {name: _plain(name, array) for name, array in outputs.items()}
    rows = [{name: values[row] for name, values in plain.items()} for row in range(next(iter(sizes))[0])]
    return [next(iter(row.values())) for row in rows] if len(plain) == 1 else rows


def _plain(name, array):
    if array.dtype.name == "float16":
        raise Refused(400, "Failed to write JSON value for tensor type: half")
    return _texts(name, array.tolist()) if array.dtype == object else array.tolist()


def _texts(name, value):
    if isinstance(value, list):
        return [_texts(name, one) for one in value]
    if name.endswith("_bytes"):
        return {"b64": base64.b64encode(value).decode()}
    return value.decode(errors="surrogateescape")  # Written raw, whether it is UTF-8 or not.


def _written(kind, value):
    return json.dumps({kind: value}, ensure_ascii=False).encode(errors="surrogateescape")
