"""School-day arithmetic: posting hours alone, in local wall time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.school_days import SCHOOL_DAY, Calendar, NeverOpen

ZONE = ZoneInfo("America/New_York")
THANKSGIVING = frozenset({date(2026, 11, 26), date(2026, 11, 27)})
WINTER = frozenset(date(2026, 12, 24) + timedelta(days=n) for n in range(9))
CALENDAR = Calendar(closures=THANKSGIVING | WINTER, half_days=((date(2026, 11, 25), time(11, 40)),))


def local(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def shown(at: datetime, zone: ZoneInfo = ZONE) -> str:
    assert at.tzinfo is UTC
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


# (from, school days, to)
AFTER = [
    ("2026-11-23 15:00", 0.5, "2026-11-24 10:00"),
    ("2026-11-23 07:00", 1.0, "2026-11-23 17:00"),
    ("2026-11-23 17:00", 0.25, "2026-11-24 09:30"),
    ("2026-11-23 05:10", 0.25, "2026-11-23 09:30"),
    ("2026-11-21 12:00", 0.25, "2026-11-23 09:30"),  # a Saturday
    ("2026-11-23 09:07", 0.25, "2026-11-23 11:45"),  # up to the quarter hour
    ("2026-11-23 09:15", 0.25, "2026-11-23 11:45"),
    ("2026-11-24 16:00", 0.5, "2026-11-25 11:00"),  # half day: until dismissal
    ("2026-11-25 09:00", 0.25, "2026-11-25 11:30"),
    ("2026-11-25 09:10", 0.25, "2026-11-25 11:40"),  # the quarter hour is after dismissal
    ("2026-11-25 11:00", 0.5, "2026-11-30 11:30"),  # and over the recess: 40 minutes were left
    ("2026-12-23 16:00", 0.5, "2027-01-04 11:00"),  # over the end of the year
    ("2026-10-30 16:00", 0.5, "2026-11-02 11:00"),  # clocks go back on 1 November
    ("2027-03-12 16:00", 0.5, "2027-03-15 11:00"),  # and forward on 14 March
    ("2026-11-23 12:34", 0, "2026-11-23 12:34"),
    ("2026-11-26 12:34", 0, "2026-11-30 07:00"),
    ("2026-11-23 17:01", 0, "2026-11-24 07:00"),
]


@pytest.mark.parametrize(("begins", "days", "ends"), AFTER)
def test_posting_hours_after_a_time(begins: str, days: float, ends: str) -> None:
    assert shown(CALENDAR.after(local(begins), SCHOOL_DAY * days)) == ends


BEFORE = [
    ("2026-11-24 10:00", 2, "2026-11-24 08:00"),
    ("2026-11-24 08:00", 2, "2026-11-23 16:00"),
    ("2026-11-30 08:00", 2, "2026-11-25 10:40"),
    ("2027-01-04 08:00", 2, "2026-12-23 16:00"),
    ("2026-11-02 08:00", 2, "2026-10-30 16:00"),
    ("2026-11-28 12:00", 0, "2026-11-25 11:40"),
    ("2026-11-24 06:00", 1, "2026-11-23 16:00"),
]


@pytest.mark.parametrize(("ends", "hours", "begins"), BEFORE)
def test_posting_hours_before_a_time(ends: str, hours: int, begins: str) -> None:
    assert shown(CALENDAR.before(local(ends), timedelta(hours=hours))) == begins


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-23 06:59", False),
        ("2026-11-23 07:00", True),
        ("2026-11-23 17:00", True),
        ("2026-11-23 17:01", False),
        ("2026-11-25 11:41", False),
        ("2026-11-26 12:00", False),
        ("2026-11-28 12:00", False),
    ],
)
def test_a_school_is_open_on_its_days_and_hours(at: str, *, is_open: bool) -> None:
    assert CALENDAR.is_open(local(at)) == is_open


def test_a_rate_shortens_quarter_hours_too() -> None:
    fast = Calendar(rate=60)
    assert fast.shortened(SCHOOL_DAY) == timedelta(minutes=10)
    ends = fast.after(local("2026-11-23 16:55:01"), fast.shortened(SCHOOL_DAY))
    assert f"{ends.astimezone(ZONE):%d %H:%M:%S}" == "24 07:05:15"


def test_a_year_without_school_has_no_deadline() -> None:
    closed = Calendar(weekdays=frozenset())
    with pytest.raises(NeverOpen):
        closed.after(local("2026-11-23 12:00"), SCHOOL_DAY)
    with pytest.raises(NeverOpen):
        closed.before(local("2026-11-23 12:00"), SCHOOL_DAY)


def test_a_half_day_that_ends_before_it_begins_is_closed() -> None:
    calendar = Calendar(half_days=((date(2026, 11, 23), time(7)),))
    assert calendar.hours_on(date(2026, 11, 23)) is None


ZONES = st.sampled_from(
    ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]
)
DAYS = st.dates(date(2026, 9, 1), date(2027, 6, 30))
CALENDARS = st.builds(
    Calendar,
    zone=ZONES,
    closures=st.frozensets(DAYS, max_size=40),
    half_days=st.lists(st.tuples(DAYS, st.just(time(11, 50))), max_size=5).map(tuple),
)
MOMENTS = st.builds(
    lambda day, seconds: datetime.combine(day, time(), UTC) + timedelta(seconds=seconds),
    DAYS,
    st.integers(0, 86_399),
)
LENGTHS = st.integers(1, 12).map(lambda quarters: SCHOOL_DAY / 4 * quarters)


@given(CALENDARS, MOMENTS, LENGTHS)
def test_a_deadline_never_lands_on_a_closed_day_or_hour(
    calendar: Calendar, at: datetime, length: timedelta
) -> None:
    ends = calendar.after(at, length)
    assert calendar.is_open(ends)
    assert calendar.is_open(calendar.before(ends, length))


@given(CALENDARS, MOMENTS, LENGTHS, LENGTHS)
def test_more_hours_are_never_earlier_and_later_starts_never_end_before(
    calendar: Calendar, at: datetime, length: timedelta, more: timedelta
) -> None:
    ends = calendar.after(at, length)
    assert ends - at >= length
    assert ends < calendar.after(at, length + more)
    assert ends <= calendar.after(at + more, length)
