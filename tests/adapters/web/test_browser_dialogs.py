from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.adapters.web.examples import ANSWER, NOTE, START_FORM, WRITE, seed
from tests.adapters.web.serving import Served, Window, window

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="session")]
OPENERS = {
    "answer": ("#m-web\\:3 button.primary", "What I notice"),
    "start": ("command", "What do we need?"),
    "edit": ("#m-web\\:5 button >> text=Edit", "Your message"),
    "delete": ("#m-web\\:5 button >> text=Delete", "Close"),
    "behind": (".me button", "Close"),
}
INSIDE = "document.activeElement.closest('dialog') !== null"


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def seeded(served: Served) -> None:
    await seed(served.channel)
    served.channel.answers = {WRITE.id: ANSWER, "/plc start": START_FORM, "/plc": NOTE}


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, served: Served, seeded: None) -> AsyncIterator[Window]:
    opened = await window(browser)
    await opened.page.goto(served.room(thread="web:2"))
    yield opened
    await opened.page.context.close()
    assert [text for text in opened.said if "422" not in text] == []


async def open_dialog(page: Page, kind: str) -> None:
    opener, _ = OPENERS[kind]
    if opener == "command":
        await page.fill("#say", "/plc start")
        await page.press("#say", "Enter")
    else:
        await page.hover("#m-web\\:5")
        await page.focus(opener)
        await page.keyboard.press("Enter")
    await expect(page.locator("dialog[open]")).to_be_visible()


@pytest.mark.parametrize("kind", OPENERS)
@pytest.mark.parametrize("size", [(1100, 760), (400, 700)])
async def test_a_dialog_is_in_view_takes_the_focus_keeps_it_and_gives_it_back(
    opened: Window, kind: str, size: tuple[int, int]
) -> None:
    page, (width, height) = opened.page, size
    if kind == "start":
        await page.goto(page.url.split("?")[0])  # on a phone the thread stands for the channel
    await page.set_viewport_size({"width": width, "height": height})
    await open_dialog(page, kind)
    box = await page.locator("dialog[open]").bounding_box()
    assert box is not None
    assert box["x"] >= 0 <= box["y"]
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= height
    await _keeps_the_focus(page)
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    opener = OPENERS[kind][0]
    await expect(page.locator("#say" if opener == "command" else opener)).to_be_focused()


async def _keeps_the_focus(page: Page) -> None:
    """Tab goes round inside; where it leaves the page's end for the browser, it comes back in."""
    assert await page.evaluate(INSIDE)
    for key in ["Tab"] * 30 + ["Shift+Tab"] * 3:
        await page.keyboard.press(key)
        assert await page.evaluate(f"{INSIDE} || document.activeElement === document.body")
    for opener in ("#say", "#reply"):
        assert not await page.evaluate(f"document.activeElement.matches('{opener}')")


@pytest.mark.parametrize("kind", ["answer", "start", "edit"])
async def test_a_dialog_begins_at_its_first_question(opened: Window, kind: str) -> None:
    await open_dialog(opened.page, kind)
    focused = opened.page.locator(":focus")
    labels = await focused.evaluate(
        "one => (one.closest('fieldset')?.querySelector('legend') ?? one.labels[0]).textContent"
    )
    assert labels.startswith(OPENERS[kind][1])


@pytest.mark.parametrize("name", ["Not now", "Close"])
async def test_a_dialog_is_left_by_its_buttons(opened: Window, name: str) -> None:
    await open_dialog(opened.page, "start")
    await opened.page.get_by_role("button", name=name, exact=True).click()
    await expect(opened.page.locator("dialog[open]")).to_have_count(0)


async def test_faults_take_the_focus_and_what_was_typed_stays(
    opened: Window, served: Served
) -> None:
    page = opened.page
    inputs = (replace(ANSWER.inputs[0], fault="Write a little more."), ANSWER.inputs[1])
    served.channel.again = replace(ANSWER, inputs=inputs)
    await open_dialog(page, "answer")
    await page.keyboard.type("Short")
    await page.check("#in-keep")
    await page.click("#dialog button.primary")
    await expect(page.locator(".faults")).to_be_focused()
    await expect(page.locator("#in-see")).to_have_value("Short")
    await expect(page.locator("#in-keep")).to_be_checked()
    await page.click(".faults a")
    await expect(page.locator("#in-see")).to_be_focused()
    served.channel.again = None
    await page.keyboard.press("End")
    await page.keyboard.type("er")
    await page.click("#dialog button.primary")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    assert served.channel.submitted[-1] == {"see": "Shorter", "keep": "yes"}


async def test_what_is_needed_is_asked_for_even_behind_more(opened: Window, served: Served) -> None:
    page = opened.page
    inputs = tuple(replace(one, required=one.id == "title") for one in START_FORM.inputs)
    served.channel.answers["/plc start"] = replace(START_FORM, inputs=inputs)
    await open_dialog(page, "start")
    await page.click("#dialog button.primary")
    await expect(page.locator("#in-title")).to_be_focused()
    assert served.channel.submitted == []


async def test_all_that_a_form_can_ask_is_handed_in(opened: Window, served: Served) -> None:
    page = opened.page
    await open_dialog(page, "start")
    await page.check("#dialog label:has-text('Study data') input")
    await page.check("#dialog label:has-text('Sra. Ortiz') input")
    await page.uncheck("#dialog label:has-text('Mr. Chen') input")
    await page.click("#dialog summary")
    await page.select_option("#in-lead", label="Mr. Chen")
    await page.fill("#in-day", "2026-10-08")
    await page.fill("#in-size", "4")
    await page.fill("#in-link", "example.org/no scheme")
    await page.click("#dialog button.primary")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    assert served.channel.submitted == [
        {
            "need": "study",
            "here": "p1,p3",
            "clock": "45",
            "lead": "p2",
            "day": "2026-10-08",
            "size": "4",
            "link": "example.org/no scheme",
            "title": "",
        }
    ]


async def test_skipping_ahead_closes_the_scenes(opened: Window, served: Served) -> None:
    await open_dialog(opened.page, "behind")
    await opened.page.click("text=Skip ahead")
    await expect(opened.page.locator("#behind")).to_be_hidden()
    assert served.skipped == ["skipped"]
