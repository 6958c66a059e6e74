"""The price ladder, the whale curve, capacity, the years to come, the stress test: sums tie, unknown stays unknown."""

import pandas as pd
import pytest

from kamnb import channels
from kamnb.channels import value_charts
from kamnb.intake.dictionary import empty_table
from kamnb.settings import ChannelSettings
from kamnb.style import title_parts
from tests.channels.conftest import AS_OF

SETTINGS = ChannelSettings(draws=200, avoidable=0.0)


@pytest.fixture
def members(earnings, accounts):
    return channels.sum_members(earnings, accounts=accounts, day=AS_OF)


def test_the_ladder_ends_where_the_accounts_do(earnings):
    bars = channels.stack_ladder(earnings).set_index("bar")
    known = earnings.dropna(subset=["contribution"])
    assert bars.loc["net", "amount"] == known["contribution"].sum() and bars.loc["invoice", "amount"] == known["net_sales"].sum()
    steps = bars.loc[~bars["total"], "amount"].sum()
    assert bars.loc["list", "amount"] + steps == bars.loc["net", "amount"]


def test_the_steps_of_a_channel_add_up_to_its_list_price(earnings):
    ladders = channels.compare_ladders(earnings)
    rates = ladders[["discount_rate", "terms_rate", "cost_rate", "serve_rate", "left_rate"]].sum(axis=1)
    assert rates.tolist() == pytest.approx([1.0] * len(ladders)) and (ladders["known_share"] == 1).all()
    assert channels.compare_ladders(earnings.assign(list=pd.NA)).empty


def test_the_whale_falls_where_accounts_lose_money(earnings):
    facts = channels.summarise_whale(earnings)
    assert facts["losers"] == 2 and facts["lost"] == 528
    ax = value_charts.whale(channels.trace_whale(earnings), facts=facts)
    assert title_parts(ax)[0].startswith("2 accounts take away ¥528")


def test_idle_time_is_told_apart_and_charged_to_nobody():
    drivers = pd.DataFrame({"account": ["a", "b"], "activity": "visit", "volume": [60.0, 30.0], "unit_minutes": 1.0,
                            "cost_per_minute": 5.0, "resource": "R"})
    capacity = pd.DataFrame({"resource": ["R"], "name": ["Reps"], "practical_minutes": [120.0], "cost": pd.array([240], "Int64")})
    idle = channels.list_idle(drivers, capacity=capacity).iloc[0]
    assert (idle["assigned"], idle["unused_cost"], idle["used_share"]) == (180, 60, 0.75)
    rated = channels.rate_work(drivers, capacity=capacity, scale=0)
    assert rated["cost_per_minute"].tolist() == [2.0, 2.0]
    assert channels.rate_work(drivers, capacity=empty_table("capacity"), scale=0) is drivers
    assert channels.list_idle(drivers, capacity=empty_table("capacity")).empty


def test_scenarios_hold_the_middle_between_their_ends(earnings, months):
    prospects = channels.project_channels(channels.sum_profit(earnings), months=months, restated=months, settings=SETTINGS)
    earning = prospects[prospects["profit_now"] > 0]
    assert len(earning) and (earning["worth_low"] <= earning["worth"]).all() and (earning["worth"] <= earning["worth_high"]).all()
    assert (earning["point_growth"] > 0).all()


def test_a_group_leaves_together(earnings, accounts, members):
    assert len(members) == len(earnings) - 1
    buyers = channels.rank_buyers(earnings, accounts=accounts, day=AS_OF)
    stress = channels.stress_buyers(buyers, members=members, settings=SETTINGS).set_index("group")
    both = earnings.set_index("account").loc[["a1", "a2"]]
    assert stress.loc["a1", "at_risk"] == both["pocket_margin"].sum()
    assert stress.loc["a1", "flag"] == "from_20" and stress.loc["c2", "flag"] == "ordinary"


def test_losing_the_largest_costs_more_than_losing_none(members):
    facts = channels.summarise_stress(members, settings=SETTINGS)
    assert 0 < facts["lost_1"] < facts["lost_3"] and facts["sales_1"] == pytest.approx(1600 / 3300)
    assert facts["breaking"] is None
    broken = channels.summarise_stress(members, settings=SETTINGS.model_copy(update={"fixed_cost": facts["contribution"] - 1}))
    assert broken["breaking"] == 1


def test_without_terms_the_margin_is_at_risk(months, terms, drivers, accounts):
    from tests.channels.conftest import choices

    bare = channels.trace_earnings(months, terms=terms.iloc[:0], drivers=drivers, rules=channels.price_rules(choices(), scale=0))
    members = channels.sum_members(bare, accounts=accounts, day=AS_OF).set_index("account")
    assert members.loc["b1", "pocket_margin"] == bare.set_index("account").loc["b1", "margin"]
    assert members["cost_to_serve"].eq(0).all()
