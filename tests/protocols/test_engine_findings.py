"""What the machine of events found wrong once: one smallest example each."""

from dataclasses import replace

import pytest

from protocols.engine import advance
from protocols.events import (
    Amended,
    Announced,
    Done,
    HandedIn,
    Joined,
    Left,
    Next,
    NotInRun,
    Passed,
    Posted,
    Record,
    Reopened,
    RoleHanded,
    Started,
)
from protocols.floors import expected
from protocols.model import PRESENTER, Floor
from protocols.participation import attribute, participation
from protocols.run import Aside, Change, MemberKind, PersonId, Post, Run
from tests.protocols.factories import (
    ANA,
    BEN,
    CALENDAR,
    CY,
    DEE,
    EVE,
    TEAM,
    after,
    at,
    begun,
    roster,
    said,
    step,
    waiting,
    written,
)

OBSERVER = MemberKind.OBSERVER


def aside(run: Run, *posts: Post) -> list[Aside | None]:
    return [each.out_of_turn for each in attribute(run, posts)]


def reopened_after_the_presenter_changed() -> Run:
    """Ben presents; in step 1 the role goes to Dee; then step 0, the presenter's, is reopened."""
    return after(
        begun(Floor.PRESENTER, Floor.OPEN, Floor.ROUND),
        Next(at=at("3:01"), by=ANA, position=0, anyway=True),
        RoleHanded(at=at("3:02"), by=ANA, role=PRESENTER, person=DEE),
        Reopened(at=at("3:03"), by=ANA, position=1),
    )


# model.md 3 and protocols.md 1: the presenter of a step is who holds the role while it is open


def test_in_a_reopened_step_it_is_who_holds_the_role_now_that_is_expected() -> None:
    run = reopened_after_the_presenter_changed()
    assert run.holder(PRESENTER) == DEE
    assert expected(run, 0) == (DEE,)


def test_in_a_reopened_step_it_is_who_holds_the_role_now_that_may_speak() -> None:
    assert aside(reopened_after_the_presenter_changed(), said(DEE, "3:04")) == [None]


def test_in_a_reopened_step_it_is_who_holds_the_role_now_that_may_be_done() -> None:
    press = Done(at=at("3:04"), by=DEE, position=0, opening=1)
    run = after(reopened_after_the_presenter_changed(), press)
    assert [each.person for each in run.pressed] == [DEE]


# model.md 8: roles are never overwritten, both holders' positions are in the export


def test_a_role_handed_over_in_a_reopened_step_leaves_its_holder_in_the_record() -> None:
    again = RoleHanded(at=at("3:04"), by=ANA, role=PRESENTER, person=CY)
    run = after(reopened_after_the_presenter_changed(), again)
    held = [each for each in run.roles if each.person == DEE]
    assert all(e.until is None or e.since <= e.until for e in held)
    assert DEE in run.holders(PRESENTER, 1)


# model.md 5: times never run back, an event counts as max(at, opened_at)


def test_who_leaves_is_still_expected_in_the_step_that_had_closed() -> None:
    run = after(
        begun(Floor.OPEN, Floor.ROUND),
        Next(at=at("3:02"), by=ANA, position=0, anyway=True),
        Left(at=at("3:01"), by=BEN),
    )
    assert expected(run, 0) == (BEN, CY, DEE)


def test_who_joins_counts_from_the_opening_that_the_press_finds() -> None:
    run = after(
        begun(Floor.OPEN, Floor.ROUND),
        Next(at=at("3:02"), by=ANA, position=0, anyway=True),
        Joined(at=at("3:01"), by=EVE),
    )
    stay = run.stay(EVE)
    assert stay is not None
    assert stay.joined_at == at("3:02")


# protocols.md 1 and model.md 3: attribution follows the facts of the time, whenever it is asked


def test_what_a_participant_said_stays_theirs_when_they_come_back_as_an_observer() -> None:
    post = said(BEN, "3:01")
    run = after(begun(Floor.OPEN, Floor.ROUND), Posted(at=post.at, post=post))
    assert aside(run, post) == [None]
    later = after(run, Left(at=at("3:02"), by=BEN), Joined(at=at("3:03"), by=BEN, kind=OBSERVER))
    assert aside(later, post) == [None]


def test_what_an_observer_said_stays_an_observers_when_they_become_a_participant() -> None:
    post = said(EVE, "3:01")
    looked_on = Posted(at=post.at, post=post, kind=OBSERVER)
    run = after(begun(Floor.OPEN, Floor.ROUND), looked_on)
    assert aside(run, post) == [Aside.OBSERVER]
    assert aside(after(run, Joined(at=at("3:02"), by=EVE)), post) == [Aside.OBSERVER]


def test_a_second_post_in_a_round_stays_one_when_who_was_waited_for_leaves_later() -> None:
    posts = said(CY, "3:01"), said(BEN, "3:02"), said(BEN, "3:03")
    run = begun(Floor.ROUND, Floor.ROUND)
    in_order = [None, None, Aside.SECOND_IN_ROUND]
    assert aside(run, *posts) == in_order
    assert aside(after(run, Left(at=at("3:04"), by=DEE)), *posts) == in_order


# "Posted for somebody unknown makes them a member of the kind given": Eve is known


def test_a_post_of_an_observer_leaves_them_an_observer() -> None:
    post = said(EVE, "3:02")
    run = after(
        begun(Floor.OPEN, Floor.ROUND),
        Joined(at=at("3:01"), by=EVE, kind=OBSERVER),
        Posted(at=post.at, post=post),
    )
    assert [each.kind for each in run.roster if each.person == EVE] == [OBSERVER]


# protocols.md 2.6: observers may write, marked as observers; nothing handed in is ever lost


def test_what_an_observer_hands_in_is_kept() -> None:
    run = after(begun(Floor.OPEN, Floor.ROUND), Joined(at=at("3:01"), by=EVE, kind=OBSERVER))
    post = written(EVE, "3:02")
    _, told = advance(run, HandedIn(at=post.at, post=post, position=0), CALENDAR)
    assert any(isinstance(effect, Record) for effect in told)


# model.md 3, out_of_turn: None when in turn or admitted; contract.md: then in_turn is true


def test_an_observers_post_that_was_let_in_is_in_turn() -> None:
    post = said(EVE, "3:01")
    let_in = Change(admitted_by=ANA)
    run = after(
        begun(Floor.OPEN, Floor.ROUND),
        Posted(at=post.at, post=post, kind=OBSERVER),
        Amended(at=at("3:02"), by=ANA, key=post.key, author=EVE, change=let_in),
    )
    assert aside(run, *run.posts) == [None]


# protocols.md 1: the facilitator may always speak about procedure


def test_a_facilitator_who_only_leads_may_speak_twice_in_a_round() -> None:
    run = begun(Floor.ROUND, Floor.ROUND)
    assert aside(run, said(ANA, "3:01"), said(ANA, "3:02")) == [None, None]


# protocols.md 1: `with` may speak too


def test_whom_the_step_names_may_speak_in_a_circle_too() -> None:
    inner = replace(step(Floor.INNER), circle=1, with_=(PRESENTER,))
    assert aside(begun(inner, Floor.ROUND), said(BEN, "3:01")) == [None]


# model.md 8: who may start is every full member; step control is for who is in the run


@pytest.mark.parametrize("who", [PersonId("FAY"), EVE])
def test_neither_a_stranger_nor_an_observer_starts(who: PersonId) -> None:
    run = after(waiting(Floor.OPEN, Floor.ROUND), Joined(at=at("2:55"), by=EVE, kind=OBSERVER))
    with pytest.raises(NotInRun):
        advance(run, Started(at=at("3:00"), by=who), CALENDAR)


def test_a_facilitator_who_left_steers_no_more() -> None:
    run = after(begun(Floor.OPEN, Floor.ROUND), Left(at=at("3:01"), by=ANA))
    with pytest.raises(NotInRun):
        advance(run, Next(at=at("3:02"), by=ANA, position=0, anyway=True), CALENDAR)


# model.md 8: roles are never overwritten; whoever held one in a step held it there for good


def test_a_role_handed_over_in_a_reopened_step_does_not_reach_into_the_one_it_interrupted() -> None:
    run = after(
        begun(Floor.OPEN, Floor.PRESENTER, Floor.ROUND),
        Next(at=at("3:01"), by=ANA, position=0, anyway=True),
        Posted(at=at("3:02"), post=said(BEN, "3:02")),
        Reopened(at=at("3:03"), by=ANA, position=1),
    )
    presented = said(BEN, "3:02")
    assert (expected(run, 1), aside(run, presented)) == ((BEN,), [None])
    later = after(run, RoleHanded(at=at("3:04"), by=ANA, role=PRESENTER, person=DEE))
    assert (expected(later, 1), aside(later, presented)) == ((BEN,), [None])


def test_who_presented_in_a_reopened_step_has_presented_when_it_is_left_again() -> None:
    run = after(
        reopened_after_the_presenter_changed(),
        Next(at=at("3:05"), by=ANA, position=0, opening=1, anyway=True),
    )
    assert aside(run, said(DEE, "3:04")) == [None]


# contract.md, participation: `passed` is who pressed *Pass*, and not_yet_heard never holds them


def test_who_is_done_and_then_passes_has_passed() -> None:
    run = after(
        begun(Floor.PRESENTER, Floor.ROUND),
        Done(at=at("3:01"), by=BEN, position=0),
        Passed(at=at("3:02"), by=BEN, position=0),
    )
    share = participation(run, ())[0]
    assert (share.passed, share.not_yet_heard) == ((BEN,), ())


# model.md 3: the last opening holds a time until it closes, however late its post was announced


def test_what_is_said_after_the_end_is_in_no_step_though_the_last_one_was_announced_later() -> None:
    run = after(
        begun(Floor.OPEN, Floor.ROUND),
        Next(at=at("3:01"), by=ANA, position=0, anyway=True),
        Next(at=at("3:02"), by=ANA, position=1, anyway=True),
        Announced(at=at("3:04"), position=1, opening=0),
    )
    assert attribute(run, [said(BEN, "3:03")])[0].position is None


# protocols.md 1: `inner` and `outer` are for circles, so whoever comes in is in one of them


def test_who_joins_comes_into_the_smaller_circle_and_who_returns_into_their_own() -> None:
    people = tuple(replace(m, circle=1 + n % 2) for n, m in enumerate(roster(*TEAM)))
    run = begun(Floor.INNER, people=people)
    joined = after(
        run,
        Left(at=at("3:01"), by=BEN),
        Joined(at=at("3:02"), by=EVE),
        Left(at=at("3:03"), by=ANA),
        Joined(at=at("3:04"), by=BEN),
        Joined(at=at("3:05"), by=ANA),
    )
    assert [(m.person, m.circle) for m in joined.roster[4:]] == [(EVE, 2), (BEN, 2), (ANA, 1)]
