"""A model behind the REST interface of TensorFlow Serving, asked with the standard library alone."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np

from keras_rnn_zoo.errors import ZooError
from keras_rnn_zoo.libtensorflow.dtypes import numpy_type
from keras_rnn_zoo.libtensorflow.signature_def import Signature, TensorInfo

_URL = re.compile(r"https?://[^/\s]+/v1/models/([^/:\s]+)(/(versions|labels)/[^/:\s]+)?")
_DTYPES = {"DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_HALF": "float16"}


class ServedModel:
    """A model that TensorFlow Serving serves.

    Args:
        url: of the model, as `http://localhost:8501/v1/models/translate`, or of one of its versions, with `/versions/2` behind it.
        seconds: how long to wait for each answer.

    Attributes:
        signatures: what it can be asked, a `Signature` for each name.

    Raises:
        ZooError: no TensorFlow Serving answers there, or none in time, or it does not have the model, or not yet.
    """

    def __init__(self, url: str, seconds: float = 60):
        self.url, self.seconds = url.rstrip("/"), seconds
        if not _URL.fullmatch(self.url):
            raise ZooError(
                f"{url!r} is no address of a served model: expected one like http://localhost:8501/v1/models/translate, where "
                "/versions/2 may follow."
            )
        _check_available(self.url, self._ask("", _states))
        self.signatures: dict[str, Signature] = self._ask("/metadata", _signatures)

    def run(self, signature: str, /, **arrays: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs of a signature for its inputs, by their names; strings are bytes objects.

        Raises:
            ZooError: the server refused, with its own words, or does not answer any more.
        """
        outputs = self.signatures[signature].outputs
        inputs = {name: _plain(array) for name, array in arrays.items()}
        question = {"signature_name": signature, "inputs": inputs}
        return self._ask(":predict", lambda answer: _arrays(answer["outputs"], outputs), question)

    def _ask(self, path: str, read: Callable, question: dict | None = None):
        """What `read` makes of the JSON that the server answers with."""
        text = self._answer(path, question)
        try:
            return read(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ZooError(
                f"What answers at {self.url}{path} is no TensorFlow Serving: it said {text!r:.100}. Look at host, port and path."
            ) from error

    def _answer(self, path, question) -> bytes:
        data = None if question is None else json.dumps(question).encode()
        try:
            with urlopen(Request(self.url + path, data), timeout=self.seconds) as response:
                return response.read()
        except HTTPError as error:
            raise _refusal(self.url + path, error) from error
        except TimeoutError as error:
            raise self._too_late() from error
        except (OSError, HTTPException) as error:
            if isinstance(getattr(error, "reason", None), TimeoutError):
                raise self._too_late() from error
            raise ZooError(
                f"No TensorFlow Serving answers at {self.url}: {error}. Start it, or look at host and port; its REST port is 8501 "
                "unless --rest_api_port says otherwise, 8500 is gRPC's."
            ) from error

    def _too_late(self):
        return ZooError(f"{self.url} did not answer within {self.seconds:g} seconds: try again, or wait longer.")


def _refusal(url: str, error: HTTPError) -> ZooError:
    text = error.read().decode(errors="replace")
    try:
        said = json.loads(text)["error"]
    except (ValueError, KeyError, TypeError):
        said = text
    return ZooError(f"The server refused {url} with {error.code}: {said.strip()[:500] or error.reason}")


def _states(answer: dict) -> list[tuple[str, str, str]]:
    """For each version its number, its state, and what the server says of it."""
    versions = answer["model_version_status"]
    return [(one["version"], one["state"], one.get("status", {}).get("error_message", "")) for one in versions]


def _check_available(url: str, states: list):
    """Raises a `ZooError` unless a version can be asked."""
    if any(state == "AVAILABLE" for _, state, _ in states):
        return
    told = ", ".join(f"version {version} is {state} {said}".strip() for version, state, said in states)
    raise ZooError(
        f"{url} cannot be asked: {told or 'it has no version'}. Wait until a version is AVAILABLE, or see the server's log."
    )


def _signatures(answer: dict) -> dict[str, Signature]:
    found = answer["metadata"]["signature_def"]["signature_def"]
    return {
        name: Signature(_infos(found[name]["inputs"]), _infos(found[name]["outputs"]))
        for name in sorted(found)
        if not name.startswith("__")
    }


def _infos(tensors: dict) -> dict[str, TensorInfo]:
    return {name: _info(tensor) for name, tensor in sorted(tensors.items())}


def _info(tensor: dict) -> TensorInfo:
    dtype = _DTYPES.get(tensor["dtype"], tensor["dtype"].removeprefix("DT_").lower())
    sizes = [int(one["size"]) for one in tensor["tensor_shape"].get("dim", [])]
    shape = None if tensor["tensor_shape"].get("unknown_rank") else tuple(None if n < 0 else n for n in sizes)
    return TensorInfo(dtype, shape, tensor["name"])


def _plain(array: np.ndarray):
    """As JSON has it; bytes that are no text in base64."""
    return _texts(array.tolist()) if array.dtype == object else array.tolist()


def _texts(value):
    if isinstance(value, list):
        return [_texts(one) for one in value]
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"b64": base64.b64encode(value).decode()}


def _arrays(outputs, infos: dict[str, TensorInfo]) -> dict[str, np.ndarray]:
    if len(infos) == 1:  # A single output comes without its name.
        outputs = dict.fromkeys(infos, outputs)
    return {name: _array(outputs[name], info.dtype) for name, info in infos.items()}


def _array(value, dtype: str) -> np.ndarray:
    return np.array(_bytes(value) if dtype == "string" else value, numpy_type(dtype))


def _bytes(value):
    if isinstance(value, list):
        return [_bytes(one) for one in value]
    return base64.b64decode(value["b64"]) if isinstance(value, dict) else value.encode()
