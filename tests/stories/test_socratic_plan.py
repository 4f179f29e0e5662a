from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.cards.model import Form
from bot.rules.aims import Aim
from tests.stage import MEMBERS, open_stage
from tests.stories.telling import Story, buttons, expected


@pytest_asyncio.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    stage = await open_stage(tmp_path)
    yield Story(stage)
    await stage.house.database.close()


async def test_a_team_plans_a_lesson_and_its_record_is_as_written_by_hand(story: Story) -> None:
    await story.stage.start(
        "ben",
        protocol="socratic-plan",
        clock="short",
        brings="cy",
        timekeeper="dee",
        takes_part="yes",
    )
    await anchor(story)
    await nominate(story)
    await write_questions(story)
    await tune_questions(story)
    await skip_the_circles(story)
    await agree_on_look_fors(story)
    await think_of_quiet_voices(story)
    await commit(story)
    await the_report_names_what_was_promised(story)
    assert await story.record() == expected("socratic-plan")


async def anchor(story: Story) -> None:
    assert "Led by: ben" in await story.reads("ana", "card")
    assert "Who speaks: cy speaks, and we listen." in await story.reads("ana", "card")
    key = await story.says("0:30", "ana", "We could read the letter from jail")
    await story.everybody_sees("We could read the letter from jail")  # hidden from nobody
    note = await story.note_for("ana", "out-of-turn", 0)
    use = buttons(note)["Use it in step 2"]
    assert (use.act, use.position, use.extra) == ("use", 1, key)
    await story.presses("0:40", "ana", "use", 1, extra=key)

    goal = "Judge an argument by its evidence"
    await story.writes("1:00", "cy", 0, "RI.8.8", goal, "24", "10 December")
    await story.everybody_sees(goal)
    await story.presses("1:20", "dee", "next", 0)  # the timekeeper may


async def nominate(story: Story) -> None:
    assert "1 of 4 in" in await story.reads("cy", "card")
    link = "https://texts.example/letter"
    await story.writes("1:40", "ben", 1, link, "", "It argues with us")
    await story.says("2:00", "cy", "@Ana that letter made mine argue too")
    await story.presses("2:20", "dee", "pass", 1)
    assert "4 of 4 in" in await story.reads("cy", "card")
    await story.writes("2:40", "cy", 1, "", "", "It is short", "The letter, paragraphs one to five")
    await story.presses("3:00", "ben", "next", 1)


async def write_questions(story: Story) -> None:
    key = await story.says("3:20", "cy", "Why did he wait?")
    note = await story.note_for("cy", "out-of-turn", 2)
    assert list(buttons(note)) == ["Hand this in as mine", "It was only practical"]
    await story.presses("3:30", "cy", "use", 2, extra=key)
    assert "1 of 4 in" in await story.reads("ana", "step:2:open")

    mine = ("What does he mean by wait?", "opening", "Who is he answering?", "core")
    await story.writes("3:50", "ana", 2, *mine, private="yes")
    again = await story.presses("4:00", "ana", "write", 2)
    assert isinstance(again, Form)
    assert [given.value for given in again.inputs] == [*mine, "", "yes"]
    theirs = ("Which line is angriest?", "core", "What would you answer him?", "closing")
    await story.writes("4:10", "ben", 2, *theirs)
    await story.presses("5:00", "ben", "next", 2)
    await story.note_for("ben", "preview", 2)
    await story.stage.until(5 * 60 + 30)
    await story.note_for("ben", "unheard", 2)
    await story.stage.until(7 * 60)
    assert "(the last minute)" in await story.reads("ana", "card")

    await story.stage.until(8 * 60 - 1)
    await story.nobody_else_sees("Which line is angriest?")
    await story.stage.until(8 * 60)  # the clock closes it
    await story.everybody_sees("ben:\nFirst question\nWhich line is angriest?")
    await story.nobody_else_sees("What does he mean by wait?")


async def tune_questions(story: Story) -> None:
    await story.writes("8:20", "dee", 2, "Who is we?", "opening", "Is it fair?", "closing")
    await story.everybody_sees("dee, after the step had closed:")
    await story.says("8:40", "ana", "Keep the angriest line")
    await story.writes("9:00", "ben", 3, "", "", "Which line would make you answer?")
    key = await story.says("9:20", "dee", "Drop my second one")
    await story.at("9:40")
    await story.stage.edit("dee", key, "Drop my second question, perhaps")
    assert "3 of 3 in" in await story.reads("cy", "card")
    await story.presses("10:00", "ben", "next", 3)


async def skip_the_circles(story: Story) -> None:
    form = await story.presses("10:15", "ben", "skip", 4)
    assert isinstance(form, Form)
    assert form.id == Aim("skip", story.stage.run, 4, 0).id
    await story.at("10:30")
    reason = {"reason": "We keep last month's circles"}
    await story.stage.submit("ben", form.id, reason, thread=story.stage.thread)
    assert "Now: Step 6 of 9" in await story.reads("cy", "card")


async def agree_on_look_fors(story: Story) -> None:
    await story.presses("11:00", "dee", "extend", 5, extra="2")
    assert "Until: 12:17 pm" in await story.reads("cy", "card")
    await story.writes("11:20", "ana", 5, "Points to a line", "https://forms.example/look")
    await story.says("11:40", "ben", "Answers another student")
    await story.says("12:00", "cy", "Asks before telling")
    await story.presses("12:20", "ben", "pause", 5)
    await story.presses("13:20", "dee", "resume", 5)
    assert "Until: 12:18 pm" in await story.reads("cy", "card")
    await story.says("13:40", "dee", "Leaves room for others")
    await story.stage.until(18 * 60 + 30)  # the clock closes it
    assert "Now: Step 7 of 9" in await story.reads("cy", "card")


async def think_of_quiet_voices(story: Story) -> None:
    await story.writes("19:00", "ana", 6, "New readers", "The letter read aloud")
    await story.says("19:20", "ben", "Quiet ones may write first")
    await story.says("19:40", "cy", "@Ana and a word list")
    await story.writes("20:00", "dee", 6, "Fast talkers", "Count to five")
    assert "4 of 4 in" in await story.reads("cy", "card")
    await story.presses("20:20", "ben", "end", 6)
    assert "Now: Step 9 of 9: Commit and debrief" in await story.reads("cy", "card")
    assert "Until: 12:22 pm" in await story.reads("cy", "card")


async def commit(story: Story) -> None:
    await story.writes("20:40", "ana", 8, f0_what="Bring ten copies", f0_due="2026-12-04")
    await story.writes(
        "21:00", "ben", 8, f0_what="Write the look-fors", f0_due="2026-12-02", f1="The clock"
    )
    await story.writes("21:20", "cy", 8, f0_what="Teach it", f0_due="2026-12-10")
    await story.says("21:40", "dee", "I will keep time in class")
    await story.stage.until(22 * 60 + 20)  # the clock closes it


async def the_report_names_what_was_promised(story: Story) -> None:
    for user in MEMBERS:
        report = await story.reads(user, "report")
        assert "Report: Plan a Socratic circle" in report
        assert "ana: Bring ten copies (2026-12-04)" in report
        assert "ben: Write the look-fors (2026-12-02)" in report
        assert "cy: Teach it (2026-12-10)" in report
        assert "8. Measure: how we will know: left out (ended early)" in report
    await story.nobody_else_sees("What does he mean by wait?")
