"""One school for the tests of storage: two organizations, and in the first one a team."""

from datetime import timedelta

from protocols.run import PersonId
from storage import people
from storage.database import Database
from storage.people import Organization, Person, Team
from tests.protocols.factories import TEAM, at

SCHOOL = Organization("org", "web", "School", "School", {"zone": "America/New_York"})
OTHER = Organization("other", "web", "Other", "Other", {})
GRADE = Team("team", "Grade 7", "web", "grade-7", keeps_text=False)


async def seed(database: Database) -> None:
    """Two organizations; in the first one Ana, Ben, Cy and Dee are a team."""
    async with database.write() as session:
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
