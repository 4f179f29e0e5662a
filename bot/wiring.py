"""The composition root: the only module that knows everything."""

import asyncio
import base64
import logging
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from aiohttp import web
from filelock import FileLock

from adapters.pictures import ProcessPictures
from adapters.web import app as pages
from adapters.web import health
from adapters.web.chat import WebChat
from bot import delivery, intake, players
from bot.calendar import NoCalendar, read_calendar
from bot.cards.words import english
from bot.clock import Clock
from bot.demo import SCHOOL, DemoClock, landing, seed, skip_ahead
from bot.flows.channel import PLATFORM, LocalChannel
from bot.flows.house import House
from bot.flows.reports import Reports
from bot.flows.runs import look_anew
from bot.settings import LogFormat, Settings
from bot.verbs import VERBS
from protocols.library import Library
from protocols.school_days import Calendar
from storage import migrate
from storage.database import Database, lock
from storage.sealing import Vault

SHUTDOWN = 2.0
KEY_BYTES = 32


class CannotStart(Exception):
    """Why it does not start, as one sentence with a next step."""


def new_id() -> str:
    """16 characters of lower-case base32: 80 bits of chance."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


def configure_log(settings: Settings) -> None:
    """Log ids, never texts; for people on a terminal, else as JSON."""
    is_console = settings.log is LogFormat.CONSOLE or (settings.log is None and sys.stderr.isatty())
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer() if is_console else structlog.processors.JSONRenderer()
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a beat that was busy is no news
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)  # it may repeat what stands in a file
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def zone_of(settings: Settings) -> str:
    """The school's zone. Raises CannotStart."""
    zone = settings.timezone or os.environ.get("TZ") or "America/New_York"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        msg = f'"{zone}" is no time zone. Set COLLOQUY_TIMEZONE to one such as America/New_York.'
        raise CannotStart(msg) from fault
    return zone


def secret_of(settings: Settings) -> str:
    """The secret that seals what is kept: set from outside, else a key file of our own."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.home / "secret.key"
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w") as file:
            file.write(secrets.token_urlsafe(KEY_BYTES))
    return path.read_text().strip()


def prepare_database(settings: Settings) -> None:
    """Bring the database to the newest revision. Raises CannotStart where that is not wanted."""
    settings.database_file.parent.mkdir(parents=True, exist_ok=True)
    if migrate.revision(settings.database) == migrate.HEAD:
        return
    if not settings.auto_migrate:
        msg = "The database is older than this program. Run: colloquy db upgrade"
        raise CannotStart(msg)
    migrate.upgrade(settings.database)


def open_house(
    settings: Settings, library: Library, now: Callable[[], datetime], rate: float
) -> House:
    """What the flows are handed, on an existing database."""
    return House(
        database=Database(settings.database),
        now=now,
        new_id=new_id,
        vault=Vault(secret_of(settings)),
        calendar=_calendar(settings, rate),
        t=english,
        library=library,
    )


def _calendar(settings: Settings, rate: float) -> Calendar:
    try:
        return read_calendar(settings.home, zone_of(settings), rate)
    except NoCalendar as fault:
        raise CannotStart(str(fault)) from fault


def utc_now() -> datetime:
    """The system's clock."""
    return datetime.now(UTC)


def hold(settings: Settings) -> FileLock:
    """Hold the database file for this process's life. Raises AnotherProcess."""
    settings.database_file.parent.mkdir(parents=True, exist_ok=True)
    return lock(settings.database_file)


async def prepare_demo(settings: Settings, library: Library, rate: float) -> None:
    """Make the seeded school where there is none: beside its place, then moved there whole."""
    file = settings.database_file
    if file.exists():
        prepare_database(settings)
        return
    beside = settings.model_copy(update={"database_url": f"sqlite:///{file}.seeding"})
    remove_database(beside)
    prepare_database(beside)
    clock = DemoClock(utc_now)
    house = open_house(beside, library, clock.now, rate)
    try:
        await seed(house, clock)
    finally:
        await house.database.close()
    beside.database_file.replace(file)


def remove_database(settings: Settings) -> None:
    """Remove a SQLite file and what belongs to it."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{settings.database_file}{suffix}").unlink(missing_ok=True)


@asynccontextmanager
async def demo(
    settings: Settings, library: Library, *, rate: float, play: bool, port: int
) -> AsyncIterator[str]:
    """The seeded school in the local channel; yields the address of the first visit."""
    clock = DemoClock(utc_now)
    house = open_house(settings, library, clock.now, rate)
    pictures = ProcessPictures(settings.fonts)
    try:
        organization = await seed(house, clock)
        await look_anew(house)
        beat = Clock(house)
        app = _pages(house, organization, clock, beat, pictures)
        async with _loops(house, organization, beat, play=play), _listening(app, port) as at:
            yield at
    finally:
        await pictures.close()
        await house.database.close()


def _pages(
    house: House, organization: str, clock: DemoClock, beat: Clock, pictures: ProcessPictures
) -> web.Application:
    app = web.Application(client_max_size=64 * 1024)
    channel = LocalChannel(house, organization)

    async def not_ready() -> list[str]:
        return [] if beat.is_well() else ["the clock does not beat"]

    async def first_visit() -> str:
        return await landing(house, organization)

    async def skip() -> None:
        await skip_ahead(house, organization, clock)

    health.mount(app, not_ready)
    pages.mount(
        app,
        channel=channel,
        reports=Reports(house, organization, PLATFORM),
        pictures=pictures,
        landing=first_visit,
        zone=ZoneInfo(house.calendar.zone),
        verbs=tuple((verb.example, verb.help) for verb in VERBS),
        skip=skip,
    )
    return app


@asynccontextmanager
async def _loops(
    house: House, organization: str, beat: Clock, *, play: bool
) -> AsyncIterator[None]:
    channel = LocalChannel(house, organization)
    chats = {PLATFORM: WebChat(channel)}
    actors = players.Players(house, channel, organization, everyone=play, visitor=SCHOOL.visitor)
    beat.start()
    loops: tuple[Awaitable[None], ...] = (
        intake.run(house),
        delivery.run(house, chats),
        players.run(actors),
    )
    tasks = [asyncio.ensure_future(loop) for loop in loops]
    try:
        yield
    finally:
        await beat.stop()
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def _listening(app: web.Application, port: int) -> AsyncIterator[str]:
    runner = web.AppRunner(
        app, handler_cancellation=True, shutdown_timeout=SHUTDOWN, access_log=None
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        try:
            await site.start()
        except OSError as fault:
            msg = f"Port {port} is taken. Choose another one: colloquy demo --port {port + 1}"
            raise CannotStart(msg) from fault
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
