import pandas as pd
import pytest
from pandas import DataFrame

from kamnb.actions import (
    appraise_bank,
    benchmark_account,
    list_years,
    measure_margin,
    name_categories,
    value_price,
    value_promotions,
    value_routing,
    value_whitespace,
)
from kamnb.actions.blocks import CARRIED
from kamnb.methods import forecast

YEAR = pd.date_range("2025-01-01", periods=12, freq="MS")


@pytest.fixture
def years(history, rules):
    """The outlook of an account whose forecast repeats the last year."""
    return list_years(history, rules=rules).assign(model="naive")


def priced(prices, sales=100):
    """One product with the list prices of twelve months, sold at `sales` a month."""
    return DataFrame(
        {
            "account": "A1",
            "product": "P1",
            "month": YEAR,
            "quantity": 10,
            "net_sales": sales,
            "list_sales": [10 * price for price in prices],
            "cost": 60,
        }
    )


def test_every_forecast_model_is_known_to_carry_something():
    assert set(CARRIED) == set(forecast.METHODS) | {"mean"}


def test_a_rise_counts_for_the_months_before_it(years, rules):
    found = value_price(priced([10] * 3 + [11] * 9), years, rules=rules).iloc[0]
    assert (found["amount"], found["basis"]) == (30, "price_carry")


def test_a_forecast_that_carries_the_step_leaves_nothing(years, rules):
    found = value_price(priced([10] * 3 + [11] * 9), years.assign(model="drift"), rules=rules).iloc[0]
    assert (found["amount"], found["basis"]) == (0, "price_settled")


def test_a_decided_change_counts_on_the_baseline(years, rules):
    decided = type(rules)(**{**rules.__dict__, "price_change": 0.02})
    expected = round(0.02 * int(years["net_sales"].iloc[-1]))
    assert value_price(priced([10] * 12), years, rules=decided)["amount"].iloc[0] == expected
    unpriced = priced([10] * 12).astype({"list_sales": "Int64"}).assign(list_sales=pd.array([None] * 12, dtype="Int64"))
    assert value_price(unpriced, years, rules=decided)["basis"].iloc[0] == "price_decided"


def test_no_list_price_is_unknown_not_zero(years, rules):
    unpriced = priced([10] * 12).assign(list_sales=pd.array([None] * 12, dtype="Int64"))
    found = value_price(unpriced, years, rules=rules).iloc[0]
    assert pd.isna(found["amount"]) and found["basis"] == "no_list_price"


def peers(own, size=1.0):
    """Six accounts of one channel and size that buy 100 a month of tea; A1 buys `own`."""
    codes = ["A1", "B1", "B2", "B3", "B4", "B5"]
    sold = DataFrame(
        [
            {"account": code, "product": "P1", "month": month, "net_sales": own if code == "A1" else 100}
            for code in codes
            for month in YEAR
        ]
    )
    accounts = DataFrame(
        {"account": codes, "channel": "C", "size": size, "category_purchases": pd.array([None] * 6, dtype="Int64")}
    )
    return name_categories(sold, DataFrame({"product": ["P1"], "category": ["Tea"]})), accounts


def test_whitespace_is_the_gap_to_peers_times_the_share_counted_on(rules):
    sold, accounts = peers(40)
    found = value_whitespace(benchmark_account(sold, accounts, rules=rules), accounts, rules=rules).iloc[0]
    assert (found["amount"], found["items"]) == (180, ("Tea",))


def test_few_peers_or_no_size_are_unknown(rules):
    sold, accounts = peers(40)
    few = accounts.iloc[:4]
    assert value_whitespace(benchmark_account(sold, few, rules=rules), few, rules=rules)["basis"].iloc[0] == "few_peers"
    bare = accounts.assign(size=float("nan"))
    found = value_whitespace(benchmark_account(sold, bare, rules=rules), bare, rules=rules).iloc[0]
    assert found["basis"] == "no_size" and pd.isna(found["amount"])


def bank(**changes):
    """Four displays that earned, and one bulk purchase of A1 that only moved sales."""
    rows = [
        {
            "account": f"B{n}",
            "promo": f"P{n}",
            "name": "Display",
            "mechanic": "display",
            "starts": YEAR[4],
            "net": 400.0,
            "margin": 160.0,
            "spend": 100,
            "verdict": "earned",
        }
        for n in range(4)
    ]
    return DataFrame(
        [
            *rows,
            {
                "account": "A1",
                "promo": "P9",
                "name": "Bulk",
                "mechanic": "bulk",
                "starts": YEAR[4],
                "net": 10.0,
                "margin": 4.0,
                "spend": 50,
                "verdict": "moved",
            }
            | changes,
        ]
    )


def test_money_of_a_failed_promotion_goes_into_the_kind_that_pays(rules):
    found = value_promotions(bank(), rules=rules).iloc[0]
    assert (found["amount"], found["rate"], found["into"], found["items"]) == (190, 4.0, "display", ("Bulk",))


@pytest.mark.parametrize("changes", [{"verdict": "earned"}, {"starts": pd.Timestamp("2023-05-01")}, {"account": "A7"}])
def test_a_promotion_that_paid_or_is_old_or_not_ours_moves_nothing(changes, rules):
    assert value_promotions(bank(**changes), rules=rules)["amount"].iloc[0] == 0


def test_no_kind_that_pays_moves_nothing(rules):
    assert value_promotions(bank().assign(margin=1.0), rules=rules)["basis"].iloc[0] == "nothing_to_move"


def test_the_bank_takes_the_dip_off_what_a_promotion_lifted(rules):
    months = pd.date_range("2022-01-01", "2025-12-01", freq="MS")
    sales = pd.Series(100, index=months)
    sales["2025-05-01"], sales["2025-06-01"] = 160, 45
    sold = DataFrame(
        {
            "account": "A1",
            "product": "P1",
            "category": "Tea",
            "month": months,
            "net_sales": sales.to_numpy(),
            "cost": 60,
            "quantity": 1,
        }
    )
    promos = DataFrame(
        {
            "promo": ["P1"],
            "account": ["A1"],
            "category": ["Tea"],
            "product": [None],
            "name": ["Bulk"],
            "mechanic": ["bulk"],
            "starts": [YEAR[4]],
            "ends": [YEAR[4] + pd.offsets.MonthEnd(0)],
            "spend": [20],
        }
    )
    found = appraise_bank(sold, promos, rules=rules).iloc[0]
    assert found["net"] == pytest.approx(5) and found["verdict"] == "moved"


def test_a_margin_with_an_unknown_cost_is_unknown(rules):
    sold = priced([10] * 12)
    assert measure_margin(sold, rules=rules) == pytest.approx(0.4)
    gap = sold.assign(cost=pd.array([None, *[60] * 11], dtype="Int64"))
    assert pd.isna(measure_margin(gap, rules=rules))


def sellthru(until):
    months = [month for month in YEAR if month <= pd.Timestamp(until)]
    return DataFrame({"month": months, "wholesaler": "W1", "account": "A1", "product": "P1", "quantity": 5})


def test_what_a_wholesaler_stopped_delivering_comes_to_us(years, rules):
    found = value_routing(sellthru("2025-03-01"), priced([10] * 12), years, rules=rules).iloc[0]
    assert (found["amount"], found["items"], found["basis"]) == (150, ("W1",), "routing")


def test_a_wholesaler_that_still_delivers_moves_nothing(years, rules):
    assert value_routing(sellthru("2025-12-01"), priced([10] * 12), years, rules=rules)["basis"].iloc[0] == "no_routing"
    carried = value_routing(sellthru("2025-03-01"), priced([10] * 12), years.assign(model="level"), rules=rules).iloc[0]
    assert (carried["amount"], carried["basis"]) == (0, "routing_carried")
