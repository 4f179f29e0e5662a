"""What `colloquy doctor` looks at: one line a finding, with the fix where something is broken."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapters.pictures import ProcessPictures
from bot import wiring
from bot.calendar import FILE, NoCalendar, read_calendar
from bot.settings import Settings
from protocols.library import library
from storage import migrate
from storage.database import AnotherProcess, lock

OTHERS = 0o077
CHINESE = re.compile(
    "CJK|Noto (Sans|Serif) (SC|TC|HK)|Source Han|WenQuanYi|PingFang|Heiti|Songti|Hiragino"
    "|Microsoft (YaHei|JhengHei)|SimSun|SimHei|AR PL|Droid Sans Fallback"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, as a sentence. `is_well`: nothing needs to be done."""

    is_well: bool
    sentence: str


def findings(settings: Settings) -> Iterator[Finding]:
    """Look at everything; nothing is changed."""
    yield from _database(settings)
    yield from _key(settings)
    yield from _calendar(settings)
    yield from _protocols(settings)
    yield fonts_finding(asyncio.run(_families(settings)))


def _database(settings: Settings) -> Iterator[Finding]:
    file = settings.database_file
    if not file.exists():
        yield Finding(
            is_well=True, sentence=f"Database: none yet; {file} is made at the first start."
        )
        return
    found = migrate.revision(settings.database)
    if found != migrate.HEAD:
        fix = "Run: colloquy db upgrade"
        yield Finding(is_well=False, sentence=f"Database: {file} is at revision {found}. {fix}")
    else:
        yield Finding(is_well=True, sentence=f"Database: {file}, at the newest revision {found}.")
    try:
        lock(file).release()
        yield Finding(is_well=True, sentence="Process: none uses the database just now.")
    except AnotherProcess:
        yield Finding(is_well=True, sentence="Process: Colloquy is running on this database.")


def _key(settings: Settings) -> Iterator[Finding]:
    path = settings.home / "secret.key"
    if settings.secret_key is not None:
        yield Finding(is_well=True, sentence="Key: set by COLLOQUY_SECRET_KEY.")
    elif not path.exists():
        yield Finding(is_well=True, sentence=f"Key: none yet; {path} is made at the first start.")
    elif path.stat().st_mode & OTHERS:
        fix = f"Run: chmod 600 {path}"
        yield Finding(is_well=False, sentence=f"Key: others can read {path}. {fix}")
    else:
        yield Finding(is_well=True, sentence=f"Key: {path}. Keep a copy: without it nothing opens.")


def _calendar(settings: Settings) -> Iterator[Finding]:
    try:
        zone = wiring.zone_of(settings)
        calendar = read_calendar(settings.home, zone, settings.clock_rate)
    except (wiring.CannotStart, NoCalendar) as fault:
        yield Finding(is_well=False, sentence=f"Calendar: {fault}")
        return
    if not (settings.home / FILE).exists():
        fix = f"closures go into {settings.home / FILE}"
        yield Finding(is_well=True, sentence=f"Calendar: weekdays, {calendar.zone}; {fix}.")
        return
    closed, half = len(calendar.closures), len(calendar.half_days)
    known = f"days without school: {closed}, half days: {half}"
    yield Finding(is_well=True, sentence=f"Calendar: {calendar.zone}, {known}.")


def _protocols(settings: Settings) -> Iterator[Finding]:
    found = library(settings.protocols)
    own = len(found.files)
    yield Finding(is_well=True, sentence=f"Protocols: {len(found.protocols)}, {own} of your own.")
    for sentence in found.left_out:
        yield Finding(is_well=False, sentence=f"Protocols: {sentence}")


def fonts_finding(families: Iterable[str]) -> Finding:
    """Whether names in Chinese can be drawn; a school may well do without."""
    found = next(filter(CHINESE.search, families), None)
    sentence = f"Fonts: {found}, among others."
    if found is None:
        fix = "Install one, such as fonts-noto-cjk, or set COLLOQUY_FONTS"
        sentence = f"Fonts: none for Chinese, so such names are boxes in charts and PDF. {fix}."
    return Finding(is_well=True, sentence=sentence)


async def _families(settings: Settings) -> list[str]:
    pictures = ProcessPictures(settings.fonts)
    try:
        return await pictures.families()
    finally:
        await pictures.close()
