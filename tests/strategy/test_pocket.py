"""What is left of list price: the constructed case of the method, the comparison with peers, the planted accounts."""

import tomllib
from pathlib import Path

import pandas as pd
import pytest
from pandas import DataFrame, Timestamp

from kamnb import strategy
from kamnb.settings import Choices
from tests.strategy.conftest import fill

TRUTH = tomllib.loads((Path(__file__).parents[2] / "data" / "sample" / "truth.toml").read_text(encoding="utf-8"))
RULES = strategy.price_rules(Choices(), scale=0)
NO_DRIVERS = fill("cost_drivers", [])


def sold(account, invoice, *, listed=None, cost=None):
    """One year of sales of `account` in one row, as `price_latest` returns it."""
    row = {
        "account": account,
        "year": Timestamp("2025-12-31"),
        "month": Timestamp("2025-06-01"),
        "category": "Tea",
        "net_sales": invoice,
        "list_sales": listed,
        "cost": cost,
    }
    return DataFrame([row]).astype({"net_sales": "int64", "list_sales": "Int64", "cost": "Int64"})


def term(number, account, kind, basis, value, **more):
    return {"term": f"T{number}", "account": account, "kind": kind, "basis": basis, "value": value, **more}


@pytest.fixture
def case():
    """The constructed case O26, ten million times as large so that rounding to yen does not show."""
    terms = fill(
        "terms",
        [
            term(1, "A1", "fixed_rebate", "share_of_invoice", 0.02),
            term(2, "A1", "achievement_rebate", "share_of_invoice", 0.03, probability=0.6),
            term(3, "A1", "centre_fee", "share_of_invoice", 0.04),
            term(4, "A1", "promotion_funding", "amount_a_year", 25e7),
            term(5, "A1", "payment_days", "days", 75),
        ],
    )
    return sold("A1", 920 * 10**7, listed=1000 * 10**7, cost=700 * 10**7), terms


@pytest.mark.oracle("O26")
def test_constructed_case_leaves_what_the_method_says(case):
    falls = strategy.build_waterfalls(*case, NO_DRIVERS, rules=RULES)
    found = strategy.summarise_worth(falls, case[0], account="A1")
    assert found["pocket_rate"] == pytest.approx(0.8204044, abs=5e-8)
    assert found["pocket_margin"] == found["pocket"] - 700 * 10**7
    assert "net" not in found and found["terms_cost"] == found["invoice"] - found["pocket"]


def test_bars_end_where_the_next_total_stands(case):
    bars = strategy.draw_bars(strategy.build_waterfalls(*case, NO_DRIVERS, rules=RULES), account="A1")
    totals = bars[bars["total"]]
    assert (
        bars.loc[~bars["total"] & bars["bar"].isin(["payment_days"]), "end"].tolist()
        == totals.loc[totals["bar"] == "pocket", "amount"].tolist()
    )
    assert bars["share"].iloc[0] == 1 and bars["share"].abs().max() == 1


def test_boundary_before_logistics_raises_the_pocket_by_fee_and_days(case):
    late = strategy.price_rules(Choices(pocket_boundary="before_logistics"), scale=0)
    inside, outside = (strategy.build_waterfalls(*case, NO_DRIVERS, rules=rules).loc["A1"] for rules in (RULES, late))
    assert outside["pocket"] - inside["pocket"] == -(inside["centre_fee"] + inside["payment_days"])


def test_without_terms_only_the_gross_margin_is_known(case):
    falls = strategy.build_waterfalls(case[0], fill("terms", []), NO_DRIVERS, rules=RULES)
    assert strategy.summarise_worth(falls, case[0], account="A1") == {"margin": 220 * 10**7, "margin_rate": 220 / 920}
    assert strategy.draw_bars(falls, account="A1").empty


def test_unknown_cost_is_not_zero_cost():
    sales = sold("A1", 100)
    falls = strategy.build_waterfalls(sales, fill("terms", []), NO_DRIVERS, rules=RULES)
    assert strategy.summarise_worth(falls, sales, account="A1") == {}


def test_account_that_bought_nothing_is_idle(case):
    falls = strategy.build_waterfalls(*case, NO_DRIVERS, rules=RULES)
    assert strategy.summarise_worth(falls, case[0], account="A2") == {"idle": True}


@pytest.fixture
def channel():
    """Eight chains of one channel: 2 % rebate for all, 6 % for A1."""
    sales = pd.concat([sold(f"A{n}", 900 * n, listed=1000 * n, cost=500 * n) for n in range(1, 9)])
    terms = fill("terms", [term(n, f"A{n}", "fixed_rebate", "share_of_invoice", 0.06 if n == 1 else 0.02) for n in range(1, 9)])
    return strategy.build_waterfalls(sales, terms, NO_DRIVERS, rules=RULES)


def test_dear_term_stands_out_with_what_it_costs(channel, accounts):
    table = strategy.compare_terms(channel, accounts, account="A1")
    first = table.iloc[0]
    assert (first["bar"], first["gap_amount"]) == ("fixed_rebate", 36)
    assert first["gap"] == pytest.approx(0.04 * 0.9)
    assert strategy.summarise_terms(table)["bar"] == "fixed_rebate"


def test_no_term_stands_out_among_equals(channel, accounts):
    assert strategy.summarise_terms(strategy.compare_terms(channel, accounts, account="A4")) == {"terms": 2}


def test_too_few_peers_make_no_median(channel, accounts):
    table = strategy.compare_terms(channel.loc[["A1", "A2", "A3"]], accounts, account="A1")
    assert table["peer_share"].isna().all() and strategy.summarise_terms(table) == {"terms": 2}


def test_price_below_its_size_is_flagged_and_others_are_not(channel, accounts):
    corridor = strategy.place_in_corridor(channel, accounts, account="A1")
    assert corridor.set_index("account")["flag"].to_dict() == {"A1": "low"} | {f"A{n}": "" for n in range(2, 9)}
    assert strategy.summarise_corridor(corridor)["below"] == pytest.approx(0.036, abs=1e-6)


def test_account_without_terms_has_no_place_in_the_corridor(channel, accounts):
    assert strategy.place_in_corridor(channel, accounts, account="B1").empty
    assert strategy.compare_terms(channel, accounts, account="B1").empty


@pytest.fixture(scope="module")
def planted(sample):
    priced = strategy.price_latest(sample.panel("account_product_month"), sample.table("products"), as_of=sample.as_of)
    rules = strategy.price_rules(sample.settings.choices, scale=sample.scale)
    return priced, strategy.build_waterfalls(priced, sample.table("terms"), sample.table("cost_drivers"), rules=rules)


def test_largest_account_loses_money_after_terms(planted):
    truth = TRUTH["T01"]
    priced, falls = planted
    found = strategy.summarise_worth(falls, priced, account=truth["account"])
    assert falls["invoice"].idxmax() == truth["account"] and found["invoice"] == truth["net_sales"]
    assert found["margin"] == truth["gross_margin"]
    # the truth counts no cost of payment days
    assert found["net"] - falls.at[truth["account"], "payment_days"] == pytest.approx(truth["profit"], rel=0.02)


def test_price_outlier_is_the_lowest_of_its_channel(planted, sample):
    truth = TRUTH["T05"]
    corridor = strategy.place_in_corridor(planted[1], sample.table("accounts"), account=truth["account"])
    found = strategy.summarise_corridor(corridor)
    assert found["flag"] == "low" and corridor["rate"].idxmin() == corridor.index[corridor["own"]][0]
    assert found["rate"] == pytest.approx(truth["pocket"], abs=0.003)
    assert corridor.loc[~corridor["own"], "rate"].median() == pytest.approx(truth["peers_median"], abs=0.005)
