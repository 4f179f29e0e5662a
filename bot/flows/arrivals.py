"""What came in is handled: an arrival becomes events of one run, in one transaction."""

import json
import re
from datetime import datetime
from typing import Any, assert_never

from bot import ports
from bot.cards import faults, notes
from bot.cards.model import Card
from bot.flows import asks, posted, presses, starts
from bot.flows.house import House
from bot.flows.runs import Change, change
from bot.flows.sender import Sender, find_sender, private
from bot.rules import keys
from bot.rules.aims import NoSuchButton
from protocols import events
from storage import inbox, outbox, posts, runs
from storage.database import Session

UNSTORABLE = re.compile("[\0\ud800-\udfff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class Later(Exception):
    """It may belong to a run whose card does not stand yet: try again, at first soon."""

    def __init__(self, since: datetime) -> None:
        """`since`: the time of what waits."""
        super().__init__()
        self.since = since


async def keep(house: House, session: Session, organization: str, arrival: ports.Arrival) -> bool:
    """Keep an arrival in the caller's transaction; False when it came before.

    What a form holds is sealed, until it is handled.
    """
    body = _storable(ports.ARRIVAL.dump_python(arrival, mode="json"))
    if isinstance(arrival, ports.Submitted):
        row = f"{organization}|inbox|{arrival.source}|{arrival.event_id}"
        body = {"cipher": house.vault.seal(json.dumps(body), row=row), "row": row}
    return await inbox.add(
        session,
        organization=organization,
        source=arrival.source,
        event_id=arrival.event_id,
        kind=arrival.kind,
        arrival={"v": 1, **body},
        now=house.now(),
    )


def _storable(value: Any) -> Any:
    """What no database takes (NUL, half of a character) becomes a visible mark."""
    if isinstance(value, str):
        return UNSTORABLE.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    return [_storable(one) for one in value] if isinstance(value, list) else value


async def handle(house: House, inbox_id: int) -> None:
    """Handle one arrival; handled before, it does nothing. Raises Later, or a fault to retry."""
    async with house.database.write() as session:
        waiting = await inbox.take(session, inbox_id)
        if waiting is None:
            return
        body = waiting.arrival
        if "cipher" in body:
            body = json.loads(house.vault.open(body["cipher"], row=body["row"]))
        arrival = ports.ARRIVAL.validate_python(body)
        sender = await find_sender(house, session, waiting.organization, arrival)
        try:
            await _dispatch(house, session, sender, arrival)
        except events.NotAllowed as fault:
            await _tell(house, session, sender, arrival, faults.refused(house.t, fault))
        except NoSuchButton:
            card = faults.said(house.t, faults.NOT_OURS)
            await _tell(house, session, sender, arrival, card)
        await inbox.done(session, inbox_id)


async def _dispatch(house: House, session: Session, sender: Sender, arrival: ports.Arrival) -> None:
    match arrival:
        case ports.Announced():
            await _announced(house, session, sender, arrival)
        case ports.Said():
            await _said(house, session, sender, arrival)
        case ports.Edited() | ports.Deleted():
            await posted.amended(house, session, sender, arrival)
        case ports.Pressed() | ports.Submitted() if starts.is_start(arrival):
            await starts.start(house, session, sender, arrival)
        case ports.Pressed():
            await presses.pressed(house, session, sender, arrival)
        case ports.Submitted():
            await presses.submitted(house, session, sender, arrival)
        case ports.Commanded():
            await _commanded(house, session, sender, arrival)
        case _:
            assert_never(arrival)


async def _announced(
    house: House, session: Session, sender: Sender, arrival: ports.Announced
) -> None:
    kept = await runs.load(session, sender.organization, arrival.run)
    if kept is not None:
        event = events.Announced(at=arrival.at, position=arrival.position, opening=arrival.opening)
        await change(house, session, kept, Change(arrival.at, [event]))


async def _commanded(
    house: House, session: Session, sender: Sender, arrival: ports.Commanded
) -> None:
    if arrival.verb == "start":
        await starts.start_by_name(house, session, sender, arrival)
    else:
        await presses.commanded(house, session, sender, arrival)


async def _said(house: House, session: Session, sender: Sender, said: ports.Said) -> None:
    place = said.place
    if place.thread is None:
        await _said_beside(house, session, sender, said)
        return
    run = await runs.in_thread(session, sender.organization, place.channel, place.thread)
    if run is None:
        if await runs.is_settling(session, sender.organization, place.channel):
            raise Later(said.at)
        return
    if posted.is_for_us(said.text):
        await _command_by_name(house, session, sender, said)
        return
    await posted.message(house, session, sender, said, run)


async def _command_by_name(
    house: House, session: Session, sender: Sender, said: ports.Said
) -> None:
    """`@Colloquy next` in a thread; what only shows something is shown privately."""
    _, *words = said.text.lower().split()
    command = ports.Commanded(
        source=said.source,
        event_id=said.event_id,
        organization=said.organization,
        at=said.at,
        place=said.place,
        person=said.person,
        verb=words[0] if words else "status",
        rest=" ".join(words[1:]),
    )
    spot = posts.Spot(sender.organization, said.place.channel, None)
    await posts.record(session, spot, *posted.facts(house, sender, said))  # it may be edited
    shown = await asks.command(house, session, sender, command)
    if shown is None:
        await _commanded(house, session, sender, command)
        return
    card = shown if isinstance(shown, Card) else faults.by_button(house.t, shown)
    key = f"shown:{said.source}:{said.event_id}"
    await outbox.put(session, private(sender, said.place, key, card), house.now())


async def _said_beside(house: House, session: Session, sender: Sender, said: ports.Said) -> None:
    """Said in the channel while a run of theirs is in its thread: counted only if they ask."""
    live = await runs.live_in(session, sender.organization, said.place.channel)
    kept = await runs.load(session, sender.organization, live[0]) if len(live) == 1 else None
    if kept is None or not kept.run.phase.is_live or not kept.run.takes_part(sender.person):
        return
    post, body = posted.facts(house, sender, said)
    spot = posts.Spot(sender.organization, said.place.channel, None)
    await posts.record(session, spot, post, body)
    key = keys.note(kept.run.id, "beside", kept.run.current.position, sender.person)
    card = notes.beside(house.t, kept.run, said.key)
    await outbox.put(session, private(sender, said.place, key, card), house.now())


async def _tell(
    house: House, session: Session, sender: Sender, arrival: ports.Arrival, card: Card
) -> None:
    """Say privately what was not possible; where nobody asked, say nothing."""
    if isinstance(arrival, ports.Announced):
        return
    key = f"fault:{arrival.source}:{arrival.event_id}"
    await outbox.put(session, private(sender, arrival.place, key, card), house.now())
