"""What every test shares: no network but loopback for journeys, repeatable Hypothesis, a browser."""

import os

import pytest
from hypothesis import settings

from tests.browser import executable

LOOPBACK = ["127.0.0.1", "localhost", "::1"]

# The gates repeat the same examples, so that coverage cannot flicker; "random" looks for new ones.
settings.register_profile("gates", derandomize=True, deadline=None, database=None)
settings.register_profile("random", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gates"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let journeys reach this machine, and nothing else."""
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


@pytest.fixture(scope="session")
def browser_executable() -> str:
    """Return the path of the Chromium that page tests drive."""
    return executable()
