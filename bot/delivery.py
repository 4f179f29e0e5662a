"""The loop that sends: of each lane the first open card, committed before and after."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot import ports
from bot.cards.model import from_json
from bot.flows import arrivals
from bot.flows.house import House
from bot.ports import Chat, Outcome, Place
from bot.rules import keys
from storage import outbox, people, runs
from storage.database import Session
from storage.outbox import Outgoing

log = structlog.get_logger()

IDLE = 1.0  # seconds; a commit wakes the loop at once
TIMEOUT = 10
LOOK_AFTER = timedelta(seconds=5)
RETRY = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=5)
PATIENCE = timedelta(hours=6)


async def run(house: House, chats: Mapping[str, Chat]) -> None:
    """Send what is due, until cancelled. `chats`: by platform."""
    is_taken_up = False
    while True:
        try:
            if not is_taken_up:
                await take_up(house)
                is_taken_up = True
            sent = await deliver_due(house, chats)
        except Exception:  # the loop goes on, whatever the database does
            log.exception("delivery.failed")
            sent = 0
            await asyncio.sleep(IDLE)
        if not sent:
            await house.database.wait(IDLE)


async def take_up(house: House) -> None:
    """On start: what a process that died had claimed waits for no lease; it is looked for first.

    Only where no other process lives, as the lock on the SQLite file ensures.
    """
    async with house.database.write() as session:
        await outbox.free(session, house.now())


async def deliver_due(house: House, chats: Mapping[str, Chat]) -> int:
    """Send all that may be sent now, one of each lane; returns how many there were."""
    async with house.database.read() as session:
        ids = await outbox.due(session, house.now())
    for outbox_id in ids:
        await deliver(house, chats, outbox_id)
    return len(ids)


async def deliver(house: House, chats: Mapping[str, Chat], outbox_id: int) -> None:
    """Claim a row, send it, and write down what came back."""
    async with house.database.write() as session:
        out = await outbox.claim(session, outbox_id, house.now())
        if out is None:
            return
        place = await _place(session, out)
        users = await people.users_of(session, out.organization, out.platform, [out.only_for or ""])
    if place is None or out.platform not in chats:
        await _fail(house, out, "no place")
        return
    if out.only_for is not None and out.only_for not in users:
        await _fail(house, out, "nobody")  # a private note goes to its reader, or to nobody
        return
    user = users.get(out.only_for or "", "")
    await _settle(house, *await _try(chats[out.platform], out, place, user))


async def _place(session: Session, out: Outgoing) -> Place | None:
    """Where it goes; a run's lane is its thread, which its card, the first row, opens."""
    if out.run is None:
        return Place(out.platform, out.channel, out.thread)
    if keys.run_of_card(out.key) is not None:
        return Place(out.platform, out.channel)
    thread = await runs.thread_of(session, out.organization, out.run)
    return None if thread is None else Place(out.platform, out.channel, thread)


async def _try(chat: Chat, out: Outgoing, place: Place, user: str) -> tuple[Outgoing, Outcome]:
    """One try, and the row as it was sent. What may stand there is looked for first.

    What is found may be the first of its cards; whether it stands, not every chat can say.
    """
    try:
        async with asyncio.timeout(TIMEOUT):
            if not out.was_sending or out.external_id is not None:
                return out, await _send(chat, out, place, user)
            private = out.only_for is not None
            match await chat.find(place, out.key, out.first_try_at, private=private):
                case ports.Sent() as sent:
                    return replace(out, revision=1), sent
                case ports.Absent():
                    return out, await _send(chat, out, place, user)
                case ports.Unknown():
                    return out, ports.Refused("uncertain")
    except Exception:  # whatever a platform's library raises, the card may stand there
        log.exception("delivery.unclear", outbox_id=out.id)
        return out, ports.Unclear()


async def _send(chat: Chat, out: Outgoing, place: Place, user: str) -> Outcome:
    card = from_json(out.card)
    if out.external_id is not None:
        return await chat.update(place, out.external_id, card)
    if out.only_for is None:
        return await chat.post(place, card, out.key)
    return await chat.whisper(place, user, card, out.key)


async def _settle(house: House, out: Outgoing, outcome: Outcome) -> None:
    now = house.now()
    match outcome:
        case ports.Sent(id=external_id, at=at):
            async with house.database.write() as session:
                if await outbox.sent(session, out, external_id, at):
                    await _first_sent(house, session, out, outcome)
        case ports.NotSent(retry_after=seconds):
            pause = timedelta(seconds=seconds) if seconds else _pause(out, now, RETRY)
            await _put_off(house, out, "pending", now, pause)
        case ports.Unclear():
            await _put_off(house, out, "sending", now, _pause(out, now, LOOK_AFTER))
        case ports.Refused(reason=reason):
            await _fail(house, out, reason)


async def _first_sent(house: House, session: Session, out: Outgoing, sent: ports.Sent) -> None:
    """The run card opens the run's thread; a step's post tells the engine when it stood there."""
    run = keys.run_of_card(out.key)
    if run is not None:
        await runs.set_thread(session, out.organization, run, sent.id)
    step = keys.step_of(out.key)
    if step is not None:
        announced = ports.Announced(
            source="outbox",
            event_id=out.key,
            organization=out.organization,
            at=sent.at,
            run=step[0],
            position=step[1],
            opening=step[2],
        )
        await arrivals.keep(house, session, out.organization, announced)


def _pause(out: Outgoing, now: datetime, least: timedelta) -> timedelta:
    """As long again as it has been tried, so that pauses double."""
    return min(max(least, now - out.first_try_at), LONGEST_PAUSE)


async def _put_off(
    house: House, out: Outgoing, state: str, now: datetime, pause: timedelta
) -> None:
    if now - out.first_try_at >= PATIENCE:
        await _fail(house, out, "gave up")
        return
    async with house.database.write() as session:
        await outbox.put_off(session, out, state=state, until=now + pause)


async def _fail(house: House, out: Outgoing, reason: str) -> None:
    log.warning("delivery.gave_up", outbox_id=out.id, reason=reason)
    async with house.database.write() as session:
        await outbox.fail(session, out, reason)
