"""Rendering: seconds per report of kamnb and of what a user would do instead, on the sample, in one run.

(a) papermill in a loop with nbconvert, (b) the same in two processes, (c) kamnb report, (d) the limit: the cells as plain
code in warm forks with the same pages and workbooks.  Every way makes HTML and xlsx in Japanese, of the five notebooks: three
about the whole engagement, two for each of MANY accounts, where a step waits for the one whose decisions it reads.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
LANGUAGE, WHOLE, EACH = "ja", ("channels", "selection", "review"), ("strategy", "actions")
FEW, MANY, LONG = 3, 40, 400
"""Accounts that ways (a) and (b) really make, since one costs them what another costs; of all ways; jobs of the long run."""
STEPS = [["channels"], ["selection"], ["strategy", "review"], ["actions"]]
TONGUES = ("ja", "en", "zh")
Todo = list[tuple[str, str | None]]


def list_accounts() -> list[str]:
    """The sample's accounts by sales, largest first."""
    from kamnb.engagement import open_engagement

    panel = open_engagement(SAMPLE).panel("account_month")
    return panel.groupby("account")["net_sales"].sum().sort_values(ascending=False).index.tolist()


def papermill_report(engagement: str, stage: str, account: str | None, out: str) -> None:
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
    parameters = {"engagement": engagement, "language": LANGUAGE, "edition": "internal", **({"account": account} if account else {})}
    papermill.execute_notebook(f"{stem}.in.ipynb", f"{stem}.ipynb", parameters, progress_bar=False)
    executed = nbformat.read(f"{stem}.ipynb", as_version=4)
    Path(f"{stem}.html").write_text(HTMLExporter(exclude_input=True).from_notebook_node(executed)[0], encoding="utf-8")
    speak(LANGUAGE, currency="JPY", start=4)
    write_xlsx(read_report(executed), Path(f"{stem}.xlsx"))


def in_loop(engagement: Path, out: Path, todo: Todo) -> None:
    """Way (a)."""
    for stage, account in todo:
        papermill_report(str(engagement), stage, account, str(out))


def in_pool(engagement: Path, out: Path, todo: Todo) -> None:
    """Way (b)."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for task in [pool.submit(papermill_report, str(engagement), stage, account, str(out)) for stage, account in todo]:
            task.result()


def with_kamnb(engagement: Path, out: Path, todo: Todo) -> None:
    """Way (c)."""
    accounts, stages = (name_each(option, dict.fromkeys(pair[n] for pair in todo if pair[n]))
                        for n, option in ((1, "--account"), (0, "--stage")))
    run_kamnb([str(engagement), "--out", str(out), "--lang", LANGUAGE, "--jobs", "2", *accounts, *stages])


def name_each(option: str, values: Iterable[str]) -> list[str]:
    """Arguments that give `option` once with each of `values`."""
    return [part for value in values for part in (option, value)]


def count_cpu() -> float:
    """CPU seconds of this process's children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_kamnb(arguments: list[str]) -> None:
    """kamnb report, as a command."""
    subprocess.run([sys.executable, "-m", "kamnb.cli", "report", *arguments], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


class Watched:
    """kamnb report, as a command that runs beside us, and its memory in MB at every look."""

    def __init__(self, arguments: list[str], out: Path):
        command = [sys.executable, "-m", "kamnb.cli", "report", *arguments, "--out", str(out)]
        self.out, self.held = out, []
        self.running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def look(self) -> list[dict]:
        """What its journal notes of the reports that are done, in their order."""
        with suppress(psutil.Error):
            self.held.append(psutil.Process(self.running.pid).memory_info().rss / 1e6)
        lines = [line for file in self.out.glob("*/*/.kamnb/journal.jsonl") for line in file.read_text(encoding="utf-8").splitlines()]
        return [json.loads(line) for line in lines if '"status": "done"' in line]

    def follow(self, until: int | None = None) -> list[dict]:
        """Look until as many reports are done, or to its end, which must be a good one."""
        while self.running.poll() is None and (until is None or len(self.look()) < until):
            time.sleep(0.5)
        if self.running.poll():
            raise subprocess.CalledProcessError(self.running.returncode, "kamnb report")
        return self.look()


def at_limit(engagement: Path, out: Path, todo: Todo) -> None:
    """Way (d), in a process of its own as (c) is."""
    orders = json.dumps({"engagement": str(engagement), "out": str(out), "todo": todo})
    code = "import sys; from benchmarks.render import limit_main; limit_main(sys.stdin.read())"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg",
                   "JE_ARROW_MALLOC_CONF": "background_thread:false"}
    subprocess.run([sys.executable, "-c", code], input=orders, text=True, check=True, cwd=ROOT, env=environment)


def limit_main(orders: str) -> None:
    """Warm up, then fork, step by step."""
    from kamnb.reports import skip_grammar

    skip_grammar()
    from kamnb.engagement import open_engagement
    from kamnb.reports import freezing, warm
    from kamnb.reports.jobs import Job

    asked = json.loads(orders)
    out = Path(asked["out"])
    frozen = freezing.freeze(open_engagement(asked["engagement"]), out=out)
    steps = [[Job(stage, LANGUAGE, account=account) for stage, account in asked["todo"] if stage in step] for step in STEPS]
    jobs = [job for step in steps for job in step]
    freezing.write_notebooks(frozen, jobs)
    warm.warm_up(frozen.folder)
    gc.collect()
    gc.freeze()
    for step in steps:
        _fork_each(step, frozen, out)


def _fork_each(jobs: list, frozen, out: Path) -> None:
    """A fork for each report, two side by side."""
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
    for _ in range(running):
        _wait()


def _wait() -> None:
    if os.wait()[1]:
        raise RuntimeError("a plain report failed")


def print_plainly(frozen, job, out: Path) -> None:
    """The cells of a notebook run as plain code, their outputs gathered, and the same page and workbook written."""
    import nbformat
    from nbformat import NotebookNode

    from benchmarks.cells import run_cells
    from kamnb import display
    from kamnb.reports.html import write_html
    from kamnb.reports.reading import read_report
    from kamnb.reports.xlsx import write_xlsx

    notebook, outputs = nbformat.read(frozen.notebook(job), as_version=4), []
    display.display = lambda bundle, **_: outputs.append(NotebookNode(output_type="display_data", data=bundle))
    parameters = {"engagement": str(frozen.folder), "language": LANGUAGE, "edition": "internal", "account": job.account}
    for number, (cell, _) in enumerate(run_cells(notebook, parameters), 1):
        cell.outputs, cell.execution_count = list(outputs), number
        outputs.clear()
    report = read_report(notebook)
    write_html(report, out / f"{job.stage}-{job.account}.html")
    write_xlsx(report, out / f"{job.stage}-{job.account}.xlsx")


def time_way(way, engagement: Path, todo: Todo) -> np.ndarray:
    """Wall and CPU seconds of `way` for all of `todo`, in a fresh folder."""
    with tempfile.TemporaryDirectory() as out:
        before, start, own = count_cpu(), time.perf_counter(), time.process_time()
        way(engagement, Path(out), todo)
        return np.array([time.perf_counter() - start, count_cpu() - before + time.process_time() - own])


def time_report(way, engagement: Path, accounts: list[str]) -> np.ndarray:
    """Wall and CPU seconds per report of `way`; where only FEW accounts were made, each of them stands for several."""
    whole: Todo = [(stage, None) for stage in WHOLE]
    each: Todo = [(stage, account) for stage in EACH for account in accounts[:MANY]]
    count = len(whole) + len(each)
    if way in (with_kamnb, at_limit):
        return time_way(way, engagement, whole + each) / count
    few = [(stage, account) for stage, account in each if account in accounts[:FEW]]
    return (time_way(way, engagement, whole) + time_way(way, engagement, few) * len(each) / len(few)) / count


def measure_slope(engagement: Path, accounts: list[str]) -> dict[str, float]:
    """How the cost of a report grows over a run of LONG reports of one stage, as a share of what the 10th costs.

    The machine itself drifts by more than what is looked for.  So a second, fresh run makes the second half of the reports
    once more at the very time when the long run makes them: the same report, the same minute, one LONG / 2 reports older than the
    other.  `slope`: the mean ratio of their CPU seconds, less 1, carried on to the whole length; `slope_error`: its standard error.
    Also the supervisor's memory in MB, early and most.
    """
    order = [str(account) for account in np.random.default_rng(5).permutation(accounts)[: LONG // len(TONGUES) + 1]]
    asked = [str(engagement), "--stage", "strategy", "--jobs", "1", *name_each("--lang", TONGUES)]
    with tempfile.TemporaryDirectory() as long, tempfile.TemporaryDirectory() as fresh:
        old = Watched([*asked, *name_each("--account", order)], Path(long))
        done = {line["ident"].rpartition("/")[2] for line in old.follow(until=LONG // 2)}
        new = Watched([*asked, *name_each("--account", [account for account in order if account not in done])], Path(fresh))
        lines, again = old.follow(), {line["ident"]: line["cpu"] for line in new.follow()}
    apart = np.log([line["cpu"] / again[line["ident"]] for line in lines if line["ident"] in again])
    reach = (len(lines) - 10) / (len(lines) - len(apart))
    return {"slope": float(np.expm1(apart.mean() * reach)), "slope_error": float(apart.std(ddof=1) / len(apart) ** 0.5 * reach),
            "slope_reports": len(lines), "slope_pairs": len(apart), "supervisor_mb_early": old.held[len(old.held) // 10],
            "supervisor_mb_most": max(old.held)}


def compare_rendering(rounds: int = 3) -> dict[str, float]:
    """Medians over interleaved `rounds`: our speed as a multiple of (a) and (b), as a share of (d), the slope, the memory."""
    accounts = list_accounts()
    ways = {"papermill": in_loop, "papermill_2": in_pool, "kamnb": with_kamnb, "limit": at_limit}
    found: dict[str, list[np.ndarray]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as folder:
        engagement = Path(folder) / "sample"
        shutil.copytree(SAMPLE, engagement)
        for _ in range(rounds):
            for name, way in ways.items():
                found[name].append(time_report(way, engagement, accounts))
            print({name: found[name][-1].round(2).tolist() for name in ways}, file=sys.stderr)
        drift = measure_slope(engagement, accounts)

    def ratios(top: str, below: str) -> list[float]:
        return [float(a[0] / b[0]) for a, b in zip(found[top], found[below], strict=True)]

    compared = {"vs_papermill": ratios("papermill", "kamnb"), "vs_papermill_2": ratios("papermill_2", "kamnb"),
                "of_limit": ratios("limit", "kamnb")}
    return {**{name: statistics.median(values) for name, values in compared.items()}, **drift,
            **{f"{name}_range": [min(values), max(values)] for name, values in compared.items()},
            **{f"{name}_per_minute": 60 / statistics.median(wall for wall, _ in found[name]) for name in ways},
            **{f"{name}_cpu_seconds": statistics.median(cpu for _, cpu in found[name]) for name in ways}}


if __name__ == "__main__":
    print(json.dumps(compare_rendering(), indent=1))
