import pandas as pd
import pytest

from kamnb import channels
from kamnb.intake.dictionary import empty_table
from tests.channels.conftest import AS_OF, MONTHS


@pytest.fixture
def sellthru():
    """b1 bought half of what it buys through c1 in the first year, nothing of it in the second."""
    return pd.DataFrame({"month": MONTHS[:12], "wholesaler": "c1", "account": "b1", "product": "tea", "quantity": 1.0,
                         "sales": 400})


def test_a_chain_that_leaves_its_wholesaler_has_not_grown(months, sellthru):
    restated = channels.restate_months(months, sellthru, as_of=AS_OF)
    latest = restated[restated["year"] == AS_OF].groupby("account")["net_sales"].sum()
    assert latest["b1"] == 12 * 400 and latest["c1"] == 12 * (150 + 400)
    assert restated["net_sales"].sum() == months["net_sales"].sum()
    routes = channels.compare_routes(months, restated).set_index("channel")
    assert routes.loc["B", "growth"] > 0.5 and routes.loc["B", "growth_restated"] == 0
    assert routes["moved"].sum() == 0
    facts = channels.summarise_routes(routes.reset_index(), months=months, sellthru=sellthru, as_of=AS_OF)
    assert facts["accounts"] == ["Account b1"] and facts["wholesalers"] == ["Account c1"] and facts["restated"] == 0
    assert channels.tell_routing(facts)["key"] == "channels.routing_found"


def test_without_reports_growth_stays_as_booked(months):
    restated = channels.restate_months(months, empty_table("sellthru"), as_of=AS_OF)
    assert restated["net_sales"].tolist() == months["net_sales"].tolist()
    assert channels.compare_routes(months, restated).empty
    assert channels.tell_routing({}) == {"key": "channels.routing_none"}


def test_a_new_account_behind_a_wholesaler_is_placed_too(months, sellthru):
    grown = channels.study_growth(months, sellthru=sellthru, market=empty_table("market"), as_of=AS_OF)
    totals = grown.history.groupby("year")["net_sales"].sum()
    assert totals.tolist() == months.groupby("year")["net_sales"].sum().tolist()
