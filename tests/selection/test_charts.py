"""Charts read by their artists, tables in words, and the whole stage without data."""

import re
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from kamnb import selection, style, words
from kamnb.intake.dictionary import empty_table
from kamnb.selection import capacity, charts, factors, longlist, outlook, robustness, scorecard, strategic, verdict
from kamnb.selection import scorecard_charts as sheets
from kamnb.selection import table_charts as tables
from kamnb.settings import Choices, SelectionSettings
from tests.artists import texts
from tests.conftest import ROOT
from tests.selection.conftest import choose

CASES = ("beats", "mixed", "open", "worse", "single", "beats_profit", "mixed_profit")


def test_outlook_names_the_promising_in_the_accent_colour(chosen):
    ax = charts.outlook(chosen.places)
    named = {text.get_text(): to_hex(text.get_color()).upper() for text in ax.texts}
    assert named["Shimozato Mart"] == style.ACCENT and named["Aogane Mall"] == style.INK
    assert len(ax.collections[-1].get_offsets()) == len(chosen.places)


def test_outlook_draws_rates_beyond_the_frame_on_its_edge(chosen):
    wild = chosen.places.assign(growth_shrunken=chosen.places["growth_shrunken"].where(chosen.places["account"] != "A080", 30.0))
    ax = charts.outlook(wild)
    assert ax.get_ylim()[1] < 1 and any("+999%" in text for text in texts(ax))


def test_ranking_has_a_bar_a_dot_and_a_ring_for_every_contender(chosen):
    contenders = robustness.pick_contenders(chosen.board, seats=chosen.seats.number)
    ax = charts.ranking(contenders, facts=chosen.standing)
    assert len(ax.patches) == len(contenders) <= robustness.MOST
    dots = [marks for marks in ax.collections if len(marks.get_offsets()) == len(contenders)]
    assert len(dots) == 2
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert "Shimozato Mart" in labels and any(label.startswith("Aogane Mall") and "No. 1" in label for label in labels)
    message = style.title_parts(ax)[0]
    assert message.startswith("2 of the 10 largest") and "Aogane Mall, Tatsuzaki Vending" in message and "Shimozato Mart" in message
    colours = {label.get_text().split("  ")[0]: to_hex(label.get_color()).upper() for label in ax.get_yticklabels()}
    assert (colours["Aogane Mall"], colours["Shimozato Mart"], colours["Todai Express"]) == (style.INK, style.ACCENT, style.GREY)


@pytest.mark.parametrize(("facts", "expected"), [
    ({"never": [], "small": [], "contested": 2, "certain": 3, "names": ["Alpha"]}, "3 of 8 seats certain; argue about Alpha"),
    ({"never": [], "small": [], "contested": 2, "certain": 0, "names": ["Alpha"]}, "No seat is certain"),
    ({"never": ["Big"], "small": [], "contested": 0, "certain": 8, "names": []}, "8 of 8 seats certain, and nobody")])
def test_ranking_says_how_firm_the_list_is(chosen, facts, expected):
    contenders = robustness.pick_contenders(chosen.board, seats=8)
    ax = charts.ranking(contenders, facts={**chosen.standing, **facts})
    assert style.title_parts(ax)[0].startswith(expected)


def test_size_chart_names_rings_and_hidden_champions(chosen):
    ax = charts.size_value(chosen.final, seats=8)
    assert {"Aogane Mall", "Tatsuzaki Vending", "Shimozato Mart"} <= set(texts(ax))
    message = style.title_parts(ax)[0]
    assert "Aogane Mall" in message and "Shimozato Mart" in message


def test_size_chart_says_when_both_choose_the_same(chosen):
    same = chosen.final.assign(place=chosen.final["place"].replace({"large_not_key": "neither", "key_not_large": "both"}))
    assert style.title_parts(charts.size_value(same, seats=8))[0] == words.words("selection.size_value.message_same")


def test_matrix_shows_every_rating_and_a_dash_for_none(chosen):
    unrated = chosen.ratings.copy()
    unrated.loc[chosen.board["account"].iloc[0], chosen.weights.index[0]] = float("nan")
    long = sheets.list_ratings(chosen.board, unrated, weights=chosen.weights, criteria=chosen.criteria)
    ax = sheets.matrix(long)
    assert len(ax.texts) == len(long) and texts(ax).count("–") == long["rating"].isna().sum() >= 1
    assert any("Growth" in label.get_text() for label in ax.get_xticklabels())


def test_matrix_says_what_the_largest_without_a_seat_lack(chosen):
    long = sheets.list_ratings(chosen.board, chosen.ratings, weights=chosen.weights, criteria=chosen.criteria)
    below = long.loc[~long["seated"], "name"].unique().tolist()
    assert below[0] == "Aogane Mall" and len(below) == sheets.LARGEST and "Tatsuzaki Vending" in below
    means = long.pivot_table(index="criterion_name", columns="seated", values="rating")
    message = style.title_parts(sheets.matrix(long))[0]
    told = [name for name in means.index if name in message]
    assert len(told) == 2 and (means[True] > means[False])[told].all()
    alone = sheets.matrix(long[long["seated"]])
    assert style.title_parts(alone)[0] == words.words("selection.matrix.message_alone")


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_labels_of_a_crowded_chart_do_not_cover_each_other(chosen, language):
    words.speak(language, currency="JPY", start=4)
    for ax in (charts.size_value(chosen.final, seats=8), charts.outlook(chosen.places)):
        ax.figure.canvas.draw()
        named = [text for text in ax.texts if text.get_text() in set(chosen.board["name"])]
        boxes = [text.get_window_extent() for text in named]
        assert len(boxes) >= 8
        assert not [(a, b) for place, a in enumerate(boxes) for b in boxes[place + 1:] if a.overlaps(b)]


def test_reasons_are_worded():
    criteria = pd.DataFrame({"criterion": ["growth", "expert"], "name": [None, "Expert"]})
    assert tables.word_reasons(["losing -growth", "+expert", ""], criteria) == [
        "loses money after terms and cost to serve; weak: Growth potential", "strong: Expert", ""]


def test_criteria_sheet_says_what_one_and_five_mean(chosen):
    sheet = scorecard.describe_criteria(chosen.criteria, chosen.computed, chosen.rated)
    table = sheets.lay_sheet(sheet, anchors=factors.anchor_factors(chosen.measures)).set_index("criterion_name")
    assert table["weight"].sum() == pytest.approx(1)
    assert "median account" in table.at["Current revenue", "low_means"]
    assert table.at["Strength of relationship", "low_means"] == "One buyer only"
    assert (table["high_means"] != "").all()


def test_four_key_figures(chosen):
    hold = capacity.summarise_dependence(chosen.board, capacity.list_dependence(chosen.board))
    table = tables.key_figures(verdict.summarise_verdict(chosen.final), strategic.summarise_size(chosen.final), hold)
    assert len(table) == 4 and list(table) == ["figure", "value", "comment"]
    assert table["value"].iloc[0] == f"8 of {len(chosen.listed)}"
    assert tables.key_figures({}, {}, {}).empty


def test_every_shown_name_has_its_needs_and_its_words():
    notebook = nbformat.read(ROOT / "notebooks" / "2_selection.ipynb", as_version=4)
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    for call, name in re.findall(r"\b(show|draw|say)\((?:.*\s)?\"(selection\.\w+)\"", source):
        assert name in selection.NEEDS, name
        assert words.has_words({"say": name, "show": f"{name}.title", "draw": f"{name}.would_show"}[call]), name
        assert words.has_words(f"{name}.would_show") or call == "show"


@pytest.mark.parametrize("key", [
    *(f"seats_{source}" for source in ("set", "hours", "team", "assumed")), "period_month", "period_quarter", "period_neither",
    "standing_firm", "standing_contested", "verdict_firm", "verdict_contested", "verdict_open",
    *(f"{name}{case}" for case in CASES for name in ("backtest_", "backtest.", "verdict_test_")),
    "warning_beats", "warning_open", "warning_worse", "verdict_next_firm", "verdict_next_open", "verdict_next_contested"])
def test_every_case_has_its_sentence(key):
    assert words.has_words(f"selection.{key}")


def test_shown_columns_are_known():
    for columns in tables.LISTS.values():
        assert all(words.kind_of(column) and words.label(column) for column in columns)


def test_stage_without_any_sales_says_nothing_and_does_not_fail(sample):
    columns = {name: sample.panel(name).iloc[:0] for name in ("account_month", "account_category_month", "account_product_month")}
    settings = SimpleNamespace(choices=Choices(), selection=SelectionSettings())
    nothing = SimpleNamespace(table=empty_table, panel=columns.__getitem__, as_of=sample.as_of, scale=0, settings=settings,
                              decision=lambda _: pd.DataFrame({"decided_by": []}))
    empty = choose(nothing)
    assert empty.final.empty and empty.places.empty and empty.moved.empty
    assert list(empty.final.columns) and verdict.summarise_verdict(empty.final) == {}
    assert strategic.summarise_size(empty.final) == {} and outlook.summarise_outlook(empty.places) == {}
    assert capacity.list_dependence(empty.board).empty and robustness.pick_contenders(empty.board, seats=3).empty
    assert longlist.summarise_list(empty.segments, empty.panel) == {}
    assert longlist.cross_segments(empty.segments).empty


def test_stage_with_sales_and_accounts_only_rates_what_data_tell(sample):
    wanted = ("accounts", "channels")
    bare = SimpleNamespace(table=lambda name: sample.table(name) if name in wanted else empty_table(name), panel=sample.panel,
                           as_of=sample.as_of, scale=0, settings=SimpleNamespace(choices=Choices(), selection=SelectionSettings(draws=500)),
                           decision=lambda _: pd.DataFrame({"decided_by": []}))
    result = choose(bare)
    assert scorecard.name_unrated(result.criteria, result.ratings) == ["effort", "relationship", "fit", "logo"]
    assert result.weights.sum() == pytest.approx(1) and result.seats.source == "assumed"
    assert (result.board["decision"] == "key").sum() == capacity.ASSUMED
    assert tables.name_rated(["fit"]) == "unrated" and tables.name_rated([]) == "raters_found"
    assert tables.word_rated({}, ["fit"], criteria=result.criteria) == {"names": ["Fit of offer and culture"]}
    assert tables.word_rated({}, [], criteria=result.criteria) == {}
