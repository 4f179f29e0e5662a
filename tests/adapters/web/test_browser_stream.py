import asyncio

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.adapters.web.examples import CONTROL, STEP, seed
from tests.adapters.web.fake_channel import FakeChannel
from tests.adapters.web.serving import Served, serving, window

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="session")]
TEXTS = "[...document.querySelectorAll('#channel-log .text')].map(one => one.textContent)"


async def first_load(browser: Browser, *, delay: float = 0) -> tuple[list[str], int, list[str]]:
    """Send at once on the first load of a fresh server: texts, stream requests, console."""
    async with serving() as served:
        opened = await window(browser)
        page, streams = opened.page, []
        page.on(
            "request",
            lambda request: streams.append(request.url) if "/stream" in request.url else None,
        )
        if delay:
            await page.route("**/app.js", lambda route: _late(route, delay))
        await served.channel.post("Before", user="chen")
        await page.goto(served.room(), wait_until="commit")
        await served.channel.post("While loading", user="chen")
        await page.wait_for_load_state()
        await page.fill("#say", "At once")
        await page.press("#say", "Enter")
        await served.channel.post("After", user="chen")
        await expect(page.locator("#channel-log article")).to_have_count(4)
        await asyncio.sleep(0.1)
        texts = await page.evaluate(TEXTS)
        await page.context.close()
    return texts, len(streams), opened.said


async def _late(route: Route, delay: float) -> None:
    await asyncio.sleep(delay)
    await route.continue_()


@pytest.mark.parametrize("delay", [0, 0.3])
async def test_20_first_loads_show_each_message_once_and_open_one_stream(
    browser: Browser, delay: float
) -> None:
    for _ in range(5):
        for texts, streams, said in await asyncio.gather(
            *(first_load(browser, delay=delay) for _ in range(4))
        ):
            assert sorted(texts) == ["After", "At once", "Before", "While loading"]
            assert (streams, said) == (1, [])


async def test_two_windows_are_two_people(browser: Browser, served: Served) -> None:
    await seed(served.channel)
    pages = []
    for user in ("alvarez", "ortiz"):
        opened = await window(browser)
        await opened.page.goto(served.room(user, "web:2"))
        pages.append(opened.page)
    await pages[0].fill("#reply", "¿Quién empieza?")
    await pages[0].press("#reply", "Enter")
    await expect(pages[1].locator("#thread-log article").last).to_contain_text("¿Quién empieza?")
    await expect(pages[0].locator("#replies-web\\:2")).to_have_text("5 replies")
    await expect(pages[0].locator("#reply")).to_have_value("")


async def test_an_edit_replaces_and_keeps_the_focus(browser: Browser, served: Served) -> None:
    await seed(served.channel)
    page = (await window(browser)).page
    await page.goto(served.room(thread="web:2"))
    await page.locator("#root-web\\:2 button", has_text="Next step").focus()
    await served.channel.replace_card("web:2", STEP)
    await expect(page.locator("#m-web\\:2 h3")).to_have_text("What do you see?")
    await expect(page.locator("#root-web\\:2 h3")).to_have_text("What do you see?")
    await expect(page.locator("#reply")).to_be_focused()
    await page.locator("#root-web\\:2 button").focus()
    await served.channel.replace_card("web:2", CONTROL)
    await expect(page.locator("#root-web\\:2 h3")).to_have_text("Looking at Student Work")
    await expect(page.locator("#root-web\\:2 button", has_text="Write mine")).to_be_focused()


async def test_the_sixth_window_pauses_the_first_until_it_is_resumed(
    browser: Browser, served: Served
) -> None:
    context = await browser.new_context()
    pages = [await context.new_page() for _ in range(6)]
    for page in pages:
        await page.goto(served.room())
    await expect(pages[0].locator("#paused")).to_be_visible()
    await served.channel.post("Missed", user="chen")
    await pages[0].click("#resume")
    await expect(pages[0].locator("#channel-log")).to_contain_text("Missed")
    await expect(pages[0].locator("#paused")).to_be_hidden()
    await expect(pages[1].locator("#paused")).to_be_visible()
    await context.close()


async def test_what_is_sent_while_the_server_is_away_is_kept_and_sent_once(
    browser: Browser,
) -> None:
    channel = FakeChannel()
    page = (await window(browser)).page
    async with serving(channel) as served:
        port = int(served.base.rsplit(":", 1)[1])
        await page.goto(served.room())
        await expect(page.locator("#reconnecting")).to_be_hidden()
    await page.fill("#say", "Kept")
    await page.press("#say", "Enter")
    await expect(page.locator("#reconnecting")).to_have_text("Reconnecting. What you send is kept.")
    await expect(page.locator("#reconnecting")).to_be_visible()
    await expect(page.locator("#say")).to_have_value("Kept")
    async with serving(channel, port):
        await expect(page.locator("#channel-log article")).to_have_count(1)
        await expect(page.locator("#reconnecting")).to_be_hidden()
        await expect(page.locator("#say")).to_have_value("")
        assert [line.text for line, _ in channel.rows] == ["Kept"]


async def test_where_streams_are_cut_the_page_asks_for_the_log(
    browser: Browser, served: Served
) -> None:
    page = (await window(browser)).page
    await page.route("**/stream*", lambda route: route.fulfill(status=503))
    await _hurry(page)
    await page.goto(served.room())
    async with page.expect_request("**/log*"):
        pass
    await served.channel.post("By the log", user="chen")
    await expect(page.locator("#channel-log article")).to_have_count(1)
    await expect(page.locator("#reconnecting")).to_be_hidden()


async def test_a_hidden_window_closes_its_stream_and_catches_up(
    browser: Browser, served: Served
) -> None:
    page = (await window(browser)).page
    await page.goto(served.room())
    await _hide(page, is_hidden=True)
    async with asyncio.timeout(15):  # closed while it opens, Chromium drains it for 5 s
        while served.site.streams.count:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)
    await served.channel.post("Meanwhile", user="chen")
    await _hide(page, is_hidden=False)
    await expect(page.locator("#channel-log")).to_contain_text("Meanwhile")


async def test_new_messages_are_offered_to_who_reads_further_up(
    browser: Browser, served: Served
) -> None:
    for number in range(40):
        await served.channel.post(f"Message {number}", user="chen")
    page = (await window(browser)).page
    await page.goto(served.room())
    scroller = page.locator(".channel .scroller")
    await scroller.evaluate("one => one.scrollTo({ top: 0 })")
    await served.channel.post("The newest", user="chen")
    await page.click(".jump")
    await expect(page.locator("text=The newest")).to_be_in_viewport()
    await expect(page.locator(".jump")).to_be_hidden()


async def _hurry(page: Page) -> None:
    """Let the page's pauses last a tenth."""
    await page.add_init_script(
        "const slow = setTimeout; window.setTimeout = (what, ms) => slow(what, (ms ?? 0) / 10);"
    )


async def _hide(page: Page, *, is_hidden: bool) -> None:
    await page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange')); }",
        is_hidden,
    )
