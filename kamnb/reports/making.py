"""A whole run: jobs stage after stage, then the manifest and the index."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pyarrow import default_memory_pool

from kamnb import __version__
from kamnb.engagement import LEDGER, Engagement, replace_file
from kamnb.errors import InputError
from kamnb.reports.freezing import Frozen, freeze
from kamnb.reports.index import index_page
from kamnb.reports.jobs import ORDER, Request, plan_jobs, plan_undecided
from kamnb.reports.journal import Journal
from kamnb.reports.locking import locked
from kamnb.reports.remembered import remember_state
from kamnb.reports.runner import Result, Run, run_jobs
from kamnb.reports.workers import Workers

Tell = Callable[[Result], None]


@dataclass(frozen=True)
class Summary:
    """How a run ended."""

    out: Path
    results: list[Result]

    def count(self, status: str) -> int:
        """Number of jobs that ended as `status` (done, same, failed)."""
        return Counter(result.status for result in self.results)[status]

    @property
    def exit_code(self) -> int:
        """0 when every report asked for exists and verifies, else 1 (faults.md a 9)."""
        return 1 if self.count("failed") or not self.results else 0


def check_totals(engagement: Engagement) -> dict[str, int]:
    """Net sales in minor units by panel and as accepted at the border.

    Raises InputError when they are not all the same: a report that does not tie is not published (faults.md d.8).
    """
    files = {"accepted": engagement.snapshot / "tables" / f"{LEDGER}.parquet"}
    files |= {file.stem: file for file in sorted((engagement.snapshot / "panels").glob("*.parquet"))}
    totals = {name: int(pd.read_parquet(file, columns=["net_sales"])["net_sales"].sum()) for name, file in files.items()}
    if len(set(totals.values())) > 1:
        raise InputError(f"panels do not tie to the accepted ledger: {totals}", str(engagement.path), "Please report this: it is a bug.")
    return totals


def make_reports(engagement: Engagement, request: Request, *, out: Path, tell: Tell = lambda _: None) -> Summary:
    """Make what `request` asks for below `out`, redoing only what changed; returns how each job ended.

    `tell` is called with each result as it comes.  Raises InputError before any job starts
    when the request or the data cannot be used, or another run holds `out`.
    """
    totals = check_totals(engagement)
    with locked(out):
        frozen = freeze(engagement, out=out)
        remember_state(frozen.engagement, out=out)
        default_memory_pool().release_unused()  # frames are read no more in this process
        with start_workers(frozen, request, out=out) as workers:
            abreast, told = (workers.abreast, workers.heeding(tell)) if request.dask else (request.workers, tell)
            results = _run_steps(Run(frozen, out, Journal(out), workers, abreast), request, tell=told)
        if not results:
            raise InputError("no key accounts are decided yet", str(engagement.path), "Run the selection first, or name --account.")
        results.sort(key=lambda result: result.job.ident)
        replace_file(out / "manifest.json", _json(describe_run(engagement, results, totals=totals)))
        replace_file(out / "index.html", index_page(engagement, results, totals=totals, language=request.languages[0]).encode())
    return Summary(out, results)


def start_workers(frozen: Frozen, request: Request, *, out: Path) -> Workers:
    """Who does the jobs of `request`: processes of this machine, or a cluster, which takes the same orders."""
    if not request.dask:
        return Workers(frozen, out=out, engine=request.engine, limits=request.limits)
    from kamnb.reports.cluster import ClusterWorkers

    return ClusterWorkers(frozen, request, out=out)


def _run_steps(run: Run, request: Request, *, tell: Tell) -> list[Result]:
    """Results of every step of ORDER: what a stage decides, the next one reads."""
    results: list[Result] = []
    for step in ORDER:
        for plan in (plan_undecided, plan_jobs):
            jobs = plan(run.frozen.engagement, request, stages=step)
            with closing(run_jobs(jobs, run)) as ended:
                for result in ended:
                    results.append(result)
                    tell(result)
    return results


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def describe_run(engagement: Engagement, results: list[Result], *, totals: dict[str, int]) -> dict:
    """The manifest: inputs with hashes, control totals, jobs with their outputs and hashes."""
    identity = engagement.settings.engagement
    files = engagement.record("files")[["table", "file", "sha256", "rows"]]
    controls = engagement.record("controls")
    return {
        "kamnb": __version__, "engagement": identity.name, "as_of": str(identity.as_of), "currency": identity.currency,
        "settings_sha256": hashlib.sha256(engagement.settings.model_dump_json().encode()).hexdigest(),
        "inputs": json.loads(files.to_json(orient="records")), "controls": json.loads(controls.to_json(orient="records")),
        "totals_minor_units": totals,
        "jobs": [{"job": r.job.ident, "status": "failed" if r.status == "failed" else "done", "why": r.why,
                  "outputs": r.entry.get("outputs", {})} for r in results],
    }
