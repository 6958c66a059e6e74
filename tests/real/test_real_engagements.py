"""The main job on real input: two published ledgers, no code, all five notebooks, totals that tie to the last unit."""

import re
from pathlib import Path

import pytest

from kamnb.engagement import open_engagement
from kamnb.reports.jobs import Request, key_accounts
from kamnb.reports.making import make_reports

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[2] / "shared" / "data"
CASES = {"adventureworks": ("en", 8_045_059_698), "jp_superstore": ("ja", 198_149_269)}


@pytest.fixture(scope="module", params=CASES)
def rendered(request, tmp_path_factory):
    """The engagement, its language and total, and the folder in which all five notebooks were printed."""
    if not DATA.is_dir():
        pytest.skip("the published datasets are not beside this checkout (../shared/data)")
    out, (language, total) = tmp_path_factory.mktemp(request.param), CASES[request.param]
    e = open_engagement(HERE / request.param, language=language)
    whole = make_reports(e, Request(stages=("channels", "selection", "review"), languages=(language,)), out=out)
    first = key_accounts(e)[:1]
    each = make_reports(e, Request(stages=("strategy", "actions"), accounts=tuple(first), languages=(language,)), out=out)
    return e, language, total, out, [*whole.results, *each.results]


def test_all_five_notebooks_render(rendered):
    e, _, _, out, results = rendered
    assert [r.why for r in results if r.status == "failed"] == [] and len(results) == 5
    assert len(key_accounts(e)) == 6
    assert len(list(out.glob("*/*.html"))) == len(list(out.glob("*/*.xlsx"))) == 5


def test_every_panel_ties_to_the_ledger(rendered):
    e, _, total, _, _ = rendered
    panels = ("account_month", "account_category_month", "account_product_month", "channel_month")
    assert {int(e.panel(panel)["net_sales"].sum()) for panel in panels} == {total}
    assert not e.record("controls")["difference"].any()


def test_months_tell_nothing_there_and_the_notebook_proposes_quarters(rendered):
    _, language, _, out, _ = rendered
    text = re.sub(r"<[^>]+>", " ", next(out.glob("1_channels/*.html")).read_text(encoding="utf-8"))
    assert {"en": "quarter", "ja": "四半期"}[language] in text


def test_sections_without_their_table_say_what_to_ask_for(rendered):
    _, language, _, out, _ = rendered
    for page in out.glob("*/*.html"):
        assert {"en": "Please ask the client for", "ja": "ご入手ください"}[language] in page.read_text(encoding="utf-8"), page.name


def test_the_superstore_ties_before_and_after_returns():
    if not DATA.is_dir():
        pytest.skip("the published datasets are not beside this checkout (../shared/data)")
    panel = open_engagement(HERE / "jp_superstore").panel("account_month")
    assert int(panel["gross_sales"].sum()) == 227_176_842
    assert int(panel["gross_sales"].sum() + panel["returns"].sum()) == 198_149_269
