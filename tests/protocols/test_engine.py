"""Every transition of a run: what it changes, and what it causes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from protocols.engine import advance
from protocols.events import (
    Announce,
    Announced,
    Cancelled,
    Done,
    Ended,
    Event,
    Extended,
    Finish,
    How,
    Joined,
    Leave,
    Left,
    Next,
    Note,
    Passed,
    Paused,
    Refresh,
    RefreshStep,
    Reopened,
    Reveal,
    RoleHanded,
    Skipped,
    Started,
    Tick,
    Whisper,
)
from protocols.model import PRESENTER, TIMEKEEPER, Floor
from protocols.model import Reveal as Shown
from protocols.run import ClosedBy, MemberKind, Opening, Phase, Press, PressKind, Run
from tests.protocols.factories import (
    ANA,
    BEN,
    CALENDAR,
    CY,
    DEE,
    EVE,
    ROLES,
    after,
    at,
    begun,
    effects,
    step,
    waiting,
)

T = at("3:02")
KEPT = {**ROLES, TIMEKEEPER: CY}
WAITING = waiting(Floor.PRESENTER, Floor.ROUND, Floor.OPEN, roles=KEPT)
FIRST = begun(Floor.PRESENTER, Floor.ROUND, Floor.OPEN, roles=KEPT)
SECOND = after(FIRST, Next(at=at("3:01"), by=ANA, position=0, anyway=True))
LAST = after(SECOND, Next(at=at("3:01:30"), by=ANA, position=1, anyway=True))
PAUSED = after(FIRST, Paused(at=at("3:01"), by=ANA))
OVER = after(LAST, Next(at=T, by=ANA, position=2, anyway=True))
CANCELLED = after(FIRST, Cancelled(at=at("3:01"), by=ANA, reason="Fire drill"))
WATCHED = after(FIRST, Joined(at=at("3:01"), by=EVE, kind=MemberKind.OBSERVER))

# From the start to the end.


def test_a_run_starts_in_its_first_step() -> None:
    run, told = advance(WAITING, Started(at=at("3:00"), by=ANA), CALENDAR)
    assert told == [Announce(0, 0), Refresh()]
    opened = Opening(0, 0, opened_at=at("3:00"), ends_at=at("3:05"))
    assert run == replace(WAITING, phase=Phase.RUNNING, openings=(opened,))


def test_next_closes_a_step_and_opens_the_one_after_it() -> None:
    run, told = advance(FIRST, Next(at=T, by=ANA, position=0, anyway=True), CALENDAR)
    assert told == [Leave(0, 0), Announce(1, 0), Refresh()]
    [first] = FIRST.openings
    closed = replace(first, closed_at=T, closed_by=ClosedBy.PERSON, person=ANA)
    opened = Opening(1, 0, opened_at=T, ends_at=at("3:07"))
    assert run == replace(FIRST, openings=(closed, opened))


def test_next_while_others_are_missing_shows_them_to_who_pressed_and_changes_nothing() -> None:
    for person, missing in ((ANA, (BEN, CY, DEE)), (CY, (BEN, DEE))):
        pressed = Next(at=T, by=person, position=1)
        preview = [Whisper(person, Note.PREVIEW, 1, missing)]
        assert advance(SECOND, pressed, CALENDAR) == (SECOND, preview)


def test_next_asks_nobody_whether_to_go_on_without_who_pressed() -> None:
    run = begun(Floor.FACILITATOR, Floor.OPEN)
    assert after(run, Next(at=T, by=ANA, position=0)).position == 1


def test_next_after_the_debrief_finishes_the_run() -> None:
    run, told = advance(LAST, Next(at=T, by=ANA, position=2, anyway=True), CALENDAR)
    assert told == [Leave(2, 0), Refresh(), Finish(How.FINISHED)]
    closed = LAST.with_current(closed_at=T, closed_by=ClosedBy.PERSON, person=ANA)
    assert run == replace(closed, phase=Phase.FINISHED)


def test_a_skipped_step_keeps_its_reason() -> None:
    skipped = Skipped(at=T, by=CY, position=0, reason="No lesson plan today")
    run, told = advance(FIRST, skipped, CALENDAR)
    assert told == [Leave(0, 0), Announce(1, 0), Refresh()]
    closed = replace(
        FIRST.current,
        closed_at=T,
        closed_by=ClosedBy.SKIPPED,
        person=CY,
        reason="No lesson plan today",
    )
    assert run.openings == (closed, Opening(1, 0, T, at("3:07")))


def test_ending_early_jumps_to_a_debrief_of_two_minutes() -> None:
    run, told = advance(FIRST, Ended(at=T, by=ANA, position=0), CALENDAR)
    assert told == [Leave(0, 0), Announce(2, 0), Refresh()]
    closed = replace(FIRST.current, closed_at=T, closed_by=ClosedBy.PERSON, person=ANA)
    assert run.openings == (closed, Opening(2, 0, T, at("3:04")))


@pytest.mark.parametrize("before", [FIRST, PAUSED])
def test_cancelling_ends_a_run_without_its_debrief(before: Run) -> None:
    cancelled = Cancelled(at=T, by=ANA, reason="Fire drill")
    run, told = advance(before, cancelled, CALENDAR)
    assert told == [Leave(0, 0), Refresh(), Finish(How.CANCELLED)]
    closed = before.with_current(
        closed_at=T, closed_by=ClosedBy.PERSON, person=ANA, reason="Fire drill"
    )
    assert run == replace(closed, phase=Phase.CANCELLED, remaining=None, paused_at=None)


def test_the_timekeeper_steers_the_steps_too() -> None:
    assert after(FIRST, Next(at=T, by=CY, position=0, anyway=True)).position == 1
    assert after(FIRST, Paused(at=T, by=CY)).phase is Phase.PAUSED
    assert after(SECOND, Reopened(at=T, by=CY, position=1)).position == 0


def test_a_press_before_its_step_opened_counts_from_the_opening() -> None:
    run = after(SECOND, Next(at=at("3:00:59"), by=ANA, position=1, anyway=True))
    assert [(o.opened_at, o.closed_at) for o in run.openings] == [
        (at("3:00"), at("3:01")),
        (at("3:01"), at("3:01")),
        (at("3:01"), None),
    ]


# Sealed steps.


def sealed(reveal: Shown = Shown.AT_CLOSE) -> Run:
    return begun(step(Floor.ALONE, reveal=reveal), Floor.OPEN)


REVEALS = {
    Shown.AT_CLOSE: [Reveal(0)],
    Shown.UNNAMED: [Reveal(0)],
    Shown.PRIVATE: [],
    Shown.VISIBLE: [],
}
LEAVING: list[Event] = [
    Next(at=T, by=ANA, position=0, anyway=True),
    Skipped(at=T, by=ANA, position=0, reason="No time"),
    Ended(at=T, by=ANA, position=0),
    Tick(at=at("3:05")),
]


@pytest.mark.parametrize("shown", Shown)
@pytest.mark.parametrize("event", LEAVING)
def test_all_ways_to_leave_a_sealed_step_open_its_answers(shown: Shown, event: Event) -> None:
    told = [e for e in effects(sealed(shown), event) if not isinstance(e, Whisper)]
    assert told == [Leave(0, 0), *REVEALS[shown], Announce(1, 0), Refresh()]


@pytest.mark.parametrize(
    "event",
    [
        Paused(at=T, by=ANA),
        Extended(at=T, by=ANA, position=0, more=timedelta(minutes=2)),
        Next(at=T, by=ANA, position=0),
        Tick(at=at("3:04:30")),
    ],
)
def test_nothing_but_its_close_opens_what_was_written_alone(event: Event) -> None:
    assert not any(isinstance(effect, Reveal) for effect in effects(sealed(), event))


# Opening a step again.


def test_reopening_goes_back_by_one_step_and_then_on_to_the_interrupted_one() -> None:
    run, told = advance(SECOND, Reopened(at=T, by=ANA, position=1), CALENDAR)
    assert told == [Leave(1, 0), Announce(0, 1), Refresh()]
    closed = replace(SECOND.current, closed_at=T, closed_by=ClosedBy.PERSON, person=ANA)
    assert run.openings == (SECOND.openings[0], closed, Opening(0, 1, T, at("3:07")))
    on = Next(at=at("3:03"), by=ANA, position=0, opening=1, anyway=True)
    run, told = advance(run, on, CALENDAR)
    assert told == [Leave(0, 1), Announce(1, 1), Refresh()]
    assert [(o.position, o.opening, o.opened_at, o.closed_at) for o in run.openings] == [
        (0, 0, at("3:00"), at("3:01")),
        (1, 0, at("3:01"), T),
        (0, 1, T, at("3:03")),
        (1, 1, at("3:03"), None),
    ]


def test_a_reopened_step_reveals_once() -> None:
    run = after(
        begun(Floor.OPEN, Floor.ALONE, Floor.OPEN),
        Next(at=at("3:01"), by=ANA, position=0, anyway=True),
    )
    back = Reopened(at=T, by=ANA, position=1)
    assert effects(run, back)[:4] == [Leave(1, 0), Reveal(1), Announce(0, 1), Refresh()]
    run = after(run, back, Next(at=at("3:03"), by=ANA, position=0, opening=1, anyway=True))
    on = Next(at=at("3:04"), by=ANA, position=1, opening=1, anyway=True)
    assert effects(run, on) == [Leave(1, 1), Announce(2, 0), Refresh()]


# Pass and Done.


def test_pass_and_done_are_kept_with_their_step_and_time() -> None:
    run, told = advance(SECOND, Passed(at=T, by=DEE, position=1), CALENDAR)
    assert (run.pressed, told) == (
        (Press(PressKind.PASS, DEE, 1, T),),
        [Refresh(), RefreshStep(1)],
    )
    run, told = advance(FIRST, Done(at=T, by=BEN, position=0), CALENDAR)
    assert (run.pressed, told) == (
        (Press(PressKind.DONE, BEN, 0, T),),
        [Refresh(), RefreshStep(0)],
    )


def test_who_is_complete_closes_no_step() -> None:
    run = after(FIRST, Done(at=T, by=BEN, position=0))
    assert run.openings == FIRST.openings


# Announced, joined, handed over.


def test_a_step_post_sets_the_start_of_its_window_and_nothing_else() -> None:
    announced = Announced(at=at("3:01:05"), position=1, opening=0)
    assert advance(SECOND, announced, CALENDAR) == (
        SECOND.with_current(announced_at=at("3:01:05")),
        [],
    )


def test_joining_and_leaving_show_the_run_card_anew() -> None:
    run, told = advance(FIRST, Joined(at=T, by=EVE), CALENDAR)
    assert (told, run.takes_part(EVE)) == ([Refresh()], True)
    run, told = advance(run, Left(at=at("3:03"), by=EVE), CALENDAR)
    assert (told, run.takes_part(EVE)) == ([Refresh()], False)


def test_a_role_can_be_handed_over_before_the_start() -> None:
    handed = RoleHanded(at=at("2:55"), by=ANA, role=PRESENTER, person=CY)
    assert after(WAITING, handed).holder(PRESENTER) == CY


def test_handing_a_role_over_shows_card_and_step_anew() -> None:
    handed = RoleHanded(at=T, by=ANA, role=PRESENTER, person=CY)
    assert effects(SECOND, handed) == [Refresh(), RefreshStep(1)]


# What comes twice or too late does nothing.

NEXT = Next(at=T, by=ANA, position=0, anyway=True)
TWINS: list[tuple[Run, Event]] = [
    (FIRST, NEXT),
    (FIRST, Skipped(at=T, by=ANA, position=0, reason="No time")),
    (SECOND, Reopened(at=T, by=ANA, position=1)),
    (FIRST, Ended(at=T, by=ANA, position=0)),
    (LAST, Next(at=T, by=ANA, position=2, anyway=True)),
    (FIRST, Passed(at=T, by=BEN, position=0)),
    (FIRST, Done(at=T, by=BEN, position=0)),
    (FIRST, Joined(at=T, by=EVE)),
    (FIRST, Joined(at=T, by=EVE, kind=MemberKind.OBSERVER)),
    (FIRST, Left(at=T, by=DEE)),
    (FIRST, Left(at=T, by=ANA)),
    (FIRST, RoleHanded(at=T, by=ANA, role=PRESENTER, person=CY)),
    (FIRST, Announced(at=T, position=0, opening=0)),
    (FIRST, Tick(at=at("3:05"))),
]


@pytest.mark.parametrize(("run", "event"), TWINS)
def test_a_twin_changes_nothing_and_causes_nothing(run: Run, event: Event) -> None:
    once = after(run, event)
    assert once != run
    assert advance(once, event, CALENDAR) == (once, [])


def test_who_is_done_is_done_once() -> None:
    run = after(FIRST, Done(at=T, by=BEN, position=0))
    assert advance(run, Done(at=T, by=BEN, position=0), CALENDAR) == (run, [])


STALE: list[Event] = [
    NEXT,
    Skipped(at=T, by=ANA, position=0, reason="No time"),
    Reopened(at=T, by=ANA, position=0),
    Ended(at=T, by=ANA, position=0),
    Extended(at=T, by=ANA, position=0, more=timedelta(minutes=2)),
    Passed(at=T, by=BEN, position=0),
    Done(at=T, by=BEN, position=0),
]


@pytest.mark.parametrize("event", STALE, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("run", [SECOND, OVER, CANCELLED], ids=["left", "finished", "cancelled"])
def test_what_aims_at_a_closed_opening_does_nothing_whoever_it_was(run: Run, event: Event) -> None:
    assert advance(run, event, CALENDAR) == (run, [])


def test_what_aims_at_the_first_opening_of_a_reopened_step_does_nothing() -> None:
    run = after(SECOND, Reopened(at=T, by=ANA, position=1))
    assert advance(run, NEXT, CALENDAR) == (run, [])


def test_who_is_not_in_the_run_cannot_leave_it() -> None:
    assert advance(FIRST, Left(at=T, by=EVE), CALENDAR) == (FIRST, [])
