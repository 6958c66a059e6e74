"""Codes, texts, chosen words and truth values; what looks like a number or a gap stays text ("007", "NA", "1E5")."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pandas import Series

from kamnb.intake.cells import Reading, as_text, distinct, read_distinct
from kamnb.intake.marks import Mark

PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
UNSEEN = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060"
                    "\u2066-\u2069\ufeff\ud800-\udfff]")
BREAKS = re.compile(r"[\t\r\n]+")
SPOILT = re.compile(r"\d(?:\.\d+)?[Ee]\+\d+|\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z][a-z]{2}")
PLAIN_ROW = r"^[!-~]([ -~]*[!-~])?$"
DOUBTFUL = r"^#|^\d(\.\d+)?[Ee]\+\d+$|^\d{1,2}-[A-Z][a-z][a-z]$"
TRUE = {"true", "1", "yes", "y", "○", "〇", "◯", "はい", "是"}
FALSE = {"false", "0", "no", "n", "×", "✕", "✗", "x", "いいえ", "否"}


def read_text(text: str) -> Reading:
    """`text` in NFC without invisible characters and outer spaces (N16); blank when nothing is left."""
    if PLAIN.fullmatch(text):
        return Reading(text)
    seen = BREAKS.sub(" ", UNSEEN.sub("", text))
    value = unicodedata.normalize("NFC", seen).strip()
    return Reading(value or None, notes=("N16",) if seen != text and seen.strip() != text.strip() else ())


def read_code(text: str) -> Reading:
    """A code as `read_text`, with a warning where it looks like one that a spreadsheet has spoilt (N11)."""
    reading = read_text(text)
    spoilt = reading.value is not None and SPOILT.fullmatch(reading.value)
    return reading._replace(notes=(*reading.notes, "N11")) if spoilt else reading


def read_choice(text: str, choices: tuple[str, ...]) -> Reading:
    """The one of `choices` that `text` is, letter case and width aside; another text is left for the schema."""
    value = unicodedata.normalize("NFKC", text).strip()
    word = value.lower().replace(" ", "_").replace("-", "_")
    return Reading(word) if word in choices else Reading(value or None)


def read_truth(text: str) -> Reading:
    """Whether `text` means yes or no (N23 where it means neither)."""
    value = unicodedata.normalize("NFKC", text).strip().lower()
    if not value:
        return Reading()
    if value in TRUE or value in FALSE:
        return Reading(value in TRUE)
    return Reading(code="N23", facts={"choices": "true, false, 1, 0, yes, no, ○, ×, はい, いいえ"})


def convert_text(array: pa.Array, read: Callable, *, sure: str = PLAIN_ROW) -> tuple[Series, list[Mark]]:
    """Column of text (missing where blank) by `read`, and its marks; texts of the form `sure` are taken as they are."""
    texts = as_text(array)
    doubtful = pc.or_(pc.invert(pc.match_substring_regex(texts, sure)), pc.match_substring_regex(texts, DOUBTFUL))
    rows = np.flatnonzero(pc.fill_null(doubtful, False).to_numpy(zero_copy_only=False))
    values = texts.to_pandas().astype("str")
    if not len(rows):
        return values, []
    cells = distinct(texts.take(pa.array(rows)))
    readings, marks = read_distinct(cells, read)
    known = np.array([reading.value for reading in readings], dtype=object)
    values.iloc[rows] = known[cells.index]
    return values, [mark.moved(rows) for mark in marks]


def convert_truth(array: pa.Array) -> tuple[Series, list[Mark]]:
    """Column of truth values, unknown where blank, and its marks."""
    cells = distinct(array)
    readings, marks = read_distinct(cells, read_truth)
    known = np.array([*(reading.value for reading in readings), None], dtype=object)
    return Series(known[cells.index], dtype="boolean"), marks
