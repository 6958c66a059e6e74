"""Who shares the hours there are: the best set under all limits, the price of each seat, and the doors of the list."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.choice import SetRules, choose_set, price_seats
from kamnb.methods.guard import GuardRules, guard_list
from kamnb.selection.robustness import LARGE
from kamnb.settings import SelectionSettings

PRICES = ["account", "name", "net_sales", "headroom", "score", "chosen", "loss", "instead"]
CHALLENGERS = 4


def is_limited(settings: SelectionSettings) -> bool:
    """Whether more than the number of seats limits the list, so that the best set must be searched for."""
    return bool(settings.conflicts or settings.together or settings.account_hours or settings.budget is not None)


def set_rules(board: DataFrame, *, seats: int, hours: float | None, settings: SelectionSettings) -> SetRules:
    """The limits of the list; names that are not among the accounts of `board` that may take a seat are left out.

    The hours count only where accounts differ in them; otherwise the number of seats says the same.
    """
    open_to = set(board.loc[board["gate"] == "", "account"])
    return SetRules(hours=hours if settings.account_hours else None, budget=settings.budget, seats=seats,
                    must=tuple(a for a in settings.must_have if a in open_to),
                    conflicts=tuple(pair for pair in settings.conflicts if set(pair) <= open_to),
                    together=tuple(group for group in settings.together if set(group) <= open_to))


def value_seats(board: DataFrame, *, settings: SelectionSettings) -> DataFrame:
    """What each account that may take a seat is worth and takes: account, `value` (score points above the lowest mark),
    `hours` and `cost` (a year; no cost named = none)."""
    rows = board[board["gate"] == ""]
    return DataFrame({"account": rows["account"], "value": (rows["score"] - 1).clip(lower=0.0),
                      "hours": rows["account"].map(settings.account_hours).astype(float).fillna(settings.hours_per_account),
                      "cost": rows["account"].map(settings.account_cost).astype(float).fillna(0.0)}).reset_index(drop=True)


def choose_best(board: DataFrame, *, seats: int, hours: float | None, settings: SelectionSettings) -> set[str]:
    """Codes of the best set of accounts under all limits.

    Without limits beside the seats: accounts the engagement must have, then the best scores.  Otherwise exact, by mixed-
    integer programme.  Source: method.md A19, B06, B21.
    """
    if is_limited(settings):
        rules = set_rules(board, seats=seats, hours=hours, settings=settings)
        chosen = choose_set(value_seats(board, settings=settings), rules=rules)
        return set(chosen.loc[chosen["chosen"], "account"])
    queue = board[board["gate"] == ""]
    queue = queue.assign(first=~queue["account"].isin(settings.must_have)).sort_values(["first", "rank"])
    return set(queue["account"].iloc[:seats])


def price_board(board: DataFrame, *, seats: int, hours: float | None, settings: SelectionSettings) -> DataFrame:
    """What each seat costs: account, name, net_sales, headroom, score, `chosen`, `loss` (score points the list loses when we
    decide otherwise on this account), `instead` (names of those who come or go for it), dearest first.

    Asked of the seated, of the next four in the queue, and of those of the ten largest that have no seat.  Source: B21.
    """
    eligible = board[board["gate"] == ""].sort_values("rank")
    sizes = board["net_sales"].astype(float).rank(ascending=False, method="first").reindex(eligible.index)
    near = (eligible["rank"] <= seats + CHALLENGERS) | (sizes <= LARGE)
    asked = eligible.loc[near, "account"].tolist()
    if not asked:
        return DataFrame(columns=PRICES)
    rules = set_rules(board, seats=seats, hours=hours, settings=settings)
    priced = price_seats(value_seats(board, settings=settings), asked, rules=rules)
    names = board.set_index("account")["name"]
    priced["instead"] = [", ".join(names.reindex(codes.split())) for codes in priced["in_place_of"]]
    table = priced[["account", "chosen", "loss", "instead"]].merge(board.drop(columns="loss", errors="ignore"), on="account")
    return table[PRICES].sort_values(["chosen", "loss", "account"], ascending=[False, False, True], ignore_index=True)


def summarise_prices(prices: DataFrame, *, seats: int) -> dict[str, object]:
    """The cheapest seat (`cheapest`, `gives`: points lost without it) and what the largest account without a seat would
    cost (`largest`, `costs`, `instead`: who would have to go); {} unless there are both."""
    seated, others = prices[prices["chosen"] & prices["loss"].notna()], prices[~prices["chosen"] & prices["loss"].notna()]
    if seated.empty or others.empty:
        return {}
    last, large = seated.iloc[-1], others.sort_values(["net_sales", "account"], ascending=[False, True]).iloc[0]
    return {"seats": seats, "cheapest": last["name"], "gives": last["loss"], "largest": large["name"], "costs": large["loss"],
            "instead": large["instead"]}


def guard_round(board: DataFrame, standing: DataFrame, *, seats: int, settings: SelectionSettings) -> DataFrame:
    """The log of this round against the list that stands: `guard.guard_list` with names; empty before the first list.

    `standing`: the saved decision of the stage.  One in, one out: whoever comes onto a full list takes somebody's place.
    """
    rules = GuardRules(seats=seats, enter=settings.enter, leave=settings.leave, margin=settings.margin,
                       must=tuple(a for a in settings.must_have if a in set(board["account"])))
    now = standing.loc[standing["decision"] == "key", "account"] if len(standing) else Series([], dtype="str")
    log = guard_list(pd.Index(now), board.set_index("account")["in_top"].dropna(), rules=rules)
    names = board.set_index("account")["name"]
    return (log if log["before"].any() else log.iloc[:0]).assign(name=lambda rows: rows["account"].map(names).fillna(rows["account"]))


def summarise_guard(log: DataFrame, *, settings: SelectionSettings) -> dict[str, object]:
    """Numbers of the round: `listed` before, `stay`, `enters`, `leaves`, `waits` (names), the doors `enter` and `leave`;
    {} before the first list."""
    if log.empty:
        return {}
    names = {move: log.loc[log["move"] == move, "name"].tolist() for move in ("enters", "leaves", "waits")}
    return {"listed": int(log["before"].sum()), "stay": int((log["move"] == "stays").sum()), **names, "enter": settings.enter,
            "leave": settings.leave}
