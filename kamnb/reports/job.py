"""One job in a process of its own: run the notebook, prove that it finished, print it."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode
from python_calamine import CalamineWorkbook
from traitlets.config import Config

from kamnb.editions.joint import batch, cut_engagement, joint
from kamnb.editions.translated import translated
from kamnb.engagement import open_engagement
from kamnb.reports.html import write_html
from kamnb.reports.jobs import Job, master_file
from kamnb.reports.reading import Report, UnfinishedError, read_report
from kamnb.reports.xlsx import write_xlsx
from kamnb.shown import READ
from kamnb.words import speak

WRITERS = {"html": write_html, "xlsx": write_xlsx}
CELL_SECONDS, START_SECONDS = 300, 60


def make_edition(job: Job) -> NotebookNode:
    """The notebook that `job` runs: the master in its language and edition, without interactive cells."""
    master = nbformat.read(master_file(job.stage), as_version=4)
    notebook = batch(translated(master, master_file(job.stage).stem, language=job.language))
    return joint(notebook) if job.edition == "joint" else notebook


def run_notebook(job: Job, engagement: Path, *, scratch: Path) -> NotebookNode:
    """The executed notebook of `job`. Sockets are files in a short private folder: no ports, no races (faults.md 0.5)."""
    source, executed = scratch / "in.ipynb", scratch / "out.ipynb"
    nbformat.write(make_edition(job), source)
    parameters = {"engagement": str(engagement), "language": job.language, "edition": job.edition}
    if job.account is not None:
        parameters["account"] = job.account
    sockets = tempfile.mkdtemp(prefix="k")
    try:
        config = Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/s"}})
        return papermill.execute_notebook(source, executed, parameters, kernel_name="python3", progress_bar=False, config=config,
                                          cwd=str(scratch), start_timeout=START_SECONDS, execution_timeout=CELL_SECONDS)
    finally:
        shutil.rmtree(sockets, ignore_errors=True)


def check_output(file: Path, report: Report) -> None:
    """Raise UnfinishedError unless `file` can be read again and holds what `report` shows."""
    if file.suffix == ".html":
        page = file.read_text(encoding="utf-8")
        whole = page.rstrip().endswith("</html>") and page.count('<div class="table') >= len(report.tables())
    else:
        with CalamineWorkbook.from_path(file) as book:
            whole = len(book.sheet_names) > len(report.tables())
    if not whole:
        raise UnfinishedError(f"{file.name} does not hold the whole report")


def what_was_read(notebook: NotebookNode, job: Job) -> list[list[str]]:
    """(kind, name, account) of all that the notebook read; a joint job saw its own account's rows only."""
    found = [r for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs for r in o.get("data", {}).get(READ, [])]
    own = job.account if job.edition == "joint" else None
    return [[kind, name, own if own and kind in {"table", "panel", "decision"} else account] for kind, name, account in found]


def run_job(job: Job, engagement: Path, *, scratch: Path) -> dict:
    """Run and print `job` into `scratch`; returns what it read (with the state of each) and the hash of each output."""
    opened = open_engagement(engagement, language=job.language)
    seen = cut_engagement(opened, str(job.account), out=scratch / "engagement") if job.edition == "joint" else opened.path
    before = {stage: opened.state("own", stage, job.account or "") for stage in (job.stage,)}
    notebook = run_notebook(job, seen, scratch=scratch)
    identity = opened.settings.engagement
    speak(job.language, currency=identity.currency, start=identity.fiscal_start)
    report = read_report(notebook)
    hashes = {}
    for form, name in job.outputs().items():
        file = scratch / "outputs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        WRITERS[form](report, file)
        check_output(file, report)
        hashes[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    reads = [[*read, before.get(read[1]) if read[0] == "own" else opened.state(*read)] for read in what_was_read(notebook, job)]
    return {"reads": reads, "outputs": hashes, "title": report.title, "figures": report.figures,
            "account_name": report.head["account_name"]}


def main(path: str) -> None:
    """Entry of the child process: the job file names the job, the engagement and the scratch folder."""
    order = json.loads(Path(path).read_text(encoding="utf-8"))
    job = Job(**{**order["job"], "formats": tuple(order["job"]["formats"])})
    scratch = Path(order["scratch"])
    try:
        result = {"status": "done", **run_job(job, Path(order["engagement"]), scratch=scratch)}
    except Exception as error:
        result = {"status": "failed", "why": f"{type(error).__name__}: {error}"}
        (scratch / "result.json").write_text(json.dumps({**result, "job": asdict(job)}), encoding="utf-8")
        raise
    (scratch / "result.json").write_text(json.dumps({**result, "job": asdict(job)}), encoding="utf-8")
