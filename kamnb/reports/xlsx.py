"""A report's tables as a workbook: one sheet per shown table, every row, typed, with units, widths, frozen heads, ready to print."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kamnb.formats import LIST, NONE, money_names
from kamnb.money import scale_of
from kamnb.reports.pptx_measure import clean, plain
from kamnb.reports.reading import Note, Report, Table
from kamnb.reports.xlsx_page import ARROW, count_lines, fit_width, lay_page, raise_row, title_format
from kamnb.shown import RIGHT
from kamnb.style import FONTS
from kamnb.words import name_code, spoken, words

FORMS = {"share": "0%", "share1": "0.0%", "rate": '+0.0%;"−"0.0%;0.0%', "points": '+0.0" pt";"−"0.0" pt";0.0" pt"', "count": "#,##0",
         "int": "0", "number": "#,##0.0", "score": "0.0", "index": "0", "days": "0", "times": "0.00", "date": "yyyy-mm-dd",
         "month": "yyyy-mm", "year": "yyyy-mm-dd",
         "exact": "General"}
MONEY, DAYS = {"money", "money_change"}, {"date", "month", "year"}
LIMIT, HELD, NAME, PROPERTY, FOOTER = 32_000, 2**15 - 1, 31, 255, 120
"""Units of two bytes: at which a text is cut, that a cell can hold, of a sheet's name, of a property, of a firm in the footer."""
EXACT = 10**15
RESERVED = "history"
CONTENTS = (30, 56, 64)  # widths of the first sheet, in letters


def write_xlsx(report: Report, file: Path) -> None:
    """Write the tables of `report`, and a first sheet that says what they are. Text is written as text, never as formula."""
    head = report.head
    firm = _short(head["firm"] or "kamnb", PROPERTY)
    font = FONTS[spoken()]["latin" if spoken() == "en" else "wide"]
    with Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
                         "default_format_properties": {"font_name": font, "font_size": 10}}) as book:
        book.set_properties({"title": _short(report.title, PROPERTY), "subject": _short(_subject(head), PROPERTY), "author": firm,
                             "company": firm, "created": datetime.fromisoformat(head["as_of"])})
        tables = [*report.tables(), *[table for table in report.appendix if isinstance(table, Table)]]
        names = sheet_names([table.name for table in tables])
        _write_contents(book, report, list(zip(names, tables, strict=True)))
        for name, table in zip(names, tables, strict=True):
            _write_table(book, book.add_worksheet(name), table, head["currency"])
        for number, sheet in enumerate(book.worksheets()):
            lay_page(sheet, _short(firm, FOOTER), pages=0 if number else 1)


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
    strong, wrapped = title_format(book, 14), book.add_format({"text_wrap": True, "valign": "top"})
    head, bold, figures = report.head, book.add_format({"bold": True, "bottom": 1}), (wrapped, title_format(book, 12), wrapped)
    link = book.add_format({"hyperlink": True, "valign": "top"})
    for place, width in enumerate(CONTENTS):
        sheet.set_column(place, place, width)
    _write_text(sheet, (0, 0), report.title, strong)
    _write_text(sheet, (1, 0), f'{_subject(head)} · {words("reports.as_of", as_of=head["as_of"])}')
    row = 3
    for figure in report.figures:
        for column, text in enumerate(figure):
            _write_text(sheet, (row, column), str(text or ""), figures[column])
        row += 1
    row += 1
    for answer in report.answers:
        sheet.merge_range(row, 0, row, 2, "", wrapped)  # a merged cell does not find its own height
        raise_row(sheet, row, count_lines(plain(answer), sum(CONTENTS)))
        _write_text(sheet, (row, 0), plain(answer), wrapped)
        row += 1
    for column, key in enumerate(("sheet", "title", "source")):
        _write_text(sheet, (row + 1, column), words(f"reports.{key}"), bold)
    for number, (name, table) in enumerate(sheets, row + 2):
        sheet.write_url(number, 0, f"internal:'{name}'!A1", link, string=name)
        for place, text in ((1, table.title), (2, table.source)):
            _write_text(sheet, (number, place), text, wrapped)
        raise_row(sheet, number, max(count_lines(table.title, CONTENTS[1]), count_lines(table.source, CONTENTS[2])))
    for number, text in enumerate(_notes(report), row + 3 + len(sheets)):
        _write_text(sheet, (number, 0), text)


def _notes(report: Report) -> list[str]:
    blocks = [*[block for section in report.sections for block in section.blocks], *report.appendix]
    return list(dict.fromkeys(block.text for block in blocks if isinstance(block, Note)))


def _write_table(book: Workbook, sheet: Worksheet, table: Table, currency: str) -> None:
    """Title, heads with units, every row, source; the head row is frozen and filtered."""
    _write_text(sheet, (0, 0), table.title, title_format(book, 13))
    heads, lines = [column["label"] + _unit(column, currency) for column in table.columns], [1] * (len(table.rows) + 1)
    for place, column in enumerate(table.columns):
        right = column["kind"] in RIGHT
        side = {"align": "right"} if right else {"align": "left", "indent": int(place > 0)}
        _write_text(sheet, (2, place), heads[place],
                    book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, **side}))
        form = book.add_format({"num_format": _form(column["kind"], currency), "valign": "vcenter", "text_wrap": not right, **side})
        texts = [_printed(row[place], column["kind"], currency) for row in table.rows]
        width = fit_width(heads[place], texts)
        sheet.set_column(place, place, width)
        taken = [count_lines(heads[place], width - ARROW), *[1 if right else count_lines(text, width) for text in texts]]
        lines = list(map(max, lines, taken))
        scale = scale_of(currency) if column["kind"] in MONEY else 0
        for number, row in enumerate(table.rows, 3):
            _write_cell(sheet, (number, place, form), row[place], column=(column["kind"], scale))
    last = 3 + len(table.rows)
    _write_text(sheet, (last + 1, 0), table.source)
    if any(_endless(value) for row in table.rows for value in row):
        _write_text(sheet, (last + 2, 0), words("reports.not_finite"))
    for number, count in enumerate(lines, 2):
        raise_row(sheet, number, count)
    sheet.repeat_rows(2)
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


def _printed(value: object, kind: str, currency: str) -> str:
    """About what the cell of `value` shows."""
    if value is None:
        return ""
    scale = scale_of(currency) if kind in MONEY else 0
    if kind in RIGHT and not _endless(value):
        return f"{float(value) / 10**scale:+,.{scale if kind in MONEY else 1}f}"
    return _cell_text(value, kind, scale)


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
