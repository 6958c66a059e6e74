"""What is reviewed: complete months only, key accounts or the largest."""

import pandas as pd
from pandas import DataFrame

from kamnb import review

from .conftest import monthly, scope_at, two_accounts


def test_a_month_counts_only_when_it_is_complete():
    assert list(scope_at("2025-12-31").done.month) == [4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert list(scope_at("2025-12-30").done.month) == [4, 5, 6, 7, 8, 9, 10, 11]


def test_after_the_last_month_the_next_year_is_forecast():
    scope = scope_at("2025-03-31")
    assert (scope.year, scope.landing, len(scope.done)) == (2024, 2025, 12)
    early = scope_at("2025-04-15")
    assert (early.year, early.landing) == (2024, 2025)


def test_base_months_lie_a_year_before():
    scope = scope_at("2025-06-30")
    assert list(scope.before) == [pd.Timestamp(f"2024-{month:02d}-01") for month in (4, 5, 6)]


def test_selected_accounts_are_the_key_accounts():
    panel, scope = monthly({"A": {"2025-05-01": 5}, "B": {"2025-05-01": 9}}), scope_at("2025-06-30")
    chosen = DataFrame({"account": ["A", "B"], "decision": ["key", "not_key"]})
    keys = review.choose_accounts(chosen, panel, accounts=two_accounts(), scope=scope)
    assert keys[["account", "net_sales", "basis"]].values.tolist() == [["A", 5, "selected"]]
    assert review.summarise_scope(keys, scope=scope)["key"] == "review.scope.selected"


def test_without_a_selection_the_largest_stand_in():
    panel, scope = monthly({"A": {"2025-05-01": 5}, "B": {"2025-05-01": 9}}), scope_at("2025-06-30")
    keys = review.choose_accounts(DataFrame({"decided_by": []}), panel, accounts=two_accounts(), scope=scope)
    assert list(keys["account"]) == ["B", "A"] and set(keys["basis"]) == {"largest"}
    assert review.summarise_scope(keys, scope=scope)["key"] == "review.scope.largest"


def test_channels_without_names_go_by_their_code(accounts):
    nameless = review.name_accounts(
        DataFrame({"account": ["A"], "name": ["Alpha"], "channel": ["R"], "level": [None]}),
        channels=DataFrame({"channel": ["X"], "name": ["Other"]}))
    assert nameless["channel_name"].tolist() == ["R"]
    assert "Drug stores" in set(accounts["channel_name"])


def test_categories_speak_the_language_of_the_reader_and_lose_nothing(categories, products):
    assert "Tea" in set(categories["category"])
    assert categories["net_sales"].sum() == products["net_sales"].sum()
    assert categories["cost"].sum() == products["cost"].sum()
