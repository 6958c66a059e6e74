"""The process of one job: python -m kamnb.reports.child JOB.json

jsonschema, which nbformat imports, would load a grammar of web addresses that takes longer than everything else together;
notebooks hold none that are checked, so it is left out of this process.
"""

from __future__ import annotations

import sys


def main(path: str) -> None:
    """Run the job that the file at `path` describes."""
    sys.modules.setdefault("rfc3987_syntax", None)
    from kamnb.reports.job import main as run

    run(path)


if __name__ == "__main__":
    main(sys.argv[1])
