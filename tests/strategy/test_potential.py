"""Whitespace: what it is measured by, where nothing may be claimed, and what it finds."""

import tomllib
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame

from kamnb import strategy
from kamnb.settings import StrategySettings
from kamnb.strategy.potential import choose_sizes
from tests.strategy.conftest import AS_OF, fill

RULES = StrategySettings()
TRUTH = tomllib.loads((Path(__file__).parents[2] / "data" / "sample" / "truth.toml").read_text(encoding="utf-8"))


@pytest.fixture
def sales():
    """Every chain of C1 buys tea for a tenth of its purchases and water for a twentieth; A1 buys no water."""
    rows = [(f"A{n}", category, n * share) for n in range(1, 9) for category, share in (("Tea", 100_000), ("Water", 50_000))]
    return DataFrame(rows, columns=["account", "category", "net_sales"]).drop(index=1).reset_index(drop=True)


def test_unbought_category_is_worth_what_peers_buy_at_this_size(sales, accounts, profile):
    space = strategy.benchmark_account(sales, accounts, account="A1", rules=RULES)
    first = space.iloc[0]
    assert (first["category"], first["sales"], first["gap_low"], first["gap_high"]) == ("Water", 0, 50_000, 50_000)
    found = strategy.summarise_space(space, profile)
    assert found["category"] == "Water" and found["bought"] == 1 and found["peers"] == 7


def test_peers_under_the_minimum_are_suppressed(sales, accounts, profile):
    few = sales[sales["account"].isin(["A1", "A2", "A3", "A4", "A5"])]
    space = strategy.benchmark_account(few, accounts, account="A1", rules=RULES)
    assert space["gap_low"].isna().all() and strategy.summarise_space(space, profile) == {}


def test_category_that_less_than_half_of_the_channel_buys_is_no_measure(accounts):
    more = pd.concat(
        [accounts, fill("accounts", [{"account": f"A{n}", "channel": "C1", "category_purchases": 1_000_000} for n in range(9, 20)])]
    )
    rows = [(f"A{n}", "Tea", 100_000) for n in range(1, 20)] + [(f"A{n}", "Rare", 90_000) for n in range(2, 8)]
    sales = DataFrame(rows, columns=["account", "category", "net_sales"])
    space = strategy.benchmark_account(sales, more, account="A1", rules=RULES).set_index("category")
    assert pd.isna(space.at["Rare", "gap_high"]) and space.at["Rare", "peers"] == 6
    assert space.at["Tea", "gap_high"] == 0


@pytest.mark.parametrize(("known", "basis"), [(("category_purchases", "size"), "category_purchases"), (("size",), "size"), ((), "mix")])
def test_size_is_the_best_that_the_channel_has(sales, accounts, known, basis):
    blank = accounts.assign(category_purchases=pd.array([None] * len(accounts), dtype="Int64"))
    given = blank.assign(**dict.fromkeys(known, accounts["category_purchases"]))
    assert choose_sizes(given, sales, account="A1")["basis"].unique().tolist() == [basis]


def test_size_of_the_account_itself_must_be_known(sales, accounts):
    lacking = accounts.assign(category_purchases=accounts["category_purchases"].where(accounts["account"] != "A1"), size=5.0)
    assert choose_sizes(lacking, sales, account="A1")["basis"].iloc[0] == "size"


def test_money_unit_does_not_change_which_category_is_open(sales, accounts):
    scaled = sales.assign(net_sales=sales["net_sales"] * 1000)
    tables = [strategy.benchmark_account(s, accounts, account="A3", rules=RULES) for s in (sales, scaled)]
    assert tables[0]["category"].tolist() == tables[1]["category"].tolist()


def test_headroom_below_a_hundredth_of_sales_is_none(sales, accounts, profile):
    nearly = pd.concat([sales, DataFrame({"account": ["A1"], "category": ["Water"], "net_sales": [49_900]})])
    found = strategy.summarise_space(strategy.benchmark_account(nearly, accounts, account="A1", rules=RULES), profile)
    assert found["category"] is None and found["headroom_high"] == 100


def test_nothing_in_nothing_out(accounts, profile):
    panel = DataFrame({"account": [], "product": [], "month": [], "net_sales": []}).astype(
        {"account": "str", "product": "str", "month": "datetime64[us]", "net_sales": "int64"}
    )
    latest = strategy.sum_latest(panel, fill("products", []), as_of=AS_OF)
    space = strategy.benchmark_account(latest, accounts, account="A1", rules=RULES)
    assert latest.empty and space.empty and strategy.summarise_space(space, profile) == {}


def test_planted_coffee_gap_is_found(sample):
    truth = TRUTH["T10"]
    latest = strategy.sum_latest(sample.panel("account_product_month"), sample.table("products"), as_of=sample.as_of)
    master = sample.table("accounts")
    space = strategy.benchmark_account(latest, master, account=truth["account"], rules=sample.settings.strategy)
    found = strategy.summarise_space(space, master[master["account"] == truth["account"]])
    assert found["category"] == truth["category_en"]
    assert (found["category_sales"], found["peers"]) == (truth["sales"], truth["peers"])
    assert found["gap_low"] == pytest.approx(truth["headroom"], rel=0.15)
