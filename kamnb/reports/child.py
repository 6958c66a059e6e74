"""The process of one job whose notebook runs in a kernel: python -m kamnb.reports.child, the order on its standard input.

jsonschema, which nbformat imports, would load a grammar of web addresses that takes longer than everything else together;
notebooks hold none that are checked, so it is left out of this process.
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the job of the order; returns the exit status."""
    sys.modules.setdefault("rfc3987_syntax", None)
    os.umask(0o077)
    from kamnb.reports.job import Order, fulfil, open_frozen
    from kamnb.reports.limits import die_with_parent, limit_memory

    order = Order.from_json(sys.stdin.readline())
    die_with_parent()
    limit_memory(order.memory)
    return fulfil(order, open_frozen(order))


if __name__ == "__main__":
    sys.exit(main())
