"""The nine floors as one table: who may speak, who is expected to. (Who is sealed: `Step`.)

A floor knows people by their part in the step, never a protocol by its name. What a step may
add (`held_by`, `with`, `silent`, `circle`) is applied here and nowhere else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from protocols.model import FACILITATOR, Floor, Step
from protocols.run import Aside, Member, MemberKind, PersonId, Run


@dataclass(frozen=True, slots=True)
class Part:
    """A person's part in one step. `was_presenter`: now or earlier in it."""

    is_facilitator: bool
    is_presenter: bool
    was_presenter: bool
    is_named: bool
    in_circle: bool


@dataclass(frozen=True, slots=True)
class FloorRule:
    """One row. `refused`: why somebody may not speak, None if they may.

    `expects`: whether a participant is expected to speak; `names`: the part that the floor
    itself names, expected even when that person only leads; `each_once`: nobody twice before
    everybody once; `single`: one speaker, who may press *Done*.
    """

    refused: Callable[[Part], Aside | None]
    expects: Callable[[Part], bool]
    names: Callable[[Part], bool] = lambda _: False
    each_once: bool = False
    single: bool = False


def _nobody_refused(_: Part) -> Aside | None:
    return None


def _only_circle(part: Part) -> Aside | None:
    return None if part.in_circle or part.is_named else Aside.OTHER_CIRCLE


FLOORS: Mapping[Floor, FloorRule] = {
    Floor.ROUND: FloorRule(_nobody_refused, expects=lambda _: True, each_once=True),
    Floor.OPEN: FloorRule(_nobody_refused, expects=lambda _: True),
    Floor.ALONE: FloorRule(_nobody_refused, expects=lambda _: True),
    Floor.PRESENTER: FloorRule(
        lambda part: None if part.was_presenter or part.is_named else Aside.NOT_PRESENTER,
        expects=lambda part: part.is_presenter,
        names=lambda part: part.is_presenter,
        single=True,
    ),
    Floor.FACILITATOR: FloorRule(
        lambda part: None if part.is_named else Aside.NOT_FACILITATOR,
        expects=lambda part: part.is_facilitator,
        names=lambda part: part.is_facilitator,
        single=True,
    ),
    Floor.GROUP: FloorRule(
        lambda part: Aside.SILENT_ROLE if part.is_presenter and not part.is_named else None,
        expects=lambda part: not part.is_presenter,
    ),
    Floor.QUESTIONS: FloorRule(_nobody_refused, expects=lambda _: False),
    Floor.INNER: FloorRule(_only_circle, expects=lambda part: part.in_circle),
    Floor.OUTER: FloorRule(_only_circle, expects=lambda part: part.in_circle),
}


def refusal(run: Run, position: int, person: PersonId) -> Aside | None:
    """Why this person may not speak in this step, whatever was said before; None if they may.

    The facilitator may always speak about procedure.
    """
    step = run.step(position)
    if any(person == run.holder(role, position) for role in step.silent):
        return Aside.SILENT_ROLE
    if person in run.holders(FACILITATOR, position):
        return None
    return FLOORS[step.floor].refused(_part(run, position, person))


def is_expected(run: Run, position: int, person: PersonId) -> bool:
    """Whether the floor and the roles expect this participant to speak in this step."""
    step, part = run.step(position), _part(run, position, person)
    rule = FLOORS[step.floor]
    if any(person == run.holder(role, position) for role in step.silent):
        return False
    only_leads = part.is_facilitator and not run.options.takes_part
    return rule.names(part) or (rule.expects(part) and not only_leads and not part.is_named)


def expected(run: Run, position: int, at: datetime | None = None) -> tuple[PersonId, ...]:
    """Who is expected to speak in a step (or was, at a time), in roster order.

    Left out: observers, the away, who joined after the step first opened, who left before it
    closed, and whoever the floor or a role silences.
    """
    return tuple(p for p in was_there(run, position, at) if is_expected(run, position, p))


def was_there(run: Run, position: int, at: datetime | None = None) -> tuple[PersonId, ...]:
    """Which participants were in a step from its opening to its close (or to a time)."""
    openings = run.openings_of(position)
    if not openings:
        return ()
    opened, until = openings[0].opened_at, at or openings[-1].closed_at

    def stayed(stay: Member) -> bool:
        is_counted = stay.kind is MemberKind.PARTICIPANT and not stay.away
        is_gone = stay.left_at is not None and (until is None or stay.left_at < until)
        return is_counted and stay.joined_at <= opened and not is_gone

    return tuple(dict.fromkeys(stay.person for stay in run.roster if stayed(stay)))


def speaks_alone(step: Step) -> bool:
    """Whether the step has a single speaker."""
    return FLOORS[step.floor].single


def _part(run: Run, position: int, person: PersonId) -> Part:
    step, stay = run.step(position), run.stay(person)
    inner = step.circle or 1
    wanted = inner if step.floor is Floor.INNER else 3 - inner
    return Part(
        is_facilitator=person == run.holder(FACILITATOR, position),
        is_presenter=person == run.holder(step.held_by, position),
        is_named=any(person in run.holders(role, position) for role in step.with_),
        was_presenter=person in run.holders(step.held_by, position),
        in_circle=stay is not None and stay.circle == wanted,
    )
