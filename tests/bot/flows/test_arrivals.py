"""Arrivals that another platform may hand in, or that come when their run is gone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import ports
from bot.flows import arrivals
from bot.ports import Place
from protocols.model import Floor, Reveal
from storage.tables import InboxRow
from tests.bot.own_protocols import begin, sealed
from tests.stage import CHANNEL, NOON, Stage


async def receive(stage: Stage, arrival: ports.Arrival) -> list[bool]:
    """Hand it in twice; whether it was new."""
    kept = []
    for _ in range(2):
        async with stage.house.database.write() as session:
            kept.append(await arrivals.keep(stage.house, session, stage.organization, arrival))
        await stage.settle()
    return kept


async def states(stage: Stage) -> set[tuple[str, bool]]:
    """The state of each arrival, and whether its content is gone."""
    async with stage.house.database.read() as session:
        rows = await session.scalars(select(InboxRow))
        return {(row.state, row.arrival is None) for row in rows}


def announced(stage: Stage, position: int = 0, run: str = "") -> ports.Announced:
    return ports.Announced(
        source="outbox",
        event_id=f"announced:{position}",
        organization=stage.organization,
        at=NOON + timedelta(seconds=7),
        run=run or stage.run,
        position=position,
        opening=0,
    )


def commanded(stage: Stage) -> ports.Commanded:
    return ports.Commanded(
        source="web",
        event_id="commanded",
        organization=stage.organization,
        at=stage.house.now(),
        place=Place("web", CHANNEL),
        person="ana",
        verb="pause",
    )


def pressed(stage: Stage) -> ports.Pressed:
    return ports.Pressed(
        source="web",
        event_id="pressed",
        organization=stage.organization,
        at=stage.house.now(),
        place=Place("web", CHANNEL),
        person="ana",
        button="next:aaaaaaaaaaaaaaaa:0:0",
    )


async def test_a_step_s_window_starts_at_the_platform_s_time_of_its_post(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    assert await receive(stage, announced(stage)) == [True, False]
    opened_at = (await stage.export())["steps"][0]["opened_at"]
    assert opened_at == "2026-11-24T17:00:07.000000Z"


async def test_nobody_is_told_of_an_announcement_that_fits_nothing(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    before = await stage.seen_by("ana")
    await receive(stage, announced(stage, position=9))
    await receive(stage, announced(stage, run="aaaaaaaaaaaaaaaa", position=8))
    assert await stage.seen_by("ana") == before
    assert await states(stage) == {("done", True)}


async def test_what_comes_when_its_run_is_gone_does_nothing(stage: Stage) -> None:
    before = await stage.seen_by("ana")
    for arrival in (commanded(stage), pressed(stage)):
        await receive(stage, arrival)
    assert await stage.seen_by("ana") == before
    assert await states(stage) == {("done", True)}


async def test_a_form_is_sealed_in_the_inbox_until_it_is_handled(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    arrival = ports.Submitted(
        source="web",
        event_id="submitted",
        organization=stage.organization,
        at=stage.house.now(),
        place=Place("web", CHANNEL, stage.thread),
        person="ben",
        form=f"write:{stage.run}:0:0",
        values={"f0": "Quetzalcoatlus"},
    )
    async with stage.house.database.write() as session:
        await arrivals.keep(stage.house, session, stage.organization, arrival)
    async with stage.house.database.read() as session:
        found = select(InboxRow).where(InboxRow.event_id == "submitted")
        body = (await session.scalars(found)).one().arrival
    assert body is not None
    assert set(body) == {"v", "cipher", "row"}
    assert "Quetzalcoatlus" not in str(body)
    await stage.settle()
    assert (await stage.export())["steps"][0]["handed_in"] == 1
    assert await states(stage) == {("done", True)}


@pytest.mark.parametrize("text", ["x" * 20_000, "", "\N{GRINNING FACE}", "   "])
async def test_whatever_is_said_is_counted(stage: Stage, text: str) -> None:
    await begin(stage, Floor.ROUND)
    said = ports.Said(
        source="web",
        event_id="said",
        organization=stage.organization,
        at=stage.house.now(),
        place=Place("web", CHANNEL, stage.thread),
        key="k1",
        person="ben",
        text=text,
    )
    await receive(stage, said)
    assert [c["key"] for c in (await stage.export())["contributions"]] == ["k1"]
