"""A run changes: the engine decides, the effects are carried out, the run is saved. One transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from bot.cards import notes, steps
from bot.cards import reports as report_cards
from bot.cards import runs as run_cards
from bot.cards.model import Card, to_json
from bot.cards.reports import Answer
from bot.flows import sealed
from bot.flows.house import House
from bot.flows.reports import read_report
from bot.rules import keys
from protocols import events
from protocols.due import moved, next_due
from protocols.engine import advance
from protocols.model import Reveal as Shown
from protocols.run import Opening, PersonId, Run
from storage import commitments, evidence, outbox, posts, runs
from storage.commitments import Commitment
from storage.database import Session
from storage.evidence import Artifact, Item
from storage.posts import Body
from storage.runs import Kept, Where

ONCE = (events.Note.OUT_OF_TURN, events.Note.AWAITED, events.Note.AWAITED_STILL)


@dataclass(frozen=True, slots=True)
class Brought:
    """What came with a post: its body, and what its form held."""

    body: Body = field(default_factory=Body)
    item: Item | None = None
    artifacts: tuple[Artifact, ...] = ()
    commitments: tuple[Commitment, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What one arrival or tick does to one run."""

    at: datetime
    events: Sequence[events.Event]
    brought: Mapping[str, Brought] = field(default_factory=dict)
    seen: bool = False


async def change(house: House, session: Session, kept: Kept, wanted: Change) -> Run:
    """Advance a run and carry out what follows. Raises NotAllowed before anything is written."""
    run, effects = kept.run, list[events.Effect]()
    for event in wanted.events:
        run, more = advance(run, event, house.calendar)
        effects.extend(more)
    if len(run.openings) > len(kept.run.openings):
        run = await _with_its_posts(session, kept.where, run)
    await runs.save(session, kept, run, house.calendar)
    for effect in effects:
        await _carry_out(house, session, _Carried(kept.where, run, wanted), effect)
    if wanted.seen:
        await runs.set_complete(session, kept.where.organization, run.id, wanted.at)
    is_amended = not all(isinstance(effect, events.Whisper) for effect in effects)
    if run.phase.is_over and kept.run.phase.is_over and is_amended:
        await _refresh_report(house, session, kept.where, run)
    return run


async def _with_its_posts(session: Session, where: Where, run: Run) -> Run:
    """A run whose step has just opened, with what was put into that step before, or said in it."""
    return replace(run, posts=await posts.of_step(session, where.organization, run))


async def put_card(house: House, session: Session, kept: Kept) -> None:
    """Put a new run's card into the outbox: the first row of its lane opens the thread."""
    it = _Carried(kept.where, kept.run, Change(house.now(), []))
    card = run_cards.run_card(house.t, kept.run, house.calendar.zone)
    await _put(house, session, it, keys.card(kept.run.id), card)


async def look_anew(house: House) -> None:
    """Work out anew when each run is due: the calendar, or the rate, may have changed."""
    async with house.database.read() as session:
        found = await runs.with_deadlines(session)
    for organization, run_id in found:
        async with house.database.write() as session:
            kept = await runs.load(session, organization, run_id)
            if kept is not None:
                await _look_anew(house, session, kept)


async def _look_anew(house: House, session: Session, kept: Kept) -> None:
    run = moved(kept.run, house.calendar)
    await runs.save(session, kept, run, house.calendar)
    if run != kept.run:
        it = _Carried(kept.where, run, Change(house.now(), []))
        await _refresh(house, session, it)
        await _refresh_step(house, session, it, run.current.position)


async def tick(house: House, organization: str, run_id: str) -> None:
    """The clock looks at a run; too early, or once too often, it does nothing."""
    async with house.database.write() as session:
        kept = await runs.load(session, organization, run_id)
        now = house.now()
        due = next_due(kept.run, house.calendar) if kept else None
        if kept is not None and due is not None and due <= now:
            await change(house, session, kept, Change(now, [events.Tick(at=now)]))


@dataclass(frozen=True, slots=True)
class _Carried:
    """What every effect is carried out with."""

    where: Where
    run: Run
    wanted: Change


async def _carry_out(  # noqa: C901, PLR0912 # one arm an effect
    house: House, session: Session, it: _Carried, effect: events.Effect
) -> None:
    match effect:
        case events.Record():
            await _record(session, it, effect)
        case events.Amend():
            await _amend(session, it, effect)
        case events.Announce():
            await _put_step(house, session, it, _opening(it.run, effect.position, effect.opening))
        case events.Leave():
            await _leave(house, session, it, effect)
        case events.Refresh():
            await _refresh(house, session, it)
        case events.RefreshStep():
            await _refresh_step(house, session, it, effect.position)
        case events.Reveal():
            await _reveal(house, session, it, effect)
        case events.Whisper():
            await _whisper(house, session, it, effect)
        case events.Finish():
            await evidence.erase_private(session, it.where.organization, it.run.id)
            await sealed.open_late_unnamed(house, session, it.where, it.run)
            await _report(house, session, it)
        case _:
            assert_never(effect)


async def _put(
    house: House,
    session: Session,
    it: _Carried,
    key: str,
    card: Card,
    *,
    only_for: PersonId | None = None,
) -> None:
    wanted = outbox.Put(
        organization=it.where.organization,
        key=key,
        platform=it.where.platform,
        channel=it.where.channel,
        card=to_json(card),
        run=it.run.id,
        thread=it.run.id,
        only_for=only_for,
    )
    await outbox.put(session, wanted, house.now())


# Posts.


async def _record(session: Session, it: _Carried, effect: events.Record) -> None:
    organization, post = it.where.organization, effect.post
    brought = it.wanted.brought.get(post.key, Brought())
    spot = posts.Spot(organization, it.where.channel, it.run.id)
    await posts.record(session, spot, post, brought.body)
    if brought.item is not None:
        await evidence.keep_item(session, organization, brought.item)
    for artifact in brought.artifacts:
        await evidence.keep_artifact(session, organization, artifact)
    for commitment in brought.commitments:
        await commitments.keep(session, organization, commitment)


async def _amend(session: Session, it: _Carried, effect: events.Amend) -> None:
    amended = effect.change
    spot = posts.Spot(it.where.organization, it.where.channel, it.run.id)
    brought = it.wanted.brought.get(amended.key)
    body = brought.body if brought else None
    await posts.amend(session, spot, amended.key, amended.change, body)


# Steps.


def _opening(run: Run, position: int, opening: int) -> Opening:
    return next(o for o in run.openings if (o.position, o.opening) == (position, opening))


async def _put_step(house: House, session: Session, it: _Carried, opening: Opening) -> None:
    card = steps.step_post(house.t, it.run, opening, house.calendar.zone)
    await _put(house, session, it, keys.step(it.run.id, opening.position, opening.opening), card)


async def _refresh(house: House, session: Session, it: _Carried) -> None:
    """Show the run card anew; the post of a sealed step shows the same count."""
    card = run_cards.run_card(house.t, it.run, house.calendar.zone)
    await _put(house, session, it, keys.card(it.run.id), card)
    if it.run.phase.is_live and it.run.step(it.run.current.position).is_sealed:
        await _refresh_step(house, session, it, it.run.current.position)


async def _refresh_step(house: House, session: Session, it: _Carried, position: int) -> None:
    opening = it.run.openings_of(position)[-1]
    key = keys.step(it.run.id, opening.position, opening.opening)
    if await outbox.is_put(session, it.where.organization, key):
        await _put_step(house, session, it, opening)


async def _leave(house: House, session: Session, it: _Carried, effect: events.Leave) -> None:
    opening = _opening(it.run, effect.position, effect.opening)
    key = keys.step(it.run.id, effect.position, effect.opening)
    await outbox.withdraw(session, it.where.organization, it.run.id, key)
    if await outbox.is_put(session, it.where.organization, key):
        await _put_step(house, session, it, opening)


async def _reveal(house: House, session: Session, it: _Carried, effect: events.Reveal) -> None:
    step = it.run.step(effect.position)
    unnamed = step.reveal is Shown.UNNAMED
    opened = await sealed.open_answers(house, session, it.where, it.run, effect)
    if effect.key is not None:
        await _show_added(house, session, it, effect, opened)
        return
    cards = steps.reveal(
        house.t, it.run, effect.position, _in_order(it.run, opened, unnamed=unnamed)
    )
    for part, card in enumerate(cards if opened else [], start=1):
        await _put(house, session, it, keys.reveal(it.run.id, effect.position, part), card)


async def _show_added(
    house: House, session: Session, it: _Carried, effect: events.Reveal, opened: Sequence[Answer]
) -> None:
    cards = [c for a in opened for c in steps.added(house.t, it.run, effect.position, a)]
    for part, card in enumerate(cards, start=1):
        name = effect.key if part == 1 else f"{effect.key}:{part}"
        await _put(house, session, it, keys.reveal(it.run.id, effect.position, name or ""), card)


def _in_order(run: Run, answers: Sequence[Answer], *, unnamed: bool) -> Sequence[Answer]:
    """Roster order; unnamed ones stay in the order of their random ids."""
    if unnamed:
        return answers
    order = {member.person: index for index, member in enumerate(run.roster)}
    return sorted(answers, key=lambda answer: order.get(answer.person or PersonId(""), len(order)))


# Notes, and the end.


async def _whisper(house: House, session: Session, it: _Carried, effect: events.Whisper) -> None:
    at = None if effect.note in ONCE else it.wanted.at
    key = keys.note(it.run.id, effect.note, effect.position, effect.person, at)
    about = next((k for k in it.wanted.brought if k), None)
    card = notes.note(house.t, it.run, effect, house.calendar.zone, about)
    await _put(house, session, it, key, card, only_for=effect.person)


async def _report(house: House, session: Session, it: _Carried) -> None:
    report = await read_report(session, it.where.organization, it.run.id)
    if report is not None:
        card = report_cards.report_card(house.t, report)
        await _put(house, session, it, keys.report(it.run.id), card)


async def _refresh_report(house: House, session: Session, where: Where, run: Run) -> None:
    """What comes after the end amends the report, where that was sent."""
    await sealed.open_late_unnamed(house, session, where, run)
    if await outbox.is_put(session, where.organization, keys.report(run.id)):
        await _report(house, session, _Carried(where, run, Change(house.now(), [])))
