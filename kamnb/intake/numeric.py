"""Columns of numbers: whatever a file's column is typed as becomes an exact column, then money or a measure."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas import Series

from kamnb.intake.cells import as_text, distinct, read_distinct
from kamnb.intake.exact import Exact, decimal_of, exact_of, join_exact, largest, scaled, take_exact, tight, to_minor
from kamnb.intake.marks import FIX, QUAR, STOP, Mark
from kamnb.intake.numbers import read_number, without_dust
from kamnb.money import LIMIT

CLEAN = r"^-?\d{1,12}(\.\d{1,6})?$"
GROUPED = r"^-?\d{1,3}(,\d{3}){1,3}(\.\d{1,6})?$"
PLACES = 6
FLOAT_EXACT = 2.0 ** 53
DECIMAL_DIGITS = 38


def read_exact(array: pa.Array, *, percent: bool = False) -> tuple[Exact, list[Mark]]:
    """`array` of any type as an exact column, and marks for the cells that are not numbers."""
    kind = array.type
    if pa.types.is_integer(kind) and kind != pa.uint64():
        known = array.is_valid().to_numpy(zero_copy_only=False)
        return Exact(pc.fill_null(array, 0).cast(pa.int64()).to_numpy(zero_copy_only=False), known, 0), []
    if pa.types.is_float64(kind):
        return _from_floats(array.to_numpy(zero_copy_only=False))
    if pa.types.is_decimal(kind):
        return tight(_from_decimals(array)), []
    return _from_texts(as_text(array), percent=percent)


def _from_decimals(array: pa.Array) -> Exact:
    """Stored decimals by their unscaled integers."""
    scale = array.type.scale
    if scale < 0 or array.type.precision > DECIMAL_DIGITS:
        return exact_of(array.to_pylist())
    wide = array.cast(pa.decimal128(DECIMAL_DIGITS, scale))
    words = np.frombuffer(wide.buffers()[1], dtype="<i8").reshape(-1, 2)[wide.offset: wide.offset + len(wide)]
    known = array.is_valid().to_numpy(zero_copy_only=False)
    narrow = (words[:, 1] == words[:, 0] >> 63) | ~known
    return Exact(np.where(known, words[:, 0], 0), known, scale) if narrow.all() else exact_of(array.to_pylist())


def _from_floats(values: np.ndarray) -> tuple[Exact, list[Mark]]:
    """Floats as the shortest decimals that they stand for; what is finer than six decimals loses its binary dust."""
    known = ~np.isnan(values)
    finite = np.where(np.isfinite(values), values, 0.0)
    infinite = np.flatnonzero(np.isinf(values))
    marks = [Mark("N09", STOP, at=infinite, values=["inf"])] if len(infinite) else []
    with np.errstate(over="ignore"):
        units = np.rint(finite * 10 ** PLACES)
    short = (np.abs(units) < FLOAT_EXACT) & (units / 10 ** PLACES == finite)
    quick = Exact(np.where(short, units, 0).astype(np.int64), known, PLACES)
    if short.all():
        return tight(quick), marks
    rest = np.flatnonzero(~short)
    cleaned = [without_dust(Decimal(repr(value)), places=0) for value in finite[rest].tolist()]
    dusty = rest[np.array([found for _, found in cleaned])]
    marks += _dust(dusty, finite)
    return tight(_merged(quick, exact_of([value for value, _ in cleaned]), at=rest)), marks


def _dust(at: np.ndarray, values: np.ndarray) -> list[Mark]:
    return [Mark("N21", FIX, at=at, values=[repr(float(values[at[0]]))])] if len(at) else []


def _from_texts(texts: pa.Array, *, percent: bool) -> tuple[Exact, list[Mark]]:
    """Texts as numbers: well-formed ones all at once, the others one by one."""
    grouped = _matching(texts, GROUPED)
    plain = pc.or_(_matching(texts, CLEAN), grouped)
    quick = _well_formed(pc.if_else(plain, texts, None))
    commas = np.flatnonzero(grouped.to_numpy(zero_copy_only=False))
    marks = [Mark("N01", FIX, at=commas, values=[texts[int(commas[0])].as_py()])] if len(commas) else []
    rest = np.flatnonzero(~quick.known)
    if not len(rest):
        return tight(quick), marks
    slow, found = _one_by_one(texts.take(pa.array(rest)), percent=percent)
    return tight(_merged(quick, slow, at=rest)), [*marks, *(mark.moved(rest) for mark in found)]


def _matching(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(texts, pattern), False)


def _well_formed(texts: pa.Array) -> Exact:
    """Numbers of at most twelve digits and six decimals, thousands separators or not."""
    digits = pc.fill_null(pc.replace_substring(texts, ",", ""), "0").cast(pa.decimal128(28, PLACES))
    units = pc.multiply(digits, pa.scalar(Decimal(10 ** PLACES), pa.decimal128(7, 0))).cast(pa.int64())
    return Exact(units.to_numpy(zero_copy_only=False), texts.is_valid().to_numpy(zero_copy_only=False), PLACES)


def _one_by_one(texts: pa.Array, *, percent: bool) -> tuple[Exact, list[Mark]]:
    cells = distinct(texts)
    readings, marks = read_distinct(cells, partial(read_number, percent=percent))
    currencies = sorted({reading.currency for reading in readings} - {""})
    if len(currencies) > 1:
        marks.append(Mark("N18", STOP, facts={"currencies": ", ".join(currencies)}))
    values = exact_of([*(reading.value for reading in readings), None])
    return take_exact(values, cells.index), marks


def _merged(column: Exact, part: Exact, *, at: np.ndarray) -> Exact:
    """`column` with `part` at the rows `at`."""
    places = max(column.places, part.places)
    inner, outer = scaled(part.units, places - part.places), scaled(column.units, places - column.places)
    units = outer.astype(object) if inner.dtype == object else outer.copy()
    units[at] = inner
    known = column.known.copy()
    known[at] = part.known
    return Exact(units, known, places)


def convert_amount(column: Exact, *, scale: int, rounds: bool) -> tuple[Series, list[Mark]]:
    """`column` in minor units; N09 beyond the range in which sums are exact, N13 if finer than the minor unit."""
    ceiling = LIMIT * 10 ** max(column.places - scale, 0) // 10 ** max(scale - column.places, 0)
    if largest(column.units) > ceiling:
        far = np.flatnonzero(np.array([abs(int(unit)) > ceiling for unit in column.units]))
        return Series(pd.array([None] * len(column.units), dtype="Int64")), [_at(column, far, code="N09")]
    minor, finer = to_minor(column, scale)
    odd = np.flatnonzero(finer & column.known)
    marks = [_at(column, odd, code="N13", scale=scale)] if len(odd) and not rounds else []
    return Series(pd.arrays.IntegerArray(minor.astype(np.int64), ~column.known)), marks


def _at(column: Exact, at: np.ndarray, *, code: str, scale: int = 0) -> Mark:
    value = decimal_of(int(column.units[at[0]]), column.places)
    return Mark(code, STOP, at=at, values=[format(value, "f")], facts={"scale": scale})


def convert_measure(column: Exact) -> Series:
    """`column` as floats, NaN where unknown."""
    values = (column.units / 10 ** column.places).astype(float)
    return Series(np.where(column.known, values, np.nan))


def convert_count(column: Exact) -> tuple[Series, list[Mark]]:
    """`column` as whole numbers; N22 where they are not whole."""
    whole, finer = to_minor(column, 0)
    odd = np.flatnonzero(finer & column.known)
    values = [format(decimal_of(int(unit), column.places), "f") for unit in column.units[odd]]
    marks = [Mark("N22", QUAR, at=odd, values=values, facts={"case": "whole"})] if len(odd) else []
    return Series(pd.arrays.IntegerArray(whole.astype(np.int64), ~(column.known & ~finer))), marks


def join_columns(columns: list[Exact]) -> Exact:
    """Exact columns of several files one below the other, with no more decimals than needed."""
    return tight(join_exact(columns))
