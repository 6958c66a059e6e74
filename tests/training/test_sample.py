import hashlib
import re
from pathlib import Path

import pytest

from kamnb.intake.dictionary import dictionary
from kamnb.settings import read_settings
from kamnb.training import make_sample
from kamnb.training.sample import make_tables

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"
LEFT_OUT = {"cal", "params", "shelf", "questions", "answers", "cases"}
LABELS = {"respondent"}          # codes of persons, the same in every language
CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def hashes(folder):
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def made():
    return make_tables()


def test_two_runs_write_the_same_bytes(tmp_path):
    make_sample(tmp_path / "first")
    make_sample(tmp_path / "second")
    assert hashes(tmp_path / "first") == hashes(tmp_path / "second")


def test_another_seed_gives_another_ledger_with_the_same_cast(made):
    other = make_tables(1)
    assert other["sales"]["net_sales"].sum() != made["sales"]["net_sales"].sum()
    assert other["accounts"]["account"].tolist() == made["accounts"]["account"].tolist()


def test_committed_sample_is_what_the_generator_makes(made, sample):
    assert {name: len(frame) for name, frame in made.items()} == {name: len(sample[name]) for name in made}
    assert made["sales"]["net_sales"].sum() == sample["sales"]["net_sales"].sum()
    assert made["ar"]["amount"].sum() == sample["ar"]["amount"].sum()


def test_sample_stays_small():
    assert sum(p.stat().st_size for p in SAMPLE.rglob("*") if p.is_file() and ".cache" not in p.parts) < 5_000_000


def test_intake_finds_no_fault_and_loses_nothing(intake):
    assert intake.findings.empty, intake.findings.to_string()
    assert intake.quarantine.empty
    assert (intake.controls["difference"] == 0).all()


def test_tables_given_are_those_of_the_dictionary_except_the_ones_to_ask_for():
    assert set(read_settings(SAMPLE).tables) == set(dictionary()) - LEFT_OUT


def test_client_is_a_beverage_maker_of_the_agreed_size(sample, sales):
    assert len(sample["accounts"]) == 180
    assert len(sample["channels"]) == 8
    assert len(sample["products"]) == 60 and sample["products"]["category"].nunique() == 6
    yearly = sales.groupby("year")["net_sales"].sum()
    assert yearly.index.tolist() == [2021, 2022, 2023, 2024, 2025]
    assert yearly.between(40e9, 60e9).all()
    assert sales.groupby(["year"])["month"].nunique().eq(12).all()


def test_every_amount_is_a_whole_yen_and_returns_are_negative(sample):
    lines = sample["sales"]
    back = lines["line_type"] == "return"
    assert back.any()
    assert (lines.loc[back, ["quantity", "net_sales", "list_sales", "cost"]] < 0).all(axis=None)
    assert (lines.loc[~back, ["quantity", "net_sales", "list_sales", "cost"]] > 0).all(axis=None)


def test_net_sales_are_list_sales_less_the_discount_of_the_terms_book(sample):
    book = sample["terms"][sample["terms"]["kind"] == "on_invoice"]
    lines = sample["sales"].merge(book[["account", "value", "starts", "ends"]], on="account")
    lines = lines[lines["date"].between(lines["starts"], lines["ends"])]
    assert len(lines) == len(sample["sales"])
    gap = lines["net_sales"].astype(float) - lines["list_sales"].astype(float) * (1 - lines["value"])
    assert (gap.abs() <= 0.5 + 1e-6 * lines["list_sales"].abs().astype(float)).all()


def test_list_prices_rise_by_four_per_cent_in_april_2023_and_2025(sales):
    lines = sales[(sales["product"] == "010101") & (sales["quantity"] > 0)]
    price = (lines["list_sales"] / lines["quantity"]).astype(float).groupby(lines["month"]).mean()
    rises = (price / price.shift() - 1).dropna()
    assert rises[rises.abs() > 0.001].round(3).to_dict().keys() == {price.index[27], price.index[51]}
    assert rises.nlargest(2).between(0.0395, 0.0405).all()


def test_every_text_a_reader_sees_has_english_and_chinese_twins(made):
    for name, table in dictionary().items():
        for column in (c.name for c in table.columns if c.kind == "text" and c.name not in LABELS):
            frame = made.get(name)
            if frame is None or column not in frame or frame[column].isna().all():
                continue
            given = frame[column].notna()
            for twin in (f"{column}_en", f"{column}_zh"):
                assert twin in frame, f"{name}.{column} has no {twin}"
                assert frame.loc[given, twin].notna().all(), f"{name}.{twin} is not filled"
            english = frame.loc[given, f"{column}_en"]
            assert not english.map(lambda text: bool(CJK.search(text))).any(), f"{name}.{column}_en"


def test_no_placeholder_is_left_in_a_text(made):
    for name, frame in made.items():
        for column in frame.select_dtypes(["object", "str"]):
            texts = frame[column].dropna().astype(str)
            assert not texts.str.contains(r"[{}]|\bnan\b", regex=True).any(), f"{name}.{column}"


def test_names_of_accounts_are_unique_in_every_language(made):
    for column in ("name", "name_en", "name_zh"):
        assert made["accounts"][column].is_unique


def test_store_lists_agree_with_the_account_master(sample):
    open_stores = sample["stores"][sample["stores"]["closed"].isna()].groupby("account").size()
    assert (sample["accounts"].set_index("account")["stores"].reindex(open_stores.index) == open_stores).all()


def test_plan_by_account_and_by_channel_do_not_overlap(sample):
    plan = sample["plan"]
    assert (plan["account"].notna() ^ plan["channel"].notna()).all()
    assert plan.groupby("month").size().eq(plan.groupby("month").size().iloc[0]).all()
    assert plan["month"].nunique() == 12


def test_accounts_differ_in_steadiness(sales):
    late = sales[sales["year"] >= 2024]
    wide = late.pivot_table(index="account", columns="month", values="net_sales", aggfunc="sum", fill_value=0)
    monthly = wide.astype(float)
    channel = late.drop_duplicates("account").set_index("account")["channel"].reindex(monthly.index)
    season = monthly.groupby(channel).transform("sum")
    level = monthly / season.div(season.mean(axis=1), axis=0)
    spread = level.std(axis=1, ddof=0) / level.mean(axis=1)
    assert (spread < 0.10).sum() >= 20
    assert spread.between(0.10, 0.25).sum() >= 20
    assert (spread > 0.25).sum() >= 20
