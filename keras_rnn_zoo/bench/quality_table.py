"""The bench's JSON file as a Markdown table."""

from __future__ import annotations

from keras_rnn_zoo.bench.record_table import markdown_table, table_of_record


def table_of_quality(path) -> list[str]:
    """The lines of a Markdown table: the configurations in the JSON file at `path`, the best first, then the baseline.

    Raises:
        ZooError: the file is missing or damaged.
    """
    return table_of_record(path, "quality", _lines)


def _lines(record: dict) -> list[str]:
    metric, base = record["metric"], record["baseline"]
    test = f"test {metric['name'].replace('_', ' ')}, mean ± std"
    head = ["configuration", "cell", "parameters", test, "best seed", "runs", "published"]
    trivial = [f"{base['name']} (trivial baseline)", "", "", f"{base['value']:.3f}", "", "", ""]
    return markdown_table(head, [*(_row(row, metric["larger_is_better"]) for row in best_first(record)), trivial])


def best_first(record: dict) -> list[dict]:
    """The rows of a bench's record, sorted by their mean."""
    return sorted(record["rows"], key=lambda row: row["mean"], reverse=record["metric"]["larger_is_better"])


def _row(row: dict, larger_is_better: bool) -> tuple[str, ...]:
    spread = "" if row["standard_deviation"] is None else f" ± {row['standard_deviation']:.3f}"
    best, seed = (max if larger_is_better else min)(zip(row["test"], row["seeds"]), key=lambda pair: pair[0])
    return (
        f"`{row['identity']}`",
        row["cell"] or "",
        f"{row['parameters']:,}",
        f"{row['mean']:.3f}{spread}",
        f"{best:.3f} (seed {seed})",
        f"{len(row['test'])}" + ("" if row["complete"] else " (unfinished)"),
        row["published"] or "",
    )
