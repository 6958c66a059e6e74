"""Promotions: unknown is not zero, and the planted pair is told apart."""

import tomllib
from pathlib import Path

import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb import strategy
from tests.strategy.conftest import AS_OF, fill

TRUTH = tomllib.loads((Path(__file__).parents[2] / "data" / "sample" / "truth.toml").read_text(encoding="utf-8"))["T06"]


def promos(*rows):
    return fill(
        "promos",
        [
            {"promo": f"P{n}", "account": account, "starts": Timestamp(end), "ends": Timestamp(end), "spend": spend}
            for n, (account, end, spend) in enumerate(rows)
        ],
    )


def test_spend_of_the_last_year_against_sales(accounts):
    sales = DataFrame({"account": ["A1", "A2"], "category": "Tea", "net_sales": [1000, 500]})
    table = strategy.measure_funding(
        promos(("A1", "2025-05-31", 40), ("A1", "2024-05-31", 900), ("A2", "2024-01-31", 5)), sales, as_of=AS_OF
    )
    assert strategy.summarise_funding(table, accounts, account="A1") == {"promotions": 1, "spend": 40, "spend_rate": 0.04}
    assert strategy.summarise_funding(table, accounts, account="A2")["promotions"] == 0
    assert strategy.summarise_funding(table, accounts, account="A3") == {}


def test_no_promotions_no_rows():
    panel = DataFrame({"account": ["A1"], "product": ["P"], "month": [Timestamp("2025-01-01")], "net_sales": [1], "cost": [1]})
    table = strategy.appraise_account(panel, fill("products", []), fill("promos", []), as_of=AS_OF)
    assert table.empty and strategy.summarise_promotions(table) == {"measured": 0, "earned": 0, "moved": 0, "lost": 0}


def test_promotion_whose_aftermath_is_not_over_waits():
    months = pd.date_range("2022-01-01", "2025-12-01", freq="MS")
    panel = DataFrame({"account": "A1", "product": "P", "month": months, "net_sales": 100, "cost": 60})
    table = strategy.appraise_account(panel, fill("products", []), promos(("A1", "2025-11-30", 5), ("A1", "2025-06-30", 5)), as_of=AS_OF)
    assert table["month"].tolist() == [Timestamp("2025-06-30")]


def appraise(sample, account):
    panel, table = sample.panel("account_product_month", account=account), sample.table("promos", account=account)
    return strategy.appraise_account(panel, sample.table("products"), table, as_of=sample.as_of).set_index("promo")


def test_promotion_that_only_pulled_sales_forward_is_seen(sample):
    assert appraise(sample, TRUTH["forward_account"]).at[TRUTH["forward_promo"], "verdict"] == "moved"


def test_promotion_that_truly_added_is_seen(sample):
    row = appraise(sample, TRUTH["added_account"]).loc[TRUTH["added_promo"]]
    assert row["verdict"] in {"earned", "lost"} and row["net_uplift"] > 0.5 * row["uplift"] > 0
