import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods import raters
from kamnb.methods.scoring import orient_scores


def scores_of(*columns, criterion="fit"):
    """One rater per column, one account per place."""
    parts = [DataFrame({"account": [f"A{n}" for n in range(len(column))], "criterion": criterion, "rater": f"R{place}",
                        "score": column}) for place, column in enumerate(columns)]
    return pd.concat(parts, ignore_index=True)


def test_same_order_is_full_concordance_and_opposite_orders_none():
    same = raters.agree_raters(scores_of([1, 2, 3, 4], [2, 3, 4, 5])).set_index("criterion")
    assert same.loc["fit", ["raters", "accounts", "w", "agreement"]].tolist() == [2, 4, 1, "strong"]
    opposite = raters.agree_raters(scores_of([1, 2, 3, 4], [4, 3, 2, 1])).set_index("criterion")
    assert opposite.loc["fit", "w"] == 0
    assert opposite.loc["fit", "agreement"] == "weak"


def test_concordance_by_hand_with_and_without_ties():
    # sums of ranks 4, 7, 7, 12 around 7.5: S = 33, and W = 12 x 33 / (9 x 60)
    plain = raters.agree_raters(scores_of([1, 2, 3, 4], [2, 3, 1, 4], [1, 2, 3, 4]))
    assert plain["w"].iloc[0] == pytest.approx(12 * 33 / (9 * 60))
    # with ranks 1.5 1.5 3 4, 1 2 3 4: S = 2.5^2 + 1.5^2 + 1^2 + 3^2 and one tie of two (6)
    tied = raters.agree_raters(scores_of([2, 2, 3, 4], [1, 2, 3, 4]))
    assert tied["w"].iloc[0] == pytest.approx(12 * 18.5 / (4 * 60 - 2 * 6))


def test_chance_gives_a_flat_p_value():
    rng = np.random.default_rng(1)
    values = [raters.agree_raters(scores_of(*rng.permuted(np.tile(np.arange(30), (4, 1)), axis=1)))["p_value"].iloc[0]
              for _ in range(80)]
    assert np.mean(np.array(values) < 0.5) == pytest.approx(0.5, abs=0.15)


def test_only_accounts_that_everybody_rated_count():
    scores = scores_of([1, 2, 3, 4, 5], [2, np.nan, 3, 4, 5])
    table = raters.agree_raters(scores).set_index("criterion")
    assert table.loc["fit", "accounts"] == 4
    assert table.loc["all", "w"] == pytest.approx(table.loc["fit", "w"])


@pytest.mark.parametrize("columns", [([3, 3, 3], [1, 2, 3]), ([1, 2, 3, 4],), ([1, 2], [1, 2])])
def test_agreement_that_cannot_be_told_is_unknown(columns):
    table = raters.agree_raters(scores_of(*columns)).set_index("criterion")
    if len(columns) > 1 and len(columns[0]) == 3:
        assert table.loc["fit", "w"] == pytest.approx(12 * 2 / (4 * 24 - 2 * 24))  # one constant rater: half is tied
    else:
        assert table.loc["fit", "agreement"] == "unknown" and np.isnan(table.loc["fit", "w"])


@settings(max_examples=30)
@given(st.lists(st.integers(1, 5), min_size=18, max_size=18))
def test_concordance_lies_between_nought_and_one(values):
    w = raters.agree_raters(scores_of(*np.reshape(values, (3, 6)).tolist()))["w"].dropna()
    assert ((w >= -1e-12) & (w <= 1 + 1e-12)).all()


def textbook_kappa(first, second, power):
    """From the table of counts, as textbooks do it."""
    counts = pd.crosstab(Series(first), Series(second)).reindex(index=range(1, 6), columns=range(1, 6), fill_value=0).to_numpy()
    gap = np.abs(np.subtract.outer(np.arange(5), np.arange(5))) ** power
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return 1 - (gap * counts).sum() / (gap * expected).sum()


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=3, max_size=30))
def test_kappa_is_that_of_the_textbooks(cells):
    first, second = (Series(list(values), dtype=float) for values in zip(*cells, strict=True))
    for power, weights in ((1, "linear"), (2, "quadratic")):
        found = raters.weigh_kappa(first, second, weights=weights)
        if first.nunique() == second.nunique() == 1 and first.iloc[0] == second.iloc[0]:
            assert np.isnan(found)
        else:
            assert found == pytest.approx(textbook_kappa(first.astype(int), second.astype(int), power))


def test_pairs_of_raters_say_who_is_milder():
    table = raters.compare_raters(scores_of([1, 2, 3, 4], [2, 3, 4, 5], [1, 2, 3, 4]))
    exact = table[(table["rater"] == "R0") & (table["other"] == "R2")].iloc[0]
    milder = table[(table["rater"] == "R0") & (table["other"] == "R1")].iloc[0]
    assert exact[["cells", "same", "near", "kappa", "difference"]].tolist() == [4, 1, 1, 1, 0]
    assert milder[["same", "near", "difference"]].tolist() == [0, 1, -1]
    assert table["kappa"].is_monotonic_increasing


def test_leaning_is_measured_against_the_others():
    table = raters.measure_leaning(scores_of([5, 5, 5, 3], [1, 1, 1, np.nan], [2, 2, 2, np.nan])).set_index("rater")
    assert table.loc["R0", ["cells", "bias", "apart"]].tolist() == [3, 3.5, 3.5]  # nobody else rated the fourth
    assert table.loc["R1", "bias"] == -2.5
    assert table.index.tolist() == ["R0", "R1", "R2"]


def test_only_the_dissenter_is_named():
    table = raters.list_dissent(scores_of([1, 4], [1, 4], [5, 4]))
    assert table[["account", "rater", "score", "others", "difference"]].to_numpy().tolist() == [["A0", "R2", 5, 1, 4]]


def test_two_raters_dissent_from_each_other():
    table = raters.list_dissent(scores_of([1, 4], [3, 4]))
    assert table["difference"].tolist() == [-2, 2]
    assert raters.list_dissent(scores_of([1, 4], [3, 4]), least=2.5).empty


def test_liking_leaves_relationship_out_and_turns_costs_round():
    scores = pd.concat([scores_of([4], criterion="fit"), scores_of([1], criterion="effort"), scores_of([5], criterion="relationship")])
    turned = orient_scores(scores, directions={"effort": "cost"})
    assert raters.average_by_rater(turned)[["liking", "cells"]].to_numpy().tolist() == [[4.5, 2]]
