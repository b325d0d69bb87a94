"""Arrays of one's own, in a NumPy .npz file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from keras_rnn_zoo.datasets.options import whole
from keras_rnn_zoo.datasets.own_files import LICENCE, check_classes, deal, given_splits, own_path
from keras_rnn_zoo.datasets.spec import Dataset, DatasetSpec, Examples
from keras_rnn_zoo.errors import ZooError

ARRAYS = ("inputs", "targets", "lengths", "split", "labels")
NOTE_PADDING = -1.0  # neither 0 nor 1

FORMS = """inputs (n, features) or (n, height, width, channels): one_to_one; inputs (n, timesteps, features): many_to_one with targets
(n,) or floats (n, numbers), many_to_many_aligned with whole numbers (n, timesteps) or bits (n, timesteps, bits)"""


def load(path: str, seed: int = 0) -> Dataset:
    """Arrays `inputs` and `targets` of an `.npz` file, a row an example; their shapes say what the pattern is:

    - inputs `(n, features)` or `(n, height, width, channels)`: one_to_one;
    - inputs `(n, timesteps, features)` and targets `(n,)` or floats `(n, numbers)`: many_to_one;
    - inputs `(n, timesteps, features)` and targets of a value a step: many_to_many_aligned.

    Targets that are whole numbers from 0 are classes: `(n,)`, one an example (objective `"class"`), or `(n, timesteps)`, one a
    step (`"labels"`). Floats `(n,)` or `(n, numbers)` are numbers (`"number"`, to be predicted by a linear output). Zeros and
    ones `(n, timesteps, bits)` of any type are independent bits a step (`"notes"`). For the builders of those names.

    Optional arrays: `lengths` `(n,)`, how many steps of each row are real, the rest being left out; `labels`, the classes'
    names; `split` `(n,)`, `train`, `validation` or `test` of each row, kept as it is. By default rows are dealt 80/10/10, each
    class in its proportion, rows of equal inputs in one split.

    Args:
        path: the file.
        seed: of the split.

    Raises:
        ZooError: there is no such file, it is truncated or no `.npz`, an array is missing, of another kind or shape (the error
            names it), holds NaN or infinity (the error names the first), or there are too few rows.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/my.npz", inputs=np.random.rand(100, 7, 3), targets=np.arange(100) % 2)
    ...     load(f"{folder}/my.npz").train.inputs["inputs"].shape
    (80, 7, 3)
    """
    seed = whole("seed", seed, minimum=0)
    file = own_path(path, "an .npz file")
    arrays = read(file)
    inputs, targets = _checked_inputs(arrays["inputs"], file), arrays["targets"]
    objective = _objective(inputs, targets, file)
    classes = targets.tolist() if objective == "class" else None
    if "split" in arrays:
        splits = given_splits(arrays["split"].tolist(), f"{file}: `split`", classes)
    else:
        splits = deal([row.tobytes() for row in inputs], classes, seed, str(file))
    return _dataset(file, inputs, targets, objective, arrays, splits)


def read(path: Path) -> dict[str, np.ndarray]:
    """The arrays of the file: `inputs`, `targets`, and of `lengths`, `split` and `labels` those that it holds.

    Raises:
        ZooError: the file is truncated or no `.npz`, or an array is missing, unknown, or has another number of rows.
    """
    arrays = _unpacked(path)
    if not {"inputs", "targets"} <= set(arrays) or set(arrays) - set(ARRAYS):
        raise ZooError(
            f"{path} should hold inputs and targets, and perhaps {', '.join(ARRAYS[2:])}; received {sorted(arrays)}."
        )
    rows = {name: array.shape[:1] for name, array in arrays.items() if name != "labels"}
    if len(set(rows.values())) != 1 or rows["inputs"] in ((), (0,)):
        raise ZooError(f"{path} should hold one row an example in each array, received {rows}.")
    return arrays


def _unpacked(path: Path) -> dict[str, np.ndarray]:
    try:
        if not zipfile.is_zipfile(path):  # such as a .npy, which np.load would read
            raise zipfile.BadZipFile("no archive of arrays, or one that is cut short")
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except Exception as error:  # NumPy, zipfile and zlib raise many kinds, and all mean this
        what = error if isinstance(error, zipfile.BadZipFile) else "objects, or something damaged"
        raise ZooError(
            f"{path} should be a NumPy .npz file without objects, received another: {what}. Write it with "
            "numpy.savez(path, inputs=..., targets=...)."
        ) from error


def _checked_inputs(inputs: np.ndarray, path: Path) -> np.ndarray:
    if inputs.ndim not in (2, 3, 4) or inputs.dtype.kind not in "fiub" or 0 in inputs.shape:
        raise ZooError(
            f"{path}: inputs should be numbers of 2 to 4 axes, received {inputs.dtype} of shape {inputs.shape}. "
            f"Possible: {' '.join(FORMS.split())}."
        )
    return _finite("inputs", inputs, path)


def _finite(name: str, array: np.ndarray, path: Path) -> np.ndarray:
    values = array.astype(np.float32)
    if not np.isfinite(values).all():
        where = tuple(np.argwhere(~np.isfinite(values))[0].tolist())
        raise ZooError(f"{path}: {name} should be finite as float32, received {array[where]} at {list(where)}.")
    return values


def _objective(inputs: np.ndarray, targets: np.ndarray, path: Path) -> str:
    whole_numbers, sequences = targets.dtype.kind in "iub", inputs.ndim == 3
    if targets.dtype.kind in "US":
        raise ZooError(
            f"{path}: targets should be numbers, received strings. Number them from 0, and put the names in `labels`."
        )
    if targets.dtype.kind not in "fiub":
        pass
    elif whole_numbers and targets.ndim == 1:
        check_classes(targets.tolist(), f"{path}: targets")
        return "class"
    elif not whole_numbers and targets.ndim in (1, 2):
        return "number"
    elif sequences and targets.shape[1:2] == inputs.shape[1:2]:
        if whole_numbers and targets.ndim == 2:
            check_classes(targets.ravel().tolist(), f"{path}: targets")
            return "labels"
        if targets.ndim == 3 and np.isin(targets, (0, 1)).all():
            return "notes"
    raise ZooError(
        f"{path}: inputs {inputs.shape} and targets {targets.shape}, {targets.dtype}, fit no pattern. Possible: "
        f"{' '.join(FORMS.split())}."
    )


def _dataset(file: Path, inputs, targets, objective: str, arrays, splits) -> Dataset:
    per_step = objective in ("labels", "notes")
    lengths = _lengths(arrays.get("lengths"), inputs, file)
    mask = None if lengths is None else _unused(inputs)
    names = _names(arrays.get("labels"), targets, file) if objective in ("class", "labels") else ()
    values = targets.astype(np.int32) if names else _finite("targets", targets, file)
    values = values.reshape(len(values), -1) if objective == "number" else values
    everything = Examples({"inputs": _cut(inputs, lengths)}, _cut(values, lengths if per_step else None))
    spec = DatasetSpec(
        name="array_file",
        description=f"What belongs to the arrays of {file.name}.",
        pattern="one_to_one" if inputs.ndim != 3 else "many_to_many_aligned" if per_step else "many_to_one",
        objective=objective,
        builder_arguments=_arguments(inputs, values, names, objective, mask),
        padding=_padding(mask, objective),
        labels=names,
        licence=LICENCE,
        citation=file.name,
    )
    return Dataset(*(everything.subset(rows) for rows in splits.values()), spec)


def _arguments(inputs, targets, names: tuple[str, ...], objective: str, mask: float | None) -> dict:
    arguments = {"input_shape": inputs.shape[1:], "outputs": len(names) or targets.shape[-1]}
    if inputs.ndim == 3:
        arguments |= {"input_shape": (None, inputs.shape[-1]), "mask_value": mask}
    if objective in ("number", "notes"):
        arguments["output_activation"] = "linear" if objective == "number" else "sigmoid"
    return arguments


def _padding(mask: float | None, objective: str) -> dict[str, float]:
    if mask is None:
        return {}
    return {"inputs": mask, **{"labels": {"targets": 0}, "notes": {"targets": NOTE_PADDING}}.get(objective, {})}


def _names(labels: np.ndarray | None, targets: np.ndarray, path: Path) -> tuple[str, ...]:
    if targets.min() < 0:
        raise ZooError(f"{path}: targets that are classes should be numbered from 0, received {targets.min()}.")
    count = int(targets.max()) + 1
    if labels is None:
        return tuple(map(str, range(count)))
    if labels.ndim != 1 or labels.dtype.kind != "U" or len(labels) < count or len(set(labels.tolist())) != len(labels):
        raise ZooError(
            f"{path}: labels should be the names of at least {count} classes, each once; received {labels.tolist()!r:.80}."
        )
    return tuple(labels.tolist())


def _lengths(lengths: np.ndarray | None, inputs: np.ndarray, path: Path) -> np.ndarray | None:
    if lengths is None:
        return None
    if inputs.ndim != 3 or lengths.ndim != 1 or lengths.dtype.kind not in "iu":
        raise ZooError(f"{path}: lengths should be whole numbers (n,), of inputs (n, timesteps, features).")
    if lengths.min() < 1 or lengths.max() > inputs.shape[1]:
        received = f"{lengths.min()} to {lengths.max()}"
        raise ZooError(f"{path}: lengths should be from 1 to {inputs.shape[1]}, received {received}.")
    return lengths


def _cut(rows: np.ndarray, lengths: np.ndarray | None):
    return rows if lengths is None else [row[:length] for row, length in zip(rows, lengths)]


def _unused(inputs: np.ndarray) -> float:
    """A value that no input has, for padding."""
    least = float(inputs.min())
    return float(np.floor(least - 1 - abs(least)))
