"""Control totals (faults.md d.8), exact and per file:

    in_files + added = accepted + quarantined + excluded + rounding

`in_files` is counted from the file as read, `accepted` from the finished table; `added` are the mirrored lines of
returned slips, `rounding` what rounding to the minor unit took away, row by row.  `unread` counts quarantined rows
whose amount could not be read: it is in no total, as unknown is not zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.intake.exact import DIGITS, decimal_of, scaled, take_exact, total, whole_sum
from kamnb.intake.tables import Draft, measured

COLUMNS = ["table", "file", "measure", "in_files", "accepted", "quarantined", "excluded", "added", "rounding",
           "difference", "unread"]


def control_totals(draft: Draft, accepted: DataFrame, *, added: DataFrame, scale: int) -> list[dict[str, object]]:
    """One row for the number of rows and one for the amount of each file of the table.

    `accepted`, `added`: finished rows, indexed by the position of the row they come from.
    """
    return [{"table": draft.table.name, "file": part.opened.name, **line}
            for part, within in zip(draft.parts, _ranges(draft), strict=True)
            for line in _lines(draft, within, finished=(accepted, added), scale=scale)]


def _ranges(draft: Draft) -> list[slice]:
    """Positions of each file's rows."""
    return [slice(int(start), int(start) + len(part.frame))
            for start, part in zip(draft.starts(), draft.parts, strict=True)]


def _lines(draft: Draft, within: slice, *, finished: tuple[DataFrame, DataFrame], scale: int) -> Iterator[dict]:
    accepted, added = (rows[(rows.index >= within.start) & (rows.index < within.stop)] for rows in finished)
    aside, left = _positions(draft.quarantined(), within), _positions(draft.excluded(), within)
    read = within.stop - within.start
    yield _balanced("rows", read, accepted=len(accepted) + len(added), added=len(added),
                    quarantined=len(aside), excluded=len(left))
    if measure := measured(draft.table):
        exact = draft.exact[measure]
        yield _balanced("amount", total(take_exact(exact, within)), added=_money(added[measure], scale),
                        accepted=_money(pd.concat([accepted[measure], added[measure]]), scale),
                        quarantined=total(take_exact(exact, aside)), excluded=total(take_exact(exact, left)),
                        rounding=_rounding(exact, accepted[measure], scale=scale),
                        unread=int((~exact.known[aside]).sum()))


def _positions(rows: np.ndarray, within: slice) -> np.ndarray:
    return np.flatnonzero(rows[within]) + within.start


def _money(minor: Series, scale: int) -> Decimal:
    """Sum of minor units in the currency's main unit."""
    return decimal_of(whole_sum(minor.to_numpy(dtype=np.int64)), scale)


def _rounding(exact: object, minor: Series, *, scale: int) -> Decimal:
    """What rounding took away from the rows of `minor` (negative: what it added)."""
    places = max(exact.places, scale)
    fine = scaled(exact.units[minor.index.to_numpy()], places - exact.places)
    coarse = scaled(minor.to_numpy(dtype=np.int64), places - scale)
    return decimal_of(whole_sum(fine - coarse), places)


def _balanced(measure: str, in_files: Decimal | int, **parts: Decimal | int) -> dict[str, object]:
    """The line with what is left over, which must be nothing."""
    line = {name: Decimal(parts.get(name, 0)) for name in COLUMNS[4:9]}
    with localcontext(prec=DIGITS):
        spent = line["accepted"] + line["quarantined"] + line["excluded"] + line["rounding"]
        left = Decimal(in_files) + line["added"] - spent
    return {"measure": measure, "in_files": Decimal(in_files), **line, "unread": int(parts.get("unread", 0)),
            "difference": left}


def control_frame(lines: list[dict[str, object]]) -> DataFrame:
    """The control totals as a table.  Raises ArithmeticError if one does not balance, which would be our mistake."""
    frame = DataFrame(lines, columns=COLUMNS)
    open_lines = frame[frame["difference"].map(bool)]
    if len(open_lines):
        raise ArithmeticError(f"control totals do not balance:\n{open_lines.to_string()}")
    return frame
