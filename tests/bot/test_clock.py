"""The clock: it finds what is due, and survives what fails."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.clock import Clock, tick_due
from bot.flows.house import House
from bot.flows.runs import tick
from protocols.model import Floor
from storage.database import Database
from storage.tables import RunRow
from tests.bot.own_protocols import begin
from tests.fakes import FakeClock
from tests.stage import Stage


@pytest.fixture
def clock(stage: Stage) -> FakeClock:
    return FakeClock(stage.house.now())


@pytest.fixture
def house(stage: Stage, clock: FakeClock) -> House:
    return replace(stage.house, now=clock.now)


async def break_run(house: House, run: str) -> None:
    """Make a run that cannot be loaded."""
    async with house.database.write() as session:
        await session.execute(update(RunRow).where(RunRow.id == run).values(state={"v": 1}))


async def failures(house: House, run: str) -> tuple[int, float]:
    """How often the tick of a run failed, and in how many seconds the next one comes."""
    columns = (RunRow.tick_failures, RunRow.due_at)
    async with house.database.read() as session:
        count, due_at = (await session.execute(select(*columns).where(RunRow.id == run))).one()
    assert due_at is not None
    return count, (due_at - house.now()).total_seconds()


async def test_a_tick_that_is_too_early_or_once_too_often_does_nothing(
    stage: Stage, house: House, clock: FakeClock
) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    assert await tick_due(house) == 0
    await tick(house, stage.organization, stage.run)
    clock.forward(minutes=5)
    await tick(house, stage.organization, stage.run)
    after = await stage.export()
    assert after["steps"][0]["closed_by"] == "clock"
    await tick(house, stage.organization, stage.run)
    assert await stage.export() == after
    await tick(house, stage.organization, "nothing")


async def test_one_late_step_closes_no_other(stage: Stage, house: House, clock: FakeClock) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN, Floor.OPEN)
    clock.forward(hours=2)
    while await tick_due(house):
        pass
    closed = [step["closed_at"] is not None for step in (await stage.export())["steps"]]
    assert closed == [True, False, False]


async def test_a_tick_that_fails_is_put_off_doubling_and_holds_no_other_run(
    stage: Stage, house: House, clock: FakeClock
) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    broken = stage.run
    await break_run(house, broken)
    await begin(stage, Floor.ROUND, Floor.OPEN)
    clock.forward(minutes=5)
    waits = []
    for _ in range(3):
        while await tick_due(house):
            pass
        count, seconds = await failures(house, broken)
        waits.append((count, seconds))
        clock.forward(seconds=seconds)
    assert waits == [(1, 1), (2, 2), (3, 4)]
    assert (await stage.export())["steps"][0]["closed_by"] == "clock"


async def test_a_good_beat_is_well_until_it_is_old(
    stage: Stage, house: House, clock: FakeClock
) -> None:
    beating = Clock(house)
    assert beating.is_well() is False
    await beating.beat()
    assert beating.is_well() is True
    clock.forward(seconds=6)
    assert beating.is_well() is False
    assert stage.run == ""


async def test_a_beat_that_fails_is_survived(house: House, tmp_path: Path) -> None:
    nowhere = replace(house, database=Database(f"sqlite:///{tmp_path / 'empty.db'}"))
    beating = Clock(nowhere)
    await beating.beat()
    assert beating.is_well() is False
    await nowhere.database.close()


async def test_a_started_clock_beats_by_itself_until_it_is_stopped(
    stage: Stage, house: House, clock: FakeClock
) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    clock.forward(minutes=5)
    beating = Clock(house)
    beating.start()
    while (await stage.export())["steps"][0]["closed_at"] is None:
        await house.database.wait(1)
    await beating.stop()
    assert (await stage.export())["steps"][0]["closed_by"] == "clock"
