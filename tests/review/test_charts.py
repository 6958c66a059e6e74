"""Charts are read by their artists: what the title says, what stands at the marks, and that every glyph is there."""

import warnings

import matplotlib.pyplot as plt
import pytest
from pandas import DataFrame

from kamnb import review, style
from kamnb.review import charts, watch_charts
from kamnb.words import speak
from tests.artists import texts


def message(ax):
    return style.title_parts(ax)[0]


@pytest.fixture(scope="module")
def shown(sample, panel, categories, accounts, keys, causes, routes, risks, payments, promotions, scope):
    """Every chart of the stage as a function without arguments, by name."""
    plan = review.spread_plan(sample.table("plan"), panel, accounts=accounts, scope=scope)
    sales = review.place_sales(categories, accounts, scope=scope)
    units = review.compare_units(review.cut_plan(plan, scope=scope), sales, scope=scope)
    landing = review.compare_landing(review.forecast_units(panel, accounts=accounts, keys=keys, scope=scope), plan,
                                     sales=panel.merge(accounts, on="account"), scope=scope)
    year = review.trace_year(panel, plan, landing=landing, scope=scope)
    strips = review.trace_risks(risks, panel, scope=scope)
    values = review.compare_kpis(sample.table("kpi_actuals"), sample.table("kpis"), accounts=accounts, scope=scope)
    facts = review.summarise_risks(risks)
    return {
        "units": lambda: charts.units(units, scope=scope), "path": lambda: charts.path(year, scope=scope),
        "bridge": lambda: charts.bridge(review.build_bridge(causes), scope=scope),
        "ranges": lambda: charts.ranges(review.pick_ranges(landing)),
        "movers": lambda: charts.movers(review.pick_movers(causes, routes)),
        "leaving": lambda: watch_charts.leaving(strips, facts=facts), "kpis": lambda: watch_charts.kpis(values),
        "payers": lambda: watch_charts.payers(review.pick_debtors(payments)),
        "mechanics": lambda: watch_charts.mechanics(review.pool_mechanics(promotions)),
    }


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_every_chart_has_a_message_and_every_glyph(shown, language):
    speak(language)
    style.theme()
    for name, draw in shown.items():
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ax = draw()
            ax.figure.canvas.draw()
        said, measured = style.title_parts(ax)
        assert said and measured and "{" not in said + measured, name
        plt.close(ax.figure)


def test_units_call_the_worst_by_name_and_colour_what_is_behind(shown):
    ax = shown["units"]()
    assert message(ax).startswith("We are ¥") and "Regional supermarkets alone" in message(ax)
    colours = [bar.get_facecolor() for bar in ax.patches]
    accent = plt.matplotlib.colors.to_rgba(style.ACCENT)
    assert colours.count(accent) == 2 and colours[0] == accent


def test_the_bridge_starts_and_ends_with_full_columns_that_differ_by_its_steps(shown, causes):
    ax = shown["bridge"]()
    labels = texts(ax)
    change = (causes["net_sales"].sum() - causes["previous_sales"].sum()) / 1e6
    first, last = (float(labels[place].replace(",", "")) for place in (0, -1))
    assert last - first == pytest.approx(change, abs=1.1)
    assert message(ax).startswith("Prices added") and "volume took" in message(ax)


def test_movers_mark_the_rerouted_and_name_the_worst(shown, accounts, truth):
    ax = shown["movers"]()
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len([name for name in names if name.endswith("*")]) == 2
    assert message(ax).startswith(accounts.set_index("account")["name"][truth["T04"]["account"]])


def test_the_path_says_where_the_year_ends(shown):
    ax = shown["path"]()
    assert "below plan" in message(ax)
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert len(dashed) == 1 and len(dashed[0].get_xdata()) == 4


def test_ranges_draw_every_channel_and_key_account_once(shown, keys):
    ax = shown["ranges"]()
    assert len(ax.get_yticklabels()) == 8 + len(keys)
    assert "likely to miss their plan" in message(ax)


def test_accounts_without_a_real_yardstick_are_not_drawn():
    rows = [("channel", "R", "Retail", 100, 90), ("account", "A", "New", 5000, 10)]
    table = DataFrame(rows, columns=["level", "unit", "unit_name", "p50", "previous_sales"])
    table = table.assign(p10=table["p50"], p90=table["p50"], plan=None).astype({"p50": "Int64", "plan": "Int64"})
    ax = charts.ranges(table)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Retail"]
    assert message(ax) == "No channel or key account is sure to stay below last year"


def test_payers_name_the_late_one(shown, accounts, truth):
    assert message(shown["payers"]()).startswith(accounts.set_index("account")["name"][truth["T08"]["account"]])


def test_mechanics_say_what_only_pulls_forward(shown):
    ax = shown["mechanics"]()
    assert message(ax).startswith("Bulk purchase mostly pulls sales forward")
    pale, full = ax.patches[0].get_width(), ax.patches[len(ax.patches) // 2].get_width()
    assert full < 0.5 * pale


def test_a_plan_of_one_line_is_drawn_without_naming_it_twice(scope):
    table = DataFrame({"unit": [""], "unit_name": [""], "plan": [1000], "actual": [900], "difference": [-100],
                       "attainment": [0.9], "status": ["behind"]})
    ax = charts.units(table, scope=scope)
    assert message(ax) == "We are ¥100 behind plan: 90.0% is reached"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["All sales"]


def test_kpis_mark_what_is_new():
    table = DataFrame({"kpi": ["K1", "K2"], "kpi_name": ["Distribution", "Meetings"], "account": ["A", "A"],
                       "name": ["Alpha", "Alpha"], "month": "2025-12-01", "kpi_status": ["behind", "on_plan"],
                       "signal": ["sudden", "noise"]})
    ax = watch_charts.kpis(table)
    rings = [mark for mark in ax.collections if len(mark.get_facecolor()) == 0 and len(mark.get_offsets())]
    assert message(ax) == "1 of 2 KPI values are behind plan, 1 of them at Alpha" and len(rings) == 1


def test_four_figures_whatever_is_missing():
    none = {"plan": {"key": "review.plan_found.none"}, "change": {"key": "review.change_found.none"},
            "landing": {"key": "review.landing_found.none"}, "risk": {"key": "review.risk_found.none", "watch": 0},
            "payment": {"key": "review.payment_found.none"}}
    figures = watch_charts.key_figures(none)
    assert len(figures) == 4 and figures["value"].tolist() == ["–"] * 4 and figures["comment"].str.len().min() > 5


def test_a_decision_is_worded_and_a_persons_own_text_stays(accounts):
    decided = DataFrame({"account": ["A001", "A002"], "key": [True, False], "signals": ["behind mix", "late"],
                         "at_stake": [2, 1], "changes": ["recover", "Ask the new buyer first"],
                         "decided_by": ["", "M01"]})
    worded = watch_charts.word_changes(decided, accounts)
    assert worded["findings"].tolist() == ["behind plan · lost by mix alone", "pays late"]
    assert worded["proposed"].tolist()[1] == "Ask the new buyer first" and worded["name"].tolist()[0] == "Aogane Mall"
