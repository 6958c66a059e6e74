"""IPython in this very process: what its cells print, show and raise is gathered as nbclient gathers it from a kernel."""

from __future__ import annotations

import builtins
import getpass
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.session import json_packer, json_unpacker
from nbformat import NotebookNode
from traitlets import Any, Type
from traitlets.config import Config

from kamnb.reports.limits import NO_ANSWER, SHOWN_LIMIT, TEXT_LIMIT


class TooMuchError(Exception):
    """A cell prints or shows more than a report can carry (faults.md X07)."""


def output(kind: str, **values: object) -> NotebookNode:
    """An output of a cell, as nbformat.v4.new_output makes it but without validating it: reports read it at once."""
    return NotebookNode(output_type=kind, **values)


class Outputs:
    """The outputs of the cell that runs, and those of any cell that can still be updated."""

    def __init__(self) -> None:
        self.cell: list[NotebookNode] = []
        self.updatable: dict[str, list[NotebookNode]] = {}
        self.clearing = False
        self.letters = self.shown = 0

    def open(self, cell: list[NotebookNode]) -> None:
        """From here on outputs go to `cell`."""
        self.cell, self.clearing, self.letters, self.shown = cell, False, 0, 0

    def add(self, found: NotebookNode, *, name: str = "") -> None:
        """Append an output; with a `name` it can be updated."""
        if self.clearing:
            self.clear(wait=False)
        if name:
            self.updatable.setdefault(name, []).append(found)
        self.cell.append(found)

    def clear(self, *, wait: bool) -> None:
        """Forget what the cell has put out, now or (`wait`) as soon as something new comes."""
        self.clearing = wait
        if not wait:
            self.cell.clear()

    def update(self, data: NotebookNode, metadata: NotebookNode, *, name: str) -> None:
        """Replace what was shown under `name`, in whatever cell."""
        for shown in self.updatable.get(name, []):
            shown.update(data=data, metadata=metadata)

    def receive(self, data: dict) -> NotebookNode:
        """`data` as it would arrive from a kernel: a copy that later changes of the objects do not reach, in JSON's types.

        Raises TooMuchError when the cell shows more with it than a report can carry.
        """
        packed = {key: value if isinstance(value, str) else json_packer(value) for key, value in data.items()}
        self.shown += sum(map(len, packed.values()))
        if self.shown > SHOWN_LIMIT:
            raise TooMuchError(f"shows more than {SHOWN_LIMIT:,} letters")
        return NotebookNode({key: value if isinstance(value, str) else json_unpacker(value) for key, value in packed.items()})

    def print(self, text: str, stream: str) -> None:
        """Add `text` to the stream that comes last, or begin one; pieces are joined by close.

        Raises TooMuchError beyond TEXT_LIMIT, and keeps nothing of it.
        """
        self.letters += len(text)
        if self.letters > TEXT_LIMIT:
            raise TooMuchError(f"prints more than {TEXT_LIMIT:,} letters")
        last = None if self.clearing or not self.cell else self.cell[-1]
        if last is not None and last.output_type == "stream" and last.name == stream:
            last.text.append(text)
        elif text:
            self.add(output("stream", name=stream, text=[text]))

    def close(self) -> None:
        """Complete the outputs of the cell; one that went beyond a limit has failed, whatever it did with the exception."""
        for found in self.cell:
            if found.output_type == "stream":
                found.text = "".join(found.text)
        if (self.letters > TEXT_LIMIT or self.shown > SHOWN_LIMIT) and all(found.output_type != "error" for found in self.cell):
            self.add(output("error", ename=TooMuchError.__name__, evalue="prints or shows more than a report can carry", traceback=[]))


class Stream(io.TextIOBase):
    """stdout or stderr of a notebook."""

    encoding = "utf-8"

    def __init__(self, name: str, outputs: Outputs):
        super().__init__()
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        """Number of letters written.  Raises TypeError for anything but text, ValueError once it was closed."""
        if self.closed:
            raise ValueError("I/O operation on closed file")
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.outputs.print(text, self.name)
        return len(text)

    def writable(self) -> bool:
        """Yes."""
        return True


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, *, transient=None, update=False, **_more) -> None:
        self._validate_data(data, metadata or {})
        outputs, name = self.shell.outputs, (transient or {}).get("display_id", "")
        data, metadata = outputs.receive(data), outputs.receive(metadata or {})
        if name:
            outputs.update(data, metadata, name=name)
        if not update:
            outputs.add(output("display_data", data=data, metadata=metadata), name=name)

    def clear_output(self, wait=False) -> None:
        self.shell.outputs.clear(wait=wait)


class _Results(DisplayHook):
    def write_output_prompt(self) -> None:
        """No prompt in a notebook."""

    def write_format_data(self, format_dict, md_dict=None) -> None:
        outputs = self.shell.outputs
        data, metadata = outputs.receive(format_dict), outputs.receive(md_dict or {})
        outputs.add(output("execute_result", data=data, metadata=metadata, execution_count=self.prompt_count))

    def finish_displayhook(self) -> None:
        self._is_active = False


class Shell(InteractiveShell):
    """An IPython shell for one notebook."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Results)
    outputs = Any()

    def ask_exit(self) -> None:
        """quit() and exit() end no report: they are errors (faults.md 0.3)."""
        raise SystemExit(0)

    def _showtraceback(self, etype, evalue, stb) -> None:
        told = output("error", ename=etype.__name__, evalue=str(evalue)[:TEXT_LIMIT], traceback=[str(line)[:TEXT_LIMIT] for line in stb])
        self.outputs.add(told)

    def init_hooks(self) -> None:
        """Help that is asked for in a notebook that nobody reads goes nowhere, as in a kernel."""
        super().init_hooks()
        self.set_hook("show_in_pager", lambda *_, **_options: None, 99)

    def enable_gui(self, gui=None) -> None:  # noqa: ARG002
        """There is no screen."""

    @contextmanager
    def notebook(self) -> Iterator[None]:
        """What is printed and asked belongs to one notebook, as in a kernel."""
        self.outputs = Outputs()
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = Stream("stdout", self.outputs), Stream("stderr", self.outputs)
        builtins.input = getpass.getpass = _refuse
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before

    def run_in_notebook(self, cell: NotebookNode) -> bool:
        """Run `cell`, fill in its outputs and count; returns whether it went well."""
        cell.outputs = []
        self.outputs.open(cell.outputs)
        result = self.run_cell(cell.source, store_history=True, cell_id=cell.get("id"))
        self.outputs.close()
        cell.execution_count = result.execution_count
        return result.success and all(found.output_type != "error" for found in cell.outputs)


def new_shell() -> Shell:
    """The shell of this process: no history, no profile, no configuration files."""
    return Shell.instance(config=Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "NoColor"}}))


def _refuse(*_prompt: object, **_options: object) -> str:
    raise StdinNotImplementedError(NO_ANSWER)
