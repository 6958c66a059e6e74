"""The main job on real input: two published ledgers, no code, all five notebooks, totals that tie to the last unit."""

import re
from pathlib import Path

import pytest

from kamnb.engagement import open_engagement
from kamnb.reports.jobs import Request, key_accounts
from kamnb.reports.making import make_reports

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[2] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the published datasets are not beside this checkout (../shared/data)")
CASES = {"adventureworks": ("en", 8_045_059_698), "jp_superstore": ("ja", 198_149_269)}


def shown(out, pattern):
    return next(out.glob(pattern)).read_text(encoding="utf-8")


@needs_data
@pytest.mark.parametrize("name", CASES)
def test_all_five_notebooks_render_and_tie(name, tmp_path):
    language, total = CASES[name]
    e = open_engagement(HERE / name)
    whole = make_reports(e, Request(stages=("channels", "selection", "review"), languages=(language,)), out=tmp_path)
    assert [r.why for r in whole.results if r.status == "failed"] == []
    keys = key_accounts(e)
    assert len(keys) == 6
    each = make_reports(e, Request(stages=("strategy", "actions"), accounts=(keys[0],), languages=(language,)), out=tmp_path)
    assert [r.status for r in each.results] == ["done", "done"], [r.why for r in each.results]
    assert len(list(tmp_path.glob("*/*.html"))) == len(list(tmp_path.glob("*/*.xlsx"))) == 5
    assert {int(e.panel(p)["net_sales"].sum()) for p in ("account_month", "account_category_month", "channel_month")} == {total}


@needs_data
def test_the_superstore_ties_before_and_after_returns():
    e = open_engagement(HERE / "jp_superstore")
    panel = e.panel("account_month")
    assert int(panel["gross_sales"].sum()) == 227_176_842
    assert int(panel["gross_sales"].sum() + panel["returns"].sum()) == 198_149_269


@needs_data
@pytest.mark.parametrize("name", CASES)
def test_months_tell_nothing_there_and_the_notebook_says_so(name, tmp_path):
    language, _ = CASES[name]
    e = open_engagement(HERE / name)
    make_reports(e, Request(stages=("channels",), languages=(language,), formats=("html",)), out=tmp_path)
    text = re.sub(r"<[^>]+>", " ", shown(tmp_path, "1_channels/*.html"))
    assert {"en": "quarter", "ja": "四半期"}[language] in text
    assert {"en": "Not shown", "ja": "未表示"}[language] in text
