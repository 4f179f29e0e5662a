"""The export where stories do not lead: nothing there, and the same rows twice."""

import json

import pytest

from bot.flows.export import NoSuchRun, export_run, list_runs
from protocols.model import Floor, Reveal
from tests.bot.own_protocols import EVERYTHING, begin, sealed
from tests.stage import Stage


async def test_no_run_of_that_id_is_no_run(stage: Stage) -> None:
    with pytest.raises(NoSuchRun):
        await export_run(stage.house, "aaaaaaaaaaaaaaaa")


async def test_the_same_rows_give_the_same_bytes(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.UNNAMED), Floor.ROUND)
    for user in ("ben", "cy", "dee"):
        await stage.write(user, 0, EVERYTHING)
    await stage.press("ana", "anyway")
    await stage.say("ben", "Hello")
    first = json.dumps(await stage.export())
    assert json.dumps(await stage.export()) == first


async def test_runs_are_listed_for_all_or_for_one_organization(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    (listed,) = await list_runs(stage.house)
    assert listed == {
        "id": stage.run,
        "protocol": "sample",
        "phase": "running",
        "organization": stage.organization,
        "team": listed["team"],
        "place": {"platform": "web", "channel": "team", "thread": stage.thread},
        "planned_at": None,
        "started_at": "2026-11-24T17:00:00.000000Z",
        "ended_at": None,
        "rehearsal": False,
    }
    assert await list_runs(stage.house, stage.organization) == [listed]
    assert await list_runs(stage.house, "another") == []
