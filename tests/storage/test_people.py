"""Organizations, people, their names on platforms, and teams."""

import pytest
from sqlalchemy.exc import IntegrityError

from protocols.run import PersonId
from storage import people
from storage.database import Database
from storage.people import Organization, Person, Team
from tests.protocols.factories import ANA, BEN, CY, DEE, at
from tests.storage.school import GRADE, SCHOOL

EVE = Person(PersonId("EVE"), "eve", "Eve 陈", "coach", "es")


async def test_an_organization_is_found_by_either_name(database: Database) -> None:
    async with database.read() as session:
        assert await people.organization(session, "web", "School") == SCHOOL
        assert await people.organization_by_id(session, "org") == SCHOOL
        assert await people.organization(session, "web", "Nowhere") is None
        assert await people.organization_by_id(session, "nowhere") is None


async def test_the_settings_of_one_organization_are_replaced(database: Database) -> None:
    async with database.write() as session:
        await people.set_settings(session, "org", {"ahead": 3})
    async with database.read() as session:
        changed = Organization("org", "web", "School", "School", {"ahead": 3})
        assert await people.organization_by_id(session, "org") == changed
        other = await people.organization_by_id(session, "other")
    assert other is not None
    assert other.settings == {}


async def test_a_person_is_known_by_what_the_platform_calls_them(database: Database) -> None:
    async with database.write() as session:
        await people.add_person(session, "org", "web", EVE)
    async with database.read() as session:
        assert await people.person_of(session, "org", "web", "eve") == EVE.id
        assert await people.person_of(session, "org", "slack", "eve") is None
        assert await people.person_of(session, "other", "web", "eve") is None
        assert await people.users_of(session, "org", "web", [EVE.id, ANA, "nobody"]) == {
            EVE.id: "eve",
            ANA: "ana",
        }
        assert await people.users_of(session, "other", "web", [EVE.id]) == {}
        assert await people.names(session, "org", [EVE.id, "nobody"]) == {EVE.id: "Eve 陈"}
        found = await people.everyone(session, "org", "web")
        assert [who.user for who in found] == ["ana", "ben", "cy", "dee", "eve"]
        assert found[-1] == EVE
        assert await people.everyone(session, "other", "web") == ()


async def test_a_name_on_a_platform_belongs_to_somebody(database: Database) -> None:
    async def twice() -> None:
        async with database.write() as session:
            await people.add_person(session, "org", "web", EVE)
            await people.add_person(session, "org", "web", Person(ANA, "eve", "A", "", "en"))

    with pytest.raises(IntegrityError):
        await twice()
    async with database.read() as session:
        assert await people.person_of(session, "org", "web", "eve") is None


async def test_a_team_is_found_by_its_channel(database: Database) -> None:
    async with database.read() as session:
        assert await people.team_in(session, "org", "web", "grade-7") == GRADE
        assert await people.team_in(session, "org", "slack", "grade-7") is None
        assert await people.team_in(session, "org", "web", "grade-8") is None


async def test_the_people_of_a_team_come_in_the_order_in_which_they_came(
    database: Database,
) -> None:
    async with database.write() as session:
        await people.add_person(session, "org", "web", EVE)
        for _ in range(2):
            await people.add_member(
                session, "org", "team", EVE.id, kind="observer", since=at("0:30")
            )
    everybody = {EVE.id: "observer", **dict.fromkeys((ANA, BEN, CY, DEE), "member")}
    async with database.read() as session:
        found = await people.members(session, "org", "team")
        assert list(found.items()) == list(everybody.items())
        assert await people.members(session, "other", "team") == {}


async def test_a_person_s_teams_come_by_name(database: Database) -> None:
    first = Team("first", "A team", "web", "a-team", keeps_text=True)
    async with database.write() as session:
        await people.add_team(session, "org", first)
        await people.add_member(session, "org", "first", ANA, kind="guest", since=at("1:00"))
    async with database.read() as session:
        assert await people.teams_of(session, "org", ANA) == (first, GRADE)
        assert await people.teams_of(session, "org", BEN) == (GRADE,)
        assert await people.teams_of(session, "other", ANA) == ()
