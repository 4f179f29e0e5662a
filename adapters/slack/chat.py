"""The port Chat for Slack: cards go out through the Web API, and what comes back is an outcome."""

import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.parse import time_of
from adapters.slack.render import Faces, blocks, people_of, summary
from bot.cards.model import Card
from bot.ports import Absent, NotSent, Outcome, Place, Refused, Sent, Unclear, Unknown
from protocols.run import PersonId

POST = "colloquy_post"
BETWEEN_POSTS = 1.0  # seconds, in one channel
BETWEEN_EDITS = 3.0  # seconds, of one card
BEFORE = timedelta(seconds=60)
PAGE = 100
MAY_STAND = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
MAY_NOT_LOOK = frozenset({"missing_scope", "not_in_channel", "channel_not_found", "access_denied"})

WhoIs = Callable[[Iterable[PersonId]], Awaitable[Faces]]


class SlackChat:
    """One workspace. Slack takes a message a second and channel; who comes sooner comes again."""

    def __init__(self, client: AsyncWebClient, who_is: WhoIs, bot: str) -> None:
        """`who_is`: people's user ids and names; `bot`: our own bot id."""
        self._client, self._who_is, self._bot = client, who_is, bot
        self._free_at: dict[str, float] = {}

    async def post(self, place: Place, card: Card, key: str) -> Outcome:
        """Post a card. Its key goes with it as metadata, by which it is found again."""
        metadata = {"event_type": POST, "event_payload": {"key": key}}
        shown = await self._shown(card)
        return await self._send(
            place.channel,
            BETWEEN_POSTS,
            lambda: self._client.chat_postMessage(
                channel=place.channel,
                thread_ts=place.thread,
                metadata=metadata,
                unfurl_links=False,
                unfurl_media=False,
                **shown,
            ),
        )

    async def update(self, place: Place, message_id: str, card: Card) -> Outcome:
        """Replace a card that stands."""
        shown = await self._shown(card)
        return await self._send(
            f"{place.channel}:{message_id}",
            BETWEEN_EDITS,
            lambda: self._client.chat_update(channel=place.channel, ts=message_id, **shown),
        )

    async def whisper(self, place: Place, person: str, card: Card, key: str) -> Outcome:  # noqa: ARG002 # Slack keeps no key of it
        """Show a card to one person only; nobody can find it again."""
        shown = await self._shown(card)
        try:
            await self._client.chat_postEphemeral(
                channel=place.channel, user=person, thread_ts=place.thread, **shown
            )
        except SlackApiError as fault:
            return outcome_of(fault)
        except ClientConnectorError:
            return NotSent()
        except (ClientError, TimeoutError):
            return Unclear()
        return Sent("", datetime.now().astimezone())

    async def find(
        self, place: Place, key: str, since: datetime, *, private: bool
    ) -> Sent | Absent | Unknown:
        """Look whether a post with this key stands. Raises SlackApiError where it must wait."""
        if private:
            return Unknown()
        cursor = None
        while True:
            try:
                page = await self._page(place, since - BEFORE, cursor)
            except SlackApiError as fault:
                if fault.response.get("error") in MAY_NOT_LOOK:
                    return Unknown()
                raise
            for message in page["messages"]:
                if self._is(message, key):
                    return Sent(message["ts"], time_of(message["ts"]))
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return Absent()

    async def _page(self, place: Place, since: datetime, cursor: str | None) -> Any:
        asked: dict[str, Any] = {
            "channel": place.channel,
            "oldest": f"{since.timestamp():.6f}",
            "limit": PAGE,
            "include_all_metadata": True,
            "cursor": cursor,
        }
        if place.thread is None:
            return await self._client.conversations_history(**asked)
        return await self._client.conversations_replies(ts=place.thread, **asked)

    def _is(self, message: dict[str, Any], key: str) -> bool:
        told = message.get("metadata") or {}
        is_ours = message.get("bot_id") == self._bot and told.get("event_type") == POST
        return bool(is_ours and told.get("event_payload", {}).get("key") == key)

    async def _shown(self, card: Card) -> dict[str, Any]:
        faces = await self._who_is(people_of(card))
        return {"text": summary(card), "blocks": blocks(card, faces)}

    async def _send(self, scope: str, pause: float, call: Callable[[], Awaitable[Any]]) -> Outcome:
        """One call, at most one in `pause` seconds of its scope."""
        wait = self._free_at.get(scope, 0.0) - time.monotonic()
        if wait > 0:
            return NotSent(wait)
        self._free_at[scope] = time.monotonic() + pause
        try:
            answer = await call()
        except SlackApiError as fault:
            return self._held(scope, outcome_of(fault))
        except ClientConnectorError:
            return NotSent()  # nobody was reached
        except (ClientError, TimeoutError):
            return Unclear()
        return Sent(answer["ts"], time_of(answer["ts"]))

    def _held(self, scope: str, outcome: Outcome) -> Outcome:
        """The same for all of a scope that Slack asked to wait."""
        if isinstance(outcome, NotSent) and outcome.retry_after is not None:
            self._free_at[scope] = time.monotonic() + outcome.retry_after
        return outcome


def outcome_of(fault: SlackApiError) -> Outcome:
    """What a refusal of Slack's means for the card."""
    response = fault.response
    status, error = response.status_code, str(response.get("error", ""))
    if status == 429 or error in ("ratelimited", "rate_limited"):  # noqa: PLR2004 # too many requests
        after = response.headers.get("Retry-After") or response.headers.get("retry-after") or 1
        return NotSent(float(after))
    if status >= 500 or error in MAY_STAND or not error:  # noqa: PLR2004 # Slack's own fault
        return Unclear()
    return Refused(error)
