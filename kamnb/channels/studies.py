"""What belongs to one question, worked out together: frames that a notebook names once and shows one by one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pandas import DataFrame, Timestamp

from kamnb.channels.cards import Measured, lay_cards
from kamnb.channels.dependence import rank_buyers, summarise_concentration
from kamnb.channels.direction import compare_cuts
from kamnb.channels.history import compare_growth, summarise_growth, trace_channels
from kamnb.channels.inside import classify_accounts, compare_rules
from kamnb.channels.market import compare_market, race_market, summarise_race
from kamnb.channels.migration import cross_moves, follow_classes, lay_grid, trace_moves
from kamnb.channels.practice import compare_rivals, list_department_views, list_gaps, measure_time, rate_maturity
from kamnb.channels.priority import decide_channels, find_lines, measure_criteria, place_channels, rate_channels, weigh_doubt
from kamnb.channels.profit import summarise_profit
from kamnb.channels.routes import compare_routes, restate_months
from kamnb.channels.stress import stress_buyers, sum_members
from kamnb.channels.structure import compare_trade, list_groups, list_mergers, trace_concentration
from kamnb.settings import ChannelSettings, Choices


@dataclass(frozen=True)
class Trade:
    """Who buys: `structure` by channel, `concentration` by year, `groups` with dates, `mergers` and what they did."""

    structure: DataFrame
    concentration: DataFrame
    groups: DataFrame
    mergers: DataFrame


def study_trade(months: DataFrame, *, accounts: DataFrame, market: DataFrame, as_of: Timestamp) -> Trade:
    """Concentration of the trade and of our sales, groups and mergers.  `months`: from `place_months`."""
    return Trade(compare_trade(months, accounts=accounts, market=market, as_of=as_of),
                 trace_concentration(months, accounts=accounts), list_groups(months, accounts=accounts, day=as_of),
                 list_mergers(months, accounts=accounts))


@dataclass(frozen=True)
class Growth:
    """Sales of the channels with routing held: `months` (restated), `routes`, `history`, `change`, `position`, `race`."""

    months: DataFrame
    routes: DataFrame
    history: DataFrame
    change: DataFrame
    position: DataFrame
    race: DataFrame


def study_growth(months: DataFrame, *, sellthru: DataFrame, market: DataFrame, as_of: Timestamp) -> Growth:
    """History, growth and share of market of the channels, as if last year's routing still held."""
    restated = restate_months(months, sellthru, as_of=as_of)
    history = trace_channels(restated)
    position = compare_market(history, market=market, as_of=as_of)
    return Growth(restated, compare_routes(months, restated), history, compare_growth(history), position, race_market(position))


@dataclass(frozen=True)
class Dependence:
    """`buyers` with what hangs on them, what they leave us (`members`), and each as if it left (`stress`)."""

    buyers: DataFrame
    members: DataFrame
    stress: DataFrame


def study_dependence(earnings: DataFrame, *, accounts: DataFrame, day: Timestamp, settings: ChannelSettings) -> Dependence:
    """How much hangs on few buyers; groups as they stood on `day`.  `earnings`: from `trace_earnings`."""
    buyers, members = (rank_buyers(earnings, accounts=accounts, day=day), sum_members(earnings, accounts=accounts, day=day))
    return Dependence(buyers, members, stress_buyers(buyers, members=members, settings=settings))


def draw_conclusions(grown: Growth, *, trade: Trade, dependence: Dependence, profit: DataFrame) -> dict[str, dict[str, object]]:
    """The facts of the four key figures: sales, share, profit, dependence; an empty dict where nothing is known."""
    return {"sales": summarise_growth(grown.change), "share": summarise_race(grown.race, position=grown.position),
            "profit": summarise_profit(profit),
            "dependence": summarise_concentration(trade.concentration, buyers=dependence.buyers)}


@dataclass(frozen=True)
class Inside:
    """The accounts: XYZ `rules`, `classes`, `grid` with treatments, the classes of two years `crossed`, who `moved`, `cards`."""

    rules: DataFrame
    classes: DataFrame
    grid: DataFrame
    crossed: DataFrame
    moved: DataFrame
    cards: DataFrame


def study_accounts(months: DataFrame, *, accounts: DataFrame, measured: Measured, choices: Choices) -> Inside:
    """Classes, moves and position cards of the accounts.  `measured`: from `trace_earnings`, `weigh_growth`, `count_renewals`."""
    rules = compare_rules(months, choices=choices)
    classes = classify_accounts(months, rules=rules, choices=choices)
    followed = follow_classes(months, rules=rules, choices=choices)
    return Inside(rules, classes, lay_grid(classes, earnings=measured[0]), cross_moves(followed), trace_moves(followed, months=months),
                  lay_cards(classes, months=months, measured=measured, accounts=accounts))


@dataclass(frozen=True)
class Practice:
    """What surveys say of how we work: `rivals`, `gaps`, `views`, `maturity`, `time`."""

    rivals: DataFrame
    gaps: DataFrame
    views: DataFrame
    maturity: DataFrame
    time: DataFrame


def study_practice(surveys: DataFrame) -> Practice:
    """The four surveys, each read in its own way.  `surveys`: the table."""
    return Practice(compare_rivals(surveys), list_gaps(surveys), list_department_views(surveys), rate_maturity(surveys),
                    measure_time(surveys))


@dataclass(frozen=True)
class Priority:
    """The nine-box: `criteria`, `ratings`, `placed`, `cuts` both ways, `doubt`, `decided`, and what they were made from."""

    criteria: DataFrame
    ratings: DataFrame
    placed: DataFrame
    cuts: DataFrame
    doubt: DataFrame
    decided: DataFrame
    made_from: tuple[Growth, DataFrame, DataFrame]
    settings: ChannelSettings

    @property
    def lines(self) -> dict[str, tuple[float, float]]:
        """The cuts that count, by axis."""
        return find_lines(self.placed, cuts=self.settings.cuts)

    @property
    def others(self) -> dict[str, tuple[float, float]]:
        """The cuts of the other convention, by axis."""
        return find_lines(self.placed, cuts="quantiles" if self.settings.cuts == "thirds" else "thirds")

    @cached_property
    def past(self) -> dict[str, DataFrame]:
        """The ratings as they stood at the end of every year with a year before it, by its last day (ISO), oldest first.

        Headroom and profit are known of today only and stand for earlier years too.
        """
        grown, room, profit = self.made_from
        found = {}
        for year in sorted(grown.history["year"].unique())[1:]:
            history, position = (frame[frame["year"] <= year] for frame in (grown.history, grown.position))
            found[year.date().isoformat()] = rate_channels(measure_criteria(history, position=position, room=room, profit=profit))
        return found


def study_priority(grown: Growth, *, room: DataFrame, profit: DataFrame, settings: ChannelSettings) -> Priority:
    """Which channels come first, and how sure that is.  `room`, `profit`: from `estimate_headroom`, `sum_profit`."""
    criteria = measure_criteria(grown.history, position=grown.position, room=room, profit=profit)
    ratings = rate_channels(criteria)
    placed = place_channels(ratings, attractiveness=settings.attractiveness, strength=settings.strength, cuts=settings.cuts)
    doubt = weigh_doubt(ratings, settings=settings)
    decided = decide_channels(placed, ratings=ratings, doubt=doubt, settings=settings)
    return Priority(criteria, ratings, placed, compare_cuts(placed), doubt, decided, (grown, room, profit), settings)
