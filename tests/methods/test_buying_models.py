import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series, Timestamp

from kamnb.errors import InputError
from kamnb.methods import buying_models as models
from kamnb.methods.tail_value import ValueRules, check_buying, label_tail, value_tail
from tests.methods.published import find_published

EXACT = Series({"r": 0.2425945, "alpha": 4.4136019, "a": 0.7929199, "b": 2.4258881})
ROUNDED = Series({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
SPENDING = Series({"p": 6.25, "q": 3.74, "gamma": 15.44})
ONE = DataFrame({"x": [2], "t_x": [30.43], "T": [38.86]})


@pytest.fixture(scope="module")
def cdnow():
    """Calibration weeks of the CDNOW cohort of 1997."""
    file = find_published("cdnow") / "cdnow_customers_summary_with_transactions.csv"
    return pd.read_csv(file).rename(columns={"zbar": "mean_value"})


@pytest.mark.oracle("O1")
def test_bgnbd_on_cdnow(cdnow):
    begun = time.process_time()
    model = models.fit_buying(cdnow)
    assert time.process_time() - begun < 2
    assert model[list(EXACT.index)].tolist() == pytest.approx(EXACT.tolist(), rel=5e-4)
    assert model["log_likelihood"] == pytest.approx(-9582.429, abs=0.01)


@pytest.mark.oracle("O2")
@pytest.mark.parametrize(("model", "expected"), [(EXACT, 1.22591), (ROUNDED, 1.22603)])
def test_purchases_of_one_customer(model, expected):
    found = models.foresee_purchases(model, ONE, span=39).iloc[0]
    assert found["expected"] == pytest.approx(expected, abs=1e-5)
    assert found["alive"] == pytest.approx(0.7266, abs=1e-4)


@pytest.mark.oracle("O3")
def test_purchases_of_a_new_customer():
    spans = np.array([0.1429, 1, 3, 31.8571, 32, 78])
    published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8580]
    assert models.expect_purchases(EXACT, spans) == pytest.approx(published, abs=6e-5)


@pytest.mark.oracle("O4")
@pytest.mark.parametrize(("family", "published"), [("paretonbd", [0.553, 10.578, 0.606, 11.669]), ("mbgnbd", [0.525, 6.183, 0.891, 1.614])])
def test_relatives_of_bgnbd_on_cdnow(cdnow, family, published):
    model = models.fit_buying(cdnow, family=family)
    assert model[list(models.NAMES[family])].tolist() == pytest.approx(published, rel=1e-3)


@pytest.mark.oracle("O5")
def test_gamma_gamma_on_cdnow(cdnow):
    model = models.fit_spending(cdnow)
    assert model[["p", "q", "gamma"]].tolist() == pytest.approx([6.25, 3.74, 15.44], rel=2e-3)
    assert model["log_likelihood"] == pytest.approx(-4055.9177, abs=0.01)


@pytest.mark.oracle("O5")
def test_worth_of_a_purchase():
    people = DataFrame({"x": [2, 1, 7, 0], "mean_value": [22.35, 11.77, 73.74, np.nan]})
    assert models.expect_spending(SPENDING, people).tolist() == pytest.approx([24.66, 18.92, 71.47, 35.219], abs=0.006)


@pytest.mark.oracle("O1")
def test_summary_of_the_raw_lines_is_the_published_one(cdnow):
    columns = ["master", "account", "date", "items", "dollars"]
    raw = pd.read_csv(find_published("cdnow") / "CDNOW_sample.txt", sep=r"\s+", header=None, names=columns, dtype={"account": "str"})
    lines = raw.assign(date=pd.to_datetime(raw["date"].astype(str)), net_sales=(raw["dollars"] * 100).round().astype("int64") + 1)
    found = models.summarise_purchases(lines, until=Timestamp("1997-09-30"))
    assert found["x"].tolist() == cdnow["x"].tolist()
    assert found[["t_x", "T"]].to_numpy() == pytest.approx(cdnow[["t_x", "T"]].to_numpy(), abs=0.006)


def test_fit_finds_the_parameters_that_made_the_customers():
    truth, rng = {"r": 0.8, "alpha": 6.0, "a": 0.9, "b": 3.0}, np.random.default_rng(2)
    rows = []
    for _ in range(1500):
        rate, leave, when = rng.gamma(truth["r"], 1 / truth["alpha"]), rng.beta(truth["a"], truth["b"]), 0.0
        x, t_x = 0, 0.0
        while (when := when + rng.exponential(1 / rate)) < 60:
            x, t_x = x + 1, when
            if rng.random() < leave:
                break
        rows.append((x, t_x, 60.0))
    model = models.fit_buying(DataFrame(rows, columns=["x", "t_x", "T"]))
    mean = models.expect_purchases(model, np.array([60.0]))[0]
    assert mean == pytest.approx(np.mean([row[0] for row in rows]), rel=0.05)
    assert model["r"] == pytest.approx(truth["r"], rel=0.25)
    repeated = models.compare_repeats(model, DataFrame(rows, columns=["x", "t_x", "T"]))
    assert repeated["expected"].sum() == pytest.approx(1500)
    assert (repeated["customers"] - repeated["expected"]).abs().max() < 40


@settings(max_examples=40)
@given(st.floats(0.1, 3), st.floats(1, 20), st.floats(0.3, 3), st.floats(0.5, 5))
def test_expected_purchases_grow_with_time_and_chances_are_chances(r, alpha, a, b):
    model = Series({"r": r, "alpha": alpha, "a": a, "b": b})
    people = DataFrame({"x": [0, 1, 5], "t_x": [0.0, 10, 50], "T": [52.0, 52, 52]})
    near, far = (models.foresee_purchases(model, people, span=span) for span in (10.0, 50.0))
    assert near["alive"].between(0, 1).all()
    assert (far["expected"] >= near["expected"] - 1e-9).all() and (near["expected"] >= 0).all()


def test_unit_of_money_does_not_change_the_model():
    rng = np.random.default_rng(1)
    people = DataFrame({"x": rng.integers(1, 9, 200), "mean_value": rng.gamma(5, 20, 200)})
    cents = people.assign(mean_value=people["mean_value"] * 100)
    once, other = (models.expect_spending(models.fit_spending(rows), rows) for rows in (people, cents))
    assert (other / once).tolist() == pytest.approx([100] * 200, rel=1e-3)


def test_too_few_customers_are_refused():
    with pytest.raises(InputError, match="needs 30"):
        models.fit_buying(ONE)
    with pytest.raises(InputError, match="needs 30"):
        models.fit_spending(ONE.assign(mean_value=5.0))


def ledger():
    odd = ["2024-01-05", "2024-01-09", "2024-08-01", "2024-08-02", "2024-11-30"]
    dates = {"clock": pd.date_range("2024-01-01", periods=12, freq="28D"), "odd": pd.to_datetime(odd),
             "once": pd.to_datetime(["2024-02-01"]), "big": pd.date_range("2024-01-01", periods=9, freq="17D")}
    parts = [DataFrame({"account": name, "date": days, "net_sales": 900_000 if name == "big" else 100}) for name, days in dates.items()]
    return pd.concat([*parts, DataFrame({"account": ["odd", "odd"], "date": pd.to_datetime(["2024-01-05", "2024-05-05"]),
                                         "net_sales": [50, -70]})], ignore_index=True)


def test_purchases_are_days_with_positive_sales():
    found = models.summarise_purchases(ledger(), until=Timestamp("2024-12-31"))
    assert found.loc["odd", "x"] == 4 and found.loc["odd", "t_x"] == pytest.approx(330 / 7)
    assert found.loc["odd", "mean_value"] == 100  # the first day, worth 150, does not count
    assert found.loc["clock", "interval_cv"] == 0 and found.loc["odd", "interval_cv"] > 0.8
    assert np.isnan(found.loc["once", "mean_value"])
    assert models.summarise_purchases(ledger(), until=Timestamp("2024-01-31")).loc["odd", "x"] == 1


def test_model_speaks_of_the_tail_only():
    found = models.summarise_purchases(ledger(), until=Timestamp("2024-12-31"))
    labels = label_tail(found, ledger().groupby("account")["net_sales"].sum())
    assert labels.to_dict() == {"big": "large", "clock": "regular", "odd": "tail", "once": "single"}
    valued = value_tail(found, labels, models=(EXACT, Series({"p": 6.25, "q": 3.74, "gamma": 40.0})))
    assert valued.loc[["big", "clock"], ["alive", "expected", "value"]].isna().all(axis=None)
    assert (valued.loc[["odd", "once"], "value"] > 0).all()
    assert valued["label"].equals(labels)


def test_value_is_the_margin_of_discounted_purchases():
    people = DataFrame({"x": [2], "t_x": [30.43], "T": [38.86], "mean_value": [2235.0], "interval_cv": [np.nan]}, index=["c"])
    model = (EXACT, Series({"p": 6.25, "q": 3.74, "gamma": 1544.0}))
    plain = value_tail(people, Series({"c": "tail"}), models=model, rules=ValueRules(months=9, discount=0.0, margin=1.0)).loc["c"]
    assert plain["expected"] == pytest.approx(1.226, abs=0.01)  # nine months are 39.1 weeks
    assert plain["value"] == pytest.approx(plain["expected"] * plain["mean_value"], abs=0.51)
    dear = value_tail(people, Series({"c": "tail"}), models=model, rules=ValueRules(months=9, discount=0.2, margin=0.5)).loc["c"]
    assert 0.45 < dear["value"] / plain["value"] < 0.5


def test_forecast_is_compared_with_as_before():
    lines = DataFrame({"account": ["a", "a", "b"], "date": pd.to_datetime(["2024-03-01", "2024-04-01", "2024-03-05"]), "net_sales": 1})
    fitted = DataFrame({"x": [2, 2], "T": [10.0, 10.0]}, index=["a", "b"])
    span = (Timestamp("2024-02-01"), Timestamp("2024-04-11"))  # ten weeks
    found = check_buying(lines, fitted, DataFrame({"expected": [2.0, 1.0]}, index=["a", "b"]), span=span)
    assert found == {"expected": 3, "actual": 3, "error": 0, "naive": 0.5, "beats": True}


def test_nobody_has_no_value():
    none = models.summarise_purchases(ledger().iloc[:0], until=Timestamp("2024-12-31"))
    labels = label_tail(none, Series(dtype="int64"))
    assert none.empty and labels.empty
    assert value_tail(none, labels, models=(EXACT, SPENDING)).empty
    assert check_buying(ledger(), none, none, span=(Timestamp("2024-01-01"), Timestamp("2024-02-01"))) == {}
