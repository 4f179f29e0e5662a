"""The local channel: what one sees, and what one may change."""

import pytest

from bot.cards.model import Card
from bot.flows.channel import NoSuchMessage, NoSuchRoom, NotTheirMessage, Persona, Room
from bot.flows.lines import Line, Op
from bot.ports import Absent, Place, Sent
from protocols.model import Floor
from storage import inbox
from tests.bot.own_protocols import begin
from tests.stage import CHANNEL, COACH, MEMBERS, Stage

CARD, ANEW = Card((), "first"), Card((), "anew")


async def say(stage: Stage, text: str, once: str = "1", user: str = "ana") -> Line:
    await stage.channel.say(user=user, channel=CHANNEL, thread=None, text=text, once=once)
    return (await stage.channel.current(CHANNEL, None, user))[-1]


async def test_everyone_is_a_persona(stage: Stage) -> None:
    found = await stage.channel.everyone()
    assert [p.user for p in found] == sorted((*MEMBERS, COACH))
    assert found[0] == Persona("ana", await stage.person("ana"), "Ana", "")


async def test_one_sees_the_channels_of_one_s_teams(stage: Stage) -> None:
    assert await stage.channel.rooms("ana") == (Room(CHANNEL, "team"),)
    with pytest.raises(NoSuchRoom):
        await stage.channel.rooms("stranger")


async def test_a_message_is_written_once(stage: Stage) -> None:
    first = await say(stage, "Hello")
    assert await say(stage, "Hello again") == first
    assert first == Line(
        seq=1,
        op=Op.POST,
        channel=CHANNEL,
        thread=None,
        key=first.key,
        person=await stage.person("ana"),
        text="Hello",
        card=None,
        at=stage.house.now(),
        edited=False,
        is_private=False,
    )
    assert await stage.channel.last_seq(CHANNEL) == 1


async def test_a_message_stands_as_it_was_edited_last(stage: Stage) -> None:
    first = await say(stage, "Hello")
    await say(stage, "Between", once="2")
    for text, once in (("Hi", "e1"), ("Hi there", "e2"), ("Again", "e2")):
        await stage.channel.edit(user="ana", channel=CHANNEL, key=first.key, text=text, once=once)
    lines = await stage.channel.current(CHANNEL, None, "ben")
    assert [(line.text, line.edited) for line in lines] == [("Hi there", True), ("Between", False)]


async def test_the_words_of_before_an_edit_are_gone_from_the_log(stage: Stage) -> None:
    first = await say(stage, "Maria G. wrote this")
    await stage.channel.edit(user="ana", channel=CHANNEL, key=first.key, text="Hi", once="e1")
    rows = await stage.channel.after(CHANNEL, None, "ben", 0)
    assert [row.text for row in rows] == [None, "Hi"]


async def test_a_deleted_message_stands_without_its_words(stage: Stage) -> None:
    first = await say(stage, "Hello")
    await stage.channel.delete(user="ana", channel=CHANNEL, key=first.key, once="d")
    (line,) = await stage.channel.current(CHANNEL, None, "ben")
    assert (line.key, line.text, line.card) == (first.key, None, None)
    with pytest.raises(NoSuchMessage):
        await stage.channel.edit(user="ana", channel=CHANNEL, key=first.key, text="x", once="e")


async def test_nobody_changes_what_another_wrote(stage: Stage) -> None:
    first = await say(stage, "Hello")
    with pytest.raises(NotTheirMessage):
        await stage.channel.edit(user="ben", channel=CHANNEL, key=first.key, text="x", once="e")
    with pytest.raises(NotTheirMessage):
        await stage.channel.delete(user="ben", channel=CHANNEL, key=first.key, once="d")
    with pytest.raises(NoSuchMessage):
        await stage.channel.delete(user="ana", channel=CHANNEL, key="m-nothing", once="d")
    assert (await stage.channel.current(CHANNEL, None, "ana"))[0].text == "Hello"


async def test_what_is_new_comes_row_by_row(stage: Stage) -> None:
    first = await say(stage, "Hello")
    await stage.channel.edit(user="ana", channel=CHANNEL, key=first.key, text="Hi", once="e")
    rows = await stage.channel.after(CHANNEL, None, "ben", first.seq)
    assert [(line.op, line.text, line.edited) for line in rows] == [(Op.EDIT, "Hi", True)]


async def test_a_card_is_written_once_and_shown_anew(stage: Stage) -> None:
    place = Place("web", CHANNEL)
    assert await stage.channel.find_card(place, "card") == Absent()
    for card in (CARD, CARD, ANEW):
        sent = await stage.channel.write_card(place, card, "card")
        assert sent == Sent("card", stage.house.now())
    assert await stage.channel.find_card(place, "card") == Sent("card", stage.house.now())
    (line,) = await stage.channel.current(CHANNEL, None, "ana")
    assert (line.card, line.person, line.edited) == (ANEW, None, False)
    assert await stage.channel.last_seq(CHANNEL) == 2


async def test_a_private_card_is_seen_by_one(stage: Stage) -> None:
    await stage.channel.write_card(Place("web", CHANNEL), CARD, "note", only_for="ben")
    (line,) = await stage.channel.current(CHANNEL, None, "ben")
    assert (line.key, line.is_private) == ("note", True)
    assert await stage.channel.current(CHANNEL, None, "ana") == ()


async def test_one_message_is_found_however_old_but_not_who_may_not_see_it(stage: Stage) -> None:
    await stage.channel.write_card(Place("web", CHANNEL), CARD, "note", only_for="ben")
    await stage.channel.write_card(Place("web", CHANNEL), ANEW, "note", only_for="ben")
    found = await stage.channel.message(CHANNEL, "note", "ben")
    assert (found.card, found.is_private) == (ANEW, True)
    for user, key in (("ana", "note"), ("ben", "nothing")):
        with pytest.raises(NoSuchMessage):
            await stage.channel.message(CHANNEL, key, user)


async def test_replies_are_counted_at_their_root(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.say("ben", "Mine")
    (root,) = await stage.channel.current(CHANNEL, None, "ana")
    assert (root.key, root.replies) == (stage.thread, 2)


async def test_who_waits_is_woken_by_what_is_written(stage: Stage) -> None:
    await stage.channel.wait(0.001)
    assert await stage.channel.last_seq(CHANNEL) == 0


async def test_what_is_said_where_nothing_runs_is_no_arrival(stage: Stage) -> None:
    await say(stage, "Lunch?")
    async with stage.house.database.read() as session:
        assert await inbox.due(session, stage.house.now()) == ()
