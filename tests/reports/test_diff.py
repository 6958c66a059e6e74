"""Two runs compared: which figures moved and why, on real runs of a small engagement and on states made by hand."""

import base64
import gzip
import hashlib
import json
import shutil

import pandas as pd
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from kamnb.cli import main
from kamnb.engagement import open_engagement
from kamnb.errors import InputError
from kamnb.reports import keys
from kamnb.reports.diff import print_diff
from kamnb.reports.differing_states import compare_states
from kamnb.reports.jobs import Job, Request
from kamnb.reports.journal import WORK, read_entries, shown_file
from kamnb.reports.making import make_reports
from kamnb.reports.reading import read_report
from kamnb.reports.remembered import pack_shown, read_state, remember_state

TOML = """
[engagement]
name = "small"
client = "小さな会社"
client_en = "Small Maker"
as_of = 2024-03-31
language = "en"
[tables.sales]
path = "sales.csv"
[tables.accounts]
path = "accounts.csv"
"""
CHANNELS, STRATEGY = "1_channels/en/internal/-", "3_strategy/en/internal/A1"


def write_engagement(folder):
    """Two accounts in two channels over 24 months."""
    folder.mkdir()
    (folder / "engagement.toml").write_text(TOML, encoding="utf-8")
    (folder / "accounts.csv").write_text("account,name,name_ja,channel\nA1,First Store,①商店,C1\nA2,Takada,髙田屋,C2\n", encoding="utf-8")
    months = [(2022 + (n + 3) // 12, (n + 3) % 12 + 1, n) for n in range(24)]
    lines = [f"{y}-{m:02d}-15,A1,P1,{10 + n},{1000 + 10 * n},600\n{y}-{m:02d}-16,A2,P2,5,{500 - n},300" for y, m, n in months]
    (folder / "sales.csv").write_text("date,account,product,quantity,net_sales,cost\n" + "\n".join(lines) + "\n", encoding="utf-8")


def run(folder, out, *stages):
    """Make channels and the strategy of A1; every report must be done or as it was."""
    out.mkdir(exist_ok=True)
    request = Request(stages=stages or ("channels", "strategy"), accounts=("A1",), languages=("en",), formats=("html",))
    summary = make_reports(open_engagement(folder), request, out=out)
    assert summary.exit_code == 0, [result.why for result in summary.results]
    return summary


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs: between them a ledger row of A1, a setting and the strategy of A1 changed."""
    home = tmp_path_factory.mktemp("runs")
    write_engagement(home / "small")
    run(home / "small", home / "a")
    shutil.copytree(home / "a", home / "changed_in_place")
    sales = home / "small" / "sales.csv"
    sales.write_text(sales.read_text(encoding="utf-8").replace("A1,P1,33,1230,", "A1,P1,33,3330,"), encoding="utf-8")
    with (home / "small" / "engagement.toml").open("a", encoding="utf-8") as stream:
        stream.write("[choices]\nabc_cuts = [0.7, 0.9]\n[strategy]\npeer_minimum = 6\n")
    decided = home / "small" / "decisions" / "strategy" / "A1.csv"
    head, *rows = decided.read_text(encoding="utf-8-sig").splitlines()
    place = head.split(",").index("decided_by")
    told = [",".join("Tanaka" if i == place else cell for i, cell in enumerate(row.split(","))) for row in rows]
    decided.write_text("\n".join([head, *told]) + "\n", encoding="utf-8-sig")
    run(home / "small", home / "changed_in_place")
    return home


@pytest.fixture
def found(runs):
    return compare_states(read_state(runs / "a"), read_state(runs / "changed_in_place"), language="en")


def kinds(found, stage):
    return {cause.kind for subject, causes in found.causes.items() if subject[0] == stage for cause in causes}


def test_causes_are_named_by_kind_with_their_values(found):
    causes = {cause.what: cause for causes in found.causes.values() for cause in causes}
    assert kinds(found, "channels") == {"data", "method"} and kinds(found, "strategy") == {"data", "method", "plan"}
    assert (causes["setting strategy.peer_minimum"].before, causes["setting strategy.peer_minimum"].after) == ("5", "6")
    assert (causes["setting choices.abc_cuts"].before, causes["setting choices.abc_cuts"].after) == ("[0.8, 0.95]", "[0.7, 0.9]")
    assert causes["decision strategy/A1"].after == "Tanaka" and causes["decision strategy/A1"].before == ""
    assert causes["table sales"].kind == "data" and "table accounts" not in causes


def test_the_changed_row_moves_its_account_by_exactly_its_amount(found):
    lines = {line.account: line for line in found.lines}
    assert lines["A1"].change("net_sales") == 2100 and lines["A1"].own == ["sales"]
    assert lines["A2"].change("net_sales") == 0 and lines["A2"].own == []
    assert [line.account for line in found.lines] == ["A1", "A2"]
    assert found.sales[1] - found.sales[0] == 2100
    assert found.unexplained == []


def test_terminal_page_and_workbook_tell_the_same(runs, tmp_path):
    page, book = tmp_path / "d.html", tmp_path / "d.xlsx"
    text = print_diff(runs / "a", runs / "changed_in_place", language="en", outs=(page, book))
    assert "1 of 2 accounts moved" in text and "First Store: net sales" in text and "(+¥2,100)" in text
    assert "its own Sales ledger" in text and "decision of 3 Account strategy · First Store by Tanaka" in text
    html = page.read_text(encoding="utf-8")
    assert "+2,100" in html and "peer_minimum" in html and html.rstrip().endswith("</html>")
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("diff.money").to_python()
    (sales,) = [row for row in rows if row[0] == "A1" and row[4] == "Net sales" and row[2] == "1 Channels"]
    assert sales[6] - sales[5] == sales[7] == 2100


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_every_language_can_tell_it(runs, language, tmp_path):
    text = print_diff(runs / "a", runs / "changed_in_place", language=language, outs=(tmp_path / "d.html",))
    assert "2,100" in text and "Tanaka" in text
    assert {"en": "because of changes in", "ja": "要因", "zh": "起因"}[language] in text.splitlines()[0]


def test_equal_runs_move_nothing(runs):
    text = print_diff(runs / "a", runs / "a", language="en", outs=())
    assert text.startswith("Nothing moved:") and "the same in both runs" in text


def test_one_folder_is_compared_with_its_state_before(runs):
    text = print_diff(runs / "changed_in_place", None, language="en", outs=())
    assert "1 of 2 accounts moved" in text and "(+¥2,100)" in text and "the state before" in text
    with pytest.raises(InputError, match="no state before"):
        print_diff(runs / "a", None, language="en", outs=())


def test_a_run_that_continues_keeps_the_state_before(runs, tmp_path):
    shutil.copytree(runs / "changed_in_place", tmp_path / "again")
    remember_state(open_engagement(runs / "small"), out=tmp_path / "again")
    assert "(+¥2,100)" in print_diff(tmp_path / "again", None, language="en", outs=())


def forge(folder, ident, *, parts=None, change=None):
    """Rewrite what the job `ident` in `folder` showed, and the parts of its key, as if a run had done it."""
    file, journal = folder / shown_file(ident), folder / WORK / "journal.jsonl"
    shown = json.loads(gzip.decompress(file.read_bytes()))
    if change:
        change(shown)
    file.write_bytes(gzip.compress(json.dumps(shown).encode(), mtime=0))
    entry = [entry for entry in read_entries(journal) if entry["ident"] == ident][-1]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    with journal.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({**entry, "shown": digest, "parts": {**entry["parts"], **(parts or {})}}) + "\n")


def reword(shown):
    """Other words for every text of the report, in tables as well."""
    for table in shown["tables"]:
        texts = [i for i, column in enumerate(table["columns"]) if column["kind"] == "text"]
        table["rows"] = [[f"{value}!" if i in texts else value for i, value in enumerate(row)] for row in table["rows"]]


def test_words_alone_move_no_figure(runs, tmp_path, monkeypatch):
    shutil.copytree(runs / "changed_in_place", tmp_path / "b")
    texts = keys.list_texts("en")
    monkeypatch.setattr(keys, "list_texts", lambda language: {**texts, "en/strategy.toml": f"changed {language}"})
    remember_state(open_engagement(runs / "small"), out=tmp_path / "b")
    forge(tmp_path / "b", STRATEGY, parts={"text": keys.hash_words("en")}, change=reword)
    text = print_diff(runs / "changed_in_place", tmp_path / "b", language="en", outs=())
    assert text.startswith("Only words changed") and "words in strategy.toml" in text


def bump(shown):
    """Add one yen to an amount, and a hundred millionth to a share."""
    table = next(table for table in shown["tables"] if table["name"] == "channels.cards")
    places = {column["name"]: i for i, column in enumerate(table["columns"])}
    table["rows"][0][places["net_sales"]] += 1
    table["rows"][0][places["variation"]] += 1e-8


@pytest.mark.parametrize(("parts", "alarm"), [({}, "nothing that they depend on has changed"),
                                              ({"text": "other"}, "Only words changed, and yet")])
def test_figures_that_nothing_explains_are_told_loudly(runs, tmp_path, parts, alarm):
    shutil.copytree(runs / "a", tmp_path / "b")
    forge(tmp_path / "b", CHANNELS, parts=parts, change=bump)
    text = print_diff(runs / "a", tmp_path / "b", language="en", outs=())
    assert "2 figures moved and nothing explains it" in text and alarm in text


def test_another_date_is_said_first_and_explains(runs, tmp_path):
    shutil.copytree(runs / "a", tmp_path / "b")
    for ident in (CHANNELS, STRATEGY):
        forge(tmp_path / "b", ident, parts={"as_of": "2024-04-30"}, change=lambda shown: shown["head"].update(as_of="2024-04-30"))
    found = compare_states(read_state(runs / "a"), read_state(tmp_path / "b"), language="en")
    assert {cause.what for causes in found.causes.values() for cause in causes} == {"as_of"} and not found.unexplained
    first = print_diff(runs / "a", tmp_path / "b", language="en", outs=()).split("• ")[1]
    assert first.startswith("The two runs have different as-of dates, 31 Mar 2024 and 30 Apr 2024")


def test_rows_and_reports_that_come_and_go_are_listed(runs, tmp_path):
    def drop(shown):
        table = next(table for table in shown["tables"] if table["name"] == "channels.cards")
        table["rows"] = [row for row in table["rows"] if row[0] != "A2"]

    shutil.copytree(runs / "a", tmp_path / "b")
    forge(tmp_path / "b", CHANNELS, parts={"code": "other"}, change=drop)
    (tmp_path / "b" / shown_file(STRATEGY)).unlink()
    found = compare_states(read_state(runs / "a"), read_state(tmp_path / "b"), language="en")
    assert [(row.account, row.table, row.state) for row in found.passing] == [("A2", "channels.cards", "went")]
    assert found.went == [("strategy", "internal", "A1")] and found.came == []


def test_moves_below_what_is_printed_are_counted_not_listed(runs, tmp_path):
    def nudge(shown):
        table = next(table for table in shown["tables"] if table["name"] == "channels.cards")
        table["rows"][0][[column["name"] for column in table["columns"]].index("variation")] += 1e-8

    shutil.copytree(runs / "a", tmp_path / "b")
    forge(tmp_path / "b", CHANNELS, parts={"code": "other"}, change=nudge)
    found = compare_states(read_state(runs / "a"), read_state(tmp_path / "b"), language="en")
    assert (len(found.moves), len(found.seen), found.hidden) == (1, 0, 1)


def test_what_cannot_be_compared_is_refused_in_words(runs, tmp_path):
    with pytest.raises(InputError, match="no reports of a run") as refused:
        read_state(runs)
    assert str(runs / "a") in str(refused.value)
    told = CliRunner().invoke(main, ["diff", str(tmp_path), str(runs / "a")])
    assert told.exit_code == 2 and "kamnb report has made" in told.output
    told = CliRunner().invoke(main, ["diff", str(runs / "a"), str(runs / "a"), "--out", str(tmp_path / "d.pdf")])
    assert told.exit_code == 2 and ".html or .xlsx" in told.output
    shutil.copytree(runs / "a", tmp_path / "b")
    for ident in (CHANNELS, STRATEGY):
        forge(tmp_path / "b", ident, change=lambda shown: shown["head"].update(engagement="other"))
    with pytest.raises(InputError, match="another engagement"):
        compare_states(read_state(runs / "a"), read_state(tmp_path / "b"), language="en")


def test_the_same_report_is_packed_to_the_same_bytes(executed):
    report, job = read_report(executed), Job("selection", "en")
    decided = pd.DataFrame({"account": ["A1"], "rank": [1.0], "tier": [None], "decided_by": [""]})
    packed = {pack_shown(report, job, decided=decided, start=4) for _ in range(2)}
    shown = json.loads(gzip.decompress(base64.b64decode(packed.pop())))
    assert not packed and shown["decided"]["rows"] == [["A1", 1.0, None, ""]] and shown["answers"] == ["Choose eight."]
    assert [table["name"] for table in shown["tables"]] == ["selection.long", "selection.small"]
