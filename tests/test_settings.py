"""engagement.toml: every problem in one message, the nearest name; choices of people stand above it."""

from pathlib import Path

import pytest

from kamnb.choices import choices_file, setting_name
from kamnb.errors import InputError
from kamnb.settings import read_settings

GOOD = """
[engagement]
name = "x"
client = "X"
as_of = 2025-12-31
[tables.sales]
path = "sales.csv"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "engagement.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_short_file_is_enough(tmp_path):
    settings = read_settings(write(tmp_path, GOOD))
    assert settings.engagement.fiscal_start == 4
    assert settings.selection.weights["growth"] == 1


def test_every_problem_is_told_at_once_with_the_nearest_name(tmp_path):
    bad = GOOD.replace('client = "X"', 'clyent = "X"') + "[selection]\nseets = 5\nhours_per_account = -1\n"
    with pytest.raises(InputError) as error:
        read_settings(write(tmp_path, bad))
    text = str(error.value)
    assert "did you mean 'client'?" in text and "did you mean 'seats'?" in text
    assert "hours_per_account" in text and len(error.value.faults) == 4


def test_unknown_table_option_names_the_nearest(tmp_path):
    with pytest.raises(InputError, match="did you mean 'encoding'"):
        read_settings(write(tmp_path, GOOD + 'encodin = "cp932"\n'))


def test_no_file_says_how_to_make_one(tmp_path):
    with pytest.raises(InputError, match="kamnb new"):
        read_settings(tmp_path)


def test_chosen_values_stand_above_the_file(tmp_path):
    (tmp_path / "decisions").mkdir()
    chosen = {"selection.weights.growth": (2.5, "Sato", "2025-12-31"), "strategy.wanted_types.A1": ("partner", "Sato", "2025-12-31")}
    (tmp_path / "decisions" / "choices.csv").write_bytes(choices_file(chosen))
    settings = read_settings(write(tmp_path, GOOD))
    assert settings.selection.weights["growth"] == 2.5
    assert settings.selection.weights["revenue"] == 1
    assert settings.strategy.wanted_types == {"A1": "partner"}


def test_an_account_code_with_a_dot_keeps_its_place(tmp_path):
    (tmp_path / "decisions").mkdir()
    name = setting_name("strategy", "wanted_types", "A.1")
    (tmp_path / "decisions" / "choices.csv").write_bytes(choices_file({name: ("partner", "Sato", "2025-12-31")}))
    assert read_settings(write(tmp_path, GOOD)).strategy.wanted_types == {"A.1": "partner"}


def test_a_damaged_choice_names_its_row(tmp_path):
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / "choices.csv").write_text("setting,value,decided_by,decided_on\nselection.seats,five,S,2025-01-01\n")
    with pytest.raises(InputError, match="row 2"):
        read_settings(write(tmp_path, GOOD))
