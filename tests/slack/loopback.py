"""A Slack on loopback: strict where Slack is strict, with a book of all that it was asked.

It imports nothing of the product. What people do waits until the app has answered.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, WSMsgType, web
from slack_sdk.signature import SignatureVerifier

from tests.slack.web_api import SECRET, Channel, WebApi

PAUSES = (0.0, 0.02, 0.05)  # before each delivery of an event: Slack's 0, 1 and 5 minutes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app answered: status and body, JSON where it was JSON."""

    status: int
    body: Any


class Loopback(WebApi):
    """One workspace and its people. Use `async with loopback() as slack`."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now`: seconds, for the ids of messages."""
        super().__init__(now)
        self._post_to: str | None = None
        self._socket: web.WebSocketResponse | None = None
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

    # The school.

    def add_user(self, name: str, *, is_guest: bool = False) -> str:
        """Somebody new; their user id."""
        user = f"U{next(self.ids):04}"
        profile = {"display_name": name, "real_name": name}
        self.users[user] = {"id": user, "name": name.lower(), "profile": profile, "is_bot": False}
        self.users[user]["is_restricted"] = is_guest
        return user

    def add_channel(self, name: str, members: list[str]) -> str:
        """A channel with these people, and with the bot."""
        channel = f"C{next(self.ids):04}"
        self.channels[channel] = Channel(name, [*members, self.bot_user])
        return channel

    def deliver_to(self, url: str) -> None:
        """Send by HTTP from now on."""
        self._post_to = url

    def fail(self, method: str, **how: Any) -> None:
        """Let the next call of a method fail: `status`, `error`, `retry_after` or `lost=True`."""
        self.faults.setdefault(method, []).append(how)

    # What people do.

    async def say(self, user: str, channel: str, text: str, thread: str | None = None) -> str:
        """Say something; its ts, once the app has taken it or Slack has given up."""
        message = {"type": "message", "user": user, "text": text, "ts": self.ts()}
        message |= {"thread_ts": thread} if thread else {}
        self.channels[channel].messages[message["ts"]] = message
        await self.event(message | {"channel": channel, "channel_type": "channel"})
        return str(message["ts"])

    async def edit(self, channel: str, ts: str, text: str) -> None:
        """Edit a message as its author."""
        before = self.channels[channel].messages[ts]
        edited = {"user": before["user"], "ts": self.ts()}
        after = before | {"text": text, "edited": edited}
        self.channels[channel].messages[ts] = after
        await self._changed(
            channel, "message_changed", {"message": after, "previous_message": before}
        )

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message as its author."""
        before = self.channels[channel].messages.pop(ts)
        await self._changed(
            channel, "message_deleted", {"deleted_ts": ts, "previous_message": before}
        )

    async def _changed(self, channel: str, subtype: str, more: Mapping[str, Any]) -> None:
        at = self.ts()
        event = {"type": "message", "subtype": subtype, "hidden": True, "ts": at, "event_ts": at}
        await self.event({**event, "channel": channel, **more})

    async def event(self, event: Mapping[str, Any], event_id: str = "") -> Answer:
        """Deliver an event, again where the app did not take it, three times at most."""
        body = {
            "type": "event_callback",
            "team_id": self.team,
            "api_app_id": "A0APP",
            "event_id": event_id or f"Ev{next(self.ids):08}",
            "event_time": int(self.now()),
            "event": event,
            "authorizations": [{"team_id": self.team, "user_id": self.bot_user, "is_bot": True}],
        }
        answer = Answer(0, None)
        for pause in PAUSES:
            await asyncio.sleep(pause)
            answer = await self._deliver("events_api", body, json.dumps(body), "application/json")
            if answer.status == 200:
                break
        return answer

    async def slash(self, user: str, channel: str, command: str, text: str) -> Answer:
        """Type a slash command; what the app answered."""
        body = {
            "command": command,
            "text": text,
            "team_id": self.team,
            "channel_id": channel,
            "user_id": user,
            "trigger_id": self._trigger(user),
        }
        form = "application/x-www-form-urlencoded"
        return await self._deliver("slash_commands", body, urlencode(body), form)

    async def click(
        self,
        user: str,
        channel: str,
        message: Mapping[str, Any],
        label: str,
        value: str | None = None,
    ) -> Answer:
        """Press a button of a message by its label. LookupError where it has none such.

        `value`: what comes back instead of the button's own, as a forged press would have it.
        """
        buttons = [
            one
            for block in message["blocks"]
            if block["type"] == "actions"
            for one in block["elements"]
        ]
        found = [one for one in buttons if one["text"]["text"] == label]
        if not found:
            raise LookupError([one["text"]["text"] for one in buttons])
        action = {"action_id": found[0]["action_id"], "value": value or found[0]["value"]}
        body = {
            "type": "block_actions",
            "team": {"id": self.team},
            "user": {"id": user},
            "channel": {"id": channel},
            "trigger_id": self._trigger(user),
            "container": {"message_ts": message["ts"], "channel_id": channel},
            "message": dict(message),
            "actions": [action | {"type": "button", "action_ts": self.ts()}],
        }
        return await self._interact(body)

    async def submit(self, user: str, values: Mapping[str, Mapping[str, Any]]) -> Answer:
        """Hand in the modal that is open; `values`: the state by block."""
        view = self.views[user]
        state = {block: {block: dict(given)} for block, given in values.items()}
        body = {
            "type": "view_submission",
            "team": {"id": self.team},
            "user": {"id": user},
            "trigger_id": self._trigger(user),
            "view": view | {"state": {"values": state}},
        }
        answer = await self._interact(body)
        if answer.status == 200 and not answer.body:
            del self.views[user]
        return answer

    async def _interact(self, body: Mapping[str, Any]) -> Answer:
        form = "application/x-www-form-urlencoded"
        raw = urlencode({"payload": json.dumps(body)})
        return await self._deliver("interactive", body, raw, form)

    def message(self, channel: str, *words: str) -> dict[str, Any]:
        """The newest message of the app whose text holds all these words. LookupError without."""
        for one in reversed(self.channels[channel].messages.values()):
            if one.get("bot_id") and all(word in one["text"] for word in words):
                return one
        raise LookupError([one["text"] for one in self.channels[channel].messages.values()])

    # Delivery.

    async def _deliver(self, kind: str, body: Mapping[str, Any], raw: str, form: str) -> Answer:
        if self._post_to is None:
            return await self._by_socket(kind, body)
        at = str(int(time.time()))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=raw)
        headers = {
            "Content-Type": form,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature or "",
        }
        async with (
            ClientSession() as http,
            http.post(self._post_to, data=raw.encode(), headers=headers) as response,
        ):
            text = await response.text()
            is_json = response.content_type == "application/json" and text
            return Answer(response.status, json.loads(text) if is_json else text)

    async def _by_socket(self, kind: str, body: Mapping[str, Any]) -> Answer:
        async with asyncio.timeout(10):
            while self._socket is None:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        envelope = f"env-{next(self.ids)}"
        self._waiting[envelope] = asyncio.get_running_loop().create_future()
        sent = {"envelope_id": envelope, "type": kind, "payload": body}
        await self._socket.send_json({**sent, "accepts_response_payload": kind != "events_api"})
        try:
            async with asyncio.timeout(5):
                return await self._waiting[envelope]
        except TimeoutError:
            return Answer(0, None)

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """The connection of Socket Mode."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._socket = socket
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                told = json.loads(message.data)
                waiting = self._waiting.pop(told.get("envelope_id", ""), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(Answer(200, told.get("payload") or ""))
        self._socket = None
        return socket

    def _trigger(self, user: str) -> str:
        trigger = f"{next(self.ids)}.1.a"
        self.triggers[trigger] = (time.monotonic(), user)
        return trigger


@asynccontextmanager
async def loopback(now: Callable[[], float] = time.time) -> AsyncIterator[Loopback]:
    """A Slack on a port of its own, until the block ends."""
    slack = Loopback(now)
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.add_routes([web.route("*", "/api/{method}", slack.api), web.get("/socket", slack.socket)])
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.is_at(runner.addresses[0][1])
        yield slack
    finally:
        await runner.cleanup()
