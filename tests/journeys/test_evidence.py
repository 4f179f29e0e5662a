"""A post that says too much: its author alone is told, edits it, and then saves it as evidence."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.demo import PATIENCE, begin, browsing, demo, teacher

pytestmark = pytest.mark.journey
NUMBER = "214365870"
PLAIN = "Student A drew equal groups"


async def test_a_post_is_edited_and_then_saved_and_only_its_author_was_told(tmp_path: Path) -> None:
    async with demo(tmp_path) as served, browsing() as browser:
        rosa, ben = [await teacher(browser, served.base, one) for one in ("alvarez", "okafor")]
        run = await begin(served, rosa, "notice-wonder")
        for one in (rosa, ben):
            await one.enter(f"run:{run}:card")
        await ben.reply(f"{NUMBER} drew equal groups")
        note = ben.page.locator(f"[id^='m-run:{run}:note:door:']")
        await expect(note).to_contain_text("a number like an id", timeout=PATIENCE)
        await note.get_by_role("button", name="Edit").click()
        dialog = ben.page.locator("dialog[open]")
        await dialog.locator("textarea").fill(PLAIN)
        await dialog.get_by_role("button", name="Save").click()
        await expect(rosa.page.locator("#thread-log").get_by_text(PLAIN)).to_be_visible(
            timeout=PATIENCE
        )
        await expect(rosa.page.locator(f"[id^='m-run:{run}:note:door:']")).to_have_count(0)
        mine = ben.page.locator("#thread-log .mine").filter(has_text=PLAIN)
        await mine.hover()
        await mine.get_by_role("button", name="Save as evidence").click()
        await dialog.locator("input[type=text]").fill("One drawing")
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_have_count(0, timeout=PATIENCE)
        added = rosa.page.locator(f"[id^='m-run:{run}:evidence:']")
        await expect(added).to_contain_text(
            "Ben Okafor added: One drawing, step 1", timeout=PATIENCE
        )
    assert [text for text in ben.said + rosa.said if "422" not in text] == []
