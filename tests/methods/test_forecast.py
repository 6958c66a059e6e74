import time

import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame, Timestamp

from kamnb.methods.forecast import forecast_landing, project_months

MONTHS = pd.date_range("2020-04-01", "2025-03-01", freq="MS")
AS_OF = Timestamp("2024-11-20")  # October is the last complete month


def panel_of(values, account="A"):
    amounts = np.asarray(values, dtype="int64")
    return DataFrame({"account": account, "month": MONTHS[:len(values)], "net_sales": amounts})


@pytest.fixture
def steady():
    """Every year the same twelve months."""
    return panel_of(np.tile(np.arange(10, 22) * 1000, 5))


def simulate(accounts=150, seed=3):
    rng = np.random.default_rng(seed)
    trend = np.exp(rng.normal(0.004, 0.006, accounts)[:, None] * np.arange(60))
    season = 1 + 0.3 * np.sin(np.arange(60) / 12 * 2 * np.pi)
    sales = rng.lognormal(13, 0.5, accounts)[:, None] * trend * season * rng.lognormal(0, 0.12, (accounts, 60))
    return pd.concat([panel_of(row, f"A{n:03}") for n, row in enumerate(sales)], ignore_index=True), sales


def test_what_repeats_every_year_lands_exactly(steady):
    row = forecast_landing(steady, year=2024, as_of=AS_OF).loc["A"]
    assert row["months_left"] == 5
    assert row["actual"] == sum(range(10, 17)) * 1000
    assert row[["p10", "p50", "p90"]].tolist() == [sum(range(10, 22)) * 1000] * 3
    assert row["model"] == "naive"


def test_months_after_the_as_of_date_are_never_looked_at(steady):
    spoilt = steady.assign(net_sales=steady["net_sales"].where(steady["month"] < "2024-11-01", 999_999_999))
    pd.testing.assert_frame_equal(forecast_landing(spoilt, year=2024, as_of=AS_OF),
                                  forecast_landing(steady, year=2024, as_of=AS_OF))


def test_months_add_up_to_the_landing():
    panel, _ = simulate(20)
    months = project_months(panel, year=2024, as_of=AS_OF)
    landing = forecast_landing(panel, year=2024, as_of=AS_OF)
    assert months.groupby("account")["net_sales"].sum().tolist() == landing["p50"].tolist()
    assert months.groupby("account").size().eq(12).all()
    assert (months["kind"] == "forecast").sum() == 20 * 5
    actual = panel[panel["month"].between("2024-04-01", "2024-10-01")].groupby("account")["net_sales"].sum()
    assert landing["actual"].tolist() == actual.tolist()


def test_forecast_beats_the_naive_one_and_its_range_holds_four_in_five():
    panel, sales = simulate()
    landing = forecast_landing(panel, year=2024, as_of=AS_OF)
    truth = sales[:, 48:].sum(axis=1)
    naive = sales[:, 48:55].sum(axis=1) + sales[:, 43:48].sum(axis=1)
    p50, low, high = (landing[name].to_numpy(dtype=float) for name in ("p50", "p10", "p90"))
    assert np.abs(p50 / truth - 1).mean() < 0.9 * np.abs(naive / truth - 1).mean()
    assert 0.7 < ((low <= truth) & (truth <= high)).mean() < 0.93
    assert (landing["mase"] <= 1).all()


def test_year_that_is_over_has_landed(steady):
    row = forecast_landing(steady, year=2023, as_of=AS_OF).loc["A"]
    assert row[["months_left", "actual", "p10", "p50", "p90"]].tolist() == [0, 186_000, 186_000, 186_000, 186_000]


def test_year_that_has_not_begun_is_all_forecast(steady):
    row = forecast_landing(steady, year=2025, as_of=Timestamp("2025-03-31")).loc["A"]
    assert row[["months_left", "actual", "p50"]].tolist() == [12, 0, 186_000]
    later = forecast_landing(steady, year=2025, as_of=AS_OF).loc["A"]
    assert later["p50"] == 186_000


def test_first_year_repeats_its_mean_month_without_a_range():
    young = panel_of([0] * 52 + [300, 330, 360])
    row = forecast_landing(pd.concat([young, panel_of([100] * 55, "B")]), year=2024, as_of=AS_OF).loc["A"]
    assert row["model"] == "mean"
    assert row["p50"] == 990 + 5 * 330
    assert row[["p10", "p90", "mase"]].isna().all()


def test_short_history_has_no_range():
    row = forecast_landing(panel_of([100] * 18), year=2021, as_of=Timestamp("2021-09-30")).loc["A"]
    assert row[["p50", "model"]].tolist() == [1200, "naive"]
    assert row[["p10", "p90"]].isna().all()


def test_unit_and_order_do_not_matter():
    panel, _ = simulate(10)
    once = forecast_landing(panel, year=2024, as_of=AS_OF)
    other = forecast_landing(panel.assign(net_sales=panel["net_sales"] * 1000)[::-1], year=2024, as_of=AS_OF)
    assert other["model"].tolist() == once["model"].tolist()
    assert np.allclose(other["p90"].to_numpy(dtype=float) / 1000, once["p90"].to_numpy(dtype=float), rtol=1e-4)


def test_two_hundred_accounts_in_a_second():
    panel, _ = simulate(200)
    begun = time.process_time()
    forecast_landing(panel, year=2024, as_of=AS_OF)
    assert time.process_time() - begun < 1


def test_account_without_returns_cannot_land_below_what_it_has_bought():
    rng = np.random.default_rng(1)
    orders = np.where(rng.random(55) < 0.3, 1000, 0)
    row = forecast_landing(panel_of(orders), year=2024, as_of=AS_OF).loc["A"]
    assert 0 <= row["actual"] <= row["p10"] <= row["p50"] <= row["p90"]
    assert (project_months(panel_of(orders), year=2024, as_of=AS_OF)["net_sales"] >= 0).all()
