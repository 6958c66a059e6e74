"""The tables of a comparison, typed like any shown table: on a page the first rows, in the workbook all of them."""

from __future__ import annotations

from kamnb.formats import money_unit
from kamnb.money import round_half_away
from kamnb.reports.differing import DECIDED, Move, Passing, by_size
from kamnb.reports.differing_accounts import HEADLINES, Line
from kamnb.reports.differing_causes import Cause, count_owners, explains, sum_up
from kamnb.reports.differing_states import Difference
from kamnb.reports.naming import name_part, name_subject, say_code
from kamnb.reports.reading import Table
from kamnb.shown import cell_text
from kamnb.words import currency, has_words, label, say_value, spoken, words

PLAIN = {"unit": "", "divisor": 1, "digits": 0}
SIX_DIGITS, WHOLE_FROM = 1_000_000, 1_000
FOLDED = ("growth", "rank", "decision", "attainment")
"""Headlines that an account's row shows as "before → after"."""


def make_table(name: str, columns: dict[str, tuple[str, str]], rows: list[list]) -> Table:
    """A table of `columns` (name -> kind and heading); amounts in one unit that suits the largest and the smallest column."""
    typed = [{"name": column, "kind": kind, "label": heading, **PLAIN} for column, (kind, heading) in columns.items()]
    money = [i for i, column in enumerate(typed) if column["kind"] in {"money", "money_change"}]
    sizes = {i: max((abs(row[i]) for row in rows if row[i] is not None), default=0) for i in money}
    units = sorted({money_unit(size, language=spoken(), currency=currency())[::2] for size in sizes.values() if size})
    divisor, unit = next((u for u in units if max(sizes.values()) / u[0] < SIX_DIGITS), units[-1] if units else (1, ""))
    for i in money:
        typed[i].update(unit=unit, divisor=divisor, digits=0 if sizes[i] / divisor >= WHOLE_FROM else 1)
    return Table(f"diff.{name}", words(f"reports.diff.tables.{name}"), "", typed, rows)


def _heads(**columns: str) -> dict[str, tuple[str, str]]:
    """Columns by name and kind, with their headings."""
    return {name: (kind, words(f"reports.diff.heads.{name}") if has_words(f"reports.diff.heads.{name}") else label(name))
            for name, kind in columns.items()}


def causes_table(found: Difference) -> Table:
    """Everything that is not the same in the two runs, with how many reports and accounts it touches."""
    rows = []
    for cause, reports in sum_up(found.causes):
        kind, _, name = cause.what.partition(" ")
        owners = len(count_owners(name, found.a, found.b)) if kind == "table" else None
        told = [words(f"reports.diff.kinds.{cause.kind}"), name_part(cause.what, found.names), *_sides(cause)]
        rows.append([*told, reports, owners or None])
    return make_table("causes", _heads(kind="text", what="text", before="text", after="text", reports="count", owners="count"), rows)


def _sides(cause: Cause) -> list[str]:
    """A cause's values: rows of a table, a date, or the value of a setting."""
    if cause.what.startswith("table "):
        return [words("reports.diff.rows", n=int(side)) if side else "" for side in (cause.before, cause.after)]
    if cause.what.startswith("decision "):
        return [side or words("reports.diff.proposal") for side in (cause.before, cause.after)]
    if cause.kind == "as_of":
        return [say_value(side, "date") for side in (cause.before, cause.after)]
    return [cause.before, cause.after]


def accounts_table(found: Difference) -> Table:
    """One row for each account that moved; headlines that moved at no account are left out."""
    lines = found.lines
    columns = {"account": "id", "name": "text"}
    if any("net_sales" in line.values for line in lines):
        columns |= {"net_sales": "money", "change": "money_change"}
    folded = [name for name in FOLDED if any(line.moved(name) for line in lines)]
    columns |= dict.fromkeys(folded, "text")
    columns |= {"target_change": "money_change"} if any(line.moved("target") for line in lines) else {}
    rows = [[_account_cell(line, column, found) for column in [*columns, "moved", "why"]] for line in lines]
    return make_table("accounts", _heads(**columns, moved="count", why="text"), rows)


def _account_cell(line: Line, column: str, found: Difference) -> object:
    if column in FOLDED:
        return fold(line, column)
    before, after = line.values.get({"change": "net_sales", "target_change": "target"}.get(column, column), (None, None))
    plain = {"account": line.account, "name": line.name, "moved": line.figures}
    if column in {"change", "target_change"}:
        return None if before is None or after is None else after - before
    return plain[column] if column in plain else after if column == "net_sales" else say_value(say_why(line, found), "list")


def fold(line: Line, name: str) -> str:
    """A headline of `line` as text: before → after where it moved, else as it is."""
    texts = [say_code(value) if name == "decision" else say_value(value, HEADLINES[name]) for value in line.values.get(name, (None, None))]
    return texts[1] if not line.moved(name) else words("reports.diff.arrow", before=texts[0], after=texts[1])


def readings_tables(found: Difference) -> list[Table]:
    """Key figures and conclusions that read differently, report by report."""
    figures, answers = found.readings
    columns = _heads(report="text", figure="text", before="text", after="text")
    rows = [[name_subject(reading.subject, found.names), reading.label, reading.before, reading.after] for reading in figures]
    told = [[name_subject(reading.subject, found.names), *(text.replace("**", "") for text in (reading.before, reading.after))]
            for reading in answers]
    return [make_table("figures", columns, rows),
            make_table("answers", {name: column for name, column in columns.items() if name != "figure"}, told)]


def moves_table(found: Difference, group: str) -> Table:
    """Cells of `group` that a reader can see moved, the largest move first."""
    moves = by_size([move for move in found.seen if move.group == group])
    kinds = {"money": ("money", "money_change"), "percent": ("share1", "points"), "number": ("exact", "exact"), "word": ("text", "")}
    kind, change = kinds[group]
    columns = _heads(account="id", row="text", report="text", table="id", figure="text", before=kind, after=kind)
    columns |= _heads(change=change) if change else {}
    return make_table(group, columns, [_move_row(move, found)[:len(columns)] for move in moves])


def _move_row(move: Move, found: Difference) -> list:
    sides = [_side(value, move) for value in (move.before, move.after)]
    change = move.change if move.group in {"money", "percent"} else None if None in sides or move.group == "word" else sides[1] - sides[0]
    figure = label(move.column) if has_words(f"columns.{move.column}") else move.column
    return [move.account, _row(move, found), words(f"reports.stages.{move.subject[0]}"), _title(move, found), figure,
            *sides, round(change, 9) if isinstance(change, float) else change]


def _row(moved: Move | Passing, found: Difference) -> str:
    """The account and the row in which something moved."""
    account = found.names.get(("account", moved.account), moved.account)
    return " · ".join(filter(None, [account, moved.row])) or words("general.all_accounts")


def _side(value: object, move: Move) -> object:
    if move.group == "word":
        return say_code(value) if move.kind == "code" else cell_text(value, {"kind": move.kind})
    if value is None or move.group != "number" or isinstance(value, int):
        return value
    return float(round_half_away(value, 2))


def _title(moved: Move | Passing, found: Difference) -> str:
    """Title of the table in which something moved."""
    return words("reports.diff.decided") if moved.table == DECIDED else found.titles[moved.subject, moved.table]


def unexplained_table(found: Difference) -> Table:
    """Figures that moved although nothing that they depend on has changed."""
    columns = _heads(account="id", row="text", report="text", table="id", figure="text", before="text", after="text")
    rows = [[*_move_row(move, found)[:5], say_value(move.before, "exact"), say_value(move.after, "exact")] for move in found.unexplained]
    return make_table("unexplained", columns, rows)


def passing_table(found: Difference) -> Table:
    """Rows that only one of the two runs shows."""
    rows = [[row.account, name_subject(row.subject, found.names), _title(row, found), _row(row, found), words(f"reports.diff.{row.state}")]
            for row in found.passing]
    return make_table("passing", _heads(account="id", report="text", table="text", row="text", state="text"), rows)


def reports_table(found: Difference) -> Table:
    """Reports that only one of the two runs has."""
    rows = [[name_subject(subject, found.names), words(f"reports.diff.{state}")]
            for state, subjects in (("came", found.came), ("went", found.went)) for subject in subjects]
    return make_table("reports", _heads(report="text", state="text"), rows)


def files_table(found: Difference) -> Table:
    """Source files whose content differs, with their rows."""
    rows = []
    for table in dict.fromkeys([*found.b.marks, *found.a.marks]):
        both = [state.marks.get(table, {}).get("files", []) for state in (found.a, found.b)]
        then, now = ({name: (digest, count) for name, digest, count in files} for files in both)
        rows += [[words(f"tables.{table}.title"), name, then.get(name, (0, None))[1], now.get(name, (0, None))[1]]
                 for name in sorted(then.keys() | now.keys()) if then.get(name) != now.get(name)]
    return make_table("files", _heads(table="text", file="text", before="count", after="count"), rows)


def say_why(line: Line, found: Difference) -> list[str]:
    """Why an account moved: its own rows, else those of others or of tables that have no accounts; method and plan beside them."""
    data = [cause.what.removeprefix("table ") for cause in line.causes if cause.kind == "data" and explains([cause])]
    others = [table for table in data if count_owners(table, found.a, found.b)]
    shared = [name_part(f"table {table}") for table in data if table not in others]
    told = _possessed("own", line.own) or _possessed("others", others)
    kinds = {cause.kind for cause in line.causes if cause.what.removeprefix("table ") not in line.own}
    rest = [words(f"reports.diff.short.{kind}") for kind in ("as_of", "method", "plan") if kind in kinds]
    return [*told, *shared, *rest] or [words("reports.diff.short.unexplained")]


def _possessed(whose: str, tables: list[str]) -> list[str]:
    return [words(f"reports.diff.{whose}", tables=[name_part(f"table {table}") for table in tables])] if tables else []
