"""The cells of a notebook as plain code, for what a report costs without anything around it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from nbformat import NotebookNode


def run_cells(notebook: NotebookNode, parameters: dict[str, object]) -> Iterator[tuple[NotebookNode, float]]:
    """Run the code cells in one name space, with `parameters` set after the cell of that tag; each cell, and its CPU seconds."""
    space: dict[str, object] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            start = time.process_time()
            exec(cell.source, space)  # noqa: S102
            yield cell, time.process_time() - start
            space.update(parameters if "parameters" in cell.metadata.get("tags", []) else {})
