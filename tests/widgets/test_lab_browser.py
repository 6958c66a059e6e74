"""JupyterLab in a real browser: the notebook runs, the slider moves the answer, Save writes, an interrupt ends it."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.widgets.conftest import saved_choices

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
KERNEL = "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status"
CELLS = """() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
    .map(cell => cell.toJSON()).filter(cell => cell.cell_type === 'code')"""
RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }"
TO_CONTROL = """() => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const at = notebook.widgets.findIndex(cell => (cell.model.getMetadata('tags') || []).includes('interactive')
                                                  && cell.model.type === 'code');
    notebook.activeCellIndex = at; notebook.scrollToItem(at, 'start') }"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def wait(for_what, *, seconds=60):
    """Ask until there is an answer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := for_what():
            return found
        time.sleep(0.2)
    raise AssertionError("waited in vain")


@pytest.fixture
def lab(engagement, tmp_path):
    """`kamnb lab` on the copied sample: its address, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "lab.log"
    command = [sys.executable, "-m", "kamnb.cli", "lab", str(engagement.path), "--lang", "ja", "--no-browser",
               "--", "--allow-root", f"--port={port}", "--LabApp.expose_app_in_browser=True"]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        yield wait(lambda: re.search(r"http://127\S+token=\w+", log.read_text())).group(), process
        process.kill()


@pytest.fixture
def page():
    """A browser page that notes what it asks for."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        yield page
        browser.close()


def test_run_all_move_and_save(lab, page, copied):
    address, process = lab
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    wait(lambda: page.evaluate(KERNEL) == "idle")
    page.evaluate(RUN)
    cells = wait(lambda: (cells := page.evaluate(CELLS))[-1]["execution_count"] and cells, seconds=120)
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [output for output in outputs if output["output_type"] in {"error", "stream"}] == []

    page.evaluate(TO_CONTROL)
    answer = page.locator(".widget-html-content").first
    handle = page.locator(".noUi-handle").first
    before = answer.inner_text()
    handle.focus()
    wait(lambda: page.keyboard.press("ArrowRight") or answer.inner_text() != before)

    page.locator(".widget-text input").first.fill("佐藤")
    page.locator("button.mod-primary").first.click()
    wait((copied / "decisions" / "choices.csv").exists)
    assert set(saved_choices(copied)["decided_by"]) == {"佐藤"}
    outside = [url for url in page.asked if not url.startswith((address.split("/lab")[0], "data:", "blob:"))]
    assert outside == [] and page.locator(".Toastify__toast").count() == 0

    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
