"""The JSON file of `bench decoding` as a Markdown table."""

from __future__ import annotations

from keras_rnn_zoo.bench.record_table import markdown_table, table_of_record

_HEAD = (
    "model",
    "parameters",
    "batch x symbols",
    "`model.predict` for each symbol, symbols a second",
    "one graph, greedy",
    "times the loop",
    "one graph, beam of 5",
)


def table_of_decoding(path) -> list[str]:
    """The lines of a Markdown table: a row for each model in the JSON file at `path`, and what they were timed on.

    Raises:
        ZooError: the file is missing or damaged.
    """
    return table_of_record(path, "decoding", _lines)


def _lines(record: dict) -> list[str]:
    return [*markdown_table(_HEAD, map(_row, record["rows"])), "", _told(record)]


def _told(record: dict) -> str:
    return f"Symbols a second, medians of {record['rounds']} rounds in turn; {record['machine']}; {record['backend']}."


def _row(row: dict) -> tuple[str, ...]:
    loop, greedy, beam = (f"{row[way]['symbols_per_second']:,.0f}" for way in ("loop", "greedy", "beam_5"))
    return (
        row["model"].replace("_", " "),
        f"{row['parameters']:,}",
        f"{row['batch']} x {row['symbols']}",
        loop,
        greedy,
        f"{row['ratio']:.1f}",
        beam,
    )
