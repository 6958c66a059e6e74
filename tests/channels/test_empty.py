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


def test_no_sales_give_empty_frames_all_the_way(none, panel):
    ledger = panel.iloc[:0].assign(product="", quantity=0.0)
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
    grown = channels.study_growth(none, sellthru=empty_table("sellthru"), market=empty_table("market"), as_of=AS_OF)
    weighed = channels.weigh_growth(grown.months)
    due = channels.count_renewals(ledger, products=empty_table("products"), as_of=AS_OF)
    inside = channels.study_accounts(none, accounts=accounts, measured=(earnings, weighed, due), choices=choices())
    dependence = channels.study_dependence(earnings, accounts=accounts, day=AS_OF, settings=SETTINGS)
    practice = channels.study_practice(empty_table("surveys"))
    stores, visits = empty_table("stores"), empty_table("visits")
    fair = channels.measure_fair_share(none, stores=stores, accounts=accounts, as_of=AS_OF)
    effort = channels.compare_hours(visits, profit=profit, earnings=earnings, months=none)
    reports = empty_table("sellthru"), empty_table("pos"), empty_table("stock")
    decided = channels.decide_channels(placed, ratings=ratings, doubt=doubt, settings=SETTINGS)
    goals = channels.state_goals(decided, room=room, position=position, settings=SETTINGS)
    frames = [none[MONTHS], history, channels.compare_growth(history), position, channels.race_market(position), room, earnings,
              profit, channels.list_losses(earnings), dependence.buyers, dependence.stress, channels.trace_lorenz(dependence.buyers),
              channels.trace_concentration(none, accounts=accounts), channels.list_mergers(none, accounts=accounts), sorting,
              channels.compare_trade(none, accounts=accounts, market=empty_table("market"), as_of=AS_OF),
              channels.list_groups(none, accounts=accounts, day=AS_OF), grown.routes, weighed, fair, effort,
              channels.trace_shoppers(empty_table("pos"), accounts=accounts, as_of=AS_OF),
              channels.compare_flows(ledger, reports=reports, months=none, as_of=AS_OF), channels.stack_ladder(earnings),
              channels.compare_ladders(earnings), channels.trace_whale(earnings),
              channels.list_idle(empty_table("cost_drivers"), capacity=empty_table("capacity")),
              channels.project_channels(profit, months=none, restated=grown.months, settings=SETTINGS),
              inside.classes, inside.grid, inside.moved, inside.cards, channels.pick_talks(inside.cards),
              practice.rivals, practice.gaps, practice.views, practice.maturity, practice.time,
              channels.list_hands(visits, stores=stores, earnings=earnings, tables=(accounts, empty_table("team"))),
              channels.list_split_groups(earnings, accounts=accounts, day=AS_OF), ratings, placed, doubt, decided,
              channels.compare_cuts(placed), channels.find_first(none.assign(category="-"), market=empty_table("market"), as_of=AS_OF),
              channels.list_strategies(decided, ladders=channels.compare_ladders(earnings), evidence=(fair, effort), goals=goals),
              channels.list_hypotheses(empty_table("hypotheses"), as_of=AS_OF), channels.list_consent(empty_table("agreements"))]
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
