"""An answer that was handed in by a form: sealed where its step is, shown at once where not."""

import base64
import hashlib
from dataclasses import replace
from datetime import date

from bot import ports
from bot.flows import files, sealed
from bot.flows.house import House
from bot.flows.posted import body_of
from bot.flows.runs import Brought, Change, change
from bot.flows.sender import Sender
from bot.rules import answers
from bot.rules.aims import Aim
from bot.rules.measures import until_of
from bot.rules.offers import REVIEW
from protocols import events
from protocols.model import Reveal
from protocols.participation import is_late
from protocols.run import CapturedBy, PersonId, Post, Run
from storage import evidence, runs
from storage.commitments import OPEN, Commitment
from storage.database import Session
from storage.evidence import Item
from storage.posts import Body
from storage.runs import Kept


def form_key(*parts: str) -> str:
    """The key of a post made by a form: the same parts give the same key."""
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return "form:" + base64.b32encode(digest).decode().lower()[:16]


def is_open_and_sealed(run: Run, position: int) -> bool:
    """Whether what is handed in now stays hidden, and may be changed, until the step closes."""
    openings = run.openings_of(position)
    is_first = len(openings) == 1 and openings[0].closed_at is None
    return run.step(position).is_sealed and is_first


def answer_key(run: Run, position: int, person: PersonId, event_id: str) -> str:
    """In a sealed step a new answer replaces the old one; elsewhere each is its own."""
    if is_open_and_sealed(run, position):
        return form_key(run.id, str(position), person)
    return form_key(run.id, str(position), person, event_id)


async def earlier(session: Session, sender: Sender, run: Run, position: int) -> dict[int, str]:
    """What somebody wrote in the steps that a form compares with, by number, where they showed it.

    What came after a step had opened its answers is none to compare with.
    """
    numbers = {one.of for one in run.step(position).collect if one.of is not None}
    found = {}
    for number in sorted(numbers):
        key = form_key(run.id, str(number - 1), sender.person)
        item = await evidence.item_of(session, sender.organization, run.id, key)
        if item is not None and item.cipher is None:
            found[number] = answers.joined(item.fields)
    return found


async def hand_in(
    house: House, session: Session, sender: Sender, arrival: ports.Submitted, aim: Aim
) -> None:
    """Hand an answer in to the step that its form was opened for."""
    kept = await runs.load(session, sender.organization, aim.run)
    if kept is None or aim.position >= len(kept.run.definition.steps):
        return
    run, step = kept.run, kept.run.step(aim.position)
    values = await files.own(session, sender, step, arrival.values)
    given = answers.read(step, values, await earlier(session, sender, run, aim.position))
    key = answer_key(run, aim.position, sender.person, arrival.event_id)
    post = Post(
        key=key,
        person=sender.person,
        at=arrival.at,
        words=0 if step.reveal is Reveal.UNNAMED else given.words,
        captured_by=CapturedBy.FORM,
    )
    brought = _brought(house, kept, post, given, aim.position)
    event = events.HandedIn(
        at=arrival.at,
        post=post,
        position=aim.position,
        private=given.private,
        measured_until=_measured_until(house, run, given),
    )
    await change(house, session, kept, Change(arrival.at, [event], {key: brought}, seen=True))
    await files.settle(session, sender, run.id, key, given)


def _measured_until(house: House, run: Run, given: answers.Answer) -> date | None:
    """When the review of a trial is due, where there is a protocol for it and this is not it."""
    if run.definition.id == REVIEW or house.library.find(REVIEW) is None:
        return None
    return until_of(given.fields, house.now().date())


def _brought(house: House, kept: Kept, post: Post, given: answers.Answer, position: int) -> Brought:
    where, run = kept.where, kept.run
    step = run.step(position)
    private = given.private or step.reveal is Reveal.PRIVATE
    unnamed = step.reveal is Reveal.UNNAMED
    hide = private or unnamed or is_open_and_sealed(run, position)
    item_id = house.new_id()
    cipher = sealed.seal(house, where.organization, item_id, given.fields) if hide else None
    item = Item(
        id=item_id,
        run=run.id,
        position=position,
        person=post.person,
        post_key=post.key,
        at=post.at,
        fields=() if hide else given.fields,
        cipher=cipher,
        private=private,
        # An unnamed answer that says it is late would name the one person who was.
        late=not unnamed and is_late(run, position, replace(post, placed=position)),
    )
    if private and run.phase.is_over:
        return Brought()  # what is private is erased when the run closes, so it is not kept after
    if unnamed:
        return Brought(Body(), item)
    body = body_of(house, f"{where.organization}|{where.channel}|{post.key}", given.text)
    if hide:
        return Brought(body, item)  # its links come into the open with it
    return Brought(
        body,
        item,
        sealed.artifacts_of(house, item, given.fields),
        _commitments(house, kept, post, given, position),
    )


def _commitments(
    house: House, kept: Kept, post: Post, given: answers.Answer, position: int
) -> tuple[Commitment, ...]:
    here = {member.person for member in kept.run.roster}
    return tuple(
        Commitment(
            id=house.new_id(),
            team=kept.where.team,
            run=kept.run.id,
            position=position,
            person=promise.person if promise.person in here else post.person,
            what=promise.what,
            due=promise.due,
            state=OPEN,
            post_key=post.key,
        )
        for promise in given.commitments
    )
