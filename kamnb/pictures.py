"""A finished figure as PNG, cropped to its ink, drawn once."""

from __future__ import annotations

import io
import warnings

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image

ASIDE, ABOVE, PAD = 2.0, 0.8, 13
"""ASIDE, ABOVE: inches drawn beside and above (and below) the figure, where labels may stand.  PAD: white pixels left around the ink."""


def picture(ax: Axes) -> bytes:
    """The figure of `ax` as PNG cropped to its ink; the figure is closed.  A glyph that the font lacks raises (faults.md X18).

    Cropping after one draw takes half the time of matplotlib's tight box, which draws twice; that way is taken
    only when ink reaches the edge of the enlarged canvas.
    """
    figure = ax.get_figure(root=True)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        pixels = _draw_once(figure)
        box = _ink(pixels)
        png = _draw_tight(figure) if box is None else _encode(pixels[box])
    plt.close(figure)
    return png


def _draw_once(figure: Figure) -> np.ndarray:
    """Pixels (height x width x RGBA) of `figure` with room around it."""
    width, height = figure.get_size_inches()
    stream = io.BytesIO()
    dpi = plt.rcParams["savefig.dpi"]
    box = Bbox([[-ASIDE, -ABOVE], [width + ASIDE, height + ABOVE]])
    figure.savefig(stream, format="rgba", dpi=dpi, bbox_inches=box)
    flat = np.frombuffer(stream.getbuffer(), dtype=np.uint8)
    wide, high = round(box.width * dpi), round(box.height * dpi)  # the canvas cuts fractions of a pixel
    shapes = [(h, w, 4) for h in (high, high - 1) for w in (wide, wide - 1) if h * w * 4 == flat.size]
    return flat.reshape(shapes[0])


def _ink(pixels: np.ndarray) -> tuple[slice, slice] | None:
    """Where `pixels` are not white, with PAD around it; None when ink reaches the edge or there is none."""
    dark = pixels.view(np.uint32)[..., 0] != np.uint32(0xFFFFFFFF)
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not rows.size or rows[0] < PAD or columns[0] < PAD:
        return None
    if rows[-1] >= dark.shape[0] - PAD or columns[-1] >= dark.shape[1] - PAD:
        return None
    return slice(rows[0] - PAD, rows[-1] + PAD + 1), slice(columns[0] - PAD, columns[-1] + PAD + 1)


def _encode(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[..., :3])).save(stream, format="PNG", compress_level=3)
    return stream.getvalue()


def _draw_tight(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", bbox_inches="tight", pad_inches=0.08, metadata={"Software": None})
    return stream.getvalue()
