import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series, Timestamp

from kamnb.methods.ownership import compare_owners, map_territories, measure_split, sum_orphans


def test_work_in_one_hand_is_not_split():
    work = DataFrame({"account": ["A", "A", "B", "B", "B"], "staff": ["m", "m", "m", "n", None], "hours": [3.0, 5, 4, 4, 9]})
    found = measure_split(work)
    assert found.loc["A", ["people", "lead", "lead_share", "split", "effective"]].tolist() == [1, "m", 1, 0, 1]
    assert found.loc["B", ["people", "hours", "lead", "lead_share", "split", "effective"]].tolist() == [2, 8, "m", 0.5, 0.5, 2]


@settings(max_examples=25)
@given(st.lists(st.integers(1, 1000), min_size=1, max_size=12))
def test_split_lies_between_one_hand_and_equal_hands(hours):
    found = measure_split(DataFrame({"account": "A", "staff": [f"m{n}" for n in range(len(hours))], "hours": hours})).loc["A"]
    assert 0 <= found["split"] <= 1 - 1 / len(hours) + 1e-12
    assert 1 - 1e-9 <= found["effective"] <= len(hours) + 1e-9
    assert found["lead_share"] >= 1 / len(hours) - 1e-12


@pytest.fixture
def accounts():
    return DataFrame({"account": list("ABCD"), "group": Series(["A", "A", None, None], dtype="str"),
                       "group_from": pd.to_datetime([None, "2024-01-01", None, None]),
                       "owner": Series(["m", "n", "m", None], dtype="str")})


def test_groups_in_several_hands_and_what_their_prices_cost(accounts):
    sales = DataFrame({"account": list("ABCD"), "net_sales": [800, 180, 500, 100], "list_sales": [1000, 200, 600, 120]})
    found = compare_owners(accounts, sales=sales, day=Timestamp("2025-03-31"))
    assert found.index.tolist() == ["A"]  # C and D buy by themselves
    assert found.loc["A", ["accounts", "sales", "owners", "unowned", "lead"]].tolist() == [2, 980, 2, 0, "m"]
    assert found.loc["A", ["price_low", "price_high", "price_spread"]].tolist() == pytest.approx([0.8, 0.9, 0.1])
    assert found.loc["A", "levelling"] == 20  # ten points on a list of 200
    assert compare_owners(accounts, sales=sales, day=Timestamp("2023-12-31")).empty


def test_a_price_that_is_unknown_leaves_the_levelling_unknown(accounts):
    sales = DataFrame({"account": list("AB"), "net_sales": [800, 180], "list_sales": Series([1000, pd.NA], dtype="Int64")})
    found = compare_owners(accounts, sales=sales, day=Timestamp("2025-03-31")).loc["A"]
    assert found["levelling"] is pd.NA and found["price_low"] == 0.8


@pytest.fixture
def stores():
    return DataFrame({"store": ["s1", "s2", "s3", "s4"], "account": "A", "region": ["north", "north", "south", "south"]})


def test_territories_name_who_goes_where_and_what_is_left_alone(stores):
    visits = DataFrame({"account": "A", "store": ["s1", "s1", "s2", None], "staff": ["m", "n", "n", "m"], "hours": [2.0, 1, 3, 9]})
    found = map_territories(stores, visits).set_index("region")
    assert found.loc["north", ["stores", "visited", "orphans", "people", "lead", "hours"]].tolist() == [2, 2, 0, 2, "n", 6]
    assert found.loc["south", ["visited", "orphans", "people", "lead", "hours"]].tolist() == [0, 2, 0, "", 0]
    assert sum_orphans(found.reset_index()).loc["A"].tolist() == [2, 4, 2, 0.5, 1]


def test_visits_without_stores_make_every_store_an_orphan(stores):
    none = DataFrame({"account": Series([], dtype="str"), "store": Series([], dtype="str"), "staff": Series([], dtype="str"),
                      "hours": Series([], dtype=float)})
    assert map_territories(stores, none)["orphans"].sum() == 4
    assert np.isclose(sum_orphans(map_territories(stores, none)).loc["A", "orphan_share"], 1)
