"""The steps of the stage in their order, so that notebook, controls and tests take the same ones."""

from __future__ import annotations

from dataclasses import dataclass

from pandas import DataFrame, Index, Series

from kamnb.calendar import add_years
from kamnb.engagement import Engagement
from kamnb.methods.pricing import PriceRules
from kamnb.methods.uncertainty import Ratings
from kamnb.selection import (
    beliefs,
    capacity,
    factors,
    gatekeeping,
    hindsight,
    leaving,
    longlist,
    longtail,
    outlook,
    portfolio,
    rating,
    robustness,
    routing,
    scorecard,
    seating,
    sheet,
    strategic,
    verdict,
)


@dataclass(frozen=True)
class LongList:
    """Who the accounts are: `segments` (one row each, with classes), restated `panel`, `growth`, `headroom`, `places` (map of
    the two), `steady` (panel without season), `advice` (which period tells accounts apart), `period`, `found` and `moved` (numbers)."""

    panel: DataFrame
    segments: DataFrame
    growth: DataFrame
    headroom: DataFrame
    places: DataFrame
    steady: DataFrame
    advice: DataFrame
    period: str
    found: dict
    moved: dict


@dataclass(frozen=True)
class Scorecard:
    """What counts and who is rated how: `measures`, `criteria`, `computed` and `rated` ratings, both in `ratings`, `weights`
    (shares), what the rules found (`facts`, `judged`) and the accounts they bar, `raters` and their agreement."""

    measures: DataFrame
    criteria: DataFrame
    computed: DataFrame
    rated: DataFrame
    ratings: DataFrame
    weights: Series
    facts: DataFrame
    judged: DataFrame
    barred: Index
    raters: DataFrame
    agreed: dict
    prices: PriceRules


@dataclass(frozen=True)
class Seating:
    """Who takes a seat, and how firmly: `seats`, `board` (one row per account), `doubt` (ratings as ranges), `standing` (numbers),
    `believed` (what one must believe), `dissent`, `dependence` (groups)."""

    seats: capacity.Seats
    board: DataFrame
    doubt: Ratings
    standing: dict
    believed: DataFrame
    dissent: DataFrame
    dependence: DataFrame


@dataclass(frozen=True)
class Hindsight:
    """What the method would have chosen in the past: `tested`, numbers `proof`, `result`, `predictors`."""

    tested: DataFrame
    proof: dict
    result: str
    predictors: DataFrame


@dataclass(frozen=True)
class Consequences:
    """What follows from the list: hurdles before a seat, the portfolio, dependence, prices of seats, the log, merger claims."""

    hurdles: DataFrame
    newcomers: dict
    compared: DataFrame
    boxes: DataFrame
    held: dict
    hold: dict
    prices: DataFrame
    log: DataFrame
    claims: DataFrame


@dataclass(frozen=True)
class Farewell:
    """Who is about to leave: `pauses`, `leavers`, the early warning's `cells` and its test `warned`, `tail` (numbers of the long tail)."""

    pauses: DataFrame
    leavers: DataFrame
    cells: DataFrame
    warned: DataFrame
    tail: dict


@dataclass(frozen=True)
class Verdict:
    """The decision that stands: `decided` (saved rows), `final` (board under it), numbers of the outcome, of size, of dependence
    and of the three leadership questions."""

    decided: DataFrame
    final: DataFrame
    outcome: dict
    big: dict
    hold: dict
    answers: dict


def draw_up_list(e: Engagement) -> LongList:
    """The long list of engagement `e`, with growth and headroom; invoices that only moved are restated."""
    own, accounts, choices = e.panel("account_month"), e.table("accounts"), e.settings.choices
    moved = routing.find_rerouted(own, e.table("sellthru"), as_of=e.as_of)
    panel = routing.restate_panel(own, e.table("sellthru"), moved)
    listed = routing.mark_rerouted(longlist.list_accounts(own, accounts, e.table("channels"), as_of=e.as_of), moved)
    steady = longlist.level_seasons(panel, accounts, as_of=e.as_of)
    advice = longlist.try_periods(steady, choices=choices)
    period = longlist.choose_period(advice, choices=choices)
    segments = longlist.segment_accounts(listed, steady, period=period, choices=choices)
    growth = outlook.estimate_growth(listed, panel, as_of=e.as_of)
    headroom = outlook.value_headroom(listed, e.panel("account_category_month"), accounts, as_of=e.as_of)
    places = outlook.place_accounts(outlook.join_measures(segments, growth, headroom))
    return LongList(panel, segments, growth, headroom, places, steady, advice, period, longlist.summarise_list(segments, panel),
                    routing.summarise_rerouted(listed, moved))


def measure_accounts(e: Engagement, long: LongList, *, prices: PriceRules) -> DataFrame:
    """Everything measured of each account, one row each."""
    listed, people = long.segments, e.table("people")
    going = factors.measure_continuity(listed, long.panel, e.panel("account_product_month"), as_of=e.as_of)
    effort = factors.measure_effort(listed, e.table("cost_drivers"), e.table("visits"), scale=e.scale)
    pocket = factors.measure_pocket(e.panel("account_category_month"), e.table("terms"), as_of=e.as_of, rules=prices)
    profit = factors.measure_profit(listed, pocket, effort)
    return outlook.join_measures(listed, long.growth, long.headroom, going, effort, factors.measure_relationship(people), profit)


def rate_accounts(e: Engagement, long: LongList) -> Scorecard:
    """The scorecard of engagement `e`: criteria, ratings, weights, what the rules say, and those who rate."""
    settings, scores = e.settings.selection, e.table("scores")
    prices = factors.price_rules(e.settings.choices, scale=e.scale)
    measures = measure_accounts(e, long, prices=prices)
    criteria = scorecard.list_criteria(e.table("criteria"), settings=settings)
    computed, rated = factors.rate_factors(measures), scorecard.average_raters(scores, criteria)
    ratings = scorecard.merge_ratings(computed, rated, criteria=criteria)
    facts = gatekeeping.join_masters(measures, e.table("accounts"), ratings=ratings)
    conduct = {"ar": e.table("ar"), "people": e.table("people"), "competitors": e.table("competitors"), "panel": long.panel}
    facts = gatekeeping.join_conduct(facts, conduct, as_of=e.as_of)
    judged = gatekeeping.judge_accounts(facts, gatekeeping.read_book(settings))
    knowing = rating.measure_familiarity(e.table("people"), e.table("visits"), computed)
    raters = rating.describe_raters(scores, knowing)
    return Scorecard(measures, criteria, computed, rated, ratings, scorecard.weigh_criteria(criteria, ratings), facts, judged,
                     gatekeeping.bar_accounts(judged, settings=settings), raters,
                     rating.summarise_raters(rating.list_agreement(scores), raters), prices)


def seat_accounts(e: Engagement, scored: Scorecard) -> Seating:
    """Who takes a seat under the agreed weights, under those the board could hold, and under any."""
    settings, weights, ratings = e.settings.selection, scored.weights, scored.ratings
    seats = capacity.count_seats(e.table("team"), settings=settings)
    number, scores = seats.number, e.table("scores")
    ranking = scorecard.rank_accounts(ratings, weights=weights)
    board = scorecard.screen_accounts(scored.measures, ranking, settings=settings, barred=scored.barred)
    doubt = robustness.doubt_ratings(ratings[weights.index], scores, criteria=scored.criteria)
    board = robustness.vary_weights(board, doubt, seats=number, rules=robustness.board_rules(weights, settings=settings))
    board = robustness.drop_limits(board, doubt, seats=number, settings=settings)
    board = verdict.take_seats(board, seats=number, settings=settings)
    board = verdict.mark_priority(verdict.name_kinds(board, scored.judged), e.decision("channels"))
    board = verdict.explain_decisions(board, ratings, weights=weights)
    board = portfolio.join_balance(board, e.table("accounts"))
    return Seating(seats, board, doubt, robustness.summarise_standing(board, seats=number, settings=settings),
                   beliefs.list_beliefs(board, doubt, seats=number, settings=settings),
                   rating.list_dissents(scores, accounts=board.loc[board["gate"] == "", "account"].tolist()),
                   capacity.list_dependence(board))


def look_back(e: Engagement, scored: Scorecard, seated: Seating) -> Hindsight:
    """The backtest against choosing by size, and what foretold growth."""
    told, came = hindsight.trace_past(e.panel("account_month"), e.panel("account_category_month"), e.table("accounts"), as_of=e.as_of)
    past = (hindsight.keep_large(told, least_size=e.settings.selection.least_size), came)
    tested = hindsight.try_method(past, weights=scored.weights, seats=seated.seats.number)
    return Hindsight(tested, hindsight.summarise_test(tested), hindsight.name_result(tested),
                     hindsight.rank_predictors(past, weights=scored.weights))


def draw_consequences(e: Engagement, scored: Scorecard, seated: Seating) -> Consequences:
    """What follows from the list that is proposed."""
    settings, board, seats = e.settings.selection, seated.board, seated.seats
    fresh = gatekeeping.rate_new(scored.weights, settings=settings)
    newcomers = gatekeeping.summarise_new(board, scorecard.rank_accounts(scored.ratings, weights=fresh), weights=fresh)
    boxes = portfolio.place_portfolio(board, scored.ratings, e.table("competitors"), weights=scored.weights)
    return Consequences(
        gatekeeping.list_hurdles(board, scored.facts, book=gatekeeping.read_book(settings)), newcomers,
        strategic.compare_size(board, scored.ratings, weights=scored.weights, seats=seats.number), boxes,
        portfolio.summarise_portfolio(boxes, board), capacity.summarise_dependence(board, seated.dependence),
        seating.price_board(board, seats=seats.number, hours=seats.hours, settings=settings),
        seating.guard_round(board, e.decision("selection"), seats=seats.number, settings=settings),
        sheet.expose_mergers(add_years(e.panel("account_category_month"), as_of=e.as_of), e.table("terms"), board, rules=scored.prices))


def say_farewell(e: Engagement, long: LongList, seated: Seating) -> Farewell:
    """Who is about to leave, and whether an early warning would have earned its place."""
    products = e.panel("account_product_month")
    pauses = leaving.find_pauses(products, as_of=e.as_of)
    cells = leaving.watch_past(long.panel, products, e.table("accounts"), as_of=e.as_of)
    tail = longtail.value_long_tail(e.table("sales"), seated.board.set_index("account")["net_sales"], as_of=e.as_of)
    return Farewell(pauses, leaving.list_leavers(seated.board, pauses), cells, leaving.try_warning(cells), tail)


def adopt_list(decided: DataFrame, scored: Scorecard, seated: Seating) -> Verdict:
    """The list that stands: `decided` (saved rows, maybe edited by a person) in place of the proposal, with its numbers."""
    seats = seated.seats
    board = verdict.adopt_decision(seated.board, decided)
    final = strategic.compare_size(board, scored.ratings, weights=scored.weights, seats=seats.number)
    return Verdict(decided, final, verdict.summarise_verdict(final), strategic.summarise_size(final),
                   capacity.summarise_dependence(board, seated.dependence),
                   sheet.answer_leaders(final, seats=seats.number, hours=seats.hours, each=seats.each))
