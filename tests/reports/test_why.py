"""Why a report would be made again, in words: every part of its key and everything that it read. Nothing is run."""

import json
import shutil

import pytest
from click.testing import CliRunner

from kamnb.cli import main
from kamnb.engagement import open_engagement
from kamnb.reports import keys
from kamnb.reports.jobs import Job
from kamnb.reports.journal import WORK, Journal, hash_file, list_reasons, shown_file
from kamnb.reports.remembered import remember_state

CHANNELS, STRATEGY = Job("channels", "en", formats=("html",)), Job("strategy", "en", account="A1", formats=("html",))
READS = {CHANNELS: (("panel", "account_month", ""), ("table", "accounts", ""), ("table", "channels", ""), ("table", "sales", ""),
                    ("files", "sales", ""), ("files", "accounts", ""), ("own", "channels", "")),
         STRATEGY: (("panel", "account_month", "A1"), ("table", "accounts", ""), ("decision", "channels", ""), ("own", "strategy", "A1"))}
ASK = ("--lang", "en", "--stage", "channels", "--stage", "strategy", "--account", "A1", "--to", "html")


TOML = """
[engagement]
name = "small"
client = "小さな会社"
client_en = "Small Maker"
as_of = 2024-03-31
[tables.sales]
path = "sales.csv"
[tables.accounts]
path = "accounts.csv"
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """An engagement and the folder of its reports, as a run would have left them."""
    home = tmp_path_factory.mktemp("why")
    (home / "small").mkdir()
    (home / "small" / "engagement.toml").write_text(TOML, encoding="utf-8")
    (home / "small" / "accounts.csv").write_text("account,name,channel\nA1,First Store,C1\nA2,Takada,C2\n", encoding="utf-8")
    rows = [f"2023-{month:02d}-15,A1,P1,1,{1000 + month}\n2023-{month:02d}-16,A2,P2,5,500" for month in range(1, 13)]
    (home / "small" / "sales.csv").write_text("date,account,product,quantity,net_sales\n" + "\n".join(rows) + "\n", encoding="utf-8")
    prove(open_engagement(home / "small"), home / "reports" / "small" / "2024-03-31")
    return home


@pytest.fixture
def made(kept, tmp_path):
    """A copy of the engagement and of its reports that a test may change."""
    shutil.copytree(kept, tmp_path / "why")
    return tmp_path / "why" / "small", tmp_path / "why" / "reports" / "small" / "2024-03-31"


def prove(engagement, out):
    """Leave files, what was shown, and journal lines that prove both jobs done."""
    journal = Journal(out)
    remember_state(engagement, out=out)
    for job, reads in READS.items():
        outputs = job.outputs().values()
        for name in [*outputs, shown_file(job.ident)]:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_text("whole", encoding="utf-8")
        journal.write({"ident": job.ident, "status": "done", "parts": keys.key_parts(job, engagement),
                       "reads": [[*read, engagement.state(*read)] for read in reads], "shown": hash_file(out / shown_file(job.ident)),
                       "outputs": {name: hash_file(out / name) for name in outputs}})


def why(folder, *asked):
    """What `kamnb why` says; reports lie beside the engagement."""
    told = CliRunner().invoke(main, ["why", str(folder), "--out", str(folder.parent / "reports"), *asked])
    assert told.exit_code == 0, told.output
    return " ".join(told.output.split())


def append(file, text):
    with file.open("a", encoding="utf-8") as stream:
        stream.write(text)


def test_up_to_date_is_one_line(made):
    assert why(made[0], *ASK) == "Small Maker, as of 31 Mar 2024: nothing would be made again; all 2 reports are up to date."


def test_a_ledger_row_names_the_table_and_whose_rows(made):
    text = (made[0] / "sales.csv").read_text(encoding="utf-8").replace(",1001\n", ",1007\n")
    (made[0] / "sales.csv").write_text(text, encoding="utf-8")
    told = why(made[0], *ASK)
    assert "2 of 2 reports would be made again" in told and "Sales ledger (rows of First Store)" in told
    assert "Account master" not in told


def test_anothers_row_leaves_the_strategy_alone_and_says_what_may_follow(made):
    text = (made[0] / "sales.csv").read_text(encoding="utf-8").replace("A2,P2,5,500", "A2,P2,5,501", 1)
    (made[0] / "sales.csv").write_text(text, encoding="utf-8")
    told = why(made[0], *ASK)
    assert "1 of 2 reports would be made again" in told and "Sales ledger (rows of Takada)" in told
    assert "1 are as they were." in told and "once 1 Channels have run" in told


def test_a_setting_is_named_with_both_values(made):
    append(made[0] / "engagement.toml", "\n[selection]\nseats = 5\n[choices]\ndso = 'simple'\n")
    told = why(made[0], *ASK)
    assert 'setting choices.dso "count_back" → "simple"' in told and "setting selection.seats – → 5" in told
    assert "Sales ledger" not in told


def test_a_choice_saved_in_a_notebook_is_named(made):
    open_engagement(made[0]).choose({"channels.priorities": 2}, by="Tanaka")
    assert "setting channels.priorities 3 → 2" in why(made[0], *ASK)


@pytest.mark.parametrize(("language", "wanted"), [("en", "words in strategy.toml"), ("ja", "文言（strategy.toml）"),
                                                  ("zh", "用语（strategy.toml）")])
def test_words_name_the_file(made, monkeypatch, language, wanted):
    texts = dict(keys.list_texts("en"))
    monkeypatch.setattr(keys, "list_texts", lambda _: {**texts, "en/strategy.toml": "changed"})
    job, engagement = CHANNELS, open_engagement(made[0])
    assert list_reasons(job, engagement, entry=Journal(made[1]).entries[job.ident], out=made[1]) == ["text"]
    told = why(made[0], "--lang", language, "--lang", "en", *ASK[2:])
    assert wanted in told


@pytest.mark.parametrize(("function", "wanted"), [("_hash_code", "the program code changed"), ("_hash_fonts", "fonts changed"),
                                                  ("_hash_files", "the notebook, the installed packages changed")])
def test_other_parts_are_named(made, monkeypatch, function, wanted):
    monkeypatch.setattr(keys, function, lambda *_: "changed")
    if function == "_hash_files":
        same = keys.list_texts("en")
        monkeypatch.setattr(keys, "list_texts", lambda _: same)
    assert wanted in why(made[0], *ASK)


def test_decisions_of_people_are_named(made):
    folder = made[0] / "decisions"
    (folder / "strategy").mkdir(parents=True)
    (folder / "channels.csv").write_text("channel,decision,decided_by\nC1,priority,Tanaka\n", encoding="utf-8")
    (folder / "strategy" / "A1.csv").write_text("pillar,stance,decided_by\nprice,hold,Tanaka\n", encoding="utf-8")
    told = why(made[0], *ASK)
    assert "decision of 1 Channels, decision of 3 Account strategy · First Store changed" in told


def test_a_new_table_is_named(made):
    (made[0] / "channels.csv").write_text("channel,name\nC1,Drug stores\n", encoding="utf-8")
    append(made[0] / "engagement.toml", '\n[tables.channels]\npath = "channels.csv"\n')
    told = why(made[0], *ASK)
    assert "1_channels" not in told and "1 Channels (en) Channels changed" in told and "1 of 2 reports" in told


def test_files_that_changed_without_a_changed_row_are_named(made):
    text = (made[0] / "sales.csv").read_text(encoding="utf-8").replace(",1001\n", ',"1,001"\n')
    (made[0] / "sales.csv").write_text(text, encoding="utf-8")
    assert "source file sales.csv changed" in why(made[0], *ASK)


def test_files_gone_edited_or_cut_off_are_named(made):
    page, other = (made[1] / next(iter(job.outputs().values())) for job in READS)
    page.unlink()
    other.write_text("mine", encoding="utf-8")
    told = why(made[0], *ASK)
    assert "1_channels.en.html is gone" in told and "A1.en.html was edited by hand" in told
    Journal(made[1]).write({"ident": CHANNELS.ident, "status": "publishing", "outputs": {}})
    Journal(made[1]).write({"ident": STRATEGY.ident, "status": "failed", "why": "\ncell 3 (history): ValueError\nand more"})
    told = why(made[0], *ASK)
    assert "was interrupted while being filed" in told and "failed last time: cell 3 (history): ValueError" in told and "more" not in told


def test_what_was_never_made_is_new_and_nothing_is_written(made):
    shutil.rmtree(made[1].parents[1])
    told = why(made[0], *ASK)
    assert "2 of 2 reports" in told and told.count("not made yet") == 2
    assert not made[1].exists()


def test_other_formats_are_a_reason(made):
    assert "formats asked for changed" in why(made[0], *ASK, "--to", "xlsx")


def test_accounts_that_nobody_has_chosen_are_announced(made):
    told = why(made[0], "--lang", "en", "--to", "html", "--stage", "strategy")
    assert "all 0 reports" in told and "No key accounts are decided yet" in told


def test_accounts_with_the_same_reasons_share_a_line(made):
    told = why(made[0], "--lang", "en", "--lang", "zh", "--stage", "strategy", "--account", "A1", "--account", "A2", "--to", "html")
    assert "3 Account strategy (zh): First Store, not made yet Takada" in told and "3 Account strategy (en): Takada" in told


def test_settings_are_kept_by_their_hash(made):
    digest = keys.key_parts(CHANNELS, open_engagement(made[0]))["settings"]
    kept = json.loads((made[1] / WORK / "parts" / f"{digest}.json").read_text(encoding="utf-8"))
    assert kept["values"]["channels.priorities"] == 3 and kept["chosen"] == []
