"""Colloquy in a workspace: a run from its command to its record, over both transports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from sqlalchemy import select

from adapters.slack import app as slack_app
from adapters.slack.parse import PLATFORM
from adapters.slack.service import BadToken, Slack, service
from bot import delivery, intake
from bot.cards.words import english
from bot.clock import tick_due
from bot.flows import people
from bot.flows.export import export_run, list_runs
from bot.flows.house import House
from bot.wiring import new_id
from protocols.school_days import Calendar
from storage import migrate
from storage import people as rows
from storage.database import Database
from storage.outbox import OPEN
from storage.sealing import Vault
from storage.tables import OutboxRow
from tests.protocols.factories import LIBRARY
from tests.slack.loopback import Loopback, loopback

pytestmark = pytest.mark.journey
WAYS = ("socket", "http")


@dataclass
class Scene:
    """A team of three in a channel of a workspace, and the product that serves it."""

    slack: Loopback
    house: House
    served: Slack
    ana: str
    ben: str
    cy: str
    room: str
    url: str

    async def settle(self) -> None:
        """Handle, tick and deliver until nothing is left; what must wait is waited for."""
        while True:
            done = await intake.handle_due(self.house) + await tick_due(self.house)
            done += await delivery.deliver_due(self.house, {PLATFORM: self.served.chat})
            if not done:
                async with self.house.database.read() as session:
                    open_rows = select(OutboxRow.id).where(OutboxRow.state.in_(OPEN))
                    if not (await session.scalars(open_rows)).all():
                        return
                await asyncio.sleep(0.05)

    async def command(self, user: str, line: str) -> Any:
        """Type a command; what was answered."""
        word, _, rest = line.partition(" ")
        answer = await self.slack.slash(user, self.room, word, rest)
        assert answer.status == 200
        await self.settle()
        return answer.body

    async def press(self, user: str, label: str, *words: str) -> None:
        """Press a button of the newest message of ours that holds these words."""
        message = self.slack.message(self.room, *words)
        assert (await self.slack.click(user, self.room, message, label)).status == 200
        await self.settle()

    async def export(self) -> dict[str, Any]:
        """The record of the newest run."""
        runs = await list_runs(self.house, None)
        return await export_run(self.house, runs[0]["id"])


def house(folder: Path) -> House:
    url = f"sqlite:///{folder / 'slack.db'}"
    migrate.upgrade(url)
    return House(
        database=Database(url),
        now=lambda: datetime.now(UTC),
        new_id=new_id,
        vault=Vault("a test's secret"),
        calendar=Calendar(),
        t=english,
        library=LIBRARY,
    )


@asynccontextmanager
async def scene(folder: Path, way: str) -> AsyncIterator[Scene]:
    """A workspace with Colloquy in it."""
    async with loopback() as slack:
        home = house(folder)

        async def organization_of(team: str, name: str) -> str:
            return await people.organization_of(home, PLATFORM, team, name)

        is_socket = way == "socket"
        served = service(
            home,
            api_url=slack.api_url,
            bot_token=slack.bot_token,
            app_token=slack.app_token if is_socket else None,
            secret=None if is_socket else slack.secret,
            organization_of=organization_of,
        )
        async with served as there, _listening(there) as url:
            if not is_socket:
                slack.deliver_to(url)
            users = [slack.add_user(name) for name in ("Ana Ruiz", "Ben Okafor", "Cy <!here>")]
            room = slack.add_channel("grade-7", users)
            ana, ben, cy = users
            yield Scene(slack, home, there, ana, ben, cy, room, url)
        await home.database.close()
        assert slack.wrong == []


@asynccontextmanager
async def _listening(there: Slack) -> AsyncIterator[str]:
    app = web.Application(client_max_size=slack_app.LARGEST)
    slack_app.mount(app, there.app)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{slack_app.EVENTS}"
    finally:
        await runner.cleanup()


def text(value: str) -> dict[str, Any]:
    return {"type": "plain_text_input", "value": value}


@pytest.mark.parametrize("way", WAYS)
async def test_a_run_goes_from_its_command_to_its_record(tmp_path: Path, way: str) -> None:
    async with scene(tmp_path, way) as on:
        assert await on.command(on.ana, "/plc start notice-wonder") == ""
        card = on.slack.message(on.room, "Notice and Wonder")
        step = on.slack.message(on.room, "Step 1 of 6")
        assert step["thread_ts"] == card["ts"]
        await on.slack.click(on.ben, on.room, step, "Write mine")
        assert on.slack.views[on.ben]["title"]["text"] == "Step 1"
        refused = await on.slack.submit(on.ben, {"f0": text("")})
        assert refused.body == {
            "response_action": "errors",
            "errors": {"f0": "Please fill this in."},
        }
        assert (
            await on.slack.submit(on.ben, {"f0": text("Two of eight <!channel>")})
        ).status == 200
        await on.settle()
        await on.press(on.ana, "Next", "Notice and Wonder")
        note = on.slack.ephemerals[-1]
        assert (note["user"], note["thread_ts"]) == (on.ana, card["ts"])
        assert (await on.slack.click(on.ana, on.room, note, "Close anyway")).status == 200
        await on.settle()
        ts = await on.slack.say(on.cy, on.room, "They &lt;stop&gt; early", thread=card["ts"])
        await on.settle()
        await on.slack.edit(on.room, ts, "They stop early here")
        await on.settle()
        _is_recorded(on, await on.export(), card["ts"], ts)
        await on.slack.delete(on.room, ts)
        await on.settle()
        assert (await on.export())["contributions"][1]["deleted"]


def _is_recorded(on: Scene, record: dict[str, Any], thread: str, ts: str) -> None:
    assert record["run"]["place"] == {
        "platform": "slack",
        "channel": on.room,
        "thread": thread,
    }
    assert record["run"]["facilitator"] == on.ana
    first, second = record["contributions"]
    assert (first["person"], first["step"], first["text"]) == (
        on.ben,
        0,
        "Two of eight <!channel>",
    )
    assert (second["key"], second["step"], second["words"], second["edited"]) == (
        ts,
        1,
        4,
        True,
    )
    assert record["participation"][1]["heard"] == [on.cy]


async def test_people_are_known_by_their_names_and_leave_with_the_channel(tmp_path: Path) -> None:
    async with scene(tmp_path, "http") as on:
        await on.command(on.ana, "/plc start")
        async with on.house.database.read() as session:
            everyone = await rows.everyone(session, await _organization(on), PLATFORM)
        assert sorted(one.name for one in everyone) == ["Ana Ruiz", "Ben Okafor", "Cy <!here>"]
        on.slack.channels[on.room].members.remove(on.cy)
        await on.slack.event({"type": "member_left_channel", "channel": on.room, "user": on.cy})
        await on.command(on.ana, "/plc start notice-wonder")
        assert len((await on.export())["participation"][0]["expected"]) == 1


async def _organization(on: Scene) -> str:
    return await people.organization_of(on.house, PLATFORM, on.slack.team, "School")


@pytest.mark.parametrize("way", WAYS)
async def test_what_only_shows_something_is_answered_privately(tmp_path: Path, way: str) -> None:
    async with scene(tmp_path, way) as on:
        menu = await on.command(on.ana, "/plc")
        assert menu["response_type"] == "ephemeral"
        assert menu["text"] == "Nothing is running here."
        nearest = await on.command(on.ana, "/plc begn")
        assert "I do not know" in nearest["text"]
        assert await on.command(on.ana, "/plc plan") == ""
        assert on.slack.views[on.ana]["submit"]["text"] == "Plan it"


async def test_an_event_that_comes_again_does_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path, "http") as on:
        await on.command(on.ana, "/plc start notice-wonder")
        await on.press(on.ana, "Next", "Notice and Wonder")
        thread = on.slack.message(on.room, "Notice and Wonder")["ts"]
        event = {
            "type": "message",
            "channel": on.room,
            "user": on.ben,
            "text": "One",
            "ts": "1791300000.000100",
            "thread_ts": thread,
        }
        for _ in range(3):
            assert (await on.slack.event(event, "Ev1")).status == 200
        await on.settle()
        assert len((await on.export())["contributions"]) == 1


async def test_a_workspace_that_removes_us_is_answered(tmp_path: Path) -> None:
    async with scene(tmp_path, "http") as on:
        for kind in ("app_uninstalled", "tokens_revoked"):
            assert (
                await on.slack.event({"type": kind, "tokens": {"bot": ["U0BOT"]}})
            ).status == 200


async def test_forged_stale_and_broken_requests_leave_no_row(tmp_path: Path) -> None:
    async with scene(tmp_path, "http") as on, ClientSession() as http:
        for headers, body, status in (
            ({}, b"{}", 401),
            ({"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=00"}, b"{}", 401),
            ({"Content-Type": "application/json"}, b"{", 400),
            ({"Content-Type": "application/json"}, b"[]", 400),
            ({}, BytesIO(b"x" * (slack_app.LARGEST + 1)), 413),
        ):
            async with http.post(on.url, data=body, headers=headers) as response:
                assert response.status == status
                assert "Traceback" not in await response.text()
        assert await intake.handle_due(on.house) == 0


async def test_an_answer_that_was_lost_is_looked_for_and_not_posted_again(tmp_path: Path) -> None:
    async with scene(tmp_path, "http") as on:
        on.slack.fail("chat.postMessage", lost=True)
        on.slack.fail("chat.postMessage", retry_after=1)
        await on.slack.slash(on.ana, on.room, "/plc", "start notice-wonder")
        await on.settle()
        texts = [one["text"] for one in on.slack.channels[on.room].messages.values()]
        assert len(texts) == len(set(texts))
        assert "Step 1 of 6" in texts[-1]


async def test_a_token_that_slack_does_not_know_ends_the_start(tmp_path: Path) -> None:
    async with loopback() as slack:
        home = house(tmp_path)
        with pytest.raises(BadToken, match="SLACK_BOT_TOKEN \\(invalid_auth\\)"):
            async with service(
                home,
                api_url=slack.api_url,
                bot_token="xoxb-other",
                app_token=None,
                secret="s",
                organization_of=lambda *_: asyncio.sleep(0, ""),
            ):
                pass
        await home.database.close()
