"""The fine-tuning bench's JSON file as a Markdown table."""

from __future__ import annotations

from keras_rnn_zoo.bench.fine_tuning_transfer import ARMS
from keras_rnn_zoo.bench.record_table import markdown_table, table_of_record

_HEAD = (
    "what is learnt",
    "labels",
    *(f"{arm}: accuracy, mean ± std (each seed)" for arm in ARMS),
    "gain",
    "better with",
)


def table_of_fine_tuning(path) -> list[str]:
    """The lines of a Markdown table: a row for each number of labels in the JSON file at `path`, then the baseline.

    Raises:
        ZooError: the file is missing or damaged.
    """
    return table_of_record(path, "fine-tuning", _lines)


def _lines(record: dict) -> list[str]:
    return markdown_table(_HEAD, [row for about in record["transfers"] for row in _section(about, record)])


def _section(about: dict, record: dict) -> list[list[str]]:
    rows = [row for row in record["rows"] if row["transfer"] == about["name"]]
    counts = list(dict.fromkeys(row["labels"] for row in rows))
    title = f"{about['title']} ({about['scored']:,} {record['split']} {about['unit']})"
    lines = [
        _row(title, f"{count} {about['unit']}", [row for row in rows if row["labels"] == count]) for count in counts
    ]
    base = about["baseline"]
    return [*lines, [title, f"{base['name']} (trivial baseline)", f"{base['accuracy']:.3f}", "", "", ""]]


def _row(title: str, labels: str, rows: list[dict]) -> list[str]:
    by_arm = {row["arm"]: row for row in rows}
    return [title, labels, *(_spread(by_arm.get(arm)) for arm in ARMS), *_gain(*map(by_arm.get, ARMS))]


def _spread(row: dict | None) -> str:
    if row is None:
        return ""
    if row["standard_deviation"] is None:
        return f"{row['mean']:.3f}"
    each = ", ".join(f"{value:.3f}" for value in row["accuracy"])
    return f"{row['mean']:.3f} ± {row['standard_deviation']:.3f} ({each})"


def _gain(tuned: dict | None, scratch: dict | None) -> tuple[str, str]:
    """Over the seeds that both arms have: the mean gain, and with how many of them there is one."""
    if tuned is None or scratch is None:
        return "", ""
    by_seed = [dict(zip(row["seeds"], row["accuracy"])) for row in (tuned, scratch)]
    gains = [by_seed[0][seed] - by_seed[1][seed] for seed in by_seed[0] if seed in by_seed[1]]
    if not gains:
        return "", ""
    return f"{sum(gains) / len(gains):+.3f}", f"{sum(gain > 0 for gain in gains)} of {len(gains)} seeds"
