"""The long variants run only when they are asked for by name: pytest tests/soak (make soak)."""

import pytest

from tests.conftest import small


def pytest_ignore_collect(config):
    """Leave this folder out of any other run."""
    return None if any("soak" in str(argument) for argument in config.args) else True


@pytest.fixture(scope="session")
def make_small():
    """A function that lays down the small engagement below a folder."""
    return small.__wrapped__
