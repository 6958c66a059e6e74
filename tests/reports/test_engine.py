"""The warm engine against papermill's kernel engine, cell by cell; what ends a process ends one job; nothing leaks from job to job."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from papermill.exceptions import strip_color

from kamnb.reports.limits import Limits
from tests.reports.planted import Planted, nothing_left, published

CELLS = {
    "parameters": "x = 1",
    "print": "print('a'); print('b', end=''); print()",
    "stderr": "import sys; print('warn', file=sys.stderr); print('out')",
    "warning": "import warnings; warnings.warn('careful')",
    "result": "1 + 1",
    "silent": "1 + 1;",
    "none": "None",
    "text": "'髙① \\u2028'",
    "frame": "import pandas as pd\npd.DataFrame({'a': [1.5, None], 'b': ['x', '髙']})",
    "imports": "from IPython.display import HTML, Image, Markdown, clear_output, display",
    "display": "display(1, HTML('<b>x</b>')); display(Markdown('*m*'))",
    "raw": "display({'application/x+json': {'a': (1, 2), 'b': 1.0, 'd': {1: 'x'}}, 'text/plain': 't'}, raw=True, metadata={'x': (1,)})",
    "changed later": "d = {'text/plain': 'now', 'application/x+json': [1]}; display(d, raw=True); d['application/x+json'].append(2)",
    "bytes": "display({'image/png': b'\\x89PNG', 'text/plain': 'p'}, raw=True)",
    "image": "Image(data=b'\\x89PNG\\r\\n\\x1a\\n')",
    "handle": "h = display('one', display_id='h'); h.update('two'); print('after')",
    "handle again": "h.update('three'); h.display('again')",
    "clear": "print('a'); clear_output(); print('b')",
    "clear and wait": "print('a'); clear_output(wait=True); print('b')",
    "clear for nothing": "print('a'); clear_output(wait=True)",
    "time": "%time y = 1",
    "time cell": "%%time\nprint('x')",
    "capture": "%%capture got\nprint('x')\ndisplay(1)",
    "captured": "got.stdout, len(got.outputs)",
    "shell": "!echo hello",
    "shell result": "lines = !echo hi\nlines",
    "help": "len?",
    "await": "import asyncio\nawait asyncio.sleep(0.01)\nprint('awaited')",
    "await result": "async def five(): return 5\nawait five()",
    "inline figure": "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "figure": "figure = plt.figure(); figure",
    "last": "_",
    "history": "In[1], sorted(Out)[:3]",
    "writelines": "sys.stdout.writelines(['a', 'b'])",
    "terminal": "sys.stdout.isatty()",
    "redirected": "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as text: print('x')\ntext.getvalue()",
    "thread": "import threading; t = threading.Thread(target=lambda: print('thread')); t.start(); t.join()",
    "logging": "import logging; logging.basicConfig(); logging.getLogger('x').error('boom')",
    "subprocess": "import subprocess; subprocess.run(['echo', 'x'], capture_output=True, text=True).stdout",
    "empty": "",
    "comment": "# nothing",
    "name": "__name__",
    "main": "import __main__; __main__.lines",
    "own form": "type('Own', (), {'_repr_html_': lambda self: None, '__repr__': lambda self: 'fine'})()",
}

ERRORS = {  # source: exception, whether it is compared with papermill's kernel too
    "raise ValueError('bad')": ("ValueError", True),
    "try: 1 / 0\nexcept Exception as error: raise KeyError('k') from error": ("KeyError", True),
    "%nosuch": ("CellExecutionError", True),
    "raise ExceptionGroup('g', [ValueError('a')])": ("CellExecutionError", False),
    "y = = 2": ("SyntaxError", False),
    "if True:\ny = 1": ("IndentationError", False),
    "def f(): return nope\n\nf()": ("NameError", False),
    "import nosuchmodule": ("ModuleNotFoundError", False),
    "assert 1 == 2, 'no'": ("AssertionError", False),
    "raise KeyboardInterrupt": ("KeyboardInterrupt", False),
    "raise MemoryError": ("MemoryError", False),
    "async def f(): raise ValueError('in')\nawait f()": ("ValueError", False),
    "class Own:\n    def __repr__(self): raise RuntimeError('r')\nOwn()": ("RuntimeError", True),
    "%%capture\nraise ValueError('hidden')": ("ValueError", False),
    "%run /nonexistent.py": ("Exception", False),
    "import sys\nsys.stdout.close(); print('still')": ("ValueError", False),
    "for i in range(300_000): print('x' * 20)": ("TooMuchError", False),
    "for i in range(300_000):\n    try: print('x' * 20)\n    except Exception: pass": ("TooMuchError", False),
    "from IPython.display import HTML, display\nfor i in range(3): display(HTML('x' * 10_000_000))": ("TooMuchError", False),
    "import getpass; getpass.getpass()": ("StdinNotImplementedError", False),
    "input('name?')": ("StdinNotImplementedError", False),
    "import sys; sys.exit('why')": ("SystemExit", False),
    "import sys; sys.exit(0)": ("SystemExit", False),
    "quit()": ("SystemExit", False),
    "exit()": ("SystemExit", False),
    "raise SystemExit": ("SystemExit", False),
}
ONLY_OURS = ["import sys; sys.exit(0)", "quit()", "input('name?')", "for i in range(300_000): print('x' * 20)"]
"""papermill takes the first two for success and has nothing to stop the last with; our kernel must not."""


def failing(source):
    parameters = new_code_cell("a = 1", id="parameters", metadata={"tags": ["parameters"]})
    return new_notebook(cells=[parameters, new_code_cell(source, id="bad"), new_code_cell("print('after')", id="after")])


def start(engine, notebooks):
    script = Path(__file__).with_name("run_engine.py")
    process = subprocess.Popen([sys.executable, script, engine], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, env={**os.environ, "MPLBACKEND": "Agg", "PYTHONSAFEPATH": "1"})
    process.stdin.write(json.dumps(notebooks))
    process.stdin.close()
    return process


@pytest.fixture(scope="module")
def executed():
    """Results by engine, then by source; the notebook of CELLS under ""."""
    cells = [new_code_cell(source, id=ident.replace(" ", "-"), metadata={"tags": ["parameters"]} if ident == "parameters" else {})
             for ident, source in CELLS.items()]
    compared = [source for source, (_, both) in ERRORS.items() if both]
    asked = {"warm": ["", *ERRORS], "papermill": ["", *compared], "kernel": ONLY_OURS}
    books = {engine: [failing(source) if source else new_notebook(cells=cells) for source in sources] for engine, sources in asked.items()}
    running = {engine: start(engine, books[engine]) for engine in asked}
    told = {engine: process.stdout.read() for engine, process in running.items()}
    for engine, process in running.items():
        said = process.stderr.read()
        assert process.wait() == 0, f"{engine}: {said}"
        process.stdout.close()
        process.stderr.close()
    return {engine: dict(zip(asked[engine], json.loads(told[engine]), strict=True)) for engine in asked}


def plain(cell):
    """What a reader sees of a cell: its count, what was printed by stream, and the other outputs in order."""
    streams = {name: "".join("".join(o["text"]) for o in cell["outputs"] if o.get("name") == name) for name in ("stdout", "stderr")}
    text = json.dumps([cell["execution_count"], streams, [_without_lines(o) for o in cell["outputs"] if o["output_type"] != "stream"]],
                      ensure_ascii=False)
    text = re.sub(r"(<ipython-input-[\w-]+>|[\w./-]*ipykernel_\d+/\d+\.py|\b\d+\.py)", "FILE", text)
    return re.sub(r"[\d.e+]+ (ns|μs|ms|s)\b", "TIME", text)


def _without_lines(output):
    """`output` with the last line of its traceback alone, without colours: frames of IPython differ."""
    return {**output, "traceback": [strip_color(line) for line in output["traceback"][-1:]]} if "traceback" in output else output


@pytest.mark.parametrize("ident", CELLS)
def test_a_cell_gives_what_it_gives_in_a_kernel(executed, ident):
    warm, kernel = ({cell["id"]: cell for cell in executed[engine][""]["notebook"]["cells"]} for engine in ("warm", "papermill"))
    assert plain(warm[ident.replace(" ", "-")]) == plain(kernel[ident.replace(" ", "-")])


@pytest.mark.parametrize("source", ERRORS)
def test_an_error_is_papermills_and_names_its_cell(executed, source):
    result = executed["warm"][source]
    raised = tuple(result["raised"][part] for part in ("type", "cell_index", "ename"))
    assert raised == ("PapermillExecutionError", "1", ERRORS[source][0])
    after = next(cell for cell in result["notebook"]["cells"] if cell["id"] == "after")
    assert after["execution_count"] is None


@pytest.mark.parametrize("source", [source for source, (_, both) in ERRORS.items() if both])
def test_an_error_is_the_same_in_a_kernel(executed, source):
    warm, kernel = executed["warm"][source], executed["papermill"][source]
    assert warm["raised"] == kernel["raised"]
    assert [plain(c) for c in warm["notebook"]["cells"] if c["cell_type"] == "code"] == [
        plain(c) for c in kernel["notebook"]["cells"] if c["cell_type"] == "code"]


@pytest.mark.parametrize("source", ONLY_OURS)
def test_our_kernel_takes_no_early_end_and_no_flood(executed, source):
    assert executed["kernel"][source]["raised"] is not None
    assert "after" not in str([c["outputs"] for c in executed["kernel"][source]["notebook"]["cells"] if c["cell_type"] == "code"])


@pytest.fixture(scope="module")
def planted(tmp_path_factory, make_small):
    folder = tmp_path_factory.mktemp("engine")
    run = Planted(make_small(folder), folder / "out")
    run.run("1")
    yield run
    run.close()


ENDS = {
    "import os; os._exit(0)": r"the process ended with status 0",
    "import os; os._exit(3)": r"the process ended with status 3",
    "import os; os.abort()": r"killed by signal 6",
    "import ctypes; ctypes.string_at(0)": r"killed by signal 11",
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": r"killed by signal 9.*taken \d\.\d GB",
    "grown = bytearray(700_000_000)": r", line 1: out of memory.*0\.5 GB",
    "raise SystemExit": r"the cell ended the run",
    "input()": r"asks for input",
    "raise ValueError('of a client')": r", line 1: ValueError$",
    "1\n\nx = nope": r", line 3: NameError$",
}


@pytest.mark.parametrize("source", ENDS)
def test_what_ends_a_process_fails_one_job_and_names_the_cell(planted, source):
    before = published(planted.out)
    with nothing_left(planted.out):
        result = planted.run("2", source, limits=Limits(memory=500_000_000))
    assert result.status == "failed" and re.match(r"cell \d+ \(c2\)", result.why) and re.search(ENDS[source], result.why), result.why
    assert published(planted.out) == before != {}
    assert "of a client" not in result.why
    assert planted.run("2").status == "done"


POLLUTE = """
import locale, os, random, sys, warnings
import numpy as np, pandas as pd, matplotlib.pyplot as plt
from kamnb import display, engagement, words
pd.set_option("display.max_rows", 3); plt.rcParams["font.size"] = 99; os.environ["LEAK"] = "1"; os.environ["TZ"] = "Asia/Tokyo"
random.seed(1); np.random.seed(1); os.chdir("/"); os.umask(0); sys.path.insert(0, "/leak"); warnings.simplefilter("ignore")
pd.DataFrame.leak = True; words.speak("zh", currency="USD", start=1); engagement.HELD.clear(); display.LEAK = 1; sys.modules["leak"] = os
engagement.READS.add(("table", "leak", "")); leak = 1; sys.setrecursionlimit(777); plt.figure(); sys.stdout = sys.stderr
"""
STATE = """
import json, os, pathlib, sys, warnings
import numpy as np, pandas as pd, matplotlib.pyplot as plt
from kamnb import display, engagement, words
umask = os.umask(0); os.umask(umask)
state = [umask, pd.get_option("display.max_rows"), plt.rcParams["font.size"], sorted(os.environ), os.environ["TZ"],
         str(np.random.get_state()[1][:3]), os.getcwd().split("/")[-1][:4], sys.path, len(warnings.filters),
         hasattr(pd.DataFrame, "leak"), words.spoken(), words.currency(), len(engagement.HELD) > 0, hasattr(display, "LEAK"),
         sorted(m for m in sys.modules if m == "leak"), "leak" in globals(), sorted(r for r in engagement.READS if r[1] == "leak"),
         sys.getrecursionlimit(), plt.get_fignums(), len(os.listdir(os.getcwd())),
         os.environ["HOME"] == os.getcwd(), os.environ["TMPDIR"] == os.getcwd()]
"""


def test_nothing_leaks_from_job_to_job(planted, tmp_path):
    def state_of(name, *before):
        told = tmp_path / name
        assert planted.run(*before, f"{STATE}\npathlib.Path({str(told)!r}).write_text(json.dumps(state))").status == "done"
        return json.loads(told.read_text(encoding="utf-8"))

    fresh = state_of("fresh")
    assert state_of("polluted", POLLUTE) != fresh
    assert state_of("after") == fresh
    assert fresh[0] == 0o077 and fresh[-2:] == [True, True]


def test_a_cell_that_takes_too_long_is_named(planted):
    result = planted.run("import time", "time.sleep(60)", limits=Limits(cell_seconds=1))
    assert result.status == "failed" and re.fullmatch(r"cell 5 \(c2\) took longer than 1 s \(--cell-limit\)", result.why)
