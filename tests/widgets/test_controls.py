"""The parts of a control: what is said where, what stays, and what a page without controls sees."""

import ipywidgets as w
import pytest
from pandas import DataFrame

from kamnb.errors import InputError
from kamnb.widgets.controls import (
    bars_html,
    make_panel,
    make_sliders,
    plain_text,
    rows_html,
    say_nothing,
    weight_limits,
)
from kamnb.words import speak, words
from tests.widgets.conftest import controls_of, foot_of, save

LIMITS = (0.0, 3.0, 0.1)


@pytest.fixture
def asked():
    """What the panel below was asked, in order."""
    return []


@pytest.fixture
def panel(asked):
    def answer(values):
        asked.append(values)
        if values["a"] > 2:
            raise InputError("too <much>")
        return f"<p>answer {values['a']}</p>"

    def keep(values, by):
        if not by:
            raise InputError("nobody")
        return f"{by} & {values['a']}"

    return make_panel(make_sliders({"a": 1.0}, labels={"a": "A"}, limits=LIMITS), answer, keep, standing="as it stands")


def test_answer_is_there_at_once_and_follows_every_move(panel):
    assert panel.answer.value == "<p>answer 1.0</p>"
    controls_of(panel)["A"].value = 1.5
    assert panel.answer.value == "<p>answer 1.5</p>"


def test_who_decided_is_said_until_something_moves(panel):
    said = foot_of(panel)[3]
    assert "as it stands" in said.value
    controls_of(panel)["A"].value = 1.5
    assert said.value == ""


def test_what_cannot_be_answered_is_said_and_the_last_good_answer_stays(panel):
    controls_of(panel)["A"].value = 1.5
    controls_of(panel)["A"].value = 2.5
    assert panel.answer.value == "<p>answer 1.5</p>"
    assert "too &lt;much&gt;" in foot_of(panel)[3].value
    controls_of(panel)["A"].value = 1.6
    assert foot_of(panel)[3].value == "" and panel.answer.value == "<p>answer 1.6</p>"


def test_save_says_what_came_of_it(panel):
    assert "nobody" in save(panel, "")
    assert "Sato &amp; 1.0" in save(panel, "Sato")


def test_back_returns_to_the_first_values(panel):
    controls_of(panel)["A"].value = 2.0
    foot_of(panel)[2].click()
    assert controls_of(panel)["A"].value == 1.0 and panel.answer.value == "<p>answer 1.0</p>"


def test_fractions_that_nobody_sees_are_no_move(panel, asked):
    controls_of(panel)["A"].value = 1.0000000001
    assert len(asked) == 1
    controls_of(panel)["A"].value = 1.2999999999999998
    assert asked[-1] == {"a": 1.3}


def test_first_answer_that_fails_is_said():
    def refuse(_):
        raise InputError("no way")

    panel = make_panel(make_sliders({"a": 1.0}, labels={"a": "A"}, limits=LIMITS), refuse, lambda *_: "", standing="x")
    assert "no way" in foot_of(panel)[3].value and panel.answer.value == ""


def test_sliders_reach_their_value_and_report_while_dragged():
    slider = make_sliders({"a": 7.0}, labels={"a": "A"}, limits=LIMITS)["a"]
    assert (slider.value, slider.max, slider.continuous_update) == (7.0, 7.0, True)


@pytest.mark.parametrize(("weights", "limits", "form"), [
    ({"a": 20.0, "b": 8.0}, (0.0, 60.0, 1.0), ".0f"), ({"a": 1.0}, (0.0, 3.0, 0.1), ".1f"),
    ({"a": 0.25}, (0.0, 0.75, 0.01), ".2f"), ({"a": 0.0}, (0.0, 3.0, 0.1), ".1f")])
def test_limits_of_weights_fit_their_scale(weights, limits, form):
    found, written = weight_limits(weights)
    assert found == pytest.approx(limits) and written == form


def test_bars_are_cut_at_their_ends_and_names_are_safe():
    rows = DataFrame({"name": ["<b>", "x" * 60], "value": [1.7, -1.0], "text": ["1", "2"], "chosen": [True, False],
                      "note": ["", "new"]})
    page = bars_html(rows, head="Head", foot="Foot")
    assert "&lt;b&gt;" in page and "width:100.0%" in page and "width:0.0%" in page and "x" * 40 not in page
    assert plain_text(page).splitlines()[0] == "Head" and "new" in plain_text(page)


def test_rows_without_rows_have_no_heads():
    page = rows_html(DataFrame(columns=["a"]), head="Now **so** it is", labels={"a": "Label"})
    assert "Label" not in page and "<b>so</b>" in page


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_a_page_without_controls_has_the_answer(panel, language):
    speak(language)
    bundle = panel._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "answer 1.0" in bundle["text/html"] and words("widgets.static") in bundle["text/html"]
    assert bundle["text/plain"].splitlines()[0] == "answer 1.0"


def test_nothing_to_decide_says_why():
    panel = say_nothing("widgets.nothing_rated")
    assert words("widgets.nothing_rated") in panel._repr_mimebundle_()["text/html"]
    assert not any(isinstance(child, w.Button) for child in panel.children)
