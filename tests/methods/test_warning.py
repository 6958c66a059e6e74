import numpy as np
import pandas as pd
import pytest
from pandas import DataFrame, Timestamp

from kamnb.methods.warning import PRIOR, TESTED, backtest_warning, learn_weights, rank_signs, score_warning
from kamnb.methods.warning_signs import CELLS, SIGNS, WarningRules, trace_signs

AS_OF = Timestamp("2025-03-31")
MONTHS = pd.date_range("2021-04-01", "2025-03-01", freq="MS")
NONE = DataFrame({"account": [], "product": [], "month": [], "net_sales": []}).astype(
    {"account": "str", "product": "str", "month": "datetime64[us]", "net_sales": "int64"})
RULES = WarningRules(draws=300)


def world(seed=1, accounts=60, narrow=True):
    """Accounts that buy ten products; a third of them leaves one day: first, for half a year, product by product at the
    same sales, then altogether.  The others wobble, some by more than a fifth."""
    rng, rows, items = np.random.default_rng(seed), [], []
    for n in range(accounts):
        leaves = int(rng.integers(24, 46)) if n % 3 == 0 else 99
        swing = 0.45 * np.sin(np.arange(48) / 9 + rng.uniform(0, 6)) if n % 3 == 1 else np.zeros(48)
        for m in range(48):
            gone = m >= leaves
            sales = 0 if gone else int(1000 * (1 + swing[m]) * rng.lognormal(0, 0.05))
            count = 0 if gone else max(10 - max(m - leaves + 9, 0), 1) if narrow and n % 3 == 0 else 10
            rows.append((f"A{n:02}", MONTHS[m], sales))
            items += [(f"A{n:02}", f"P{i}", MONTHS[m], 1) for i in range(count)]
    panel = DataFrame(rows, columns=["account", "month", "net_sales"]).assign(channel="drug")
    return panel[panel["net_sales"] > 0], DataFrame(items, columns=["account", "product", "month", "net_sales"])


@pytest.fixture(scope="module")
def cells():
    return trace_signs(*world(), as_of=AS_OF, rules=RULES)


def test_products_that_vanish_before_sales_do_warn_better_than_sales(cells):
    table = backtest_warning(cells, rules=RULES).set_index("method")
    assert table.loc["score", "verdict"] == "beats"
    assert table.loc["score", "alarms"] == table.loc["naive", "alarms"]
    assert table.loc["score", "recall"] > 1.5 * table.loc["naive", "recall"]
    assert table.loc["score", "low"] < table.loc["score", "difference"] < table.loc["score", "high"]
    assert learn_weights(cells)["narrower"] > PRIOR["narrower"]


def test_signs_that_tell_nothing_do_not_beat_the_simple_alarm():
    cells = trace_signs(*world(narrow=False), as_of=AS_OF, rules=RULES)
    assert backtest_warning(cells, rules=RULES).set_index("method").loc["score", "verdict"] in ("open", "worse")


def test_counts_tie(cells):
    table = backtest_warning(cells, rules=RULES).set_index("method")
    watched = cells[(cells["state"] == "watched") & cells["lost"].notna()]
    assert table["losses"].tolist() == [int(watched["lost"].sum())] * 2
    assert table.loc["naive", "alarms"] == int(watched["naive"].sum())
    assert (table["precision"] * table["alarms"]).tolist() == pytest.approx(table["hits"].tolist())
    assert table["lead"].between(1, RULES.horizon).all()


def test_what_came_later_is_not_in_the_signs():
    panel, products = world()
    day = Timestamp("2023-12-31")
    early = [rows[rows["month"] <= day] for rows in (panel, products)]
    told = trace_signs(*early, as_of=day, rules=RULES)
    known = trace_signs(panel, products, as_of=AS_OF, rules=RULES)
    columns = ["account", "state", "sales", "change", *SIGNS, "naive"]
    pd.testing.assert_frame_equal(told.loc[told["day"] == day, columns].reset_index(drop=True),
                                  known.loc[known["day"] == day, columns].reset_index(drop=True))
    assert told.loc[told["day"] == day, "lost"].isna().all()


def test_fate_by_hand():
    sales = [100] * 36 + [100] * 3 + [40] * 9
    panel = DataFrame({"account": "A", "channel": "x", "month": MONTHS, "net_sales": sales})
    steady = panel.assign(account="B", net_sales=10_000)
    cells = trace_signs(pd.concat([panel, steady]), NONE, as_of=AS_OF, rules=RULES).set_index(["account", "day"])
    row = cells.loc[("A", Timestamp("2024-03-31"))]
    assert row[["state", "sales", "change", "lost"]].tolist() == ["watched", 1200, 0, True]
    assert row["months"] == 6  # three months of 40 (and what the season takes off) are half of 100 or less first in September
    assert cells.loc[("A", Timestamp("2024-09-30")), "state"] == "fallen"
    assert not cells.loc[("B", Timestamp("2024-03-31")), "lost"]
    assert cells.xs("A")["narrower"].isna().all()


def test_who_buys_seldom_is_not_watched():
    panel = DataFrame({"account": "A", "channel": "x", "month": MONTHS[::3], "net_sales": 100})
    cells = trace_signs(panel, NONE, as_of=AS_OF, rules=RULES)
    assert set(cells["state"]) == {"irregular"}
    assert backtest_warning(cells, rules=RULES).empty
    assert trace_signs(panel, NONE, as_of=AS_OF, rules=WarningRules(active=3))["state"].isin(["watched", "fallen"]).all()


def test_last_day_is_scored_by_what_was_learned(cells):
    table = score_warning(cells, rules=RULES)
    watched = table[table["state"] == "watched"]
    assert watched["score"].is_monotonic_decreasing and watched["rank"].tolist() == list(range(1, len(watched) + 1))
    assert table.loc[table["state"] != "watched", "score"].isna().all()
    assert (table["known"] <= len(SIGNS)).all()


def test_few_losses_leave_the_rule_of_thumb():
    panel, products = world(accounts=9)
    cells = trace_signs(panel, products, as_of=AS_OF, rules=RULES)
    calm = cells[~cells["account"].isin(["A00", "A03", "A06"])]
    assert learn_weights(calm).equals(PRIOR)
    assert backtest_warning(calm, rules=RULES).set_index("method").loc["score", "verdict"] in ("unknown", "open")


def test_unknown_sign_stands_in_the_middle(cells):
    blind = cells.assign(narrower=np.nan)
    assert rank_signs(blind)["narrower"].eq(0.5).all()
    assert rank_signs(cells).max().max() == 1


def test_unit_of_money_does_not_matter():
    panel, products = world(accounts=12)
    once, other = (trace_signs(rows, products, as_of=AS_OF, rules=RULES) for rows in (panel, panel.assign(
        net_sales=panel["net_sales"] * 1000)))
    assert once[list(SIGNS)].to_numpy() == pytest.approx(other[list(SIGNS)].to_numpy(), nan_ok=True)
    assert once["lost"].equals(other["lost"])


def test_no_ledger_no_warning():
    panel, products = world(accounts=3)
    cells = trace_signs(panel.iloc[:0], products.iloc[:0], as_of=AS_OF)
    assert cells.columns.tolist() == list(CELLS) and cells.empty
    assert score_warning(cells).empty
    assert backtest_warning(cells).columns.tolist() == list(TESTED)
