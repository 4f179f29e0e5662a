"""A term begins: a run is planned, its commitments come back, and the next one is planned from it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest_asyncio

from bot.cards.model import Card, Form, Person, Text, When, WhenStyle
from storage import runs
from tests.bot.own_protocols import buttons, words
from tests.stage import CHANNEL, Stage, open_stage


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = await open_stage(tmp_path)
    yield stage
    await stage.house.database.close()


async def plan(stage: Stage, **given: str) -> Form | None:
    """Fill in the form that `/plc plan notice-wonder` shows; the form again with its faults."""
    form = await stage.command("ana", "/plc plan notice-wonder")
    assert isinstance(form, Form)
    values = {one.id: one.value for one in form.inputs} | given
    stage.run = form.id.split(":")[1]
    stage.thread = f"run:{stage.run}:card"
    return await stage.submit("ana", form.id, values, thread=None)


async def card(stage: Stage, user: str = "ana") -> Card:
    assert stage.thread is not None
    return await stage.card(user, stage.thread)


async def phase(stage: Stage) -> str:
    found: str = (await stage.export())["run"]["phase"]
    return found


async def test_a_plan_is_a_week_from_now_unless_one_says_otherwise(stage: Stage) -> None:
    form = await stage.command("ana", "/plc plan notice-wonder")
    assert isinstance(form, Form)
    chosen = {one.id: one.value for one in form.inputs}
    assert (chosen["protocol"], chosen["day"], chosen["time"]) == (
        "notice-wonder",
        "2026-12-01",
        "3:15 pm",
    )
    assert await stage.command("ana", "/plc plan no such protocol") is not None
    bare = await stage.command("ana", "/plc plan")
    assert isinstance(bare, Form)


async def test_what_cannot_be_planned_comes_back_as_it_was_filled_in(stage: Stage) -> None:
    again = await plan(stage, time="half past three", clock="full")
    assert again is not None
    found = {one.id: (one.value, one.fault) for one in again.inputs}
    assert found["time"] == ("half past three", "Please write a time such as 3:15 pm.")
    assert found["clock"] == ("full", "")


async def test_a_planned_run_stands_in_the_channel_until_a_person_begins(stage: Stage) -> None:
    assert await plan(stage) is None
    standing = await card(stage)
    assert list(buttons(standing)) == ["Begin", "Join", "Leave", "Last time", "Cancel the run"]
    assert "Tuesday, December 1, 3:15 pm" in standing.summary
    record = (await stage.export())["run"]
    assert (record["phase"], record["planned_at"], record["started_at"]) == (
        "waiting",
        "2026-12-01T20:15:00.000000Z",
        None,
    )
    for asked in ("status", ""):
        assert await stage.command("ben", f"/plc {asked}") == standing
    await stage.press("ben", "open")
    assert await phase(stage) == "running"
    assert "Step 1 of 6" in (await card(stage)).summary


async def test_a_run_that_nobody_begins_is_cancelled_and_says_so(stage: Stage) -> None:
    await plan(stage)
    await stage.until(60 * 60 * 24 * 9)
    assert await phase(stage) == "cancelled"
    assert words(await card(stage)) == "This run was not begun."


async def test_a_planned_run_is_cancelled_with_a_reason(stage: Stage) -> None:
    await plan(stage)
    form = await stage.press("ana", "cancel")
    assert isinstance(form, Form)
    await stage.submit("ana", form.id, {"reason": "assembly"}, thread=stage.thread)
    assert await phase(stage) == "cancelled"


async def a_whole_run(stage: Stage) -> None:
    for position in range(6):
        if position == 4:
            await stage.write("ben", 4, {"f2-what": "Try it in 7B", "f2-due": "2026-12-05"})
        await stage.press("ana", "anyway", position)


async def test_commitments_come_back_at_the_next_run_which_is_planned_in_one_press(
    stage: Stage,
) -> None:
    await plan(stage)
    await stage.press("ana", "open")
    first = stage.run
    await a_whole_run(stage)
    report = await stage.card("cy", f"run:{first}:report")
    assert list(buttons(report)) == ["Open the report", "Same time next week?"]
    for once in ("one", "two"):
        await stage.channel.press(
            user="cy",
            channel=CHANNEL,
            thread=stage.thread,
            button=buttons(report)["Same time next week?"],
            once=once,
        )
        await stage.settle()
    async with stage.house.database.read() as session:
        found = await runs.listed(session, stage.organization)
    planned = [run for run in found if run.phase == "waiting"]
    assert [run.planned_at for run in planned] == [datetime(2026, 12, 8, 20, 15, tzinfo=UTC)]
    stage.run, stage.thread = planned[0].id, f"run:{planned[0].id}:card"

    nothing = await stage.press("dee", "kept")
    assert isinstance(nothing, Card)
    assert words(nothing) == "Nothing of yours is open from last time."
    mine = await stage.press("ben", "kept")
    assert isinstance(mine, Form)
    (question,) = mine.inputs
    assert question.label == "Try it in 7B (December 5)"
    for user in ("dee", "ben"):  # nobody answers for somebody else
        state = "done" if user == "ben" else "not"
        await stage.submit(user, mine.id, {question.id: state}, thread=stage.thread)
    stage.run = first
    made = (await stage.export())["commitments"]
    assert [(c["person"], c["what"], c["state"]) for c in made] == [("ben", "Try it in 7B", "done")]


async def test_a_run_for_which_no_day_was_kept_is_not_planned(stage: Stage) -> None:
    await stage.submit(
        "ana", "plan:aaaaaaaaaaaaaaaa:0:0", {"protocol": "notice-wonder"}, thread=None
    )
    button = "again:aaaaaaaaaaaaaaaa:0:0"
    await stage.channel.press(user="ana", channel=CHANNEL, thread=None, button=button, once="x")
    await stage.settle()
    async with stage.house.database.read() as session:
        assert await runs.listed(session, stage.organization) == ()


async def test_the_start_form_says_who_led_lately_and_assigns_nobody(stage: Stage) -> None:
    form = await stage.command("ana", "/plc plan")
    assert isinstance(form, Form)
    assert form.intro == ()
    await plan(stage)
    await stage.press("ana", "open")
    await a_whole_run(stage)
    form = await stage.command("ben", "/plc plan")
    assert isinstance(form, Form)
    ana = await stage.person("ana")
    (rota,) = form.intro
    assert isinstance(rota, Text)
    began = (await stage.export())["run"]["started_at"]
    when = When(datetime.fromisoformat(began), WhenStyle.DAY, "Tuesday, November 24")
    assert rota.parts == ("Led lately: ", Person(ana), " (", when, ")", ". Whose turn is it?")
