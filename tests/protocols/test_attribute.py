"""Which step a post belongs to, whether it was in turn, and whether late."""

from dataclasses import replace
from itertools import permutations

import pytest

from protocols.events import (
    Announced,
    Joined,
    Next,
    Passed,
    Reopened,
)
from protocols.model import Floor, Reveal
from protocols.participation import (
    Share,
    attribute,
    participation,
    window_at,
)
from protocols.run import Aside, CapturedBy, MemberKind, Options, Post, Run
from tests.protocols.factories import (
    ANA,
    BEN,
    CY,
    DEE,
    EVE,
    after,
    at,
    begun,
    reloaded,
    said,
    step,
    waiting,
    written,
)

Told = tuple[int | None, Aside | None, bool]


def told(run: Run, *posts: Post) -> list[Told]:
    """Of each post, by time: its step, why it is out of turn, whether it is late."""
    return [(a.position, a.out_of_turn, a.late) for a in attribute(run, posts)]


def on(time: str, position: int, opening: int = 0) -> Next:
    return Next(at=at(time), by=ANA, position=position, opening=opening, anyway=True)


def back(time: str, position: int, opening: int = 0) -> Reopened:
    return Reopened(at=at(time), by=ANA, position=position, opening=opening)


def announced(time: str, position: int, opening: int = 0) -> Announced:
    return Announced(at=at(time), position=position, opening=opening)


# Windows.


def test_what_is_said_before_the_first_step_is_kept_and_counts_nowhere() -> None:
    run, early = begun(Floor.OPEN), said(BEN, "2:59:59")
    [found] = attribute(run, [early])
    assert (found.post, found.position, found.in_turn, found.out_of_turn, found.late) == (
        early,
        None,
        False,
        None,
        False,
    )
    assert participation(run, [early]) == (
        Share(0, (BEN, CY, DEE), heard=(), passed=(), not_yet_heard=(), top_share=0.0),
    )


def test_before_the_start_there_is_no_window() -> None:
    assert window_at(waiting(Floor.OPEN), at("3:00")) is None
    assert attribute(waiting(Floor.OPEN), [said(BEN, "2:55")])[0].position is None


def test_a_step_holds_what_is_said_from_its_opening_to_the_next_one() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), on("3:04", 0))
    times = ("3:00", "3:03:59", "3:04", "3:30")
    assert told(run, *(said(BEN, time) for time in times)) == [
        (0, None, False),
        (0, None, False),
        (1, None, False),
        (1, None, False),
    ]


def test_what_is_said_after_the_last_close_belongs_to_no_step() -> None:
    one = after(begun(Floor.OPEN), on("3:04", 0))
    two = after(begun(Floor.OPEN, Floor.OPEN), on("3:02", 0), on("3:04", 1))
    for position, run in enumerate((one, two)):
        assert told(run, said(BEN, "3:03:59"), said(BEN, "3:04")) == [
            (position, None, False),
            (None, None, False),
        ]


def test_what_is_said_before_a_slow_step_post_belongs_to_the_old_step_and_is_not_late() -> None:
    run = after(begun(Floor.PRESENTER, Floor.OPEN), on("3:04", 0), announced("3:04:20", 1))
    posts = [said(BEN, "3:04:10"), said(CY, "3:04:19"), said(CY, "3:04:20")]
    assert told(run, *posts) == [
        (0, None, False),
        (0, Aside.NOT_PRESENTER, False),
        (1, None, False),
    ]


def test_a_slow_step_post_moves_what_was_said_before_it_to_the_old_step() -> None:
    post = said(BEN, "3:04:10")
    run = reloaded(after(begun(Floor.OPEN, Floor.OPEN), on("3:04", 0)), post)
    assert told(run, post) == [(1, None, False)]
    run = after(run, announced("3:04:20", 1))
    assert (told(run, post), run.posts) == ([(0, None, False)], ())


def test_a_step_post_that_comes_after_its_step_has_closed_still_sets_the_window() -> None:
    run = after(
        begun(Floor.OPEN, Floor.OPEN, Floor.OPEN),
        on("3:01", 0),
        on("3:02", 1),
        announced("3:01:30", 1),
        announced("3:02", 2),
    )
    posts = [said(BEN, time) for time in ("3:01:10", "3:01:40", "3:02")]
    assert told(run, *posts) == [(0, None, False), (1, None, False), (2, None, False)]


def test_the_order_in_which_posts_come_changes_nothing() -> None:
    run = after(begun(Floor.ROUND, Floor.OPEN), on("3:04", 0))
    posts = [said(BEN, "3:01"), said(CY, "3:02"), said(BEN, "3:03"), said(DEE, "3:05")]
    in_order = attribute(run, posts)
    assert [a.out_of_turn for a in in_order] == [None, None, Aside.SECOND_IN_ROUND, None]
    assert all(attribute(run, order) == in_order for order in permutations(posts))


def test_of_posts_at_the_same_time_the_key_decides_which_was_first() -> None:
    run = begun(Floor.ROUND)
    first, second = said(BEN, "3:01", key="m1"), said(BEN, "3:01", key="m2")
    assert [a.post.key for a in attribute(run, [second, first])] == ["m1", "m2"]
    assert told(run, second, first) == [(0, None, False), (0, Aside.SECOND_IN_ROUND, False)]


# Late, and opened again.


def test_what_somebody_adds_to_a_step_after_its_close_is_late() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), on("3:04", 0))
    in_time, too_late = (
        replace(said(BEN, "3:03:59"), placed=0),
        replace(said(CY, "3:04"), placed=0),
    )
    assert told(run, in_time, too_late) == [(0, None, False), (0, None, True)]


def test_what_is_added_after_the_run_is_late_too() -> None:
    run = after(begun(Floor.OPEN), on("3:04", 0))
    assert told(run, replace(said(BEN, "4:00"), placed=0)) == [(0, None, True)]


def test_what_is_added_before_its_step_opens_is_not_late() -> None:
    early = replace(said(BEN, "3:01"), placed=1)
    run = begun(Floor.OPEN, Floor.OPEN)
    assert told(run, early) == [(1, None, False)]
    assert told(after(run, on("3:04", 0)), early) == [(1, None, False)]


def test_a_slow_step_post_leaves_time_to_add_to_the_old_step() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), on("3:04", 0), announced("3:04:20", 1))
    slow, late = replace(said(BEN, "3:04:10"), placed=0), replace(said(CY, "3:04:20"), placed=0)
    assert told(run, slow, late) == [(0, None, False), (0, None, True)]


def test_a_reopened_step_has_a_second_window_and_the_interrupted_one_too() -> None:
    run = after(
        begun(Floor.OPEN, Floor.OPEN), on("3:04", 0), back("3:05", 1), on("3:07", 0, opening=1)
    )
    times = ("3:03", "3:04:30", "3:06", "3:08")
    assert told(run, *(said(BEN, time) for time in times)) == [
        (0, None, False),
        (1, None, False),
        (0, None, False),
        (1, None, False),
    ]
    added = [replace(said(BEN, time), placed=0) for time in times]
    assert told(run, *added) == [
        (0, None, False),
        (0, None, True),
        (0, None, False),
        (0, None, True),
    ]


def test_a_reopened_step_is_not_sealed_again() -> None:
    run = after(begun(Floor.ALONE, Floor.OPEN), on("3:04", 0), back("3:05", 1))
    posts = [said(BEN, "3:01"), written(CY, "3:02", placed=0), said(DEE, "3:06")]
    assert told(run, *posts) == [
        (0, Aside.SEALED_STEP, False),
        (0, None, False),
        (0, None, False),
    ]


# Out of turn.


def test_who_only_leads_may_speak_in_a_sealed_step_and_who_takes_part_writes_alone() -> None:
    led = begun(Floor.ALONE)
    joined = begun(Floor.ALONE, options=Options(takes_part=True))
    post = said(ANA, "3:01")
    assert told(led, post) == [(0, None, False)]
    assert told(joined, post) == [(0, Aside.SEALED_STEP, False)]


def test_what_is_written_alone_before_everybodys_eyes_is_no_secret() -> None:
    visible = begun(step(Floor.ALONE, reveal=Reveal.VISIBLE))
    assert told(visible, said(BEN, "3:01")) == [(0, None, False)]


def test_what_is_said_in_the_tail_of_a_sealed_step_goes_by_its_floor() -> None:
    run = after(begun(Floor.ALONE, Floor.OPEN), on("3:04", 0), announced("3:04:20", 1))
    assert told(run, said(BEN, "3:04:10")) == [(0, Aside.SEALED_STEP, False)]


def test_observers_and_strangers_are_marked_as_observers_and_count_for_nothing() -> None:
    looks_on = Joined(at=at("3:00:30"), by=EVE, kind=MemberKind.OBSERVER)
    post = said(EVE, "3:01")
    for run in (after(begun(Floor.OPEN), looks_on), begun(Floor.OPEN)):
        assert told(run, post) == [(0, Aside.OBSERVER, False)]
        assert told(run, replace(post, admitted_by=ANA)) == [(0, None, False)]
        assert participation(run, [post])[0].heard == ()


ROUND = begun(Floor.ROUND)
BEN_1, BEN_2, BEN_3 = said(BEN, "3:01"), said(BEN, "3:02"), said(BEN, "3:04")
CY_1, DEE_1 = said(CY, "3:03"), said(DEE, "3:03:30")
SECOND = Aside.SECOND_IN_ROUND
ROUNDS: list[tuple[str, Run, list[Post], list[Aside | None]]] = [
    ("a second post before everybody's turn", ROUND, [BEN_1, BEN_2, CY_1], [None, SECOND, None]),
    ("a third one too", ROUND, [BEN_1, BEN_2, CY_1, BEN_3], [None, SECOND, None, SECOND]),
    ("after everybody's turn", ROUND, [BEN_1, CY_1, DEE_1, BEN_3], [None] * 4),
    (
        "an answer to another person",
        ROUND,
        [CY_1, said(BEN, "3:03:10"), said(BEN, "3:03:20", answers=CY)],
        [None] * 3,
    ),
    (
        "an answer to oneself",
        ROUND,
        [BEN_1, replace(BEN_2, answers=BEN)],
        [None, SECOND],
    ),
    (
        "an answer as the first post",
        ROUND,
        [replace(BEN_1, answers=CY)],
        [None],
    ),
    (
        "who passed is not waited for",
        after(
            ROUND,
            Passed(at=at("3:01:30"), by=CY, position=0),
            Passed(at=at("3:02"), by=DEE, position=0),
        ),
        [BEN_1, BEN_2],
        [None, None],
    ),
    (
        "who passes later was waited for until then",
        after(
            ROUND,
            Passed(at=at("3:01:30"), by=CY, position=0),
            Passed(at=at("3:02:01"), by=DEE, position=0),
        ),
        [BEN_1, BEN_2],
        [None, SECOND],
    ),
    (
        "a deleted post frees the turn",
        ROUND,
        [replace(BEN_1, deleted_at=at("3:01:30")), BEN_2],
        [None, None],
    ),
    ("an empty post takes no turn", ROUND, [replace(BEN_1, words=0), BEN_2], [None, None]),
    (
        "an edited post keeps its turn",
        ROUND,
        [replace(BEN_1, words=9, edited_at=at("3:01:30")), BEN_2],
        [None, SECOND],
    ),
    (
        "a practical post takes no turn",
        ROUND,
        [replace(BEN_1, aside_by=BEN), BEN_2],
        [Aside.PRACTICAL, None],
    ),
    (
        "what was let in is in turn",
        ROUND,
        [BEN_1, replace(BEN_2, admitted_by=ANA), BEN_3],
        [None, None, SECOND],
    ),
    (
        "what was let in and then called practical is practical",
        ROUND,
        [BEN_1, replace(BEN_2, admitted_by=ANA, aside_by=BEN)],
        [None, Aside.PRACTICAL],
    ),
    (
        "who only leads may speak again while others wait, no turn of a participant",
        begun(Floor.OPEN, Floor.ROUND),
        [said(ANA, "3:01"), said(ANA, "3:02")],
        [None, None],
    ),
]


@pytest.mark.parametrize(
    ("run", "posts", "asides"), [row[1:] for row in ROUNDS], ids=[row[0] for row in ROUNDS]
)
def test_in_a_round_everybody_speaks_once_before_anybody_speaks_twice(
    run: Run, posts: list[Post], asides: list[Aside | None]
) -> None:
    assert [a.out_of_turn for a in attribute(run, posts)] == asides
    assert [a.in_turn for a in attribute(run, posts)] == [aside is None for aside in asides]


def test_what_is_let_in_is_in_turn_on_every_floor() -> None:
    for floor in Floor:
        post = replace(said(CY, "3:01"), admitted_by=ANA)
        assert told(begun(floor), post) == [(0, None, False)]


def test_a_mention_in_the_channel_counts_like_a_post_in_the_thread() -> None:
    post = replace(said(BEN, "3:01"), captured_by=CapturedBy.MENTION)
    assert told(begun(Floor.OPEN), post) == [(0, None, False)]
    assert told(begun(Floor.ALONE), post) == [(0, Aside.SEALED_STEP, False)]
