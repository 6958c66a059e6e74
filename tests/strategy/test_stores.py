"""Stores: the fair-share identity, what checks found, and the median of the channel."""

import pytest
from pandas import DataFrame, Timestamp

from kamnb import strategy
from tests.strategy.conftest import AS_OF, fill


def store_rows(account, handles, *, category_sales=1000, closed=None):
    return [
        {"store": f"{account}-{n}", "account": account, "handles": carried, "category_sales": category_sales * (n + 1), "closed": closed}
        for n, carried in enumerate(handles)
    ]


def sales_of(**amounts):
    return DataFrame({"account": list(amounts), "category": "Tea", "net_sales": list(amounts.values())})


def test_coverage_times_in_store_share_is_our_share_of_the_category():
    stores = fill("stores", store_rows("A1", [True, False, True]))
    row = strategy.measure_stores(stores, fill("store_checks", []), sales_of(A1=480), as_of=AS_OF).loc["A1"]
    assert row["coverage"] * row["in_store_share"] == pytest.approx(480 / 6000)
    assert (row["breadth"], row["per_store"]) == (2 / 3, 240)


def test_closed_stores_do_not_count():
    stores = fill("stores", [*store_rows("A1", [True]), *store_rows("A1x", [False], closed=Timestamp("2024-01-01"))])
    assert strategy.measure_stores(stores, fill("store_checks", []), sales_of(A1=1), as_of=AS_OF).index.tolist() == ["A1"]


def test_stores_that_do_not_carry_us_are_counted():
    stores = fill("stores", store_rows("A1", [True, False, False]))
    table = strategy.measure_stores(stores, fill("store_checks", []), sales_of(A1=90), as_of=AS_OF)
    found = strategy.summarise_stores(table, account="A1")
    assert (found["stores"], found["unhandled"], found["per_store"]) == (3, 2, 90)


def test_checks_are_ratios_of_sums_of_the_last_year():
    rows = [
        {"date": Timestamp(day), "store": "S", "account": "A1", "must_stock": most, "on_shelf": seen, "display": shown}
        for day, most, seen, shown in (("2025-03-01", 10, 4, True), ("2025-09-01", 30, 26, False), ("2024-06-01", 10, 0, False))
    ]
    row = strategy.measure_stores(fill("stores", []), fill("store_checks", rows), sales_of(), as_of=AS_OF).loc["A1"]
    assert (row["availability"], row["displays"]) == (30 / 40, 0.5)


def test_peers_need_five_accounts(accounts):
    stores = fill("stores", [row for n in range(1, 6) for row in store_rows(f"A{n}", [True, False])])
    table = strategy.measure_stores(stores, fill("store_checks", []), sales_of(**{f"A{n}": 10 for n in range(1, 6)}), as_of=AS_OF)
    few = strategy.compare_stores(table, accounts, account="A1")
    assert few["peers"].max() == 4 and few["peer"].isna().all()


def test_no_stores_no_rows(accounts):
    table = strategy.measure_stores(fill("stores", []), fill("store_checks", []), sales_of(), as_of=AS_OF)
    assert table.empty and strategy.compare_stores(table, accounts, account="A1").empty
    assert strategy.summarise_stores(table, account="A1") == {}
