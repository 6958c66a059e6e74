"""Publishing and the journal: whole files in the right order, a failure at any step harms nothing, nobody's work is lost."""

import errno
import hashlib
import os
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from kamnb.engagement import open_engagement
from kamnb.reports import publishing, runner
from kamnb.reports.freezing import freeze
from kamnb.reports.jobs import Job
from kamnb.reports.journal import WORK, Journal, hash_file
from kamnb.reports.runner import Run, run_jobs
from tests.reports.planted import published

JOB = Job("channels", "en")


class Writers:
    """Workers that write a page and a workbook of `content` at once."""

    engine, ended = "warm", False

    def __init__(self, content):
        self.content = content

    def run(self, _line, scratch):
        """The result of a job that went well."""
        outputs = {}
        for name in JOB.outputs().values():
            file = scratch / "outputs" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(f"{self.content} {name}".encode() * 1000)
            outputs[name] = hashlib.sha256(file.read_bytes()).hexdigest()
        return {"status": "done", "reads": [], "outputs": outputs, "decided": [], "title": "t", "figures": [], "account_name": "",
                "head": {}, "shown": ""}

    def add_pdf(self, made, _scratch):
        """Nothing to print."""
        return made


@pytest.fixture
def prepared(small, tmp_path):
    """A function that prepares a run whose writers write `content`."""
    out = tmp_path / "out"
    out.mkdir()
    frozen = freeze(open_engagement(small), out=out)
    return lambda content: Run(frozen, out, Journal(out), Writers(content))


@pytest.fixture
def run(prepared):
    """A function that runs JOB on writers of `content`."""
    def go(content):
        return prepared(content).do(JOB)

    go.out = prepared("").out
    return go


def test_x10_data_first_then_the_name_then_the_folder_then_the_journal(run, monkeypatch):
    told = []
    sync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (told.append(f"sync {name_of(handle)}"), sync(handle))[1])
    monkeypatch.setattr(Path, "replace", lambda self, target: (told.append(f"rename {Path(target).name}"), replace(self, target))[1])
    assert run("1").status == "done"
    page = [step for step in told if "1_channels" in step or "journal" in step]
    assert page[:4] == ["sync journal.jsonl", "sync 1_channels.en.html", "rename 1_channels.en.html", "sync 1_channels"]
    assert page[-1] == "sync journal.jsonl"


def name_of(handle):
    """The name of an open file."""
    return Path(f"/proc/self/fd/{handle}").readlink().name


class Printing(Writers):
    """Workers that end printing only when a second job has begun."""

    def __init__(self):
        super().__init__("1")
        self.begun = []
        self.second = Event()

    def run(self, line, scratch):
        """The result of a job that went well."""
        self.begun.append(line)
        if len(self.begun) == 2:
            self.second.set()
        return super().run(line, scratch)

    def add_pdf(self, made, _scratch):
        """`made`, failed when no second job began."""
        return made if self.second.wait(10) else {**made, "status": "failed", "why": "", "detail": ""}


def test_the_next_job_runs_while_a_page_is_printed(prepared):
    run = replace(prepared("1"), workers=Printing(), abreast=1)
    results = run_jobs([JOB, replace(JOB, language="ja")], run)
    assert [result.status for result in results] == ["done", "done"]


class Failing:
    """Lets the call number `k` of any step that writes fail, as a full disk does; counts the calls."""

    def __init__(self, monkeypatch, k):
        self.k, self.calls = k, 0
        for place, name in ((os, "fsync"), (Path, "replace"), (Path, "mkdir"), (Path, "open"), (Path, "write_text")):
            monkeypatch.setattr(place, name, self.wrapped(getattr(place, name)))

    def wrapped(self, plain):
        """`plain`, counted."""
        def call(*arguments, **options):
            if plain.__name__ == "open" and (options.get("mode") or (arguments[1:] or ["r"])[0]) in {"r", "rb"}:
                return plain(*arguments, **options)
            self.calls += 1
            if self.calls == self.k:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x")
            return plain(*arguments, **options)
        return call


def test_x16_a_disk_that_fills_at_any_step_harms_nothing_and_is_told(run, prepared, monkeypatch):
    monkeypatch.setattr(runner, "list_reasons", lambda *_, **__: ["forced"])
    assert run("old").status == "done"
    old = published(run.out)
    for k in range(1, 100):
        ready = prepared("new")
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, k)
            result = ready.do(JOB)
        if failing.calls < k:
            break
        assert result.status == "failed" and "disk full" in result.why, (k, result.detail)
        now = published(run.out)
        assert set(now) == set(old), k
        for name, data in now.items():
            assert data in (old[name], f"new {name}".encode() * 1000), (k, name)
        last = Journal(run.out).entries[JOB.ident]
        assert last["status"] != "done" or last["outputs"] == {name: hash_file(run.out / name) for name in now}, k
        assert not list(run.out.rglob("*.part")) and not list((run.out / WORK).glob("job-*")), k
        assert run("old").status == "done" and published(run.out) == old, k
    assert k > 8 and result.status == "done"


def test_x17_a_file_that_is_gone_or_was_edited_is_made_again_and_the_edit_kept(run):
    assert run("1").status == "done" and run("1").status == "same"
    page, book = (run.out / name for name in JOB.outputs().values())
    page.unlink()
    assert run("1").status == "done" and page.exists()
    book.write_bytes(b"edited by hand")
    assert run("1").status == "done"
    (kept,) = book.parent.glob("*.edited-*.xlsx")
    assert kept.read_bytes() == b"edited by hand" and b"edited" not in book.read_bytes()
    book.write_bytes(b"edited twice")
    assert run("1").status == "done"
    assert sorted(p.read_bytes() for p in book.parent.glob("*.edited-*.xlsx")) == [b"edited by hand", b"edited twice"]


def test_a_file_that_changes_after_it_was_checked_is_not_published(run, monkeypatch):
    plain = Writers.run

    def change(self, line, scratch):
        made = plain(self, line, scratch)
        next((scratch / "outputs").rglob("*.xlsx")).write_bytes(b"half")
        return made

    monkeypatch.setattr(Writers, "run", change)
    result = run("1")
    assert result.status == "failed" and "changed after it was checked" in result.detail and published(run.out) == {}


def test_a_fault_of_our_own_is_one_jobs_failure_and_keeps_its_traceback(run, monkeypatch):
    monkeypatch.setattr(Writers, "run", lambda *_: 1 / 0)
    result = run("1")
    assert (result.status, result.why) == ("failed", "ZeroDivisionError") and "Traceback" in result.detail
    assert "ZeroDivisionError" in next((run.out / WORK / "failed").glob("*.txt")).read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b"a,b\n\"", "決定".encode("cp932")])
def test_decisions_that_can_not_be_read_fail_their_job_alone(run, small, content):
    assert run("1").status == "done"
    entry = Journal(run.out).entries[JOB.ident]
    Journal(run.out).write({**entry, "reads": [["decision", "channels", "", "x"]]})
    (small / "decisions").mkdir()
    (small / "decisions" / "channels.csv").write_bytes(content)
    assert run("1").status == "failed"


def test_files_and_folders_are_for_their_owner_alone(run):
    mask = os.umask(0)
    try:
        assert run("1").status == "done"
    finally:
        os.umask(mask)
    assert (run.out / "1_channels").stat().st_mode & 0o777 == 0o700


def test_on_another_disk_a_file_is_whole_before_it_has_its_name(tmp_path, monkeypatch):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"new")
    target.write_bytes(b"old")
    plain = Path.stat
    monkeypatch.setattr(Path, "stat", lambda self, **o: Elsewhere(plain(self, **o)) if self == source else plain(self, **o))
    publishing.place(source, target)
    assert target.read_bytes() == b"new" and source.exists() and not list(tmp_path.glob("*.part"))


class Elsewhere:
    """What stat tells of a file on another disk."""

    def __init__(self, plain):
        self.st_dev, self.st_mode = -1, plain.st_mode


def test_a_journal_holds_alike_reads_once(tmp_path):
    journal, read = Journal(tmp_path), ["table", "sales", "", "0123"]
    for number in range(3):
        journal.write({"ident": f"j{number}", "status": "done", "reads": [list(read), ["table", "terms", f"A{number}", "4567"]]})
    for held in (journal, Journal(tmp_path)):
        assert [entry["reads"][0] for entry in held.entries.values()] == [read] * 3
        assert len({id(entry["reads"][0]) for entry in held.entries.values()}) == 1
        assert len({id(entry["reads"][1]) for entry in held.entries.values()}) == 3
