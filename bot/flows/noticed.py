"""What a post holds that lets a student be recognized: told to its author, and to nobody else."""

from bot import ports
from bot.cards import door as cards
from bot.cards.model import to_json
from bot.flows import students
from bot.flows.house import House
from bot.flows.sender import Sender
from bot.rules import door, keys
from bot.rules.door import Known
from protocols.run import Run
from storage import outbox
from storage.database import Session
from storage.people import Team


async def is_plain(
    house: House, session: Session, sender: Sender, place: ports.Place, text: str
) -> bool:
    """Whether nothing at all is found in a text."""
    known = await students.known_here(house, session, sender.organization, place)
    return not door.find(text, known)


async def tell(
    house: House,
    session: Session,
    sender: Sender,
    said: ports.Said | ports.Edited,
    *,
    run: Run,
    team: Team | None,
) -> None:
    """Tell an author what kind of thing a post holds, once in a step.

    Who the adults are is asked only where something was found: this is on the way of every post.
    """
    named = students.known(house, sender.organization, team)
    if not door.certain(said.text, Known(named, (), house.now().date())):
        return
    known = await students.known_here(house, session, sender.organization, said.place)
    kinds = door.certain(said.text, known)
    key = keys.note(run.id, "door", run.position or 0, sender.person)
    if not kinds or await outbox.is_put(session, sender.organization, key):
        return
    wanted = outbox.Put(
        organization=sender.organization,
        key=key,
        platform=said.place.platform,
        channel=said.place.channel,
        card=to_json(cards.note(house.t, run, kinds, said.key)),
        run=run.id,
        thread=run.id,
        only_for=sender.person,
    )
    await outbox.put(session, wanted, house.now())
