"""A run as the command line shows it: a progress bar, what failed, and a last line that counts."""

from __future__ import annotations

from pathlib import Path

import click
from tqdm import tqdm

from kamnb.engagement import open_engagement
from kamnb.errors import InputError
from kamnb.reports.cluster_crew import reach
from kamnb.reports.jobs import NOTEBOOKS, Request
from kamnb.reports.limits import Limits
from kamnb.reports.making import make_reports
from kamnb.reports.runner import Result
from kamnb.reports.workers import best_engine


def print_reports(engagement: Path, out: Path, *, workers: int, asked: dict[str, tuple]) -> int:
    """Make the reports that were asked for; returns the exit code.

    `asked`: stages, accounts, languages, formats (empty = the default), edition, and what a report may take.
    """
    if asked["shared"] and not asked["dask"]:
        raise InputError("--shared is for a cluster", "--shared", "Name its scheduler with --dask ADDRESS.")
    if asked["dask"]:
        reach(str(asked["dask"]))
    opened = open_engagement(engagement)
    request = Request(stages=asked["stages"] or tuple(NOTEBOOKS), accounts=asked["accounts"],
                      languages=asked["languages"] or (opened.language,), formats=tuple(sorted(asked["formats"])) or ("html", "xlsx"),
                      edition=str(asked["edition"]), workers=workers,
                      engine=str(asked["engine"] or ("warm" if asked["dask"] else best_engine())),
                      dask=str(asked["dask"] or ""), shared=str(asked["shared"] or ""),
                      limits=Limits(asked["cell_limit"], asked["report_limit"], memory=int(asked["memory"] * 1e9)))
    identity = opened.settings.engagement
    folder = out / opened.path.name / str(identity.as_of)
    folder.mkdir(parents=True, exist_ok=True)
    with tqdm(unit="report", leave=False, disable=None) as bar:
        summary = make_reports(opened, request, out=folder.resolve(), tell=lambda result: _tell(bar, result))
    for result in summary.results:
        if result.status == "failed":
            click.echo(f"failed  {result.job.ident}\n        {result.why.strip()}", err=True)
    fresh = "nothing had changed: " if summary.count("same") == len(summary.results) and summary.results else ""
    click.echo(f"{folder / 'index.html'}")
    click.echo(f"{fresh}{summary.count('done')} done, {summary.count('same')} unchanged, 0 held, {summary.count('failed')} failed")
    return summary.exit_code


def _tell(bar: tqdm, result: Result) -> None:
    bar.set_postfix_str(f"{result.job.ident} {result.status}")
    bar.update()
