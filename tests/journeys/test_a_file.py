"""A piece of student work comes in: the demo asks, its owner answers, and nothing else is kept."""

import json
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Locator, expect

from tests.bot.files import samples
from tests.bot.files.samples import AUTHOR, NAME, NUMBER, PLACE
from tests.journeys.demo import PATIENCE, begin, browsing, demo, teacher

pytestmark = pytest.mark.journey


async def hand_in(dialog: Locator, ending: str, content: bytes, button: str) -> None:
    file = FilePayload(name=f"{NAME} {NUMBER}.{ending}", mimeType="", buffer=content)
    await dialog.locator("input[type=file]").set_input_files(file)
    await dialog.get_by_role("button", name=button).click()


def anywhere(folder: Path, exported: object) -> list[str]:
    """What was removed and is still in a byte of a file, or in the export."""
    kept = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert any(b"file.jpg" in one for one in kept)
    kept.append(json.dumps(exported).encode())
    removed = (NAME, NUMBER, PLACE, AUTHOR)
    return [word for word in removed if any(word.encode() in one for one in kept)]


async def test_a_file_comes_in_and_what_was_removed_is_nowhere(tmp_path: Path) -> None:
    async with demo(tmp_path) as served, browsing() as browser:
        rosa, ben = [await teacher(browser, served.base, one) for one in ("alvarez", "okafor")]
        run = await begin(served, rosa, "charrette")
        await ben.enter(f"run:{run}:card")
        await ben.step(run, 0).locator(f"button[value^='write:{run}']").click()
        dialog = ben.page.locator("dialog[open]")
        await dialog.locator("textarea:required").fill("What would make it clearer?")
        await hand_in(dialog, "docx", samples.document(NAME), "Hand in")
        await expect(dialog).to_contain_text(f"A name: {NAME}", timeout=PATIENCE)
        await hand_in(dialog, "jpg", samples.picture(), "It is not a student")
        await dialog.get_by_role("button", name="No student is in it").click()
        await expect(dialog).to_have_count(0, timeout=PATIENCE)
        shown = ben.page.locator("#thread-log").get_by_text("file.jpg")
        await expect(shown).to_be_visible(timeout=PATIENCE)
        await ben.page.goto(f"{served.base}/as/okafor/runs/{run}")
        async with ben.page.expect_download() as saved:
            await ben.page.locator("#artifacts + ul a").click()
        assert (await saved.value).suggested_filename == "file.jpg"
        exported = await served.command("export", "run", run)
    assert [(one["kind"], one["title"]) for one in exported["artifacts"]] == [("file", "file.jpg")]
    assert anywhere(tmp_path, exported) == []
