"""All rows about one person, whatever table they are in: a new table is covered without a change."""

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from protocols.run import PersonId
from storage.tables import Base, IdentityRow, InboxRow, OutboxRow, PersonRow, RunRow

Rows = dict[str, list[dict[str, Any]]]

OF_A_PERSON = {"person_id", "only_for", "facilitator_id"}
SEALED = {"cipher", "salt_cipher", "arrival"}
PASSING = {InboxRow.__tablename__, OutboxRow.__tablename__}  # on their way in or out, then emptied
WITH_EVERYBODY = {"state", "definition"}  # of a run: about others, too


async def find(session: AsyncSession, who: str) -> tuple[tuple[str, PersonId], ...]:
    """(organization, our id) of whoever has this id, with us or on a platform."""
    ours = select(PersonRow.organization_id, PersonRow.id).where(PersonRow.id == who)
    theirs = select(IdentityRow.organization_id, IdentityRow.person_id).where(
        IdentityRow.external_id == who
    )
    found = [*await session.execute(ours), *await session.execute(theirs)]
    return tuple(dict.fromkeys((organization, PersonId(person)) for organization, person in found))


async def rows_about(session: AsyncSession, organization: str, person: PersonId) -> Rows:
    """The rows of each table that name a person, by table; what is sealed is left out."""
    found: Rows = {}
    for table in Base.metadata.sorted_tables:
        mine = _names(table, person)
        if mine is None or table.name in PASSING:
            continue
        kept = [c for c in table.c if c.name not in SEALED | WITH_EVERYBODY]
        query = select(*kept).where(table.c.organization_id == organization, mine)
        rows = await session.execute(query.order_by(*table.primary_key))
        found[table.name] = [{k: _plain(v) for k, v in row.items()} for row in rows.mappings()]
    return found


def _names(table: Table, person: PersonId) -> ColumnElement[bool] | None:
    """Whether a row names a person; None for tables that name nobody."""
    if table.name == PersonRow.__tablename__:
        return table.c.id == person
    named: list[ColumnElement[bool]] = [c == person for c in table.c if c.name in OF_A_PERSON]
    if table.name == RunRow.__tablename__:
        named.append(cast(table.c.state, Text).contains(json.dumps(person)))
    return or_(*named) if named else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
