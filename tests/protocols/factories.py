"""Protocols, runs, times and posts for the tests of the pure core, as short as they can be said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from protocols.engine import advance
from protocols.events import Announced, Effect, Event, Started
from protocols.library import library
from protocols.model import FACILITATOR, PRESENTER, TIMEKEEPER, Clock, Floor, Protocol, Reveal, Step
from protocols.run import (
    CapturedBy,
    Held,
    Member,
    MemberKind,
    Options,
    PersonId,
    Phase,
    Post,
    Run,
    RunId,
)
from protocols.school_days import Calendar

ANA, BEN, CY, DEE, EVE = (PersonId(name) for name in ("ANA", "BEN", "CY", "DEE", "EVE"))
TEAM = (ANA, BEN, CY, DEE)
CALENDAR = Calendar()
LIBRARY = library()
LEADS_ONLY = Options()
ROLES = {FACILITATOR: ANA, PRESENTER: BEN}


def at(time: str) -> datetime:
    """The time of day, like 3:04:30, of an afternoon of which only the order matters."""
    hours, minutes, seconds = (*map(int, time.split(":")), 0)[:3]
    return datetime(2026, 10, 5, hours + 12, minutes, seconds, tzinfo=UTC)


def step(floor: Floor, *, minutes: int = 5, reveal: Reveal = Reveal.AT_CLOSE) -> Step:
    """A step of a floor; in `short` it is two minutes shorter."""
    return Step(
        title=floor.value,
        floor=floor,
        full=minutes,
        short=minutes - 2,
        quarters=4,
        say="Go on.",
        reveal=reveal,
    )


def protocol(*steps: Step | Floor) -> Protocol:
    """A protocol of these steps, each of five minutes where only its floor is given."""
    return Protocol(
        id="sample",
        title="Sample",
        about="A sample.",
        needs=(),
        smallest=3,
        largest=8,
        roles=(FACILITATOR, PRESENTER, TIMEKEEPER),
        steps=tuple(each if isinstance(each, Step) else step(each) for each in steps),
        attribution="",
    )


def roster(*people: PersonId) -> tuple[Member, ...]:
    """Participants who are in the run from before its start."""
    return tuple(Member(person, MemberKind.PARTICIPANT, at("2:50")) for person in people)


def waiting(
    *steps: Step | Floor,
    roles: Mapping[str, PersonId] = ROLES,
    people: tuple[Member, ...] = roster(*TEAM),
    options: Options = LEADS_ONLY,
    clock: Clock = Clock.FULL,
) -> Run:
    """A run that has not begun; Ana leads only, Ben presents."""
    return Run(
        id=RunId("RUN"),
        definition=protocol(*steps),
        clock=clock,
        options=options,
        roster=people,
        roles=tuple(Held(role, person, 0) for role, person in roles.items()),
    )


def begun(
    *steps: Step | Floor,
    roles: Mapping[str, PersonId] = ROLES,
    people: tuple[Member, ...] = roster(*TEAM),
    options: Options = LEADS_ONLY,
    calendar: Calendar = CALENDAR,
) -> Run:
    """The same run, begun at 3:00 and announced that second."""
    run = waiting(*steps, roles=roles, people=people, options=options)
    start = Started(at=at("3:00"), by=ANA)
    return after(run, start, Announced(at=at("3:00"), position=0, opening=0), calendar=calendar)


def after(run: Run, *events: Event, calendar: Calendar = CALENDAR) -> Run:
    """The run after these events, whatever they caused."""
    for event in events:
        run, _ = advance(run, event, calendar)
    return run


def effects(run: Run, event: Event, calendar: Calendar = CALENDAR) -> list[Effect]:
    """What one event causes."""
    return advance(run, event, calendar)[1]


def reloaded(run: Run, *posts: Post) -> Run:
    """The run as it is after these posts of its current step were read from storage."""
    return replace(run, posts=posts)


def over(run: Run, phase: Phase = Phase.FINISHED) -> Run:
    """The run as if it were over, its last opening left as it is."""
    return replace(run, phase=phase)


def said(person: PersonId, time: str, *, key: str = "", answers: PersonId | None = None) -> Post:
    """Five words in the thread; the key is the person and the time where it does not matter."""
    return Post(key or f"{person}@{time}", person, at(time), words=5, answers=answers)


def written(person: PersonId, time: str, *, placed: int | None = None) -> Post:
    """An answer by a form."""
    return Post(
        key=f"form:{person}@{time}",
        person=person,
        at=at(time),
        words=5,
        captured_by=CapturedBy.FORM,
        placed=placed,
    )
