import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame

from kamnb.methods.promotion import appraise_promotions, lay_baseline, measure_uplift

MONTHS = pd.date_range("2020-04-01", "2025-03-01", freq="MS")


def promo_of(*rows):
    table = DataFrame(rows, columns=["promo", "account", "category", "product", "starts", "ends", "spend"])
    return table.astype({"category": "str", "product": "str", "starts": "datetime64[us]", "ends": "datetime64[us]"})


@pytest.fixture
def panel():
    """Sales with a season that grow by a fifth a year, and an event in June 2023 with a dip in July."""
    season = np.tile([100, 110, 140, 160, 150, 110, 100, 90, 120, 70, 80, 90], 5) * 10.0
    quantity = season * 1.2 ** np.repeat(range(5), 12)
    event = (MONTHS == "2023-06-01") * 500.0 - (MONTHS == "2023-07-01") * 200.0
    return DataFrame({"account": "A", "month": MONTHS, "category": "tea", "quantity": quantity + event,
                      "net_sales": (quantity + event).round().astype("int64") * 150})


@pytest.fixture
def promos():
    return promo_of(("p", "A", "tea", None, "2023-06-05", "2023-06-30", 20_000))


def weeks(actual, phase):
    return DataFrame({"promo": "p", "phase": phase, "actual": actual, "baseline": 100.0})


@pytest.mark.oracle("O27")
def test_lift_and_cost_of_an_additional_unit():
    lift = measure_uplift(DataFrame({"promo": ["p"], "phase": ["event"], "actual": [1100.0], "baseline": [400.0]}))
    assert lift.loc["p", "lift"] == 1.75
    bought = DataFrame({"gross": [20_000], "net": [20_000], "unit_margin": [1.80], "spend": [50_000]})
    row = appraise_promotions(bought).iloc[0]
    assert row["cost_per_unit"] == 2.50
    assert row["verdict"] == "lost"


@pytest.mark.oracle("O28")
def test_promotion_with_a_dip():
    uplift = measure_uplift(weeks([260.0, 240, 70, 80, 95], ["event"] * 2 + ["after"] * 3))
    assert uplift.loc["p", ["gross", "dip", "net"]].tolist() == [300, 55, 245]
    row = appraise_promotions(uplift.assign(unit_margin=180, spend=40 * 500 + 20_000)).loc["p"]
    assert row["margin"] == 44_100
    assert row[["roi", "cost_per_unit", "break_even"]].tolist() == pytest.approx([0.1025, 163.27, 222.2], abs=0.03)
    assert row["verdict"] == "earned"


def test_baseline_knows_season_and_growth(panel, promos):
    months = lay_baseline(panel, promos).set_index("month")
    expected = {"2023-06-01": 1400 * 1.2**3, "2023-07-01": 1600 * 1.2**3, "2023-08-01": 1500 * 1.2**3}
    assert months["phase"].tolist() == ["event", "after", "after"]
    assert months["baseline"].to_dict() == pytest.approx({pd.Timestamp(m): v for m, v in expected.items()}, rel=0.03)
    uplift = measure_uplift(lay_baseline(panel, promos)).loc["p"]
    assert uplift["gross"] == pytest.approx(500, abs=60)
    assert uplift["dip"] == pytest.approx(200, abs=120)


def test_promotion_that_only_moved_sales_is_told_so(panel, promos):
    panel.loc[panel["month"] == "2023-07-01", "quantity"] -= 280
    uplift = measure_uplift(lay_baseline(panel, promos)).assign(unit_margin=60, spend=20_000)
    assert appraise_promotions(uplift)["verdict"].tolist() == ["moved"]


def test_other_promotions_do_not_raise_the_baseline(panel, promos):
    both = pd.concat([promos, promo_of(("q", "A", None, None, "2022-06-01", "2022-06-20", 5))], ignore_index=True)
    spiked = panel.assign(quantity=panel["quantity"] + 5000.0 * (panel["month"] == "2022-06-01"))
    plain, disturbed = lay_baseline(panel, promos), lay_baseline(spiked, both).query("promo == 'p'")
    assert disturbed["baseline"].tolist() == pytest.approx(plain["baseline"].tolist(), rel=0.03)


def test_goods_of_another_category_do_not_count(panel, promos):
    other = panel.assign(category="coffee", quantity=99_999)
    mixed = lay_baseline(pd.concat([panel, other]), promos)
    pd.testing.assert_frame_equal(mixed, lay_baseline(panel, promos))


def test_single_year_cannot_tell_a_baseline(panel, promos):
    lone = panel[panel["month"].between("2023-04-01", "2024-03-01")]
    uplift = measure_uplift(lay_baseline(lone, promos))
    assert uplift[["expected", "gross", "net"]].isna().all(axis=None)
    assert appraise_promotions(uplift.assign(unit_margin=60, spend=1))["verdict"].tolist() == ["unknown"]


def test_promotion_outside_the_ledger_is_left_out(panel):
    table = lay_baseline(panel, promo_of(("z", "A", "tea", None, "2030-06-01", "2030-06-20", 5)))
    assert table.empty
