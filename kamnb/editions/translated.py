"""The translated edition: a master's prose replaced, cell by cell, by text/<language>/<notebook>.md."""

from __future__ import annotations

import copy
import hashlib
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from kamnb.errors import Fault, InputError
from kamnb.words import TEXT

MARK = re.compile(r"^<!-- cell: (?P<id>[\w-]+) en: (?P<hash>\w+) -->\n", flags=re.MULTILINE)


def prose_hash(source: str) -> str:
    """Short hash of the English prose that a translation renders; white space at line ends does not count."""
    plain = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return hashlib.sha256(plain.encode()).hexdigest()[:8]


def prose_file(stem: str, language: str) -> Path:
    """Where the prose of notebook `stem` stands in `language`."""
    return TEXT / language / f"{stem}.md"


def read_prose(stem: str, language: str) -> dict[str, tuple[str, str]]:
    """Prose by cell id as (text, hash of the English it renders)."""
    file = prose_file(stem, language)
    parts = MARK.split(file.read_text(encoding="utf-8")) if file.exists() else [""]
    return {parts[i]: (parts[i + 2].strip(), parts[i + 1]) for i in range(1, len(parts), 3)}


def find_prose_faults(notebook: NotebookNode, stem: str, language: str) -> list[Fault]:
    """Cells of `notebook` whose prose in `language` is missing, out of date, or belongs to no cell."""
    prose, file = read_prose(stem, language), prose_file(stem, language).name
    cells = {cell.id: prose_hash(cell.source) for cell in notebook.cells if cell.cell_type == "markdown"}
    lost = [Fault("has no translation", f"{language}/{file}, cell {i}", "Translate it.") for i in cells if i not in prose]
    stale = [Fault("renders an older English text", f"{language}/{file}, cell {i}", f"Translate again; hash {h}.")
             for i, h in cells.items() if i in prose and prose[i][1] != h]
    idle = [Fault("belongs to no cell", f"{language}/{file}, cell {i}", "Remove it.") for i in prose if i not in cells]
    return [*lost, *stale, *idle]


def translated(notebook: NotebookNode, stem: str, *, language: str) -> NotebookNode:
    """`notebook` with its prose in `language`; English is the master itself.

    Raises InputError when a cell has no translation or an outdated one.  Source: design.md 7.
    """
    result = copy.deepcopy(notebook)
    if language == "en":
        return result
    faults = find_prose_faults(notebook, stem, language)
    if faults:
        raise InputError.several(faults, what=f"{language}/{stem}.md")
    prose = read_prose(stem, language)
    for cell in result.cells:
        if cell.cell_type == "markdown":
            cell.source = prose[cell.id][0]
    return result


def stamp_prose(notebook: NotebookNode, stem: str, *, language: str) -> None:
    """Write the present hashes of the English into the prose file: only after reading that it still renders it."""
    hashes = {cell.id: prose_hash(cell.source) for cell in notebook.cells if cell.cell_type == "markdown"}
    file = prose_file(stem, language)
    text = MARK.sub(lambda m: f"<!-- cell: {m['id']} en: {hashes.get(m['id'], m['hash'])} -->\n", file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for path in map(Path, sys.argv[2:]):
        stamp_prose(nbformat.read(path, as_version=4), path.stem, language=sys.argv[1])
