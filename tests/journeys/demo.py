"""The demo as its users have it: a process on a fresh folder, and people in a real browser."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.browser import executable, launch_arguments

CHANNEL = "grade-7-ela"
READY = "Colloquy is at "
PATIENCE = 20_000  # milliseconds, on a busy machine


class Demo:
    """A running `colloquy demo`."""

    def __init__(self, process: asyncio.subprocess.Process, base: str, home: Path) -> None:
        """Use `demo`."""
        self.process, self.base, self.home = process, base, home

    async def command(self, *words: str) -> Any:
        """What a `colloquy` command prints, as JSON."""
        asked = await asyncio.create_subprocess_exec(
            *colloquy(*words), stdout=asyncio.subprocess.PIPE, env=environment(self.home)
        )
        out, _ = await asked.communicate()
        return json.loads(out)

    async def newest(self, protocol: str) -> dict[str, Any]:
        """The newest run of a protocol, as `colloquy runs` lists it."""
        listed = await self.command("runs", "--json")
        found: dict[str, Any] = next(run for run in listed if run["protocol"] == protocol)
        return found


@asynccontextmanager
async def demo(home: Path, *words: str, **given: str) -> AsyncIterator[Demo]:
    """Start the demo on a free port; it is ended by SIGTERM, as a service would be."""
    process = await asyncio.create_subprocess_exec(
        *colloquy("demo", "--port", "0", *words),
        stdout=asyncio.subprocess.PIPE,
        env=environment(home) | given,
    )
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        assert line.startswith(READY), line
        yield Demo(process, line.removeprefix(READY).split()[0].rstrip("/"), home)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 30)


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A real browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable(), args=launch_arguments()
        )
        try:
            yield browser
        finally:
            await browser.close()


class Teacher:
    """Somebody in a window of their own, doing what teachers do."""

    def __init__(self, page: Page, base: str, user: str) -> None:
        """`user`: the persona."""
        self.page, self.base, self.user = page, base, user
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))

    async def enter(self, thread: str | None = None) -> None:
        """Open the channel, or a thread of it."""
        address = f"{self.base}/as/{self.user}/channel/{CHANNEL}"
        await self.page.goto(address + (f"?thread={thread}" if thread else ""))

    async def type(self, text: str) -> None:
        """Type into the channel."""
        await self.page.fill("#say", text)
        await self.page.press("#say", "Enter")

    async def reply(self, text: str) -> None:
        """Reply in the open thread, and see it stand there."""
        await self.page.fill("#reply", text)
        await self.page.press("#reply", "Enter")
        await expect(self.page.locator("#thread-log").get_by_text(text)).to_be_visible(
            timeout=PATIENCE
        )

    async def write(self, run: str, position: int, text: str) -> None:
        """Press *Write mine* (or *Add*) on a step's post, fill what is needed, and hand it in."""
        await self.step(run, position).locator(f"button[value^='write:{run}']").click()
        dialog = self.page.locator("dialog[open]")
        fields = dialog.locator("textarea")
        await expect(fields.first).to_be_visible(timeout=PATIENCE)
        await fields.first.fill(text)
        for field in await dialog.locator("textarea:required").all():
            await field.fill(text)
        for group in await dialog.locator("fieldset:has(input[type='radio'])").all():
            await group.locator("input").first.check()
        await dialog.get_by_role("button", name="Hand in").click()
        await expect(dialog).to_have_count(0, timeout=PATIENCE)

    async def next(self, run: str, position: int) -> None:
        """Press *Next* once everybody is in."""
        card = self.page.locator("#thread-root")
        button = card.locator(f"button[value='next:{run}:{position}:0'].primary")
        await button.click(timeout=PATIENCE)

    def step(self, run: str, position: int) -> Locator:
        """The post of a step."""
        return self.page.locator(f"[id='m-run:{run}:step:{position}:open']")

    async def sees_step(self, run: str, position: int) -> None:
        """Wait until a step's post stands in the thread."""
        await expect(self.step(run, position)).to_be_visible(timeout=PATIENCE)


async def teacher(browser: Browser, base: str, user: str) -> Teacher:
    """A window of somebody's own."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    return Teacher(await context.new_page(), base, user)


async def begin(served: Demo, rosa: Teacher, protocol: str) -> str:
    """Start by the form: three are here, Ben brings the material."""
    await rosa.enter()
    await rosa.type("/plc start")
    await rosa.page.locator("button[value^='choose:']").click()
    dialog = rosa.page.locator("dialog[open]")
    await dialog.locator("select[name='in-protocol']").select_option(protocol)
    await dialog.get_by_label("Lucía Peña").uncheck()
    await dialog.locator("details.more summary").click()
    await dialog.locator("select[name='in-brings']").select_option(label="Ben Okafor")
    await dialog.get_by_role("button", name="Start", exact=True).click()
    await expect(dialog).to_have_count(0, timeout=PATIENCE)
    for _ in range(50):
        listed = await served.command("runs", "--json")
        found = [one for one in listed if one["protocol"] == protocol and one["place"]["thread"]]
        if found:
            return str(found[0]["id"])
    raise AssertionError(listed)


def colloquy(*words: str) -> tuple[str, ...]:
    """The command line of our command."""
    return (sys.executable, "-m", "bot", *words)


def environment(home: Path) -> dict[str, str]:
    """What a process of ours is given, with its folder."""
    return {**os.environ, "COLLOQUY_HOME": str(home), "COLLOQUY_LOG": "json"}
