"""The first visit: inside a step, to the report that carries one's name."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.journeys.demo import PATIENCE, Teacher, browsing, demo, teacher

pytestmark = pytest.mark.journey

WELCOME = "You are Rosa Alvarez. 2 colleagues have written what they notice. Write yours."
MINE, THEIRS = "Nobody explains a quotation", "Most answers stop after the first reason."


async def test_the_first_visit_lands_inside_a_step_and_leads_to_a_report_with_ones_name(
    tmp_path: Path,
) -> None:
    async with demo(tmp_path) as served, browsing() as browser:
        run = (await served.newest("notice-wonder"))["id"]
        rosa = await teacher(browser, served.base, "alvarez")
        await rosa.page.goto(served.base + "/")
        await expect(rosa.page.get_by_text(WELCOME)).to_be_visible()
        await _see_the_answers_open(rosa, run)
        for position in range(1, 6):
            await _go_on(rosa, run, position)
        await _following(rosa, run, 6).get_by_role("link", name="Open the report").click()
        await expect(rosa.page.get_by_role("heading", name="Notice and Wonder")).to_be_visible()
        await expect(rosa.page.get_by_text(MINE).first).to_be_visible()
        await expect(rosa.page.get_by_text("Rosa Alvarez").first).to_be_visible()
        assert rosa.said == []


async def _see_the_answers_open(rosa: Teacher, run: str) -> None:
    """Nothing is shown before the step closes, and all is shown then."""
    reveal = rosa.page.locator(f"[id='m-run:{run}:step:0:reveal:1']")
    await rosa.write(run, 0, MINE)
    await expect(reveal).to_have_count(0)
    await rosa.next(run, 0)
    await expect(reveal.get_by_text(MINE).first).to_be_visible()
    await expect(reveal.get_by_text(THEIRS)).to_be_visible()


async def _go_on(rosa: Teacher, run: str, position: int) -> None:
    """Contribute, and press *Next*; *Close anyway* where colleagues are still missing."""
    await rosa.sees_step(run, position)
    if position == 2:  # the second step that is written alone
        await rosa.write(run, position, "I wonder about the opening line")
    else:
        await rosa.reply(f"My turn in step {position + 1}")
    press = rosa.page.locator(f"#thread-root button[value='next:{run}:{position}:0']")
    await press.click(timeout=PATIENCE)
    anyway = rosa.page.locator(f"button[value='anyway:{run}:{position}:0']")
    following = _following(rosa, run, position + 1)
    await expect(anyway.or_(following).first).to_be_visible(timeout=PATIENCE)
    if not await following.is_visible():
        await anyway.last.click()


def _following(rosa: Teacher, run: str, position: int) -> Locator:
    """The post of a step; after the last one, the report."""
    report = rosa.page.locator(f"[id='m-run:{run}:report']")
    return rosa.step(run, position) if position < 6 else report


async def test_a_protocol_of_ones_own_begins_with_one_press_by_need(tmp_path: Path) -> None:
    async with demo(tmp_path) as served, browsing() as browser:
        rosa = await teacher(browser, served.base, "alvarez")
        await rosa.enter()
        await rosa.type("/plc start")
        await rosa.page.get_by_role("button", name="Look at student work").click()
        title = rosa.page.locator("#channel-log h3").last
        await expect(title).not_to_have_text("Notice and Wonder", timeout=PATIENCE)
        listed = await served.command("runs", "--json")
        assert len([one for one in listed if one["phase"] == "running"]) == 2
        assert rosa.said == []
