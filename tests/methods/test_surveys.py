import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from kamnb.methods.surveys import (
    FACTORS,
    compare_competitor,
    compare_effort,
    list_views,
    measure_disagreement,
    measure_time_use,
    rate_items,
    score_maturity,
)

COLUMNS = ["item", "topic", "respondent", "department", "importance", "score", "competitor_score", "target", "date"]


def answers(rows, *names):
    frame = DataFrame(rows, columns=list(names)).reindex(columns=COLUMNS)
    return frame.astype(dict.fromkeys(("importance", "score", "competitor_score", "target"), float)).astype(
        dict.fromkeys(("item", "topic", "respondent", "department"), "str")).assign(date=pd.to_datetime(frame["date"]))


@pytest.fixture
def customers():
    """Six accounts, two persons each: terms matter and lag, delivery matters and leads, leaflets do not matter."""
    rows = []
    for number in range(6):
        for person in "ab":
            who = (f"{number}{person}", f"account {number}")
            rows += [("terms", *who, 5, 2 + number % 2, 4), ("delivery", *who, 5, 5, 4 - number % 2),
                     ("leaflets", *who, 2, 4, 3), ("range", *who, 2, 3, 3 + number % 2)]
    return answers(rows, "item", "respondent", "department", "importance", "score", "competitor_score")


def test_quadrants_weigh_importance_against_the_best_competitor(customers):
    found = compare_competitor(customers)
    assert found["quadrant"].to_dict() == {"terms": "fix", "range": "minor", "delivery": "keep", "leaflets": "overdone"}
    assert found.index[0] == "terms"
    assert found.loc["terms", ["answers", "units", "gap", "urgency"]].tolist() == [12, 6, -1.5, 1.5]
    assert found.loc["terms", "sure"] and found.loc["terms", "high"] < 0


def test_two_persons_of_one_account_are_no_two_accounts(customers):
    once = compare_competitor(customers[customers["respondent"].str.endswith("a")])
    twice = compare_competitor(customers)
    pd.testing.assert_frame_equal(once.drop(columns="answers"), twice.drop(columns="answers"))


def test_an_item_nobody_compared_has_no_quadrant(customers):
    customers.loc[customers["item"] == "range", "competitor_score"] = np.nan
    row = compare_competitor(customers).loc["range"]
    assert row["quadrant"] == "" and not row["sure"]
    assert np.isnan(row["gap"]) and row["score"] == 3


def test_one_account_gives_no_certainty():
    found = compare_competitor(answers([("terms", "p", "A", 5, 2, 4)], "item", "respondent", "department", "importance", "score",
                                       "competitor_score"))
    assert found.loc["terms", ["low", "high"]].isna().all() and not found.loc["terms", "sure"]


def test_gap_to_target_and_urgency():
    rows = [("roles", f"p{n}", 5, 2 + n % 2, 4) for n in range(4)] + [("training", f"p{n}", 2, 2, np.nan) for n in range(4)]
    found = rate_items(answers(rows, "item", "respondent", "importance", "score", "target"))
    assert found.loc["roles", ["respondents", "mean", "gap", "urgency"]].tolist() == [4, 2.5, -1.5, 1.5]
    assert found.loc["training", "urgency"] == pytest.approx(0.25 * 3)  # short of 5, where no target is set
    assert np.isnan(found.loc["training", "gap"])


def test_maturity_shows_all_nine_factors_and_the_change_since_the_round_before():
    rows = [(day, "trust", f"p{n}", score, 4) for day, score in (("2024-06-01", 2), ("2025-06-01", 3)) for n in range(3)]
    rows += [("2025-06-01", "leadership", "p1", 4, 4), ("2025-06-01", "visits", "p1", 1, 4)]
    found = score_maturity(answers(rows, "date", "topic", "respondent", "score", "target"))
    assert tuple(found.index) == FACTORS
    assert found.loc["trust", ["mean", "previous", "change", "gap"]].tolist() == [3, 2, 1, -1]
    assert found.loc["planning"].isna().all()
    assert np.isnan(found.loc["leadership", "previous"])


@pytest.fixture
def managers():
    """Four departments of five; on roles finance sees 1 where the others see 4, on training all see the same."""
    rng = np.random.default_rng(4)
    rows = [(item, f"{name}{n}", name, (1 if (item, name) == ("roles", "finance") else 4) + int(rng.integers(-1, 2)) * (n > 2))
            for item in ("roles", "training") for name in ("sales", "finance", "trade", "logistics") for n in range(5)]
    return answers(rows, "item", "respondent", "department", "score")


def test_the_department_that_disagrees_is_named(managers):
    found = measure_disagreement(managers).set_index("item")
    assert found.index[0] == "roles"
    assert found.loc["roles", "department"] == "finance"
    assert found.loc["roles", "differs"] and found.loc["roles", "high"] < -1
    assert not found.loc["training", "differs"]
    views = list_views(managers).set_index(["item", "department"])
    assert found.loc["roles", "their_mean"] == views.loc[("roles", "finance"), "mean"]
    assert found.loc["roles", "difference"] == pytest.approx(views.loc[("roles", "finance"), "from_mean"] * 4 / 3)


def test_a_single_voice_is_no_department(managers):
    one = pd.concat([managers, answers([("roles", "boss", "board", 1)], "item", "respondent", "department", "score")])
    pd.testing.assert_frame_equal(measure_disagreement(one).drop(columns="answers"),
                                  measure_disagreement(managers).drop(columns="answers"))
    assert (list_views(one)["department"] == "board").sum() == 1


def test_departments_that_only_differ_by_chance_are_rarely_accused():
    rng, accused = np.random.default_rng(11), 0
    for _ in range(60):
        rows = [(f"i{item}", f"{place}{n}", f"d{place}", float(rng.normal(3, 1))) for item in range(5) for place in range(6)
                for n in range(4)]
        accused += bool(measure_disagreement(answers(rows, "item", "respondent", "department", "score"))["differs"].any())
    assert accused <= 6  # at most one survey in ten, all questions and departments together


@settings(max_examples=25)
@given(st.lists(st.integers(1, 5), min_size=24, max_size=24))
def test_order_of_the_answers_does_not_matter(scores):
    rows = [(f"i{n % 2}", f"p{n}", f"d{n % 3}", score) for n, score in enumerate(scores)]
    frame = answers(rows, "item", "respondent", "department", "score")
    pd.testing.assert_frame_equal(measure_disagreement(frame), measure_disagreement(frame[::-1]))
    assert list_views(frame)["from_mean"].abs().max() <= 4


def test_time_is_shared_out_over_all_hours():
    rows = [("talks", "face_to_face", "p", 10), ("travel", "travel", "p", 30), ("talks", "face_to_face", "q", 5),
            ("reports", "administration", "q", 5)]
    frame = answers(rows, "item", "topic", "respondent", "score")
    found = measure_time_use(frame)
    assert found.loc["talks", ["people", "hours", "share"]].tolist() == [2, 7.5, 0.3]
    assert found["share"].sum() == pytest.approx(1)
    assert found.index[0] == "travel"
    by_topic = measure_time_use(frame, by="topic")
    assert by_topic.loc["face_to_face", "share"] == 0.3
    assert by_topic.loc["face_to_face", "low"] == 0 and by_topic.loc["face_to_face", "high"] <= 1


def test_effort_is_set_against_sales():
    found = compare_effort(DataFrame({"tier": ["A", "A", "C"], "hours": [10.0, 20, 70], "net_sales": [600, 200, 200]}))
    assert found.loc["A", ["hours_share", "sales_share", "index"]].tolist() == pytest.approx([0.3, 0.8, 0.375])
    assert found.loc["C", "sales_per_hour"] == pytest.approx(200 / 70)
