import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series, Timestamp

from kamnb.errors import InputError
from kamnb.methods.concentration import measure_concentration
from kamnb.methods.groups import appraise_mergers, assign_buyers, list_memberships, trace_concentration

DAY = Timestamp


def master(**groups):
    """Accounts A to F; groups: member = (head, from[, until])."""
    rows = [{"account": code, "group": None, "group_from": pd.NaT, "group_until": pd.NaT} | dict(
        zip(("group", "group_from", "group_until"), groups.get(code, ()), strict=False)) for code in "ABCDEF"]
    frame = DataFrame(rows).astype({"account": "str", "group": "str"})
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("group_from", "group_until")})


@pytest.fixture
def accounts():
    """B joined A in 2023, C was always with A and leaves after June 2024, D joins in 2026 (announced)."""
    return master(A=("A",), B=("A", "2023-10-01"), C=("A", None, "2024-06-30"), D=("A", "2026-04-01"))


@pytest.fixture
def yearly():
    ends = pd.to_datetime(["2023-03-31", "2024-03-31", "2025-03-31"])
    rows = [(code, end, amount) for code, amount in zip("ABCDEF", (30, 25, 15, 10, 10, 10), strict=True) for end in ends]
    return DataFrame(rows, columns=["account", "year", "net_sales"])


def test_buyers_follow_the_dates_of_the_groups(accounts):
    assert "".join(assign_buyers(accounts, day=None)) == "ABCDEF"
    assert "".join(assign_buyers(accounts, day=DAY("2023-09-30"))) == "ABADEF"
    assert "".join(assign_buyers(accounts, day=DAY("2023-10-01"))) == "AAADEF"
    assert "".join(assign_buyers(accounts, day=DAY("2024-07-01"))) == "AACDEF"
    assert "".join(assign_buyers(accounts, day=DAY("2026-04-01"))) == "AACAEF"


def test_a_head_that_joins_another_group_brings_its_members():
    accounts = master(B=("A", "2024-01-01"), A=("E", "2025-01-01"), C=("B",))
    assert "".join(assign_buyers(accounts, day=DAY("2024-06-30"))) == "AAADEF"
    assert "".join(assign_buyers(accounts, day=DAY("2025-06-30"))) == "EEEDEF"


def test_a_group_that_runs_in_a_circle_is_refused():
    with pytest.raises(InputError, match="circle"):
        assign_buyers(master(A=("B",), B=("A",)), day=DAY("2025-01-01"))


def test_memberships_say_who_is_in_who_left_and_who_will_come(accounts):
    found = list_memberships(accounts, day=DAY("2025-03-31")).set_index("account")
    assert found["state"].to_dict() == {"A": "head", "B": "member", "C": "left", "D": "joins_later"}
    assert found["group"].unique().tolist() == ["A"]


@pytest.mark.oracle("O31")
def test_concentration_is_traced_as_it_was_and_pro_forma(accounts, yearly):
    hhi = trace_concentration(yearly, accounts=accounts).pivot(index="year", columns="groups", values="hhi")
    alone = 30**2 + 25**2 + 15**2 + 3 * 10**2
    assert hhi["alone"].tolist() == pytest.approx([alone] * 3)
    assert hhi["before"].tolist() == pytest.approx([45**2 + 25**2 + 3 * 10**2] * 3)
    assert hhi["then"].tolist() == pytest.approx([45**2 + 25**2 + 300, 70**2 + 300, 55**2 + 15**2 + 300])
    assert hhi["today"].tolist() == pytest.approx([55**2 + 15**2 + 300] * 3)


def test_a_merger_adds_twice_the_product_of_the_shares(accounts):
    sales = Series([30, 25, 15, 10, 10, 10], index=list("ABCDEF"))
    deals = appraise_mergers(sales, accounts=accounts, since=DAY("2020-01-01"))
    assert deals[["event", "account", "group"]].to_numpy().tolist() == [
        ["joined", "B", "A"], ["left", "C", "A"], ["joined", "D", "A"]]
    assert deals["delta_hhi"].tolist() == pytest.approx([2 * 45 * 25, -2 * 55 * 15, 2 * 55 * 10])
    assert deals["group_share"].tolist() == pytest.approx([0.45, 0.55, 0.55])
    assert deals.loc[0, ["rank_before", "rank_after"]].tolist() == [1, 1]


def test_deals_of_one_day_are_told_apart():
    accounts = master(B=("A", "2024-01-01"), D=("C", "2024-01-01"))
    deals = appraise_mergers(Series([10, 20, 30, 40], index=list("ABCD")), accounts=accounts, since=DAY("2023-01-01"))
    assert deals["delta_hhi"].tolist() == pytest.approx([2 * 10 * 20, 2 * 30 * 40])
    assert deals["rank_before"].tolist() == [4, 2]
    assert deals["rank_after"].tolist() == [2, 1]


@settings(max_examples=25)
@given(st.lists(st.integers(1, 10**9), min_size=6, max_size=6))
def test_merger_law_holds_for_any_sizes(amounts):
    sales, accounts = Series(amounts, index=list("ABCDEF")), master(B=("A", "2024-01-01"))
    deal = appraise_mergers(sales, accounts=accounts, since=DAY("2023-01-01")).iloc[0]
    assert deal["delta_hhi"] == pytest.approx(2 * deal["share"] * deal["group_share"] * 10_000, abs=1e-6)
    assert deal["cr4_after"] >= deal["cr4_before"] - 1e-12
    renamed = sales.rename(dict(zip("ABCDEF", "UVWXYZ", strict=True)))
    assert measure_concentration(renamed)["hhi"].iloc[0] == pytest.approx(deal["hhi_before"])


def test_buyers_outside_the_master_buy_by_themselves():
    sales = Series([60, 30, 10], index=["A", "B", "X"])
    deal = appraise_mergers(sales, accounts=master(B=("A", "2024-01-01")), since=DAY("2023-01-01")).iloc[0]
    assert deal["hhi_after"] == pytest.approx(90**2 + 10**2)


def test_an_account_without_sales_is_no_buyer(yearly):
    silent = yearly.assign(net_sales=np.where(yearly["account"] == "F", 0, yearly["net_sales"]))
    assert set(trace_concentration(silent, accounts=master())["accounts"]) == {5}
