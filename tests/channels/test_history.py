import pandas as pd
import pytest

from kamnb import channels


def test_every_channel_has_every_year(history):
    assert history[["channel", "year"]].drop_duplicates().shape[0] == len(history) == 6


def test_a_channel_without_a_name_goes_by_its_code(history):
    assert set(history["channel_name"]) == {"Chains", "Online", "C"}


def test_years_tie_with_the_ledger(history, panel):
    assert history["net_sales"].sum() == panel["net_sales"].sum()
    assert history.groupby("year")["share"].sum().tolist() == pytest.approx([1, 1])


def test_an_account_without_sales_is_no_buyer(history):
    latest = history[history["year"] == history["year"].max()].set_index("channel")
    assert latest["accounts"].to_dict() == {"A": 6, "B": 3, "C": 2}


def test_the_first_year_has_no_growth(history):
    first = history[history["year"] == history["year"].min()]
    assert first["growth"].isna().all() and set(first["case"]) == {"unknown"}


def test_growth_of_the_parts_is_growth_of_the_whole(history):
    growth = channels.compare_growth(history)
    first, last = growth["first_sales"].sum(), growth["net_sales"].sum()
    assert growth["change"].sum() == last - first
    assert growth["growth_points"].sum() == pytest.approx(last / first - 1)
    assert growth["channel"].tolist() == ["B", "A", "C"]


def test_a_part_of_a_year_is_no_year(panel, accounts, names):
    late = channels.place_months(panel, accounts=accounts, channels=names, as_of=pd.Timestamp("2024-03-30"))
    assert late["year"].nunique() == 1 and late["month"].max() == pd.Timestamp("2024-02-01")


def test_one_year_has_no_growth_to_compare(months):
    one = months[months["year"] == months["year"].max()]
    growth = channels.compare_growth(channels.trace_channels(one))
    assert growth.empty and channels.summarise_growth(growth) == {}


def test_facts_name_the_best_and_the_worst(history):
    facts = channels.summarise_growth(channels.compare_growth(history))
    assert (facts["best"], facts["worst"], facts["growing"]) == ("Online", "C", 1)
    assert facts["change"] == 12 * (400 - 200)


def test_unknown_columns_are_not_shown(history):
    bare = history.assign(growth=float("nan"))
    assert "growth" not in channels.drop_unknown(bare) and "growth" in channels.drop_unknown(bare.iloc[:0])
