from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.cards.model import Style
from tests.stage import COACH, open_stage
from tests.stories.telling import Story, buttons, expected


@pytest_asyncio.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    stage = await open_stage(tmp_path)
    yield Story(stage)
    await stage.house.database.close()


async def test_a_team_notices_and_wonders_and_its_record_is_as_written_by_hand(
    story: Story,
) -> None:
    await story.stage.start("ana", protocol="notice-wonder", clock="full")
    await notice_alone(story)
    await share_noticings(story)
    await wonder_alone(story)
    await share_wonderings(story)
    await discuss(story)
    await debrief(story)
    await the_report_names_what_was_promised(story)
    assert await story.record() == expected("notice-wonder")


async def notice_alone(story: Story) -> None:
    await story.writes("0:40", "ben", 0, "The boxes are crossed out twice", "Line 2")
    await story.writes("1:10", "cy", 0, "Every answer has a unit", private="yes")
    await story.writes("1:30", "ben", 0, "Two boxes are crossed out", "Line 2")
    assert "2 of 3 in" in await story.reads("dee", "card")

    await story.presses("4:00", "ana", "next", 0)
    preview = await story.note_for("ana", "preview", 0)
    assert list(buttons(preview)) == ["Close anyway"]
    assert "1 person is not in yet: dee" in await story.sees("ana")

    await story.stage.until(300)
    await story.nobody_else_sees("crossed out")
    await story.nobody_else_sees("has a unit")
    sealed = await story.record()
    assert (sealed["contributions"], sealed["items"]) == ([], [])
    assert sealed["steps"][0]["handed_in"] == 2
    assert sealed["participation"] == [
        {
            "step": 0,
            "expected": ["ben", "cy", "dee"],
            "heard": [],
            "passed": [],
            "not_yet_heard": [],
            "top_share": 0.0,
        }
    ]

    await story.stage.until(301)  # the clock closes it
    await story.everybody_sees("Two boxes are crossed out")
    await story.nobody_else_sees("has a unit")
    assert "Now: Step 2 of 6" in await story.reads("cy", "card")


async def share_noticings(story: Story) -> None:
    await story.writes("5:20", "dee", 0, "The last line is empty")
    await story.everybody_sees("dee, after the step had closed:\nThe last line is empty")
    await story.note_for("dee", "late", 0)

    await story.says("5:40", COACH, "I am listening today.")
    await story.says("6:00", "dee", "The last line is empty")
    await story.says("6:20", "cy", "@Dee I saw that too")
    await story.says("6:40", "dee", "And the pencil changes there")
    await story.nobody_else_sees("I kept your post")  # no note for the first second post
    assert "2 of 3 in" in await story.reads("ana", "card")

    mine = await story.says("7:00", "ben", "Two boxes are crossed out")
    card = await story.stage.card("ana", f"run:{story.stage.run}:card")
    assert "3 of 3 in" in await story.reads("ana", "card")
    assert buttons(card)["Next"].style is Style.PRIMARY
    await story.presses("7:20", "ana", "next", 1)
    await story.at("7:40")
    await story.stage.edit("ben", mine, "Two boxes are crossed out, one twice")


async def wonder_alone(story: Story) -> None:
    await story.writes("8:00", "ben", 2, "Why twice?")
    await story.writes("8:20", "cy", 2, "Who told them to use units?", "The units")
    await story.writes("8:40", "dee", 2, "What came after the last line?")
    await story.nobody_else_sees("Why twice?")
    await story.presses("9:00", "ana", "next", 2)
    await story.everybody_sees("Why twice?")
    told = await story.sees(COACH)
    order = [told.index(words) for words in ("Why twice?", "use units?", "the last line?")]
    assert order == sorted(order), "the answers open in the order of the roster"


async def share_wonderings(story: Story) -> None:
    assert "Until: 12:19 pm" in await story.reads("dee", "card")
    await story.presses("9:30", "cy", "pass", 3)
    await story.presses("10:00", "ana", "pause", 3)
    assert "Until: paused" in await story.reads("dee", "card")
    await story.presses("13:00", "ana", "resume", 3)
    assert "Until: 12:22 pm" in await story.reads("dee", "card")

    await story.says("13:20", "ben", "Why did they cross it out twice?")
    wrong = await story.says("13:40", "dee", "What came last then?")
    await story.at("13:50")
    await story.stage.delete("dee", wrong)
    assert "2 of 3 in" in await story.reads("ana", "card")
    await story.says("14:10", "dee", "What came after the last line?")
    await story.stage.until(21 * 60)
    assert "Until: 12:22 pm (the last minute)" in await story.reads("ana", "card")
    await story.stage.until(22 * 60)
    assert "Now: Step 5 of 6" in await story.reads("ana", "card")


async def discuss(story: Story) -> None:
    await story.presses("22:30", "ana", "extend", 4, extra="3")
    assert "Until: 12:40 pm" in await story.reads("dee", "card")
    await story.says("23:00", "cy", "Maybe the worksheet asks for units")

    key = await story.says("23:20", "dee", "I can bring the old worksheet", beside=True)
    beside = await story.note_for("dee", "beside", 4)
    assert buttons(beside)["Add to the run"].extra == key
    assert "1 of 3 in" in await story.reads("ana", "card")
    await story.presses("23:40", "dee", "use", 4, extra=key)
    assert "2 of 3 in" in await story.reads("ana", "card")

    cy = await story.stage.person("cy")
    await story.writes(
        "24:00",
        "ben",
        4,
        "Two ways of checking",
        f2_what="Ask two students how they check",
        f2_due="2026-12-01",
    )
    await story.writes(
        "24:30", "dee", 4, f2_what="Bring the old worksheet", f2_who=cy, f2_due="2026-12-03"
    )
    await story.everybody_sees("Bring the old worksheet")
    await story.presses("25:00", "ana", "next", 4)


async def debrief(story: Story) -> None:
    await story.writes("25:20", "ben", 5, "Keep the silence")
    await story.says("25:40", "cy", "@Ben yes, keep it")
    await story.says("26:00", "dee", "Shorter rounds next time")
    assert "[Finish]" in await story.reads("ana", "card")
    await story.presses("26:20", "ana", "next", 5)


async def the_report_names_what_was_promised(story: Story) -> None:
    for user in ("ana", "ben", COACH):
        report = await story.reads(user, "report")
        assert "Report: Notice and Wonder" in report
        assert "ben: Ask two students how they check (2026-12-01)" in report
        assert "cy: Bring the old worksheet (2026-12-03)" in report
        assert "has a unit" not in report
    await story.nobody_else_sees("has a unit")
    assert "This run is finished." in await story.reads("dee", "card")
