"""Where the published data sets lie beside this checkout; tests that need them say so and are skipped without them."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def find_published(folder: str) -> Path:
    """The folder of a published data set."""
    if not (SHARED / folder).is_dir():
        pytest.skip(f"the published data set {folder} is not beside this checkout (../shared/data)")
    return SHARED / folder
