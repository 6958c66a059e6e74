"""The scales of an Axes: limits, ticks, and the form in which its numbers are written."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from matplotlib.axis import Axis

from kamnb.drawn.ink import Stroke, UnknownInkError
from kamnb.formats import grouped

WHOLE = 0.9  # of the chart: a straight line at least this long is a rule across it
DAYS = {"DateConverter", "ConciseDateConverter", "_SwitchableDateConverter", "DatetimeConverter"}
NUMBER = re.compile(r"([+−-]?)(\d[\d,]*)(\.\d+)?( ?%| pt)?")
AMOUNT = re.compile(r"([+−-]?)\D{0,4}?(\d[\d,]*)(\.\d+)? ?(billion|million|thousand|億|亿|万|千)?")
MANY = {"billion": 1e9, "million": 1e6, "thousand": 1e3, "億": 1e8, "亿": 1e8, "万": 1e4, "千": 1e3, None: 1.0}


def read_scale(axis: Axis) -> dict:
    """What `axis` is: min, max (as drawn, min > max when turned round), ticks, title, and how its numbers are written.

    `divisor` and `form` (a number format of spreadsheets) write a value as its tick label does; form "" = its labels are no numbers.
    """
    low, high = (float(end) for end in axis.get_view_interval())
    turned = axis.get_inverted()
    spots = axis.get_majorticklocs()
    ticks = list(zip(map(float, spots), map(str, axis.get_major_formatter().format_ticks(spots)), strict=True))
    inside = [(at, text) for at, text in ticks if min(low, high) - 1e-9 * abs(high - low) <= at <= max(low, high) + 1e-9 * abs(high - low)]
    shown = bool(axis.get_visible()) and any(text for _, text in inside)
    form = number_form([text for _, text in inside], [at for at, _ in inside]) if shown else None
    divisor, written = form or (1.0, "")
    return {"min": max(low, high) if turned else min(low, high), "max": min(low, high) if turned else max(low, high),
            "log": axis.get_scale() == "log", "shown": shown, "title": axis.get_label_text() if axis.get_visible() else "",
            "ticks": [at for at, _ in inside], "labels": [text for _, text in inside], "divisor": divisor, "form": written,
            "dates": _counts_days(axis),
            "grid": bool(axis.get_visible()) and bool(axis.get_tick_params().get("gridOn"))}


def _counts_days(axis: Axis) -> bool:
    """Whether `axis` counts days as matplotlib does; pandas' periods count otherwise and raise."""
    name = type(axis.get_converter()).__name__
    if name == "PeriodConverter":
        raise UnknownInkError
    return name in DAYS


def number_form(texts: Sequence[str], values: Sequence[float]) -> tuple[float, str] | None:
    """Divisor and number format that turn each of `values` into its text; None when the texts are not just numbers."""
    found = [NUMBER.fullmatch(text.strip()) for text in texts]
    if not found or not all(found):
        return None
    digits, tails = {len(m[3] or ".") - 1 for m in found}, {m[4] or "" for m in found}
    signed = any(m[1] == "+" for m in found)
    if len(digits) > 1 or len(tails) > 1:
        return None
    count, tail = digits.pop(), tails.pop().strip()
    divisor = _common_divisor(texts, values, 10.0**-count)
    if divisor is None or any(grouped(v / divisor, count, signed=signed) != _bare(t) for v, t in zip(values, texts, strict=True)):
        return None
    core = "#,##0" + ("." + "0" * count if count else "") + {"": "", "%": "%", "pt": '" pt"'}[tail]
    return (divisor * 100 if tail == "%" else divisor), f'+{core};"−"{core};{core}' if signed else f'{core};"−"{core}'


def _bare(text: str) -> str:
    return text.strip().removesuffix("pt").removesuffix("%").rstrip().replace("-", "−")


def _common_divisor(texts: Sequence[str], values: Sequence[float], step: float) -> float | None:
    """The power of ten by which every value was divided before it was written, rounded to `step`; None without one."""
    numbers = [float(_bare(text).replace(",", "").replace("−", "-")) for text in texts]
    largest = max(range(len(numbers)), key=lambda place: abs(numbers[place]), default=None)
    if largest is None or not numbers[largest] or values[largest] * numbers[largest] <= 0:
        return None
    divisor = 10.0 ** round(math.log10(values[largest] / numbers[largest]))
    close = all(abs(value / divisor - number) <= 0.5001 * step for value, number in zip(values, numbers, strict=True))
    return divisor if close else None


def money_divisor(texts: Sequence[str], values: Sequence[float]) -> float:
    """How many minor units make the unit that amounts such as "¥1.23 billion (+4%)" count in; 1 when they are no amounts."""
    for text, value in sorted(zip(texts, values, strict=True), key=lambda pair: -abs(pair[1])):
        found = AMOUNT.match(text.strip())
        if not found or not value:
            continue
        told = float((found[2] + (found[3] or "")).replace(",", "")) * MANY[found[4]]
        power = round(math.log10(abs(value) / told)) if told else 0
        return 10.0**power if told and power > 0 and abs(abs(value) / 10.0**power / told - 1) < 0.06 else 1.0
    return 1.0


def part_of(value: float, scale: dict) -> float:
    """Where `value` falls between the limits of `scale`, as a fraction."""
    low, high, at = (math.log10(v) for v in (scale["min"], scale["max"], value)) if scale["log"] else (scale["min"], scale["max"], value)
    return (at - low) / (high - low)


def rule_across(stroke: Stroke, scales: tuple[dict, dict]) -> dict:
    """A straight line across the whole chart, in fractions of it; anything else raises, for it may carry data."""
    xs, ys = ([part_of(at, scale) for at in ats] for ats, scale in zip((stroke.xs, stroke.ys), scales, strict=True))
    upright, level = max(xs) - min(xs) < 1e-6, max(ys) - min(ys) < 1e-6
    if stroke.marker or upright == level or max(max(xs) - min(xs), max(ys) - min(ys)) < WHOLE:
        raise UnknownInkError
    return {"x0": xs[0], "y0": ys[0], "x1": xs[-1], "y1": ys[-1], "colour": stroke.colour, "width": stroke.width, "dashed": stroke.dashed}
