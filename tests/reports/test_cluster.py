"""Jobs on a dask cluster of two worker processes: the same files as here, whatever is lost; nothing is left behind."""

import json
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kamnb.engagement import open_engagement
from kamnb.errors import InputError
from kamnb.reports import cluster as sending
from kamnb.reports import cluster_crew as crew
from kamnb.reports import cluster_site as site
from kamnb.reports.cluster import ClusterWorkers
from kamnb.reports.cluster_place import Place, PlaceError, pack_delivery, unpack_delivery
from kamnb.reports.freezing import freeze
from kamnb.reports.jobs import Job, Order, Request
from kamnb.reports.journal import Journal, hash_file
from kamnb.reports.runner import Run, run_jobs
from kamnb.reports.workers import Workers

BUCKET_VARIABLE = "KAMNB_TEST_BUCKET"
BUCKET = Path(__file__).with_name("bucket.py")
REAL = Job("strategy", "ja", "joint", account="A1", formats=("html", "xlsx"))
SMALL = [Job(stage, language, account=account, formats=("html",)) for stage, language, account in (
    ("channels", "en", None), ("selection", "en", None), ("selection", "ja", None), ("selection", "zh", None),
    ("strategy", "en", "A1"), ("strategy", "en", "A2"), ("review", "en", None))]
SLOW = Job("review", "zh", formats=("html",))
DECIDE = """e.decide("channels", DataFrame({"channel": ["C1", "C2"], "rank": [1, 2]}))"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Address of a scheduler on loopback with two worker processes, and the folder that they work in."""
    folder = tmp_path_factory.mktemp("cluster")
    os.environ[BUCKET_VARIABLE] = str(tmp_path_factory.mktemp("bucket"))
    runpy.run_path(str(BUCKET))
    address = f"tcp://127.0.0.1:{free_port()}"
    quiet = ["--host", "127.0.0.1", "--dashboard-address", ":0"]
    team = [address, "--nworkers", "2", "--nthreads", "1", "--preload", str(BUCKET), "--local-directory", str(folder)]
    with started("scheduler", "--port", address.rpartition(":")[2], *quiet, folder=folder), started("worker", *team, *quiet, folder=folder):
        yield address, folder
    del os.environ[BUCKET_VARIABLE]


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def started(part, *options, folder):
    """A part of dask in a process of its own, ended afterwards with all that it started."""
    with (folder / f"{part}.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", f"distributed.cli.dask_{part}", *options], stdout=log, stderr=log)
    try:
        yield process
    finally:
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        psutil.wait_procs(family, 5)
        for other in family:
            if other.is_running():
                other.kill()


def tiny(source):
    """A notebook that takes no time: it reads the accounts and runs `source`."""
    setup = ("from pandas import DataFrame\nfrom kamnb.display import appendix, begin\n"
             "e = begin(engagement, language=language, edition=edition)")
    sources = {"parameters": 'engagement = ""', "setup": setup, "read": "e.table('accounts')", "more": source, "appendix": "appendix(e)"}
    cells = [new_code_cell(text, id=ident, metadata={"tags": ["parameters"] * (ident == "parameters")}) for ident, text in sources.items()]
    kernel = {"name": "python3", "language": "python", "display_name": "Python"}
    return new_notebook(cells=[new_markdown_cell("# Which?", id="title"), *cells], metadata={"kernelspec": kernel})


def prepare(folder, out, *, sources):
    """The frozen engagement in `folder`, with a tiny notebook for each job of `sources`."""
    frozen = freeze(open_engagement(folder), out=out)
    for job, source in sources.items():
        nbformat.write(tiny(source), frozen.notebook(job))
    return frozen


def copy_of(small, tmp_path, name):
    """A copy of the engagement, and an empty folder for its reports."""
    (tmp_path / name / "out").mkdir(parents=True)
    return shutil.copytree(small, tmp_path / name / small.name), tmp_path / name / "out"


def files_of(folder):
    """Content of every published file below `folder`."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file() and ".kamnb" not in file.parts}


def journal_of(out):
    """(job, status) of each line that ends a job."""
    lines = (out / ".kamnb" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return [(entry["ident"], entry["status"]) for entry in map(json.loads, lines) if entry["status"] != "publishing"]


def wait_until(holds, seconds=60):
    """Whether `holds()` comes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def left_behind(folder, out):
    """What a run has left with the workers, in the bucket or beside the reports."""
    work = [file for file in (out / ".kamnb").iterdir() if file.name.startswith(("job-", "cluster"))]
    return [*folder.glob("dask-scratch-space/worker-*/kamnb-*"), *Path(os.environ[BUCKET_VARIABLE]).rglob("*.*"), *work]


def begun_at(workers):
    """Addresses of the workers that have begun jobs, as the shared place tells."""
    return [workers.place.read(f"made/{job}/{mark}").decode() for job in workers.place.names("made")
            for mark in workers.place.names(f"made/{job}") if mark.endswith(".begun")]


def kill_in_the_middle(workers, killed):
    """Kill -9 the worker that first runs a cell."""
    folders = workers.client.run(lambda dask_worker: (os.getpid(), dask_worker.local_directory))
    pids = {Path(folder): pid for pid, folder in folders.values()}
    assert wait_until(lambda: any([*folder.glob("kamnb-*/job-*/cell.txt")] for folder in pids))
    killed.append(next(pid for folder, pid in pids.items() if [*folder.glob("kamnb-*/job-*")]))
    os.kill(killed[0], signal.SIGKILL)


def interrupt(workers, run, job):
    """The result of `job`, whose run is ended while it is at work."""
    ender = threading.Thread(target=lambda: wait_until(lambda: begun_at(workers)) and workers.end())
    ender.start()
    (result,) = run_jobs([job], run)
    ender.join()
    return result


def test_a_killed_worker_loses_and_repeats_nothing_and_an_interruption_leaves_nothing(small, tmp_path, cluster, monkeypatch):
    address, folder = cluster
    (here, out_here), (there, out_there) = copy_of(small, tmp_path, "here"), copy_of(small, tmp_path, "there")
    jobs, sources = [REAL, *SMALL], {job: DECIDE if job.stage == "channels" else "" for job in SMALL}
    local = prepare(here, out_here, sources=sources)
    with Workers(local, out=out_here, engine="warm") as workers:
        assert {r.status: r.why for r in run_jobs(jobs, Run(local, out_here, Journal(out_here), workers))} == {"done": ""}
    frozen, killed, said = prepare(there, out_there, sources=sources | {SLOW: "import time\ntime.sleep(600)"}), [], []
    with ClusterWorkers(frozen, Request(dask=address, shared="bucket://shelf"), out=out_there) as workers:
        send = workers.client.get
        monkeypatch.setattr(workers.client, "get", lambda graph, key, **how: said.append(repr(graph)) or send(graph, key, **how))
        killer = threading.Thread(target=kill_in_the_middle, args=(workers, killed))
        run = Run(frozen, out_there, Journal(out_there), workers, 8)
        killer.start()
        results = list(run_jobs(jobs, run))
        killer.join()
        hands = [psutil.Process(pid) for pid in workers.client.run(os.getpid).values()]
        interrupted = interrupt(workers, run, SLOW)
    assert killed and {r.status: r.why for r in results} == {"done": ""} and interrupted.why == "interrupted"
    assert files_of(out_there) == files_of(out_here) and len(files_of(out_there)) == 9
    assert files_of(there / "decisions") == files_of(here / "decisions") != {}
    assert sorted(journal_of(out_there)) == sorted([*((job.ident, "done") for job in jobs), (SLOW.ident, "interrupted")])
    assert not left_behind(folder, out_there) and not [child for process in hands for child in process.children(recursive=True)]
    assert len(said) >= 8 and all("perform" in line for line in said)
    assert not any(word in line for line in said for word in ("商店", "Takada", "Small Maker"))


def test_workers_with_another_kamnb_refuse_and_are_named(small, tmp_path, cluster, caplog, monkeypatch):
    address, folder = cluster
    there, out = copy_of(small, tmp_path, "there")
    frozen = prepare(there, out, sources={SMALL[0]: ""})
    said = []
    monkeypatch.setattr(sending, "machine_parts", lambda: {**site.machine_parts(), "kamnb": "99"})
    with ClusterWorkers(frozen, Request(dask=address), out=out) as workers:
        workers.client.wait_for_workers(2, timeout=60)
        with pytest.raises(InputError, match=r"no worker at .* can do this run: .*kamnb 0.* \(the supervisor: 99\)(.|\n)*Install the same"):
            for result in run_jobs([SMALL[0]], Run(frozen, out, Journal(out), workers, 1)):
                workers.heeding(said.append)(result)
        assert [result.status for result in said] == ["interrupted"]
        assert all(f"{worker} is left out" in caplog.text for worker in workers.crew.present())
    assert not left_behind(folder, out)


def test_a_worker_is_left_out_for_another_kamnb_at_once_and_for_trouble_in_a_row():
    client = SimpleNamespace(scheduler_info=lambda: {"workers": {name: {"nthreads": 2} for name in ("a", "b", "c")}})
    hands = crew.Crew(client, "tcp://x:1")
    assert hands.present() == {"a": 2, "b": 2, "c": 2} and hands.permitted(set()) is None
    hands.judge("a", refused="version", why="other code")
    assert hands.permitted(set()) == ["b", "c"] and hands.permitted({"b"}) == ["c"] and hands.permitted({"b", "c"}) == ["b", "c"]
    for refused in ("trouble", "trouble", "", "trouble"):
        hands.judge("b", refused=refused, why="disk full")
    assert hands.permitted(set()) == ["b", "c"]
    for _ in range(2):
        hands.judge("b", refused="trouble", why="disk full")
    assert hands.permitted(set()) == ["c"] and hands.check(["c"]) and not hands.check(["gone"])


def test_a_cluster_that_stays_empty_ends_the_run(monkeypatch):
    monkeypatch.setattr(crew, "PATIENCE_SECONDS", -1)
    with pytest.raises(InputError, match="no workers"):
        crew.Crew(SimpleNamespace(scheduler_info=lambda: {"workers": {}}), "tcp://x:1").check(None)


def test_a_job_that_has_cost_three_workers_fails_with_their_names(small, tmp_path, cluster):
    address, folder = cluster
    there, out = copy_of(small, tmp_path, "there")
    job = SMALL[0]
    frozen = prepare(there, out, sources={job: ""})
    with ClusterWorkers(frozen, Request(dask=address, shared="bucket://shelf"), out=out) as workers:
        order = Order(job, str(frozen.folder), str(there), str(tmp_path))
        errand = workers._pack("dangerous", order)
        for number in range(3):
            workers.place.write(f"made/dangerous/{number}.begun", b"tcp://worker-%d" % number)
        answer = json.loads(workers.client.submit(site.perform, errand.to_json()).result(30))
    assert answer["why"] == "3 workers were lost while they ran it: tcp://worker-0, tcp://worker-1, tcp://worker-2"
    assert not left_behind(folder, out)


def test_what_a_killed_supervisor_has_left_is_removed_by_the_next_run(small, tmp_path, cluster):
    address, folder = cluster
    there, out = copy_of(small, tmp_path, "there")
    frozen = prepare(there, out, sources={})
    old = Place("bucket://shelf").below("kamnb-old")
    old.write("given/x", b"left")
    (out / ".kamnb" / "cluster.txt").write_text(old.address)
    with ClusterWorkers(frozen, Request(dask=address, shared="bucket://shelf"), out=out) as workers:
        assert not old.has("given/x") and workers.place.has("given")
    assert not left_behind(folder, out)


def greet(server, greeting):
    """Answer whoever calls at `server` with `greeting`."""
    caller, _ = server.accept()
    with caller:
        caller.sendall(greeting)


@pytest.mark.parametrize("greeting", [None, b"", b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n" * 9])
def test_what_is_no_scheduler_is_told_in_time(greeting, monkeypatch):
    monkeypatch.setattr(crew, "CONNECT_SECONDS", 1)
    before = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if greeting is None:
            server.close()
        elif greeting:
            threading.Thread(target=greet, args=(server, greeting), daemon=True).start()
        with pytest.raises(InputError, match=f"no dask scheduler answers at tcp://127.0.0.1:{port}"):
            crew.connect(f"tcp://127.0.0.1:{port}")
    assert time.monotonic() - before < 10


def test_an_address_without_sense_and_a_missing_library_are_told(monkeypatch):
    with pytest.raises(InputError, match="no dask scheduler answers at nowhere"):
        crew.connect("nowhere")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"install 'kamnb\[cluster\]'"):
        crew.connect("tcp://127.0.0.1:1")


def test_a_place_gives_back_whole_what_it_was_given_or_nothing(tmp_path):
    place = Place(str(tmp_path / "shelf")).below("run")
    assert Path(place.root).stat().st_mode & 0o777 == 0o700 and place.address == f"file://{tmp_path}/shelf/run"
    digest = place.give(b"content")
    place.fetch(f"given/{digest}", tmp_path / "new" / "file", digest=digest)
    assert (tmp_path / "new" / "file").read_bytes() == b"content" and place.names("given") == [digest]
    place.write(f"given/{digest}", b"conten")
    for name in (f"given/{digest}", "given/none"):
        with pytest.raises(PlaceError, match=r"not what was put there|FileNotFoundError"):
            place.fetch(name, tmp_path / "new" / "other", digest=digest)
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["file"]
    place.remove()
    place.remove()
    assert place.names("given") == [] and not place.has("given")


@pytest.mark.parametrize(("outputs", "decided"), [({"../1.html": "x"}, []), ({}, []), ({"a.html": "wrong"}, []), (None, ["../home.csv"])])
def test_a_delivery_of_other_files_than_were_ordered_is_refused(tmp_path, outputs, decided):
    made, got = tmp_path / "made", tmp_path / "got"
    (made / "outputs").mkdir(parents=True)
    (made / "engagement").mkdir()
    (made / "outputs" / "a.html").write_text("a")
    (made / "1.html").write_text("x")
    (made / "home.csv").write_text("x")
    told = {"a.html": hash_file(made / "outputs" / "a.html")} if outputs is None else outputs
    pack_delivery({"status": "done", "outputs": told, "decided": decided}, made, file=tmp_path / "file.zip")
    with pytest.raises(PlaceError, match="not what was ordered|damaged"):
        unpack_delivery(tmp_path / "file.zip", got, outputs=["a.html"], decisions=["decisions/channels.csv"])


def test_a_worker_that_has_begun_and_stays_silent_is_given_up(tmp_path, monkeypatch):
    place = Place(str(tmp_path)).below("run")
    watch = crew.Watch(place, site.Errand("job", {}, place.address, "", {}, {}, {"job_seconds": 0}))
    monkeypatch.setattr(crew, "ASK_SECONDS", 0)
    monkeypatch.setattr(crew, "SILENCE_SECONDS", 0.2)
    assert watch.look() == {}
    place.write("made/job/1.begun", b"tcp://silent:1")
    assert watch.look() == {} and wait_until(watch.look, 5)
    assert watch.look() == {"refused": "trouble", "worker": "tcp://silent:1", "why": "its worker has gone silent"}
    place.write("made/job/2.begun", b"tcp://other:1")
    assert watch.look() == {}


def test_a_site_whose_supervisor_is_gone_ends_by_itself(monkeypatch):
    ended, seconds = [], {"idle": 1000.0, "busy": 0.0}
    for name in seconds:
        monkeypatch.setitem(site.SITES, name, SimpleNamespace(idle=partial(seconds.get, name), end=partial(ended.append, name)))
    monkeypatch.setattr(site, "LOOK", 0.01)
    janitor = threading.Thread(target=site._end_idle)
    janitor.start()
    assert wait_until(lambda: ended == ["idle"], 5)
    seconds["busy"] = 901.0
    janitor.join(5)
    assert ended == ["idle", "busy"] and not site.SITES
