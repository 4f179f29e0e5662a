"""What a run collects: answers of forms, links, files and notes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import ArtifactRow, CommitmentRow, FileRow, ItemRow, RunRow

LATELY = 50  # runs: more than a school year of weekly meetings
BASELINE = '"measure-before"'  # as a kind: inside a text its quotes are escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What was handed in. `fields`: (label, kind, value); `cipher` instead while sealed."""

    id: str
    run: str
    position: int
    person: str | None
    post_key: str | None
    at: datetime | None
    fields: tuple[tuple[str, str, str], ...] = ()
    cipher: str | None = None
    private: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A link, file or note attached to a step. `text`: a note's, where no post holds it."""

    id: str
    run: str
    position: int
    person: str
    kind: str
    title: str
    url: str
    digest: str
    post_key: str | None
    at: datetime
    text: str | None = None


async def keep_item(session: AsyncSession, organization: str, item: Item) -> None:
    """Keep an answer; one of the same post is replaced, with its links and commitments."""
    for kind in (ItemRow, ArtifactRow, CommitmentRow):
        await session.execute(
            delete(kind).where(
                kind.organization_id == organization,
                kind.run_id == item.run,
                kind.post_key == item.post_key,
            )
        )
    row = ItemRow(
        organization_id=organization,
        id=item.id,
        run_id=item.run,
        position=item.position,
        person_id=item.person,
        post_key=item.post_key,
        at=item.at,
        fields=_to_json(item.fields),
        cipher=item.cipher,
        private=item.private,
        late=item.late,
    )
    session.add(row)
    await session.flush()


async def open_item(
    session: AsyncSession,
    organization: str,
    item: Item,
    *,
    fields: tuple[tuple[str, str, str], ...],
    unnamed: bool,
) -> None:
    """Write an opened answer; an unnamed one loses person, post and time for good."""
    values: dict[str, Any] = {"fields": _to_json(fields), "cipher": None}
    if unnamed:
        values |= {"person_id": None, "post_key": None, "at": None}
    await session.execute(
        update(ItemRow)
        .where(ItemRow.organization_id == organization, ItemRow.id == item.id)
        .values(**values)
    )


async def erase_private(session: AsyncSession, organization: str, run: str) -> None:
    """Erase the answers that were private to their authors, with their files."""
    mine = (ItemRow.organization_id == organization) & (ItemRow.run_id == run)
    private = select(ItemRow.post_key).where(mine, ItemRow.private.is_(True))
    await session.execute(
        delete(FileRow).where(
            FileRow.organization_id == organization,
            FileRow.run_id == run,
            FileRow.post_key.in_(private),
        )
    )
    await session.execute(
        delete(ItemRow).where(
            ItemRow.organization_id == organization,
            ItemRow.run_id == run,
            ItemRow.private.is_(True),
        )
    )


async def items(
    session: AsyncSession, organization: str, run: str, position: int | None = None
) -> tuple[Item, ...]:
    """The answers of a run, or of one step, by step and id."""
    found = select(ItemRow).where(ItemRow.organization_id == organization, ItemRow.run_id == run)
    if position is not None:
        found = found.where(ItemRow.position == position)
    rows = await session.scalars(found.order_by(ItemRow.position, ItemRow.id))
    return tuple(_item(row) for row in rows)


async def item_of(session: AsyncSession, organization: str, run: str, key: str) -> Item | None:
    """The answer that was handed in with a post."""
    found = select(ItemRow).where(
        ItemRow.organization_id == organization,
        ItemRow.run_id == run,
        ItemRow.post_key == key,
    )
    row = (await session.scalars(found)).one_or_none()
    return None if row is None else _item(row)


async def last_measured(session: AsyncSession, organization: str, team: str) -> Item | None:
    """The newest answer with a measure's baseline that everybody in a team's last runs may see."""
    lately = (
        select(RunRow.id)
        .where(
            RunRow.organization_id == organization,
            RunRow.team_id == team,
            RunRow.started_at.is_not(None),
            RunRow.rehearsal.is_(False),
        )
        .order_by(RunRow.started_at.desc())
        .limit(LATELY)
    )
    found = select(ItemRow).where(
        ItemRow.organization_id == organization,
        ItemRow.run_id.in_(lately),
        ItemRow.cipher.is_(None),
        ItemRow.private.is_(False),
        cast(ItemRow.fields, String).contains(BASELINE),
    )
    newest = found.order_by(ItemRow.at.desc().nulls_last(), ItemRow.id).limit(1)
    row = (await session.scalars(newest)).one_or_none()
    return None if row is None else _item(row)


async def keep_artifact(session: AsyncSession, organization: str, artifact: Artifact) -> None:
    """Keep a link, file or note."""
    session.add(
        ArtifactRow(
            organization_id=organization,
            id=artifact.id,
            run_id=artifact.run,
            position=artifact.position,
            person_id=artifact.person,
            kind=artifact.kind,
            title=artifact.title,
            url=artifact.url,
            digest=artifact.digest,
            text=artifact.text,
            post_key=artifact.post_key,
            at=artifact.at,
        )
    )
    await session.flush()


async def drop_artifacts(session: AsyncSession, organization: str, run: str, key: str) -> None:
    """Forget what was attached with a post."""
    await session.execute(
        delete(ArtifactRow).where(
            ArtifactRow.organization_id == organization,
            ArtifactRow.run_id == run,
            ArtifactRow.post_key == key,
        )
    )


async def artifacts(session: AsyncSession, organization: str, run: str) -> tuple[Artifact, ...]:
    """The links, files and notes of a run, by step, time and id."""
    found = select(ArtifactRow).where(
        ArtifactRow.organization_id == organization, ArtifactRow.run_id == run
    )
    ordered = found.order_by(ArtifactRow.position, ArtifactRow.at, ArtifactRow.id)
    return tuple(
        Artifact(
            id=row.id,
            run=row.run_id,
            position=row.position,
            person=row.person_id,
            kind=row.kind,
            title=row.title,
            url=row.url,
            digest=row.digest,
            text=row.text,
            post_key=row.post_key,
            at=row.at,
        )
        for row in await session.scalars(ordered)
    )


def _item(row: ItemRow) -> Item:
    return Item(
        id=row.id,
        run=row.run_id,
        position=row.position,
        person=row.person_id,
        post_key=row.post_key,
        at=row.at,
        fields=tuple((f["label"], f["kind"], f["value"]) for f in row.fields),
        cipher=row.cipher,
        private=row.private,
        late=row.late,
    )


def _to_json(fields: tuple[tuple[str, str, str], ...]) -> list[Any]:
    return [{"label": label, "kind": kind, "value": value} for label, kind, value in fields]
