"""Where a native chart stands on its slide: plot area, scales, and the texts that keep their places beside its marks."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kamnb.reports.pptx_measure import BOLD, Box, line_height, paragraph, paragraphs, text_width
from kamnb.style import GREY, INK

LABEL = 9.5  # points of the pictures' tick labels
WIDER, TALLER = 1.35, 1.35  # how far a chart may be drawn out across or up, compared with its picture


@dataclass(frozen=True)
class Frame:
    """`whole`: the chart's frame; `axes`: where the limits of the original axes fall; `plot`: the native plot area; `zoom`: of type."""

    whole: Box
    axes: Box
    plot: Box
    zoom: float

    def size(self, points: float) -> float:
        """Points of a text that had `points` in the picture."""
        return max(9.0, round(points * self.zoom * 2) / 2)

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """Inches on the slide of a point given in fractions of the axes."""
        return self.axes.x + x * self.axes.w, self.axes.y + (1 - y) * self.axes.h


def nice_scale(scale: dict, values: list[float], *, cut: bool) -> dict:
    """`scale` as a native axis can show it: from a multiple of its step; with `cut`, up to just beyond the last tick or mark."""
    low, high = scale["min"], scale["max"]
    if scale.get("log"):
        return {"low": low, "high": high, "step": None}
    steps = [b - a for a, b in zip(scale["ticks"], scale["ticks"][1:], strict=False)]
    if not scale["shown"] or not steps:
        return {"low": low, "high": high, "step": None}
    step, seen = min(steps), [*values, *scale["ticks"]]
    if abs(low / step - round(low / step)) > 1e-6:
        drawn, low = low, step * math.floor(min(seen) / step + 1e-9)
        low -= step * (low - drawn > 0.3 * step and any(value <= low for value in values))  # a mark on the edge hides tick labels
    return {"low": low, "high": max(max(scale["ticks"]), max(seen) + 0.015 * (max(seen) - low)) if cut else high, "step": step}


def place_chart(spec: dict, box: Box, *, spans: tuple[tuple[float, float], tuple[float, float]]) -> Frame:
    """The frame of the chart of `spec` in `box`.  `spans`: fractions of the axes that the native plot area covers, across and up."""
    wide, high = spec["size"]
    (left, right), (low, top) = spans
    broad, tall, zoom = max(right, 1.0) - min(left, 0.0), max(top, 1.0) - min(low, 0.0), 1.15
    for _ in range(3):
        west, east, north, south = _margins(spec, zoom, axes=(wide * zoom, high * zoom))
        across = (box.w - west - east) / broad
        up = min((box.h - north - south) / tall, high * across / wide * TALLER)
        across = min(across, up * wide / high * (1.0 if _between_scales(spec) else 2.2) * WIDER)
        zoom = max(0.95, min(across / wide, up / high, 1.25))
    axes = Box(box.x + west - min(left, 0.0) * across, box.y + north + (max(top, 1.0) - 1) * up, across, up)
    plot = Box(axes.x + left * across, axes.y + (1 - top) * up, (right - left) * across, (top - low) * up)
    return Frame(Box(box.x, box.y, west + broad * across + east, north + tall * up + south), axes, plot, zoom)


def _between_scales(spec: dict) -> bool:
    return spec["kind"] == "scatter" and not spec["rows"]


def _margins(spec: dict, zoom: float, *, axes: tuple[float, float]) -> tuple[float, float, float, float]:
    """Room left, right, above and below the axes for names, ticks, titles and texts that stand over the edge."""
    size = max(9.0, LABEL * zoom)
    line, points = line_height(size), spec["kind"] == "scatter"
    across, up = (spec["x"], spec["y"]) if points else (spec["value"], None) if spec["horizontal"] else (None, spec["value"])
    names = spec["rows"] if points else spec["categories"] if spec["horizontal"] else []
    west = max((text_width(name, size) for name in names), default=0.0) + 0.15 if names else _tick_room(up, size, line)
    south = 0.06 + (line if across is None or across["shown"] else 0.0) + (line * 1.2 if _axis_title(spec, across) else 0.0)
    if across is None and not spec["dates"]:
        south += (max(name.count("\n") for name in spec["categories"])) * line
    over = [_overhang(text, zoom, axes) for text in [*spec["texts"], *_labels(spec)]]
    return min(west, 4.0), max([0.06, *[beside for beside, _ in over]]), max([0.04, *[above for _, above in over]]), south


def _overhang(text: dict, zoom: float, axes: tuple[float, float]) -> tuple[float, float]:
    """How far a text stands over the right and the upper edge of the axes."""
    size = max(9.0, text["size"] * zoom)
    wide, high = text_width(text["text"], size) * BOLD, line_height(size) * (text["text"].count("\n") + 1)
    ahead = {"left": 1.0, "center": 0.5}.get(text["side"], 0.0)
    above = {"bottom": 1.0, "baseline": 0.9, "center": 0.5, "center_baseline": 0.5}.get(text["level"], 0.0)
    beside = (text["x"] - 1) * axes[0] + text["dx"] / 72 + wide * ahead
    return beside + 0.05, (text["y"] - 1) * axes[1] + text["dy"] / 72 + high * above + 0.02


def _axis_title(spec: dict, across: dict | None) -> str:
    return spec.get("category_title", "") if across is None else across["title"]


def _labels(spec: dict) -> list[dict]:
    """Labels that keep their places: those of lines and of dots."""
    owners = spec["series"] if spec["kind"] == "scatter" else spec["lines"]
    return [label for one in owners for label in one["labels"].values()]


def _tick_room(up: dict, size: float, line: float) -> float:
    """Room left of an upright scale for its tick labels and its title."""
    if not up["shown"]:
        return 0.06
    told = [f"{tick / up['divisor']:,.1f}" if up["form"] else "0" for tick in up["ticks"]]
    return max((text_width(text, size) for text in told), default=0.0) + 0.12 + (line * 1.3 if up["title"] else 0.0)


def side_texts(spec: dict, frame: Frame) -> list[dict]:
    """Shapes over the chart: texts that belong to a place rather than a mark, and leaders to names."""
    shapes = [_text_shape(text, frame) for text in spec["texts"]]
    for leader in spec.get("leaders", []):
        x, y = frame.spot(leader["x"], leader["y"])
        end = (x + leader["dx"] * frame.zoom / 72, y - leader["dy"] * frame.zoom / 72)
        shapes.append(_line_shape((x, y), end, {"colour": GREY, "width": 0.5, "dashed": False}))
    return shapes


def _line_shape(start: tuple[float, float], end: tuple[float, float], look: dict) -> dict:
    (x0, y0), (x1, y1) = sorted((start, end))
    return {"kind": "line", "name": "Line", "box": Box(x0, min(y0, y1), x1 - x0, abs(y1 - y0)), "flip": y1 < y0, "colour": look["colour"],
            "width": look["width"], "dashed": look["dashed"]}


def _text_shape(text: dict, frame: Frame) -> dict:
    size = frame.size(text["size"])
    lines = text["text"].split("\n")
    wide, high = text_width(text["text"], size) * (BOLD if text["bold"] else 1) + 0.1, line_height(size) * len(lines)
    x, y = frame.spot(text["x"], text["y"])
    x, y = x + text["dx"] * frame.zoom / 72, y - text["dy"] * frame.zoom / 72
    left = x - wide * {"left": 0.0, "center": 0.5}.get(text["side"], 1.0)
    top = y - high * {"top": 0.0, "center": 0.5, "center_baseline": 0.5}.get(text["level"], 1.0)
    align = {"left": None, "center": "ctr"}.get(text["side"], "r")
    look = {"size": size, "colour": text["colour"], "bold": text["bold"] or None, "align": align, "tight": True}
    return {"kind": "text", "name": "Text", "box": Box(left, top, wide, high), "single": True, "anchor": "ctr",
            "lines": paragraphs(text["text"], **look)}


def zone_shapes(spec: dict, frame: Frame) -> list[dict]:
    """Tinted fields and lines across, which lie behind the chart."""
    shapes = []
    for zone in spec["zones"]:
        (x0, y0), (x1, y1) = frame.spot(max(zone["x0"], 0), min(zone["y1"], 1)), frame.spot(min(zone["x1"], 1), max(zone["y0"], 0))
        shapes.append({"kind": "rect", "name": "Field", "box": Box(x0, y0, x1 - x0, y1 - y0), "fill": zone["fill"], "edge": zone["edge"],
                       "width": zone["width"]})
    return [*shapes, *[_line_shape(frame.spot(rule["x0"], rule["y0"]), frame.spot(rule["x1"], rule["y1"]), rule) for rule in spec["rules"]]]


def column_tables(spec: dict, frame: Frame, *, spots: list[float]) -> list[dict]:
    """Texts beside the rows as tables without lines, one for each side on which their columns stand; row names of a dot plot at the left.

    `spots`: where each row stands, in fractions of the axes.
    """
    tables = []
    if spec.get("rows"):
        names = {"x": (frame.plot.x - frame.axes.x) / frame.axes.w - 0.1 / frame.axes.w, "side": "right", "head": "", "texts": spec["rows"],
                 "colours": [""] * len(spec["rows"]), "size": LABEL}
        tables.append(_column_table([names], frame, spots=spots, room=names["x"] * frame.axes.w + frame.axes.x - frame.whole.x))
    for side in ("left", "center", "right"):
        columns = [column for column in spec["columns"] if column["side"] == side]
        if columns:
            tables.append(_column_table(columns, frame, spots=spots, room=20.0))
    return tables


def _column_table(columns: list[dict], frame: Frame, *, spots: list[float], room: float) -> dict:
    """Columns that all begin (side left) or end (side right) at their x, rows as high as those of the chart."""
    side, size = columns[0]["side"], frame.size(max(column["size"] for column in columns))
    pitch = abs(spots[-1] - spots[0]) * frame.axes.h / max(len(spots) - 1, 1) if len(spots) > 1 else 0.3
    needs = [max(text_width(text, size) for text in [*c["texts"], c["head"]]) + 0.12 for c in columns]
    edges = [frame.spot(column["x"], 0)[0] for column in columns]
    if side == "right":
        lefts = [edges[0] - min(needs[0], room), *edges[:-1]]
        widths, left = [edge - at for edge, at in zip(edges, lefts, strict=True)], lefts[0]
    else:
        half = [need / 2 if side == "center" else 0.0 for need in needs]
        lefts = [edge - part for edge, part in zip(edges, half, strict=True)]
        widths, left = [*[b - a for a, b in zip(lefts, lefts[1:], strict=False)], needs[-1]], lefts[0]
    headed, look = any(column["head"] for column in columns), {"align": {"left": None, "center": "ctr"}.get(side, "r"), "tight": True}
    heads = [{"lines": paragraphs(column["head"], size=size - 0.5, colour=GREY, **look)} for column in columns]
    cells = [[{"lines": [paragraph(text, size=size, colour=colour or INK, **look)]}
              for text, colour in zip(column["texts"], column["colours"], strict=True)] for column in columns]
    rows = [{"height": pitch, "cells": list(row)} for row in zip(*cells, strict=True)]
    box = Box(left, frame.spot(0, max(spots))[1] - pitch * (0.5 + headed), sum(widths), pitch * (len(rows) + headed))
    return {"kind": "table", "name": "Values", "box": box, "widths": widths, "pad": 0, "gap": 0,
            "rows": [*([{"height": pitch, "anchor": "b", "cells": heads}] if headed else []), *rows]}
