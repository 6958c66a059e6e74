"""The charts, read by their artists: message, marks and labels; and the tables that are put into words."""

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from kamnb import channels
from kamnb.channels import charts, inside_charts, practice_charts, priority_charts, trade_charts, value_charts
from kamnb.intake.dictionary import empty_table
from kamnb.settings import ChannelSettings
from kamnb.style import ACCENT, title_parts
from kamnb.words import speak, words
from tests.artists import rows, texts
from tests.channels.conftest import AS_OF, choices

SETTINGS = ChannelSettings(draws=500)


@pytest.fixture
def buyers(earnings, accounts):
    return channels.rank_buyers(earnings, accounts=accounts, day=AS_OF)


@pytest.fixture
def classes(months):
    rules = channels.compare_rules(months, choices=choices())
    return channels.classify_accounts(months, rules=rules, choices=choices())


@pytest.fixture
def ratings(history, position, months, accounts, earnings):
    room = channels.estimate_headroom(position, months=months, accounts=accounts)
    return channels.rate_channels(channels.measure_criteria(history, position=position, room=room,
                                                            profit=channels.sum_profit(earnings)))


@pytest.fixture
def decided(ratings):
    placed = channels.place_channels(ratings, attractiveness=SETTINGS.attractiveness, strength=SETTINGS.strength)
    return channels.decide_channels(placed, ratings=ratings, doubt=channels.weigh_doubt(ratings, settings=SETTINGS),
                                    settings=SETTINGS)


def test_history_names_who_brought_the_growth(history):
    ax = charts.history(channels.compare_growth(history), years=history)
    message, measured = title_parts(ax)
    assert message == "We grew by ¥2,400; Online brought most of it, ¥4,800"
    assert "Mar 2023 to Mar 2024" in measured
    assert rows(ax) == ["Chains", "Online", "C"]
    assert "+4,800" in texts(ax) and "−2,400" in texts(ax) and "24,000" in texts(ax)


def test_history_of_a_shrinking_business(history):
    fewer = history.assign(net_sales=history["net_sales"].where(history["year"] < AS_OF, history["net_sales"] // 2))
    message, _ = title_parts(charts.history(channels.compare_growth(fewer), years=fewer))
    assert message.startswith("Sales fell by ¥17,400; Chains lost most")


def test_race_shows_market_and_ours(position):
    race = channels.race_market(position)
    ax = charts.race(race)
    assert title_parts(ax)[0] == "Chains: the market grows +20.0% a year, we grow 0.0%; lost share costs ¥4,800 a year"
    market, ours = ax.collections[1], ax.collections[2]
    assert market.get_offsets()[:, 0].tolist() == pytest.approx(race["market_growth"].tolist())
    assert ours.get_offsets()[:, 0].tolist() == pytest.approx(race["growth"].tolist())
    assert "8.3% (−1.7 pt)" in texts(ax)


def test_race_without_a_loser_tells_of_the_winner(position):
    message, _ = title_parts(charts.race(channels.race_market(position[position["channel"] == "B"])))
    assert message == "We hold or win share in every channel; most in Online, worth ¥4,800"


def test_headroom_marks_the_middle_of_three(position, months, accounts):
    room = channels.estimate_headroom(position, months=months, accounts=accounts)
    ax = charts.headroom(room)
    assert ax.collections[1].get_offsets()[:, 0].tolist() == room["headroom"].tolist()
    assert room["channel_name"].iloc[0] in title_parts(ax)[0]


def test_profit_stops_at_the_known_level(earnings, months, terms, drivers):
    full = title_parts(charts.profit(channels.sum_profit(earnings)))[0]
    assert full.startswith("Chains: 40.0% gross margin, but only") and full.endswith("after terms and service")
    bare = channels.sum_profit(channels.trace_earnings(months, terms=terms.iloc[:0], drivers=drivers,
                                                       rules=channels.price_rules(choices(), scale=0)))
    ax = charts.profit(bare)
    assert title_parts(ax)[0].startswith("Thinnest gross margin") and "after terms" not in texts(ax)


@pytest.mark.parametrize(("sales", "message"), [
    ([80, 5, 5, 5, 5], "80/20 roughly holds"), ([20, 20, 20, 20, 20], "80/20 does not hold"),
    ([90, *[1] * 10], "Steeper than 80/20")])
def test_lorenz_tests_the_slogan(sales, message):
    buyers = pd.DataFrame({"net_sales": sales})
    curve = channels.trace_lorenz(buyers)
    ax = charts.lorenz(curve, slogan=channels.judge_slogan(buyers))
    assert title_parts(ax)[0].startswith(message)
    assert ax.lines[1].get_xdata().tolist() == curve["accounts"].tolist()


def test_buyers_beyond_the_line_stand_out(earnings, accounts):
    found = channels.study_dependence(earnings, accounts=accounts, day=AS_OF, settings=SETTINGS)
    ax = value_charts.stress(found.stress, settings=SETTINGS)
    assert title_parts(ax)[0].startswith("The heaviest loss would be Account a1: ¥3,840 a year")
    assert [bar.get_width() for bar in ax.patches] == found.stress["share"].head(10).tolist()
    blind = found.stress.assign(at_risk=pd.array([pd.NA] * len(found.stress), "Int64"), risk_share=float("nan"))
    assert title_parts(value_charts.stress(blind, settings=SETTINGS))[0].startswith("Account a1 alone takes 48.5% of our sales")


def test_nine_fields_with_counts_profit_and_treatment(classes, earnings):
    grid = channels.lay_grid(classes, earnings=earnings)
    ax = inside_charts.fields(grid)
    filled = int((grid["accounts"] > 0).sum())
    assert len(ax.patches) == 9 and len(ax.texts) == 18 + filled
    steady = grid[(grid["class_abc"] == "A") & (grid["class_xyz"] == "X")].iloc[0]
    assert title_parts(ax)[0].startswith(f"{steady['accounts']} large and steady accounts")
    assert title_parts(inside_charts.fields(grid.assign(accounts=0)))[0].startswith("No large account buys steadily")


def test_structure_marks_where_we_hang_on_fewer_hands(months, accounts, market):
    trade = channels.compare_trade(months, accounts=accounts, market=market, as_of=AS_OF).assign(cr4_trade=[0.3, 0.9, 0.95])
    ax = trade_charts.structure(trade)
    assert title_parts(ax)[0].startswith(f"{trade['channel_name'].iloc[0]}: four buyers take")
    assert len(rows(ax)) == 3
    unknown = trade_charts.structure(trade.assign(cr4_trade=float("nan")))
    assert title_parts(unknown)[0].startswith("Fewest hands")


def test_the_ladder_names_every_step(earnings):
    bars = channels.stack_ladder(earnings)
    ax = value_charts.ladder(bars)
    assert rows(ax)[0] == "List price" and rows(ax)[-1] == "Left for us"
    assert title_parts(ax)[0].startswith("Of the list price")


def test_nine_box_puts_priorities_in_the_accent(decided):
    lines = channels.find_lines(decided, cuts="thirds")
    ax = priority_charts.ninebox(decided, lines=lines, others=channels.find_lines(decided, cuts="quantiles"))
    assert title_parts(ax)[0] == "Best on attractiveness and strength together: Online"
    bold = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert bold == ["Online"] and len(ax.texts) == len(decided)
    none = priority_charts.ninebox(decided.assign(decision="watch"), lines=lines, others=lines)
    assert title_parts(none)[0].startswith("No channel stands out")


def test_labels_of_close_bubbles_are_moved_apart(decided):
    close = decided.assign(attractiveness=3.0, strength=3.0)
    lines = channels.find_lines(close, cuts="thirds")
    heights = sorted(text.xy[1] for text in priority_charts.ninebox(close, lines=lines, others=lines).texts)
    assert min(b - a for a, b in zip(heights, heights[1:], strict=False)) > 0.15


def test_doubt_says_what_to_argue_about(ratings):
    doubt = channels.weigh_doubt(ratings, settings=SETTINGS)
    ax = priority_charts.doubt(doubt, seats=1)
    assert [bar.get_width() for bar in ax.patches] == doubt["in_top"].tolist()
    assert [bar.get_facecolor() == plt.matplotlib.colors.to_rgba(ACCENT) for bar in ax.patches] == [True, False, False]
    unsure = doubt.assign(in_top=[0.5, 0.3, 0.2])
    assert title_parts(priority_charts.doubt(unsure, seats=1))[0].startswith("Worth an argument: Online")


def test_key_figures_are_four_and_say_what_is_not_known(history, earnings):
    figures = priority_charts.list_figures(sales=channels.summarise_growth(channels.compare_growth(history)), share={},
                                           profit=channels.summarise_profit(channels.sum_profit(earnings)), dependence={})
    assert figures.columns.tolist() == ["figure", "value", "comment"] and len(figures) == 4
    assert figures["value"].tolist()[1::2] == ["–", "–"] and figures["comment"].iloc[1] == "Market size has not been given"


@pytest.mark.parametrize(("language", "reasons"), [("en", "+ market growth, headroom  − share of market"),
                                                   ("ja", "＋ 市場の伸び、拡販余地  － 市場シェア")])
def test_reasons_are_worded_in_the_language(decided, language, reasons):
    speak(language)
    saved = decided.assign(reasons="market_growth_high share_low headroom_high", decided_by="")
    shown = priority_charts.word_decision(saved)
    assert shown["reasons"].iloc[0] == reasons and "channel_role" in shown and "decided_by" not in shown


def test_a_decision_by_hand_may_lack_columns():
    shown = priority_charts.word_decision(pd.DataFrame({"channel": ["A"], "decision": ["priority"], "decided_by": ["Mori"]}))
    assert shown.columns.tolist() == priority_charts.DECISION and shown["reasons"].iloc[0] == ""
    assert channels.tell_standing(shown) == {"key": "general.confirmed", "by": "Mori"}
    assert channels.tell_standing(shown.assign(decided_by="")) == {"key": "general.unconfirmed"}


def test_missing_criteria_are_named(history, position, months, accounts, earnings):
    none = position.iloc[:0]
    criteria = channels.measure_criteria(history, position=none, profit=channels.sum_profit(earnings),
                                         room=channels.estimate_headroom(none, months=months, accounts=accounts))
    told = priority_charts.tell_criteria(criteria)
    assert told["key"].endswith(".some") and told["known"] == 2 and "market size" in told["missing"]


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_every_sentence_can_be_said(language, history, position, months, accounts, earnings, classes, decided):
    speak(language)
    growth, race = channels.compare_growth(history), channels.race_market(position)
    profit, losses = channels.summarise_profit(channels.sum_profit(earnings)), channels.list_losses(earnings)
    lost = channels.summarise_losses(losses)
    grid = channels.lay_grid(classes, earnings=earnings)
    room = channels.estimate_headroom(position, months=months, accounts=accounts)
    said = [
        {"key": "channels.growth_found", **channels.summarise_growth(growth)},
        {"key": "channels.race_found", **channels.summarise_race(race, position=position)},
        {"key": "channels.headroom_found", **channels.summarise_headroom(room)},
        *({**channels.tell_profit(profit), "key": f"channels.profit_found.{level}"}
          for level in ("margin", "pocket_margin", "contribution")),
        *({**channels.tell_losses(lost, profit=profit), "key": f"channels.losses_found.{case}"}
          for case in ("terms", "margin", "none")),
        *({**channels.tell_profit_lesson(profit, losses=lost), "key": f"channels.conclusion_profit.{case}"}
          for case in ("losing", "margin", "sound")),
        *({**channels.tell_market(channels.summarise_race(race, position=position)), "key": f"channels.conclusion_market.{case}"}
          for case in ("lost", "held")),
        *({**channels.tell_decision(channels.summarise_decision(decided)), "key": f"channels.decision_found.{case}"}
          for case in ("sure", "contested")),
        *({**channels.tell_rules(channels.compare_rules(months, choices=choices())), "key": f"channels.rules_found.{case}"}
          for case in ("months", "quarters", "neither", "chosen")),
        {"key": "channels.grid_found", **channels.summarise_grid(grid, classes=classes)},
        channels.tell_first({"fields": 3, "first": 1, "closing": 0, "widening": 2}),
        channels.tell_rivals({"fix": [], "fixes": 0, "proven": 0, "keep": ["Speed"], "accounts": 4}),
        practice_charts.tell_maturity({"rated": 9, "factors": 9, "mean": 2.5, "weak": "trust", "weak_score": 2.0, "strong": "roles",
                                       "strong_score": 3.0}),
        channels.tell_proof(channels.summarise_proof(channels.weigh_growth(months))),
        *(channels.tell_shoppers({"accounts": 2, "risen": risen, "name": "Mart", "before": 10.0, "after": 11.0, "growth": 0.1})
          for risen in (0, 1)),
        *(channels.tell_time({"hours": 40.0, "item": "Travel", "item_share": 0.2, **facing}) for facing in ({}, {"share": 0.1})),
        channels.tell_mergers(channels.list_mergers(months, accounts=accounts)),
        channels.tell_mergers(channels.list_mergers(months, accounts=accounts.iloc[:0])),
    ]
    assert all(words(**facts) and "{" not in words(**facts) for facts in said)


def test_claims_are_quoted_with_their_source():
    claims = priority_charts.list_claims()
    assert len(claims) == len(priority_charts.CLAIMS) == 7 and claims.notna().all(axis=None)


def test_a_hypothesis_without_a_rule_has_no_proof():
    rows = empty_table("hypotheses").reindex(range(3)).assign(
        hypothesis=["H1", "H2", "H3"], statement="s", topic="channels", confirmed_from=[1.0, None, None], measured=[2.0, None, None],
        asked=pd.array([None, 5, None], "Int64"), said_yes=pd.array([None, 4, None], "Int64"), verdict="open")
    worded = practice_charts.word_hypotheses(channels.list_hypotheses(rows, as_of=AS_OF)).set_index("hypothesis")
    assert worded["by_rule"].to_dict() == {"H1": "confirmed", "H2": "confirmed", "H3": "no_rule"}
    assert worded.loc["H3", "proof"] == "" and "2.00 against 1.00" in worded.loc["H1", "proof"]
