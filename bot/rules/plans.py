"""When a run is planned for: a day and a time as people write them, in the school's zone."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from protocols.school_days import Calendar

WEEK = timedelta(days=7)
FURTHEST = timedelta(days=366)
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
NOON = 12


def time_of(text: str) -> time | None:
    """`3 pm`, `3:15 pm` or `15:15` as a time; None where it is none."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if half := (found[3] or "").lower().replace(".", ""):
        if not 1 <= hour <= NOON:
            return None
        hour = hour % NOON + (NOON if half == "pm" else 0)
    elif found[2] is None:
        return None  # a bare number may be either half of the day
    return time(hour, minute) if hour < 2 * NOON and minute < 60 else None  # noqa: PLR2004


def day_of(text: str) -> date | None:
    """A day as forms send it, `2026-12-01`; None where it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def planned_at(day: str, at: str, zone: str) -> datetime | None:
    """The moment of a day and a time at the school, None where either is none."""
    when, clock = day_of(day), time_of(at)
    if when is None or clock is None:
        return None
    return datetime.combine(when, clock, ZoneInfo(zone)).astimezone(UTC)


def faults(day: str, at: str, zone: str, now: datetime) -> dict[str, str]:
    """What is wrong with a day and a time, a sentence by the input's id."""
    wrong = {}
    if day_of(day) is None:
        wrong["day"] = "Please choose a day."
    if time_of(at) is None:
        wrong["time"] = "Please write a time such as 3:15 pm."
    moment = planned_at(day, at, zone)
    if moment is not None and not now < moment <= now + FURTHEST:
        wrong["day"] = "Please choose a day and time to come, within a year."
    return wrong


def a_week_later(at: datetime, calendar: Calendar) -> datetime:
    """The same local time a week later, or the first such week in which school is open that day."""
    local = at.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)
    weeks = (local + WEEK * n for n in range(1, 53))
    open_weeks = (week for week in weeks if calendar.hours_on(week.date()) is not None)
    found = next(open_weeks, local + WEEK)
    return found.replace(tzinfo=ZoneInfo(calendar.zone)).astimezone(UTC)
