"""The engine held against a model that was written from the specification, not from the engine.

Where the specification leaves a case open (who held a role before it was handed over in the same
step, say), the model calls the person *murky* there and takes the engine's word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from protocols.due import next_due
from protocols.engine import advance
from protocols.events import (
    Aimed,
    AlreadyPaused,
    AlreadyStarted,
    Amend,
    Amended,
    Announced,
    Cancelled,
    DebriefStays,
    Done,
    Effect,
    Ended,
    Event,
    Extended,
    HandedIn,
    Joined,
    Leave,
    Left,
    Next,
    NoSuchRole,
    NoSuchStep,
    NotAllowed,
    Note,
    NothingToReopen,
    NotInRun,
    NotPaused,
    NotStarted,
    NotThisFloor,
    NotYours,
    Passed,
    Paused,
    Placed,
    Posted,
    Record,
    Reopened,
    Resumed,
    RoleHanded,
    RunIsOver,
    Skipped,
    Started,
    Tick,
    Whisper,
)
from protocols.events import Reveal as Shown
from protocols.model import FACILITATOR, PRESENTER, TIMEKEEPER, Clock, Floor, Protocol, Reveal, Step
from protocols.participation import attribute, is_complete, participation, waiting_for
from protocols.run import (
    Aside,
    CapturedBy,
    Change,
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

OK = None
Outcome = type[NotAllowed] | None
STEERS = (Next, Skipped, Reopened, Extended, Ended)
LEADS_ONLY = (Floor.ROUND, Floor.OPEN, Floor.ALONE, Floor.GROUP, Floor.INNER, Floor.OUTER)
SINGLE = (Floor.PRESENTER, Floor.FACILITATOR)
MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
ENROLLED = tuple(map(PersonId, "ABCDE"))
FORM = CapturedBy.FORM
COACH = PersonId("O")
EVERYBODY = (*ENROLLED, COACH, PersonId("X"), PersonId("Y"))
ROLES = (FACILITATOR, PRESENTER, TIMEKEEPER, "scorer")


# --- the model -------------------------------------------------------------------------------


@dataclass
class Window:
    """One opening of a step."""

    position: int
    opening: int
    opened: datetime
    announced: datetime | None = None
    closed: datetime | None = None
    is_skipped: bool = False

    @property
    def start(self) -> datetime:
        return self.announced or self.opened


@dataclass
class Stay:
    """Somebody in the run, from then until then."""

    person: PersonId
    kind: MemberKind
    since: datetime
    until: datetime | None = None
    circle: int | None = None
    away: bool = False


@dataclass
class Hold:
    """A role held from one opening to another, both counted over the whole run."""

    role: str
    person: PersonId
    first: int = 0
    last: int | None = None


@dataclass
class Verdict:
    """What the model says of a post; `why` is what may be given as reason, empty when in turn."""

    position: int | None
    late: bool
    why: set[Aside]
    murky: bool = False


@dataclass
class Model:
    """What the specification says about a run on a live clock."""

    protocol: Protocol
    clock: Clock
    rate: float
    takes_part: bool
    stays: list[Stay]
    holds: list[Hold]
    phase: Phase = Phase.WAITING
    windows: list[Window] = field(default_factory=list)
    last_length: timedelta = timedelta(0)
    ends: datetime | None = None
    remaining: timedelta | None = None
    paused_at: datetime | None = None
    is_relieved: bool = False
    is_half_over: bool = False
    absentee_days: int = 2
    awaited: set[tuple[int, PersonId]] = field(default_factory=set)
    presses: list[tuple[type[Aimed], PersonId, int, datetime]] = field(default_factory=list)

    # questions

    @property
    def now_in(self) -> int:
        return self.windows[-1].position

    def scaled(self, length: timedelta) -> timedelta:
        return length / self.rate

    def length(self, position: int) -> timedelta:
        step = self.protocol.steps[position]
        return self.scaled((step.full if self.clock is Clock.FULL else step.short) * MINUTE)

    def counts_at(self, event: Event) -> datetime:
        """Times never run back: not before the opening, nor the pause, that an event finds."""
        opened = self.windows[-1].opened if self.windows else event.at
        return max(event.at, opened, self.paused_at or opened)

    def stay(self, person: PersonId, at: datetime | None = None) -> Stay | None:
        """The stay at a time, or the one that it led to; without a time, the last one."""
        stays = [s for s in self.stays if s.person == person]
        if at is not None:
            stays = [s for s in stays if s.since <= at] or stays[:1]
        return stays[-1] if stays else None

    def is_in(self, person: PersonId, *kinds: MemberKind) -> bool:
        stay = self.stay(person)
        return bool(stay and stay.until is None and stay.kind in (kinds or MemberKind))

    def holder(self, role: str) -> PersonId | None:
        return next((h.person for h in self.holds if h.role == role and h.last is None), None)

    def holders(self, role: str, position: int) -> list[PersonId]:
        """Who held a role while any opening of a step was open, the last one last."""
        held = [i for i, w in enumerate(self.windows) if w.position == position]
        return [
            h.person
            for h in self.holds
            if h.role == role
            and any(h.first <= i <= (i if h.last is None else h.last) for i in held)
        ]

    def last_holder(self, role: str, position: int) -> PersonId | None:
        return next(reversed(self.holders(role, position)), None)

    def murky(self, position: int) -> set[PersonId]:
        """Whose part in a step the specification leaves open: after a handing over, whose was it?"""
        step = self.protocol.steps[position]
        people: set[PersonId] = set()
        for role in (FACILITATOR, step.held_by, *step.with_, *step.silent):
            holders = set(self.holders(role, position))
            people |= holders if len(holders) > 1 else set()
        if step.floor in (Floor.INNER, Floor.OUTER):
            people |= {s.person for s in self.stays if s.circle is None}
        return people

    def is_surely_expected(self, position: int) -> set[PersonId]:
        """The single speaker of the step that is open is who holds the role now."""
        step = self.protocol.steps[position]
        role = {Floor.PRESENTER: step.held_by, Floor.FACILITATOR: FACILITATOR}.get(step.floor)
        now = self.holder(role) if role else None
        is_open = self.phase.is_live and position == self.now_in
        silent = {self.holder(each) for each in step.silent}
        return self.expected(position) & ({now} - silent if now and is_open else set())

    def window_at(self, at: datetime) -> Window | None:
        last = self.windows[-1] if self.windows else None
        if last and last.closed and at >= last.closed:
            return None
        return next((w for w in reversed(self.windows) if w.start <= at), None)

    # floors

    def expected(self, position: int, at: datetime | None = None) -> set[PersonId]:
        """Who is expected in a step; with a time, counting those who have left since."""
        windows = [w for w in self.windows if w.position == position]
        closed = windows[-1].closed
        return {
            s.person
            for s in self.stays
            if s.kind is MemberKind.PARTICIPANT and not s.away and s.since <= windows[0].opened
            if s.until is None or (closed and s.until >= closed) or (at and s.until > at)
            if self.floor_expects(position, s)
        }

    def floor_expects(self, position: int, stay: Stay) -> bool:
        step, person = self.protocol.steps[position], stay.person
        leads = person == self.last_holder(FACILITATOR, position) and not self.takes_part
        silent = any(person == self.last_holder(role, position) for role in step.silent)
        need_not = any(person in self.holders(role, position) for role in step.with_)
        if silent or ((leads or need_not) and step.floor in LEADS_ONLY):
            return False
        presenter = self.last_holder(step.held_by, position)
        return {
            Floor.PRESENTER: person == presenter,
            Floor.FACILITATOR: person == self.last_holder(FACILITATOR, position),
            Floor.GROUP: person != presenter,
            Floor.QUESTIONS: False,
            Floor.INNER: stay.circle == step.circle,
            Floor.OUTER: stay.circle != step.circle,
        }.get(step.floor, True)

    def refusals(self, position: int, post: Post) -> set[Aside]:
        """Why the floor or a role refuses somebody, whatever was said before."""
        step, person = self.protocol.steps[position], post.person
        if person in self.holders(FACILITATOR, position):
            return set()
        stay = self.stay(person, post.at)
        is_presenter = person in self.holders(step.held_by, position)
        in_circle = bool(stay and stay.circle == step.circle)
        refused = {
            Aside.OBSERVER: stay is None or stay.kind is MemberKind.OBSERVER,
            Aside.SILENT_ROLE: any(person in self.holders(r, position) for r in step.silent),
        }
        if not any(person in self.holders(role, position) for role in step.with_):
            refused[Aside.SILENT_ROLE] |= step.floor is Floor.GROUP and is_presenter
            refused |= {
                Aside.NOT_PRESENTER: step.floor is Floor.PRESENTER and not is_presenter,
                Aside.NOT_FACILITATOR: step.floor is Floor.FACILITATOR,
                Aside.OTHER_CIRCLE: (step.floor is Floor.INNER and not in_circle)
                or (step.floor is Floor.OUTER and in_circle),
            }
        return {aside for aside, holds in refused.items() if holds}

    # posts

    def verdicts(self, posts: Iterable[Post], engine: Mapping[str, bool]) -> dict[str, Verdict]:
        """Say of every post where it belongs and whether in turn; `engine` settles the murky."""
        found: dict[str, Verdict] = {}
        turns: dict[int, list[Post]] = {}
        for post in sorted(posts, key=lambda p: (p.at, p.key)):
            window = self.window_at(post.at)
            position = window.position if window else None
            position = position if post.placed is None else post.placed
            verdict = Verdict(position, self.is_late(post), set())
            if position is not None:
                said = turns.setdefault(position, [])
                self.judge(verdict, position, post, said)
                if post.stands and (engine[post.key] if verdict.murky else not verdict.why):
                    said.append(post)
            found[post.key] = verdict
        return found

    def judge(self, verdict: Verdict, position: int, post: Post, said: list[Post]) -> None:
        step = self.protocol.steps[position]
        is_plain = post.captured_by is not CapturedBy.FORM
        verdict.why |= self.refusals(position, post)
        if step.is_sealed and is_plain:
            verdict.why.add(Aside.SEALED_STEP)
        if step.floor is Floor.ROUND and self.is_second(position, post, said):
            verdict.why.add(Aside.SECOND_IN_ROUND)
        if post.admitted_by:
            verdict.why.clear()
        if post.aside_by:
            verdict.why = {Aside.PRACTICAL}
        is_again = len([w for w in self.windows if w.position == position]) > 1
        leads = post.person in self.holders(FACILITATOR, position)
        murky = self.murky(position)
        verdict.murky = (
            not post.stands
            or post.person in murky
            or (step.floor is Floor.ROUND and has_only_answered(post.person, said))
            or (step.floor is Floor.ROUND and ((leads and self.takes_part) or bool(murky)))
            or (leads and not self.is_participant_at(post))
            or (leads and any(post.person in self.holders(r, position) for r in step.silent))
            or (step.is_sealed and is_plain and (is_again or leads))
            or bool(post.admitted_by and post.aside_by)
        )

    def is_participant_at(self, post: Post) -> bool:
        stay = self.stay(post.person, post.at)
        return stay is not None and stay.kind is MemberKind.PARTICIPANT

    def is_second(self, position: int, post: Post, said: list[Post]) -> bool:
        """Nobody twice before everybody once; an answer to another is in turn at any time."""
        passed = {
            w for k, w, p, at in self.presses if (k, p) == (Passed, position) and at <= post.at
        }
        spoke = {p.person for p in said}
        waits = self.expected(position, post.at) - passed - spoke
        leads = post.person in self.holders(FACILITATOR, position)
        return post.person in spoke and bool(waits) and not is_answer(post) and not leads

    def is_late(self, post: Post) -> bool:
        if post.placed is None:
            return False
        first = next(w for w in self.windows if w.position == post.placed)
        window = self.window_at(post.at)
        is_within = window is not None and window.position == post.placed
        return first.closed is not None and post.at >= first.closed and not is_within

    # who was not there

    def is_written_alone(self) -> bool:
        openings = [w for w in self.windows if w.position == self.now_in]
        return self.protocol.steps[self.now_in].is_sealed and len(openings) == 1

    def has_alone_ahead(self) -> bool:
        ahead = [step.is_sealed for step in self.protocol.steps[self.now_in + 1 :]]
        is_led = self.is_in(self.holder(FACILITATOR) or COACH, MemberKind.PARTICIPANT)
        return is_led and (self.is_written_alone() or any(ahead))

    def after_close(self, position: int, days: float) -> datetime:
        first = next(w for w in self.windows if w.position == position)
        assert first.closed is not None
        hours = self.scaled(timedelta(hours=10) * days)
        return Calendar(rate=self.rate).after(first.closed, hours)

    def reminders(self) -> dict[int, datetime]:
        """When it is reminded of which step: half-way."""
        positions = {position for position, _ in self.awaited}
        return {p: self.after_close(p, self.absentee_days / 2) for p in positions}

    def invites_after(self, window: Window) -> bool:
        step = self.protocol.steps[window.position]
        is_asked = step.reveal in (Reveal.AT_CLOSE, Reveal.UNNAMED) and step.floor is Floor.ALONE
        is_left = window.closed is not None and not window.is_skipped
        is_over = self.phase is Phase.CANCELLED
        return bool(is_asked and is_left and not is_over and not window.opening) and (
            self.absentee_days > 0
        )

    def pressed(self, kind: type[Aimed], position: int) -> set[PersonId]:
        return {who for k, who, p, _ in self.presses if (k, p) == (kind, position)}

    # what is allowed: every outcome that the specification leaves open

    def may(self, event: Event) -> set[Outcome]:
        match event:
            case HandedIn() | Placed():
                return self.may_put(event)
            case Amended():
                return self.may_amend(event)
            case Aimed():
                return self.may_aim(event)
            case Joined() | Left() | RoleHanded():
                return self.may_change_people(event)
            case Started() | Paused() | Resumed() | Cancelled():
                return self.may_steer_the_run(event)
        return {OK}

    def may_amend(self, event: Amended) -> set[Outcome]:
        admits = event.change.admitted_by is not None
        is_theirs = self.is_theirs(event.by) if admits else event.by == event.author
        return {OK} if is_theirs else {NotYours}

    def may_put(self, event: HandedIn | Placed) -> set[Outcome]:
        faults: set[Outcome] = set()
        if event.position not in [w.position for w in self.windows]:
            faults.add(NoSuchStep)
        if isinstance(event, Placed) and event.by != event.post.person:
            is_there = self.is_in(event.by, MemberKind.PARTICIPANT)
            mine = self.is_theirs(event.by, TIMEKEEPER) and is_there
            faults |= set() if mine else {NotYours, NotInRun}
        if not self.is_in(event.post.person):
            faults |= {OK, NotInRun}
        if event_is_private(event) and self.phase.is_over:
            faults |= {OK, RunIsOver}
        return faults or {OK}

    def may_aim(self, event: Aimed) -> set[Outcome]:
        aim = (event.position, event.opening)
        if aim not in [(w.position, w.opening) for w in self.windows]:
            return {NoSuchStep, NotStarted}
        if self.is_stale(event):
            return {OK}
        if not isinstance(event, STEERS):
            return self.may_press(event)
        mine = self.is_theirs(event.by, *(() if isinstance(event, Ended) else (TIMEKEEPER,)))
        faults: set[Outcome] = set() if mine else {NotYours, NotInRun}
        if isinstance(event, (Skipped, Ended)) and event.position == self.protocol.debrief:
            faults.add(DebriefStays)
        if isinstance(event, Reopened) and event.position == 0:
            faults.add(NothingToReopen)
        return self.unless_gone(event.by, faults)

    def is_stale(self, event: Aimed) -> bool:
        now = self.windows[-1]
        return self.phase.is_over or (event.position, event.opening) != (now.position, now.opening)

    def is_theirs(self, person: PersonId, *others: str) -> bool:
        return person in {self.holder(role) for role in (FACILITATOR, *others)}

    def unless_gone(self, person: PersonId, faults: set[Outcome]) -> set[Outcome]:
        if not self.is_in(person, MemberKind.PARTICIPANT):
            is_open = self.is_in(person) and not faults  # an observer with a role
            return faults | {NotYours, NotInRun} | ({OK} if is_open else set())
        return faults or {OK}

    def may_press(self, event: Aimed) -> set[Outcome]:
        floor = self.protocol.steps[event.position].floor
        if event.by in self.murky(event.position):
            return {OK, NotInRun, NotThisFloor}
        fits = isinstance(event, Passed) or floor in SINGLE
        ok = fits and event.by in self.expected(event.position)
        return {OK} if ok else {NotInRun, NotThisFloor}

    def may_steer_the_run(self, event: Started | Paused | Resumed | Cancelled) -> set[Outcome]:
        if isinstance(event, Started):
            if self.phase is not Phase.WAITING:
                return {AlreadyStarted, RunIsOver, NotInRun}
            return {OK} if self.is_in(event.by, MemberKind.PARTICIPANT) else {NotInRun}
        if self.phase is Phase.WAITING and not isinstance(event, Cancelled):
            return {NotStarted}
        if self.phase.is_over:
            return {RunIsOver}
        faults: set[Outcome] = set()
        if not self.is_theirs(event.by, *(() if isinstance(event, Cancelled) else (TIMEKEEPER,))):
            faults |= {NotYours, NotInRun}
        if isinstance(event, Paused) and self.phase is Phase.PAUSED:
            faults.add(AlreadyPaused)
        if isinstance(event, Resumed) and self.phase is Phase.RUNNING:
            faults.add(NotPaused)
        return self.unless_gone(event.by, faults)

    def may_change_people(self, event: Joined | Left | RoleHanded) -> set[Outcome]:
        if self.phase.is_over:
            return {RunIsOver}
        if not isinstance(event, RoleHanded):
            return {OK} if isinstance(event, Joined) or self.is_in(event.by) else {OK, NotInRun}
        faults: set[Outcome] = set()
        if event.role not in self.protocol.roles:
            faults.add(NoSuchRole)
        if not self.is_in(event.person, MemberKind.PARTICIPANT):
            faults.add(NotInRun)
        if not self.is_theirs(event.by) and not self.may_take_over(event):
            is_open = not faults and self.is_back(self.holder(FACILITATOR))
            faults |= {NotYours, NotInRun, OK} if is_open else {NotYours, NotInRun}
        return self.unless_gone(event.by, faults)

    def is_back(self, person: PersonId | None) -> bool:
        """Whether somebody left and came again: how long relief stands then is open."""
        return any(s.until for s in self.stays if s.person == person)

    def may_take_over(self, event: RoleHanded) -> bool:
        is_taking = event.role == FACILITATOR and event.person == event.by
        gone = self.holder(FACILITATOR)
        is_alone = gone is None or not self.is_in(gone)
        return is_taking and (self.is_relieved or is_alone)

    # what happens

    def take(self, event: Event) -> None:
        at = self.counts_at(event)
        match event:
            case Tick():
                self.tick(event.at)
            case Announced():
                aim = (event.position, event.opening)
                [window] = [w for w in self.windows if (w.position, w.opening) == aim]
                window.announced = max(event.at, window.opened)
            case Posted() if not self.phase.is_over and not self.is_in(event.post.person):
                self.stays.append(Stay(event.post.person, event.kind, at))
            case Aimed():
                self.aim(event, at)
            case Joined() | Left() | RoleHanded():
                self.change_people(event, at)
            case Started():
                self.phase = Phase.RUNNING
                self.open(0, at, at)
            case Paused() | Resumed() | Cancelled():
                self.steer_the_run(event, at)
            case _:
                pass

    def open(self, position: int, at: datetime, planned: datetime) -> None:
        again = len([w for w in self.windows if w.position == position])
        self.windows.append(Window(position, again, at))
        self.last_length = self.length(position)
        self.ends, self.remaining, self.paused_at = planned + self.last_length, None, None
        self.phase, self.is_relieved, self.is_half_over = Phase.RUNNING, False, False

    def leave(self, to: int, at: datetime) -> None:
        self.windows[-1].closed = at
        if to > self.protocol.debrief:
            self.finish(Phase.FINISHED)
        else:
            self.open(to, at, at)

    def finish(self, phase: Phase) -> None:
        self.phase, self.ends, self.remaining, self.paused_at = phase, None, None, None

    def tick(self, at: datetime) -> None:
        if self.phase is Phase.PAUSED and self.paused_at is not None:
            self.is_relieved |= at >= self.paused_at + self.scaled(5 * MINUTE)
        if self.phase is Phase.RUNNING and self.ends is not None and at >= self.ends:
            is_shifted = at - self.ends >= self.scaled(MINUTE)
            self.leave(self.now_in + 1, at if is_shifted else self.ends)
        if self.phase is Phase.RUNNING and self.ends is not None:
            self.is_half_over |= at >= self.ends - self.last_length / 2

    def aim(self, event: Aimed, at: datetime) -> None:
        if self.is_stale(event):
            return
        match event:
            case Next() | Skipped():
                self.windows[-1].is_skipped = isinstance(event, Skipped)
                self.leave(self.now_in + 1, at)
            case Reopened():
                self.leave(self.now_in - 1, at)
            case Ended():
                self.leave(self.protocol.debrief, at)
                self.last_length = self.scaled(2 * MINUTE)
                self.ends = at + self.last_length
            case Extended():
                self.extend(self.scaled(event.more), event.at)
            case _:
                self.presses.append((type(event), event.by, event.position, at))

    def extend(self, more: timedelta, at: datetime) -> None:
        if self.ends is not None:
            self.ends = max(self.ends, at) + more
        elif self.remaining is not None:
            self.remaining += more

    def steer_the_run(self, event: Paused | Resumed | Cancelled, at: datetime) -> None:
        match event:
            case Paused():
                assert self.ends is not None
                self.remaining = max(self.ends - at, timedelta(0))
                self.phase, self.ends, self.paused_at = Phase.PAUSED, None, at
            case Resumed():
                assert self.remaining is not None
                self.ends, self.remaining, self.paused_at = at + self.remaining, None, None
                self.phase, self.is_relieved = Phase.RUNNING, False
            case Cancelled():
                if self.windows:
                    self.windows[-1].closed = at
                self.finish(Phase.CANCELLED)

    def change_people(self, event: Joined | Left | RoleHanded, at: datetime) -> None:
        stay = self.stay(event.by)
        is_in = stay is not None and stay.until is None
        match event:
            case Left() if stay and is_in:
                stay.until = at
            case Joined() if not is_in or (
                stay and (stay.kind, event.kind) == (MemberKind.OBSERVER, MemberKind.PARTICIPANT)
            ):
                if stay and is_in:
                    stay.until = at
                self.stays.append(Stay(event.by, event.kind, at))
            case RoleHanded() if self.holder(event.role) != event.person:
                index = max(len(self.windows) - 1, 0)
                for hold in self.holds:
                    if hold.role == event.role and hold.last is None:
                        hold.last = index
                self.holds.append(Hold(event.role, event.person, index))
                self.is_relieved &= event.role != FACILITATOR
            case _:
                pass


def is_answer(post: Post) -> bool:
    return post.answers is not None and post.answers != post.person


def has_only_answered(person: PersonId, said: list[Post]) -> bool:
    """Whether an answer was also this person's own turn in the round is open."""
    return bool(mine := [p for p in said if p.person == person]) and all(map(is_answer, mine))


def event_is_private(event: HandedIn | Placed) -> bool:
    return isinstance(event, HandedIn) and event.private


# --- the machine ----------------------------------------------------------------------------


def as_a_file_has_it(step: Step) -> Step:
    """Only `alone` reveals."""
    return replace(step, reveal=step.reveal if step.floor is Floor.ALONE else Reveal.AT_CLOSE)


LENGTHS = st.sampled_from([1, 2, 3, 5, 10])
STEPS = st.builds(
    Step,
    title=st.just("A step"),
    floor=st.sampled_from([*Floor, *[Floor.ALONE] * 5]),
    full=LENGTHS,
    short=LENGTHS,
    quarters=st.just(2),
    say=st.just("Speak."),
    held_by=st.sampled_from([PRESENTER, PRESENTER, FACILITATOR, "scorer"]),
    with_=st.sampled_from([(), (), (PRESENTER,), ("scorer",)]),
    silent=st.sampled_from([(), (), ("scorer",), (TIMEKEEPER,)]),
    reveal=st.sampled_from([*Reveal, Reveal.AT_CLOSE]),
    circle=st.sampled_from([1, 2]),
).map(as_a_file_has_it)
PROTOCOLS = st.builds(
    lambda steps: Protocol("p", "P", "About.", (), 3, 9, ROLES, tuple(steps), "Ours."),
    st.lists(STEPS, min_size=3, max_size=5),
)
ROSTERS = st.permutations([1, 1, 2, 2, None])
WHO = st.sampled_from(EVERYBODY)
OFTEN_IN = st.sampled_from([*ENROLLED, *ENROLLED, *ENROLLED, *EVERYBODY])
OFTEN_ONE_WHO_MAY = st.sampled_from(["facilitator"] * 6 + ["timekeeper"] * 2 + [*EVERYBODY])
SECONDS = st.sampled_from([0, 1, 5, 20, 45, 90])
AGO = st.sampled_from([0, 0, 0, 2, 30, 100, 400])
ANYWAY = st.sampled_from([True, True, False])
AIMS = st.sampled_from([-1] * 12 + [-2, -3, -4, 0, 99])
HAS_POSTS = precondition(lambda self: bool(self.book))
BEGUN = precondition(lambda self: bool(self.model.windows))


class EngineAgainstModel(RuleBasedStateMachine):
    """Everything that may happen to a run, in any order."""

    run: Run
    model: Model
    calendar: Calendar

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.book: dict[str, Post] = {}
        self.changes: dict[str, list[Change]] = {}
        self.noted: set[tuple[int, PersonId]] = set()
        self.last: Event | None = None
        self.keys = 0
        self.is_news = True
        self.who_was_heard: dict[int, set[PersonId]] = {}

    @initialize(
        protocol=PROTOCOLS,
        clock=st.sampled_from([Clock.FULL, Clock.SHORT]),
        rate=st.sampled_from([1.0, 1.0, 4.0]),
        takes_part=st.booleans(),
        circles=ROSTERS,
        away=st.sampled_from([None, *ENROLLED]),
        held=st.lists(st.sampled_from(ENROLLED), min_size=3, max_size=4),
        waits=st.sampled_from([False] * 7 + [True]),
        absentee_days=st.sampled_from([2, 2, 1, 3, 0]),
        rehearsal=st.sampled_from([False] * 5 + [True]),
    )
    def begin(
        self,
        *,
        protocol: Protocol,
        clock: Clock,
        rate: float,
        takes_part: bool,
        circles: list[int | None],
        away: PersonId | None,
        held: list[PersonId],
        waits: bool,
        absentee_days: int,
        rehearsal: bool,
    ) -> None:
        kinds = [MemberKind.PARTICIPANT] * len(ENROLLED) + [MemberKind.OBSERVER]
        people = list(zip((*ENROLLED, COACH), kinds, [*circles, None], strict=True))
        holds = list(zip(ROLES, held, strict=False))
        self.calendar = Calendar(rate=rate)
        self.model = Model(
            protocol,
            clock,
            rate,
            takes_part,
            [Stay(who, kind, NOON, circle=c, away=who == away) for who, kind, c in people],
            [Hold(role, who) for role, who in holds],
            absentee_days=0 if rehearsal else absentee_days,
        )
        self.run = Run(
            RunId("r"),
            protocol,
            clock,
            Options(takes_part=takes_part, absentee_days=absentee_days, rehearsal=rehearsal),
            roster=tuple(Member(w, k, NOON, circle=c, away=w == away) for w, k, c in people),
            roles=tuple(Held(role, who, 0) for role, who in holds),
        )
        if not waits:
            self.send(Started(at=NOON, by=ENROLLED[0]))

    # storage, as far as the engine sees it

    def posts(self) -> list[Post]:
        return [self.kept(key) for key in self.book]

    def kept(self, key: str) -> Post:
        post = self.book[key]
        for change in self.changes.get(key, []):
            post = post.amended(change)
        return post

    def engine_says(self, run: Run) -> dict[str, bool]:
        return {a.post.key: a.in_turn for a in attribute(run, self.posts())}

    def rebuilt(self, run: Run) -> Run:
        verdicts = self.verdicts(run)
        now = self.model.now_in if self.model.windows else None
        posts = [p for p in self.posts() if now is not None and verdicts[p.key].position == now]
        return replace(run, posts=tuple(sorted(posts, key=lambda p: (p.at, p.key))))

    # the model's answers

    def verdicts(self, run: Run) -> dict[str, Verdict]:
        return self.model.verdicts(self.posts(), self.engine_says(run))

    def heard(self, position: int) -> set[PersonId]:
        """Who was heard in a step, looked up once for all steps after each event."""
        if not self.who_was_heard:
            engine = self.engine_says(self.run)
            self.who_was_heard = {w.position: set() for w in self.model.windows}
            for key, v in self.verdicts(self.run).items():
                in_turn = engine[key] if v.murky else not v.why
                if v.position is not None and in_turn and self.kept(key).stands:
                    self.who_was_heard[v.position].add(self.kept(key).person)
        return self.who_was_heard[position] & self.model.expected(position)

    def waits_for(self) -> set[PersonId]:
        if not self.model.phase.is_live:
            return set()
        position = self.model.now_in
        if self.model.murky(position):
            return set(waiting_for(self.run))
        done = self.model.pressed(Done, position)
        in_or_passed = self.heard(position) | self.model.pressed(Passed, position) | done
        return self.model.expected(position) - in_or_passed

    # one event

    def send(self, event: Event) -> None:
        """Give the engine an event and the run as storage would; hold both against the model."""
        may = self.model.may(event)
        self.now = max(self.now, event.at)
        before = self.rebuilt(self.run)
        outcome: Outcome = OK
        try:
            run, effects = advance(before, event, self.calendar)
        except NotAllowed as fault:
            self.last, outcome = None, type(fault)
            run, effects = self.rebuilt(self.run), []
            assert run == before
        else:
            self.last = event
        assert outcome in may, f"{event}: {outcome}, but {may}; {self.run}"
        if outcome is OK:
            self.happened(event, before, run, effects)

    def happened(self, event: Event, before: Run, run: Run, effects: list[Effect]) -> None:
        waits = self.waits_for()
        is_preview = self.is_preview(event, waits)
        if is_preview:
            check_preview(event, effects, waits)
        if is_preview or self.is_for_nothing(event, before):
            assert run == before, event
            assert is_preview or effects == [], event
        else:
            self.model.take(event)
        self.keep(effects)
        self.run = self.rebuilt(run)
        self.is_news, self.who_was_heard = True, {}
        self.check_said(event, effects)
        self.check_notes(effects)
        self.check_shown(effects)
        self.check_what_must_be_shown(event, before, effects)
        self.check_the_move(event, before, effects)
        if not is_preview:
            self.check_who_is_awaited(event, before, effects, waits)

    def check_who_is_awaited(
        self, event: Event, before: Run, effects: list[Effect], waits: set[PersonId]
    ) -> None:
        """Invited when a step that was written alone closes, reminded once, unless they answered."""
        model, expected = self.model, set[tuple[Note, int, PersonId, datetime]]()
        window = model.windows[len(before.openings) - 1] if before.openings else None
        was_open = bool(before.openings) and before.current.closed_at is None
        if window and was_open and model.invites_after(window):
            position = window.position
            until = model.after_close(position, model.absentee_days)
            model.awaited |= {(position, person) for person in waits}
            expected |= {(Note.AWAITED, position, person, until) for person in waits}
        if isinstance(event, Tick):
            expected |= self.reminded(event.at)
        else:
            model.awaited -= self.answered_by(event)
        kinds = (Note.AWAITED, Note.AWAITED_STILL)
        told = [e for e in effects if isinstance(e, Whisper) and e.note in kinds]
        assert len(told) == len(expected)
        assert {(e.note, e.position, e.person, e.until) for e in told} == expected
        assert self.run.awaited == model.awaited

    def reminded(self, at: datetime) -> set[tuple[Note, int, PersonId, datetime]]:
        model = self.model
        due = {position for position, when in model.reminders().items() if when <= at}
        people = {(position, person) for position, person in model.awaited if position in due}
        model.awaited -= people
        ends = {position: model.after_close(position, model.absentee_days) for position in due}
        return {
            (Note.AWAITED_STILL, position, person, ends[position])
            for position, person in people
            if at < ends[position]
        }

    def answered_by(self, event: Event) -> set[tuple[int, PersonId]]:
        """Which answers are not awaited any more after an event."""
        match event:
            case HandedIn() | Placed():
                return {(event.position, event.post.person)}
            case Passed() if not self.model.is_stale(event):
                return {(event.position, event.by)}
            case Left():
                return {each for each in self.model.awaited if each[1] == event.by}
            case Cancelled():
                return set(self.model.awaited)
            case Posted() if self.model.phase.is_live:
                key, verdicts = event.post.key, self.verdicts(self.run)
                v, says = verdicts[key], self.engine_says(self.run)
                in_turn = says[key] if v.murky else not v.why
                is_here = v.position == self.model.now_in and event.post.stands
                return {(self.model.now_in, event.post.person)} if in_turn and is_here else set()
        return set()

    def is_preview(self, event: Event, waits: set[PersonId]) -> bool:
        if not isinstance(event, Next) or event.anyway or self.model.is_stale(event):
            return False
        return bool(waits - {event.by})

    def is_for_nothing(self, event: Event, before: Run) -> bool:
        """Aimed at a closed opening, or a tick too early."""
        if isinstance(event, Tick):
            due = next_due(before, self.calendar)
            return due is None or event.at < due
        return isinstance(event, Aimed) and self.model.is_stale(event)

    def check_the_move(self, event: Event, before: Run, effects: list[Effect]) -> None:
        assert len([e for e in effects if isinstance(e, Leave)]) <= 1
        assert len(self.run.openings) - len(before.openings) <= 1
        if before.openings and not isinstance(event, Reopened):
            assert self.run.current.position >= before.current.position
        if isinstance(event, Tick):
            due = next_due(self.run, self.calendar)
            assert due is None or due > event.at, "the beat would spin"

    def check_said(self, event: Event, effects: list[Effect]) -> None:
        records = [e.post for e in effects if isinstance(e, Record)]
        if not isinstance(event, (Posted, HandedIn, Placed)):
            assert records == []
            return
        placed = None if isinstance(event, Posted) else event.position
        placed_by = event.by if isinstance(event, Placed) else None
        assert records == [replace(event.post, placed=placed, placed_by=placed_by)]

    def check_notes(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Whisper) and effect.note is Note.OUT_OF_TURN:
                about = (effect.position, effect.person)
                assert about not in self.noted, f"a second note: {effect}"
                self.noted.add(about)
            if isinstance(effect, Whisper) and effect.note is Note.UNHEARD:
                open_to_doubt = self.model.murky(effect.position) | {effect.person}
                assert effect.position == self.model.now_in
                assert set(effect.people) - open_to_doubt == self.waits_for() - open_to_doubt
                assert effect.person == self.model.holder(FACILITATOR)

    def check_shown(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Shown):
                step = self.model.protocol.steps[effect.position]
                first = next(w for w in self.model.windows if w.position == effect.position)
                assert step.is_sealed or effect.key is not None
                assert not step.is_sealed or first.closed is not None, "shown before the close"
                assert step.reveal is not Reveal.PRIVATE, "private is never shown"
                assert effect.key is None or step.reveal is not Reveal.UNNAMED, "names its author"

    def check_what_must_be_shown(self, event: Event, before: Run, effects: list[Effect]) -> None:
        """At its first close a sealed step is shown, with whatever was handed in by then."""
        if not before.openings or isinstance(event, Cancelled) or before.phase.is_over:
            return
        was = before.current
        step = self.model.protocol.steps[was.position]
        has_closed = self.run.openings[len(before.openings) - 1].closed_at is not None
        if has_closed and was.opening == 0 and step.is_sealed and before.posts:
            is_shown = Shown(was.position) in effects
            is_private = step.reveal is Reveal.PRIVATE
            answers = [p for p in before.posts if p.captured_by is FORM and p.stands]
            assert is_shown or is_private or not answers, "what was sealed stays sealed"

    def keep(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Amend):
                self.changes.setdefault(effect.change.key, []).append(effect.change.change)
            elif isinstance(effect, Record) and not (
                effect.post.key in self.book and effect.post.captured_by is CapturedBy.THREAD
            ):
                self.book[effect.post.key] = effect.post

    # rules: what people do

    def at(self, passing: int = 0, ago: int = 0) -> datetime:
        self.now += timedelta(seconds=passing)
        return self.now - timedelta(seconds=ago)

    def person(self, who: str) -> PersonId:
        return (self.model.holder(who) or COACH) if who in ROLES else PersonId(who)

    def aim(self, index: int) -> tuple[int, int]:
        if index == 99 or not self.model.windows:
            return 7, 0
        window = self.model.windows[max(index, -len(self.model.windows))]
        return window.position, window.opening

    @rule(by=OFTEN_IN, passing=SECONDS)
    def start(self, by: PersonId, passing: int) -> None:
        self.send(Started(at=self.at(passing), by=by))

    @BEGUN
    @rule(
        person=OFTEN_IN,
        passing=SECONDS,
        ago=AGO,
        words=st.sampled_from([0, 1, 5, 5]),
        answers=st.sampled_from([None, None, *ENROLLED]),
        kind=st.sampled_from(MemberKind),
    )
    def post(
        self,
        *,
        person: PersonId,
        passing: int,
        ago: int,
        words: int,
        answers: PersonId | None,
        kind: MemberKind,
    ) -> None:
        at = self.at(passing, ago)
        self.keys += 1
        said = Post(f"m{self.keys}", person, at, words, answers=answers)
        heard = self.heard(self.model.now_in)
        is_live = self.model.phase.is_live
        self.send(Posted(at=at, post=said, kind=kind))
        assert heard <= self.heard(self.model.now_in) or not is_live

    @rule(person=OFTEN_IN, passing=SECONDS, ago=AGO, index=AIMS, private=st.booleans())
    def hand_in(
        self, person: PersonId, passing: int, ago: int, index: int, *, private: bool
    ) -> None:
        position, _ = self.aim(index)
        at = self.at(passing, ago)
        step = self.model.protocol.steps[min(position, self.model.protocol.debrief)]
        is_sealed = step.is_sealed and self.is_first_and_open(position)
        post = Post(self.form_key(position, person if is_sealed else None), person, at, 5, FORM)
        self.send(HandedIn(at=at, post=post, position=position, private=private))

    def is_first_and_open(self, position: int) -> bool:
        windows = [w for w in self.model.windows if w.position == position]
        return len(windows) == 1 and windows[0].closed is None

    def form_key(self, position: int, person: PersonId | None) -> str:
        """A sealed answer of a person is one row; any other form is a row of its own."""
        self.keys += 1
        return f"form:{position}:{person}" if person else f"form:{self.keys}"

    @HAS_POSTS
    @rule(by=OFTEN_ONE_WHO_MAY, passing=SECONDS, index=AIMS, drawn=st.data())
    def use_it_in_a_step(self, by: str, passing: int, index: int, drawn: st.DataObject) -> None:
        first = self.kept(drawn.draw(st.sampled_from(sorted(self.book))))
        at = self.at(passing)
        who = first.person if by == FACILITATOR else self.person(by)
        key = self.form_key(0, None)
        post = Post(key, first.person, at, first.words, FORM, from_key=first.key)
        self.send(Placed(at=at, by=who, post=post, position=self.aim(index)[0]))

    @HAS_POSTS
    @rule(passing=SECONDS, ago=AGO, drawn=st.data(), words=st.sampled_from([None, 0, 3]))
    def edit_or_delete(
        self, passing: int, ago: int, drawn: st.DataObject, words: int | None
    ) -> None:
        post = self.kept(drawn.draw(st.sampled_from(sorted(self.book))))
        at = self.at(passing, ago)
        change = Change(words=words, edited_at=at) if words is not None else Change(deleted_at=at)
        by = post.person
        self.send(Amended(at=at, by=by, key=post.key, author=by, change=change))

    @HAS_POSTS
    @rule(passing=SECONDS, drawn=st.data(), by=OFTEN_ONE_WHO_MAY, admits=st.booleans())
    def let_in_or_set_aside(
        self, passing: int, drawn: st.DataObject, by: str, *, admits: bool
    ) -> None:
        post = self.kept(drawn.draw(st.sampled_from(sorted(self.book))))
        who = self.person(by) if admits or by != FACILITATOR else post.person
        change = Change(admitted_by=who) if admits else Change(aside_by=who)
        at = self.at(passing)
        self.send(Amended(at=at, by=who, key=post.key, author=post.person, change=change))

    @rule(by=OFTEN_IN, passing=SECONDS, ago=AGO, index=AIMS)
    def pass_(self, by: PersonId, passing: int, ago: int, index: int) -> None:
        position, opening = self.aim(index)
        self.send(Passed(at=self.at(passing, ago), by=by, position=position, opening=opening))

    @precondition(lambda self: self.model.phase.is_live)
    @rule(passing=SECONDS, drawn=st.data())
    def everybody_speaks_or_passes(self, passing: int, drawn: st.DataObject) -> None:
        """A whole turn of the step, which single rules hardly ever complete; some speak again."""
        position, opening = self.aim(-1)
        people = sorted(self.model.expected(position) - self.model.murky(position))
        again = people[: drawn.draw(st.integers(0, 2))]
        for who in [*people, *again]:
            at = self.at(passing)
            if drawn.draw(st.integers(0, 2)) == 0:
                self.send(Passed(at=at, by=who, position=position, opening=opening))
            else:
                self.keys += 1
                self.send(Posted(at=at, post=Post(f"m{self.keys}", who, at, 5)))

    @precondition(lambda self: self.model.phase.is_live and self.model.has_alone_ahead())
    @rule(passing=SECONDS, writers=st.sets(st.sampled_from(ENROLLED)), by_clock=st.booleans())
    def some_write_alone_until_it_closes(
        self, passing: int, writers: set[PersonId], *, by_clock: bool
    ) -> None:
        """A sealed step that closes without everybody, which single rules hardly ever reach."""
        while not self.model.is_written_alone():
            self.go_on()
            if not self.model.has_alone_ahead():
                return
        position, _ = self.aim(-1)
        for who in sorted(writers):
            at, key = self.at(passing), self.form_key(position, who)
            self.send(HandedIn(at=at, post=Post(key, who, at, 5, FORM), position=position))
        due = self.model.ends if by_clock else None
        if due is None:
            self.go_on()
        else:
            self.send(Tick(at=max(self.now, due)))

    def go_on(self) -> None:
        position, opening = self.aim(-1)
        leader = self.person(FACILITATOR)
        on = Next(at=self.at(), by=leader, position=position, opening=opening, anyway=True)
        self.send(on)

    @precondition(lambda self: bool(self.model.awaited))
    @rule(passing=SECONDS, drawn=st.data(), how=st.sampled_from(["form", "form", "pass", "leave"]))
    def who_is_awaited_answers_or_goes(self, passing: int, drawn: st.DataObject, how: str) -> None:
        position, person = drawn.draw(st.sampled_from(sorted(self.model.awaited)))
        at = self.at(passing)
        if how == "form":
            post = Post(self.form_key(position, None), person, at, 5, FORM)
            self.send(HandedIn(at=at, post=post, position=position))
        elif how == "pass":
            self.send(Passed(at=at, by=person, position=position))
        else:
            self.send(Left(at=at, by=person))

    @rule(by=OFTEN_IN, passing=SECONDS, index=AIMS)
    def done(self, by: PersonId, passing: int, index: int) -> None:
        position, opening = self.aim(index)
        self.send(Done(at=self.at(passing), by=by, position=position, opening=opening))

    # rules: who steers

    @rule(by=OFTEN_ONE_WHO_MAY, passing=SECONDS, ago=AGO, index=AIMS, anyway=ANYWAY)
    def next(self, by: str, passing: int, ago: int, index: int, *, anyway: bool) -> None:
        position, opening = self.aim(index)
        at, who = self.at(passing, ago), self.person(by)
        self.send(Next(at=at, by=who, position=position, opening=opening, anyway=anyway))

    @rule(
        by=OFTEN_ONE_WHO_MAY,
        passing=SECONDS,
        index=AIMS,
        verb=st.sampled_from(["reopen"] * 4 + ["skip", "extend", "end"]),
        minutes=st.integers(1, 5),
    )
    def steer_the_step(self, by: str, passing: int, index: int, verb: str, minutes: int) -> None:
        position, opening = self.aim(index)
        at, who = self.at(passing), self.person(by)
        if verb == "skip":
            self.send(Skipped(at=at, by=who, position=position, opening=opening, reason="late"))
        elif verb == "reopen":
            self.send(Reopened(at=at, by=who, position=position, opening=opening))
        elif verb == "extend":
            self.send(
                Extended(at=at, by=who, position=position, opening=opening, more=minutes * MINUTE)
            )
        else:
            self.send(Ended(at=at, by=who, position=position, opening=opening))

    @rule(by=OFTEN_ONE_WHO_MAY, passing=SECONDS, ago=AGO, kind=st.sampled_from([Paused, Resumed]))
    def pause_or_resume(
        self, by: str, passing: int, ago: int, kind: type[Paused] | type[Resumed]
    ) -> None:
        self.send(kind(at=self.at(passing, ago), by=self.person(by)))

    @rule(by=OFTEN_ONE_WHO_MAY, passing=SECONDS, is_sure=st.sampled_from([False] * 30 + [True]))
    def cancel(self, by: str, passing: int, *, is_sure: bool) -> None:
        if is_sure or self.person(by) != self.model.holder(FACILITATOR):
            self.send(Cancelled(at=self.at(passing), by=self.person(by), reason="fire drill"))

    # rules for coming and going

    @rule(by=WHO, passing=SECONDS, ago=AGO, kind=st.sampled_from(MemberKind))
    def join(self, by: PersonId, passing: int, ago: int, kind: MemberKind) -> None:
        self.send(Joined(at=self.at(passing, ago), by=by, kind=kind))

    @rule(by=WHO, passing=SECONDS, ago=AGO, is_sure=st.sampled_from([False, False, True]))
    def go(self, by: PersonId, passing: int, ago: int, *, is_sure: bool) -> None:
        if not is_sure:
            return
        self.send(Left(at=self.at(passing, ago), by=by))

    @rule(
        by=OFTEN_ONE_WHO_MAY,
        passing=SECONDS,
        role=st.sampled_from([*ROLES, "king"]),
        to=OFTEN_IN,
    )
    def hand_a_role_over(self, by: str, passing: int, role: str, to: PersonId) -> None:
        self.send(RoleHanded(at=self.at(passing), by=self.person(by), role=role, person=to))

    @rule(by=OFTEN_IN, passing=SECONDS)
    def take_over(self, by: PersonId, passing: int) -> None:
        self.send(RoleHanded(at=self.at(passing), by=by, role=FACILITATOR, person=by))

    # rules: what machines do

    @rule(passing=SECONDS)
    def announce(self, passing: int) -> None:
        """Delivery says when the step's post stood there; the last opening was not known yet."""
        for window in self.model.windows[-2:]:
            if window.announced is None:
                at = min(window.opened + timedelta(seconds=passing), self.now)
                self.send(Announced(at=at, position=window.position, opening=window.opening))
                return

    @rule(late=st.sampled_from([-1, 0, 0, 0, 1, 30, 59, 60, 61, 400]), is_twice=st.booleans())
    def tick(self, late: int, *, is_twice: bool) -> None:
        due = next_due(self.run, self.calendar)
        at = max(self.now, (due or self.now) + timedelta(seconds=late))
        for _ in range(1 + is_twice):
            self.send(Tick(at=at))

    @precondition(lambda self: self.last is not None)
    @rule()
    def twin(self) -> None:
        """What came before comes again, and changes nothing but what a second press may."""
        event, before = self.last, self.run
        assert event is not None
        if isinstance(event, (Extended, Resumed, Paused, Started, Left, Cancelled)):
            return  # the inbox alone tells these from a second wish
        self.send(event)
        assert self.run == before, f"a second {event}"

    # what always holds

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if self.is_news:
            self.is_news = False
            self.the_model_agrees()
            self.every_moment_has_one_opening()
            self.every_post_is_where_the_model_has_it()
            self.taking_part_is_as_the_model_says()
            self.complete_is_as_the_model_says()
            self.something_is_due_while_a_step_runs()

    def the_model_agrees(self) -> None:
        run, model = self.run, self.model
        assert run.phase is model.phase
        assert [(o.position, o.opening) for o in run.openings] == [
            (w.position, w.opening) for w in model.windows
        ]
        assert [o.opened_at for o in run.openings] == [w.opened for w in model.windows]
        assert [o.closed_at for o in run.openings] == [w.closed for w in model.windows]
        assert [o.announced_at for o in run.openings] == [w.announced for w in model.windows]
        ends = run.step_ends if run.openings else None
        assert ends == model.ends, f"{self.last}: {ends} but {model.ends}"
        assert run.remaining == model.remaining
        assert {role: run.holder(role) for role in ROLES} == {
            role: model.holder(role) for role in ROLES
        }

    def every_moment_has_one_opening(self) -> None:
        for one, other in pairwise(self.run.openings):
            assert one.closed_at == other.opened_at
            assert one.opened_at <= other.opened_at
        if self.run.openings:
            assert (self.run.current.closed_at is not None) == self.run.phase.is_over
        if self.run.phase is Phase.FINISHED:
            assert self.run.current.position == self.run.definition.debrief

    def every_post_is_where_the_model_has_it(self) -> None:
        posts, verdicts = self.posts(), self.verdicts(self.run)
        attributed = attribute(self.run, posts)
        assert attributed == attribute(self.run, reversed(posts))
        assert len(attributed) == len(posts)
        for said in attributed:
            verdict = verdicts[said.post.key]
            assert (said.position, said.late) == (verdict.position, verdict.late), said
            assert said.position is None or said.in_turn == (said.out_of_turn is None)
            if not verdict.murky and verdict.position is not None:
                assert said.in_turn == (not verdict.why), f"{said}: {verdict}"
                assert said.in_turn or said.out_of_turn in verdict.why, f"{said}: {verdict}"

    def taking_part_is_as_the_model_says(self) -> None:
        model = self.model
        shares = {s.position: s for s in participation(self.run, self.posts())}
        for position in {w.position for w in model.windows}:
            share, murky = shares[position], model.murky(position)
            expected = model.expected(position)
            assert set(share.expected) - murky == expected - murky, position
            assert model.is_surely_expected(position) <= set(share.expected)
            if not murky:
                assert set(share.heard) == self.heard(position)
            assert set(share.heard) <= set(share.expected)
            unheard = set(share.not_yet_heard)
            assert unheard <= set(share.expected) - set(share.heard) - set(share.passed)
            sure = expected - murky
            assert set(share.passed) & sure == model.pressed(Passed, position) & sure
            self.check_the_silenced(position, unheard)
            self.check_not_yet_heard(position, unheard, set(share.expected) - set(share.heard))

    def check_the_silenced(self, position: int, unheard: set[PersonId]) -> None:
        step, sure = self.model.protocol.steps[position], unheard - self.model.murky(position)
        if step.floor is Floor.GROUP:
            assert self.model.last_holder(step.held_by, position) not in sure
        for role in step.silent:
            assert self.model.last_holder(role, position) not in sure

    def check_not_yet_heard(
        self, position: int, unheard: set[PersonId], waits: set[PersonId]
    ) -> None:
        model = self.model
        is_closed = model.phase.is_over or position != model.now_in
        skips = {w.is_skipped for w in model.windows if w.position == position}
        if is_closed and True in skips:
            assert unheard == set() or False in skips, "skipping is no silence"
        elif is_closed or model.is_half_over:
            pressed = model.pressed(Passed, position) | model.pressed(Done, position)
            assert waits - unheard <= pressed
        else:
            assert unheard == set(), f"{unheard} too early in {self.run}"

    def complete_is_as_the_model_says(self) -> None:
        if not self.run.phase.is_live or self.model.murky(self.model.now_in):
            return
        waits = self.waits_for()
        assert set(waiting_for(self.run)) == waits
        is_complete_now = bool(self.model.expected(self.model.now_in)) and not waits
        assert is_complete(self.run) == is_complete_now

    def something_is_due_while_a_step_runs(self) -> None:
        due = next_due(self.run, self.calendar)
        if self.run.phase is Phase.RUNNING:
            assert due is not None
            assert self.model.ends is not None
            assert due <= self.model.ends
        reminders = list(self.model.reminders().values())
        assert due is None or not reminders or due <= min(reminders)
        if self.run.phase.is_over:
            assert due == min(reminders, default=None)


def check_preview(event: Event, effects: list[Effect], waits: set[PersonId]) -> None:
    assert isinstance(event, Next)
    [whisper] = effects
    assert isinstance(whisper, Whisper)
    assert (whisper.person, whisper.note) == (event.by, Note.PREVIEW)
    assert set(whisper.people) == waits - {event.by}


TestEngineAgainstModel = EngineAgainstModel.TestCase
TestEngineAgainstModel.settings = settings(max_examples=250, stateful_step_count=40)
