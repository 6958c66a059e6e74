import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame

from kamnb.calendar import add_years
from kamnb.methods import growth

YEARS = pd.to_datetime(["2023-03-31", "2024-03-31", "2025-03-31"])


def years(**accounts):
    return DataFrame(accounts, index=YEARS).T.rename_axis("account")


def test_years_are_columns_and_no_sales_is_zero(yearly):
    gone = yearly[~((yearly["account"] == "A00") & (yearly["year"] == "2025-03-31"))]
    wide = growth.total_years(gone)
    assert wide.shape == (40, 5)
    assert wide.loc["A00", pd.Timestamp("2025-03-31")] == 0
    assert wide.sum().sum() == gone["net_sales"].sum()
    assert growth.total_years(gone, by="channel").sum().sum() == gone["net_sales"].sum()


def test_rates_only_where_they_are_honest():
    table = growth.measure_growth(years(grows=[100, 110, 121], new=[0, 0, 5], black=[5, -10, 5], lost=[9, 4, 0]))
    assert table["case"].to_dict() == {"grows": "grew", "new": "new", "black": "turned_positive", "lost": "grew"}
    assert table.loc["grows", ["rate", "cagr"]].tolist() == pytest.approx([0.1, 0.1])
    assert table.loc[["new", "black"], "rate"].isna().all()
    assert table.loc["black", "cagr"] == 0
    assert table.loc[["new", "lost"], "cagr"].isna().all()
    assert table["change"].tolist() == [11, 5, 15, -4]


def test_single_year_has_no_growth():
    table = growth.measure_growth(years(a=[1, 2, 3]).iloc[:, -1:])
    assert table["current"].tolist() == [3]
    assert table[["base", "rate", "change", "cagr"]].isna().all(axis=None)
    assert table["case"].tolist() == ["unknown"]
    assert growth.list_growth(years(a=[1, 2, 3]).iloc[:, -1:]).empty


def test_every_year_is_listed():
    table = growth.list_growth(years(a=[100, 110, 99], b=[1, 1, 1]))
    assert table["account"].tolist() == ["a", "a", "b", "b"]
    assert table["rate"].tolist() == pytest.approx([0.1, -0.1, 0, 0])


def simulate(seed, *, noise, accounts=60, active=1.0):
    """Two years whose true growth is known: log growth normal around 5 % with deviation 10 %, `active` months."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0.05, 0.10, accounts)
    months = pd.date_range("2023-04-01", periods=24, freq="MS")
    late = np.arange(24) >= 12
    sales = np.exp(13 + truth[:, None] * late + rng.normal(0, noise, (accounts, 24)))
    sales *= rng.random((accounts, 24)) < active
    panel = DataFrame({"account": np.repeat([f"A{n:02}" for n in range(accounts)], 24), "channel": "c",
                       "month": np.tile(months, accounts), "net_sales": sales.ravel().astype("int64")})
    return add_years(panel, as_of=pd.Timestamp("2025-03-31")), np.exp(truth) - 1


def test_shrinking_comes_nearer_to_the_truth_and_the_interval_holds_it():
    errors, hits = [], []
    for seed in range(8):
        panel, truth = simulate(seed, noise=0.5)
        table = growth.shrink_growth(panel)
        errors.append([((table[name] - truth) ** 2).mean() for name in ("growth", "shrunken")])
        hits.append(((table["low"] <= truth) & (truth <= table["high"])).mean())
    raw, shrunken = np.mean(errors, axis=0)
    assert shrunken < 0.6 * raw
    assert 0.7 < np.mean(hits) < 0.92


def test_rare_buyers_are_not_believed_when_odd_and_even_months_disagree():
    panel, _ = simulate(4, noise=1.0, active=0.3)
    table = growth.shrink_growth(panel)
    assert table["growth"].max() > 3
    assert table["shrunken"].max() < 0.6
    assert table["shrinkage"].min() > 0.8


def test_quiet_months_leave_growth_alone():
    panel, truth = simulate(1, noise=0.01)
    table = growth.shrink_growth(panel)
    assert (table["shrinkage"] < 0.05).all()
    assert np.allclose(table["shrunken"], truth, atol=0.02)


def test_one_purchase_a_year_is_not_taken_for_certain(yearly):
    once = DataFrame({"account": "Z", "channel": "drug", "month": pd.to_datetime(["2023-06-01", "2024-06-01"]),
                      "net_sales": [100, 900], "year": pd.to_datetime(["2024-03-31", "2025-03-31"])})
    table = growth.shrink_growth(pd.concat([yearly, once]))
    assert table.loc["Z", "growth"] == pytest.approx(8)
    assert table.loc["Z", "high"] - table.loc["Z", "low"] > 0.01


def test_new_account_has_no_growth_and_small_channels_borrow_from_all(yearly):
    lone = yearly.assign(channel=yearly["channel"].where(yearly["account"] != "A00", "alone"))
    new = lone[(lone["account"] != "A01") | (lone["year"] == "2025-03-31")]
    table = growth.shrink_growth(new)
    assert table.loc["A01", ["growth", "shrunken", "low"]].isna().all()
    assert np.isfinite(table.loc["A00", ["shrunken", "low", "high"]].astype(float)).all()
    assert table["shrinkage"].dropna().between(0, 1).all()


def test_single_year_cannot_be_shrunken(yearly):
    table = growth.shrink_growth(yearly[yearly["year"] == "2025-03-31"])
    assert table["shrunken"].isna().all()
    assert len(table) == 40


def test_unit_of_money_does_not_matter(yearly):
    thousand = yearly.assign(net_sales=yearly["net_sales"] * 1000)
    once, other = growth.shrink_growth(yearly), growth.shrink_growth(thousand)
    pd.testing.assert_frame_equal(once, other)


@given(st.integers(1, 10**12), st.integers(-10**12, 10**12), st.integers(10**11, 10**14), st.integers(0, 10**14))
def test_market_and_share_effects_sum_to_the_change(base, current, before, after):
    table = growth.split_growth(DataFrame({"base": [base], "current": [current], "market_base": [before],
                                           "market_current": [after]}))
    assert (table["market_effect"] + table["share_effect"]).tolist() == table["change"].tolist() == [current - base]


def test_growing_with_the_market_wins_no_share():
    row = growth.split_growth(DataFrame({"base": [200], "current": [220], "market_base": [1000],
                                         "market_current": [1100]})).iloc[0]
    assert row[["market_effect", "share_effect", "share_points"]].tolist() == pytest.approx([20, 0, 0])


def test_unknown_market_leaves_the_split_unknown():
    table = growth.split_growth(DataFrame({"base": [200], "current": [220], "market_base": pd.array([None], "Int64"),
                                           "market_current": [1100]}))
    assert table[["market_effect", "share_effect", "share_base"]].isna().all(axis=None)
    assert table["change"].tolist() == [20]


def test_share_of_no_market_is_unknown():
    shares = growth.measure_share(pd.Series({"a": 5, "b": 5}), pd.Series({"a": 50}))
    assert shares["a"] == 0.1
    assert np.isnan(shares["b"])


def test_few_wild_accounts_do_not_loosen_the_hold_on_the_others():
    panel, truth = simulate(2, noise=0.5)
    wild = panel.assign(net_sales=panel["net_sales"].where(
        (panel["account"] > "A02") | (panel["year"] == "2025-03-31"), panel["net_sales"] // 500))
    others = growth.shrink_growth(wild)[3:]
    raw, shrunken = (((others[name] - truth[3:]) ** 2).mean() for name in ("growth", "shrunken"))
    assert shrunken < 0.6 * raw
