"""The working edition: notebooks in a language with the engagement set, for a person to open in JupyterLab."""

from __future__ import annotations

import ast
import copy
import hashlib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from kamnb.editions.translated import translated
from kamnb.engagement import replace_file, safe_name

CONTROL = "application/vnd.jupyter.widget-view+json"


def read_parameters(notebook: NotebookNode) -> dict[str, object]:
    """What the cells of `notebook` tagged `parameters` set, by name."""
    sources = [cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    lines = [node for source in sources for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    return {node.targets[0].id: ast.literal_eval(node.value) for node in lines}


def with_parameters(notebook: NotebookNode, values: dict[str, str]) -> NotebookNode:
    """`notebook` whose cell tagged `parameters` sets `values`; parameters that it does not name stay out."""
    result = copy.deepcopy(notebook)
    now = {**(given := read_parameters(notebook)), **{name: value for name, value in values.items() if name in given}}
    for cell in result.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in now.items())
    return result


def write_working(masters: list[Path], out: Path, *, values: dict[str, str]) -> dict[Path, str]:
    """The notebooks of `masters` in `values["language"]` below `out`, each with what became of it.

    That is new, renewed (its text has changed), same (nothing to write) or kept (a person has changed it).  A notebook
    of one account bears its code, so that notes on one account never stand in the way of another.  A file counts as
    unchanged while its cells are what an earlier call wrote (noted in its metadata); outputs and empty cells do not
    count.  A file whose cells stay keeps its outputs, of a control what it said last: its kernel is gone.
    """
    out.mkdir(parents=True, exist_ok=True)
    return dict(_write_one(master, out, values) for master in masters)


def _write_one(master: Path, out: Path, values: dict[str, str]) -> tuple[Path, str]:
    notebook = translated(nbformat.read(master, as_version=4), master.stem, language=values["language"])
    notebook = _without_outputs(with_parameters(notebook, values))
    account = read_parameters(notebook).get("account")
    file = out / (f"{master.stem}.{safe_name(str(account))}.ipynb" if account else master.name)
    new = _source_hash(notebook)
    if file.exists():
        present = nbformat.read(file, as_version=4)
        cells, written = _source_hash(present), present.metadata.get("kamnb", {}).get("written")
        if new == cells or written != cells:
            replace_file(file, nbformat.writes(_with_still_controls(present)).encode())
            return file, "same" if new == cells else "kept"
    state = "renewed" if file.exists() else "new"
    notebook.metadata["kamnb"] = {"written": new}
    replace_file(file, nbformat.writes(notebook).encode())
    return file, state


def _with_still_controls(notebook: NotebookNode) -> NotebookNode:
    """`notebook` whose controls show what they said last, where the kernel that moved them is gone."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        bundle = output.get("data", {})
        if "text/html" in bundle:
            bundle.pop(CONTROL, None)
    notebook.metadata.pop("widgets", None)
    return notebook


def _without_outputs(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _source_hash(notebook: NotebookNode) -> str:
    cells = [cell.source.strip() for cell in notebook.cells if cell.source.strip()]
    return hashlib.sha256("\0".join(cells).encode()).hexdigest()
