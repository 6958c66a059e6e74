"""The page and the workbook show the same report; text from data is inert in both."""

import re
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from kamnb.reports.html import page
from kamnb.reports.reading import read_report
from kamnb.reports.xlsx import sheet_names, write_xlsx
from kamnb.shown import TABLE


@pytest.fixture
def report(executed):
    return read_report(executed)


@pytest.fixture
def book(report, tmp_path):
    write_xlsx(report, tmp_path / "r.xlsx")
    return tmp_path / "r.xlsx"


def test_page_is_self_contained_and_has_no_code(report):
    text = page(report)
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", text)
    assert "<script" not in text and "two()" not in text
    assert "default-src 'none'" in text


def test_text_from_data_is_inert(report, book):
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page(report)
    with zipfile.ZipFile(book) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in sheet for sheet in sheets)


def test_page_cuts_long_tables_and_says_so_workbook_has_all(report, book):
    text = page(report)
    assert "20 of 61 rows" in text and "Name 19" in text and "Name 20<" not in text
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("selection.long").to_python()
    assert sum(str(row[0]).startswith("A") and row[0] != "Account code" for row in rows) == 61


def test_a_folded_table_is_closed_on_the_page_and_whole_in_the_workbook(executed, tmp_path):
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if output["data"].get(TABLE, {}).get("name") == "selection.long":
                output["data"][TABLE]["folded"] = True
    report = read_report(executed)
    text = page(report)
    closed = re.findall(r"<details class=\"folded\"><summary>(.*?)</summary>(.*?)</details>", text, flags=re.S)
    assert len(closed) == 1 and "<caption" not in closed[0][1]
    assert "Name 19" in closed[0][1] and "Name 19" not in text.replace(closed[0][1], "")
    write_xlsx(report, tmp_path / "f.xlsx")
    assert len(CalamineWorkbook.from_path(str(tmp_path / "f.xlsx")).get_sheet_by_name("selection.long").to_python()) > 61


def test_same_number_in_both(report, book):
    text = page(report)
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("selection.small").to_python()
    assert ">12.3</td>" in text
    assert [row for row in rows if row[0] == "A1"][0][2] == 12_345_678


def test_unknown_is_a_dash_on_the_page_and_blank_in_the_workbook(report, book):
    assert ">–</td>" in page(report)
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("selection.small").to_python()
    assert [row for row in rows if row[0] == "A2"][0][2] == ""


def test_account_codes_stay_off_the_page(report):
    assert "A2<" not in page(report)


def test_sheet_names_are_safe_and_unique():
    names = sheet_names(["a" * 40, "a" * 40, "b:c/d", "B_C_D"])
    assert len({n.lower() for n in names}) == 4 and all(len(n) <= 31 and not set(n) & set("[]:*?/\\") for n in names)


def test_two_runs_give_the_same_bytes(report, tmp_path):
    write_xlsx(report, tmp_path / "a.xlsx")
    write_xlsx(report, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert page(report) == page(report)
