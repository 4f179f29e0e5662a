"""What every test shares: no network but loopback for journeys, repeatable Hypothesis, a browser."""

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.browser import executable

LOOPBACK = ["127.0.0.1", "localhost", "::1"]

# The gates repeat the same examples, so that coverage cannot flicker; "random" looks for new ones.
# How fast a machine is fails no test.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gates", UNHURRIED, derandomize=True, database=None)
settings.register_profile("random", UNHURRIED, print_blob=True)
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
