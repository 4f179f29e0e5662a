"""The composition root: the only module that knows everything."""

import asyncio
import base64
import logging
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from aiohttp import web
from filelock import FileLock
from pydantic import SecretStr

from adapters.pictures import ProcessPictures
from adapters.slack import app as slack
from adapters.slack.parse import PLATFORM as SLACK
from adapters.slack.service import BadToken, Slack, service
from adapters.web import app as pages
from adapters.web import health
from adapters.web.chat import WebChat
from bot import delivery, intake, players, ways
from bot.calendar import NoCalendar, read_calendar
from bot.cards.words import english
from bot.clock import Clock
from bot.demo import SCHOOL, DemoClock, landing, seed, skip_ahead
from bot.flows import people
from bot.flows.channel import PLATFORM, LocalChannel
from bot.flows.house import House
from bot.flows.reports import Reports
from bot.flows.runs import look_anew
from bot.ports import Chat
from bot.settings import LogFormat, Settings
from bot.verbs import VERBS
from bot.ways import SlackWay
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
        channel = LocalChannel(house, organization)
        actors = players.Players(
            house, channel, organization, everyone=play, visitor=SCHOOL.visitor
        )
        chats: dict[str, Chat] = {PLATFORM: WebChat(channel)}
        async with (
            _loops(house, beat, chats, players.run(actors)),
            _listening(app, "127.0.0.1", port) as at,
        ):
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
    house: House, beat: Clock, chats: Mapping[str, Chat], *others: Awaitable[None]
) -> AsyncIterator[None]:
    beat.start()
    loops = (intake.run(house), delivery.run(house, chats), *others)
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
async def _listening(app: web.Application, host: str, port: int) -> AsyncIterator[str]:
    runner = web.AppRunner(
        app, handler_cancellation=True, shutdown_timeout=SHUTDOWN, access_log=None
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as fault:
            msg = f"Port {port} is taken. Choose another one with COLLOQUY_PORT, or --port of the demo."
            raise CannotStart(msg) from fault
        yield f"http://{host}:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def serve(settings: Settings, library: Library) -> AsyncIterator[str]:
    """The bot on the platforms that are set up; yields what a person should know of it."""
    way = _slack_way(settings)
    prepare_database(settings)
    house = open_house(settings, library, utc_now, settings.clock_rate)
    beat = Clock(house)
    app = web.Application(client_max_size=slack.LARGEST)
    try:
        await look_anew(house)
        async with _slack(settings, house, way) as there:
            if there is not None and way is SlackWay.HTTP:
                slack.mount(app, there.app)

            async def not_ready() -> list[str]:
                reasons = [] if beat.is_well() else ["the clock does not beat"]
                is_away = there is not None and not await there.is_connected()
                return [*reasons, *(["Slack is not connected"] if is_away else [])]

            health.mount(app, not_ready)
            chats: dict[str, Chat] = {} if there is None else {SLACK: there.chat}
            async with (
                _loops(house, beat, chats),
                _listening(app, settings.host, settings.port) as at,
            ):
                yield f"{at}  ({'no platform is set up' if way is None else f'Slack, by {way}'})"
    finally:
        await house.database.close()


def _slack_way(settings: Settings) -> SlackWay | None:
    try:
        way = ways.slack(settings)
    except ways.HalfSetUp as fault:
        raise CannotStart(str(fault)) from fault
    if way is not None and settings.secret_key is None:
        msg = "COLLOQUY_SECRET_KEY is missing: it seals what is kept. Set it to a long random text."
        raise CannotStart(msg)
    return way


@asynccontextmanager
async def _slack(
    settings: Settings, house: House, way: SlackWay | None
) -> AsyncIterator[Slack | None]:
    if way is None or settings.slack_bot_token is None:
        yield None
        return

    async def organization_of(team: str, name: str) -> str:
        return await people.organization_of(house, SLACK, team, name)

    try:
        async with service(
            house,
            api_url=settings.slack_api_url,
            bot_token=settings.slack_bot_token.get_secret_value(),
            app_token=_secret(settings.slack_app_token),
            secret=_secret(settings.slack_signing_secret),
            organization_of=organization_of,
        ) as there:
            yield there
    except BadToken as fault:
        raise CannotStart(str(fault)) from fault


def _secret(given: SecretStr | None) -> str | None:
    return None if given is None else given.get_secret_value()
