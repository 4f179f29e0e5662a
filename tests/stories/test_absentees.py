"""Who was not there on a live clock: invited, reminded after the end and a restart, and read."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest_asyncio

from bot.cards.model import Buttons, Card, Form
from bot.flows.runs import look_anew
from protocols.school_days import Calendar
from storage import runs
from tests.stage import NOON, Stage, open_stage, reopened

ZONE = ZoneInfo("America/New_York")
CALENDAR = Calendar(closures=frozenset({date(2026, 11, 26), date(2026, 11, 27)}))


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = await open_stage(tmp_path, calendar=CALENDAR)  # it is Tuesday, 12:00
    yield stage
    await stage.house.database.close()


async def at(stage: Stage, moment: str) -> None:
    """Let time pass until a day of November, and a time at the school."""
    when = datetime.fromisoformat(f"2026-11-{moment}").replace(tzinfo=ZONE)
    await stage.until((when - NOON).total_seconds())


async def due(stage: Stage) -> str | None:
    async with stage.house.database.read() as session:
        found = await runs.next_due_at(session, stage.organization)
    return f"{found.astimezone(ZONE):%d %H:%M}" if found else None


async def notes(stage: Stage, user: str, kind: str) -> list[Card]:
    keys = [key for key in await stage.seen_by(user) if f":note:{kind}:" in key]
    return [await stage.card(user, key) for key in dict.fromkeys(keys)]


async def counts(stage: Stage, kind: str) -> list[int]:
    return [len(await notes(stage, user, kind)) for user in ("ana", "ben", "cy", "dee", "coach")]


async def meet_without_dee(stage: Stage, protocol: str = "notice-wonder", **more: str) -> None:
    """A run from its start to its report in which Dee and Cy write nothing alone."""
    await stage.start("ana", protocol=protocol, clock="short", **more)
    await stage.write("ben", 0, {"f0": "Boxes are crossed out"})
    for position in range(6):
        await stage.press("ana", "anyway", position)
    assert (await stage.export())["run"]["phase"] == "finished"


async def test_who_was_not_there_is_invited_and_reminded_once(stage: Stage, tmp_path: Path) -> None:
    await meet_without_dee(stage)
    assert await counts(stage, "awaited") == [0, 1, 2, 2, 0]  # steps 1 and 3 are written alone
    (first, third) = await notes(stage, "dee", "awaited")
    assert first.summary == (
        "Step 1 of 6: Notice alone has closed. Your answer is still welcome until Monday, "
        "November 30. It joins the others, marked late. Nobody else sees this note."
    )
    assert third.summary.startswith("Step 3 of 6")
    await answer(stage, "cy", first, "Late, and kept")

    assert await due(stage) == "25 12:15"
    again = reopened(stage, tmp_path)
    try:
        await half_way_and_after_it(again, first)
    finally:
        await again.house.database.close()


async def half_way_and_after_it(stage: Stage, first: Card) -> None:
    await at(stage, "25 12:00")
    assert await counts(stage, "awaited-still") == [0, 0, 0, 0, 0]
    await at(stage, "25 12:15")
    assert await counts(stage, "awaited-still") == [0, 1, 1, 2, 0]
    (reminder, _) = await notes(stage, "dee", "awaited-still")
    assert "It is welcome until Monday, November 30." in reminder.summary
    assert await due(stage) is None
    await at(stage, "30 17:00")
    assert await counts(stage, "awaited-still") == [0, 1, 1, 2, 0]

    late = [(c["person"], c["step"]) for c in (await stage.export())["contributions"] if c["late"]]
    assert late == [("cy", 0)]
    await answer(stage, "dee", first, "After the end of the run")
    assert len([c for c in (await stage.export())["contributions"] if c["late"]]) == 2


async def answer(stage: Stage, user: str, note: Card, words: str) -> None:
    """Press the note's button, and fill in the form that it opens."""
    (row,) = (element for element in note.elements if isinstance(element, Buttons))
    (button,) = row.buttons
    assert (button.label, button.act) == ("Add to this step", "add")
    form = await stage.press(user, button.act, button.position, button.opening)
    assert isinstance(form, Form)
    assert await stage.submit(user, form.id, {"f0": words}, thread=stage.thread) is None


async def test_a_new_calendar_moves_the_reminder_of_a_run_that_is_over(stage: Stage) -> None:
    await meet_without_dee(stage)
    closed = replace(CALENDAR, closures=CALENDAR.closures | {date(2026, 11, 25)})
    stage.house = replace(stage.house, calendar=closed)
    await look_anew(stage.house)
    assert await due(stage) == "30 12:15"


async def test_the_start_form_may_invite_nobody(stage: Stage) -> None:
    await meet_without_dee(stage, absentee_days="0")
    assert (await counts(stage, "awaited"), await due(stage)) == ([0, 0, 0, 0, 0], None)


async def test_a_rehearsal_has_nobody_to_wait_for(stage: Stage) -> None:
    await meet_without_dee(stage, rehearsal="yes")
    assert (await counts(stage, "awaited"), await due(stage)) == ([0, 0, 0, 0, 0], None)
