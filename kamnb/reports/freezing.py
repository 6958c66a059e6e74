"""What a run works on, fixed when it starts: data, settings and notebooks that change meanwhile wait for the next run."""

from __future__ import annotations

import os
import pickle
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import pandas as pd
from pandas import DataFrame

from kamnb import choices
from kamnb.editions.joint import batch, cut_engagement, joint
from kamnb.editions.translated import translated
from kamnb.engagement import LEDGER, POINTER, SNAPSHOT, TEXTS, Engagement
from kamnb.errors import InputError
from kamnb.reports.jobs import NOTEBOOKS, Job, master_file
from kamnb.reports.journal import WORK
from kamnb.settings import FILE, read_settings

RUN, MASTERS = "run", "masters"
HELD_FILE = "held.pickle"


@dataclass(frozen=True)
class Frozen:
    """The run's own folder: engagement.toml, saved choices, snapshot, held frames and the notebooks of every edition.

    `engagement` reads the frozen data and the decisions of the home folder, which the run's own stages add to.
    """

    folder: Path
    engagement: Engagement

    def notebook(self, job: Job) -> Path:
        """The notebook that `job` runs."""
        return self.folder / "notebooks" / f"{NOTEBOOKS[job.stage]}.{job.edition}.{job.language}.ipynb"


def freeze(engagement: Engagement, *, out: Path) -> Frozen:
    """The run's own copy of `engagement` below `out`; that of an earlier run is removed.

    Snapshot files are hard links where the file system has them: they are never written again.  Raises InputError when the
    engagement's files change at this very moment.
    """
    folder = out / WORK / RUN
    shutil.rmtree(folder, ignore_errors=True)
    (folder / MASTERS).mkdir(parents=True)
    (folder / "notebooks").mkdir()
    for stage in NOTEBOOKS:
        shutil.copy2(master_file(stage), folder / MASTERS)
    _copy_data(engagement, folder)
    files = sorted((folder / SNAPSHOT).rglob("*.parquet"))
    with (folder / HELD_FILE).open("wb") as held, pd.option_context(*TEXTS):
        for file in files:
            if file.stem != LEDGER:
                pickle.dump((str(file), pd.read_parquet(file)), held, protocol=pickle.HIGHEST_PROTOCOL)
    return Frozen(folder, replace(engagement, snapshot=folder / SNAPSHOT))


def load_held(folder: Path) -> dict[str, DataFrame]:
    """Frames of the run in `folder` by file name: pyarrow would need threads to read them, and a process with threads can not be forked."""
    found, file = {}, folder / HELD_FILE
    with file.open("rb") as held:
        while held.tell() < file.stat().st_size:
            name, frame = pickle.load(held)  # noqa: S301
            found[name] = frame
    return found


def _copy_data(engagement: Engagement, folder: Path) -> None:
    """Settings, choices and snapshot of `engagement` in `folder`, and proof that they are those that were opened."""
    try:
        shutil.copytree(engagement.snapshot, folder / SNAPSHOT, copy_function=_link)
        shutil.copy2(engagement.path / FILE, folder / FILE)
        if (engagement.path / choices.FILE).exists():
            (folder / choices.FILE).parent.mkdir()
            shutil.copy2(engagement.path / choices.FILE, folder / choices.FILE)
        same = read_settings(folder) == engagement.settings
    except (FileNotFoundError, shutil.Error) as error:
        if isinstance(error, shutil.Error) and not all("[Errno 2]" in str(told) for _, _, told in error.args[0]):
            raise
        same = False
    if not same:
        raise InputError("files of the engagement have changed since they were opened", str(engagement.path),
                         "Run the same command again.")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def write_notebooks(frozen: Frozen, jobs: list[Job]) -> None:
    """Write each notebook that `jobs` run: the master in its language and edition, without interactive cells."""
    for job in {frozen.notebook(job): job for job in jobs if not frozen.notebook(job).exists()}.values():
        master = nbformat.read(frozen.folder / MASTERS / master_file(job.stage).name, as_version=4)
        notebook = batch(translated(master, master_file(job.stage).stem, language=job.language))
        nbformat.write(joint(notebook) if job.edition == "joint" else notebook, frozen.notebook(job))


def give_engagement(frozen: Frozen, job: Job, *, out: Path) -> Path:
    """Folder `out` that `job` opens as its engagement: the frozen data, and copies of the decisions it may read.

    The joint edition gets its account's rows alone.  What the job decides stays in `out` until it is published.
    """
    if job.edition == "joint":
        return cut_engagement(replace(frozen.engagement, language=job.language), str(job.account), out=out)
    out.mkdir()
    for name in (FILE, str(choices.FILE)):
        if (frozen.folder / name).exists():
            (out / name).parent.mkdir(exist_ok=True)
            shutil.copy2(frozen.folder / name, out / name)
    (out / POINTER).write_text(str(frozen.folder / SNAPSHOT), encoding="utf-8")
    home = frozen.engagement
    files = [home.decision_file(stage, account) for stage in NOTEBOOKS for account in {None, job.account}]
    for file in filter(Path.exists, files):
        target = out / file.relative_to(home.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
    return out


def list_decided(folder: Path, job: Job, *, home: Engagement) -> list[str]:
    """Decision files (relative) that an internal `job` has saved in its `folder` and that say something new."""
    if job.edition == "joint":
        return []
    files = [home.decision_file(job.stage, account).relative_to(home.path) for account in {None, job.account}]
    return [str(file) for file in files if (folder / file).exists() and _content(folder / file) != _content(home.path / file)]


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""
