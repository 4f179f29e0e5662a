"""What is measured from a run on: its facilitator is told once, on the last day that is open."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from protocols.due import next_due
from protocols.engine import advance
from protocols.events import Cancelled, HandedIn, Note, Tick, Whisper
from protocols.model import Floor
from protocols.run import Mark, Options, Run
from protocols.school_days import Calendar
from tests.protocols.factories import ANA, BEN, after, at, begun, written
from tests.protocols.test_participation import on

CALENDAR = Calendar(closures=frozenset({date(2026, 12, 11)}))
THURSDAY, FRIDAY = date(2026, 12, 10), date(2026, 12, 11)  # school is closed on that Friday


def measured(until: date | None, key: str = "3:01") -> HandedIn:
    return HandedIn(at=at(key), post=written(BEN, key), position=0, measured_until=until)


def finished(*events: HandedIn, options: Options | None = None) -> Run:
    run = begun(Floor.OPEN)
    run = run if options is None else replace(run, options=options)
    return after(run, *events, on("3:05", 0))


def test_it_is_due_when_the_school_opens_on_the_last_day() -> None:
    run = finished(measured(THURSDAY))
    assert next_due(run, CALENDAR) == datetime(2026, 12, 10, 12, tzinfo=UTC)


def test_a_closed_day_moves_it_to_the_next_that_is_open() -> None:
    run = finished(measured(FRIDAY))
    assert next_due(run, CALENDAR) == datetime(2026, 12, 14, 12, tzinfo=UTC)


def test_the_facilitator_is_told_once() -> None:
    run = finished(measured(THURSDAY))
    due = next_due(run, CALENDAR)
    assert due is not None
    told, effects = advance(run, Tick(at=due), CALENDAR)
    assert effects == [Whisper(ANA, Note.MEASURED, 0)]
    assert Mark.MEASURED in told.marks
    assert next_due(told, CALENDAR) is None
    assert advance(told, Tick(at=due), CALENDAR) == (told, [])


def test_a_later_answer_moves_the_day_and_one_without_a_day_keeps_it() -> None:
    events = (measured(FRIDAY), measured(THURSDAY, "3:02"), measured(None, "3:03"))
    assert finished(*events).measured_until == THURSDAY


def test_where_nobody_facilitates_any_more_nobody_is_told() -> None:
    run = replace(finished(measured(THURSDAY)), roles=())
    told, effects = advance(run, Tick(at=datetime(2026, 12, 10, 12, tzinfo=UTC)), CALENDAR)
    assert (effects, next_due(told, CALENDAR)) == ([], None)


@pytest.mark.parametrize("is_rehearsal", [True, False])
def test_a_rehearsal_and_a_cancelled_run_are_followed_by_nothing(*, is_rehearsal: bool) -> None:
    if is_rehearsal:
        run = finished(measured(THURSDAY), options=Options(rehearsal=True))
    else:
        cancelled = Cancelled(at=at("3:05"), by=ANA, reason="Fire drill")
        run = after(begun(Floor.OPEN), measured(THURSDAY), cancelled)
    assert next_due(run, CALENDAR) is None


def test_while_the_run_goes_on_its_steps_come_first() -> None:
    run = after(begun(Floor.OPEN), measured(THURSDAY))
    due = next_due(run, CALENDAR)
    assert due is not None
    assert due < at("4:00")
