"""An opened engagement: tables in a language, panels that tie, decisions of people that stand, and what an account may see."""

import subprocess
import sys

import pandas as pd
import pytest

from kamnb.editions.joint import cut_engagement
from kamnb.engagement import open_engagement, replace_file, safe_name
from kamnb.errors import InputError


def test_texts_come_in_the_language_asked_for(small):
    assert open_engagement(small).table("accounts")["name"].tolist() == ["①商店", "髙田屋"]
    assert open_engagement(small, language="en").table("accounts")["name"].tolist() == ["First Store", "Takada"]
    assert open_engagement(small, language="en").client == "Small Maker"


def test_panels_tie_to_the_ledger(small):
    e = open_engagement(small)
    total = sum(1000 + 10 * n + 500 - n for n in range(24))
    for panel in ("account_month", "account_category_month", "account_product_month", "channel_month"):
        assert int(e.panel(panel)["net_sales"].sum()) == total


def test_a_missing_table_is_empty_but_typed(small):
    e = open_engagement(small)
    assert e.table("market").empty and {"month", "channel", "sales"} <= set(e.table("market").columns)
    assert not e.has("market") and "market" in e.missing()


def test_a_second_opening_builds_nothing_and_needs_no_ibis(small):
    open_engagement(small)
    code = (f"import sys; from kamnb.engagement import open_engagement; e = open_engagement({str(small)!r}); e.panel('account_month'); "
            "print(sorted({'ibis', 'duckdb', 'pandera'} & set(sys.modules)))")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_changed_row_gives_another_snapshot(small):
    before = open_engagement(small).snapshot
    text = (small / "sales.csv").read_text(encoding="utf-8")
    (small / "sales.csv").write_text(text.replace(",1000,", ",1001,"), encoding="utf-8")
    after = open_engagement(small)
    assert after.snapshot != before and not before.exists()


SESSION = """
from pathlib import Path
from kamnb.display import begin
for price in (1001, 1002):
    total = int(begin({home!r}).panel("account_month")["net_sales"].sum())
    text = Path({ledger!r}).read_text(encoding="utf-8")
    Path({ledger!r}).write_text(text.replace(f",{{price - 1}},", f",{{price}},"), encoding="utf-8")
print(int(begin({home!r}).panel("account_month")["net_sales"].sum()) - total)
"""


@pytest.mark.parametrize("opened_before", [False, True], ids=["fresh", "opened before"])
def test_a_session_goes_on_after_its_files_have_changed(small, opened_before):
    if opened_before:
        open_engagement(small)
    code = SESSION.format(home=str(small), ledger=str(small / "sales.csv"))
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split()[-1] == "1"


def test_a_persons_decision_stands_against_a_proposal(small):
    e = open_engagement(small)
    proposal = pd.DataFrame({"channel": ["C1"], "decision": ["priority"]})
    assert e.decide("channels", proposal)["decided_by"].tolist() == [""]
    e.decide("channels", proposal.assign(decision="watch"), by="Sato")
    assert e.decide("channels", proposal)["decision"].tolist() == ["watch"]
    assert e.decision("channels")["decided_by"].tolist() == ["Sato"]


def test_the_same_proposal_leaves_the_file_alone(small):
    e = open_engagement(small)
    proposal = pd.DataFrame({"channel": ["C1"], "decision": ["priority"]})
    e.decide("channels", proposal)
    before = e.decision_file("channels").stat().st_mtime_ns
    e.decide("channels", proposal)
    assert e.decision_file("channels").stat().st_mtime_ns == before


def test_a_choice_is_saved_with_its_name_and_a_wrong_one_is_not(small):
    e = open_engagement(small)
    assert e.choose({"selection.weights.growth": 3}, by="Sato").settings.selection.weights["growth"] == 3
    assert open_engagement(small).settings.selection.weights["growth"] == 3
    assert e.chosen("selection") == ["Sato"]
    with pytest.raises(InputError):
        e.choose({"selection.hours_per_account": -1}, by="Sato")
    assert open_engagement(small).settings.selection.hours_per_account == 400
    with pytest.raises(InputError, match="who decides"):
        e.choose({"selection.seats": 3}, by=" ")


def test_a_joint_folder_holds_one_account_and_no_costs(small, tmp_path):
    cut = cut_engagement(open_engagement(small), "A1", out=tmp_path / "cut")
    seen = open_engagement(cut)
    assert seen.table("accounts")["account"].tolist() == ["A1"]
    assert set(seen.panel("account_month")["account"]) == {"A1"}
    assert seen.panel("account_month")["cost"].isna().all()
    everything = b"".join(file.read_bytes() for file in cut.rglob("*") if file.is_file())
    assert "髙田屋".encode() not in everything and b"Takada" not in everything and b"A2" not in everything


def test_names_are_safe_and_unlike_names_stay_unlike():
    names = ["A001", "../../x", "CON", "A社", "Ａ社", "a b", "a_b", "x" * 300, "\ud800", "\udfff"]
    safe = [safe_name(name) for name in names]
    assert len(set(safe)) == len(safe) and safe[0] == "A001"
    assert all(len(s.encode()) < 150 and "/" not in s and not s.startswith(".") for s in safe)


def test_a_file_is_replaced_whole(tmp_path):
    file = tmp_path / "x.csv"
    replace_file(file, b"one")
    replace_file(file, b"two")
    assert file.read_bytes() == b"two" and [p.name for p in tmp_path.iterdir()] == ["x.csv"]
