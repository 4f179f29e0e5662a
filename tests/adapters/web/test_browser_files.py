from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.cards import door
from bot.cards.model import Form, Input, InputKind
from bot.cards.words import english
from bot.rules.door import Kind
from bot.rules.uploads import Upload
from tests.adapters.web.examples import WRITE, seed
from tests.adapters.web.serving import Served, window

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="session")]
FORM = Form(
    id=WRITE.id,
    title="Step 1",
    inputs=(
        Input("f0", "Why?", InputKind.TEXT),
        Input("f1", "The work", InputKind.FILE, hint=door.HINT),
    ),
    submit="Hand in",
    close="Not now",
)
ASKED = replace(
    FORM,
    question=door.question(
        english, "f1", "t0ken", [(Kind.NAME, "Maria G."), (Kind.ID, "214365870")], unseen=False
    ),
)
RAW = b"Maria G. 214365870"
FILE = {"name": "maria.txt", "mimeType": "text/plain", "buffer": RAW}


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, served: Served) -> AsyncIterator[Page]:
    await seed(served.channel)
    served.channel.answers = {WRITE.id: FORM}
    served.channel.again = ASKED
    opened = await window(browser)
    await opened.page.goto(served.room(thread="web:2"))
    await opened.page.click("#m-web\\:3 button.primary")
    yield opened.page
    served.channel.again = None
    await opened.page.context.close()


async def test_the_file_stays_in_the_browser_while_its_owner_is_asked(
    page: Page, served: Served
) -> None:
    await page.fill("#in-f0", "Because")
    await page.set_input_files("#in-f1", FILE)  # type: ignore[arg-type] # its own type is private
    await page.click("dialog .foot >> text=Hand in")
    asked = page.locator("dialog .faults")
    await expect(asked).to_be_focused()
    await expect(asked).to_contain_text("A name: Maria G.")
    await expect(asked).to_contain_text("A number of 9 digits")
    async with page.expect_file_chooser():
        await page.click("dialog .foot >> text=Replace")
    await page.press("#in-f0", "Enter")  # says neither yes nor no
    served.channel.again = None
    await page.click("dialog .foot >> text=It is not a student")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    sent = {"f0": "Because", "f1": ""}
    assert served.channel.submitted[-2:] == [sent, {**sent, "attested": "t0ken"}]
    assert served.channel.uploaded[-2:] == [{"f1": Upload("maria.txt", RAW)}] * 2


async def test_a_form_without_its_file_is_sent_as_well_and_cancel_sends_nothing(
    page: Page, served: Served
) -> None:
    await page.fill("#in-f0", "Because")
    await page.click("dialog .foot >> text=Hand in")
    await page.click("dialog .foot >> text=Cancel")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    assert served.channel.uploaded[-1] == {}


async def test_what_was_asked_about_is_changed_where_it_stands_and_handed_in(
    page: Page, served: Served
) -> None:
    assert ASKED.question is not None
    question = door.text_question(english, ASKED.question, "f0")
    served.channel.again = replace(FORM, question=question)
    await page.fill("#in-f0", "Maria G. drew it")
    await page.click("dialog .foot >> text=Hand in")
    await page.click("dialog .foot >> text=Change it")
    await expect(page.locator("#in-f0")).to_be_focused()
    await page.fill("#in-f0", "Student A drew it")
    served.channel.again = None
    await page.click("dialog .foot >> text=Hand in")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    assert served.channel.submitted[-1] == {"f0": "Student A drew it", "f1": ""}


async def test_where_nothing_in_the_form_can_be_changed_one_answers_or_cancels(
    page: Page, served: Served
) -> None:
    assert ASKED.question is not None
    served.channel.again = replace(FORM, question=door.text_question(english, ASKED.question, ""))
    await page.fill("#in-f0", "A drawing")
    await page.click("dialog .foot >> text=Hand in")
    foot = page.locator("dialog .foot button:visible")
    await expect(foot).to_have_text(["It is not a student", "Cancel"])
