import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from adapters.web.streams import Streams
from tests.adapters.web.examples import NOTE
from tests.adapters.web.fake_channel import ROOM
from tests.adapters.web.serving import Served, serving

pytestmark = pytest.mark.journey
STREAM = f"/as/alvarez/channel/{ROOM}/stream"
FOREVER = ClientTimeout(total=20)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as served:
        yield served


@pytest.fixture
async def web(served: Served) -> AsyncIterator[ClientSession]:
    connector = TCPConnector(limit=0)
    async with ClientSession(
        served.base, connector=connector, timeout=FOREVER, cookie_jar=DummyCookieJar()
    ) as session:
        yield session


async def event(response: ClientResponse) -> dict[str, str]:
    """The next event; comments and the retry time are no events."""
    found: dict[str, str] = {}
    while True:
        line = (await response.content.readline()).decode().rstrip("\r\n")
        if not line and ("data" in found or not response.content.is_eof()):
            if "data" in found:
                return found
            found = {}
        elif not line:
            return {}
        else:
            name, _, value = line.partition(": ")
            found[name] = f"{found[name]}\n{value}" if name in found else value


async def until_none_waits(served: Served) -> None:
    async with asyncio.timeout(5):
        while served.site.streams.count or served.channel.waiting:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


async def test_a_stream_sends_what_is_there_and_what_comes(
    served: Served, web: ClientSession
) -> None:
    await served.channel.post("First", user="chen")
    async with web.get(f"{STREAM}?after=0") as response:
        first = await event(response)
        await served.channel.post("Line 1\nLine 2", user="chen")
        second = await event(response)
    assert (first["id"], second["id"]) == ("1", "2")
    assert "First" in first["data"]
    assert "Line 1\nLine 2</p>" in second["data"]
    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Accel-Buffering"] == "no"


async def test_a_stream_goes_on_after_the_row_it_is_told(
    served: Served, web: ClientSession
) -> None:
    for number in range(4):
        await served.channel.post(f"Number {number}", user="chen")
    async with web.get(f"{STREAM}?after=2") as response:
        assert (await event(response))["id"] == "3"
    async with web.get(f"{STREAM}?after=1", headers={"Last-Event-ID": "3"}) as response:
        assert (await event(response))["id"] == "4"


@pytest.mark.parametrize("after", ["", "x", "-1", "٣"])
async def test_a_row_that_is_none_is_the_beginning(
    served: Served, web: ClientSession, after: str
) -> None:
    await served.channel.post("First", user="chen")
    async with web.get(STREAM, params={"after": after}) as response:
        assert (await event(response))["id"] == "1"


async def test_a_page_of_another_log_is_told_to_load_again(web: ClientSession) -> None:
    async with web.get(f"{STREAM}?after={10**30}") as response:
        assert (await event(response))["event"] == "reload"


async def test_private_notes_go_to_one_person(served: Served, web: ClientSession) -> None:
    await served.channel.post(NOTE, only="chen")
    await served.channel.post("After it", user="chen")
    async with web.get(f"{STREAM}?after=0") as response:
        assert "After it" in (await event(response))["data"]


async def test_a_thread_is_streamed_where_it_is_open_and_counted_where_it_is_not(
    served: Served, web: ClientSession
) -> None:
    await served.channel.post("Root", user="chen")
    async with (
        web.get(f"{STREAM}?after=1") as outside,
        web.get(f"{STREAM}?after=1&thread=web:1") as inside,
    ):
        await served.channel.post("Reply", user="chen", thread="web:1")
        assert ">1 reply</a>" in (await event(outside))["data"]
        assert 'data-into="thread-log"' in (await event(inside))["data"]
        assert ">1 reply</a>" in (await event(inside))["data"]


async def test_a_card_that_is_shown_anew_keeps_its_number_of_replies(
    served: Served, web: ClientSession
) -> None:
    root = await served.channel.post(NOTE)
    await served.channel.post("Reply", user="chen", thread=root.key)
    async with web.get(f"{STREAM}?after=2") as response:
        assert ">1 reply</a>" in (await event(response))["data"]
        await served.channel.replace_card(root.key, NOTE)
        again = await event(response)
    assert 'data-op="edit"' in again["data"]
    assert ">1 reply</a>" in again["data"]
    async with web.get(f"/as/alvarez/channel/{ROOM}/log?after=2") as response:
        assert (await response.text()).count(">1 reply</a>") == 2


async def test_the_log_answers_the_same_at_once(served: Served, web: ClientSession) -> None:
    await served.channel.post("First", user="chen")
    await served.channel.post("Second", user="chen")
    async with web.get(f"/as/alvarez/channel/{ROOM}/log?after=1") as response:
        text = await response.text()
    assert "Second" in text
    assert "First" not in text


async def test_the_sixth_window_of_a_browser_pauses_the_first(
    served: Served, web: ClientSession
) -> None:
    cookie = {"Cookie": "colloquy_browser=" + "a" * 22}
    opened = [await web.get(STREAM, headers=cookie) for _ in range(5)]
    other = await web.get(STREAM, headers={"Cookie": "colloquy_browser=" + "b" * 22})
    started = time.monotonic()
    opened.append(await web.get(STREAM, headers=cookie))
    assert (await event(opened[0]))["event"] == "close"
    assert time.monotonic() - started < 0.5
    assert await event(opened[0]) == {}
    await served.channel.post("Still here", user="chen")
    for response in [*opened[1:], other]:
        assert "Still here" in (await event(response))["data"]
        response.close()


async def test_200_streams_that_are_dropped_leave_none(served: Served, web: ClientSession) -> None:
    async def open_one() -> ClientResponse:
        return await web.get(STREAM)

    opened = await asyncio.gather(*(open_one() for _ in range(200)))
    assert served.site.streams.count == 200
    await served.channel.post("To all", user="chen")
    for response in opened:
        assert "To all" in (await event(response))["data"]
        response.close()
    await until_none_waits(served)
    assert served.site.streams.opened == {}


async def test_stopping_with_open_streams_takes_less_than_3_seconds(
    served: Served, web: ClientSession
) -> None:
    opened = [await web.get(STREAM) for _ in range(20)]
    started = time.monotonic()
    await served.runner.cleanup()
    assert time.monotonic() - started < 3
    assert [await event(response) for response in opened] == [{}] * 20


async def test_a_stream_that_fails_ends_and_the_next_one_goes_on(
    served: Served, web: ClientSession, capsys: pytest.CaptureFixture[str]
) -> None:
    served.channel.is_broken = True
    async with web.get(STREAM) as response:
        assert response.status == 200
        assert await event(response) == {}
    served.channel.is_broken = False
    await served.channel.post("Back", user="chen")
    async with web.get(STREAM) as response:
        assert "Back" in (await event(response))["data"]
    assert "secret" not in capsys.readouterr().out


def test_a_stream_that_comes_after_the_end_is_over_at_once() -> None:
    streams = Streams()
    streams.close()
    assert streams.open("a").is_over
