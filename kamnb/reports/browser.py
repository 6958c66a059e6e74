"""The process that holds the browser: python -m kamnb.reports.browser PATH; an order per line in, an answer per line out.

Pages are printed offline and without scripts: a report cannot load or run anything.
"""

from __future__ import annotations

import json
import os
import sys
from html import escape

QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]
LINE = ("<div style='font:6.5pt Arial,\"{}\",\"Noto Sans JP\",\"Yu Gothic\",\"Microsoft YaHei\",sans-serif;color:#7B8794;"
        "width:100%;padding:0 14mm;display:flex;justify-content:space-between;gap:8mm;white-space:nowrap'>{}</div>")
CUT = "<span style='overflow:hidden;text-overflow:ellipsis'>{}</span>"
PAGES = "<span><span class=pageNumber></span> / <span class=totalPages></span></span>"
LETTERS = "() => document.body.offsetHeight && document.fonts.ready.then(() => true)"
"""Lay out, then wait for the letters that the page carries."""
MARGIN = {"top": "17mm", "bottom": "16mm", "left": "14mm", "right": "14mm"}


def print_page(page, order: dict) -> None:
    """Print the page of `order` to its file."""
    page.goto(order["page"], wait_until="load")
    page.emulate_media(media="print")
    page.evaluate(LETTERS)
    header = LINE.format(order["family"], f"{CUT.format(escape(order['above']))}<span>{escape(order['right'])}</span>")
    footer = LINE.format(order["family"], f"{CUT.format(escape(order['below']))}{PAGES}")
    page.pdf(path=order["file"], format="A4", print_background=True, display_header_footer=True, header_template=header,
             footer_template=footer, margin=MARGIN, tagged=True, outline=True)


def main(browser_path: str) -> None:
    """Serve orders until the input ends."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        alone = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
        with playwright.chromium.launch(executable_path=browser_path, args=[*QUIET, *alone]) as browser:
            context = browser.new_context(offline=True, java_script_enabled=False)
            page = context.new_page()
            for line in sys.stdin:
                try:
                    print_page(page, json.loads(line))
                    answer = {}
                except Error as error:
                    if not browser.is_connected():
                        raise  # the browser is gone: whoever waits for the answer starts another
                    answer = {"error": str(error).splitlines()[0]}
                    page.close()
                    page = context.new_page()
                print(json.dumps({"ready": True, **answer}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
