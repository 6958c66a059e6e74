"""Other weights, size against value, seats, and the decision; the planted truths of the sample."""

import tomllib

import pandas as pd
import pytest

from kamnb.intake.dictionary import empty_table
from kamnb.selection import capacity, robustness, scorecard, strategic, verdict
from kamnb.settings import SelectionSettings
from tests.conftest import SAMPLE

TRUTH = tomllib.loads((SAMPLE / "truth.toml").read_text(encoding="utf-8"))


def keys_of(board):
    return board.loc[board["decision"] == "key", "account"].tolist()


def decide(chosen, settings, *, seats=8):
    board = scorecard.screen_accounts(chosen.measures, scorecard.rank_accounts(chosen.ratings, weights=chosen.weights), settings=settings)
    return verdict.take_seats(vary(board, chosen.ratings, settings, seats=seats), seats=seats, settings=settings)


def vary(board, ratings, settings, *, seats=8):
    """`board` with its standing under any weights."""
    return robustness.vary_weights(board, ratings, seats=seats, rules=robustness.free_rules(settings))


def test_large_but_not_key_and_key_but_not_large_show_at_once(chosen):
    place = chosen.final.set_index("account")["place"]
    for account in TRUTH["T11"]["large_not_key"]:
        assert place[account] == "large_not_key"
    assert place[TRUTH["T11"]["key_not_large"]] == "key_not_large"
    wrong = strategic.list_misplaced(chosen.final)
    assert wrong["account"].iloc[0] == "A001"
    assert wrong.loc[wrong["place"] == "key_not_large", "account"].iloc[0] == TRUTH["T11"]["key_not_large"]


def test_expected_key_accounts_are_chosen(chosen):
    expected = {"A080", "A081", "A060", "A088", "A002", "A011", "A012", "A031"}
    assert set(keys_of(chosen.board)) == expected


def test_largest_account_is_left_out_because_it_loses_money(chosen):
    row = chosen.board.set_index("account").loc[TRUTH["T01"]["account"]]
    assert row["decision"] == "not_key" and "losing" in row["reason"].split()
    assert row["contribution"] == pytest.approx(TRUTH["T01"]["profit"], rel=0.15)


def test_small_growing_chain_is_promising(chosen):
    place = chosen.places.set_index("account").loc[TRUTH["T02"]["account"]]
    assert place["promising"] and place["growth_low"] > place["ours"]


def test_account_about_to_leave_is_named_as_such(chosen):
    row = chosen.board.set_index("account").loc[TRUTH["T04"]["account"]]
    assert row["decision"] == "not_key" and "leaving" in row["reason"].split()
    assert chosen.computed.at[TRUTH["T04"]["account"], "continuity"] == 1


def test_merged_group_counts_together(chosen):
    dependence = capacity.list_dependence(chosen.board).set_index("group")
    assert dependence.at[TRUTH["T07"]["head"], "accounts"] == 2
    assert dependence["net_sales"].sum() == chosen.listed["net_sales"].sum()


def test_in_top_sums_to_the_seats(chosen):
    assert chosen.board["in_top"].sum() == pytest.approx(chosen.seats.number)


def test_ranks_of_nine_in_ten_weightings_lie_in_order(chosen):
    known = chosen.board.dropna(subset=["in_top"])
    assert (known["rank_low"] <= known["rank_high"]).all() and known["rank_low"].min() == 1


def test_standing_follows_the_thresholds():
    shares = pd.Series([1.0, 0.9, 0.5, 0.1, 0.0, None])
    expected = ["certain_in", "certain_in", "contested", "certain_out", "certain_out", "-"]
    assert robustness.judge_standing(shares).tolist() == expected


def test_an_account_best_on_everything_is_certain(chosen):
    ratings = chosen.ratings.clip(upper=4.0)
    ratings.loc["A012"] = 5.0
    board = vary(chosen.board.drop(columns=["in_top", "rank_low", "rank_high", "standing"]), ratings, SelectionSettings(draws=500), seats=1)
    assert board.set_index("account").at["A012", "in_top"] == 1


def test_never_and_must_have_are_kept(chosen):
    board = decide(chosen, SelectionSettings(never=("A088",), must_have=("A001",), draws=500))
    assert "A001" in keys_of(board) and "A088" not in keys_of(board) and len(keys_of(board)) == 8


def test_fewer_seats_choose_a_part_of_the_same(chosen):
    few = decide(chosen, SelectionSettings(draws=500), seats=3)
    assert keys_of(few) == keys_of(chosen.board)[:3]


def test_row_order_changes_nothing(chosen):
    shuffled = chosen.measures.sample(frac=1, random_state=3).reset_index(drop=True)
    settings = SelectionSettings(draws=500)
    ranking = scorecard.rank_accounts(chosen.ratings.sample(frac=1, random_state=4), weights=chosen.weights)
    board = scorecard.screen_accounts(shuffled, ranking, settings=settings)
    board = verdict.take_seats(vary(board, chosen.ratings, settings), seats=8, settings=settings)
    assert keys_of(board) == keys_of(decide(chosen, settings))


def test_unrated_accounts_wait_when_their_score_would_do(chosen):
    ratings, unrated = chosen.ratings.copy(), chosen.board.loc[chosen.board["gate"] == "unrated", "account"].iloc[0]
    ratings.loc[unrated] = ratings.loc[unrated].where(ratings.loc[unrated].isna(), 5.0)
    ranking = scorecard.rank_accounts(ratings, weights=chosen.weights)
    settings = SelectionSettings(draws=500)
    board = scorecard.screen_accounts(chosen.measures, ranking, settings=settings)
    board = verdict.take_seats(vary(board, ratings, settings), seats=8, settings=settings)
    row = board.set_index("account").loc[unrated]
    assert (row["gate"], row["decision"], row["tier"]) == ("unrated", "candidate", "tier_3")


@pytest.mark.parametrize(("settings", "hours", "number", "source"), [
    ({"seats": 5}, [4000], 5, "set"), ({"team_hours": 2000}, [9000], 5, "hours"), ({}, [16000], 8, "team"),
    ({"hours_per_account": 100}, [1000], 2, "team"), ({}, [], 8, "assumed"), ({"team_hours": 10}, [], 1, "hours")])
def test_seats_follow_the_hours(settings, hours, number, source):
    team = pd.DataFrame({"member": [f"M{n}" for n in range(len(hours))], "hours": hours}).astype({"hours": float})
    seats = capacity.count_seats(team if hours else empty_table("team"), settings=SelectionSettings(**settings))
    assert (seats.number, seats.source) == (number, source)


def test_existing_and_new_and_roles(chosen):
    board = chosen.board.set_index("account")
    assert board.at["A080", "kind"] == "existing" and board.at["A031", "kind"] == "new"
    assert "breadwinner" in board.at["A080", "roles"].split() and "prospect" in board.at["A031", "roles"].split()
    assert "breadwinner" not in board.at["A001", "roles"].split()


def test_priority_channels_come_from_stage_one(chosen):
    channels = pd.DataFrame({"channel": ["ECM", "CVS"], "decision": ["priority", "watch"]})
    marked = verdict.mark_priority(chosen.board, channels)
    facts = verdict.summarise_priority(marked)
    assert facts["inside"] == 1 and "Todai Express" in facts["outside"]
    assert verdict.summarise_priority(verdict.mark_priority(chosen.board, pd.DataFrame({"decided_by": []}))) == {}


def test_saved_decision_is_in_words_of_no_language_and_reads_back(chosen, sample, tmp_path):
    from dataclasses import replace

    engagement = replace(sample, path=tmp_path)
    decided = engagement.decide("selection", verdict.list_proposal(chosen.board))
    assert decided["reason"].dropna().str.fullmatch(r"[-+a-z_ ]+").all()
    adopted = verdict.adopt_decision(chosen.board, decided)
    pd.testing.assert_frame_equal(adopted, chosen.board, check_dtype=False)
    assert verdict.name_confirmation(decided) == "unconfirmed" and verdict.describe_confirmation(decided) == {}


def test_what_a_person_saved_stands(chosen):
    saved = pd.DataFrame({"account": ["A001", "A080"], "decision": "key", "decided_by": "Sato", "decided_on": "2025-12-31"})
    adopted = verdict.adopt_decision(chosen.board, saved)
    assert sorted(keys_of(adopted)) == ["A001", "A080"]
    assert adopted.set_index("account").at["A080", "kind"] == "existing"
    assert verdict.name_confirmation(saved) == "confirmed" and verdict.describe_confirmation(saved) == {"by": "Sato"}


def test_doubt_is_named_by_the_seats():
    board = pd.DataFrame({"decision": ["key", "key"], "standing": ["certain_in", "contested"]})
    assert verdict.name_doubt(board) == "contested"
    assert verdict.name_doubt(board.assign(standing="certain_in")) == "firm"
    assert verdict.name_doubt(board.assign(standing="contested")) == "open"


def test_every_account_has_one_decision_and_the_large_ones_a_reason(chosen):
    proposal = verdict.list_proposal(chosen.board)
    assert sorted(proposal["account"]) == sorted(chosen.listed["account"])
    left = verdict.list_left_out(chosen.final)
    assert len(left) == 10 and (left["reason"] != "").all() and left["net_sales"].is_monotonic_decreasing


def test_the_conclusion_contrasts_large_accounts_that_never_sit_with_small_ones_that_do(chosen):
    facts = strategic.name_extremes(chosen.final)
    assert strategic.name_contrast(facts) == "outliers" and strategic.name_contrast({}) == "size"
    assert facts["never"] == ["Aogane Mall", "Tatsuzaki Vending"] and facts["sure"] == ["Shimozato Mart"]
    seated = chosen.final.assign(decision=chosen.final["decision"].mask(chosen.final["name"].isin(facts["never"]), "key"))
    assert strategic.name_extremes(seated)["never"] == []  # whom somebody seats all the same is not said to have no seat
