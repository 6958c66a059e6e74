"""What stands on each slide of a deck, as shapes in inches."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kamnb.reports.pptx_charts import chart_shapes
from kamnb.reports.pptx_measure import BOLD, SLIDE, Box, count_lines, fit_size, line_height, paragraph, text_height, text_width
from kamnb.reports.pptx_tables import split_table, table_shape
from kamnb.reports.reading import Picture, Report, Table
from kamnb.shown import PAGE_ROWS
from kamnb.style import ACCENT, GREY, GRID, INK
from kamnb.words import words

LEFT, WIDTH = 0.6, SLIDE[0] - 1.2
TITLE_TOP, BODY_END = 0.68, 6.6
PANEL, AISLE = 3.35, 0.35
ORPHAN = 1.15
TILE_SIZES = (24.0, 20.0, 18.0, 16.0, 14.0, 13.0)
GROUND = "#F3F6F7"
TITLE_SIZES, TEXT_SIZES = (22.0, 21.0, 20.0, 19.0, 18.0, 17.0, 16.0), (14.0, 13.0, 12.0, 11.0, 10.0)


@dataclass
class Slide:
    """A slide: its layout, its shapes, the paragraphs of its notes, and the section it belongs to ("" = none)."""

    layout: str
    shapes: list[dict]
    notes: list[str] = field(default_factory=list)
    section: str = ""


@dataclass(frozen=True)
class Words:
    """The texts around the body of a slide: where we are, the message, what is measured, the source, and what to take away."""

    eyebrow: str
    title: str
    measured: str = ""
    source: str = ""
    takeaways: tuple[str, ...] = ()


def _holder(type_: str, idx: int, lines: list[dict], **more: object) -> dict:
    return {"kind": "holder", "name": more.pop("name"), "type": type_, "idx": idx, "lines": lines, **more}


def _frame(told: Words) -> tuple[list[dict], float]:
    """Placeholders of a slide with a message, and where the title ends."""
    size, lines = _title_size(told.title)
    end = TITLE_TOP + lines * line_height(size)
    look = {"size": None if size == TITLE_SIZES[0] else size}
    shapes = [_holder("title", 0, [paragraph(told.title, **look)], name="Title"),
              _holder("body", 11, [paragraph(told.eyebrow)], name="Section")]
    if told.measured:
        shrink = fit_size([told.measured], Box(0, 0, WIDTH, line_height(11.0) * 1.01), (11.0, 10.0, 9.0)) or 9.0
        lines = count_lines(told.measured, WIDTH, shrink)
        box = Box(LEFT, end + 0.06, WIDTH, lines * line_height(shrink) + 0.02)
        shapes.append(_holder("body", 12, [paragraph(told.measured, size=None if shrink == 11 else shrink)], name="Measured", box=box))
        end = box.y + box.h
    if told.source:
        shrink = next((s for s in (8.0, 7.0, 6.5) if text_width(told.source, s) <= WIDTH), 6.5)
        shapes.append(_holder("body", 13, [paragraph(told.source, size=None if shrink == 8 else shrink)], name="Source"))
    return shapes, end


def _title_size(title: str) -> tuple[float, int]:
    """The largest type in which `title` takes two lines at most, and how many, whether the font is a little wider or narrower."""
    short = text_width(title, TITLE_SIZES[0]) * BOLD <= WIDTH * ORPHAN  # rather smaller than a second line of one word
    for size in TITLE_SIZES:
        close, wide = count_lines(title, WIDTH / BOLD / 1.02, size), count_lines(title, WIDTH / BOLD * 1.04, size)
        if close == wide <= (1 if short else 2):
            return size, close
    return TITLE_SIZES[-1], count_lines(title, WIDTH / BOLD, TITLE_SIZES[-1])


def title_slide(report: Report) -> Slide:
    """The first slide: the question, for whom, about which account, as of when, by whom."""
    head = report.head
    subject = head["account_name"] or words("general.all_accounts")
    below = [words("reports.as_of", as_of=head["as_of"]), *([words("reports.joint")] if head["edition"] == "joint" else []), firm(report)]
    size = fit_size([report.title], Box(0, 0, 10.9 / BOLD, 2.3), (34.0, 30.0, 26.0, 22.0)) or 20.0
    return Slide("title", [
        _holder("ctrTitle", 0, [paragraph(report.title, size=None if size == 34 else size)], name="Title"),
        _holder("subTitle", 1, [paragraph(f'{head["client"]} · {subject}')], name="Subject"),
        _holder("body", 10, [paragraph(line) for line in below], name="Date and firm")], [plain_prose(report.lead)])


def firm(report: Report) -> str:
    """Who hands the deck over."""
    return report.head["firm"] or "kamnb"


def answer_slide(report: Report) -> Slide:
    """The answer first: key figures as tiles, below them what the notebook concludes."""
    shapes, end = _frame(Words(words("reports.answer"), report.title))
    top = max(end + 0.25, 1.45)
    tiles, bottom = _tiles(report.figures, top) if report.figures else ([], top)
    room = Box(LEFT, bottom + 0.3, WIDTH, BODY_END + 0.2 - bottom - 0.3)
    size = fit_size(report.answers, Box(0, 0, WIDTH - 0.25, room.h), (16.0, *TEXT_SIZES), after=9) or 9.0
    lines = [paragraph(text, size=size, bullet=True, after=9, colour=INK) for text in report.answers]
    if lines:
        shapes += [{"kind": "text", "name": words("reports.answer"), "box": room, "lines": lines}]
    return Slide("message", [*shapes, *tiles])


def _tiles(figures: list[list], top: float) -> tuple[list[dict], float]:
    """The key figures side by side in fields of equal size, and where these end."""
    gap, inset = 0.2, 0.16
    wide = (WIDTH - gap * (len(figures) - 1)) / len(figures)
    inner = wide - 2 * inset
    told = [[str(part or "") for part in row] for row in figures]
    value = min(next((s for s in TILE_SIZES if count_lines(text, inner / BOLD, s) == 1), TILE_SIZES[-1]) for _, text, _ in told)
    sizes = (11, value, 10.5)
    high = max(sum(text_height([text], inner, size) for text, size in zip(row, sizes, strict=True)) for row in told) + 0.42
    shapes = []
    for place, (label, text, comment) in enumerate(told):
        lines = [paragraph(label, size=sizes[0], colour=GREY, after=3), paragraph(text, size=value, bold=True, colour=ACCENT, after=3),
                 paragraph(comment, size=sizes[2], colour=INK)]
        box = Box(LEFT + place * (wide + gap), top, wide, high)
        shapes.append({"kind": "text", "name": label, "box": box, "fill": GROUND, "inset": inset, "lines": lines})
    return shapes, top + high


def agenda_slide(entries: list[tuple[str, int]]) -> Slide:
    """The sections with the slides on which they begin."""
    shapes, _ = _frame(Words("", words("reports.contents")))
    shapes = [shape for shape in shapes if shape.get("idx") != 11]
    pitch = min(0.52, (BODY_END - 1.5) / max(len(entries), 1))
    size = 16.0 if pitch > 0.45 else 13.0
    rows = []
    for number, (title, page) in enumerate(entries, 1):
        lines = [paragraph(str(number), size=size, bold=True, colour=ACCENT), paragraph(title, size=size),
                 paragraph(str(page), size=size - 2, colour=GREY, align="r")]
        rows.append({"height": pitch, "cells": [{"lines": [line], "below": GRID} for line in lines]})
    box = Box(LEFT, 1.5, WIDTH, pitch * len(rows))
    return Slide("message", [*shapes, {"kind": "table", "name": words("reports.contents"), "box": box, "widths": [0.6, WIDTH - 1.4, 0.8],
                                       "rows": rows, "pad": 0.05, "gap": 0.03}])


def picture_slide(picture: Picture, told: Words) -> Slide:
    """One chart: native where its data are known, else its picture; what to take away stands at its right."""
    shapes, end = _frame(told)
    top = max(end + 0.2, 1.7)
    panel, box = _panel(told.takeaways, Box(LEFT, top, WIDTH, BODY_END - top))
    if picture.spec:
        native = chart_shapes(picture.spec, box, title=picture.title, measured=picture.measured)
        return Slide("message", [*shapes, *native, *panel])
    wide, high = (int.from_bytes(picture.png[at:at + 4], "big") for at in (16, 20))
    scale = min(box.w / wide, box.h / high, 1.45 / 160)
    shown = Box(box.x, box.y, wide * scale, high * scale)
    alt = words("reports.deck.picture", title=picture.title, measured=picture.measured)
    return Slide("message", [*shapes, {"kind": "picture", "name": picture.title, "alt": alt, "png": picture.png, "box": shown}, *panel])


def _panel(takeaways: tuple[str, ...], room: Box) -> tuple[list[dict], Box]:
    """The takeaways at the right of `room` under an accent line, and the room that is left."""
    if not takeaways:
        return [], room
    box = Box(room.x + room.w - PANEL, room.y + 0.14, PANEL, room.h - 0.14)
    size = fit_size(takeaways, box, TEXT_SIZES, after=8) or 9.0
    lines = [paragraph(line, size=size, after=8, colour=INK) for line in takeaways]
    text = {"kind": "text", "name": "Takeaway", "box": box, "lines": lines}
    rule = {"kind": "rect", "name": "Accent", "box": Box(box.x, room.y, PANEL, 0.02), "fill": ACCENT, "edge": None}
    return [rule, text], Box(room.x, room.y, room.w - PANEL - AISLE, room.h)


def table_slides(table: Table, told: Words) -> list[Slide]:
    """A table on as many slides as its first rows need; the takeaways stand above it on the first."""
    shapes, end = _frame(told)
    strip, start = _strip(told.takeaways, end + 0.15)
    body = Box(LEFT, max(start, 1.55), WIDTH, BODY_END - max(start, 1.55))
    later = Box(LEFT, max(end + 0.2, 1.55), WIDTH, BODY_END - max(end + 0.2, 1.55))
    sheets = split_table(table, later, first=body.h)
    slides = []
    for number, sheet in enumerate(sheets, 1):
        paged = told.title if len(sheets) == 1 else words("reports.deck.page", title=told.title, n=number, pages=len(sheets))
        cut = words("general.rows_shown", shown=PAGE_ROWS, rows=len(table.rows)) + " " if len(table.rows) > PAGE_ROWS else ""
        framed, _ = _frame(Words(told.eyebrow, paged, source=cut + told.source))
        shape = table_shape(sheet, body if number == 1 else later, name=table.title, alt=words("reports.deck.table", title=table.title))
        slides.append(Slide("message", [*framed, *(strip if number == 1 else []), shape]))
    return slides


def _strip(takeaways: tuple[str, ...], top: float) -> tuple[list[dict], float]:
    """The takeaways across the slide beside an accent line, and where the body may start below them."""
    if not takeaways:
        return [], top + 0.05
    size = fit_size(takeaways, Box(0, 0, WIDTH - 0.2, 1.15), (13.0, 12.0, 11.0, 10.0), after=3) or 10.0
    high = text_height(takeaways, WIDTH - 0.2, size, after=3)
    text = {"kind": "text", "name": "Takeaway", "box": Box(LEFT + 0.18, top, WIDTH - 0.18, high),
            "lines": [paragraph(line, size=size, after=3, colour=INK) for line in takeaways]}
    return [{"kind": "rect", "name": "Accent", "box": Box(LEFT, top, 0.035, high), "fill": ACCENT, "edge": None}, text], top + high + 0.2


def text_slides(texts: list[str], told: Words) -> list[Slide]:
    """Sentences alone, on as many slides as they need."""
    framed, end = _frame(told)
    top = max(end + 0.3, 1.7)
    box = Box(LEFT, top, WIDTH, BODY_END - top)
    size = fit_size(texts, Box(0, 0, WIDTH - 0.25, box.h), (18.0, 16.0, *TEXT_SIZES), after=10) or TEXT_SIZES[-1]
    slides, rest = [], list(texts)
    while rest:
        taken = [rest.pop(0)]
        while rest and text_height([*taken, rest[0]], WIDTH - 0.25, size, after=10) <= box.h:
            taken.append(rest.pop(0))
        lines = [paragraph(text, size=size, bullet=len(texts) > 1, after=10, colour=INK) for text in taken]
        slides.append(Slide("message", [*framed, {"kind": "text", "name": told.title, "box": box, "lines": lines}]))
    return slides


def plain_prose(text: str) -> str:
    """Markdown of a notebook as plain paragraphs for the speaker."""
    text = re.sub(r"(?<!\n)\n(?!\n|[-*] )", " ", text)
    text = re.sub(r"^[#>]+ *|^[-*] +", "", text, flags=re.M)
    return re.sub(r"\*\*|`|\[([^\]]*)\]\([^)]*\)", r"\1", text).strip()
