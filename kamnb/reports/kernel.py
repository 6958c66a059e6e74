"""The kernel that a job's notebook runs in where nothing is warm: ipykernel's own, but nobody is there to leave or to answer.

python -m kamnb.reports.kernel -f CONNECTION_FILE; it dies with the process that has started it, whatever it is busy with, keeps no
history, and opens no port (faults.md T4).
"""

from __future__ import annotations

import os

from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import StdinNotImplementedError
from traitlets import Type
from traitlets.config import Config

from kamnb.reports.limits import NO_ANSWER, die_with


class Shell(ZMQInteractiveShell):
    """ipykernel's shell, where quit() and exit() raise SystemExit: they end no report, they are errors (faults.md 0.3)."""

    def ask_exit(self) -> None:
        """Raise SystemExit."""
        raise SystemExit(0)


class Kernel(IPythonKernel):
    """ipykernel's kernel with that shell; a cell that asks for input fails."""

    shell_class = Type(Shell)

    def raw_input(self, prompt: object = "") -> str:  # noqa: ARG002
        """Raise StdinNotImplementedError."""
        raise StdinNotImplementedError(NO_ANSWER)

    getpass = raw_input


class Outlet(IOPubThread):
    """ipykernel's thread that sends outputs, without the port where it would listen to forks of the kernel."""

    def _setup_pipe_in(self) -> None:
        self._pipe_flag = False


if __name__ == "__main__":
    die_with(os.getppid())
    kernelapp.IOPubThread = Outlet
    kernelapp.IPKernelApp.launch_instance(kernel_class=Kernel, config=Config({"HistoryManager": {"enabled": False}}))
