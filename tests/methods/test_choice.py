from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from kamnb.errors import InputError
from kamnb.methods.choice import SetRules, choose_set, price_seats, summarise_set, value_hours


@pytest.fixture
def accounts():
    return DataFrame({"account": list("abcde"), "value": [10.0, 6.0, 5.0, 4.0, np.nan], "hours": [500.0, 300, 250, 250, 100],
                      "cost": [5.0, 1, 1, 1, 1]})


def chosen(accounts, **rules):
    table = choose_set(accounts, rules=SetRules(**rules))
    return sorted(table.loc[table["chosen"], "account"])


def test_best_set_is_not_the_largest_values(accounts):
    assert chosen(accounts, hours=500) == ["a"]  # 10 in 500 hours beats 5 + 4
    assert chosen(accounts, hours=550) == ["b", "c"]  # 6 + 5 beats 10
    assert chosen(accounts, hours=550, budget=1) == ["b"]
    assert chosen(accounts, hours=2000, seats=2) == ["a", "b"]
    assert chosen(accounts) == ["a", "b", "c", "d"]


def test_musts_conflicts_groups_and_bans(accounts):
    assert chosen(accounts, hours=550, must=("d",)) == ["b", "d"]
    assert chosen(accounts, hours=1100, conflicts=(("a", "b"),)) == ["a", "c", "d"]
    assert chosen(accounts, hours=550, together=(("b", "d", "c"),)) == ["a"]
    assert chosen(accounts, hours=800, together=(("b", "d", "c"),)) == ["b", "c", "d"]
    assert chosen(accounts, never=("a",)) == ["b", "c", "d"]


def test_every_account_is_told_why(accounts):
    rules = SetRules(hours=560, must=("d",), never=("a",))
    table = choose_set(accounts.assign(value=[10, 6, 0, 4, np.nan]), rules=rules).set_index("account")
    assert table["why"].to_dict() == {"b": "best", "d": "must", "a": "never", "c": "worthless", "e": "unknown"}
    assert summarise_set(table.reset_index(), rules=rules) == {"accounts": 2, "value": 10, "hours": 550, "cost": 2, "hours_left": 10,
                                                              "budget_left": None}


def test_unknown_effort_bars_only_what_is_limited(accounts):
    blind = accounts.assign(cost=np.nan)
    assert chosen(blind, hours=550) == ["b", "c"]
    assert chosen(blind, budget=100) == []
    with pytest.raises(InputError, match="nobody knows what 'a' takes"):
        chosen(blind, budget=100, must=("a",))
    assert chosen(accounts, must=("e",), hours=350) == ["c", "e"]  # a must of unknown value takes its hours


def test_musts_that_do_not_fit_are_refused(accounts):
    for rules in ({"hours": 600, "must": ("a", "b")}, {"must": ("a",), "never": ("a",)}, {"must": ("a", "b"), "conflicts": (("a", "b"),)}):
        with pytest.raises(InputError, match="no list can hold"):
            chosen(accounts, **rules)
    with pytest.raises(InputError, match="'z' is not on the long list"):
        chosen(accounts, must=("z",))


def brute(table, rules):
    """The best value by trying every set."""
    best = -1.0
    for taken in product([False, True], repeat=len(table)):
        kept = table[list(taken)]
        names = set(kept["account"])
        fits = (kept["hours"].sum() <= rules.hours and kept["cost"].sum() <= rules.budget and len(kept) <= rules.seats
                and set(rules.must) <= names and not any(set(pair) <= names for pair in rules.conflicts)
                and all(len(set(group) & names) in (0, len(group)) for group in rules.together))
        best = max(best, kept["value"].sum()) if fits else best
    return best


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9), st.integers(0, 5)), min_size=7, max_size=7),
       st.integers(5, 30), st.integers(3, 12), st.integers(1, 6))
def test_no_set_is_better(rows, hours, budget, seats):
    table = DataFrame(rows, columns=["value", "hours", "cost"]).astype(float).assign(account=list("abcdefg"))
    rules = SetRules(hours=hours, budget=budget, seats=seats, conflicts=(("a", "b"),), together=(("c", "d"),))
    found = choose_set(table, rules=rules)
    kept = found[found["chosen"]]
    assert kept["value"].sum() == pytest.approx(brute(table, rules))
    assert kept["hours"].sum() <= hours and kept["cost"].sum() <= budget and len(kept) <= seats


def test_what_the_bound_leaves_out_does_not_matter(monkeypatch):
    rng = np.random.default_rng(3)
    table = DataFrame({"account": [f"A{n:03}" for n in range(120)], "value": rng.lognormal(0, 1, 120).round(2),
                       "hours": rng.integers(100, 900, 120).astype(float)})
    rules, values = SetRules(hours=3000, seats=9, must=("A007",)), []
    for few in (8, 500):
        monkeypatch.setattr("kamnb.methods.choice.FEW", few)
        values.append(summarise_set(choose_set(table, rules=rules), rules=rules)["value"])
    assert values[0] == pytest.approx(values[1])


def test_order_and_unit_of_values_do_not_matter(accounts):
    once, other = (choose_set(frame, rules=SetRules(hours=550)) for frame in (accounts, accounts[::-1].assign(
        value=lambda rows: rows["value"] * 1e6)))
    assert once[["account", "chosen", "why"]].equals(other[["account", "chosen", "why"]])


def test_price_of_a_seat_is_what_the_best_set_loses(accounts):
    prices = price_seats(accounts, ["b", "a"], rules=SetRules(hours=550)).set_index("account")
    assert prices.loc["b", ["chosen", "loss", "in_place_of"]].tolist() == [True, 1, "a c"]  # without b: a alone, 10
    assert prices.loc["a", ["chosen", "loss", "in_place_of"]].tolist() == [False, 1, "b c"]
    impossible = price_seats(accounts, ["a"], rules=SetRules(hours=400)).iloc[0]
    assert not impossible["possible"] and np.isnan(impossible["loss"])


def test_must_may_cost_more_than_it_brings(accounts):
    prices = price_seats(accounts, ["d"], rules=SetRules(hours=500, must=("d",)))
    assert prices.loc[0, "loss"] == -1  # 5 + 4 with it, 10 without


def test_more_hours_never_bring_less(accounts):
    table = value_hours(accounts, rules=SetRules(), hours=[250, 550, 800, 550, 1300])
    assert table["hours"].tolist() == [250, 550, 800, 1300]
    assert table["value"].tolist() == [5, 11, 16, 25]
    assert table["gain"].tolist()[1:] == [6, 5, 9]
    assert table["per_hour"].iloc[1] == pytest.approx(6 / 300)
    assert value_hours(accounts, rules=SetRules(must=("a",)), hours=[100, 600])["hours"].tolist() == [600]


def test_no_accounts_no_set(accounts):
    none = accounts.iloc[:0]
    assert choose_set(none, rules=SetRules(hours=10)).empty
    assert summarise_set(choose_set(none, rules=SetRules(hours=10)), rules=SetRules()) == {}
    assert price_seats(none, [], rules=SetRules(hours=10)).columns.tolist()[0] == "account"
    assert value_hours(none, rules=SetRules(), hours=[1, 2])["chosen"].tolist() == [0, 0]


def test_solver_leaves_no_line_of_its_own(capfd):
    rng = np.random.default_rng(1)
    table = DataFrame({"account": [f"A{n:03}" for n in range(90)], "value": rng.lognormal(0, 1, 90),
                       "hours": rng.integers(100, 900, 90).astype(float), "cost": rng.integers(1, 50, 90).astype(float)})
    choose_set(table, rules=SetRules(hours=4000, budget=150))
    assert capfd.readouterr() == ("", "")
    assert isinstance(table, pd.DataFrame)
