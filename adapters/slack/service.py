"""Slack in one workspace: who we are there, what comes in, and the chat that goes out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.app import Counter, bolt
from adapters.slack.chat import SlackChat
from adapters.slack.installation import Installation, who_we_are
from adapters.slack.members import members, name_of
from adapters.slack.parse import PLATFORM
from adapters.slack.render import Face, Faces
from bot.flows import people
from bot.flows.desk import Desk
from bot.flows.house import House
from bot.flows.people import Known

TIMEOUT = 10  # seconds; the only clock of a call
LEARNING = 1.5  # seconds that a person waits for it
AGAIN = 5.0  # seconds
BAD_TOKEN = ("invalid_auth", "account_inactive", "token_revoked", "not_authed")
log = structlog.get_logger()


class BadToken(Exception):
    """Slack knows no such token; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Slack:
    """What runs: Bolt, the chat, and whether Slack can reach us."""

    app: AsyncApp
    chat: SlackChat
    is_connected: Callable[[], Awaitable[bool]]


class Workspace:
    """What a workspace tells of its people, and what we remember of that."""

    def __init__(self, house: House, here: Installation) -> None:
        """`here`: who we are in it."""
        self._house, self._here = house, here
        self._known: dict[str, Known] = {}

    async def who_is(self, organization: str, wanted: Any) -> Faces:
        """User ids and names, by our ids."""
        found = await people.faces(self._house, organization, PLATFORM, wanted)
        return {one: Face(user, name) for one, (user, name) in found.items()}

    async def learn(self, here: Installation, client: AsyncWebClient, channel: str) -> None:
        """Who is in a channel. What Slack does not tell in time is learned the next time."""
        try:
            async with asyncio.timeout(LEARNING):
                found = await members(client, channel, self._known)
                name = await name_of(client, channel)
        except (SlackApiError, ClientError, TimeoutError) as fault:
            log.warning("slack.members_unknown", channel=channel, error=type(fault).__name__)
            return
        where = (channel, name)
        await people.learn(self._house, here.organization, PLATFORM, where, found)


@asynccontextmanager
async def service(
    house: House,
    *,
    api_url: str,
    bot_token: str,
    app_token: str | None,
    secret: str | None,
    organization_of: Callable[[str, str], Awaitable[str]],
) -> AsyncIterator[Slack]:
    """Slack until the block ends. Raises BadToken.

    `app_token`: for Socket Mode; `secret`: for HTTP. `organization_of`: our id of a workspace, by
    Slack's id and name of it.
    """
    async with ClientSession(timeout=ClientTimeout(total=TIMEOUT)) as http:
        client = AsyncWebClient(token=bot_token, base_url=api_url, session=http, retry_handlers=[])
        us = await _us(client)
        here = Installation(
            organization=await organization_of(us["team_id"], us["team"]),
            team=us["team_id"],
            token=bot_token,
            bot=us["bot_id"],
            user=us["user_id"],
        )
        workspace = Workspace(house, here)

        async def find(team: str | None) -> Installation | None:
            return here if team in (None, here.team) else None

        async def who_is(wanted: Any) -> Faces:
            return await workspace.who_is(here.organization, wanted)

        counter = Counter(
            desk=lambda organization: Desk(house, organization),
            now=house.now,
            who_is=workspace.who_is,
            learn=workspace.learn,
        )
        app = bolt(client, find, secret, counter)
        chat = SlackChat(client, who_is, here.bot)
        async with _socket(app, app_token) as is_connected:
            yield Slack(app, chat, is_connected)


async def _us(client: AsyncWebClient) -> dict[str, Any]:
    """Who we are; asked until Slack answers. Raises BadToken."""
    while True:
        try:
            return await who_we_are(client)
        except SlackApiError as fault:
            error = fault.response.get("error")
            if error in BAD_TOKEN:
                msg = f"Slack does not take SLACK_BOT_TOKEN ({error}). Copy it again from your app's page."
                raise BadToken(msg) from fault
            log.warning("slack.waits", error=error)
        except (ClientError, TimeoutError) as fault:
            log.warning("slack.waits", error=type(fault).__name__)
        await asyncio.sleep(AGAIN)


@asynccontextmanager
async def _socket(app: AsyncApp, token: str | None) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """The connection of Socket Mode, where a token is given; over HTTP Slack comes to us."""
    if token is None:

        async def always() -> bool:
            return True

        yield always
        return
    handler = AsyncSocketModeHandler(app, token)
    connecting = asyncio.ensure_future(handler.connect_async())  # type: ignore[no-untyped-call] # Bolt types none of it
    try:
        yield handler.client.is_connected
    finally:
        connecting.cancel()
        with suppress(asyncio.CancelledError):
            await connecting
        await handler.close_async()  # type: ignore[no-untyped-call] # as above
