"""Buttons, commands and forms within a run: each becomes events that aim at what was pressed."""

from dataclasses import replace
from datetime import datetime

from bot import ports
from bot.cards.door import STUDENTS
from bot.flows import commitments, evidence, handed, students
from bot.flows.house import House
from bot.flows.posted import kind_in
from bot.flows.runs import Brought, Change, change
from bot.flows.sender import Sender
from bot.rules import acts
from bot.rules.acts import Did
from bot.rules.aims import Aim, read
from protocols import events
from protocols.model import FACILITATOR
from protocols.run import CapturedBy
from protocols.run import Change as PostChange
from storage import audit, posts, runs
from storage.database import Session
from storage.runs import Kept

CONTROL = (
    "open",
    "next",
    "anyway",
    "pause",
    "resume",
    "extend",
    "end",
    "skip",
    "cancel",
    "reopen",
    "roles",
)
FORMS = {
    STUDENTS.act: students.replace,
    evidence.ATTACH: evidence.attach,
    evidence.SAVE: evidence.save,
}


async def pressed(house: House, session: Session, sender: Sender, arrival: ports.Pressed) -> None:
    """A button of a run."""
    await _do(house, session, sender, arrival.at, read(arrival.button))


async def commanded(
    house: House, session: Session, sender: Sender, arrival: ports.Commanded
) -> None:
    """A verb: it aims at the step that was open when it was typed."""
    kept = await find_run(session, sender, arrival.place)
    if kept is None:
        return
    opening = acts.opening_at(kept.run, arrival.at)
    position, number = (opening.position, opening.opening) if opening else (0, 0)
    aim = Aim(arrival.verb, kept.run.id, position, number, arrival.rest.strip())
    await _do(house, session, sender, arrival.at, aim)


async def submitted(
    house: House, session: Session, sender: Sender, arrival: ports.Submitted
) -> None:
    """A form of a run."""
    aim = read(arrival.form)
    if aim.act in ("write", "add"):
        await handed.hand_in(house, session, sender, arrival, aim)
        return
    if aim.act == "kept":
        await commitments.answer(session, sender, arrival)
        return
    if aim.act in FORMS:
        await FORMS[aim.act](house, session, sender, arrival)
        return
    kept = await runs.load(session, sender.organization, aim.run)
    if kept is None:
        return
    did = Did(kept.run, aim, arrival.at, sender.person)
    if aim.act == "roles":
        wanted = acts.roles_handed(did, arrival.values)
    else:
        wanted = acts.reasoned(did, arrival.values.get("reason", "").strip())
    await _change(house, session, kept, did, Change(arrival.at, wanted, seen=True))


async def find_run(session: Session, sender: Sender, place: ports.Place) -> Kept | None:
    """The run that a command means: of the thread, else the one they lead, else the only one."""
    organization = sender.organization
    if place.thread is not None:
        run = await runs.in_thread(session, organization, place.channel, place.thread)
        return await runs.load(session, organization, run) if run else None
    live = await runs.live_in(session, organization, place.channel)
    kept = [k for run in live if (k := await runs.load(session, organization, run))]
    led = [k for k in kept if k.run.holder(FACILITATOR) == sender.person]
    meant = led if len(led) == 1 else kept
    return meant[0] if len(meant) == 1 else None


async def _do(house: House, session: Session, sender: Sender, at: datetime, aim: Aim) -> None:
    kept = await runs.load(session, sender.organization, aim.run)
    if kept is None:
        return
    kind = await kind_in(session, sender, kept.where)
    did = Did(kept.run, aim, at, sender.person, kind)
    if aim.act == "use":
        wanted = await _use(session, kept, did)
    elif aim.act in ("practical", "admit"):
        wanted = await _amend(session, kept, did)
    else:
        wanted = Change(at, acts.pressed(did), seen=True)
    await _change(house, session, kept, did, wanted)


async def _change(house: House, session: Session, kept: Kept, did: Did, wanted: Change) -> None:
    if not wanted.events:
        return
    run = await change(house, session, kept, wanted)
    if did.aim.act in CONTROL and run != kept.run:
        about = f"run:{kept.run.id}:{did.aim.position}"
        organization = kept.where.organization
        await audit.note(
            session, organization, at=did.at, person=did.by, act=did.aim.act, about=about
        )


async def _use(session: Session, kept: Kept, did: Did) -> Change:
    """A post is put into a step, beside the first one, which stays where it is."""
    found = await posts.find(session, kept.where.organization, kept.where.channel, did.aim.extra)
    if found is None:
        return Change(did.at, [])
    key = handed.form_key(did.aim.id, did.by)
    again = replace(
        found.post,
        key=key,
        at=did.at,
        captured_by=CapturedBy.FORM,
        from_key=found.post.key,
        aside_by=None,
        edited_at=None,
    )
    event = events.Placed(at=did.at, by=did.by, post=again, position=did.aim.position)
    body = replace(found.body, salt_cipher=None)
    return Change(did.at, [event], {key: Brought(body)}, seen=True)


async def _amend(session: Session, kept: Kept, did: Did) -> Change:
    found = await posts.find(session, kept.where.organization, kept.where.channel, did.aim.extra)
    if found is None:
        return Change(did.at, [])
    is_admitted = did.aim.act == "admit"
    amended = PostChange(
        admitted_by=did.by if is_admitted else None, aside_by=None if is_admitted else did.by
    )
    event = events.Amended(
        at=did.at, by=did.by, key=found.post.key, author=found.post.person, change=amended
    )
    return Change(did.at, [event], seen=True)
