"""Each fault of the catalogue as one small file: its code, effect, row and column."""

from __future__ import annotations

import io
import os
import zipfile

import pandas as pd
import pytest
import xlsxwriter

GOOD = "2024-04-01,A1,P1,1,100"


def line(**cells: str) -> str:
    values = dict(zip(("date", "account", "product", "quantity", "net_sales"), GOOD.split(","), strict=True)) | cells
    return ",".join(values.values())


def the(findings: list[dict], code: str) -> dict:
    matching = [finding for finding in findings if finding["code"] == code]
    assert len(matching) == 1, findings
    return matching[0]


CELLS = [
    ("N01", "QUAR", "net_sales", '"1,23"'), ("N01", "QUAR", "net_sales", '"1,2OO"'),
    ("N01", "QUAR", "net_sales", "1E5"),
    ("N01", "QUAR", "quantity", "many"), ("N01", "QUAR", "net_sales", "-"), ("N01", "QUAR", "net_sales", "-(5)"),
    ("N01", "FIX", "net_sales", '"1,234"'), ("N02", "FIX", "net_sales", "△456"), ("N02", "FIX", "net_sales", "▲7"),
    ("N02", "FIX", "net_sales", "(123)"), ("N02", "FIX", "net_sales", "−9"), ("N03", "FIX", "net_sales", "１２３"),
    ("N03", "FIX", "net_sales", "￥5"), ("N03", "FIX", "net_sales", "200円"), ("N03", "QUAR", "net_sales", "12千円"),
    ("N04", "STOP", "net_sales", '"1.234,56"'), ("N06", "QUAR", "net_sales", "#N/A"),
    ("N06", "QUAR", "account", "#REF!"),
    ("N08", "QUAR", "net_sales", ""), ("N08", "QUAR", "date", " "), ("N09", "STOP", "net_sales", "inf"),
    ("N09", "STOP", "net_sales", "1e308"), ("N09", "STOP", "net_sales", "9000000000000001"),
    ("N11", "WARN", "product", "1E+05"), ("N11", "WARN", "product", "3月2日"), ("N13", "STOP", "net_sales", "100.5"),
    ("N16", "FIX", "product", "P\u202e1"), ("N21", "FIX", "net_sales", "3419.999999999999"),
    ("D01", "STOP", "date", "01/04/2024"), ("D02", "STOP", "date", "24/4/1"), ("D03", "FIX", "date", "R6.4.1"),
    ("D03", "QUAR", "date", "R1.4.30"), ("D04", "STOP", "date", "45383"), ("D05", "QUAR", "date", "2024-02-30"),
    ("D05", "QUAR", "date", "April"), ("D06", "WARN", "date", "2025-04-01"), ("D06", "WARN", "date", "1970-01-01"),
    ("D09", "STOP", "date", "2024-03-31T16:00Z"), ("K02", "QUAR", "account", "A9"), ("K03", "QUAR", "account", ""),
]


@pytest.mark.parametrize(("code", "severity", "column", "cell"), CELLS)
def test_faulty_cell_is_named_with_its_row_and_column(border, code, severity, column, cell):
    border.sales(GOOD, GOOD.replace("P1", "P2"), line(**{column: cell}))
    finding = the(border.found(), code)
    assert (finding["severity"], finding["row"], finding["column"]) == (severity, 4, column)


ASIDE = [("N01", "net_sales", "x"), ("N06", "account", "#REF!"), ("N08", "net_sales", ""),
         ("D05", "date", "2024-02-30"), ("K02", "account", "A9"), ("K03", "product", "")]


def test_faulty_rows_are_set_aside_with_their_text(border):
    rows = [line(**{column: cell}) for _, column, cell in ASIDE]
    border.sales(GOOD, *rows)
    intake = border.read()
    assert len(intake.tables["sales"]) == 1
    assert intake.quarantine["row"].tolist() == [3, 4, 5, 6, 7, 8]
    assert intake.quarantine["code"].tolist() == [code for code, _, _ in ASIDE]
    assert intake.quarantine["original"].tolist() == rows


def test_row_with_several_faults_names_them_all(border):
    border.sales(GOOD, "2024-02-30,A9,P1,1,x")
    assert border.read().quarantine["code"].tolist() == ["D05, K02, N01"]


def test_codes_stay_text(border):
    codes = ["007", "NA", "NULL", "None", "nan", "1E5", "12345678901234567890", "2-3", "㈱Ａ", "A B"]
    border.sales(*(line(product=code) for code in codes))
    assert border.read().tables["sales"]["product"].tolist() == codes


def test_texts_are_composed_and_cleaned(border):
    border.sales(line(product="カ\u3099"), line(product="\u3000P\u200b1 "))
    assert border.read().tables["sales"]["product"].tolist() == ["ガ", "P1"]


def test_amounts_are_read_as_people_write_them(border):
    meant = {"1,234": 1234, "△1,456": -1456, "▲7": -7, "(123)": -123, "−9": -9, "-9": -9, "１２３": 123, "¥1,234": 1234,
             "￥△5": -5, "1,200円": 1200, " 300 ": 300, "+4": 4, "0": 0, "12.0": 12, "-1,234,567": -1234567}
    border.sales(*(line(net_sales=f'"{cell}"') for cell in meant))
    assert border.read().tables["sales"]["net_sales"].tolist() == list(meant.values())


def test_unmistakable_dates_are_read(border):
    border.sales(*map("{},A1,P1,1,100".format, [
        "2024-04-01", "2024/4/1", "20240401", "2024年4月1日", "令和6年4月1日", "２０２４/０４/０１", "2024/4/1 0:00",
        "2024-04-01 12:30:00", "2024.04.01", "R6/4/1", "平成36年4月1日"]))
    intake = border.read()
    assert set(intake.tables["sales"]["date"]) == {pd.Timestamp("2024-04-01")}
    assert intake.quarantine["original"].tolist() == ["平成36年4月1日,A1,P1,1,100"]


@pytest.mark.parametrize(("cell", "form"), [("01/04/2024", "%d/%m/%Y"), ("24/4/1", "%y/%m/%d"), ("45383", "excel"),
                                            ("45383.5", "excel"), ("2024-04-01", "%d/%m/%Y")])
def test_declared_dates_are_read(border, cell, form):
    border.sales(line(date=cell))
    border.source(date_format=form)
    assert border.read().tables["sales"]["date"].tolist() == [pd.Timestamp("2024-04-01")]


def test_dates_that_are_not_as_declared_are_set_aside(border):
    border.sales(line(date="01/04/2024"), line(date="2024 April"))
    border.source(date_format="%d/%m/%Y")
    assert the(border.found(), "D05")["facts"]["form"] == "%d/%m/%Y"


HEADERS = [
    ("S05", "STOP", "date,account,product,quantity,net_sales,net_sales", GOOD + ",1"),
    ("S06", "FIX", "date,ａｃｃｏｕｎｔ,product, quantity ,net_sales", GOOD),
    ("S07", "STOP", "date,account,product,quantity,net_sale", GOOD),
    ("S01", "STOP", "date,account,product,quantity,net_sales", GOOD + ","),
    ("S02", "QUAR", "date,account,product,quantity,net_sales", GOOD + ",x,y"),
    ("S02", "QUAR", "date,account,product,quantity,net_sales", "2024-04-01,A1,P1"),
    ("S03", "STOP", "date,account,product,quantity,net_sales", '2024-04-01,"A1,P1,1,100'),
    ("S04", "FIX", "date;account;product;quantity;net_sales", GOOD.replace(",", ";")),
    ("S04", "FIX", "date\taccount\tproduct\tquantity\tnet_sales", GOOD.replace(",", "\t")),
    ("F03", "STOP", "date,account,product,quantity,net_sales", ""),
]


@pytest.mark.parametrize(("code", "severity", "header", "row"), HEADERS)
def test_faulty_shape_is_named(border, code, severity, header, row):
    first = GOOD.replace(",", "\t" if "\t" in header else ";" if ";" in header else ",")
    first += ",1" if code == "S05" else ""
    border.sales(*([first, row] if row else []), header=header)
    assert the(border.found(), code)["severity"] == severity


def test_trailing_delimiter_never_shifts_columns(border):
    border.sales(GOOD, GOOD + ",", GOOD + ",")
    finding = the(border.found(), "S01")
    facts = finding["facts"]
    assert (finding["row"], finding["count"], facts["expected"], facts["actual"]) == (3, 2, "5", "6")


def test_missing_column_comes_with_the_nearest_header_and_the_line_to_add(border):
    border.sales(GOOD, header="date,account,product,quantity,net sales")
    finding = the(border.found(), "S07")
    assert finding["facts"]["nearest"] == "net sales"
    assert finding["facts"]["line"] == 'net_sales = "net sales"'


def test_duplicate_header_names_both_columns(border):
    border.sales(GOOD + ",1", header="date,account,product,quantity,net_sales,net_sales")
    assert the(border.found(), "S05")["facts"]["places"] == "E, F"


def test_title_rows_above_the_header_propose_the_header_row(border):
    border.write("sales.csv", f"売上明細,,,,\n2024年度,,,,\ndate,account,product,quantity,net_sales\n{GOOD}\n")
    assert the(border.found(), "S08")["facts"]["header_row"] == "3"
    border.source(header_row=3)
    assert len(border.read().tables["sales"]) == 1


def test_blank_rows_are_left_out_and_rows_keep_their_numbers(border):
    border.sales(GOOD, ",,,,", "", line(date="2024-02-30"))
    findings = border.found()
    assert the(findings, "S11")["facts"]["first"] == "3"
    assert the(findings, "D05")["row"] == 5


def test_newline_in_quotes_counts_as_one_row(border):
    border.sales('2024-04-01,A1,"P\n1",1,100', line(date="2024-02-30"))
    assert the(border.found(), "D05")["row"] == 3


TOTALS = [("合計", "350"), ("Grand Total", "350"), ("A1 Total", "350"), ("小計", "250")]


@pytest.mark.parametrize(("name", "amount"), TOTALS)
def test_total_rows_are_left_out_and_counted(border, name, amount):
    border.sales(GOOD, line(net_sales="250"), f",{name},,,{amount}")
    intake = border.read()
    assert intake.tables["sales"]["net_sales"].sum() == 350
    finding = the(intake.findings.to_dict("records"), "S09")
    assert (finding["severity"], finding["row"], finding["value"]) == ("WARN", 4, name)
    rows = intake.controls.query("table == 'sales' and measure == 'rows'").iloc[0]
    assert (rows["excluded"], rows["quarantined"]) == (1, 0)


def test_total_that_is_the_sum_of_nothing_stops(border):
    border.sales(GOOD, line(net_sales="250"), ",合計,,,999")
    findings = [finding for finding in border.found() if finding["code"] == "S09"]
    assert {(finding["severity"], finding["row"]) for finding in findings} == {("STOP", 4), ("WARN", 4)}
    border.source(ignore={"account": ["合計"]})
    assert border.read().tables["sales"]["net_sales"].sum() == 350


def test_word_that_holds_a_total_is_no_total(border):
    border.sales(line(product="計算機"), line(product="TotalCare"), line(product="totals2"))
    assert len(border.read().tables["sales"]) == 3


ENCODINGS = [("utf-8-sig", "F07"), ("utf-16", "F07"), ("utf-16-le", "F07"), ("cp932", "F04")]


@pytest.mark.parametrize(("encoding", "code"), ENCODINGS)
def test_encodings_are_found_and_told(border, encoding, code):
    border.write("sales.csv", f"date,account,product,quantity,net_sales\n{line(product='①㈱髙')}\n", encoding)
    intake = border.read()
    assert intake.tables["sales"]["product"].tolist() == ["①㈱髙"]
    assert the(intake.findings.to_dict("records"), code)["severity"] == "FIX"
    assert intake.files.loc[intake.files["table"] == "sales", "encoding"].item() == encoding


def test_one_line_in_another_encoding_stops_with_its_line(border):
    text = "\n".join(["date,account,product,quantity,net_sales", *[line(product="売上")] * 3]) + "\n"
    border.write("sales.csv", text.encode() + line(product="髙島").encode("cp932") + b"\n")
    finding = the(border.found(), "F06")
    assert (finding["facts"]["line"], finding["facts"]["cp932"]) == ("5", line(product="髙島"))


def test_spoilt_text_stops(border):
    border.sales(line(product="売上".encode().decode("latin-1")))
    assert the(border.found(), "F05")["facts"]["meant"] == "売上"


def test_declared_encoding_is_strict(border):
    border.write("sales.csv", f"date,account,product,quantity,net_sales\n{line(product='髙')}\n", "cp932")
    border.source(encoding="utf-8")
    assert the(border.found(), "F06")["severity"] == "STOP"
    border.source(encoding="no-such")
    assert the(border.found(), "F06")["facts"]["case"] == "unknown"


def test_missing_file_lists_what_is_there(border):
    border.source(path="sale.csv")
    finding = the(border.found(), "F01")
    assert (finding["severity"], finding["file"]) == ("STOP", "sale.csv")
    assert finding["facts"]["nearest"].startswith("sales.csv")


def test_folder_in_place_of_a_file(border):
    (border.folder / "ledger").mkdir()
    border.source(path="ledger")
    assert the(border.found(), "F01")["facts"]["case"] == "folder"


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x", "y")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
FILES = [
    ("F02", "", "sales.csv", b""), ("F08", "csv", "sales.xlsx", b"date,account\n"),
    ("F08", "csv", "sales.parquet", b"x"),
    ("F08", "html", "sales.xlsx", b"<html><table></table></html>"), ("F08", "xls", "sales.xls", OLE),
    ("F08", "xls", "sales.xlsx", OLE), ("F08", "locked", "sales.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")),
    ("F08", "xlsx", "sales.csv", _zip()), ("F09", "", "sales.xlsx", _zip()),
    ("F09", "", "sales.xlsx", b"PK\x03\x04abc"),
    ("F09", "", "sales.parquet", b"PAR1abc"),
]


@pytest.mark.parametrize(("code", "case", "name", "content"), FILES)
def test_file_that_is_not_what_it_seems_stops(border, code, case, name, content):
    border.write(name, content)
    border.source(path=name)
    finding = the(border.found(), code)
    assert (finding["severity"], finding["file"], finding["facts"].get("case", "")) == ("STOP", name, case)


def test_workbook_cut_short(border):
    path = border.folder / "sales.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("s").write_row(0, 0, ["date", "account"])
    border.write("sales.xlsx", path.read_bytes()[:-200])
    border.source(path="sales.xlsx")
    assert the(border.found(), "F09")["severity"] == "STOP"


def test_workbook_that_unpacks_to_too_much(border):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(30_000_000))
    border.write("sales.xlsx", out.getvalue())
    border.source(path="sales.xlsx")
    assert the(border.found(), "F10")["severity"] == "STOP"


def test_same_file_under_two_names_stops(border):
    border.write("copy.csv", (border.folder / "sales.csv").read_bytes())
    border.source(path=["copy.csv", "sales.csv"])
    finding = the(border.found(), "F15")
    assert (finding["file"], finding["facts"]["other"]) == ("sales.csv", "copy.csv")


def test_same_file_by_two_patterns_stops(border):
    border.source(path=["sales.csv", "sal*.csv"])
    assert the(border.found(), "F15")["severity"] == "STOP"


def test_changed_while_it_is_read(border, monkeypatch):
    stat = os.fstat

    def older(descriptor):
        result = stat(descriptor)
        return os.stat_result((*result[:6], result.st_size - 1, *result[7:]))

    monkeypatch.setattr("kamnb.intake.files.os.fstat", older)
    assert {finding["code"] for finding in border.found()} >= {"F14"}


def test_all_faults_of_all_files_come_at_once(border):
    border.write("accounts.csv", b"")
    border.sales(GOOD, header="date,account,product,quantity,amount")
    border.source("stores")
    assert {(f["code"], f["file"]) for f in border.found()} >= {("F02", "accounts.csv"), ("S07", "sales.csv"),
                                                                ("F01", "stores.csv")}


def test_unknown_table_and_column_name_the_nearest(border):
    border.source("account", path="accounts.csv")
    border.source("sales", columns={"net_sale": "x"}, ignore={"acount": ["x"]})
    findings = {finding["value"]: finding["facts"]["nearest"] for finding in border.found() if finding["code"] == "C01"}
    assert findings == {"account": "accounts", "net_sale": "net_sales", "acount": "account"}


def test_required_table_must_be_given(border):
    del border.sources["accounts"]
    assert the(border.found(), "C02")["table"] == "accounts"


def test_duplicate_key_in_a_master_stops(border):
    border.write("accounts.csv", "account,name,channel\nA1,Alpha,drug\nA1,Alpha,drug\nA2,Beta,store\n")
    findings = [f for f in border.found() if f["code"] == "K01"]
    assert [(f["severity"], f["row"], f["column"], f["value"], f["count"]) for f in findings] == [
        ("STOP", 2, "account", "A1", 2)]


def test_repeated_rows_are_kept_with_a_warning_and_dropped_when_declared(border):
    border.sales(GOOD, GOOD, line(net_sales="5"))
    finding = the(border.found(), "K06")
    assert (finding["severity"], finding["row"], finding["facts"]["amount"]) == ("WARN", 3, "100")
    assert border.read().tables["sales"]["net_sales"].sum() == 205
    border.source(dedupe="exact")
    intake = border.read()
    assert intake.tables["sales"]["net_sales"].sum() == 105
    assert the(intake.findings.to_dict("records"), "K06")["severity"] == "FIX"
    assert intake.controls.query("measure == 'amount'")["excluded"].tolist() == [100]


def test_rows_that_differ_in_an_unmapped_column_are_no_repeats(border):
    header = "no,date,account,product,quantity,net_sales"
    border.sales("1," + GOOD, "2," + GOOD, header=header)
    assert not [f for f in border.found() if f["code"] == "K06"]


def test_nothing_usable_in_a_required_table_stops(border):
    border.sales(line(account="A8"), line(account="A9"))
    assert the(border.found(), "S16")["severity"] == "STOP"


def test_several_currencies_in_one_column_stop(border):
    border.sales(line(net_sales="¥5"), line(net_sales="$5"))
    assert the(border.found(), "N18")["facts"]["currencies"] == "$, ¥"
