"""Ratings from data and from raters, weights, scores, and who may take a seat."""

import numpy as np
import pandas as pd
import pytest

from kamnb.intake.dictionary import empty_table
from kamnb.selection import factors, scorecard
from kamnb.settings import FACTORS, SelectionSettings


@pytest.fixture
def ratings():
    return pd.DataFrame({"revenue": [5.0, 1.0, 3.0], "growth": [1.0, 5.0, np.nan]}, index=pd.Index(["A", "B", "C"], name="account"))


def facts(**columns):
    base = {"account": ["A", "B", "C", "D"], "net_sales": [100, 200, 400, 800], "growth_shrunken": [0.0, 0.1, 0.2, np.nan],
            "headroom": [10, 20, 40, 80], "open_share": [0.1, 0.2, 0.3, 0.4], "tenure": [1.0, 2.0, 3.0, 4.0],
            "active": [1.0, 1.0, 1.0, 1.0], "signals": [0, 1, 2, 0], "effort": [0.1, 0.2, 0.3, 0.4], "coverage": [np.nan] * 4,
            "support": [np.nan] * 4, "contribution_rate": [0.1, 0.2, 0.3, -0.1]}
    return pd.DataFrame(base | columns).astype({"signals": "Int64", "net_sales": "Int64", "headroom": "Int64"})


def test_without_a_table_the_eight_factors_stand_with_their_weights():
    criteria = scorecard.list_criteria(empty_table("criteria"), settings=SelectionSettings(weights={"logo": 2}))
    assert tuple(criteria["criterion"]) == FACTORS
    assert criteria.set_index("criterion")["weight"]["logo"] == 2
    assert criteria.set_index("criterion")["direction"]["effort"] == "cost"


def test_client_table_goes_first_and_engagement_file_outweighs_it():
    table = pd.DataFrame({"criterion": ["growth", "expert"], "name": ["Growth", "Expert"], "weight": [3.0, 1.0],
                          "direction": "benefit", "source": ["data", "rating"], "low": "", "high": ""})
    plain = scorecard.list_criteria(table, settings=SelectionSettings())
    assert plain[["criterion", "weight"]].to_numpy().tolist() == [["growth", 3.0], ["expert", 1.0]]
    weighed = scorecard.list_criteria(table, settings=SelectionSettings(weights={"growth": 7})).set_index("criterion")
    assert weighed["weight"].to_dict() == {"growth": 7, "expert": 1}
    added = scorecard.list_criteria(table, settings=SelectionSettings(weights={"growth": 3, "profit": 2}))
    assert added.set_index("criterion")["weight"].to_dict() == {"growth": 3, "expert": 1, "profit": 2}


def test_raters_are_averaged_and_cost_is_turned_round():
    scores = pd.DataFrame({"account": "A", "criterion": ["effort", "effort", "fit", "fit"], "rater": ["x", "y"] * 2,
                           "score": [5.0, 4.0, 2.0, np.nan]})
    criteria = scorecard.list_criteria(empty_table("criteria"), settings=SelectionSettings())
    means = scorecard.average_raters(scores, criteria)
    assert means.at["A", "effort"] == pytest.approx(1.5)
    assert means.at["A", "fit"] == 2


def test_people_go_first_where_people_rate_and_data_elsewhere():
    criteria = pd.DataFrame({"criterion": ["growth", "fit"], "source": ["data", "rating"]})
    computed = pd.DataFrame({"growth": [4.0, np.nan], "fit": [1.0, 1.0]}, index=["A", "B"])
    said = pd.DataFrame({"growth": [2.0, 2.0], "fit": [5.0, np.nan]}, index=["A", "B"])
    merged = scorecard.merge_ratings(computed, said, criteria=criteria)
    assert merged.to_numpy().tolist() == [[4.0, 5.0], [2.0, 1.0]]


def test_criteria_nobody_is_rated_on_lose_their_weight():
    criteria = pd.DataFrame({"criterion": ["growth", "fit"], "weight": [3.0, 1.0]})
    table = pd.DataFrame({"growth": [4.0], "fit": [np.nan]}, index=["A"])
    assert scorecard.weigh_criteria(criteria, table).to_dict() == {"growth": 1.0}
    assert scorecard.name_unrated(criteria, table) == ["fit"]


def test_criteria_of_no_weight_do_not_count():
    criteria = pd.DataFrame({"criterion": ["growth", "fit"], "weight": [2.0, 0.0]})
    table = pd.DataFrame({"growth": [4.0], "fit": [1.0]}, index=["A"])
    assert scorecard.weigh_criteria(criteria, table).to_dict() == {"growth": 1.0}
    client = pd.DataFrame({"criterion": ["fit"], "name": "Fit", "weight": 1.0, "direction": "benefit", "source": "rating"})
    assert list(scorecard.list_criteria(client, settings=SelectionSettings(weights={"logo": 0}))["criterion"]) == ["fit"]


def test_heavier_criterion_decides_the_rank(ratings):
    by_size = scorecard.rank_accounts(ratings, weights=pd.Series({"revenue": 3.0, "growth": 1.0}))
    by_growth = scorecard.rank_accounts(ratings, weights=pd.Series({"revenue": 1.0, "growth": 3.0}))
    assert by_size.index[0] == "A" and by_growth.index[0] == "B"


def test_missing_rating_is_left_out_never_zero(ratings):
    ranked = scorecard.rank_accounts(ratings, weights=pd.Series({"revenue": 1.0, "growth": 1.0}))
    assert ranked.at["C", "score"] == 3 and ranked.at["C", "rated"] == pytest.approx(0.5)


def test_ratings_run_from_one_to_five_and_unknown_stays_unknown():
    rated = factors.rate_factors(facts())
    assert rated.min().min() >= 1 and rated.max().max() <= 5
    assert pd.isna(rated.at["D", "growth"]) and rated["relationship"].isna().all()
    assert rated.at["A", "effort"] == 5 and rated.at["D", "effort"] == 1


def test_accounts_up_to_the_median_have_the_lowest_revenue_rating():
    rated = factors.rate_factors(facts())["revenue"]
    assert rated["A"] == rated["B"] == 1 and rated["D"] == 5


def test_warning_signs_cap_continuity():
    rated = factors.rate_factors(facts(tenure=[9.0, 9.0, 9.0, 1.0], active=[1.0, 1.0, 1.0, 0.1]))["continuity"]
    assert rated["A"] > rated["B"] == 3 > rated["C"] == 1


def test_relationship_counts_influence_and_known_attitudes_only():
    people = pd.DataFrame({"account": ["A", "A", "B"], "influence": [8, 2, 5], "attitude": [2, None, -2], "coverage": [3, 0, 0]})
    people = people.astype({"attitude": "Int64", "coverage": "Int64"})
    ties = factors.measure_relationship(people)
    assert ties.at["A", "coverage"] == pytest.approx(0.8) and ties.at["A", "support"] == 2
    assert ties.at["B", "coverage"] == 0 and ties.at["B", "support"] == -2


def test_profit_is_what_terms_and_service_leave(chosen):
    largest = chosen.measures.set_index("account").loc["A001"]
    margin, served = largest["margin"], largest["cost_to_serve"]
    assert largest["contribution"] == chosen.pocket["A001"] - served
    assert chosen.pocket["A001"] < margin and largest["contribution"] < 0


def test_profit_without_terms_is_the_gross_margin(chosen):
    none = chosen.effort.assign(cost_to_serve=pd.NA).astype({"cost_to_serve": "Int64"})
    left = factors.measure_profit(chosen.listed, pd.Series(dtype="Int64"), none)
    assert left["contribution"].tolist() == chosen.listed["margin"].tolist()


def test_gates_bar_by_name_by_size_and_by_ratings(chosen):
    settings = SelectionSettings(never=("A080",), must_have=("A179",))
    board = scorecard.screen_accounts(chosen.measures, scorecard.rank_accounts(chosen.ratings, weights=chosen.weights), settings=settings)
    gate = board.set_index("account")["gate"]
    assert gate["A080"] == "never" and gate["A179"] == ""
    sales, rated = board.set_index("account")["net_sales"].astype(float), board.set_index("account")["rated"]
    others = gate.drop(["A080", "A179"])
    assert (others[sales < sales.median()] == "too_small").all()
    assert (others[(sales >= sales.median()) & (rated < 0.75)] == "unrated").all() and (others == "unrated").any()
    assert board.loc[board["gate"] != "", "rank"].isna().all()


def test_sheet_says_where_the_ratings_come_from(chosen):
    sheet = scorecard.describe_criteria(chosen.criteria, chosen.computed, chosen.rated).set_index("criterion")
    assert sheet.at["revenue", "from_data"] == len(chosen.listed) and sheet.at["revenue", "from_raters"] == 0
    assert sheet.at["fit", "from_raters"] > 0 and sheet.at["fit", "from_data"] == 0


def test_a_ranking_of_five_thousand_accounts_takes_a_tenth_of_a_second():
    import time

    rng = np.random.default_rng(1)
    many = pd.DataFrame(rng.uniform(1, 5, (5000, 8)), index=pd.RangeIndex(5000).astype("str"), columns=list(FACTORS))
    weights = pd.Series(1.0, index=FACTORS)
    took = []
    for _ in range(3):
        started = time.perf_counter()
        scorecard.rank_accounts(many, weights=weights)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.1
