import numpy as np
import pytest
from pandas import DataFrame

from kamnb.methods.corridor import flag_price_outliers, measure_discipline


@pytest.fixture
def prices():
    """Thirty accounts whose price falls with size, with a little noise."""
    rng = np.random.default_rng(5)
    size = np.exp(rng.uniform(10, 16, 30))
    return DataFrame({"account": [f"A{n:02}" for n in range(30)], "size": size,
                      "rate": 1.2 - 0.03 * np.log(size) + rng.normal(0, 0.005, 30)})


def test_only_the_account_outside_the_corridor_is_flagged(prices):
    prices.loc[4, "rate"] -= 0.10
    flagged = flag_price_outliers(prices, cut=4).set_index("account")
    assert flagged.loc["A04", "flag"] == "low"
    assert (flagged["flag"] != "").sum() == 1
    assert flagged.loc["A04", "index"] < 90


def test_big_discount_of_a_big_account_is_in_line(prices):
    flagged = flag_price_outliers(prices, cut=4)
    assert (flagged["flag"] == "").all()


def test_channels_with_their_own_level_are_compared_among_themselves(prices):
    dear = prices.assign(channel=np.where(np.arange(30) < 15, "dear", "cheap"))
    dear["rate"] += np.where(np.arange(30) < 15, 0.2, 0.0)
    assert (flag_price_outliers(dear, cut=6)["flag"] == "").all()


def test_few_accounts_show_no_corridor(prices):
    assert flag_price_outliers(prices.head(7))["flag"].eq("unknown").all()
    assert np.isnan(measure_discipline(prices.head(7)))


def test_missing_price_is_unknown_and_disturbs_nobody(prices):
    prices.loc[0, "rate"] = np.nan
    flagged = flag_price_outliers(prices, cut=4)
    assert flagged["flag"].tolist() == ["unknown"] + [""] * 29


def test_equal_prices_have_no_outlier(prices):
    assert flag_price_outliers(prices.assign(rate=0.9))["flag"].eq("").all()
    assert np.isnan(measure_discipline(prices.assign(rate=0.9)))


def test_discipline_is_high_with_a_rule_and_low_without(prices):
    assert measure_discipline(prices) > 0.9
    assert measure_discipline(prices.assign(rate=np.random.default_rng(6).uniform(0.7, 0.9, 30))) < 0.3
