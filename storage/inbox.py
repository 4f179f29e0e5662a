"""Arrivals: taken in once, handled once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import InboxRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """An arrival that waits to be handled."""

    id: int
    organization: str
    kind: str
    arrival: dict[str, Any]
    attempts: int


async def add(
    session: AsyncSession,
    *,
    organization: str,
    source: str,
    event_id: str,
    kind: str,
    arrival: dict[str, Any],
    now: datetime,
) -> bool:
    """Keep an arrival; False when this event came before."""
    added = insert(InboxRow).values(
        organization_id=organization,
        source=source,
        event_id=event_id,
        kind=kind,
        arrival=arrival,
        received_at=now,
        state="new",
        attempts=0,
        next_at=now,
    )
    ids = await session.scalars(added.on_conflict_do_nothing().returning(InboxRow.id))
    return ids.first() is not None


async def is_known(session: AsyncSession, *, organization: str, source: str, event_id: str) -> bool:
    """Whether this event came before."""
    found = select(InboxRow.id).where(
        InboxRow.organization_id == organization,
        InboxRow.source == source,
        InboxRow.event_id == event_id,
    )
    return (await session.scalars(found)).first() is not None


async def due(session: AsyncSession, now: datetime, limit: int = 100) -> tuple[int, ...]:
    """The ids of what waits, in the order in which it came."""
    found = select(InboxRow.id).where(InboxRow.state == "new", InboxRow.next_at <= now)
    return tuple(await session.scalars(found.order_by(InboxRow.id).limit(limit)))


async def take(session: AsyncSession, inbox_id: int) -> Waiting | None:
    """An arrival, locked; None when it has been handled."""
    found = select(InboxRow).where(InboxRow.id == inbox_id, InboxRow.state == "new")
    row = (await session.scalars(found.with_for_update())).one_or_none()
    if row is None or row.arrival is None:
        return None
    return Waiting(row.id, row.organization_id, row.kind, row.arrival, row.attempts)


async def done(session: AsyncSession, inbox_id: int) -> None:
    """It is handled; its content goes."""
    await session.execute(
        update(InboxRow).where(InboxRow.id == inbox_id).values(state="done", arrival=None)
    )


async def put_off(session: AsyncSession, inbox_id: int, *, until: datetime, error: str) -> None:
    """Try again later. `error`: the name of a fault, never a text of a person."""
    await session.execute(
        update(InboxRow)
        .where(InboxRow.id == inbox_id)
        .values(attempts=InboxRow.attempts + 1, next_at=until, error=error)
    )


async def wait(session: AsyncSession, inbox_id: int, *, until: datetime) -> None:
    """Look again later: it waits for something, which is no fault."""
    await session.execute(update(InboxRow).where(InboxRow.id == inbox_id).values(next_at=until))


async def fail(session: AsyncSession, inbox_id: int, *, error: str) -> None:
    """Give it up, and keep it for whoever looks into it."""
    await session.execute(
        update(InboxRow).where(InboxRow.id == inbox_id).values(state="failed", error=error)
    )
