"""The long list, its classes, and purchases that only moved between invoices."""

import pandas as pd
import pytest

from kamnb.intake.dictionary import empty_table
from kamnb.selection import longlist, routing
from kamnb.settings import Choices

AS_OF = pd.Timestamp("2024-03-31")


def master(**columns):
    table = pd.DataFrame({"account": ["A", "B", "C"], "name": ["Alpha", "Beta", "Gamma"], "channel": ["X", "X", "Y"]})
    return pd.concat([empty_table("accounts"), table]).assign(**columns).reset_index(drop=True)


def listed(ledger, **columns):
    return longlist.list_accounts(ledger, master(**columns), empty_table("channels"), as_of=AS_OF).set_index("account")


def test_largest_first_and_shares_sum_to_one(ledger):
    table = listed(ledger)
    assert list(table.index) == ["A", "B", "C"]
    assert table["share"].sum() == pytest.approx(1)
    assert table.at["A", "net_sales"] == 12_000
    assert table.at["A", "margin"] == 12_000 - 12 * 60


def test_first_year_of_an_account_is_no_growth(ledger):
    table = listed(ledger)
    assert table.at["C", "case"] == "new" and pd.isna(table.at["C", "growth"])
    assert table.at["B", "growth"] > 0


def test_account_known_longer_than_the_ledger_has_its_growth(ledger):
    opened = pd.to_datetime(pd.Series([None, None, "2001-04-01"]))
    table = listed(ledger, opened=opened)
    assert table.at["C", "case"] == "grew"
    assert table.at["C", "tenure"] == pytest.approx(23, abs=0.01)


def test_closed_accounts_are_not_listed(ledger):
    assert "A" not in listed(ledger, closed=pd.to_datetime(pd.Series(["2024-01-31", None, None]))).index


def test_unknown_cost_of_one_month_makes_the_margin_unknown(ledger):
    ledger.loc[ledger.index[30], "cost"] = pd.NA
    assert pd.isna(listed(ledger).at["A", "margin"])


def test_group_is_the_account_itself_outside_groups(ledger):
    table = listed(ledger, group=pd.Series(["B", None, None], dtype="str"))
    assert list(table["group"]) == ["B", "B", "C"]


def test_season_is_taken_out_and_only_two_years_count(chosen):
    months = chosen.steady["month"]
    assert months.nunique() == 24
    tea = chosen.steady[chosen.steady["account"] == "A080"]["net_sales"]
    assert tea.std() / tea.mean() < 0.1


def test_season_stays_in_a_ledger_with_gaps(ledger):
    gaps = ledger[~ledger["month"].dt.month.isin([5, 8])]
    level = longlist.level_seasons(gaps, master(), as_of=AS_OF)
    kept = gaps[gaps["month"] > AS_OF - pd.DateOffset(months=24)]
    assert level["net_sales"].sum() == kept["net_sales"].sum()


def test_quarters_are_proposed_when_every_account_is_unsteady_by_month(ledger):
    batches = ledger[(ledger["month"].dt.month % 3 == 0) & (ledger["account"] != "C")]
    steady = longlist.level_seasons(batches, master(), as_of=AS_OF)
    advice = longlist.try_periods(steady, choices=Choices())
    assert longlist.choose_period(advice, choices=Choices()) == "quarter"
    assert longlist.summarise_period(steady, advice)["z_months"] == 1
    assert longlist.choose_period(advice, choices=Choices(xyz_period="month")) == "month"


def test_fields_tie_to_the_list(chosen):
    grid = longlist.cross_segments(chosen.segments)
    assert grid["accounts"].sum() == len(chosen.listed)
    assert grid["net_sales"].sum() == chosen.listed["net_sales"].sum()


def test_sample_is_judged_by_month_and_its_large_accounts_are_steady(chosen):
    assert chosen.period == "month"
    facts = longlist.summarise_list(chosen.segments, chosen.panel)
    assert facts["steady"] >= 0.9 * facts["a_accounts"]
    assert facts["largest"] == "Aogane Mall"


def test_moved_invoices_are_found_and_are_no_growth(chosen):
    assert chosen.moved[["account", "wholesaler"]].to_numpy().tolist() == [["A015", "A146"]]
    table = chosen.listed.set_index("account")
    assert table.loc[["A015", "A146"], "case"].tolist() == ["rerouted", "rerouted"]
    assert table.loc[["A015", "A146"], "growth"].isna().all()
    assert chosen.growth.loc[["A015", "A146"], "growth_shrunken"].abs().max() < 0.05


def test_restating_moves_sales_and_loses_none(sample, chosen):
    assert chosen.panel["net_sales"].sum() == sample.panel("account_month")["net_sales"].sum()


def test_without_sell_through_nothing_is_restated(sample):
    own = sample.panel("account_month")
    moved = routing.find_rerouted(own, empty_table("sellthru"), as_of=sample.as_of)
    assert moved.empty and routing.summarise_rerouted(empty_table("accounts"), moved) == {}
    assert routing.restate_panel(own, empty_table("sellthru"), moved)["net_sales"].sum() == own["net_sales"].sum()


def test_half_a_year_of_sell_through_is_not_compared(sample):
    late = sample.table("sellthru").query("month >= '2025-01-01'")
    assert routing.find_rerouted(sample.panel("account_month"), late, as_of=sample.as_of).empty
