"""The database: one writer at a time on SQLite, plain transactions, and a bell that wakes loops."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

Session = AsyncSession  # so that flows hand sessions on without knowing SQLAlchemy

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "secure_delete=ON",
)


class AnotherProcess(Exception):
    """Another process works on this SQLite file."""


class Database:
    """Transactions over one database.

    `write` is one transaction, committed when its block ends well, rolled back when it raises.
    On SQLite writers queue in this process (its own queue starves) and take the write lock at
    once: a transaction that reads first and writes later fails with "database is locked".
    """

    def __init__(self, url: str) -> None:
        """`url`: `sqlite:///path`. The driver is chosen here."""
        self._engine = _engine(url)
        self._reader = self._engine.execution_options(read_only=True)
        self._writing = asyncio.Lock()
        self._written = asyncio.Condition()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One writing transaction; whoever waits is woken after its commit.

        Raises OSError (ENOSPC) where the disk is full; nothing of the transaction is kept then.
        """
        session = AsyncSession(self._engine, expire_on_commit=False)
        try:
            async with self._writing, session, session.begin():
                yield session
        except OperationalError as fault:
            if "disk is full" not in str(fault.orig):
                raise
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from fault
        await self.wake()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One reading transaction, beside the writer."""
        session = AsyncSession(self._reader, expire_on_commit=False)
        async with session, session.begin():
            yield session

    async def wake(self) -> None:
        """Wake whoever waits."""
        async with self._written:
            self._written.notify_all()

    async def wait(self, seconds: float) -> None:
        """Return after the next commit of this process, or after so many seconds."""
        async with self._written:
            try:
                async with asyncio.timeout(seconds):
                    await self._written.wait()
            except TimeoutError:
                return

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


def lock(path: Path) -> FileLock:
    """Hold a SQLite file for this process's life. Raises AnotherProcess.

    The operating system frees it when the process dies, however it dies.
    """
    held = FileLock(f"{path}.lock")
    try:
        held.acquire(timeout=0)
    except Timeout as refused:
        raise AnotherProcess from refused
    return held


def _engine(url: str) -> AsyncEngine:
    engine = create_async_engine(
        url.replace("sqlite://", "sqlite+aiosqlite://", 1),
        hide_parameters=True,  # an error that is logged holds no words
    )
    obey(engine.sync_engine)
    return engine


def obey(engine: Engine) -> None:
    """Let an engine begin its transactions itself, so that tables too are made all or none."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    is_reader = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")
