"""What people say in a thread and beside it, edit and delete: facts, and little notes."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot import ports
from bot.flows import arrivals
from bot.ports import Place
from protocols.model import Floor
from storage import runs
from storage.tables import TeamRow
from tests.bot.own_protocols import begin, buttons, words
from tests.protocols.factories import step
from tests.stage import CHANNEL, Stage


async def contributions(stage: Stage, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(c[name] for name in names) for c in (await stage.export())["contributions"]]


async def notes(stage: Stage, user: str, kind: str) -> list[str]:
    """The keys of a person's notes of a kind."""
    return [key for key in await stage.seen_by(user) if f":note:{kind}:" in key]


async def press_in(stage: Stage, user: str, key: str, label: str) -> None:
    """Press a button of a card by its label."""
    button = buttons(await stage.card(user, key))[label]
    await stage.channel.press(
        user=user, channel=CHANNEL, thread=stage.thread, button=button, once=f"{key}{label}"
    )
    await stage.settle()


async def keeps_text(stage: Stage) -> None:
    async with stage.house.database.write() as session:
        await session.execute(update(TeamRow).values(keeps_text=True))


async def test_what_is_said_in_the_thread_is_counted_by_words_without_its_text(
    stage: Stage,
) -> None:
    await begin(stage, Floor.ROUND)
    await stage.say("ben", "One two  three")
    assert await contributions(stage, "person", "words", "in_turn", "text", "captured_by") == [
        ("ben", 3, True, None, "thread")
    ]


async def test_a_team_that_keeps_text_keeps_edits_too(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await keeps_text(stage)
    key = await stage.say("ben", "One two")
    assert await contributions(stage, "words", "text") == [(2, "One two")]
    await stage.edit("ben", key, "One two three")
    assert await contributions(stage, "words", "text", "edited") == [(3, "One two three", True)]
    await stage.delete("ben", key)
    assert await contributions(stage, "text", "deleted") == [(None, True)]


async def test_a_team_that_keeps_no_text_keeps_none_of_an_edit(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.edit("ben", await stage.say("ben", "One"), "One two")
    assert await contributions(stage, "words", "text", "edited") == [(2, None, True)]


async def test_who_speaks_out_of_turn_is_told_once_and_may_use_it_later(stage: Stage) -> None:
    await begin(stage, Floor.PRESENTER, Floor.ROUND)
    key = await stage.say("cy", "May I?")
    await stage.say("cy", "Please?")
    (note,) = await notes(stage, "cy", "out-of-turn")
    assert await notes(stage, "ben", "out-of-turn") == []
    await press_in(stage, "cy", note, "Use it in step 2")
    found = await contributions(stage, "step", "out_of_turn", "placed_by", "captured_by")
    assert found == [
        (0, "not-presenter", None, "thread"),
        (0, "not-presenter", None, "thread"),
        (1, None, "cy", "form"),
    ]
    assert key.startswith("m-")


async def test_what_was_only_practical_counts_for_nothing(stage: Stage) -> None:
    await begin(stage, Floor.PRESENTER)
    await stage.say("cy", "Is the door locked?")
    (note,) = await notes(stage, "cy", "out-of-turn")
    await press_in(stage, "cy", note, "It was only practical")
    assert await contributions(stage, "out_of_turn") == [("practical",)]


async def test_the_facilitator_lets_a_post_in_from_where_we_are(stage: Stage) -> None:
    await begin(stage, Floor.PRESENTER)
    await stage.say("cy", "May I?")
    status = await stage.press("ana", "status")
    assert "Let in: Cy" in buttons(status)
    await stage.channel.press(
        user="ana",
        channel=CHANNEL,
        thread=stage.thread,
        button=buttons(status)["Let in: Cy"],
        once="let in",
    )
    await stage.settle()
    assert await contributions(stage, "in_turn", "admitted_by") == [(True, "ana")]
    assert "Let in: Cy" not in buttons(await stage.press("ana", "status"))


async def test_nobody_else_lets_a_post_in(stage: Stage) -> None:
    await begin(stage, Floor.PRESENTER)
    key = await stage.say("cy", "May I?")
    await stage.press("cy", "admit", extra=key)
    assert await contributions(stage, "in_turn", "admitted_by") == [(False, None)]
    assert len({k for k in await stage.seen_by("cy") if k.startswith("fault:")}) == 1


@pytest.mark.parametrize("act", ["use", "admit", "practical"])
async def test_a_button_about_a_post_that_is_gone_does_nothing(stage: Stage, act: str) -> None:
    await begin(stage, Floor.PRESENTER)
    await stage.press("ana", act, extra="m-nothing")
    assert await contributions(stage, "key") == []


async def test_in_a_sealed_step_a_post_may_be_handed_in_as_one_s_own(stage: Stage) -> None:
    await begin(stage, Floor.ALONE, Floor.OPEN)
    await stage.say("cy", "I noticed two")
    (note,) = await notes(stage, "cy", "out-of-turn")
    await press_in(stage, "cy", note, "Hand this in as mine")
    assert (await stage.export())["steps"][0]["handed_in"] == 1


async def test_what_is_said_beside_the_thread_is_counted_only_if_one_asks(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.say("ben", "Beside", beside=True)
    assert await contributions(stage, "key") == []
    (note,) = set(await notes(stage, "ben", "beside"))
    await press_in(stage, "ben", note, "Add to the run")
    assert await contributions(stage, "person", "step", "words") == [("ben", 0, 1)]


async def test_who_is_not_in_the_run_may_talk_beside_it(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.say("coach", "Lunch?", beside=True)
    assert await notes(stage, "coach", "beside") == []


async def test_after_the_run_one_talks_freely_beside_it(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.press("ana", "anyway")
    await stage.say("ben", "Lunch?", beside=True)
    assert await notes(stage, "ben", "beside") == []


async def test_what_was_said_beside_may_be_edited_and_deleted(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    key = await stage.say("ben", "Beside", beside=True)
    await stage.edit("ben", key, "Beside it all")
    (note,) = set(await notes(stage, "ben", "beside"))
    await press_in(stage, "ben", note, "Add to the run")
    assert await contributions(stage, "words") == [(3,)]
    await stage.delete("ben", key)
    assert await contributions(stage, "words") == [(3,)]


async def test_a_coach_who_speaks_looks_on(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.say("coach", "Well done")
    assert await contributions(stage, "person", "out_of_turn") == [("coach", "observer")]


async def test_a_reply_to_who_spoke_is_no_second_turn(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.say("ben", "First")
    await stage.say("cy", "Mine")
    await stage.say("cy", "@Ben I saw that too")
    await stage.say("cy", "@Dee and you?")
    assert await contributions(stage, "person", "answers", "out_of_turn") == [
        ("ben", None, None),
        ("cy", None, None),
        ("cy", "ben", None),
        ("cy", None, "second-in-round"),
    ]


async def test_a_line_to_colloquy_is_a_command_and_no_contribution(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.say("ana", "@Colloquy pause")
    assert (await stage.export())["run"]["phase"] == "paused"
    await stage.say("ana", "@Colloquy")
    assert await contributions(stage, "key") == []


async def test_a_command_that_is_edited_or_deleted_does_not_become_a_contribution(
    stage: Stage,
) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    edited = await stage.say("ana", "@Colloquy pause")
    await stage.edit("ana", edited, "We stop for a minute")
    await stage.delete("ana", await stage.say("ana", "@Colloquy resume"))
    assert (await stage.export())["run"]["phase"] == "running"
    assert await contributions(stage, "key") == []


async def test_a_run_begins_by_a_line_to_colloquy_in_the_thread_of_another(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.say("ana", "@Colloquy start notice-wonder")
    async with stage.house.database.read() as session:
        listed = await runs.listed(session, stage.organization)
    assert {run.protocol for run in listed} == {"sample", "notice-wonder"}


# Out of order: what another platform may do.


async def receive(stage: Stage, *arrived: ports.Arrival) -> None:
    for arrival in arrived:
        async with stage.house.database.write() as session:
            await arrivals.keep(stage.house, session, stage.organization, arrival)
        await stage.settle()


def said(stage: Stage, key: str = "k1", text: str = "One two") -> ports.Said:
    return ports.Said(
        source="web",
        event_id=f"said:{key}",
        organization=stage.organization,
        at=stage.house.now(),
        place=Place("web", CHANNEL, stage.thread),
        key=key,
        person="ben",
        text=text,
    )


def edited(first: ports.Said, text: str) -> ports.Edited:
    return ports.Edited(
        source="web",
        event_id=f"edited:{first.key}",
        organization=first.organization,
        at=first.at,
        place=first.place,
        key=first.key,
        person=first.person,
        text=text,
    )


def deleted(first: ports.Said) -> ports.Deleted:
    return ports.Deleted(
        source="web",
        event_id=f"deleted:{first.key}",
        organization=first.organization,
        at=first.at,
        place=first.place,
        key=first.key,
        person=first.person,
    )


async def test_an_edit_that_comes_first_stays(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await keeps_text(stage)
    first = said(stage)
    await receive(stage, edited(first, "One two three"), first)
    assert await contributions(stage, "words", "edited", "text") == [(3, True, "One two three")]


async def test_a_deletion_that_comes_first_stays(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    first = said(stage)
    await receive(stage, deleted(first), first)
    assert await contributions(stage, "words", "deleted") == [(0, True)]


async def test_the_same_message_under_another_event_is_one_post(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    first = said(stage)
    await receive(stage, first, replace(first, event_id="again"))
    assert await contributions(stage, "key", "words") == [("k1", 2)]


async def test_what_belongs_to_no_run_is_forgotten(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    nowhere = replace(said(stage), place=Place("web", CHANNEL, "m-other"))
    root = replace(said(stage, "k2"), place=Place("web", "lounge"))
    await receive(stage, nowhere, edited(nowhere, "x"), deleted(root))
    assert await contributions(stage, "key") == []


async def test_whom_a_platform_names_as_answered_is_answered(stage: Stage) -> None:
    await begin(stage, step(Floor.ROUND))
    await stage.say("cy", "First")
    await receive(stage, replace(said(stage), answers="cy"))
    assert await contributions(stage, "person", "answers") == [("ben", "cy"), ("cy", None)]


async def test_somebody_new_is_made_known_by_what_the_platform_calls_them(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await receive(stage, replace(said(stage), person="newcomer"))
    assert await contributions(stage, "person", "out_of_turn") == [("newcomer", "observer")]
    assert words(await stage.press("newcomer", "status")) == ""
