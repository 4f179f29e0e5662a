"""What was pressed or typed, as events that aim at the step it was meant for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from protocols import events
from protocols.due import HALF_DAY
from protocols.model import FACILITATOR, Clock
from protocols.run import MemberKind, Opening, PersonId, Run

from bot.rules.aims import Aim

MINUTES = 2
LONGEST = 60
DIGITS = 3


@dataclass(frozen=True, slots=True)
class Did:
    """One press on a run: what it aims at, when, by whom, and how they would join it."""

    run: Run
    aim: Aim
    at: datetime
    by: PersonId
    kind: MemberKind = MemberKind.PARTICIPANT


def pressed(did: Did) -> list[events.Event]:  # noqa: PLR0911 # one arm an act
    """The events of a button or verb; none for what only shows something."""
    at, by = did.at, did.by
    position, opening = did.aim.position, did.aim.opening
    match did.aim.act:
        case "next" | "anyway" as act:
            anyway = act == "anyway"
            return [events.Next(at=at, by=by, position=position, opening=opening, anyway=anyway)]
        case "pass":
            return [events.Passed(at=at, by=by, position=position, opening=opening)]
        case "done":
            return [events.Done(at=at, by=by, position=position, opening=opening)]
        case "end":
            return [events.Ended(at=at, by=by, position=position, opening=opening)]
        case "reopen":
            return [events.Reopened(at=at, by=by, position=position, opening=opening)]
        case "extend":
            more = _more(did)
            return [events.Extended(at=at, by=by, position=position, opening=opening, more=more)]
        case _:
            return _whole(did)


def _more(did: Did) -> timedelta:
    """Minutes as asked for; on school days half a day, whatever was asked for."""
    position = did.aim.position
    is_step = 0 <= position < len(did.run.definition.steps)
    if is_step and did.run.clock_of(position) is Clock.SCHOOL_DAYS:
        return HALF_DAY
    return timedelta(minutes=minutes(did.aim.extra))


def _whole(did: Did) -> list[events.Event]:  # noqa: PLR0911 # one arm an act
    at, by = did.at, did.by
    match did.aim.act:
        case "open":
            return [events.Started(at=at, by=by)]
        case "pause":
            return [events.Paused(at=at, by=by)]
        case "resume":
            return [events.Resumed(at=at, by=by)]
        case "join":
            return [events.Joined(at=at, by=by, kind=did.kind)]
        case "leave":
            return [events.Left(at=at, by=by)]
        case "takeover":
            return [events.RoleHanded(at=at, by=by, role=FACILITATOR, person=by)]
        case _:
            return []


def reasoned(did: Did, reason: str) -> list[events.Event]:
    """Skip or cancel, with its reason."""
    at, by, aim = did.at, did.by, did.aim
    if aim.act == "skip":
        return [
            events.Skipped(at=at, by=by, position=aim.position, opening=aim.opening, reason=reason)
        ]
    return [events.Cancelled(at=at, by=by, reason=reason)] if aim.act == "cancel" else []


def roles_handed(did: Did, values: Mapping[str, str]) -> list[events.Event]:
    """A hand-over for each role that the form changed; facilitating goes last."""
    roles = sorted(enumerate(did.run.definition.roles), key=lambda pair: pair[1] == FACILITATOR)
    chosen = ((role, PersonId(values.get(f"role-{index}", ""))) for index, role in roles)
    return [
        events.RoleHanded(at=did.at, by=did.by, role=role, person=person)
        for role, person in chosen
        if person and person != did.run.holder(role)
    ]


def minutes(text: str) -> int:
    """How many minutes a step gets more: 1 to 60, two where nothing sensible is said."""
    wanted = int(text) if text.isdecimal() and len(text) <= DIGITS else MINUTES
    return max(1, min(wanted, LONGEST))


def opening_at(run: Run, at: datetime) -> Opening | None:
    """The opening that stood open at a time, by our clock; the first one before it."""
    opened = [opening for opening in run.openings if opening.opened_at <= at]
    return opened[-1] if opened else next(iter(run.openings), None)
