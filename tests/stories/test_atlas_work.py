from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.cards.model import Card, Form
from bot.rules.aims import Aim
from tests.stage import COACH, open_stage
from tests.stories.telling import Story, buttons, expected


@pytest_asyncio.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    stage = await open_stage(tmp_path)
    yield Story(stage)
    await stage.house.database.close()


async def test_a_team_looks_at_student_work_and_its_record_is_as_written_by_hand(
    story: Story,
) -> None:
    await story.stage.start("ana", protocol="atlas-work", clock="short", brings="dee")
    await name_the_task(story)
    await look_in_silence(story)
    await describe(story)
    await interpret(story)
    await imply(story)
    await reflect(story)
    await debrief(story)
    await add_after_the_end(story)
    assert await story.record() == expected("atlas-work")


async def name_the_task(story: Story) -> None:
    assert "Who speaks: ana speaks, and we listen." in await story.reads("ben", "card")
    await story.says("0:20", "ana", "Our norms: describe first, and no names")
    key = await story.says("0:40", "cy", "The door is open, shall I shut it?")
    note = await story.note_for("cy", "out-of-turn", 0)
    assert list(buttons(note)) == ["Use it in step 2", "It was only practical"]
    practical = buttons(note)["It was only practical"]
    assert (practical.act, practical.extra) == ("practical", key)
    await story.presses("0:50", "cy", "practical", 0, extra=key)

    await story.writes(
        "1:10", "dee", 0, "Find the area of the field", "https://work.example/field.pdf", "Dee"
    )
    await story.everybody_sees("Find the area of the field")
    await story.presses("1:30", "ana", "next", 0)


async def look_in_silence(story: Story) -> None:
    await story.writes("2:00", "ben", 1, "Squares are counted on the left")
    key = await story.says("2:20", "dee", "Oh, and he is new in class")
    note = await story.note_for("dee", "out-of-turn", 1)
    assert list(buttons(note)) == ["Use it in step 6", "It was only practical"]
    assert buttons(note)["Use it in step 6"].position == 5
    await story.presses("2:30", "dee", "use", 5, extra=key)
    await story.writes("2:40", "cy", 1, "The border is counted twice")
    assert "2 of 2 in" in await story.reads("ana", "card")

    form = await story.presses("2:50", "ben", "write", 1)
    assert isinstance(form, Form)
    assert [given.value for given in form.inputs] == ["Squares are counted on the left"]

    await story.stage.until(5 * 60 + 30)  # the clock closes it
    assert "Now: Step 3 of 7" in await story.reads("ana", "card")
    await story.nobody_else_sees("Squares are counted")
    await story.nobody_else_sees("The border is counted")


async def describe(story: Story) -> None:
    await story.writes("6:00", "cy", 2, "Dots inside every square", "Sheet 2, row 1")
    await story.everybody_sees("Dots inside every square")
    await story.says("6:20", "ben", "@Cy yes, and a line along the border")
    assert "2 of 2 in" in await story.reads("ana", "card")
    await story.says("6:40", "cy", "Two of the dots are erased")
    refused = await story.presses("6:50", "dee", "write", 2)
    assert isinstance(refused, Card)
    assert refused.summary == "You listen in this step. Your turn comes with a later one."
    await story.presses("7:00", "ana", "next", 2)


async def interpret(story: Story) -> None:
    ben, dee = await story.stage.person("ben"), await story.stage.person("dee")
    form = Aim("roles", story.stage.run, 3, 0).id
    await story.at("7:10")
    roles = {"role-0": ben, "role-1": dee, "role-2": ben}
    await story.stage.submit("ana", form, roles, thread=story.stage.thread)
    assert "Led by: ben" in await story.reads("cy", "card")

    await story.says("7:40", "ana", "He counts the border as squares")
    await story.writes("8:00", "cy", 3, "Area is what you can walk around", "The line")
    await story.presses("8:40", "ana", "next", 3)
    await story.nobody_else_sees("The facilitator does this.", "ana")
    assert "Now: Step 4 of 7" in await story.reads("cy", "card")
    await story.presses("9:00", "ben", "next", 3)


async def imply(story: Story) -> None:
    assert "Who speaks: All of us but dee, who listens." in await story.reads("cy", "card")
    await story.says("9:30", COACH, "May I add a question?")
    await story.says("10:00", "ana", "Walk the border, then fill it")
    await story.stage.until(13 * 60 + 29)
    await story.nobody_else_sees("Not heard yet in this step")
    await story.stage.until(13 * 60 + 30)
    await story.nobody_else_sees("Not heard yet in this step: cy.", "ben")
    await story.presses("14:00", "cy", "pass", 4)
    await story.stage.until(18 * 60)  # the clock closes it


async def reflect(story: Story) -> None:
    assert "Now: Step 6 of 7" in await story.reads("cy", "card")
    assert "1 of 1 in" in await story.reads("cy", "card")  # she was heard before
    await story.writes("18:30", "dee", 5, "I had not seen the border")
    await story.presses("18:50", "dee", "done", 5)
    await story.presses("19:00", "ben", "next", 5)


async def debrief(story: Story) -> None:
    await story.says("19:30", "dee", "Keep the silence")
    await story.writes("19:50", "ana", 6, "Keep the silence; change the order")
    await story.says("20:10", "cy", "@Ana the order was hard")
    await story.stage.until(23 * 60)  # the clock closes it
    report = await story.reads("dee", "report")
    assert "4. Interpret: what sense was the student making?: 2/2 heard, 2 said" in report
    assert "What we promised" not in report
    assert "This run is finished." in await story.reads("dee", "card")


async def add_after_the_end(story: Story) -> None:
    form = await story.presses("23:30", "cy", "add", 3)
    assert isinstance(form, Form)
    await story.at("24:00")
    late = {"f0": "Maybe he measured with his feet"}
    await story.stage.submit("cy", form.id, late, thread=story.stage.thread)
    await story.everybody_sees("Added to step 4: Interpret")
    await story.everybody_sees("Maybe he measured with his feet")
    report = await story.reads("dee", "report")
    assert "4. Interpret: what sense was the student making?: 2/2 heard, 3 said" in report
    await story.nobody_else_sees("Squares are counted")
