"""What notebook 2 asks of the methods when a client has given nothing: every method gives back its columns, and no warning."""

import pandas as pd
import pytest
from pandas import DataFrame, DatetimeIndex, Index, Series, Timestamp

from kamnb.methods import (
    acceptability,
    backtest,
    choice,
    dependence,
    familiarity,
    gates,
    guard,
    harmonisation,
    origins,
    pairwise,
    pauses,
    portfolio,
    raters,
    reach,
    relations,
    rulebook,
    rules,
    uncertainty,
    warning,
    warning_signs,
    weighting,
)
from kamnb.methods.pricing import PriceRules

AS_OF = Timestamp("2025-03-31")
KINDS = {"date": "datetime64[us]", "month": "datetime64[us]", "year": "datetime64[us]", "net_sales": "int64", "list_sales": "Int64",
         "cost": "Int64", "score": float, "competitor_score": float, "importance": float, "influence": float, "coverage": "Int64",
         "attitude": "Int64", "share": float, "strength": float, "value": float, "hours": float, "starts": "datetime64[us]",
         "ends": "datetime64[us]", "threshold": "Int64", "probability": float, "x": float, "y": float, "origin": "datetime64[us]",
         "regions": "Int64", "stores": "Int64", "international": "boolean", "familiarity": float, "growth": float}


def empty(columns: str) -> DataFrame:
    return DataFrame({name: Series([], dtype=KINDS.get(name, "str")) for name in columns.split()})


PANEL = empty("account channel category product month year date net_sales list_sales cost")
SCORES = empty("account criterion rater score")
RATINGS = empty("x y")
NOBODY = Series([], dtype="int64", index=Index([], dtype="str"))
TERMS = empty("term account kind basis value category starts ends threshold probability document")
FACTS = empty("account value")
RULE = rules.read_rules([{"label": "big", "all": [{"column": "value", "op": ">=", "value": 1}]}])
NO_DAY = DatetimeIndex([])
CELLS = warning_signs.trace_signs(PANEL, PANEL, as_of=AS_OF)
CRITERIA = origins.rate_criteria(origins.trace_criteria(PANEL, PANEL, origins=NO_DAY))
OUTCOMES = origins.measure_outcomes(PANEL, origins=NO_DAY)

CALLS = {
    "in_top in_top_low first standing": lambda: acceptability.accept_seats(RATINGS, seats=3),
    "x y": lambda: acceptability.rank_under_doubt(uncertainty.widen_ratings(RATINGS), rules=weighting.FREE).weights,
    "account criterion weight_in least": lambda: pairwise.explain_seats(RATINGS, [], seats=2),
    "": lambda: pairwise.compare_pairs(RATINGS, []),
    "criterion w agreement": lambda: raters.agree_raters(SCORES),
    "rater other kappa": lambda: raters.compare_raters(SCORES),
    "rater criterion bias": lambda: raters.measure_leaning(SCORES),
    "account rater others difference": lambda: raters.list_dissent(SCORES),
    "account rater liking": lambda: raters.average_by_rater(SCORES),
    "rater correlation verdict": lambda: familiarity.check_familiarity(raters.average_by_rater(SCORES), empty("account familiarity")),
    "account label verdict": lambda: rules.judge_rules(FACTS, RULE),
    "account label wanted found": lambda: rules.explain_rules(FACTS, RULE),
    "labels open": lambda: gates.label_accounts(FACTS, RULE),
    "label otherwise": lambda: gates.class_accounts(FACTS, RULE),
    "verdict stopped_at": lambda: gates.judge_gate(FACTS, RULE, stop=True),
    "regions region_share channel_share": lambda: reach.measure_reach(empty("account channel region regions stores international"), NOBODY),
    "deciders decider_reached": lambda: reach.measure_authority(empty("account role coverage")),
    "origin account growth open_share": lambda: origins.trace_criteria(PANEL, PANEL, origins=NO_DAY),
    "origin chosen by_size": lambda: backtest.choose_then(CRITERIA, weights=Series({"growth": 1.0}), seats=3),
    "measure scorecard size low verdict": lambda: backtest.backtest_selection(CRITERIA, OUTCOMES, weights=Series({"growth": 1.0})),
    "criterion correlation verdict": lambda: backtest.measure_prediction(CRITERIA, OUTCOMES),
    "account chosen why": lambda: choice.choose_set(empty("account value hours"), rules=choice.SetRules(hours=10)),
    "account loss possible": lambda: choice.price_seats(empty("account value hours"), [], rules=choice.SetRules(hours=10)),
    "account move reason": lambda: guard.guard_list(Index([], dtype="str"), NOBODY.astype(float)),
    "date listed net": lambda: guard.trace_list(empty("date account")),
    "account purchases lapsed": lambda: pauses.measure_pauses(PANEL, keys=["account"], as_of=AS_OF),
    "day account state lost": lambda: CELLS,
    "account score rank": lambda: warning.score_warning(CELLS),
    "method precision verdict": lambda: warning.backtest_warning(CELLS),
    "group kind low high": lambda: harmonisation.harmonise_terms(PANEL, TERMS, Series([], dtype="str"), rules=PriceRules()),
    "persons coverage support": lambda: relations.measure_ties(empty("account influence coverage attitude contact")),
    "respondents score lead": lambda: relations.measure_their_view(empty("account respondent importance score competitor_score")),
    "ours theirs balance": lambda: dependence.measure_dependence(NOBODY, NOBODY),
    "tenure cv": lambda: dependence.measure_stability(PANEL, NOBODY.astype("datetime64[us]"), as_of=AS_OF),
    "year buyers": lambda: dependence.count_buyers(PANEL),
    "rival score": lambda: portfolio.compare_rivals(empty("account competitor category share strength"),
                                                    DataFrame({"share": [], "strength": []}, index=Index([], dtype="str"))),
    "front beaten_by": lambda: portfolio.find_pareto(RATINGS),
}


@pytest.mark.parametrize("columns", CALLS)
def test_nothing_in_nothing_out(columns):
    table = CALLS[columns]()
    assert len(table) == 0
    assert set(columns.split()) <= set(map(str, table.columns))


def test_no_accounts_to_weigh_and_none_that_beats_size():
    assert pd.isna(pairwise.measure_confidence(RATINGS, RATINGS)).all()
    assert uncertainty.span_raters(SCORES).low.empty
    assert backtest.judge_method(backtest.backtest_selection(CRITERIA, OUTCOMES, weights=Series({"growth": 1.0})))["method"] == "unknown"
    assert rules.read_rules(rulebook.TYPES) and rules.read_rules([]) == ()
    claims = harmonisation.harmonise_terms(PANEL, TERMS, Series([], dtype="str"), rules=PriceRules())
    assert harmonisation.sum_exposure(claims, NOBODY).empty
