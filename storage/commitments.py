"""Commitments: made in one run, answered before the next, and kept with the run they come from."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import CommitmentRow

OPEN = "open"
MOST = 20  # in one form, the smaller of the platforms' limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """Who will do what by when. `state`: open, done, partly or not."""

    id: str
    team: str
    run: str
    position: int
    person: str
    what: str
    due: date | None
    state: str
    post_key: str


async def keep(session: AsyncSession, organization: str, made: Commitment) -> None:
    """Keep a commitment."""
    session.add(
        CommitmentRow(
            organization_id=organization,
            id=made.id,
            team_id=made.team,
            run_id=made.run,
            position=made.position,
            person_id=made.person,
            what=made.what,
            due=made.due,
            state=made.state,
            post_key=made.post_key,
        )
    )
    await session.flush()


async def of_run(session: AsyncSession, organization: str, run: str) -> tuple[Commitment, ...]:
    """The commitments of a run, by step and id."""
    found = select(CommitmentRow).where(
        CommitmentRow.organization_id == organization, CommitmentRow.run_id == run
    )
    rows = await session.scalars(found.order_by(CommitmentRow.position, CommitmentRow.id))
    return tuple(_commitment(row) for row in rows)


async def open_of(
    session: AsyncSession, organization: str, team: str, *, person: str, but: str
) -> tuple[Commitment, ...]:
    """What a person of a team has not answered yet, the first due first; none of the run `but`."""
    found = select(CommitmentRow).where(
        CommitmentRow.organization_id == organization,
        CommitmentRow.team_id == team,
        CommitmentRow.state == OPEN,
        CommitmentRow.person_id == person,
        CommitmentRow.run_id != but,
    )
    first = found.order_by(CommitmentRow.due.is_(None), CommitmentRow.due, CommitmentRow.id)
    return tuple(_commitment(row) for row in await session.scalars(first.limit(MOST)))


async def answer(
    session: AsyncSession, organization: str, commitment: str, *, person: str, state: str
) -> None:
    """Its owner says what became of it; somebody else changes nothing."""
    await session.execute(
        update(CommitmentRow)
        .where(
            CommitmentRow.organization_id == organization,
            CommitmentRow.id == commitment,
            CommitmentRow.person_id == person,
        )
        .values(state=state)
    )


def _commitment(row: CommitmentRow) -> Commitment:
    return Commitment(
        id=row.id,
        team=row.team_id,
        run=row.run_id,
        position=row.position,
        person=row.person_id,
        what=row.what,
        due=row.due,
        state=row.state,
        post_key=row.post_key,
    )
