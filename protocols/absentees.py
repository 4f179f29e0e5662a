"""Who was not there when something was written alone on a live clock: invited once, reminded once.

Their answers are taken at any time, and late; here is only who is asked for one.
"""

from dataclasses import replace
from datetime import datetime

from protocols import events
from protocols.due import awaited_until, reminders_due
from protocols.model import Reveal
from protocols.participation import waiting_for
from protocols.run import PersonId, Run
from protocols.school_days import Calendar


def absent(run: Run) -> tuple[PersonId, ...]:
    """Who has not answered in the current step, where an answer after its close is asked for.

    That is a sealed step whose answers others read, open for the first time, on a live clock.
    Private answers are erased with the end of the run; a rehearsal has nobody to wait for.
    """
    step, options = run.step(run.current.position), run.options
    is_read = step.is_sealed and step.reveal is not Reveal.PRIVATE
    if not is_read or run.current.opening > 0 or run.in_school_days or options.rehearsal:
        return ()
    return waiting_for(run) if options.absentee_days else ()


def invited(
    run: Run, position: int, people: tuple[PersonId, ...], calendar: Calendar
) -> tuple[Run, list[events.Effect]]:
    """The run that awaits the answers of these people to a step that has closed."""
    if not people:
        return run, []
    until = awaited_until(run, position, calendar)
    notes = [events.Whisper(p, events.Note.AWAITED, position, until=until) for p in people]
    return replace(run, awaited=run.awaited | {(position, p) for p in people}), [*notes]


def answered(run: Run, position: int, person: PersonId) -> Run:
    """The run that awaits nothing more from a person in a step."""
    return replace(run, awaited=run.awaited - {(position, person)})


def gone(run: Run, person: PersonId) -> Run:
    """The run that awaits nothing more from a person."""
    return replace(run, awaited=frozenset(a for a in run.awaited if a[1] != person))


def reminded(run: Run, at: datetime, calendar: Calendar) -> tuple[Run, list[events.Effect]]:
    """Remind who is still awaited when half of the time has gone by; after all of it, nobody."""
    notes: list[events.Effect] = []
    for due_at, position in list(reminders_due(run, calendar)):
        if due_at > at:
            continue
        until = awaited_until(run, position, calendar)
        for person in sorted(person for p, person in run.awaited if p == position):
            run = answered(run, position, person)
            if at < until:
                still = events.Note.AWAITED_STILL
                notes.append(events.Whisper(person, still, position, until=until))
    return run, notes
