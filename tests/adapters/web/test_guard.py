from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from adapters.web.guard import POLICY, is_forwarding
from tests.adapters.web.fake_channel import ROOM
from tests.adapters.web.serving import Served, serving

pytestmark = pytest.mark.journey
HERE = f"/as/alvarez/channel/{ROOM}"


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as served:
        yield served


@pytest.fixture
async def web(served: Served) -> AsyncIterator[ClientSession]:
    async with ClientSession(served.base) as session:
        yield session


@pytest.mark.parametrize(
    ("path", "cache"),
    [(HERE, "no-store"), ("/nowhere", "no-store"), ("/static/app.js", "no-cache")],
)
async def test_every_answer_carries_the_policy(web: ClientSession, path: str, cache: str) -> None:
    async with web.get(path) as response:
        headers = response.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == cache


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8080", "LOCALHOST", "[::1]:1"])
async def test_this_computer_is_served(web: ClientSession, host: str) -> None:
    async with web.get(HERE, headers={"Host": host}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.", "127.0.0.2", "localhost:x", ""]
)
async def test_another_host_is_misdirected(web: ClientSession, host: str) -> None:
    async with web.get(HERE, headers={"Host": host}) as response:
        assert response.status == 421
        assert "This page has another address" in await response.text()


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "x-forwarded-host"])
async def test_a_proxy_is_refused(web: ClientSession, header: str) -> None:
    assert is_forwarding(header)
    async with web.get(HERE, headers={header: "1"}) as response:
        assert response.status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://{host}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://{host}", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_another_sites_page_changes_nothing(
    served: Served, web: ClientSession, headers: dict[str, str]
) -> None:
    host = served.base.removeprefix("http://")
    sent = {name: value.replace("{host}", host) for name, value in headers.items()}
    data = {"text": "x", "once": "k"}
    async with web.post(f"{HERE}/say", data=data, headers=sent) as response:
        assert response.status == 403
    assert served.channel.rows == []


@pytest.mark.parametrize("has_headers", [True, False])
async def test_our_own_page_and_a_script_may_post(
    served: Served, web: ClientSession, *, has_headers: bool
) -> None:
    ours = {"Origin": served.base, "Sec-Fetch-Site": "same-origin"} if has_headers else {}
    data = {"text": "x", "once": "k"}
    async with web.post(f"{HERE}/say", data=data, headers=ours) as response:
        assert response.status == 204
    assert len(served.channel.rows) == 1


async def test_the_cookie_names_only_the_browser_and_is_given_once(web: ClientSession) -> None:
    async with web.get(HERE) as response:
        cookie = response.cookies["colloquy_browser"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert len(cookie.value) == 22
    async with web.get(HERE, cookies={"colloquy_browser": cookie.value}) as response:
        assert "colloquy_browser" not in response.cookies
    async with web.get(HERE, cookies={"colloquy_browser": "made up"}) as response:
        assert "colloquy_browser" in response.cookies


async def test_reading_never_changes_anything(served: Served, web: ClientSession) -> None:
    await served.channel.post("Hello", user="alvarez")
    before = list(served.channel.rows)
    for path in ("", "/log", "/messages/web:1/edit", "/messages/web:1/delete", "/say", "/press"):
        async with web.get(HERE + path):
            pass
    assert served.channel.rows == before
    assert served.skipped == []
