"""Rendering: seconds per account report of kamnb and of what a user would do instead, on the sample, in one run.

(a) papermill in a loop with nbconvert, (b) the same in two processes, (c) kamnb report, (d) the limit: the cells as plain
code in warm forks with the same pages and workbooks.  Every way makes HTML and xlsx of notebooks 3 and 4 in Japanese.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
LANGUAGE, STAGES = "ja", ("strategy", "actions")
FEW, MANY, LONG = 3, 40, 400
"""Accounts of ways (a) and (b), whose cost per report does not depend on how many; of (c) and (d); jobs of the long run."""


def list_accounts() -> list[str]:
    """The sample's accounts by sales, largest first."""
    from kamnb.engagement import open_engagement

    panel = open_engagement(SAMPLE).panel("account_month")
    return panel.groupby("account")["net_sales"].sum().sort_values(ascending=False).index.tolist()


def papermill_report(engagement: str, stage: str, account: str, out: str) -> None:
    """One report as a user would make it: papermill, nbconvert's page, our workbook."""
    import nbformat
    import papermill
    from nbconvert import HTMLExporter

    from kamnb.editions.joint import batch
    from kamnb.editions.translated import translated
    from kamnb.reports.jobs import master_file
    from kamnb.reports.reading import read_report
    from kamnb.reports.xlsx import write_xlsx
    from kamnb.words import speak

    master, stem = nbformat.read(master_file(stage), as_version=4), Path(out) / f"{stage}-{account}"
    nbformat.write(batch(translated(master, master_file(stage).stem, language=LANGUAGE)), f"{stem}.in.ipynb")
    parameters = {"engagement": engagement, "language": LANGUAGE, "edition": "internal", "account": account}
    papermill.execute_notebook(f"{stem}.in.ipynb", f"{stem}.ipynb", parameters, progress_bar=False)
    executed = nbformat.read(f"{stem}.ipynb", as_version=4)
    Path(f"{stem}.html").write_text(HTMLExporter(exclude_input=True).from_notebook_node(executed)[0], encoding="utf-8")
    speak(LANGUAGE, currency="JPY", start=4)
    write_xlsx(read_report(executed), Path(f"{stem}.xlsx"))


def in_loop(engagement: Path, out: Path, accounts: list[str]) -> int:
    """Way (a); returns the number of reports."""
    for stage in STAGES:
        for account in accounts:
            papermill_report(str(engagement), stage, account, str(out))
    return len(STAGES) * len(accounts)


def in_pool(engagement: Path, out: Path, accounts: list[str]) -> int:
    """Way (b)."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(papermill_report, str(engagement), stage, account, str(out)) for stage in STAGES for account in accounts]
        for task in waiting:
            task.result()
    return len(waiting)


def with_kamnb(engagement: Path, out: Path, accounts: list[str]) -> int:
    """Way (c)."""
    asked = [part for account in accounts for part in ("--account", account)] + [part for stage in STAGES for part in ("--stage", stage)]
    run_kamnb([str(engagement), "--out", str(out), "--lang", LANGUAGE, "--jobs", "2", *asked])
    return len(STAGES) * len(accounts)


def run_kamnb(arguments: list[str]) -> None:
    """kamnb report, as a command."""
    command = [sys.executable, "-m", "kamnb.cli", "report", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def at_limit(engagement: Path, out: Path, accounts: list[str]) -> int:
    """Way (d), in a process of its own as (c) is."""
    orders = json.dumps({"engagement": str(engagement), "out": str(out), "accounts": accounts})
    code = "import sys; from benchmarks.render import limit_main; limit_main(sys.stdin.read())"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg",
                   "JE_ARROW_MALLOC_CONF": "background_thread:false"}
    subprocess.run([sys.executable, "-c", code], input=orders, text=True, check=True, cwd=ROOT, env=environment)
    return len(STAGES) * len(accounts)


def limit_main(orders: str) -> None:
    """Warm up, then fork for each report, two side by side."""
    import gc

    from kamnb.engagement import open_engagement
    from kamnb.reports import freezing, warm
    from kamnb.reports.jobs import Job

    asked = json.loads(orders)
    out = Path(asked["out"])
    frozen = freezing.freeze(open_engagement(asked["engagement"]), out=out)
    jobs = [Job(stage, LANGUAGE, account=account) for stage in STAGES for account in asked["accounts"]]
    freezing.write_notebooks(frozen, jobs)
    warm.warm_up(frozen.folder)
    gc.collect()
    gc.freeze()
    running = 0
    for job in jobs:
        if running == 2:
            _wait()
            running -= 1
        running += 1
        if os.fork() == 0:
            gc.disable()
            print_plainly(frozen, job, out)
            os._exit(0)
    while running:
        _wait()
        running -= 1


def _wait() -> None:
    if os.wait()[1]:
        raise RuntimeError("a plain report failed")


def print_plainly(frozen, job, out: Path) -> None:
    """The cells of a notebook run as plain code, their outputs gathered, and the same page and workbook written."""
    import nbformat
    from nbformat import NotebookNode

    from kamnb import display
    from kamnb.reports.html import write_html
    from kamnb.reports.reading import read_report
    from kamnb.reports.xlsx import write_xlsx

    notebook, space, outputs = nbformat.read(frozen.notebook(job), as_version=4), {}, []
    display.display = lambda bundle, **_: outputs.append(NotebookNode(output_type="display_data", data=bundle))
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        exec(cell.source, space)  # noqa: S102
        if "parameters" in cell.metadata.get("tags", []):
            space.update(engagement=str(frozen.engagement.path), language=LANGUAGE, edition="internal", account=job.account)
        cell.outputs, cell.execution_count = list(outputs), number
        outputs.clear()
    report = read_report(notebook)
    write_html(report, out / f"{job.stage}-{job.account}.html")
    write_xlsx(report, out / f"{job.stage}-{job.account}.xlsx")


def time_way(way, engagement: Path, accounts: list[str]) -> tuple[float, float]:
    """Wall and CPU seconds per report of `way`, in a fresh folder."""
    with tempfile.TemporaryDirectory() as out:
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        own = time.process_time()
        count = way(engagement, Path(out), accounts)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime + time.process_time() - own
    return wall / count, cpu / count


def measure_slope(engagement: Path, accounts: list[str]) -> dict[str, float]:
    """How CPU seconds per report drift over a run of LONG reports: the fitted change from the 10th to the last, as a share.

    Reports of one stage only, so that they are alike; accounts in a random order.
    """
    order = np.random.default_rng(5).permutation(accounts)[: LONG // 3 + 1]
    with tempfile.TemporaryDirectory() as out:
        asked = [part for account in order for part in ("--account", str(account))]
        languages = [part for language in ("ja", "en", "zh") for part in ("--lang", language)]
        run_kamnb([str(engagement), "--out", out, "--stage", "strategy", "--jobs", "2", *asked, *languages])
        journal = next(Path(out).rglob("journal.jsonl"))
        lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    cpu = np.array([line["cpu"] for line in lines if line["status"] == "done"])
    slope, level = np.polyfit(np.arange(len(cpu)), cpu, 1)
    first, last = level + slope * 10, level + slope * (len(cpu) - 1)
    return {"reports": len(cpu), "slope": (last - first) / first}


def compare_rendering(rounds: int = 3) -> dict[str, float]:
    """Medians over interleaved `rounds`: our speed as a multiple of (a) and (b), as a share of (d), and the slope."""
    accounts = list_accounts()
    ways = {"papermill": (in_loop, FEW), "papermill_2": (in_pool, FEW), "kamnb": (with_kamnb, MANY), "limit": (at_limit, MANY)}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as folder:
        engagement = Path(folder) / "sample"
        shutil.copytree(SAMPLE, engagement)
        for _ in range(rounds):
            for name, (way, count) in ways.items():
                found[name].append(time_way(way, engagement, accounts[:count]))
        drift = measure_slope(engagement, accounts)

    def times(name: str) -> list[float]:
        return [wall for wall, _ in found[name]]

    def ratio(top: str, below: str) -> float:
        return statistics.median(a / b for a, b in zip(times(top), times(below), strict=True))

    return {"vs_papermill": ratio("papermill", "kamnb"), "vs_papermill_2": ratio("papermill_2", "kamnb"),
            "of_limit": ratio("limit", "kamnb"),
            "slope": drift["slope"], "slope_reports": drift["reports"],
            **{f"{name}_per_minute": 60 / statistics.median(times(name)) for name in ways},
            **{f"{name}_cpu_seconds": statistics.median(cpu for _, cpu in found[name]) for name in ways}}


if __name__ == "__main__":
    print(json.dumps(compare_rendering(), indent=1))
