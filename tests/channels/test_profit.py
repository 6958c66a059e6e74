import pandas as pd
import pytest

from kamnb import channels
from tests.channels.conftest import choices


def test_every_level_follows_from_the_one_before(earnings):
    known = earnings.dropna()
    assert (known["margin"] + known["terms_cost"] == known["pocket_margin"]).all()
    assert (known["pocket_margin"] + known["cost_to_serve"] == known["contribution"]).all()


def test_terms_are_taken_from_the_account_that_has_them(earnings):
    row = earnings.set_index("account").loc["a1"]
    assert row["net_sales"] == 13_200 and row["margin"] == 5_280
    assert row["terms_cost"] == -(1_320 + 2_400) and row["cost_to_serve"] == -120
    assert row["contribution"] == 5_280 - 3_720 - 120


def test_channels_are_the_sum_of_their_accounts(earnings):
    profit = channels.sum_profit(earnings).set_index("channel")
    for level in ("margin", "pocket_margin", "contribution"):
        assert profit[level].to_dict() == earnings.groupby("channel")[level].sum().to_dict()
    assert profit["contribution_rate"].is_monotonic_decreasing and (profit["known_share"] == 1).all()


def test_an_account_of_unknown_cost_is_left_out_and_said(earnings):
    earnings.loc[earnings["account"] == "a1", ["margin", "pocket_margin", "contribution"]] = pd.NA
    profit = channels.sum_profit(earnings).set_index("channel")
    assert profit.loc["A", "known_share"] == pytest.approx(900 / 2000)
    assert profit.loc["A", "margin_rate"] == pytest.approx(0.4)


def test_without_terms_the_margin_is_the_deepest_level(months, terms, drivers):
    bare = channels.trace_earnings(months, terms=terms.iloc[:0], drivers=drivers,
                                   rules=channels.price_rules(choices(), scale=0))
    profit = channels.sum_profit(bare)
    assert profit["contribution"].isna().all() and profit["margin_rate"].tolist() == pytest.approx([0.4] * 3)
    assert channels.summarise_profit(profit)["level"] == "margin"
    assert channels.tell_profit(channels.summarise_profit(profit))["key"].endswith(".margin")
    assert channels.list_losses(bare).empty


def test_without_cost_there_is_no_profit(months, terms, drivers):
    blind = channels.trace_earnings(months.assign(cost=pd.Series(pd.NA, months.index, dtype="Int64")), terms=terms,
                                    drivers=drivers, rules=channels.price_rules(choices(), scale=0))
    profit = channels.sum_profit(blind)
    assert profit.empty and channels.summarise_profit(profit) == {}
    told = channels.tell_losses(channels.summarise_losses(channels.list_losses(blind)), profit={})
    assert told == {"key": "channels.losses_found.margin"}


def test_losses_come_largest_first(earnings):
    losses = channels.list_losses(earnings)
    assert losses["account"].tolist() == ["a6", "c3"]  # c3 buys nothing and is visited all the same
    assert losses["contribution"].tolist() == [40 * 12 * 2 // 5 - 600, -120]
    facts = channels.summarise_losses(losses)
    assert facts["loss"] == 528 and channels.tell_losses(facts, profit={"level": "contribution"})["key"].endswith(".terms")


def test_logistics_can_come_after_the_pocket():
    assert channels.price_rules(choices(pocket_boundary="before_logistics"), scale=2).after_pocket == (
        "centre_fee", "payment_days")
