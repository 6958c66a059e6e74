"""Two states of reports side by side: figures that moved, rows and reports that came or went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kamnb.engagement import LANGUAGES
from kamnb.errors import InputError
from kamnb.reports.jobs import NOTEBOOKS
from kamnb.reports.remembered import State
from kamnb.words import has_words, name_code, say_value

GROUPS = {"money": ("money", "money_change"), "percent": ("share", "share1", "rate", "points"),
          "number": ("count", "int", "number", "score", "index", "days", "times"),
          "word": ("code", "bool", "date", "month", "year", "text", "list")}
GROUP = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
SPANS = ("month", "year")
DECIDED, NUMBER = "decided", "#"
Subject = tuple[str, str, str]
"""Stage, edition and account (or nothing) of a report, whatever its language."""


@dataclass(frozen=True)
class Pair:
    """The same report in both states.  `worded`: its words may differ, so that only what is no text can be compared."""

    subject: Subject
    before: dict
    after: dict
    idents: tuple[str, str]
    worded: bool


@dataclass(frozen=True)
class Move:
    """A cell that differs: of which report and account, in which table, row (its codes and its name) and column."""

    subject: Subject
    account: str
    table: str
    key: tuple
    row: str
    column: str
    kind: str
    before: object
    after: object

    @property
    def group(self) -> str:
        """money, percent, number or word."""
        return GROUP[self.kind]

    @property
    def change(self) -> float | int | None:
        """By how much it moved; unknown for words and where one side is unknown."""
        return None if self.group == "word" or self.before is None or self.after is None else self.after - self.before

    @property
    def visible(self) -> bool:
        """Whether a reader can see the difference: amounts to the last unit, all else as it is printed."""
        return self.group in {"money", "word"} or say_value(self.before, self.kind) != say_value(self.after, self.kind)


@dataclass(frozen=True)
class Passing:
    """A row that came (`state` "came") or went ("went") in a table that both states show."""

    subject: Subject
    account: str
    table: str
    row: str
    state: str


def pair_reports(a: State, b: State, *, language: str | None) -> tuple[list[Pair], list[Subject], list[Subject]]:
    """Reports in both states, in `language` where both have it, and the subjects that only the first or the second has.

    Raises InputError when the states are of two engagements or currencies.
    """
    heads = [next(iter(state.shown.values()))["head"] for state in (a, b)]
    for fact in ("engagement", "currency"):
        if heads[0][fact] != heads[1][fact]:
            raise InputError(f"the runs have another {fact}: {heads[0][fact]} and {heads[1][fact]}", str(b.folder),
                             "Name two runs of one engagement.")
    ours, theirs = _by_subject(a), _by_subject(b)
    wanted = [code for code in (language, *LANGUAGES) if code]
    pairs = [_pair(subject, ours[subject], theirs[subject], wanted=wanted) for subject in sorted(ours.keys() & theirs.keys(), key=order)]
    worded = [_mark_worded(pair, a, b) for pair in pairs]
    return worded, sorted(ours.keys() - theirs.keys(), key=order), sorted(theirs.keys() - ours.keys(), key=order)


def order(subject: Subject) -> tuple:
    """Where a report stands: by stage, then account."""
    return list(NOTEBOOKS).index(subject[0]), subject[1:]


def _by_subject(state: State) -> dict[Subject, dict[str, tuple[str, dict]]]:
    """By subject and language: the job's name and what it showed."""
    found: dict[Subject, dict[str, tuple[str, dict]]] = {}
    for ident, shown in state.shown.items():
        job = shown["job"]
        found.setdefault((job["stage"], job["edition"], job["account"]), {})[job["language"]] = ident, shown
    return found


def _pair(subject: Subject, before: dict, after: dict, *, wanted: list[str]) -> Pair:
    shared = [code for code in wanted if code in before and code in after]
    first, second = (shared[0], shared[0]) if shared else (min(before), min(after))
    (a_ident, a_shown), (b_ident, b_shown) = before[first], after[second]
    return Pair(subject, a_shown, b_shown, (a_ident, b_ident), first != second)


def _mark_worded(pair: Pair, a: State, b: State) -> Pair:
    then, now = a.entries[pair.idents[0]]["parts"], b.entries[pair.idents[1]]["parts"]
    return Pair(pair.subject, pair.before, pair.after, pair.idents, pair.worded or then["text"] != now["text"])


def compare_pair(pair: Pair, *, names: dict[tuple[str, str], str]) -> tuple[list[Move], list[Passing]]:
    """Cells that differ and rows that came or went, over all tables that both sides of `pair` show and what they decided.

    `names`: what the codes of a column are called (name_codes).
    """
    moves: list[Move] = []
    passing: list[Passing] = []
    before, after = ({table["name"]: table for table in list_tables(shown)} for shown in (pair.before, pair.after))
    for name in [name for name in after if name in before]:
        rows = _match(before[name], after[name], worded=pair.worded)
        columns = _shared_columns(before[name], after[name], pair.worded)
        for key, old, new in rows:
            account, row = _whose(key, pair), _row_name(key, names)
            if old is None or new is None:
                passing += [Passing(pair.subject, account, name, row, "came" if old is None else "went")] if name != DECIDED else []
                continue
            moves += [Move(pair.subject, account, name, key, row, column, kind, old[i], new[j])
                      for column, kind, i, j in columns if old[i] != new[j] and column not in dict(key)]
    return moves, passing


def list_tables(shown: dict) -> list[dict]:
    """The tables of a report and, as one more, the rows that it decided (without their texts)."""
    decided = shown["decided"]
    kept = [i for i, column in enumerate(decided["columns"]) if column["kind"] != "text"]
    columns, rows = [decided["columns"][i] for i in kept], [[row[i] for i in kept] for row in decided["rows"]]
    return [*shown["tables"], {"name": DECIDED, "title": "", "columns": columns, "rows": rows}]


def _places(table: dict) -> dict[str, int]:
    return {column["name"]: i for i, column in enumerate(table["columns"])}


def _shared_columns(before: dict, after: dict, worded: bool) -> list[tuple[str, str, int, int]]:
    """Name, kind and the places of the columns that can be compared."""
    old = _places(before)
    return [(c["name"], c["kind"], old[c["name"]], j) for j, c in enumerate(after["columns"])
            if c["name"] in old and c["kind"] in GROUP and not (worded and c["kind"] in {"text", "list"})]


def _match(before: dict, after: dict, *, worded: bool) -> Iterator[tuple[tuple, list | None, list | None]]:
    """Key and the row of each side (None where it has none); key: (column, value) pairs that tell the rows apart."""
    names = _key_columns(before, after, worded=worded)
    old, new = _by_key(before, names), _by_key(after, names)
    for key in dict.fromkeys([*new, *old]):
        yield key, old.get(key), new.get(key)


def _key_columns(before: dict, after: dict, *, worded: bool) -> list[str]:
    """The fewest columns that tell the rows of both tables apart: codes first, then months and years, then texts from the left."""
    old, columns = _places(before), after["columns"]
    ranks = [("id",), SPANS, ("code",) if worded else ("text", "code", "date")]
    candidates = [c["name"] for kinds in ranks for c in columns if c["kind"] in kinds and c["name"] in old]
    chosen: list[str] = []
    for name in candidates:
        chosen.append(name)
        if all(len({_values(row, table, chosen) for row in table["rows"]}) == len(table["rows"]) for table in (before, after)):
            return chosen
    return [name for name in chosen if name not in SPANS] if worded else chosen


def _values(row: list, table: dict, names: Iterable[str]) -> tuple:
    places = _places(table)
    return tuple(str(row[places[name]]) for name in names)


def _by_key(table: dict, names: list[str]) -> dict[tuple, list]:
    """Rows by key; rows that the key cannot tell apart are numbered."""
    found: dict[tuple, list] = {}
    for row in table["rows"]:
        plain = tuple(zip(names, _values(row, table, names), strict=True))
        numbers = (plain if n == 1 else (*plain, (NUMBER, str(n))) for n in range(1, len(table["rows"]) + 1))
        found[next(key for key in numbers if key not in found)] = row
    return found


def _whose(key: tuple, pair: Pair) -> str:
    return dict(key).get("account") or pair.subject[2]


def _row_name(key: tuple, names: dict[tuple[str, str], str]) -> str:
    """The row as a reader knows it, its account apart: names for codes, months as months."""
    return " · ".join(say_value(value, column) if column in SPANS else names.get((column, value), value)
                      for column, value in key if column not in {"account", NUMBER})


def name_codes(pairs: list[Pair]) -> dict[tuple[str, str], str]:
    """What each code is called, by (column, code): accounts by `name`, others by their own column of names or the spoken
    language's word for the code."""
    names: dict[tuple[str, str], str] = {}
    for pair in pairs:
        for shown in (pair.before, pair.after):
            if pair.subject[2]:
                names["account", pair.subject[2]] = shown["head"]["account_name"]
            for table in shown["tables"]:
                names.update(_names_in(table))
    return names


def _names_in(table: dict) -> dict[tuple[str, str], str]:
    places = _places(table)
    codes = [column["name"] for column in table["columns"] if column["kind"] == "id"]
    twins = {code: "name" if code == "account" else f"{code}_name" for code in codes}
    named = [(code, places[code], places[twin]) for code, twin in twins.items() if twin in places]
    coded = [(column["name"], i) for i, column in enumerate(table["columns"]) if column["kind"] == "code"]
    return {**{(code, str(row[i])): str(row[j]) for code, i, j in named for row in table["rows"]},
            **{(name, str(row[i])): name_code(row[i]) for name, i in coded for row in table["rows"] if has_words(f"codes.{row[i]}")}}


def drop_repeats(moves: list[Move]) -> list[Move]:
    """`moves` without those that another table or report shows as well."""
    first: dict[tuple, Move] = {}
    for move in moves:
        first.setdefault((move.account, move.row, move.column, _printed(move.before, move), _printed(move.after, move)), move)
    return list(first.values())


def _printed(value: object, move: Move) -> str:
    return str(value) if move.group == "word" else str(value and float(value)) if move.group == "money" else say_value(value, move.kind)


def by_size(moves: list[Move]) -> list[Move]:
    """`moves` of one group, the largest first; those without a size (unknown before or after) lead; codes before dates and texts."""
    kinds = GROUPS["word"]
    return sorted(moves, key=lambda m: (kinds.index(m.kind) if m.kind in kinds else m.change is not None, -abs(m.change or 0),
                                        order(m.subject), m.table, str(m.key), m.column))
