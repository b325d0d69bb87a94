"""The temporal order bench's JSON file as a Markdown table, beside the paper's figure 7."""

from __future__ import annotations

from itertools import groupby
from statistics import median

from keras_rnn_zoo.bench.record_table import markdown_table, table_of_record
from keras_rnn_zoo.bench.temporal_order_setting import name_of

# Pascanu et al. 2013, fig. 7: the share of 5 runs that are solved within 5 million updates, read off the PDF's markers.
PUBLISHED = {
    ("sigmoid", "sgd"): {16: 1.0, 20: 0.2, 22: 0, 50: 0, 100: 0, 150: 0, 200: 0, 250: 0},
    ("sigmoid", "sgd_c"): {16: 1.0, 20: 0.2, 22: 0, 50: 0, 100: 0, 150: 0, 200: 0, 250: 0},
    ("sigmoid", "sgd_cr"): {16: 1.0, 20: 1.0, 50: 1.0, 100: 1.0, 150: 1.0, 200: 1.0, 250: 0.8},
    ("basic_tanh", "sgd"): {16: 1.0, 20: 1.0, 35: 1.0, 45: 0.4, 50: 0, 100: 0, 150: 0, 200: 0, 250: 0},
    ("basic_tanh", "sgd_c"): {20: 1.0, 50: 1.0, 55: 0.8, 65: 0.6, 75: 0.4, 100: 0, 150: 0, 200: 0, 250: 0},
    ("basic_tanh", "sgd_cr"): {16: 1.0, 20: 1.0, 50: 1.0, 75: 1.0, 100: 1.0, 150: 1.0, 200: 1.0, 250: 1.0},
    ("smart_tanh", "sgd"): {16: 1.0, 20: 1.0, 50: 0, 100: 0, 150: 0, 200: 0, 250: 0},
    ("smart_tanh", "sgd_c"): {16: 1.0, 20: 1.0, 50: 1.0, 100: 1.0, 150: 0.4, 200: 0, 250: 0},
    ("smart_tanh", "sgd_cr"): {16: 1.0, 20: 1.0, 50: 1.0, 100: 1.0, 150: 1.0, 200: 1.0, 250: 1.0},
}
# One network for lengths 50 to 199, basic tanh: 5 of 5 seeds (the same paper's text).
PUBLISHED_MIXED = {("basic_tanh", "sgd_cr", "50-199"): 1.0}


def table_of_temporal_order(path) -> list[str]:
    """The lines of a Markdown table: a row for each start, method and length.

    Raises:
        ZooError: the file is missing or damaged.
    """
    return table_of_record(path, "temporal-order", _lines)


def _lines(record: dict) -> list[str]:
    head = ["start", "method", "length", "solved", "updates to below 1 % (median of the solved)", "best share wrong"]
    head += [f"updates of each run, at most {record['budget']:,}", "paper: solved in 5 million"]
    rows = [_row(key, list(group)) for key, group in groupby(record["rows"], key=_key)]
    return [*markdown_table(head, rows), *(line for row in record["rows"] if (line := _tested(row)))]


def _key(row):
    setting = row["setting"]
    return setting["init"], setting["method"], setting["weight"], tuple(setting["lengths"])


def _row(key, rows) -> tuple[str, ...]:
    init, method, weight, lengths = key
    solved = [row["solved_at"] for row in rows if row["solved_at"]]
    best = min(row["best"]["share_wrong"] if row["best"] else 1.0 for row in rows)
    used = ", ".join(f"{row['updates']:,}" + (" (exploded)" if row["ended"] == "exploded" else "") for row in rows)
    return (
        init,
        method if method != "sgd_cr" else f"{method}, weight {weight:g}",
        name_of(lengths),
        f"{len(solved)} of {len(rows)}",
        f"{median(solved):,.0f}" if solved else "",
        f"{best:.2%}",
        used,
        _published(init, method, lengths),
    )


def _published(init, method, lengths) -> str:
    name = name_of(lengths)
    share = PUBLISHED_MIXED.get((init, method, name))
    if share is None and name.isdigit():
        share = PUBLISHED[init, method].get(int(name))
    return "" if share is None else f"{share:.0%}"


def _tested(row) -> str:
    found = row["share_wrong_at"]
    if not found:
        return ""
    shares = ", ".join(f"{share:.2%} at {length}" for length, share in found.items())
    return f"\nTested on 10,000 sequences of each length, `{row['folder']}`: wrong {shares}."
