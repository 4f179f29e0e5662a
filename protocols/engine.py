"""Every event that a run takes, and what follows from it.

A run is WAITING, then RUNNING (or PAUSED) through its steps, then FINISHED or CANCELLED. It is
always in exactly one opening of one step, from `Started` on; every moment belongs to one opening.

    WAITING --Started--> RUNNING <--Paused/Resumed--> PAUSED
       |                    |  Next, Skipped, Tick: the step after it (after the debrief: FINISHED)
       |                    |  Reopened: the step before it; Ended: the debrief
       +--Tick, Cancelled---+--Cancelled--> CANCELLED

`advance` is pure: time comes in with the event, chance and names do not come in at all. An event
aimed at a closed opening changes nothing; one aimed at the current opening that is not allowed
raises a `NotAllowed` and changes nothing. Times never run back: an event counts from the opening
of the step it finds. What changed in the run itself needs no effect.

How one opening closes and the next one opens is in `openings.py`, what the clock does in `ticks.py`.
"""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from protocols import events
from protocols.absentees import answered, gone
from protocols.due import ends_early_at, later
from protocols.floors import expected, speaks_alone
from protocols.model import FACILITATOR, TIMEKEEPER
from protocols.model import Reveal as Shown
from protocols.openings import Advanced, Closing, cancel, enter, leave
from protocols.participation import (
    deserves_note,
    heard_now,
    is_late,
    of_current_step,
    said_now,
    waiting_for,
    with_post,
)
from protocols.run import ClosedBy, Mark, PersonId, Phase, Press, PressKind, Run
from protocols.school_days import Calendar
from protocols.ticks import relief, tick

CONTROL = (FACILITATOR, TIMEKEEPER)
Move = events.Next | events.Skipped | events.Reopened | events.Ended
Within = events.Extended | events.Passed | events.Done
Whole = events.Paused | events.Resumed | events.Cancelled
People = events.Joined | events.Left | events.RoleHanded


def advance(run: Run, event: events.Event, calendar: Calendar) -> Advanced:  # noqa: C901, PLR0911, PLR0912 # one arm an event
    """Return the run after the event, and the effects to carry out, in order.

    Raises a `NotAllowed` when the event is not allowed; the run is then as it was.
    """
    match event:
        case events.Posted() | events.Placed():
            return _said(run, event)
        case events.HandedIn():
            return _handed_in(run, event)
        case events.Amended():
            return _amended(run, event)
        case events.Announced():
            return _announced(run, event)
        case events.Tick(at=at):
            return tick(run, at, calendar)
        case events.Started():
            _must(run.phase is Phase.WAITING, events.AlreadyStarted)
            _must(run.takes_part(event.by), events.NotInRun)
            return enter(run, 0, event.at, calendar)
        case events.Next() | events.Skipped() | events.Reopened() | events.Ended():
            return _move(run, event, calendar)
        case events.Extended() | events.Passed() | events.Done():
            return _within(run, event, calendar)
        case events.Paused() | events.Resumed() | events.Cancelled():
            return _whole(run, event)
        case events.Joined() | events.Left() | events.RoleHanded():
            return _people(run, event)
        case _:
            assert_never(event)


# What is said: facts are kept whatever the run is doing.


def _said(run: Run, event: events.Posted | events.Placed) -> Advanced:
    post = event.post
    if isinstance(event, events.Placed):
        _must(0 <= event.position < len(run.definition.steps), events.NoSuchStep)
        if event.by != post.person:
            _must_hold(run, event.by, *CONTROL)
        post = replace(post, placed=event.position, placed_by=event.by)
    elif not run.is_in(post.person):
        run = run.with_person(post.person, event.kind, run.not_before(event.at))
    after = with_post(run, post)
    effects: list[events.Effect] = [events.Record(post)]
    said = said_now(after, post.key)
    if post.placed is not None:
        after = answered(after, post.placed, post.person)
    elif said is not None and said.in_turn and post.stands:
        after = answered(after, after.current.position, post.person)
    if said is not None and deserves_note(after, said):
        position = after.current.position
        effects.append(events.Whisper(post.person, events.Note.OUT_OF_TURN, position))
        after = replace(after, noted=after.noted | {(position, post.person)})
    return after, [*effects, *_if_heard_changed(run, after)]


def _handed_in(run: Run, event: events.HandedIn) -> Advanced:
    position, post = event.position, replace(event.post, placed=event.position)
    openings = run.openings_of(position)
    _must(bool(openings), events.NoSuchStep)
    _must(run.stay(post.person) is not None, events.NotInRun)
    after = answered(with_post(run, post), position, post.person)
    after = replace(after, measured_until=event.measured_until or run.measured_until)
    step, last = run.step(position), openings[-1]
    record = events.Record(post)
    if step.is_sealed and last.opening == 0 and last.closed_at is None:
        return after, [record, events.Refresh(), events.RefreshStep(position)]
    is_hidden = event.private or (step.is_sealed and step.reveal is not Shown.AT_CLOSE)
    shown = [] if is_hidden else [events.Reveal(position, post.key)]
    late = [events.Whisper(post.person, events.Note.LATE, position)]
    notes = late if is_late(after, position, post) else []
    return after, [record, *shown, *notes, *_if_heard_changed(run, after)]


def _amended(run: Run, event: events.Amended) -> Advanced:
    admits = event.change.admitted_by is not None
    _must(event.by == (run.holder(FACILITATOR) if admits else event.author), events.NotYours)
    posts = tuple(p.amended(event.change) if p.key == event.key else p for p in run.posts)
    after = replace(run, posts=posts)
    return after, [events.Amend(event), *_if_heard_changed(run, after)]


def _announced(run: Run, event: events.Announced) -> Advanced:
    aim = _aim(run, event)
    openings = tuple(
        replace(o, announced_at=event.at) if (o.position, o.opening) == aim else o
        for o in run.openings
    )
    after = of_current_step(replace(run, openings=openings))
    return after, _if_heard_changed(run, after)


# From step to step, and within one.


def _move(run: Run, event: Move, calendar: Calendar) -> Advanced:  # one arm an event
    if _is_stale(run, event):
        return run, []
    _must_hold(run, event.by, *CONTROL)
    at, debrief = run.not_before(event.at), run.definition.debrief
    close = Closing(at, ClosedBy.PERSON, event.by)
    match event:
        case events.Next():
            people = tuple(person for person in waiting_for(run) if person != event.by)
            if people and not event.anyway:
                preview = events.Note.PREVIEW
                return run, [events.Whisper(event.by, preview, event.position, people)]
            return leave(run, close, calendar)
        case events.Skipped():
            _must(event.position != debrief, events.DebriefStays)
            skip = replace(close, by=ClosedBy.SKIPPED, reason=event.reason)
            return leave(run, skip, calendar)
        case events.Reopened():
            _must(event.position > 0, events.NothingToReopen)
            return leave(run, close, calendar, to=event.position - 1)
        case events.Ended():
            _must_hold(run, event.by, FACILITATOR)
            _must(event.position != debrief, events.DebriefStays)
            after, effects = leave(run, close, calendar, to=debrief)
            return after.with_current(ends_at=ends_early_at(after, at, calendar)), effects
        case _:
            assert_never(event)


def _within(run: Run, event: Within, calendar: Calendar) -> Advanced:
    if _is_stale(run, event):
        return run, []
    if isinstance(event, events.Extended):
        return _extended(run, event, calendar)
    kind = PressKind.PASS if isinstance(event, events.Passed) else PressKind.DONE
    is_fitting = kind is PressKind.PASS or speaks_alone(run.step(event.position))
    _must(run.takes_part(event.by), events.NotInRun)
    _must(is_fitting and event.by in expected(run, event.position), events.NotThisFloor)
    if any((p.kind, p.person, p.position) == (kind, event.by, event.position) for p in run.pressed):
        return run, []
    press = Press(kind, event.by, event.position, run.not_before(event.at))
    after = answered(replace(run, pressed=(*run.pressed, press)), event.position, event.by)
    return after, [events.Refresh(), events.RefreshStep(event.position)]


def _extended(run: Run, event: events.Extended, calendar: Calendar) -> Advanced:
    _must_hold(run, event.by, *CONTROL)
    more = calendar.shortened(event.more)
    marks = run.marks - {Mark.LAST_MINUTE, Mark.PREVIEWED}
    if run.current.ends_at is None:
        after = replace(run, remaining=(run.remaining or timedelta(0)) + more, marks=marks)
    else:
        ends = later(run, max(run.current.ends_at, event.at), more, calendar)
        after = replace(run.with_current(ends_at=ends), marks=marks)
    return after, [events.Refresh(), events.RefreshStep(event.position)]


# The whole run.


def _whole(run: Run, event: Whole) -> Advanced:
    is_cancelled = isinstance(event, events.Cancelled)
    _must(run.phase is not Phase.WAITING or is_cancelled, events.NotStarted)
    _must(not run.phase.is_over, events.RunIsOver)
    _must_hold(run, event.by, *CONTROL)
    _must(not run.in_school_days or is_cancelled, events.NotThisClock)
    at = run.not_before(event.at)
    match event:
        case events.Paused():
            _must(run.phase is Phase.RUNNING, events.AlreadyPaused)
            left = max((run.current.ends_at or at) - at, timedelta(0))
            paused = replace(run, phase=Phase.PAUSED, remaining=left, paused_at=at)
            after = paused.with_current(ends_at=None)
        case events.Resumed():
            _must(run.phase is Phase.PAUSED, events.NotPaused)
            resumed = run.with_current(ends_at=at + (run.remaining or timedelta(0)))
            marks = run.marks - {Mark.RELIEF} if run.is_led else run.marks
            after = replace(
                resumed, phase=Phase.RUNNING, remaining=None, paused_at=None, marks=marks
            )
        case events.Cancelled():
            _must_hold(run, event.by, FACILITATOR)
            return cancel(run, Closing(at, ClosedBy.PERSON, event.by, event.reason))
        case _:
            assert_never(event)
    return after, [events.Refresh(), events.RefreshStep(run.current.position)]


# Who is in it, and in which role.


def _people(run: Run, event: People) -> Advanced:
    _must(not run.phase.is_over, events.RunIsOver)
    match event:
        case events.Joined():
            after = run.with_person(event.by, event.kind, run.not_before(event.at))
            return after, [] if after is run else [events.Refresh()]
        case events.Left():
            return _left(run, event)
        case events.RoleHanded():
            return _role_handed(run, event)
        case _:
            assert_never(event)


def _left(run: Run, event: events.Left) -> Advanced:
    stay = run.stay(event.by)
    if stay is None or stay.left_at is not None:
        return run, []
    left = replace(stay, left_at=run.not_before(event.at))
    roster = tuple(left if m is stay else m for m in run.roster)
    after = gone(replace(run, roster=roster), event.by)
    is_asked_now = run.phase.is_live and not run.in_school_days
    if event.by == run.holder(FACILITATOR) and is_asked_now:
        after = replace(after, marks=after.marks | {Mark.RELIEF})
        return after, relief(after)
    return after, [events.Refresh()]


def _role_handed(run: Run, event: events.RoleHanded) -> Advanced:
    role, person = event.role, event.person
    is_relief = role == FACILITATOR and person == event.by
    takes_over = is_relief and (Mark.RELIEF in run.marks or not run.is_led)
    if not takes_over:
        _must_hold(run, event.by, FACILITATOR)
    _must(role in run.definition.roles, events.NoSuchRole)
    _must(run.takes_part(person), events.NotInRun)
    if run.holder(role) == person:
        return run, []
    shown = [events.RefreshStep(o.position) for o in run.openings[-1:]]
    return run.with_role(role, person), [events.Refresh(), *shown]


# Questions and small changes.


def _must(holds: bool, otherwise: type[events.NotAllowed]) -> None:  # noqa: FBT001 # reads as a sentence
    if not holds:
        raise otherwise


def _is_stale(run: Run, event: events.Aimed) -> bool:
    """Whether the opening it aims at has closed. NoSuchStep where there never was one."""
    _must(run.phase is not Phase.WAITING, events.NotStarted)
    aim = _aim(run, event)
    return run.phase.is_over or aim != (run.current.position, run.current.opening)


def _aim(run: Run, event: events.Aimed | events.Announced) -> tuple[int, int]:
    aim = (event.position, event.opening)
    _must(any((o.position, o.opening) == aim for o in run.openings), events.NoSuchStep)
    return aim


def _must_hold(run: Run, person: PersonId, *roles: str) -> None:
    _must(run.takes_part(person), events.NotInRun)
    _must(person in [run.holder(role) for role in roles], events.NotYours)


def _if_heard_changed(run: Run, after: Run) -> list[events.Effect]:
    """Show the run card anew if a post changed who was heard in the current step."""
    return [] if heard_now(run) == heard_now(after) else [events.Refresh()]
