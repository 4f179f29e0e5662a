"""How long a step is, and when a run next wants to be looked at."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import assert_never

from protocols.model import Clock
from protocols.run import Mark, Phase, Run
from protocols.school_days import Calendar

LAST_MINUTE = timedelta(minutes=1)
RELIEF = timedelta(minutes=5)
SHORT_DEBRIEF = timedelta(minutes=2)
SHIFT = timedelta(seconds=60)


class NotThisClock(Exception):
    """This clock does not run yet."""


def length(run: Run, position: int, calendar: Calendar) -> timedelta:
    """The planned length of a step as it passes on this calendar. Raises NotThisClock."""
    step = run.step(position)
    match run.clock:
        case Clock.FULL:
            return calendar.shortened(timedelta(minutes=step.full))
        case Clock.SHORT:
            return calendar.shortened(timedelta(minutes=step.short))
        case Clock.SCHOOL_DAYS:
            raise NotThisClock
        case _:
            assert_never(run.clock)


def marks_due(run: Run, calendar: Calendar) -> Iterator[tuple[datetime, Mark]]:
    """The marks that the current opening has not had, with the time of each.

    Live: half the planned length before the end, and a minute before it where the step is
    longer than two; paused for five minutes: somebody may take over. The debrief of a run that
    was ended early is as short as it was opened.
    """
    if run.phase is Phase.PAUSED and run.paused_at and Mark.RELIEF not in run.marks:
        yield run.paused_at + calendar.shortened(RELIEF), Mark.RELIEF
    if run.step_ends is None:
        return
    opened_for = run.step_ends - run.current.opened_at
    planned = min(length(run, run.current.position, calendar), opened_for)
    if Mark.HINTED not in run.marks:
        yield run.step_ends - planned / 2, Mark.HINTED
    minute = calendar.shortened(LAST_MINUTE)
    if Mark.LAST_MINUTE not in run.marks and planned > 2 * minute:
        yield run.step_ends - minute, Mark.LAST_MINUTE


def next_due(run: Run, calendar: Calendar) -> datetime | None:
    """When the run next wants a `Tick`: the earliest thing that its marks have not had."""
    times = [at for at, _ in marks_due(run, calendar)]
    if run.step_ends is not None:
        times.append(run.step_ends)
    return min(times, default=None)
