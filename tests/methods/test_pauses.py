import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Timestamp

from kamnb.methods.pauses import MEASURED, PauseRules, list_lapsed, measure_pauses, sum_lapsed

AS_OF = Timestamp("2025-03-31")


def bought(account, *dates, product="P", sales=100):
    return DataFrame({"account": account, "product": product, "date": pd.to_datetime(list(dates)), "net_sales": sales})


def weekly(account, last, count=10, days=7, **more):
    return bought(account, *(Timestamp(last) - pd.Timedelta(days=days * n) for n in range(count)), **more)


def test_pause_is_judged_by_the_buyers_own_rhythm():
    lines = pd.concat([weekly("fast", "2025-03-01"), weekly("slow", "2025-03-01", days=28), weekly("on time", "2025-03-30")])
    found = measure_pauses(lines, keys=["account"], as_of=AS_OF).set_index("account")
    assert found.loc["fast", ["purchases", "usual", "limit", "pause", "lapsed"]].tolist() == [10, 7, 7, 30, True]
    assert found["lapsed"].to_dict() == {"fast": True, "on time": False, "slow": True}  # 30 days after nine times 28
    assert measure_pauses(lines, keys=["account"], as_of=Timestamp("2025-03-28")).set_index("account")["lapsed"].to_dict() == {
        "fast": True, "on time": False, "slow": False}


def test_chance_says_how_rare_so_long_a_pause_is():
    lines = bought("a", "2025-01-01", "2025-01-03", "2025-01-05", "2025-02-24", "2025-03-01")
    found = measure_pauses(lines, keys=["account"], as_of=AS_OF, rules=PauseRules(least=3)).iloc[0]
    assert found["chance"] == pytest.approx(2 / 5)  # of the five intervals the running one and one of fifty days
    assert not found["lapsed"]


def test_item_is_missed_though_the_account_buys_on():
    lines = pd.concat([weekly("a", "2025-03-30", product="tea"), weekly("a", "2025-01-01", product="water", sales=300)])
    found = measure_pauses(lines, keys=["account", "product"], as_of=AS_OF)
    assert list_lapsed(found)[["account", "product", "sales"]].to_numpy().tolist() == [["a", "water", 3000]]
    assert not measure_pauses(lines, keys=["account"], as_of=AS_OF)["lapsed"].iloc[0]
    assert sum_lapsed(found).to_numpy().tolist() == [["a", 2, 1, 0.5, 3000]]


def test_few_purchases_say_nothing():
    found = measure_pauses(weekly("a", "2024-01-01", count=5), keys=["account"], as_of=AS_OF)
    assert found["lapsed"].isna().tolist() == [True]
    assert sum_lapsed(found).empty and list_lapsed(found).empty


def test_long_gone_is_no_news():
    lines = weekly("a", "2022-01-01")
    assert not measure_pauses(lines, keys=["account"], as_of=AS_OF)["lapsed"].iloc[0]
    assert measure_pauses(lines, keys=["account"], as_of=AS_OF, rules=PauseRules(forget=5000))["lapsed"].iloc[0]


def test_returns_later_lines_and_empty_keys_are_no_purchases():
    lines = pd.concat([weekly("a", "2025-03-01"), bought("a", "2025-03-20", sales=-50), bought("a", "2025-04-02"),
                       weekly("a", "2025-03-01").assign(product=None)])
    found = measure_pauses(lines, keys=["account", "product"], as_of=AS_OF).iloc[0]
    assert found[["purchases", "pause", "sales"]].tolist() == [10, 30, 1000]


@settings(max_examples=12)
@given(st.lists(st.integers(1, 60), min_size=8, max_size=15), st.integers(1, 1000), st.randoms())
def test_unit_of_money_and_order_of_lines_do_not_matter(gaps, factor, random):
    dates = AS_OF - pd.to_timedelta(pd.Series(gaps).cumsum(), unit="D")
    lines = bought("a", *dates)
    shuffled = lines.sample(frac=1, random_state=random.randint(0, 999)).assign(net_sales=lambda rows: rows["net_sales"] * factor)
    once, other = (measure_pauses(rows, keys=["account"], as_of=AS_OF).iloc[0] for rows in (lines, shuffled))
    assert once.drop("sales").equals(other.drop("sales"))
    assert other["sales"] == once["sales"] * factor
    assert once["pause"] == gaps[0]


def test_nothing_bought_nothing_lapsed():
    none = bought("a", "2025-01-01").iloc[:0]
    found = measure_pauses(none, keys=["account", "product"], as_of=AS_OF)
    assert found.columns.tolist() == ["account", "product", *MEASURED] and found.empty
    assert list_lapsed(found).empty and sum_lapsed(found).empty
