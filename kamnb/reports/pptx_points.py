"""Dots and lines between two scales, or of named rows, as a native scatter chart."""

from __future__ import annotations

from collections import Counter

from kamnb.drawn.scales import part_of
from kamnb.reports.pptx_frames import Frame, nice_scale
from kamnb.reports.pptx_sheets import DataSheet
from kamnb.style import GREY, INK, LIGHT
from kamnb.words import words

WHITE = "#ffffff"
REACH = 4.0  # points between a mark and its name as PowerPoint sets it


def point_spans(spec: dict) -> tuple[tuple[float, float], tuple[float, float]]:
    """Fractions of the axes that the native plot area covers, across and up."""
    across, up = _scales(spec)
    spans = [sorted((part_of(scale["low"], spec[key]), part_of(scale["high"], spec[key]))) for key, scale in (("x", across), ("y", up))]
    return tuple(spans[0]), tuple(spans[1])


def _scales(spec: dict) -> tuple[dict, dict]:
    """Scales across and up as the native axes show them."""
    xs = [x for one in spec["series"] for x in one["xs"]]
    across = nice_scale(spec["x"], xs, cut=bool(spec["columns"]))
    if spec["rows"]:
        ends = sorted((min(spec["spots"]) - 0.5, max(spec["spots"]) + 0.5))
        return across, {"low": ends[0], "high": ends[1], "step": 1}
    return across, nice_scale(spec["y"], [y for one in spec["series"] for y in one["ys"] if y is not None], cut=False)


def point_context(spec: dict, frame: Frame, sheet: DataSheet, measured: str) -> dict:
    """What the template needs for a scatter chart.  Values are divided as their axis writes them."""
    if spec["rows"]:
        sheet.add(measured, list(spec["rows"]))
    points = [_series(one, number, spec, (frame, sheet)) for number, one in enumerate(spec["series"])]
    turned = bool(spec["rows"]) and spec["y"]["min"] > spec["y"]["max"]
    (across, up), x, y = _scales(spec), spec["x"], spec["y"]
    shared = {"line": LIGHT, "ink": GREY, "size": frame.size(9), "crosses": "min"}
    level = {**shared, "id": 111, "across": 222, "side": "b", "title": x["title"]}
    if x["log"]:
        level.update(title="", labels_at="none")
    upright = {**shared, "id": 222, "across": 111, "side": "l", "title": y["title"], "turned": turned}
    return {"bars": [], "lines": [], "points": points, "dates": False, "texts": _log_texts(spec, point_spans(spec)[1][0]), "between": False,
            "across": {**level, **_range(x, across), "crosses": "max" if turned else "min"},
            "up": {**upright, **_range(y, up), "shown": y["shown"] and not spec["rows"]}}


def _log_texts(spec: dict, low: float) -> list[dict]:
    """Tick labels and title of a logarithmic scale across as texts: a native axis would write powers of ten only."""
    x = spec["x"]
    if not x["log"]:
        return []
    look = {"y": low, "dx": 0.0, "side": "center", "level": "top", "colour": GREY, "size": 9.0, "bold": False}
    ticks = [{"text": text, "x": part_of(tick, x), "dy": -4.0, **look} for tick, text in zip(x["ticks"], x["labels"], strict=True) if text]
    return [*ticks, {"text": x["title"], "x": 0.5, "dy": -18.0, **look}] if x["title"] else ticks


def _range(axis: dict, scale: dict) -> dict:
    """What a native axis takes over from the drawn one, its ends in the units of its labels."""
    by = axis["divisor"]
    return {**{key: axis[key] for key in ("shown", "grid", "log", "form")}, "min": scale["low"] / by, "max": scale["high"] / by,
            "step": scale["step"] and scale["step"] / by}


def _series(one: dict, number: int, spec: dict, made: tuple[Frame, DataSheet]) -> dict:
    """One series: its columns in the sheet, its line, its marks, and the names beside them."""
    frame, sheet = made
    name = one["name"] or words("reports.deck.series", n=number + 1)
    empty = [None] * (max(len(other["xs"]) for other in spec["series"]) - len(one["xs"]))  # LibreOffice loses shorter series
    xs, ys = ([*[None if at is None else at / spec[key]["divisor"] for at in one[f"{key}s"]], *empty] for key in "xy")
    head, xs_ref = sheet.add(name, xs)
    _, ys_ref = sheet.add(words("reports.deck.row" if spec["rows"] else "reports.deck.up"), ys)
    if one["labels"]:
        sheet.add(words("reports.deck.label"), [one["labels"].get(str(place), {}).get("text", "") for place in range(len(xs))])
    signs = [_sign(one, place, frame) for place in range(len(one["sizes"]))]
    usual = Counter(map(_key, signs)).most_common(1)[0][0] if signs else None
    return {"number": number, "name": name, "name_ref": head, "xs": xs, "ys": ys, "xs_ref": xs_ref, "ys_ref": ys_ref, "line": one["line"],
            "sign": next((sign for sign in signs if _key(sign) == usual), None), "label_form": "", "label_size": 10, "label_side": "r",
            "points": [{"place": place, "sign": _apart(sign, usual)} for place, sign in enumerate(signs) if _key(sign) != usual],
            "texts": [_label(one, int(place), text, frame) for place, text in one["labels"].items()]}


def _sign(one: dict, place: int, frame: Frame) -> dict:
    face, edge = one["faces"][place], one["edges"][place]
    size = max(2, min(71, round(one["sizes"][place] * frame.zoom)))
    return {"symbol": one["marker"], "size": size, "fill": None if face == WHITE else face, "edge": edge or "#FFFFFF",
            "weight": 1.5 if edge else 0.75}


def _key(sign: dict) -> tuple:
    return tuple(sign.values())


def _apart(sign: dict, usual: tuple) -> dict:
    """`sign` one point larger where its size is the usual one: LibreOffice keeps a mark's own colour only with a size of its own."""
    return {**sign, "size": sign["size"] + 1} if sign["size"] == usual[1] else sign


def _label(one: dict, place: int, text: dict, frame: Frame) -> dict:
    """The name beside a mark, on the side where the picture had it; moved where it stood farther away."""
    dx, dy, reach = text["dx"], text["dy"], one["sizes"][place] / 2 + REACH
    side = "r" if dx > abs(dy) else "l" if -dx > abs(dy) else "t" if dy >= 0 else "b"
    if side in "tb" and text["side"] in ("left", "right"):
        side = {"left": "r", "right": "l"}[text["side"]]
    natural = {"r": (reach, 0), "l": (-reach, 0), "t": (0, reach), "b": (0, -reach)}[side]
    away = ((dx - natural[0]) * frame.zoom / 72, -(dy - natural[1]) * frame.zoom / 72)
    far = abs(away[0]) > 0.07 or abs(away[1]) > 0.05
    return {"place": place, "text": text["text"], "size": frame.size(text["size"]), "colour": text["colour"] or INK, "bold": text["bold"],
            "side": side, "shift": (away[0] / frame.whole.w, away[1] / frame.whole.h) if far else None}
