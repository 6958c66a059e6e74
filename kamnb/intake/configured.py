"""What engagement.toml says of the tables, checked against the data dictionary (faults.md C01, C02)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from kamnb.intake.dictionary import REQUIRED, Table, dictionary
from kamnb.intake.marks import STOP, Mark
from kamnb.intake.source import Source


def check_sources(sources: Mapping[str, Source]) -> Iterator[tuple[str, Mark]]:
    """Marks with the table each is about: unknown tables and columns, required tables that are not there, and rules
    that the table has no use for."""
    tables = dictionary()
    for name in REQUIRED:
        if name not in sources:
            yield name, Mark("C02", STOP, facts={"table": name})
    for name, source in sources.items():
        if name in tables:
            yield from ((name, mark) for mark in _check_source(source, tables[name]))
        else:
            yield name, _unknown(name, tables, case="table")


def _check_source(source: Source, table: Table) -> Iterator[Mark]:
    for name in dict.fromkeys([*source.columns, *source.constants, *source.ignore]):
        if not table.knows(name):
            yield _unknown(name, [*table.names(), *table.twins()], case="column")
    if source.returned and table.name != "sales":
        yield Mark("C01", STOP, "returned", facts={"case": "rule"})
    if source.distinct and not table.key:
        yield Mark("C01", STOP, "distinct", facts={"case": "rule"})


def _unknown(name: str, known: Iterable[str], *, case: str) -> Mark:
    names = list(known)
    close = get_close_matches(name, names, n=1, cutoff=0.4)
    facts = {"case": case, "nearest": close[0] if close else ", ".join(names)}
    return Mark("C01", STOP, name, values=[name], facts=facts)
