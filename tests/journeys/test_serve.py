"""`colloquy serve` as a school runs it: a process, its settings, and a Slack on loopback."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.journeys.demo import colloquy, environment
from tests.slack.loopback import Loopback, loopback

pytestmark = pytest.mark.journey
READY = "Colloquy is at "


@asynccontextmanager
async def serving(home: Path, **given: str) -> AsyncIterator[str]:
    """The process, until it is told to stop; yields what it says first."""
    process = await asyncio.create_subprocess_exec(
        *colloquy("serve"),
        stdout=asyncio.subprocess.PIPE,
        env=environment(home) | {"COLLOQUY_PORT": "0"} | given,
    )
    try:
        assert process.stdout is not None
        yield (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0


async def refused(home: Path, **given: str) -> tuple[int | None, str]:
    """The exit code, and what was said, of a start that is refused."""
    process = await asyncio.create_subprocess_exec(
        *colloquy("serve"), stderr=asyncio.subprocess.PIPE, env=environment(home) | given
    )
    _, said = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said.decode()


async def test_without_a_platform_it_says_so_and_is_well(tmp_path: Path) -> None:
    async with serving(tmp_path) as said, ClientSession() as http:
        assert said.startswith(READY)
        assert "no platform is set up" in said
        base = said.removeprefix(READY).split()[0]
        async with http.get(base + "healthz") as response:
            assert response.status == 200
        async with asyncio.timeout(30):
            while await _status(http, base + "readyz") != 200:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.05)
        async with http.get(base) as response:
            assert response.status == 404  # the local channel is for the demo alone


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_BOT_TOKEN is set alone."),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"},
            "COLLOQUY_SECRET_KEY is missing",
        ),
    ],
)
async def test_a_half_set_up_is_refused_in_one_sentence(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    code, sentence = await refused(tmp_path, **given)
    assert code == 1
    assert sentence.startswith(said)
    assert sentence.count("\n") == 1


async def test_a_wrong_token_is_refused_in_one_sentence(tmp_path: Path) -> None:
    async with loopback() as slack:
        code, sentence = await refused(tmp_path, **_settings(slack, bot="xoxb-other"))
    assert code == 1
    assert sentence.startswith("Slack does not take SLACK_BOT_TOKEN (invalid_auth).")
    assert sentence.count("\n") == 1


async def test_a_command_in_slack_begins_a_run(tmp_path: Path) -> None:
    async with loopback() as slack:
        ana, ben = slack.add_user("Ana Ruiz"), slack.add_user("Ben Okafor")
        room = slack.add_channel("grade-7", [ana, ben])
        async with serving(tmp_path, **_settings(slack)) as said:
            assert "Slack, by Socket Mode" in said
            assert (await slack.slash(ana, room, "/plc", "start notice-wonder")).status == 200
            async with asyncio.timeout(30):
                while "Step 1 of 6" not in str(slack.channels[room].messages):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.05)
        assert slack.wrong == []


async def _status(http: ClientSession, address: str) -> int:
    async with http.get(address) as response:
        return response.status


def _settings(slack: Loopback, bot: str = "") -> dict[str, str]:
    return {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": bot or slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "COLLOQUY_SECRET_KEY": "a long random text",
    }
