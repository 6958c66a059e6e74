"""Why a report shows other figures than before: which of its data, method, plan or words changed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass

from kamnb.formats import NONE
from kamnb.reports.differing import Pair, Subject
from kamnb.reports.remembered import LEDGER, State

KINDS = ("as_of", "data", "method", "plan", "text")
METHOD = ("notebook", "code", "packages")
PLANNED = {"plan", "goals", "actions", "strategy", "swot", "kpis"}
"""Tables that hold what was decided or is wanted, not what happened."""
FILES, LOOK = "files", "fonts"


@dataclass(frozen=True)
class Cause:
    """One thing that changed: its kind (KINDS), a code for it such as "table terms" or "setting selection.seats", and its values."""

    kind: str
    what: str
    before: str = ""
    after: str = ""


def find_causes(pairs: list[Pair], a: State, b: State) -> dict[Subject, list[Cause]]:
    """What each report depends on that is not the same in both states.

    A proposal that followed from other data is no cause of its own: it counts as whatever changed it.
    """
    found: dict[Subject, list[Cause]] = {}
    for pair in pairs:
        then, now = a.entries[pair.idents[0]], b.entries[pair.idents[1]]
        causes = compare_entries(then, now, a, b)
        for stage, account in list_decisions(then["reads"], now["reads"]):
            causes += _upstream(found, stage, account) if _proposed(stage, account, a, b) else [decision_cause(stage, account, a, b)]
        found[pair.subject] = arrange(causes)
    return found


def compare_entries(then: dict, now: dict, a: State, b: State) -> list[Cause]:
    """Causes between two journal entries of a job, decisions that other stages took apart."""
    return [*_parts(then["parts"], now["parts"], a, b), *_reads(then["reads"], now["reads"], a, b)]


def arrange(causes: list[Cause]) -> list[Cause]:
    """`causes`, each once, in the order of KINDS."""
    return sorted(set(causes), key=_order)


def _order(cause: Cause) -> tuple:
    return KINDS.index(cause.kind), cause.what, cause.before, cause.after


def _parts(then: dict[str, str], now: dict[str, str], a: State, b: State) -> list[Cause]:
    """Causes among the parts of the job's key."""
    differing = {part for part in now if then.get(part) != now[part]}
    causes = [Cause("method", part) for part in METHOD if part in differing]
    if "as_of" in differing:
        causes.append(Cause("as_of", "as_of", then["as_of"], now["as_of"]))
    if "settings" in differing:
        causes += compare_settings(a.parts.get(then["settings"]), b.parts.get(now["settings"]))
    if "text" in differing:
        causes += [Cause("text", f"text {file}") for file in compare_texts(a.parts.get(then["text"]), b.parts.get(now["text"]))]
    return [*causes, Cause("text", LOOK)] if LOOK in differing else causes


def compare_settings(before: dict | None, after: dict | None) -> list[Cause]:
    """Settings that differ between two details of the settings' hash; one a person chose is plan, any other method."""
    if not before or not after:
        return [Cause("method", "settings")]
    then, now = before["values"], after["values"]
    chosen = {*before["chosen"], *after["chosen"]}
    names = [name for name in dict.fromkeys([*now, *then]) if then.get(name) != now.get(name)]
    return [Cause("plan" if name.replace('"', "") in {c.replace('"', "") for c in chosen} else "method", f"setting {name}",
                  _value(then, name), _value(now, name)) for name in names]


def _value(values: dict, name: str) -> str:
    return NONE if values.get(name, "") is None else json.dumps(values[name], ensure_ascii=False) if name in values else ""


def compare_texts(before: dict[str, str] | None, after: dict[str, str] | None) -> list[str]:
    """Files of words that differ between two details of a text's hash; "text" where one side is not known."""
    if not before or not after:
        return ["text"]
    return sorted(file for file in before.keys() | after.keys() if before.get(file) != after.get(file))


def _reads(then: list[list[str]], now: list[list[str]], a: State, b: State) -> list[Cause]:
    """Causes among what the job read of the engagement, its decisions apart."""
    tables = list(dict.fromkeys(name for kind, name, _ in _differing(then, now) if kind in {"table", "given"}))
    if any(kind == "panel" for kind, *_ in _differing(then, now)) and (LEDGER in tables or not tables):
        tables.append(LEDGER)
    causes = [Cause("plan" if name in PLANNED else "data", f"table {name}", *_rows(name, a, b)) for name in tables]
    causes += [decision_cause(name, account, a, b) for kind, name, account in _differing(then, now) if kind == "own"]
    changed = any(kind in {FILES, "controls"} for kind, *_ in _differing(then, now))
    return [Cause("data", FILES)] if changed and not causes else causes


def list_decisions(then: list[list[str]], now: list[list[str]]) -> list[tuple[str, str]]:
    """Decisions of other stages (stage, account) that the job read and that are not as they were."""
    return [(name, account) for kind, name, account in _differing(then, now) if kind == "decision"]


def _differing(then: list[list[str]], now: list[list[str]]) -> list[tuple[str, str, str]]:
    """Reads whose content is not the same, or that only one of the two did."""
    before, after = ({(kind, name, account): state for kind, name, account, state in reads} for reads in (then, now))
    return sorted(read for read in before.keys() | after.keys() if before.get(read) != after.get(read))


def _rows(table: str, a: State, b: State) -> tuple[str, str]:
    """Rows of `table` in both states, where they are known."""
    told = []
    for state in (a, b):
        files = state.marks.get(table, {}).get("files", [])
        told.append(str(sum(rows for *_, rows in files)) if files else "")
    return told[0], told[1]


def _upstream(found: dict[Subject, list[Cause]], stage: str, account: str) -> list[Cause]:
    """Why a proposal differs: what changed for the report that made it or, where only one state has that, for the selection."""
    return found.get((stage, "internal", account)) or found.get(("selection", "internal", "")) or []


def _proposed(stage: str, account: str, a: State, b: State) -> bool:
    """Whether the decision of `stage` (for `account`) is known to be the workbook's own in both states."""
    deciders = [state.deciders.get((stage, account)) for state in (a, b)]
    return deciders != [None, None] and not any(deciders)


def decision_cause(stage: str, account: str, a: State, b: State) -> Cause:
    """A decision that people have changed: before and after are who took it."""
    code = f"decision {stage}/{account}" if account else f"decision {stage}"
    return Cause("plan", code, *[state.deciders.get((stage, account), "") for state in (a, b)])


def explains(causes: list[Cause]) -> bool:
    """Whether figures may move for `causes`: words, fonts and the bytes of a file move none."""
    return any(cause.kind != "text" and cause.what != FILES for cause in causes)


def own_tables(account: str, a: State, b: State) -> list[str]:
    """Tables in which the rows of `account` are not the same in both states."""
    return [table for table in dict.fromkeys([*b.marks, *a.marks])
            if (a.marks.get(table, {}).get("accounts") or {}).get(account) != (b.marks.get(table, {}).get("accounts") or {}).get(account)]


def count_owners(table: str, a: State, b: State) -> list[str]:
    """Accounts whose rows in `table` are not the same in both states."""
    before, after = ((state.marks.get(table, {}).get("accounts") or {}) for state in (a, b))
    return sorted(account for account in before.keys() | after.keys() if before.get(account) != after.get(account))


def sum_up(causes: dict[Subject, list[Cause]]) -> list[tuple[Cause, int]]:
    """Every cause once, with the number of reports that it touches, in the order of KINDS."""
    counts = Counter(cause for touched in causes.values() for cause in touched)
    return sorted(counts.items(), key=lambda item: _order(item[0]))
