"""Runs notebooks with an engine, each in a fresh process, and tells what came out: python run_engine.py ENGINE < notebooks > results.

ENGINE: warm or kernel (ours), papermill (its own, with the kernel that is installed).
"""

import json
import os
import sys
import tempfile
from pathlib import Path

sys.modules.setdefault("rfc3987_syntax", None)

import nbformat  # noqa: E402
import papermill  # noqa: E402

from kamnb.reports import engine  # noqa: E402, F401
from kamnb.reports.child import write_kernel  # noqa: E402


def execute(source: dict, name: str, folder: Path) -> dict:
    """The executed notebook, and the exception that papermill raised."""
    options = {} if name == "papermill" else {"engine_name": name, "scratch": str(folder)}
    file = folder / "out.ipynb"
    try:
        papermill.execute_notebook(nbformat.from_dict(source), str(file), progress_bar=False, kernel_name="python3", cwd=folder, **options)
        raised = None
    except Exception as error:
        raised = {"type": type(error).__name__, **{k: str(v) for k, v in vars(error).items() if k in {"cell_index", "ename", "evalue"}}}
    return {"notebook": json.loads(file.read_text(encoding="utf-8")) if file.exists() else None, "raised": raised}


def forked(source: dict, name: str, folder: Path) -> dict:
    """The same in a fork of this process."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            (folder / "told.json").write_text(json.dumps(execute(source, name, folder)), encoding="utf-8")
            code = 0
        finally:
            os._exit(code)
    os.waitpid(pid, 0)
    return json.loads((folder / "told.json").read_text(encoding="utf-8"))


def main(name: str) -> None:
    """Answer on the standard output."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    results = []
    for source in json.load(sys.stdin):
        with tempfile.TemporaryDirectory() as folder:
            if name == "kernel":
                os.environ["JUPYTER_DATA_DIR"] = f"{folder}/jupyter"
                write_kernel(Path(folder))
            results.append((forked if name == "warm" else execute)(source, name, Path(folder)))
    json.dump(results, answers)
    answers.close()


if __name__ == "__main__":
    main(sys.argv[1])
