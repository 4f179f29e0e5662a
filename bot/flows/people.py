"""The people of a channel, as their platform names them now, and who is who there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.flows.house import House
from protocols.run import PersonId
from storage import people
from storage.people import Organization, Person, Team


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody as a platform knows them. `user`: what it calls them."""

    user: str
    name: str
    is_guest: bool = False


async def organization_of(house: House, platform: str, external_id: str, name: str) -> str:
    """Our id of an organization, by what its platform calls it; a new one is made known."""
    async with house.database.write() as session:
        found = await people.organization(session, platform, external_id)
        if found is None:
            found = Organization(house.new_id(), platform, external_id, name, {})
            await people.add_organization(session, found)
        return found.id


async def learn(
    house: House,
    organization: str,
    platform: str,
    channel: tuple[str, str],
    found: Iterable[Known],
) -> None:
    """Make who is in a channel its team. `channel`: id and name. Who is there no more leaves."""
    place, title = channel
    async with house.database.write() as session:
        team = await people.team_in(session, organization, platform, place)
        if team is None:
            team = Team(house.new_id(), title, platform, place, keeps_text=False)
            await people.add_team(session, organization, team)
        here = await people.members(session, organization, team.id)
        staying = set()
        for order, one in enumerate(found):
            person = await people.person_of(session, organization, platform, one.user)
            if person is None:
                person = PersonId(house.new_id())
                stranger = Person(person, one.user, one.name, "", "en")
                await people.add_person(session, organization, platform, stranger)
            await people.rename(session, organization, person, one.name)
            staying.add(person)
            if person not in here:
                kind = "guest" if one.is_guest else "member"
                since = house.now() + timedelta(microseconds=order)  # who comes together, in order
                await people.add_member(
                    session, organization, team.id, person, kind=kind, since=since
                )
        for person in here:
            if person not in staying:
                await people.end_member(session, organization, team.id, person, house.now())


async def faces(
    house: House, organization: str, platform: str, wanted: Iterable[PersonId]
) -> dict[PersonId, tuple[str, str]]:
    """What a platform calls people, and their names; by our ids."""
    asked = list(wanted)
    if not asked:
        return {}
    async with house.database.read() as session:
        users = await people.users_of(session, organization, platform, asked)
        named = await people.names(session, organization, asked)
    return {PersonId(one): (users.get(one, ""), name) for one, name in named.items()}
