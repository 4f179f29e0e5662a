"""What is not allowed in a run, by the name of the error. Nothing changes then."""

from datetime import timedelta

import pytest

from protocols.engine import advance
from protocols.events import (
    AlreadyPaused,
    AlreadyStarted,
    Announced,
    Cancelled,
    DebriefStays,
    Done,
    Ended,
    Event,
    Extended,
    Joined,
    Left,
    Next,
    NoSuchRole,
    NoSuchStep,
    NotAllowed,
    NothingToReopen,
    NotInRun,
    NotPaused,
    NotStarted,
    NotThisFloor,
    NotYours,
    Passed,
    Paused,
    Reopened,
    Resumed,
    RoleHanded,
    RunIsOver,
    Skipped,
    Started,
)
from protocols.model import FACILITATOR, PRESENTER, TIMEKEEPER, Floor
from protocols.run import MemberKind, Run
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

REFUSED: list[tuple[type[NotAllowed], Run, list[Event]]] = [
    (AlreadyStarted, run, [Started(at=T, by=ANA)]) for run in (FIRST, PAUSED, OVER, CANCELLED)
]
REFUSED += [
    (
        NotYours,
        FIRST,
        [
            Next(at=T, by=DEE, position=0, anyway=True),
            Skipped(at=T, by=DEE, position=0, reason="Bored"),
            Ended(at=T, by=DEE, position=0),
            Extended(at=T, by=DEE, position=0, more=timedelta(minutes=2)),
            Paused(at=T, by=DEE),
            Cancelled(at=T, by=DEE, reason="Bored"),
            RoleHanded(at=T, by=DEE, role=PRESENTER, person=DEE),
            RoleHanded(at=T, by=DEE, role=FACILITATOR, person=DEE),
            # the timekeeper steers the steps, and no more
            Ended(at=T, by=CY, position=0),
            Cancelled(at=T, by=CY, reason="Bored"),
            RoleHanded(at=T, by=CY, role=TIMEKEEPER, person=DEE),
        ],
    ),
    (NotYours, SECOND, [Reopened(at=T, by=DEE, position=1)]),
    (NotYours, PAUSED, [Resumed(at=T, by=DEE)]),
    (
        NotInRun,
        WATCHED,
        [
            Passed(at=T, by=EVE, position=0),
            RoleHanded(at=T, by=ANA, role=PRESENTER, person=EVE),
        ],
    ),
    (
        NotInRun,
        FIRST,
        [
            Passed(at=T, by=EVE, position=0),
            Done(at=T, by=EVE, position=0),
            RoleHanded(at=T, by=ANA, role=PRESENTER, person=EVE),
        ],
    ),
    (NotInRun, after(FIRST, Left(at=at("3:01"), by=BEN)), [Done(at=T, by=BEN, position=0)]),
    (
        NotThisFloor,
        FIRST,
        [
            Passed(at=T, by=DEE, position=0),
            Done(at=T, by=DEE, position=0),
            Passed(at=T, by=ANA, position=0),
        ],
    ),
    (NotThisFloor, SECOND, [Done(at=T, by=DEE, position=1), Passed(at=T, by=ANA, position=1)]),
    (
        DebriefStays,
        LAST,
        [
            Skipped(at=T, by=ANA, position=2, reason="No time"),
            Ended(at=T, by=ANA, position=2),
        ],
    ),
    (NothingToReopen, FIRST, [Reopened(at=T, by=ANA, position=0)]),
    (NotPaused, FIRST, [Resumed(at=T, by=ANA)]),
    (AlreadyPaused, PAUSED, [Paused(at=T, by=ANA)]),
    (NoSuchRole, FIRST, [RoleHanded(at=T, by=ANA, role="scorer", person=CY)]),
    (
        NoSuchStep,
        FIRST,
        [
            Next(at=T, by=ANA, position=1),
            Next(at=T, by=ANA, position=0, opening=1),
            Passed(at=T, by=BEN, position=7),
            Announced(at=T, position=1, opening=0),
            Announced(at=T, position=0, opening=1),
        ],
    ),
    (
        NotStarted,
        WAITING,
        [
            Next(at=T, by=ANA, position=0),
            Passed(at=T, by=BEN, position=0),
            Paused(at=T, by=ANA),
            Resumed(at=T, by=ANA),
        ],
    ),
]
REFUSED += [
    (
        RunIsOver,
        run,
        [
            Paused(at=T, by=ANA),
            Resumed(at=T, by=ANA),
            Cancelled(at=T, by=ANA, reason="Fire drill"),
            Joined(at=T, by=EVE),
            Left(at=T, by=DEE),
            RoleHanded(at=T, by=ANA, role=PRESENTER, person=CY),
        ],
    )
    for run in (OVER, CANCELLED)
]


@pytest.mark.parametrize(
    ("run", "event", "error"),
    [(run, event, error) for error, run, tried in REFUSED for event in tried],
)
def test_what_is_not_allowed_is_refused_by_name(
    run: Run, event: Event, error: type[NotAllowed]
) -> None:
    with pytest.raises(NotAllowed) as raised:
        advance(run, event, CALENDAR)
    assert raised.type is error
