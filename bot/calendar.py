"""The school's calendar, read from `calendar.toml` in COLLOQUY_HOME; without that, weekdays alone."""

import tomllib
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from protocols.school_days import CLOSES, OPENS, Calendar

FILE = "calendar.toml"


class NoCalendar(Exception):
    """Why the file is no calendar, as one sentence with a next step."""


class Weekday(StrEnum):
    """The days of a week, in the order in which Python counts them."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError) as fault:
        msg = "is no time zone; write one such as America/New_York"
        raise ValueError(msg) from fault


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Recess(_Written):
    """Days without school, the first and the last among them."""

    first: date
    last: date

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if not timedelta(0) <= self.last - self.first <= timedelta(days=120):
            msg = "the last day comes after the first, within 120 days"
            raise ValueError(msg)
        return self

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


class _HalfDay(_Written):
    """A day that ends early."""

    day: date
    dismissal: time


class _School(_Written):
    """All that the file may say."""

    zone: Annotated[str, AfterValidator(_zone)] | None = None
    weekdays: list[Weekday] = Field(default=list(Weekday)[:5], min_length=1)
    opens: time = OPENS
    closes: time = CLOSES
    closures: list[date] = []
    recesses: list[_Recess] = []
    half_days: list[_HalfDay] = []

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            msg = "the school opens before it closes"
            raise ValueError(msg)
        return self


def read_calendar(home: Path, zone: str, rate: float) -> Calendar:
    """The calendar of the file, or one of weekdays alone. Raises NoCalendar.

    `zone`: the school's, where the file names none; `rate`: how many times as fast runs run.
    """
    path = home / FILE
    if not path.exists():
        return Calendar(zone, rate=rate)
    try:
        school = _School.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "calendar"
        sentence = first["msg"].removeprefix("Value error, ")
        msg = f"{path}: {where}: {sentence}. Mend this line and start again."
        raise NoCalendar(msg) from fault
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        msg = f"{path}: {fault}. Mend the file and start again."
        raise NoCalendar(msg) from fault
    return Calendar(
        zone=school.zone or zone,
        weekdays=frozenset(list(Weekday).index(day) for day in school.weekdays),
        opens=school.opens,
        closes=school.closes,
        closures=frozenset(chain(school.closures, *(r.days() for r in school.recesses))),
        half_days=tuple((half.day, half.dismissal) for half in school.half_days),
        rate=rate,
    )
