"""The charts, read by their artists: message, marks and labels; and the tables that are put into words."""

import pandas as pd
import pytest
from matplotlib import pyplot as plt

from kamnb import channels
from kamnb.channels import charts, priority_charts
from kamnb.settings import ChannelSettings
from kamnb.style import ACCENT, title_parts
from kamnb.words import speak
from tests.channels.conftest import AS_OF, choices

SETTINGS = ChannelSettings(draws=500)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def rows(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


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
    ax = charts.history(history, growth=channels.compare_growth(history))
    message, measured = title_parts(ax)
    assert message == "We grew by ¥2,400; Online brought most of it, ¥4,800"
    assert "Mar 2023 to Mar 2024" in measured
    assert rows(ax) == ["Chains", "Online", "C"]
    assert "+4,800" in texts(ax) and "−2,400" in texts(ax) and "24,000" in texts(ax)


def test_history_of_a_shrinking_business(history):
    fewer = history.assign(net_sales=history["net_sales"].where(history["year"] < AS_OF, history["net_sales"] // 2))
    message, _ = title_parts(charts.history(fewer, growth=channels.compare_growth(fewer)))
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
    curve = channels.trace_lorenz(pd.DataFrame({"net_sales": sales}))
    ax = charts.lorenz(curve)
    assert title_parts(ax)[0].startswith(message)
    assert ax.lines[1].get_xdata().tolist() == curve["accounts"].tolist()


def test_buyers_beyond_the_line_stand_out(buyers):
    ax = charts.buyers(buyers)
    assert title_parts(ax)[0].startswith("Our profit hangs most on Account a1: 34.7%")
    assert len(rows(ax)) == 10 and [bar.get_width() for bar in ax.patches] == buyers["share"].head(10).tolist()


def test_buyers_of_unknown_profit(buyers):
    ax = charts.buyers(buyers.assign(earned_share=float("nan")))
    assert title_parts(ax) == ("Account a1 alone takes 48.5% of our sales",
                               "Share of net sales, latest twelve months; from 10% (dashed) a buyer counts as key")
    small = buyers.assign(earned_share=float("nan"), share=buyers["share"] / 10)
    assert title_parts(charts.buyers(small))[0].startswith("No buyer reaches a tenth")


def test_nine_fields_with_counts_and_treatment(classes):
    fields = channels.cross_classes(classes)
    ax = priority_charts.fields(fields)
    assert len(ax.patches) == 9 and len(ax.texts) == 18
    steady = fields[(fields["class_abc"] == "A") & (fields["class_xyz"] == "X")].iloc[0]
    assert title_parts(ax)[0].startswith(f"{steady['accounts']} large and steady accounts")
    none = fields.assign(accounts=0)
    assert title_parts(priority_charts.fields(none))[0].startswith("No large account buys steadily")


def test_nine_box_puts_priorities_in_the_accent(decided):
    lines = channels.find_lines(decided, cuts="thirds")
    ax = priority_charts.ninebox(decided, lines=lines)
    assert title_parts(ax)[0] == "Best on attractiveness and strength together: Online"
    bold = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert bold == ["Online"] and len(ax.texts) == len(decided)
    none = priority_charts.ninebox(decided.assign(decision="watch"), lines=lines)
    assert title_parts(none)[0].startswith("No channel stands out")


def test_labels_of_close_bubbles_are_moved_apart(decided):
    close = decided.assign(attractiveness=3.0, strength=3.0)
    heights = sorted(text.xy[1] for text in priority_charts.ninebox(close, lines=channels.find_lines(close, cuts="thirds")).texts)
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
def test_every_sentence_can_be_said(language, history, position, months, accounts, earnings, classes, buyers, decided):
    from kamnb.words import words

    speak(language)
    growth, race = channels.compare_growth(history), channels.race_market(position)
    profit, losses = channels.summarise_profit(channels.sum_profit(earnings)), channels.list_losses(earnings)
    lost = channels.summarise_losses(losses)
    fields = channels.summarise_fields(channels.cross_classes(classes), classes=classes)
    room = channels.estimate_headroom(position, months=months, accounts=accounts)
    said = [
        {"key": "channels.growth_found", **channels.summarise_growth(growth)},
        {"key": "channels.race_found", **channels.summarise_race(race, position=position)},
        {"key": "channels.headroom_found", **channels.summarise_headroom(room)},
        {"key": "channels.concentration_found", **channels.summarise_concentration(
            channels.trace_concentration(months, accounts=accounts), buyers=buyers)},
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
        *({**channels.tell_fields(fields), "key": f"channels.fields_found.{case}"} for case in ("steady", "none")),
        channels.tell_mergers(channels.list_mergers(months, accounts=accounts)),
        channels.tell_mergers(channels.list_mergers(months, accounts=accounts.iloc[:0])),
    ]
    assert all(words(**facts) and "{" not in words(**facts) for facts in said)
