"""Promotions: what only moved sales is told from what added some."""

import pandas as pd

from kamnb import review


def test_the_planted_promotions_are_told_apart(promotions, truth):
    judged = promotions.set_index("promo")
    assert judged.loc[truth["T06"]["forward_promo"], "verdict"] == "moved"
    assert judged.loc[truth["T06"]["added_promo"], "verdict"] == "earned"
    assert judged.loc[truth["T06"]["forward_promo"], "kept"] < 0.5 < judged.loc[truth["T06"]["added_promo"], "kept"]


def test_only_what_two_witnesses_say_is_put_forward(promotions, scope, truth):
    recent, kinds = review.pick_recent(promotions, scope=scope), review.pool_mechanics(promotions)
    moved = review.find_moved(recent, kinds)
    assert truth["T06"]["forward_promo"] in set(moved["promo"])
    assert truth["T06"]["added_promo"] not in set(moved["promo"])
    assert set(moved["mechanic"]) <= set(kinds.loc[kinds["kept"] < 0.5, "mechanic"])


def test_kinds_pool_every_promotion_with_a_baseline(promotions):
    kinds = review.pool_mechanics(promotions)
    known = promotions[promotions["net"].notna()]
    assert kinds["promotions"].sum() == len(known) and kinds["net"].sum() == known["net"].sum()
    assert kinds["kept"].is_monotonic_increasing


def test_a_promotion_whose_aftermath_is_still_open_is_not_judged(sample, promotions, scope):
    ended = sample.table("promos").set_index("promo")["ends"]
    assert (ended[promotions["promo"]] < scope.last - pd.DateOffset(months=1)).all()


def test_an_uplift_within_the_error_of_the_baseline_is_not_judged(promotions):
    assert set(promotions["verdict"]) <= {"earned", "lost", "moved", "unclear", "unknown"}
    assert (promotions.loc[promotions["uplift"] <= 0, "verdict"] == "unclear").all()
    assert (promotions["verdict"] == "unclear").any()


def test_margin_is_gross_margin_of_what_was_kept(promotions):
    judged = promotions[promotions["margin"].notna()]
    rate = (judged["margin"].astype(float) / judged["net"].astype(float)).dropna()
    assert rate.between(0.2, 0.6).all()


def test_the_sentence_counts_every_recent_promotion_once(promotions, scope):
    recent = review.pick_recent(promotions, scope=scope)
    facts = review.summarise_promotions(recent)
    assert facts["earned"] + facts["lost"] + facts["moved"] + facts["unjudged"] == facts["n"] == len(recent)
    assert facts["spend"] == recent["spend"].sum()
