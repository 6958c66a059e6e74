"""Workbooks, parquet and files by pattern give the same table as the CSV of the same rows."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from pandas.testing import assert_frame_equal

from kamnb.ledger import KEYS, build_panels

COLUMNS = ["date", "account", "product", "quantity", "net_sales"]


def codes(border) -> dict[str, dict]:
    return {finding["code"]: finding for finding in border.found()}


def write_book(path, sheets: dict[str, list[list]], *, hidden: tuple[str, ...] = (), options: dict | None = None):
    with xlsxwriter.Workbook(path, options or {}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(at, column, datetime(cell.year, cell.month, cell.day), day)
                    elif isinstance(cell, tuple):
                        sheet.write_formula(at, column, cell[0], None, cell[1])
                    else:
                        sheet.write(at, column, cell)


ROWS = [COLUMNS, [date(2024, 4, 1), "A1", "007", 1, 100], [date(2024, 4, 2), "A2", 8, 2.5, "1,250"]]


@pytest.fixture
def book(border):
    border.source(path="book.xlsx")
    return border


def test_workbook_gives_text_codes_dates_and_exact_amounts(book):
    write_book(book.folder / "book.xlsx", {"s": ROWS})
    sales = book.read().tables["sales"]
    assert sales["product"].tolist() == ["007", "8"]
    assert sales["date"].tolist() == [pd.Timestamp("2024-04-01"), pd.Timestamp("2024-04-02")]
    assert sales["quantity"].tolist() == [1, 2.5]
    assert sales["net_sales"].tolist() == [100, 1250]


def test_workbook_of_1904_keeps_its_days(book):
    write_book(book.folder / "book.xlsx", {"s": ROWS}, options={"date_1904": True})
    assert book.read().tables["sales"]["date"].tolist()[0] == pd.Timestamp("2024-04-01")


def test_several_sheets_must_be_named(book):
    write_book(book.folder / "book.xlsx", {"売上": ROWS, "控え": ROWS})
    assert codes(book)["F13"]["facts"]["sheets"] == "売上, 控え"
    book.source(path="book.xlsx", sheet="売上げ")
    assert codes(book)["F13"]["facts"]["nearest"] == "売上"
    book.source(path="book.xlsx", sheet="売上")
    intake = book.read()
    assert len(intake.tables["sales"]) == 2
    assert set(intake.findings["sheet"]) <= {"", "売上"}


def test_hidden_sheet_is_not_read_but_told(book):
    write_book(book.folder / "book.xlsx", {"s": ROWS, "prices": [["secret"]]}, hidden=("prices",))
    finding = codes(book)["F13"]
    assert (finding["severity"], finding["facts"]["sheets"]) == ("WARN", "prices")


def test_error_cells_and_uncalculated_formulas_are_not_blanks(book):
    rows = [*ROWS, [date(2024, 4, 3), ("=NA()", "#N/A"), "P", 1, 100],
            [date(2024, 4, 3), "A1", "P", 1, ("=1/0", "#DIV/0!")]]
    write_book(book.folder / "book.xlsx", {"s": rows})
    found = [(f["code"], f["row"], f["column"], f["value"]) for f in book.found()]
    assert ("N06", 4, "account", "#N/A") in found
    assert ("N06", 5, "net_sales", "#DIV/0!") in found
    write_book(book.folder / "book.xlsx", {"s": [*ROWS, [date(2024, 4, 3), "A1", "P", 1, ("=1+1", "")]]})
    assert (codes(book)["N07"]["severity"], codes(book)["N07"]["row"]) == ("STOP", 4)


def test_codes_that_a_spreadsheet_spoilt_are_told(book):
    write_book(book.folder / "book.xlsx", {"s": [*ROWS, [date(2024, 4, 3), "A1", date(2024, 2, 3), 1, 1],
                                                [date(2024, 4, 3), "A1", 1234567890123456789, 1, 1]]})
    assert codes(book)["N11"]["severity"] == "WARN"
    assert codes(book)["N10"]["facts"]["count"] == "1"


def test_columns_without_a_header_are_left_out(book):
    write_book(book.folder / "book.xlsx", {"s": [ROWS[0], [*ROWS[1], "", "note"], ROWS[2]]})
    assert codes(book)["S11"]["column"] == "G"


def test_number_in_a_date_column_is_no_date_unless_declared(book):
    write_book(book.folder / "book.xlsx", {"s": [COLUMNS, [45383, "A1", "P", 1, 1]]})
    assert codes(book)["D04"]["severity"] == "STOP"
    book.source(path="book.xlsx", date_format="excel")
    assert book.read().tables["sales"]["date"].tolist() == [pd.Timestamp("2024-04-01")]


def test_entities_in_a_workbook_stop(book):
    path = book.folder / "book.xlsx"
    write_book(path, {"s": ROWS})
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    evil = b"<!DOCTYPE a [<!ENTITY b 'c'>]><workbook"
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<workbook", evil, 1)
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    assert codes(book)["F11"]["severity"] == "STOP"


PARQUET = [
    ("net_sales", pa.array([100, -25])), ("net_sales", pa.array([100.0, -25.0])),
    ("net_sales", pa.array(["100", "△25"])),
    ("net_sales", pa.array([Decimal("100.00"), Decimal("-25.00")])), ("net_sales", pa.array([100, -25], pa.float32())),
    ("net_sales", pa.array(["100", "-25"]).dictionary_encode()),
    ("account", pa.array(["A1", "A2"]).dictionary_encode()),
    ("date", pa.array([date(2024, 4, 1), date(2024, 4, 2)])), ("date", pa.array(["2024/4/1", "20240402"])),
    ("date", pa.array([datetime(2024, 4, 1, 9), datetime(2024, 4, 2)])), ("date", pa.array([20240401, 20240402])),
    ("product", pa.array([7, 8])), ("product", pa.array([7.0, 8.0])), ("quantity", pa.array([1, 2], pa.uint8())),
]


@pytest.mark.parametrize(("column", "cells"), PARQUET)
def test_typed_columns_of_parquet_mean_what_their_text_means(border, column, cells):
    columns = {"date": pa.array(["2024-04-01", "2024-04-02"]), "account": pa.array(["A1", "A2"]),
               "product": pa.array(["7", "8"]), "quantity": pa.array(["1", "2"]), "net_sales": pa.array(["100", "-25"])}
    pq.write_table(pa.table(columns | {column: cells}), border.folder / "sales.parquet")
    border.source(path="sales.parquet")
    sales = border.read().tables["sales"]
    assert sales["net_sales"].tolist() == [100, -25]
    assert sales["date"].tolist() == [pd.Timestamp("2024-04-01"), pd.Timestamp("2024-04-02")]
    assert sales["account"].tolist() == ["A1", "A2"]
    assert sales["product"].tolist() == ["7", "8"]
    assert sales["quantity"].tolist() == [1, 2]


def test_blank_and_faulty_cells_of_parquet(border):
    columns = {"date": ["2024-04-01"] * 3, "account": ["A1"] * 3, "product": ["7"] * 3,
               "quantity": [1.0, 2.0, float("nan")], "net_sales": [1.0, None, 3.0], "extra": [1, 2, 3]}
    pq.write_table(pa.table(columns), border.folder / "sales.parquet")
    border.source(path="sales.parquet")
    intake = border.read()
    found = [(f["code"], f["row"], f["column"]) for f in border.found()]
    assert found == [("N08", 2, "net_sales"), ("N08", 3, "quantity")]
    assert intake.quarantine["original"].tolist() == ["2024-04-01,A1,7,2.0,,2", "2024-04-01,A1,7,nan,3.0,3"]


def test_times_in_a_zone_are_told(border):
    zoned = pa.array([datetime(2024, 3, 31, 16), datetime(2024, 4, 1, 16)], pa.timestamp("us", "Asia/Tokyo"))
    columns = {"date": zoned, "account": ["A1"] * 2, "product": ["7"] * 2, "quantity": [1, 2], "net_sales": [1, 2]}
    pq.write_table(pa.table(columns), border.folder / "sales.parquet")
    border.source(path="sales.parquet")
    assert border.read().tables["sales"]["date"].tolist() == [pd.Timestamp("2024-04-01"), pd.Timestamp("2024-04-02")]
    assert (codes(border)["D09"]["severity"], codes(border)["D09"]["facts"]["zone"]) == ("WARN", "Asia/Tokyo")


def test_infinite_amount_stops(border):
    columns = {"date": ["2024-04-01"], "account": ["A1"], "product": ["7"], "quantity": [1],
               "net_sales": [float("inf")]}
    pq.write_table(pa.table(columns), border.folder / "sales.parquet")
    border.source(path="sales.parquet")
    assert codes(border)["N09"]["severity"] == "STOP"


def test_files_by_pattern_come_in_order_of_name(border):
    header = ",".join(COLUMNS) + "\n"
    border.write("m/2024-05.csv", header + "2024-05-01,A1,P1,1,2\n")
    border.write("m/2024-04.csv", header + "2024-04-01,A1,P1,1,1\n2024-04-31,A1,P1,1,1\n")
    border.source(path="m/*.csv")
    intake = border.read()
    assert intake.tables["sales"]["net_sales"].tolist() == [1, 2]
    assert intake.files.loc[intake.files["table"] == "sales", "file"].tolist() == ["m/2024-04.csv", "m/2024-05.csv"]
    assert codes(border)["D05"]["file"] == "m/2024-04.csv"
    assert intake.controls.query("table == 'sales' and measure == 'rows'")["in_files"].tolist() == [2, 1]


def test_files_outside_the_folder_may_be_named(border):
    (border.folder / "e").mkdir()
    border.write("e/accounts.csv", (border.folder / "accounts.csv").read_bytes())
    border.folder = border.folder / "e"
    border.source(path="../sal*.csv")
    assert len(border.read().tables["sales"]) == 2


def test_ledger_split_in_two_and_shuffled_gives_the_same_panels(border):
    rows = [f"2024-0{1 + n % 3}-05,A{1 + n % 2},P{n % 5},{n}.5,{n * 37 - 200}.{n}4" for n in range(9)]
    border.write("one/sales.csv", "\n".join([",".join(COLUMNS), *rows]) + "\n")
    border.write("two/a.csv", "\n".join([",".join(COLUMNS), *rows[5:][::-1]]) + "\n")
    border.write("two/b.csv", "\n".join([",".join(COLUMNS), *rows[:5]]) + "\n")
    panels = []
    for folder in ("one", "two"):
        border.source(path=f"{folder}/*.csv", round_lines="total")
        build_panels(border.read().tables, out=border.folder / folder)
        panels.append([pd.read_parquet(border.folder / folder / f"{name}.parquet") for name in KEYS])
    for whole, split in zip(*panels, strict=True):
        assert_frame_equal(whole, split)
