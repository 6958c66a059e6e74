"""Boxes on a slide, and how much room a text takes in them, estimated without a font: decks are made without a screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from kamnb.words import WIDE, spoken

SLIDE = (13.333, 7.5)
TOKENS = re.compile(rf"[{WIDE}]|[^\s{WIDE}]+\s*|\s+")
WIDTHS = {letter: width for width, letters in ((0.23, "ijl|'"), (0.28, "ft.,:;/!I \u00a0·"), (0.35, "r()[]-"), (0.5, "ckvsxyzJ"),
                                               (0.74, "wCDHNRUABEKPSVXYGOQ&"), (0.88, "mM%"), (0.98, "W@—…")) for letter in letters}
BOLD = 1.075
MIXED = re.compile(rf"[0-9A-Za-z)%](?=[{WIDE}])|[{WIDE}](?=[0-9A-Za-z(+−])")
STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
STRONG = re.compile(r"\*\*(.+?)\*\*")


class Box(NamedTuple):
    """A rectangle in inches from the upper left corner of the slide."""

    x: float
    y: float
    w: float
    h: float


@cache
def _em(letter: str) -> float:
    """Width of `letter` as a part of the font's size, about that of Arial."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return WIDTHS.get(letter, 0.65 if letter.isupper() else 0.57)


def text_width(text: str, size: float) -> float:
    """Inches that `text` takes on one line at `size` points; of several lines the longest."""
    return max(map(_ems, text.split("\n"))) * size / 72


def _ems(line: str) -> float:
    """Width of `line` in parts of the font's size; some programs part Western from Japanese and Chinese letters by a gap."""
    return sum(map(_em, line)) + (0.0 if line.isascii() else 0.2 * len(MIXED.findall(line)))


def line_height(size: float) -> float:
    """Inches from line to line at `size` points; Japanese and Chinese fonts stand taller."""
    return size / 72 * (1.2 if spoken() == "en" else 1.45)


def count_lines(text: str, width: float, size: float) -> int:
    """Lines that `text` takes in `width` inches: Western words whole, Japanese and Chinese broken anywhere."""
    return sum(_wrapped(line, width * 72 / size) for line in text.split("\n"))


def _wrapped(line: str, room: float) -> int:
    if _ems(line) <= room:
        return 1
    count, used = 1, 0.0
    for token in TOKENS.findall(line):
        need = sum(map(_em, token.rstrip()))
        if used and used + need > room:
            count, used = count + 1, 0.0
        count += int(need // room) if need > room else 0
        used += sum(map(_em, token))
    return count


def text_height(texts: Iterable[str], width: float, size: float, *, after: float = 0.0) -> float:
    """Inches that paragraphs take; `after`: points between them."""
    return sum(count_lines(plain(text), width, size) * line_height(size) + after / 72 for text in texts)


def fit_size(texts: Sequence[str], box: Box, sizes: Sequence[float], *, after: float = 0.0) -> float | None:
    """The first of `sizes` at which the paragraphs fit into `box`; None when none does."""
    return next((size for size in sizes if text_height(texts, box.w, size, after=after) <= box.h), None)


def clean(text: str) -> str:
    """`text` without control characters and without marks that turn the direction of writing (faults.md N16)."""
    return STRANGE.sub("", text)


def plain(text: str) -> str:
    """`text` without the marks of strong words."""
    return STRONG.sub(r"\1", text)


def paragraph(text: str, **look: object) -> dict:
    """A paragraph whose `**strong**` words are bold.  look: size, colour, bold, align (l, ctr, r), bullet, after, tight."""
    parts = STRONG.split(text)
    runs = [{"text": part, "bold": True if place % 2 else look.get("bold"), "size": look.get("size"), "colour": look.get("colour")}
            for place, part in enumerate(parts) if part]
    return {**look, "runs": runs}


def paragraphs(text: str, **look: object) -> list[dict]:
    """One paragraph for each line of `text`."""
    return [paragraph(line, **look) for line in text.split("\n")]
