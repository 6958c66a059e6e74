"""Fiscal periods, named by their start year; twelve-month windows back from the last complete month."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from pandas import Series, Timestamp

from kamnb import calendar


def test_march_belongs_to_the_year_before():
    days = Series(pd.to_datetime(["2025-03-31", "2025-04-01", "2024-02-29"]))
    assert calendar.fiscal_year(days).tolist() == [2024, 2025, 2023]
    assert calendar.half(days).tolist() == [2, 1, 2]
    assert calendar.fiscal_period(days).tolist() == [12, 1, 11]


def test_a_month_is_complete_on_its_last_day_only():
    assert calendar.last_complete_month(Timestamp("2025-12-31")) == Timestamp("2025-12-01")
    assert calendar.last_complete_month(Timestamp("2025-12-30")) == Timestamp("2025-11-01")


@given(st.dates(min_value=pd.Timestamp("2001-01-01").date(), max_value=pd.Timestamp("2060-12-31").date()))
def test_windows_have_twelve_months_each(day):
    as_of = Timestamp(day)
    months = Series(pd.date_range(end=calendar.last_complete_month(as_of), periods=36, freq="MS"))
    assert calendar.years_back(months, as_of=as_of).value_counts().to_dict() == {0: 12, 1: 12, 2: 12}


def test_incomplete_windows_are_left_out():
    panel = pd.DataFrame({"month": pd.date_range("2023-06-01", "2025-12-01", freq="MS")})
    years = calendar.add_years(panel, as_of=Timestamp("2025-11-30"))
    assert sorted(years["year"].unique()) == [Timestamp("2024-11-30"), Timestamp("2025-11-30")]
    assert len(years) == 24


def test_fiscal_end_follows_the_start():
    assert calendar.is_fiscal_end(Timestamp("2025-03-31"), start=4)
    assert not calendar.is_fiscal_end(Timestamp("2025-12-31"), start=4)
    assert calendar.is_fiscal_end(Timestamp("2025-12-31"), start=1)
