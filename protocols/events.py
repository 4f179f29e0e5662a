"""What can happen to a run (events), what follows from it (effects), and what is not allowed.

An event has `at`, a person's event `by`. What aims at a step carries the position and opening
it was meant for, so that a press which comes twice or too late does nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from protocols.run import Change, MemberKind, PersonId, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What all events share: when, by the platform's clock."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Did(Happened):
    """What a person did."""

    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Aimed(Did):
    """What a person did to one opening of one step."""

    position: int
    opening: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Did):
    """The first step opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Did):
    """Somebody comes in."""

    kind: MemberKind = MemberKind.PARTICIPANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Did):
    """Somebody leaves the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHanded(Did):
    """A role goes to a person; also *Take over facilitating*."""

    role: str
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Next(Aimed):
    """Leave the step; with others missing and not `anyway`, the presser sees a preview."""

    anyway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped(Aimed):
    """Leave the step out, and say why."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened(Aimed):
    """Aims at the current step and opens the one before it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended(Aimed):
    """More time for the step: as planned minutes are, on school days posting hours."""

    more: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed(Aimed):
    """Nothing to add in this step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Aimed):
    """The single speaker has said it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Did):
    """The clock stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Did):
    """The clock goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Aimed):
    """Go to the debrief now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Did):
    """The run ends without its debrief."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced(Happened):
    """The step's post stands in the thread, at the platform's time `at`. Never stale."""

    position: int
    opening: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted(Happened):
    """A person said something in the thread; `kind` says how they come in by it."""

    post: Post
    kind: MemberKind = MemberKind.PARTICIPANT


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn(Happened):
    """An answer by a form. Never stale: into a closed step it is late.

    `measured_until`: the last day of what is measured from now on, where the answer says one.
    """

    post: Post
    position: int
    private: bool = False
    measured_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Did):
    """A new post with `from_key`, put into a step beside the first one, which stays."""

    post: Post
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended(Did):
    """Something about a post of `author` has changed."""

    key: str
    author: PersonId
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Happened):
    """The clock looks at the run."""


Event = (
    Started
    | Joined
    | Left
    | RoleHanded
    | Next
    | Skipped
    | Reopened
    | Extended
    | Passed
    | Done
    | Paused
    | Resumed
    | Ended
    | Cancelled
    | Announced
    | Posted
    | HandedIn
    | Placed
    | Amended
    | Tick
)


class Note(StrEnum):
    """The private notes there are."""

    OUT_OF_TURN = "out-of-turn"
    LATE = "late"
    UNHEARD = "unheard"
    PREVIEW = "preview"
    RELIEF = "relief"
    REMINDER = "reminder"
    AWAITED = "awaited"
    AWAITED_STILL = "awaited-still"
    MEASURED = "measured"


class How(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Record:
    """Keep a post."""

    post: Post


@dataclass(frozen=True, slots=True)
class Amend:
    """Keep what changed about a post."""

    change: Amended


@dataclass(frozen=True, slots=True)
class Announce:
    """Post the step in the thread."""

    position: int
    opening: int


@dataclass(frozen=True, slots=True)
class Leave:
    """Withdraw what is still pending of a step, and show it as closed."""

    position: int
    opening: int


@dataclass(frozen=True, slots=True)
class Refresh:
    """Show the run card anew."""


@dataclass(frozen=True, slots=True)
class RefreshStep:
    """Show the step's post anew: its count, its time."""

    position: int


@dataclass(frozen=True, slots=True)
class Reveal:
    """Show what was handed in: all of a step, or the one answer `key`."""

    position: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Whisper:
    """A private note to a person about people in a step; `until`: how long an answer is awaited."""

    person: PersonId
    note: Note
    position: int
    people: tuple[PersonId, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The run is over."""

    how: How


Effect = Record | Amend | Announce | Leave | Refresh | RefreshStep | Reveal | Whisper | Finish


class NotAllowed(Exception):
    """Aimed at the right step, but not allowed. Changes nothing; `bot/cards` words it."""


class NotYours(NotAllowed):
    """Step control is the facilitator's and timekeeper's; roles, end, cancel the facilitator's."""


class NotInRun(NotAllowed):
    """Only who is in the run can do this."""


class AlreadyStarted(NotAllowed):
    """The run has begun before."""


class NotStarted(NotAllowed):
    """The run has not begun yet."""


class RunIsOver(NotAllowed):
    """The run has ended."""


class NotPaused(NotAllowed):
    """Only a paused run can be resumed."""


class AlreadyPaused(NotAllowed):
    """The run is paused as it is."""


class NotThisClock(NotAllowed):
    """School days are not paused."""


class DebriefStays(NotAllowed):
    """The debrief is never skipped."""


class NothingToReopen(NotAllowed):
    """There is no step before the first."""


class NotThisFloor(NotAllowed):
    """Nobody expects this person to speak in this step."""


class NoSuchRole(NotAllowed):
    """The protocol has no role of that name."""


class NoSuchStep(NotAllowed):
    """That opening of a step has never been."""
