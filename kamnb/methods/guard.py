"""The list of key accounts over time: one in, one out, and doors that do not swing with every wind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, Index, Series

MOVES = {"account": "str", "in_top": float, "before": bool, "move": "str", "reason": "str", "in_place_of": "str"}
ORDER = {"stays": 0, "enters": 1, "leaves": 2, "waits": 3}
GROWTH = {"date": "datetime64[us]", "listed": "int64", "entered": "int64", "left": "int64", "net": "int64", "over": "Int64"}


@dataclass(frozen=True)
class GuardRules:
    """Doors of the list; all thresholds are rules of thumb.

    `seats`: how many key accounts can be served.  `enter`: probability of being among the best from which an account may
    come in; `leave`: below which one on the list goes; between the two nothing moves by itself.  `margin`: how much likelier
    than the weakest on a full list a newcomer must be to take its place.  `must`: stay, or come in, whatever the numbers.
    """

    seats: int = 8
    enter: float = 0.6
    leave: float = 0.3
    margin: float = 0.2
    must: tuple[str, ...] = ()


def guard_list(standing: Index, in_top: Series, *, rules: GuardRules = GuardRules()) -> DataFrame:
    """Who stays, enters, leaves or waits when the list is looked through again: the log of the round.

    `standing`: accounts on the list now; `in_top`: probability of being among the best (as many as `seats`), by account (NaN = not
    rated).  Returns account, `in_top`, `before` (was on the list), `move` (stays, enters, leaves, waits), `reason`: must,
    above_leave, unknown (on the list, not rated any more: somebody must look), below_leave, over_seats (the list is longer
    than the seats: its weakest go), above_enter, stronger (one in, one out), no_seat; and `in_place_of`: whom it replaces,
    or who replaces it.  Accounts that are neither on the list nor above `enter` have no row.  Source: method.md B06.
    """
    shares = in_top.astype(float).reindex(in_top.index.union(Index(standing)).union(Index(rules.must)))
    told = {name: ("must" if name in rules.must else "unknown" if pd.isna(shares[name]) else "above_leave") for name in standing}
    gone = {name: "below_leave" for name in standing if name not in rules.must and shares[name] < rules.leave}
    kept = _by_strength([name for name in standing if name not in gone], shares, rules)
    queue = _by_strength([name for name in shares.index if name not in set(standing)
                          and (name in rules.must or shares[name] >= rules.enter)], shares, rules)
    gone |= {name: "over_seats" for name in kept[rules.seats:] if name not in rules.must}
    kept = [name for name in kept if name not in gone]
    moves = [(name, "leaves", why, "") for name, why in gone.items()]
    moves += _admit(kept, queue, shares, rules=rules)
    left = {name for name, move, _, _ in moves if move == "leaves"}
    moves += [(name, "stays", told[name], "") for name in kept if name not in left]
    table = DataFrame([{"account": name, "in_top": shares[name], "before": name in set(standing), "move": move, "reason": why,
                        "in_place_of": other} for name, move, why, other in moves], columns=list(MOVES)).astype(MOVES)
    order = table.assign(place=table["move"].map(ORDER)).sort_values(["place", "in_top", "account"], ascending=[True, False, True])
    return order[list(MOVES)].reset_index(drop=True)


def _by_strength(names: list[str], shares: Series, rules: GuardRules) -> list[str]:
    """Musts first, then those that nobody rates any more (nobody may drop them unseen), then by probability."""
    return sorted(names, key=lambda name: (name not in rules.must, -np.nan_to_num(shares[name], nan=2.0), name))


def _admit(kept: list[str], queue: list[str], shares: Series, *, rules: GuardRules) -> list[tuple[str, str, str, str]]:
    """Moves of those in the queue: into free seats, in place of somebody weaker, or waiting."""
    moves, free = [], rules.seats - len(kept)
    weak = [name for name in reversed(kept) if name not in rules.must and not pd.isna(shares[name])]
    for name in queue:
        if free > 0:
            free -= 1
            moves.append((name, "enters", "must" if name in rules.must else "above_enter", ""))
        elif weak and (name in rules.must or shares[name] >= shares[weak[0]] + rules.margin):
            other = weak.pop(0)
            moves += [(name, "enters", "must" if name in rules.must else "stronger", other), (other, "leaves", "stronger", name)]
        else:
            moves.append((name, "waits", "no_seat", ""))
    return moves


def trace_list(history: DataFrame, *, seats: int | None = None) -> DataFrame:
    """How the list has grown, by date: `listed`, `entered`, `left`, `net` (since the date before) and `over` (accounts more
    than the `seats` there are; unknown without seats).

    `history`: date, account, one row per account on the list at each date it was decided.  Source: method.md B06.
    """
    members = history.groupby("date")["account"].agg(set).sort_index()
    before = members.shift(fill_value=set()) if len(members) else members
    rows = [{"date": date, "listed": len(now), "entered": len(now - then), "left": len(then - now),
             "net": len(now) - len(then), "over": pd.NA if seats is None else max(len(now) - seats, 0)}
            for (date, now), then in zip(members.items(), before, strict=True)]
    return DataFrame(rows, columns=list(GROWTH)).astype(GROWTH)
