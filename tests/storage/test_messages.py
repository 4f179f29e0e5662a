"""The local channel's log: numbered, only added, and private where it must be."""

from dataclasses import replace

import pytest

from storage import messages
from storage.database import Database
from storage.messages import Message
from tests.protocols.factories import ANA, BEN, at

ROOT = Message(
    seq=0,
    channel="grade-7",
    thread=None,
    key="root",
    person=ANA,
    only_for=None,
    op="post",
    body={"text": "Hello"},
    at=at("3:00"),
)
REPLY = replace(ROOT, thread="root", key="reply", body={"text": "Hi"})
PRIVATE = replace(REPLY, key="private", person=None, only_for=BEN)
EDIT = replace(REPLY, op="edit", body={"text": "Hi!"})
ELSEWHERE = replace(ROOT, channel="grade-8")
KEPT = [replace(row, seq=seq) for seq, row in enumerate((ROOT, REPLY, PRIVATE, EDIT), start=1)]


@pytest.fixture(autouse=True)
async def rows(database: Database) -> None:
    async with database.write() as session:
        written = [
            await messages.add(session, "org", row)
            for row in (ROOT, REPLY, PRIVATE, EDIT, ELSEWHERE)
        ]
    assert written == [1, 2, 3, 4, 1]


async def test_rows_are_numbered_in_each_channel(database: Database) -> None:
    async with database.read() as session:
        last = [await messages.last_seq(session, "org", c) for c in ("grade-7", "grade-8", "x")]
        assert last == [4, 1, 0]
        assert await messages.last_seq(session, "other", "grade-7") == 0


async def test_the_rows_of_a_message_come_with_its_post_first(database: Database) -> None:
    async with database.read() as session:
        assert await messages.find(session, "org", "grade-7", "reply") == (KEPT[1], KEPT[3])
        assert await messages.find(session, "org", "grade-8", "reply") == ()


async def test_what_is_new_is_what_a_person_may_see(database: Database) -> None:
    async with database.read() as session:

        async def after(seq: int, thread: str | None, reader: str) -> tuple[Message, ...]:
            return await messages.after(session, "org", "grade-7", thread, seq, reader=reader)

        assert await after(0, "root", BEN) == tuple(KEPT)
        assert await after(0, "root", ANA) == (KEPT[0], KEPT[1], KEPT[3])
        assert await after(2, "root", ANA) == (KEPT[3],)
        assert await after(0, None, BEN) == (KEPT[0],)


async def test_the_newest_messages_come_oldest_first_with_what_became_of_them(
    database: Database,
) -> None:
    async with database.read() as session:

        async def latest(thread: str | None, limit: int) -> tuple[Message, ...]:
            return await messages.latest(session, "org", "grade-7", thread, reader=ANA, limit=limit)

        assert await latest(None, 10) == (KEPT[0],)
        assert await latest("root", 10) == (KEPT[1], KEPT[3])
        assert await latest("root", 1) == (KEPT[1], KEPT[3])


async def test_replies_are_counted_without_private_ones_and_edits(database: Database) -> None:
    async with database.read() as session:
        assert await messages.replies(session, "org", "grade-7", ["root", "other"]) == {"root": 1}
