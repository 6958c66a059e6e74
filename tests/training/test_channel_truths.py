"""The planted truths about capacity, pipeline, rivals, opinions and shoppers are found by the methods of notebook 1."""

import pandas as pd
import pytest
from pandas import DataFrame, Timestamp

from kamnb.calendar import add_years
from kamnb.methods.distribution import index_purchases
from kamnb.methods.groups import appraise_mergers
from kamnb.methods.ownership import compare_owners
from kamnb.methods.pipeline import check_reports, flag_filling, lay_pipeline, split_sell_in, value_surplus
from kamnb.methods.serving import measure_capacity, rate_drivers, total_cost_to_serve
from kamnb.methods.standing import gap_to_first
from kamnb.methods.surveys import measure_disagreement, measure_time_use, score_maturity
from kamnb.methods.verdicts import judge_hypotheses

AS_OF = Timestamp("2025-12-31")


def test_t14_one_resource_is_idle_and_the_cost_to_serve_stays_as_it_is(sample, truth):
    drivers, planted = sample["cost_drivers"], truth["T14"]
    found = measure_capacity(drivers, sample["capacity"])
    assert found.index[found["state"] == "idle"].tolist() == [planted["resource"]]
    row = found.loc[planted["resource"]]
    assert 1 - row["used"] == pytest.approx(planted["idle"], abs=1e-4)
    assert row["unused_cost"] == planted["idle_cost"]
    assert (found["state"] == "short").sum() == 1
    own, rated = (total_cost_to_serve(rows)["cost_to_serve"] for rows in (drivers, rate_drivers(drivers, sample["capacity"])))
    pd.testing.assert_series_equal(own, rated)


@pytest.fixture(scope="module")
def pipeline(sample):
    """The reporting wholesalers, from December 2023."""
    lines = sample["sales"].assign(month=sample["sales"]["date"].dt.to_period("M").dt.start_time)
    flows = sample["sellthru"][["month", "wholesaler", "quantity"]].rename(columns={"wholesaler": "account"})
    return lay_pipeline(lines[["account", "month", "quantity"]], sell_out=flows, stock=sample["stock"])


def test_t15_stock_makes_sell_in_look_better_than_what_is_sold_on(pipeline, truth):
    planted = truth["T15"]
    split = split_sell_in(add_years(pipeline, as_of=AS_OF))
    assert split.loc[planted["account"], ["growth_in", "growth_out"]].tolist() == pytest.approx(
        [planted["growth_in"], planted["growth_out"]], abs=1e-4)
    assert split["pipeline_points"].idxmax() == planted["account"]
    assert split.drop(planted["account"])["pipeline_points"].abs().max() < 0.02
    flagged = flag_filling(pipeline)
    assert flagged.loc[flagged["flag"] == "filled", "account"].unique().tolist() == [planted["account"]]
    latest = value_surplus(flagged, pd.Series({planted["account"]: 1600.0})).loc[planted["account"]]
    assert latest["cover"] == pytest.approx(planted["cover_after"], abs=1e-3)
    assert latest["flag"] == "filled" and latest["surplus"] > 0


def test_wholesalers_report_a_part_of_what_they_sell_on(pipeline):
    assert check_reports(pipeline)["coverage"].between(0.2, 1.0).all()


def test_t16_where_we_lead_close_in_and_fall_behind(sample, sales, truth):
    ours = sales.groupby(["channel", "category", "year"])["net_sales"].sum().unstack()
    market = sample["market"].assign(year=sample["market"]["month"].dt.year)
    rows = market.groupby(["channel", "category", "year"])[["sales", "rival_sales"]].sum().unstack()
    found = gap_to_first(DataFrame({"sales": ours[2025], "sales_base": ours[2024], "market": rows[("sales", 2025)],
                                    "rival_sales": rows[("rival_sales", 2025)], "rival_base": rows[("rival_sales", 2024)]}))
    for role in ("first", "closing", "widening"):
        row = found.loc[(truth["T16"][f"{role}_channel"], truth["T16"][f"{role}_category"])]
        assert row["verdict"] == role
        assert row["gap"] == pytest.approx(truth["T16"][f"{role}_gap"], abs=1)
        assert row[["growth", "rival_growth"]].tolist() == pytest.approx(
            [truth["T16"][f"{role}_ours"], truth["T16"][f"{role}_rival"]], abs=1e-4)
    assert found.loc[("ECM", "水"), "years_to_first"] < 3


def test_t17_one_department_sees_the_selection_its_own_way(sample, truth):
    rows = sample["surveys"][sample["surveys"]["survey"] == "maturity"]
    latest = rows[rows["date"] == rows["date"].max()]
    disputed = measure_disagreement(latest.assign(item=latest["topic"]))
    first = disputed.iloc[0]
    assert first[["item", "department"]].tolist() == [truth["T17"]["factor"], truth["T17"]["department"]]
    assert disputed.loc[disputed["differs"], "item"].tolist() == [truth["T17"]["factor"]]
    assert first[["their_mean", "others_mean"]].tolist() == pytest.approx([truth["T17"]["theirs"], truth["T17"]["others"]], abs=1e-4)


def test_maturity_of_nine_factors_rose_since_the_round_before(sample):
    found = score_maturity(sample["surveys"][sample["surveys"]["survey"] == "maturity"])
    assert found["respondents"].tolist() == [28] * 9
    assert found["change"].mean() > 0.1
    assert found["gap"].lt(0).all()


def test_people_spend_less_than_a_third_of_their_time_with_accounts(sample):
    hours = measure_time_use(sample["surveys"][sample["surveys"]["survey"] == "activity"], by="topic")
    assert hours["share"].sum() == pytest.approx(1)
    assert hours.loc["face_to_face", "share"] < 1 / 3


def test_t18_shoppers_of_one_chain_buy_us_ever_more_often(sample, truth):
    rows = sample["pos"].assign(year=sample["pos"]["month"].dt.year)
    units = rows.groupby(["account", "year"])["quantity"].sum()
    shoppers = rows.drop_duplicates(["account", "month"]).groupby(["account", "year"])["shoppers"].sum()
    index = index_purchases(units, shoppers).unstack()
    grown = index[2025] / index[2024]
    assert grown.idxmax() == truth["T18"]["account"]
    assert index.loc[truth["T18"]["account"]].tolist() == pytest.approx([truth["T18"]["before"], truth["T18"]["after"]], abs=1e-3)


def test_sell_in_of_the_chains_becomes_sales_at_the_till(sample, sales):
    lines = sales[sales["account"].isin(sample["pos"]["account"].unique())]
    bought = lines.assign(month=lines["month"].dt.start_time)[["account", "month", "quantity"]]
    flows = lay_pipeline(bought, sell_out=sample["pos"], stock=sample["stock"].iloc[:0])
    assert flows["built"].groupby(flows["account"]).sum().abs().max() < 0.02 * flows["sell_in"].sum()


def test_t07_the_merger_law_on_the_planted_merger(sample, sales, truth):
    year = sales[(sales["channel"] == "DRG") & sales["month"].between("2023-10", "2024-09")]
    deals = appraise_mergers(year.groupby("account")["net_sales"].sum(), accounts=sample["accounts"], since=Timestamp("2024-01-01"))
    assert deals[["account", "group"]].to_numpy().tolist() == [[truth["T07"]["joined"], truth["T07"]["head"]]]
    assert deals["hhi_before"].iloc[0] / 10_000 == pytest.approx(truth["T07"]["hhi_before"], abs=1e-5)
    assert deals["hhi_after"].iloc[0] / 10_000 == pytest.approx(truth["T07"]["hhi_after"], abs=1e-5)


def test_the_merged_chain_is_in_two_hands(sample, sales, truth):
    year = sales[sales["year"] == 2025].groupby("account")[["net_sales", "list_sales"]].sum().reset_index()
    found = compare_owners(sample["accounts"], sales=year, day=AS_OF).loc[truth["T07"]["head"]]
    assert found["owners"] == 2 and found["split"] > 0.3
    assert found["levelling"] > 0


def test_hypotheses_are_judged_by_rules_fixed_before(sample, truth):
    found = judge_hypotheses(sample["hypotheses"], as_of=AS_OF).set_index("hypothesis")
    assert found.loc[["H01", "H02", "H03", "H04", "H07"], "by_rule"].tolist() == [
        "confirmed", "confirmed", "confirmed", "confirmed", "confirmed"]
    assert found.loc["H03", "rule"] == "interviews" and found.loc["H05", "rule"] == "none"
    assert found.loc["H02", "state"] == "confirmed" and not found["contradicts"].any()
    measured = sample["hypotheses"].set_index("hypothesis")["measured"]
    assert measured["H01"] == pytest.approx(truth["T03"]["losing_share"][-1], abs=1e-4)
    assert measured["H07"] == pytest.approx(truth["T12"]["both_growth"], abs=1e-4)
