"""Runs: loaded from their row, the log of their steps and the posts of the current step."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from protocols.due import next_due
from protocols.model import FACILITATOR, Clock, Protocol
from protocols.run import (
    ClosedBy,
    Held,
    Mark,
    Member,
    Opening,
    Options,
    PersonId,
    Phase,
    Press,
    Run,
    RunId,
)
from protocols.school_days import Calendar
from storage import posts
from storage.tables import RunRow, StepLogRow

VERSION = 1
LIVE = (Phase.WAITING, Phase.RUNNING, Phase.PAUSED)
_PROTOCOL = TypeAdapter(Protocol)


@dataclass(frozen=True, slots=True)
class Where:
    """Where a run is held. `thread`: the key of its run card, None until that stands."""

    organization: str
    team: str
    platform: str
    channel: str
    thread: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A run, where it is held, and what is written beside it."""

    run: Run
    where: Where
    protocol_digest: str
    started_at: datetime | None
    ended_at: datetime | None
    complete_as_of: datetime | None


@dataclass(frozen=True, slots=True)
class _State:
    """What the run's row keeps as JSON: all that has no table of its own."""

    options: Options
    roster: tuple[Member, ...]
    roles: tuple[Held, ...]
    pressed: tuple[Press, ...]
    noted: tuple[tuple[int, PersonId], ...]
    marks: tuple[Mark, ...]
    remaining: timedelta | None
    paused_at: datetime | None
    awaited: tuple[tuple[int, PersonId], ...] = ()
    measured_until: date | None = None
    v: int = VERSION


_STATE = TypeAdapter(_State)


def digest(definition: Protocol) -> str:
    """The digest of a protocol, as the export names it."""
    return "sha256:" + hashlib.sha256(_PROTOCOL.dump_json(definition)).hexdigest()


async def add(session: AsyncSession, run: Run, where: Where, calendar: Calendar) -> None:
    """Keep a new run."""
    row = RunRow(
        organization_id=where.organization,
        id=run.id,
        team_id=where.team,
        platform=where.platform,
        channel=where.channel,
        thread=where.thread,
        protocol=run.definition.id,
        protocol_digest=digest(run.definition),
        definition=_PROTOCOL.dump_python(run.definition, mode="json"),
        clock=run.clock,
        rehearsal=run.options.rehearsal,
        **_copies(run, calendar),
    )
    session.add(row)
    await session.flush()
    await _save_openings(session, where.organization, run, known={})


async def load(session: AsyncSession, organization: str, run_id: str) -> Kept | None:
    """A run, locked where the transaction writes."""
    row = await session.get(
        RunRow, (organization, run_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        return None
    openings = tuple(_opening(log) for log in await _log(session, organization, run_id))
    run = _run(row, openings)
    said = await posts.of_step(session, organization, run) if openings else ()
    where = Where(organization, row.team_id, row.platform, row.channel, row.thread)
    return Kept(
        replace(run, posts=said),
        where,
        row.protocol_digest,
        row.started_at,
        row.ended_at,
        row.complete_as_of,
    )


async def save(session: AsyncSession, kept: Kept, run: Run, calendar: Calendar) -> None:
    """Write what changed about a run, with the time at which it next wants to be looked at."""
    organization = kept.where.organization
    values = _copies(run, calendar)
    await session.execute(
        update(RunRow)
        .where(RunRow.organization_id == organization, RunRow.id == run.id)
        .values(tick_failures=0, **values)
    )
    known = {(o.position, o.opening): o for o in kept.run.openings}
    await _save_openings(session, organization, run, known)


async def due(
    session: AsyncSession, now: datetime, limit: int = 100
) -> tuple[tuple[str, str], ...]:
    """(organization, run) of what is due, the longest due first."""
    found = select(RunRow.organization_id, RunRow.id).where(RunRow.due_at <= now)
    rows = await session.execute(found.order_by(RunRow.due_at).limit(limit))
    return tuple((organization, run_id) for organization, run_id in rows)


async def put_off(session: AsyncSession, organization: str, run_id: str, now: datetime) -> int:
    """A tick failed: look again in 1 s, doubling to 5 min. Returns how often it has failed."""
    row = await session.get(RunRow, (organization, run_id), with_for_update=True)
    if row is None:
        return 0
    row.tick_failures += 1
    row.due_at = now + timedelta(seconds=min(2 ** (row.tick_failures - 1), 300))
    await session.flush()
    return row.tick_failures


async def set_thread(session: AsyncSession, organization: str, run_id: str, thread: str) -> None:
    """The run card stands: its thread is the meeting."""
    await session.execute(
        update(RunRow)
        .where(RunRow.organization_id == organization, RunRow.id == run_id)
        .values(thread=thread)
    )


async def thread_of(session: AsyncSession, organization: str, run_id: str) -> str | None:
    """The thread of a run, None until its card stands."""
    found = select(RunRow.thread).where(RunRow.organization_id == organization, RunRow.id == run_id)
    return (await session.scalars(found)).one_or_none()


async def in_thread(
    session: AsyncSession, organization: str, channel: str, thread: str
) -> str | None:
    """The run that is held in a thread."""
    found = select(RunRow.id).where(
        RunRow.organization_id == organization,
        RunRow.channel == channel,
        RunRow.thread == thread,
    )
    return (await session.scalars(found)).one_or_none()


async def live_in(session: AsyncSession, organization: str, channel: str) -> tuple[str, ...]:
    """The live runs of a channel, the newest first."""
    found = select(RunRow.id).where(
        RunRow.organization_id == organization,
        RunRow.channel == channel,
        RunRow.phase.in_(LIVE),
    )
    ordered = found.order_by(RunRow.started_at.desc(), RunRow.id)
    return tuple(await session.scalars(ordered))


async def led_lately(
    session: AsyncSession, organization: str, team: str
) -> tuple[tuple[PersonId, datetime], ...]:
    """Who led the last three runs of a team that came to their end, and when; the last one first."""
    found = select(RunRow.facilitator_id, RunRow.started_at).where(
        RunRow.organization_id == organization,
        RunRow.team_id == team,
        RunRow.started_at.is_not(None),
        RunRow.phase == Phase.FINISHED,
        RunRow.rehearsal.is_(False),
    )
    rows = await session.execute(found.order_by(RunRow.started_at.desc()).limit(3))
    return tuple((PersonId(person), at) for person, at in rows if at is not None)


async def is_settling(session: AsyncSession, organization: str, channel: str) -> bool:
    """Whether a live run in the channel waits for its thread."""
    found = select(RunRow.id).where(
        RunRow.organization_id == organization,
        RunRow.channel == channel,
        RunRow.thread.is_(None),
        RunRow.phase.in_(LIVE),
    )
    return (await session.scalars(found)).first() is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list of runs."""

    id: str
    protocol: str
    phase: str
    organization: str
    team: str
    platform: str
    channel: str
    thread: str | None
    planned_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    rehearsal: bool


async def listed(session: AsyncSession, organization: str | None) -> tuple[Listed, ...]:
    """All runs, the newest first."""
    found = select(RunRow)
    if organization is not None:
        found = found.where(RunRow.organization_id == organization)
    when = func.coalesce(RunRow.started_at, RunRow.planned_at)
    rows = await session.scalars(found.order_by(when.desc(), RunRow.id))
    return tuple(_listed(row) for row in rows)


async def organization_of(session: AsyncSession, run_id: str) -> str | None:
    """The organization of a run: ids are unique across organizations."""
    found = select(RunRow.organization_id).where(RunRow.id == run_id)
    return (await session.scalars(found)).first()


def _listed(row: RunRow) -> Listed:
    names = Listed.__dataclass_fields__
    aliases = {"organization": "organization_id", "team": "team_id"}
    return Listed(**{name: getattr(row, aliases.get(name, name)) for name in names})


def _copies(run: Run, calendar: Calendar) -> dict[str, Any]:
    """What the row says of the run: its state, and copies for finding it."""
    state = _State(
        options=run.options,
        roster=run.roster,
        roles=run.roles,
        pressed=run.pressed,
        noted=tuple(sorted(run.noted)),
        marks=tuple(sorted(run.marks)),
        remaining=run.remaining,
        paused_at=run.paused_at,
        awaited=tuple(sorted(run.awaited)),
        measured_until=run.measured_until,
    )
    last = run.openings[-1] if run.openings else None
    return {
        "phase": run.phase,
        "planned_at": run.planned_at,
        "started_at": run.openings[0].starts_at if last else None,
        "ended_at": last.closed_at if last and run.phase.is_over else None,
        "facilitator_id": run.holder(FACILITATOR) or "",
        "state": _STATE.dump_python(state, mode="json"),
        "due_at": next_due(run, calendar),
    }


def _run(row: RunRow, openings: tuple[Opening, ...]) -> Run:
    state = _STATE.validate_python(row.state)
    return Run(
        id=RunId(row.id),
        definition=_PROTOCOL.validate_python(row.definition),
        clock=Clock(row.clock),
        options=state.options,
        phase=Phase(row.phase),
        planned_at=row.planned_at,
        remaining=state.remaining,
        paused_at=state.paused_at,
        marks=frozenset(state.marks),
        roster=state.roster,
        roles=state.roles,
        openings=openings,
        pressed=state.pressed,
        noted=frozenset(state.noted),
        awaited=frozenset(state.awaited),
        measured_until=state.measured_until,
    )


async def _log(session: AsyncSession, organization: str, run_id: str) -> tuple[StepLogRow, ...]:
    found = select(StepLogRow).where(
        StepLogRow.organization_id == organization, StepLogRow.run_id == run_id
    )
    fresh = found.order_by(StepLogRow.seq).execution_options(populate_existing=True)
    return tuple(await session.scalars(fresh))


def _opening(log: StepLogRow) -> Opening:
    return Opening(
        position=log.position,
        opening=log.opening,
        opened_at=log.opened_at,
        ends_at=log.ends_at,
        announced_at=log.announced_at,
        closed_at=log.closed_at,
        closed_by=ClosedBy(log.closed_by) if log.closed_by else None,
        person=PersonId(log.person_id) if log.person_id else None,
        reason=log.reason,
    )


async def _save_openings(
    session: AsyncSession, organization: str, run: Run, known: dict[tuple[int, int], Opening]
) -> None:
    for seq, opening in enumerate(run.openings):
        if known.get((opening.position, opening.opening)) == opening:
            continue
        values = {
            "seq": seq,
            "opened_at": opening.opened_at,
            "announced_at": opening.announced_at,
            "ends_at": opening.ends_at,
            "closed_at": opening.closed_at,
            "closed_by": opening.closed_by,
            "person_id": opening.person,
            "reason": opening.reason,
        }
        key = {
            "organization_id": organization,
            "run_id": run.id,
            "position": opening.position,
            "opening": opening.opening,
        }
        upsert = insert(StepLogRow).values(**key, **values)
        await session.execute(upsert.on_conflict_do_update(index_elements=[*key], set_=values))


async def set_complete(
    session: AsyncSession, organization: str, run_id: str, until: datetime
) -> None:
    """The record is complete until the time of the last arrival that was handled."""
    row = await session.get(RunRow, (organization, run_id))
    if row is not None:
        row.complete_as_of = max(until, row.complete_as_of or until)
        await session.flush()


async def next_due_at(session: AsyncSession, organization: str) -> datetime | None:
    """The earliest time at which a run of an organization wants to be looked at."""
    found = select(RunRow.due_at).where(
        RunRow.organization_id == organization, RunRow.due_at.is_not(None)
    )
    return (await session.scalars(found.order_by(RunRow.due_at).limit(1))).first()


async def with_deadlines(session: AsyncSession) -> tuple[tuple[str, str], ...]:
    """(organization, run) of all live runs, and of those that are over and have something due."""
    found = select(RunRow.organization_id, RunRow.id).where(
        or_(RunRow.phase.in_(LIVE), RunRow.due_at.is_not(None))
    )
    rows = await session.execute(found.order_by(RunRow.id))
    return tuple((organization, run_id) for organization, run_id in rows)


async def live(session: AsyncSession, organization: str) -> tuple[str, ...]:
    """The live runs of an organization."""
    found = select(RunRow.id).where(RunRow.organization_id == organization, RunRow.phase.in_(LIVE))
    return tuple(await session.scalars(found.order_by(RunRow.id)))
