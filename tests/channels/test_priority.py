import pandas as pd
import pytest
from pandas import DataFrame

from kamnb import channels
from kamnb.channels.sentences import list_missing
from kamnb.errors import InputError
from kamnb.settings import ChannelSettings

SETTINGS = ChannelSettings(draws=2000)


@pytest.fixture
def criteria(history, position, months, accounts, earnings):
    room = channels.estimate_headroom(position, months=months, accounts=accounts)
    return channels.measure_criteria(history, position=position, room=room, profit=channels.sum_profit(earnings))


@pytest.fixture
def ratings():
    """Six channels: v best on everything, z worst, the others between; q is not rated on attractiveness."""
    levels = {"v": 5, "w": 4, "x": 3, "y": 2, "z": 1, "q": 3}
    frame = DataFrame({"channel": list(levels), "channel_name": list(levels), "net_sales": [60, 50, 40, 30, 20, 10]})
    scores = frame["channel"].map(levels).astype(float)
    return frame.assign(**{name: scores.where(frame["channel"] != "q") for name in SETTINGS.attractiveness},
                        **dict.fromkeys(SETTINGS.strength, scores))


def place(ratings, **changed):
    chosen = {"attractiveness": SETTINGS.attractiveness, "strength": SETTINGS.strength} | changed
    return channels.place_channels(ratings, **chosen)


def test_criteria_come_from_the_data(criteria):
    row = criteria.set_index("channel").loc["B"]
    assert row["market_sales"] == 12 * 10_000 and row["market_growth"] == pytest.approx(0)
    assert row["cagr"] == pytest.approx(1100 / 700 - 1) and row["market_share_change"] == pytest.approx(0.04)
    assert list_missing(criteria) == []


def test_without_a_market_its_criteria_are_missing(history, position, months, accounts, earnings):
    none = position.iloc[:0]
    bare = channels.measure_criteria(history, position=none, profit=channels.sum_profit(earnings),
                                     room=channels.estimate_headroom(none, months=months, accounts=accounts))
    assert list_missing(bare) == ["market_size", "market_growth", "headroom", "share", "share_change"]
    placed = place(channels.rate_channels(bare))
    assert placed["score"].notna().all()


def test_ratings_lie_between_one_and_five(criteria):
    rated = channels.rate_channels(criteria).set_index("channel").drop(columns=["channel_name", "net_sales"])
    assert rated.ge(1).all(axis=None) and rated.le(5).all(axis=None)
    assert rated.loc["B", "our_growth"] == 5 and rated.loc["C", "our_growth"] == 1


def test_best_and_worst_of_the_nine_box(ratings):
    placed = place(ratings).set_index("channel")
    assert placed.index[0] == "v" and placed.loc["v", ["attractive", "strong", "rank"]].tolist() == ["high", "high", 1]
    assert placed.loc["z", ["attractive", "strong"]].tolist() == ["low", "low"]
    assert placed.loc["q", "attractive"] == "" and placed.loc["q", "score"] == 3


def test_the_scale_of_the_weights_does_not_matter(ratings):
    tenfold = {name: 10 * weight for name, weight in SETTINGS.attractiveness.items()}
    pd.testing.assert_frame_equal(place(ratings), place(ratings, attractiveness=tenfold))


def test_a_weight_of_zero_takes_a_criterion_out(ratings):
    uneven = ratings.assign(margin=[1.0, 5, 5, 5, 5, None])
    without = place(uneven, attractiveness={**SETTINGS.attractiveness, "margin": 0})
    assert without.set_index("channel").loc["v", "attractiveness"] == 5


def test_quantile_cuts_part_the_channels_in_thirds(ratings):
    levels = place(ratings, cuts="quantiles")["attractive"].value_counts()
    assert levels["high"] == levels["low"] == 2
    lines = channels.find_lines(place(ratings), cuts="thirds")
    assert lines["strength"] == pytest.approx((7 / 3, 11 / 3))


@pytest.mark.parametrize(("count", "seats"), [(1, 1), (2, 1), (3, 1), (4, 2), (8, 3), (20, 3)])
def test_a_choice_leaves_at_least_half_of_the_channels_out(count, seats):
    assert channels.count_seats(DataFrame(index=range(count)), settings=SETTINGS) == seats


def test_a_channel_that_is_best_on_everything_is_sure(ratings):
    doubt = channels.weigh_doubt(ratings, settings=SETTINGS).set_index("channel")
    assert doubt.loc["v", ["in_top", "first_place"]].tolist() == pytest.approx([1, 1])
    assert doubt.loc["z", "in_top"] == 0 and doubt["in_top"].sum() == pytest.approx(3)


def test_the_decision_and_its_reasons(ratings):
    doubt = channels.weigh_doubt(ratings, settings=SETTINGS)
    decided = channels.decide_channels(place(ratings), ratings=ratings, doubt=doubt, settings=SETTINGS).set_index("channel")
    assert decided["decision"].to_dict() == {"v": "priority", "w": "priority", "x": "priority", "q": "maintain", "y": "watch",
                                             "z": "watch"}
    assert decided.loc[["v", "x", "z"], "role"].tolist() == ["grow", "defend", "harvest"]
    assert all(code.endswith("_high") for code in decided.loc["v", "reasons"].split())
    assert all(code.endswith("_low") for code in decided.loc["z", "reasons"].split())
    assert len(decided.loc["v", "reasons"].split()) == 4 and decided.loc["x", "reasons"] == ""


def test_a_channel_to_harvest_never_gets_priority(ratings):
    weak = ratings[ratings["channel"].isin(["y", "z"])].reset_index(drop=True)
    decided = channels.decide_channels(place(weak), ratings=weak, doubt=channels.weigh_doubt(weak, settings=SETTINGS),
                                       settings=SETTINGS)
    assert set(decided["decision"]) == {"watch"}
    facts = channels.summarise_decision(decided)
    assert facts == {} and channels.tell_decision(facts)["key"].endswith(".contested")


def test_facts_name_the_surest_and_the_least_sure(ratings):
    doubt = channels.weigh_doubt(ratings, settings=SETTINGS)
    decided = channels.decide_channels(place(ratings), ratings=ratings, doubt=doubt, settings=SETTINGS)
    facts = channels.summarise_decision(decided)
    assert facts["chosen"] == ["v", "w", "x"] and facts["surest"] == "v" and facts["share"] == pytest.approx(150 / 210)


def test_unknown_criteria_are_refused():
    with pytest.raises(ValueError, match="market_size"):
        ChannelSettings(attractiveness={"markt_size": 1})
    with pytest.raises(InputError, match="all weights are zero"):
        place(DataFrame({"channel": ["a"], "channel_name": ["a"], "net_sales": [1], "share": [3.0], "market_size": [2.0]}),
              attractiveness={"market_size": 0}, strength={"share": 1})
