"""The nine floors as a table: who may speak, who is expected to, who is never listed as unheard."""

from dataclasses import replace

import pytest

from protocols.events import Joined, Left, Next, Reopened, RoleHanded
from protocols.floors import expected, is_expected, refusal, speaks_alone
from protocols.model import FACILITATOR, PRESENTER, Floor, Reveal, Step
from protocols.participation import waiting_for
from protocols.run import Aside, Member, MemberKind, Options, PersonId, Run
from tests.protocols.factories import ANA, BEN, CY, DEE, EVE, after, at, begun, protocol, step

FAY = PersonId("FAY")
SCORER = "scorer"
ROLES = {FACILITATOR: ANA, PRESENTER: BEN, SCORER: EVE}
# Ana leads only, Ben presents, Cy and Dee are the group, Eve scores, Fay is away.
CIRCLES = {ANA: 1, BEN: 1, CY: 1, DEE: 2, EVE: 1, FAY: 1}
PEOPLE = tuple(
    Member(person, MemberKind.PARTICIPANT, at("2:50"), circle=circle, away=person == FAY)
    for person, circle in CIRCLES.items()
)
EVERYONE = (ANA, BEN, CY, DEE, EVE, FAY)


def run_of(one: Step, *, takes_part: bool = False) -> Run:
    return begun(one, roles=ROLES, people=PEOPLE, options=Options(takes_part=takes_part))


def may_speak(run: Run) -> tuple[PersonId, ...]:
    return tuple(person for person in EVERYONE if refusal(run, 0, person) is None)


def why_not(run: Run) -> set[Aside]:
    return {aside for person in EVERYONE if (aside := refusal(run, 0, person))}


# floor -> who may speak, why nobody else, who is expected, whether one speaks alone, is it sealed
FLOORS = {
    Floor.ROUND: (EVERYONE, set(), (BEN, CY, DEE, EVE), False, False),
    Floor.OPEN: (EVERYONE, set(), (BEN, CY, DEE, EVE), False, False),
    Floor.ALONE: (EVERYONE, set(), (BEN, CY, DEE, EVE), False, True),
    Floor.PRESENTER: ((ANA, BEN), {Aside.NOT_PRESENTER}, (BEN,), True, False),
    Floor.FACILITATOR: ((ANA,), {Aside.NOT_FACILITATOR}, (ANA,), True, False),
    Floor.GROUP: ((ANA, CY, DEE, EVE, FAY), {Aside.SILENT_ROLE}, (CY, DEE, EVE), False, False),
    Floor.QUESTIONS: (EVERYONE, set(), (), False, False),
    Floor.INNER: ((ANA, BEN, CY, EVE, FAY), {Aside.OTHER_CIRCLE}, (BEN, CY, EVE), False, False),
    Floor.OUTER: ((ANA, DEE), {Aside.OTHER_CIRCLE}, (DEE,), False, False),
}


@pytest.mark.parametrize("floor", Floor)
def test_each_floor_says_who_speaks_and_who_is_expected_to(floor: Floor) -> None:
    run = run_of(step(floor))
    is_single, is_sealed = speaks_alone(run.step(0)), run.step(0).is_sealed
    row = (may_speak(run), why_not(run), expected(run, 0), is_single, is_sealed)
    assert row == FLOORS[floor]


WITH_SCORER_SILENT = {
    Floor.ROUND: (BEN, CY, DEE),
    Floor.OPEN: (BEN, CY, DEE),
    Floor.ALONE: (BEN, CY, DEE),
    Floor.PRESENTER: (BEN,),
    Floor.FACILITATOR: (ANA,),
    Floor.GROUP: (CY, DEE),
    Floor.QUESTIONS: (),
    Floor.INNER: (BEN, CY),
    Floor.OUTER: (DEE,),
}


@pytest.mark.parametrize("floor", Floor)
def test_a_silent_role_may_not_speak_and_is_never_listed_as_unheard(floor: Floor) -> None:
    run = run_of(replace(step(floor), silent=(SCORER,)))
    told = (refusal(run, 0, EVE), expected(run, 0), waiting_for(run))
    assert told == (Aside.SILENT_ROLE, WITH_SCORER_SILENT[floor], WITH_SCORER_SILENT[floor])


WHO_TAKES_PART = {
    Floor.ROUND: True,
    Floor.OPEN: True,
    Floor.ALONE: True,
    Floor.PRESENTER: False,
    Floor.FACILITATOR: True,
    Floor.GROUP: True,
    Floor.QUESTIONS: False,
    Floor.INNER: True,
    Floor.OUTER: False,
}


@pytest.mark.parametrize("floor", Floor)
def test_a_facilitator_who_takes_part_is_expected_like_all_others(floor: Floor) -> None:
    run = run_of(step(floor), takes_part=True)
    assert is_expected(run, 0, ANA) == WHO_TAKES_PART[floor]


# What a step may add to its floor.

ADDED = [
    (
        "held_by names who presents",
        replace(step(Floor.PRESENTER), held_by=SCORER),
        ((ANA, EVE), {Aside.NOT_PRESENTER}, (EVE,)),
    ),
    (
        "held_by the facilitator expects them though they only lead",
        replace(step(Floor.PRESENTER), held_by=FACILITATOR),
        ((ANA,), {Aside.NOT_PRESENTER}, (ANA,)),
    ),
    (
        "held_by names who is not the group",
        replace(step(Floor.GROUP), held_by=SCORER),
        ((ANA, BEN, CY, DEE, FAY), {Aside.SILENT_ROLE}, (BEN, CY, DEE)),
    ),
    (
        "with lets somebody speak beside the facilitator, unexpected",
        replace(step(Floor.FACILITATOR), with_=(PRESENTER, SCORER)),
        ((ANA, BEN, EVE), {Aside.NOT_FACILITATOR}, (ANA,)),
    ),
    (
        "with lets somebody speak beside the presenter, unexpected",
        replace(step(Floor.PRESENTER), with_=(SCORER,)),
        ((ANA, BEN, EVE), {Aside.NOT_PRESENTER}, (BEN,)),
    ),
    (
        "with lets the presenter redirect the group, unexpected",
        replace(step(Floor.GROUP), with_=(PRESENTER,)),
        (EVERYONE, set(), (CY, DEE, EVE)),
    ),
    (
        "with is for who may speak but need not, though everyone may",
        replace(step(Floor.OPEN), with_=(PRESENTER,)),
        (EVERYONE, set(), (CY, DEE, EVE)),
    ),
    (
        "silent takes several roles",
        replace(step(Floor.OPEN), silent=(PRESENTER, SCORER)),
        ((ANA, CY, DEE, FAY), {Aside.SILENT_ROLE}, (CY, DEE)),
    ),
    (
        "circle 1 is the inner one as by default",
        replace(step(Floor.INNER), circle=1),
        ((ANA, BEN, CY, EVE, FAY), {Aside.OTHER_CIRCLE}, (BEN, CY, EVE)),
    ),
    (
        "circle 2 goes inside",
        replace(step(Floor.INNER), circle=2),
        ((ANA, DEE), {Aside.OTHER_CIRCLE}, (DEE,)),
    ),
    (
        "circle 2 inside leaves circle 1 outside",
        replace(step(Floor.OUTER), circle=2),
        ((ANA, BEN, CY, EVE, FAY), {Aside.OTHER_CIRCLE}, (BEN, CY, EVE)),
    ),
]


@pytest.mark.parametrize(
    ("one", "row"), [case[1:] for case in ADDED], ids=[case[0] for case in ADDED]
)
def test_a_step_adds_to_its_floor(one: Step, row: object) -> None:
    run = run_of(one)
    assert (may_speak(run), why_not(run), expected(run, 0)) == row


def test_all_written_alone_is_sealed_unless_it_is_visible() -> None:
    assert {reveal: step(Floor.ALONE, reveal=reveal).is_sealed for reveal in Reveal} == {
        Reveal.AT_CLOSE: True,
        Reveal.PRIVATE: True,
        Reveal.VISIBLE: False,
        Reveal.UNNAMED: True,
    }


def test_of_what_is_written_alone_only_the_private_is_never_shown() -> None:
    assert [reveal for reveal in Reveal if reveal.is_private] == [Reveal.PRIVATE]


def test_a_reveal_seals_no_other_floor() -> None:
    floors = [floor for floor in Floor if floor is not Floor.ALONE]
    assert not any(step(floor, reveal=reveal).is_sealed for floor in floors for reveal in Reveal)


# Who comes, goes, or takes a role over while a step runs.


def test_who_presented_earlier_in_a_step_may_go_on_but_is_no_longer_expected() -> None:
    handed = RoleHanded(at=at("3:01"), by=ANA, role=PRESENTER, person=CY)
    run = after(run_of(step(Floor.PRESENTER)), handed)
    assert (may_speak(run), expected(run, 0)) == ((ANA, BEN, CY), (CY,))


def test_both_facilitators_of_a_step_may_speak_in_it_and_the_last_one_only_leads() -> None:
    handed = RoleHanded(at=at("3:01"), by=ANA, role=FACILITATOR, person=CY)
    run = after(run_of(step(Floor.PRESENTER)), handed)
    assert may_speak(run) == (ANA, BEN, CY)
    run = after(run_of(step(Floor.ROUND)), handed)
    assert expected(run, 0) == (ANA, BEN, DEE, EVE)


def test_who_joins_after_a_step_opened_is_expected_from_the_next_one_on() -> None:
    run = after(
        begun(Floor.ROUND, Floor.ROUND),
        Joined(at=at("3:01"), by=EVE),
        Next(at=at("3:02"), by=ANA, position=0, anyway=True),
    )
    assert (expected(run, 0), expected(run, 1)) == ((BEN, CY, DEE), (BEN, CY, DEE, EVE))


def test_who_joins_the_moment_a_step_opens_is_expected_in_it() -> None:
    run = begun(Floor.ROUND, people=(*PEOPLE[:3], Member(DEE, MemberKind.PARTICIPANT, at("3:00"))))
    assert expected(run, 0) == (BEN, CY, DEE)


def test_who_leaves_is_not_expected_from_then_on() -> None:
    run = begun(Floor.ROUND, Floor.ROUND)
    left_in_it = after(run, Left(at=at("3:01"), by=DEE))
    assert expected(left_in_it, 0) == (BEN, CY)
    moved_on = after(run, Next(at=at("3:02"), by=ANA, position=0, anyway=True))
    left_after_it = after(moved_on, Left(at=at("3:03"), by=DEE))
    assert (expected(left_after_it, 0), expected(left_after_it, 1)) == ((BEN, CY, DEE), (BEN, CY))


def test_who_leaves_the_moment_a_step_closes_was_expected_in_it() -> None:
    run = begun(Floor.ROUND, Floor.ROUND)
    run = after(run, Next(at=at("3:02"), by=ANA, position=0, anyway=True))
    run = after(run, Left(at=at("3:02"), by=DEE))
    assert (expected(run, 0), expected(run, 1)) == ((BEN, CY, DEE), (BEN, CY))


def test_a_reopened_step_expects_who_was_there_from_its_first_opening_to_its_last_close() -> None:
    run = after(
        begun(Floor.ROUND, Floor.ROUND),
        Next(at=at("3:01"), by=ANA, position=0, anyway=True),
        Joined(at=at("3:02"), by=EVE),
        Reopened(at=at("3:03"), by=ANA, position=1),
        Left(at=at("3:04"), by=DEE),
        Next(at=at("3:05"), by=ANA, position=0, opening=1, anyway=True),
    )
    assert expected(run, 0) == (BEN, CY)


def test_who_left_a_step_and_came_again_is_expected_from_the_next_one_on() -> None:
    run = after(
        begun(Floor.ROUND, Floor.ROUND),
        Left(at=at("3:01"), by=CY),
        Joined(at=at("3:02"), by=CY),
        Next(at=at("3:03"), by=ANA, position=0, anyway=True),
    )
    assert (expected(run, 0), expected(run, 1)) == ((BEN, DEE), (BEN, DEE, CY))


def test_observers_are_expected_nowhere() -> None:
    looks_on = Member(EVE, MemberKind.OBSERVER, at("2:50"), circle=1)
    for floor in Floor:
        run = begun(floor, people=(*PEOPLE[:4], looks_on))
        assert EVE not in expected(run, 0)


def test_nobody_is_expected_in_a_step_that_never_opened() -> None:
    run = begun(Floor.ROUND, Floor.ROUND)
    assert expected(run, 1) == ()


def test_the_last_step_is_the_debrief() -> None:
    assert protocol(Floor.OPEN, Floor.ALONE, Floor.ROUND).debrief == 2
