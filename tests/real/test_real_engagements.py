"""The main job on real input: two published ledgers, no code, all five notebooks, totals that tie to the last unit."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from kamnb import channels
from kamnb.engagement import open_engagement
from kamnb.methods.whitespace import benchmark_peers, sum_headroom
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


CATEGORIES = ["Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen"]
NAMES = {1: "Horeca", 2: "Retail"}, {1: "Lisbon", 2: "Oporto", 3: "Other"}


@pytest.fixture(scope="module")
def wholesale(tmp_path_factory):
    """The engagement on the published customers of a wholesaler: a row is an account, its year twelve equal months."""
    if not DATA.is_dir():
        pytest.skip("the published datasets are not beside this checkout (../shared/data)")
    folder = tmp_path_factory.mktemp("uci") / "uci_wholesale"
    shutil.copytree(HERE / "uci_wholesale", folder, ignore=shutil.ignore_patterns("decisions", "check", "tables", ".cache"))
    rows = pd.read_csv(DATA / "uci_wholesale_customers" / "Wholesale customers data.csv").rename_axis("account").reset_index()
    rows["account"] = "W" + (rows["account"] + 1).astype(str).str.zfill(3)
    (folder / "tables").mkdir()
    master = rows.assign(name="Client " + rows["account"], channel=rows["Channel"].map(NAMES[0]), region=rows["Region"].map(NAMES[1]),
                         size=rows[CATEGORIES].sum(axis=1))
    master[["account", "name", "channel", "region", "size"]].to_csv(folder / "tables" / "accounts.csv", index=False)
    sold = rows.melt("account", CATEGORIES, var_name="category", value_name="year").merge(
        pd.DataFrame({"month": range(1, 13)}), how="cross")
    sold["net_sales"] = sold["year"] // 12 + (sold["month"] <= sold["year"] % 12)
    sold = sold.assign(date="2011-" + sold["month"].astype(str).str.zfill(2) + "-15", product=sold["category"], quantity=1)
    sold[["date", "account", "product", "category", "quantity", "net_sales"]].to_csv(folder / "tables" / "sales.csv", index=False)
    return open_engagement(folder, language="en")


def test_the_wholesale_customers_tie_and_have_their_position_by_channel(wholesale):
    accounts, scale = wholesale.table("accounts"), 10**wholesale.scale
    months = channels.place_months(wholesale.panel("account_month"), accounts=accounts, channels=wholesale.table("channels"),
                                   as_of=wholesale.as_of)
    history = channels.trace_channels(months).set_index("channel")
    assert int(wholesale.panel("account_category_month")["net_sales"].sum()) == 14_619_500 * scale
    assert history["net_sales"].sum() == 14_619_500 * scale and history["accounts"].to_dict() == {"Horeca": 298, "Retail": 142}
    assert history["share"].sum() == pytest.approx(1)
    buyers = months.groupby("account")["net_sales"].sum().to_frame()
    assert channels.judge_slogan(buyers)["top_share"] == pytest.approx(0.429, abs=0.001)  # published with the data


def test_the_wholesale_customers_have_whitespace_by_channel_and_category(wholesale):
    accounts = wholesale.table("accounts")
    detail = channels.place_months(wholesale.panel("account_category_month"), accounts=accounts,
                                   channels=wholesale.table("channels"), as_of=wholesale.as_of)
    grown = channels.study_growth(detail, sellthru=wholesale.table("sellthru"), market=wholesale.table("market"),
                                  as_of=wholesale.as_of)
    room = channels.estimate_headroom(grown.position, months=detail, accounts=accounts)
    assert set(room["channel"]) == {"Horeca", "Retail"} and (room["compared"] == "by_size").all()
    assert (room["headroom_low"] > 0).all() and (room["headroom_low"] <= room["headroom_high"]).all()
    found = benchmark_peers(detail, accounts[["account", "channel", "size"]])
    assert set(found["category"]) == set(CATEGORIES) and (found["peers"] >= 100).all()
    by_account = sum_headroom(found, pd.Series(dtype=float))
    assert by_account["headroom_low"].sum() == room["headroom_low"].sum()


def test_the_wholesale_customers_give_the_first_notebook(wholesale, tmp_path):
    made = make_reports(wholesale, Request(stages=("channels",), languages=("en",)), out=tmp_path)
    assert [r.why for r in made.results if r.status == "failed"] == [] and len(made.results) == 1
    page = next(tmp_path.glob("1_channels/*.html")).read_text(encoding="utf-8")
    assert "Horeca" in page and "Retail" in page
