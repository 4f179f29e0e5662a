"""Who was heard, who passed, who is waited for, and how talk was shared out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from protocols.events import (
    Cancelled,
    Done,
    Event,
    Extended,
    Next,
    Passed,
    Paused,
    Reopened,
    Resumed,
    RoleHanded,
    Skipped,
    Tick,
)
from protocols.model import FACILITATOR, PRESENTER, Clock, Floor
from protocols.participation import (
    Share,
    attribute,
    heard_now,
    is_complete,
    participation,
    said_now,
    talk_of_run,
    waiting_for,
)
from protocols.run import Options, PersonId, Phase, Post, Run
from tests.protocols.factories import (
    ANA,
    BEN,
    CY,
    DEE,
    after,
    at,
    begun,
    reloaded,
    said,
    waiting,
    written,
)


def on(time: str, position: int, opening: int = 0) -> Next:
    return Next(at=at(time), by=ANA, position=position, opening=opening, anyway=True)


def back(time: str, position: int, opening: int = 0) -> Reopened:
    return Reopened(at=at(time), by=ANA, position=position, opening=opening)


ROUND = begun(Floor.ROUND)
BEN_1, CY_1, DEE_1 = said(BEN, "3:01"), said(CY, "3:03"), said(DEE, "3:03:30")

# Who was heard.


def share(run: Run, posts: Iterable[Post], time: str) -> Share:
    """Taking part in the first step, once the clock has come to a time."""
    return participation(after(run, Tick(at=at(time))), posts)[0]


def test_heard_are_the_expected_with_a_post_in_turn_that_stands() -> None:
    handed = RoleHanded(at=at("3:00:30"), by=ANA, role=PRESENTER, person=CY)
    run = after(begun(Floor.ROUND), handed)
    posts = [
        said(ANA, "3:01"),
        replace(said(BEN, "3:01:10"), deleted_at=at("3:02")),
        said(CY, "3:01:20"),
        replace(said(DEE, "3:01:30"), aside_by=DEE),
    ]
    assert share(run, posts, "3:05") == Share(
        0, (BEN, CY, DEE), heard=(CY,), passed=(), not_yet_heard=(BEN, DEE), top_share=1.0
    )


def test_who_passed_is_neither_heard_nor_unheard() -> None:
    run = after(begun(Floor.ROUND), Passed(at=at("3:01"), by=CY, position=0))
    assert share(run, [said(BEN, "3:01:10")], "3:05") == Share(
        0, (BEN, CY, DEE), heard=(BEN,), passed=(CY,), not_yet_heard=(DEE,), top_share=1.0
    )


def test_who_passed_and_is_no_longer_expected_is_not_listed() -> None:
    run = after(
        begun(Floor.FACILITATOR),
        Passed(at=at("3:01"), by=ANA, position=0),
        RoleHanded(at=at("3:02"), by=ANA, role=FACILITATOR, person=CY),
    )
    assert share(run, [], "3:05") == Share(
        0, (CY,), heard=(), passed=(), not_yet_heard=(CY,), top_share=0.0
    )


def test_the_top_share_is_that_of_who_spoke_most_among_the_expected() -> None:
    posts = [
        said(BEN, "3:01"),
        said(BEN, "3:01:10"),
        said(CY, "3:01:20"),
        said(ANA, "3:01:30"),
        said(ANA, "3:01:40"),
        said(ANA, "3:01:50"),
    ]
    assert share(begun(Floor.OPEN), posts, "3:05").top_share == 0.6667
    taking_part = begun(Floor.OPEN, options=Options(takes_part=True))
    assert share(taking_part, posts, "3:05").top_share == 0.5


def test_nobody_is_unheard_before_half_of_a_live_step() -> None:
    run = begun(Floor.ROUND)
    assert share(run, [], "3:02:29").not_yet_heard == ()
    assert share(run, [], "3:02:30").not_yet_heard == (BEN, CY, DEE)


def test_a_pause_before_half_of_a_step_lists_nobody_and_one_after_it_goes_on_listing() -> None:
    pause = Paused(at=at("3:03"), by=ANA)
    early, late = after(ROUND, pause), after(ROUND, Tick(at=at("3:02:30")), pause)
    assert share(early, [], "3:59").not_yet_heard == ()
    assert share(late, [], "3:03").not_yet_heard == (BEN, CY, DEE)


def test_a_pause_and_an_extension_put_off_the_half_of_a_step() -> None:
    pause, resume = Paused(at=at("3:01"), by=ANA), Resumed(at=at("3:04"), by=ANA)
    paused = after(ROUND, pause, resume)
    assert share(paused, [], "3:05:29").not_yet_heard == ()
    assert share(paused, [], "3:05:30").not_yet_heard == (BEN, CY, DEE)
    extended = after(ROUND, Extended(at=at("3:01"), by=ANA, position=0, more=timedelta(minutes=2)))
    assert share(extended, [], "3:04:29").not_yet_heard == ()
    assert share(extended, [], "3:04:30").not_yet_heard == (BEN, CY, DEE)


def test_a_closed_step_lists_who_was_unheard_however_early_it_closed() -> None:
    run = after(begun(Floor.ROUND, Floor.OPEN), on("3:01", 0))
    assert share(run, [], "3:01").not_yet_heard == (BEN, CY, DEE)


def test_on_the_school_day_clock_nobody_is_unheard_before_the_window_closes() -> None:
    run = replace(begun(Floor.ROUND), clock=Clock.SCHOOL_DAYS)
    assert participation(run, [])[0].not_yet_heard == ()
    closed = run.with_current(closed_at=at("4:00"))
    assert participation(closed, [])[0].not_yet_heard == (BEN, CY, DEE)


def test_a_reopened_step_is_one_row() -> None:
    run = after(begun(Floor.ROUND, Floor.ROUND), on("3:04", 0), back("3:05", 1))
    over_half = after(run, Tick(at=at("3:07:30")))
    rows = participation(over_half, [said(BEN, "3:01"), said(CY, "3:06")])
    assert rows == (
        Share(0, (BEN, CY, DEE), (BEN, CY), passed=(), not_yet_heard=(DEE,), top_share=0.5),
        Share(1, (BEN, CY, DEE), (), passed=(), not_yet_heard=(BEN, CY, DEE), top_share=0.0),
    )


def test_a_run_that_waits_has_no_row() -> None:
    assert participation(waiting(Floor.OPEN), []) == ()


# Complete.

COMPLETE: list[tuple[str, Run, list[Event], list[Post], tuple[PersonId, ...], bool]] = [
    ("nobody yet", ROUND, [], [], (BEN, CY, DEE), False),
    ("two heard", ROUND, [], [BEN_1, CY_1], (DEE,), False),
    ("all heard", ROUND, [], [BEN_1, CY_1, DEE_1], (), True),
    (
        "two heard and one passed",
        ROUND,
        [Passed(at=at("3:01"), by=DEE, position=0)],
        [BEN_1, CY_1],
        (),
        True,
    ),
    (
        "the single speaker is done",
        begun(Floor.PRESENTER),
        [Done(at=at("3:01"), by=BEN, position=0)],
        [],
        (),
        True,
    ),
    ("the single speaker was heard", begun(Floor.PRESENTER), [], [BEN_1], (), True),
    ("questions expect nobody", begun(Floor.QUESTIONS), [], [BEN_1, CY_1], (), False),
]


@pytest.mark.parametrize(
    ("run", "events", "posts", "people", "is_all"),
    [row[1:] for row in COMPLETE],
    ids=[row[0] for row in COMPLETE],
)
def test_a_step_is_complete_when_each_expected_person_was_heard_passed_or_is_done(
    run: Run, events: list[Event], posts: list[Post], people: tuple[PersonId, ...], *, is_all: bool
) -> None:
    run = reloaded(after(run, *events), *posts)
    assert (waiting_for(run), is_complete(run)) == (people, is_all)


def test_what_was_passed_in_one_step_does_not_count_in_the_next() -> None:
    run = after(
        begun(Floor.ROUND, Floor.ROUND),
        Passed(at=at("3:01"), by=BEN, position=0),
        Skipped(at=at("3:02"), by=ANA, position=0, reason="No time"),
    )
    assert waiting_for(run) == (BEN, CY, DEE)


def test_only_a_live_run_has_a_now() -> None:
    live = reloaded(begun(Floor.OPEN), BEN_1)
    over = after(live, Cancelled(at=at("3:04"), by=ANA, reason="Fire drill"))
    assert (heard_now(live), said_now(live, BEN_1.key)) == ((BEN,), attribute(live, [BEN_1])[0])
    assert (over.phase, heard_now(over), said_now(over, BEN_1.key)) == (Phase.CANCELLED, (), None)
    assert said_now(live, "another") is None


# Over a run: the steps of talk alone.


def test_talk_is_shared_by_who_was_expected_in_the_steps_of_talk() -> None:
    run = begun(Floor.PRESENTER, Floor.ROUND, Floor.ALONE, Floor.OPEN)
    run = after(run, on("3:05", 0), on("3:10", 1), on("3:15", 2))
    posts = [
        said(BEN, "3:01"),  # he presents
        said(BEN, "3:06"),
        said(CY, "3:07"),
        said(ANA, "3:08"),  # she only leads
        replace(said(DEE, "3:09"), deleted_at=at("3:09:30")),
        written(DEE, "3:11", placed=2),
        said(CY, "3:16"),
        said(CY, "3:17"),
    ]
    assert talk_of_run(run, posts) == ((BEN, 0.25), (CY, 0.75), (DEE, 0.0))


def test_where_nothing_was_said_nothing_is_shared() -> None:
    assert talk_of_run(begun(Floor.PRESENTER), [said(BEN, "3:01")]) == ()
    assert talk_of_run(begun(Floor.OPEN), [said(ANA, "3:01")]) == ()
