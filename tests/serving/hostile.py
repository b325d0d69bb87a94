"""What nobody should send to a served model, by the names of the inputs."""

from __future__ import annotations

import zlib

import numpy as np

from tests.serving.requests import KNOBS, png, sequences, strings

TEXTS = [
    "",
    " \t\n\u00a0",
    "\0",
    "a\0b",
    b"\xff\xfe\xfa",
    b"Kedi \xe2\x82",
    b"\xed\xa0\x80",
    "\U0001f600 漢字 ﷽ \u202e\ufeff",
    "e" + "\u0301" * 300,
    "İ" * 200,
    '"' * 99,
]
LONG = ["Kedi uyuyor. " * 770, "x" * 10_000]
BAD_KNOBS = {
    "max_length": [0, -1, 100_001, 2**31 - 1],
    "min_length": [-1, 10**6],
    "temperature": [-1.0, 1e-9, np.nan, np.inf],
    "top_k": [-1],
    "top_p": [0.0, -0.1, 1.1, np.nan],
}


def must_be_answered(served):
    specs = inputs_of(served)
    long = "greedy" if "greedy" in specs else "serving_default"
    return [(name, request) for name in specs for request in _answered(specs[name], name == long)]


def must_be_refused(served):
    specs = inputs_of(served)
    return [(name, request) for name in specs for request in _refused(specs[name])]


def may_be_refused(served):
    """Empty batches, other shapes, strange pictures and samples, bytes that are no text in a list of words."""
    specs = inputs_of(served)
    empty = [
        (name, {key: np.zeros(_sizes(spec, 0), _dtype(spec)) for key, spec in specs[name].items()}) for name in specs
    ]
    return empty + [(name, request) for name in specs for request in _strange(specs[name])]


def inputs_of(served) -> dict:
    """The specs of each signature's inputs."""
    return {name: function.structured_input_signature[1] for name, function in served.traced.items()}


def _answered(specs, long):
    if "text" not in specs:
        return []
    return [_filled(specs, {"text": strings(rows)}) for rows in ([TEXTS, LONG] if long else [TEXTS])]


def _refused(specs):
    good = _filled(specs, _good(specs))
    found = [{**good, key: _wrong_type(array)} for key, array in good.items()]
    found += [{**good, "lengths": np.array([bad], "int32")} for bad in (0, -1, 10**6) if "lengths" in good]
    found += [
        {**good, knob: np.array([bad], good[knob].dtype)}
        for knob in BAD_KNOBS
        if knob in good
        for bad in BAD_KNOBS[knob]
    ]
    found += [{**good, "tokens": np.full_like(good["tokens"], bad)} for bad in (0, -5, 10**6) if "tokens" in good]
    found += [{**good, "previous": np.array([bad], "int32")} for bad in (-1, 10**6) if "previous" in good]
    found += [
        {**good, key: np.full_like(good[key], np.nan)} for key in ("frames", "energies", "samples") if key in good
    ]
    found += [{**good, "words": np.array([[b"", b"a"]], object)}] if "words" in good else []
    found += [{"inputs": strings([bad])} for bad in (b"no example", b"\x08") if "inputs" in good]
    found += [{"image_bytes": strings([bad])} for bad in (b"", b"no picture", _bomb()) if "image_bytes" in good]
    return found


def _strange(specs):
    good = _filled(specs, _good(specs))
    of_other_shapes = [{**good, key: array[:, None][..., None]} for key, array in good.items()]
    return of_other_shapes + _strange_contents(specs)


def _strange_contents(specs):
    if "image_bytes" in specs:
        grey, clear = np.zeros((3, 5, 1)), np.zeros((9, 2, 4))
        whole = png(np.ones((8, 8, 3)))
        return [
            _filled(specs, {"image_bytes": strings([bad])}) for bad in (png(grey), png(clear), whole[:-20], whole * 2)
        ]
    if "words" in specs:
        return [{"words": np.array([[b"\xff\xfe", b"a b"], [b"", b""]], object)}]
    if "samples" in specs:
        return [sequences("samples", [np.zeros(2, "float32")])]
    return []


def _good(specs) -> dict:
    """One row of each input."""
    return {name: np.full(_sizes(spec, 1), _value(name, spec), _dtype(spec)) for name, spec in specs.items()}


def _filled(specs, given) -> dict:
    """`given`, with one row for each of its rows of what else a signature takes."""
    rows = len(next(iter(given.values())))
    rest = {name: np.repeat(array, rows, axis=0) for name, array in _good(specs).items() if name not in given}
    return {**rest, **given}


def _value(name, spec):
    if name in KNOBS:
        return {"max_length": 5, "min_length": 0, "temperature": 1, "top_k": 0, "top_p": 1, "seed": 1}[name]
    if name == "image_bytes":
        return png(np.ones((8, 8, 3)))
    if spec.dtype.name == "string":
        return b"Kedi"
    return 400 if name == "lengths" else 4 if name in ("tokens", "previous") else 0.5


def _sizes(spec, rows):
    """Sequences of 400 steps, long enough for a window of sound."""
    return (rows, *(400 if size is None else size for size in spec.shape[1:]))


def _dtype(spec):
    return object if spec.dtype.name == "string" else spec.dtype.as_numpy_dtype


def _wrong_type(array):
    return np.zeros(array.shape, "float64") if array.dtype != np.float64 else np.zeros(array.shape, "int64")


def _bomb() -> bytes:
    """A small PNG that says it is 60,000 pixels wide and high."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    size = (60_000).to_bytes(4, "big")
    header = chunk(b"IHDR", size + size + bytes([8, 2, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
