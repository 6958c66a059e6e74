import pandas as pd
import pytest

from kamnb import channels
from tests.channels.conftest import AS_OF


def test_share_of_market(position):
    latest = position[position["year"] == AS_OF].set_index("channel")
    assert latest.loc["A", "market_share"] == pytest.approx(2000 / 24_000)
    assert latest.loc["A", "market_sales"] == 12 * 24_000


def test_a_year_with_a_missing_month_of_market_is_left_out(history, market):
    known = channels.compare_market(history, market=market.drop(index=market.index[-1]), as_of=AS_OF)
    assert len(known) == 5 and not ((known["channel"] == "C") & (known["year"] == AS_OF)).any()


def test_market_and_share_effect_add_up_to_the_yen(position):
    race = channels.race_market(position).set_index("channel")
    assert (race["market_effect"] + race["share_effect"] == race["change"]).all()
    assert race.loc["A", "market_effect"] == 12 * 400 and race.loc["A", "share_effect"] == -12 * 400


def test_who_grows_with_the_market_has_no_share_effect(history, market):
    ours = history.pivot(index="year", columns="channel", values="net_sales").set_axis([0, 1])
    grown = market.assign(sales=[10 * int(ours.loc[int(month >= pd.Timestamp("2023-04-01")), channel]) // 12
                                 for month, channel in zip(market["month"], market["channel"], strict=True)])
    race = channels.race_market(channels.compare_market(history, market=grown, as_of=AS_OF))
    assert race["share_effect"].tolist() == [0, 0, 0]
    assert race["growth"].tolist() == pytest.approx(race["market_growth"].tolist())


def test_the_largest_loss_of_share_comes_first(position):
    race = channels.race_market(position)
    assert race["channel"].tolist() == ["A", "C", "B"]
    facts = channels.summarise_race(race, position=position)
    assert (facts["loser"], facts["winner"], facts["losing"]) == ("Chains", "Online", 2)
    assert facts["share"] == pytest.approx(3300 / 37_000)


def test_the_unit_of_money_changes_no_rate(history, market):
    thousand = history.assign(net_sales=history["net_sales"] * 1000)
    small, large = (channels.race_market(channels.compare_market(rows, market=market.assign(sales=market["sales"] * factor),
                                                                 as_of=AS_OF))
                    for rows, factor in ((history, 1), (thousand, 1000)))
    rates = ["growth", "market_growth", "market_share", "market_share_change"]
    assert small[rates].to_numpy().ravel().tolist() == pytest.approx(large[rates].to_numpy().ravel().tolist())


def test_regaining_the_best_share(position, months, accounts):
    room = channels.estimate_headroom(position, months=months, accounts=accounts).set_index("channel")
    assert room.loc["A", "regain"] == 12 * 400 and room.loc["B", "regain"] == 0
    assert set(room["compared"]) == {"by_channels"}


def test_accounts_come_up_to_their_peers(position, months, accounts):
    bought = accounts.assign(category_purchases=pd.array([240_000] * len(accounts), dtype="Int64"))
    room = channels.estimate_headroom(position, months=months, accounts=bought).set_index("channel")
    assert room.loc["A", "compared"] == "by_accounts" and room.loc["B", "compared"] == "by_channels"
    # five peers each: a6 (40) to the median 200 of 1100, 500, 200, 100, 60, and so on down the list
    expected = sum(12 * (median - sales) for sales, median in ((200, 100), (100, 200), (60, 200), (40, 200)) if median > sales)
    assert room.loc["A", "peer_gap"] == expected


def test_the_range_holds_the_three_estimates(position, months, accounts):
    room = channels.estimate_headroom(position, months=months, accounts=accounts)
    estimates = room[["regain", "peer_gap", "leader_gap"]].astype("int64")
    assert (room["headroom_low"] == estimates.min(axis=1)).all() and (room["headroom_high"] == estimates.max(axis=1)).all()
    assert (room["headroom"] == estimates.median(axis=1)).all()
    assert channels.summarise_headroom(room)["headroom"] == room["headroom"].sum()


def test_without_a_market_there_is_nothing(history, market, months, accounts):
    none = channels.compare_market(history, market=market.iloc[:0], as_of=AS_OF)
    race, room = channels.race_market(none), channels.estimate_headroom(none, months=months, accounts=accounts)
    assert none.empty and race.empty and room.empty
    assert channels.summarise_race(race, position=none) == channels.summarise_headroom(room) == {}
