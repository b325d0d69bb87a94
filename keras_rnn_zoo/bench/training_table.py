"""The JSON file of `bench training` as a Markdown table."""

from __future__ import annotations

from statistics import median

from keras_rnn_zoo.bench.record_table import markdown_table, table_of_record

_HEAD = (
    "configuration",
    "stock Keras, tokens a second",
    "`train`, tokens a second",
    "times stock",
    "first step, s: stock, `train`",
    "padding: stock, `train`",
    "pipeline: stock, `train`",
    "traces: stock, `train`",
)


def table_of_training(path) -> list[str]:
    """The lines of a Markdown table: a row for each configuration in the JSON file at `path`, and what they were timed on.

    Raises:
        ZooError: the file is missing or damaged.
    """
    return table_of_record(path, "training", _lines)


def _lines(record: dict) -> list[str]:
    return [*markdown_table(_HEAD, map(_row, record["rows"])), "", _told(record)]


def _told(record: dict) -> str:
    return (
        f"Medians of {record['rounds']} rounds in turn, each of the same batches in plain `fit`; pipeline: the time that reading "
        f"an epoch's batches takes by itself, as a share of the epoch's; {record['machine']}; TensorFlow "
        f"{record['versions']['tensorflow']}."
    )


def _row(row: dict) -> tuple[str, ...]:
    pair = row["stock"], row["zoo"]
    return (
        f"`{row['config']}`",
        *(f"{median(way['tokens_per_second']):,.0f}" for way in pair),
        f"{row['ratio']:.2f}",
        ", ".join(f"{way['first_step_s']:.1f}" for way in pair),
        *(", ".join(f"{way[share]:.1%}" for way in pair) for share in ("padding_share", "pipeline_share")),
        ", ".join(str(way["traces"]) for way in pair),
    )
