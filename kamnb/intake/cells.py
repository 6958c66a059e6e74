"""Cells of a column read by their distinct texts: each text is understood once, however many rows hold it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kamnb.intake.marks import FIX, QUAR, STOP, WARN, Mark

ERRORS = {"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
UNCALCULATED = "#FORMULA!"
FAULTS = {"N04": STOP, "N07": STOP, "N09": STOP, "N18": STOP, "D01": STOP, "D02": STOP, "D04": STOP, "D09": STOP}
NOTES = {"N11": WARN}


class Reading(NamedTuple):
    """What a text means: its value (None = blank or not understood), or the code and case of its fault.

    `notes`: codes of harmless things put right on the way; `currency`: sign found at an amount.
    """

    value: object = None
    code: str = ""
    case: str = ""
    notes: tuple[str, ...] = ()
    facts: dict[str, str] | None = None
    currency: str = ""


class Cells(NamedTuple):
    """Distinct texts of a column and, for each row, which of them it holds (-1 = none)."""

    texts: list[str]
    index: np.ndarray


def as_text(array: pa.Array) -> pa.Array:
    """`array` as text: whole numbers without decimals, ISO dates, true and false; text stays as it is."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array, kind = array.dictionary_decode(), kind.value_type
    if pa.types.is_floating(kind):
        array = pc.if_else(pc.is_finite(array), array, None)
        whole = pc.all(pc.equal(pc.round(array), array)).as_py() is not False
        return array.cast(pa.int64(), safe=False).cast(pa.string()) if whole else array.cast(pa.string())
    if pa.types.is_timestamp(kind):
        days = array.cast(pa.timestamp("us", kind.tz)).cast(pa.date32())
        return days.cast(pa.string())
    return array if pa.types.is_string(kind) else array.cast(pa.string())


def distinct(array: pa.Array) -> Cells:
    """The distinct texts of `array`."""
    encoded = as_text(array).dictionary_encode()
    return Cells(encoded.dictionary.to_pylist(), pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False))


def hidden_fault(text: str) -> Reading | None:
    """N06 for an error value and N07 for a formula that was never calculated, whatever the column."""
    if not text.startswith("#"):
        return None
    if text.strip() in ERRORS:
        return Reading(code="N06")
    return Reading(code="N07") if text == UNCALCULATED else None


def read_distinct(cells: Cells, read: Callable[[str], Reading]) -> tuple[list[Reading], list[Mark]]:
    """The reading of each distinct text, and marks for the rows that hold faults or were put right."""
    readings = [hidden_fault(text) or read(text) for text in cells.texts]
    return readings, marks_of(cells, readings)


def marks_of(cells: Cells, readings: list[Reading]) -> list[Mark]:
    """Marks of `readings` at the rows of `cells`; faults that set rows aside carry every value."""
    groups: dict[tuple, list[int]] = defaultdict(list)
    for at, reading in enumerate(readings):
        if reading.code:
            facts = tuple((reading.facts or {}).items())
            groups[reading.code, FAULTS.get(reading.code, QUAR), reading.case, facts].append(at)
        for note in reading.notes:
            groups[note, NOTES.get(note, FIX), "", ()].append(at)
    return [_mark(cells, members, key=key) for key, members in groups.items()]


def _mark(cells: Cells, members: list[int], *, key: tuple) -> Mark:
    code, severity, case, facts = key
    at = np.flatnonzero(np.isin(cells.index, members))
    shown = at if severity == QUAR else at[:1]
    values = [cells.texts[which] for which in cells.index[shown]]
    return Mark(code, severity, at=at, values=values, facts={"case": case, **dict(facts)} if case else dict(facts))
