"""What follows from the list: gates, the best set, prices of seats, the doors, the portfolio, leavers, mergers, the sheet."""

import tomllib

import numpy as np
import pandas as pd
import pytest

from kamnb import style, words
from kamnb.errors import InputError
from kamnb.intake.dictionary import empty_table
from kamnb.selection import evidence_charts, gatekeeping, leaving, longtail, portfolio, seating, sheet, study, table_charts, verdict
from kamnb.settings import SelectionSettings
from tests.conftest import SAMPLE

TRUTH = tomllib.loads((SAMPLE / "truth.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def then(chosen, sample):
    return study.draw_consequences(sample, chosen.scored, chosen.seated)


@pytest.fixture(scope="module")
def gone(chosen, sample):
    return study.say_farewell(sample, chosen.long, chosen.seated)


def test_the_account_that_loses_money_is_stopped_by_a_knock_out(chosen):
    row = chosen.judged.set_index("account").loc[TRUTH["T01"]["account"]]
    assert row["knock"] == "fail" and "earns" in row["knock_failed"].split()


def test_the_account_that_pays_late_is_not_solvent(chosen):
    row = chosen.judged.set_index("account").loc[TRUTH["T08"]["account"]]
    assert row["three_p"] == "fail" and "solvency" in row["failed"].split()


def test_gates_bar_only_where_the_engagement_says_so(chosen):
    assert gatekeeping.bar_accounts(chosen.judged, settings=SelectionSettings()).empty
    barred = gatekeeping.bar_accounts(chosen.judged, settings=SelectionSettings(gates="bar"))
    assert TRUTH["T01"]["account"] in barred and "A080" not in barred


def test_hurdles_name_rule_evidence_and_what_is_asked(then):
    worded = table_charts.word_hurdles(then.hurdles)
    rows = worded[worded["account"] == "A001"]
    assert "Profit or room to grow" in set(rows["rule_name"]) and rows["evidence_found"].str.contains("of sales").any()
    assert worded["met"].isin([words.words("selection.gate.no"), words.words("selection.gate.unknown")]).all()
    assert not worded["evidence_found"].str.contains("nan").any()


def test_rules_of_the_engagement_go_first_and_faults_are_named(chosen):
    rule = {"label": "giant", "all": [{"column": "share", "op": ">=", "value": 0.08}]}
    judged = gatekeeping.judge_accounts(chosen.facts, gatekeeping.read_book(SelectionSettings(types=(rule,))))
    assert judged.loc[judged["types"] == "giant", "account"].tolist() == ["A001"]
    with pytest.raises(InputError):
        gatekeeping.read_book(SelectionSettings(types=({"label": "x", "all": [{"column": "share", "op": "about", "value": 1}]},)))


def test_reach_of_the_sample_is_told(chosen):
    wide = chosen.judged.set_index("account")["reach"]
    assert wide["A002"] == "gka" and wide["A001"] == "nka"
    assert {"nka", "lka"} <= set(wide)


def test_new_accounts_are_judged_by_their_own_weights(then, chosen):
    assert then.newcomers["names"][0] == "Shimozato Mart" and set(then.newcomers["dropped"]) == {"revenue", "continuity"}
    own = gatekeeping.rate_new(chosen.weights, settings=SelectionSettings())
    assert own["revenue"] == 0 and own.sum() == pytest.approx(1)


def test_the_best_set_is_the_best_scores_where_nothing_else_limits(chosen):
    plain = seating.choose_best(chosen.board, seats=8, hours=None, settings=SelectionSettings())
    searched = seating.choose_best(chosen.board, seats=8, hours=None, settings=SelectionSettings(conflicts=(("A001", "A098"),)))
    assert plain == searched == set(chosen.board.loc[chosen.board["decision"] == "key", "account"])


def test_conflicts_and_hours_change_the_set(chosen):
    apart = seating.choose_best(chosen.board, seats=8, hours=None, settings=SelectionSettings(conflicts=(("A080", "A081"),)))
    assert len({"A080", "A081"} & apart) == 1 and len(apart) == 8
    heavy = SelectionSettings(account_hours={"A088": 3000})
    taken = seating.choose_best(chosen.board, seats=8, hours=3200, settings=heavy)
    assert "A088" not in taken and len(taken) == 8


def test_a_budget_limits_the_list(chosen):
    costs = dict.fromkeys(chosen.board["account"], 100)
    few = seating.choose_best(chosen.board, seats=8, hours=None, settings=SelectionSettings(budget=350, account_cost=costs))
    assert few == set(chosen.board[chosen.board["gate"] == ""].sort_values("rank")["account"].head(3))


def test_must_haves_sit_and_the_last_one_goes(chosen):
    settings = SelectionSettings(must_have=("A001",), conflicts=(("A002", "A003"),))
    board = verdict.take_seats(chosen.board.drop(columns=["decision", "tier"]), seats=8, settings=settings)
    keys = set(board.loc[board["decision"] == "key", "account"])
    assert "A001" in keys and len(keys) == 8


def test_prices_say_what_the_largest_would_cost_and_who_would_go(then, chosen):
    rows = then.prices.set_index("account")
    score = chosen.board.set_index("account")["score"]
    last = chosen.board.loc[chosen.board["decision"] == "key"].sort_values("score").iloc[0]
    assert rows.at["A001", "loss"] == pytest.approx(last["score"] - score["A001"]) and rows.at["A001", "instead"] == last["name"]
    facts = seating.summarise_prices(then.prices, seats=8)
    assert facts["largest"] == "Aogane Mall" and facts["cheapest"] == last["name"]
    assert (then.prices["loss"] >= -1e-9).all()


def test_one_in_one_out(chosen):
    before = pd.DataFrame({"account": ["A001", "A080", "A081"], "decision": "key"})
    log = seating.guard_round(chosen.board, before, seats=3, settings=SelectionSettings()).set_index("account")
    assert log.at["A001", "move"] == "leaves" and (log["move"] == "enters").sum() == 1
    facts = seating.summarise_guard(log.reset_index(), settings=SelectionSettings())
    assert facts["listed"] == 3 and facts["stay"] == 2 and facts["leaves"] == ["Aogane Mall"]
    first = seating.guard_round(chosen.board, pd.DataFrame({"decided_by": []}), seats=3, settings=SelectionSettings())
    assert first.empty and seating.summarise_guard(first, settings=SelectionSettings()) == {}


def test_the_matrix_shows_where_a_competitor_is_stronger(then, chosen):
    boxes = then.boxes.set_index("account")
    assert boxes["strength"].between(1, 5).all() and boxes.at["A001", "strength"] < portfolio.MIDDLE
    assert set(then.held["weaker"]) == set(boxes[(boxes["decision"] == "key") & (boxes["strength"] < 3)]["name"])
    ax = evidence_charts.matrix(then.boxes, facts=then.held)
    assert "Spot Yoino" in style.title_parts(ax)[0]
    none = portfolio.place_portfolio(chosen.board, chosen.ratings, empty_table("competitors"), weights=chosen.weights)
    assert none.empty and portfolio.summarise_portfolio(none, chosen.board) == {}


def test_front_and_balance(chosen):
    front = portfolio.check_front(chosen.board)
    assert "Aogane Mall" in front["passed"] and front["inside"] + len(front["beaten"]) == front["chosen"]
    assert portfolio.check_front(chosen.board.assign(headroom=pd.NA)) == {}
    facts = portfolio.summarise_balance(chosen.board)
    assert facts["keys"] == 8 == len(facts["we_depend"]) + sum(facts[k] for k in ("mutual", "they_depend", "loose", "unknown"))


def test_the_account_about_to_leave_heads_the_list(gone):
    row = gone.leavers.set_index("account").loc[TRUTH["T04"]["account"]]
    assert gone.leavers["account"].iloc[0] == TRUTH["T04"]["account"]
    assert row["items"] == TRUTH["T04"]["products_before"] and row["items_lapsed"] == 11


def test_an_early_warning_that_does_not_beat_the_plain_rule_is_not_shown(gone, chosen):
    assert leaving.name_warning(gone.warned) in ("worse", "open")
    facts = leaving.summarise_warning(gone.warned, gone.cells, chosen.board)
    assert len(facts["names"]) == leaving.SHOWN and set(facts["names"]) <= set(chosen.board["name"])
    assert "{names" in words.word_list("en")["selection.warning_beats"]
    assert not any("{names" in words.word_list("en")[f"selection.warning_{case}"] for case in ("worse", "open", "unknown"))


def test_merged_groups_could_claim_the_best_terms(then):
    claims = then.claims.set_index("group")
    assert TRUTH["T07"]["head"] in claims.index and (claims["low"] <= claims["high"]).all()
    facts = sheet.summarise_mergers(then.claims)
    assert facts["groups"] == 4 and facts["low"] <= facts["high"]


def test_three_questions_have_an_answer_each(chosen, sample):
    facts = sheet.answer_leaders(chosen.board, seats=8, hours=chosen.seats.hours, each=400)
    table = table_charts.word_questions(facts, sample.table("agreements"))
    assert len(table) == 3 and facts["hours"] == 3200 and facts["short"] == 0
    assert "National accounts" in table["open_point"].iloc[2]
    short = sheet.answer_leaders(chosen.board, seats=8, hours=1000, each=400)
    assert short["short"] == 2200 and "missing" in table_charts.word_questions(short, empty_table("agreements"))["what_is_known"].iloc[1]
    assert table_charts.word_questions({}, empty_table("agreements")).empty


def test_what_nobody_knows_names_who_could_tell(chosen):
    gaps = table_charts.list_gaps(chosen.board).set_index("column_name")
    assert gaps.at["Strength of relationship", "known"] == chosen.board["coverage"].notna().sum()
    assert (gaps["ask_whom"] != "").all() and gaps["known_share"].between(0, 1).all()


def test_where_nobody_leaves_the_list_is_empty(chosen, gone):
    calm = chosen.board.assign(signals=0).astype({"signals": "Int64"})
    none = leaving.list_leavers(calm, gone.pauses.iloc[:0])
    assert none.empty and table_charts.word_leavers(none).empty
    assert leaving.summarise_leavers(none, gone.pauses.iloc[:0], calm) == {}


def make_tail(accounts, *, months=30):
    """Small accounts that buy at random and some of which leave, beside one large one."""
    rng, rows = np.random.default_rng(7), []
    for number in range(accounts):
        rate, end = rng.gamma(2.0, 0.25), 1 + rng.geometric(0.04) if rng.random() < 0.5 else months
        days = np.cumsum(rng.exponential(30 / rate, 60))
        rows += [{"account": f"T{number:03}", "date": pd.Timestamp("2022-01-01") + pd.Timedelta(days=int(d)),
                  "net_sales": int(rng.gamma(4, 250))} for d in days if d < min(end, months) * 30]
    rows.append({"account": "BIG", "date": pd.Timestamp("2024-05-01"), "net_sales": 10**8})
    return pd.DataFrame(rows).astype({"account": "str"})


def test_the_long_tail_is_valued_without_the_large_and_checked_on_a_year_not_seen():
    lines = make_tail(250)
    sales = lines[lines["date"] > "2023-06-30"].groupby("account")["net_sales"].sum()
    facts = longtail.value_long_tail(lines, sales, as_of=pd.Timestamp("2024-06-30"))
    assert 30 <= facts["alive"] <= facts["accounts"] < 250 and 0 < facts["value"] < 10**8
    assert longtail.name_tail(facts) in ("shown", "hidden") and facts["expected"] == pytest.approx(facts["actual"], rel=0.5)


def test_without_a_long_tail_no_model_is_fitted(gone):
    assert gone.tail == {} and longtail.name_tail({}) == "none"
    assert longtail.name_tail({"beats": False}) == "hidden"


def test_a_tail_that_buys_by_the_clock_and_never_leaves_gives_no_numbers():
    days = pd.date_range("2022-01-10", "2024-06-20", periods=12)
    rng = np.random.default_rng(1)
    rows = [{"account": f"T{n:03}", "date": day + pd.Timedelta(days=int(rng.integers(-40, 40))), "net_sales": 1000 + n}
            for n in range(60) for day in days]
    rows.append({"account": "BIG", "date": pd.Timestamp("2024-05-01"), "net_sales": 10**8})
    lines = pd.DataFrame(rows).astype({"account": "str"})
    sales = lines[lines["date"] > "2023-06-30"].groupby("account")["net_sales"].sum()
    facts = longtail.value_long_tail(lines, sales, as_of=pd.Timestamp("2024-08-31"))
    assert longtail.name_tail(facts) in ("hidden", "none", "shown") and (not facts or facts["accounts"] > 0)
    assert not facts.get("beats") or np.isfinite(facts["value"])
