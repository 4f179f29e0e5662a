"""The run card through a run's life, and what stands behind *More*."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from inline_snapshot import snapshot

from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Facts,
    Heading,
    People,
    Person,
    Progress,
    Style,
    Text,
    When,
)
from bot.cards.runs import run_card
from bot.cards.words import english
from protocols.events import Cancelled, Next, Paused, Posted, Tick
from protocols.model import Floor
from protocols.run import Mark, PersonId, Run
from tests.protocols.factories import (
    ANA,
    BEN,
    CY,
    DEE,
    after,
    at,
    begun,
    roster,
    said,
    waiting,
)

ZONE = "America/New_York"
RUN = begun(Floor.ROUND, Floor.OPEN)


def card(run: Run) -> Card:
    return run_card(english, run, ZONE)


def labels(shown: Card) -> list[str]:
    rows = [element for element in shown.elements if isinstance(element, Buttons)]
    return [button.label for row in rows for button in row.buttons]


def test_a_running_run_shows_its_step_its_floor_its_end_and_who_is_in() -> None:
    assert card(RUN) == snapshot(
        Card(
            elements=(
                Heading(text="Sample"),
                Facts(
                    pairs=(
                        ("Now", ("Step 1 of 2: round",)),
                        ("Who speaks", ("Each of us has one turn before anyone speaks twice.",)),
                        (
                            "Until",
                            (
                                When(
                                    at=datetime(2026, 10, 5, hour=15, minute=5, tzinfo=UTC),
                                    fallback="11:05 am",
                                ),
                            ),
                        ),
                        ("Led by", (Person(id=PersonId("ANA")),)),
                    )
                ),
                Progress(done=0, of=3, label="0 of 3 in"),
                People(ids=(ANA, BEN, CY, DEE), label="Who is in"),
                Buttons(
                    buttons=(
                        Button(label="Next", act="next", run="RUN"),
                        Button(label="+2 min", act="extend", run="RUN", extra="2"),
                        Button(label="Pause", act="pause", run="RUN"),
                        Button(label="Join", act="join", run="RUN"),
                        Button(label="More", act="more", run="RUN"),
                    )
                ),
            ),
            summary="Sample. Step 1 of 2: round",
        )
    )


def test_before_it_begins_a_run_shows_its_title_alone() -> None:
    assert card(waiting(Floor.ROUND)) == snapshot(
        Card(elements=(Heading(text="Sample"),), summary="Sample")
    )


def test_a_paused_run_says_so_and_offers_to_go_on() -> None:
    paused = card(after(RUN, Paused(at=at("3:01"), by=ANA)))
    assert paused.elements[1] == snapshot(
        Facts(
            pairs=(
                ("Now", ("Step 1 of 2: round",)),
                ("Who speaks", ("Each of us has one turn before anyone speaks twice.",)),
                ("Until", ("paused",)),
                ("Led by", (Person(id=PersonId("ANA")),)),
            )
        )
    )
    assert labels(paused) == snapshot(["Next", "+2 min", "Resume", "Join", "More"])


def test_a_paused_run_may_be_taken_over_after_a_while() -> None:
    paused = after(RUN, Paused(at=at("3:01"), by=ANA), Tick(at=at("3:06")))
    assert labels(card(paused)) == snapshot(
        ["Next", "+2 min", "Resume", "Join", "Take over facilitating", "More"]
    )


def test_when_all_are_in_next_is_the_button_that_stands_out() -> None:
    heard = [Posted(at=at("3:01"), post=said(person, "3:01")) for person in (BEN, CY, DEE)]
    assert card(after(RUN, *heard)).elements[-1] == snapshot(
        Buttons(
            buttons=(
                Button(label="Next", act="next", run="RUN", style=Style.PRIMARY),
                Button(label="+2 min", act="extend", run="RUN", extra="2"),
                Button(label="Pause", act="pause", run="RUN"),
                Button(label="Join", act="join", run="RUN"),
                Button(label="More", act="more", run="RUN"),
            )
        )
    )


def test_the_debrief_ends_with_finish() -> None:
    debrief = after(RUN, Next(at=at("3:01"), by=ANA, position=0, anyway=True))
    assert labels(card(debrief)) == snapshot(["Finish", "+2 min", "Pause", "Join", "More"])


def test_the_last_minute_and_a_late_clock_are_told() -> None:
    marked = replace(RUN, marks=frozenset({Mark.LAST_MINUTE, Mark.SHIFTED}))
    assert card(marked).elements[1:4] == snapshot(
        (
            Facts(
                pairs=(
                    ("Now", ("Step 1 of 2: round",)),
                    ("Who speaks", ("Each of us has one turn before anyone speaks twice.",)),
                    (
                        "Until",
                        (
                            When(
                                at=datetime(2026, 10, 5, hour=15, minute=5, tzinfo=UTC),
                                fallback="11:05 am",
                            ),
                            " (the last minute)",
                        ),
                    ),
                    ("Led by", (Person(id=PersonId("ANA")),)),
                )
            ),
            Progress(done=0, of=3, label="0 of 3 in"),
            Text(parts=("We are later than planned, so the times have moved.",), quiet=True),
        )
    )


def test_a_step_for_questions_counts_nobody() -> None:
    kinds = [element.kind for element in card(begun(Floor.QUESTIONS)).elements]
    assert kinds == snapshot(["heading", "facts", "people", "buttons"])


def test_a_run_that_nobody_leads_names_nobody() -> None:
    assert card(begun(Floor.ROUND, roles={})).elements[1] == snapshot(
        Facts(
            pairs=(
                ("Now", ("Step 1 of 1: round",)),
                ("Who speaks", ("Each of us has one turn before anyone speaks twice.",)),
                (
                    "Until",
                    (
                        When(
                            at=datetime(2026, 10, 5, hour=15, minute=5, tzinfo=UTC),
                            fallback="11:05 am",
                        ),
                    ),
                ),
            )
        )
    )


def test_a_large_team_is_shown_up_to_twenty() -> None:
    crowd = (ANA, *(PersonId(f"p{number}") for number in range(24)))
    shown = card(begun(Floor.ROUND, people=roster(*crowd)))
    assert People(crowd[:20], "Who is in", 5) in shown.elements


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (
            after(begun(Floor.ROUND), Next(at=at("3:01"), by=ANA, position=0, anyway=True)),
            snapshot(
                Card(
                    elements=(
                        Heading(text="Sample"),
                        Text(parts=("This run is finished. Its report stands in the thread.",)),
                    ),
                    summary="Sample. Step 1 of 1: round",
                )
            ),
        ),
        (
            after(RUN, Cancelled(at=at("3:01"), by=ANA, reason="fire")),
            snapshot(
                Card(
                    elements=(
                        Heading(text="Sample"),
                        Text(
                            parts=("This run was cancelled. What was said is kept in the thread.",)
                        ),
                    ),
                    summary="Sample. Step 1 of 2: round",
                )
            ),
        ),
    ],
    ids=["finished", "cancelled"],
)
def test_a_run_that_is_over_says_where_to_look(run: Run, sentence: Card) -> None:
    assert card(run) == sentence
