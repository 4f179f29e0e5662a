"""The pictures of the documents: `make picture`.

One is taken from the running demo; a chart of each kind and a report are drawn as the product draws
them. Beside them stands the digest of what they are made of; a test fails when that has changed.
"""

import asyncio
import hashlib
import json
import tempfile
from pathlib import Path

import typst
from playwright.async_api import expect

from adapters.drawing import DOCUMENTS
from adapters.pictures import ProcessPictures
from bot.cards.charts import Line, slope, talk
from bot.cards.documents import document
from bot.cards.words import english
from tests.adapters.web.examples import ALVAREZ, CHEN, OKAFOR, ORTIZ, REPORT
from tests.journeys.demo import PATIENCE, browsing, demo, teacher

NAMES = {ORTIZ: "Sra. Ibáñez Núñez", CHEN: "陈老师", ALVAREZ: "Ms. Alvarez", OKAFOR: "Mr. Okafor"}
ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "picture.png"
SOURCES = ROOT / "docs" / "picture.sha256"
DRAWN = {name: ROOT / "docs" / "pictures" / f"{name}.png" for name in ("talk", "slope", "report")}
PAGE = ("adapters/web/templates/*", "adapters/web/static/*")
DRAWING = (
    "adapters/documents/*",
    "adapters/drawing.py",
    "bot/cards/charts.py",
    "bot/cards/documents.py",
)


def digest() -> str:
    """The digest of what the page and the drawings are made of."""
    files = sorted(file for pattern in (*PAGE, *DRAWING) for file in ROOT.glob(pattern))
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


async def draw() -> None:
    """Draw a chart of each kind and a report, with names in Spanish and Chinese."""
    drawn = await drawings()
    for name, path in DRAWN.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(drawn[name])


async def drawings() -> dict[str, bytes]:
    """The pictures by name, each as a PNG."""
    shares = [(name, 0.4 - 0.1 * place) for place, name in enumerate(NAMES.values())]
    lines = [Line("7B", 8, 16), Line("7C", 9, 12)]
    wanted = {
        "talk": talk(english, shares),
        "slope": slope(english, "Paragraphs with a claim and a reason", lines, 14),
    }
    pictures = ProcessPictures()
    try:
        charts = [(chart, await pictures.svg(chart) or "") for chart in wanted.values()]
        drawn = {name: await pictures.png(chart) or b"" for name, chart in wanted.items()}
    finally:
        await pictures.close()
    made = document(english, REPORT, NAMES, "America/New_York", charts)
    data = {"data": json.dumps(made)}
    pages = typst.compile(DOCUMENTS / "report.typ", format="png", ppi=72, sys_inputs=data)
    assert isinstance(pages, list)
    return drawn | {"report": pages[0]}


async def everything() -> None:
    """Make all pictures, and note what of."""
    await take()
    await draw()
    SOURCES.write_text(digest() + "\n")


if __name__ == "__main__":
    asyncio.run(everything())
