import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame, Series, Timestamp

from kamnb.methods.backtest import BacktestRules, backtest_selection, choose_then, judge_method, measure_prediction
from kamnb.methods.origins import RATED, list_origins, measure_outcomes, rate_criteria, trace_criteria

AS_OF = Timestamp("2025-03-31")
RULES = BacktestRules(seats=6, draws=400, seed=1)
NONE = DataFrame({"account": [], "category": [], "month": [], "net_sales": []}).astype(
    {"account": "str", "category": "str", "month": "datetime64[us]", "net_sales": "int64"})


def world(trend, seed=1, accounts=40, shocks=0.0):
    """Sixty months of accounts; each grows by `trend` times its own luck a year, forever, and takes lasting `shocks`."""
    rng = np.random.default_rng(seed)
    months = pd.date_range("2020-04-01", "2025-03-01", freq="MS")
    names = [f"A{n:02}" for n in range(accounts)]
    size, luck = rng.lognormal(14, 1, accounts), rng.normal(0, 1, accounts)
    rows = pd.MultiIndex.from_product([names, months], names=["account", "month"]).to_frame(index=False)
    place, years = rows["account"].str[1:].astype(int).to_numpy(), np.tile(np.arange(60) / 12, accounts)
    walks = rng.normal(0, shocks, (accounts, 60)).cumsum(axis=1).ravel()
    noise = rng.lognormal(0, 0.001 if shocks else 0.03, len(rows))
    sales = size[place] * np.exp(trend * luck[place] * years + walks) * noise
    return rows.assign(net_sales=sales.astype("int64"), cost=Series((sales * 0.6).astype("int64"), dtype="Int64"),
                       channel=np.where(place % 2, "drug", "vending"))


def study(panel, weights=None, rules=RULES):
    origins = list_origins(panel, as_of=AS_OF, step=6)
    ratings = rate_criteria(trace_criteria(panel, NONE, origins=origins))
    outcomes = measure_outcomes(panel, origins=origins)
    weights = Series(weights or {"growth": 1.0})
    return (backtest_selection(ratings, outcomes, weights=weights, rules=rules),
            measure_prediction(ratings, outcomes, rules=rules), ratings, outcomes)


def test_origins_leave_two_years_before_and_a_year_after():
    origins = list_origins(world(0), as_of=AS_OF, step=6)
    assert [f"{day:%Y-%m-%d}" for day in origins] == ["2022-03-31", "2022-09-30", "2023-03-31", "2023-09-30", "2024-03-31"]
    assert len(list_origins(world(0), as_of=Timestamp("2025-03-30"), step=6)) == 4  # March 2025 is not complete
    assert list_origins(world(0), as_of=Timestamp("2022-04-30")).empty


def test_growth_that_lasts_is_found_and_beats_size():
    compared, predicted, _, _ = study(world(0.3))
    whole = compared[compared["origin"].isna()].set_index("measure")
    assert whole.loc["growth", "verdict"] == "beats"
    assert whole.loc["growth", "scorecard"] > whole.loc["growth", "everyone"] > whole.loc["growth", "size"] - 1
    assert whole.loc["growth", "low"] < whole.loc["growth", "difference"] < whole.loc["growth", "high"]
    foretold = predicted[predicted["outcome"] == "rate"].set_index("criterion")
    assert foretold.loc["growth", "verdict"] == "predicts" and foretold.loc["growth", "correlation"] > 0.8


def test_where_nothing_foretells_growth_the_method_does_not_beat_size():
    seen = [study(world(0.0, seed=n, shocks=0.03), {"steadiness": 1.0}, BacktestRules(seats=6, draws=200))[0] for n in range(3)]
    judged = [judge_method(compared)["growth"] for compared in seen]
    assert judged.count("open") >= 2


def test_choosing_noise_is_worse_than_size():
    compared = study(world(0.0))[0]  # the best year of an account that only wobbles is followed by a lesser one
    assert judge_method(compared)["growth"] == "worse"


def test_choosing_by_size_is_no_better_than_size():
    compared, _, _, _ = study(world(0.2), weights={"revenue": 1.0})
    whole = compared[compared["origin"].isna()]
    assert (whole["difference"] == 0).all() and (whole["shared"] == 1).all() and (whole["verdict"] == "open").all()
    assert judge_method(compared) == {"growth": "open", "profit": "open", "method": "open"}


def test_what_came_later_does_not_change_what_was_known():
    panel = world(0.3)
    day = pd.DatetimeIndex([Timestamp("2023-03-31")])
    later = panel.assign(net_sales=panel["net_sales"].where(panel["month"] <= day[0], 1))
    pd.testing.assert_frame_equal(trace_criteria(later, NONE, origins=day), trace_criteria(panel, NONE, origins=day))


def test_unit_of_money_does_not_change_who_is_chosen():
    once, other = (study(panel)[0] for panel in (world(0.3), world(0.3).assign(
        net_sales=lambda p: p["net_sales"] * 1000, cost=lambda p: p["cost"] * 1000)))
    growth = [table.loc[table["measure"] == "growth", "difference"].tolist() for table in (once, other)]
    assert growth[0] == pytest.approx(growth[1])
    profit = [table.loc[table["measure"] == "profit", "scorecard"] for table in (once, other)]
    assert (profit[1] / profit[0]).tolist() == pytest.approx([1000] * 6)


def test_outcomes_by_hand():
    months = pd.date_range("2022-04-01", periods=36, freq="MS")
    panel = pd.concat([DataFrame({"account": "A", "month": months, "net_sales": [10] * 24 + [15] * 12, "cost": 4}),
                       DataFrame({"account": "B", "month": months[:24], "net_sales": 20, "cost": 5}),
                       DataFrame({"account": "C", "month": months[30:], "net_sales": 9, "cost": 1})]).astype({"cost": "Int64"})
    found = measure_outcomes(panel, origins=pd.DatetimeIndex(["2024-03-31"])).set_index("account")
    assert found.loc["A", ["before", "after", "change", "rate", "margin_change"]].tolist() == [120, 180, 60, 0.5, 60]
    assert found.loc["B", ["after", "rate", "margin_before", "margin_after"]].tolist() == [0, -1, 180, 0]
    assert "C" not in found.index


def test_unknown_cost_leaves_profit_unknown():
    panel = world(0.3).assign(cost=Series(pd.NA, index=range(2400), dtype="Int64"))
    compared, predicted, ratings, _ = study(panel)
    whole = compared[compared["origin"].isna()].set_index("measure")
    assert whole.loc["profit", "verdict"] == "unknown" and np.isnan(whole.loc["profit", "scorecard"])
    assert whole.loc["growth", "verdict"] == "beats"
    assert judge_method(compared)["method"] == "beats"
    assert ratings["profit"].isna().all()
    assert set(predicted.loc[predicted["outcome"] == "margin_change", "verdict"]) == {"unknown"}


def test_choices_are_the_best_scores_and_the_largest():
    ratings = DataFrame({"origin": Timestamp("2024-03-31"), "account": list("abcd"), "sales": [1, 2, 3, 4],
                         "growth": [5.0, 4.0, np.nan, 1.0], "fit": np.nan})
    choices = choose_then(ratings, weights=Series({"growth": 1, "fit": 9}), seats=2).set_index("account")
    assert choices.index[choices["chosen"]].tolist() == ["a", "b"]
    assert sorted(choices.index[choices["by_size"]]) == ["c", "d"]
    assert choices.loc["c", "rank"] is pd.NA


def test_categories_a_channel_buys_and_an_account_does_not():
    panel = world(0.0, accounts=4)
    categories = pd.concat([panel.assign(category="tea"), panel[panel["account"] == "A01"].assign(category="water")])
    day = pd.DatetimeIndex([Timestamp("2024-03-31")])
    found = trace_criteria(panel, categories[["account", "category", "month", "net_sales"]], origins=day).set_index("account")
    assert found["open_share"].to_dict() == {"A00": 0, "A01": 0, "A02": 0, "A03": 0.5}  # A01 and A03 are one channel
    assert trace_criteria(panel, NONE, origins=day)["open_share"].isna().all()


def test_no_history_no_backtest():
    panel = world(0)
    nothing = list_origins(panel.iloc[:0], as_of=AS_OF)
    ratings = rate_criteria(trace_criteria(panel, NONE, origins=nothing))
    outcomes = measure_outcomes(panel, origins=nothing)
    assert set(RATED) <= set(ratings.columns) and ratings.empty and outcomes.empty
    assert backtest_selection(ratings, outcomes, weights=Series({"growth": 1.0})).empty
    assert measure_prediction(ratings, outcomes).empty
    assert judge_method(backtest_selection(ratings, outcomes, weights=Series({"growth": 1.0})))["method"] == "unknown"
