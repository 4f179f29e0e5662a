"""What comes when a step, or the whole run, is over."""

from bot.cards.model import Card
from protocols.model import Floor, Reveal
from storage import evidence
from storage.evidence import Item
from tests.bot.own_protocols import begin, buttons, sealed, typed, words
from tests.stage import Stage


async def items(stage: Stage) -> tuple[Item, ...]:
    async with stage.house.database.read() as session:
        return await evidence.items(session, stage.organization, stage.run)


async def reveals(stage: Stage) -> list[list[str]]:
    keys = [key for key in await stage.seen_by("dee") if ":reveal:" in key]
    return [typed(await stage.card("dee", key)) for key in keys]


async def test_after_the_run_nobody_writes_private_notes_any_more(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.PRIVATE), Floor.OPEN)
    await stage.press("ana", "anyway")
    await stage.press("ana", "anyway", 1)
    said = "The run is over, and its private notes are erased."
    assert words(await stage.press("ben", "write")) == said


async def test_a_private_form_that_was_still_open_leaves_nothing_behind(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.PRIVATE), Floor.OPEN)
    await stage.press("ana", "anyway")
    await stage.press("ana", "anyway", 1)
    await stage.write("ben", 0, {"f0": "Late and private"})
    assert await items(stage) == ()


async def test_a_late_unnamed_answer_is_shown_to_nobody_before_the_report(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.UNNAMED), Floor.OPEN)
    await stage.write("ben", 0, {"f0": "In time"})
    await stage.press("ana", "anyway")
    await stage.write("cy", 0, {"f0": "Late"})
    assert await reveals(stage) == [["In time"]]
    await stage.press("ana", "anyway", 1)
    shown = {(item.person, item.post_key, item.fields[0][2]) for item in await items(stage)}
    assert shown == {(None, None, "In time"), (None, None, "Late")}
    assert not any(item.late for item in await items(stage))  # it would name who was late


async def test_a_button_without_a_run_asks_which_one(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    run = stage.run
    stage.run = ""
    shown = await stage.press("cy", "next")
    stage.run = run
    assert isinstance(shown, Card)
    assert list(buttons(shown).values()) == [f"next:{run}:0:0"]
