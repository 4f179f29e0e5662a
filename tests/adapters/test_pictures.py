"""Charts and documents as they come out of the process that draws them."""

import asyncio
import io
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from adapters import pictures
from adapters.pictures import ProcessPictures
from bot.cards.charts import Chart, talk
from bot.cards.documents import document
from bot.cards.words import english
from tests.adapters.web.examples import ALVAREZ, CHEN, ORTIZ, REPORT

PEOPLE = [("Sra. Ibáñez", 0.5), ("陈老师", 0.3), ("<script>alert(1)</script>", 0.2)]
NAMES = {ALVAREZ: "陈老师", CHEN: "Señor Ibáñez", ORTIZ: "#panic() $x$ *b* @here"}
ELSEWHERE = Chart("", "", {"data": {"url": "https://example.org/a.json"}, "mark": "bar"}, (), ())


@pytest.fixture
async def drawn() -> AsyncIterator[ProcessPictures]:
    drawn = ProcessPictures()
    yield drawn
    await drawn.close()


async def pdf(drawn: ProcessPictures) -> PdfReader:
    chart = talk(english, PEOPLE)
    svg = await drawn.svg(chart)
    assert svg is not None
    made = await drawn.pdf(document(english, REPORT, NAMES, "America/New_York", [(chart, svg)]))
    assert made is not None
    return PdfReader(io.BytesIO(made))


async def test_a_chart_holds_names_as_words_and_nothing_that_runs(drawn: ProcessPictures) -> None:
    svg = await drawn.svg(talk(english, PEOPLE))
    assert svg is not None
    assert svg.startswith("<svg ")
    for word in ("Sra. Ibáñez", "陈老师", "50 %", "&lt;script&gt;"):
        assert word in svg
    assert "<script" not in svg
    assert " style=" not in svg  # the pages' policy refuses it


async def test_a_chart_for_a_chat_is_on_white(drawn: ProcessPictures) -> None:
    png = await drawn.png(talk(english, PEOPLE))
    assert png is not None
    assert png.startswith(b"\x89PNG")


async def test_a_chart_fetches_nothing(drawn: ProcessPictures) -> None:
    assert await drawn.svg(ELSEWHERE) is None
    assert await drawn.svg(talk(english, PEOPLE)) is not None  # and the next one is drawn


async def test_a_report_is_a_tagged_pdf_with_title_and_language(drawn: ProcessPictures) -> None:
    found = await pdf(drawn)
    assert found.metadata is not None
    assert found.metadata.title == "Looking at Student Work"
    root = found.root_object
    assert str(root["/Lang"]) == "en"
    assert "/StructTreeRoot" in root
    assert "'/Marked': True" in str(root["/MarkInfo"])
    assert len(found.pages) == 2


async def test_a_report_shows_names_in_any_script_and_reads_none_as_markup(
    drawn: ProcessPictures,
) -> None:
    text = "\n".join(page.extract_text() for page in (await pdf(drawn)).pages)
    assert "陈老师 facilitated." in text
    assert "Señor Ibáñez" in text
    assert "#panic() $x$ *b* @here" in text
    assert "Una <b>pregunta</b>." in text


async def test_the_same_picture_is_drawn_once(drawn: ProcessPictures) -> None:
    first = await drawn.png(talk(english, PEOPLE))
    await drawn.close()
    assert await drawn.png(talk(english, PEOPLE)) is first
    assert drawn._process is None


async def test_only_the_last_pictures_are_kept(
    drawn: ProcessPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "KEPT", 1)
    one, two = talk(english, PEOPLE), talk(english, PEOPLE[:2])
    first = await drawn.png(one)
    await drawn.png(two)
    assert await drawn.png(one) is not first


async def test_a_process_that_was_killed_is_followed_by_another(drawn: ProcessPictures) -> None:
    await drawn.svg(talk(english, PEOPLE))
    assert drawn._process is not None
    os.kill(drawn._process.pid, signal.SIGKILL)
    await drawn._process.wait()
    assert await drawn.svg(talk(english, PEOPLE[:2])) is not None


async def test_a_process_that_hangs_is_ended(
    drawn: ProcessPictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    await drawn.svg(talk(english, PEOPLE))
    assert drawn._process is not None
    os.kill(drawn._process.pid, signal.SIGSTOP)
    monkeypatch.setattr(pictures, "LONGEST", 0.2)
    assert await drawn.svg(talk(english, PEOPLE[:2])) is None
    monkeypatch.undo()
    assert await drawn.svg(talk(english, PEOPLE[:2])) is not None


async def test_who_goes_away_while_a_picture_is_drawn_leaves_it_to_nobody(
    drawn: ProcessPictures,
) -> None:
    waiting = asyncio.ensure_future(drawn.svg(talk(english, PEOPLE)))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    other = await drawn.svg(talk(english, [("Dr. Okafor", 1.0)]))
    assert other is not None
    assert "Okafor" in other


async def test_without_a_process_there_is_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    drawn = ProcessPictures()
    assert await drawn.svg(talk(english, PEOPLE)) is None


def test_the_process_ends_with_its_input(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "adapters.drawing", str(tmp_path)],
        input=b'["svg", "{}"]\n',
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"-1\n", b"")
