"""Every page in every state, looked at by axe, in both colours and at both widths."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from bot.cards.model import Input, InputKind
from tests.adapters.web.dialogs import ROWS, makers
from tests.adapters.web.examples import ANSWER, NOTE, START_FORM, WRITE, seed
from tests.adapters.web.fake_channel import QUIET
from tests.adapters.web.serving import Served, serving, window

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="session")]
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
THREAD = "/as/alvarez/channel/grade-7-ela?thread=web:2"
ROOM = "/as/alvarez/channel/grade-7-ela"

DIALOGS = {
    f"{maker} {number}": form
    for maker, forms in ROWS.items()
    for number, form in enumerate(forms, start=1)
}

Act = Callable[[Page, Served], Awaitable[None]]


@dataclass(frozen=True)
class State:
    """A page in a state: its address, and what brings it there."""

    path: str
    act: Act | None = None
    noise: str = "nothing"


async def _answer(page: Page, served: Served) -> None:
    await page.locator("button", has_text="Write mine").last.click()
    await expect(page.locator("#dialog")).to_be_visible()


async def _faults(page: Page, served: Served) -> None:
    inputs = tuple(replace(one, fault="Write a little more.") for one in ANSWER.inputs)
    served.channel.again = replace(ANSWER, inputs=inputs)
    await _answer(page, served)
    await page.fill("#in-see", "Short")
    await page.click("#dialog button.primary")
    await expect(page.locator(".faults")).to_be_focused()


async def _start(page: Page, served: Served) -> None:
    await page.fill("#say", "/plc start")
    await page.press("#say", "Enter")
    await page.click("#dialog summary")


async def _verbs(page: Page, served: Served) -> None:
    await page.locator("#say").press_sequentially("/p")
    await page.press("#say", "ArrowDown")
    await expect(page.locator("#verbs")).to_be_visible()


async def _note(page: Page, served: Served) -> None:
    await page.fill("#say", "/plc")
    await page.press("#say", "Enter")
    await expect(page.locator("[data-dismiss]")).to_be_visible()


async def _refused(page: Page, served: Served) -> None:
    await page.fill("#reply", "x" * 4_001)
    await page.press("#reply", "Enter")
    await expect(page.locator(".thread .refusal .fault")).to_be_visible()


async def _edit(page: Page, served: Served) -> None:
    await page.hover("#m-web\\:5")
    await page.click("#m-web\\:5 >> text=Edit")
    await expect(page.locator("#dialog")).to_be_visible()


async def _delete(page: Page, served: Served) -> None:
    await page.hover("#m-web\\:5")
    await page.click("#m-web\\:5 >> text=Delete")
    await expect(page.locator("#dialog")).to_be_visible()


async def _behind(page: Page, served: Served) -> None:
    await page.click(".me button")
    await expect(page.locator("#behind")).to_be_visible()


async def _gone(page: Page, served: Served) -> None:
    await served.channel.edit(
        user="alvarez", channel="grade-7-ela", key="web:5", text="x", once="1"
    )
    await served.channel.delete(user="ortiz", channel="grade-7-ela", key="web:4", once="2")
    await expect(page.locator(".gone")).to_have_count(1)
    await page.hover("#m-web\\:5")


async def _paused(page: Page, served: Served) -> None:
    await page.wait_for_function("document.readyState === 'complete'")
    while not served.site.streams.count:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    for _ in range(5):
        served.site.streams.open(await _browser(page))
    await expect(page.locator("#paused")).to_be_visible()


async def _browser(page: Page) -> str:
    return (await page.context.cookies())[0]["value"]


STATES = {
    "the channel": State(ROOM),
    "the channel, empty": State(f"/as/alvarez/channel/{QUIET}"),
    "the channel, commands offered": State(ROOM, _verbs),
    "the channel, a private answer": State(ROOM, _note),
    "the channel, a dialog with every input": State(ROOM, _start),
    "the thread": State(THREAD),
    "the thread, edited and deleted": State(THREAD, _gone),
    "the thread, a dialog": State(THREAD, _answer),
    "the thread, a dialog with faults": State(THREAD, _faults, "422"),
    "the thread, a message refused": State(THREAD, _refused, "422"),
    "the thread, editing": State(THREAD, _edit),
    "the thread, deleting": State(THREAD, _delete),
    "the thread, paused": State(THREAD, _paused),
    "behind the scenes": State(THREAD, _behind),
    "the report": State("/as/alvarez/runs/r1"),
    "the report of a colleague": State("/as/chen/runs/r1"),
    "the page for a projector": State("/as/alvarez/runs/r1/projector"),
    "nothing here": State("/nowhere", noise="404"),
}
LOOKS = [(width, scheme) for width in (1100, 400) for scheme in ("light", "dark")]


@cache
def axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text()


async def violations(page: Page) -> list[Any]:
    """What axe finds; a moving page is looked at when it rests."""
    await page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    await page.evaluate(axe())
    found = await page.evaluate(
        "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES
    )
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]]


async def look_at(page: Page, width: int, scheme: str) -> tuple[list[Any], int]:
    """What axe finds, and by how much the page is too wide."""
    await page.set_viewport_size({"width": width, "height": 760})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    found = await violations(page)
    return found, await page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("name", STATES)
async def test_axe_finds_nothing(browser: Browser, name: str) -> None:
    state, found = STATES[name], {}
    async with serving() as served:
        await seed(served.channel)
        served.channel.answers = {WRITE.id: ANSWER, "/plc start": START_FORM, "/plc": NOTE}
        opened = await window(browser)
        await opened.page.goto(served.base + state.path)
        if state.act is not None:
            await state.act(opened.page, served)
        for width, scheme in LOOKS:
            found[width, scheme] = await look_at(opened.page, width, scheme)
        await opened.page.context.close()
    assert [text for text in opened.said if state.noise not in text] == []
    assert found == {look: ([], 0) for look in LOOKS}


@pytest.mark.parametrize("kind", DIALOGS)
async def test_axe_finds_nothing_in_any_dialog(browser: Browser, kind: str) -> None:
    form = DIALOGS[kind]
    for form_state in (form, replace(form, inputs=tuple(map(_at_fault, form.inputs)))):
        async with serving() as served:
            served.channel.answers = {"/plc x": form_state}
            opened = await window(browser, 400, "dark")
            await opened.page.goto(served.room())
            await opened.page.fill("#say", "/plc x")
            await opened.page.press("#say", "Enter")
            await expect(opened.page.locator("#dialog")).to_be_visible()
            assert (await violations(opened.page), opened.said) == ([], [])
            await opened.page.context.close()


def _at_fault(one: Input) -> Input:
    return replace(one, fault="Please look at this again.")


async def test_every_dialog_of_the_product_has_its_row() -> None:
    """What makes a form and has no row in `dialogs.py` fails here."""
    assert makers() == set(ROWS)


async def test_the_rows_hold_every_kind_of_input_that_the_product_asks_for() -> None:
    kinds = {one.kind for form in (*DIALOGS.values(), ANSWER, START_FORM) for one in form.inputs}
    assert kinds == set(InputKind)


@pytest.mark.parametrize("path", [ROOM, THREAD, "/as/alvarez/runs/r1"])
async def test_at_200_percent_nothing_scrolls_sideways(browser: Browser, path: str) -> None:
    async with serving() as served:
        await seed(served.channel)
        page = (await window(browser, 640)).page
        await page.goto(served.base + path)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 640
        await page.context.close()


async def test_every_target_is_24_pixels_and_shows_its_focus(browser: Browser) -> None:
    async with serving() as served:
        await seed(served.channel)
        page = (await window(browser, 400)).page
        await page.goto(served.base + THREAD)
        sizes = await page.evaluate(
            "[...document.querySelectorAll('button, a, input, textarea')]"
            ".filter(one => one.checkVisibility() && !one.closest('p.text, dd'))"
            ".map(one => [one.textContent.trim(), one.getBoundingClientRect()])"
            ".filter(([, box]) => box.width < 24 || box.height < 24).map(([name]) => name)"
        )
        assert sizes == []
        await page.keyboard.press("Shift+Tab")
        style = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid"
        await page.context.close()


async def test_nothing_moves_for_who_asks_for_calm(browser: Browser) -> None:
    async with serving() as served:
        await seed(served.channel)
        page = (await window(browser)).page
        await page.emulate_media(reduced_motion="reduce")
        await page.goto(served.base + THREAD)
        moving = await page.evaluate(
            "[...document.querySelectorAll('*')].filter(one =>"
            " !['0s', ''].includes(getComputedStyle(one).transitionDuration)).length"
        )
        assert moving == 0
        await page.context.close()
