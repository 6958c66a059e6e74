"""A report's tables as a workbook: one sheet per shown table, every row, typed, with units, widths and frozen heads."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kamnb.formats import LIST, NONE, money_names, width_of
from kamnb.money import scale_of
from kamnb.reports.pptx_measure import clean, plain
from kamnb.reports.reading import Note, Report, Table
from kamnb.shown import RIGHT
from kamnb.words import name_code, spoken, words

FORMS = {"share": "0%", "share1": "0.0%", "rate": '+0.0%;"−"0.0%;0.0%', "points": '+0.0" pt";"−"0.0" pt";0.0" pt"', "count": "#,##0",
         "int": "0", "number": "#,##0.0", "score": "0.0", "index": "0", "days": "0", "times": "0.00", "date": "yyyy-mm-dd",
         "month": "yyyy-mm", "year": "yyyy-mm-dd",
         "exact": "General"}
MONEY, DAYS = {"money", "money_change"}, {"date", "month", "year"}
LIMIT, HELD, NAME, PROPERTY = 32_000, 2**15 - 1, 31, 255
"""Units of two bytes: at which a text is cut, that a cell can hold, of a sheet's name, of a property."""
EXACT = 10**15
RESERVED = "history"


def write_xlsx(report: Report, file: Path) -> None:
    """Write the tables of `report`, and a first sheet that says what they are. Text is written as text, never as formula."""
    head = report.head
    firm = _short(head["firm"] or "kamnb", PROPERTY)
    with Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        book.set_properties({"title": _short(report.title, PROPERTY), "subject": _short(_subject(head), PROPERTY), "author": firm,
                             "company": firm, "created": datetime.fromisoformat(head["as_of"])})
        tables = [*report.tables(), *[table for table in report.appendix if isinstance(table, Table)]]
        names = sheet_names([table.name for table in tables])
        _write_contents(book, report, list(zip(names, tables, strict=True)))
        for name, table in zip(names, tables, strict=True):
            _write_table(book, book.add_worksheet(name), table, head["currency"])


def _subject(head: dict) -> str:
    return f'{head["client"]} · {head["account_name"] or words("general.all_accounts")}'


def sheet_names(names: list[str]) -> list[str]:
    """Names that Excel accepts (at most 31 letters, none of []:*?/\\), unique without regard to case."""
    used: set[str] = {words("reports.note_sheet").lower(), RESERVED}
    result = []
    for name in names:
        plain_name = "".join("_" if c in "[]:*?/\\'" or c.isspace() and c != " " else c for c in clean(name)) or "_"
        number, unique = 1, _short(plain_name, NAME)
        while unique.lower() in used:
            number += 1
            unique = _short(plain_name, NAME - len(str(number)) - 1) + f"~{number}"
        used.add(unique.lower())
        result.append(unique)
    return result


def _units(text: str) -> int:
    """Length as Excel counts it: letters beyond the first 65,536 count two."""
    return len(text.encode("utf-16-le")) // 2


def _short(text: str, most: int) -> str:
    """`text` freed of what must not be in a file, and cut to `most` units."""
    return clean(text).encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def _fitting(text: str) -> str:
    """`text` as a cell can hold it: a longer one is cut and says so (faults.md N17)."""
    whole = clean(text)
    if _units(whole) <= HELD:
        return whole
    kept = _short(whole, LIMIT)
    return kept + words("reports.cut", n=len(whole) - len(kept))


def _write_text(sheet: Worksheet, at: tuple[int, int], text: str, form: Format | None = None) -> None:
    """Text as text, whatever it begins with (faults.md R02)."""
    sheet.write_string(*at, _fitting(text), form)


def _write_contents(book: Workbook, report: Report, sheets: list[tuple[str, Table]]) -> None:
    sheet = book.add_worksheet(words("reports.note_sheet"))
    strong, wrapped = book.add_format({"bold": True, "font_size": 14}), book.add_format({"text_wrap": True, "valign": "top"})
    head, bold = report.head, book.add_format({"bold": True, "bottom": 1})
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 70)
    _write_text(sheet, (0, 0), report.title, strong)
    _write_text(sheet, (1, 0), f'{_subject(head)} · {words("reports.as_of", as_of=head["as_of"])}')
    row = 3
    for figure in report.figures:
        for column, text in enumerate(figure):
            _write_text(sheet, (row, column), str(text or ""), wrapped)
        row += 1
    for answer in report.answers:
        sheet.merge_range(row, 0, row, 2, "", wrapped)
        _write_text(sheet, (row, 0), plain(answer), wrapped)
        row += 1
    for column, key in enumerate(("sheet", "title", "source")):
        _write_text(sheet, (row + 1, column), words(f"reports.{key}"), bold)
    for number, (name, table) in enumerate(sheets, row + 2):
        sheet.write_url(number, 0, f"internal:'{name}'!A1", string=name)
        _write_text(sheet, (number, 1), table.title, wrapped)
        _write_text(sheet, (number, 2), table.source, wrapped)
    for number, text in enumerate(_notes(report), row + 3 + len(sheets)):
        _write_text(sheet, (number, 0), text)


def _notes(report: Report) -> list[str]:
    blocks = [*[block for section in report.sections for block in section.blocks], *report.appendix]
    return list(dict.fromkeys(block.text for block in blocks if isinstance(block, Note)))


def _write_table(book: Workbook, sheet: Worksheet, table: Table, currency: str) -> None:
    """Title, heads with units, every row, source; the head row is frozen and filtered."""
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1})
    _write_text(sheet, (0, 0), table.title, book.add_format({"bold": True, "font_size": 13}))
    for place, column in enumerate(table.columns):
        _write_text(sheet, (2, place), column["label"] + _unit(column, currency), head)
        form = book.add_format({"num_format": _form(column["kind"], currency), "valign": "top", "text_wrap": column["kind"] not in RIGHT})
        sheet.set_column(place, place, _width(column, [row[place] for row in table.rows]))
        scale = scale_of(currency) if column["kind"] in MONEY else 0
        for number, row in enumerate(table.rows, 3):
            _write_cell(sheet, (number, place, form), row[place], column=(column["kind"], scale))
    last = 3 + len(table.rows)
    _write_text(sheet, (last + 1, 0), table.source)
    if any(_endless(value) for row in table.rows for value in row):
        _write_text(sheet, (last + 2, 0), words("reports.not_finite"))
    sheet.freeze_panes(3, 1)
    sheet.autofilter(2, 0, last - 1, len(table.columns) - 1)


def _unit(column: dict, currency: str) -> str:
    """The unit as the head has it: amounts stand in the sheet in the currency's own unit, whatever the page divides by."""
    return f" ({money_names(spoken(), currency)['symbol'].strip()})" if column["kind"] in MONEY else ""


def _form(kind: str, currency: str) -> str:
    if kind in MONEY:
        decimals = "." + "0" * scale_of(currency) if scale_of(currency) else ""
        amount = f"#,##0{decimals}"
        return f'+{amount};"−"{amount};0' if kind == "money_change" else f'{amount};"−"{amount};0'
    return FORMS.get(kind, "@")


def _width(column: dict, values: list) -> int:
    if column["kind"] in RIGHT | DAYS:
        return max(12, min(18, width_of(column["label"]) + 2))
    longest = max((width_of(str(value)[:60]) for value in values if value is not None), default=8)
    return max(10, min(60, longest + 2), min(20, width_of(column["label"]) + 2))


def _write_cell(sheet: Worksheet, at: tuple[int, int, Format], value: object, *, column: tuple[str, int]) -> None:
    """One typed cell `at` row, column and format; `column`: its kind and the decimals of its money.

    Unknown stays blank, what cannot be computed is a dash with its reason below the table, numbers that Excel cannot
    hold exactly become text (faults.md R05, R06).
    """
    (row, place, form), (kind, scale) = at, column
    if value is None:
        sheet.write_blank(row, place, None, form)
    elif kind in DAYS:
        sheet.write_datetime(row, place, datetime.combine(date.fromisoformat(str(value)), datetime.min.time()), form)
    elif isinstance(value, bool):
        sheet.write_boolean(row, place, value, form)
    elif kind in RIGHT and not _endless(value) and abs(float(value)) < EXACT:
        sheet.write_number(row, place, _scaled(value, kind, scale), form)
    else:
        _write_text(sheet, (row, place), _cell_text(value, kind, scale), form)


def _endless(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _cell_text(value: object, kind: str, scale: int) -> str:
    """What a cell holds that holds no number."""
    if _endless(value):
        return NONE
    if kind in RIGHT:
        return f"{Decimal(str(value)).scaleb(-scale) if kind in MONEY else Decimal(str(value)):f}"
    if kind == "code":
        return name_code(str(value))
    return LIST[spoken()].join(map(str, value)) if isinstance(value, list) else str(value)


def _scaled(value: float, kind: str, scale: int) -> float:
    """`value` as its cell holds it: money in the main unit, points in hundredths."""
    if kind in MONEY:
        return value / 10**scale if scale else float(value)
    return value * 100 if kind == "points" else float(value)
