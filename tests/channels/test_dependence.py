import pandas as pd
import pytest

from kamnb import channels
from tests.channels.conftest import AS_OF


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


def test_facts_of_the_sentence(months, earnings, accounts):
    concentration = channels.trace_concentration(months, accounts=accounts)
    buyers = channels.rank_buyers(earnings, accounts=accounts, day=AS_OF)
    facts = channels.summarise_concentration(concentration, buyers=buyers)
    assert facts["largest"] == "Account a1" and facts["flagged"] == 2 and facts["buyers"] == 10
