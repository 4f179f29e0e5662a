"""A fresh database for each test, with one school in it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import migrate
from storage.database import Database
from tests.storage.school import seed


@pytest.fixture(scope="session")
def empty_school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the newest revision, to be copied."""
    path = tmp_path_factory.mktemp("storage") / "empty.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
async def database(tmp_path: Path, empty_school: Path) -> AsyncIterator[Database]:
    """A seeded database."""
    path = tmp_path / "school.db"
    shutil.copy(empty_school, path)
    made = Database(f"sqlite:///{path}")
    await seed(made)
    yield made
    await made.close()
