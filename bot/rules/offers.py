"""What a team is offered: protocols by need, and the defaults of a start in one press."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from protocols.events import NotAllowed
from protocols.model import FACILITATOR, Floor, Need, Protocol
from protocols.run import Held, Member, MemberKind, PersonId

REVIEW = "impact"  # the protocol that looks at what a trial has brought
FIRST = "notice-wonder"
ABSENTEE_DAYS = range(11)


class OnlyMembersStart(NotAllowed):
    """Guests and observers of a team do not start its runs."""


def role_that_brings(protocol: Protocol) -> str | None:
    """The role of whoever brings the material, None where nobody does.

    That is who first has a floor of their own, else whom a step of the facilitator names; never
    the facilitator.
    """
    floors = (Floor.PRESENTER, Floor.GROUP, Floor.QUESTIONS)
    holding = [s.held_by for s in protocol.steps if s.floor in floors]
    named = {role for s in protocol.steps if s.floor is Floor.FACILITATOR for role in s.with_}
    bringing = (*holding, *(role for role in protocol.roles if role in named))
    return next((role for role in bringing if role != FACILITATOR), None)


def by_need(protocols: Iterable[Protocol], need: Need) -> tuple[Protocol, ...]:
    """The protocols for a need: the lowest threshold first, then those that name it first."""
    found = (p for p in protocols if need in p.needs)
    return tuple(
        sorted(found, key=lambda p: (p.id != FIRST, p.readiness, p.needs[0] != need, p.title))
    )


def absentee_days(text: str) -> int | None:
    """How many school days who was not there has for an answer; None where it is no such number."""
    days = text.strip()
    is_short = days.isdecimal() and len(days) <= len(str(ABSENTEE_DAYS[-1]))
    return int(days) if is_short and int(days) in ABSENTEE_DAYS else None


def roles(
    protocol: Protocol,
    starter: PersonId,
    people: Sequence[PersonId],
    chosen: dict[str, PersonId] | None = None,
) -> tuple[Held, ...]:
    """Who holds which role at first: as chosen, else the starter facilitates, others in turn.

    Nobody gets a second role while somebody has none.
    """
    given = {FACILITATOR: starter, **(chosen or {})}
    free = [person for person in people if person not in given.values()]
    held = []
    for role in protocol.roles:
        person = given.get(role) or (free.pop(0) if free else None)
        if person is not None:
            held.append(Held(role, person, 0))
    return tuple(held)


def roster(people: Iterable[PersonId], at: datetime) -> tuple[Member, ...]:
    """The people who are here, as participants from the start on, in two circles by turns."""
    return tuple(
        Member(person, MemberKind.PARTICIPANT, at, circle=1 + order % 2)
        for order, person in enumerate(people)
    )
