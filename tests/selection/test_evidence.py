"""Other weights, what one must believe, those who rate, and the test in hindsight; the planted truths of the sample."""

import tomllib

import numpy as np
import pandas as pd
import pytest

from kamnb import style, words
from kamnb.intake.dictionary import empty_table
from kamnb.methods.uncertainty import ScoreRange
from kamnb.selection import beliefs, evidence_charts, hindsight, rating, robustness, study, table_charts
from kamnb.selection.scorecard_charts import name_all
from kamnb.settings import SelectionSettings
from tests.conftest import SAMPLE

TRUTH = tomllib.loads((SAMPLE / "truth.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def past(chosen, sample):
    return study.look_back(sample, chosen.scored, chosen.seated)


def test_two_of_the_ten_largest_never_sit_and_one_small_chain_does(chosen):
    """T11: what the reader must see at once."""
    board = chosen.board.set_index("account")
    never, small = TRUTH["T11"]["large_not_key"], TRUTH["T11"]["key_not_large"]
    assert (board.loc[never, "any_top"] == 0).all() and (board.loc[never, "in_top"] == 0).all()
    assert board.at[small, "in_top"] >= 0.9 and board.at[small, "standing"] == "certain_in"
    facts = chosen.standing
    assert facts["never"] == board.loc[never, "name"].tolist() and facts["small"] == [board.at[small, "name"]]
    assert robustness.name_outliers(facts) and robustness.name_outliers({**facts, "small": []}) == {}


def test_nothing_is_contested_under_the_weights_of_the_board_but_some_are_under_any(chosen):
    counts = chosen.board["standing"].value_counts()
    assert counts["certain_in"] == chosen.seats.number and "contested" not in counts
    free = robustness.judge_standing(chosen.board["any_top"])
    assert (free == "contested").sum() >= 3
    assert chosen.board[["in_top", "any_top"]].sum().tolist() == pytest.approx([8, 8])


def test_bounds_and_orders_of_the_board_are_kept(chosen):
    settings = SelectionSettings(weight_spread=0.2, weight_bounds={"logo": (0.3, 0.5)}, weight_orders=(("logo", "growth"), ("x", "fit")))
    rules = robustness.board_rules(chosen.weights, settings=settings)
    assert rules.bounds.loc["logo"].tolist() == [0.3, 0.5] and rules.orders == (("logo", "growth"),)
    others = rules.bounds.drop(index="logo")
    assert (others["high"] / others["low"]).round(6).eq(1.5).all()


def test_raters_make_a_range_and_what_nobody_rated_may_be_anything(chosen, sample):
    doubt = chosen.doubt
    assert isinstance(doubt, ScoreRange)
    said = sample.table("scores").dropna(subset=["score"]).groupby(["account", "criterion"])["score"].agg(["min", "max"])
    ends = (doubt.low.at["A031", "fit"], doubt.high.at["A031", "fit"])
    assert ends == tuple(said.loc[("A031", "fit")].astype(float))
    known = chosen.ratings.index[chosen.ratings["growth"].notna()]
    assert (doubt.low.loc[known, "growth"] == doubt.high.loc[known, "growth"]).all()
    unrated = chosen.ratings.index[chosen.ratings["logo"].isna()][0]
    assert (doubt.low.at[unrated, "logo"], doubt.high.at[unrated, "logo"]) == (1.0, 5.0)
    plain = robustness.doubt_ratings(chosen.ratings[chosen.weights.index], empty_table("scores"), criteria=chosen.criteria)
    assert (plain.low["fit"].dropna() >= 1).all()


def test_what_one_must_believe_names_the_criterion_that_lifts_or_drops(chosen):
    told = chosen.believed.set_index("account")
    assert told.loc[TRUTH["T11"]["large_not_key"], "belief"].tolist() == ["never", "never"]
    small = told.loc[TRUTH["T11"]["key_not_large"]]
    assert (small["belief"], small["criterion"]) == ("loses", "revenue") and small["weight_then"] > small["weight_all"]
    assert told.at["A061", "belief"] == "gets" and told.at["A061", "criterion"] == "revenue"
    assert told["beats"].between(0, 1).all() and len(told) <= beliefs.MOST
    facts = beliefs.summarise_beliefs(chosen.believed, name_all(chosen.criteria))
    assert facts["any_top"] == chosen.board.loc[chosen.board["decision"] != "key", "any_top"].max()


def test_beliefs_are_worded_with_both_weights(chosen):
    worded = table_charts.word_beliefs(chosen.believed, criteria=chosen.criteria).set_index("account")["belief"]
    assert "Current revenue" in worded["A031"] and worded["A031"].count("%") == 2
    assert worded["A001"] == words.words("selection.belief.never")


def test_without_anybody_eligible_there_is_nothing_to_believe(chosen):
    board = chosen.board.assign(gate="too_small")
    none = beliefs.list_beliefs(board, chosen.doubt, seats=8, settings=SelectionSettings(draws=100))
    assert none.empty and list(none) == beliefs.COLUMNS and beliefs.summarise_beliefs(none, pd.Series()) == {}
    assert robustness.summarise_standing(board, seats=8, settings=SelectionSettings()) == {}


def test_the_backtest_says_that_the_criteria_find_growth_and_size_finds_margin(past):
    assert past.result == "mixed" and past.proof["low"] > 0 and past.proof["profit"] < past.proof["profit_size"]
    whole = past.tested[past.tested["origin"].isna()].set_index("measure")
    assert whole.at["growth", "verdict"] == "beats" and whole.at["profit", "verdict"] == "worse"


def test_growth_foretells_growth_in_the_sample(past, chosen):
    rows = past.predictors[past.predictors["outcome"] == "rate"].set_index("criterion")
    assert rows.at["growth", "verdict"] == "predicts" and rows.at["growth", "weight"] == pytest.approx(chosen.weights["growth"])
    facts = hindsight.summarise_predictors(past.predictors, name_all(chosen.criteria))
    assert facts["good"] == ["Growth potential"] and "growth" not in facts["wrong"]


def test_backtest_chart_has_a_row_for_every_day_and_one_for_all(past):
    ax = evidence_charts.backtest(hindsight.pick_origins(past.tested), facts=past.proof, result=past.result)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert len(labels) == past.proof["origins"] + 1 and labels[-1] == words.words("selection.backtest.all")
    assert "margin" in style.title_parts(ax)[0]


@pytest.mark.parametrize(("growth", "profit", "origins", "expected"), [
    ("beats", "open", 5, "beats"), ("beats", "worse", 5, "mixed"), ("worse", "beats", 5, "mixed_profit"),
    ("open", "beats", 5, "beats_profit"), ("open", "open", 5, "open"), ("worse", "open", 5, "worse"), ("beats", "beats", 1, "single")])
def test_result_is_named_by_what_it_beats(past, growth, profit, origins, expected):
    whole = past.tested[past.tested["origin"].isna()].assign(origins=origins)
    verdicts = whole["measure"].map({"growth": growth, "profit": profit}).fillna("open")
    tested = pd.concat([whole.assign(verdict=verdicts), past.tested[past.tested["origin"].notna()]])
    assert hindsight.name_result(tested) == expected


def test_a_ledger_too_short_for_a_test_says_so(ledger):
    accounts = pd.DataFrame({"account": ["A", "B", "C"], "channel": "X"}).astype("str")
    panel = ledger[ledger["month"] >= "2023-01-01"]
    categories = panel.assign(category="tea")
    past = hindsight.trace_past(panel, categories, accounts, as_of=pd.Timestamp("2024-03-31"))
    tested = hindsight.try_method(past, weights=pd.Series({"revenue": 1.0, "growth": 1.0}), seats=2)
    assert hindsight.name_result(tested) == "unknown" and hindsight.summarise_test(tested) == {}
    assert hindsight.pick_origins(tested).empty
    assert hindsight.summarise_predictors(hindsight.rank_predictors(past, weights=pd.Series({"revenue": 1.0})), pd.Series()) == {}


def test_only_what_a_ledger_knew_is_weighed_in_the_past():
    weighed = hindsight.weigh_past(pd.Series({"revenue": 0.3, "fit": 0.5, "growth": 0.2}))
    assert weighed.to_dict() == pytest.approx({"revenue": 0.3, "growth": 0.2, "continuity": 0, "entry": 0, "profit": 0})
    assert (hindsight.weigh_past(pd.Series({"fit": 1.0})) == 1).all()


def test_accounts_too_small_for_a_seat_were_too_small_then():
    ratings = pd.DataFrame({"origin": pd.to_datetime(["2023-01-31"] * 4), "account": list("abcd"), "sales": [1, 2, 3, 4]})
    assert hindsight.keep_large(ratings, least_size=0.5)["account"].tolist() == ["c", "d"]


def test_raters_of_the_sample_agree_and_nobody_likes_whom_it_knows(chosen):
    assert chosen.agreed["raters"] == 3 and chosen.agreed["agreement"] == "strong" and chosen.agreed["biased"] == []
    assert set(chosen.raters["verdict"]) == {"no_sign"} and chosen.raters["kappa"].between(0.5, 0.7).all()
    assert np.average(chosen.raters["bias"], weights=chosen.raters["cells"]) == pytest.approx(0, abs=0.02)
    worded = table_charts.word_raters(chosen.raters, criteria=chosen.criteria)
    assert worded["leans_on"].str.contains("milder|stricter").all()


def test_a_rater_who_likes_whom_it_visits_is_found():
    accounts = [f"A{n:02}" for n in range(20)]
    rng = np.random.default_rng(3)
    merit = rng.uniform(1, 5, 20)
    hours = rng.permutation(np.arange(20.0))
    fair = [{"account": a, "criterion": c, "rater": "fair", "score": m} for a, m in zip(accounts, merit, strict=True)
            for c in ("fit", "logo")]
    fond = [{"account": a, "criterion": c, "rater": "fond", "score": 1 + h / 5} for a, h in zip(accounts, hours, strict=True)
            for c in ("fit", "logo")]
    scores = pd.DataFrame(fair + fond)
    knowing = pd.DataFrame({"account": accounts, "familiarity": hours, "merit": merit})
    told = rating.describe_raters(scores, knowing).set_index("rater")["verdict"]
    assert told["fond"] == "biased" and told["fair"] != "biased"


def test_one_rater_alone_has_nobody_to_agree_with():
    scores = pd.DataFrame({"account": ["A"], "criterion": "fit", "rater": "x", "score": [3.0]})
    alone = rating.describe_raters(scores, pd.DataFrame({"account": ["A"], "familiarity": [1.0], "merit": [3.0]}))
    assert alone.empty and list(alone) == rating.ROWS
    assert rating.summarise_raters(rating.list_agreement(scores), alone) == {}
    assert rating.describe_raters(empty_table("scores"), pd.DataFrame()).empty


def test_where_some_weighting_seats_every_large_account_nobody_is_named(chosen):
    board = chosen.board.assign(any_top=chosen.board["any_top"].clip(lower=0.3))
    facts = robustness.summarise_standing(board, seats=8, settings=SelectionSettings())
    assert facts["never"] == [] and facts["small"] == ["Shimozato Mart"] and robustness.name_outliers(facts) == {}
    named = beliefs.pick_argued(board)
    assert set(named) <= set(board["account"]) and len(named) <= beliefs.MOST
