"""Leading a run: step by step, with roles that are handed over, and a word to who may not."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.cards.faults import SENTENCES
from bot.cards.model import Form
from protocols import events
from protocols.model import Floor
from storage.tables import AuditRow
from tests.bot.own_protocols import begin, buttons, words
from tests.stage import CHANNEL, Stage


async def run_of(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = (await stage.export())["run"]
    return found


async def step(stage: Stage, position: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = (await stage.export())["steps"][position]
    return found


async def faults(stage: Stage, user: str) -> list[str]:
    keys = dict.fromkeys(key for key in await stage.seen_by(user) if key.startswith("fault:"))
    return [words(await stage.card(user, key)) for key in keys]


async def noted(stage: Stage) -> list[tuple[str, str]]:
    async with stage.house.database.read() as session:
        rows = await session.execute(select(AuditRow.act, AuditRow.about).order_by(AuditRow.seq))
        return [(act, about.removeprefix(f"run:{stage.run}:")) for act, about in rows]


async def notes(stage: Stage, user: str, kind: str) -> list[str]:
    return [key for key in await stage.seen_by(user) if f":note:{kind}:" in key]


async def test_who_is_missing_is_named_before_a_step_closes(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.press("ana", "next")
    (preview,) = await notes(stage, "ana", "preview")
    assert list(buttons(await stage.card("ana", preview))) == ["Close anyway"]
    assert (await step(stage))["closed_by"] is None
    await stage.press("ana", "anyway")
    assert (await step(stage))["closed_by"] == "person"


async def test_a_second_press_on_a_step_that_was_left_does_nothing(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN, Floor.OPEN)
    await stage.press("ana", "anyway")
    await stage.press("ana", "anyway")
    assert (await step(stage, 1))["closed_at"] is None
    assert await faults(stage, "ana") == []


async def test_only_who_leads_moves_the_run_and_others_are_told_in_private(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.press("cy", "next")
    assert await faults(stage, "cy") == [SENTENCES[events.NotYours]]
    assert await faults(stage, "ana") == []
    assert (await step(stage))["closed_at"] is None


async def test_a_run_is_paused_and_goes_on_with_what_was_left(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.command("ana", "/plc pause")
    await stage.press("ana", "pause")
    assert await faults(stage, "ana") == [SENTENCES[events.AlreadyPaused]]
    assert (await run_of(stage))["phase"] == "paused"
    await stage.command("ana", "/plc resume")
    assert (await run_of(stage))["phase"] == "running"


async def test_a_step_gets_more_minutes_by_verb_and_by_button(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.command("ana", "/plc extend 10")
    await stage.press("ana", "extend", extra="2")
    await stage.until(16 * 60)
    assert (await step(stage))["closed_at"] is None
    await stage.until(18 * 60)
    assert (await step(stage))["closed_by"] == "clock"


async def test_the_last_step_is_opened_again(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.press("ana", "anyway")
    await stage.press("ana", "reopen", 1)
    assert len((await step(stage))["reopened"]) == 1
    keys = [key for key in await stage.seen_by("dee") if ":open" in key]
    assert keys == [
        f"run:{stage.run}:step:0:open",
        f"run:{stage.run}:step:1:open",
        f"run:{stage.run}:step:0:open:r1",
    ]


async def test_a_run_is_ended_early_with_its_debrief(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN, Floor.ROUND)
    await stage.command("ana", "/plc end")
    left_out = await step(stage, 1)
    assert (left_out["closed_by"], left_out["reason"]) == ("skipped", "ended early")
    assert (await step(stage, 2))["opened_at"] is not None


async def test_a_run_is_cancelled_with_a_reason(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    form = await stage.press("ana", "cancel")
    assert isinstance(form, Form)
    await stage.submit("ana", form.id, {"reason": "fire alarm"}, thread=stage.thread)
    assert (await run_of(stage))["phase"] == "cancelled"
    assert (await step(stage))["reason"] == "fire alarm"
    await stage.press("ana", "pause")
    assert await faults(stage, "ana") == [SENTENCES[events.RunIsOver]]


async def test_what_leads_a_run_is_written_down_without_texts(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.press("ana", "next")  # a preview alone: others are missing
    await stage.press("ana", "anyway")
    await stage.press("ana", "skip")  # of a step that has closed
    await stage.press("ben", "pass", 1)
    await stage.press("ana", "pause", 1)
    await stage.press("cy", "next", 1)
    form = await stage.press("ana", "cancel", 1)
    assert isinstance(form, Form)
    await stage.submit("ana", form.id, {"reason": "fire alarm"}, thread=stage.thread)
    assert await noted(stage) == [("anyway", "0"), ("pause", "1"), ("cancel", "1")]


async def test_roles_are_handed_over_by_the_form(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    form = await stage.press("ana", "roles")
    assert isinstance(form, Form)
    values = {"role-0": await stage.person("cy"), "role-1": await stage.person("dee")}
    await stage.submit("ana", form.id, values, thread=stage.thread)
    held = {
        (h["role"], h["person"]) for h in (await stage.export())["roles"] if h["to_step"] is None
    }
    assert held == {("facilitator", "cy"), ("presenter", "dee")}
    assert (await run_of(stage))["facilitator"] == "cy"
    assert await noted(stage) == [("roles", "0")]


async def test_a_form_that_changes_no_role_changes_nothing(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.submit("ana", f"roles:{stage.run}:0:0", {}, thread=stage.thread)
    assert await noted(stage) == []


async def test_who_is_not_in_the_run_gets_no_role(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    values = {"role-0": await stage.person("coach")}
    await stage.submit("ana", f"roles:{stage.run}:0:0", values, thread=stage.thread)
    assert await faults(stage, "ana") == [SENTENCES[events.NotInRun]]
    assert (await run_of(stage))["facilitator"] == "ana"


async def test_when_the_facilitator_leaves_somebody_takes_over(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.press("ana", "leave")
    (asked,) = await notes(stage, "cy", "relief")
    take_over = buttons(await stage.card("cy", asked))["Take over facilitating"]
    await stage.channel.press(
        user="cy", channel=CHANNEL, thread=stage.thread, button=take_over, once="take over"
    )
    await stage.settle()
    assert (await run_of(stage))["facilitator"] == "cy"


async def test_when_the_facilitator_vanishes_during_a_pause_somebody_takes_over(
    stage: Stage,
) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.press("ana", "pause")
    await stage.press("ben", "takeover")
    assert await faults(stage, "ben") == [SENTENCES[events.NotYours]]
    await stage.until(6 * 60)
    card = await stage.card("ben", f"run:{stage.run}:card")
    assert "Take over facilitating" in buttons(card)
    await stage.press("ben", "takeover")
    await stage.press("ben", "resume")
    exported = await run_of(stage)
    assert (exported["facilitator"], exported["phase"]) == ("ben", "running")


async def test_the_facilitator_alone_hears_at_half_time_who_was_not_heard(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.say("ben", "Here")
    await stage.until(151)
    (hint,) = await notes(stage, "ana", "unheard")
    assert words(await stage.card("ana", hint)).startswith("Not heard yet in this step: ")
    assert [await notes(stage, user, "unheard") for user in ("ben", "cy", "dee")] == [[], [], []]


@pytest.mark.parametrize("act", ["next", "pause", "write", "use", "roles", "skip"])
async def test_what_is_meant_for_a_run_that_is_gone_does_nothing(stage: Stage, act: str) -> None:
    await begin(stage, Floor.ROUND)
    stage.run, run = "aaaaaaaaaaaaaaaa", stage.run
    await stage.press("ana", act)
    await stage.submit("ana", f"{act}:{stage.run}:0:0", {"reason": "x"}, thread=None)
    stage.run = run
    assert (await step(stage))["closed_at"] is None
    assert await faults(stage, "ana") == []


async def test_a_verb_where_nothing_runs_does_nothing(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.press("ana", "anyway")
    assert list(buttons(await stage.command("ana", "/plc pause"))) == ["Start a protocol", "Help"]
