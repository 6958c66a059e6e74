"""The best set of accounts that hours and money allow, what each seat costs, and what another hour would bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from pandas import DataFrame, Series
from scipy.optimize import linprog

from kamnb.errors import InputError, nearest
from kamnb.methods.solver import GAP, maximise

CHOSEN = {"account": "str", "value": float, "hours": float, "cost": float, "chosen": bool, "why": "str"}
PRICED = {"account": "str", "chosen": bool, "value": float, "loss": float, "in_place_of": "str", "possible": bool}
BROUGHT = {"hours": float, "chosen": "int64", "value": float, "gain": float, "per_hour": float}
WHOLE = 1e-9  # so near to a whole number is one
FEW = 40  # accounts that the exact search looks at first; bounds tell which of the others could still matter


@dataclass(frozen=True)
class SetRules:
    """What limits the list.

    `hours`, `budget` (in the unit of the accounts' cost), `seats`: at most that much or many; None = no limit.  `must`: on
    the list whatever their value; `never`: off it.  `conflicts`: pairs that cannot both be served specially; `together`:
    accounts that come all or not at all, as the members of a group do.
    """

    hours: float | None = None
    budget: float | None = None
    seats: int | None = None
    must: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    conflicts: tuple[tuple[str, str], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()


def choose_set(accounts: DataFrame, *, rules: SetRules) -> DataFrame:
    """The set of accounts with the largest sum of values that keeps all `rules`, best value first.

    `accounts`: account, value (any unit, never below what nothing is worth), hours (a year), cost (needed only for a
    budget).  Returns account, value, hours, cost, `chosen` and `why`: must, best (chosen), never, unknown (value or a
    limited effort is not known: such an account is not chosen unless it must be), worthless (value not above 0), full.
    Exact (mixed-integer programme, HiGHS).  Raises InputError for names that are not there and for musts that no set can
    hold.  Source: method.md A19, B06, B21.
    """
    table = _prepare(accounts, rules)
    taken = _solve(table, rules)
    if taken is None:
        raise InputError("no list can hold all accounts that must be on it", "selection, must_have",
                         "Give more hours, budget or seats, or take a name off.")
    why = np.select([table["account"].isin(rules.must), table["account"].isin(rules.never), table["open"], taken,
                     ~(table["value"] > 0)], ["must", "never", "unknown", "best", "worthless"], "full")
    found = table.assign(chosen=taken, why=why)
    return found.sort_values(["chosen", "value", "account"], ascending=[False, False, True], ignore_index=True
                             )[list(CHOSEN)].astype(CHOSEN)


def summarise_set(chosen: DataFrame, *, rules: SetRules) -> dict[str, object]:
    """Numbers of a set from `choose_set`: `accounts`, `value`, `hours`, `hours_left`, `cost`, `budget_left`; what has no
    limit has no rest (None); {} for an empty set."""
    kept = chosen[chosen["chosen"]]
    if kept.empty:
        return {}
    hours, cost = float(kept["hours"].sum(skipna=False)), float(kept["cost"].sum(skipna=False))
    return {"accounts": len(kept), "value": float(kept["value"].sum()), "hours": hours, "cost": cost,
            "hours_left": None if rules.hours is None else rules.hours - hours,
            "budget_left": None if rules.budget is None else rules.budget - cost}


def _prepare(accounts: DataFrame, rules: SetRules) -> DataFrame:
    """Accounts in the order of their names with numbers, and `open` where one that counts is unknown."""
    names = (*rules.must, *rules.never, *(name for group in (*rules.conflicts, *rules.together) for name in group))
    for name in names:
        if len(accounts) and name not in set(accounts["account"]):
            raise InputError(f"account {name!r} is not on the long list", "selection", nearest(name, accounts["account"]))
    table = accounts.sort_values("account", ignore_index=True)
    table = table.assign(cost=table.get("cost", np.nan))
    numbers = table[["value", "hours", "cost"]].astype("Float64").astype(float)
    counted = ["value", *(["hours"] if rules.hours is not None else []), *(["cost"] if rules.budget is not None else [])]
    table = table[["account"]].join(numbers).assign(open=numbers[counted].isna().any(axis=1))
    blind = table["account"].isin(rules.must) & numbers[counted[1:]].isna().any(axis=1)
    if blind.any():
        raise InputError(f"nobody knows what {table.loc[blind, 'account'].iloc[0]!r} takes", "hours or cost",
                         "Give its hours and cost, or take it off must_have.")
    return table


def _solve(table: DataFrame, rules: SetRules) -> np.ndarray | None:
    """Which accounts are in the best set; None where no set keeps the rules.

    The relaxed problem (parts of accounts allowed) bounds what any set is worth.  The exact search then needs only the
    accounts that the bound does not rule out.
    """
    must, barred = table["account"].isin(rules.must).to_numpy(), _bar(table, rules)
    if table.empty or (must & barred).any():
        return None if len(table) else np.zeros(0, dtype=bool)
    worth = table["value"].fillna(0.0).to_numpy() / max(table["value"].abs().max(), 1e-300)
    if rules.hours is None and rules.budget is None and not rules.conflicts and not rules.together:
        return _take_best(worth, must, ~barred, seats=rules.seats)
    rows, limits = _list_limits(table, rules)
    relaxed = linprog(-worth, A_ub=rows if len(limits) else None, b_ub=limits if len(limits) else None,
                      bounds=np.column_stack([must, ~barred]).astype(float))
    if not relaxed.success:
        return None
    if (np.abs(relaxed.x - relaxed.x.round()) < WHOLE).all():  # no account in parts: nothing is worth more
        return relaxed.x > 0.5
    tied = table["account"].isin([*rules.must, *(name for group in (*rules.conflicts, *rules.together) for name in group)])
    cost = np.where(barred, np.inf, np.where(tied, 0.0, np.abs(relaxed.lower.marginals)))
    looked = ~barred & (cost <= np.sort(cost)[min(FEW, len(cost)) - 1])
    taken = _search(worth, (rows, limits), must, looked)
    least = -np.inf if taken is None else worth[taken].sum()
    missed = ~looked & ~barred & (-relaxed.fun - cost > least + GAP)
    return _search(worth, (rows, limits), must, looked | missed) if missed.any() else taken


def _take_best(worth: np.ndarray, must: np.ndarray, open_to: np.ndarray, *, seats: int | None) -> np.ndarray | None:
    """The best set where nothing but the seats limits it: whoever must be on it, then the best; None where the musts are too many."""
    seats = len(worth) if seats is None else seats
    if must.sum() > seats:
        return None
    order = np.lexsort((-worth, ~must, ~open_to))[:min(seats, int(open_to.sum()))]
    return np.isin(np.arange(len(worth)), order)


def _bar(table: DataFrame, rules: SetRules) -> np.ndarray:
    """Accounts that cannot be in the best set: never, unknown, or worth nothing and not tied to others."""
    must, tied = table["account"].isin(rules.must), table["account"].isin([n for group in rules.together for n in group])
    worthless = ~(table["value"] > 0) & ~tied
    return (table["account"].isin(rules.never) | ((table["open"] | worthless) & ~must)).to_numpy()


def _search(worth: np.ndarray, caps: tuple[np.ndarray, np.ndarray], must: np.ndarray, looked: np.ndarray) -> np.ndarray | None:
    """The best set among the accounts that are looked at."""
    found = maximise(worth[looked], rows=caps[0][:, looked], limits=caps[1], must=must[looked])
    if found is None:
        return None
    taken = np.zeros(len(worth), dtype=bool)
    taken[looked] = found
    return taken


def _list_limits(table: DataFrame, rules: SetRules) -> tuple[np.ndarray, np.ndarray]:
    """Rows and limits of the inequalities: hours, budget, seats, conflicts, all-or-none."""
    place = {name: n for n, name in enumerate(table["account"])}
    caps = [(table["hours"], rules.hours), (table["cost"], rules.budget), (Series(1.0, table.index), rules.seats)]
    caps = [(column.fillna(0.0).to_numpy(), float(cap)) for column, cap in caps if cap is not None]
    sizes = [max(column.max(initial=0.0), cap, 1e-300) for column, cap in caps]  # rows near 1 keep the search exact
    rows = [column / size for (column, _), size in zip(caps, sizes, strict=True)]
    limits = [cap / size for (_, cap), size in zip(caps, sizes, strict=True)]
    pairs = [((a, b), (1.0, 1.0), 1.0) for a, b in rules.conflicts]
    pairs += [((a, b), (1.0, -1.0), 0.0) for group in rules.together for a in group for b in group if a != b]
    for names, signs, limit in pairs:
        row = np.zeros(len(table))
        row[[place[name] for name in names]] = signs
        rows.append(row)
        limits.append(limit)
    return np.array(rows).reshape(len(limits), len(table)), np.array(limits)


def price_seats(accounts: DataFrame, among: Iterable[str], *, rules: SetRules) -> DataFrame:
    """What it costs to decide otherwise than the best set does, for each account in `among`, dearest first.

    Returns account, `chosen`, `value`, `loss` (value lost when a chosen one is left out, or one that is not is forced in;
    negative: a must that costs more than it brings), `in_place_of` (who comes or goes instead, codes with spaces) and
    `possible` (False, and no loss: no set keeps the rules then).  Source: method.md B21 (opportunity cost of a seat).
    """
    table = _prepare(accounts, rules)
    best = choose_set(accounts, rules=rules).set_index("account")["chosen"].reindex(table["account"]).to_numpy(dtype=bool)
    worth, names = table["value"].fillna(0.0).to_numpy(), table["account"].to_numpy()
    rows = []
    for name in among:
        inside = bool(best[names == name].any())
        other = _solve(table, _decide_otherwise(rules, name, inside=inside))
        kept = other if other is not None else best
        swapped = sorted(names[(kept != best) & (names != name)])
        rows.append({"account": name, "chosen": inside, "value": float(table.loc[names == name, "value"].iloc[0]),
                     "loss": float(worth[best].sum() - worth[kept].sum()) if other is not None else np.nan,
                     "in_place_of": " ".join(swapped), "possible": other is not None})
    table = DataFrame(rows, columns=list(PRICED)).astype(PRICED)
    return table.sort_values(["chosen", "loss", "account"], ascending=[False, False, True], ignore_index=True)


def _decide_otherwise(rules: SetRules, name: str, *, inside: bool) -> SetRules:
    """`rules` with the opposite decision about one account."""
    must, never = (tuple(n for n in names if n != name) for names in (rules.must, rules.never))
    return replace(rules, must=must if inside else (*must, name), never=(*never, name) if inside else never)


def value_hours(accounts: DataFrame, *, rules: SetRules, hours: Iterable[float]) -> DataFrame:
    """What more or fewer hours would bring: the best set under each number of `hours`.

    Returns hours, `chosen` (how many), `value`, `gain` (value more than with the number before) and `per_hour`, ascending.
    Numbers under which the musts do not fit are left out.
    """
    rows = []
    for limit in sorted(set(map(float, hours))):
        capped = replace(rules, hours=limit)
        table = _prepare(accounts, capped)
        taken = _solve(table, capped)
        if taken is not None:
            rows.append({"hours": limit, "chosen": int(taken.sum()), "value": float(table.loc[taken, "value"].sum())})
    table = DataFrame(rows, columns=["hours", "chosen", "value"]).astype({"hours": float, "chosen": "int64", "value": float})
    table["gain"] = table["value"].diff()
    return table.assign(per_hour=table["gain"] / table["hours"].diff())[list(BROUGHT)].astype(BROUGHT)
