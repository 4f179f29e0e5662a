"""What may be attached to a step, and by whom."""

from dataclasses import replace

import pytest

from bot.rules.evidence import LooksOn, attaching, faults, refusal, saving
from bot.rules.inputs import FaultKind
from protocols import events
from protocols.model import Floor
from protocols.run import Member, MemberKind
from tests.protocols.factories import ANA, BEN, CY, DEE, at, begun, step

STEP = step(Floor.OPEN)
LINK, NOTE = "https://a.example", "We saw equal groups."
HELD = "file:aaaaaaaaaaaaaaaa:" + "0" * 64 + ":a.txt"


@pytest.mark.parametrize("given", [{"f1": LINK}, {"f2": HELD}, {"f3": NOTE}])
def test_one_of_the_three_is_enough(given: dict[str, str]) -> None:
    assert faults(STEP, {"f0": "Exit tickets", **given}) == {}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"f0": "Exit tickets"}, {"f1": FaultKind.NOTHING}),
        ({"f0": "Exit tickets", "f3": "  "}, {"f1": FaultKind.NOTHING}),
        ({}, {"f0": FaultKind.MISSING, "f1": FaultKind.NOTHING}),
        ({"f0": " ", "f3": NOTE}, {"f0": FaultKind.MISSING}),
        ({"f0": "Exit tickets", "f1": "nowhere"}, {"f1": FaultKind.NO_LINK}),
        ({"f0": "Exit tickets", "f2": "mine.txt"}, {"f2": FaultKind.NO_FILE}),
        ({"f0": "Exit tickets", "f3": "x" * 3_001}, {"f3": FaultKind.TOO_LONG}),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    given: dict[str, str], found: dict[str, FaultKind]
) -> None:
    assert faults(STEP, given) == found


def test_a_saved_post_needs_only_its_title() -> None:
    assert [field.label for field in saving(STEP).collect] == ["Title"]
    assert [field.label for field in attaching(STEP).collect] == ["Title", "Link", "File", "Note"]


def test_who_is_in_the_run_attaches_to_a_step_that_was_opened() -> None:
    run = begun(Floor.ROUND, Floor.OPEN)
    away = Member(BEN, MemberKind.PARTICIPANT, at("3:00"), left_at=at("3:01"))
    watching = Member(CY, MemberKind.OBSERVER, at("3:00"))
    run = replace(run, roster=(Member(ANA, MemberKind.PARTICIPANT, at("3:00")), away, watching))
    refused = [refusal(run, 0, person) for person in (ANA, BEN, CY, DEE)]
    assert [type(one) for one in refused] == [
        type(None),
        events.NotInRun,
        LooksOn,
        events.NotInRun,
    ]
    assert isinstance(refusal(run, 1, ANA), events.NoSuchStep)
    assert isinstance(refusal(run, 9, ANA), events.NoSuchStep)
    assert isinstance(refusal(replace(run, openings=()), 0, ANA), events.NotStarted)
