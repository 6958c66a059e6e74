"""The sample taken through the stage once, in the order of the notebook, and small hand-made frames."""

from types import SimpleNamespace

import pandas as pd
import pytest

from kamnb.selection import capacity, factors, longlist, outlook, robustness, routing, scorecard, strategic, verdict
from kamnb.words import speak


def choose(e):
    """Every frame of the stage for engagement `e`, as 2_selection.ipynb makes them."""
    own, choices, settings = e.panel("account_month"), e.settings.choices, e.settings.selection
    moved = routing.find_rerouted(own, e.table("sellthru"), as_of=e.as_of)
    panel = routing.restate_panel(own, e.table("sellthru"), moved)
    listed = longlist.list_accounts(own, e.table("accounts"), e.table("channels"), as_of=e.as_of)
    listed = routing.mark_rerouted(listed, moved)
    steady = longlist.level_seasons(panel, e.table("accounts"), as_of=e.as_of)
    period = longlist.choose_period(steady, choices=choices)
    segments = longlist.segment_accounts(listed, steady, period=period, choices=choices)
    growth = outlook.estimate_growth(listed, panel, as_of=e.as_of)
    headroom = outlook.value_headroom(listed, e.panel("account_category_month"), e.table("accounts"), as_of=e.as_of)
    places = outlook.place_accounts(outlook.join_measures(segments, growth, headroom))
    going = factors.measure_continuity(listed, panel, e.panel("account_product_month"), as_of=e.as_of)
    effort = factors.measure_effort(listed, e.table("cost_drivers"), e.table("visits"), scale=e.scale)
    rules = factors.price_rules(choices, scale=e.scale)
    pocket = factors.measure_pocket(e.panel("account_category_month"), e.table("terms"), as_of=e.as_of, rules=rules)
    profit = factors.measure_profit(listed, pocket, effort)
    measures = outlook.join_measures(segments, growth, headroom, going, effort,
                                     factors.measure_relationship(e.table("people")), profit)
    criteria = scorecard.list_criteria(e.table("criteria"), settings=settings)
    computed, rated = factors.rate_factors(measures), scorecard.average_raters(e.table("scores"), criteria)
    ratings = scorecard.merge_ratings(computed, rated, criteria=criteria)
    weights = scorecard.weigh_criteria(criteria, ratings)
    seats = capacity.count_seats(e.table("team"), settings=settings)
    board = scorecard.screen_accounts(measures, scorecard.rank_accounts(ratings, weights=weights), settings=settings)
    board = robustness.vary_weights(board, ratings[weights.index], seats=seats.number, settings=settings)
    board = verdict.take_seats(board, seats=seats.number, settings=settings)
    board = verdict.mark_priority(verdict.name_kinds(board, ratings), e.decision("channels"))
    board = verdict.explain_decisions(board, ratings, weights=weights)
    final = strategic.compare_size(board, ratings, weights=weights, seats=seats.number)
    return SimpleNamespace(**{name: value for name, value in locals().items() if name != "e"})


@pytest.fixture(scope="session")
def chosen(sample):
    """The stage on the sample, in English."""
    speak("en", currency="JPY", start=4)
    return choose(sample)


def months(first, count):
    return pd.date_range(first, periods=count, freq="MS").astype("datetime64[us]")


@pytest.fixture
def ledger():
    """account_month of three accounts over 36 months to March 2024: steady A, growing B, C that began a year ago."""
    rows = [{"account": account, "month": month, "net_sales": sales(number), "cost": 60, "quantity": 1.0}
            for account, sales in (("A", lambda _: 1000), ("B", lambda n: 100 + 10 * n), ("C", lambda _: 50))
            for number, month in enumerate(months("2021-04-01", 36)) if account != "C" or number >= 20]
    return pd.DataFrame(rows).astype({"account": "str", "cost": "Int64"})
