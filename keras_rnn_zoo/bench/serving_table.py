"""The JSON file of `bench serving` as a Markdown table."""

from __future__ import annotations

from keras_rnn_zoo.bench.record_table import markdown_table, table_of_record

_WAYS = ("model.predict", "predict_on_batch", "tf.saved_model.load", "C API")
_HEAD = (
    "preset, signature",
    "parameters",
    *(f"`{way}`, ms" for way in _WAYS[:3]),
    "C API, ms",
    "times `model.predict`",
)


def table_of_serving(path) -> list[str]:
    """The lines of a Markdown table: a row for each preset in the JSON file at `path`, and what they were timed on.

    Raises:
        ZooError: the file is missing or damaged.
    """
    return table_of_record(path, "serving", _lines)


def _lines(record: dict) -> list[str]:
    return [*markdown_table(_HEAD, map(_row, record["rows"])), "", _told(record)]


def _told(record: dict) -> str:
    return (
        f"From text to answer, one text a call, medians of {record['rounds']} rounds in turn; {record['machine']}; TensorFlow "
        f"{record['versions']['tensorflow']}; load average {record['load_average']}."
    )


def _row(row: dict) -> tuple[str, ...]:
    times = [f"{row['ms'][way]:.2f}" for way in _WAYS]
    return (f"`{row['preset']}`, `{row['signature']}`", f"{row['parameters']:,}", *times, f"{row['ratio']:.1f}")
