"""What comes back from Slack, as an outcome."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.chat import SlackChat
from bot.cards.model import Card, Text
from bot.ports import Absent, NotSent, Place, Refused, Sent, Unclear, Unknown
from tests.slack.loopback import Loopback, loopback

pytestmark = pytest.mark.journey
CARD, OTHER = Card((Text(("Hello",)),), "Hello"), Card((Text(("Again",)),), "Again")
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[Loopback]:
    async with loopback() as slack:
        yield slack


@pytest_asyncio.fixture
async def chat(slack: Loopback) -> AsyncIterator[SlackChat]:
    async with ClientSession() as http:
        client = AsyncWebClient(
            token=slack.bot_token, base_url=slack.api_url, session=http, retry_handlers=[]
        )

        async def nobody(_: object) -> dict[str, str]:
            return {}

        yield SlackChat(client, nobody, slack.bot)  # type: ignore[arg-type] # nobody is named here


def room(slack: Loopback) -> Place:
    return Place("slack", slack.add_channel("grade-7", [slack.add_user("Ana Ruiz")]))


async def test_a_post_is_found_again_by_its_key(slack: Loopback, chat: SlackChat) -> None:
    place = room(slack)
    sent = await chat.post(place, CARD, "key-1")
    assert isinstance(sent, Sent)
    assert await chat.find(place, "key-1", SINCE, private=False) == sent
    thread = Place("slack", place.channel, sent.id)
    assert await chat.find(thread, "key-2", SINCE, private=False) == Absent()
    assert await chat.find(thread, "key-2", SINCE, private=True) == Unknown()


async def test_the_next_post_of_a_channel_waits_a_second(slack: Loopback, chat: SlackChat) -> None:
    place, other = room(slack), room(slack)
    await chat.post(place, CARD, "key-1")
    waits = await chat.post(place, CARD, "key-2")
    assert isinstance(waits, NotSent)
    assert waits.retry_after is not None
    assert 0 < waits.retry_after <= 1
    assert isinstance(await chat.post(other, CARD, "key-3"), Sent)


async def test_a_card_is_edited_at_most_each_three_seconds(
    slack: Loopback, chat: SlackChat
) -> None:
    place = room(slack)
    sent = await chat.post(place, CARD, "key-1")
    assert isinstance(sent, Sent)
    assert await chat.update(place, sent.id, OTHER) == sent
    assert isinstance(await chat.update(place, sent.id, CARD), NotSent)
    assert slack.channels[place.channel].messages[sent.id]["text"] == "Again"


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"retry_after": 7}, NotSent(7.0)),
        ({"status": 503, "error": "service_unavailable"}, Unclear()),
        ({"error": "internal_error"}, Unclear()),
        ({"error": "msg_too_long"}, Refused("msg_too_long")),
        ({"lost": True}, Unclear()),
    ],
)
async def test_a_failure_says_whether_it_may_stand_there(
    slack: Loopback, chat: SlackChat, fault: dict[str, object], outcome: object
) -> None:
    slack.fail("chat.postMessage", **fault)
    assert await chat.post(room(slack), CARD, "key-1") == outcome


async def test_who_asked_to_wait_is_not_asked_before(slack: Loopback, chat: SlackChat) -> None:
    place = room(slack)
    slack.fail("chat.postMessage", retry_after=30)
    await chat.post(place, CARD, "key-1")
    waits = await chat.post(place, CARD, "key-1")
    assert isinstance(waits, NotSent)
    assert waits.retry_after is not None
    assert waits.retry_after > 20
    assert len(slack.book) == 0


async def test_where_we_are_not_or_nobody_writes_it_is_refused(
    slack: Loopback, chat: SlackChat
) -> None:
    assert await chat.post(Place("slack", "C9"), CARD, "key-1") == Refused("channel_not_found")
    place = room(slack)
    slack.channels[place.channel].is_archived = True
    assert await chat.post(place, CARD, "key-1") == Refused("is_archived")


async def test_a_note_is_shown_to_one_person(slack: Loopback, chat: SlackChat) -> None:
    place = room(slack)
    ana = slack.channels[place.channel].members[0]
    assert isinstance(await chat.whisper(place, ana, CARD, "key-1"), Sent)
    assert [note["user"] for note in slack.ephemerals] == [ana]
    assert await chat.whisper(place, "U9", CARD, "key-2") == Refused("user_not_in_channel")
    slack.fail("chat.postEphemeral", lost=True)
    assert await chat.whisper(place, ana, CARD, "key-3") == Unclear()


async def test_where_slack_cannot_be_reached_nothing_was_sent() -> None:
    async with ClientSession() as http:
        client = AsyncWebClient(
            token="x", base_url="http://127.0.0.1:9/", session=http, retry_handlers=[]
        )

        async def nobody(_: object) -> dict[str, str]:
            return {}

        away = SlackChat(client, nobody, "B0")  # type: ignore[arg-type] # nobody is named here
        place = Place("slack", "C1")
        assert await away.post(place, CARD, "key-1") == NotSent()
        assert await away.whisper(place, "U1", CARD, "key-2") == NotSent()


async def test_where_it_may_not_look_it_does_not_know(slack: Loopback, chat: SlackChat) -> None:
    place = room(slack)
    slack.fail("conversations.history", error="missing_scope")
    assert await chat.find(place, "key-1", SINCE, private=False) == Unknown()
    slack.fail("conversations.history", retry_after=1)
    with pytest.raises(SlackApiError):
        await chat.find(place, "key-1", SINCE, private=False)
