"""Bolt, and the one middleware of ours that answers everything Slack sends.

What changes something is committed before the answer; what only shows something is shown within it.
No listener runs behind an acknowledgement, so nothing can fail behind one.
"""

import json
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import modals, parse
from adapters.slack.installation import Find, Installation, Installed
from adapters.slack.render import Faces, blocks, people_of, summary
from bot import ports
from bot.cards.model import Card, Form
from bot.flows.desk import Desk
from bot.ports import Place

EVENTS = "/slack/events"
LARGEST = 1024 * 1024
log = structlog.get_logger()


class Counter:
    """What Slack sends, handed in at the desk of its organization, and answered."""

    def __init__(
        self,
        *,
        desk: Callable[[str], Desk],
        now: Callable[[], datetime],
        who_is: Callable[[str, set[Any]], Coroutine[Any, Any, Faces]],
        learn: Callable[[Installation, AsyncWebClient, str], Coroutine[Any, Any, None]],
    ) -> None:
        """`desk`: by our id of the organization. `learn`: who is in a channel, from Slack."""
        self._desk, self._now, self._who_is, self._learn = desk, now, who_is, learn

    async def take(
        self, body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> BoltResponse:
        """Take a payload in. What raises is sent again, or the person sees that it failed."""
        here: Installation | None = context.get("installation")
        if here is None:
            return _taken()  # of a workspace that has us no more: Bolt lets its farewell through
        try:
            arrival = parse.arrival(body, here.organization, here.user, self._now())
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            log.warning("slack.unreadable", kind=_kind(body), error=type(fault).__name__)
            return _taken()
        match arrival:
            case None:
                await self._happened(here, client, body)
            case ports.Said() | ports.Edited() | ports.Deleted():
                await self._desk(here.organization).take(arrival)
            case ports.Commanded() | ports.Pressed():
                return await self._answer(here, client, arrival)
            case ports.Submitted():
                return await self._submit(here, arrival)
            case _:
                log.warning("slack.unexpected", kind=_kind(body))
        return _taken()

    async def _happened(
        self, here: Installation, client: AsyncWebClient, body: dict[str, Any]
    ) -> None:
        event = body.get("event") or {}
        if event.get("type") in ("member_joined_channel", "member_left_channel"):
            await self._learn(here, client, event["channel"])

    async def _answer(
        self, here: Installation, client: AsyncWebClient, arrival: ports.Commanded | ports.Pressed
    ) -> BoltResponse:
        if isinstance(arrival, ports.Commanded) and arrival.verb in ("start", "plan", ""):
            await self._learn(here, client, arrival.place.channel)
        shown = await self._desk(here.organization).answer(arrival)
        if isinstance(shown, Form):
            view = await self._modal(here, shown, arrival.place)
            await client.views_open(trigger_id=arrival.trigger or "", view=view)
        elif shown is not None:
            return await self._show(here, client, arrival, shown)
        return _taken()

    async def _show(
        self,
        here: Installation,
        client: AsyncWebClient,
        arrival: ports.Commanded | ports.Pressed,
        card: Card,
    ) -> BoltResponse:
        """A private card: in the answer to a command, else beside what was pressed."""
        faces = await self._who_is(here.organization, people_of(card))
        shown: dict[str, Any] = {"text": summary(card), "blocks": blocks(card, faces)}
        if isinstance(arrival, ports.Commanded):
            return _json({"response_type": "ephemeral", **shown})
        place = arrival.place
        await client.chat_postEphemeral(
            channel=place.channel, user=arrival.person, thread_ts=place.thread, **shown
        )
        return _taken()

    async def _submit(self, here: Installation, arrival: ports.Submitted) -> BoltResponse:
        again = await self._desk(here.organization).submit(arrival)
        if again is None:
            return _taken()
        if again.question is None:
            return _json({"response_action": "errors", "errors": modals.faults(again)})
        view = await self._modal(here, again, arrival.place)
        return _json({"response_action": "update", "view": view})

    async def _modal(self, here: Installation, form: Form, place: Place) -> dict[str, Any]:
        faces = await self._who_is(here.organization, people_of(form))
        return modals.modal(form, place, faces)


def bolt(client: AsyncWebClient, find: Find, secret: str | None, counter: Counter) -> AsyncApp:
    """Bolt with our authorize and our middleware, and nothing that it reads from the environment.

    `secret`: what HTTP requests are signed with; None for Socket Mode, which needs none.
    """
    app = AsyncApp(
        client=client,
        authorize=Installed(find),  # type: ignore[arg-type] # Bolt names a function, and takes this class
        signing_secret=secret or "",
        request_verification_enabled=secret is not None,
        installation_store=None,
        oauth_settings=None,
        oauth_flow=None,
    )

    async def take(
        body: dict[str, Any], context: AsyncBoltContext, client: AsyncWebClient
    ) -> BoltResponse:
        return await counter.take(body, context, client)

    app.middleware(take)
    return app


def mount(app: web.Application, slack: AsyncApp) -> None:
    """Add the address to which Slack posts."""

    async def events(request: web.Request) -> web.Response:
        length = request.content_length or 0
        if length > LARGEST:
            raise web.HTTPRequestEntityTooLarge(LARGEST, length)
        try:
            asked = await to_bolt_request(request)
        except (ValueError, TypeError, AttributeError, KeyError):
            raise web.HTTPBadRequest(text="That is no payload of Slack's.") from None
        answer: web.Response = await to_aiohttp_response(await slack.async_dispatch(asked))
        return answer

    app.add_routes([web.post(EVENTS, events)])


def _taken() -> BoltResponse:
    return BoltResponse(status=200, body="")


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(
        status=200, body=json.dumps(body), headers={"content-type": "application/json"}
    )


def _kind(body: dict[str, Any]) -> str:
    """What a payload is, for the log: never what is in it."""
    event = body.get("event")
    inner = event.get("type", "") if isinstance(event, dict) else ""
    return f"{body.get('type', 'command')}:{inner}"
