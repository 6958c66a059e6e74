"""A difference between two runs as a report of our own: the answer, what changed underneath, who moved, figure by figure."""

from __future__ import annotations

from kamnb.reports.differing import GROUPS, Move
from kamnb.reports.differing_accounts import HEADLINES, Line
from kamnb.reports.differing_causes import KINDS, Cause, count_owners, explains, sum_up
from kamnb.reports.differing_states import Difference
from kamnb.reports.differing_tables import (
    accounts_table,
    causes_table,
    files_table,
    moves_table,
    passing_table,
    readings_tables,
    reports_table,
    say_why,
    unexplained_table,
)
from kamnb.reports.naming import name_cause, name_subject, say_code, some
from kamnb.reports.reading import Prose, Report, Section, Sentence, Table
from kamnb.words import has_words, say_value, spoken, words

NAMED, TOLD, OWNERS = 4, 5, 3


def build_report(found: Difference, *, names: tuple[str, str]) -> Report:
    """The report of `found`; `names`: what the two states are called.  Its language must be spoken."""
    source = words("reports.diff.source", before=names[0], after=names[1])
    head = {**found.head, "account": None, "account_name": "", "language": spoken(), "edition": "internal"}
    lead = words("reports.diff.lead", before=names[0], after=names[1], before_date=found.before, after_date=head["as_of"],
                 reports=len(found.pairs), n=found.figures)
    parts = {"why": [unexplained_table(found), causes_table(found)], "accounts": [accounts_table(found)],
             "readings": readings_tables(found), "figures": [moves_table(found, group) for group in GROUPS],
             "passing": [passing_table(found), reports_table(found)], "files": [files_table(found)]}
    told = {name: [_sourced(table, source) for table in tables if table.rows] for name, tables in parts.items()}
    sections = [_section(name, told[name], found) for name in parts if told[name] and name != "files"]
    return Report(head, say_title(found), lead, say_tiles(found), say_answers(found), sections, told["files"])


def _section(name: str, tables: list[Table], found: Difference) -> Section:
    """The section `name`: how to read it, and its tables."""
    lead = [Prose(words(f"reports.diff.{name}_lead"))] if has_words(f"reports.diff.{name}_lead") else []
    rest = [Sentence("diff.hidden", words("reports.diff.hidden", n=found.hidden))] if name == "figures" and found.hidden else []
    return Section(words(f"reports.diff.{name}_section"), f"s-{name}", [*lead, *tables, *rest])


def _sourced(table: Table, source: str) -> Table:
    return Table(table.name, table.title, source, table.columns, table.rows)


def say_title(found: Difference) -> str:
    """The message of the comparison."""
    accounts = sum(column == "account" for column, _ in found.names)
    why = [words(f"reports.diff.because.{kind}") for kind in _kinds(found)]
    if found.unexplained:
        return words("reports.diff.title_unexplained", n=len(found.unexplained))
    if found.led:
        return words("reports.diff.title_moved", n=len(found.led), all=accounts, why=why)
    if found.seen and why:
        return words("reports.diff.title_channels", n=len(found.seen), why=why)
    key = "words" if "text" in {cause.kind for causes in found.causes.values() for cause in causes} else "still"
    return words("reports.diff.title_reports") if found.came or found.went else words(
        f"reports.diff.title_{key}", n=found.figures, reports=len(found.pairs))


def _kinds(found: Difference) -> list[str]:
    """Kinds of causes that move figures, of the reports in which something moved."""
    moved = {move.subject for move in found.moves} | {row.subject for row in found.passing}
    kinds = {cause.kind for subject in moved for cause in found.causes[subject] if explains([cause])}
    return [kind for kind in KINDS if kind in kinds]


def say_answers(found: Difference) -> list[str]:
    """What a meeting must hear: alarms, what changed underneath, and the accounts that moved most."""
    return [*say_alarms(found), *say_causes(found), *[say_line(line, found) for line in found.led[:TOLD]], *say_rest(found)]


def say_rest(found: Difference) -> list[str]:
    """How many accounts moved beside those that are named, and how many only in figures that follow from others."""
    more, small = len(found.led) - TOLD, len(found.lines) - len(found.led)
    return [*([words("reports.diff.more", n=more)] if more > 0 else []), *([words("reports.diff.small", n=small)] if small else [])]


def say_alarms(found: Difference) -> list[str]:
    """Another as-of date, and figures that nothing explains."""
    told = []
    if found.before != str(found.head["as_of"]):
        told.append(words("reports.diff.other_date", before=found.before, after=found.head["as_of"]))
    for key, only_words in (("unexplained", False), ("words_broken", True)):
        moves = [move for move in found.unexplained if bool(found.causes[move.subject]) == only_words]
        if moves:
            told.append(words(f"reports.diff.{key}", n=len(moves), stages=_stages(moves, found)))
    return told


def _stages(moves: list[Move], found: Difference) -> list[str]:
    return list(dict.fromkeys(name_subject(move.subject, found.names) for move in moves))


def say_causes(found: Difference) -> list[str]:
    """One sentence for each kind of cause."""
    causes = [cause for cause, _ in sum_up(found.causes)]
    named = {kind: _named(causes, kind, found) for kind in KINDS[1:]}
    told = [words("reports.diff.cause", kind=words(f"reports.diff.kinds.{kind}"), what=[some(what, most=NAMED, more="parts")])
            for kind, what in named.items() if what]
    return told or ([] if causes else [words("reports.diff.no_cause")])


def _named(causes: list[Cause], kind: str, found: Difference) -> list[str]:
    """Causes of `kind`; for a table also whose rows changed."""
    told = []
    for cause in (cause for cause in causes if cause.kind == kind):
        owners = count_owners(cause.what.removeprefix("table "), found.a, found.b)
        who = some([found.names.get(("account", owner), owner) for owner in owners], most=OWNERS)
        name = name_cause(cause, found.names)
        told.append(words("reports.diff.owned", what=name, who=who) if owners else name)
    return told


def say_line(line: Line, found: Difference) -> str:
    """What moved at one account, and why."""
    told = [_say_headline(line, name) for name in HEADLINES if name != "score" and line.moved(name)]
    what = [text for text in told if text] or [words("reports.diff.said.figures", n=line.figures)]
    return words("reports.diff.account", name=f"**{line.name}**", what=what, why=say_why(line, found))


def _say_headline(line: Line, name: str) -> str:
    before, after = line.values[name]
    if name == "decision":
        return words("reports.diff.said.decision", **{side: say_code(value) for side, value in (("before", before), ("after", after))})
    if before is None or after is None or say_value(before, HEADLINES[name]) == say_value(after, HEADLINES[name]):
        return ""
    change = {"change": after - before} if HEADLINES[name] == "money" else {"before": before}
    return words(f"reports.diff.said.{name}", after=after, **change)


def say_tiles(found: Difference) -> list[list]:
    """Four key figures: net sales, accounts that moved, decisions that changed, why."""
    lines = found.led
    accounts = sum(column == "account" for column, _ in found.names)
    decided = [line.name for line in lines if line.moved("decision")]
    own = sum(bool(line.own) for line in lines)
    return [_sales_tile(found),
            [words("reports.diff.tile_accounts"), words("reports.diff.tile_accounts_value", n=len(lines), all=accounts),
             words("reports.diff.tile_accounts_comment", own=own)],
            [words("reports.diff.tile_decisions"), say_value(len(decided), "count"),
             some(decided, most=OWNERS) if decided else words("reports.diff.nobody")],
            _why_tile(found)]


def _why_tile(found: Difference) -> list:
    causes = [cause for cause, _ in sum_up(found.causes)]
    kinds = [words(f"reports.diff.kinds.{kind}") for kind in KINDS if any(cause.kind == kind for cause in causes)]
    named = [name_cause(cause, found.names) for cause in causes if cause.kind != "as_of"]
    return [words("reports.diff.tile_why"), say_value(kinds, "list") if kinds else words("reports.diff.tile_why_none"),
            some(named, most=2, more="parts") if named else ""]


def _sales_tile(found: Difference) -> list:
    before, after = found.sales
    value = say_value(after, "money")
    comment = words("reports.diff.tile_sales_comment", change=after - before, before=before) if None not in (before, after) else ""
    return [words("reports.diff.tile_sales"), value, comment]
