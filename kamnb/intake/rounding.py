"""Amounts finer than the minor unit brought to it so that totals are the exact totals, rounded once."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame

from kamnb.intake.exact import Exact, largest, scaled

FIRST = ("account", "channel", "month", "date", "product")


def round_to_total(column: Exact, rows: DataFrame, *, scale: int) -> np.ndarray:
    """Minor units of `column` whose sum is the exact sum, rounded once half away from zero.

    What rounding takes from one line is carried to the next, with the lines of an account one after the other: every
    line is within one minor unit of its exact value, and so is the sum of every account and of each of its months.
    `rows`: the same rows' other columns, by which they are put in order, so that their order in the files is nothing.
    """
    power = column.places - scale
    if power <= 0:
        return scaled(column.units, -power)
    order = content_order(rows)
    fits = column.units.dtype != object and largest(column.units) * 2 * max(len(order), 1) < 2 ** 62
    running = np.cumsum((column.units if fits else column.units.astype(object))[order])
    sign = -1 if len(running) and running[-1] < 0 else 1
    factor = 10 ** power
    rounded = (2 * sign * running + factor) // (2 * factor)
    minor = np.empty(len(order), dtype=np.int64)
    minor[order] = sign * np.diff(rounded, prepend=0)
    return minor


def content_order(rows: DataFrame) -> np.ndarray:
    """Positions of `rows` in an order that only what they hold decides: by account, date and product, then the rest."""
    telling = [name for name in rows.columns if rows[name].nunique() > 1]
    names = [name for name in FIRST if name in telling] + [name for name in telling if name not in FIRST]
    if not names:
        return np.arange(len(rows))
    return rows.reset_index(drop=True).sort_values(names, kind="stable").index.to_numpy()
