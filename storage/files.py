"""Files that came through the door: sealed, each owned by whoever answers for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import FileRow


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file without its bytes. `found`: the kinds that `person` answered for at `at`."""

    id: str
    person: str | None
    name: str
    media: str
    size: int
    digest: str
    found: tuple[str, ...]
    at: datetime | None
    run: str | None = None
    post_key: str | None = None


async def keep(session: AsyncSession, organization: str, file: File, cipher: bytes) -> None:
    """Keep a file that no answer holds yet."""
    session.add(
        FileRow(
            organization_id=organization,
            id=file.id,
            run_id=file.run,
            person_id=file.person,
            post_key=file.post_key,
            name=file.name,
            media_type=file.media,
            size=file.size,
            digest=file.digest,
            found=list(file.found),
            at=file.at,
            cipher=cipher,
        )
    )
    await session.flush()


async def find(session: AsyncSession, organization: str, file_id: str) -> File | None:
    """A file without its bytes."""
    columns = [column for column in FileRow.__table__.c if column.name != "cipher"]
    row = (await session.execute(select(*columns).where(_is(organization, file_id)))).one_or_none()
    if row is None:
        return None
    return File(
        id=row.id,
        person=row.person_id,
        name=row.name,
        media=row.media_type,
        size=row.size,
        digest=row.digest,
        found=tuple(row.found),
        at=row.at,
        run=row.run_id,
        post_key=row.post_key,
    )


async def cipher_of(session: AsyncSession, organization: str, file_id: str) -> bytes | None:
    """The sealed bytes of a file."""
    found = select(FileRow.cipher).where(_is(organization, file_id))
    return (await session.scalars(found)).one_or_none()


async def attach(
    session: AsyncSession, organization: str, run: str, post_key: str, ids: tuple[str, ...]
) -> None:
    """Say which answer holds these files; what it held before is erased."""
    of_answer = _of(organization, run, post_key) & FileRow.id.not_in(ids)
    await session.execute(delete(FileRow).where(of_answer))
    mine = (FileRow.organization_id == organization) & FileRow.id.in_(ids)
    await session.execute(update(FileRow).where(mine).values(run_id=run, post_key=post_key))


async def unname(session: AsyncSession, organization: str, run: str, post_key: str) -> None:
    """Nothing links the files of an unnamed answer to a person any more."""
    values = {"person_id": None, "post_key": None, "at": None}
    await session.execute(update(FileRow).where(_of(organization, run, post_key)).values(**values))


async def erase_loose(
    session: AsyncSession, organization: str, person: str, before: datetime
) -> None:
    """Erase what somebody uploaded for an answer that never came to stand."""
    loose = FileRow.post_key.is_(None) & (FileRow.person_id == person) & (FileRow.at < before)
    await session.execute(delete(FileRow).where(FileRow.organization_id == organization, loose))


def _is(organization: str, file_id: str) -> ColumnElement[bool]:
    return (FileRow.organization_id == organization) & (FileRow.id == file_id)


def _of(organization: str, run: str, post_key: str) -> ColumnElement[bool]:
    return (
        (FileRow.organization_id == organization)
        & (FileRow.run_id == run)
        & (FileRow.post_key == post_key)
    )
