"""The local channel's log: rows are only added, numbered in each channel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import MessageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One row. `person` None: Colloquy; `body`: {"text": ...} or {"card": ...}."""

    seq: int
    channel: str
    thread: str | None
    key: str
    person: str | None
    only_for: str | None
    op: str
    body: dict[str, Any]
    at: datetime


async def add(session: AsyncSession, organization: str, row: Message) -> int:
    """Write a row under the next number, and return that. The caller holds the write lock."""
    seq = await last_seq(session, organization, row.channel) + 1
    session.add(
        MessageRow(
            organization_id=organization,
            channel=row.channel,
            seq=seq,
            thread=row.thread,
            key=row.key,
            person_id=row.person,
            only_for=row.only_for,
            op=row.op,
            body=row.body,
            at=row.at,
        )
    )
    await session.flush()
    return seq


async def last_seq(session: AsyncSession, organization: str, channel: str) -> int:
    """The number of the last row, 0 where there is none."""
    found = select(func.max(MessageRow.seq)).where(
        MessageRow.organization_id == organization, MessageRow.channel == channel
    )
    return (await session.scalar(found)) or 0


async def find(
    session: AsyncSession, organization: str, channel: str, key: str
) -> tuple[Message, ...]:
    """The rows of one message, the post first."""
    found = select(MessageRow).where(
        MessageRow.organization_id == organization,
        MessageRow.channel == channel,
        MessageRow.key == key,
    )
    rows = await session.scalars(found.order_by(MessageRow.seq))
    return tuple(_message(row) for row in rows)


async def after(
    session: AsyncSession,
    organization: str,
    channel: str,
    thread: str | None,
    seq: int,
    *,
    reader: str,
) -> tuple[Message, ...]:
    """The rows above a number that a person may see, of the channel and of one thread."""
    found = _visible(organization, channel, reader).where(
        MessageRow.seq > seq, or_(MessageRow.thread.is_(None), MessageRow.thread == thread)
    )
    rows = await session.scalars(found.order_by(MessageRow.seq))
    return tuple(_message(row) for row in rows)


async def blank(session: AsyncSession, organization: str, channel: str, key: str) -> None:
    """Take the words of a message out of all its rows: it is deleted, or says something else."""
    await session.execute(
        update(MessageRow)
        .where(
            MessageRow.organization_id == organization,
            MessageRow.channel == channel,
            MessageRow.key == key,
        )
        .values(body={})
    )


async def latest(
    session: AsyncSession,
    organization: str,
    channel: str,
    thread: str | None,
    *,
    reader: str,
    limit: int,
) -> tuple[Message, ...]:
    """The newest messages of a channel's root or of a thread that a person may see.

    Of each its first and its newest row, in the order of the posts.
    """
    visible = _visible(organization, channel, reader)
    posted = visible.where(MessageRow.thread.is_not_distinct_from(thread), MessageRow.op == "post")
    rows = list(await session.scalars(posted.order_by(MessageRow.seq.desc()).limit(limit)))
    newest = (
        select(func.max(MessageRow.seq))
        .where(
            MessageRow.organization_id == organization,
            MessageRow.channel == channel,
            MessageRow.key.in_([row.key for row in rows]),
            MessageRow.op != "post",
        )
        .group_by(MessageRow.key)
    )
    changed = list(await session.scalars(visible.where(MessageRow.seq.in_(newest))))
    return tuple(_message(row) for row in (*reversed(rows), *changed))


async def replies(
    session: AsyncSession, organization: str, channel: str, threads: list[str]
) -> dict[str, int]:
    """How many messages that all may see stand in threads, by the key of their root."""
    found = select(MessageRow.thread, func.count()).where(
        MessageRow.organization_id == organization,
        MessageRow.channel == channel,
        MessageRow.thread.in_(threads),
        MessageRow.op == "post",
        MessageRow.only_for.is_(None),
    )
    rows = await session.execute(found.group_by(MessageRow.thread))
    return {row[0]: row[1] for row in rows if row[0] is not None}


def _visible(organization: str, channel: str, reader: str) -> Select[MessageRow]:
    return select(MessageRow).where(
        MessageRow.organization_id == organization,
        MessageRow.channel == channel,
        or_(MessageRow.only_for.is_(None), MessageRow.only_for == reader),
    )


def _message(row: MessageRow) -> Message:
    return Message(
        seq=row.seq,
        channel=row.channel,
        thread=row.thread,
        key=row.key,
        person=row.person_id,
        only_for=row.only_for,
        op=row.op,
        body=row.body,
        at=row.at,
    )
