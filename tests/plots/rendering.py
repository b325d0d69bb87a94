"""Whether what a picture shows lies within it and apart."""

from matplotlib.backends.backend_agg import FigureCanvasAgg


def renderer_of(figure):
    """What knows how much room a figure's texts take."""
    return FigureCanvasAgg(figure).get_renderer()


def inside(figure):
    """Whether every text lies within the picture."""
    renderer = renderer_of(figure)
    width, height = figure.canvas.get_width_height()
    boxes = [axes.get_tightbbox(renderer) for axes in figure.axes]
    return all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height for box in boxes)


def apart(figure):
    """Whether no two axes with their texts overlap."""
    renderer = renderer_of(figure)
    boxes = [axes.get_tightbbox(renderer) for axes in figure.axes]
    return not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])
