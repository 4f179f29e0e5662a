"""The pages on loopback, on a channel in memory, and a browser to look at them."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from adapters.pictures import ProcessPictures
from adapters.web import health
from adapters.web.app import mount
from adapters.web.render import address
from adapters.web.site import SITE, Site
from bot.cards.model import Card
from bot.cards.reports import Report
from bot.flows.reports import NotYourRun, Reports
from tests.adapters.web.examples import PROJECTED, REPORT
from tests.adapters.web.fake_channel import PERSONAS, ROOM, FakeChannel
from tests.browser import executable, launch_arguments

ZONE = ZoneInfo("America/New_York")
VERBS = (
    ("/plc", "what fits this moment"),
    ("/plc start", "start a protocol"),
    ("/plc status", "where we are, privately"),
    ("/protocol atlas-work", "Looking at Student Work"),
)


REPORTS = {REPORT.run: REPORT, "r2": replace(REPORT, run="r2", over_days=True)}


class OneReport(Reports):
    """A run within an hour, one over school days, read by everyone but the coach."""

    def __init__(self) -> None:
        """Nothing to open. `wall`: what the projector shows."""
        self.wall = PROJECTED

    async def report(self, user: str, run_id: str) -> Report:
        if user == "rivers" or run_id not in REPORTS:
            raise NotYourRun
        return replace(REPORTS[run_id], reader=next(p.id for p in PERSONAS if p.user == user))

    async def projector(self, user: str, run_id: str) -> Card:
        await self.report(user, run_id)
        return self.wall


@dataclass
class Served:
    """A running server, and what it was given."""

    base: str
    channel: FakeChannel
    site: Site
    runner: web.AppRunner
    skipped: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def room(self, user: str = "alvarez", thread: str | None = None) -> str:
        """The address of the team's channel."""
        return self.base + address(user, ROOM, thread)


@asynccontextmanager
async def serving(channel: FakeChannel | None = None, port: int = 0) -> AsyncIterator[Served]:
    """Serve the pages until the block ends."""
    channel = channel or FakeChannel()
    skipped: list[str] = []
    reasons: list[str] = []

    async def landing() -> str:
        return address(
            "alvarez", ROOM, next(iter([line.key for line, _ in channel.rows[1:2]]), None)
        )

    async def skip() -> None:
        skipped.append("skipped")

    async def not_ready() -> list[str]:
        return reasons

    pictures = ProcessPictures()
    app = web.Application()
    mount(
        app,
        channel=channel,
        reports=OneReport(),
        pictures=pictures,
        landing=landing,
        zone=ZONE,
        verbs=VERBS,
        skip=skip,
    )
    health.mount(app, not_ready)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield Served(base, channel, app[SITE], runner, skipped, reasons)
    finally:
        await runner.cleanup()
        await pictures.close()


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """A browser until the block ends."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable(), args=launch_arguments()
        )
        try:
            yield browser
        finally:
            await browser.close()


def words(text: str) -> str:
    """What a person reads of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


@dataclass
class Window:
    """A page of the browser, and what its console said."""

    page: Page
    said: list[str]

    @property
    def focused(self) -> str:
        """A script that tells which element has the focus."""
        return "document.activeElement.id || document.activeElement.textContent.trim()"


async def window(browser: Browser, width: int = 1100, scheme: str = "light") -> Window:
    """A fresh window of its own browser profile."""
    context = await browser.new_context(
        viewport={"width": width, "height": 760},
        color_scheme="dark" if scheme == "dark" else "light",
        timezone_id="America/New_York",
        locale="en-US",
    )
    page = await context.new_page()
    page.set_default_timeout(10_000)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return Window(page, said)
