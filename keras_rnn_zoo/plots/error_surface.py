"""An error surface with a cliff, and ways down it, as in Pascanu et al. 2013, fig. 6."""

from __future__ import annotations

from pathlib import Path

import numpy as np

_STYLES = (("#d62728", "-", 2.4), ("#6fd3ff", "--", 1.0))  # colour, line, width
_LINES = 201  # of the surface's mesh, each way
_ABOVE = 0.006  # what a way is lifted by, so that the surface does not swallow it


def plot_error_surface(w, b, errors, ways: dict[str, tuple], path) -> Path:
    """Draws the surface in three dimensions and from above, with the ways on it, into a PNG.

    Args:
        w: `(columns,)`, rising. b: `(rows,)`, rising. errors: `(rows, columns)`, of at least 0.
        ways: for each of two names `(points, errors)`: `(n, 2)` values of w and b, the first one on the surface and the
            same for both, and `(n,)`. A way is drawn until it leaves the surface; where it is then thrown to stands in
            the legend.
        path: the picture's file.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 5.4))
    space = figure.add_axes((0.0, 0.0, 0.52, 1.0), projection="3d", computed_zorder=False)
    above = figure.add_axes((0.58, 0.26, 0.4, 0.68))
    _draw_in_space(space, w, b, errors)
    _draw_from_above(figure, above, w, b, errors)
    for (name, (points, heights)), (colour, line, width) in zip(ways.items(), _STYLES, strict=True):
        inside, z = _until_it_leaves(points, heights, w, b)
        style = {"color": colour, "linestyle": line, "linewidth": width, "marker": "o", "markersize": width + 1}
        space.plot(*inside.T, z + _ABOVE, zorder=5, **style)
        above.plot(*inside.T, label=_named(name, points, w, b), **style)
    (w_0, b_0), height = (values[0] for values in next(iter(ways.values())))
    space.plot([w_0], [b_0], [height + _ABOVE], "k*", markersize=10, zorder=6)
    above.plot(w_0, b_0, "k*", markersize=10, label="start")
    above.legend(loc="upper left", bbox_to_anchor=(-0.05, -0.16), frameon=False, fontsize=9)
    figure.savefig(path, format="png", dpi=110)
    return Path(path)


def _draw_in_space(axes, w, b, errors):
    across, along = np.meshgrid(w, b)
    mesh = {"rcount": _LINES, "ccount": _LINES, "antialiased": False, "shade": False}
    axes.plot_surface(across, along, errors, cmap="viridis", **mesh)
    axes.view_init(elev=30, azim=62)
    axes.set_box_aspect((1, 1, 0.8), zoom=1.0)
    axes.set(xlabel="w", ylabel="b", zlabel="error", xlim=(w[0], w[-1]), ylim=(b[0], b[-1]))


def _draw_from_above(figure, axes, w, b, errors):
    image = axes.pcolormesh(w, b, errors, cmap="viridis", shading="gouraud", rasterized=True)
    axes.contour(w, b, errors, levels=np.linspace(0, errors.max(), 12)[1:-1], colors="white", linewidths=0.4)
    axes.set(xlabel="w", ylabel="b", xlim=(w[0], w[-1]), ylim=(b[0], b[-1]))
    figure.colorbar(image, ax=axes, label="error")


def _leaves(points, w, b) -> int | None:
    """The number of the first point off the surface."""
    outside = ((points < (w[0], b[0])) | (points > (w[-1], b[-1]))).any(axis=1)
    return int(outside.argmax()) if outside.any() else None


def _until_it_leaves(points, heights, w, b) -> tuple[np.ndarray, np.ndarray]:
    """The points up to the surface's edge, the last one on it, and their heights."""
    first = _leaves(points, w, b)
    if first is None:
        return points, heights
    step = points[first] - points[first - 1]
    edge = np.where(step > 0, (w[-1], b[-1]), (w[0], b[0]))
    share = np.min(np.divide(edge - points[first - 1], step, out=np.full(2, np.inf), where=step != 0))
    rise = heights[first] - heights[first - 1]
    ends = points[first - 1] + share * step, heights[first - 1] + share * rise
    return np.vstack([points[:first], ends[0]]), np.append(heights[:first], ends[1])


def _named(name: str, points, w, b) -> str:
    first = _leaves(points, w, b)
    if first is None:
        return name
    return f"{name}: update {first} throws it to w={points[first][0]:.3g}, b={points[first][1]:.3g}"
