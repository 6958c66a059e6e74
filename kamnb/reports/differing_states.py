"""What moved between two states of reports, and why: everything that the page, the workbook and the terminal tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kamnb.reports.differing import GROUP, Move, Pair, Passing, Subject, compare_pair, drop_repeats, list_tables, name_codes, pair_reports
from kamnb.reports.differing_accounts import Line, explain_lines, list_lines, sum_sales
from kamnb.reports.differing_causes import Cause, explains, find_causes
from kamnb.reports.remembered import State
from kamnb.words import LANGUAGES, speak


@dataclass(frozen=True)
class Reading:
    """A sentence or key figure of a report that reads differently."""

    subject: Subject
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """Two states compared.  `moves`: every cell that differs; `went` and `came`: reports in only one of them."""

    a: State
    b: State
    pairs: list[Pair]
    moves: list[Move]
    passing: list[Passing]
    went: list[Subject]
    came: list[Subject]
    causes: dict[Subject, list[Cause]]

    @property
    def head(self) -> dict:
        """Head of the later state: client, date, currency, firm."""
        return (self.pairs[0].after if self.pairs else next(iter(self.b.shown.values())))["head"]

    @property
    def before(self) -> str:
        """As-of date of the earlier state."""
        return str(next(iter(self.a.shown.values()))["head"]["as_of"])

    @cached_property
    def names(self) -> dict[tuple[str, str], str]:
        """What codes are called, by (column, code)."""
        return name_codes(self.pairs)

    @cached_property
    def titles(self) -> dict[tuple[Subject, str], str]:
        """Titles of the tables of every report in both states."""
        return {(pair.subject, table["name"]): table["title"] for pair in self.pairs for table in pair.after["tables"]}

    @cached_property
    def lines(self) -> list[Line]:
        """One line for each account that moved."""
        by_account: dict[str, list[Cause]] = {}
        for moved in [*self.moves, *self.passing]:
            known = by_account.setdefault(moved.account, [])
            known += [cause for cause in self.causes[moved.subject] if cause not in known]
        return explain_lines(list_lines(self.pairs, self.moves, self.passing, names=self.names), by_account, self.a, self.b)

    @property
    def led(self) -> list[Line]:
        """Lines of the accounts whose headlines moved; at the others only shares of a total and the like did."""
        return [line for line in self.lines if line.led]

    @cached_property
    def sales(self) -> tuple[object, object]:
        """Net sales of all accounts before and after."""
        return sum_sales(self.pairs)

    @cached_property
    def seen(self) -> list[Move]:
        """Moves that a reader can see, each once."""
        return drop_repeats([move for move in self.moves if move.visible])

    @property
    def hidden(self) -> int:
        """How many figures moved by less than is printed."""
        return len(self.moves) - sum(move.visible for move in self.moves)

    @property
    def unexplained(self) -> list[Move]:
        """Figures that moved in reports of which nothing that moves figures has changed: a bug, wherever it is."""
        return [move for move in self.moves if move.group != "word" and not explains(self.causes[move.subject])]

    @property
    def figures(self) -> int:
        """How many figures were compared."""
        return sum(_count_figures(pair) for pair in self.pairs)

    @cached_property
    def readings(self) -> tuple[list[Reading], list[Reading]]:
        """Key figures and conclusions that read differently, of reports in one language."""
        alike = [pair for pair in self.pairs if pair.before["job"]["language"] == pair.after["job"]["language"]]
        figures = [reading for pair in alike for reading in _figures(pair)]
        return figures, [reading for pair in alike for reading in _answers(pair)]


def _count_figures(pair: Pair) -> int:
    tables = list_tables(pair.after)
    return sum(len(table["rows"]) * sum(GROUP.get(c["kind"], "word") != "word" for c in table["columns"]) for table in tables)


def _figures(pair: Pair) -> list[Reading]:
    both = zip(pair.before["figures"], pair.after["figures"], strict=False)
    return [Reading(pair.subject, str(new[0]), str(old[1]), str(new[1])) for old, new in both if old[1] != new[1]]


def _answers(pair: Pair) -> list[Reading]:
    """Conclusions that changed, side by side where both have one at the same place."""
    old, new = pair.before["answers"], pair.after["answers"]
    both = [(old[i] if i < len(old) else "", new[i] if i < len(new) else "") for i in range(max(len(old), len(new)))]
    return [Reading(pair.subject, "", before, after) for before, after in both if before != after]


def _own_language(state: State) -> str | None:
    """The engagement's language in `state`, where it is noted."""
    settings = state.parts.get(next(iter(state.entries.values()))["parts"]["settings"], {})
    return settings.get("values", {}).get("engagement.language")


def compare_states(a: State, b: State, *, language: str | None) -> Difference:
    """What moved from `a` to `b`, told in `language` (default: the engagement's, or one that both have); speaks it from here on.

    Raises InputError when the two cannot be compared.
    """
    pairs, went, came = pair_reports(a, b, language=language or _own_language(b))
    first = next(iter(b.shown.values()))
    told = [pair.after["job"]["language"] for pair in pairs] or [first["job"]["language"]]
    speak(language or min(set(told), key=lambda code: (-told.count(code), LANGUAGES.index(code))), currency=first["head"]["currency"],
          start=first["start"])
    names = name_codes(pairs)
    moves, passing = [], []
    for pair in pairs:
        moved, passed = compare_pair(pair, names=names)
        moves += moved
        passing += passed
    return Difference(a, b, pairs, moves, passing, went, came, find_causes(pairs, a, b))
