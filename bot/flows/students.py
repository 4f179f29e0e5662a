"""A team's students at the door: their names come in by a form, and only keyed digests stay."""

from collections.abc import Mapping

from bot import ports
from bot.cards import door as cards
from bot.cards import faults, steps
from bot.cards.model import Card, Form
from bot.flows.house import House
from bot.flows.sender import Sender, private
from bot.rules.door import Known
from bot.rules.inputs import LONGEST, FaultKind
from bot.rules.students import NOBODY, OnlyMembersName, Students, digests_of, names_in
from storage import outbox, people
from storage.database import Session
from storage.people import Team


def known(house: House, organization: str, team: Team | None) -> Students:
    """Whose names a team wants stopped, as far as that can be known."""
    if team is None or not team.students:
        return NOBODY
    return Students(_key(house, organization, team), team.students)


async def known_here(
    house: House, session: Session, organization: str, place: ports.Place
) -> Known:
    """Who is known in a channel: the students of its team, and the adults of the school."""
    team = await people.team_in(session, organization, place.platform, place.channel)
    adults = await people.everyone(session, organization, place.platform)
    named = known(house, organization, team)
    return Known(named, tuple(person.name for person in adults), house.now().date())


async def ask(house: House, session: Session, sender: Sender, place: ports.Place) -> Card | Form:
    """The form, empty whatever was handed in before: no name is kept that it could show."""
    if await _own_team(session, sender, place) is None:
        return faults.refused(house.t, OnlyMembersName())
    return cards.names_form(house.t)


def check(house: House, values: Mapping[str, str]) -> Form | None:
    """The form again where it holds too much; None: it can be taken."""
    if len(values.get(cards.NAMES, "")) <= LONGEST:
        return None
    fault = {cards.NAMES: steps.FAULTS[FaultKind.TOO_LONG]}
    return steps.with_faults(house.t, cards.names_form(house.t), fault)


async def replace(house: House, session: Session, sender: Sender, arrival: ports.Submitted) -> None:
    """Keep the digests of these names instead of those before. Raises OnlyMembersName."""
    team = await _own_team(session, sender, arrival.place)
    if team is None:
        raise OnlyMembersName
    names = names_in(arrival.values.get(cards.NAMES, ""))
    digests = digests_of(_key(house, sender.organization, team), names)
    await people.set_students(session, sender.organization, team.id, digests)
    key = f"students:{arrival.source}:{arrival.event_id}"
    card = cards.stopped(house.t, len(names))
    await outbox.put(session, private(sender, arrival.place, key, card), house.now())


def _key(house: House, organization: str, team: Team) -> bytes:
    return house.vault.key_for(f"{organization}|students|{team.id}")


async def _own_team(session: Session, sender: Sender, place: ports.Place) -> Team | None:
    """The team of a channel, for its members."""
    team = await people.team_in(session, sender.organization, place.platform, place.channel)
    kinds = await people.members(session, sender.organization, team.id) if team else {}
    return team if kinds.get(sender.person) == "member" else None
