"""Arrivals: taken in once, handled once, put off, given up."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from storage import inbox
from storage.database import Database
from storage.inbox import Waiting
from storage.tables import InboxRow
from tests.protocols.factories import at

NOW = at("3:00")
LATER = NOW + timedelta(seconds=1)
BODY = {"v": 1, "text": "Hello"}


async def add(database: Database, event: str, organization: str = "org") -> bool:
    async with database.write() as session:
        return await inbox.add(
            session,
            organization=organization,
            source="web",
            event_id=event,
            kind="said",
            arrival=BODY,
            now=NOW,
        )


async def due(database: Database) -> tuple[int, ...]:
    async with database.read() as session:
        return await inbox.due(session, LATER)


async def rows(database: Database) -> list[tuple[Any, ...]]:
    columns = (
        InboxRow.state,
        InboxRow.arrival,
        InboxRow.attempts,
        InboxRow.next_at,
        InboxRow.error,
    )
    async with database.read() as session:
        found = await session.execute(select(*columns).order_by(InboxRow.id))
        return [tuple(row) for row in found]


async def test_what_comes_twice_is_kept_once(database: Database) -> None:
    assert [await add(database, "e1"), await add(database, "e1")] == [True, False]
    assert await rows(database) == [("new", BODY, 0, NOW, None)]


async def test_the_same_event_of_another_organization_is_another_one(database: Database) -> None:
    assert [await add(database, "e1"), await add(database, "e1", "other")] == [True, True]


async def test_what_waits_is_due_in_the_order_in_which_it_came(database: Database) -> None:
    for event in ("e2", "e1", "e3"):
        await add(database, event)
    assert await due(database) == (1, 2, 3)


async def test_an_arrival_is_taken_with_all_that_it_says(database: Database) -> None:
    await add(database, "e1")
    async with database.write() as session:
        assert await inbox.take(session, 1) == Waiting(1, "org", "said", BODY, 0)
        assert await inbox.take(session, 2) is None


async def test_what_is_done_is_taken_no_more_and_its_content_is_gone(database: Database) -> None:
    await add(database, "e1")
    for _ in range(2):
        async with database.write() as session:
            await inbox.done(session, 1)
    async with database.write() as session:
        assert await inbox.take(session, 1) is None
    assert await due(database) == ()
    assert await rows(database) == [("done", None, 0, NOW, None)]
    assert await add(database, "e1") is False


async def test_what_is_put_off_is_not_due_until_then(database: Database) -> None:
    await add(database, "e1")
    async with database.write() as session:
        await inbox.put_off(session, 1, until=LATER + timedelta(seconds=1), error="KeyError")
    assert await due(database) == ()
    after = LATER + timedelta(seconds=1)
    assert await rows(database) == [("new", BODY, 1, after, "KeyError")]


async def test_waiting_is_no_fault(database: Database) -> None:
    await add(database, "e1")
    async with database.write() as session:
        await inbox.wait(session, 1, until=LATER)
    assert await rows(database) == [("new", BODY, 0, LATER, None)]


async def test_what_is_given_up_is_kept_for_whoever_looks_into_it(database: Database) -> None:
    await add(database, "e1")
    async with database.write() as session:
        await inbox.fail(session, 1, error="KeyError")
        assert await inbox.take(session, 1) is None
    assert await due(database) == ()
    assert await rows(database) == [("failed", BODY, 0, NOW, "KeyError")]
