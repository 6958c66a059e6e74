"""papermill engines: cells run in this very process (warm), or in a kernel; both leave a mark of the cell that runs."""

from __future__ import annotations

import builtins
import sys
import time
from functools import partial
from pathlib import Path

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager, papermill_engines
from traitlets import Any, Type
from traitlets.config import Config

MARK = "cell.txt"


def leave_mark(scratch: Path, number: int, cell: NotebookNode) -> None:
    """Note in `scratch` which cell runs since when (the clock that stands still while the machine sleeps)."""
    (scratch / MARK).write_text(f"{time.monotonic()} {number} {cell.get('id', '')}", encoding="utf-8")


def read_mark(scratch: Path) -> tuple[float, str]:
    """Seconds that the marked cell has run, and its name; (0, "") when none has started."""
    try:
        since, number, ident = (scratch / MARK).read_text(encoding="utf-8").split(" ", 2)
    except (OSError, ValueError):
        return 0.0, ""
    return time.monotonic() - float(since), f"cell {number} ({ident})"


def _output(kind: str, **values: object) -> NotebookNode:
    """An output of a cell, as nbformat.v4.new_output makes it but without validating it: reports read it at once."""
    return NotebookNode(output_type=kind, **values)


class _Publisher(DisplayPublisher):
    outputs = Any()

    def publish(self, data, metadata=None, **_ignored) -> None:
        self.outputs.append(_output("display_data", data=NotebookNode(data), metadata=NotebookNode(metadata or {})))

    def clear_output(self, wait=False) -> None:  # noqa: ARG002
        del self.outputs[:]


class _Results(DisplayHook):
    outputs = Any()

    def write_output_prompt(self) -> None:
        """No prompt in a notebook."""

    def write_format_data(self, format_dict, md_dict=None) -> None:
        count = self.shell.execution_count
        about = NotebookNode(md_dict or {})
        self.outputs.append(_output("execute_result", data=NotebookNode(format_dict), metadata=about, execution_count=count))

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Stream:
    """stdout or stderr of a cell: text written in a row is one output."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: list):
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == self.name:
            last.text += text
        elif text:
            self.outputs.append(_output("stream", name=self.name, text=text))
        return len(text)

    def writelines(self, lines) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return False


class Shell(InteractiveShell):
    """An IPython shell whose outputs are gathered in a list, cell by cell."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Results)

    def ask_exit(self) -> None:
        """quit() and exit() end no report: they are errors (faults.md 0.3)."""
        raise SystemExit(0)

    def _showtraceback(self, etype, evalue, stb) -> None:
        self.display_pub.outputs.append(_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb)))

    def showsyntaxerror(self, filename=None, running_compiled_code=False) -> None:  # noqa: ARG002
        self.showtraceback()

    def enable_gui(self, gui=None) -> None:  # noqa: ARG002
        """There is no screen."""

    def run_in_notebook(self, cell: NotebookNode) -> bool:
        """Run `cell`, fill in its outputs and count; returns whether it went well."""
        cell.outputs = []
        self.display_pub.outputs = self.displayhook.outputs = cell.outputs
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream("stdout", cell.outputs), _Stream("stderr", cell.outputs)
        try:
            result = self.run_cell(cell.source, store_history=True)
        finally:
            sys.stdout, sys.stderr = before
        cell.execution_count = self.execution_count - 1
        error = result.error_before_exec or result.error_in_exec
        if isinstance(error, SystemExit):
            cell.outputs.append(_output("error", ename="SystemExit", evalue=f"the cell ended the run ({error})", traceback=[]))
        return error is None


def new_shell() -> Shell:
    """A shell without history, profile or configuration files."""
    shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "NoColor"}}))
    builtins.input = _refuse_input
    return shell


def _refuse_input(*_prompt: object) -> str:
    raise EOFError("the notebook asks for input: nobody is there to answer")


class WarmEngine(Engine):
    """Runs the cells in the shell of this process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: object) -> None:  # noqa: ARG003
        """Run every cell; the first that fails ends it."""
        shell, scratch = Shell.instance(), Path(str(options["scratch"]))
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            leave_mark(scratch, index + 1, cell)
            runs = cell.cell_type == "code" and cell.source.strip()
            well = not runs or shell.run_in_notebook(cell)
            if not well:
                nb_man.cell_exception(cell, index, exception=None)
            nb_man.cell_complete(cell, index)
            if not well:
                break


class KernelEngine(NBClientEngine):
    """papermill's own engine, with the mark."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: object) -> object:
        """Run the notebook in a kernel."""
        scratch = Path(str(options.pop("scratch")))
        nb_man.cell_start = partial(_marked_start, nb_man.cell_start, scratch)
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


def _marked_start(start, scratch: Path, cell: NotebookNode, cell_index: int | None = None, **options: object) -> None:
    leave_mark(scratch, (cell_index or 0) + 1, cell)
    start(cell, cell_index, **options)


papermill_engines.register("warm", WarmEngine)
papermill_engines.register("kernel", KernelEngine)
