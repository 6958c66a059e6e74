"""Causes of the change: exact sums, one cause at a time, and the account that lost by mix alone."""

import pandas as pd
import pytest
from pandas import DataFrame

from kamnb import review

from .conftest import scope_at, two_accounts

SCOPE = scope_at("2025-04-30")
TWO = [("A", "dear", 10, 2000), ("A", "cheap", 10, 1000)]


def explain(base, current):
    """Causes of two months; rows: account, product, quantity, net_sales."""
    columns = ["account", "product", "quantity", "net_sales"]
    months = [DataFrame(rows, columns=columns).assign(month=pd.Timestamp(month), category="x")
              for rows, month in ((base, "2024-04-01"), (current, "2025-04-01"))]
    placed = review.place_sales(pd.concat(months, ignore_index=True), two_accounts(), scope=SCOPE)
    return review.explain_change(review.choose_items(placed, placed)).set_index("account")


def test_price_alone():
    row = explain([("A", "p", 10, 1000)], [("A", "p", 10, 1100)]).loc["A"]
    assert (row["price"], row["volume"], row["mix"], row["cause"]) == (100, 0, 0, "price")


def test_volume_alone():
    row = explain([("A", "p", 10, 1000)], [("A", "p", 8, 800)]).loc["A"]
    assert (row["price"], row["volume"], row["mix"], row["cause"]) == (0, -200, 0, "volume")


def test_mix_alone_is_found_and_named():
    causes = explain(TWO, [("A", "dear", 5, 1000), ("A", "cheap", 15, 1500)])
    assert causes.loc["A", ["price", "volume", "mix", "cause"]].tolist() == [0, 0, -500, "mix"]
    falls = review.find_mix_falls(causes.reset_index(), scope=SCOPE)
    assert falls["account"].tolist() == ["A"]
    assert review.summarise_mix(falls, causes)["mix"] == 500


def test_mix_beside_lost_volume_is_not_mix_alone():
    causes = explain(TWO, [("A", "dear", 5, 1000), ("A", "cheap", 12, 1200)])
    assert review.find_mix_falls(causes.reset_index(), scope=SCOPE).empty


def test_new_and_lost_stand_apart():
    causes = explain([("A", "p", 1, 99), ("A", "old", 1, 20)],
                     [("A", "p", 1, 99), ("A", "new", 1, 7), ("B", "p", 1, 5)])
    assert causes.loc["A", ["listed", "delisted", "volume"]].tolist() == [7, -20, 0]
    assert causes.loc["B", "cause"] == "new_account"
    bars = review.build_bridge(causes.reset_index()).set_index("bar")["amount"]
    assert bars["new_account"] == 5 and bars["listed"] == 7 and bars["delisted"] == -20


@pytest.mark.oracle("O13")
def test_the_published_split_of_price_volume_and_mix():
    causes = explain([("A", "ABC", 50, 6000), ("A", "DEF", 40, 3200)], [("A", "ABC", 60, 6600), ("A", "DEF", 50, 5000)])
    row = causes.loc["A"]
    assert row["price"] == 400 and row["change"] == 2400
    assert row["volume"] == pytest.approx(2044.4, abs=1) and row["mix"] == pytest.approx(-44.4, abs=1)


def test_parts_of_the_sample_sum_exactly_to_the_change(causes, panel, scope):
    parts = causes[["price", "volume", "mix", "listed", "delisted", "other"]].sum(axis=1)
    assert (parts == causes["change"]).all()
    assert causes["net_sales"].sum() == panel.loc[panel["month"].isin(scope.done), "net_sales"].sum()
    bridge = review.build_bridge(causes)
    steps = bridge.loc[~bridge["total"], "amount"].sum()
    assert bridge["amount"].iloc[0] + steps == bridge["amount"].iloc[-1] == bridge["end"].iloc[-2]


def test_the_order_of_rows_does_not_matter(products, categories, accounts, scope, causes):
    placed = [review.place_sales(rows.sample(frac=1, random_state=3), accounts, scope=scope)
              for rows in (products, categories)]
    again = review.explain_change(review.choose_items(*placed))
    pd.testing.assert_frame_equal(again, causes)


def test_only_the_planted_account_lost_by_mix_alone(causes, scope, truth):
    falls = review.find_mix_falls(causes, scope=scope)
    assert falls["account"].tolist() == [truth["T13"]["account"]]
    assert abs(falls["price"].iloc[0]) < 0.001 * abs(falls["mix"].iloc[0])


def test_accounts_that_never_buy_the_same_article_twice_are_explained_by_category():
    base = DataFrame({"account": "A", "product": ["a", "b"], "quantity": 1, "net_sales": 10, "category": "x"})
    rows = pd.concat([base.assign(month=pd.Timestamp("2024-04-01")),
                      base.assign(month=pd.Timestamp("2025-04-01"), product=["c", "d"])])
    placed = review.place_sales(rows, two_accounts(), scope=SCOPE)
    items = review.choose_items(placed, placed)
    assert set(items["grain"]) == {"category"} and set(items["comparable"]) == {1.0}
    causes = review.explain_change(items)
    assert review.summarise_mix(review.find_mix_falls(causes, scope=SCOPE), causes)["key"].endswith("untold")


def test_movers_are_the_largest_changes_and_carry_the_mark_of_a_route(causes, routes, truth):
    movers = review.pick_movers(causes, routes, limit=6)
    assert movers["change"].is_monotonic_increasing
    assert movers["change"].abs().min() >= causes["change"].abs().sort_values(ascending=False).iloc[5]
    assert set(movers.loc[movers["rerouted"], "account"]) == {truth["T12"]["account"], truth["T12"]["wholesaler"]}
