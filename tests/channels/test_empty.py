"""A table that the client has not given: no rows, the right columns, no warning."""

import pytest

from kamnb import channels
from kamnb.channels import charts, priority_charts
from kamnb.channels.history import MONTHS
from kamnb.intake.dictionary import empty_table
from kamnb.settings import ChannelSettings
from tests.channels.conftest import AS_OF, choices

SETTINGS = ChannelSettings(draws=200)


@pytest.fixture
def none(panel, accounts):
    return channels.place_months(panel.iloc[:0], accounts=accounts.iloc[:0], channels=empty_table("channels"), as_of=AS_OF)


def test_no_sales_give_empty_frames_all_the_way(none):
    accounts, rules = empty_table("accounts"), channels.price_rules(choices(), scale=0)
    history = channels.trace_channels(none)
    position = channels.compare_market(history, market=empty_table("market"), as_of=AS_OF)
    room = channels.estimate_headroom(position, months=none, accounts=accounts)
    earnings = channels.trace_earnings(none, terms=empty_table("terms"), drivers=empty_table("cost_drivers"), rules=rules)
    profit = channels.sum_profit(earnings)
    ratings = channels.rate_channels(channels.measure_criteria(history, position=position, room=room, profit=profit))
    placed = channels.place_channels(ratings, attractiveness=SETTINGS.attractiveness, strength=SETTINGS.strength)
    doubt = channels.weigh_doubt(ratings, settings=SETTINGS)
    sorting = channels.compare_rules(none, choices=choices())
    classes = channels.classify_accounts(none, rules=sorting, choices=choices())
    buyers = channels.rank_buyers(earnings, accounts=accounts, day=AS_OF)
    frames = [none[MONTHS], history, channels.compare_growth(history), position, channels.race_market(position), room, earnings,
              profit, channels.list_losses(earnings), buyers, channels.trace_lorenz(buyers),
              channels.trace_concentration(none, accounts=accounts), channels.list_mergers(none, accounts=accounts), sorting,
              classes, channels.cross_classes(classes), channels.profile_channels(classes), ratings, placed, doubt,
              channels.decide_channels(placed, ratings=ratings, doubt=doubt, settings=SETTINGS),
              channels.list_hypotheses(empty_table("hypotheses"), as_of=AS_OF)]
    assert all(frame.empty and len(frame.columns) for frame in frames)


def test_sales_alone_carry_the_notebook_to_its_decision(months, accounts):
    history = channels.trace_channels(months)
    position = channels.compare_market(history, market=empty_table("market"), as_of=AS_OF)
    earnings = channels.trace_earnings(months, terms=empty_table("terms"), drivers=empty_table("cost_drivers"),
                                       rules=channels.price_rules(choices(), scale=0))
    room = channels.estimate_headroom(position, months=months, accounts=accounts)
    criteria = channels.measure_criteria(history, position=position, room=room, profit=channels.sum_profit(earnings))
    ratings = channels.rate_channels(criteria)
    placed = channels.place_channels(ratings, attractiveness=SETTINGS.attractiveness, strength=SETTINGS.strength)
    decided = channels.decide_channels(placed, ratings=ratings, doubt=channels.weigh_doubt(ratings, settings=SETTINGS),
                                       settings=SETTINGS)
    assert (decided["decision"] == "priority").sum() == 1
    assert charts.profit(channels.sum_profit(earnings))
    assert priority_charts.word_decision(decided.assign(decided_by=""))["reasons"].notna().all()
