"""faults.xlsx: what was found and the original rows that were set aside, for the person who will mend them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import xlsxwriter

from kamnb.intake.messages import fault_texts, message
from kamnb.intake.reading import Intake

CELL_LIMIT = 32_767
ROW_LIMIT = 1_048_575
CREATED = datetime(2000, 1, 1)
FINDING_WIDTHS = {"code": 7, "severity": 14, "table": 12, "file": 28, "sheet": 12, "row": 8, "column": 18, "value": 24,
                  "count": 8, "message": 110}
ORIGINAL_WIDTHS = {"table": 12, "file": 28, "sheet": 12, "row": 8, "code": 10, "original": 120}


def write_faults(intake: Intake, path: Path, *, language: str = "en") -> Path:
    """Write the findings and the quarantined rows of `intake` to the workbook `path`; all cells are text.

    One sheet of findings with the full sentence in `language`, one of original rows.  Returns `path`.
    """
    words = fault_texts(language)["sheet"]
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": CREATED, "title": words["title"]})
        said = intake.findings.assign(severity=intake.findings["severity"].map(words),
                                      message=[message(f, language) for f in intake.findings.to_dict("records")])
        _write_sheet(book, words, FINDING_WIDTHS, rows=said[list(FINDING_WIDTHS)].itertuples(index=False))
        originals = intake.quarantine[list(ORIGINAL_WIDTHS)].itertuples(index=False)
        _write_sheet(book, words, ORIGINAL_WIDTHS, rows=originals)
    return path


def _write_sheet(book: xlsxwriter.Workbook, words: dict[str, str], widths: dict[str, int], *,
                 rows: Iterable[Sequence[object]]) -> None:
    """One sheet with a frozen head and a filter."""
    sheet = book.add_worksheet(words["originals" if "original" in widths else "findings"])
    head, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    for at, (name, width) in enumerate(widths.items()):
        sheet.set_column(at, at, width, wrapped)
        sheet.write_string(0, at, words[name], head)
    last = 0
    for last, row in zip(range(1, ROW_LIMIT + 1), rows, strict=False):
        for at, cell in enumerate(row):
            sheet.write_string(last, at, cell_text(cell))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(widths) - 1)


def cell_text(cell: object) -> str:
    """`cell` as text that a workbook can hold: blank for unknown, visibly cut where it is too long (N17)."""
    text = "" if pd.isna(cell) else str(cell)
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"
