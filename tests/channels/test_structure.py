import pandas as pd
import pytest

from kamnb import channels
from tests.channels.conftest import AS_OF


def test_concentration_by_year_and_pro_forma(months, accounts):
    first, latest = channels.trace_concentration(months, accounts=accounts).to_dict("records")
    assert (first["buyers"], latest["buyers"]) == (11, 10)  # c3 buys nothing
    assert first["cr4"] == first["cr4_before"] == first["cr4_alone"] == pytest.approx(2200 / 3100)
    assert first["cr4_after"] == pytest.approx(2500 / 3100)
    assert latest["cr4"] == latest["cr4_after"] == pytest.approx((1600 + 800 + 200 + 200) / 3300)
    assert latest["cr4_before"] == pytest.approx((1100 + 800 + 500 + 200) / 3300)


def test_a_merger_raises_concentration_of_its_channel(months, accounts):
    merger = channels.list_mergers(months, accounts=accounts).iloc[0]
    assert (merger["event"], merger["name"], merger["group_name"], merger["channel_name"]) == (
        "joined", "Account a2", "Account a1", "Chains")
    assert merger["cr4_before"] == pytest.approx(1900 / 2000) and merger["cr4_after"] == pytest.approx(1960 / 2000)
    assert merger["delta_hhi"] == pytest.approx(10_000 * 2 * 0.55 * 0.25)
    assert channels.tell_mergers(channels.list_mergers(months, accounts=accounts))["month"] == pd.Timestamp("2023-06-01")


def test_without_mergers_the_sentence_says_so(months, accounts):
    alone = accounts.assign(group=accounts["group"].mask(accounts["group"].notna()))
    mergers = channels.list_mergers(months, accounts=alone)
    assert mergers.empty and channels.tell_mergers(mergers) == {"key": "channels.mergers_found.none"}
    assert channels.list_groups(months, accounts=alone, day=AS_OF).empty
    assert channels.trace_concentration(months, accounts=alone)["buyers"].tolist() == [11, 11]


def test_an_announced_merger_is_listed_before_it_happens(months, accounts):
    accounts.loc[accounts["account"] == "a2", "group_from"] = AS_OF + pd.Timedelta(days=90)
    assert channels.list_mergers(months, accounts=accounts)["date"].iloc[0] > AS_OF
    assert channels.list_groups(months, accounts=accounts, day=AS_OF)["member_state"].tolist() == ["head", "joins_later"]


def test_groups_stand_with_their_head_first(months, accounts):
    groups = channels.list_groups(months, accounts=accounts, day=AS_OF)
    assert groups["account"].tolist() == ["a1", "a2"] and groups["member_state"].tolist() == ["head", "member"]
    assert groups["share"].tolist() == pytest.approx([1100 / 3300, 500 / 3300])


def test_the_trade_is_set_beside_our_sales(months, accounts, market):
    accounts["category_purchases"] = pd.array([120_000, 30_000, *[pd.NA] * 10], dtype="Int64")
    trade = channels.compare_trade(months, accounts=accounts, market=market, as_of=AS_OF).set_index("channel")
    assert trade.loc["A", "cr4_ours"] == pytest.approx(1960 / 2000)
    assert trade.loc["A", "known_share"] == pytest.approx(150_000 / (24_000 * 12))
    assert trade["cr4_trade"].isna().all()  # one known buyer (a1 with a2) tells nothing of four
    told = channels.tell_structure(channels.summarise_structure(trade.reset_index()))
    assert told["key"] == "channels.structure_alone"


def test_the_order_of_rows_does_not_matter(months, accounts):
    shuffled = channels.trace_concentration(months.sample(frac=1, random_state=1), accounts=accounts.iloc[::-1])
    assert shuffled.equals(channels.trace_concentration(months, accounts=accounts))
