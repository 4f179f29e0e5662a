"""Taking in: a fault of one arrival is tried again and given up, and holds no other."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import intake, ports
from bot.flows import arrivals
from bot.flows.house import House
from bot.ports import Place
from protocols.model import Floor
from storage import inbox, migrate, people
from storage.database import Database
from storage.people import Organization
from storage.tables import InboxRow
from tests.bot.own_protocols import begin
from tests.fakes import FakeClock
from tests.stage import CHANNEL, Stage

POISON = {"v": 1, "kind": "said", "text": 7}


@pytest.fixture
def clock(stage: Stage) -> FakeClock:
    return FakeClock(stage.house.now())


@pytest.fixture
def house(stage: Stage, clock: FakeClock) -> House:
    return replace(stage.house, now=clock.now)


async def keep(house: House, event: str, arrival: dict[str, Any]) -> None:
    async with house.database.write() as session:
        await inbox.add(
            session,
            organization="org",
            source="web",
            event_id=event,
            kind="said",
            arrival=arrival,
            now=house.now(),
        )


def pressed(stage: Stage, house: House, act: str) -> ports.Pressed:
    return ports.Pressed(
        source="web",
        event_id=act,
        organization=stage.organization,
        at=house.now(),
        place=Place("web", CHANNEL, stage.thread),
        person="ana",
        button=f"{act}:{stage.run}:0:0",
    )


async def row(house: House, event: str) -> tuple[str, int, str | None]:
    columns = (InboxRow.state, InboxRow.attempts, InboxRow.error)
    async with house.database.read() as session:
        found = await session.execute(select(*columns).where(InboxRow.event_id == event))
        state, attempts, error = found.one()
        return state, attempts, error


async def test_a_poisoned_arrival_is_tried_five_times_and_then_kept_as_failed(
    house: House, clock: FakeClock
) -> None:
    await keep(house, "poison", POISON)
    seen = []
    for seconds in (0, 1, 2, 4, 8, 600):
        clock.forward(seconds=seconds)
        await intake.handle_due(house)
        assert await intake.handle_due(house) == 0
        seen.append(await row(house, "poison"))
    assert seen == [
        ("new", 1, "ValidationError"),
        ("new", 2, "ValidationError"),
        ("new", 3, "ValidationError"),
        ("new", 4, "ValidationError"),
        ("failed", 4, "ValidationError"),
        ("failed", 4, "ValidationError"),
    ]


async def test_a_poisoned_arrival_holds_no_other(stage: Stage, house: House) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await keep(house, "poison", POISON)
    async with house.database.write() as session:
        await arrivals.keep(house, session, stage.organization, pressed(stage, house, "pause"))
    assert await intake.handle_due(house) == 2
    assert (await row(house, "pause"))[0] == "done"
    assert (await stage.export())["run"]["phase"] == "paused"


async def test_an_arrival_that_is_handled_twice_is_handled_once(stage: Stage, house: House) -> None:
    await begin(stage, Floor.ROUND)
    async with house.database.write() as session:
        await arrivals.keep(house, session, stage.organization, pressed(stage, house, "extend"))
        (found,) = await inbox.due(session, house.now())
    await arrivals.handle(house, found)
    due = await due_of(stage)
    await arrivals.handle(house, found)
    assert await due_of(stage) == due
    assert await row(house, "extend") == ("done", 0, None)


async def due_of(stage: Stage) -> Any:
    return (await stage.export())["steps"], await stage.seen_by("ana")


async def test_what_was_sealed_for_another_row_is_a_fault(stage: Stage, house: House) -> None:
    cipher = house.vault.seal("{}", row="elsewhere")
    await keep(house, "moved", {"v": 1, "cipher": cipher, "row": "org|inbox|web|moved"})
    await intake.handle_due(house)
    assert await row(house, "moved") == ("new", 1, "NotOurs")
    assert stage.run == ""


async def unsettled(stage: Stage) -> None:
    """A run whose card does not stand yet."""
    await stage.channel.press(
        user="ana",
        channel=CHANNEL,
        thread=None,
        button="begin:abcdefgh234567ab:0:0:atlas-work",
        once="begin",
    )
    await intake.handle_due(stage.house)
    stage.run, stage.thread = "abcdefgh234567ab", "run:abcdefgh234567ab:card"


def said(stage: Stage) -> ports.Said:
    return ports.Said(
        source="web",
        event_id="early",
        organization=stage.organization,
        at=stage.house.now(),
        place=Place("web", CHANNEL, stage.thread),
        key="k1",
        person="ben",
        text="Hello",
    )


async def test_a_reply_waits_for_the_card_of_its_run_and_waiting_is_no_fault(
    stage: Stage, house: House, clock: FakeClock
) -> None:
    await unsettled(stage)
    async with house.database.write() as session:
        await arrivals.keep(house, session, stage.organization, said(stage))
    looks = 0
    for _ in range(3000):
        looks += await intake.handle_due(house)
        clock.forward(seconds=0.2)
    assert await row(house, "early") == ("new", 0, None)
    assert looks < 30  # at first soon, then ever less often
    await stage.until(60)
    clock.forward(minutes=6)
    await intake.handle_due(house)
    assert (await row(house, "early"))[0] == "done"
    assert [c["key"] for c in (await stage.export())["contributions"]] == ["k1"]


async def test_the_loop_goes_on_whatever_the_database_does(stage: Stage, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'late.db'}"
    clock, second_look, looks = FakeClock(), asyncio.Event(), [0]

    def look() -> None:
        looks[0] += 1
        if looks[0] > 1:
            second_look.set()

    clock.looked_at = look
    house = replace(stage.house, database=Database(url), now=clock.now)
    loop = asyncio.create_task(intake.run(house))
    await second_look.wait()
    migrate.upgrade(url)
    async with house.database.write() as session:
        await people.add_organization(session, Organization("org", "web", "S", "S", {}))
    await keep(house, "poison", POISON)
    while (await row(house, "poison"))[1] == 0:
        await house.database.wait(1)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop
    await house.database.close()
