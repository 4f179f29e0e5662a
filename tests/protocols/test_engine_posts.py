"""What a run does with what people say, write, change and put elsewhere."""

from dataclasses import replace

import pytest

from protocols.engine import advance
from protocols.events import (
    Amend,
    Amended,
    Cancelled,
    Effect,
    Event,
    HandedIn,
    Joined,
    Left,
    Next,
    NoSuchStep,
    NotAllowed,
    Note,
    NotInRun,
    NotYours,
    Placed,
    Posted,
    Record,
    Refresh,
    RefreshStep,
    Reopened,
    Reveal,
    Whisper,
)
from protocols.model import TIMEKEEPER, Floor
from protocols.model import Reveal as Shown
from protocols.run import Change, Member, MemberKind, PersonId, Post, Run
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
    effects,
    said,
    step,
    waiting,
    written,
)


def posted(post: Post, kind: MemberKind = MemberKind.PARTICIPANT) -> Posted:
    return Posted(at=post.at, post=post, kind=kind)


def handed_in(post: Post, position: int = 0, *, private: bool = False) -> HandedIn:
    return HandedIn(at=post.at, post=post, position=position, private=private)


def on(time: str, position: int) -> Next:
    return Next(at=at(time), by=ANA, position=position, anyway=True)


# Said in the thread.


def test_what_newly_makes_somebody_heard_shows_the_run_card_anew() -> None:
    run = begun(Floor.OPEN)
    first, second = said(BEN, "3:01"), said(BEN, "3:02")
    assert effects(run, posted(first)) == [Record(first), Refresh()]
    run = after(run, posted(first))
    assert effects(run, posted(second)) == [Record(second)]
    assert after(run, posted(second)).posts == (first, second)


def test_what_comes_late_is_put_where_its_time_says() -> None:
    run = begun(Floor.ROUND, Floor.OPEN)
    first, second = said(BEN, "3:01"), said(BEN, "3:02")
    run = after(run, posted(second), posted(first))
    assert run.posts == (first, second)
    moved_on = after(run, on("3:04", 0))
    slow = said(CY, "3:03:59")
    assert advance(moved_on, posted(slow), CALENDAR) == (moved_on, [Record(slow)])


def test_a_post_that_comes_twice_is_kept_once_and_noted_once() -> None:
    run, post = begun(Floor.PRESENTER), said(CY, "3:01")
    run = after(run, posted(post))
    assert advance(run, posted(post), CALENDAR) == (run, [Record(post)])


def test_what_is_said_before_the_start_is_recorded_and_left_behind() -> None:
    run, post = waiting(Floor.OPEN), said(BEN, "2:55")
    early, told = advance(run, posted(post), CALENDAR)
    assert (told, early.posts) == ([Record(post)], (post,))
    assert begun(Floor.OPEN).posts == ()


def test_what_is_said_after_the_end_is_recorded_alone() -> None:
    cancelled = Cancelled(at=at("3:01"), by=ANA, reason="Fire drill")
    run, post = after(begun(Floor.OPEN), cancelled), said(EVE, "3:02")
    assert advance(run, posted(post), CALENDAR) == (run, [Record(post)])


def test_a_first_post_joins_and_a_guests_looks_on() -> None:
    run, post = begun(Floor.OPEN), said(EVE, "3:01")
    joined = after(run, posted(post))
    assert joined.stay(EVE) == Member(EVE, MemberKind.PARTICIPANT, at("3:01"))
    guest, told = advance(run, posted(post, MemberKind.OBSERVER), CALENDAR)
    assert guest.stay(EVE) == Member(EVE, MemberKind.OBSERVER, at("3:01"))
    assert told == [Record(post)]


def test_who_left_and_posts_has_come_again() -> None:
    run = after(begun(Floor.OPEN), Left(at=at("3:01"), by=DEE), posted(said(DEE, "3:02")))
    assert run.takes_part(DEE)


# Out of turn: a private note, at most one a person and step.


def note(person: PersonId, position: int = 0) -> Whisper:
    return Whisper(person, Note.OUT_OF_TURN, position)


def test_who_speaks_out_of_turn_is_told_once_a_step() -> None:
    run = begun(Floor.PRESENTER, Floor.PRESENTER)
    posts = [said(CY, "3:01"), said(CY, "3:02"), said(DEE, "3:03"), said(CY, "3:05")]
    told = []
    events: list[Event] = [*map(posted, posts[:3]), on("3:04", 0), posted(posts[3])]
    for event in events:
        run, caused = advance(run, event, CALENDAR)
        told.append([effect for effect in caused if isinstance(effect, Whisper)])
    assert told == [[note(CY)], [], [note(DEE)], [], [note(CY, 1)]]
    assert run.noted == {(0, CY), (0, DEE), (1, CY)}


def test_a_first_second_post_in_a_round_gets_no_note_and_the_next_one_does() -> None:
    run = begun(Floor.ROUND)
    told = []
    for time in ("3:01", "3:02", "3:03", "3:04"):
        run, caused = advance(run, posted(said(BEN, time)), CALENDAR)
        told.append([effect for effect in caused if isinstance(effect, Whisper)])
    assert told == [[], [], [note(BEN)], []]


def test_an_observer_gets_no_note() -> None:
    post = said(EVE, "3:01")
    told = effects(begun(Floor.PRESENTER), posted(post, MemberKind.OBSERVER))
    assert told == [Record(post)]


def test_who_speaks_in_a_sealed_step_is_told() -> None:
    post = said(BEN, "3:01")
    assert effects(begun(Floor.ALONE), posted(post)) == [Record(post), note(BEN)]


# Handed in by a form.


def sealed(reveal: Shown = Shown.AT_CLOSE) -> Run:
    return begun(step(Floor.ALONE, reveal=reveal), Floor.OPEN)


@pytest.mark.parametrize("shown", [Shown.AT_CLOSE, Shown.PRIVATE, Shown.UNNAMED])
@pytest.mark.parametrize("private", [False, True])
def test_of_a_sealed_answer_only_the_count_is_shown(shown: Shown, *, private: bool) -> None:
    answer = written(BEN, "3:01")
    told = effects(sealed(shown), handed_in(answer, private=private))
    assert told == [Record(replace(answer, placed=0)), Refresh(), RefreshStep(0)]


def test_a_new_answer_replaces_the_old_one_of_the_same_key() -> None:
    old = written(BEN, "3:01")
    new = replace(written(BEN, "3:02"), key=old.key, words=9)
    run = after(sealed(), handed_in(old), handed_in(new))
    assert run.posts == (replace(new, placed=0),)


def late_for(shown: Shown, *, private: bool = False) -> list[Effect]:
    answer = written(CY, "3:05", placed=0)
    run, told = advance(
        after(sealed(shown), on("3:04", 0)), handed_in(answer, private=private), CALENDAR
    )
    assert (told[0], told[-1], run.posts) == (Record(answer), Whisper(CY, Note.LATE, 0), ())
    return told[1:-1]


def test_an_answer_after_the_close_is_shown_alone_and_its_author_told_that_it_is_late() -> None:
    assert late_for(Shown.AT_CLOSE) == [Reveal(0, "form:CY@3:05")]


def test_a_late_answer_that_is_private_is_never_shown() -> None:
    assert late_for(Shown.AT_CLOSE, private=True) == []
    assert late_for(Shown.PRIVATE) == []


def test_a_late_unnamed_answer_is_not_shown_alone_where_all_would_see_whose_it_is() -> None:
    assert late_for(Shown.UNNAMED) == []


def test_an_answer_after_the_run_is_kept_and_late() -> None:
    run = after(sealed(), on("3:04", 0), on("3:06", 1))
    answer = written(CY, "3:30", placed=1)
    late = [Record(answer), Reveal(1, answer.key), Whisper(CY, Note.LATE, 1)]
    assert effects(run, handed_in(answer, 1)) == late


def test_in_a_reopened_step_answers_are_shown_as_they_come() -> None:
    run = after(sealed(), on("3:04", 0), Reopened(at=at("3:05"), by=ANA, position=1))
    answer = written(CY, "3:06", placed=0)
    shown = [Record(answer), Reveal(0, answer.key), Refresh()]
    assert effects(run, handed_in(answer)) == shown
    assert effects(run, handed_in(answer, private=True)) == [Record(answer), Refresh()]


def test_what_is_added_by_a_form_to_an_open_step_is_shown_at_once() -> None:
    answer = written(BEN, "3:01", placed=0)
    told = effects(begun(Floor.OPEN), handed_in(answer))
    assert told == [Record(answer), Reveal(0, answer.key), Refresh()]


# Changed, let in, only practical.


def amended(time: str, by: PersonId, post: Post, change: Change) -> Amended:
    return Amended(at=at(time), by=by, author=post.person, key=post.key, change=change)


def test_an_edit_is_recorded_and_kept() -> None:
    post = said(BEN, "3:01")
    edit = amended("3:02", BEN, post, Change(words=8, edited_at=at("3:02")))
    run, told = advance(after(begun(Floor.ROUND), posted(post)), edit, CALENDAR)
    assert told == [Amend(edit)]
    assert run.posts == (replace(post, words=8, edited_at=at("3:02")),)


def test_a_deletion_frees_the_turn() -> None:
    post, again = said(BEN, "3:01"), said(BEN, "3:03")
    delete = amended("3:02", BEN, post, Change(deleted_at=at("3:02")))
    run = after(begun(Floor.ROUND), posted(post))
    assert effects(run, delete) == [Amend(delete), Refresh()]
    assert effects(after(run, delete), posted(again)) == [Record(again), Refresh()]


def test_the_author_calls_a_post_practical_and_it_leaves_all_counts() -> None:
    post = said(BEN, "3:01")
    practical = amended("3:02", BEN, post, Change(aside_by=BEN))
    run = after(begun(Floor.OPEN), posted(post))
    assert effects(run, practical) == [Amend(practical), Refresh()]


def test_the_facilitator_lets_in_what_was_kept_aside() -> None:
    post = said(BEN, "3:01")
    let_in = amended("3:02", ANA, post, Change(admitted_by=ANA))
    run, told = advance(after(begun(Floor.ALONE), posted(post)), let_in, CALENDAR)
    assert told == [Amend(let_in), Refresh()]
    assert run.posts == (replace(post, admitted_by=ANA),)


def test_what_changes_about_a_post_of_an_older_step_is_recorded_alone() -> None:
    post = said(BEN, "3:01")
    run = after(begun(Floor.OPEN, Floor.OPEN), posted(post), on("3:02", 0))
    edit = amended("3:03", BEN, post, Change(words=8, edited_at=at("3:03")))
    assert advance(run, edit, CALENDAR) == (run, [Amend(edit)])


# Put into a step beside the first one, which stays.


def placed(by: PersonId, post: Post, position: int) -> Placed:
    return Placed(at=post.at, by=by, post=post, position=position)


def test_what_is_used_in_this_step_counts_here_and_the_first_post_stays() -> None:
    first = said(BEN, "3:01")
    second = replace(written(BEN, "3:02"), from_key=first.key)
    run = after(begun(Floor.ALONE), posted(first))
    run, told = advance(run, placed(BEN, second, 0), CALENDAR)
    used = replace(second, placed=0, placed_by=BEN)
    assert (told, run.posts) == ([Record(used), Refresh()], (first, used))


def test_what_is_kept_for_a_later_step_is_recorded_and_counts_there() -> None:
    first = said(CY, "3:01")
    run = after(begun(Floor.PRESENTER, Floor.ROUND), posted(first))
    second = replace(written(CY, "3:02"), from_key=first.key)
    kept = replace(second, placed=1, placed_by=CY)
    assert advance(run, placed(CY, second, 1), CALENDAR) == (run, [Record(kept)])


def test_who_steers_the_steps_may_place_too() -> None:
    run = begun(Floor.OPEN, roles={**ROLES, TIMEKEEPER: CY})
    post = said(BEN, "3:01")
    for person in (ANA, CY):
        kept = replace(post, placed=0, placed_by=person)
        assert effects(run, placed(person, post, 0)) == [Record(kept), Refresh()]


# What is not allowed.

RUN = after(
    begun(Floor.PRESENTER, Floor.OPEN),
    Joined(at=at("3:00:30"), by=EVE, kind=MemberKind.OBSERVER),
)
BENS = said(BEN, "3:01")
REFUSED = [
    ("handed in by a stranger", handed_in(written(PersonId("FAY"), "3:01")), NotInRun),
    ("into a step that never opened", handed_in(written(BEN, "3:01"), 1), NoSuchStep),
    ("placed by somebody else", placed(DEE, BENS, 0), NotYours),
    ("placed into no step", placed(BEN, BENS, 2), NoSuchStep),
    ("placed before the first step", placed(BEN, BENS, -1), NoSuchStep),
    ("edited by another person", amended("3:02", ANA, BENS, Change(words=1)), NotYours),
    ("let in by oneself", amended("3:02", BEN, BENS, Change(admitted_by=BEN)), NotYours),
    ("practical for another person", amended("3:02", ANA, BENS, Change(aside_by=ANA)), NotYours),
]


@pytest.mark.parametrize(
    ("event", "error"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_is_not_allowed_with_a_post_is_refused_by_name(
    event: HandedIn | Placed | Amended, error: type[NotAllowed]
) -> None:
    with pytest.raises(NotAllowed) as raised:
        advance(RUN, event, CALENDAR)
    assert raised.type is error


def test_nothing_can_be_handed_in_before_the_start() -> None:
    with pytest.raises(NoSuchStep):
        advance(waiting(Floor.ALONE), handed_in(written(BEN, "2:55")), CALENDAR)
