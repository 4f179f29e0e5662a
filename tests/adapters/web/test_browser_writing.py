from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.adapters.web.examples import NOTE, seed
from tests.adapters.web.serving import Served, Window, window

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="session")]
CHOSEN = "#verbs [aria-selected=true] b"


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def seeded(served: Served) -> None:
    await seed(served.channel)
    served.channel.answers = {"/plc": NOTE}


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, served: Served, seeded: None) -> AsyncIterator[Window]:
    opened = await window(browser)
    await opened.page.goto(served.room(thread="web:2"))
    yield opened
    await opened.page.context.close()
    assert [text for text in opened.said if "422" not in text] == []


async def test_enter_sends_and_shift_enter_makes_a_line(opened: Window, served: Served) -> None:
    page = opened.page
    await page.focus("#say")
    await page.keyboard.type("One")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await expect(page.locator("#channel-log article").last).to_contain_text("One\ntwo")
    await page.keyboard.press("Enter")
    assert len(await served.channel.current("grade-7-ela", None, "alvarez")) == 3


async def test_a_slash_offers_commands_by_keyboard(opened: Window, served: Served) -> None:
    page = opened.page
    await page.focus("#say")
    await expect(page.locator("#verbs")).to_be_hidden()
    await page.keyboard.type("/plc s")
    await expect(page.locator("#verbs li:visible")).to_have_count(2)
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(CHOSEN)).to_have_text("/plc status")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(CHOSEN)).to_have_text("/plc start")
    await page.keyboard.press("Enter")
    await expect(page.locator("#say")).to_have_value("/plc start ")
    await page.fill("#say", "/plc")
    await page.keyboard.press("Escape")
    await expect(page.locator("#verbs")).to_be_hidden()
    await page.keyboard.press("Enter")
    await expect(page.locator("#channel-log article").last).to_contain_text("Only visible to you")
    assert [asked[3] for asked in served.channel.asked] == ["/plc"]


async def test_a_command_is_picked_by_mouse(opened: Window) -> None:
    page = opened.page
    await page.focus("#say")
    await page.keyboard.type("/pro")
    await page.click("#verbs li:visible")
    await expect(page.locator("#say")).to_have_value("/protocol atlas-work ")
    await expect(page.locator("#say")).to_be_focused()


async def test_a_private_answer_is_dismissed(opened: Window) -> None:
    page = opened.page
    await page.fill("#reply", "/plc")
    await page.press("#reply", "Enter")
    note = page.locator("#thread-log article").last
    await expect(note).to_contain_text("Type it in the channel, or use the buttons here.")
    await note.get_by_role("button", name="Dismiss").click()
    await expect(page.locator("text=Type it in the channel")).to_have_count(0)
    await expect(page.locator("#reply")).to_be_focused()


async def test_a_message_that_is_too_long_stays_where_it_was_typed(
    opened: Window, served: Served
) -> None:
    page, before = opened.page, len(served.channel.rows)
    await page.fill("#reply", "x" * 4_001)
    await page.press("#reply", "Enter")
    await expect(page.locator(".thread [data-refusal]")).to_contain_text("4,001 characters")
    await expect(page.locator("#reply")).to_have_value("x" * 4_001)
    await page.fill("#reply", "x" * 4_000)
    await page.press("#reply", "Enter")
    await expect(page.locator("#reply")).to_have_value("")
    await expect(page.locator(".thread [data-refusal]")).to_be_hidden()
    assert len(served.channel.rows) == before + 1


async def test_what_failed_here_is_sent_again_with_the_same_key(
    opened: Window, served: Served
) -> None:
    page, keys = opened.page, []
    page.on(
        "request", lambda asked: keys.append(asked.post_data) if asked.method == "POST" else None
    )
    await page.route(
        "**/say", lambda route: route.fulfill(status=500, body="<p>Not now.</p>"), times=1
    )
    await page.fill("#reply", "Twice the same")
    await page.press("#reply", "Enter")
    await expect(page.locator(".thread [data-refusal]")).to_have_text("Not now.")
    await page.press("#reply", "Enter")
    await expect(page.locator("#reply")).to_have_value("")
    assert keys[0] == keys[1]
    opened.said.clear()


async def test_a_message_is_edited_and_deleted(opened: Window) -> None:
    page = opened.page
    message = page.locator("#m-web\\:5")
    await message.hover()
    await message.get_by_role("button", name="Edit").click()
    await expect(page.locator("#in-text")).to_have_value(
        "<b>Who</b> has the fourth sample? 陈老师 asked, niña too."
    )
    await page.fill("#in-text", "Who has it?")
    await page.get_by_role("button", name="Save").click()
    await expect(message.locator(".text")).to_have_text("Who has it?")
    await expect(message.locator(".note")).to_have_text("edited")
    await message.hover()
    await message.get_by_role("button", name="Delete").click()
    await page.locator("dialog").get_by_role("button", name="Delete").click()
    await expect(message).to_contain_text("This message was deleted.")
    await expect(page.locator("#reply")).to_be_focused()


async def test_times_are_the_readers(browser: Browser, served: Served) -> None:
    context = await browser.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
    page = await context.new_page()
    await page.goto(served.room(thread="web:2"))
    until = page.locator("#root-web\\:2 time[data-when=time]")
    await expect(until).to_have_text("4:54")
    await expect(page.locator("#channel-log article").first).to_have_attribute(
        "data-day", "Wednesday 7 October"
    )
    await context.close()


async def test_times_are_clock_times(opened: Window) -> None:
    await expect(opened.page.locator("#root-web\\:2 time[data-when=time]")).to_have_text("3:54 pm")
