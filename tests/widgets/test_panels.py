"""The five controls: they start where the notebook stands, answer at once, and speak the reader's language."""

import ast
import time
from dataclasses import replace

import ipywidgets as w
import nbformat
import pandas as pd
import pytest

from kamnb import review, widgets
from kamnb.engagement import open_engagement
from kamnb.widgets import account_weights, alert_thresholds, channel_weights, growth_target, relationship_choice
from kamnb.widgets.alert_thresholds import judge_risks, watch_accounts
from kamnb.widgets.controls import plain_text
from kamnb.words import speak, words
from tests.widgets.conftest import ROOT, controls_of, foot_of, save, saved_choices

STEMS = {"1_channels": "channel_weights", "2_selection": "account_weights", "3_strategy": "relationship_choice",
         "4_actions": "growth_target", "5_review": "alert_thresholds"}
each = pytest.mark.parametrize("stem", STEMS)


def move(panel, step):
    """Put the first control somewhere else."""
    control = next(iter(controls_of(panel).values()))
    options = control.options if isinstance(control, w.ToggleButtons) else None
    reach = 0 if options else control.max - control.min
    control.value = options[step % len(options)][1] if options else control.min + reach * (step + 1) / 12


@each
def test_the_notebook_calls_it_where_the_batch_leaves_it_out(stem):
    cells = nbformat.read(ROOT / "notebooks" / f"{stem}.ipynb", as_version=4).cells
    names = [(cell.metadata.get("tags", []), node.func.id) for cell in cells if cell.cell_type == "code"
             for node in ast.walk(ast.parse(cell.source)) if isinstance(getattr(node, "func", None), ast.Name)]
    found = [(tags, name) for tags, name in names if name in widgets.__all__]
    assert [name for _, name in found] == [STEMS[stem]]
    assert all("interactive" in tags for tags, _ in found)


@each
@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_it_speaks_the_readers_language(stem, language, build, copied):
    speak(language)
    panel = build(stem, open_engagement(copied, language=language))
    assert foot_of(panel)[1].description == words("widgets.save")
    said = plain_text(panel.answer.value)
    assert said and said.splitlines()[0].replace("¥", "").isascii() == (language == "en")
    assert words("widgets.open") in foot_of(panel)[3].value


@each
def test_a_move_is_answered_in_a_tenth_of_a_second(stem, build):
    panel, took = build(stem), []
    move(panel, 0)
    before = panel.answer.value
    for step in range(1, 8):
        began = time.process_time()
        move(panel, step)
        took.append(time.process_time() - began)
    assert min(took) < 0.1 and sum(took) / len(took) < 1, took
    assert panel.answer.value != before


@each
def test_nothing_is_saved_without_a_name(stem, build, copied):
    panel = build(stem)
    answer = panel.answer.value
    assert words("widgets.nobody") in save(panel, "  ")
    assert panel.answer.value == answer
    assert not (copied / "decisions").exists()


@each
def test_save_says_who_and_the_next_panel_knows(stem, build, copied):
    panel = build(stem)
    move(panel, 7)
    assert "Sato" in save(panel, "Sato")
    assert set(saved_choices(copied)["decided_by"]) == {"Sato"}
    again = build(stem, open_engagement(copied, language="en"))
    assert "Sato" in foot_of(again)[3].value
    values = {name: control.value for name, control in controls_of(panel).items()}
    assert {name: control.value for name, control in controls_of(again).items()} == pytest.approx(values)


@pytest.mark.parametrize("stem", ["1_channels", "2_selection"])
def test_no_weight_at_all_is_said_and_the_last_answer_stays(stem, build):
    panel = build(stem)
    sliders = [control for control in controls_of(panel).values() if isinstance(control, w.FloatSlider)]
    for slider in sliders:
        slider.value = 0.0
    assert words("widgets.no_weight") in foot_of(panel)[3].value and panel.answer.value
    last = panel.answer.value
    sliders[0].value = sliders[0].max
    for slider in sliders:
        slider.value = 0.0
    assert last and words("widgets.no_weight") in save(panel, "Sato")


def test_what_follows_the_slider_is_what_the_whole_ledger_gives(engagement):
    watched = watch_accounts(engagement, least=0.05)
    panel, products = engagement.panel("account_month"), engagement.panel("account_product_month")
    columns = ["account", "alarm", "signals", "at_stake", "share"]
    for decline in (0.05, 0.12, 0.2, 0.35, 0.6):
        rules = watched.scope.rules.model_copy(update={"decline": decline})
        scope = replace(watched.scope, rules=rules)
        whole = review.find_risks(panel, products, accounts=watched.accounts, scope=scope)
        marked = review.mark_rerouted(whole, watched.reroutings)
        pd.testing.assert_frame_equal(judge_risks(watched, decline)[columns], marked[columns])


def test_without_ratings_history_or_signs_it_says_so(engagement, at_control):
    ratings, priority = {"2_selection": at_control("2_selection")["scored"].ratings}, at_control("1_channels")["priority"]
    unknown = dict.fromkeys(priority.ratings.select_dtypes("float").columns, float("nan"))
    nothing = [channel_weights(engagement, replace(priority, ratings=priority.ratings.assign(**unknown))),
               account_weights(engagement, ratings["2_selection"] * float("nan"))]
    assert all(words("widgets.nothing_rated") in panel.answer.value for panel in nothing)
    names = at_control("4_actions")
    panel = growth_target(engagement, names["account"], names["months"].iloc[:0])
    assert words("widgets.no_history") in panel.answer.value
    names = at_control("3_strategy")
    unknown = names["signs"].assign(value=float("nan"), level=pd.array([pd.NA] * len(names["signs"]), dtype="Int64"))
    panel = relationship_choice(engagement, names["account"], unknown)
    assert words("strategy.sentences.type_unknown") in panel.answer.value


def test_thresholds_without_plan_and_receivables(small):
    opened = open_engagement(small, language="en")
    scope = review.set_scope(opened.settings)
    named = review.name_accounts(opened.table("accounts"), channels=opened.table("channels"))
    panels = opened.panel("account_month"), opened.panel("account_product_month")
    found = review.find_risks(*panels, accounts=named, scope=scope)
    routes = review.find_reroutings(*panels, accounts=named, scope=scope)
    panel = alert_thresholds(opened, review.mark_rerouted(found, routes))
    assert list(controls_of(panel)) == [words("widgets.decline")]
    controls_of(panel)[words("widgets.decline")].value = 0.05
    assert plain_text(panel.answer.value)
    assert "Sato" in save(panel, "Sato")
