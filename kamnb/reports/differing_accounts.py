"""Two states of reports account by account: the few values that a sales meeting asks for first, and whose rows changed."""

from __future__ import annotations

from dataclasses import dataclass

from kamnb.reports.differing import DECIDED, Move, Pair, Passing, list_tables
from kamnb.reports.differing_causes import Cause, own_tables
from kamnb.reports.remembered import State
from kamnb.words import say_value

HEADLINES = {"net_sales": "money", "growth": "rate", "rank": "count", "score": "score", "decision": "code", "target": "money",
             "attainment": "share1"}
"""What an account's line shows, with its kind, wherever a table by account (or the account's own report) has such a column."""
SUMMED, KEY = ("target",), "key"
Values = dict[str, tuple[object, object]]


@dataclass(frozen=True)
class Line:
    """One account: its headlines before and after, how many of its figures moved, the tables in which its own rows changed, and
    everything else that changed for the reports it moved in."""

    account: str
    name: str
    values: Values
    figures: int
    own: list[str]
    causes: list[Cause]

    def moved(self, headline: str) -> bool:
        """Whether a reader can see that `headline` is not the same in both states."""
        before, after = self.values.get(headline, (None, None))
        if HEADLINES[headline] in {"money", "code"}:
            return before != after
        return None not in (before, after) and say_value(before, HEADLINES[headline]) != say_value(after, HEADLINES[headline])

    @property
    def led(self) -> bool:
        """Whether any headline moved."""
        return any(map(self.moved, HEADLINES))

    @property
    def seated(self) -> bool:
        """Whether it became or was a key account and no longer is."""
        return self.moved("decision") and KEY in self.values["decision"]

    def change(self, headline: str) -> float:
        """By how much `headline` moved; nothing where one side is unknown."""
        before, after = self.values.get(headline, (None, None))
        return 0 if before is None or after is None else after - before


def list_lines(pairs: list[Pair], moves: list[Move], passing: list[Passing], *, names: dict) -> list[Line]:
    """One line for each account of which a reader can see that something moved: a seat won or lost first, then the
    largest change of net sales, then other decisions.

    `own` and `causes` are still empty (explain_lines).
    """
    counts: dict[str, int] = {}
    for account in [*(move.account for move in moves if move.visible), *(row.account for row in passing)]:
        counts[account] = counts.get(account, 0) + 1
    counts.pop("", None)
    headlines = find_headlines(pairs)
    lines = [Line(account, names.get(("account", account), account), headlines.get(account, {}), number, [], [])
             for account, number in counts.items()]
    return sorted(lines, key=lambda line: (not line.seated, -abs(line.change("net_sales")), -abs(line.change("target")),
                                           not line.moved("decision"), not line.led, -line.figures, line.account))


def explain_lines(lines: list[Line], causes: dict[str, list[Cause]], a: State, b: State) -> list[Line]:
    """`lines` with the tables that changed for the account itself and with `causes` (by account)."""
    return [Line(line.account, line.name, line.values, line.figures, own_tables(line.account, a, b), causes.get(line.account, []))
            for line in lines]


def find_headlines(pairs: list[Pair]) -> dict[str, Values]:
    """Headlines of every account in both states: from the first table in which they moved, else
    that has them on both sides, else on either."""
    sides = [_collect(pairs, side) for side in ("before", "after")]
    found: dict[str, Values] = {}
    for account in dict.fromkeys([*sides[1], *sides[0]]):
        before, after = (side.get(account, {}) for side in sides)
        found[account] = {name: _pick(before.get(name, {}), after.get(name, {})) for name in HEADLINES if name in before or name in after}
    return found


def _pick(before: dict[tuple, object], after: dict[tuple, object]) -> tuple[object, object]:
    shared = [source for source in after if source in before]
    if shared:
        source = next((source for source in shared if before[source] != after[source]), shared[0])
        return before[source], after[source]
    return next(iter(before.values()), None), next(iter(after.values()), None)


def _collect(pairs: list[Pair], side: str) -> dict[str, dict[str, dict[tuple, object]]]:
    """By account and headline: its value in each table of `side` ("before" or "after") that has it."""
    found: dict[str, dict[str, dict[tuple, object]]] = {}
    for pair in pairs:
        tables = list_tables(getattr(pair, side))
        for table in sorted(tables, key=lambda table: table["name"] != DECIDED):
            for account, name, value in _headlines_in(table, pair.subject[2]):
                found.setdefault(account, {}).setdefault(name, {})[pair.subject, table["name"]] = value
    return found


def _headlines_in(table: dict, owner: str) -> list[tuple[str, str, object]]:
    """Account, headline and value of a table that has one row for each account; of an account's own report the last year's
    row, and for the target the sum of its months."""
    places = {column["name"]: i for i, column in enumerate(table["columns"])}
    known = [name for name in HEADLINES if name in places and table["columns"][places[name]]["kind"] == HEADLINES[name]]
    rows = table["rows"]
    if "account" in places:
        accounts = [row[places["account"]] for row in rows]
        if len(set(accounts)) < len(rows):
            return []
        return [(str(account), name, row[places[name]]) for account, row in zip(accounts, rows, strict=True) for name in known]
    if owner and "year" in places and rows:
        last = max(rows, key=lambda row: str(row[places["year"]]))
        return [(owner, name, last[places[name]]) for name in known]
    if owner and "month" in places and rows:
        return [(owner, name, sum(row[places[name]] or 0 for row in rows)) for name in known if name in SUMMED]
    return []


def sum_sales(pairs: list[Pair]) -> tuple[object, object]:
    """Net sales of all accounts before and after, by the longest table that lists them on both sides; unknown without one."""
    best: tuple[int, object, object] = (0, None, None)
    for pair in pairs:
        after = {table["name"]: table for table in pair.after["tables"]}
        for table in (t for t in pair.before["tables"] if t["name"] in after):
            sides = [[value for _, name, value in _headlines_in(side, "") if name == "net_sales"] for side in (table, after[table["name"]])]
            if min(map(len, sides)) > best[0] and None not in (*sides[0], *sides[1]):
                best = min(map(len, sides)), sum(sides[0]), sum(sides[1])
    return best[1:]
