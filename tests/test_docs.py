"""The data dictionary in data/README.md is what the schemas say today."""

from pathlib import Path

from kamnb.intake.dictionary import describe_dictionary

ROOT = Path(__file__).resolve().parents[1]


def test_data_readme_is_generated_from_the_schemas():
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == describe_dictionary(), "run: make docs"
