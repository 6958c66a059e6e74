"""A small ledger that every test of the methods can stand on."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from pandas import DataFrame, Timestamp

from kamnb.calendar import add_years

# the same examples in every run, no files left behind, and no verdict on how busy the machine is
settings.register_profile("methods", deadline=None, derandomize=True, database=None)
settings.load_profile("methods")


@pytest.fixture
def as_of() -> Timestamp:
    return Timestamp("2025-03-31")


@pytest.fixture
def panel() -> DataFrame:
    """Forty accounts in two channels over five years: seasonal, noisy, with a few months of more returns than sales."""
    rng = np.random.default_rng(7)
    months = pd.date_range("2020-04-01", "2025-03-01", freq="MS")
    accounts = [f"A{n:02}" for n in range(40)]
    rows = pd.MultiIndex.from_product([accounts, months], names=["account", "month"]).to_frame(index=False)
    level = dict(zip(accounts, rng.lognormal(13, 1, 40), strict=True))
    season = 1 + 0.3 * np.sin(rows["month"].dt.month / 12 * 2 * np.pi)
    rows["net_sales"] = (rows["account"].map(level) * season * rng.lognormal(0, 0.2, len(rows))).astype("int64")
    rows.loc[rng.random(len(rows)) < 0.01, "net_sales"] *= -1
    return rows.assign(channel=rows["account"].map(lambda code: "drug" if code < "A20" else "vending"),
                       quantity=rows["net_sales"] // 150, list_sales=(rows["net_sales"] * 1.1).astype("int64"),
                       cost=(rows["net_sales"] * 0.6).astype("int64"))


@pytest.fixture
def yearly(panel, as_of) -> DataFrame:
    return add_years(panel, as_of=as_of)
