"""The workbook: safe sheet names, typed cells, units, every row, sources, properties of the firm, the same bytes twice."""

import hashlib
import io
import os
import pickle
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from kamnb.reports.reading import Note, Report, Section, Table
from kamnb.reports.xlsx import EXACT, HELD, sheet_names, write_xlsx
from kamnb.words import speak, words
from tests.reports.handmade import HEAD, TEXT, column, report_of

SOURCE = "Source: Sales ledger; as of 31 Dec 2025."
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TYPED = {"text": "Shop", "money": 123_456, "money_change": -500, "share": 0.41, "share1": 0.412, "rate": -0.031, "points": 0.012,
         "count": 1234, "number": 12.34, "score": 3.5, "days": 45, "times": 1.25, "date": "2025-04-01", "month": "2025-04-01",
         "year": "2026-03-31", "bool": True, "list": ["a", "b"]}


def table(columns, rows, name="stage.table"):
    return Table(name, f"Title of {name}", SOURCE, columns, rows)


def report(*tables, currency="JPY", language="en", **more):
    speak(language, currency=currency, start=4)
    head = {**HEAD, "client": "Maker & Co", "account": "A1", "account_name": "Shop A", "firm": "Good Advice Ltd", "currency": currency}
    made = Report(head, "Which accounts?", "", [["Sales", "¥1", "up"]], ["Choose **eight**."], [Section("Q", "s1", list(tables))], [])
    return replace(made, **more)


def written(made, folder):
    """The sheets of the workbook of `made` as rows of values, and its parts."""
    file = folder / "book.xlsx"
    write_xlsx(made, file)
    with CalamineWorkbook.from_path(file) as book:
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    with zipfile.ZipFile(file) as archive:
        return sheets, {name: archive.read(name) for name in archive.namelist()}


def formats(parts, sheet=2):
    """Number format of each cell of a sheet, by its reference."""
    styles = etree.fromstring(parts["xl/styles.xml"])
    named = {each.get("numFmtId"): each.get("formatCode") for each in styles.iter(f"{MAIN}numFmt")}
    used = [named.get(each.get("numFmtId"), each.get("numFmtId")) for each in styles.find(f"{MAIN}cellXfs")]
    cells = etree.fromstring(parts[f"xl/worksheets/sheet{sheet}.xml"]).iter(f"{MAIN}c")
    return {cell.get("r"): used[int(cell.get("s", 0))] for cell in cells}


@pytest.mark.parametrize("names", [["a" * 40] * 120, ["x:y", "x*y", "X?Y", "[x]y", "x/y\\z"], ["", " ", "'", "''"],
                                   ["History", "history", "Contents"], ["🏬" * 40, "🏬" * 41], ["a\x00\u202eb", "a\nb", "\ud800"],
                                   ["株式会社" * 20]])
def test_any_names_become_names_that_excel_accepts(names, tmp_path):
    found = sheet_names(names)
    assert len({name.lower() for name in found} - {"history", words("reports.note_sheet").lower()}) == len(names)
    assert all(0 < len(name.encode("utf-16-le")) <= 62 and not set(name) & set("[]:*?/\\'\n\x00\u202e") for name in found)
    sheets, _ = written(report(*[table([column("text")], [["x"]], name) for name in names]), tmp_path)
    assert list(sheets) == [words("reports.note_sheet"), *found]
    assert [row[0] for row in next(iter(sheets.values())) if row[0] in found] == found, "the first sheet lists them all"


def test_what_cannot_be_computed_is_a_dash_with_its_reason(tmp_path):
    rows = [["a", float("nan"), 0.1], ["b", float("inf"), 0.2], ["c", 5_000, float("-inf")], ["d", None, None]]
    sheets, _ = written(report(table([column("text"), column("money"), column("rate")], rows)), tmp_path)
    cells = sheets["stage.table"]
    assert [row[1:3] for row in cells[3:7]] == [["–", 0.1], ["–", 0.2], [5_000, "–"], ["", ""]]
    assert cells[9][0] == words("reports.not_finite") and cells[8][0] == SOURCE


def test_no_reason_is_given_where_none_is_needed(tmp_path):
    sheets, _ = written(report(table([column("text"), column("money")], [["a", None]])), tmp_path)
    assert words("reports.not_finite") not in {cell for row in sheets["stage.table"] for cell in row}


@pytest.mark.parametrize(("kind", "currency", "value", "told"), [
    ("count", "JPY", 2**53 + 1, "9007199254740993"), ("money", "JPY", -(10**16 + 1), "-10000000000000001"),
    ("money", "USD", 10**15 + 7, "10000000000000.07"), ("money", "JPY", EXACT - 1, float(EXACT - 1)),
    ("number", "JPY", 1.5e17, "150000000000000000")])
def test_numbers_beyond_excel_s_exactness_are_text_to_the_last_digit(kind, currency, value, told, tmp_path):
    sheets, _ = written(report(table([column("text"), column(kind)], [["a", value]]), currency=currency), tmp_path)
    assert sheets["stage.table"][3][1] == told


@pytest.mark.parametrize("text", ["x" * 40_000, "🏬" * 20_000, "x" * (HELD + 1)])
def test_texts_that_no_cell_can_hold_are_cut_and_say_so(text, tmp_path):
    made = replace(table([column("text", label=text)], [[text]]), title=text, source=text)
    sheets, _ = written(report(made, answers=[text]), tmp_path)
    cells = [cell for row in sheets["stage.table"] for cell in row if cell]
    assert len(cells) == 4
    for cell in cells:
        kept, _, note = cell.partition("…")
        left_out = int("".join(filter(str.isdigit, note)))
        assert text.startswith(kept) and len(kept) + left_out == len(text) and len(cell.encode("utf-16-le")) <= 2 * HELD


def test_a_text_that_just_fits_is_whole(tmp_path):
    sheets, _ = written(report(table([column("text")], [["x" * HELD]])), tmp_path)
    assert sheets["stage.table"][3][0] == "x" * HELD


@pytest.mark.parametrize(("currency", "amount", "money"), [("JPY", 123_456, "#,##0"), ("USD", 1_234.56, "#,##0.00")])
def test_cells_are_typed_and_formatted_by_kind(currency, amount, money, tmp_path):
    made = report(table([column(kind, kind) for kind in TYPED], [list(TYPED.values())]), currency=currency)
    sheets, parts = written(made, tmp_path)
    values = dict(zip(TYPED, sheets["stage.table"][3], strict=True))
    shown = dict(zip(TYPED, [code for cell, code in formats(parts).items() if cell.endswith("4") and cell[:-1].isalpha()], strict=True))
    assert values["money"] == amount and values["rate"] == -0.031 and values["points"] == pytest.approx(1.2) and values["bool"] is True
    assert (values["date"], values["year"], values["list"]) == (date(2025, 4, 1), date(2026, 3, 31), "a, b")
    assert shown["money"].startswith(money) and shown["money_change"].startswith(f"+{money}")
    assert (shown["share"], shown["share1"], shown["count"], shown["text"]) == ("0%", "0.0%", "#,##0", "@")
    assert (shown["date"], shown["month"], shown["year"]) == ("yyyy-mm-dd", "yyyy-mm", "yyyy-mm-dd")


@pytest.mark.parametrize(("language", "currency", "unit"), [("en", "JPY", "(¥)"), ("ja", "JPY", "(¥)"), ("zh", "USD", "($)")])
def test_heads_name_the_unit_that_the_sheet_uses(language, currency, unit, tmp_path):
    columns = [column("text", "Name"), column("money", "Sales", unit="¥ million", divisor=1e6)]
    made = report(table(columns, [["a", 5_000_000]]), currency=currency, language=language)
    sheets, _ = written(made, tmp_path)
    assert sheets["stage.table"][2][:2] == ["Name", f"Sales {unit}"]


def test_heads_stay_in_sight_and_can_be_filtered(tmp_path):
    _, parts = written(report(table([column("text"), column("count")], [["a", 1]] * 30)), tmp_path)
    sheet = etree.fromstring(parts["xl/worksheets/sheet2.xml"])
    pane = next(sheet.iter(f"{MAIN}pane"))
    assert (pane.get("state"), pane.get("xSplit"), pane.get("ySplit")) == ("frozen", "1", "3")
    assert next(sheet.iter(f"{MAIN}autoFilter")).get("ref") == "A3:B33"


def test_every_row_is_there_and_the_source_below(tmp_path):
    rows = [[f"Shop {number}", number] for number in range(500)]
    sheets, _ = written(report(table([column("text"), column("count")], rows)), tmp_path)
    cells = sheets["stage.table"]
    assert [row[:2] for row in cells[3:503]] == rows and cells[0][0] == "Title of stage.table" and cells[504][0] == SOURCE


def test_an_empty_table_keeps_its_heads(tmp_path):
    sheets, _ = written(report(table([column("text", "Name"), column("count", "Visits")], [])), tmp_path)
    assert sheets["stage.table"][2] == ["Name", "Visits"]


def test_the_first_sheet_says_whose_it_is_and_what_is_not_shown(tmp_path):
    note = Note("appendix.missing", "Not given: market.", "", ("market",))
    sheets, _ = written(report(table([column("text")], [["a"]]), appendix=[note]), tmp_path)
    cells = [cell for row in sheets["Contents"] for cell in row]
    assert {"Which accounts?", "Maker & Co · Shop A · as of 31 Dec 2025", "Choose eight.", SOURCE, "Not given: market."} <= set(cells)


def test_properties_are_those_of_the_firm_and_the_data(tmp_path):
    _, parts = written(report(table([column("text")], [["a"]])), tmp_path)
    core, app = etree.fromstring(parts["docProps/core.xml"]), parts["docProps/app.xml"].decode()
    told = {etree.QName(each).localname: each.text for each in core}
    assert told == {"title": "Which accounts?", "subject": "Maker & Co · Shop A", "creator": "Good Advice Ltd",
                    "lastModifiedBy": "Good Advice Ltd", "created": "2025-12-31T00:00:00Z",
                    "modified": "2025-12-31T00:00:00Z"}
    assert "<Company>Good Advice Ltd</Company>" in app
    assert not any(b"/tmp" in part or b"xlsxwriter" in part.lower() for part in parts.values())


def test_the_same_report_gives_the_same_bytes_whatever_the_hash_seed(tmp_path):
    made = report_of("Text")
    (tmp_path / "report.pickle").write_bytes(pickle.dumps(made))
    program = ("import pickle, sys; sys.modules['rfc3987_syntax'] = None; from pathlib import Path;"
               "from kamnb.words import speak; speak('en', currency='JPY', start=4);"
               "from kamnb.reports.xlsx import write_xlsx; write_xlsx(pickle.loads(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2]))")
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    subprocess.run([sys.executable, "-c", program, tmp_path / "report.pickle", tmp_path / "other.xlsx"], check=True,
                   env={**os.environ, "PYTHONHASHSEED": seed})
    write_xlsx(made, tmp_path / "mine.xlsx")
    assert len({hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("mine.xlsx", "other.xlsx")}) == 1
    with zipfile.ZipFile(io.BytesIO((tmp_path / "mine.xlsx").read_bytes())) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
    assert TEXT not in str(made)


def test_sheets_are_ready_to_print_and_no_number_is_wider_than_its_column(tmp_path):
    columns = [column("text"), {**column("money_change"), "label": "Change"}, {**column("text"), "label": "Why"}]
    rows = [["a", -12_345_678_901, "because " * 12], ["b", 1, "no"]]
    _, parts = written(report(table(columns, rows), language="ja"), tmp_path)
    sheet = etree.fromstring(parts["xl/worksheets/sheet2.xml"])
    page = sheet.find(f"{MAIN}pageSetup")
    assert (page.get("orientation"), page.get("paperSize"), page.get("fitToHeight")) == ("landscape", "9", "0")
    assert b"Good Advice Ltd" in parts["xl/worksheets/sheet2.xml"] and b"_xlnm.Print_Titles" in parts["xl/workbook.xml"]
    widths = {int(each.get("min")): float(each.get("width")) for each in sheet.iter(f"{MAIN}col")}
    assert widths[2] > len("−12,345,678,901") + 1 and widths[3] > 60
    heights = {row.get("r"): float(row.get("ht", 0)) for row in sheet.iter(f"{MAIN}row")}
    assert heights["4"] >= 2 * heights["5"] > 0
    assert b"Yu Gothic" in parts["xl/styles.xml"]
