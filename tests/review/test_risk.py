"""Who is about to leave: the planted account, nobody by chance, and a fair comparison with the simple rule."""

import pandas as pd
import pytest

from kamnb import review

from .conftest import monthly, scope_at, two_accounts

MONTHS = pd.date_range("2021-01-01", "2025-12-01", freq="MS")
NO_PRODUCTS = pd.DataFrame({"account": pd.Series(dtype="str"), "product": pd.Series(dtype="str"),
                            "month": pd.Series(dtype="datetime64[us]"), "net_sales": pd.Series(dtype="int64")})


def shrink(since: str, factor: float) -> dict[str, int]:
    return {str(m.date()): round(1000 * (factor if m >= pd.Timestamp(since) else 1)) for m in MONTHS}


def find(sales, **rules):
    scope = scope_at("2025-12-31", **rules)
    return review.find_risks(monthly(sales), NO_PRODUCTS, accounts=two_accounts(), scope=scope).set_index("account")


def test_the_planted_account_is_the_one_that_is_leaving(risks, truth):
    leaving = risks[risks["alarm"] == "leaving"].set_index("account")
    assert list(leaving.index) == [truth["T04"]["account"]]
    assert leaving["change_3"].iloc[0] == pytest.approx(truth["T04"]["last_quarter_against_year_before"], abs=0.001)
    assert leaving["products_before"].iloc[0] == truth["T04"]["products_before"]
    assert review.summarise_risks(risks)["key"] == "review.risk_found.one"


def test_a_change_of_route_is_no_sign_of_leaving(risks, truth):
    assert risks.set_index("account").loc[truth["T12"]["wholesaler"], "alarm"] == "rerouted"


def test_a_fall_that_was_never_seen_before_is_alarming():
    found = find({"A": shrink("2025-07-01", 0.5), "B": shrink("2021-01-01", 1)})
    assert found["alarm"].to_dict() == {"A": "leaving"} and found.loc["A", "at_stake"] == 9000


def test_a_fall_as_often_before_is_only_watched():
    wave = {str(m.date()): 1000 if (m.year + (m.month > 6)) % 2 else 400 for m in MONTHS}
    assert find({"A": wave})["alarm"].to_dict() == {"A": "watch"}


def test_the_threshold_is_the_clients():
    sales = {"A": shrink("2025-07-01", 0.85)}
    assert find(sales, decline=0.2).empty
    assert find(sales, decline=0.1)["alarm"].to_dict() == {"A": "leaving"}


def test_who_stopped_long_ago_is_gone_with_what_it_bought_before():
    found = find({"A": shrink("2024-12-01", 0), "B": shrink("2021-01-01", 1)})
    assert found.loc["A", "alarm"] == "gone" and found.loc["A", "at_stake"] == 11000


def test_warnings_are_counted_against_who_was_lost():
    steady = shrink("2021-01-01", 1)
    falling = {str(m.date()): round(1000 * (1.0 if m < pd.Timestamp("2024-07-01") else 0.5 if m.year == 2024 else 0.1))
               for m in MONTHS}
    table = review.compare_rules(monthly({"A": falling, "B": steady}), NO_PRODUCTS, scope=scope_at("2025-12-31"))
    ours = table.set_index("rule").loc["signs"]
    assert (ours["cases"], ours["warned"], ours["right"], ours["lost"]) == (6, 1, 1, 2)
    assert ours["precision"] == 1.0 and ours["recall"] == 0.5
    assert review.summarise_rules(table, scope=scope_at("2025-12-31"))["key"] == "review.rules_found.few"


def test_short_history_is_said_to_be_untested():
    short = monthly({"A": {f"2025-{month:02d}-01": 10 for month in range(1, 13)}})
    table = review.compare_rules(short, NO_PRODUCTS, scope=scope_at("2025-12-31"))
    assert table.empty
    assert review.summarise_rules(table, scope=scope_at("2025-12-31")) == {"key": "review.rules_found.untested"}


def test_the_sample_compares_both_rules_on_the_same_cases(panel, products, scope):
    table = review.compare_rules(panel, products, scope=scope).set_index("rule")
    assert table["cases"].nunique() == 1 and table["lost"].nunique() == 1
    assert (table["right"] <= table["warned"]).all() and (table["right"] <= table["lost"]).all()


def test_strips_show_the_last_year_beside_the_one_before(risks, panel, scope, truth):
    strips = review.trace_risks(risks, panel, scope=scope)
    assert len(strips) == 12 and set(strips["account"]) == {truth["T04"]["account"]}
    sold = panel[panel["account"] == truth["T04"]["account"]].set_index("month")["net_sales"]
    last = strips[strips["back"] == 0].iloc[0]
    assert last["net_sales"] == sold["2025-12-01"] and last["previous_sales"] == sold["2024-12-01"]
