"""The landing: adds up, ties to the plan of a whole year only, and says when it could not be tested."""

import pandas as pd
import pytest

from kamnb import review

from .conftest import monthly, plan_rows, scope_at, two_accounts


@pytest.fixture(scope="module")
def landing(sample, panel, accounts, keys, scope):
    plan = review.spread_plan(sample.table("plan"), panel, accounts=accounts, scope=scope)
    forecast = review.forecast_units(panel, accounts=accounts, keys=keys, scope=scope)
    return review.compare_landing(forecast, plan, sales=panel.merge(accounts, on="account"), scope=scope)


def test_channels_add_up_to_the_whole(landing):
    whole = landing[landing["level"] == "total"].iloc[0]
    channels = landing[landing["level"] == "channel"]
    assert channels["p50"].sum() == whole["p50"] and channels["actual"].sum() == whole["actual"]
    assert channels["plan"].sum() == whole["plan"]


def test_the_landing_lies_within_its_range_and_its_chance_is_no_certainty(landing):
    assert (landing["p10"] <= landing["p50"]).all() and (landing["p50"] <= landing["p90"]).all()
    assert landing["chance"].between(0.01, 0.99).all()
    missed = landing["p90"] < landing["plan"]
    assert (landing.loc[missed, "chance"] < 0.11).all() and missed.any()


def test_the_plan_that_is_out_of_reach_is_called_so(landing, scope, truth):
    behind = landing.set_index("unit").loc[truth["T09"]["behind"]]
    assert behind["p90"] < behind["plan"]
    facts = review.summarise_landing(landing, scope=scope)
    assert facts["key"] == "review.landing_found.plan"
    assert review.conclude_landing(facts)["key"] == "review.closing.plan_short"
    assert review.conclude_landing({**facts, "difference": 5})["key"] == "review.closing.plan_reached"


def test_the_path_of_the_year_ends_at_the_landing(landing, sample, panel, accounts, scope):
    plan = review.spread_plan(sample.table("plan"), panel, accounts=accounts, scope=scope)
    path = review.trace_year(panel, plan, landing=landing, scope=scope)
    whole = landing[landing["level"] == "total"].iloc[0]
    assert len(path) == 12 and path["so_far"].iloc[-1] == whole["p50"] and path["high"].iloc[-1] == whole["p90"]
    assert path["yardstick"].iloc[-1] == whole["plan"] and set(path["basis"]) == {"plan"}
    assert (path["kind"] == "actual").sum() == 9


def test_a_plan_of_some_months_is_no_plan_of_the_year(sample, panel, accounts, keys, scope):
    part = sample.table("plan")
    plan = review.spread_plan(part[part["month"] < "2026-03-01"], panel, accounts=accounts, scope=scope)
    forecast = review.forecast_units(panel, accounts=accounts, keys=keys, scope=scope)
    landing = review.compare_landing(forecast, plan, sales=panel.merge(accounts, on="account"), scope=scope)
    assert landing["plan"].isna().all()
    assert review.summarise_landing(landing, scope=scope)["key"] == "review.landing_found.no_plan"
    assert set(review.trace_year(panel, plan, landing=landing, scope=scope)["basis"]) == {"previous_sales"}


def test_what_repeats_every_year_is_forecast_by_last_year():
    months = pd.date_range("2021-04-01", "2025-09-01", freq="MS")
    panel = monthly({"A": {str(m.date()): 100 * m.month for m in months}})
    scope, accounts = scope_at("2025-09-30"), two_accounts()
    keys = review.choose_accounts(pd.DataFrame(), panel, accounts=accounts, scope=scope)
    landing = review.forecast_units(panel, accounts=accounts, keys=keys, scope=scope)
    whole = landing[landing["level"] == "total"].iloc[0]
    assert whole["p50"] == 7800 and whole["model"] == "naive"


def test_with_little_history_no_range_is_given():
    panel = monthly({"A": {f"2025-{month:02d}-01": 10 for month in range(1, 10)}})
    scope, accounts = scope_at("2025-09-30"), two_accounts()
    keys = review.choose_accounts(pd.DataFrame(), panel, accounts=accounts, scope=scope)
    forecast = review.forecast_units(panel, accounts=accounts, keys=keys, scope=scope)
    plan = review.spread_plan(plan_rows([]), panel, accounts=accounts, scope=scope)
    landing = review.compare_landing(forecast, plan, sales=panel.merge(accounts, on="account"), scope=scope)
    assert review.summarise_landing(landing, scope=scope)["key"] == "review.landing_found.untested"
    assert review.summarise_backtest(landing) == {"key": "review.backtest_found.untested"}


def test_a_forecast_that_only_repeats_last_year_draws_no_path_and_no_range():
    months = pd.date_range("2023-04-01", "2025-03-01", freq="MS")
    panel = monthly({"A": {str(m.date()): 10 * m.month for m in months}})
    scope, accounts = scope_at("2025-03-31"), two_accounts()
    keys = review.choose_accounts(pd.DataFrame(), panel, accounts=accounts, scope=scope)
    forecast = review.forecast_units(panel, accounts=accounts, keys=keys, scope=scope)
    plan = review.spread_plan(plan_rows([]), panel, accounts=accounts, scope=scope)
    landing = review.compare_landing(forecast, plan, sales=panel.merge(accounts, on="account"), scope=scope)
    assert review.trace_year(panel, plan, landing=landing, scope=scope).empty
    assert review.pick_ranges(landing).empty and len(landing)


def test_the_backtest_is_told_with_how_many_beat_the_naive_way(landing):
    facts = review.summarise_backtest(landing)
    assert facts["better"] + facts["naive"] == facts["series"] == landing["mase"].notna().sum()
    assert 0 < facts["mase"] <= 1
