"""A whole run by keyboard alone: no mouse, no slash after the start."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.demo import PATIENCE, browsing, demo, teacher

pytestmark = pytest.mark.journey

MOST_TABS = 150


async def go_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press Tab until the focus is where it should be."""
    await expect(page.locator(selector).first).to_be_visible(timeout=PATIENCE)
    for _ in range(MOST_TABS):
        if await page.evaluate("one => document.activeElement.matches(one)", selector):
            return
        await page.keyboard.press(key)
    raise AssertionError(selector)


async def press(page: Page, selector: str) -> None:
    """Focus a button and press it."""
    await go_to(page, selector)
    await page.keyboard.press("Enter")


async def test_a_whole_run_is_led_by_keyboard_alone(tmp_path: Path) -> None:
    async with demo(tmp_path, "--rate", "4") as served, browsing() as browser:
        run = (await served.newest("notice-wonder"))["id"]
        rosa = await teacher(browser, served.base, "alvarez")
        page = rosa.page
        await page.goto(served.base + "/")
        for position in range(6):
            await rosa.sees_step(run, position)
            if position in (0, 2):
                await press(page, f"button[value='write:{run}:{position}:0']")
                await go_to(page, "dialog[open] textarea")
                await page.keyboard.type("By keyboard")
                await press(page, "dialog[open] button.primary")
                await expect(page.locator("dialog[open]")).to_have_count(0, timeout=PATIENCE)
            else:
                await go_to(page, "#reply")
                await page.keyboard.type(f"By keyboard in step {position + 1}")
                await page.keyboard.press("Enter")
            await press(page, f"#thread-root button[value='next:{run}:{position}:0'].primary")
        await press(page, f"a[href='/as/alvarez/runs/{run}']")
        await expect(page.get_by_role("heading", name="Notice and Wonder")).to_be_visible()
        export = await served.command("export", "run", run)
        assert export["run"]["phase"] == "finished"
        assert [step["closed_by"] for step in export["steps"]] == ["person"] * 6
