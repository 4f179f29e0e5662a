"""Who did what: ids and verbs, never texts. Rows are only added."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import AuditRow


async def note(
    session: AsyncSession, organization: str, *, at: datetime, person: str, act: str, about: str
) -> None:
    """Write down an act, in the transaction that does it."""
    row = AuditRow(organization_id=organization, at=at, person_id=person, act=act, about=about)
    session.add(row)
    await session.flush()
