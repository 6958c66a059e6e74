"""Faults of execution, X01 to X22 of the catalogue: one report fails and says where, the others and everything published stay whole."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest

from kamnb.engagement import open_engagement
from kamnb.errors import InputError
from kamnb.reports import freezing, marks
from kamnb.reports.freezing import freeze, give_engagement, write_notebooks
from kamnb.reports.job import open_frozen
from kamnb.reports.jobs import Job, Order
from kamnb.reports.journal import WORK, Journal
from kamnb.reports.limits import Limits
from kamnb.reports.locking import LOCK, locked
from tests.reports.planted import JOB, Planted, marked, nothing_left, plant, published
from tests.reports.planting import plant_code

OTHER = Job("review", "en", formats=("html",))
KAMNB = [str(Path(sys.executable).with_name("kamnb")), "report"]
CUT = shutil.which("unshare") and subprocess.run(["unshare", "-rn", "true"], check=False, capture_output=True).returncode == 0
SLEEP = "import time; time.sleep({})"


@pytest.fixture(scope="module")
def home(tmp_path_factory, make_small):
    return make_small(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def shared(home):
    run = Planted(home, home.parent / "warm")
    yield run
    run.close()


@pytest.fixture
def warm(shared):
    """A run whose worker is up."""
    if not shared.workers._worker or not shared.workers._worker.alive:
        assert shared.run("1").status == "done"
    return shared


@pytest.fixture(scope="module")
def kernel(home):
    run = Planted(home, home.parent / "kernel", engine="kernel")
    yield run
    run.close()


def worker_of(run):
    """The process that forks: the keeper's child."""
    (worker,) = psutil.Process(run.workers._worker.process.pid).children()
    return worker


def eventually(holds, seconds=60):
    """Whether `holds()` comes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def in_background(function, *arguments, **options):
    """A list that holds what `function` returns once the block has ended."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function(*arguments, **options)))
    thread.start()
    yield found
    thread.join(120)


def noting(file, then):
    """A cell that adds its process id to `file`, sleeps `then` seconds at the first time, and nothing later."""
    return (f"import os, time\nopen({str(file)!r}, 'a').write(f'{{os.getpid()}}\\n')\n"
            f"time.sleep({then} if len(open({str(file)!r}).read().split()) == 1 else 0)")


def pids_in(file):
    """Process ids that cells of `noting` have told."""
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []


# X01, X02: a process is lost


def test_x01_a_lost_kernel_fails_one_job_and_names_the_cell(kernel):
    with nothing_left(kernel.out):
        result = kernel.run("1", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert result.status == "failed" and re.match(r"cell \d \(c2\): the kernel died", result.why), result.why
    assert published(kernel.out) == {}


def test_x01_a_job_that_is_killed_is_tried_again_alone_and_others_go_on(warm, tmp_path):
    told = tmp_path / "told"
    plant(warm.frozen, JOB, noting(told, 60))
    plant(warm.frozen, OTHER, SLEEP.format(2))
    with nothing_left(warm.out), in_background(warm.run_all, [JOB, OTHER]) as found:
        assert eventually(lambda: pids_in(told))
        os.kill(pids_in(told)[0], signal.SIGKILL)
    assert [r.status for r in found[0]] == ["done", "done"] and len(pids_in(told)) == 2


@pytest.mark.parametrize("who", ["worker", "keeper"])
def test_a_killed_worker_loses_nothing_and_makes_nothing_twice(warm, tmp_path, who):
    files = [tmp_path / "a", tmp_path / "b"]
    for job, file in zip((JOB, OTHER), files, strict=True):
        plant(warm.frozen, job, "import subprocess; subprocess.Popen(['sleep', '6543.21'])", noting(file, 60))
    with in_background(warm.run_all, [JOB, OTHER]) as found:
        assert eventually(lambda: all(pids_in(file) for file in files))
        victim = worker_of(warm).pid if who == "worker" else warm.workers._worker.process.pid
        os.kill(victim, signal.SIGKILL)
    assert [r.status for r in found[0]] == ["done", "done"]
    assert [len(pids_in(file)) for file in files] == [2, 2]
    lines = [json.loads(line) for line in (warm.out / WORK / "journal.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted(line["ident"] for line in lines if line["status"] == "done") == sorted([JOB.ident, OTHER.ident])
    assert not any(psutil.pid_exists(pids_in(file)[0]) for file in files)
    if who == "worker":
        assert eventually(lambda: not marked("6543.21"), 5)
    for pid in marked("6543.21"):
        os.kill(pid, signal.SIGKILL)


def test_a_job_that_kills_its_worker_fails_alone(warm):
    plant(warm.frozen, JOB, "import os; os.kill(os.getppid(), 9)")
    plant(warm.frozen, OTHER, SLEEP.format(1))
    bad, good = warm.run_all([JOB, OTHER])
    assert good.status == "done" and bad.status == "failed" and "killed by signal 9" in bad.why


def test_a_worker_that_can_not_start_is_told_and_not_tried_again_and_again(home, tmp_path):
    run = Planted(home, tmp_path / "out")
    (run.frozen.folder / freezing.HELD_FILE).unlink()
    plant(run.frozen, JOB, "1")
    plant(run.frozen, OTHER, "1")
    since = time.monotonic()
    results = run.run_all([JOB, OTHER], abreast=1)
    took = time.monotonic() - since
    assert all(r.status == "failed" and "the warm worker did not start" in r.why for r in results)
    again = time.monotonic()
    assert run.run_all([JOB])[0].status == "failed" and time.monotonic() - again < max(1, took / 2)
    run.close()


# X03: a cell without an end, and what a cell leaves behind


ENDLESS = {
    "sleeps": "import time; time.sleep(6000)",
    "swallows": "import time\nwhile True:\n    try:\n        time.sleep(6000)\n    except BaseException:\n        pass",
    "holds the lock in C": "import ctypes; ctypes.PyDLL(None).sleep(6000)",
    "has children": "import subprocess\nsubprocess.Popen('sleep 6543.22 & setsid sleep 6543.22 &', shell=True)\n"
                    "subprocess.run(['sleep', '6543.22'])",
    "forks for ever": "import os, time\nwhile True:\n    if os.fork() == 0:\n        os.setsid(); time.sleep(6000)\n    time.sleep(0.02)",
}


def end_in_time(run, source, *, seconds):
    """A cell of `source` is ended at its limit, by name, and leaves nothing."""
    with nothing_left(run.out):
        since = time.monotonic()
        result = run.run("1", source, limits=Limits(cell_seconds=seconds))
        assert time.monotonic() - since < 40 + seconds
    assert result.status == "failed", result.why
    assert re.fullmatch(rf"cell \d \(c2\) took longer than {seconds} s \(--cell-limit\)", result.why)
    assert not marked("6543.22")


@pytest.mark.parametrize("how", ENDLESS)
def test_x03_an_endless_cell_is_ended_and_leaves_no_process(warm, how):
    end_in_time(warm, ENDLESS[how], seconds=2)


def test_x03_an_endless_cell_in_a_kernel_is_ended_and_leaves_no_process(kernel):
    children = "import subprocess\nsubprocess.Popen('sleep 6543.22 & setsid sleep 6543.22 &', shell=True)\n"
    end_in_time(kernel, children + ENDLESS["holds the lock in C"], seconds=15)


LEAVING = "import subprocess; subprocess.Popen('sleep 6543.23 & setsid sleep 6543.23 & setsid nohup sleep 6543.23 &', shell=True)"


def test_x03_a_finished_job_leaves_no_process(warm):
    with nothing_left(warm.out):
        assert warm.run(LEAVING).status == "done"
    assert not marked("6543.23")


def test_x03_t4_a_finished_kernel_leaves_no_process_and_nobody_has_listened(kernel, tmp_path):
    told = tmp_path / "listening"
    source = (f"import json, psutil\nfamily = [psutil.Process(), psutil.Process().parent()]\n"
              f"open({str(told)!r}, 'w').write(json.dumps([p.pid for p in family for c in p.net_connections('inet')]))")
    with nothing_left(kernel.out):
        result = kernel.run(LEAVING, source)
    assert result.status == "done", result.detail
    assert json.loads(told.read_text()) == [] and not marked("6543.23")


def test_x03_the_whole_job_has_a_limit_too(warm):
    result = warm.run(*[SLEEP.format(0.8)] * 5, limits=Limits(job_seconds=2))
    assert result.status == "failed", result.why
    assert re.match(r"the report took longer than 2 s \(--report-limit\), at the end in cell \d \(c\d\)", result.why)


def test_x22_time_limits_count_the_clock_that_stands_still_in_sleep(tmp_path, monkeypatch):
    marks.leave_mark(tmp_path, "cell 1 (a)")
    monkeypatch.setattr(time, "time", lambda: 9e9)
    assert marks.tell_overdue(tmp_path, time.monotonic(), Limits(cell_seconds=5)) == ""
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 6)
    assert marks.tell_overdue(tmp_path, now, Limits(cell_seconds=5)) == "cell 1 (a) took longer than 5 s (--cell-limit)"


# X04, X06: errors


def test_x06_an_exception_publishes_nothing_keeps_the_old_and_tells_only_this_machine(warm):
    assert warm.run("1").status == "done"
    before = published(warm.out)
    result = warm.run("1", "2", "3", "x = 1\nraise ValueError('secret of a client')", "4", "5")
    assert result.why.endswith("(c4), line 2: ValueError") and "secret of a client" in result.detail
    assert published(warm.out) == before != {}
    kept = next((warm.out / WORK / "failed").glob("*.txt"))
    assert "secret of a client" in kept.read_text(encoding="utf-8") and "Traceback" in kept.read_text(encoding="utf-8")
    assert warm.run("1").status == "done" and not kept.exists()


def test_a_notebook_that_ends_without_its_appendix_is_not_finished(warm):
    result = warm.run("1", ended=False)
    assert result.status == "failed" and "did not run to its end" in result.why


# X07: too much


TOO_MUCH = {
    "for i in range(10_000_000): print('line', i)": r"\(c1\), line 1: prints more than 1,000,000 letters",
    "import warnings\nwarnings.simplefilter('always')\nfor i in range(99_999): warnings.warn('again')": r"\(c1\), line 3: prints more",
    "from IPython.display import HTML, display\ndisplay(HTML('x' * 200_000_000))": r"\(c1\).*shows more than 25,000,000",
}


@pytest.mark.parametrize("source", TOO_MUCH)
def test_x07_too_much_output_fails_and_names_the_cell(warm, source):
    result = warm.run(source)
    assert result.status == "failed" and re.search(TOO_MUCH[source], result.why), result.why


# X09: interruptions


def start_cli(home, out, *options):
    """kamnb report on one notebook, as a person would start it, once a job runs."""
    run = subprocess.Popen([*KAMNB, str(home), "--stage", "channels", "--lang", "en", "--to", "html", "--out", str(out), *options],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=listen)
    work = out / "small" / "2024-03-31" / WORK
    assert eventually(lambda: list(work.glob("job-*/cell.txt")) or run.poll() is not None)
    return run, work


def listen():
    """Below a background shell signals are ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("numbers", [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT]], ids=["term", "twice"])
def test_x09_an_interruption_is_told_leaves_no_process_and_can_be_taken_up(home, tmp_path, numbers):
    with nothing_left():
        run, work = start_cli(home, tmp_path)
        family = psutil.Process(run.pid).children(recursive=True)
        for number in numbers:
            run.send_signal(number)
            time.sleep(0.02)
        told, _ = run.communicate(timeout=30)
        assert run.returncode == 130, told
        assert eventually(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family), 10)
    assert not list(tmp_path.rglob("*.html"))
    if len(numbers) == 1:
        assert "Interrupted" in told and not list(work.glob("job-*"))
        assert Journal(work.parent).entries["1_channels/en/internal/-"]["status"] == "interrupted"
    with locked(work.parent):
        assert not list(work.glob("job-*"))


# X11: two runs


def test_x11_a_second_run_is_told_who_holds_the_folder(tmp_path):
    with locked(tmp_path), pytest.raises(InputError, match=f"process {os.getpid()} on {re.escape(socket.gethostname())} since \\d{{4}}-"):
        locked(tmp_path).__enter__()
    with locked(tmp_path):
        pass


def test_x11_of_many_that_start_at_once_one_runs(tmp_path):
    ready, holding, refused = threading.Barrier(8), [], []
    done = threading.Event()

    def hold():
        ready.wait()
        try:
            with locked(tmp_path):
                holding.append(1)
                done.wait(10)
        except InputError:
            refused.append(1)

    threads = [threading.Thread(target=hold) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: len(refused) == 7, 10) and len(holding) == 1
    done.set()
    for thread in threads:
        thread.join()


NOTES = {
    "gone": {"pid": 2**22 + 5, "started": "x"},
    "number used again": {"pid": os.getppid(), "started": "another boot 1"},
    "damaged": None,
}


@pytest.mark.parametrize("what", NOTES)
def test_x11_a_stale_lock_is_recovered(tmp_path, what):
    (tmp_path / WORK).mkdir()
    note = {**NOTES[what], "created": 1, "host": socket.gethostname()} if NOTES[what] else '{"pid": 1'
    (tmp_path / WORK / LOCK).write_text(json.dumps(note) if isinstance(note, dict) else note, encoding="utf-8")
    with locked(tmp_path):
        assert json.loads((tmp_path / WORK / LOCK).read_text(encoding="utf-8"))["pid"] == os.getpid()


def test_x11_a_lock_of_another_machine_is_believed(tmp_path):
    (tmp_path / WORK).mkdir()
    note = {"pid": 1, "started": "x", "created": 1_700_000_000, "host": "elsewhere"}
    (tmp_path / WORK / LOCK).write_text(json.dumps(note), encoding="utf-8")
    with pytest.raises(InputError, match="process 1 on elsewhere since 2023"):
        locked(tmp_path).__enter__()


def test_a_start_removes_what_a_killed_run_has_left(tmp_path):
    from kamnb.reports.workers import socket_home, socket_prefix

    left = [tmp_path / WORK / "job-1", tmp_path / WORK / "warm", socket_home() / f"{socket_prefix(tmp_path)}x"]
    for folder in left:
        folder.mkdir(parents=True)
    (tmp_path / "1_channels").mkdir()
    part = tmp_path / "1_channels" / ".page.html.part"
    part.write_text("half")
    with locked(tmp_path):
        assert not any(folder.exists() for folder in left) and not part.exists()


# X13 to X15: the world changes meanwhile


def test_x13_a_clock_that_jumps_does_not_change_a_byte(warm):
    turned = ("import time\ntime.time = lambda: 1e9\n"
              "time.localtime = lambda *at, plain=time.localtime: plain(*(at or [1e9]))\n"
              "time.gmtime = lambda *at, plain=time.gmtime: plain(*(at or [1e9]))")
    job, found = Job("review", "en"), []
    for first in ("pass", turned):
        plant(warm.frozen, job, first, "say('reports.joint')")
        (result,) = warm.run_all([job])
        assert result.status == "done", result.detail
        found.append({name: data for name, data in published(warm.out).items() if Path(name).stem == "5_review.en"})
    assert len(found[0]) == 2 and found[0] == found[1]


def test_x13_the_environment_of_the_user_does_not_reach_a_job(monkeypatch):
    from kamnb.reports.limits import clean_environment

    for name, value in {"TZ": "Asia/Tokyo", "LC_ALL": "tr_TR", "PYTHONHASHSEED": "77", "PYTHONPATH": "/x", "LD_PRELOAD": "x"}.items():
        monkeypatch.setenv(name, value)
    kept = clean_environment("/f", "/g")
    assert kept["TZ"] == "UTC" and kept["PYTHONHASHSEED"] == "0" and not {"LC_ALL", "PYTHONPATH", "LD_PRELOAD"} & set(kept)


def test_x14_a_ledger_that_is_replaced_meanwhile_waits_for_the_next_run(tmp_path, make_small):
    home = make_small(tmp_path)
    opened = open_engagement(home)
    frozen = freeze(opened, out=tmp_path)
    before = int(opened.panel("account_month")["net_sales"].sum())
    text = (home / "sales.csv").read_text(encoding="utf-8")
    (home / "sales.csv").write_text(text.replace(",1000,", ",9000,"), encoding="utf-8")
    (home / "engagement.toml").write_text("damaged", encoding="utf-8")
    (home / "engagement.toml").write_text((frozen.folder / "engagement.toml").read_text(encoding="utf-8"), encoding="utf-8")
    after = int(open_engagement(home).panel("account_month")["net_sales"].sum())
    assert not opened.snapshot.exists() and after == before + 8000
    seen = open_frozen(Order(JOB, str(frozen.folder), str(home), str(tmp_path))).engagement
    given = open_engagement(give_engagement(frozen, JOB, out=tmp_path / "given"))
    assert [int(e.panel("account_month")["net_sales"].sum()) for e in (seen, given)] == [before, before]


def test_x15_a_notebook_that_is_edited_meanwhile_waits_for_the_next_run(home, tmp_path, monkeypatch):
    masters = tmp_path / "masters"
    shutil.copytree(freezing.master_file("channels").parent, masters)
    monkeypatch.setattr(freezing, "master_file", lambda stage, plain=freezing.master_file: masters / plain(stage).name)
    (tmp_path / "out").mkdir()
    frozen = freeze(open_engagement(home), out=tmp_path / "out")
    (masters / freezing.master_file("channels").name).write_text("{", encoding="utf-8")
    write_notebooks(frozen, [JOB])
    assert len(nbformat.read(frozen.notebook(JOB), as_version=4).cells) > 5


def test_x14_settings_that_change_between_opening_and_freezing_stop_the_run(tmp_path, make_small):
    home = make_small(tmp_path)
    opened = open_engagement(home)
    with (home / "engagement.toml").open("a", encoding="utf-8") as stream:
        stream.write("[review]\ntolerance = 0.5\n")
    with pytest.raises(InputError, match="have changed since they were opened"):
        freeze(opened, out=tmp_path)
    shutil.rmtree(home / ".cache")
    with pytest.raises(InputError, match="have changed since they were opened"):
        freeze(opened, out=tmp_path)


# X16: disks; X17 is in test_publishing


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="a small disk can be mounted by root alone")
def test_x16_a_full_disk_is_told_and_harms_nothing(tmp_path, home):
    out = tmp_path / "disk"
    out.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(out)], check=True)
    run = Planted(home, out)
    try:
        assert run.run("1").status == "done"
        before = published(out)
        filler = out / "filler"
        free = shutil.disk_usage(out).free
        for room in (0, 2_000, 12_000):
            with filler.open("wb") as stream:
                stream.write(b"x" * (free - room))
            assert_full = run.run_all([JOB])[0]
            assert assert_full.status == "failed" and "disk full" in assert_full.why, (room, assert_full.detail)
            filler.unlink()
            assert {k: v for k, v in published(out).items() if k != "filler"} == before
            assert set(Journal(out).entries) <= {JOB.ident}
        assert run.run("1").status == "done" and published(out) == before
    finally:
        run.close()
        subprocess.run(["umount", "-l", str(out)], check=True)


# X18: fonts; X19: no network; X21: long paths


def test_x18_a_glyph_that_the_font_lacks_fails_and_names_the_cell(warm):
    source = ("from kamnb import style\nfrom kamnb.pictures import picture\nax = style.canvas(None)\nstyle.title(ax, '\\U0001f600', 'x')\n"
              "ax.plot([1, 2])\npicture(ax)")
    result = warm.run(source)
    assert result.status == "failed" and re.search(r"\(c1\), line 6: UserWarning", result.why), result.why
    assert "Glyph" in result.detail


def test_x19_a_job_asks_no_network(warm):
    guard = ("import socket\ndef refuse(*_): raise OSError('no network')\n"
             "socket.socket.connect = socket.socket.bind = socket.getaddrinfo = refuse")
    assert warm.run(guard, "say('reports.joint')").status == "done"


@pytest.mark.skipif(not CUT, reason="the network can not be cut here")
def test_x19_x21_t9_everything_works_offline_in_deep_folders_and_beside_code_that_must_not_run(tmp_path, make_small):
    home, out = make_small(tmp_path), tmp_path / ("深い" * 30) / ("d" * 120)
    ran = plant_code(home, tmp_path / "marks")
    asked = ["--stage", "channels", "--lang", "en", "--engine", "kernel", "--out", str(out)]
    told = subprocess.run(["unshare", "-rn", *KAMNB, ".", *asked], capture_output=True, text=True, timeout=300, cwd=home,
                          env={**os.environ, "HOME": str(home)})
    assert told.returncode == 0, told.stderr
    assert len(list(out.rglob("1_channels.en.*"))) == 2 and ran() == []
