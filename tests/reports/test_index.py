"""The index of a run: every report with its state, files and key figures; search and filters; of use without script and net."""

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from kamnb.reports.index import TEMPLATE, allowed, index_page
from kamnb.reports.jobs import Job
from tests.reports.handmade import Client, failed, figures_of, made, run_of

ACCOUNTS = (("A1", "Aoba Drug"), ("A2", "B & Co"), ("A3", "ｶﾅ商店"))
TOTALS = {"accepted": 9_876_543, "account_month": 9_876_543, "channel_month": 9_876_543}
WHY = "cell 12 (headroom): ValueError: above 100 %"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Seen(HTMLParser):
    """Links by their text, attributes and texts of a page."""

    def __init__(self, page):
        super().__init__()
        self.links, self.texts, self.tags, self._open = [], [], [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._open = dict(attrs).get("href") if tag == "a" else None

    def handle_data(self, data):
        self.texts.append(data.strip())
        if self._open is not None:
            self.links.append((data, self._open))
            self._open = None


def index(results=None, language="en", client=None):
    return index_page(client or Client(ACCOUNTS), run_of(ACCOUNTS) if results is None else results, totals=TOTALS, language=language)


@pytest.fixture(scope="module")
def mixed():
    """A run of which one report had not changed, and two failed for the same reason."""
    results = run_of(ACCOUNTS)
    results[0] = replace(results[0], status="same")
    return [*results[:-2], *[failed(result.job, WHY + "\n") for result in results[-2:]]]


def test_every_file_is_linked_once_and_leads_to_the_file():
    results = run_of(ACCOUNTS)
    links = [href for _, href in Seen(index(results)).links]
    wanted = [name for result in results for name in result.job.outputs().values()]
    assert sorted(link for link in links if not link.startswith("#")) == sorted([*wanted, "manifest.json"])


def test_links_say_which_format():
    told = Seen(index()).links
    assert {text for text, href in told if href.startswith("3_strategy/A1.en")} == {"Page", "Workbook", "Slides", "PDF"}


def test_file_names_of_any_letters_are_found():
    job = Job("strategy", "en", account="株 #1?100%", formats=("html",))
    result = made(job)
    result.entry["outputs"] = {"3_strategy/株 #1?100%.en.html": "hash"}
    (link,) = [href for _, href in Seen(index([result])).links if href.startswith("3_")]
    assert link == "3_strategy/%E6%A0%AA%20%231%3F100%25.en.html"


def test_key_figures_stand_under_their_labels():
    text = index()
    assert text.count(">strategy 1</th>") == text.count(">actions 4</th>") == 1
    assert text.count('<td data-head="strategy 1">¥1.2 billion</td>') == len(ACCOUNTS)
    assert "<dt>channels 2</dt><dd>¥1.2 billion</dd>" in text


def test_figures_that_an_account_does_not_have_are_dashes():
    job = Job("strategy", "en", account="A3")
    text = index([made(Job("strategy", "en", account=code)) for code in ("A1", "A2")] + [made(job, figures=figures_of("other"))])
    assert text.count('<td data-head="strategy 1">–</td>') == 1


@pytest.mark.parametrize(("status", "told"), [("done", "done"), ("same", "unchanged"), ("failed", "failed")])
def test_every_report_says_its_state(mixed, status, told):
    items = re.findall(r'<li data-status="(\w+)".*?<span class="state \w+">(.*?)</span>', index(mixed))
    assert len(items) == len(mixed)
    assert sum(item == (status, told) for item in items) == sum(result.status == status for result in mixed) > 0


def test_what_failed_is_told_once_per_reason_with_the_reason_and_without_links(mixed):
    text = index(mixed)
    (box,) = re.findall(r'<div class="failures">.*?</div>', text, flags=re.S)
    assert box.count(WHY) == 1 and "ｶﾅ商店 · English, ｶﾅ商店 · Japanese" in box
    assert text.count(WHY) == 3 and "4_actions/A3" not in text


def test_a_run_without_failures_says_so():
    text = index()
    assert 'class="failures"' not in text and "Every report is complete" in text


def test_the_summary_counts_and_ties(mixed):
    text = index(mixed)
    tiles = re.findall(r"<dt>([^<]+)</dt><dd>([\d,]+)</dd>", text)
    counts = [sum(result.status == status for result in mixed) for status in ("done", "same", "failed")]
    assert tiles == [("Reports asked for", str(len(mixed))), ("Made in this run", str(counts[0])), ("Unchanged", "1"), ("Failed", "2")]
    assert "3 accounts; English, Japanese" in text and "as of 31 Dec 2025" in text and "¥9.88 million: all 2 panels tie" in text
    assert "<td class=\"right\">9,876,543</td>" in text and ("manifest.json", "manifest.json") in Seen(text).links


@pytest.mark.parametrize(("language", "told"), [("ja", ("得意先名・コードで検索", "変更なし", "2025年12月31日時点", "ブック")),
                                                ("zh", ("按客户名称或代码搜索", "未变", "截至2025年12月31日", "工作簿"))])
def test_the_page_speaks_the_language_of_the_run(language, told):
    text = index(language=language)
    assert all(word in text for word in told)
    assert not re.search(r"Every |Unchanged|Made in", text) and f'<html lang="{ {"zh": "zh-Hans"}.get(language, language)}">' in text


def test_only_the_page_s_own_script_may_run_and_nothing_is_loaded():
    text = index()
    (script,) = re.findall(r"<script>(.*?)</script>", text, flags=re.S)
    assert script == (TEMPLATE / "index.js").read_text(encoding="utf-8")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy.startswith("default-src 'none'; ") and f"script-src '{allowed(script)}'" in policy and "http" not in policy
    assert not {name for _, attrs in Seen(text).tags for name in attrs if name.startswith("on") or name == "src"}
    assert "://" not in text


def test_without_its_script_the_page_hides_only_the_filters():
    hidden = [attrs.get("id") for _, attrs in Seen(index()).tags if "hidden" in attrs]
    assert hidden == ["filters", "none"]


def test_the_same_run_gives_the_same_page(mixed):
    assert index(mixed) == index(mixed)


def test_four_hundred_accounts_are_one_table_of_manageable_size():
    accounts = [(f"A{number:03}", f"Shop {number}") for number in range(400)]
    text = index(run_of(accounts, formats=("html", "xlsx")), client=Client(tuple(accounts)))
    assert text.count("<tr data-row=") == 800 and text.count("<thead>") == 3 and len(text) < 800_000


@pytest.fixture(scope="module")
def shown(mixed, tmp_path_factory):
    """The page in a browser, opened from disk without a net."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    file = tmp_path_factory.mktemp("index") / "index.html"
    file.write_text(index(mixed), encoding="utf-8")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
        page = browser.new_context(offline=True).new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.said.append(message.text))
        page.goto(file.as_uri())
        yield page


def visible(page):
    return page.evaluate("[...document.querySelectorAll('[data-status]')].filter(e => e.checkVisibility()).length")


@pytest.mark.parametrize(("search", "choice", "left"), [
    ("", {}, 18), ("aoba", {}, 4), ("a1", {}, 4), ("カナ", {}, 4), ("DRUG aoba", {}, 4), ("nobody", {}, 0), ("", {"status": "failed"}, 2),
    ("", {"stage": "strategy"}, 6), ("", {"language": "ja"}, 9), ("", {"language": "en", "stage": "actions"}, 3),
    ("b &", {"status": "failed"}, 0)])
def test_search_and_filters_leave_what_was_asked_for(shown, search, choice, left):
    shown.fill("#search", search)
    for name in ("status", "stage", "language"):
        shown.select_option(f"#{name}", choice.get(name, ""))
    assert visible(shown) == left and shown.inner_text("#shown") == f"{left} of 18 reports"
    assert shown.is_visible("#none") == (left == 0)
    empty = "[...document.querySelectorAll('[data-group]:not([hidden])')].filter(g => !g.querySelector('[data-row]:not([hidden])')).length"
    assert shown.evaluate(empty) == 0


def test_the_browser_asked_for_nothing_and_complained_of_nothing(shown):
    assert len(shown.asked) == 1 and shown.said == []
