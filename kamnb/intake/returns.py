"""Lines of slips that a list names as returned, entered a second time with the opposite sign."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pandas import DataFrame

from kamnb.intake.files import Opened, Shelf, open_files
from kamnb.intake.grid import View
from kamnb.intake.headers import find_header
from kamnb.intake.marks import STOP, WARN, Mark
from kamnb.intake.source import Returned
from kamnb.intake.texts import convert_text, read_code

MIRRORED = ("quantity", "net_sales", "list_sales", "cost", "margin")


@dataclass(frozen=True)
class Slips:
    """The list of returned slips: its file and their numbers."""

    opened: Opened
    numbers: frozenset[str] = frozenset()


def open_slips(shelf: Shelf, returned: Returned) -> Slips:
    """The slips listed in the one file that `returned` means."""
    view = View(sheet=returned.sheet, encoding=returned.encoding, expected=frozenset([returned.doc]))
    opened = list(open_files(shelf, [returned.path], view=view))
    if len(opened) > 1:
        names = ", ".join(other.name for other in opened)
        return Slips(Opened(returned.path, marks=(Mark("F01", STOP, facts={"case": "several", "names": names}),)))
    grid = opened[0].grid
    if grid is None:
        return Slips(opened[0])
    at, missing = find_header(grid, returned.doc)
    marks = (*opened[0].marks, *(replace(m, severity=WARN if m.severity == "QUAR" else m.severity) for m in grid.marks))
    if missing:
        return Slips(replace(opened[0], marks=(*marks, missing)))
    numbers, _ = convert_text(grid.column(at), read_code)
    return Slips(replace(opened[0], marks=marks), frozenset(numbers.dropna()))


def returned_rows(sales: DataFrame, slips: frozenset[str]) -> np.ndarray:
    """Which rows of `sales` belong to the returned `slips`."""
    return sales["doc"].isin(list(slips)).to_numpy()


def mirror(sales: DataFrame) -> DataFrame:
    """`sales` as returns: quantity and amounts negated, `line_type` "return", on the same day (none other is known)."""
    kind = pd.Series("return", index=sales.index, dtype="str")
    return sales.assign(**{name: -sales[name] for name in MIRRORED}, line_type=kind)


def unknown_slips(sales: DataFrame, slips: Slips) -> list[Mark]:
    """K08: returned slips that the ledger does not have."""
    lost = sorted(slips.numbers - set(sales["doc"].dropna()))
    facts = {"count": len(lost), "slips": ", ".join(lost[:5])}
    return [Mark("K08", WARN, values=lost[:1], facts=facts)] if lost else []
