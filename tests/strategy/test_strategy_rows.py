"""SWOT and the five Ps: people first, findings beside them, nothing secret in the shared edition."""

import pytest
from pandas import DataFrame

from kamnb import strategy
from tests.strategy.conftest import fill

ROOM = {"headroom_low": 10, "headroom_high": 20, "category": "Coffee", "gap_low": 10, "gap_high": 20, "category_sales": 0, "peers": 7}


def stance(known, pillar):
    table = strategy.propose_pillars(fill("strategy", []), known).set_index("pillar")
    return table.at[pillar, "stance"], table.at[pillar, "finding"]


@pytest.mark.parametrize(
    ("known", "pillar", "expected"),
    [
        (ROOM, "product", ("take_up", "gap_to_peers")),
        (ROOM | {"category_sales": 5}, "product", ("fill_gap", "gap_to_peers")),
        (ROOM | {"gap_low": 0}, "product", ("fill_gap", "gap_to_best")),
        (ROOM | {"category": None}, "product", ("keep_range", "no_gap")),
        ({"net": -5, "flag": "low", "below": 0.1, "corridor_cost": 3}, "price", ("restore_profit", "loses_money")),
        ({"net": 5, "flag": "low", "below": 0.1, "corridor_cost": 3}, "price", ("back_to_corridor", "below_corridor")),
        ({"bar": "centre_fee", "gap": 0.01, "gap_amount": 9}, "price", ("make_conditional", "dear:centre_fee")),
        ({"pocket_rate": 0.8}, "price", ("hold_price", "in_corridor")),
        ({"margin": -1}, "price", ("restore_profit", "negative_margin")),
        ({"unhandled": 3, "stores": 9}, "place", ("list_stores", "stores_open")),
        ({"unhandled": 0, "stores": 9}, "place", ("keep_stores", "all_stores")),
        ({"spend_rate": 0.05, "peer_rate": 0.02, "promotions": 2, "spend": 9}, "promotion", ("fund_results", "dear_funding")),
        ({"spend_rate": 0.02, "peer_rate": 0.02, "promotions": 2, "spend": 9}, "promotion", ("plan_calendar", "usual_funding")),
        ({"spend_rate": 0.0, "promotions": 0, "spend": 0}, "promotion", ("plan_calendar", "no_promotions")),
        ({"availability": 0.5, "reach": 0.1}, "presence", ("fill_shelf", "shelf_gaps")),
        ({"availability": 0.95, "reach": 0.1}, "presence", ("reach_deciders", "thin_reach")),
        ({"reach": 0.9}, "presence", ("widen_team", "good_reach")),
    ],
)
def test_findings_speak_for_a_stance(known, pillar, expected):
    assert stance(known, pillar) == expected


def test_nothing_known_is_five_things_to_find_out():
    table = strategy.propose_pillars(fill("strategy", []), {})
    assert table["pillar"].tolist() == ["product", "price", "place", "promotion", "presence"]
    assert table["finding"].unique().tolist() == ["unknown"] and table["amount"].isna().all()


def test_what_people_entered_stands_beside_the_finding():
    saved = fill("strategy", [{"account": "A1", "pillar": "product", "stance": "Open coffee", "reason": "They asked"}])
    row = strategy.propose_pillars(saved, ROOM).iloc[0]
    assert (row["stance"], row["reason"], row["finding"], row["amount"]) == ("Open coffee", "They asked", "gap_to_peers", 10)


def test_saved_decision_is_the_same_in_every_language():
    home = fill("strategy", [{"account": "A1", "pillar": "price", "stance": "条件を改める", "reason": "高い"}])
    products = fill("products", [{"product": "1", "category": "コーヒー"}])
    saved = []
    for texts, category in (
        ({"条件を改める": "条件を改める", "高い": "高い", "コーヒー": "コーヒー"}, "コーヒー"),
        ({"Change terms": "条件を改める", "Dear": "高い", "Coffee": "コーヒー"}, "Coffee"),
    ):
        back = {v: k for k, v in texts.items()}
        spoken = home.assign(stance=home["stance"].map(back), reason=home["reason"].map(back))
        pairs = strategy.pair_texts(spoken, home) | strategy.pair_texts(products.assign(category=category), products)
        assert pairs == texts
        pillars = strategy.propose_pillars(spoken, ROOM | {"category": category})
        saved.append(strategy.decide_strategy(pillars, {"now": "preferred", "wanted": "partner"}, texts=pairs).to_csv())
    assert saved[0] == saved[1] and "コーヒー" in saved[0]


def test_shared_rows_hold_no_reason_and_no_figure():
    decided = strategy.decide_strategy(strategy.propose_pillars(fill("strategy", []), ROOM), {}, texts={"Coffee": "コーヒー"})
    shared = strategy.share_pillars(decided, texts={"咖啡": "コーヒー"})
    assert list(shared.columns) == ["pillar", "stance", "category"]
    assert shared.loc[0].tolist() == ["product", "take_up", "咖啡"]


def test_shared_rows_without_a_decision_are_none():
    assert strategy.share_pillars(DataFrame({"decided_by": []}), texts={}).empty


def test_suggested_factors_need_their_number():
    assert strategy.suggest_factors({}).empty
    known = {
        "verdict": "lags",
        "ahead": -0.2,
        "reach": 0.2,
        "single_thread": 0.9,
        "net": -4,
        "flag": "low",
        "below": 0.1,
        "gap_low": 5,
        "rival_strength": 5,
        "rival_share": 0.4,
    }
    found = strategy.suggest_factors(known).set_index("factor")["fact"].to_dict()
    assert found == {
        "lags_channel": -0.2,
        "misses_deciders": 0.2,
        "one_thread": 0.9,
        "open_category": 5,
        "loses_money": -4,
        "price_too_low": 0.1,
        "strong_rival": 0.4,
    }


def test_factors_of_people_come_first_and_bare_ones_are_marked():
    entered = fill(
        "swot",
        [{"account": "A1", "side": "weakness", "factor": f"F{n}", "weight": n, "evidence": "log" if n > 1 else None} for n in range(1, 5)],
    )
    table = strategy.join_factors(entered, strategy.suggest_factors({"net": -4}))
    assert table["factor"].tolist() == ["F4", "F3", "F2", "F1"]  # four a side, so the suggestion does not fit
    assert table["supported"].tolist() == [True, True, True, False]


def test_rivals_are_the_strongest_of_each_category():
    table = strategy.rank_rivals(
        fill(
            "competitors",
            [
                {"account": "A1", "competitor": name, "category": category, "share": share, "strength": 3.0}
                for name, category, share in (("X", "Tea", 0.2), ("Y", "Tea", 0.4), ("X", "Water", 0.3))
            ],
        )
    )
    assert list(zip(table["category"], table["competitor"], strict=True)) == [("Tea", "Y"), ("Water", "X")]
    assert strategy.summarise_rivals(table)["rival"] == "Y"
    assert strategy.summarise_rivals(strategy.rank_rivals(fill("competitors", []))) == {}
