"""The stage in a Slack workspace: what people do goes through a loopback Slack, and nothing else."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.slack import app as slack_app
from adapters.slack.parse import PLATFORM
from adapters.slack.service import service
from bot.cards.model import Card, Form, Input, InputKind, Option
from bot.flows import people
from bot.flows.export import export_run, list_runs
from protocols.school_days import Calendar
from tests.slack.loopback import Answer, Loopback, loopback
from tests.stage import COACH, Stage, open_stage

KINDS = {
    "plain_text_input": InputKind.TEXT,
    "number_input": InputKind.NUMBER,
    "url_text_input": InputKind.LINK,
    "datepicker": InputKind.DATE,
    "static_select": InputKind.CHOICE,
    "multi_static_select": InputKind.TICKS,
    "checkboxes": InputKind.TICKS,
}
ROOM = "grade-7"


class SlackStage(Stage):
    """The same team, acts and clock as on the stage, seen and pressed in Slack."""

    slack: Loopback
    users: dict[str, str]
    room: str

    async def start(self, user: str, **values: str) -> str:
        """Start a run by the form behind *More*. Its id."""
        self._once()
        answer = await self.slack.slash(self.users[user], self.room, "/plc", "start")
        menu = answer.body | {"ts": self.slack.ts()}
        self._once()
        await self.slack.click(self.users[user], self.room, menu, "More")
        await self.submit(user, "", values, thread=None)
        self.run = (await list_runs(self.house, None))[0]["id"]
        self.thread = next(iter(self.slack.channels[self.room].messages))
        return self.run

    async def say(self, user: str, text: str, *, beside: bool = False) -> str:
        """Say something in the run's thread (or beside it); the ts of the message."""
        self._once()

        def mention(found: re.Match[str]) -> str:
            return f"<@{self.users[found[1].lower()]}>"

        named = re.sub(r"@(\w+)", mention, text)
        thread = None if beside else self.thread
        ts = await self.slack.say(self.users[user], self.room, named, thread)
        await self.settle()
        return ts

    async def press(
        self, user: str, act: str, position: int = 0, opening: int = 0, extra: str = ""
    ) -> Card | Form | None:
        """Press the button of the run that does this; the modal it opens, or None."""
        self._once()
        acts = ("write", "add") if act == "write" else (act,)
        wanted = tuple(f"{one}:{self.run}:{position}:{opening}{extra}" for one in acts)
        message, label, value = self._button(wanted)
        who = self.users[user]
        self.slack.views.pop(who, None)
        await self.slack.click(who, self.room, message, label, value)
        await self.settle()
        view = self.slack.views.get(who)
        return None if view is None else _form(view)

    async def submit(
        self,
        user: str,
        form: str,  # noqa: ARG002 # the one that is open
        values: Mapping[str, str],
        *,
        thread: str | None,  # noqa: ARG002 # the modal knows it
        uploads: Any = None,  # noqa: ARG002 # files are links in Slack
    ) -> Form | None:
        """Hand in the modal that is open, with what stands in it at first."""
        self._once()
        view = self.slack.views[self.users[user]]
        answer = await self.slack.submit(self.users[user], _state(view, values))
        await self.settle()
        return _again(answer, view)

    async def export(self) -> dict[str, Any]:
        """The run's export, with people by the names that the stories give them."""
        found = json.dumps(await export_run(self.house, self.run))
        names = {user: name for name, user in self.users.items()}
        named = re.sub(r"U\d{4}", lambda one: names.get(one[0], one[0]), found)
        return dict(json.loads(named))

    async def seen_by(self, user: str) -> list[str]:  # noqa: ARG002 # what all see
        """The keys of what stands in the channel."""
        told = [
            one.get("metadata") or {} for one in self.slack.channels[self.room].messages.values()
        ]
        return [one["event_payload"]["key"] for one in told if one]

    def _button(self, wanted: tuple[str, ...]) -> tuple[dict[str, Any], str, str | None]:
        """The newest message that has one of these buttons, and its label.

        Who speaks alone is offered *Done* and no *Pass*: there the stories press what nobody shows.
        """
        messages = [*self.slack.channels[self.room].messages.values(), *self.slack.ephemerals]
        shown = [(m, b) for m in reversed(messages) for b in _buttons(m)]
        found = [(m, b["text"]["text"], None) for m, b in shown if b["value"] in wanted]
        if found:
            return found[0]
        assert wanted[0].startswith("pass:"), wanted
        done = wanted[0].replace("pass:", "done:", 1)
        return next((m, b["text"]["text"], wanted[0]) for m, b in shown if b["value"] == done)


def _buttons(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = [block for block in message.get("blocks", []) if block["type"] == "actions"]
    return [button for row in rows for button in row["elements"]]


def _form(view: Mapping[str, Any]) -> Form:
    inputs = [_input(block) for block in view["blocks"] if block["type"] == "input"]
    return Form("", view["title"]["text"], tuple(inputs), "Hand in", "Not now")


def _input(block: Mapping[str, Any]) -> Input:
    element = block["element"]
    options = [Option(o["value"], o["text"]["text"]) for o in element.get("options", [])]
    return Input(
        id=block["block_id"],
        label=block["label"]["text"],
        kind=KINDS[element["type"]],
        required=not block["optional"],
        options=tuple(options),
    )


def _state(view: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What a client sends: each input with what was chosen, else what stood in it at first."""
    inputs = {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}
    assert set(values) <= set(inputs)
    return {name: _given(element, values.get(name)) for name, element in inputs.items()}


def _given(element: Mapping[str, Any], value: str | None) -> dict[str, Any]:
    kind = element["type"]
    options = {one["value"]: one for one in element.get("options", [])}
    if kind == "static_select":
        chosen = options.get(value) if value is not None else element.get("initial_option")
        return {"type": kind, "selected_option": chosen}
    if kind in ("checkboxes", "multi_static_select"):
        ticked = [options[one] for one in value.split(",")] if value else None
        return {"type": kind, "selected_options": ticked or element.get("initial_options", [])}
    if kind == "datepicker":
        return {"type": kind, "selected_date": value or element.get("initial_date")}
    return {"type": kind, "value": value if value is not None else element.get("initial_value")}


def _again(answer: Answer, view: Mapping[str, Any]) -> Form | None:
    assert answer.status == 200
    if not answer.body:
        return None
    found = answer.body.get("errors", {})
    form = _form(answer.body.get("view", view))
    inputs = tuple(replace(one, fault=found.get(one.id, "")) for one in form.inputs)
    return replace(form, inputs=inputs)


@asynccontextmanager
async def open_slack_stage(
    folder: Path, team: tuple[str, ...], calendar: Calendar, *, is_socket: bool
) -> AsyncIterator[SlackStage]:
    """The stage with a team in a channel of a workspace, by Socket Mode or by HTTP."""
    async with AsyncExitStack() as opened:
        plain = await open_stage(folder, calendar=calendar, members=())
        opened.push_async_callback(plain.house.database.close)
        now = plain.house.now
        slack = await opened.enter_async_context(loopback(lambda: now().timestamp()))
        stage = SlackStage(plain.house, plain.organization, plain._clock)
        stage.slack = slack
        stage.users = {name: slack.add_user(name.capitalize()) for name in team}
        stage.users[COACH] = slack.add_user(COACH.capitalize(), is_guest=True)
        stage.room = slack.add_channel(ROOM, list(stage.users.values()))

        async def organization_of(workspace: str, name: str) -> str:
            stage.organization = await people.organization_of(
                plain.house, PLATFORM, workspace, name
            )
            return stage.organization

        there = await opened.enter_async_context(
            service(
                plain.house,
                api_url=slack.api_url,
                bot_token=slack.bot_token,
                app_token=slack.app_token if is_socket else None,
                secret=None if is_socket else slack.secret,
                organization_of=organization_of,
            )
        )
        stage._chats = {PLATFORM: there.chat}
        if not is_socket:
            app = web.Application(client_max_size=slack_app.LARGEST)
            slack_app.mount(app, there.app)
            runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
            await runner.setup()
            opened.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}{slack_app.EVENTS}")
        yield stage
        assert slack.wrong == []
