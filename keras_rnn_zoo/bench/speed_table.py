"""The JSON file of `bench speed` as a Markdown table."""

from __future__ import annotations

from keras_rnn_zoo.bench.record_table import markdown_table, table_of_record
from keras_rnn_zoo.bench.speed_case import SpeedCase
from keras_rnn_zoo.bench.speed_device import ANCHOR
from keras_rnn_zoo.bench.speed_shape import SpeedShape

_COLUMNS = {
    "cell": lambda row: _case(row).label + (", masked" if row["masked"] else ""),
    f"shape: {', '.join(SpeedShape._fields)}": lambda row: str(_case(row).shape),
    "training: zoo, times stock": lambda row: _figure(row["training"]["ratio"]["zoo"]),
    "training: torch.nn, times stock": lambda row: _figure(row["training"]["ratio"]["torch.nn"]),
    "training: limit, times stock": lambda row: _figure(row["training"]["ratio"]["limit"]),
    "training: zoo, ms": lambda row: _figure(row["training"]["ms"]["zoo"]),
    "training: zoo, times cuDNN's LSTM": lambda row: _times_anchor(row["training"]["ms"]),
    "inference: zoo, times stock": lambda row: _figure(row["inference"]["ratio"]["zoo"]),
    "inference: zoo, ms": lambda row: _figure(row["inference"]["ms"]["zoo"]),
    "memory of a step: zoo, times stock": lambda row: _memory(row, "ratio"),
    "memory of the process: zoo, times stock": lambda row: _memory(row, "process_ratio"),
}


def table_of_speed(path) -> list[str]:
    """The lines of a Markdown table: a row for each case in the JSON file at `path`, in its order, and what it was on.

    A column that no row has a figure for is left out.

    Raises:
        ZooError: the file is missing or damaged.
    """
    return table_of_record(path, "speed", _lines)


def _lines(record: dict) -> list[str]:
    columns = {title: [cell_of(row) for row in record["rows"]] for title, cell_of in _COLUMNS.items()}
    shown = {title: column for title, column in columns.items() if any(column)}
    return [*markdown_table(list(shown), zip(*shown.values())), "", _told(record)]


def _case(row: dict) -> SpeedCase:
    return SpeedCase(row["cell"], SpeedShape(*row["shape"]), row["masked"])


def _figure(number) -> str:
    return "" if number is None else f"{number:.2f}"


def _times_anchor(ms: dict) -> str:
    anchor = ms.get(ANCHOR)
    return _figure(anchor and ms["zoo"] / anchor)


def _memory(row: dict, ratio: str) -> str:
    return _figure(row["memory"][ratio] if "memory" in row else None)


def _told(record: dict) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in record["versions"].items())
    return (
        "Times stock: above 1 is faster than Keras's own layer, or its loop over the cell's plain equation; of memory, at "
        "its peak and with what compiling takes, below 1 is less. Limit: the training step's matrix products alone, each "
        f"over all time steps at once. Medians of {record['rounds']} rounds in turn; {record['machine']}; {versions}; "
        f"load average {record['load_average']}."
    )
