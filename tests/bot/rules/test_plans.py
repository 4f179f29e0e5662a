"""A day and a time as people write them."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.plans import a_week_later, faults, planned_at, time_of
from protocols.school_days import Calendar

ZONE = "America/New_York"
NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)  # Tuesday, noon at the school


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("3 pm", time(15)),
        ("3:15 PM", time(15, 15)),
        ("3.15pm", time(15, 15)),
        ("12 am", time(0)),
        ("12:30 p.m.", time(12, 30)),
        ("15:15", time(15, 15)),
        (" 07:05 ", time(7, 5)),
        ("3", None),
        ("13 pm", None),
        ("0 am", None),
        ("24:00", None),
        ("9:60", None),
        ("noon", None),
        ("", None),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, at: time | None) -> None:
    assert time_of(text) == at


@given(st.times())
def test_every_minute_of_a_day_can_be_written_both_ways(at: time) -> None:
    whole = at.replace(second=0, microsecond=0)
    hour, half = whole.hour % 12 or 12, "am" if whole.hour < 12 else "pm"
    assert time_of(f"{whole:%H:%M}") == whole
    assert time_of(f"{hour}:{whole.minute:02} {half}") == whole


@pytest.mark.parametrize(
    ("day", "at", "wrong"),
    [
        ("2026-11-24", "12:01 pm", {}),
        ("", "3 pm", {"day": "Please choose a day."}),
        ("2026-02-30", "3 pm", {"day": "Please choose a day."}),
        ("2026-12-01", "3", {"time": "Please write a time such as 3:15 pm."}),
        (
            "soon",
            "late",
            {"day": "Please choose a day.", "time": "Please write a time such as 3:15 pm."},
        ),
        ("2026-11-24", "12 pm", {"day": "Please choose a day and time to come, within a year."}),
        ("2028-11-24", "3 pm", {"day": "Please choose a day and time to come, within a year."}),
    ],
)
def test_what_cannot_be_planned_is_said_beside_its_input(
    day: str, at: str, wrong: dict[str, str]
) -> None:
    assert faults(day, at, ZONE, NOW) == wrong


def test_a_plan_is_in_the_school_s_zone() -> None:
    assert planned_at("2026-12-01", "3:15 pm", ZONE) == datetime(2026, 12, 1, 20, 15, tzinfo=UTC)
    assert planned_at("2026-12-01", "soon", ZONE) is None


def test_the_same_time_next_week_keeps_the_local_time_and_leaves_recesses_out() -> None:
    friday = datetime(2026, 10, 30, 19, tzinfo=UTC)  # 3 pm, before the clocks go back
    assert a_week_later(friday, Calendar(ZONE)) == datetime(2026, 11, 6, 20, tzinfo=UTC)
    closed = Calendar(ZONE, closures=frozenset({date(2026, 11, 6)}))
    assert a_week_later(friday, closed) == datetime(2026, 11, 13, 20, tzinfo=UTC)
    never = Calendar(ZONE, weekdays=frozenset())
    assert a_week_later(friday, never) == datetime(2026, 11, 6, 20, tzinfo=UTC)
