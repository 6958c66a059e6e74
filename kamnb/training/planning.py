"""The sales plan of the sample for the fiscal year under review."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.training.scorecard import rated_accounts
from kamnb.training.world import MONTHS, World, recipe, stream

YEAR = pd.date_range("2025-04-01", periods=12, freq="MS")
PLAN_STORIES = {"T04": 1.02, "T12": 1.02}       # planned before the story was known
TARGETS = {"behind": 1.06, "ahead": 1.08}


def plan_sales(world: World, slips: DataFrame) -> DataFrame:
    """Plan in thousand yen: month, account or channel, net_sales.

    The larger accounts are planned one by one; a row with a channel and no account is the rest of that channel.
    """
    monthly = _monthly(slips).reindex(world.accounts.index).fillna(0)
    single = rated_accounts(world)
    factor = _planned_growth(world, monthly)
    before = monthly[YEAR - pd.DateOffset(years=1)].set_axis(YEAR, axis=1)
    planned = before.mul(factor, axis=0)
    rest = planned.drop(single).groupby(world.accounts["channel"].drop(single)).sum()
    return pd.concat([_rows(planned.loc[single], "account"), _rows(rest, "channel")], ignore_index=True)[
        ["month", "account", "channel", "net_sales"]]


def _monthly(slips: DataFrame) -> DataFrame:
    """Net sales in yen: accounts down, months across."""
    month = slips["date"].dt.to_period("M").dt.start_time.rename("month")
    return slips.groupby(["account", month])["net_sales"].sum().unstack(fill_value=0)


def _planned_growth(world: World, monthly: DataFrame) -> Series:
    """Planned growth factor by account: what became true within three per cent, except where a story says otherwise."""
    stories, rng = recipe("stories"), stream(world.seed, "plan")
    done = MONTHS[MONTHS >= YEAR[0]]
    now, then = monthly[done].sum(axis=1), monthly[done - pd.DateOffset(years=1)].sum(axis=1)
    factor = (now / then.where(then > 0)).fillna(1.0) * rng.uniform(0.97, 1.03, len(monthly))
    told = {stories[name]["account"]: value for name, value in PLAN_STORIES.items()}
    told |= {stories["T12"]["wholesaler"]: 1.0}
    told |= {stories["T09"][side]["account"]: value for side, value in TARGETS.items()}
    factor.update(Series(told))
    return factor


def _rows(table: DataFrame, key: str) -> DataFrame:
    """The plan table as rows: month, `key`, net_sales in thousand yen."""
    return np.rint(table / 1000).astype("int64").rename_axis(key).rename_axis(columns="month").stack().rename(
        "net_sales").reset_index()
