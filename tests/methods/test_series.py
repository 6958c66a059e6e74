import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame, Series

from kamnb.methods.series import (
    deseasonalise,
    list_intervals,
    round_amounts,
    seasonal_index,
    spread_months,
    spread_periods,
)


def panel_of(values, first="2024-01-01", account="A"):
    months = pd.date_range(first, periods=len(values), freq="MS")
    return DataFrame({"account": account, "month": months, "net_sales": values})


def test_rounding_is_half_away_from_zero_and_keeps_the_unknown():
    rounded = round_amounts(Series([0.5, 1.5, 2.5, -0.5, -2.5, np.nan]))
    assert rounded.tolist()[:5] == [1, 2, 3, -1, -3]
    assert rounded.isna().tolist() == [False] * 5 + [True]


def test_month_without_a_row_is_a_month_without_sales():
    gappy = panel_of([5, 6, 7]).drop(index=1)
    assert spread_months(gappy).loc["A"].tolist() == [5, 0, 7]


def test_quarters_are_counted_back_from_the_last_month():
    wide = spread_periods(panel_of([9, 1, 2, 3, 4, 5, 6]), by="quarter")
    assert wide.loc["A"].tolist() == [6, 15]
    assert wide.columns.tolist() == [pd.Timestamp("2024-02-01"), pd.Timestamp("2024-05-01")]


def test_season_is_found_and_taken_out():
    shape = np.array([80, 80, 90, 100, 110, 120, 140, 130, 110, 90, 80, 70])
    panel = panel_of(np.concatenate([shape * 10, shape * 20, shape * 40]))
    index = seasonal_index(spread_months(panel).loc["A"])
    assert index.mean() == pytest.approx(1)
    assert index[7] == pytest.approx(140 / 100)
    flat = deseasonalise(panel)["net_sales"]
    assert flat.to_numpy().reshape(3, 12).std(axis=1) == pytest.approx([0, 0, 0], abs=1e-9)


def test_season_starts_where_the_calendar_says_and_not_where_the_panel_does():
    values = [10 + (month == 8) * 10 for month in pd.date_range("2023-06-01", periods=27, freq="MS").month]
    index = seasonal_index(spread_months(panel_of(values, first="2023-06-01")).loc["A"])
    assert index.idxmax() == 8


def test_channels_have_their_own_season():
    summer = panel_of([1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1], account="S").assign(channel="summer")
    winter = panel_of([2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2], account="W").assign(channel="winter")
    flat = deseasonalise(pd.concat([summer, winter]), of="channel")
    assert flat.groupby("account")["net_sales"].std().tolist() == pytest.approx([0, 0], abs=1e-12)


def test_less_than_a_year_has_no_season():
    assert seasonal_index(spread_months(panel_of([1, 50, 1])).loc["A"]).eq(1).all()


def test_intervals_skip_returns_and_pauses():
    intervals = list_intervals(spread_months(panel_of([5, 0, -1, 5, 5])))
    assert intervals["interval"].tolist() == [3, 1]
