"""What the clock does to a run when it looks: at most one step closes, and marks are had."""

from dataclasses import replace
from datetime import datetime

from protocols import events
from protocols.absentees import reminded
from protocols.due import SHIFT, closes_at, marks_due
from protocols.model import FACILITATOR, TIMEKEEPER
from protocols.openings import Advanced, Closing, cancel, leave
from protocols.participation import waiting_for
from protocols.run import ClosedBy, Mark, Phase, Run
from protocols.school_days import Calendar


def tick(run: Run, at: datetime, calendar: Calendar) -> Advanced:
    """The run after the clock has looked at it, with all that was due."""
    effects: list[events.Effect] = []
    closes = closes_at(run, calendar)
    if closes is not None and at >= closes:
        if run.phase is Phase.WAITING:
            return cancel(run)  # not begun
        is_shifted = at - closes >= calendar.shortened(SHIFT)
        close = Closing(at if is_shifted else closes, ClosedBy.CLOCK)
        run, effects = leave(run, close, calendar)
        if is_shifted:
            run = replace(run, marks=run.marks | {Mark.SHIFTED})
    for due_at, mark in list(marks_due(run, calendar)):
        if due_at <= at:
            run = replace(run, marks=run.marks | {mark})
            effects.extend(effect for effect in _marked(run, mark) if effect not in effects)
    run, reminders = reminded(run, at, calendar)
    return run, [*effects, *reminders]


def _marked(run: Run, mark: Mark) -> list[events.Effect]:
    if mark is Mark.RELIEF:
        return relief(run)
    if mark in (Mark.LAST_MINUTE, Mark.OFFERED):
        return [events.Refresh()]
    facilitator, position = run.holder(FACILITATOR), run.current.position
    if mark is Mark.MEASURED:
        note = events.Note.MEASURED
        return [events.Whisper(facilitator, note, position)] if facilitator else []
    if mark in (Mark.REMINDED, Mark.REMINDED_AGAIN):
        return [events.Whisper(p, events.Note.REMINDER, position) for p in waiting_for(run)]
    people = tuple(person for person in waiting_for(run) if person != facilitator)
    if not facilitator or not (people or mark is Mark.PREVIEWED):
        return []
    note = events.Note.PREVIEW if mark is Mark.PREVIEWED else events.Note.UNHEARD
    return [events.Whisper(facilitator, note, position, people)]


def relief(run: Run) -> list[events.Effect]:
    """The timekeeper may take over first; without one, anybody in the run."""
    facilitator, timekeeper = run.holder(FACILITATOR), run.holder(TIMEKEEPER)
    others = [m.person for m in run.roster if run.takes_part(m.person) and m.person != facilitator]
    asked = [timekeeper] if timekeeper in others and timekeeper else list(dict.fromkeys(others))
    notes = [events.Whisper(person, events.Note.RELIEF, run.current.position) for person in asked]
    return [*notes, events.Refresh()]
