"""What stands in an exported version: its signatures, its size, and a line to try it with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from keras_rnn_zoo.libtensorflow.protobuf import read_fields
from keras_rnn_zoo.libtensorflow.signature_def import Signature, parse_signatures

_META_GRAPHS = 2  # field of a SavedModel


def report(folder: Path, examples: Sequence | None = None) -> list[str]:
    """Lines about the SavedModel in `folder`; the one to try it with asks the first of `examples`, raw inputs."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    signatures = signatures_in(folder)
    lines = [f"{folder}: {size / 1e6:.1f} MB, {len(signatures)} signatures"]
    lines += [f"  {name}: {_listed(one.inputs)} -> {_listed(one.outputs)}" for name, one in signatures.items()]
    return [*lines, "", *_to_try(folder, signatures["serving_default"], examples)]


def files_in(folder: Path) -> list[str]:
    """Lines about the files of another format in `folder`."""
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    return [f"{folder}:", *(f"  {name}: {size / 1e6:.2f} MB" for name, size in sizes.items())]


def signatures_in(folder: Path) -> dict[str, Signature]:
    """The signatures of the SavedModel in `folder`, which is not loaded."""
    fields = read_fields((folder / "saved_model.pb").read_bytes())
    return parse_signatures(next(value for number, value in fields if number == _META_GRAPHS))


def _listed(tensors) -> str:
    return ", ".join(f"{name} {info.dtype}[{_dimensions(info.shape)}]" for name, info in tensors.items())


def _dimensions(shape) -> str:
    return ", ".join("-" if size is None else str(size) for size in shape or ())


def _to_try(folder: Path, default: Signature, examples) -> list[str]:
    base = folder.parent.resolve()
    lines = [f"docker run -p 8501:8501 -v {base}:/models/{base.name} -e MODEL_NAME={base.name} tensorflow/serving"]
    if list(default.inputs) == ["text"]:
        request = json.dumps({"instances": [examples[0] if examples else "..."]}, ensure_ascii=False).replace(
            "'", "\\u0027"
        )
        lines.append(f"curl -d '{request}' http://localhost:8501/v1/models/{base.name}:predict")
    else:
        lines.append(f"curl http://localhost:8501/v1/models/{base.name}/metadata")
    return lines
