"""Sentences about faults: every code in three languages, in one form, with every placeholder filled."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import kamnb.intake
from kamnb.errors import InputError
from kamnb.intake.messages import fault_texts, message
from kamnb.intake.quarantine import write_faults

LANGUAGES = ("en", "ja", "zh")
SOURCES = {path.name: path.read_text(encoding="utf-8") for path in Path(kamnb.intake.__file__).parent.glob("*.py")}


def flat(tree: dict, prefix: str = "") -> dict[str, str]:
    out: dict[str, str] = {}
    for key, value in tree.items():
        out |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return out


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_languages_have_the_same_texts_and_placeholders(language):
    english, other = flat(fault_texts("en")), flat(fault_texts(language))
    assert list(other) == list(english)
    assert {key: placeholders(text) for key, text in other.items()} == {k: placeholders(t) for k, t in english.items()}


def test_every_code_has_its_texts_and_no_text_is_left_over():
    used = set(re.findall(r"\"([FSNDKC]\d\d)\"", " ".join(SOURCES.values())))
    assert used == {code for code in fault_texts("en") if re.fullmatch(r"[FSNDKC]\d\d", code)}


def test_message_has_the_form_of_the_catalogue(border):
    border.write("売上明細.csv", "date,account,product,quantity,金額\n2024-04-01,A1,P1,1,\"1,2OO\"\n"
                                 "2024-04-01,A1,P1,1,5\n")
    border.source(path="売上明細.csv", columns={"net_sales": "金額"})
    [finding] = border.found()
    assert message(finding, "ja") == (
        "E-N01 売上明細.csv › 行 2 › 列 金額: 「1,2OO」は数値として読めません（数字に似た英字が含まれています）。"
        "直し方: 1,200 に直して保存し、もう一度実行してください。")
    assert message(finding, "en") == ('E-N01 売上明細.csv › row 2 › column 金額: "1,2OO" is not a number: '
                                      "a letter stands where a digit should. Mend: write 1,200, save, and run again.")


def test_letter_tells_faults_warnings_and_repairs_apart(border):
    border.sales("2024-04-01,A1,1E+05,1,\"1,000\"", "2024-04-01,A1,P1,x,5", "2024-04-01,A1,P1,1,5")
    assert sorted(message(finding, "en")[:5] for finding in border.found()) == ["E-N01", "F-N01", "W-N11"]


def test_error_that_stops_says_everything_at_once(border):
    border.sales("01/04/2024,A1,P1,1,100.5", "02/04/2024,A1,P1,1,100")
    with pytest.raises(InputError) as caught:
        border.read()
    text = str(caught.value)
    assert "2 problems" in text
    assert "E-D01 sales.csv › row 2 › column date" in text
    assert "(2 rows; this is the first)" in text
    assert "E-N13 sales.csv › row 2 › column net_sales" in text
    assert "Mend: declare it" in text


def test_many_faults_of_one_kind_are_listed_up_to_a_limit_and_counted(border):
    border.sales("2024-04-01,A1,P1,1,1", *["2024-04-01,A1,P1,1,x"] * 250)
    findings = border.found()
    assert len(findings) == 201
    assert sum(finding["count"] for finding in findings) == 250
    assert any("50 more rows" in message(finding, "en") for finding in findings)
    assert len(border.read().quarantine) == 250


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_of_a_messy_folder_can_be_said(border, language):
    border.write("accounts.csv", "account,name,channel,size\nA1,Ａ社\u200b,drug,x\n", "utf-16")
    border.sales("2024-04-01,A1,P1,1,\"1,000\"", "2024-04-01,A9,P1,1,△1", ",合計,,,999",
                 "2024-02-30,,1E+05,1,#N/A", "x,y", "2025-05-01,A1,P1,1,1", "2025-05-01,A1,P1,1,1")
    said = [message(finding, language) for finding in border.found()]
    assert len(said) > 10
    assert not [line for line in said if "{" in line or "None" in line]


def test_faults_workbook_holds_findings_and_original_rows_as_text(border):
    border.sales("2024-04-01,A1,P1,1,100", "2024-04-01,A1,=1+1,1,x", "2024-04-01,A9,@SUM(A1),1,5")
    path = write_faults(border.read(), border.folder / "faults.xlsx", language="ja")
    book = CalamineWorkbook.from_path(path)
    words = fault_texts("ja")["sheet"]
    assert book.sheet_names == [words["findings"], words["originals"]]
    findings, originals = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    assert findings[0][0] == "コード"
    assert findings[1][:6] == ["N01", "行を隔離", "sales", "sales.csv", "", "3"]
    assert originals[1] == ["sales", "sales.csv", "", "3", "N01", "2024-04-01,A1,=1+1,1,x"]
    assert len(originals) == 3


def test_faults_workbook_is_the_same_every_time(border):
    border.sales("2024-04-01,A1,P1,1,100", "2024-04-01,A1,P1,1,x")
    intake = border.read()
    first = write_faults(intake, border.folder / "a.xlsx", language="en").read_bytes()
    assert write_faults(intake, border.folder / "b.xlsx", language="en").read_bytes() == first


@pytest.mark.parametrize("line", ["2024-04-01,A1,P1,1,100", "2024-04-01,A9,P1,1,1OO", "2025-05-01,A1,P1,1,(5)"])
def test_records_can_be_stored_as_parquet_and_still_be_said(border, line):
    border.sales("2024-04-02,A1,P1,1,7", line)
    intake = border.read()
    for name in ("findings", "quarantine", "controls", "files"):
        getattr(intake, name).to_parquet(border.folder / f"{name}.parquet", index=False)
    stored = pd.read_parquet(border.folder / "findings.parquet").to_dict("records")
    fresh = intake.findings.to_dict("records")
    assert [message(finding, "ja") for finding in stored] == [message(finding, "ja") for finding in fresh]
    controls = pd.read_parquet(border.folder / "controls.parquet")
    assert controls["in_files"].tolist() == intake.controls["in_files"].tolist()
