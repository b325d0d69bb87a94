"""Who learns temporal order, and how it goes."""

from __future__ import annotations

from pathlib import Path


def plot_temporal_order(curves: dict[str, list[tuple[float, float, float]]], path) -> Path:
    """Draws the share of wrong sequences, and the recurrent kernel's spectral radius, over the updates, into a PNG.

    Args:
        curves: for each run, named `SETTING/seed_N`, a list of (updates, share wrong, spectral radius).
        path: the picture's file.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 8), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True)
    settings = list(dict.fromkeys(map(_setting, curves)))
    for name, points in curves.items():
        updates, wrong, radius = zip(*points)
        number = settings.index(_setting(name))
        style = {"color": f"C{number % 10}", "linestyle": ("-", "--", ":", "-.")[number // 10 % 4], "linewidth": 1}
        first = name == next(other for other in curves if _setting(other) == _setting(name))
        above.plot(updates, [100 * share for share in wrong], label=_setting(name) if first else None, **style)
        below.plot(updates, radius, **style)
    above.axhline(1, color="grey", linewidth=0.8)
    above.set_yscale("symlog", linthresh=1)
    above.set(ylabel="fresh sequences wrong, %", ylim=(0, 100))
    below.axhline(1, color="grey", linewidth=0.8)
    below.set(xlabel="updates of 20 sequences", ylabel="spectral radius of the recurrent kernel")
    above.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.01, 1))
    figure.savefig(path, format="png", dpi=110)
    return Path(path)


def _setting(run: str) -> str:
    """A run's name without its seed: runs of one setting are drawn alike."""
    return run.rpartition("/seed_")[0] or run
