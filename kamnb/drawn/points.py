"""Charts between two scales, or of named rows against a scale: dots and lines, each with the names beside them."""

from __future__ import annotations

from collections import defaultdict

from kamnb.drawn.ink import Dots, Ink, Stroke, UnknownInkError, Word
from kamnb.drawn.scales import WHOLE, part_of, rule_across
from kamnb.drawn.texts import Rows, free_text, take_columns

KEPT = ("min", "max", "log", "shown", "title", "ticks", "labels", "divisor", "form", "grid")


def read_points(ink: Ink, scales: tuple[dict, dict]) -> dict:
    """The spec of a chart of kind scatter; raises UnknownInkError where an axis can be neither a scale nor rows."""
    across, up = scales
    rows = _rows(up)
    if (across["shown"] and not across["form"]) or across["min"] >= across["max"] or (rows is None and up["min"] >= up["max"]):
        raise UnknownInkError
    if any(stroke.broken and stroke.width for stroke in ink.strokes):
        raise UnknownInkError
    rules = [stroke for stroke in ink.strokes if _is_rule(stroke, scales, rows)]
    series = [*_join_strokes([stroke for stroke in ink.strokes if stroke not in rules]), *[_tell_dots(dots) for dots in ink.dots]]
    if not any(one["sizes"] or len(one["xs"]) > 2 for one in series):
        raise UnknownInkError
    columns, words = take_columns(ink.texts, rows) if rows else ([], list(ink.texts))
    names = [up["labels"][up["ticks"].index(spot)] for spot in rows.spots] if rows else []
    return {"kind": "scatter", "rows": names, "spots": rows.spots if rows else [], "series": series,
            "x": {key: across[key] for key in KEPT}, "y": {key: up[key] for key in KEPT}, "columns": columns,
            "texts": _label_points(series, words, scales), "rules": [rule_across(rule, scales) for rule in rules],
            "leaders": ink.leaders, "zones": ink.zones}


def _rows(up: dict) -> Rows | None:
    """The named rows that the upright axis stands for; None for a scale."""
    if up["form"] or not up["shown"]:
        return None
    spots = sorted((at for at, text in zip(up["ticks"], up["labels"], strict=True) if text.strip()), reverse=up["min"] < up["max"])
    if any(spot != round(spot) for spot in spots):
        raise UnknownInkError
    return Rows(spots, True, 0.0, 1.0)


def _is_rule(stroke: Stroke, scales: tuple[dict, dict], rows: Rows | None) -> bool:
    """Whether a line only divides the chart: straight across all of it, and not the range of a row."""
    upright = len(set(stroke.xs)) == 1
    if len(stroke.xs) != 2 or stroke.marker or (upright == (len(set(stroke.ys)) == 1)):
        return False
    along, scale = (stroke.ys, scales[1]) if upright else (stroke.xs, scales[0])
    own = rows is not None and not upright and any(abs(stroke.ys[0] - spot) < 0.25 for spot in rows.spots)
    return not own and abs(part_of(along[1], scale) - part_of(along[0], scale)) >= WHOLE


def _join_strokes(strokes: list[Stroke]) -> list[dict]:
    """Lines as series; single strokes that look alike are one series with gaps between them."""
    alike: dict[tuple, list[Stroke]] = defaultdict(list)
    for number, stroke in enumerate(strokes):
        short = len(stroke.xs) == (1 if stroke.marker else 2)
        alike[(stroke.colour, stroke.width, stroke.dashed, stroke.marker, stroke.face, stroke.name, short or number)].append(stroke)
    return [_tell_strokes(group) for group in alike.values()]


def _tell_strokes(group: list[Stroke]) -> dict:
    first, xs, ys = group[0], [], []
    for stroke in group:
        gap = bool(xs and first.width)  # an unknown height ends a line; the next one begins after it
        xs += [*stroke.xs[:gap], *stroke.xs]
        ys += [*[None] * gap, *stroke.ys]
    sizes = [first.size] * len(xs) if first.marker else []
    return {"name": first.name, "xs": xs, "ys": ys, "marker": first.marker, "sizes": sizes, "faces": [first.face] * len(sizes),
            "edges": [first.colour if first.colour != first.face else None] * len(sizes), "labels": {},
            "line": {"colour": first.colour, "width": first.width, "dashed": first.dashed} if first.width else None}


def _tell_dots(dots: Dots) -> dict:
    return {"name": "", "xs": dots.xs, "ys": dots.ys, "marker": dots.marker, "sizes": dots.sizes, "faces": dots.faces, "edges": dots.edges,
            "line": None, "labels": {}}


def _label_points(series: list[dict], words: list[Word], scales: tuple[dict, dict]) -> list[dict]:
    """Give each text that is tied to a dot to that dot; returns the texts that are tied to none."""
    spans = [abs(scale["max"] - scale["min"]) * 1e-6 for scale in scales]
    free = []
    for word in words:
        tied = [(one, place) for one in series if one["sizes"] for place, (x, y) in enumerate(zip(one["xs"], one["ys"], strict=True))
                if y is not None and abs(x - word.x) <= spans[0] and abs(y - word.y) <= spans[1] and str(place) not in one["labels"]]
        if tied and (word.dx or word.dy):
            tied[-1][0]["labels"][str(tied[-1][1])] = free_text(word)
        else:
            free.append(free_text(word))
    return free
