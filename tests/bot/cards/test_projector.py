"""The wall: the step, who speaks, how long; never who is waited for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards.model import Card, Heading, Person, Progress, Text, When
from bot.cards.projector import projector_card
from bot.cards.words import english
from protocols.events import Cancelled, Paused
from protocols.model import Clock, Floor
from protocols.run import Phase, Run
from tests.protocols.factories import ANA, after, at, begun, said, waiting

ZONE = "America/New_York"
RUN = begun(Floor.ROUND, Floor.OPEN)


def card(run: Run, time: str = "3:01") -> Card:
    return projector_card(english, run, at(time), ZONE)


def clock(shown: Card) -> str:
    parts = [one.parts for one in shown.elements if isinstance(one, Text)][2]
    return "".join(one.fallback if isinstance(one, When) else str(one) for one in parts)


def test_it_shows_the_step_and_how_many_are_in() -> None:
    shown = card(replace(RUN, posts=(said(ANA, "3:00:30"),)))
    assert shown.elements[0] == Heading("Step 1 of 2: round")
    assert isinstance(shown.elements[-1], Progress)
    assert not any(
        isinstance(part, Person) for e in shown.elements if isinstance(e, Text) for part in e.parts
    )


def test_its_clock_is_quiet() -> None:
    ends = RUN.step_ends
    assert ends is not None
    said_of = {
        left: clock(projector_card(english, RUN, ends - left, ZONE)).partition(": ")[2]
        for left in (
            timedelta(minutes=4),
            timedelta(seconds=61),
            timedelta(minutes=1),
            timedelta(0),
        )
    }
    assert list(said_of.values()) == [
        "4 minutes",
        "2 minutes",
        "the last minute",
        "the last minute",
    ]


def test_a_paused_clock_says_so() -> None:
    assert clock(card(after(RUN, Paused(at=at("3:01"), by=ANA)))) == "The clock is paused."


def test_over_school_days_it_names_the_day_alone() -> None:
    shown = clock(card(replace(RUN, clock=Clock.SCHOOL_DAYS)))
    assert shown.startswith("Until ")
    assert "minute" not in shown


def test_a_floor_that_expects_nobody_counts_nobody() -> None:
    shown = card(begun(Floor.QUESTIONS))
    assert not any(isinstance(element, Progress) for element in shown.elements)


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.FINISHED, Phase.CANCELLED])
def test_before_and_after_it_rests(phase: Phase) -> None:
    shown = card(replace(waiting(Floor.OPEN), phase=phase))
    wanted = "We begin soon." if phase is Phase.WAITING else "We are done. Thank you."
    assert shown.elements[1] == Text((wanted,))
    assert after(RUN, Cancelled(at=at("3:02"), by=ANA, reason="rain")).phase is Phase.CANCELLED
