"""python -m benchmarks printing: report pages to PDF, our one browser against a browser that is started for each page."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.render import EACH, LANGUAGE, SAMPLE, list_accounts, name_each, run_kamnb
from benchmarks.timing import compare
from kamnb.reports.pdf import Printer, find_browser, running_lines
from kamnb.words import speak

ACCOUNTS = 5
HEAD = {"client": "月見坂飲料", "account_name": "", "as_of": "2025-12-31", "firm": "KAM Workbook", "language": LANGUAGE}


def print_each(pages: list[Path], out: Path) -> None:
    """What one would type: the browser's own command, page by page."""
    for page in pages:
        subprocess.run([find_browser(), "--headless", "--no-sandbox", f"--print-to-pdf={out / page.stem}.pdf", page.as_uri()], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def print_all(pages: list[Path], out: Path) -> None:
    """Our way, the start of the browser included."""
    head = {**HEAD, "lines": running_lines(HEAD)}
    with Printer() as printer:
        for page in pages:
            printer.print(page, out / f"{page.stem}.pdf", head)


def compare_printing() -> dict[str, float]:
    """Seconds a page of both ways, and how many times as fast ours is."""
    speak(LANGUAGE)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        run_kamnb([str(shutil.copytree(SAMPLE, scratch / "sample")), "--out", str(scratch / "out"), "--lang", LANGUAGE, "--to", "html",
                   *name_each("--account", list_accounts()[:ACCOUNTS]), *name_each("--stage", EACH)])
        pages = sorted(file for file in (scratch / "out").rglob("*.html") if file.name != "index.html")
        found = compare(lambda: print_each(pages, scratch), lambda: print_all(pages, scratch))
    return {"pages": len(pages), "usual": found["usual"] / len(pages), "ours": found["ours"] / len(pages), "ratio": found["ratio"]}
