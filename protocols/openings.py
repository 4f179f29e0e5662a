"""From step to step: one opening closes, the next one opens, or the run is over."""

from dataclasses import dataclass, replace
from datetime import datetime

from protocols import events
from protocols.absentees import absent, invited
from protocols.due import ends_at
from protocols.model import Reveal as Shown
from protocols.participation import of_current_step
from protocols.run import ClosedBy, Mark, Opening, PersonId, Phase, Run
from protocols.school_days import Calendar

Advanced = tuple[Run, list[events.Effect]]


@dataclass(frozen=True, slots=True)
class Closing:
    """How an opening closes: when, by what or whom, and why where somebody said so."""

    at: datetime
    by: ClosedBy
    person: PersonId | None = None
    reason: str | None = None


def leave(run: Run, close: Closing, calendar: Calendar, to: int | None = None) -> Advanced:
    """Close the current opening, and open the next step (or `to`); after the debrief, finish."""
    position, people = run.current.position, absent(run)
    run, effects = _close(run, close)
    left_out = close.by is ClosedBy.SKIPPED
    run, notes = invited(run, position, () if left_out else people, calendar)
    if to is None and position == run.definition.debrief:
        ended = replace(run, phase=Phase.FINISHED, remaining=None, paused_at=None)
        return ended, [*effects, events.Refresh(), events.Finish(events.How.FINISHED), *notes]
    opened, more = enter(run, position + 1 if to is None else to, close.at, calendar)
    return opened, [*effects, *more, *notes]


def _close(run: Run, close: Closing) -> Advanced:
    position, opening = run.current.position, run.current.opening
    after = run.with_current(
        closed_at=close.at, closed_by=close.by, person=close.person, reason=close.reason
    )
    step = run.step(position)
    effects: list[events.Effect] = [events.Leave(position, opening)]
    if step.is_sealed and opening == 0 and step.reveal is not Shown.PRIVATE:
        effects.append(events.Reveal(position))
    return after, effects


def enter(run: Run, position: int, at: datetime, calendar: Calendar) -> Advanced:
    """Open a step, with the posts that may have been placed in it before."""
    opening = Opening(
        position=position,
        opening=len(run.openings_of(position)),
        opened_at=at,
        ends_at=ends_at(run, position, at, calendar),
    )
    after = replace(
        run,
        phase=Phase.RUNNING,
        openings=(*run.openings, opening),
        marks=frozenset() if run.is_led else run.marks & {Mark.RELIEF},
        remaining=None,
        paused_at=None,
    )
    return of_current_step(after), [
        events.Announce(position, opening.opening),
        events.Refresh(),
    ]


def cancel(run: Run, close: Closing | None = None) -> Advanced:
    """End the run without its debrief; what is open closes."""
    after, effects = _close(run, close) if close and run.openings else (run, [])
    over = replace(
        after, phase=Phase.CANCELLED, remaining=None, paused_at=None, awaited=frozenset()
    )
    return over, [*effects, events.Refresh(), events.Finish(events.How.CANCELLED)]
