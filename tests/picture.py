"""The README's picture, taken from the running demo: `make picture`.

Beside it stands the digest of what the page is made of; a test fails when that has changed since.
"""

import asyncio
import hashlib
import tempfile
from pathlib import Path

from playwright.async_api import expect

from tests.journeys.demo import PATIENCE, browsing, demo, teacher

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "picture.png"
SOURCES = ROOT / "docs" / "picture.sha256"


def digest() -> str:
    """The digest of the page's templates, style and script."""
    web = ROOT / "adapters" / "web"
    files = sorted([*(web / "templates").glob("*"), *(web / "static").glob("*")])
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + file.read_bytes())
    return total.hexdigest()


async def take() -> None:
    """Write the picture and the digest of its sources."""
    with tempfile.TemporaryDirectory() as home:
        async with demo(Path(home)) as served, browsing() as browser:
            run = (await served.newest("notice-wonder"))["id"]
            rosa = await teacher(browser, served.base, "alvarez")
            await rosa.page.goto(served.base + "/")
            await rosa.write(run, 0, "Nobody explains the quotation they chose.")
            await rosa.next(run, 0)
            await rosa.sees_step(run, 1)
            reveal = rosa.page.locator(f"[id='m-run:{run}:step:0:reveal:1']")
            await expect(reveal).to_be_visible(timeout=PATIENCE)
            await reveal.scroll_into_view_if_needed()
            await rosa.page.mouse.move(0, 0)
            await rosa.page.screenshot(path=PICTURE)
    SOURCES.write_text(digest() + "\n")


if __name__ == "__main__":
    asyncio.run(take())
