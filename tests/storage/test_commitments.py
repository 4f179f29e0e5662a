"""Commitments: by run, still open by person, and answered by their owners alone."""

from dataclasses import replace
from datetime import date

import pytest

from protocols.model import Floor
from protocols.run import RunId
from storage import commitments, runs
from storage.commitments import Commitment
from storage.database import Database
from storage.runs import Where
from tests.protocols.factories import BEN, CALENDAR, CY, begun

MADE = Commitment(
    id="p",
    team="team",
    run="RUN",
    position=1,
    person=BEN,
    what="Try it",
    due=date(2026, 12, 1),
    state="open",
    post_key="form:b",
)


@pytest.fixture(autouse=True)
async def two_runs(database: Database) -> None:
    async with database.write() as session:
        where = Where("org", "team", "web", "grade-7", None)
        for run in ("RUN", "NEXT"):
            begins = replace(begun(Floor.ROUND, Floor.ALONE), id=RunId(run))
            await runs.add(session, begins, where, CALENDAR)


async def keep(database: Database, *made: Commitment) -> None:
    async with database.write() as session:
        for one in made:
            await commitments.keep(session, "org", one)


async def test_those_of_a_run_come_by_step_and_id(database: Database) -> None:
    made = [replace(MADE, id="q"), MADE, replace(MADE, id="a", position=2, due=None)]
    await keep(database, *made)
    async with database.read() as session:
        found = await commitments.of_run(session, "org", "RUN")
        assert await commitments.of_run(session, "other", "RUN") == ()
    assert found == (made[1], made[0], made[2])


async def test_what_is_open_of_a_person_comes_by_its_day_and_not_from_this_run(
    database: Database,
) -> None:
    someday = replace(MADE, id="a", due=None)
    sooner = replace(MADE, id="z", due=date(2026, 11, 30))
    others = (
        replace(MADE, id="b", person=CY),
        replace(MADE, id="c", state="done"),
        replace(MADE, id="e", run="NEXT"),
    )
    await keep(database, someday, MADE, sooner, *others)
    async with database.read() as session:
        found = await commitments.open_of(session, "org", "team", person=BEN, but="NEXT")
        assert await commitments.open_of(session, "org", "others", person=BEN, but="") == ()
    assert found == (sooner, MADE, someday)


async def test_only_its_owner_answers_a_commitment(database: Database) -> None:
    await keep(database, MADE, replace(MADE, id="q", person=CY))
    async with database.write() as session:
        for commitment in ("p", "q"):
            await commitments.answer(session, "org", commitment, person=BEN, state="partly")
    async with database.read() as session:
        found = await commitments.of_run(session, "org", "RUN")
    assert [(c.id, c.state) for c in found] == [("p", "partly"), ("q", "open")]
