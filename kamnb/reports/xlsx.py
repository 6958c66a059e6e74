"""A report's tables as a workbook: one sheet per shown table, every row, typed, with units, widths and frozen heads."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kamnb.formats import LIST, money_names, width_of
from kamnb.money import scale_of
from kamnb.reports.reading import Note, Report, Table
from kamnb.shown import RIGHT
from kamnb.words import name_code, spoken, words

FORMS = {"share": "0%", "share1": "0.0%", "rate": '+0.0%;"−"0.0%;0.0%', "points": '+0.0" pt";"−"0.0" pt";0.0" pt"', "count": "#,##0",
         "int": "0", "number": "#,##0.0", "score": "0.0", "index": "0", "days": "0", "times": "0.00", "date": "yyyy-mm-dd",
         "month": "yyyy-mm", "year": "yyyy-mm-dd",
         "exact": "General"}
LIMIT = 32_000
EXACT = 2**53


def write_xlsx(report: Report, file: Path) -> None:
    """Write the tables of `report`, and a first sheet that says what they are. Text is written as text, never as formula."""
    head = report.head
    with Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        book.set_properties({"title": report.title, "author": head["firm"] or "kamnb", "company": head["firm"] or "kamnb",
                             "created": datetime.fromisoformat(head["as_of"])})
        tables = [*report.tables(), *[table for table in report.appendix if isinstance(table, Table)]]
        names = sheet_names([table.name for table in tables])
        _write_contents(book, report, list(zip(names, tables, strict=True)))
        for name, table in zip(names, tables, strict=True):
            _write_table(book, book.add_worksheet(name), table, head["currency"])


def sheet_names(names: list[str]) -> list[str]:
    """Names that Excel accepts (at most 31 letters, none of []:*?/\\), unique without regard to case."""
    used: set[str] = {words("reports.note_sheet").lower()}
    result = []
    for name in names:
        plain = "".join("_" if c in "[]:*?/\\'" else c for c in name)[:31]
        number, unique = 1, plain
        while unique.lower() in used:
            number += 1
            unique = f"{plain[:28]}~{number}"
        used.add(unique.lower())
        result.append(unique)
    return result


def _write_contents(book: Workbook, report: Report, sheets: list[tuple[str, Table]]) -> None:
    sheet = book.add_worksheet(words("reports.note_sheet"))
    strong, plain = book.add_format({"bold": True, "font_size": 14}), book.add_format({"text_wrap": True, "valign": "top"})
    head, bold = report.head, book.add_format({"bold": True, "bottom": 1})
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 70)
    sheet.write_string(0, 0, report.title, strong)
    subject = head["account_name"] or words("general.all_accounts")
    sheet.write_string(1, 0, f'{head["client"]} · {subject} · {words("reports.as_of", as_of=head["as_of"])}')
    row = 3
    for label, value, comment in report.figures:
        for column, text in enumerate((label, value, comment)):
            sheet.write_string(row, column, str(text or ""), plain)
        row += 1
    for answer in report.answers:
        sheet.merge_range(row, 0, row, 2, "", plain)
        sheet.write_string(row, 0, answer.replace("**", ""), plain)
        row += 1
    for column, key in enumerate(("sheet", "title", "source")):
        sheet.write_string(row + 1, column, words(f"reports.{key}"), bold)
    for number, (name, table) in enumerate(sheets, row + 2):
        sheet.write_url(number, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_string(number, 1, table.title, plain)
        sheet.write_string(number, 2, table.source, plain)
    for number, note in enumerate([b for s in report.sections for b in s.blocks if isinstance(b, Note)], row + 3 + len(sheets)):
        sheet.write_string(number, 0, note.text)


def _write_table(book: Workbook, sheet: Worksheet, table: Table, currency: str) -> None:
    """Title, heads with units, every row, source; the head row is frozen and filtered."""
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1})
    sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 13}))
    for place, column in enumerate(table.columns):
        money = column["kind"] in {"money", "money_change"}
        unit = f" ({money_names(spoken(), currency)['symbol'].strip()})" if money else ""
        sheet.write_string(2, place, column["label"] + unit, head)
        form = book.add_format({"num_format": _form(column["kind"], currency), "valign": "top", "text_wrap": column["kind"] not in RIGHT})
        sheet.set_column(place, place, _width(column, [row[place] for row in table.rows]))
        scale = scale_of(currency) if money else 0
        for number, row in enumerate(table.rows, 3):
            _write_cell(sheet, (number, place, form), _scaled(row[place], column["kind"], scale), kind=column["kind"])
    last = 3 + len(table.rows)
    sheet.write_string(last + 1, 0, table.source)
    sheet.freeze_panes(3, 1)
    sheet.autofilter(2, 0, last - 1, len(table.columns) - 1)


def _form(kind: str, currency: str) -> str:
    if kind in {"money", "money_change"}:
        decimals = "." + "0" * scale_of(currency) if scale_of(currency) else ""
        plain = f"#,##0{decimals}"
        return f'+{plain};"−"{plain};0' if kind == "money_change" else f'{plain};"−"{plain};0'
    return FORMS.get(kind, "@")


def _width(column: dict, values: list) -> int:
    if column["kind"] in RIGHT | {"date", "month", "year"}:
        return max(12, min(18, width_of(column["label"]) + 2))
    longest = max((width_of(str(value)) for value in values if value is not None), default=8)
    return max(10, min(60, longest + 2, 60), min(20, width_of(column["label"]) + 2))


def _write_cell(sheet: Worksheet, at: tuple[int, int, Format], value: object, *, kind: str) -> None:
    """One typed cell `at` row, column and format; unknown stays blank, numbers that Excel cannot hold exactly become
    text (faults.md R05, R06)."""
    row, column, form = at
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif kind in {"date", "month", "year"}:
        sheet.write_datetime(row, column, datetime.combine(date.fromisoformat(str(value)), datetime.min.time()), form)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, form)
    elif kind in RIGHT and abs(float(value)) < EXACT:
        sheet.write_number(row, column, float(value), form)
    else:
        text = name_code(str(value)) if kind == "code" else LIST[spoken()].join(map(str, value)) if isinstance(value, list) else str(value)
        sheet.write_string(row, column, text if len(text) <= LIMIT else text[:LIMIT] + "…", form)


def _scaled(value: object, kind: str, scale: int) -> object:
    """`value` as its cell holds it: money in the main unit, points in hundredths."""
    if value is None or kind not in {"money", "money_change", "points"}:
        return value
    return value * 100 if kind == "points" else value / 10**scale if scale else value
