"""The artists of a finished Axes as plain records: bars, strokes, dots, tinted fields and texts in the units of its axes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.container import BarContainer
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Transform

MARKERS = {"o": "circle", ".": "circle", "s": "square", "^": "triangle", "D": "diamond"}
BARE = {None, "", " ", "None", "none"}
WHITE = "#ffffff"


@dataclass(frozen=True)
class Bar:
    """One bar: `at` on the category axis, from `start` to `end` on the value axis."""

    group: int
    at: float
    start: float
    end: float
    fill: str
    edge: str | None
    hatched: bool


@dataclass(frozen=True)
class Stroke:
    """A line through points, with or without markers; `name` is its label, "" when it has none; `broken`: it has gaps."""

    xs: list[float]
    ys: list[float]
    colour: str
    width: float
    dashed: bool = False
    marker: str | None = None
    face: str = WHITE
    size: float = 0.0
    name: str = ""
    broken: bool = False


@dataclass(frozen=True)
class Dots:
    """Marks without a line; sizes are diameters in points."""

    xs: list[float]
    ys: list[float]
    sizes: list[float]
    faces: list[str]
    edges: list[str | None]
    marker: str


@dataclass(frozen=True)
class Word:
    """A text: anchor in the units of the axes and as a fraction of them, moved by `dx`, `dy` points."""

    text: str
    x: float
    y: float
    fx: float
    fy: float
    dx: float
    dy: float
    side: str
    level: str
    colour: str
    size: float
    bold: bool


@dataclass
class Ink:
    """All that an Axes shows, its scales apart."""

    horizontal: bool = False
    bars: list[Bar] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    dots: list[Dots] = field(default_factory=list)
    texts: list[Word] = field(default_factory=list)
    leaders: list[dict[str, float]] = field(default_factory=list)
    zones: list[dict] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


class UnknownInkError(Exception):
    """The Axes shows something that these records cannot hold."""


def read_ink(ax: Axes) -> Ink:
    """Every artist of `ax`; raises UnknownInkError for one that is neither bar, line, dot nor level text."""
    figure, titles = ax.figure, (ax.get_title(), ax.get_title("right"))
    others = (*figure.texts, *figure.legends, *figure.lines, *figure.patches, *figure.artists, *figure.images)
    if ax.name != "rectilinear" or len(figure.axes) > 1 or others or any(titles):
        raise UnknownInkError
    if ax.images or ax.tables or ax.artists or ax.child_axes or ax.get_legend():
        raise UnknownInkError
    ax.get_xlim(), ax.get_ylim()  # limits that were left to matplotlib settle now
    ink = Ink()
    _read_bars(ax, ink)
    for line in filter(_visible, ax.lines):
        _read_line(ax, line, ink)
    for collection in filter(_visible, ax.collections):
        _read_collection(ax, collection, ink)
    for text in filter(_visible, ax.texts):
        _read_text(ax, text, ink)
    return ink


def _visible(artist) -> bool:
    return artist.get_visible() and artist.get_alpha() != 0


def _flat(colour, alpha: float | None = None) -> str:
    """`colour` as it looks on white paper."""
    red, green, blue, opaque = to_rgba(colour)
    opaque = opaque if alpha is None else alpha
    return to_hex([1 - opaque * (1 - part) for part in (red, green, blue)])


def _read_bars(ax: Axes, ink: Ink) -> None:
    containers = [c for c in ax.containers if isinstance(c, BarContainer)]
    ways = {c.orientation for c in containers}
    owned = {id(patch) for c in containers for patch in c.patches}
    if len(containers) != len(ax.containers) or len(ways) > 1:
        raise UnknownInkError
    for patch in ax.patches:
        if id(patch) not in owned and _visible(patch):
            _read_zone(ax, patch.get_path().transformed(patch.get_transform()).vertices, patch, ink)
    ink.horizontal = ways == {"horizontal"}
    for group, container in enumerate(containers):
        label = container.get_label()
        ink.names.append("" if label.startswith("_") else label)
        known = [patch for patch in container.patches if np.isfinite(patch.get_height() + patch.get_width())]
        ink.bars += [_bar(patch, group, ink.horizontal) for patch in known]


def _bar(patch: Rectangle, group: int, lying: bool) -> Bar:
    x, y, wide, high = patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()
    at, start, length = (y + high / 2, x, wide) if lying else (x + wide / 2, y, high)
    edge, fill = _flat(patch.get_edgecolor()) if patch.get_linewidth() else None, _flat(patch.get_facecolor())
    edge = None if edge in (WHITE, fill) else edge
    return Bar(group, float(at), float(start), float(start + length), fill, edge, bool(patch.get_hatch()))


def _read_zone(ax: Axes, corners: np.ndarray, artist, ink: Ink) -> None:
    """A tinted or framed rectangle in fractions of the axes; any other shape raises."""
    box = ax.transAxes.inverted().transform(corners)
    (x0, y0), (x1, y1) = box.min(axis=0), box.max(axis=0)
    on_edge = np.isclose(box, (x0, y0), atol=1e-6) | np.isclose(box, (x1, y1), atol=1e-6)
    if not on_edge.all() or artist.get_hatch():
        raise UnknownInkError
    face, edge, width = (np.ravel(part) for part in (artist.get_facecolor(), artist.get_edgecolor(), artist.get_linewidth()))
    filled, framed = bool(len(face)) and face[3] > 0, bool(len(edge)) and edge[3] > 0 and width[0] > 0
    ink.zones.append({"x0": float(x0), "y0": float(y0), "x1": float(x1), "y1": float(y1), "fill": _flat(tuple(face)) if filled else None,
                      "edge": _flat(tuple(edge)) if framed and not (filled and _flat(tuple(edge)) == _flat(tuple(face))) else None,
                      "width": float(width[0]) if len(width) else 0.0})


def _read_line(ax: Axes, line: Line2D, ink: Ink) -> None:
    """A line or its markers; what is white on white is not seen."""
    points = _in_data(ax, line.get_transform(), np.asarray(line.get_xydata(), dtype=float))
    known = points[np.isfinite(points).all(axis=1)]
    colour, marked = _flat(line.get_color(), line.get_alpha()), line.get_marker() not in BARE
    drawn = line.get_linestyle() not in BARE and line.get_linewidth() > 0
    if (marked and line.get_marker() not in MARKERS) or line.get_drawstyle() != "default":
        raise UnknownInkError
    if not len(known) or (colour == WHITE and (drawn or _flat(line.get_markeredgecolor()) == WHITE)):
        return
    face, places = line.get_markerfacecolor(), np.flatnonzero(np.isfinite(points).all(axis=1))
    ink.strokes.append(Stroke(
        [float(x) for x in known[:, 0]], [float(y) for y in known[:, 1]], colour, float(line.get_linewidth()) if drawn else 0.0,
        line.get_linestyle() not in ("-", "solid"), MARKERS.get(line.get_marker()) if marked else None,
        WHITE if isinstance(face, str) and face in BARE else _flat(face), float(line.get_markersize()),
        "" if str(line.get_label()).startswith("_") else str(line.get_label()), int(places[-1] - places[0]) >= len(known)))


def _in_data(ax: Axes, transform: Transform, points: np.ndarray) -> np.ndarray:
    """`points` in the units of the axes, whatever `transform` they were given in."""
    if transform == ax.transData:
        return points
    moved = ax.transData.inverted().transform(transform.transform(points))
    spans = np.abs([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())])
    return np.where(np.abs(moved - points) <= 1e-9 * spans, points, moved)


def _read_collection(ax: Axes, collection, ink: Ink) -> None:
    if isinstance(collection, LineCollection) and collection.get_transform() == ax.transData:
        ink.strokes += _segments(collection)
    elif isinstance(collection, PathCollection) and collection.get_offset_transform() == ax.transData:
        dots = _dots(collection)
        if dots.xs:
            ink.dots.append(dots)
    elif isinstance(collection, PolyCollection) and len(collection.get_paths()) == 1:
        _read_zone(ax, collection.get_transform().transform(collection.get_paths()[0].vertices), collection, ink)
    else:
        raise UnknownInkError


def _segments(collection: LineCollection) -> list[Stroke]:
    strokes = []
    colours, widths = collection.get_colors(), collection.get_linewidths()
    dashes = [dash[1] for dash in collection.get_linestyles()]
    for place, segment in enumerate(np.asarray(part, dtype=float) for part in collection.get_segments()):
        if len(segment) and np.isfinite(segment).all():
            colour, width = _flat(colours[place % len(colours)]), float(widths[place % len(widths)])
            xs, ys = segment[:, 0].tolist(), segment[:, 1].tolist()
            strokes.append(Stroke(xs, ys, colour, width, dashes[place % len(dashes)] is not None))
    return strokes


def _dots(collection: PathCollection) -> Dots:
    offsets = np.ma.filled(np.ma.asarray(collection.get_offsets(), dtype=float), np.nan)
    marker = _marker_of(collection)
    if marker is None or len(collection.get_paths()) != 1:
        raise UnknownInkError
    faces, edges = list(collection.get_facecolors()), list(collection.get_edgecolors())
    sizes, widths = np.sqrt(collection.get_sizes()), collection.get_linewidths()
    kept = [place for place in range(len(offsets)) if np.isfinite(offsets[place]).all()]
    face = [_flat(faces[place % len(faces)]) if faces else WHITE for place in kept]
    edge = [_flat(edges[place % len(edges)]) if edges and widths[place % len(widths)] else None for place in kept]
    return Dots([float(offsets[place, 0]) for place in kept], [float(offsets[place, 1]) for place in kept],
                [float(sizes[place % len(sizes)]) for place in kept], face,
                [None if e in (WHITE, f) else e for e, f in zip(edge, face, strict=True)], marker)


def _marker_of(collection: PathCollection) -> str | None:
    vertices = collection.get_paths()[0].vertices
    return next((name for name, shape in _marker_shapes().items() if shape.shape == vertices.shape and np.allclose(shape, vertices)), None)


@cache
def _marker_shapes() -> dict[str, np.ndarray]:
    styles = {name: MarkerStyle(sign) for sign, name in MARKERS.items() if sign != "."}
    return {name: style.get_path().transformed(style.get_transform()).vertices for name, style in styles.items()}


def _read_text(ax: Axes, text: Text, ink: Ink) -> None:
    """A text with its anchor, or the plain line that leads from a mark to its name.  A turned text raises."""
    tied = isinstance(text, Annotation)
    if text.get_rotation() or (tied and text.arrow_patch is not None and text.get_text()):
        raise UnknownInkError
    spot, (dx, dy) = _anchor(ax, text) if tied else (text.get_transform().transform(text.get_unitless_position()), (0.0, 0.0))
    fx, fy = (float(part) for part in ax.transAxes.inverted().transform(spot))
    if text.get_text().strip():
        x, y = (float(part) for part in ax.transData.inverted().transform(spot))
        ink.texts.append(Word(text.get_text(), x, y, fx, fy, float(dx), float(dy), text.get_ha(), text.get_va(), _flat(text.get_color()),
                              float(text.get_fontsize()), text.get_fontweight() in ("bold", "semibold", 600, 700)))
    elif tied and text.arrow_patch is not None:
        ink.leaders.append({"x": fx, "y": fy, "dx": float(dx), "dy": float(dy)})


def _anchor(ax: Axes, text: Annotation) -> tuple[np.ndarray, tuple[float, float]]:
    """Where an annotation is tied to, in pixels, and how many points its text stands away from there."""
    ways = text.xycoords if isinstance(text.xycoords, tuple) else (text.xycoords,) * 2
    known = {"data": ax.transData, "axes fraction": ax.transAxes}
    if not set(ways) <= set(known) or text.anncoords not in ("offset points", text.xycoords):
        raise UnknownInkError
    tied = (ax.convert_xunits(text.xy[0]) if ways[0] == "data" else text.xy[0], text.xy[1])
    at = np.array([known[way].transform(tied)[place] for place, way in enumerate(ways)])
    return at, tuple(text.xyann) if text.anncoords == "offset points" else (0.0, 0.0)
