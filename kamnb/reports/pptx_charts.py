"""Charts that stay charts: the spec of a drawn chart as a native, editable chart with its workbook."""

from __future__ import annotations

from collections import Counter
from datetime import date

from kamnb.drawn.scales import part_of
from kamnb.reports.pptx_frames import Frame, column_tables, nice_scale, place_chart, side_texts, zone_shapes
from kamnb.reports.pptx_measure import Box
from kamnb.reports.pptx_points import point_context, point_spans
from kamnb.reports.pptx_sheets import DataSheet
from kamnb.style import GREY, GRID, INK, LIGHT
from kamnb.words import words

EXCEL_ZERO = date(1899, 12, 30).toordinal()
WHITE = "#ffffff"
CLOSE_BARS, PAIRED_BARS = 55, 40
PLAIN = {"label_form": "", "label_size": 10, "label_side": "t"}


def chart_shapes(spec: dict, box: Box, *, title: str, measured: str) -> list[dict]:
    """The shapes of a native chart in `box`: the chart with what keeps its place over it as one group, then texts beside its rows."""
    points = spec["kind"] == "scatter"
    spans = point_spans(spec) if points else _spans(spec)
    frame = place_chart(spec, box, spans=spans)
    sheet = DataSheet()
    context = (point_context if points else _bar_context)(spec, frame, sheet, measured)
    plot = Box((frame.plot.x - frame.whole.x) / frame.whole.w, (frame.plot.y - frame.whole.y) / frame.whole.h,
               frame.plot.w / frame.whole.w, frame.plot.h / frame.whole.h)
    chart = {"kind": "chart", "name": title, "alt": words("reports.deck.chart", title=title, measured=measured), "box": frame.whole,
             "context": {**context, "plot": plot, "ink": INK, "quiet": GREY, "grid": GRID}, "sheet": sheet}
    spots = [part_of(spot, spec["y"]) for spot in spec["spots"]] if points else spec["spots"]
    over = [*zone_shapes(spec, frame), chart, *side_texts({**spec, "texts": spec["texts"] + context["texts"]}, frame)]
    whole = {"kind": "group", "name": title, "box": frame.whole, "shapes": over} if len(over) > 1 else chart
    return [whole, *column_tables(spec, frame, spots=spots)]


def _spans(spec: dict) -> tuple[tuple[float, float], tuple[float, float]]:
    """Fractions of the axes that the native plot area covers: half a category beyond the outer ones, and the scale as shown."""
    spots, scale = sorted(spec["spots"]), _scale(spec)
    half = (spots[-1] - spots[0]) / (len(spots) - 1) / 2 if len(spots) > 1 else 0.5
    categories = (spots[0] - half, spots[-1] + half)
    values = (part_of(scale["low"], spec["value"]), part_of(scale["high"], spec["value"]))
    return (values, categories) if spec["horizontal"] else (categories, values)


def _scale(spec: dict) -> dict:
    """The scale of the values as the native axis shows it."""
    ends = [end for one in [*spec["series"], *spec["lines"]] for end in [*one["values"], *(one.get("starts") or [])] if end is not None]
    return nice_scale(spec["value"], ends, cut=bool(spec["columns"]))


def _bar_context(spec: dict, frame: Frame, sheet: DataSheet, measured: str) -> dict:
    """What the template needs for bars, columns, waterfalls and lines over categories."""
    divisor = spec["series"][0]["divisor"] if spec["series"] else spec["value"]["divisor"]
    told = [date.fromisoformat(name).toordinal() - EXCEL_ZERO for name in spec["categories"]] if spec["dates"] else spec["categories"]
    kept = [date.fromisoformat(name) for name in spec["categories"]] if spec["dates"] else spec["categories"]
    _, cats = sheet.add(words("reports.deck.category"), kept, "yyyy-mm" if spec["dates"] else "")
    naming = _Naming(sheet, cats, measured, len(spec["series"]) + len(spec["lines"]))
    floating = spec["kind"] == "waterfall"
    bars = [part for one in spec["series"] for part in (_float(one, naming) if floating else [_stand(one, naming, frame, spec)])]
    lines = [_line(one, naming, frame, spec) for one in spec["lines"]]
    upright = not spec["horizontal"]
    if bars and upright and (floating or spec["stacked"]):
        lines += _tops(spec, naming, frame)
    hung = [] if upright else [text for one in spec["series"] if floating for text in _hung(one, spec)]
    return {"bars": bars, "lines": lines, "points": [], "horizontal": spec["horizontal"], "stacked": floating or spec["stacked"],
            "dates": spec["dates"], "categories_values": told, "gap": PAIRED_BARS if len(bars) > 1 and not floating else CLOSE_BARS,
            "between": True, "texts": hung, "across": _category_axis(spec, frame), "up": _value_axis(spec, frame, divisor)}


class _Naming:
    """Hands out numbers, names and references to the series of one chart."""

    def __init__(self, sheet: DataSheet, categories: str, measured: str, count: int) -> None:
        self.sheet, self.categories, self.measured, self.alone, self.number = sheet, categories, measured, count == 1, -1

    def open(self, name: str, values: list) -> dict:
        """Number, name and references of the next series."""
        self.number += 1
        told = name or (self.measured if self.alone and not self.number else words("reports.deck.series", n=self.number + 1))
        head, data = self.sheet.add(told, values)
        return {"number": self.number, "name": told, "name_ref": head, "data": values, "data_ref": data, "categories_ref": self.categories}


def _looks(one: dict, kept: list[bool]) -> dict:
    """The look of most points of a series, and the points that look otherwise."""
    looks = [(one["fills"][n], one["edges"][n], one["hatched"][n]) for n in range(len(kept)) if kept[n]]
    usual = Counter(looks).most_common(1)[0][0] if looks else (None, None, False)
    faces = [{"place": n, "fill": one["fills"][n], "edge": one["edges"][n], "hatched": one["hatched"][n],
              "dashed": bool(one["edges"][n]) and not one["hatched"][n]} for n in range(len(kept))]
    points = [face for n, face in enumerate(faces) if kept[n] and (face["fill"], face["edge"], face["hatched"]) != usual]
    return {"fill": usual[0], "edge": usual[1], "hatched": usual[2], "dashed": False, "points": points}


def _stand(one: dict, naming: _Naming, frame: Frame, spec: dict) -> dict:
    """A series of bars that stand on zero (or on each other), with labels beyond their ends."""
    values = [None if value is None else value / one["divisor"] for value in one["values"]]
    size, plain = frame.size(one["label_size"] or 9), not spec["stacked"]
    texts = [_text(n, text, size, one["label_colours"][n]) | {"side": "outEnd"} for n, text in enumerate(one["labels"])
             if text and plain and not one["label_form"]]
    return {**naming.open(one["name"], values), **_looks(one, [value is not None for value in values]), "texts": texts, "label_size": size,
            "label_form": one["label_form"] if plain else "", "label_side": "outEnd"}


def _text(place: int, text: str, size: float, colour: str) -> dict:
    return {"place": place, "text": text, "size": size, "colour": colour or INK, "side": "t", "bold": False}


def _float(one: dict, naming: _Naming) -> list[dict]:
    """A floating bar as three stacked series: an empty one up to its lower edge, and what stands above and below zero."""
    bare = {"texts": [], **PLAIN}
    pairs = [(None, None) if end is None else (start / one["divisor"], end / one["divisor"])
             for start, end in zip(one["starts"], one["values"], strict=True)]
    base, above, below = (list(part) for part in zip(*map(_split_floating, pairs), strict=True))
    hidden = {**naming.open(words("reports.deck.base"), base), **bare, "fill": None, "edge": None, "hatched": False, "points": []}
    parts = [hidden]
    for key, values in (("above", above), ("below", below)):
        if any(values):
            look = _looks(one, [bool(value) for value in values])
            parts.append({**naming.open(words(f"reports.deck.{key}"), values), **bare, **look})
    return parts


def _split_floating(pair: tuple[float | None, float | None]) -> tuple[float | None, float | None, float | None]:
    """Base, part above zero and part below zero of a bar between two values."""
    if pair[0] is None or pair[1] is None:
        return None, None, None
    low, high = sorted(pair)
    return max(low, 0.0) + min(high, 0.0), max(high, 0.0) - max(low, 0.0), min(low, 0.0) - min(high, 0.0)


def _line(one: dict, naming: _Naming, frame: Frame, spec: dict) -> dict:
    """A line over the categories, or its marks alone."""
    divisor = spec["series"][0]["divisor"] if spec["series"] else spec["value"]["divisor"]
    values = [None if value is None else value / divisor for value in one["values"]]
    texts = [_line_label(int(place), text, frame, level=part_of(one["values"][int(place)], spec["value"]))
             for place, text in one["labels"].items()]
    face, edge = one["face"], one["colour"] if one["face"] != one["colour"] else None
    size = max(2, round(one["marker_size"] * frame.zoom))
    sign = {"symbol": one["marker"], "size": size, "fill": None if face == WHITE else face, "edge": edge}
    line = {"colour": one["colour"], "width": one["width"], "dashed": one["dashed"]} if one["width"] else None
    return {**naming.open(one["name"], values), **PLAIN, "line": line, "sign": sign if one["marker"] else None, "texts": texts}


def _line_label(place: int, text: dict, frame: Frame, *, level: float) -> dict:
    """A label at a point of a line; moved where the picture had moved it."""
    side = "r" if text["dx"] > abs(text["dy"]) else "l" if -text["dx"] > abs(text["dy"]) else "t" if text["dy"] >= 0 else "b"
    moved = (level - text["y"]) * frame.axes.h / frame.whole.h
    return {**_text(place, text["text"], frame.size(text["size"]), text["colour"]), "side": side, "bold": text["bold"],
            "shift": (0, moved) if abs(moved) > 0.005 else None}


def _tops(spec: dict, naming: _Naming, frame: Frame) -> list[dict]:
    """An unseen line over the ends of floating or stacked bars that carries their labels."""
    count, one = len(spec["categories"]), spec["series"][-1]
    labels = [next((series["labels"][n] for series in reversed(spec["series"]) if series["labels"][n]), "") for n in range(count)]
    if not any(labels):
        return []
    ends = [sum(series["values"][n] or 0 for series in spec["series"]) for n in range(count)] if spec["stacked"] else one["values"]
    tops = [max(end or 0, (one["starts"] or ends)[n] or 0) / one["divisor"] for n, end in enumerate(ends)]
    size = frame.size(one["label_size"] or 9)
    texts = [_text(n, text, size, one["label_colours"][n]) for n, text in enumerate(labels) if text]
    return [{**naming.open(words("reports.deck.top"), tops), **PLAIN, "line": None, "sign": None, "texts": texts}]


def _hung(one: dict, spec: dict) -> list[dict]:
    """Labels beyond the ends of lying floating bars, as texts at their places."""
    found = []
    for n, text in enumerate(one["labels"]):
        if text:
            ahead = one["values"][n] >= one["starts"][n]
            found.append({"text": text, "x": part_of(one["values"][n], spec["value"]), "y": spec["spots"][n], "dx": 4 if ahead else -4,
                          "dy": 0, "side": "left" if ahead else "right", "level": "center", "colour": one["label_colours"][n],
                          "size": one["label_size"], "bold": False})
    return found


def _category_axis(spec: dict, frame: Frame) -> dict:
    days = [date.fromisoformat(name) for name in spec["categories"]] if spec["dates"] else []
    long = bool(days) and (days[-1] - days[0]).days > 700
    return {"id": 111, "across": 222, "shown": True, "turned": spec["horizontal"], "side": "l" if spec["horizontal"] else "b",
            "size": frame.size(9.5), "ink": INK, "line": LIGHT, "labels_at": "low", "title": spec["category_title"],
            "form": "yyyy" if long else "yyyy\\-mm" if days else "General", "unit": "months", "every": 1 if long else 3,
            "every_unit": "years" if long else "months"}


def _value_axis(spec: dict, frame: Frame, divisor: float) -> dict:
    scale, lying = _scale(spec), spec["horizontal"]
    return {**{key: spec["value"][key] for key in ("shown", "grid", "title", "form")}, "id": 222, "across": 111,
            "side": "b" if lying else "l", "size": frame.size(9), "ink": GREY, "line": None, "crosses": "max" if lying else "min",
            "min": scale["low"] / divisor, "max": scale["high"] / divisor, "step": scale["step"] and scale["step"] / divisor}
