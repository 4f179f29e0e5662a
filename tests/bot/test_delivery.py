"""Sending: in order, each once, whatever the platform answers; never blindly again."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot import delivery
from bot.cards.model import Card, to_json
from bot.flows.house import House
from bot.ports import NotSent, Place, Refused
from bot.rules import keys
from protocols.run import PersonId
from storage import migrate, outbox
from storage.database import Database
from storage.tables import InboxRow, OutboxRow
from tests.fakes import FakeChat, FakeClock, Lost
from tests.stage import Stage

CARD = Card((), "first")
ANEW = Card((), "anew")
IN_LANE = Place("fake", "grade-7", "lane")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def chat(clock: FakeClock) -> FakeChat:
    return FakeChat(clock)


@pytest.fixture
def house(stage: Stage, clock: FakeClock) -> House:
    return replace(stage.house, now=clock.now)


def wanted(key: str, card: Card = CARD, *, thread: str = "lane", **more: Any) -> outbox.Put:
    return outbox.Put(
        organization=more.pop("organization", "org"),
        key=key,
        platform="fake",
        channel="grade-7",
        card=to_json(card),
        thread=thread,
        **more,
    )


async def put(house: House, *rows: outbox.Put) -> None:
    async with house.database.write() as session:
        for row in rows:
            await outbox.put(session, row, house.now())


async def send(house: House, chat: FakeChat) -> list[str]:
    """Send what is due now, and what becomes due by it; what was asked of the chat."""
    before = len(chat.calls)
    while await delivery.deliver_due(house, {"fake": chat}):
        pass
    return chat.calls[before:]


async def states(house: House) -> dict[str, tuple[str, str | None]]:
    columns = (OutboxRow.key, OutboxRow.state, OutboxRow.reason)
    async with house.database.read() as session:
        found = await session.execute(select(*columns).order_by(OutboxRow.id))
        return {key: (state, reason) for key, state, reason in found}


async def test_a_lane_is_sent_in_order_and_once(house: House, chat: FakeChat) -> None:
    await put(house, wanted("a"), wanted("b"), wanted("c"))
    assert await send(house, chat) == ["post a", "post b", "post c"]
    assert await send(house, chat) == []
    assert chat.stands == {"a": CARD, "b": CARD, "c": CARD}
    assert chat.places == {"a": IN_LANE, "b": IN_LANE, "c": IN_LANE}
    assert set((await states(house)).values()) == {("sent", None)}


async def test_what_certainly_does_not_stand_is_simply_sent_again(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    chat.hiccups = [NotSent(), NotSent(retry_after=30)]
    await put(house, wanted("a"), wanted("b"))
    assert await send(house, chat) == ["post a"]
    clock.forward(seconds=1)
    assert await send(house, chat) == ["post a"]
    clock.forward(seconds=29)
    assert await send(house, chat) == []
    clock.forward(seconds=1)
    assert await send(house, chat) == ["post a", "post b"]


@pytest.mark.parametrize("lost", [Lost.REQUEST, Lost.ANSWER, Lost.TIME])
async def test_what_may_stand_is_looked_for_before_it_is_sent_again(
    house: House, chat: FakeChat, clock: FakeClock, lost: Lost
) -> None:
    chat.hiccups = [lost]
    await put(house, wanted("a"), wanted("b"))
    assert await send(house, chat) == ["post a"]
    clock.forward(seconds=5)
    again = [] if lost is Lost.ANSWER else ["post a"]
    assert await send(house, chat) == ["find a", *again, "post b"]
    assert chat.stands == {"a": CARD, "b": CARD}


async def test_what_is_found_is_shown_anew_where_a_newer_card_came_meanwhile(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    chat.hiccups = [Lost.ANSWER]
    await put(house, wanted("a"))
    await send(house, chat)
    await put(house, wanted("a", ANEW))
    clock.forward(seconds=5)
    assert await send(house, chat) == ["find a", "update id of a"]
    assert chat.stands == {"a": ANEW}


async def test_where_nobody_can_look_nothing_is_sent_again(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    chat.can_look, chat.hiccups = False, [Lost.ANSWER]
    await put(house, wanted("a"), wanted("b"))
    await send(house, chat)
    clock.forward(seconds=5)
    assert await send(house, chat) == ["find a", "post b"]
    assert await states(house) == {"a": ("failed", "uncertain"), "b": ("sent", None)}


async def test_what_was_given_up_as_uncertain_is_not_sent_blindly_when_it_is_shown_anew(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    chat.can_look, chat.hiccups = False, [Lost.ANSWER]
    await put(house, wanted("a"))
    await send(house, chat)
    clock.forward(seconds=5)
    await send(house, chat)
    await put(house, wanted("a", ANEW))
    assert await send(house, chat) == ["find a"]
    chat.can_look = True
    await put(house, wanted("a", CARD))
    assert await send(house, chat) == ["find a", "update id of a"]
    assert chat.stands == {"a": CARD}


async def test_a_process_that_died_while_sending_looks_first_after_its_lease(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    await put(house, wanted("a"))
    async with house.database.write() as session:
        await outbox.claim(session, 1, house.now())
    assert await send(house, chat) == []
    clock.forward(seconds=60)
    assert await send(house, chat) == ["find a", "post a"]


async def test_a_chat_that_breaks_holds_no_other_lane_and_is_looked_at_before_sending_again(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    chat.hiccups = [Lost.MIND]
    await put(house, wanted("a"), wanted("x", thread="other"))
    assert await send(house, chat) == ["post a", "post x"]
    clock.forward(seconds=60)
    assert await send(house, chat) == ["find a", "post a"]


async def test_what_is_refused_fails_and_its_lane_goes_on(house: House, chat: FakeChat) -> None:
    chat.hiccups = [Refused("too_big")]
    await put(house, wanted("a"), wanted("b"))
    assert await send(house, chat) == ["post a", "post b"]
    assert await states(house) == {"a": ("failed", "too_big"), "b": ("sent", None)}


async def test_a_lane_that_waits_does_not_hold_the_others(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    chat.hiccups = [Lost.REQUEST, NotSent()]
    await put(house, *(wanted(f"{t}{n}", thread=t) for n in (1, 2) for t in ("x", "y", "z")))
    assert await send(house, chat) == ["post x1", "post y1", "post z1", "post z2"]
    clock.forward(seconds=5)
    assert await send(house, chat) == ["find x1", "post x1", "post y1", "post x2", "post y2"]


async def test_an_edit_is_sent_again_without_looking(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    await put(house, wanted("a"))
    await send(house, chat)
    chat.hiccups = [Lost.ANSWER, NotSent()]
    await put(house, wanted("a", ANEW))
    assert await send(house, chat) == ["update id of a"]
    clock.forward(seconds=5)
    assert await send(house, chat) == ["update id of a"]
    clock.forward(seconds=5)
    assert await send(house, chat) == ["update id of a"]
    assert (chat.stands, await states(house)) == ({"a": ANEW}, {"a": ("sent", None)})


async def test_a_card_that_was_shown_anew_often_has_as_much_patience_as_a_new_one(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    for number in range(20):
        await put(house, wanted("a", Card((), f"{number}")))
        await send(house, chat)
    chat.hiccups = [NotSent()]
    await put(house, wanted("a", ANEW))
    await send(house, chat)
    clock.forward(seconds=1)
    assert await send(house, chat) == ["update id of a"]
    assert chat.stands == {"a": ANEW}


@pytest.mark.parametrize("hiccup", [NotSent(), Lost.REQUEST])
async def test_an_outage_of_ten_minutes_loses_nothing(
    house: House, chat: FakeChat, clock: FakeClock, hiccup: NotSent | Lost
) -> None:
    chat.hiccups = [hiccup] * 1_000
    await put(house, wanted("a"), wanted("b"))
    for _ in range(60):
        await send(house, chat)
        clock.forward(seconds=10)
    assert len(chat.calls) < 30
    chat.hiccups = []
    clock.forward(minutes=5)
    await send(house, chat)
    assert list(chat.stands) == ["a", "b"]


async def test_after_six_hours_of_trying_a_card_is_given_up(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    chat.hiccups = [NotSent()] * 1_000
    await put(house, wanted("a"), wanted("b"))
    for _ in range(71):
        await send(house, chat)
        clock.forward(minutes=5)
    assert (await states(house))["a"] == ("pending", None)
    clock.forward(minutes=5)
    await send(house, chat)
    assert await states(house) == {"a": ("failed", "gave up"), "b": ("pending", None)}


async def test_a_private_note_goes_to_one_person_by_their_name_on_the_platform(
    stage: Stage, clock: FakeClock, chat: FakeChat
) -> None:
    house, ana = replace(stage.house, now=clock.now), await stage.person("ana")
    async with house.database.write() as session:
        row = replace(wanted("n", only_for=ana, organization=stage.organization), platform="web")
        await outbox.put(session, row, clock.at)
    await delivery.deliver_due(house, {"web": chat})
    assert chat.calls == ["whisper n to ana"]
    assert chat.stands == {"n>ana": CARD}


async def test_a_private_note_to_somebody_unknown_goes_to_nobody(
    house: House, chat: FakeChat
) -> None:
    await put(house, wanted("n", only_for=PersonId("stranger")))
    assert await send(house, chat) == []
    assert await states(house) == {"n": ("failed", "nobody")}


async def test_what_has_no_place_and_what_no_chat_takes_is_given_up(
    house: House, chat: FakeChat
) -> None:
    nowhere = wanted(keys.report("abc"), thread="abc", run="abc")
    await put(house, nowhere, replace(wanted("b"), platform="pigeon"))
    assert await send(house, chat) == []
    assert set((await states(house)).values()) == {("failed", "no place")}


async def test_a_run_s_card_stands_in_the_channel_and_a_step_s_post_tells_its_time(
    house: House, chat: FakeChat, clock: FakeClock
) -> None:
    await put(house, wanted(keys.card("abc"), thread="abc", run="abc"))
    await send(house, chat)
    assert chat.places == {"run:abc:card": Place("fake", "grade-7")}
    await put(house, wanted(keys.step("abc", 2, 1)))
    clock.forward(seconds=3)
    await send(house, chat)
    async with house.database.read() as session:
        (row,) = await session.scalars(select(InboxRow))
    assert row.source == "outbox"
    assert row.event_id == "run:abc:step:2:open:r1"
    assert row.arrival == {
        "v": 1,
        "kind": "announced",
        "source": "outbox",
        "event_id": "run:abc:step:2:open:r1",
        "organization": "org",
        "at": "2026-11-24T17:00:03Z",
        "run": "abc",
        "position": 2,
        "opening": 1,
    }


async def test_two_deliverers_of_one_row_send_it_once(house: House, chat: FakeChat) -> None:
    await put(house, wanted("a"))
    chats = {"fake": chat}
    await asyncio.gather(*(delivery.deliver(house, chats, 1) for _ in range(3)))
    assert chat.calls == ["post a"]


async def test_the_loop_goes_on_whatever_the_database_does(
    stage: Stage, chat: FakeChat, clock: FakeClock, tmp_path: Any
) -> None:
    url = f"sqlite:///{tmp_path / 'late.db'}"
    house = replace(stage.house, database=Database(url), now=clock.now)
    second_look = asyncio.Event()
    looks: list[None] = []

    def look() -> None:
        looks.append(None)
        if len(looks) > 1:
            second_look.set()

    clock.looked_at = look
    loop = asyncio.create_task(delivery.run(house, {"fake": chat}))
    await second_look.wait()
    migrate.upgrade(url)
    await put(house, wanted("a"))
    while "a" not in chat.stands:
        await house.database.wait(1)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop
    await house.database.close()
    assert chat.calls == ["post a"]
