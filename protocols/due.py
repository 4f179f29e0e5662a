"""How long a step is on each clock, and when a run next wants to be looked at."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from protocols.floors import speaks_alone
from protocols.model import Clock
from protocols.run import Mark, Phase, Run
from protocols.school_days import SCHOOL_DAY, Calendar

LAST_MINUTE = timedelta(minutes=1)
RELIEF = timedelta(minutes=5)
SHORT_DEBRIEF = timedelta(minutes=2)
SHIFT = timedelta(seconds=60)
QUARTER = SCHOOL_DAY / 4
HALF_DAY = SCHOOL_DAY / 2
TWO_HOURS = timedelta(hours=2)


def length(run: Run, position: int, calendar: Calendar) -> timedelta:
    """The planned length of a step as it passes: minutes, or posting hours on school days.

    Where several people may speak, school days give at least half a day: a quarter may lie
    wholly inside somebody's lessons.
    """
    step, clock = run.step(position), run.clock_of(position)
    if clock is Clock.SCHOOL_DAYS:
        planned = QUARTER * step.quarters
        return calendar.shortened(planned if speaks_alone(step) else max(planned, HALF_DAY))
    return calendar.shortened(timedelta(minutes=step.full if clock is Clock.FULL else step.short))


def ends_at(run: Run, position: int, at: datetime, calendar: Calendar) -> datetime:
    """When a step that opens at a time is planned to end; before the sitting, not after it begins."""
    ends = _later(run.clock_of(position), at, length(run, position, calendar), calendar)
    if run.step(position).before and run.planned_at is not None:
        return max(at, min(ends, run.planned_at))
    return ends


def ends_early_at(run: Run, at: datetime, calendar: Calendar) -> datetime:
    """When the short debrief of a run that was ended at a time is planned to end."""
    short = HALF_DAY if run.in_school_days else SHORT_DEBRIEF
    return later(run, at, calendar.shortened(short), calendar)


def later(run: Run, at: datetime, more: timedelta, calendar: Calendar) -> datetime:
    """The time that comes so much later on the clock of the current step."""
    return _later(run.clock_of(run.current.position), at, more, calendar)


def _later(clock: Clock, at: datetime, more: timedelta, calendar: Calendar) -> datetime:
    return calendar.after(at, more) if clock is Clock.SCHOOL_DAYS else at + more


def moved(run: Run, calendar: Calendar) -> Run:
    """The run under a changed calendar: no step of it ends where the school is closed."""
    if not run.in_school_days or run.step_ends is None:
        return run
    return run.with_current(ends_at=calendar.after(run.step_ends, timedelta(0)))


def closes_at(run: Run, calendar: Calendar) -> datetime | None:
    """When the clock closes the current step by itself; None where it does not.

    A planned run that nobody begins within a school day is cancelled.
    On school days the end of a step is soft: half a day of grace follows, unless the start form
    chose to close on time. The last step before the sitting waits for a person to begin.
    """
    ends, position = run.step_ends, run.position
    if run.phase is Phase.WAITING and run.planned_at is not None:
        return calendar.after(run.planned_at, calendar.shortened(SCHOOL_DAY))
    if ends is None or position is None:
        return None
    if run.waits_to_begin:
        return None
    if not run.in_school_days or run.options.closes_on_time:
        return ends
    return calendar.after(ends, calendar.shortened(HALF_DAY))


def marks_due(run: Run, calendar: Calendar) -> Iterator[tuple[datetime, Mark]]:
    """The marks that the current opening has not had, with the time of each."""
    for at, mark in _marks(run, calendar):
        if mark not in run.marks:
            yield at, mark


def _marks(run: Run, calendar: Calendar) -> Iterator[tuple[datetime, Mark]]:
    if run.phase is Phase.WAITING and run.planned_at is not None:
        yield run.planned_at, Mark.OFFERED
    elif run.phase is Phase.FINISHED and run.measured_until and not run.options.rehearsal:
        yield calendar.first_on(run.measured_until), Mark.MEASURED
    elif run.phase is Phase.PAUSED and run.paused_at:
        yield run.paused_at + calendar.shortened(RELIEF), Mark.RELIEF
    elif run.step_ends is not None:
        marks = _in_school_days if run.in_school_days else _live
        yield from marks(run, run.step_ends, calendar)


def _live(run: Run, ends: datetime, calendar: Calendar) -> Iterator[tuple[datetime, Mark]]:
    """Half the planned length before the end, and a minute before it in steps over two minutes.

    The debrief of a run that was ended early is as short as it was opened.
    """
    opened_for = ends - run.current.opened_at
    planned = min(length(run, run.current.position, calendar), opened_for)
    minute = calendar.shortened(LAST_MINUTE)
    yield ends - planned / 2, Mark.HINTED
    if planned > 2 * minute:
        yield ends - minute, Mark.LAST_MINUTE


def _in_school_days(
    run: Run, ends: datetime, calendar: Calendar
) -> Iterator[tuple[datetime, Mark]]:
    """Half the window before its end, two posting hours before it, and at the end itself.

    Without anybody who leads for a school day, somebody may take over.
    """
    half = length(run, run.current.position, calendar) / 2
    two_hours = calendar.shortened(TWO_HOURS)
    yield calendar.before(ends, half), Mark.REMINDED
    if half > two_hours:
        yield calendar.before(ends, two_hours), Mark.REMINDED_AGAIN
    if not run.options.closes_on_time:
        yield ends, Mark.PREVIEWED
    if run.unled_since is not None:
        yield calendar.after(run.unled_since, calendar.shortened(SCHOOL_DAY)), Mark.RELIEF


def awaited_until(run: Run, position: int, calendar: Calendar) -> datetime:
    """Until when an answer is awaited from who was not there when a step closed."""
    return _after_close(run, position, SCHOOL_DAY * run.options.absentee_days, calendar)


def reminders_due(run: Run, calendar: Calendar) -> Iterator[tuple[datetime, int]]:
    """The steps to which answers are awaited, each with the time that reminds of it: half-way."""
    half = SCHOOL_DAY * run.options.absentee_days / 2
    for position in sorted({position for position, _ in run.awaited}):
        yield _after_close(run, position, half, calendar), position


def _after_close(run: Run, position: int, length: timedelta, calendar: Calendar) -> datetime:
    first = run.openings_of(position)[0]
    return calendar.after(first.closed_at or first.opened_at, calendar.shortened(length))


def next_due(run: Run, calendar: Calendar) -> datetime | None:
    """When the run next wants a `Tick`: the earliest thing that it has not had, also once it is over."""
    times = [at for at, _ in (*marks_due(run, calendar), *reminders_due(run, calendar))]
    closes = closes_at(run, calendar)
    return min([*times, closes] if closes is not None else times, default=None)
