"""kamnb diff: what moved between two runs, account by account and figure by figure, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kamnb.errors import InputError
from kamnb.reports.differing_pages import build_report
from kamnb.reports.differing_states import compare_states
from kamnb.reports.naming import text_table, width_of_terminal, wrap
from kamnb.reports.reading import Report, Table
from kamnb.reports.remembered import read_state
from kamnb.words import words

ACCOUNTS, ROWS = 15, 8
SHOWN = {"unexplained": ROWS, "accounts": ACCOUNTS, "figures": ROWS, "passing": ROWS, "reports": ROWS}
SUFFIXES = (".html", ".xlsx")
LEFT_OUT = {"attainment", "target_change", "moved"}
"""Columns of accounts that a terminal has no room for."""


def print_diff(first: Path, second: Path | None, *, language: str | None, outs: tuple[Path, ...]) -> str:
    """What `kamnb diff` prints; the whole comparison is written to each of `outs`, a page or a workbook.

    Without `second`: what the reports in `first` show against what they showed before anything they depend on last changed.
    Raises InputError for folders that hold nothing to compare, and for a file that is neither .html nor .xlsx.
    """
    for out in outs:
        if out.suffix not in SUFFIXES:
            raise InputError(f"{out.name} is neither a page nor a workbook", "--out", "Name a file that ends in .html or .xlsx.")
    a, b = (read_state(first), read_state(second)) if second else (read_state(first, before=True), read_state(first))
    found = compare_states(a, b, language=language)
    names = (_short(first), _short(second)) if second else (words("reports.diff.state_before"), _short(first))
    report = build_report(found, names=names)
    for out in outs:
        write(report, out)
    written = [words("reports.diff.written", file=str(out)) for out in outs] or [words("reports.diff.whole")]
    return "\n".join([*tell(report), *(["", *written] if report.sections else [])])


def _short(folder: Path) -> str:
    """The last parts of `folder`, which tell runs apart."""
    return "/".join(folder.resolve().parts[-3:])


def write(report: Report, out: Path) -> None:
    """Write `report` as the page or workbook that the name of `out` asks for."""
    from kamnb.reports.html import write_html
    from kamnb.reports.xlsx import write_xlsx

    out.parent.mkdir(parents=True, exist_ok=True)
    {".html": write_html, ".xlsx": write_xlsx}[out.suffix](report, out)


def tell(report: Report) -> list[str]:
    """`report` as lines for the terminal: the message, why, and the first rows of what a meeting asks for."""
    width = width_of_terminal()
    lines = [*wrap(report.title, width), *wrap(report.lead, width), ""]
    lines += [f"{'  ' if number else '• '}{line}" for answer in report.answers
              for number, line in enumerate(wrap(answer.replace("**", ""), width - 2))]
    for table in report.tables():
        most = SHOWN.get(table.name.removeprefix("diff."), 0)
        if most:
            lines += ["", table.title, *_table(table, most)]
    return lines


def _table(table: Table, most: int) -> list[str]:
    kept = [i for i, column in enumerate(table.columns) if column["name"] not in LEFT_OUT]
    table = replace(table, columns=[table.columns[i] for i in kept], rows=[[row[i] for i in kept] for row in table.rows])
    rest = [words("reports.diff.rest", n=len(table.rows) - most)] if len(table.rows) > most else []
    return [f"  {line}" for line in [*text_table(table.columns, table.rows[:most]), *rest]]
