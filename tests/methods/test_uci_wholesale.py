"""Position, concentration and whitespace by channel on 440 real customers of a wholesale house (two channels, six categories)."""

from pathlib import Path

import pandas as pd
import pytest
from pandas import Series, Timestamp

from kamnb.methods.concentration import check_slogan, compare_structure, measure_concentration
from kamnb.methods.segmentation import classify_abc
from kamnb.methods.standing import place_accounts
from kamnb.methods.whitespace import benchmark_peers, sum_headroom

FILE = Path(__file__).resolve().parents[3] / "shared" / "data" / "uci_wholesale_customers" / "Wholesale customers data.csv"


@pytest.fixture(scope="module")
def sales():
    """Yearly spending of every customer by category."""
    if not FILE.is_file():
        pytest.skip("the published dataset is not beside this checkout (../shared/data)")
    wide = pd.read_csv(FILE)
    wide["channel"] = wide["Channel"].map({1: "food service", 2: "retail"}).astype("str")
    wide["account"] = [f"C{number:03}" for number in range(1, len(wide) + 1)]
    long = wide.melt(["account", "channel"], ["Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen"],
                     var_name="category", value_name="net_sales")
    return long.astype({"account": "str", "category": "str"}).assign(year=Timestamp("2011-12-31"))


def test_position_of_every_customer_ties_to_the_total(sales):
    found = place_accounts(sales, profit=Series(dtype="Int64"), purchases=Series(dtype="Int64"))
    assert len(found) == 440
    assert found["sales"].sum() == sales["net_sales"].sum() == 14_619_500
    assert found.groupby("channel")["channel_share"].sum().tolist() == pytest.approx([1, 1])
    assert found["growth"].isna().all()  # a single year


def test_the_slogan_does_not_hold_here(sales):
    totals = sales.groupby("account")["net_sales"].sum()
    slogan = check_slogan(totals).iloc[0]
    assert not slogan["holds"]
    assert slogan["top_share"] == pytest.approx(0.429, abs=5e-4)  # as the description of the dataset says
    assert measure_concentration(totals)["share_for_80"].iloc[0] == pytest.approx(slogan["accounts_needed"], abs=1 / 440)
    assert classify_abc(totals)["share"].sum() == pytest.approx(1)


def test_both_channels_have_a_structure_of_their_own(sales):
    totals = sales.groupby(["account", "channel"])["net_sales"].sum().reset_index()
    found = compare_structure(totals.assign(purchases=totals["net_sales"].astype("Int64")), market=Series(dtype=float))
    assert found["channel"].tolist() == ["food service", "retail"]
    assert found["buyers"].tolist() == [298, 142]
    assert found["hhi_ours"].tolist() == pytest.approx(found["hhi_trade_low"].tolist())  # all that they buy is known
    assert found["known"].tolist() == pytest.approx([1, 1])


def test_whitespace_by_channel_rests_on_all_peers(sales):
    sizes = sales.groupby(["account", "channel"])["net_sales"].sum().rename("size").reset_index()
    cells = benchmark_peers(sales, sizes)
    assert len(cells) == 440 * 6
    assert cells["sales"].sum() == sales["net_sales"].sum()
    assert set(cells["peers"]) == {297, 141}  # everybody buys of everything
    headroom = sum_headroom(cells, Series(dtype="Int64"))
    assert (headroom["headroom_low"] <= headroom["headroom_high"]).all()
    assert headroom["cells"].eq(6).all()
