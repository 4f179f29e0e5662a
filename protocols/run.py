"""A run: the facts that it holds, and questions about them. Values only: no clock, no I/O."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

from protocols.model import FACILITATOR, Clock, Protocol, Step

RunId = NewType("RunId", str)
PersonId = NewType("PersonId", str)


class Phase(StrEnum):
    """Where a run is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        """Whether steps can still open or close."""
        return self in (Phase.RUNNING, Phase.PAUSED)

    @property
    def is_over(self) -> bool:
        """Whether the run has ended, one way or the other."""
        return self in (Phase.FINISHED, Phase.CANCELLED)


class Mark(StrEnum):
    """What the current opening has had, so that it has it once."""

    HINTED = "hinted"
    LAST_MINUTE = "last-minute"
    REMINDED = "reminded"
    REMINDED_AGAIN = "reminded-again"
    PREVIEWED = "previewed"
    OFFERED = "offered"
    RELIEF = "relief"
    SHIFTED = "shifted"
    MEASURED = "measured"


class MemberKind(StrEnum):
    """How somebody is in a run: expected and counted, or looking on."""

    PARTICIPANT = "participant"
    OBSERVER = "observer"


class ClosedBy(StrEnum):
    """What closed a step."""

    CLOCK = "clock"
    PERSON = "person"
    SKIPPED = "skipped"


class CapturedBy(StrEnum):
    """How a contribution reached us."""

    THREAD = "thread"
    FORM = "form"
    MENTION = "mention"


class PressKind(StrEnum):
    """A press that counts for being complete."""

    PASS = "pass"  # noqa: S105 # no password
    DONE = "done"


class Aside(StrEnum):
    """Why a post is not in turn (contract.md of the export: `out_of_turn`)."""

    SILENT_ROLE = "silent-role"
    OTHER_CIRCLE = "other-circle"
    SECOND_IN_ROUND = "second-in-round"
    NOT_PRESENTER = "not-presenter"
    NOT_FACILITATOR = "not-facilitator"
    SEALED_STEP = "sealed-step"
    OBSERVER = "observer"
    PRACTICAL = "practical"


@dataclass(frozen=True, slots=True)
class Options:
    """What the start form settles.

    `takes_part`: the facilitator is one of the participants; `closes_on_time`: on school days,
    without asking the facilitator first; `absentee_days`: how many school days who was not there
    has for answering what was written alone on a live clock, 0: nobody is asked.
    """

    takes_part: bool = False
    one_room: bool = False
    rehearsal: bool = False
    closes_on_time: bool = False
    absentee_days: int = 2


@dataclass(frozen=True, slots=True)
class Member:
    """One stay of a person in a run; who leaves and comes again has two."""

    person: PersonId
    kind: MemberKind
    joined_at: datetime
    left_at: datetime | None = None
    circle: int | None = None
    away: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A role held from one opening to another, both indexes of `Run.openings`; None means still.

    Openings and not positions: after a reopening the same position is left and entered again.
    """

    role: str
    person: PersonId
    since: int
    until: int | None = None

    def spans(self, index: int) -> bool:
        """Whether the role was held, for some time at least, in an opening."""
        return self.since <= index and (self.until is None or index <= self.until)


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening of a step, counted from 0; only a reopened step has a second one.

    `ends_at` is None while the clock is paused, and on the other clocks never.
    """

    position: int
    opening: int
    opened_at: datetime
    ends_at: datetime | None
    announced_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: ClosedBy | None = None
    person: PersonId | None = None
    reason: str | None = None

    @property
    def starts_at(self) -> datetime:
        """When the window starts: at the platform's time of the step's post, where known."""
        return self.announced_at or self.opened_at


@dataclass(frozen=True, slots=True)
class Press:
    """PASS or DONE, pressed by a person in a step."""

    kind: PressKind
    person: PersonId
    position: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is new about a post; only what is not None is changed."""

    words: int | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    admitted_by: PersonId | None = None
    aside_by: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """The facts of one contribution. Step, turn and lateness are derived by `attribute`.

    `words`: how many; `answers`: the person it answers, where that was stated; `placed`: the
    position somebody put it into; `admitted_by`: who let it in; `aside_by`: who called it
    only practical; `from_key`: the post it repeats in another step.
    """

    key: str
    person: PersonId
    at: datetime
    words: int
    captured_by: CapturedBy = CapturedBy.THREAD
    answers: PersonId | None = None
    placed: int | None = None
    placed_by: PersonId | None = None
    admitted_by: PersonId | None = None
    aside_by: PersonId | None = None
    from_key: str | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether it says something: not deleted, not empty, not called practical."""
        is_said = self.words > 0 or self.captured_by is CapturedBy.FORM
        return is_said and self.deleted_at is None and self.aside_by is None

    def amended(self, change: Change) -> "Post":
        """The post with a change: a deletion stays, the newest edit wins."""
        is_older = change.edited_at and self.edited_at and change.edited_at < self.edited_at
        edits = [at for at in (self.edited_at, change.edited_at) if at is not None]
        return replace(
            self,
            words=self.words if change.words is None or is_older else change.words,
            edited_at=max(edits, default=None),
            deleted_at=self.deleted_at or change.deleted_at,
            admitted_by=self.admitted_by or change.admitted_by,
            aside_by=self.aside_by or change.aside_by,
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One running of a protocol. Holds no text, no name and no platform's id.

    `posts` are those of the current step; of older steps a run knows only the windows. `awaited`:
    whose answers to which steps are awaited, and not yet reminded of. `measured_until`: the last
    day of what is measured from this run on.
    """

    id: RunId
    definition: Protocol
    clock: Clock
    options: Options
    phase: Phase = Phase.WAITING
    planned_at: datetime | None = None
    remaining: timedelta | None = None
    paused_at: datetime | None = None
    marks: frozenset[Mark] = frozenset()
    roster: tuple[Member, ...] = ()
    roles: tuple[Held, ...] = ()
    openings: tuple[Opening, ...] = ()
    pressed: tuple[Press, ...] = ()
    noted: frozenset[tuple[int, PersonId]] = frozenset()
    awaited: frozenset[tuple[int, PersonId]] = frozenset()
    measured_until: date | None = None
    posts: tuple[Post, ...] = ()

    @property
    def current(self) -> Opening:
        """The opening that is, or was last, the current one. IndexError before the first."""
        return self.openings[-1]

    @property
    def position(self) -> int | None:
        """The position of the current step, None before the first."""
        return self.openings[-1].position if self.openings else None

    @property
    def step_ends(self) -> datetime | None:
        """When the clock closes the current step; None while it does not run."""
        return self.current.ends_at if self.phase is Phase.RUNNING else None

    def step(self, position: int) -> Step:
        """The definition of the step at a position."""
        return self.definition.steps[position]

    def not_before(self, at: datetime) -> datetime:
        """The time that an event counts from: not before the opening, or pause, that it finds."""
        opened = [opening.opened_at for opening in self.openings[-1:]]
        return max(at, *opened, self.paused_at or at)

    def clock_of(self, position: int) -> Clock:
        """The clock of a step: what comes before the sitting takes school days in any run."""
        return Clock.SCHOOL_DAYS if self.step(position).before else self.clock

    @property
    def in_school_days(self) -> bool:
        """Whether the current step takes school days."""
        return bool(self.openings) and self.clock_of(self.current.position) is Clock.SCHOOL_DAYS

    @property
    def waits_to_begin(self) -> bool:
        """Whether this is the last step before a sitting, which a person begins.

        IndexError before the first step.
        """
        following = self.step(min(self.current.position + 1, self.definition.debrief))
        return self.step(self.current.position).before and not following.before

    def openings_of(self, position: int) -> tuple[Opening, ...]:
        """All openings of a step, the first one first."""
        return tuple(o for o in self.openings if o.position == position)

    def holders(self, role: str, position: int) -> tuple[PersonId, ...]:
        """Who held a role during a step, the last one last; of a step not opened, who does now."""
        indexes = [i for i, opening in enumerate(self.openings) if opening.position == position]
        held: dict[PersonId, None] = {}
        for holding in self.roles:
            if holding.role != role or not any(holding.spans(index) for index in indexes):
                continue
            held.pop(holding.person, None)
            held[holding.person] = None
        now = self.holder(role)
        return tuple(held) if indexes or now is None else (now,)

    def holder(self, role: str, position: int | None = None) -> PersonId | None:
        """Who holds a role now, or who held it last in a step."""
        if position is not None:
            return next(iter(reversed(self.holders(role, position))), None)
        return next((h.person for h in self.roles if h.role == role and h.until is None), None)

    @property
    def is_led(self) -> bool:
        """Whether somebody facilitates who has not left; if not, anybody in the run may."""
        return self.holder(FACILITATOR) is not None and self.unled_since is None

    @property
    def unled_since(self) -> datetime | None:
        """When the facilitator left; None while there is one, or where there never was."""
        holder = self.holder(FACILITATOR)
        stay = None if holder is None else self.stay(holder)
        return stay.left_at if stay is not None else None

    def stay(self, person: PersonId) -> Member | None:
        """The last stay of a person in this run, None if they never were in it."""
        stays = [m for m in self.roster if m.person == person]
        return stays[-1] if stays else None

    def stay_at(self, person: PersonId, at: datetime) -> Member | None:
        """The stay of a person at a time; before the first one, that one."""
        stays = [m for m in self.roster if m.person == person]
        begun = [m for m in stays if m.joined_at <= at]
        found = begun or stays[:1]
        return found[-1] if found else None

    def is_in(self, person: PersonId) -> bool:
        """Whether the person is in the run now, as participant or observer."""
        stay = self.stay(person)
        return stay is not None and stay.left_at is None

    def takes_part(self, person: PersonId) -> bool:
        """Whether the person is a participant now."""
        stay = self.stay(person)
        return stay is not None and stay.kind is MemberKind.PARTICIPANT and stay.left_at is None

    def with_role(self, role: str, person: PersonId) -> "Run":
        """The run with a role handed over: one holding ends with this opening, the next begins."""
        index = max(len(self.openings) - 1, 0)
        roles = (
            replace(h, until=index) if h.role == role and h.until is None else h for h in self.roles
        )
        marks = self.marks - {Mark.RELIEF} if role == FACILITATOR else self.marks
        return replace(self, roles=(*roles, Held(role, person, index)), marks=marks)

    def with_current(self, **changes: object) -> "Run":
        """The run with something changed about its current opening."""
        changed = replace(self.current, **changes)  # type: ignore[arg-type] # fields of Opening
        return replace(self, openings=(*self.openings[:-1], changed))

    def with_person(self, person: PersonId, kind: MemberKind, at: datetime) -> "Run":
        """The run with the person in it; an observer who joins becomes a participant."""
        stay = self.stay(person)
        is_in = stay is not None and stay.left_at is None
        if self.phase.is_over or (is_in and stay and kind in (stay.kind, MemberKind.OBSERVER)):
            return self
        before = (replace(m, left_at=at) if is_in and m is stay else m for m in self.roster)
        circle = stay.circle if stay and stay.circle else self._smaller_circle(kind)
        return replace(self, roster=(*before, Member(person, kind, at, circle=circle)))

    def _smaller_circle(self, kind: MemberKind) -> int | None:
        circles = [m.circle for m in self.roster if m.left_at is None]
        if kind is MemberKind.OBSERVER or not any(circles):
            return None
        return 1 if circles.count(1) <= circles.count(2) else 2
