"""The Web API of the loopback Slack: its methods, and what it refuses."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web
from slack_sdk.models.blocks import Block

SECRET = "loopback-secret"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API, as it came and as it was answered."""

    method: str
    arguments: Mapping[str, Any]
    token: str
    answer: Mapping[str, Any]


@dataclass
class Channel:
    """A channel, its people and its messages by ts."""

    name: str
    members: list[str]
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_archived: bool = False


class WebApi:
    """One workspace, as its Web API sees it."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now`: seconds, for the ids of messages."""
        self._base, self.now = "", now
        self.team, self.bot_user, self.bot = "T0SCHOOL", "U0BOT", "B0BOT"
        self.bot_token, self.app_token, self.secret = "xoxb-loopback", "xapp-loopback", SECRET
        bot: dict[str, Any] = {"id": self.bot_user, "name": "colloquy", "is_bot": True}
        self.users = {self.bot_user: bot}
        self.channels: dict[str, Channel] = {}
        self.book: list[Call] = []
        self.wrong: list[str] = []
        self.faults: dict[str, list[dict[str, Any]]] = {}
        self.views: dict[str, dict[str, Any]] = {}
        self.ephemerals: list[dict[str, Any]] = []
        self.triggers: dict[str, tuple[float, str]] = {}
        self.ids, self._last = count(1), 0

    @property
    def api_url(self) -> str:
        """Where the Web API is."""
        return f"{self._base}/api/"

    def is_at(self, port: int) -> None:
        """Where we listen."""
        self._base = f"http://127.0.0.1:{port}"

    async def api(self, request: web.Request) -> web.Response:
        """One call of the Web API."""
        method = request.match_info["method"]
        arguments = await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        fault = self.faults[method].pop(0) if self.faults.get(method) else None
        if fault is not None and not fault.get("lost"):
            return _failed(fault)
        answer = self._answered(method, arguments, token)
        self.book.append(Call(method, arguments, token, answer))
        if fault is not None and request.transport is not None:
            request.transport.abort()  # it was taken, and nobody hears so
        return web.json_response(answer)

    def _answered(self, method: str, given: dict[str, Any], token: str) -> dict[str, Any]:
        wanted = self.app_token if method == "apps.connections.open" else self.bot_token
        if token != wanted:
            return {"ok": False, "error": "invalid_auth"}
        answering = getattr(self, "_" + method.replace(".", "_"), None)
        if answering is None:
            return {"ok": False, "error": "unknown_method"}
        channel = self.channels.get(given.get("channel", ""))
        if "channel" in given:
            if channel is None or self.bot_user not in channel.members:
                return {
                    "ok": False,
                    "error": "channel_not_found" if channel is None else "not_in_channel",
                }
            if channel.is_archived and method.startswith("chat."):
                return {"ok": False, "error": "is_archived"}
        self._check(method, given)
        answer: dict[str, Any] = answering(given)
        return {"ok": "error" not in answer, **answer}

    def _auth_test(self, _: Any) -> dict[str, Any]:
        us = {"team": "School", "team_id": self.team, "bot_id": self.bot, "user_id": self.bot_user}
        return {**us, "url": self._base, "user": "colloquy"}

    def _apps_connections_open(self, _: Any) -> dict[str, Any]:
        return {"url": self._base.replace("http", "ws", 1) + "/socket"}

    def _chat_postMessage(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 # Slack's name
        messages = self.channels[given["channel"]].messages
        if given.get("thread_ts") and given["thread_ts"] not in messages:
            return {"error": "thread_not_found"}
        names = ("text", "blocks", "thread_ts", "metadata")
        kept: dict[str, Any] = {name: given[name] for name in names if name in given}
        message: dict[str, Any] = {"type": "message", "user": self.bot_user, "bot_id": self.bot}
        message |= {"ts": self.ts(), **kept}
        messages[message["ts"]] = message
        return {"channel": given["channel"], "ts": message["ts"], "message": message}

    def _chat_update(self, given: dict[str, Any]) -> dict[str, Any]:
        messages = self.channels[given["channel"]].messages
        if messages.get(given["ts"], {}).get("bot_id") != self.bot:
            return {"error": "message_not_found"}
        messages[given["ts"]] |= {"text": given["text"], "blocks": given["blocks"]}
        return {"channel": given["channel"], "ts": given["ts"], "text": given["text"]}

    def _chat_postEphemeral(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 # Slack's name
        if given["user"] not in self.channels[given["channel"]].members:
            return {"error": "user_not_in_channel"}
        at = self.ts()
        self.ephemerals.append({**given, "ts": at})
        return {"message_ts": at}

    def _conversations_members(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"members": self.channels[given["channel"]].members}

    def _conversations_info(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"channel": {"id": given["channel"], "name": self.channels[given["channel"]].name}}

    def _conversations_history(self, given: dict[str, Any]) -> dict[str, Any]:
        found = self.channels[given["channel"]].messages.values()
        oldest = given.get("oldest", "0")
        roots = [one for one in found if one.get("thread_ts") in (None, one["ts"])]
        return {"messages": [one for one in roots if one["ts"] > oldest]}

    def _conversations_replies(self, given: dict[str, Any]) -> dict[str, Any]:
        found = self.channels[given["channel"]].messages.values()
        here = [one for one in found if given["ts"] in (one["ts"], one.get("thread_ts"))]
        oldest = given.get("oldest", "0")
        return {"messages": [one for one in here if one["ts"] > oldest or one["ts"] == given["ts"]]}

    def _users_info(self, given: dict[str, Any]) -> dict[str, Any]:
        found = self.users.get(given["user"])
        if found is None:
            return {"error": "user_not_found"}
        return {"user": found}

    def _views_open(self, given: dict[str, Any]) -> dict[str, Any]:
        opened_at, user = self.triggers.pop(given["trigger_id"], (None, ""))
        if opened_at is None or time.monotonic() - opened_at > 3:
            return {"error": "exchanged_trigger_id" if opened_at is None else "expired_trigger_id"}
        view = {**given["view"], "id": f"V{next(self.ids)}", "hash": self.ts()}
        self.views[user] = view
        return {"view": view}

    def _check(self, method: str, given: dict[str, Any]) -> None:
        """What slack_sdk's models say of what goes out, and what no card of ours may hold."""
        shown = given.get("blocks") or (given.get("view") or {}).get("blocks") or []
        if method.startswith("chat.post") and not given.get("text"):
            self.wrong.append(f"{method}: no text")
        if len(shown) > 50:
            self.wrong.append(f"{method}: {len(shown)} blocks")
        for block in shown:
            try:
                again = Block.parse(block)
                if again is None or again.to_dict()["type"] != block["type"]:
                    self.wrong.append(f"{method}: unknown block {block['type']}")
            except Exception as fault:  # noqa: BLE001 # whatever the models refuse
                self.wrong.append(f"{method}: {fault}")
        if "<!" in str(given.get("text", "")):
            self.wrong.append(f"{method}: a mass mention")

    def ts(self) -> str:
        """The id of a message: later than every one before."""
        self._last = max(self._last + 1, int(self.now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    given = dict(await request.post()) | dict(request.query)
    return {name: _plain(str(value)) for name, value in given.items()}


def _plain(value: str) -> Any:
    return json.loads(value) if value[:1] in ("[", "{") else value


def _failed(fault: Mapping[str, Any]) -> web.Response:
    status = fault.get("status", 429 if "retry_after" in fault else 200)
    headers = {"Retry-After": str(fault["retry_after"])} if "retry_after" in fault else {}
    body = {"ok": False, "error": fault.get("error", "ratelimited")}
    return web.json_response(body, status=status, headers=headers)
