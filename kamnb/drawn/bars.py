"""Charts on categories or dates: bars side by side, stacked or floating, and lines over them."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import matplotlib.dates as mdates

from kamnb.drawn.ink import Bar, Ink, Stroke, UnknownInkError, Word
from kamnb.drawn.scales import money_divisor, number_form, rule_across
from kamnb.drawn.texts import Rows, free_text, split_texts

Row = list[Bar | None]
KEPT = ("min", "max", "log", "shown", "title", "ticks", "divisor", "form", "grid")


def read_columns(ink: Ink, scales: tuple[dict, dict]) -> dict:
    """The spec of a chart on categories: kind bar, waterfall or line; raises UnknownInkError where it is none of them."""
    across, value = (scales[1], scales[0]) if ink.horizontal else scales
    places = _places(ink, across)
    rows = Rows(list(places), ink.horizontal, value["min"], value["max"])
    series = _series(ink, rows)
    lines, rules = _lines(ink, rows, series=series, scales=scales)
    if ink.dots or ink.leaders or not (series or lines) or value["log"] or across["log"] or value["min"] >= value["max"]:
        raise UnknownInkError
    kind, extra = _arrangement(series)
    words = _label_lines(lines, ink.texts, rows, exact=True)
    labels, columns, left = split_texts(words, rows, ends=[[bar and bar.end for bar in row] for row in series])
    texts = _label_lines(lines, left, rows, exact=False)
    told = [{"name": _name(ink, row), **_tell_series(row, labels.get(n, {}), value, kind=kind)} for n, row in enumerate(series)]
    reach = across["max"] - across["min"]
    return {"kind": kind if series else "line", "horizontal": ink.horizontal, "dates": across["dates"], "categories": list(places.values()),
            "spots": [(at - across["min"]) / reach for at in rows.spots], "category_title": across["title"], "series": told, "lines": lines,
            "value": {key: value[key] for key in KEPT}, "columns": columns, "texts": [free_text(word) for word in texts],
            "rules": rules, "zones": ink.zones, **extra}


def _places(ink: Ink, across: dict) -> dict[float, str]:
    """Where each category stands and its name (dates: ISO), in reading order: left to right, or top to bottom."""
    if across["dates"]:
        spots = sorted({bar.at for bar in ink.bars} or {x for stroke in ink.strokes for x in stroke.xs if _is_series(stroke)})
        days = [mdates.num2date(at).date() for at in spots]
        return dict(zip(spots, _month_starts(days), strict=True))
    named = {at: text for at, text in zip(across["ticks"], across["labels"], strict=True) if text.strip()}
    if across["form"]:  # numbers along the bars: only where bars stand exactly on them, else it is a scale
        named = {at: named[at] for at in {bar.at for bar in ink.bars} & set(named)}
    turned = across["min"] > across["max"]
    return {at: named[at] for at in sorted(named, reverse=turned != ink.horizontal)}


def _is_series(stroke: Stroke) -> bool:
    return len(stroke.xs) > 2 or stroke.marker is not None


def _month_starts(days: list[date]) -> list[str]:
    """ISO dates; where no two stand in one month, the first of the month."""
    firsts = [day.replace(day=1).isoformat() for day in days]
    return firsts if len(set(firsts)) == len(days) else [day.isoformat() for day in days]


def _series(ink: Ink, rows: Rows) -> list[Row]:
    """Bars by series and category: groups of one name that share no category are one series."""
    series: list[Row] = []
    for group in dict.fromkeys(bar.group for bar in ink.bars):
        bars = {rows.place(bar.at) if rows.spots else None: bar for bar in ink.bars if bar.group == group}
        if None in bars or len(bars) < sum(bar.group == group for bar in ink.bars):
            raise UnknownInkError
        row = next((r for r in series if _name(ink, r) == ink.names[group] and not any(r[place] for place in bars)), None)
        if row is None:
            row = [None] * len(rows.spots)
            series.append(row)
        for place, bar in bars.items():
            row[place] = bar
    return series


def _name(ink: Ink, row: Row) -> str:
    return next(ink.names[bar.group] for bar in row if bar)


def _arrangement(series: list[Row]) -> tuple[str, dict]:
    """Kind of the chart, and how its series stand to each other."""
    known = [bar for row in series for bar in row if bar]
    if all(bar.start == 0 for bar in known):
        same = [len({bar.at for bar in bars if bar}) == 1 < len(bars) for bars in zip(*series, strict=True)]
        return "bar", {"stacked": False, "overlaid": any(same)}
    if len(series) == 1:
        return "waterfall", {"stacked": False, "overlaid": False}
    if all(_stand_on(bars) for bars in zip(*series, strict=True)):
        return "bar", {"stacked": True, "overlaid": False}
    raise UnknownInkError


def _stand_on(bars: tuple[Bar | None, ...]) -> bool:
    """Whether each bar of a category begins where the one below it ends, the first at zero."""
    known = [bar for bar in bars if bar]
    return not known or (known[0].start == 0 and all(upper.start == lower.end for lower, upper in pairwise(known)))


def _tell_series(row: Row, labels: dict[int, Word], value: dict, *, kind: str) -> dict:
    """One series: values (waterfall: ends, with starts), looks, and labels: texts, and a number format where they are just the values."""
    floor = max(0.0, min(value["min"], value["max"]))  # a bar that starts at an axis cut above zero stands on zero
    starts = [bar and (0.0 if bar.start == floor else bar.start) for bar in row]
    values = [bar and (bar.end if kind == "waterfall" else bar.end - bar.start) for bar in row]
    texts = [labels[place].text if place in labels else "" for place in range(len(row))]
    told = [(text, number) for text, number in zip(texts, values, strict=True) if number is not None]
    divisor, form = _label_form(told, value, kind=kind)
    return {"values": values, "starts": starts if kind == "waterfall" else None, "fills": [bar and bar.fill for bar in row],
            "edges": [bar and bar.edge for bar in row], "hatched": [bool(bar and bar.hatched) for bar in row], "labels": texts,
            "divisor": divisor, "label_form": form, "label_size": max((word.size for word in labels.values()), default=0.0),
            "label_colours": [labels[place].colour if place in labels else "" for place in range(len(row))]}


def _label_form(told: list[tuple[str, float]], value: dict, *, kind: str) -> tuple[float, str]:
    """By what values are divided, and the format that writes all of them as their labels ("" = the labels stay texts)."""
    texts, numbers = [text for text, _ in told], [number for _, number in told]
    form = number_form(texts, numbers) if kind == "bar" and texts and all(texts) else None
    if value["form"]:
        return value["divisor"], form[1] if form and form[0] == value["divisor"] else ""
    return form or (money_divisor(texts, numbers), "")


def _lines(ink: Ink, rows: Rows, *, series: list[Row], scales: tuple[dict, dict]) -> tuple[list[dict], list[dict]]:
    """Lines over the categories, and straight rules across the chart; hairlines that only join bars are left to the eye."""
    lines, rules = [], []
    for stroke in ink.strokes:
        points = [rows.split(x, y) for x, y in zip(stroke.xs, stroke.ys, strict=True)]
        if len(points) > 1 and ({value for _, value in points} == {0.0} or _joins_bars(points, rows, series)):
            continue
        told = {rows.place(along): value for along, value in points}
        if rows.lying or None in told or len(told) < len(points) or not _is_series(stroke):
            rules.append(rule_across(stroke, scales))
            continue
        lines.append({"name": stroke.name, "values": [told.get(place) for place in range(len(rows.spots))], "colour": stroke.colour,
                      "width": stroke.width, "dashed": stroke.dashed, "marker": stroke.marker, "face": stroke.face,
                      "marker_size": stroke.size, "labels": {}})
    return lines, rules


def _joins_bars(points: list[tuple[float, float]], rows: Rows, series: list[Row]) -> bool:
    """Whether a line only leads from the end of one bar to its neighbour."""
    (a, level), (b, other) = points[0], points[-1]
    ends = [end for row in series for bar in row if bar for end in (bar.start, bar.end)]
    near = len(points) == 2 and level == other and abs(b - a) <= 1.7 * rows.gap()
    return near and any(abs(level - end) <= 1e-9 * abs(end) for end in ends)


def _label_lines(lines: list[dict], words: list[Word], rows: Rows, *, exact: bool) -> list[Word]:
    """Give words of a line's colour that stand at (`exact`) or above and below one of its points to it; returns the other words.

    The word at the last point names the line.
    """
    left = []
    for word in words:
        place, reach = rows.place(word.x) if rows.spots else None, 1e-6 * abs(rows.high - rows.low)
        own = [line for line in lines if place is not None and line["values"][place] is not None and line["colour"] == word.colour
               and str(place) not in line["labels"] and (not exact or abs(line["values"][place] - word.y) <= reach)]
        if own and not rows.lying:
            own[0]["labels"][str(place)] = free_text(word)
            last = max(n for n, value in enumerate(own[0]["values"]) if value is not None)
            own[0]["name"] = own[0]["name"] or (re.sub(r"[\s\d.,%+−-]+$", "", word.text) if place == last and word.dx > 0 else "")
        else:
            left.append(word)
    return left
