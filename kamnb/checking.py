"""kamnb check: what does not tie and why, the control totals, and what to ask the client for."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter
from pandas import DataFrame

from kamnb.engagement import open_engagement
from kamnb.errors import InputError
from kamnb.intake.dictionary import dictionary
from kamnb.intake.marks import FIX, QUAR, STOP, WARN
from kamnb.intake.messages import message
from kamnb.intake.quarantine import write_faults
from kamnb.intake.reading import Intake, read_tables
from kamnb.money import scale_of
from kamnb.settings import Settings, read_settings
from kamnb.shown import CONTROLS
from kamnb.words import name_code, say_value, speak, words

SHOWN = 40
ORDER = (STOP, QUAR, WARN, FIX)


def check_engagement(folder: Path, *, language: str | None = None) -> tuple[str, int]:
    """What `kamnb check` prints, in `language`, and its exit code: 0 all rows accepted, 1 some set aside, 2 it cannot start.

    Writes check/requests.<language>.xlsx (what to ask the client for) and, where there are findings, check/faults.xlsx
    into the engagement's folder.  Raises InputError for an engagement.toml that must be mended first.
    """
    settings = read_settings(folder)
    identity = settings.engagement
    spoken = language or identity.language
    speak(spoken, currency=identity.currency, start=identity.fiscal_start)
    try:
        intake = read_tables(folder, settings.tables, scale=scale_of(identity.currency), as_of=identity.as_of)
    except InputError as error:
        if not hasattr(error, "findings"):
            raise
        return "\n".join(_say_findings(error.findings, spoken)), 2
    out = folder / "check"
    out.mkdir(exist_ok=True)
    write_faults(intake, out / "faults.xlsx", language=spoken)
    asks = _requests(settings)
    write_requests(asks, out / f"requests.{spoken}.xlsx", client=identity.client)
    text = [*_say_findings(intake.findings, spoken), *_say_controls(intake), *_say_total(folder, intake), *_say_requests(asks, out)]
    return "\n".join(text), int(bool(len(intake.quarantine)))


def _say_findings(findings: DataFrame, language: str) -> list[str]:
    """The findings as sentences, the gravest first; a long list is cut and says so."""
    if findings.empty:
        return [words("check.clean")]
    grave = findings.sort_values("severity", key=lambda s: s.map(ORDER.index), kind="stable")
    lines = [message(finding, language) for finding in grave.head(SHOWN).to_dict("records")]
    rest = [words("check.more", n=len(grave) - SHOWN)] if len(grave) > SHOWN else []
    return [words("check.findings", n=len(grave)), *(f"  {line}" for line in lines), *rest]


def _say_controls(intake: Intake) -> list[str]:
    """in the files = accepted + set aside + excluded ..., per table."""
    sums = intake.controls.groupby(["table", "measure"], sort=False)[list(CONTROLS)].sum()
    heads = {c: words(f"columns.{'unexplained' if c == 'difference' else c}") for c in CONTROLS}
    lines = [f"  {words(f'tables.{table}.title')} ({name_code(measure)}): "
             + "  ".join(f"{heads[c]} {say_value(row[c], 'exact')}" for c in CONTROLS if row[c] or c in CONTROLS[:2])
             for (table, measure), row in sums.iterrows()]
    return ["", words("check.controls"), *lines]


def _say_total(folder: Path, intake: Intake) -> list[str]:
    """Build the panels and say that they tie."""
    engagement = open_engagement(folder)
    total = int(engagement.panel("account_month")["net_sales"].sum())
    return ["", words("check.total", total=total, lines=len(intake.tables["sales"]))]


def _requests(settings: Settings) -> DataFrame:
    """Tables that are not given: title, what each would show, and its columns."""
    lacking = [table for table in dictionary().values() if table.name not in settings.tables and table.name not in {"cal", "params"}]
    return DataFrame({"table": [t.name for t in lacking], "title": [words(f"tables.{t.name}.title") for t in lacking],
                      "unlocks": [words(f"tables.{t.name}.unlocks") for t in lacking],
                      "columns": [", ".join(c.name + ("*" if c.required else "") for c in t.columns) for t in lacking]})


def _say_requests(asks: DataFrame, out: Path) -> list[str]:
    lines = [f"  {row.title}: {row.unlocks}" for row in asks.itertuples()]
    return ["", words("check.requests", n=len(asks)), *lines, "", words("check.files", folder=str(out))]


def write_requests(asks: DataFrame, file: Path, *, client: str) -> None:
    """Write the request list for the client as a workbook: what, why, which columns, and a column for the client's answer."""
    with xlsxwriter.Workbook(file) as book:
        book.set_properties({"title": words("check.request_title"), "author": "kamnb"})
        sheet = book.add_worksheet(words("check.request_sheet"))
        bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.write_string(0, 0, words("check.request_title"), book.add_format({"bold": True, "font_size": 14}))
        sheet.write_string(1, 0, client)
        for place, (key, width) in enumerate({"what": 24, "why": 52, "columns": 60, "answer": 30}.items()):
            sheet.set_column(place, place, width)
            sheet.write_string(3, place, words(f"check.{key}"), bold)
        for number, row in enumerate(asks[["title", "unlocks", "columns"]].itertuples(index=False), 4):
            for place, text in enumerate(row):
                sheet.write_string(number, place, text, wrapped)
        sheet.write_string(5 + len(asks), 0, words("check.required"))
        sheet.freeze_panes(4, 1)
