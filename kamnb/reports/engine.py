"""papermill engines: cells run in this very process (warm), or in a kernel; both leave a mark of the cell that runs and of what failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import strip_color
from papermill.log import logger
from traitlets import Any

from kamnb.reports.limits import SHOWN_LIMIT, TEXT_LIMIT
from kamnb.reports.marks import KERNEL, PRINTING, Failure, leave_failure, leave_mark, read_mark
from kamnb.reports.shell import TooMuchError, new_shell

LINE = re.compile(r"Cell In\[\d+\], line (\d+)")


def name_cell(cell: NotebookNode, index: int) -> str:
    """How a cell is called: by its place, counted from one, and its id."""
    return f"cell {index + 1} ({cell.get('id', '')})"


def note_error(scratch: Path, cell: str, error: NotebookNode | None) -> None:
    """Note in `scratch` which `cell` failed, by its `error` output; a magic that is not known leaves none."""
    lines = LINE.findall(strip_color("\n".join(error.traceback))) if error else []
    told = Failure(cell, error.ename, error.evalue, int(lines[0]) if lines else None) if error else Failure(cell, "error")
    leave_failure(scratch, told)


@contextmanager
def watched(nb_man: NotebookExecutionManager, scratch: Path) -> Iterator[None]:
    """Note what failed, by its outputs or by what was raised, and that the report is printed once nothing did."""
    try:
        yield
    except Exception as error:
        leave_failure(scratch, Failure(read_mark(scratch)[1] or "before the first cell", type(error).__name__, str(error)))
        raise
    for index, cell in enumerate(nb_man.nb.cells):
        errors = [found for found in cell.get("outputs", []) if found.output_type == "error"]
        for error in errors:
            if error.ename == "SystemExit" and error.evalue in {"", "0", "None"}:
                error.evalue = f"the cell ended the run ({error.evalue or 'None'})"  # papermill takes the plain one for success
        if errors or cell.metadata.papermill.get("exception"):
            return note_error(scratch, name_cell(cell, index), errors[0] if errors else None)
    return leave_mark(scratch, PRINTING)


class WarmEngine(Engine):
    """Runs the cells in the shell of this process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: object) -> None:  # noqa: ARG003
        """Run every cell; the first that fails ends it."""
        shell, scratch = new_shell(), Path(str(options["scratch"]))
        with watched(nb_man, scratch), shell.notebook():
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                runs = cell.cell_type == "code" and bool(cell.source.strip())
                if runs:
                    leave_mark(scratch, name_cell(cell, index))
                well = not runs or shell.run_in_notebook(cell)
                if not well:
                    nb_man.cell_exception(cell, index, exception=None)
                nb_man.cell_complete(cell, index)
                if not well:
                    break


class _Client(PapermillNotebookClient):
    """papermill's client, which leaves marks and stops listening to a cell that puts out too much."""

    scratch = Any()
    letters, speaking = 0, None

    def execute_cell(self, cell: NotebookNode, cell_index: int, **options: object) -> NotebookNode:
        leave_mark(self.scratch, name_cell(cell, cell_index))
        return super().execute_cell(cell, cell_index, **options)

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        if self.speaking != cell_index:
            self.speaking, self.letters, self.shown = cell_index, 0, 0
        content = msg["content"]
        self.letters += len(content.get("text", "")) if msg["msg_type"] == "stream" else 0
        self.shown += sum(len(str(value)) for value in content.get("data", {}).values()) if msg["msg_type"] != "comm_msg" else 0
        if self.letters > TEXT_LIMIT:
            raise TooMuchError(f"prints more than {TEXT_LIMIT:,} letters")
        if self.shown > SHOWN_LIMIT:
            raise TooMuchError(f"shows more than {SHOWN_LIMIT:,} letters")
        return super().process_message(msg, cell, cell_index)


class KernelEngine(Engine):
    """Runs the cells in a kernel, as papermill's own engine does; how long a cell may take is watched from outside."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: object) -> None:  # noqa: ARG003
        """Run the notebook in our kernel (kernel.py)."""
        scratch = Path(str(options["scratch"]))
        config = {"config": options["config"]} if "config" in options else {}
        with watched(nb_man, scratch):
            _Client(nb_man, kernel_name=KERNEL, startup_timeout=options.get("start_timeout", 60), log=logger, scratch=scratch,
                    **config).execute()


papermill_engines.register("warm", WarmEngine)
papermill_engines.register("kernel", KernelEngine)
