"""A fresh database for each test, with one school in it."""

import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from protocols.run import PersonId
from storage import migrate, people
from storage.database import Database
from storage.people import Organization, Person, Team
from tests.protocols.factories import TEAM, at

SCHOOL = Organization("org", "web", "School", "School", {"zone": "America/New_York"})
OTHER = Organization("other", "web", "Other", "Other", {})
GRADE = Team("team", "Grade 7", "web", "grade-7", keeps_text=False)


@pytest.fixture(scope="session")
def empty_school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the newest revision, to be copied."""
    path = tmp_path_factory.mktemp("storage") / "empty.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
async def database(tmp_path: Path, empty_school: Path) -> AsyncIterator[Database]:
    """Two organizations; in the first one Ana, Ben, Cy and Dee are a team."""
    path = tmp_path / "school.db"
    shutil.copy(empty_school, path)
    made = Database(f"sqlite:///{path}")
    async with made.write() as session:
        for organization in (SCHOOL, OTHER):
            await people.add_organization(session, organization)
            await people.add_team(session, organization.id, GRADE)
        for order, person in enumerate(TEAM):
            who = Person(PersonId(person), person.lower(), person.capitalize(), "", "en")
            await people.add_person(session, SCHOOL.id, "web", who)
            since = at("1:00") + timedelta(minutes=order)
            await people.add_member(
                session, SCHOOL.id, GRADE.id, person, kind="member", since=since
            )
    yield made
    await made.close()
