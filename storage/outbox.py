"""Cards on their way: in order in each lane, each at most once, edits the newest only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.tables import OutboxRow

LEASE = timedelta(seconds=60)
OPEN = ("pending", "sending")
MAY_STAND = ("uncertain", "gave up")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One row, claimed. `was_sending`: an earlier try ended we do not know how."""

    id: int
    organization: str
    key: str
    run: str | None
    platform: str
    channel: str
    thread: str | None
    only_for: str | None
    card: dict[str, Any]
    revision: int
    attempts: int
    external_id: str | None
    first_try_at: datetime
    was_sending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """What a flow wants sent. `thread`: the lane; a run's own lane is the run's id."""

    organization: str
    key: str
    platform: str
    channel: str
    card: dict[str, Any]
    run: str | None = None
    thread: str | None = None
    only_for: str | None = None


async def put(session: AsyncSession, wanted: Put, now: datetime) -> None:
    """Send a card, or show it anew where its key has been sent. The same card does nothing.

    What was given up is tried again by this.
    """
    found = select(OutboxRow).where(
        OutboxRow.organization_id == wanted.organization, OutboxRow.key == wanted.key
    )
    row = (await session.scalars(found.with_for_update())).one_or_none()
    if row is None:
        session.add(_new(wanted, now))
        await session.flush()
    elif row.card != wanted.card:
        row.card, row.revision = wanted.card, row.revision + 1
        if row.state in ("sent", "failed"):
            _open_again(row, now)
        await session.flush()


def _open_again(row: OutboxRow, now: datetime) -> None:
    """What was given up may stand there nevertheless, so it is looked for before it is sent."""
    row.next_at = now
    if row.external_id is not None:
        row.state, row.first_try_at = "pending", None
    else:
        row.state = "sending"


def _new(wanted: Put, now: datetime) -> OutboxRow:
    return OutboxRow(
        organization_id=wanted.organization,
        key=wanted.key,
        run_id=wanted.run,
        platform=wanted.platform,
        channel=wanted.channel,
        thread=wanted.thread,
        only_for=wanted.only_for,
        card=wanted.card,
        revision=1,
        state="pending",
        attempts=0,
        next_at=now,
    )


async def is_put(session: AsyncSession, organization: str, key: str) -> bool:
    """Whether a card with this key was ever wanted."""
    found = select(OutboxRow.id).where(
        OutboxRow.organization_id == organization, OutboxRow.key == key
    )
    return (await session.scalars(found)).first() is not None


async def withdraw(session: AsyncSession, organization: str, run: str, prefix: str) -> None:
    """Take back what was never tried, by the beginning of its key."""
    await session.execute(
        delete(OutboxRow).where(
            OutboxRow.organization_id == organization,
            OutboxRow.run_id == run,
            OutboxRow.key.startswith(prefix, autoescape=True),
            OutboxRow.state == "pending",
            OutboxRow.external_id.is_(None),
        )
    )


async def due(session: AsyncSession, now: datetime, limit: int = 100) -> tuple[int, ...]:
    """The rows to send now: of each lane the first open post, and every open edit."""
    earlier = aliased(OutboxRow)
    is_behind = exists().where(
        earlier.organization_id == OutboxRow.organization_id,
        earlier.channel == OutboxRow.channel,
        earlier.thread.is_not_distinct_from(OutboxRow.thread),
        earlier.id < OutboxRow.id,
        earlier.state.in_(OPEN),
        earlier.external_id.is_(None),
    )
    is_next = or_(OutboxRow.external_id.is_not(None), ~is_behind)
    found = select(OutboxRow.id).where(
        and_(OutboxRow.state.in_(OPEN), OutboxRow.next_at <= now, is_next)
    )
    return tuple(await session.scalars(found.order_by(OutboxRow.id).limit(limit)))


async def claim(session: AsyncSession, outbox_id: int, now: datetime) -> Outgoing | None:
    """Take a row for one try; None when somebody else has it."""
    found = select(OutboxRow).where(
        OutboxRow.id == outbox_id, OutboxRow.state.in_(OPEN), OutboxRow.next_at <= now
    )
    row = (await session.scalars(found.with_for_update(skip_locked=True))).one_or_none()
    if row is None:
        return None
    was_sending = row.state == "sending"
    row.state, row.attempts, row.next_at = "sending", row.attempts + 1, now + LEASE
    row.first_try_at = row.first_try_at or now
    await session.flush()
    return Outgoing(
        id=row.id,
        organization=row.organization_id,
        key=row.key,
        run=row.run_id,
        platform=row.platform,
        channel=row.channel,
        thread=row.thread,
        only_for=row.only_for,
        card=row.card,
        revision=row.revision,
        attempts=row.attempts,
        external_id=row.external_id,
        first_try_at=row.first_try_at,
        was_sending=was_sending,
    )


async def free(session: AsyncSession, now: datetime) -> None:
    """Let every claim be taken over now."""
    claimed = update(OutboxRow).where(OutboxRow.state == "sending", OutboxRow.next_at > now)
    await session.execute(claimed.values(next_at=now))


async def sent(session: AsyncSession, out: Outgoing, external_id: str, at: datetime) -> bool:
    """It stands there; always recorded. False when it was recorded before.

    A newer revision keeps the row pending, so that it is shown at once, by our own clock.
    """
    row = await session.get(OutboxRow, out.id, with_for_update=True)
    if row is None:
        return False
    is_first = row.external_id is None
    row.external_id, row.sent_at = external_id, row.sent_at or at
    row.state = "sent" if row.revision == out.revision else "pending"
    row.reason, row.first_try_at, row.next_at = None, None, out.first_try_at
    await session.flush()
    return is_first


async def put_off(session: AsyncSession, out: Outgoing, *, state: str, until: datetime) -> None:
    """Try again later; `sending` where it may stand there, `pending` where it surely does not."""
    await session.execute(_mine(out).values(state=state, next_at=until))


async def fail(session: AsyncSession, out: Outgoing, reason: str) -> None:
    """Give it up, the lane goes on; a newer revision has its own tries."""
    newer = OutboxRow.revision > out.revision
    again = "sending" if reason in MAY_STAND else "pending"
    state = case((newer, again), else_="failed")
    await session.execute(_mine(out).values(state=state, reason=reason))


def _mine(out: Outgoing) -> Any:
    return update(OutboxRow).where(
        OutboxRow.id == out.id,
        OutboxRow.state == "sending",
        OutboxRow.attempts == out.attempts,
    )
