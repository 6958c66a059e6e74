"""Charts and wording, read by their artists: messages, labels, and three languages."""

import pandas as pd
import pytest
from pandas import DataFrame, Timestamp

from kamnb import strategy
from kamnb.settings import StrategySettings
from kamnb.strategy import charts
from kamnb.style import ACCENT, title_parts
from kamnb.words import speak
from tests.artists import texts
from tests.strategy.conftest import AS_OF, fill, months_of


def test_history_says_where_the_average_went():
    months = strategy.mark_months(months_of("A1", [100_000] * 12 + [80_000] * 12), as_of=AS_OF)
    message, measured = title_parts(charts.history(months, account="Chain 1"))
    assert message == "Chain 1 buys ¥80,000 a month on average, −20.0% since Dec 2024"
    assert "hatched" not in measured


def test_partial_months_are_hatched_and_said():
    months = strategy.mark_months(months_of("A1", [9] * 24), as_of=Timestamp("2025-12-20"))
    ax = charts.history(months, account="Chain 1")
    assert [bar.get_hatch() for bar in ax.patches] == [None] * 23 + ["////"]
    assert "hatched" in title_parts(ax)[1]


def test_account_that_stopped_is_said_so():
    months = strategy.mark_months(months_of("A1", [9] * 20, until="2024-05-01"), as_of=AS_OF)
    assert title_parts(charts.history(months, account="Chain 1"))[0] == "Chain 1 has bought nothing since May 2024"


@pytest.mark.parametrize(
    ("own", "word"), [([100] * 12 + [200] * 24, "outgrows"), ([200] * 12 + [100] * 24, "falls behind"), ([100] * 36, "moves with")]
)
def test_trend_says_who_is_ahead(accounts, own, word):
    panel = pd.concat([months_of("A1", own), months_of("A2", [100] * 36)])
    trend = strategy.compare_with_channel(panel, accounts, account="A1", as_of=AS_OF)
    ax = charts.trend(trend, account="Chain 1", facts=strategy.summarise_trend(trend))
    assert f"Chain 1 {word}" in title_parts(ax)[0]
    assert texts(ax)[0].startswith("Chain 1") and len(ax.lines) == 3


def test_category_chart_labels_every_change():
    table = DataFrame({"category": ["Tea", "New"], "change": [-40_000, 9_000], "growth": [-0.2, float("nan")], "case": ["grew", "new"]})
    ax = charts.category_changes(table)
    assert title_parts(ax)[0] == "Tea moved most: −¥40,000 of −¥31,000; 1 of 2 categories grew"
    assert texts(ax) == ["−¥40,000  (−20.0%)", "+¥9,000  (new)"]


@pytest.fixture
def space(accounts):
    rows = [(f"A{n}", category, n * 100_000) for n in range(1, 9) for category in ("Tea", "Water")]
    sales = DataFrame(rows, columns=["account", "category", "net_sales"]).drop(index=1)
    return strategy.benchmark_account(sales, accounts, account="A1", rules=StrategySettings())


def test_whitespace_names_the_open_category(space, profile):
    ax = charts.whitespace(space, account="Chain 1", facts=strategy.summarise_space(space, profile))
    assert title_parts(ax)[0] == "Water is open: peers of this size buy ¥100,000 to ¥100,000, Chain 1 nothing"
    assert texts(ax) == ["+¥100,000 to ¥100,000", "above its peers"]


def test_whitespace_without_peers_claims_nothing(space):
    unknown = space.assign(
        **{name: pd.array([None] * 2, dtype="Int64") for name in ("potential_low", "potential_high", "gap_low", "gap_high")}
    )
    ax = charts.whitespace(unknown, account="Chain 1", facts={})
    assert title_parts(ax)[0].startswith("Too few peers") and set(texts(ax)) == {"too few peers buy it to tell"}


def waterfall(net):
    bars = [
        ("list", 1000, True),
        ("on_invoice", -100, False),
        ("invoice", 900, True),
        ("pocket", 900, True),
        ("cost", -900 + net, False),
        ("pocket_margin", net, True),
        ("net", net, True),
    ]
    rows = [
        {
            "bar": bar,
            "amount": amount,
            "total": total,
            "start": 0 if total else 900,
            "end": amount if total else 900 + amount,
            "share": amount / 1000,
        }
        for bar, amount, total in bars
    ]
    facts = {"net": net, "pocket_rate": 0.9, "year": Timestamp("2025-12-31")}
    return charts.waterfall(DataFrame(rows), account="Chain 1", facts=facts)


def test_waterfall_says_whether_the_account_earns():
    assert "leaves us ¥40 a year" in title_parts(waterfall(40))[0]
    assert "costs us ¥40 a year" in title_parts(waterfall(-40))[0]


def test_waterfall_prints_amount_and_share_of_every_bar():
    ax = waterfall(40)
    assert {"1,000", "100.0%", "−10.0%", "4.0%"} <= set(texts(ax))
    assert [tick.get_text() for tick in ax.get_yticklabels()][:3] == ["At list price", "Discount on the invoice", "Invoiced"]


def test_corridor_marks_the_account():
    prices = DataFrame(
        {
            "account": ["A1", "A2"],
            "name": "x",
            "rate": [0.6, 0.8],
            "size": [10.0, 20.0],
            "expected": [0.8, 0.8],
            "z": [-9.0, 0.0],
            "flag": ["low", ""],
            "own": [True, False],
        }
    )
    ax = charts.corridor(prices, account="Chain 1")
    assert title_parts(ax)[0].startswith("Chain 1 pays 20.0% of list price less") and "Chain 1" in texts(ax)
    assert ax.get_xscale() == "log"


@pytest.fixture
def people():
    rows = [
        {
            "person": "P1",
            "account": "A1",
            "post": "Buyer",
            "role": "decider",
            "influence": 9,
            "coverage": 3,
            "attitude": None,
            "contact": "M1",
        },
        {"person": "P2", "account": "A1", "post": "Director", "role": "champion", "influence": 6, "coverage": 0, "attitude": 2},
    ]
    return strategy.map_people(fill("people", rows), fill("team", [{"member": "M1", "name": "One"}]), as_of=AS_OF)


def test_decision_map_colours_whom_we_reach(people):
    ax = charts.decision_map(people, account="Chain 1", facts=strategy.measure_influence(people))
    assert title_parts(ax)[0] == "We reach 60% of the influence at Chain 1"
    assert [bar.get_facecolor()[:3] == pytest.approx(tuple(int(ACCENT[i : i + 2], 16) / 255 for i in (1, 3, 5))) for bar in ax.patches] == [
        True,
        False,
    ]
    assert texts(ax)[:6] == ["decides", "not known", "One", "promotes us", "for us", "not known"]


def test_swot_grid_shows_evidence_and_marks_what_has_none():
    factors = DataFrame({"side": ["strength", "threat"], "factor": ["Strong", "Weak"], "evidence": ["ledger", ""]})
    ax = charts.swot_grid(factors, account="Chain 1")
    assert title_parts(ax)[0] == "Chain 1: 1 of 2 factors still lack evidence"
    assert {"●", "○", "Strong", "ledger", "nothing entered"} <= set(texts(ax))


def test_ladder_says_now_and_wanted():
    signs = strategy.assess_signs({"tenure": 20, "continuity": 1, "wallet": 0.3, "range": 1, "reach": 0.9, "support": -1})
    ax = charts.ladder(signs, account="Chain 1", verdict=strategy.judge_relationship(signs))
    assert title_parts(ax)[0] == "Chain 1: Preferred supplier today, Partner wanted; 1 of 6 known signs fall short"
    assert texts(ax).count("not known") == 2


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_every_stance_finding_and_move_has_words(language):
    speak(language)
    known = {"net": -5, "net_rate": -0.1, "headroom_low": 5, "category": "Tea", "gap_low": 5, "category_sales": 0, "peers": 7}
    table = charts.word_pillars(strategy.propose_pillars(fill("strategy", []), known))
    assert not table[["stance", "finding"]].stack().str.contains("_").any()
    signs = strategy.assess_signs({"reach": 0.1, "tenure": 1, "continuity": 0.1, "range": 0.1})
    steps = charts.word_steps(strategy.list_steps(signs, strategy.judge_relationship(signs)))
    assert len(steps) == 8 and steps.notna().all().all()


def test_dear_term_is_named_in_its_finding():
    known = {"bar": "centre_fee", "gap": 0.012, "gap_amount": 3_000_000}
    table = charts.word_pillars(strategy.propose_pillars(fill("strategy", []), known)).set_index("pillar")
    assert table.at["price", "finding"] == "Distribution-centre fee: +1.2 pt of list price above the peers' median, ¥3.00 million a year"


def test_stance_of_a_person_stands_as_written():
    saved = fill("strategy", [{"account": "A1", "pillar": "price", "stance": "Hold until April", "reason": None}])
    row = charts.word_pillars(strategy.propose_pillars(saved, {})).set_index("pillar").loc["price"]
    assert (row["stance"], row["reason"], row["origin"]) == ("Hold until April", "", "entered by people")


@pytest.mark.parametrize(
    ("known", "start"),
    [
        ({"net": -5, "net_rate": -0.1}, "After all terms, cost of goods and cost to serve Chain 1 loses us ¥5"),
        ({"net": 5, "net_rate": 0.1}, "After all terms, cost of goods and cost to serve Chain 1 leaves us ¥5"),
        ({"pocket_margin": 5}, "After all terms and cost of goods Chain 1 leaves us ¥5"),
        ({"margin": 5, "margin_rate": 0.1}, "Chain 1 leaves a gross margin of ¥5"),
        ({}, "What Chain 1 leaves us cannot be told"),
        ({"idle": True}, "Chain 1 bought nothing"),
    ],
)
def test_worth_is_said_as_far_as_it_is_known(known, start):
    assert charts.word_worth(known, account="Chain 1")["text"].startswith(start)


def test_key_figures_are_four_even_when_nothing_is_known():
    for table in (charts.key_figures({}, {}, {}), charts.shared_figures({}, DataFrame({"change": []}))):
        assert list(table.columns) == ["figure", "value", "comment"] and len(table) == 4
        assert table.notna().all().all()


def test_shared_figures_hold_no_margin():
    history = {
        "year": Timestamp("2025-12-31"),
        "net_sales": 900,
        "growth": 0.1,
        "cagr": 0.1,
        "since": Timestamp("2022-12-31"),
        "return_rate": 0.0,
    }
    shown = charts.shared_figures(history, DataFrame({"category": ["Tea"], "change": [5]})).to_string()
    assert "¥900" in shown and not {"margin", "pocket", "Contribution"} & set(shown.split())
