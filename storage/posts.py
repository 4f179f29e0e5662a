"""Posts: facts, upserted by key, in whatever order they come."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from protocols.run import CapturedBy, Change, PersonId, Post, Run
from storage.tables import PostRow


@dataclass(frozen=True, slots=True)
class Body:
    """What is kept of a post's words beside their count. `text` only where it may be kept."""

    digest: str | None = None
    salt_cipher: str | None = None
    link: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """The key of a post, and the run that it was said in (None: beside a run)."""

    organization: str
    channel: str
    run: str | None


@dataclass(frozen=True, slots=True)
class KeptPost:
    """A post as it is kept."""

    post: Post
    body: Body
    run: str | None


async def find(session: AsyncSession, organization: str, channel: str, key: str) -> KeptPost | None:
    """A post by its key."""
    row = await session.get(PostRow, (organization, channel, key), populate_existing=True)
    return None if row is None else _kept(row)


async def record(session: AsyncSession, spot: Spot, post: Post, body: Body) -> None:
    """Keep a post. One that an edit or a deletion came before keeps those."""
    row = await session.get(PostRow, (spot.organization, spot.channel, post.key))
    if row is None:
        row = PostRow(organization_id=spot.organization, channel=spot.channel, key=post.key)
        session.add(row)
        _write(row, post, body)
    elif row.edited_at is not None or row.deleted_at is not None:
        row.at = min(row.at, post.at)
        row.answers = row.answers or post.answers
    else:
        _write(row, post, body)
    row.run_id = spot.run
    await session.flush()


async def amend(
    session: AsyncSession, spot: Spot, key: str, change: Change, body: Body | None
) -> None:
    """Write a change of a post; the newest edit wins, a deletion stays."""
    row = await session.get(PostRow, (spot.organization, spot.channel, key))
    if row is None:
        return
    is_newest = not (change.edited_at and row.edited_at and change.edited_at < row.edited_at)
    _write(row, _kept(row).post.amended(change), _kept(row).body)
    if body is not None and is_newest:
        _write_body(row, body)
    if change.deleted_at is not None:
        row.text = None
    await session.flush()


async def of_run(session: AsyncSession, organization: str, run_id: str) -> tuple[KeptPost, ...]:
    """All posts of a run, by time and key."""
    found = select(PostRow).where(PostRow.organization_id == organization, PostRow.run_id == run_id)
    rows = await session.scalars(found.order_by(PostRow.at, PostRow.key))
    return tuple(_kept(row) for row in rows)


async def of_step(session: AsyncSession, organization: str, run: Run) -> tuple[Post, ...]:
    """The posts that may belong to the current step: said since it opened, or placed in it."""
    position = run.current.position
    since = min(min(o.opened_at, o.starts_at) for o in run.openings_of(position))
    found = select(PostRow).where(
        PostRow.organization_id == organization,
        PostRow.run_id == run.id,
        or_(PostRow.at >= since, PostRow.placed == position),
    )
    rows = await session.scalars(found.execution_options(populate_existing=True))
    return tuple(_kept(row).post for row in rows)


def _kept(row: PostRow) -> KeptPost:
    def person(value: str | None) -> PersonId | None:
        return None if value is None else PersonId(value)

    post = Post(
        key=row.key,
        person=PersonId(row.person_id),
        at=row.at,
        words=row.words,
        captured_by=CapturedBy(row.captured_by),
        answers=person(row.answers),
        placed=row.placed,
        placed_by=person(row.placed_by),
        admitted_by=person(row.admitted_by),
        aside_by=person(row.aside_by),
        from_key=row.from_key,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
    )
    return KeptPost(post, Body(row.digest, row.salt_cipher, row.link, row.text), row.run_id)


def _write(row: PostRow, post: Post, body: Body) -> None:
    row.person_id, row.at, row.words = post.person, post.at, post.words
    row.captured_by, row.answers, row.placed = post.captured_by, post.answers, post.placed
    row.placed_by, row.admitted_by, row.aside_by = post.placed_by, post.admitted_by, post.aside_by
    row.from_key, row.edited_at, row.deleted_at = post.from_key, post.edited_at, post.deleted_at
    _write_body(row, body)


def _write_body(row: PostRow, body: Body) -> None:
    row.digest, row.salt_cipher = body.digest, body.salt_cipher
    row.link, row.text = body.link, body.text


async def unname(session: AsyncSession, organization: str, channel: str, key: str) -> None:
    """Take away what could link a post to the unnamed text that came with it."""
    row = await session.get(PostRow, (organization, channel, key))
    if row is not None:
        row.words = 0
        _write_body(row, Body())
        await session.flush()


async def save_text(
    session: AsyncSession, organization: str, channel: str, key: str, text: str
) -> None:
    """Keep the text of a post, because its author saved it."""
    row = await session.get(PostRow, (organization, channel, key))
    if row is not None:
        row.text = text
        await session.flush()
