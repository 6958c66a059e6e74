"""Exact columns of numbers: integers with a common number of decimals, summed and rounded without floats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np

SAFE = 2 ** 63 - 1
DIGITS = 100


@dataclass(frozen=True, eq=False)
class Exact:
    """Numbers `units` / 10**`places` (0 where not `known`); Python integers where 64 bits do not hold them."""

    units: np.ndarray
    known: np.ndarray
    places: int


def exact_of(values: Sequence[Decimal | None]) -> Exact:
    """The exact column of `values`; None is unknown."""
    known = np.array([value is not None for value in values], dtype=bool)
    places = max((-value.as_tuple().exponent for value in values if value is not None), default=0)
    places = max(places, 0)
    with localcontext(prec=DIGITS):
        units = [0 if value is None else int(value.scaleb(places)) for value in values]
    return Exact(_narrow(units), known, places)


def _narrow(units: Sequence[int]) -> np.ndarray:
    """`units` as 64-bit integers where they fit."""
    largest = max(map(abs, units), default=0)
    return np.array(units, dtype=np.int64 if largest <= SAFE else object)


def scaled(units: np.ndarray, power: int) -> np.ndarray:
    """`units` times 10**`power`, as Python integers where the product would not fit."""
    if power == 0:
        return units
    factor = 10 ** power
    fits = units.dtype != object and factor <= SAFE and largest(units) * factor <= SAFE
    return units * factor if fits else units.astype(object) * factor


def largest(units: np.ndarray) -> int:
    """Largest absolute value."""
    return max(int(units.max()), -int(units.min())) if len(units) else 0


def tight(column: Exact) -> Exact:
    """`column` with no more decimals than its values need."""
    units, places = column.units, column.places
    while places and not (units % 10).any():
        units, places = units // 10, places - 1
    return Exact(units, column.known, places)


def join_exact(columns: Sequence[Exact]) -> Exact:
    """The columns one below the other."""
    places = max((column.places for column in columns), default=0)
    parts = [scaled(column.units, places - column.places) for column in columns]
    return Exact(np.concatenate(parts), np.concatenate([column.known for column in columns]), places)


def take_exact(column: Exact, at: np.ndarray) -> Exact:
    """The values at the positions or mask `at`."""
    return Exact(column.units[at], column.known[at], column.places)


def times(column: Exact, factor: Decimal) -> Exact:
    """`column` multiplied by `factor`."""
    if factor == 1:
        return column
    _, digits, exponent = factor.as_tuple()
    whole = int("".join(map(str, digits)))
    units = scaled(column.units, max(exponent, 0))
    fits = units.dtype != object and largest(units) * whole <= SAFE
    return Exact(units * whole if fits else units.astype(object) * whole, column.known,
                 column.places + max(-exponent, 0))


def total(column: Exact) -> Decimal:
    """Exact sum of the known values."""
    return decimal_of(whole_sum(column.units), column.places)


def decimal_of(units: int, places: int) -> Decimal:
    """`units` / 10**`places`, whatever the number of digits."""
    sign, digits, _ = Decimal(units).as_tuple()
    return Decimal((sign, digits, -places))


def whole_sum(units: np.ndarray) -> int:
    """Sum of integers that cannot wrap around."""
    if units.dtype == object:
        return int(sum(units))
    return (int((units >> 32).sum()) << 32) + int((units & 0xFFFFFFFF).sum())


def to_minor(column: Exact, scale: int) -> tuple[np.ndarray, np.ndarray]:
    """Values in minor units, rounded half away from zero, and which of them were finer than that."""
    power = column.places - scale
    if power <= 0:
        return scaled(column.units, -power), np.zeros(len(column.units), dtype=bool)
    factor = 10 ** power
    whole, rest = np.abs(column.units) // factor, np.abs(column.units) % factor
    rounded = whole + (2 * rest >= factor)
    return np.where(column.units < 0, -rounded, rounded), (rest != 0).astype(bool)
