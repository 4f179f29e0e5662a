"""The seeded school: made once, always with a live run, on a clock that can be skipped."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cards.words import english
from bot.clock import tick_due
from bot.demo import DemoClock, landing, seed, skip_ahead
from bot.flows.export import export_run, list_runs
from bot.flows.house import House
from bot.wiring import new_id
from protocols.school_days import Calendar
from storage import migrate, people
from storage.database import Database
from storage.sealing import Vault
from tests.protocols.factories import LIBRARY

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)


def open_house(folder: Path, clock: DemoClock) -> House:
    url = f"sqlite:///{folder / 'demo.db'}"
    migrate.upgrade(url)
    return House(Database(url), clock.now, new_id, Vault("a test's"), Calendar(), english, LIBRARY)


@pytest.fixture
def clock() -> DemoClock:
    return DemoClock(lambda: NOW)


@pytest.fixture
async def house(tmp_path: Path, clock: DemoClock) -> AsyncIterator[House]:
    opened = open_house(tmp_path, clock)
    yield opened
    await opened.database.close()


async def test_the_school_has_a_finished_run_and_one_in_which_the_visitor_is_awaited(
    house: House, clock: DemoClock
) -> None:
    await seed(house, clock)
    live, finished = await list_runs(house)
    assert (live["phase"], live["rehearsal"], live["place"]["channel"]) == (
        "running",
        True,
        "grade-7-ela",
    )
    assert (finished["phase"], finished["rehearsal"]) == ("finished", False)
    export = await export_run(house, live["id"])
    assert export["steps"][0]["handed_in"] == 2
    assert export["contributions"] == []
    promised = (await export_run(house, finished["id"]))["commitments"]
    assert [one["what"] for one in promised] == [
        "We could collect the same ticket after a quick-write next week.",
    ]


async def test_a_second_start_adds_nothing_while_a_run_is_live(
    house: House, clock: DemoClock
) -> None:
    first = await seed(house, clock)
    before = await list_runs(house)
    assert await seed(house, clock) == first
    assert await list_runs(house) == before


async def test_a_first_visit_leads_into_the_thread_of_the_live_run(
    house: House, clock: DemoClock
) -> None:
    organization = await seed(house, clock)
    run = (await list_runs(house))[0]["id"]
    address = f"/as/alvarez/channel/grade-7-ela?thread=run:{run}:card"
    assert await landing(house, organization) == address


async def test_skipping_goes_to_what_is_due_next_and_a_restart_keeps_it(
    house: House, clock: DemoClock, tmp_path: Path
) -> None:
    organization = await seed(house, clock)
    assert await tick_due(house) == 0
    await skip_ahead(house, organization, clock)
    assert clock.ahead > timedelta(minutes=20)
    assert await tick_due(house) == 1
    again = DemoClock(lambda: NOW)
    restarted = open_house(tmp_path, again)
    await seed(restarted, again)
    assert again.now() == clock.now()
    await restarted.database.close()


async def test_skipping_does_nothing_where_nothing_is_due(house: House, clock: DemoClock) -> None:
    async with house.database.write() as session:
        school = people.Organization("empty", "web", "empty", "Empty", {})
        await people.add_organization(session, school)
    await skip_ahead(house, "empty", clock)
    assert clock.ahead == timedelta()
