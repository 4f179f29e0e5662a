"""Runs over school days: soft ends and grace, reminders, no pause, and what comes before a sitting."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from protocols.due import HALF_DAY, length, moved, next_due
from protocols.engine import advance
from protocols.events import (
    Announce,
    Cancelled,
    Done,
    Effect,
    Ended,
    Event,
    Extended,
    Finish,
    HandedIn,
    How,
    Leave,
    Left,
    Next,
    Note,
    NotThisClock,
    NotYours,
    Paused,
    Posted,
    Refresh,
    Reopened,
    Reveal,
    RoleHanded,
    Started,
    Tick,
    Whisper,
)
from protocols.model import FACILITATOR, Clock, Floor
from protocols.participation import attribute, participation
from protocols.run import CapturedBy, ClosedBy, Options, PersonId, Phase, Post, Run
from protocols.school_days import Calendar
from tests.protocols.factories import ANA, BEN, CY, DEE, waiting

ZONE = ZoneInfo("America/New_York")
CALENDAR = Calendar(
    closures=frozenset({date(2026, 11, 26), date(2026, 11, 27)}),
    half_days=((date(2026, 11, 25), time(12)),),
)
MONDAY = "23 15:00"  # of November 2026


def on(moment: str) -> datetime:
    """Day and time at the school: `24 10:00`."""
    return datetime.fromisoformat(f"2026-11-{moment}").replace(tzinfo=ZONE).astimezone(UTC)


def shown(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(ZONE):%d %H:%M}"


def after(run: Run, *events: Event) -> Run:
    for event in events:
        run, _ = advance(run, event, CALENDAR)
    return run


def begun(*floors: Floor, options: Options | None = None, quarters: int = 2) -> Run:
    """A run over school days that began on Monday at 3 pm; each step takes half a day."""
    run = waiting(*floors, clock=Clock.SCHOOL_DAYS, options=options or Options())
    steps = tuple(replace(step, quarters=quarters) for step in run.definition.steps)
    run = replace(run, definition=replace(run.definition, steps=steps))
    return after(run, Started(at=on(MONDAY), by=ANA))


def due(run: Run) -> str | None:
    return shown(next_due(run, CALENDAR))


def ticks(run: Run, *times: str) -> tuple[Run, list[list[Effect]]]:
    told = []
    for moment in times:
        run, effects = advance(run, Tick(at=on(moment)), CALENDAR)
        told.append(effects)
    return run, told


def said(person: PersonId, moment: str) -> Post:
    return Post(f"{person} {moment}", person, on(moment), 5)


def answer(person: PersonId, moment: str, position: int = 0) -> HandedIn:
    post = Post(f"form:{person}", person, on(moment), 5, CapturedBy.FORM)
    return HandedIn(at=on(moment), post=post, position=position)


# How long a step is.


@pytest.mark.parametrize(
    ("floor", "quarters", "hours"),
    [
        (Floor.ROUND, 1, 5),
        (Floor.QUESTIONS, 1, 5),
        (Floor.ALONE, 1, 5),
        (Floor.PRESENTER, 1, 2.5),
        (Floor.FACILITATOR, 1, 2.5),
        (Floor.OPEN, 4, 10),
        (Floor.ROUND, 8, 20),
    ],
)
def test_where_several_may_speak_a_step_takes_half_a_day_at_least(
    floor: Floor, quarters: int, hours: float
) -> None:
    assert length(begun(floor, quarters=quarters), 0, CALENDAR) == timedelta(hours=hours)


def test_a_window_is_counted_in_posting_hours() -> None:
    run = begun(Floor.ROUND, Floor.OPEN)
    assert shown(run.current.ends_at) == "24 10:00"
    assert shown(begun(Floor.ROUND, quarters=8).current.ends_at) == "30 10:00"  # over the recess


# What is due: reminders, the preview at the end, and half a day of grace.


def test_who_is_missing_is_reminded_twice_and_nobody_else() -> None:
    run = after(
        begun(Floor.ROUND, Floor.OPEN), Posted(at=on("23 15:30"), post=said(BEN, "23 15:30"))
    )
    assert due(run) == "24 07:30"
    run, told = ticks(run, "24 07:29", "24 07:30", "24 07:31")
    reminders: list[Effect] = [Whisper(p, Note.REMINDER, 0) for p in (CY, DEE)]
    assert told == [[], reminders, []]
    assert due(run) == "24 08:00"
    run = after(run, Posted(at=on("24 07:45"), post=said(CY, "24 07:45")))
    run, told = ticks(run, "24 08:00", "24 08:01")
    assert told == [[Whisper(DEE, Note.REMINDER, 0)], []]
    assert due(run) == "24 10:00"


def test_a_short_window_has_one_reminder() -> None:
    run = begun(Floor.PRESENTER, Floor.ROUND, quarters=1)
    assert shown(run.current.ends_at) == "24 07:30"
    run, told = ticks(run, "23 16:15")
    assert (told, due(run)) == ([[Whisper(BEN, Note.REMINDER, 0)]], "24 07:30")


def test_the_end_is_soft_and_the_clock_closes_half_a_day_later() -> None:
    run, told = ticks(
        begun(Floor.ROUND, Floor.OPEN), "24 07:30", "24 08:00", "24 10:00", "24 10:01"
    )
    assert told[2:] == [[Whisper(ANA, Note.PREVIEW, 0, (BEN, CY, DEE))], []]
    assert (run.position, due(run)) == (0, "24 15:00")
    run, told = ticks(run, "24 14:59", "24 15:00")
    assert told == [[], [Leave(0, 0), Announce(1, 0), Refresh()]]
    closed = run.openings[0]
    assert (shown(closed.closed_at), closed.closed_by) == ("24 15:00", ClosedBy.CLOCK)
    assert shown(run.current.ends_at) == "25 10:00"


def test_with_everybody_in_the_facilitator_is_asked_all_the_same() -> None:
    run = begun(Floor.ROUND, Floor.OPEN)
    posts = [Posted(at=on("23 15:30"), post=said(p, "23 15:30")) for p in (BEN, CY, DEE)]
    _, told = ticks(after(run, *posts), "24 07:30", "24 08:00", "24 10:00")
    assert told == [[], [], [Whisper(ANA, Note.PREVIEW, 0)]]


def test_where_the_start_form_chose_so_a_step_closes_on_time() -> None:
    run = begun(Floor.ROUND, Floor.OPEN, options=Options(closes_on_time=True))
    run, told = ticks(run, "24 07:30", "24 08:00", "24 10:00")
    assert told[2] == [Leave(0, 0), Announce(1, 0), Refresh()]
    assert shown(run.openings[0].closed_at) == "24 10:00"


def test_the_facilitator_gives_half_a_day_more_from_when_they_press() -> None:
    run, _ = ticks(begun(Floor.ROUND, Floor.OPEN), "24 07:30", "24 08:00", "24 10:00")
    run = after(run, Extended(at=on("24 14:00"), by=ANA, position=0, more=HALF_DAY))
    assert (shown(run.current.ends_at), due(run)) == ("25 09:00", "25 09:00")
    early = after(
        begun(Floor.ROUND, Floor.OPEN),
        Extended(at=on("23 15:10"), by=ANA, position=0, more=HALF_DAY),
    )
    assert shown(early.current.ends_at) == "24 15:00"


def test_a_clock_that_slept_reminds_once() -> None:
    _, told = ticks(begun(Floor.ROUND, Floor.OPEN), "24 10:00")
    reminders: list[Effect] = [Whisper(p, Note.REMINDER, 0) for p in (BEN, CY, DEE)]
    assert told == [[*reminders, Whisper(ANA, Note.PREVIEW, 0, (BEN, CY, DEE))]]


def test_a_clock_that_slept_over_over_the_end_opens_the_next_step_when_it_wakes() -> None:
    run, _ = ticks(begun(Floor.ROUND, Floor.OPEN), "25 09:10")
    assert [shown(o.closed_at) for o in run.openings] == ["25 09:10", None]
    assert shown(run.current.ends_at) == "30 09:15"


def test_nobody_is_unheard_before_the_window_has_closed() -> None:
    run, _ = ticks(begun(Floor.ROUND, Floor.OPEN), "24 07:30", "24 08:00", "24 10:00")
    assert participation(run, [])[0].not_yet_heard == ()
    run, _ = ticks(run, "24 15:00")
    assert participation(run, [])[0].not_yet_heard == (BEN, CY, DEE)


# Steps.


def test_an_answer_after_the_close_is_late_and_shown_at_once() -> None:
    run = after(begun(Floor.ALONE, Floor.ROUND), answer(BEN, "23 16:00"))
    run = after(run, Next(at=on("24 10:00"), by=ANA, position=0, anyway=True))
    late = answer(CY, "24 11:00")
    after_it, told = advance(run, late, CALENDAR)
    assert told[1:] == [Reveal(0, "form:CY"), Whisper(CY, Note.LATE, 0)]
    marks = attribute(after_it, [answer(BEN, "23 16:00").post, late.post])
    placed = attribute(after_it, [replace(late.post, placed=0)])
    assert [a.late for a in placed] == [True]
    assert len(marks) == 2


def test_a_step_before_may_be_opened_again_and_the_interrupted_one_after_it() -> None:
    run = after(
        begun(Floor.ROUND, Floor.OPEN),
        Next(at=on("24 09:00"), by=ANA, position=0, anyway=True),
        Reopened(at=on("24 09:30"), by=ANA, position=1),
        Next(at=on("24 11:00"), by=ANA, position=0, opening=1, anyway=True),
    )
    assert [(o.position, o.opening, shown(o.ends_at)) for o in run.openings] == [
        (0, 0, "24 10:00"),
        (1, 0, "24 14:00"),
        (0, 1, "24 14:30"),
        (1, 1, "24 16:00"),
    ]


def test_a_single_speaker_who_is_done_lights_next_before_the_end() -> None:
    run = after(begun(Floor.PRESENTER, Floor.ROUND), Done(at=on("23 15:20"), by=BEN, position=0))
    run, told = ticks(run, "24 07:30")
    assert told == [[]]


def test_ending_gives_the_debrief_half_a_day() -> None:
    run = begun(Floor.ROUND, Floor.OPEN, Floor.ROUND, quarters=8)
    run = after(run, Ended(at=on("24 09:00"), by=ANA, position=0))
    assert (run.position, shown(run.current.ends_at)) == (2, "24 14:00")


def test_school_days_are_not_paused() -> None:
    with pytest.raises(NotThisClock):
        advance(begun(Floor.ROUND), Paused(at=on("23 16:00"), by=ANA), CALENDAR)


def test_when_nobody_has_led_for_a_school_day_somebody_may_take_over() -> None:
    run = begun(Floor.ROUND, Floor.OPEN, quarters=8)
    run, told = advance(run, Left(at=on("23 16:00"), by=ANA), CALENDAR)
    assert told == [Refresh()]
    run, told_later = ticks(run, "24 15:00", "24 15:59", "24 16:00", "24 16:01")
    asked: list[Effect] = [Whisper(p, Note.RELIEF, 0) for p in (BEN, CY, DEE)]
    assert told_later[1:] == [[], [*asked, Refresh()], []]
    taken = after(run, RoleHanded(at=on("24 16:05"), by=CY, role=FACILITATOR, person=CY))
    assert taken.holder(FACILITATOR) == CY


# What comes before the sitting.


def before_a_sitting(planned: str) -> Run:
    run = waiting(Floor.FACILITATOR, Floor.OPEN, Floor.ROUND, Floor.OPEN, clock=Clock.FULL)
    first, second, third, last = run.definition.steps
    steps = (
        replace(first, before=True, quarters=2),
        replace(second, before=True, quarters=8),
        third,
        last,
    )
    run = replace(run, definition=replace(run.definition, steps=steps), planned_at=on(planned))
    return after(run, Started(at=on(MONDAY), by=ANA))


def test_what_comes_before_the_sitting_takes_school_days_and_waits_for_a_person_to_begin() -> None:
    run = before_a_sitting("25 09:00")
    assert not run.waits_to_begin
    assert shown(run.current.ends_at) == "24 10:00"
    run = after(run, Next(at=on("24 10:00"), by=ANA, position=0, anyway=True))
    assert shown(run.current.ends_at) == "25 09:00"
    run, told = ticks(run, "25 07:00", "25 09:00", "30 16:00")
    assert told[1:] == [[Whisper(ANA, Note.PREVIEW, 1, (BEN, CY, DEE))], []]
    assert (run.position, run.waits_to_begin, due(run)) == (1, True, None)
    run = after(run, Next(at=on("30 16:00"), by=ANA, position=1, anyway=True))
    assert shown(run.current.ends_at) == "30 16:05"
    assert run.phase is Phase.RUNNING


# A calendar that changes.


def test_when_the_calendar_changes_no_step_ends_where_the_school_is_closed() -> None:
    run = begun(Floor.ROUND, Floor.OPEN)
    assert shown(run.current.ends_at) == "24 10:00"
    closed = replace(CALENDAR, closures=CALENDAR.closures | {date(2026, 11, 24)})
    later = moved(run, closed)
    assert shown(later.current.ends_at) == "25 07:00"
    assert moved(later, closed) == later
    assert moved(run, CALENDAR) == run


def test_a_run_that_waits_or_lasts_minutes_is_not_moved() -> None:
    closed = Calendar(closures=frozenset({date(2026, 11, 23)}))
    waits = waiting(Floor.ROUND, clock=Clock.SCHOOL_DAYS)
    live = after(waiting(Floor.ROUND), Started(at=on(MONDAY), by=ANA))
    assert (moved(waits, closed), moved(live, closed)) == (waits, live)


# A planned start: a person begins, never the clock.


def planned(moment: str, clock: Clock = Clock.FULL) -> Run:
    return replace(waiting(Floor.ROUND, Floor.OPEN, clock=clock), planned_at=on(moment))


def test_a_planned_run_offers_to_begin_and_waits_for_a_person() -> None:
    run = planned("24 15:00")
    assert due(run) == "24 15:00"
    run, told = ticks(run, "24 14:59", "24 15:00", "24 15:01")
    assert told == [[], [Refresh()], []]
    assert (run.phase, due(run)) == (Phase.WAITING, "30 10:00")
    run = after(run, Started(at=on("24 15:04"), by=BEN))
    assert (run.phase, shown(run.current.opened_at)) == (Phase.RUNNING, "24 15:04")


def test_what_nobody_begins_within_a_school_day_is_cancelled() -> None:
    run, told = ticks(planned("23 15:00"), "23 15:00", "24 14:59", "24 15:00")
    assert told == [[Refresh()], [], [Refresh(), Finish(How.CANCELLED)]]
    assert (run.phase, run.openings, due(run)) == (Phase.CANCELLED, (), None)


def test_the_facilitator_cancels_a_planned_run() -> None:
    run, told = advance(
        planned("24 15:00"), Cancelled(at=on("23 16:00"), by=ANA, reason="Assembly"), CALENDAR
    )
    assert (run.phase, told) == (Phase.CANCELLED, [Refresh(), Finish(How.CANCELLED)])
    with pytest.raises(NotYours):
        advance(planned("24 15:00"), Cancelled(at=on("23 16:00"), by=BEN, reason="No"), CALENDAR)
