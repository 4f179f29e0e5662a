"""Which step a post belongs to, whether it was in turn, whether late; and who was heard.

`attribute` is the only place that decides this. It reads facts (each post's own time, the
windows of the openings) and nothing that was decided before, so it may be asked again at any
time, in any order of arrival, with the same answer.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial

from protocols.floors import FLOORS, expected, is_expected, refusal, was_there
from protocols.model import FACILITATOR, Floor
from protocols.run import (
    Aside,
    CapturedBy,
    ClosedBy,
    Mark,
    MemberKind,
    Opening,
    PersonId,
    Post,
    PressKind,
    Run,
)

TALK = (Floor.ROUND, Floor.OPEN, Floor.GROUP, Floor.INNER, Floor.OUTER)


@dataclass(frozen=True, slots=True)
class Attributed:
    """A post with what follows from the facts. `position` None: said before the first step."""

    post: Post
    position: int | None
    in_turn: bool
    out_of_turn: Aside | None
    late: bool


@dataclass(frozen=True, slots=True)
class Share:
    """Taking part in one step; people in roster order, `top_share` from 0 to 1."""

    position: int
    expected: tuple[PersonId, ...]
    heard: tuple[PersonId, ...]
    passed: tuple[PersonId, ...]
    not_yet_heard: tuple[PersonId, ...]
    top_share: float


def window_at(run: Run, at: datetime) -> Opening | None:
    """The opening whose window holds a time: the last one that started by then.

    A window starts with the step's own post, so what was said while that was on its way belongs
    to the step before. None before the first step, and from the close of the last one on.
    """
    over = run.openings[-1].closed_at if run.openings else None
    if over is not None and at >= over:
        return None
    started = [opening for opening in run.openings if opening.starts_at <= at]
    return started[-1] if started else None


def attribute(run: Run, posts: Iterable[Post]) -> tuple[Attributed, ...]:
    """Each post with its step, turn and lateness, ordered by time and key."""
    turns: dict[int, _Turns] = {}
    result = []
    for post in sorted(posts, key=lambda post: (post.at, post.key)):
        position = _position(run, post)
        if position is None:
            result.append(Attributed(post, None, in_turn=False, out_of_turn=None, late=False))
            continue
        if position not in turns:
            turns[position] = _Turns(run, position)
        aside = turns[position].take(post)
        is_late_there = is_late(run, position, post)
        result.append(Attributed(post, position, aside is None, aside, is_late_there))
    return tuple(result)


def _position(run: Run, post: Post) -> int | None:
    if post.placed is not None:
        return post.placed
    window = window_at(run, post.at)
    return None if window is None else window.position


def is_late(run: Run, position: int, post: Post) -> bool:
    """Whether a post was added to a step after its first close, and in none of its windows."""
    if post.placed is None:
        return False
    closes = [o.closed_at for o in run.openings_of(position)[:1] if o.closed_at is not None]
    window = window_at(run, post.at)
    is_inside = window is not None and window.position == position
    return bool(closes) and post.at >= closes[0] and not is_inside


class _Turns:
    """The turns of one step, as its posts are gone through by time.

    What the step alone decides is asked once: a step may have hundreds of posts.
    """

    def __init__(self, run: Run, position: int) -> None:
        self._run, self._position, self._step = run, position, run.step(position)
        self._facilitators = run.holders(FACILITATOR, position)
        self._refusal = cache(partial(refusal, run, position))
        self._is_expected = cache(partial(is_expected, run, position))
        self._spoke: set[PersonId] = set()
        self._spoke_to_all: set[PersonId] = set()

    def take(self, post: Post) -> Aside | None:
        """Why a post is out of turn, given those before it; None when in turn."""
        aside = self._aside(post)
        if aside is None and post.stands:
            self._spoke.add(post.person)
            if _is_for_all(post):
                self._spoke_to_all.add(post.person)
        return aside

    def _aside(self, post: Post) -> Aside | None:
        if post.aside_by is not None:
            return Aside.PRACTICAL
        if post.admitted_by is not None:
            return None
        stay = self._run.stay_at(post.person, post.at)
        if stay is None or stay.kind is MemberKind.OBSERVER:
            return Aside.OBSERVER
        if (refused := self._refusal(post.person)) is not None:
            return refused
        if self._should_be_written_alone(post):
            return Aside.SEALED_STEP
        return Aside.SECOND_IN_ROUND if self._is_second(post) else None

    def _should_be_written_alone(self, post: Post) -> bool:
        if not self._step.is_sealed or post.captured_by is CapturedBy.FORM:
            return False
        window = window_at(self._run, post.at)
        is_reopened = window is not None and window.opening > 0
        return not is_reopened and not self._only_leads(post.person, at=None)

    def _is_second(self, post: Post) -> bool:
        """Whether this is a second post in a round before everybody had a turn."""
        if not FLOORS[self._step.floor].each_once or not _is_for_all(post):
            return False
        if post.person not in self._spoke_to_all or self._only_leads(post.person, post.at):
            return False
        waiting = self._expected(post.at) - self._spoke  # one post may be both turn and answer
        return bool(waiting - set(passed(self._run, self._position, until=post.at)))

    def _only_leads(self, person: PersonId, at: datetime | None) -> bool:
        return person in self._facilitators and person not in self._expected(at)

    def _expected(self, at: datetime | None) -> set[PersonId]:
        return {p for p in was_there(self._run, self._position, at) if self._is_expected(p)}


def _is_for_all(post: Post) -> bool:
    return post.answers in (None, post.person)


def passed(run: Run, position: int, until: datetime | None = None) -> tuple[PersonId, ...]:
    """Who pressed *Pass* in a step (until a time), in the order in which they did."""
    return tuple(
        press.person
        for press in run.pressed
        if press.kind is PressKind.PASS
        and press.position == position
        and (until is None or press.at <= until)
    )


def heard(run: Run, position: int, attributed: Iterable[Attributed]) -> tuple[PersonId, ...]:
    """Who of the expected has an in-turn contribution that stands, in roster order."""
    spoke = {
        a.post.person for a in attributed if a.position == position and a.in_turn and a.post.stands
    }
    return tuple(person for person in expected(run, position) if person in spoke)


def missing(run: Run, position: int, attributed: Iterable[Attributed]) -> tuple[PersonId, ...]:
    """Who of the expected was neither heard nor passed, in roster order."""
    done = {*heard(run, position, attributed), *passed(run, position)}
    return tuple(person for person in expected(run, position) if person not in done)


def waiting_for(run: Run) -> tuple[PersonId, ...]:
    """Who of the expected in the current step was not heard, did not pass and is not done."""
    position = run.current.position
    done = {p.person for p in run.pressed if p.position == position}
    people = missing(run, position, attribute(run, run.posts))
    return tuple(person for person in people if person not in done)


def is_complete(run: Run) -> bool:
    """Whether nobody is waited for in the current step. It never closes a step: it lights *Next*.

    A floor that expects nobody is never complete by count.
    """
    return bool(expected(run, run.current.position)) and not waiting_for(run)


def said_now(run: Run, key: str) -> Attributed | None:
    """A post of the current step of a live run, None if it is elsewhere."""
    if not run.phase.is_live:
        return None
    found = (a for a in attribute(run, run.posts) if a.post.key == key)
    return next((a for a in found if a.position == run.position), None)


def heard_now(run: Run) -> tuple[PersonId, ...]:
    """Who was heard in the current step of a live run."""
    if not run.phase.is_live:
        return ()
    return heard(run, run.current.position, attribute(run, run.posts))


def deserves_note(run: Run, said: Attributed) -> bool:
    """At most one note a person and step, and none for a first second post in a round."""
    if said.out_of_turn in (None, Aside.OBSERVER, Aside.PRACTICAL):
        return False
    if (said.position, said.post.person) in run.noted:
        return False
    seconds = [
        a
        for a in attribute(run, run.posts)
        if a.post.person == said.post.person and a.out_of_turn is Aside.SECOND_IN_ROUND
    ]
    return said.out_of_turn is not Aside.SECOND_IN_ROUND or len(seconds) > 1


def of_current_step(run: Run) -> Run:
    """The run with the posts of its current step only, as it is kept."""
    attributed = attribute(run, run.posts)
    return replace(run, posts=tuple(a.post for a in attributed if a.position == run.position))


def with_post(run: Run, post: Post) -> Run:
    """The run with a post, in the place of an earlier one of its key."""
    others = (p for p in run.posts if p.key != post.key)
    return of_current_step(replace(run, posts=(*others, post)))


def participation(run: Run, posts: Iterable[Post]) -> tuple[Share, ...]:
    """Taking part, step by step, as it stands (credentials of equity: never one index).

    Nobody is "not yet heard" before half of a live step, or before the window of another closed.
    A step that was left out is no silence.
    """
    attributed = attribute(run, posts)
    positions = sorted({opening.position for opening in run.openings})
    return tuple(_share(run, position, attributed) for position in positions)


def talk_of_run(run: Run, posts: Iterable[Post]) -> tuple[tuple[PersonId, float], ...]:
    """How what was said in the steps of talk is spread over who was expected in one of them.

    Shares from 0 to 1 of the in-turn posts that stand, in roster order; nothing where nothing was
    said. What one person presents, what is asked and what is written alone is no talk.
    """
    attributed = attribute(run, posts)
    talk = {o.position for o in run.openings if run.step(o.position).floor in TALK}
    counts = sum((_counts(run, position, attributed) for position in talk), Counter[PersonId]())
    people = {person for position in talk for person in expected(run, position)}
    roster = dict.fromkeys(member.person for member in run.roster)
    total = counts.total()
    return tuple((one, counts[one] / total) for one in roster if one in people) if total else ()


def _counts(run: Run, position: int, attributed: Iterable[Attributed]) -> Counter[PersonId]:
    """How many in-turn posts that stand each of the expected has in a step."""
    people = expected(run, position)
    return Counter(
        a.post.person
        for a in attributed
        if a.position == position and a.in_turn and a.post.stands and a.post.person in people
    )


def _share(run: Run, position: int, attributed: tuple[Attributed, ...]) -> Share:
    people, counts = expected(run, position), _counts(run, position, attributed)
    total = counts.total()
    last = run.openings_of(position)[-1]
    is_half_over = last.closed_at is not None or Mark.HINTED in run.marks
    is_due = is_half_over and last.closed_by is not ClosedBy.SKIPPED
    return Share(
        position=position,
        expected=people,
        heard=heard(run, position, attributed),
        passed=tuple(p for p in passed(run, position) if p in people),
        not_yet_heard=missing(run, position, attributed) if is_due else (),
        top_share=round(max(counts.values()) / total, 4) if total else 0.0,
    )
