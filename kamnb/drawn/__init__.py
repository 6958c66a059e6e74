"""What a finished chart shows, as data: read from its artists, so that a report can draw it again with means of its own."""

from __future__ import annotations

from matplotlib.axes import Axes

from kamnb.drawn.bars import read_columns
from kamnb.drawn.ink import UnknownInkError, read_ink
from kamnb.drawn.points import read_points
from kamnb.drawn.scales import read_scale

__all__ = ["chart_spec"]


def chart_spec(ax: Axes) -> dict | None:
    """The data of a chart of one of the simple kinds; None where a picture says more.

    Kinds: "bar" (bars from zero, side by side or stacked, with lines over them), "waterfall" (bars with a start), "line" and
    "scatter" (dots and lines over two scales, or on named rows).  Every artist of `ax` is in the result; one that does not
    fit makes it None, so that nothing is lost in silence.
    """
    try:
        ink = read_ink(ax)
        scales = (read_scale(ax.xaxis), read_scale(ax.yaxis))
        spec = (read_columns if _has_categories(ink, scales) else read_points)(ink, scales)
    except UnknownInkError:
        return None
    box, (wide, high) = ax.get_position(), ax.figure.get_size_inches()
    return {**spec, "size": [float(box.width * wide), float(box.height * high)]}


def _has_categories(ink, scales: tuple[dict, dict]) -> bool:
    """Whether the chart stands on categories or dates rather than between two scales."""
    return bool(ink.bars) or (scales[0]["dates"] and not ink.dots)
