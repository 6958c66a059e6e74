"""Headers of a file matched with the columns of a table (faults.md S05-S08)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from kamnb.intake.dictionary import Table
from kamnb.intake.grid import Grid
from kamnb.intake.marks import FIX, STOP, Mark
from kamnb.intake.source import Source

INVISIBLE = str.maketrans("", "", "\ufeff\u200b\u200c\u200d\u2060")


def same_name(header: str) -> str:
    """`header` in the form in which headers are compared: NFKC, no invisible characters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", header).translate(INVISIBLE).split())


def wanted_headers(table: Table, source: Source) -> dict[str, str]:
    """Header that is looked for, by column of ours; constants are not looked for."""
    own = {name: name for name in [*table.names(), *table.twins()]}
    return {ours: theirs for ours, theirs in {**own, **source.columns}.items() if ours not in source.constants}


def match_headers(grid: Grid, table: Table, source: Source) -> tuple[dict[str, int], list[Mark]]:
    """Position in the file of each column of ours that it has, and what there is to say about its headers."""
    found: dict[str, int] = {}
    for at, name in enumerate(map(same_name, grid.header)):
        found.setdefault(name, at)
    wanted = {ours: same_name(theirs) for ours, theirs in wanted_headers(table, source).items()}
    matched = {ours: found[theirs] for ours, theirs in wanted.items() if theirs in found}
    must = [c.name for c in table.columns if c.required] + (["doc"] if source.returned else [])
    missing = [ours for ours in dict.fromkeys([*must, *source.columns]) if ours in wanted and ours not in matched]
    marks = _title_rows(grid, wanted, matched) if missing else []
    marks = marks or [_missing(grid, table.name, ours=ours, theirs=wanted[ours]) for ours in missing]
    return matched, [*marks, *_duplicates(grid, set(matched.values())), *_tidied(grid, source, matched)]


def find_header(grid: Grid, name: str) -> tuple[int, Mark | None]:
    """Position of the column headed `name`, or S07 with the header most like it."""
    headers = [same_name(header) for header in grid.header]
    if same_name(name) in headers:
        return headers.index(same_name(name)), None
    close = get_close_matches(same_name(name), headers, n=1, cutoff=0.4)
    facts = {"case": "named", "headers": " | ".join(headers), "nearest": close[0] if close else "–"}
    return -1, Mark("S07", STOP, name, facts=facts)


def _missing(grid: Grid, table: str, *, ours: str, theirs: str) -> Mark:
    """S07: a column that must be there is not, with the header that is most like it."""
    names = [same_name(header) for header in grid.header if header.strip()]
    close = get_close_matches(theirs, names, n=1, cutoff=0.4) or get_close_matches(ours, names, n=1, cutoff=0.4)
    line = f'{ours} = "{close[0] if close else "..."}"'
    return Mark("S07", STOP, theirs, facts={"ours": ours, "table": table, "line": line, "headers": " | ".join(names),
                                            "nearest": close[0] if close else "–"})


def _title_rows(grid: Grid, wanted: Mapping[str, str], matched: Mapping[str, int]) -> list[Mark]:
    """S08: the header stands in another row near the top of the file."""
    names = set(wanted.values())
    hits = [len(names & {same_name(cell) for cell in record}) for record in grid.top]
    best = max(range(len(hits)), key=hits.__getitem__, default=0)
    if not hits or hits[best] <= max(1, len(set(matched.values()))):
        return []
    return [Mark("S08", STOP, facts={"header_row": best + 1})]


def _duplicates(grid: Grid, used: set[int]) -> list[Mark]:
    """S05: a header that we need stands twice."""
    names = [same_name(header) for header in grid.header]
    twice = {name for name, n in Counter(names).items() if n > 1 and name and used & _places(names, name)}
    places = {name: ", ".join(map(column_letter, sorted(_places(names, name)))) for name in sorted(twice)}
    return [Mark("S05", STOP, name, facts={"places": letters}) for name, letters in places.items()]


def _places(names: Sequence[str], name: str) -> set[int]:
    return {at for at, other in enumerate(names) if other == name}


def _tidied(grid: Grid, source: Source, matched: Mapping[str, int]) -> list[Mark]:
    """S06: headers that were found only after width, spaces or invisible characters were evened out."""
    names = {grid.header[at]: source.columns.get(ours, ours) for ours, at in matched.items()}
    odd = sorted({same_name(header) for header, theirs in names.items() if header != theirs})
    return [Mark("S06", FIX, ", ".join(odd), facts={"count": len(odd)})] if odd else []


def column_letter(at: int) -> str:
    """Letter of the column at position `at` (0 = A), as a spreadsheet shows it."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
