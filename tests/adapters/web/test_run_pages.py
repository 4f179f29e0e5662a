"""The pages of one run: its report, the PDF of it, and the wall."""

import sys
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Browser, expect

from bot.cards.model import Heading
from tests.adapters.web.examples import PROJECTED
from tests.adapters.web.serving import OneReport, Served, window, words

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def web(served: Served) -> AsyncIterator[ClientSession]:
    async with ClientSession(served.base) as session:
        yield session


async def test_the_report_shows_steps_numbers_and_commitments(web: ClientSession) -> None:
    async with web.get("/as/alvarez/runs/r1") as response:
        text = words(await response.text())
    for sentence in (
        "A rehearsal: it never counts as evidence.",
        "The team sat in one room. The numbers show the written part only.",
        "Mr. Chen Try paragraph templates on Thursday Thursday, October 8 partly",
        "Somebody Bring two samples no date not said yet",
        "Mr. Chen: Try paragraph templates on Thursday (2026-10-08)",
        "Explains it 7B 26 9 18.5 16 October 5, 2026",
        "<b>Reasons</b>" + 7 * " \u2013",
        "2. What do you see? 3:50 pm to 3:58 pm 2 of 3 6 and 1 aside 45 %",
        "3. Debrief Skipped: the bell rang.",
        "Unnamed What I notice 陈老师: 句子很短。",
        "Paragraph drafts from Ms. Alvarez",
        "Quick-write from Sra. Ortiz Una <b>pregunta</b>.",
    ):
        assert sentence in text


async def test_who_was_heard_is_named_to_the_facilitator_alone(web: ClientSession) -> None:
    async with web.get("/as/alvarez/runs/r1") as response:
        assert "Heard Ms. Alvarez, Mr. Chen" in words(await response.text())
    async with web.get("/as/chen/runs/r1") as response:
        text = words(await response.text())
    assert "Heard Ms. Alvarez" not in text
    assert "2 of 3" in text
    assert "A colleague 45 %" in text


async def test_a_chart_stands_in_the_page_with_its_sentence_and_numbers(web: ClientSession) -> None:
    async with web.get("/as/alvarez/runs/r1") as response:
        text = await response.text()
    assert 'role="img" aria-label="Top share 55 %, even would be 33 %."><svg ' in text
    assert "Who Share of what was said Mr. Chen 55 % Sra. Ortiz 45 % Ms. Alvarez 0 %" in words(text)


async def test_a_report_is_saved_as_a_pdf(web: ClientSession) -> None:
    async with web.get("/as/alvarez/runs/r1/report.pdf") as response:
        assert response.content_type == "application/pdf"
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        assert (await response.read()).startswith(b"%PDF-")
    async with web.get("/as/rivers/runs/r1/report.pdf") as response:
        assert response.status == 404


async def test_where_nothing_can_be_drawn_the_page_stands_without(
    web: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    async with web.get("/as/alvarez/runs/r1") as response:
        text = await response.text()
    assert "<svg viewBox" not in text
    assert "Top share 55 %, even would be 33 %." in words(text)
    async with web.get("/as/alvarez/runs/r1/report.pdf") as response:
        assert response.status == 503
        assert "The report is on its page." in words(await response.text())


async def test_the_wall_is_for_who_is_in_the_run(web: ClientSession) -> None:
    async with web.get("/as/chen/runs/r1/projector") as response:
        assert "Until 3:54 pm : 4 minutes 2 of 3 in" in words(await response.text())
    async with web.get("/as/rivers/runs/r1/projector") as response:
        assert response.status == 404


async def test_a_report_over_school_days_says_the_day_of_each_step(web: ClientSession) -> None:
    async with web.get("/as/alvarez/runs/r2") as response:
        text = words(await response.text())
    steps = "2. What do you see? Tuesday, October 6, 3:50 pm to Tuesday, October 6, 3:58 pm 2 of 3"
    assert steps in text


async def test_a_link_that_could_run_is_not_a_link(web: ClientSession) -> None:
    async with web.get("/as/alvarez/runs/r1") as response:
        assert "javascript:" not in await response.text()


async def test_the_wall_follows_the_run_by_itself(browser: Browser, served: Served) -> None:
    opened = await window(browser)
    await opened.page.goto(served.base + "/as/alvarez/runs/r1/projector")
    await expect(opened.page.locator("h1")).to_have_text("Step 2 of 6: What do you see?")
    assert isinstance(served.site.reports, OneReport)
    elements = (Heading("Step 3 of 6: Debrief"), *PROJECTED.elements[1:])
    served.site.reports.wall = replace(PROJECTED, elements=elements)
    await expect(opened.page.locator("h1")).to_have_text("Step 3 of 6: Debrief")
    assert opened.said == []
