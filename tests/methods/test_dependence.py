import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series, Timestamp

from kamnb.methods.dependence import count_buyers, measure_dependence, measure_price_drift, measure_stability

AS_OF = Timestamp("2025-03-31")


def test_dependence_is_told_both_ways():
    sales = Series({"a": 50, "b": 30, "c": 3, "d": 2, "e": 15})
    found = measure_dependence(sales, Series({"a": 100, "b": 1000, "c": 5, "d": 100}))
    assert found["balance"].to_dict() == {"a": "mutual", "b": "we_depend", "c": "they_depend", "d": "loose", "e": "unknown"}
    assert found.loc["a", ["ours", "theirs"]].tolist() == [0.5, 0.5]
    assert found.loc["e", "ours"] == 0.15
    loose = measure_dependence(sales, Series({"a": 100}), ours=0.9, theirs=0.9)
    assert loose["balance"]["a"] == "loose"


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 10**9), min_size=2), st.integers(1, 1000))
def test_unit_of_money_does_not_matter(amounts, factor):
    sales = Series(amounts)
    once, other = (measure_dependence(sales * by, sales * 3 * by) for by in (1, factor))
    assert once["ours"].tolist() == pytest.approx(other["ours"].tolist())
    assert once["ours"].sum() == pytest.approx(1) and once["theirs"].tolist() == pytest.approx([1 / 3] * len(sales))


def test_tenure_is_at_least_what_the_ledger_shows():
    months = pd.date_range("2022-04-01", "2025-03-01", freq="MS")
    panel = pd.concat([DataFrame({"account": name, "month": months[start:], "net_sales": 100}) for name, start in
                       {"old": 0, "new": 30, "wrong": 12}.items()])
    opened = Series({"old": Timestamp("2015-04-01"), "wrong": Timestamp("2024-04-01")})
    found = measure_stability(panel, opened, as_of=AS_OF)
    assert found["tenure"].to_dict() == pytest.approx({"old": 10.0, "new": 0.5, "wrong": 2.0}, abs=0.01)
    assert found["tenure_from"].to_dict() == {"old": "master", "new": "ledger", "wrong": "ledger"}
    assert found["active"].to_dict() == {"old": 1, "new": 0.5, "wrong": 1}
    assert found.loc["old", "cv"] == 0


def waterfall(**rates):
    rows = [(account, Timestamp(f"{2021 + n}-03-31"), 1000, None if rate is None else round(1000 * rate))
            for account, series in rates.items() for n, rate in enumerate(series)]
    return DataFrame(rows, columns=["account", "year", "list", "pocket"]).astype({"list": "Int64", "pocket": "Int64"})


def test_pocket_price_that_slides_is_told():
    found = measure_price_drift(waterfall(a=[0.9, 0.88, 0.86], b=[0.8, 0.8, 0.801], c=[0.7, 0.75, 0.8], d=[None, 0.9, None]))
    assert found["verdict"].to_dict() == {"a": "losing", "b": "steady", "c": "gaining", "d": "unknown"}
    assert found.loc["a", ["years", "first", "last"]].tolist() == [3, 0.9, 0.86]
    assert found.loc["a", "drift"] == pytest.approx(-0.02)
    assert np.isnan(found.loc["d", "drift"])


def test_buyers_come_and_go():
    years = pd.to_datetime(["2023-03-31", "2024-03-31"])
    yearly = DataFrame({"account": ["a", "b", "b", "c", "d"], "year": years[[0, 0, 1, 1, 1]], "net_sales": [10, 20, 15, 5, -3]})
    found = count_buyers(yearly)
    assert found[["buyers", "sales", "per_buyer"]].to_numpy().tolist() == [[2, 30, 15], [2, 17, 8.5]]
    assert found.loc[1, ["entered", "left"]].tolist() == [1, 1]
    assert found.loc[0, ["entered", "left"]].isna().all()


def test_nothing_known_nothing_depends():
    none = Series(dtype="int64")
    assert measure_dependence(none, none).empty
    kinds = {"account": "str", "month": "datetime64[us]", "net_sales": "int64"}
    panel = DataFrame({name: Series([], dtype=kind) for name, kind in kinds.items()})
    assert measure_stability(panel, Series(dtype="datetime64[us]"), as_of=AS_OF).empty
    assert measure_price_drift(waterfall().astype({"account": "str", "year": "datetime64[us]"})).empty
    assert count_buyers(panel.rename(columns={"month": "year"})).empty
