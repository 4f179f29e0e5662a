"""The clock of a live run: what is due when, planned ends, pauses and more time."""

from datetime import timedelta

import pytest

from protocols.due import length, next_due
from protocols.engine import advance
from protocols.events import (
    Announce,
    Cancelled,
    Effect,
    Ended,
    Extended,
    Finish,
    How,
    Leave,
    Next,
    Note,
    Passed,
    Paused,
    Posted,
    Refresh,
    RefreshStep,
    Resumed,
    Tick,
    Whisper,
)
from protocols.model import PRESENTER, TIMEKEEPER, Clock, Floor
from protocols.run import ClosedBy, Mark, Opening, PersonId, Phase, Run
from protocols.school_days import Calendar
from tests.protocols.factories import (
    ANA,
    BEN,
    CALENDAR,
    CY,
    DEE,
    ROLES,
    after,
    at,
    begun,
    effects,
    said,
    step,
    waiting,
)

TEN_TIMES = Calendar(rate=10.0)
WITH_TIMEKEEPER = {**ROLES, TIMEKEEPER: CY}


def tick(time: str) -> Tick:
    return Tick(at=at(time))


def pause(time: str, by: PersonId = ANA) -> Paused:
    return Paused(at=at(time), by=by)


def resume(time: str, by: PersonId = ANA) -> Resumed:
    return Resumed(at=at(time), by=by)


def due(run: Run, calendar: Calendar = CALENDAR) -> str:
    time = next_due(run, calendar)
    return f"{time.hour - 12}:{time:%M:%S}" if time else "never"


def ticked(run: Run, *times: str) -> list[list[Effect]]:
    caused = []
    for time in times:
        run, told = advance(run, tick(time), CALENDAR)
        caused.append(told)
    return caused


# How long a step is.


def test_a_step_is_as_long_as_its_clock_says() -> None:
    full, short = waiting(Floor.OPEN), waiting(Floor.OPEN, clock=Clock.SHORT)
    assert length(full, 0, CALENDAR) == timedelta(minutes=5)
    assert length(short, 0, CALENDAR) == timedelta(minutes=3)


def test_the_rate_divides_every_length() -> None:
    run = begun(Floor.OPEN, calendar=TEN_TIMES)
    assert length(run, 0, TEN_TIMES) == timedelta(seconds=30)
    assert run.step_ends == at("3:00:30")


# What is due within a step.


def test_at_half_of_a_step_the_facilitator_hears_once_who_was_not_heard() -> None:
    run = after(begun(Floor.ROUND, Floor.OPEN), Posted(at=at("3:01"), post=said(BEN, "3:01")))
    unheard = Whisper(ANA, Note.UNHEARD, 0, (CY, DEE))
    assert due(run) == "3:02:30"
    assert ticked(run, "3:02:29", "3:02:30", "3:02:31") == [[], [unheard], []]


def test_nobody_is_told_that_they_themselves_were_not_heard() -> None:
    run = begun(Floor.FACILITATOR, Floor.OPEN)
    assert effects(run, tick("3:02:30")) == []


def test_who_passed_is_not_listed_as_unheard() -> None:
    run = after(begun(Floor.ROUND, Floor.OPEN), Passed(at=at("3:01"), by=CY, position=0))
    assert effects(run, tick("3:02:30")) == [Whisper(ANA, Note.UNHEARD, 0, (BEN, DEE))]


def test_without_a_facilitator_nobody_hears_who_was_not_heard() -> None:
    run = begun(Floor.ROUND, Floor.OPEN, roles={PRESENTER: BEN})
    assert effects(run, tick("3:02:30")) == []


def test_the_last_minute_is_shown_once_on_the_run_card() -> None:
    run = after(begun(Floor.QUESTIONS, Floor.OPEN), tick("3:02:30"))
    assert due(run) == "3:04:00"
    assert ticked(run, "3:03:59", "3:04", "3:04:01") == [[], [Refresh()], []]


def test_a_step_of_two_minutes_has_no_last_minute() -> None:
    run = after(begun(step(Floor.OPEN, minutes=2), Floor.OPEN), tick("3:01"))
    assert (run.marks, due(run)) == (frozenset({Mark.HINTED}), "3:02:00")


def test_one_look_does_all_that_is_due_within_a_step() -> None:
    run, told = advance(begun(Floor.ROUND, Floor.OPEN), tick("3:04:30"), CALENDAR)
    assert told == [Whisper(ANA, Note.UNHEARD, 0, (BEN, CY, DEE)), Refresh()]
    assert run.marks == {Mark.HINTED, Mark.LAST_MINUTE}


def test_a_new_opening_has_had_nothing_yet() -> None:
    run = after(
        begun(Floor.ROUND, Floor.OPEN),
        tick("3:04:30"),
        Next(at=at("3:04:40"), by=ANA, position=0, anyway=True),
    )
    assert (run.marks, due(run)) == (frozenset(), "3:07:10")


# The planned end.


def test_the_clock_closes_a_step_at_its_planned_time_though_the_look_is_a_little_late() -> None:
    run, told = advance(begun(Floor.OPEN, Floor.OPEN), tick("3:05:59"), CALENDAR)
    assert told == [Leave(0, 0), Announce(1, 0), Refresh()]
    assert run.openings == (
        Opening(0, 0, at("3:00"), at("3:05"), at("3:00"), at("3:05"), ClosedBy.CLOCK),
        Opening(1, 0, at("3:05"), at("3:10")),
    )
    assert run.marks == frozenset()


def test_a_look_a_minute_late_shifts_the_planned_times_and_says_so() -> None:
    run, told = advance(begun(Floor.OPEN, Floor.OPEN), tick("3:06"), CALENDAR)
    assert told == [Leave(0, 0), Announce(1, 0), Refresh()]
    assert run.openings == (
        Opening(0, 0, at("3:00"), at("3:05"), at("3:00"), at("3:06"), ClosedBy.CLOCK),
        Opening(1, 0, at("3:06"), at("3:11")),
    )
    assert run.marks == {Mark.SHIFTED}


def test_at_ten_times_the_rate_six_seconds_are_late() -> None:
    run = begun(Floor.OPEN, Floor.OPEN, calendar=TEN_TIMES)
    in_time = after(run, tick("3:00:35"), calendar=TEN_TIMES)
    assert (in_time.current.opened_at, in_time.step_ends) == (at("3:00:30"), at("3:01"))
    late = after(run, tick("3:00:36"), calendar=TEN_TIMES)
    assert (late.current.opened_at, late.step_ends) == (at("3:00:36"), at("3:01:06"))
    assert (in_time.marks, late.marks) == (frozenset(), frozenset({Mark.SHIFTED}))


def test_one_look_leaves_one_step_at_most() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN, Floor.OPEN), tick("3:30"))
    assert (run.position, run.current.opened_at) == (1, at("3:30"))


def test_the_clock_ends_the_run_with_its_debrief() -> None:
    run, told = advance(begun(Floor.OPEN), tick("3:05:10"), CALENDAR)
    assert told == [Leave(0, 0), Refresh(), Finish(How.FINISHED)]
    assert (run.phase, run.current.closed_at, due(run)) == (Phase.FINISHED, at("3:05"), "never")


@pytest.mark.parametrize("time", ["2:59", "3:00", "3:02:29"])
def test_a_look_too_early_changes_nothing(time: str) -> None:
    run = begun(Floor.ROUND, Floor.OPEN)
    assert advance(run, tick(time), CALENDAR) == (run, [])


def test_the_clock_leaves_alone_what_waits_or_is_over() -> None:
    ended = after(begun(Floor.OPEN), tick("3:05"))
    cancelled = after(begun(Floor.OPEN), Cancelled(at=at("3:01"), by=ANA, reason="Fire drill"))
    for run in (waiting(Floor.OPEN), ended, cancelled):
        assert advance(run, tick("4:00"), CALENDAR) == (run, [])
        assert due(run) == "never"


# More time.


def test_more_minutes_move_the_planned_end_and_the_last_minute() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), tick("3:02:30"), tick("3:04"))
    more = Extended(at=at("3:04:10"), by=ANA, position=0, more=timedelta(minutes=2))
    run, told = advance(run, more, CALENDAR)
    assert told == [Refresh(), RefreshStep(0)]
    assert (run.step_ends, run.marks, due(run)) == (at("3:07"), frozenset({Mark.HINTED}), "3:06:00")


def test_the_rate_divides_more_minutes_too() -> None:
    run = begun(Floor.OPEN, Floor.OPEN, calendar=TEN_TIMES)
    more = Extended(at=at("3:00:10"), by=ANA, position=0, more=timedelta(minutes=2))
    assert after(run, more, calendar=TEN_TIMES).step_ends == at("3:00:42")


def test_more_minutes_in_a_pause_are_there_when_it_is_over() -> None:
    more = Extended(at=at("3:02"), by=ANA, position=0, more=timedelta(minutes=2))
    run = after(begun(Floor.OPEN, Floor.OPEN), pause("3:01"), more)
    assert (run.remaining, run.current.ends_at) == (timedelta(minutes=6), None)
    assert after(run, resume("3:03")).step_ends == at("3:09")


# Pauses.


def test_a_pause_stops_the_clock_and_keeps_what_was_left() -> None:
    run, told = advance(begun(Floor.OPEN, Floor.OPEN), pause("3:01:20"), CALENDAR)
    assert told == [Refresh(), RefreshStep(0)]
    assert (run.phase, run.remaining, run.paused_at, run.step_ends, run.current.ends_at) == (
        Phase.PAUSED,
        timedelta(minutes=3, seconds=40),
        at("3:01:20"),
        None,
        None,
    )


def test_after_a_pause_all_later_times_move() -> None:
    run, told = advance(
        after(begun(Floor.OPEN, Floor.OPEN), pause("3:01:20")), resume("3:11:20"), CALENDAR
    )
    assert told == [Refresh(), RefreshStep(0)]
    assert (run.phase, run.remaining, run.paused_at, run.step_ends, due(run)) == (
        Phase.RUNNING,
        None,
        None,
        at("3:15"),
        "3:12:30",
    )


def test_what_a_step_has_had_before_a_pause_it_does_not_get_again() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), tick("3:02:30"), pause("3:03"), resume("3:13"))
    assert (run.marks, due(run)) == (frozenset({Mark.HINTED}), "3:14:00")


def test_a_pause_after_the_planned_end_leaves_nothing_over() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), pause("3:05:20"))
    assert run.remaining == timedelta(0)
    assert after(run, resume("3:06")).step_ends == at("3:06")


def test_a_pause_never_begins_before_its_step_nor_ends_before_it_began() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), pause("2:59"))
    assert (run.paused_at, run.remaining) == (at("3:00"), timedelta(minutes=5))
    again = after(begun(Floor.OPEN, Floor.OPEN), pause("3:02"), resume("3:01"))
    assert again.step_ends == at("3:05")


def test_the_clock_closes_nothing_in_a_pause() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), pause("3:01"))
    assert after(run, tick("3:30")).openings == run.openings


def test_to_leave_a_paused_step_ends_the_pause() -> None:
    run = after(
        begun(Floor.OPEN, Floor.OPEN),
        pause("3:01"),
        Next(at=at("3:02"), by=ANA, position=0, anyway=True),
    )
    assert (run.phase, run.remaining, run.paused_at, run.step_ends) == (
        Phase.RUNNING,
        None,
        None,
        at("3:07"),
    )


# The short debrief of a run that was ended early.


def test_a_run_that_is_ended_early_has_two_minutes_of_debrief_and_its_hint_at_one() -> None:
    end = Ended(at=at("3:01"), by=ANA, position=0)
    run = after(begun(Floor.OPEN, Floor.OPEN, Floor.ROUND), end)
    assert (run.position, run.step_ends, due(run)) == (2, at("3:03"), "3:02:00")
    unheard = Whisper(ANA, Note.UNHEARD, 2, (BEN, CY, DEE))
    finish = [Leave(2, 0), Refresh(), Finish(How.FINISHED)]
    assert ticked(run, "3:01:59", "3:02", "3:03") == [[], [unheard], finish]


def test_the_rate_divides_the_short_debrief() -> None:
    run = begun(Floor.OPEN, Floor.OPEN, Floor.ROUND, calendar=TEN_TIMES)
    end = Ended(at=at("3:00:10"), by=ANA, position=0)
    run = after(run, end, calendar=TEN_TIMES)
    assert (run.step_ends, due(run, TEN_TIMES)) == (at("3:00:22"), "3:00:16")
