"""Save writes the choice and who made it, or says why it did not."""

import csv

import pandas as pd
import pytest

from kamnb import choices
from kamnb.engagement import Engagement, open_engagement
from kamnb.errors import InputError
from kamnb.widgets.saving import check_name, save_choices, save_rows, say_standing
from kamnb.words import speak


@pytest.fixture
def opened(small):
    return open_engagement(small, language="en")


@pytest.mark.parametrize(("typed", "kept"), [("佐藤", "佐藤"), ("  Sato  Ken ", "Sato Ken"), ("Ｓａｔｏ", "Sato"),
                                             ("O'Neil-Ito", "O'Neil-Ito")])
def test_names_are_tidied(typed, kept):
    assert check_name(typed) == kept


@pytest.mark.parametrize("typed", ["", " ", "\t\n", "42", "...", "=SUM(A1)", "+Sato", "@x", "-x", "Sa\x00to", "x" * 61])
@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_what_is_no_name_is_refused_in_the_readers_language(typed, language):
    speak(language)
    with pytest.raises(InputError) as error:
        check_name(typed)
    assert "Mend:" not in str(error.value)
    assert str(error.value).isascii() == (language == "en")


def test_a_choice_stands_above_the_engagement_file_and_names_its_maker(opened):
    after = save_choices(opened, {"review.decline": 0.35}, by="Sato")
    assert after.settings.review.decline == open_engagement(opened.path).settings.review.decline == 0.35
    with (opened.path / choices.FILE).open(encoding="utf-8-sig") as file:
        assert list(csv.DictReader(file)) == [
            {"setting": "review.decline", "value": "0.35", "decided_by": "Sato", "decided_on": "2024-03-31"}]
    assert "Sato" in say_standing(opened, "review.")


def test_nonsense_is_not_saved(opened):
    with pytest.raises(InputError):
        save_choices(opened, {"review.decline": -1}, by="Sato")
    assert open_engagement(opened.path).settings.review.decline == opened.settings.review.decline


def test_a_file_that_cannot_be_written_is_said(opened, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Engagement, "choose", refuse)
    with pytest.raises(InputError, match=r"choices.csv.*Permission denied"):
        save_choices(opened, {"review.decline": 0.3}, by="Sato")


def test_a_decision_of_a_person_is_kept_aside(opened):
    first, second = (pd.DataFrame({"channel": ["C1"], "decision": [decision]}) for decision in ("watch", "priority"))
    assert save_rows(opened, ("channels", None), first, by="Sato") == ""
    said = save_rows(opened, ("channels", None), second, by="Ito")
    assert "Sato" in said and "earlier/channels-1.csv" in said
    aside = pd.read_csv(opened.path / "decisions" / "earlier" / "channels-1.csv", encoding="utf-8-sig")
    assert aside[["decision", "decided_by"]].values.tolist() == [["watch", "Sato"]]
    assert opened.decision("channels")[["decision", "decided_by"]].values.tolist() == [["priority", "Ito"]]


def test_every_earlier_decision_is_kept_once(opened):
    for decision, by in [("watch", "Sato"), ("grow", "Ito"), ("keep", "Abe"), ("keep", "Abe"), ("watch", "Ito")]:
        save_rows(opened, ("channels", None), pd.DataFrame({"channel": ["C1"], "decision": [decision]}), by=by)
    kept = sorted(file.name for file in (opened.path / "decisions" / "earlier").iterdir())
    assert kept == ["channels-1.csv", "channels-2.csv", "channels-3.csv"]


def test_a_proposal_that_nobody_confirmed_is_simply_replaced(opened):
    opened.decide("channels", pd.DataFrame({"channel": ["C1"], "decision": ["watch"]}))
    rows = pd.DataFrame({"channel": ["C1"], "decision": ["priority"]})
    assert save_rows(opened, ("channels", None), rows, by="Ito") == ""
    assert not (opened.path / "decisions" / "earlier").exists()
