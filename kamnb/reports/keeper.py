"""A small process above a worker: whoever ends, worker or supervisor, and however, it ends all that is left below.

python -m kamnb.reports.keeper MODULE ARGUMENT ... runs main(ARGUMENT ...) of kamnb.reports.MODULE in a fork of itself (Linux; elsewhere
in this very process).  The supervisor holds the other end of its standard input: when that closes, it ends the worker at once.
Processes that a notebook has started become children of the keeper when their parents are gone (faults.md 0.7).
"""

from __future__ import annotations

import os
import select
import signal
import sys
from importlib import import_module

from kamnb.reports import skip_grammar
from kamnb.reports.limits import adopt_orphans, die_with, end_children, kill_tree


def main(module: str, *arguments: str) -> int:
    """Exit status of the worker; a keeper whose worker was killed by a signal ends by the same."""
    skip_grammar()
    if sys.platform != "linux":
        return import_module(f"kamnb.reports.{module}").main(*arguments)
    adopt_orphans()
    keeper = os.getpid()
    worker = os.fork()
    if not worker:
        die_with(keeper)
        return import_module(f"kamnb.reports.{module}").main(*arguments)
    status = os.waitstatus_to_exitcode(_wait(worker))
    end_children()
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(keeper, -status)
    return status


def _wait(worker: int) -> int:
    """How the process `worker` ended; it is killed when the supervisor closes our input or is gone."""
    ended = os.pidfd_open(worker)
    poller = select.poll()
    poller.register(ended, select.POLLIN)
    poller.register(0, 0)  # tells only that the other end has closed
    if ended not in dict(poller.poll()):
        kill_tree(worker)
    return os.waitpid(worker, 0)[1]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
