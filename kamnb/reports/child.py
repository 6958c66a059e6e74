"""The process of one job whose notebook runs in a kernel: python -m kamnb.reports.keeper child, the order on its standard input."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from kamnb.reports.marks import KERNEL

KERNEL_SPEC = {"argv": [sys.executable, "-m", "kamnb.reports.kernel", "-f", "{connection_file}"],
               "display_name": KERNEL, "language": "python"}


def main() -> int:
    """Run the job of the order; returns the exit status."""
    os.umask(0o077)
    from kamnb.reports.job import fulfil, open_frozen
    from kamnb.reports.jobs import Order
    from kamnb.reports.limits import limit_memory, split_limits

    order = Order.from_json(split_limits(sys.stdin.readline())[0])
    limit_memory(order.memory)
    write_kernel(Path(order.scratch))
    return fulfil(order, open_frozen(order))


def write_kernel(scratch: Path) -> None:
    """Put our kernel where the job finds it: what else is installed does not matter (faults.md a 30)."""
    folder = scratch / "jupyter" / "kernels" / KERNEL
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(KERNEL_SPEC), encoding="utf-8")
