"""Transactions: one writer at a time, readers beside it, all or nothing, and a bell."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import people
from storage.database import AnotherProcess, Database, lock
from storage.people import Organization


def named(name: str) -> Organization:
    return Organization(name, "web", name, name, {})


async def names(database: Database) -> list[str]:
    async with database.read() as session:
        found = await session.scalars(text("SELECT name FROM organization ORDER BY name"))
        return list(found)


async def test_a_writer_does_not_keep_readers_waiting(database: Database) -> None:
    async with database.write() as session:
        await people.add_organization(session, named("New"))
        assert await names(database) == ["Other", "School"]
    assert await names(database) == ["New", "Other", "School"]


async def test_a_reader_sees_one_moment_and_does_not_keep_writers_waiting(
    database: Database,
) -> None:
    async with database.read() as session:
        before = await people.organization_by_id(session, "new")
        async with database.write() as writer:
            await people.add_organization(writer, Organization("new", "web", "N", "N", {}))
        assert (before, await people.organization_by_id(session, "new")) == (None, None)


async def test_what_raises_is_rolled_back_whole(database: Database) -> None:
    async def half_done() -> None:
        async with database.write() as session:
            await people.add_organization(session, named("New"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half_done()
    assert await names(database) == ["Other", "School"]


async def test_after_a_rollback_the_next_writer_goes_on(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write():
            raise ZeroDivisionError
    async with database.write() as session:
        await people.add_organization(session, named("New"))
    assert await names(database) == ["New", "Other", "School"]


async def test_writers_wait_for_each_other_and_all_are_written(database: Database) -> None:
    async def settings_raised(_: int) -> None:
        async with database.write() as session:
            found = await people.organization_by_id(session, "org")
            assert found is not None
            count = found.settings.get("count", 0) + 1
            await people.set_settings(session, "org", {"count": count})

    await asyncio.gather(*map(settings_raised, range(20)))
    async with database.read() as session:
        found = await people.organization_by_id(session, "org")
    assert found == Organization("org", "web", "School", "School", {"count": 20})


async def test_a_commit_wakes_whoever_waits(database: Database) -> None:
    waiting = asyncio.create_task(database.wait(60))
    await asyncio.sleep(0)
    async with database.write() as session:
        await people.add_organization(session, named("New"))
    async with asyncio.timeout(30):
        await waiting


async def test_a_rollback_wakes_nobody(database: Database) -> None:
    waiting = asyncio.create_task(database.wait(60))
    await asyncio.sleep(0)
    with pytest.raises(ZeroDivisionError):
        async with database.write():
            raise ZeroDivisionError
    assert not waiting.done()
    await database.wake()
    await waiting


async def test_without_a_commit_waiting_ends_by_itself(database: Database) -> None:
    await database.wait(0.001)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("busy_timeout", 10_000),
        ("foreign_keys", 1),
        ("secure_delete", 1),
    ],
)
async def test_every_connection_keeps_what_it_is_told(
    database: Database, pragma: str, value: object
) -> None:
    async with database.read() as session:
        assert await session.scalar(text(f"PRAGMA {pragma}")) == value


def test_one_process_holds_a_file_and_the_next_is_refused(tmp_path: Path) -> None:
    held = lock(tmp_path / "school.db")
    with pytest.raises(AnotherProcess):
        lock(tmp_path / "school.db")
    held.release()
    lock(tmp_path / "school.db").release()
