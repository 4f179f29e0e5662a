"""Runs: what is saved comes back, and what is due is found."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from protocols import events
from protocols.events import Next
from protocols.model import PRESENTER, Floor
from protocols.run import Run, RunId
from storage import runs
from storage.database import Database
from storage.runs import Kept, Listed, Where
from storage.tables import RunRow
from tests.protocols.factories import (
    ANA,
    BEN,
    CALENDAR,
    LIBRARY,
    after,
    at,
    begun,
    waiting,
)

RUN = begun(Floor.ROUND, Floor.OPEN)
WHERE = Where("org", "team", "web", "grade-7", None)
IN_THREAD = replace(WHERE, thread="card")
NOW = at("3:00")
WEEK = timedelta(days=7)


async def add(database: Database, run: Run = RUN, where: Where = WHERE) -> None:
    async with database.write() as session:
        await runs.add(session, run, where, CALENDAR)


async def load(database: Database, run_id: str = RUN.id) -> Kept:
    async with database.read() as session:
        kept = await runs.load(session, "org", run_id)
    assert kept is not None
    return kept


async def save(database: Database, kept: Kept, run: Run) -> None:
    async with database.write() as session:
        await runs.save(session, kept, run, CALENDAR)


def named(name: str, run: Run = RUN) -> Run:
    return replace(run, id=RunId(name))


# Saved and loaded.


async def test_a_run_comes_back_as_it_was_added(database: Database) -> None:
    await add(database)
    digest = runs.digest(RUN.definition)
    assert await load(database) == Kept(RUN, WHERE, digest, at("3:00"), None, None)


async def test_a_run_that_waits_comes_back_too(database: Database) -> None:
    run = replace(waiting(Floor.ROUND), planned_at=at("4:00"))
    await add(database, run)
    assert await load(database) == Kept(run, WHERE, runs.digest(run.definition), None, None, None)


@pytest.mark.parametrize("definition", LIBRARY.protocols, ids=lambda p: p.id)
async def test_every_protocol_of_the_library_is_frozen_whole(
    database: Database, definition: object
) -> None:
    run = next(replace(RUN, definition=p) for p in LIBRARY.protocols if p is definition)
    await add(database, run)
    assert (await load(database)).run == run


async def test_what_changed_is_saved_and_saved_twice_it_is_the_same(database: Database) -> None:
    await add(database)
    kept = await load(database)
    run = after(kept.run, Next(at=at("3:01"), by=ANA, position=0, anyway=True))
    for _ in range(2):
        await save(database, kept, run)
        assert (await load(database)).run == run


async def test_who_is_awaited_comes_back_and_the_run_is_looked_at_after_its_end(
    database: Database,
) -> None:
    run = after(
        begun(Floor.ALONE, Floor.OPEN),
        Next(at=at("3:01"), by=ANA, position=0, anyway=True),
        Next(at=at("3:02"), by=ANA, position=1, anyway=True),
    )
    assert len(run.awaited) == 3
    await add(database, run)
    await add(database, named("over", after(run, events.Tick(at=at("3:05") + WEEK))))
    assert (await load(database)).run == replace(run, posts=())
    async with database.read() as session:
        assert await runs.with_deadlines(session) == (("org", RUN.id),)
        assert await runs.due(session, at("3:05") + WEEK) == (("org", RUN.id),)


async def test_a_run_that_was_kept_before_anybody_was_awaited_is_read(database: Database) -> None:
    await add(database)
    async with database.write() as session:
        row = (await session.scalars(select(RunRow))).one()
        options = {k: v for k, v in row.state["options"].items() if k != "absentee_days"}
        row.state = {k: v for k, v in row.state.items() if k != "awaited"} | {"options": options}
    assert (await load(database)).run == RUN


async def test_a_run_that_is_over_has_its_end(database: Database) -> None:
    await add(database)
    kept = await load(database)
    run = after(kept.run, events.Cancelled(at=at("3:01"), by=ANA, reason="fire"))
    await save(database, kept, run)
    assert await load(database) == replace(kept, run=run, ended_at=at("3:01"))


async def test_no_run_of_another_organization_is_loaded(database: Database) -> None:
    await add(database)
    async with database.read() as session:
        assert await runs.load(session, "other", RUN.id) is None
        assert await runs.organization_of(session, RUN.id) == "org"
        assert await runs.organization_of(session, "nothing") is None


async def test_protocols_have_the_same_digest_when_they_are_the_same() -> None:
    other = replace(RUN.definition, title="Another")
    assert runs.digest(RUN.definition) == runs.digest(replace(other, title="Sample"))
    assert runs.digest(RUN.definition) != runs.digest(other)
    assert runs.digest(other).startswith("sha256:")


# Found.


async def test_the_longest_due_run_comes_first(database: Database) -> None:
    later = begun(Floor.ROUND)
    await add(database, named("a", after(later, events.Tick(at=at("3:03")))))
    await add(database, named("b"))
    await add(database, named("c", replace(waiting(Floor.ROUND))))
    async with database.read() as session:
        due = [await runs.due(session, at(time)) for time in ("3:02", "3:03", "3:04", "3:05")]
        limited = await runs.due(session, at("3:05"), limit=1)
        first = [await runs.next_due_at(session, name) for name in ("org", "other")]
    half = (("org", "b"),)
    assert due == [(), half, (*half, ("org", "a")), (*half, ("org", "a"))]
    assert limited == half
    assert first == [at("3:02:30"), None]


async def test_a_tick_that_fails_is_put_off_and_each_time_twice_as_long(
    database: Database,
) -> None:
    await add(database)
    waits = []
    for count in range(1, 12):
        async with database.write() as session:
            assert await runs.put_off(session, "org", RUN.id, NOW) == count
        async with database.read() as session:
            due_at = await runs.next_due_at(session, "org")
        assert due_at is not None
        waits.append((due_at - NOW).total_seconds())
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


async def test_saving_a_run_forgets_the_ticks_that_failed(database: Database) -> None:
    await add(database)
    async with database.write() as session:
        await runs.put_off(session, "org", RUN.id, NOW)
    kept = await load(database)
    await save(database, kept, kept.run)
    async with database.write() as session:
        assert await runs.next_due_at(session, "org") == at("3:02:30")
        assert await runs.put_off(session, "org", RUN.id, NOW) == 1
        assert await runs.put_off(session, "org", "nothing", NOW) == 0


async def test_a_run_has_its_thread_once_its_card_stands(database: Database) -> None:
    await add(database)
    async with database.write() as session:
        assert await runs.is_settling(session, "org", "grade-7") is True
        assert await runs.thread_of(session, "org", RUN.id) is None
        for _ in range(2):
            await runs.set_thread(session, "org", RUN.id, "card")
    async with database.read() as session:
        assert await runs.is_settling(session, "org", "grade-7") is False
        assert await runs.thread_of(session, "org", RUN.id) == "card"
        assert await runs.in_thread(session, "org", "grade-7", "card") == RUN.id
        assert await runs.in_thread(session, "org", "grade-8", "card") is None
        assert await runs.in_thread(session, "other", "grade-7", "card") is None
    assert (await load(database)).where == IN_THREAD


async def test_the_live_runs_of_a_channel_come_newest_first(database: Database) -> None:
    over = after(RUN, events.Cancelled(at=at("3:01"), by=ANA, reason="fire"))
    newer = replace(RUN, openings=(replace(RUN.current, announced_at=at("3:01")),))
    await add(database, named("old"))
    await add(database, named("new", newer))
    await add(database, named("over", over))
    await add(database, named("elsewhere"), replace(WHERE, channel="grade-8"))
    async with database.read() as session:
        assert await runs.live_in(session, "org", "grade-7") == ("new", "old")
        assert await runs.live(session, "org") == ("elsewhere", "new", "old")
        assert await runs.live(session, "other") == ()


async def test_all_runs_are_listed_newest_first(database: Database) -> None:
    planned = replace(waiting(Floor.ROUND), planned_at=at("4:00"))
    await add(database, named("started"), IN_THREAD)
    await add(database, named("planned", planned))
    line = Listed(
        id="started",
        protocol="sample",
        phase="running",
        organization="org",
        team="team",
        platform="web",
        channel="grade-7",
        thread="card",
        planned_at=None,
        started_at=at("3:00"),
        ended_at=None,
        rehearsal=False,
    )
    waits = replace(
        line, id="planned", phase="waiting", thread=None, planned_at=at("4:00"), started_at=None
    )
    async with database.read() as session:
        assert await runs.listed(session, None) == (waits, line)
        assert await runs.listed(session, "org") == (waits, line)
        assert await runs.listed(session, "other") == ()


async def test_the_record_is_complete_until_the_last_arrival_and_never_less(
    database: Database,
) -> None:
    await add(database)
    for time in ("3:02", "3:01"):
        async with database.write() as session:
            await runs.set_complete(session, "org", RUN.id, at(time))
            await runs.set_complete(session, "org", "nothing", at(time))
        assert (await load(database)).complete_as_of == at("3:02")


async def test_the_facilitator_of_a_run_is_copied_for_finding_it(database: Database) -> None:
    nobody = begun(Floor.ROUND, roles={PRESENTER: BEN})
    await add(database)
    await add(database, named("unled", nobody))
    async with database.read() as session:
        found = await session.execute(select(RunRow.id, RunRow.facilitator_id).order_by(RunRow.id))
        assert [tuple(row) for row in found] == [("RUN", ANA), ("unled", "")]
