"""Who did what: rows are only added."""

from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from storage import audit
from storage.database import Database
from storage.tables import AuditRow
from tests.protocols.factories import ANA, at


async def noted(database: Database) -> list[tuple[Any, ...]]:
    columns = (AuditRow.seq, AuditRow.organization_id, AuditRow.at)
    more = (AuditRow.person_id, AuditRow.act, AuditRow.about)
    async with database.read() as session:
        found = await session.execute(select(*columns, *more).order_by(AuditRow.seq))
        return [tuple(row) for row in found]


@pytest.fixture
async def row(database: Database) -> tuple[Any, ...]:
    async with database.write() as session:
        await audit.note(session, "org", at=at("3:00"), person=ANA, act="next", about="run:abc:0")
    return (1, "org", at("3:00"), ANA, "next", "run:abc:0")


async def test_an_act_is_written_down(database: Database, row: tuple[Any, ...]) -> None:
    assert await noted(database) == [row]


@pytest.mark.parametrize("change", [update(AuditRow).values(act="x"), delete(AuditRow)])
async def test_no_row_is_changed_or_taken_away(
    database: Database, row: tuple[Any, ...], change: Any
) -> None:
    with pytest.raises(IntegrityError, match="audit rows are only added"):
        async with database.write() as session:
            await session.execute(change)
    assert await noted(database) == [row]
