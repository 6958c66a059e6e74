"""Supervisors to kill: python -m tests.reports.supervised HOME OUT ENGINE imports everything once and forks itself for each line that it
reads; it answers with the process id of the fork, which makes the reports of HOME in OUT, and with its exit status when it has ended.

The notebooks are short ones of this file's own: the run, its steps, decisions and journal are the real ones.
"""

import json
import os
import sys
from pathlib import Path

import nbformat

from kamnb.engagement import open_engagement
from kamnb.reports import freezing, keys
from kamnb.reports.jobs import NOTEBOOKS, Request
from kamnb.reports.making import make_reports
from tests.reports.planted import notebook

CELLS = {
    "channels": "rows = pd.DataFrame({'channel': ['C1', 'C2'], 'rank': [1, 2], 'decision': ['priority', 'watch']})",
    "selection": "rows = e.table('accounts')[['account']].assign(rank=lambda t: range(1, len(t) + 1), decision='key')",
    "strategy": "rows = pd.DataFrame({'pillar': ['price'], 'stance': [f'hold {account}']})",
    "actions": "rows = e.decision('strategy', account=account)[['pillar', 'stance']]",
    "review": "rows = e.decision('selection')[['account', 'rank']]",
}


def lay_masters(folder: Path) -> None:
    """Write the short masters into `folder` and let runs of this process use them."""
    folder.mkdir(exist_ok=True)
    for stage, name in NOTEBOOKS.items():
        by = ", account=account" if stage in {"strategy", "actions"} else ""
        cells = ["import pandas as pd", CELLS[stage], f"decided = e.decide({stage!r}, rows{by})", "say('reports.joint')"]
        nbformat.write(notebook(*cells), folder / f"{name}.ipynb")
    freezing.master_file = keys.master_file = lambda stage: folder / f"{NOTEBOOKS[stage]}.ipynb"


def make(home: Path, out: Path, engine: str) -> int:
    """Make all reports; returns the exit status and leaves what became of each job beside `out`."""
    request = Request(languages=("en",), formats=("html", "xlsx"), workers=3, engine=engine)
    summary = make_reports(open_engagement(home), request, out=out)
    told = {result.job.ident: [result.status, result.detail] for result in summary.results}
    out.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
    return summary.exit_code


def main(home: str, out: str, engine: str) -> None:
    """Serve."""
    lay_masters(Path(out).with_suffix(".masters"))
    for _ in sys.stdin:
        pid = os.fork()
        if not pid:
            status = 70
            try:
                status = make(Path(home), Path(out), engine)
            finally:
                os._exit(status)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
