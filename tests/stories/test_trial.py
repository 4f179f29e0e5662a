"""A trial comes to its end: its facilitator is told, and begins the review with its numbers."""

from datetime import timedelta
from pathlib import Path

from bot.cards.model import Buttons, Form
from bot.rules.keys import review_of
from protocols.school_days import Calendar
from tests.stage import Stage, open_stage, reopened

WHAT = "Paragraphs with a claim"
GIVEN = {
    "f0": "7B, until December",
    "f3-what": WHAT,
    "f3-group": "7B",
    "f3-n": "24",
    "f3-before": "8",
    "f3-target": "14",
    "f3-until": "2026-12-10",
}


async def filled_in(stage: Stage) -> dict[str, str]:
    """What stands in the measure of the review's third step before anybody has written."""
    form = await stage.press("ana", "write", 2)
    assert isinstance(form, Form)
    shown = {one.id.partition("-")[2]: one.value for one in form.inputs}
    return {name: shown[name] for name in ("what", "group", "n", "before", "target")}


async def test_a_trial_is_followed_by_its_review(tmp_path: Path) -> None:
    stage = await open_stage(tmp_path, calendar=Calendar())
    await stage.start("ana", protocol="article-trial", clock="short")
    for position in range(8):
        if position == 5:
            assert await stage.write("ben", position, GIVEN) is None
        await stage.press("ana", "anyway", position)
    trial = stage.run
    before = await stage.seen_by("ana")
    await stage.house.database.close()
    stage = reopened(stage, tmp_path)  # it is kept over a restart
    await stage.until(timedelta(days=20).total_seconds())
    (key,) = [key for key in await stage.seen_by("ana") if key not in before and "measured" in key]
    assert key not in await stage.seen_by("ben")
    card = await stage.card("ana", key)
    [row] = [element for element in card.elements if isinstance(element, Buttons)]
    assert [button.label for button in row.buttons] == ["Start the review"]
    for _ in range(2):  # twice is once
        await stage.channel.press(
            user="ana", channel="team", thread=None, button=row.buttons[0].id, once=f"k{_}"
        )
        await stage.settle()
    stage.run = review_of(trial)
    stage.thread = f"run:{stage.run}:card"
    assert (await stage.export())["run"]["protocol"] == "impact"
    for position in range(2):
        await stage.press("ana", "anyway", position)
    assert await filled_in(stage) == {
        "what": WHAT,
        "group": "7B",
        "n": "24",
        "before": "8",
        "target": "14",
    }
    await stage.house.database.close()
