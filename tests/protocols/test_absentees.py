"""Who was not there when something was written alone on a live clock: invited once, reminded once."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from protocols.due import next_due
from protocols.engine import advance
from protocols.events import (
    Announce,
    Cancelled,
    Effect,
    Ended,
    Event,
    Finish,
    HandedIn,
    How,
    Joined,
    Leave,
    Left,
    Next,
    Note,
    Passed,
    Placed,
    Posted,
    Refresh,
    Reopened,
    Reveal,
    Skipped,
    Tick,
    Whisper,
)
from protocols.model import Clock, Floor, Step
from protocols.model import Reveal as Shown
from protocols.run import MemberKind, Options, PersonId, Phase, Run
from protocols.school_days import Calendar
from tests.protocols.factories import (
    ANA,
    BEN,
    CALENDAR,
    CY,
    DEE,
    EVE,
    TEAM,
    after,
    at,
    begun,
    effects,
    roster,
    said,
    step,
    waiting,
    written,
)

ZONE = ZoneInfo("America/New_York")
ALONE = step(Floor.ALONE)
ON = Next(at=at("3:02"), by=ANA, position=0, anyway=True)  # Monday, 11:02 am at the school


def on(moment: str) -> datetime:
    """A day of that October, and a time at the school: `06 11:15`."""
    local = datetime.fromisoformat(f"2026-10-{moment}").replace(tzinfo=ZONE)
    return local.astimezone(UTC)


UNTIL = on("07 11:15")
HALF_WAY = on("06 11:15")


def awaited(person: PersonId, until: datetime = UNTIL, position: int = 0) -> Whisper:
    return Whisper(person, Note.AWAITED, position, until=until)


def still(person: PersonId, until: datetime = UNTIL, position: int = 0) -> Whisper:
    return Whisper(person, Note.AWAITED_STILL, position, until=until)


def notes(told: list[Effect]) -> list[Whisper]:
    kinds = (Note.AWAITED, Note.AWAITED_STILL)
    return [e for e in told if isinstance(e, Whisper) and e.note in kinds]


def handed_in(person: PersonId, time: str, position: int = 0) -> HandedIn:
    return HandedIn(at=at(time), post=written(person, time), position=position)


def closed(*between: Event, run: Run | None = None) -> tuple[Run, list[Whisper]]:
    """A step that was written alone after its close, and who was told what by that."""
    before = after(run or begun(ALONE, Floor.OPEN), *between)
    done, told = advance(before, ON, CALENDAR)
    return done, notes(told)


def finished(run: Run) -> Run:
    """The run after the end of its debrief, in the second step."""
    return after(run, Next(at=at("3:10"), by=ANA, position=1, anyway=True))


# Invited.


def test_who_neither_handed_in_nor_passed_is_invited_until_a_school_day() -> None:
    passed = Passed(at=at("3:01"), by=BEN, position=0)
    run = after(begun(ALONE, Floor.OPEN), handed_in(CY, "3:01"), passed)
    run, told = advance(run, ON, CALENDAR)
    assert told == [Leave(0, 0), Reveal(0), Announce(1, 0), Refresh(), awaited(DEE)]
    assert run.awaited == {(0, DEE)}


@pytest.mark.parametrize(
    "close", [Ended(at=at("3:02"), by=ANA, position=0), Tick(at=at("3:05")), Tick(at=at("3:30"))]
)
def test_whatever_closes_the_step_they_are_invited(close: Event) -> None:
    told = notes(effects(begun(ALONE, Floor.OPEN, Floor.OPEN), close))
    assert [note.person for note in told] == [BEN, CY, DEE]


def test_after_a_debrief_that_was_written_alone_they_are_invited_too() -> None:
    run = after(begun(Floor.OPEN, ALONE), ON)
    told = effects(run, Next(at=at("3:04"), by=ANA, position=1, anyway=True))
    assert told[-4:] == [
        Finish(How.FINISHED),
        *(awaited(person, position=1) for person in (BEN, CY, DEE)),
    ]


def test_the_days_are_those_of_the_start_form_and_run_on_with_the_rate() -> None:
    three = begun(ALONE, Floor.OPEN, options=Options(absentee_days=3))
    assert {note.until for note in closed(run=three)[1]} == {on("08 11:15")}
    ten_times = Calendar(rate=10.0)
    told = effects(begun(ALONE, Floor.OPEN, calendar=ten_times), ON, ten_times)
    assert {note.until for note in notes(told)} == {on("05 13:03")}


SCHOOL_DAYS = replace(begun(ALONE, Floor.OPEN), clock=Clock.SCHOOL_DAYS)
AHEAD = replace(ALONE, before=True)


@pytest.mark.parametrize(
    "run",
    [
        begun(ALONE, Floor.OPEN, options=Options(absentee_days=0)),
        begun(ALONE, Floor.OPEN, options=Options(rehearsal=True)),
        begun(step(Floor.ALONE, reveal=Shown.PRIVATE), Floor.OPEN),
        begun(step(Floor.ALONE, reveal=Shown.VISIBLE), Floor.OPEN),
        begun(Floor.OPEN, Floor.OPEN),
        begun(AHEAD, AHEAD, Floor.OPEN),
        SCHOOL_DAYS,
    ],
    ids=["no days", "rehearsal", "private", "visible", "not alone", "before", "school days"],
)
def test_nobody_is_invited(run: Run) -> None:
    run, told = closed(run=run)
    assert (told, run.awaited) == ([], frozenset())


def test_what_is_unnamed_may_be_added_to_as_well() -> None:
    _, told = closed(run=begun(step(Floor.ALONE, reveal=Shown.UNNAMED), Floor.OPEN))
    assert [note.person for note in told] == [BEN, CY, DEE]


def test_of_a_step_that_was_left_out_or_a_run_that_was_cancelled_nothing_is_awaited() -> None:
    run = begun(ALONE, Floor.OPEN)
    skipped = Skipped(at=at("3:02"), by=ANA, position=0, reason="No time")
    assert notes(effects(run, skipped)) == []
    cancelled = Cancelled(at=at("3:02"), by=ANA, reason="Fire drill")
    assert notes(effects(run, cancelled)) == []


def test_who_looks_on_who_left_who_is_away_and_who_came_later_are_not_invited() -> None:
    people = (*roster(*TEAM), replace(roster(EVE)[0], kind=MemberKind.OBSERVER))
    away = tuple(replace(m, away=m.person == BEN) for m in people)
    fay = Joined(at=at("3:01"), by=PersonId("FAY"))
    left = Left(at=at("3:01"), by=CY)
    _, told = closed(fay, left, run=begun(ALONE, Floor.OPEN, people=away))
    assert told == [awaited(DEE)]


def test_a_step_that_was_opened_again_invites_nobody_a_second_time() -> None:
    run, first = closed()
    back = Reopened(at=at("3:03"), by=ANA, position=1)
    again = Next(at=at("3:04"), by=ANA, position=0, opening=1, anyway=True)
    assert first
    assert notes(effects(after(run, back), again)) == []


# Reminded.


def test_half_way_each_of_them_is_reminded_once_also_after_the_end_of_the_run() -> None:
    run = finished(closed()[0])
    assert (run.phase, next_due(run, CALENDAR)) == (Phase.FINISHED, HALF_WAY)
    early = Tick(at=on("06 11:14"))
    assert advance(run, early, CALENDAR) == (run, [])
    run, told = advance(run, Tick(at=HALF_WAY), CALENDAR)
    assert told == [still(BEN), still(CY), still(DEE)]
    assert (run.awaited, next_due(run, CALENDAR)) == (frozenset(), None)
    assert advance(run, Tick(at=on("06 11:30")), CALENDAR) == (run, [])


def test_a_run_that_still_goes_on_reminds_as_well() -> None:
    run = after(closed()[0], Next(at=at("3:03"), by=ANA, position=1))
    assert notes(effects(run, Tick(at=HALF_WAY))) == [still(BEN), still(CY), still(DEE)]


def test_every_step_reminds_at_its_own_time() -> None:
    run = after(
        begun(ALONE, ALONE, Floor.OPEN),
        ON,
        Next(at=at("3:40"), by=ANA, position=1, anyway=True),
        Next(at=at("3:50"), by=ANA, position=2, anyway=True),
    )
    run, told = advance(run, Tick(at=HALF_WAY), CALENDAR)
    assert {note.position for note in notes(told)} == {0}
    assert next_due(run, CALENDAR) == on("06 11:45")


def in_step_again(run: Run, *events: Event) -> Run:
    """The run with its first step open once more, where it is not sealed any more."""
    return after(run, Reopened(at=at("3:03"), by=ANA, position=1), *events)


ANSWERS: dict[str, tuple[Event, ...]] = {
    "late": (handed_in(DEE, "3:08"),),
    "kept private": (replace(handed_in(DEE, "3:08"), private=True),),
    "a post that is used": (Placed(at=at("3:08"), by=DEE, post=written(DEE, "3:08"), position=0),),
    "left": (Left(at=at("3:08"), by=DEE),),
}
AGAIN: dict[str, tuple[Event, ...]] = {
    "said": (Posted(at=at("3:04"), post=said(DEE, "3:04")),),
    "passed": (Passed(at=at("3:04"), by=DEE, position=0, opening=1),),
}


@pytest.mark.parametrize("events", ANSWERS.values(), ids=ANSWERS)
def test_who_answered_since_or_left_is_not_reminded(events: tuple[Event, ...]) -> None:
    run = after(closed()[0], *events)
    assert run.awaited == {(0, BEN), (0, CY)}


@pytest.mark.parametrize("events", AGAIN.values(), ids=AGAIN)
def test_who_answered_when_the_step_was_open_again_is_not_reminded(
    events: tuple[Event, ...],
) -> None:
    assert in_step_again(closed()[0], *events).awaited == {(0, BEN), (0, CY)}


def test_what_is_said_elsewhere_or_out_of_turn_or_by_others_answers_nothing() -> None:
    run, _ = closed()
    elsewhere = Posted(at=at("3:04"), post=said(DEE, "3:04"))
    later = handed_in(DEE, "3:05", position=1)
    used = Placed(at=at("3:06"), by=DEE, post=written(DEE, "3:06"), position=1)
    empty = Posted(at=at("3:04"), post=replace(said(DEE, "3:04"), words=0))
    assert after(run, elsewhere, later, used).awaited == run.awaited
    assert in_step_again(run, empty).awaited == run.awaited


def test_an_answer_that_comes_after_the_end_stops_the_reminder_too() -> None:
    run = finished(closed(handed_in(BEN, "3:01"), handed_in(CY, "3:01"))[0])
    assert next_due(run, CALENDAR) == HALF_WAY
    assert next_due(after(run, handed_in(DEE, "3:20")), CALENDAR) is None


def test_a_run_that_is_cancelled_reminds_nobody() -> None:
    run = after(closed()[0], Cancelled(at=at("3:03"), by=ANA, reason="Fire drill"))
    assert (run.awaited, next_due(run, CALENDAR)) == (frozenset(), None)


def test_when_the_time_is_over_before_the_clock_looks_nobody_is_reminded() -> None:
    run, told = advance(finished(closed()[0]), Tick(at=UNTIL), CALENDAR)
    assert (told, run.awaited) == ([], frozenset())


def test_a_new_calendar_moves_the_reminder() -> None:
    closures = frozenset({date(2026, 10, 6)})
    assert next_due(finished(closed()[0]), Calendar(closures=closures)) == on("07 11:15")


def test_before_the_sitting_a_run_waits_as_before() -> None:
    steps: tuple[Step | Floor, ...] = (ALONE, Floor.OPEN)
    run = replace(waiting(*steps), planned_at=at("4:00"))
    assert next_due(run, CALENDAR) == at("4:00")
