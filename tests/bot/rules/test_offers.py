"""What is offered for a need, and who does what in a start by one press."""

from dataclasses import replace

import pytest

from bot.rules.offers import absentee_days, by_need, role_that_brings, roles, roster
from protocols.floors import expected
from protocols.model import FACILITATOR, PRESENTER, TIMEKEEPER, Floor, Need
from protocols.run import Held, Member, MemberKind
from tests.protocols.factories import ANA, BEN, CY, DEE, EVE, LIBRARY, at, begun, protocol, step

SAMPLE = protocol(Floor.ROUND)


def test_the_protocol_with_the_lowest_threshold_is_offered_first() -> None:
    assert {need: [p.id for p in by_need(LIBRARY.protocols, need)] for need in Need} == {
        Need.PLAN_LESSON: [
            "socratic-plan",
            "socratic-run",
            "tuning",
            "charrette",
            "goal-set",
            "success",
        ],
        Need.STUDENT_WORK: ["notice-wonder", "assessment", "slice", "atlas-work", "cac"],
        Need.STUDY_DATA: ["notice-wonder", "atlas-data", "ddd", "goal-set", "impact"],
        Need.READ_RESEARCH: [
            "article-trial",
            "four-as",
            "last-word",
            "text-rendering",
            "final-word",
        ],
        Need.DILEMMA: ["chalk-talk", "charrette", "fishbowl", "norms", "success", "consultancy"],
    }


def test_of_two_others_the_one_without_readiness_comes_first_then_by_title() -> None:
    ready, easy, later = (
        replace(SAMPLE, id=title, title=title, needs=(Need.DILEMMA,), readiness=title == "A")
        for title in ("A", "B", "C")
    )
    assert by_need([later, ready, easy], Need.DILEMMA) == (easy, later, ready)


def test_who_names_the_need_first_comes_before_who_names_it_too() -> None:
    too = replace(SAMPLE, title="A", needs=(Need.STUDY_DATA, Need.DILEMMA))
    first = replace(SAMPLE, title="B", needs=(Need.DILEMMA, Need.STUDY_DATA))
    assert by_need([too, first], Need.DILEMMA) == (first, too)
    assert by_need([first, too], Need.STUDY_DATA) == (too, first)


def test_the_starter_facilitates_and_the_others_come_in_turn() -> None:
    assert roles(SAMPLE, ANA, [ANA, BEN, CY]) == (
        Held(FACILITATOR, ANA, 0),
        Held(PRESENTER, BEN, 0),
        Held(TIMEKEEPER, CY, 0),
    )


def test_who_was_chosen_for_a_role_gets_it_and_no_second_one() -> None:
    assert roles(SAMPLE, ANA, [ANA, BEN, CY], {TIMEKEEPER: BEN}) == (
        Held(FACILITATOR, ANA, 0),
        Held(PRESENTER, CY, 0),
        Held(TIMEKEEPER, BEN, 0),
    )


def test_with_nobody_left_a_role_stays_free() -> None:
    assert roles(SAMPLE, ANA, [ANA, BEN]) == (Held(FACILITATOR, ANA, 0), Held(PRESENTER, BEN, 0))


def test_the_material_is_brought_by_whom_the_steps_name() -> None:
    owned = replace(step(Floor.GROUP), held_by="lesson owner")
    assert role_that_brings(protocol(Floor.ROUND, owned)) == "lesson owner"
    assert role_that_brings(protocol(Floor.ROUND, Floor.OPEN)) is None


def test_the_facilitator_never_brings_it() -> None:
    led = replace(step(Floor.PRESENTER), held_by=FACILITATOR)
    named = replace(step(Floor.FACILITATOR), with_=(FACILITATOR, TIMEKEEPER))
    assert role_that_brings(protocol(led, Floor.ROUND)) is None
    assert role_that_brings(protocol(named, Floor.ROUND)) == TIMEKEEPER
    assert role_that_brings(protocol(named, led, Floor.QUESTIONS)) == PRESENTER


def test_every_protocol_knows_who_brings_the_material() -> None:
    brings = {p.id: role_that_brings(p) for p in LIBRARY.protocols}
    assert {name: role for name, role in brings.items() if role} == {
        "article-trial": "finder",
        "assessment": "assessment owner",
        "atlas-data": "data owner",
        "atlas-work": "presenter",
        "cac": "presenting teacher",
        "charrette": "presenter",
        "consultancy": "presenter",
        "ddd": "data coach",
        "impact": "data owner",
        "socratic-plan": "lesson owner",
        "success": "presenter",
        "tuning": "presenter",
    }


def test_the_scorer_of_a_socratic_circle_is_never_waited_for_while_the_circles_talk() -> None:
    circles = next(p for p in LIBRARY.protocols if p.id == "socratic-run")
    team = (ANA, BEN, CY, DEE, EVE)
    run = replace(
        begun(Floor.ROUND),
        definition=circles,
        roster=roster(team, at("2:50")),
        roles=roles(circles, ANA, team),
    )
    assert run.holder("scorer") == BEN
    spoken = {}
    for position in range(len(circles.steps)):
        there = replace(run, openings=(replace(run.current, position=position),))
        spoken[position + 1] = expected(there, position)
    assert spoken == {
        1: (BEN, CY, DEE, EVE),
        2: (CY, EVE),
        3: (DEE,),
        4: (DEE,),
        5: (CY, EVE),
        6: (BEN, CY, DEE, EVE),
    }


def test_who_is_here_takes_part_from_the_start_on_in_two_circles_by_turns() -> None:
    now = at("3:00")
    assert roster([ANA, BEN], now) == (
        Member(ANA, MemberKind.PARTICIPANT, now, circle=1),
        Member(BEN, MemberKind.PARTICIPANT, now, circle=2),
    )


@pytest.mark.parametrize(
    ("text", "days"),
    [("2", 2), (" 0 ", 0), ("10", 10), ("11", None), ("-1", None), ("1.5", None), ("", None)],
)
def test_absentees_have_up_to_ten_school_days(text: str, days: int | None) -> None:
    assert absentee_days(text) == days
    assert absentee_days("9" * 5_000) is None
