import pandas as pd
import pytest

from kamnb import channels
from kamnb.channels.dependence import assign_buyers
from tests.channels.conftest import AS_OF


def test_a_member_buys_with_its_group_from_the_day_it_joined(accounts):
    before, after = (assign_buyers(accounts, day=pd.Timestamp(day)) for day in ("2023-05-31", "2023-06-01"))
    assert before["a2"] == "a2" and after["a2"] == "a1"
    assert assign_buyers(accounts)["a1"] == "a1"


def test_a_member_without_a_joining_date_always_belonged(accounts):
    accounts.loc[accounts["account"] == "a2", "group_from"] = pd.NaT
    assert assign_buyers(accounts, day=pd.Timestamp("2000-01-01"))["a2"] == "a1"


def test_concentration_by_year_and_pro_forma(months, accounts):
    first, latest = channels.trace_concentration(months, accounts=accounts).to_dict("records")
    assert (first["buyers"], latest["buyers"]) == (12, 11)
    assert first["cr4"] == first["cr4_before"] == pytest.approx(2200 / 3100)
    assert first["cr4_after"] == pytest.approx(2500 / 3100)
    assert latest["cr4"] == latest["cr4_after"] == pytest.approx((1600 + 800 + 200 + 200) / 3300)
    assert latest["cr4_before"] == pytest.approx((1100 + 800 + 500 + 200) / 3300)


def test_a_merger_raises_rank_and_concentration_of_its_channel(months, accounts):
    merger = channels.list_mergers(months, accounts=accounts).iloc[0]
    assert (merger["name"], merger["group_name"], merger["channel_name"]) == ("Account a2", "Account a1", "Chains")
    assert (merger["rank_before"], merger["rank_after"]) == (1, 1)
    assert merger["cr4_before"] == pytest.approx(1900 / 2000) and merger["cr4_after"] == pytest.approx(1960 / 2000)
    assert merger["hhi_after"] - merger["hhi_before"] == pytest.approx(10_000 * 2 * 0.55 * 0.25)


def test_without_mergers_the_sentence_says_so(months, accounts):
    alone = accounts.assign(group=accounts["group"].mask(accounts["group"].notna()))
    mergers = channels.list_mergers(months, accounts=alone)
    assert mergers.empty and channels.tell_mergers(mergers) == {"key": "channels.mergers_found.none"}
    assert channels.trace_concentration(months, accounts=alone)["buyers"].tolist() == [12, 12]


def test_buyers_are_groups_with_both_shares(earnings, accounts):
    buyers = channels.rank_buyers(earnings, accounts=accounts, day=AS_OF).set_index("group")
    assert buyers.index[0] == "a1" and buyers.loc["a1", "accounts"] == 2
    assert buyers["share"].sum() == pytest.approx(1)
    assert buyers.loc[buyers["earned_share"] > 0, "earned_share"].sum() == pytest.approx(1)
    assert buyers.loc["a6", "earned_share"] < 0


def test_the_graver_of_the_two_shares_sets_the_flag(earnings, accounts):
    buyers = channels.rank_buyers(earnings, accounts=accounts, day=AS_OF).set_index("group")
    assert buyers.loc["a1", "share"] == pytest.approx(1600 / 3300) and buyers.loc["a1", "flag"] == "from_20"
    assert buyers.loc["b1", "share"] < 0.25 < buyers.loc["b1", "earned_share"]
    assert buyers.loc["c2", "flag"] == "ordinary"


def test_unknown_profit_leaves_the_share_of_sales(earnings, accounts):
    blind = earnings.assign(**{level: pd.Series(pd.NA, earnings.index, dtype="Int64")
                               for level in ("margin", "pocket_margin", "contribution")})
    buyers = channels.rank_buyers(blind, accounts=accounts, day=AS_OF)
    assert buyers["earned_share"].isna().all() and buyers["flag"].iloc[0] == "from_20"


def test_the_order_of_rows_does_not_matter(months, accounts):
    shuffled = channels.trace_concentration(months.sample(frac=1, random_state=1), accounts=accounts.iloc[::-1])
    assert shuffled.equals(channels.trace_concentration(months, accounts=accounts))


def test_facts_of_the_sentence(months, earnings, accounts):
    concentration = channels.trace_concentration(months, accounts=accounts)
    buyers = channels.rank_buyers(earnings, accounts=accounts, day=AS_OF)
    facts = channels.summarise_concentration(concentration, buyers=buyers)
    assert facts["largest"] == "Account a1" and facts["flagged"] == 2 and facts["buyers"] == 11
