"""What engagement.toml can say of a table: names, constants, units, joins, rules for rows and rounding."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from kamnb.intake.dictionary import dictionary
from kamnb.intake.source import Source


def amounts(intake):
    return intake.controls.query("table == 'sales' and measure == 'amount'").iloc[0]


def codes(intake) -> dict[str, dict]:
    return {finding["code"]: finding for finding in intake.findings.to_dict("records")}


def test_headers_are_mapped_in_any_width(border):
    border.sales("2024-04-01,A1,P1,1,100", header="売上日,得意先ｺｰﾄﾞ,商品,数量, 売上　金額 ")
    border.source(columns={"date": "売上日", "account": "得意先コード", "product": "商品", "quantity": "数量",
                           "net_sales": "売上 金額"})
    intake = border.read()
    assert intake.tables["sales"]["account"].tolist() == ["A1"]
    assert codes(intake)["S06"]["facts"]["count"] == "2"


def test_findings_name_the_header_of_the_file(border):
    border.sales("2024-04-01,A9,P1,1,1OO", header="売上日,得意先,商品,数量,金額")
    border.source(columns={"date": "売上日", "account": "得意先", "product": "商品", "quantity": "数量",
                           "net_sales": "金額"})
    found = {finding["code"]: finding["column"] for finding in border.found()}
    assert found["N01"] == "金額"


def test_constant_fills_a_column(border):
    border.write("accounts.csv", "account,name\nA1,Alpha\nA2,Beta\n")
    border.source("accounts", constants={"channel": "drug"})
    assert border.read().tables["accounts"]["channel"].tolist() == ["drug", "drug"]


def test_column_cannot_be_mapped_and_constant():
    with pytest.raises(ValidationError, match="channel"):
        Source(path="a", columns={"channel": "x"}, constants={"channel": "y"})


def test_unknown_setting_is_refused():
    with pytest.raises(ValidationError, match="sheets"):
        Source(path="a", sheets="x")


@pytest.mark.parametrize(("unit", "cell", "minor"), [
    (1000, "1.5", 1500), (1000, '"12,345"', 12_345_000), ("0.01", "250", 2.5)])
def test_unit_scales_amounts_exactly(border, unit, cell, minor):
    border.sales(f"2024-04-01,A1,P1,1,{cell}")
    border.source(unit=unit)
    intake = border.read(scale=2)
    assert intake.tables["sales"]["net_sales"].tolist() == [round(minor * 100)]
    assert amounts(intake)["in_files"] == Decimal(str(minor))


def test_twins_of_text_columns_come_along(border):
    border.write("accounts.csv", "account,name,channel,name_ja\nA1,Alpha,drug,アルファ\nA2,Beta,store,\n")
    accounts = border.read().tables["accounts"]
    assert accounts["name_ja"].tolist()[0] == "アルファ"
    assert accounts["name_ja"].isna().tolist() == [False, True]
    assert "name_en" not in accounts


def test_ignored_values_leave_by_rule(border):
    border.sales("2024-04-01,A1,P1,1,100", "2024-04-01,ZZ,P1,1,7", "2024-04-01,,P1,1,20")
    border.source(ignore={"account": ["ZZ", ""]})
    intake = border.read()
    assert (amounts(intake)["accepted"], amounts(intake)["excluded"], amounts(intake)["quarantined"]) == (100, 27, 0)
    assert codes(intake)["S17"]["count"] == 2


JOINED = "code,group name\nA1,Big\nA2,Small\n"


def test_join_brings_columns_of_another_file(border):
    border.write("groups.csv", JOINED)
    border.write("accounts.csv", "account,name,g\nA1,Alpha,x\nA2,Beta,x\nA3,Gamma,x\n")
    border.source("accounts", join=[{"path": "groups.csv", "on": {"account": "code"}}], constants={"format": "chain"},
                  columns={"channel": "group name"})
    intake = border.read()
    assert intake.tables["accounts"]["channel"].tolist() == ["Big", "Small"]
    assert codes(intake)["K02"]["facts"]["case"] == "join"
    assert codes(intake)["N08" if "N08" in codes(intake) else "K03"]["row"] == 4
    assert "groups.csv" in intake.files["file"].tolist()


def test_join_through_another_join(border):
    border.write("products.csv", "product,sub\nP1,s1\n")
    border.write("subs.csv", "sub,cat,name\ns1,c1,Sub\n")
    border.write("cats.csv", "cat,name\nc1,Drinks\n")
    joins = [{"path": "subs.csv", "on": {"sub": "sub"}}, {"path": "cats.csv", "on": {"cat": "cat"}}]
    border.source("products", join=joins, columns={"category": "cats.name", "name": "name"})
    products = border.read().tables["products"]
    assert (products["category"].tolist(), products["name"].tolist()) == (["Drinks"], ["Sub"])


@pytest.mark.parametrize(("content", "on", "code"), [(JOINED + "A1,Twice\n", "code", "K01"), (JOINED, "kode", "S07")])
def test_join_that_cannot_be_made_stops(border, content, on, code):
    border.write("groups.csv", content)
    border.source("accounts", join=[{"path": "groups.csv", "on": {"account": on}}])
    finding = next(f for f in border.found() if f["code"] == code)
    assert (finding["severity"], finding["file"]) == ("STOP", "groups.csv")


def test_distinct_takes_a_master_from_the_ledger(border):
    border.sales("2024-04-01,A1,P1,1,1,Alpha,drug", "2024-04-02,A1,P1,1,1,ALPHA,drug",
                 "2024-04-02,A2,P1,1,1,Beta,store", header="date,account,product,quantity,net_sales,name,channel")
    border.source("accounts", path="sales.csv", distinct=True)
    intake = border.read()
    assert intake.tables["accounts"]["name"].tolist() == ["Alpha", "Beta"]
    assert (codes(intake)["K01"]["severity"], codes(intake)["K01"]["facts"]["columns"]) == ("WARN", "name")
    rows = intake.controls.query("table == 'accounts'").iloc[0]
    assert (rows["in_files"], rows["accepted"], rows["excluded"]) == (3, 2, 1)


@pytest.fixture
def returned(border):
    border.sales("2024-04-01,A1,P1,1,100,S1", "2024-04-02,A1,P2,2,250,S1", "2024-04-03,A2,P1,3,30,S2",
                 header="date,account,product,quantity,net_sales,doc")
    border.write("returns.csv", "slip,flag\nS1,○\nS9,○\n")
    border.source(returned={"path": "returns.csv", "doc": "slip"})
    return border


def test_returned_slips_are_entered_again_with_the_opposite_sign(returned):
    intake = returned.read()
    sales = intake.tables["sales"]
    assert sales["net_sales"].tolist() == [100, 250, 30, -100, -250]
    assert sales["quantity"].tolist() == [1, 2, 3, -1, -2]
    assert sales["line_type"].fillna("").tolist() == ["", "", "", "return", "return"]
    line = amounts(intake)
    assert (line["in_files"], line["added"], line["accepted"], line["difference"]) == (380, -350, 30, 0)


def test_everything_measured_on_a_returned_line_turns_round(returned):
    returned.sales("2024-04-01,A1,P1,2,100,120,60,40,S1", header=",".join(["date,account,product,quantity,net_sales",
                                                                           "list_sales,cost,margin,doc"]))
    sales = returned.read().tables["sales"]
    measures = [column.name for column in dictionary()["sales"].columns if column.kind in ("amount", "number")]
    assert (sales.loc[0, measures] == -sales.loc[1, measures]).all()


def test_returned_slip_that_was_never_sold_is_told(returned):
    finding = codes(returned.read())["K08"]
    assert (finding["severity"], finding["file"], finding["value"]) == ("WARN", "returns.csv", "S9")


def test_returns_need_the_slip_numbers(returned):
    returned.sales("2024-04-01,A1,P1,1,100")
    assert {"S07"} <= {finding["code"] for finding in returned.found()}


def test_codes_in_no_master_set_ledger_rows_aside_with_their_amount(border):
    border.sales("2024-04-01,A1,P1,1,100", "2024-04-01,A7,P1,1,40", "2024-04-01,A2,P1,1,x")
    line = amounts(border.read())
    assert (line["accepted"], line["quarantined"], line["unread"]) == (100, 40, 1)


def test_products_in_no_master_stay_with_a_warning(border):
    border.write("products.csv", "product,category\nP1,Drinks\n")
    border.source("products")
    intake = border.read()
    assert len(intake.tables["sales"]) == 2
    border.sales("2024-04-01,A1,P1,1,100", "2024-04-01,A1,P2,1,100", "2024-04-01,A1,P3,1,100")
    finding = codes(border.read())["K02"]
    assert (finding["severity"], finding["facts"]["codes"], finding["facts"]["case"]) == ("WARN", "2", "kept")


def test_rows_follow_the_master_row_that_was_set_aside(border):
    border.write("accounts.csv", "account,name,channel\nA1,Alpha,drug\nA2,,store\n")
    intake = border.read()
    assert intake.tables["sales"]["account"].tolist() == ["A1"]
    assert sorted(intake.quarantine["code"]) == ["K02", "N08"]


def test_faulty_detail_of_a_master_costs_only_itself(border):
    border.write("accounts.csv", "account,name,channel,size,level\nA1,Alpha,drug,big,Chain\nA2,Beta,store,7,tree\n")
    intake = border.read()
    accounts = intake.tables["accounts"]
    assert len(accounts) == 2
    assert accounts["size"].isna().tolist() == [True, False]
    assert accounts["level"].fillna("?").tolist() == ["chain", "?"]
    assert {(f["code"], f["severity"], f["row"]) for f in intake.findings.to_dict("records")} == {
        ("N01", "WARN", 2), ("N23", "WARN", 3)}


def test_ranges_and_words_are_checked(border):
    border.write("competitors.csv", "account,competitor,share,strength\nA1,X,8%,5\nA1,Y,1.2,3\nA1,Z,0.1,7\nA1,W,,\n")
    border.source("competitors")
    intake = border.read()
    assert intake.tables["competitors"]["share"].fillna(-1).tolist() == [0.08, -1]
    aside = intake.findings.query("severity == 'QUAR'")
    assert aside[["code", "row", "column"]].values.tolist() == [["N22", 3, "share"], ["N22", 4, "strength"]]


def test_whole_numbers_truth_and_months(border):
    border.write("stores.csv", "store,account,handles\nS1,A1,○\nS2,A1,いいえ\nS3,A1,\n")
    border.write("pos.csv", "month,account,product,quantity\n2024-04,A1,P1,1\n2024/5/17,A1,P1,1\n")
    border.source("stores")
    border.source("pos")
    intake = border.read()
    assert intake.tables["stores"]["handles"].fillna(False).tolist() == [True, False, False]
    assert intake.tables["stores"]["handles"].isna().sum() == 1
    assert intake.tables["pos"]["month"].dt.strftime("%Y-%m-%d").tolist() == ["2024-04-01", "2024-05-01"]


def test_table_without_rows_is_left_out_unless_it_is_required(border):
    border.write("stores.csv", "store,account\n")
    border.source("stores")
    intake = border.read()
    assert "stores" not in intake.tables
    assert codes(intake)["F03"]["severity"] == "WARN"


FRACTIONS = ("2024-04-01,A1,P1,1,10.4", "2024-04-01,A1,P2,1,10.4", "2024-04-01,A2,P1,1,10.4", "2024-04-01,A2,P2,1,-0.5")


def test_rounding_of_lines_is_half_away_and_shown(border):
    border.sales(*FRACTIONS)
    border.source(round_lines=True)
    intake = border.read()
    assert intake.tables["sales"]["net_sales"].tolist() == [10, 10, 10, -1]
    line = amounts(intake)
    assert (line["in_files"], line["accepted"], line["rounding"]) == (Decimal("30.7"), 29, Decimal("1.7"))
    assert line["difference"] == 0


def test_rounding_to_the_total_gives_the_total_rounded_once(border):
    border.sales(*FRACTIONS)
    border.source(round_lines="total")
    intake = border.read()
    assert intake.tables["sales"]["net_sales"].tolist() == [10, 11, 10, 0]
    line = amounts(intake)
    assert (line["accepted"], line["rounding"], line["difference"]) == (31, Decimal("-0.3"), 0)


def test_rounding_to_the_total_does_not_depend_on_the_order_of_rows(border):
    border.source(round_lines="total")
    tables = []
    for lines in (FRACTIONS, FRACTIONS[::-1]):
        border.sales(*lines)
        tables.append(border.read().tables["sales"].sort_values(["account", "product"]).reset_index(drop=True))
    assert tables[0].equals(tables[1])
