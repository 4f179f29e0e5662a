"""Who sent an arrival: our organization and person for the platform's ids."""

from dataclasses import dataclass

from bot import ports
from bot.cards.model import Card, to_json
from bot.flows.house import House
from protocols.run import PersonId
from storage import outbox, people
from storage.database import Session
from storage.people import Person


@dataclass(frozen=True, slots=True)
class Sender:
    """`person` is empty for what Colloquy itself hands in."""

    organization: str
    platform: str
    person: PersonId


async def find_sender(
    house: House, session: Session, organization: str, arrival: ports.Arrival
) -> Sender:
    """The sender of an arrival; somebody unknown is made known, by what the platform calls them."""
    if isinstance(arrival, ports.Announced):
        return Sender(organization, arrival.source, PersonId(""))
    platform, user = arrival.place.platform, arrival.person
    person = await people.person_of(session, organization, platform, user)
    if person is None:
        person = PersonId(house.new_id())
        stranger = Person(person, user, user, "", "en")
        await people.add_person(session, organization, platform, stranger)
    return Sender(organization, platform, person)


def private(sender: Sender, place: ports.Place, key: str, card: Card) -> outbox.Put:
    """A card that the sender alone sees, where they were."""
    return outbox.Put(
        organization=sender.organization,
        key=key,
        platform=place.platform,
        channel=place.channel,
        card=to_json(card),
        thread=place.thread,
        only_for=sender.person,
    )
