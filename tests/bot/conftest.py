"""A stage for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stage import Stage, open_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The product on a clock that the test sets."""
    made = await open_stage(tmp_path)
    yield made
    await made.house.database.close()
