import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods import pricing
from kamnb.methods.pricing import BARS, KINDS, PriceRules

SHARES = ["fixed_rebate", "achievement_rebate", "centre_fee"]


def book(*lines):
    """A terms book: (kind, basis, value) and more columns as a dict."""
    rows = [{"kind": kind, "basis": basis, "value": value, **more} for kind, basis, value, more in lines]
    table = DataFrame(rows, columns=["term", "account", "kind", "basis", "value", "category", "starts", "ends",
                                     "threshold", "probability", "document"])
    table["term"] = [f"t{n}" for n in range(len(rows))]
    table["account"] = "A"
    return table.astype({"term": "str", "account": "str", "kind": "str", "basis": "str", "value": float,
                         "category": "str", "starts": "datetime64[us]", "ends": "datetime64[us]",
                         "threshold": "Int64", "probability": float, "document": "str"})


def year_of(net, *, listed=None, cost=None, account="A", category="tea"):
    """Twelve months up to March 2025 that sum to `net`, all of it in the first month."""
    months = pd.date_range("2024-04-01", periods=12, freq="MS")
    spread = [[amount] + [0] * 11 if amount is not None else [None] * 12 for amount in (net, listed, cost)]
    return DataFrame({"account": account, "category": category, "year": pd.Timestamp("2025-03-31"), "month": months,
                      "net_sales": spread[0], "list_sales": pd.array(spread[1], dtype="Int64"),
                      "cost": pd.array(spread[2], dtype="Int64")})


@pytest.mark.oracle("O24")
def test_discounts_on_one_another_multiply():
    assert 500 * (1 - pricing.stack_discounts([0.12])) == pytest.approx(440)
    assert pricing.stack_discounts([0.10, 0.05]) == pytest.approx(0.145)


@pytest.mark.oracle("O25")
def test_lighting_supplier_invoices_two_thirds_of_list():
    terms = book(("on_invoice", "share_of_list", 0.328, {}))
    bars = pricing.build_waterfall(year_of(6720), terms, rules=PriceRules(scale=2)).iloc[0]
    assert bars[["list", "on_invoice", "invoice", "pocket"]].tolist() == [10000, -3280, 6720, 6720]
    assert bars["list_from"] == "terms"


@pytest.mark.oracle("O26")
def test_japanese_waterfall():
    terms = book(("on_invoice", "share_of_list", 0.08, {}), ("fixed_rebate", "share_of_invoice", 0.02, {}),
                 ("achievement_rebate", "share_of_invoice", 0.03, {"probability": 0.6}),
                 ("centre_fee", "share_of_invoice", 0.04, {}), ("promotion_funding", "amount_a_year", 25, {}),
                 ("payment_days", "days", 75, {}))
    rules = PriceRules(scale=4, days_cost_rate=0.015)
    bars = pricing.build_waterfall(year_of(920_0000, listed=1000_0000), terms, rules=rules).iloc[0]
    expected = {"list": 1000, "on_invoice": -80, "invoice": 920, "fixed_rebate": -18.40, "achievement_rebate": -16.56,
                "centre_fee": -36.80, "promotion_funding": -25, "payment_days": -2.8356, "pocket": 820.4044}
    assert {bar: bars[bar] / 10_000 for bar in expected} == pytest.approx(expected)
    assert bars["terms"] == 5


def test_margin_and_cost_to_serve_come_off_and_stay_unknown_if_unknown():
    terms = book(("fixed_rebate", "share_of_invoice", 0.1, {}))
    known = pricing.build_waterfall(year_of(1000, cost=600), terms, rules=PriceRules(), costs=Series({"A": 50}))
    bars = ["pocket", "cost", "pocket_margin", "cost_to_serve", "net"]
    assert known.iloc[0][bars].tolist() == [900, -600, 300, -50, 250]
    unknown = pricing.build_waterfall(year_of(1000), terms, rules=PriceRules()).iloc[0]
    assert unknown[["list", "on_invoice", "cost", "pocket_margin", "cost_to_serve", "net"]].isna().all()
    assert unknown["pocket"] == 900
    assert unknown["list_from"] == "unknown"


def test_boundary_of_the_pocket_moves_bars_but_not_the_net():
    terms = book(("centre_fee", "share_of_invoice", 0.04, {}), ("fixed_rebate", "share_of_invoice", 0.02, {}))
    sales, costs = year_of(1000, cost=500), Series({"A": 10})
    before, after = (pricing.build_waterfall(sales, terms, rules=PriceRules(after_pocket=kinds), costs=costs).iloc[0]
                     for kinds in ((), ("centre_fee",)))
    assert (before["pocket"], after["pocket"]) == (940, 980)
    assert before["net"] == after["net"] == 430


def test_most_likely_outcome_counts_whole_or_not_at_all():
    terms = book(("achievement_rebate", "share_of_invoice", 0.1, {"probability": 0.6}))
    amounts = [pricing.build_waterfall(year_of(1000), terms, rules=PriceRules(accrual=rule)).iloc[0]["pocket"]
               for rule in ("expected", "most_likely")]
    assert amounts == [940, 900]


@pytest.mark.parametrize(("threshold", "rebate"), [(1000, -30), (1001, 0)])
def test_rebate_without_a_chance_is_due_from_its_threshold(threshold, rebate):
    terms = book(("achievement_rebate", "share_of_invoice", 0.03, {"threshold": threshold}))
    assert pricing.build_waterfall(year_of(1000), terms, rules=PriceRules()).iloc[0]["achievement_rebate"] == rebate


def test_only_the_dearest_tier_reached_is_paid():
    terms = book(*(("progressive_rebate", "share_of_invoice", rate, {"threshold": least})
                   for least, rate in ((500, 0.01), (900, 0.02), (2000, 0.05))))
    assert pricing.build_waterfall(year_of(1000), terms, rules=PriceRules()).iloc[0]["progressive_rebate"] == -20


def test_term_of_half_a_year_costs_half_and_touches_only_its_months():
    half = {"starts": pd.Timestamp("2024-10-01")}
    terms = book(("promotion_funding", "amount_a_year", 600, half), ("fixed_rebate", "share_of_invoice", 0.02, half))
    bars = pricing.build_waterfall(year_of(1000), terms, rules=PriceRules()).iloc[0]
    assert bars["promotion_funding"] == -300
    assert bars["fixed_rebate"] == 0


def test_term_of_a_category_touches_only_its_category():
    sales = pd.concat([year_of(1000, category="tea"), year_of(500, category="coffee")])
    terms = book(("fixed_rebate", "share_of_invoice", 0.1, {"category": "coffee"}),
                 ("centre_fee", "share_of_invoice", 0.01, {}))
    bars = pricing.build_waterfall(sales, terms, rules=PriceRules()).iloc[0]
    assert bars[["invoice", "fixed_rebate", "centre_fee"]].tolist() == [1500, -50, -15]


def test_funding_of_a_category_without_sales_is_still_due():
    terms = book(("listing_fee", "amount_a_year", 80, {"category": "beer"}))
    assert pricing.build_waterfall(year_of(1000), terms, rules=PriceRules()).iloc[0]["listing_fee"] == -80


def test_account_without_terms_has_no_deductions_and_no_terms():
    terms = book(("fixed_rebate", "share_of_invoice", 0.1, {}))
    table = pricing.build_waterfall(pd.concat([year_of(1000), year_of(700, account="B")]), terms, rules=PriceRules())
    assert table.set_index("account").loc["B", ["terms", "fixed_rebate", "pocket"]].tolist() == [0, 0, 700]


def test_no_terms_book_no_waterfall():
    table = pricing.build_waterfall(year_of(1000), book(), rules=PriceRules())
    assert table.empty
    assert set(BARS) < set(table.columns)


def test_list_price_known_in_some_months_only_is_unknown():
    sales = year_of(1000, listed=1100)
    sales.loc[3, "list_sales"] = pd.NA
    bars = pricing.build_waterfall(sales, book(("centre_fee", "share_of_invoice", 0.1, {})), rules=PriceRules()).iloc[0]
    assert bars[["list", "on_invoice"]].isna().all()
    assert bars["pocket"] == 900


amount = st.integers(0, 10**11)
rate = st.floats(0, 0.4)


@settings(max_examples=40)
@given(amount, amount, amount, st.lists(st.tuples(st.sampled_from(SHARES), rate), min_size=1, max_size=4))
def test_bars_sum_exactly(net, listed, cost, lines):
    terms = book(*((kind, "share_of_invoice", value, {}) for kind, value in lines), ("payment_days", "days", 61, {}))
    bars = pricing.build_waterfall(year_of(net, listed=listed, cost=cost), terms, rules=PriceRules(),
                                   costs=Series({"A": 777})).iloc[0]
    assert bars["list"] + bars["on_invoice"] == bars["invoice"] == net
    assert bars["invoice"] + bars[list(KINDS)].sum() == bars["pocket"]
    assert bars["pocket"] + bars["cost"] + bars["cost_to_serve"] == bars["net"]


@given(st.integers(0, 10**9))
@settings(max_examples=20)
def test_a_hundred_times_finer_unit_leaves_the_ratios(net):
    terms = book(("fixed_rebate", "share_of_invoice", 0.07, {}), ("promotion_funding", "amount_a_year", 10, {}))
    yen, sen = (pricing.build_waterfall(year_of(net * unit), terms, rules=PriceRules(scale=scale)).iloc[0]["pocket"]
                for unit, scale in ((1, 0), (100, 2)))
    assert abs(yen * 100 - sen) <= 50


def test_bars_to_draw_hang_on_one_another():
    terms = book(("on_invoice", "share_of_list", 0.08, {}), ("fixed_rebate", "share_of_invoice", 0.02, {}),
                 ("centre_fee", "share_of_invoice", 0.04, {}))
    bars = pricing.list_bars(pricing.build_waterfall(year_of(920, listed=1000, cost=400), terms, rules=PriceRules()))
    assert bars["bar"].tolist() == ["list", "on_invoice", "invoice", "fixed_rebate", "centre_fee", "pocket", "cost",
                                    "pocket_margin"]
    steps = bars.set_index("bar")
    assert steps.loc["fixed_rebate", ["start", "end"]].tolist() == [920, 902]
    assert steps.loc["centre_fee", ["start", "end"]].tolist() == [902, 865]
    assert steps.loc["pocket", ["start", "end"]].tolist() == [0, 865]


def test_terms_book_shows_what_each_line_costs():
    terms = book(("achievement_rebate", "share_of_invoice", 0.03, {"probability": 0.5}),
                 ("payment_days", "days", 73, {}))
    valued = pricing.value_terms(pricing.imply_list(year_of(1000), terms), terms, rules=PriceRules(days_cost_rate=0.02))
    assert valued["amount"].tolist() == pytest.approx([15, 4])
    assert valued["chance"].tolist() == [0.5, 1]
