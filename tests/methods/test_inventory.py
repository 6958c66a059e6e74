import pandas as pd
import pytest
from pandas import DataFrame, Series, Timestamp

from kamnb.intake.dictionary import dictionary
from kamnb.methods.inventory import DATED, SUBJECTS, rank_requests, take_inventory

AS_OF = Timestamp("2025-03-31")


@pytest.fixture
def inventory():
    tables = {"sales": DataFrame({"date": pd.to_datetime(["2025-03-30", "2025-04-02"]), "account": ["A", "B"]}),
              "terms": DataFrame({"account": ["A"]}), "visits": DataFrame({"date": [Timestamp("2023-01-10")], "account": ["B"]}),
              "stores": DataFrame({"account": Series([], dtype="str")})}
    return take_inventory(tables, sales=Series({"A": 30, "B": 70}), as_of=AS_OF)


def test_every_subject_of_the_dictionary_is_looked_at(inventory):
    known = dictionary()
    assert set(inventory["table"]) <= set(known)
    assert all(column in {c.name for c in known[table].columns} for table, column in DATED.items())
    assert inventory["subject"].nunique() == len(SUBJECTS) == 6


def test_states_say_what_is_there(inventory):
    rows = inventory.set_index("table")
    assert rows.loc[["sales", "terms", "visits", "stores", "market"], "state"].tolist() == [
        "good", "partial", "old", "missing", "missing"]
    assert rows.loc["sales", ["rows", "newest", "age", "covered"]].tolist() == [2, Timestamp("2025-03-30"), 1, 1]
    assert rows.loc["terms", "covered"] == pytest.approx(0.3)


def test_the_table_that_opens_most_is_asked_for_first(inventory):
    needs = {"a": ("sales", "market"), "b": ("sales", "market"), "c": ("sales", "stores", "pos"), "d": ("sales", "terms")}
    asks = rank_requests(inventory, needs=needs).set_index("table")
    assert asks.index[0] == "market"
    assert asks.loc["market", ["needed", "opens"]].tolist() == [2, 2]
    assert asks.loc["stores", ["needed", "opens"]].tolist() == [1, 0]  # pos is missing too
    assert asks.loc["terms", ["state", "needed", "opens"]].tolist() == ["partial", 1, 0]
    assert "sales" not in asks.index
