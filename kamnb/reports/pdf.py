"""A report's page as PDF, printed by one installed browser that lives as long as the run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Lock, Timer

from kamnb.errors import InputError
from kamnb.reports.letters import carry_letters, family_of
from kamnb.reports.limits import clean_environment, kill_tree
from kamnb.reports.pptx_measure import clean
from kamnb.reports.reading import UnfinishedError
from kamnb.words import words

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
         "microsoft-edge-stable", "msedge")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
          "/Applications/Chromium.app/Contents/MacOS/Chromium", "C:/Program Files/Google/Chrome/Application/chrome.exe",
          "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe", "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
          "C:/Program Files/Microsoft/Edge/Application/msedge.exe")
BROWSER = "KAMNB_BROWSER"
SECONDS, ENDING_SECONDS = 60, 5
LINE_LETTERS, PROPERTY_LETTERS = 200, 255


def find_browser() -> str:
    """The installed Chromium, Chrome or Edge: what KAMNB_BROWSER names, else the first on the path or in the usual places.

    Raises InputError when there is none.
    """
    named = os.environ.get(BROWSER)
    if named and not shutil.which(named):
        raise InputError(words("reports.no_browser"), f"{BROWSER}={named}", words("reports.no_browser_mend"))
    found = [named] if named else [path for path in [*map(shutil.which, NAMES), *PLACES] if path and Path(path).exists()]
    if not found:
        raise InputError(words("reports.no_browser"), "PDF", words("reports.no_browser_mend"))
    return str(found[0])


class Printer:
    """Prints pages one after the other; several threads may ask. The browser starts with the first page and ends with the printer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen | None = None
        self._home: Path | None = None

    def __enter__(self) -> Printer:
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def print(self, page: Path, file: Path, head: dict) -> None:
        """Print the HTML `page` to the A4 PDF `file`; `head`: the report's (as_of, firm, language), with its `lines` (running_lines).

        The same page gives the same bytes.  Raises InputError when there is no browser, or it does not print.
        """
        part, carried = file.with_name(f".{file.name}.part"), page.resolve().with_suffix(".print.html")
        if page.exists():  # else the browser says so
            carried.write_text(carry_letters(page.read_text(encoding="utf-8"), head["language"]), encoding="utf-8")
        order = {"page": carried.as_uri(), "file": str(part), "family": family_of(head["language"]), **head["lines"]}
        with self._lock:
            answer = self._ask(order) or self._ask(order)  # a browser that died is started again, once
        carried.unlink(missing_ok=True)
        if not answer or answer.get("error"):
            raise InputError(words("reports.not_printed", why=(answer or {}).get("error", "")), page.name,
                             words("reports.no_browser_mend"))
        normalise(part, file, head)
        part.unlink()

    def _ask(self, order: dict) -> dict:
        """The browser process' answer; nothing when it died or took too long."""
        process = self._start()
        watch = Timer(SECONDS, kill_tree, [process.pid])
        watch.start()
        try:
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline() or "{}")
        except (OSError, ValueError):
            answer = {}
        finally:
            watch.cancel()
        if not answer:
            self.end()  # it is dying or dead: the next order must not meet it
        return answer

    def _start(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            self.end()
            command = [sys.executable, "-m", "kamnb.reports.browser", find_browser()]
            self._home = Path(tempfile.mkdtemp(prefix="kamnb-print-"))
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                             encoding="utf-8", cwd=self._home, start_new_session=True,
                                             env={**clean_environment(str(self._home), str(self._home)), "TMPDIR": str(self._home)})
        return self._process

    def end(self) -> None:
        """End the browser and all that it started; nothing stays behind."""
        if self._process is not None:
            try:
                self._process.stdin.close()
                self._process.wait(ENDING_SECONDS)
            except (OSError, subprocess.TimeoutExpired):
                kill_tree(self._process.pid)
                self._process.wait()
            self._process.stdout.close()
            self._process = None
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None


def running_lines(head: dict) -> dict[str, str]:
    """What stands above and below every page of the report with `head`, in the language that is spoken."""
    subject = head["account_name"] or words("general.all_accounts")
    right = words("reports.as_of", as_of=head["as_of"])
    told = {"above": f"{head['client']} · {subject}", "right": right, "below": head["firm"] or "kamnb"}
    return {place: clean(text)[:LINE_LETTERS] for place, text in told.items()}


def normalise(printed: Path, file: Path, head: dict) -> None:
    """Write `printed` to `file` with the report's properties, dates as of its day and an identity that follows from its content.

    Like every report it is its owner's alone to read.
    """
    import pikepdf

    day = "D:" + head["as_of"].replace("-", "") + "000000Z"
    firm = clean(head["firm"] or "kamnb")[:PROPERTY_LETTERS]
    with pikepdf.open(printed) as pdf:
        title = str(pdf.docinfo.get("/Title", ""))
        for name in list(pdf.docinfo):
            del pdf.docinfo[name]
        pdf.docinfo.update({"/Title": title, "/Author": firm, "/Creator": firm, "/Producer": firm, "/CreationDate": day, "/ModDate": day})
        if "/Metadata" in pdf.Root:
            del pdf.Root.Metadata
        _forget_names(pdf)
        pdf.Root.Lang = pikepdf.String({"zh": "zh-Hans"}.get(head["language"], head["language"]))
        pdf.save(file, deterministic_id=True)
    file.chmod(0o600)


def _forget_names(pdf) -> None:
    """Take out the names of table cells, which count on from page to page as long as the browser lives; heads keep their scope."""
    import pikepdf

    tags = pdf.Root.get("/StructTreeRoot", {})
    if "/IDTree" in tags:
        del tags["/IDTree"]
    for tag in pdf.objects:
        if isinstance(tag, pikepdf.Dictionary) and tag.get("/Type") == "/StructElem":
            for part, name in [(tag, "/ID"), *((part, "/Headers") for part in tag.get("/A", []))]:
                if name in part:
                    del part[name]


def check_pdf(file: Path) -> None:
    """Raise UnfinishedError unless `file` opens as a PDF whose pages all hold something and which has text."""
    import pikepdf

    try:
        with pikepdf.open(file) as pdf:
            whole = len(pdf.pages) > 0 and all("/Contents" in page for page in pdf.pages)
            whole = whole and any("/Font" in page.get("/Resources", {}) for page in pdf.pages)
    except pikepdf.PdfError as error:
        raise UnfinishedError(f"{file.name} is not a whole PDF: {error}") from error
    if not whole:
        raise UnfinishedError(f"{file.name} has no pages or no text")
