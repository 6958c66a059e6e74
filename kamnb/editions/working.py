"""The working edition: notebooks in a language with the engagement set, for a person to open in JupyterLab."""

from __future__ import annotations

import ast
import copy
import hashlib
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from kamnb.editions.translated import translated


def with_parameters(notebook: NotebookNode, values: dict[str, str]) -> NotebookNode:
    """`notebook` whose cell tagged `parameters` sets `values`; parameters that it does not name stay out."""
    result = copy.deepcopy(notebook)
    for cell in result.cells:
        if "parameters" in cell.metadata.get("tags", []):
            names = [node.targets[0].id for node in ast.parse(cell.source).body if isinstance(node, ast.Assign)]
            now = {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(cell.source).body if isinstance(node, ast.Assign)}
            cell.source = "\n".join(f"{name} = {values.get(name, now[name])!r}" for name in names)
    return result


def write_working(masters: list[Path], out: Path, *, values: dict[str, str]) -> list[Path]:
    """The notebooks of `masters` in `values["language"]` below `out`; one that a person has changed is left as it is.

    A file counts as unchanged while its source is what an earlier call wrote (noted in its metadata).
    """
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for master in masters:
        notebook = translated(nbformat.read(master, as_version=4), master.stem, language=values["language"])
        notebook = with_parameters(notebook, values)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        notebook.metadata["kamnb"] = {"written": _source_hash(notebook)}
        file = out / master.name
        if not file.exists() or _is_untouched(file):
            nbformat.write(notebook, file)
        files.append(file)
    return files


def _source_hash(notebook: NotebookNode) -> str:
    return hashlib.sha256("\0".join(cell.source for cell in notebook.cells).encode()).hexdigest()


def _is_untouched(file: Path) -> bool:
    present = nbformat.read(file, as_version=4)
    return present.metadata.get("kamnb", {}).get("written") == _source_hash(present)
