"""A run over school days: from its start form to its report, with a recess in its middle."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest_asyncio

from bot.cards.model import Button, Buttons, Card, Form
from bot.flows.runs import look_anew
from protocols.school_days import Calendar
from storage import runs
from tests.stage import NOON, Stage, open_stage

ZONE = ZoneInfo("America/New_York")
RECESS = frozenset({date(2026, 11, 26), date(2026, 11, 27)})
CALENDAR = Calendar(closures=RECESS, half_days=((date(2026, 11, 25), time(11, 40)),))
MEMBERS = ("ben", "cy", "dee")


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = await open_stage(tmp_path, calendar=CALENDAR)  # it is Tuesday, 12:00
    yield stage
    await stage.house.database.close()


async def at(stage: Stage, moment: str) -> None:
    """Let time pass until a day of November, and a time at the school."""
    when = datetime.fromisoformat(f"2026-11-{moment}").replace(tzinfo=ZONE)
    await stage.until((when - NOON).total_seconds())


async def windows(stage: Stage) -> list[tuple[str, str, str]]:
    """Of each step that closed: when it opened and closed, and by what."""

    def local(moment: str) -> str:
        return f"{datetime.fromisoformat(moment).astimezone(ZONE):%d %H:%M}"

    return [
        (local(step["opened_at"]), local(step["closed_at"]), step["closed_by"])
        for step in (await stage.export())["steps"]
        if step["closed_at"]
    ]


async def due(stage: Stage) -> str:
    async with stage.house.database.read() as session:
        found = await runs.next_due_at(session, stage.organization)
    assert found is not None
    return f"{found.astimezone(ZONE):%d %H:%M}"


async def notes(stage: Stage, user: str, kind: str) -> list[Card]:
    keys = [key for key in await stage.seen_by(user) if f":note:{kind}:" in key]
    return [await stage.card(user, key) for key in keys]


def labels(card: Card | Form | None) -> list[str]:
    assert isinstance(card, Card)
    rows = [element.buttons for element in card.elements if isinstance(element, Buttons)]
    return [button.label for row in rows for button in row]


async def start(stage: Stage, **more: str) -> None:
    await stage.start("ana", protocol="notice-wonder", clock="school-days", **more)


async def run_card(stage: Stage) -> Card:
    assert stage.thread is not None
    return await stage.card("ana", stage.thread)


async def test_who_is_missing_is_reminded_and_the_end_is_soft(stage: Stage) -> None:
    await start(stage)
    assert labels(await run_card(stage)) == ["Next", "+ half a day", "Join", "More"]
    await stage.write("ben", 0, {"f0": "Boxes are crossed out"})
    await at(stage, "24 14:45")
    assert [len(await notes(stage, user, "reminder")) for user in MEMBERS] == [0, 1, 1]
    await stage.write("cy", 0, {"f0": "A unit is missing"})
    await at(stage, "24 15:15")
    assert [len(await notes(stage, user, "reminder")) for user in MEMBERS] == [0, 1, 2]
    (reminder, _) = await notes(stage, "dee", "reminder")
    assert labels(reminder) == ["Write mine", "Pass"]
    assert "Open until Wednesday, November 25, 7:15 am." in reminder.summary

    await at(stage, "25 07:15")
    (preview,) = await notes(stage, "ana", "preview")
    assert labels(preview) == ["Close anyway", "Give half a day more"]
    await at(stage, "30 07:44")
    assert await windows(stage) == []  # half a day of grace, over a half day and a recess
    await at(stage, "30 07:45")
    assert await windows(stage) == [("24 12:00", "30 07:45", "clock")]


async def test_a_run_over_school_days_comes_to_its_report(stage: Stage) -> None:
    await start(stage)
    await stage.press("ana", "anyway", 0)
    await stage.write("dee", 0, {"f0": "Late, and kept"})
    for user in MEMBERS:
        await stage.say(user, "I notice the same")
    await stage.press("ana", "next", 1)
    for user in MEMBERS:
        await stage.write(user, 2, {"f0": "I wonder"})
    await stage.press("ana", "next", 2)
    for position in (3, 4, 5):
        await stage.press("ana", "anyway", position)
    record = await stage.export()
    assert (record["run"]["phase"], record["run"]["clock"]) == ("finished", "school-days")
    late = [(c["person"], c["step"]) for c in record["contributions"] if c["late"]]
    assert late == [("dee", 0)]
    assert f"run:{stage.run}:report" in await stage.seen_by("dee")


async def test_half_a_day_more_counts_from_the_press(stage: Stage) -> None:
    await start(stage)
    await at(stage, "25 09:00")
    (preview,) = await notes(stage, "ana", "preview")
    more = next(b for b in _buttons(preview) if b.act == "extend")
    await stage.press("ana", more.act, more.position, more.opening)
    assert await due(stage) == "30 09:30"  # 2:40 hours were left on Wednesday
    await at(stage, "30 09:30")
    assert len(await notes(stage, "ana", "preview")) == 2


def _buttons(card: Card) -> list[Button]:
    rows = [element.buttons for element in card.elements if isinstance(element, Buttons)]
    return [button for row in rows for button in row]


async def test_where_it_was_chosen_so_each_step_closes_on_time(stage: Stage) -> None:
    await start(stage, closes_on_time="yes")
    await at(stage, "25 07:15")
    assert await windows(stage) == [("24 12:00", "25 07:15", "clock")]
    assert await notes(stage, "ana", "preview") == []


async def test_a_run_over_school_days_is_not_paused(stage: Stage) -> None:
    await start(stage)
    await stage.command("ana", "/plc pause")
    said = [
        (await stage.card("ana", key)).summary
        for key in await stage.seen_by("ana")
        if key.startswith("fault:")
    ]
    assert said == ["School days are not paused. Give this step half a day more instead."]
    assert (await stage.export())["run"]["phase"] == "running"


async def test_a_new_calendar_moves_what_is_due(stage: Stage) -> None:
    await start(stage)
    await at(stage, "24 15:30")
    assert await due(stage) == "25 07:15"
    closed = replace(CALENDAR, closures=RECESS | {date(2026, 11, 24), date(2026, 11, 25)})
    stage.house = replace(stage.house, calendar=closed)
    await look_anew(stage.house)
    await stage.settle()
    assert await due(stage) == "30 07:00"
    assert "Monday, November 30, 7:00 am" in str(await run_card(stage))
    await at(stage, "30 07:00")
    assert len(await notes(stage, "ana", "preview")) == 1
