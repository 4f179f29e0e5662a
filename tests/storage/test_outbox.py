"""Cards on their way: in order in each lane, edits beside it, nothing twice."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from storage import outbox
from storage.database import Database
from storage.outbox import LEASE, Outgoing, Put
from storage.tables import OutboxRow
from tests.protocols.factories import at

NOW = at("3:00")
SOON = NOW + timedelta(seconds=1)
CARD = {"v": 1, "summary": "first"}
ANEW = {"v": 1, "summary": "anew"}


def wanted(key: str, *, thread: str | None = "lane", card: dict[str, Any] = CARD) -> Put:
    return Put(
        organization="org",
        key=key,
        platform="web",
        channel="grade-7",
        card=card,
        run="run",
        thread=thread,
    )


async def put(database: Database, *rows: Put, now: datetime = NOW) -> None:
    for row in rows:
        async with database.write() as session:
            await outbox.put(session, row, now)


async def due(database: Database, now: datetime = NOW) -> tuple[int, ...]:
    async with database.read() as session:
        return await outbox.due(session, now)


async def claim(database: Database, row: int, now: datetime = NOW) -> Outgoing:
    async with database.write() as session:
        claimed = await outbox.claim(session, row, now)
    assert claimed is not None
    return claimed


async def sent(database: Database, out: Outgoing, at_: datetime = SOON) -> bool:
    async with database.write() as session:
        return await outbox.sent(session, out, f"id-{out.id}", at_)


async def fail(database: Database, out: Outgoing, reason: str = "gone") -> None:
    async with database.write() as session:
        await outbox.fail(session, out, reason)


async def row(database: Database, number: int = 1) -> dict[str, Any]:
    names = ("card", "revision", "state", "reason", "attempts", "first_try_at", "next_at",
             "external_id", "sent_at")  # fmt: skip
    async with database.read() as session:
        found = (await session.scalars(select(OutboxRow).where(OutboxRow.id == number))).one()
        return {name: getattr(found, name) for name in names}


FRESH: dict[str, Any] = {
    "card": CARD,
    "revision": 1,
    "state": "pending",
    "reason": None,
    "attempts": 0,
    "first_try_at": None,
    "next_at": NOW,
    "external_id": None,
    "sent_at": None,
}
CLAIMED = {
    **FRESH,
    "state": "sending",
    "attempts": 1,
    "first_try_at": NOW,
    "next_at": NOW + LEASE,
}
SENT = {
    **CLAIMED,
    "state": "sent",
    "external_id": "id-1",
    "sent_at": SOON,
    "first_try_at": None,
    "next_at": NOW,
}


def but(kept: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**kept, **changes}


# What is wanted.


async def test_the_same_card_twice_is_one_row(database: Database) -> None:
    await put(database, wanted("a"), wanted("a"))
    assert await row(database) == FRESH
    assert await due(database) == (1,)


async def test_another_card_under_the_same_key_is_a_revision(database: Database) -> None:
    await put(database, wanted("a"), wanted("a", card=ANEW), wanted("a", card=ANEW))
    assert await row(database) == but(FRESH, card=ANEW, revision=2)


async def test_a_key_of_another_organization_is_another_row(database: Database) -> None:
    await put(database, wanted("a"), replace(wanted("a"), organization="other"))
    assert await due(database) == (1, 2)


async def test_what_was_ever_wanted_is_known(database: Database) -> None:
    await put(database, wanted("a"))
    async with database.read() as session:
        known = [await outbox.is_put(session, "org", key) for key in ("a", "b")]
    assert known == [True, False]


# The order.


async def test_of_each_lane_the_first_open_row_is_due(database: Database) -> None:
    await put(database, *(wanted(f"{t}{n}", thread=t) for n in (1, 2) for t in ("x", "y")))
    await put(database, wanted("root1", thread=None), wanted("root2", thread=None))
    assert await due(database) == (1, 2, 5)
    await sent(database, await claim(database, 1))
    assert await due(database) == (2, 3, 5)


async def test_the_same_lane_of_another_organization_is_another_lane(database: Database) -> None:
    await put(database, wanted("a"), replace(wanted("a"), organization="other"))
    assert await due(database) == (1, 2)


async def test_what_is_being_sent_holds_its_lane(database: Database) -> None:
    await put(database, wanted("a"), wanted("b"))
    await claim(database, 1)
    assert await due(database) == ()


async def test_what_failed_lets_its_lane_go_on(database: Database) -> None:
    await put(database, wanted("a"), wanted("b"))
    await fail(database, await claim(database, 1))
    assert await row(database) == but(CLAIMED, state="failed", reason="gone")
    assert await due(database) == (2,)


async def test_an_edit_stands_outside_the_order(database: Database) -> None:
    await put(database, wanted("a"))
    await sent(database, await claim(database, 1))
    await put(database, wanted("b"), wanted("c"), wanted("a", card=ANEW))
    assert await due(database) == (1, 2)
    await claim(database, 1)
    assert await due(database) == (2,)


async def test_what_is_put_off_holds_its_lane_until_then(database: Database) -> None:
    await put(database, wanted("a"), wanted("b"))
    out = await claim(database, 1)
    async with database.write() as session:
        await outbox.put_off(session, out, state="pending", until=SOON)
    assert [await due(database), await due(database, SOON)] == [(), (1,)]


# One try.


async def test_a_row_is_claimed_once(database: Database) -> None:
    await put(database, wanted("a"))
    assert await claim(database, 1) == Outgoing(
        id=1,
        organization="org",
        key="a",
        run="run",
        platform="web",
        channel="grade-7",
        thread="lane",
        only_for=None,
        card=CARD,
        revision=1,
        attempts=1,
        external_id=None,
        first_try_at=NOW,
        was_sending=False,
    )
    async with database.write() as session:
        assert await outbox.claim(session, 1, NOW) is None
    assert await row(database) == CLAIMED


async def test_a_try_that_never_ended_is_found_after_its_lease(database: Database) -> None:
    await put(database, wanted("a"))
    await claim(database, 1)
    later = NOW + LEASE
    assert [await due(database, later - timedelta(seconds=1)), await due(database, later)] == [
        (),
        (1,),
    ]
    again = await claim(database, 1, later)
    assert (again.was_sending, again.attempts, again.first_try_at) == (True, 2, NOW)


async def test_what_stands_there_is_recorded_and_the_second_time_changes_nothing(
    database: Database,
) -> None:
    await put(database, wanted("a"))
    out = await claim(database, 1)
    assert [await sent(database, out), await sent(database, out)] == [True, False]
    assert await row(database) == SENT


async def test_what_stands_there_is_recorded_whoever_sent_it(database: Database) -> None:
    await put(database, wanted("a"))
    first = await claim(database, 1)
    await fail(database, await claim(database, 1, NOW + LEASE))
    assert await sent(database, first) is True
    assert (await row(database))["state"] == "sent"


async def test_a_row_that_is_gone_is_not_recorded(database: Database) -> None:
    await put(database, wanted("a"))
    out = replace(await claim(database, 1), id=7)
    assert await sent(database, out) is False


async def test_an_older_try_neither_puts_off_nor_gives_up(database: Database) -> None:
    await put(database, wanted("a"))
    first = await claim(database, 1)
    await claim(database, 1, NOW + LEASE)
    before = await row(database)
    await fail(database, first)
    async with database.write() as session:
        await outbox.put_off(session, first, state="pending", until=NOW)
    assert await row(database) == before


async def test_what_was_put_off_twice_was_put_off_once(database: Database) -> None:
    await put(database, wanted("a"))
    out = await claim(database, 1)
    for until in (SOON, SOON + LEASE):
        async with database.write() as session:
            await outbox.put_off(session, out, state="pending", until=until)
    assert await row(database) == but(CLAIMED, state="pending", next_at=SOON)


# Shown anew.


async def test_the_newest_card_wins_while_an_older_one_is_being_sent(database: Database) -> None:
    await put(database, wanted("a"))
    out = await claim(database, 1)
    await put(database, wanted("a", card=ANEW), now=SOON)
    assert await row(database) == but(CLAIMED, card=ANEW, revision=2)
    assert await sent(database, out) is True
    assert (await row(database))["state"] == "pending"
    newest = await claim(database, 1, SOON)
    assert (newest.card, newest.revision, newest.external_id) == (ANEW, 2, "id-1")


async def test_the_newest_card_is_shown_at_once_whatever_the_platform_s_clock_says(
    database: Database,
) -> None:
    await put(database, wanted("a"))
    out = await claim(database, 1)
    await put(database, wanted("a", card=ANEW))
    await sent(database, out, NOW + timedelta(hours=1))
    assert await due(database) == (1,)


async def test_what_was_sent_is_shown_anew_as_an_edit_with_its_tries_from_then_on(
    database: Database,
) -> None:
    await put(database, wanted("a"))
    await sent(database, await claim(database, 1))
    later = NOW + timedelta(hours=7)
    await put(database, wanted("a", card=ANEW), now=later)
    assert await row(database) == but(SENT, state="pending", card=ANEW, revision=2, next_at=later)
    again = await claim(database, 1, later)
    assert (again.first_try_at, again.external_id, again.was_sending) == (later, "id-1", False)


async def test_what_was_given_up_is_looked_for_before_it_is_shown_anew(
    database: Database,
) -> None:
    await put(database, wanted("a"))
    await fail(database, await claim(database, 1), "uncertain")
    later = NOW + timedelta(hours=1)
    await put(database, wanted("a", card=ANEW), now=later)
    again = await claim(database, 1, later)
    assert (again.was_sending, again.first_try_at, again.card) == (True, NOW, ANEW)


@pytest.mark.parametrize(
    ("reason", "looks_first"), [("too_big", False), ("uncertain", True), ("gave up", True)]
)
async def test_a_newer_card_than_the_one_that_was_given_up_has_its_own_tries(
    database: Database, reason: str, *, looks_first: bool
) -> None:
    await put(database, wanted("a"))
    out = await claim(database, 1)
    await put(database, wanted("a", card=ANEW))
    await fail(database, out, reason)
    again = await claim(database, 1, NOW + LEASE)
    assert (again.card, again.was_sending) == (ANEW, looks_first)


# Taken back.


async def withdraw(database: Database, prefix: str, run: str = "run") -> None:
    async with database.write() as session:
        await outbox.withdraw(session, "org", run, prefix)


async def keys(database: Database) -> list[str]:
    async with database.read() as session:
        return list(await session.scalars(select(OutboxRow.key).order_by(OutboxRow.id)))


async def test_what_was_never_tried_is_taken_back_by_the_beginning_of_its_key(
    database: Database,
) -> None:
    await put(database, *(wanted(key) for key in ("step:1", "step:1:r1", "step:2")))
    for _ in range(2):
        await withdraw(database, "step:1")
        assert await keys(database) == ["step:2"]


async def test_a_prefix_is_no_pattern(database: Database) -> None:
    await put(database, wanted("step:1"))
    await withdraw(database, "step%")
    await withdraw(database, "step_1")
    await withdraw(database, "step:1", run="another")
    assert await keys(database) == ["step:1"]


@pytest.mark.parametrize("state", ["sending", "sent", "edited"])
async def test_what_may_stand_there_is_never_taken_back(database: Database, state: str) -> None:
    await put(database, wanted("step:1"))
    out = await claim(database, 1)
    if state != "sending":
        await sent(database, out)
    if state == "edited":
        await put(database, wanted("step:1", card=ANEW))
    await withdraw(database, "step:1")
    assert await keys(database) == ["step:1"]
