"""One job in a process of its own: run the notebook, prove that it finished, print it."""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

from nbformat import NotebookNode
from pandas import DataFrame
from papermill.engines import papermill_engines
from papermill.execute import raise_for_execution_errors
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from python_calamine import CalamineWorkbook
from traitlets.config import Config

from kamnb.engagement import HELD, READS, open_engagement
from kamnb.reports import engine
from kamnb.reports.freezing import Frozen, give_engagement, list_decided
from kamnb.reports.html import write_html
from kamnb.reports.jobs import Job, Order
from kamnb.reports.pdf import running_lines
from kamnb.reports.reading import Report, UnfinishedError, read_report
from kamnb.reports.remembered import pack_shown
from kamnb.reports.xlsx import write_xlsx
from kamnb.shown import READ
from kamnb.words import speak

PAGE, RESULT, PYTHON = "page.html", "result.json", "python3"
CELL_SECONDS, START_SECONDS = 300, 60
TEXT_LIMIT, PICTURE_LIMIT, FILE_LIMIT = 1_000_000, 5_000_000, 25_000_000
"""Bytes that a cell may print, a picture may take and a report may weigh (faults.md a 20)."""


def open_frozen(order: Order) -> Frozen:
    """The run that `order` belongs to."""
    return Frozen(Path(order.frozen), replace(open_engagement(order.frozen), path=Path(order.home)))


def run_notebook(order: Order, frozen: Frozen, engagement: Path) -> NotebookNode:
    """The executed notebook of `order`, which opens the folder `engagement`.

    papermill puts the parameters in and its engine runs the cells; its last step, text of the whole notebook with every picture
    for a file that nobody asked for, is left out.
    """
    job, scratch = order.job, Path(order.scratch)
    parameters = {"engagement": str(engagement), "language": job.language, "edition": job.edition}
    if job.account is not None:
        parameters["account"] = job.account
    options: dict = {}
    if order.engine == "kernel":
        options = {"start_timeout": START_SECONDS, "execution_timeout": CELL_SECONDS}
    if order.sockets:
        options["config"] = Config({"KernelManager": {"transport": "ipc", "ip": f"{order.sockets}/s"}})
    given = parameterize_notebook(load_notebook_node(str(frozen.notebook(job))), parameters, kernel_name=PYTHON, language="python",
                                  engine_name=order.engine)
    with chdir(scratch):
        executed = papermill_engines.execute_notebook_with_engine(order.engine, given, kernel_name=PYTHON, input_path=None,
                                                                  output_path=None, progress_bar=False, scratch=str(scratch), **options)
    raise_for_execution_errors(executed, None)
    return executed


def check_sizes(notebook: NotebookNode) -> None:
    """Raise UnfinishedError for a cell that shows more than a report can carry (faults.md X07)."""
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            if len(str(output.get("text", ""))) > TEXT_LIMIT:
                raise UnfinishedError(f"cell {number} ({cell.get('id', '')}) prints more than {TEXT_LIMIT:,} letters")
            if len(output.get("data", {}).get("image/png", "")) > PICTURE_LIMIT:
                raise UnfinishedError(f"cell {number} ({cell.get('id', '')}) draws a picture above {PICTURE_LIMIT:,} bytes")


def check_output(file: Path, report: Report) -> None:
    """Raise UnfinishedError unless `file` can be read again and holds what `report` shows."""
    if file.stat().st_size > FILE_LIMIT:
        raise UnfinishedError(f"{file.name} is larger than {FILE_LIMIT:,} bytes")
    if file.suffix == ".html":
        page = file.read_text(encoding="utf-8")
        whole = page.rstrip().endswith("</html>") and page.count('<div class="table') >= len(report.tables())
    elif file.suffix == ".xlsx":
        with CalamineWorkbook.from_path(file) as book:
            whole = len(book.sheet_names) > len(report.tables())
    else:
        from kamnb.reports.pptx import is_whole

        whole = is_whole(file, report)
    if not whole:
        raise UnfinishedError(f"{file.name} does not hold the whole report")


def write_report(report: Report, file: Path) -> None:
    """Write `report` in the format that the name of `file` tells."""
    if file.suffix == ".pptx":
        from kamnb.reports.pptx import write_pptx

        write_pptx(report, file)
    else:
        {".html": write_html, ".xlsx": write_xlsx}[file.suffix](report, file)


def what_was_read(notebook: NotebookNode, job: Job) -> list[list[str]]:
    """(kind, name, account) of all that the notebook read; a joint job saw its own account's rows only."""
    found = [r for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs for r in o.get("data", {}).get(READ, [])]
    own = job.account if job.edition == "joint" else None
    return [[kind, name, own if own and kind in {"table", "panel", "decision"} else account] for kind, name, account in found]


def run_job(order: Order, frozen: Frozen) -> dict:
    """Run and print the job of `order` in its scratch folder; returns what it read, decided and printed (with hashes)."""
    job, scratch, home = order.job, Path(order.scratch), frozen.engagement
    given = give_engagement(frozen, job, out=scratch / "engagement")
    seen = home if job.edition == "joint" else replace(home, path=given)
    own = seen.state("own", job.stage, job.account or "")
    HELD.clear() if job.edition == "joint" else None
    READS.clear()
    notebook = run_notebook(order, frozen, given)
    check_sizes(notebook)
    identity = home.settings.engagement
    speak(job.language, currency=identity.currency, start=identity.fiscal_start)
    report = read_report(notebook)
    reads = [[*read, own if read[0] == "own" else seen.state(*read) if read[0] == "decision" else ""]
             for read in what_was_read(notebook, job)]
    decided = seen.decision(job.stage, account=job.account) if job.edition == "internal" else DataFrame()
    shown = pack_shown(report, job, decided=decided, start=identity.fiscal_start)
    return {"reads": reads, "shown": shown, "outputs": print_report(report, job, scratch), "decided": list_decided(given, job, home=home),
            "title": report.title, "figures": report.figures, "account_name": report.head["account_name"],
            "head": {**report.head, "lines": running_lines(report.head)}}


def print_report(report: Report, job: Job, scratch: Path) -> dict[str, str]:
    """SHA-256 of each file that `report` was printed to, by its path below the run's folder.

    A PDF is printed later from the page that is left in `scratch`: its browser outlives the job.
    """
    hashes = {}
    for form, name in job.outputs().items():
        file = scratch / PAGE if form == "pdf" else scratch / "outputs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        write_report(report, file)
        check_output(file, report)
        hashes[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return hashes


def fulfil(order: Order, frozen: Frozen) -> int:
    """Run the job of `order` and leave result.json in its scratch folder; returns the exit status of its process."""
    scratch = Path(order.scratch)
    try:
        result = {"status": "done", **run_job(order, frozen)}
    except Exception as error:
        traceback.print_exc()
        where = engine.read_mark(scratch)[1]
        reason = "out of memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"
        result = {"status": "failed", "why": reason if "cell " in reason else f"{where}: {reason}".removeprefix(": ")}
    part = scratch / f"{RESULT}.part"
    part.write_text(json.dumps({**result, "cpu": round(time.process_time(), 3)}), encoding="utf-8")
    part.replace(scratch / RESULT)
    return 0 if result["status"] == "done" else 1
