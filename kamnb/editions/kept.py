"""The edition that is kept in git: conclusions with their outputs, every other output stripped.

python -m kamnb.editions.kept [--check] [NOTEBOOK ...]   runs the masters on the sample and keeps their conclusions, or checks.
"""

from __future__ import annotations

import copy
import sys
import tempfile
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode

MASTERS = Path(__file__).resolve().parents[2] / "notebooks"


def kept(notebook: NotebookNode) -> NotebookNode:
    """`notebook` whose cells tagged `conclusion` keep their outputs; all other outputs, counts and run notes are gone."""
    result = copy.deepcopy(notebook)
    result.cells = [cell for cell in result.cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    for key in set(result.metadata) - {"kernelspec", "language_info"}:
        del result.metadata[key]
    result.metadata["language_info"] = {"name": "python"}
    for cell in result.cells:
        cell.metadata = NotebookNode({"tags": list(tags)} if (tags := cell.metadata.get("tags", [])) else {})
        if cell.cell_type == "code":
            cell.outputs = [_plain(output) for output in cell.outputs] if "conclusion" in tags else []
            cell.execution_count = 1 if cell.outputs else None  # nbval takes a cell without a count for one that never ran
    return result


def _plain(output: NotebookNode) -> NotebookNode:
    return NotebookNode({**output, "metadata": {}})


def is_kept(file: Path) -> bool:
    """Whether the notebook in `file` holds no output but those of its conclusions."""
    notebook = nbformat.read(file, as_version=4)
    return notebook == kept(notebook)


def refresh(file: Path, *, scratch: Path) -> None:
    """Run the master in `file` on the sample and keep its conclusions' new outputs."""
    executed = papermill.execute_notebook(file, scratch / file.name, cwd=str(file.parent), progress_bar=False)
    nbformat.write(kept(executed), file)


def main(arguments: list[str]) -> int:
    """Refresh the masters named (default: all), or with --check only say which are not kept; returns the exit code."""
    unknown = [a for a in arguments if a.startswith("-") and a != "--check"]
    if unknown:
        print(f"unknown option {unknown[0]}; {main.__doc__}")
        return 2
    files = [Path(a) for a in arguments if not a.startswith("-")] or sorted(MASTERS.glob("*.ipynb"))
    if "--check" in arguments:
        loose = [str(file) for file in files if not is_kept(file)]
        print("\n".join(f"{file}: strip it with python -m kamnb.editions.kept {file}" for file in loose))
        return 1 if loose else 0
    with tempfile.TemporaryDirectory() as scratch:
        for file in files:
            refresh(file.resolve(), scratch=Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
