"""A stage for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from tests.stage import Stage, open_stage

# What is logged is plain: structlog's own way draws each fault in seconds, with all its values.
structlog.configure(
    processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()]
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The product on a clock that the test sets."""
    made = await open_stage(tmp_path)
    yield made
    await made.house.database.close()
