import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame, Series, Timestamp

from kamnb.methods import receivables as rec


def invoices(*rows):
    table = DataFrame(rows, columns=["account", "issued", "due", "amount", "paid_on", "paid"])
    table["invoice"] = [f"i{n}" for n in range(len(table))]
    dates = dict.fromkeys(["issued", "due", "paid_on"], "datetime64[us]")
    return table.astype({"account": "str", "amount": "Int64", "paid": "Int64", **dates})


@pytest.fixture
def ar():
    return invoices(("A", "2025-03-01", "2025-04-30", 100, None, None),
                    ("A", "2025-01-01", "2025-03-01", 40, None, None),
                    ("A", "2024-10-01", "2024-12-15", 30, None, 10),
                    ("B", "2025-01-10", "2025-02-28", 70, "2025-03-10", None),
                    ("B", "2025-02-10", "2025-03-31", 50, "2025-04-02", 50),
                    ("C", "2025-04-01", "2025-05-31", 90, None, None))


@pytest.mark.oracle("O29")
def test_days_of_sales():
    days = rec.days_of_sales(Series([500_000, 18_000]), Series([750_000, 20_000]), days=30)
    assert days.tolist() == pytest.approx([20, 27])


@pytest.mark.oracle("O29")
def test_days_by_count_back():
    months = pd.date_range("2025-04-01", periods=3, freq="MS")  # April has 30 days, May 31, June 30
    wide = DataFrame([[220.0, 250.0, 200.0]], index=["A"], columns=months)
    days = rec.count_back_days(Series({"A": 500}), wide, as_of=Timestamp("2025-06-30"))
    assert days["A"] == pytest.approx(67.818, abs=0.001)


def test_count_back_needs_enough_history():
    wide = DataFrame([[10.0]], index=["A"], columns=pd.to_datetime(["2025-06-01"]))
    days = rec.count_back_days(Series({"A": 11, "B": 5, "C": 0}), wide, as_of=Timestamp("2025-06-30"))
    assert days.isna().to_dict() == {"A": True, "B": True, "C": False}


def test_count_back_takes_the_days_of_a_month_that_has_just_begun():
    wide = DataFrame([[310.0, 100.0]], index=["A"], columns=pd.to_datetime(["2025-05-01", "2025-06-01"]))
    days = rec.count_back_days(Series({"A": 255}), wide, as_of=Timestamp("2025-06-10"))
    assert days["A"] == pytest.approx(10 + 155 / 310 * 31)


def test_open_items_know_only_what_had_happened_by_then(ar, as_of):
    items = rec.list_open_items(ar, as_of=as_of).set_index("invoice")
    assert items["open"].to_dict() == {"i2": 20, "i1": 40, "i4": 50, "i0": 100}
    assert items["bucket"].to_dict() == {"i2": "90+", "i1": "1-30", "i4": "current", "i0": "current"}
    assert items.loc["i2", "overdue_days"] == 106
    later = rec.list_open_items(ar, as_of=Timestamp("2025-04-05"))
    assert "i4" not in later["invoice"].tolist()
    assert "i5" in later["invoice"].tolist()


@pytest.mark.parametrize(("overdue", "bucket"), [(0, "current"), (1, "1-30"), (30, "1-30"), (31, "31-60"),
                                                 (61, "61-90"), (90, "61-90"), (91, "90+")])
def test_edges_of_the_buckets(overdue, bucket, as_of):
    due = as_of - pd.Timedelta(days=overdue)
    items = rec.list_open_items(invoices(("A", "2024-01-01", due, 5, None, None)), as_of=as_of)
    assert items["bucket"].tolist() == [bucket]


def test_buckets_sum_to_what_is_open(ar, as_of):
    aged = rec.age_receivables(ar, as_of=as_of)
    assert aged["account"].tolist() == ["A", "B"]
    assert (aged[list(rec.BUCKETS)].sum(axis=1) == aged["open"]).all()
    assert aged["open"].sum() == rec.list_open_items(ar, as_of=as_of)["open"].sum()
    assert aged.loc[0, ["overdue", "overdue_share"]].tolist() == [60, 60 / 160]


def test_overdue_list_has_the_longest_first(ar, as_of):
    assert rec.list_overdue(ar, as_of=as_of)["invoice"].tolist() == ["i2", "i1"]


def test_delay_is_what_overdue_adds_to_the_best_possible(ar, as_of):
    months = pd.date_range("2024-01-01", "2025-03-01", freq="MS")
    sales = DataFrame({"account": "A", "month": months, "net_sales": 100})
    table = rec.measure_dso(ar, sales, as_of=as_of)
    row = table.loc["A"]
    assert (row["sales"], row["days"]) == (300, 90)
    assert row[["dso", "best_possible", "delay"]].tolist() == pytest.approx([160 / 300 * 90, 30, 18])
    assert row["count_back"] == pytest.approx(31 + 60 / 100 * 28)
    assert table.loc["B", ["sales", "dso", "count_back"]].isna().all()


def test_tax_on_sales_shortens_the_days(ar, as_of):
    sales = DataFrame({"account": "A", "month": pd.to_datetime(["2025-03-01"]), "net_sales": [1000]})
    with_tax = rec.add_tax(sales, rate=0.10)
    assert with_tax["net_sales"].tolist() == [1100]
    plain, taxed = (rec.measure_dso(ar, rows, as_of=as_of).loc["A", "dso"] for rows in (sales, with_tax))
    assert plain / taxed == pytest.approx(1.1)


def test_payment_habits_are_weighted_by_amount(as_of):
    paid = invoices(("A", "2025-01-01", "2025-01-31", 100, "2025-02-10", None),
                    ("A", "2025-01-01", "2025-01-31", 300, "2025-01-31", 300),
                    ("A", "2025-03-01", "2025-03-31", 900, None, None))
    row = rec.measure_payment(paid, as_of=as_of).loc["A"]
    assert row.tolist() == pytest.approx([2, (40 + 3 * 30) / 4, 10 / 4, 0.25])


def test_no_sales_no_days():
    assert np.isnan(rec.days_of_sales(Series([5]), Series([0]), days=30)[0])
