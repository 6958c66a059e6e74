"""KPIs: behind or not by the KPI's own tolerance, and new misses told from lasting ones and from noise."""

import pandas as pd
import pytest
from pandas import DataFrame

from kamnb import review

from .conftest import scope_at, two_accounts

SCOPE = scope_at("2025-12-31")


def judge(actual, *, direction="up", tolerance=2.0, plan=100.0):
    months = pd.date_range("2025-04-01", periods=len(actual), freq="MS")
    kpis = DataFrame({"kpi": ["K"], "name": ["Distribution"], "unit": ["%"], "direction": [direction],
                      "tolerance": [tolerance]})
    rows = DataFrame({"kpi": "K", "account": "A", "month": months, "plan": plan, "actual": actual})
    return review.compare_kpis(rows, kpis, accounts=two_accounts(), scope=SCOPE).iloc[0]


@pytest.mark.parametrize(("last", "status"), [(97.0, "behind"), (98.5, "on_plan"), (103.0, "ahead")])
def test_the_tolerance_of_the_kpi_decides(last, status):
    assert judge([100.0] * 8 + [last])["kpi_status"] == status


def test_down_is_good_for_some():
    assert judge([1.0] * 8 + [4.0], direction="down", tolerance=0.5, plan=1.0)["kpi_status"] == "behind"


def test_a_sudden_miss_is_new():
    assert judge([100, 101, 99, 100, 101, 100, 99, 100, 90])["signal"] == "sudden"


def test_a_miss_of_three_months_lasts():
    assert judge([100, 101, 99, 100, 101, 100, 95, 95, 94])["signal"] == "lasting"


def test_a_miss_within_the_usual_ups_and_downs_is_noise():
    assert judge([104, 96, 105, 95, 104, 96, 105, 104, 96])["signal"] == "noise"


def test_few_months_cannot_tell():
    assert judge([100, 100, 90])["signal"] == "few"


def test_the_sample_names_the_account_that_is_behind(sample, accounts, scope, truth):
    values = review.compare_kpis(sample.table("kpi_actuals"), sample.table("kpis"), accounts=accounts, scope=scope)
    facts = review.summarise_kpis(values)
    names = accounts.set_index("account")["name"]
    assert facts["worst"] == names[truth["T09"]["behind"]]
    assert facts["behind"] == (values["kpi_status"] == "behind").sum() >= facts["sudden"] + facts["lasting"]
    assert set(values["month"]) == {scope.last}
