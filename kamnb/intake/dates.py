"""Dates as people write them: read by one declared or unmistakable order, never guessed (faults.md D01-D09)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pandas import Series

from kamnb.intake.cells import Reading, distinct, read_distinct
from kamnb.intake.marks import WARN, Mark

EXCEL = "excel"
FIRST_YEAR = 1900
TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
ISO = re.compile(rf"(\d{{4}})([-/.年])(\d{{1,2}})([-/.月])(\d{{1,2}})日?{TIME}(?P<zone>Z|[-+]\d{{2}}:?\d{{2}})?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
ERA = re.compile(r"(令和|平成|昭和|[RHS])\.?(\d{1,2}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.IGNORECASE)
ERAS = {"令和": (date(2019, 5, 1), date(9999, 12, 31)), "平成": (date(1989, 1, 8), date(2019, 4, 30)),
        "昭和": (date(1926, 12, 25), date(1989, 1, 7))}
LETTERS = {"R": "令和", "H": "平成", "S": "昭和"}
SHORT = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}")
BACKWARD = re.compile(rf"\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}{TIME}")
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
SERIAL_START = date(1899, 12, 30)


def read_date(text: str, *, form: str | None = None, monthly: bool = False) -> Reading:
    """The date that `text` means: ISO, Y/M/D, YYYYMMDD, a Japanese era date, or by the declared `form`.

    `form`: a strptime pattern, or "excel" for serial numbers; `monthly`: YYYY-MM is enough.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return Reading()
    if form:
        declared = _declared(plain, form)
        if declared:
            return Reading(declared)
    if found := ISO.fullmatch(plain):
        if found["zone"]:
            return Reading(code="D09")
        return _date(*map(int, found.group(1, 3, 5)))
    if found := COMPACT.fullmatch(plain):
        return _date(*map(int, found.groups()))
    if monthly and (found := MONTH.fullmatch(plain)):
        return _date(int(found[1]), int(found[2]), 1)
    return _era(plain) or _fault(plain, form)


def _declared(plain: str, form: str) -> date | None:
    """`plain` by the declared form, None where it is written otherwise."""
    if form == EXCEL:
        return SERIAL_START + timedelta(days=int(float(plain))) if SERIAL.fullmatch(plain) else None
    try:
        return datetime.strptime(plain, form).date()
    except ValueError:
        return None


def _date(year: int, month: int, day: int) -> Reading:
    """The day, or D05 where the calendar has no such day."""
    try:
        return Reading(date(year, month, day)) if year >= FIRST_YEAR else Reading(code="D05")
    except ValueError:
        return Reading(code="D05", case="calendar")


def _era(plain: str) -> Reading | None:
    """A date of a Japanese era (D03), None where it is none."""
    found = ERA.fullmatch(plain)
    if not found:
        return None
    first, last = ERAS[LETTERS.get(found[1].upper(), found[1])]
    years = 1 if found[2] == "元" else int(found[2])
    reading = _date(first.year + years - 1, int(found[3]), int(found[4]))
    if reading.value is None:
        return reading
    return reading._replace(notes=("D03",)) if first <= reading.value <= last else Reading(code="D03")


def _fault(plain: str, form: str | None) -> Reading:
    """Why `plain` is not taken for a date."""
    if form and form != EXCEL:
        return Reading(code="D05", case="declared", facts={"form": form})
    patterns = {"D01": BACKWARD, "D02": SHORT, "D04": SERIAL}
    return Reading(code=next((code for code, pattern in patterns.items() if pattern.fullmatch(plain)), "D05"))


def convert_date(array: pa.Array, *, form: str | None, monthly: bool) -> tuple[Series, list[Mark]]:
    """Column of days (first days of months if `monthly`), missing where blank, and its marks."""
    kind = array.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _typed(array, monthly=monthly)
    cells = distinct(array)
    readings, marks = read_distinct(cells, partial(read_date, form=form, monthly=monthly))
    days = np.array([*(reading.value for reading in readings), None], dtype="datetime64[D]")
    return _finish(days[cells.index], monthly=monthly), marks


def _typed(array: pa.Array, *, monthly: bool) -> tuple[Series, list[Mark]]:
    """Days of a typed column; a time in a zone loses its time where it stands (D09)."""
    marks = []
    if pa.types.is_timestamp(array.type) and array.type.tz:
        marks = [Mark("D09", WARN, facts={"case": "typed", "zone": array.type.tz, "count": len(array)})]
        array = pc.local_timestamp(array)
    return _finish(array.cast(pa.date32(), safe=False).to_numpy(zero_copy_only=False), monthly=monthly), marks


def _finish(days: np.ndarray, *, monthly: bool) -> Series:
    start = days.astype("datetime64[M]") if monthly else days
    return Series(start.astype("datetime64[D]").astype("datetime64[us]"))
