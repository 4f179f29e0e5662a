"""One run from its start to its report, and the questions that a run answers about itself."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from protocols.due import next_due
from protocols.engine import advance
from protocols.events import (
    Amend,
    Amended,
    Announce,
    Announced,
    Effect,
    Event,
    Finish,
    HandedIn,
    How,
    Joined,
    Leave,
    Left,
    Next,
    Note,
    Posted,
    Record,
    Refresh,
    RefreshStep,
    Reveal,
    RoleHanded,
    Started,
    Tick,
    Whisper,
)
from protocols.model import FACILITATOR, PRESENTER, TIMEKEEPER, Floor
from protocols.participation import Attributed, Share, attribute, participation
from protocols.run import (
    Aside,
    Change,
    ClosedBy,
    Held,
    Mark,
    Member,
    MemberKind,
    Opening,
    PersonId,
    Phase,
    Post,
)
from tests.protocols.factories import (
    ANA,
    BEN,
    CALENDAR,
    CY,
    DEE,
    EVE,
    after,
    at,
    begun,
    said,
    waiting,
    written,
)

M1, M2, M3 = said(CY, "3:01:10"), said(BEN, "3:01:40"), said(DEE, "3:11")
D1, C1 = written(DEE, "3:06", placed=1), written(CY, "3:10:05", placed=1)
EDIT = Amended(
    at=at("3:12"), by=DEE, author=DEE, key=M3.key, change=Change(words=8, edited_at=at("3:12"))
)

REMINDER = datetime(2026, 10, 6, 15, 15, tzinfo=UTC)
UNTIL = datetime(2026, 10, 7, 15, 15, tzinfo=UTC)

WORKED: list[tuple[Event, list[Effect], str | datetime]] = [
    (Started(at=at("3:00"), by=ANA), [Announce(0, 0), Refresh()], "3:02:30"),
    (Announced(at=at("3:00:01"), position=0, opening=0), [], "3:02:30"),
    (
        Posted(at=M1.at, post=M1),
        [Record(M1), Whisper(CY, Note.OUT_OF_TURN, 0)],
        "3:02:30",
    ),
    (Posted(at=M2.at, post=M2), [Record(M2), Refresh()], "3:02:30"),
    (Tick(at=at("3:02:30")), [], "3:04"),
    (Tick(at=at("3:04")), [Refresh()], "3:05"),
    (
        Next(at=at("3:04:30"), by=ANA, position=0),
        [Leave(0, 0), Announce(1, 0), Refresh()],
        "3:07",
    ),
    (Next(at=at("3:04:30"), by=ANA, position=0), [], "3:07"),
    (
        HandedIn(at=D1.at, post=replace(D1, placed=None), position=1),
        [Record(D1), Refresh(), RefreshStep(1)],
        "3:07",
    ),
    (Tick(at=at("3:07")), [Whisper(ANA, Note.UNHEARD, 1, (BEN, CY))], "3:08:30"),
    (Tick(at=at("3:08:30")), [Refresh()], "3:09:30"),
    (
        Tick(at=at("3:09:30")),
        [
            Leave(1, 0),
            Reveal(1),
            Announce(2, 0),
            Refresh(),
            Whisper(BEN, Note.AWAITED, 1, until=UNTIL),
            Whisper(CY, Note.AWAITED, 1, until=UNTIL),
        ],
        "3:12",
    ),
    (
        HandedIn(at=C1.at, post=replace(C1, placed=None), position=1),
        [Record(C1), Reveal(1, C1.key), Whisper(CY, Note.LATE, 1)],
        "3:12",
    ),
    (Posted(at=M3.at, post=M3), [Record(M3), Refresh()], "3:12"),
    (EDIT, [Amend(EDIT)], "3:12"),
    (Tick(at=at("3:12")), [Whisper(ANA, Note.UNHEARD, 2, (BEN, CY))], "3:13:30"),
    (
        Next(at=at("3:13"), by=ANA, position=2),
        [Whisper(ANA, Note.PREVIEW, 2, (BEN, CY))],
        "3:13:30",
    ),
    (
        Next(at=at("3:13"), by=ANA, position=2, anyway=True),
        [Leave(2, 0), Refresh(), Finish(How.FINISHED)],
        REMINDER,
    ),
]


def test_a_run_of_three_steps_goes_from_its_start_to_its_report() -> None:
    run = waiting(Floor.PRESENTER, Floor.ALONE, Floor.ROUND)
    begins = run
    caused = []
    for event, _, _ in WORKED:
        run, effects = advance(run, event, CALENDAR)
        caused.append((event, effects, next_due(run, CALENDAR)))
    assert caused == [
        (event, told, at(due) if isinstance(due, str) else due) for event, told, due in WORKED
    ]

    m3 = replace(M3, words=8, edited_at=at("3:12"))
    assert run == replace(
        begins,
        phase=Phase.FINISHED,
        marks=frozenset({Mark.HINTED}),
        openings=(
            Opening(
                0, 0, at("3:00"), at("3:05"), at("3:00:01"), at("3:04:30"), ClosedBy.PERSON, ANA
            ),
            Opening(1, 0, at("3:04:30"), at("3:09:30"), None, at("3:09:30"), ClosedBy.CLOCK),
            Opening(2, 0, at("3:09:30"), at("3:14:30"), None, at("3:13"), ClosedBy.PERSON, ANA),
        ),
        noted=frozenset({(0, CY)}),
        awaited=frozenset({(1, BEN)}),
        posts=(m3,),
    )
    posts = (m3, C1, D1, M2, M1)
    assert attribute(run, posts) == (
        Attributed(M1, 0, in_turn=False, out_of_turn=Aside.NOT_PRESENTER, late=False),
        Attributed(M2, 0, in_turn=True, out_of_turn=None, late=False),
        Attributed(D1, 1, in_turn=True, out_of_turn=None, late=False),
        Attributed(C1, 1, in_turn=True, out_of_turn=None, late=True),
        Attributed(m3, 2, in_turn=True, out_of_turn=None, late=False),
    )
    assert participation(run, posts) == (
        Share(0, expected=(BEN,), heard=(BEN,), passed=(), not_yet_heard=(), top_share=1.0),
        Share(1, (BEN, CY, DEE), (CY, DEE), passed=(), not_yet_heard=(BEN,), top_share=0.5),
        Share(2, (BEN, CY, DEE), (DEE,), passed=(), not_yet_heard=(BEN, CY), top_share=1.0),
    )


def test_a_run_that_waits_has_no_step_and_no_end() -> None:
    run = waiting(Floor.OPEN)
    assert (run.position, run.step_ends, run.openings_of(0)) == (None, None, ())


def test_only_running_and_paused_runs_are_live_and_only_ended_ones_are_over() -> None:
    assert {phase: (phase.is_live, phase.is_over) for phase in Phase} == {
        Phase.WAITING: (False, False),
        Phase.RUNNING: (True, False),
        Phase.PAUSED: (True, False),
        Phase.FINISHED: (False, True),
        Phase.CANCELLED: (False, True),
    }


# Roles and their history.


def handed(time: str, role: str, person: PersonId, by: PersonId = ANA) -> RoleHanded:
    return RoleHanded(at=at(time), by=by, role=role, person=person)


def test_handing_a_role_over_closes_one_holding_and_opens_the_next() -> None:
    run = after(
        begun(Floor.PRESENTER, Floor.PRESENTER, Floor.OPEN),
        handed("3:01", PRESENTER, CY),
        Next(at=at("3:02"), by=ANA, position=0, anyway=True),
        handed("3:03", FACILITATOR, DEE),
        Next(at=at("3:04"), by=DEE, position=1, anyway=True),
    )
    assert run.roles == (
        Held(FACILITATOR, ANA, 0, 1),
        Held(PRESENTER, BEN, 0, 0),
        Held(PRESENTER, CY, 0),
        Held(FACILITATOR, DEE, 1),
    )
    assert [run.holders(FACILITATOR, position) for position in range(3)] == [
        (ANA,),
        (ANA, DEE),
        (DEE,),
    ]
    assert [run.holders(PRESENTER, position) for position in range(3)] == [(BEN, CY), (CY,), (CY,)]
    assert [run.holder(FACILITATOR, position) for position in range(3)] == [ANA, DEE, DEE]
    assert (run.holder(FACILITATOR), run.holder(PRESENTER)) == (DEE, CY)


def test_a_role_that_nobody_holds_can_be_given_and_taken_back() -> None:
    run = begun(Floor.OPEN)
    assert (run.holder(TIMEKEEPER), run.holder(TIMEKEEPER, 0)) == (None, None)
    run = after(run, handed("3:01", TIMEKEEPER, CY), handed("3:02", TIMEKEEPER, DEE))
    run = after(run, handed("3:03", TIMEKEEPER, CY))
    assert run.roles[2:] == (
        Held(TIMEKEEPER, CY, 0, 0),
        Held(TIMEKEEPER, DEE, 0, 0),
        Held(TIMEKEEPER, CY, 0),
    )


# Stays.


def test_who_leaves_and_comes_again_has_two_stays() -> None:
    run = after(
        begun(Floor.OPEN),
        Left(at=at("3:01"), by=DEE),
        Joined(at=at("3:02"), by=DEE),
    )
    assert [stay for stay in run.roster if stay.person == DEE] == [
        Member(DEE, MemberKind.PARTICIPANT, at("2:50"), left_at=at("3:01")),
        Member(DEE, MemberKind.PARTICIPANT, at("3:02")),
    ]
    assert run.stay(DEE) == Member(DEE, MemberKind.PARTICIPANT, at("3:02"))
    assert run.takes_part(DEE)


def test_who_never_was_in_a_run_has_no_stay() -> None:
    run = begun(Floor.OPEN)
    assert (run.stay(EVE), run.takes_part(EVE)) == (None, False)


def test_an_observer_who_joins_becomes_a_participant_and_never_the_other_way_round() -> None:
    looks_on = Joined(at=at("3:01"), by=EVE, kind=MemberKind.OBSERVER)
    run = after(begun(Floor.OPEN), looks_on)
    assert (run.stay(EVE), run.takes_part(EVE)) == (
        Member(EVE, MemberKind.OBSERVER, at("3:01")),
        False,
    )
    run = after(run, Joined(at=at("3:02"), by=EVE), replace(looks_on, at=at("3:03")))
    assert run.stay(EVE) == Member(EVE, MemberKind.PARTICIPANT, at("3:02"))


# What may change about a post.

WORDS = [
    (
        "an edit sets the words",
        Change(words=8, edited_at=at("3:02")),
        {"words": 8, "edited_at": at("3:02")},
    ),
    ("words alone", Change(words=8), {"words": 8}),
    ("a deletion", Change(deleted_at=at("3:02")), {"deleted_at": at("3:02")}),
    ("let in", Change(admitted_by=ANA), {"admitted_by": ANA}),
    ("only practical", Change(aside_by=BEN), {"aside_by": BEN}),
    ("nothing", Change(), {}),
]


@pytest.mark.parametrize(
    ("change", "is_now"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS]
)
def test_a_change_changes_what_it_names_and_nothing_else(
    change: Change, is_now: dict[str, object]
) -> None:
    post = said(BEN, "3:01")
    assert post.amended(change) == replace(post, **is_now)  # type: ignore[arg-type] # fields of Post


def test_the_newest_edit_wins_in_whatever_order_edits_come() -> None:
    first, second = Change(words=8, edited_at=at("3:02")), Change(words=9, edited_at=at("3:03"))
    post = said(BEN, "3:01")
    newest = replace(post, words=9, edited_at=at("3:03"))
    assert post.amended(first).amended(second) == newest
    assert post.amended(second).amended(first) == newest


def test_a_deletion_and_a_letting_in_are_never_taken_back() -> None:
    post = said(BEN, "3:01").amended(Change(deleted_at=at("3:02"), admitted_by=ANA, aside_by=BEN))
    assert post.amended(Change(deleted_at=at("3:03"), admitted_by=CY, aside_by=CY)) == post


def test_a_post_stands_until_it_is_deleted_emptied_or_called_practical() -> None:
    post, form = said(BEN, "3:01"), written(BEN, "3:01")
    standing: dict[Post, bool] = {
        post: True,
        replace(post, words=0): False,
        replace(form, words=0): True,
        replace(post, deleted_at=at("3:02")): False,
        replace(form, deleted_at=at("3:02")): False,
        replace(post, aside_by=BEN): False,
    }
    assert {each: each.stands for each in standing} == standing
