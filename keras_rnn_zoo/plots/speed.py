"""How many times as fast as plain Keras a training step is."""

from __future__ import annotations

from pathlib import Path

_STYLES = {  # Told apart in black and white by how dark and how hatched they are.
    "zoo": {"color": "0.2"},
    "torch.nn": {"color": "0.75", "hatch": "//"},
    "limit": {"color": "white"},
    "cuDNN LSTM": {"color": "0.9", "hatch": ".."},
}
_WIDTH = 0.8


def plot_speed(record: dict, path) -> Path:
    """Draws a panel for each shape and in it a group of bars for each cell; stock Keras is the line at 1.

    Args:
        record: the content of the JSON file of the speed bench.
        path: the picture's file, a PNG.
    """
    from matplotlib.figure import Figure

    shapes = list(dict.fromkeys(tuple(row["shape"]) for row in record["rows"]))
    panels = [[row for row in record["rows"] if tuple(row["shape"]) == shape] for shape in shapes]
    width = 2.5 + max(map(len, panels))
    figure = Figure(figsize=(width, 0.6 + 2.8 * len(panels)), layout="constrained")
    for axes, shape, rows in zip(figure.subplots(len(panels), 1, squeeze=False)[:, 0], shapes, panels):
        _draw(axes, rows)
        axes.set_title(f"batch {shape[0]}, {shape[1]} time steps, {shape[2]} features, {shape[3]} units", fontsize=9)
    handles = {label: handle for axes in figure.axes for handle, label in zip(*axes.get_legend_handles_labels())}
    figure.legend(handles.values(), handles, fontsize=8, loc="outside upper left", ncols=len(handles))
    figure.savefig(path, format="png", dpi=110)
    return Path(path)


def _draw(axes, rows):
    for place, row in enumerate(rows):
        ratios = {way: ratio for way, ratio in row["training"]["ratio"].items() if ratio is not None}
        for number, (way, ratio) in enumerate(ratios.items()):
            width = _WIDTH / len(row["training"]["ratio"])
            left = place + width * (number - (len(ratios) - 1) / 2)
            bar = axes.bar(left, ratio, 0.95 * width, label=way, edgecolor="black", linewidth=0.6, **_STYLES[way])
            axes.bar_label(
                bar, fmt="{:.2f}", fontsize=7, padding=2, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5}
            )
    axes.axhline(1, color="black", linewidth=1, linestyle="--", label="stock Keras")
    axes.set_xticks(range(len(rows)), [_name(row) for row in rows], fontsize=8)
    axes.set(ylabel="training, times stock", xlim=(-0.6, len(rows) - 0.4))
    axes.margins(y=0.15)
    axes.set_axisbelow(True)
    axes.grid(axis="y", alpha=0.3)


def _name(row: dict) -> str:
    options = [f"{name}={value}" for name, value in row["cell_options"].items()]
    return "\n".join([row["cell"], *options, *(["masked"] if row["masked"] else [])])
