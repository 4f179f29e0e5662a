"""A step as people see it: its post, its form, and what was written."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from inline_snapshot import snapshot

from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Heading,
    Part,
    Person,
    Progress,
    Style,
    Text,
    When,
)
from bot.cards.steps import (
    form,
    heading,
    said,
    step_post,
    who_speaks,
)
from bot.cards.words import english
from bot.rules.aims import Aim
from protocols.events import HandedIn, Next, Paused, Resumed
from protocols.model import FACILITATOR, PRESENTER, Field, FieldKind, Floor, Protocol, Reveal
from protocols.run import PersonId, Run
from tests.protocols.factories import (
    ANA,
    BEN,
    LIBRARY,
    after,
    at,
    begun,
    roster,
    step,
    written,
)

ZONE = "America/New_York"
NEXT = Next(at=at("3:01"), by=ANA, position=0, anyway=True)
AIM = Aim("write", "RUN", 0, 0)
EVERY_FIELD = (
    Field("What?", FieldKind.TEXT),
    Field("Which?", FieldKind.CHOICE, options=("warm", "cool")),
    Field("Link", FieldKind.LINK, optional=True),
    Field("File", FieldKind.FILE, optional=True),
    Field("How many?", FieldKind.NUMBER, optional=True),
    Field("My part", FieldKind.COMMITMENT),
)


def post(run: Run) -> Card:
    return step_post(english, run, run.current, ZONE)


def labels(card: Card) -> list[str]:
    return [b.label for e in card.elements if isinstance(e, Buttons) for b in e.buttons]


def test_a_step_post_says_what_to_do_who_speaks_and_until_when() -> None:
    assert post(begun(replace(step(Floor.PRESENTER), say="{presenter}, show us."))) == snapshot(
        Card(
            elements=(
                Heading(text="Step 1 of 1: presenter"),
                Text(parts=(Person(id=PersonId("BEN")), ", show us.")),
                Text(
                    parts=(
                        Person(id=PersonId("BEN")),
                        " speaks, and we listen.",
                        " ",
                        "Until ",
                        When(
                            at=datetime(2026, 10, 5, hour=15, minute=5, tzinfo=UTC),
                            fallback="11:05 am",
                        ),
                        ".",
                    )
                ),
                Buttons(buttons=(Button(label="Done", act="done", run="RUN"),)),
            ),
            summary="Step 1 of 1: presenter …, show us. … speaks, and we listen. Until 11:05 am.",
        )
    )


def test_a_sealed_step_counts_who_is_in() -> None:
    handed = HandedIn(at=at("3:01"), post=written(BEN, "3:01"), position=0)
    assert post(after(begun(Floor.ALONE), handed)) == snapshot(
        Card(
            elements=(
                Heading(text="Step 1 of 1: alone"),
                Text(parts=("Go on.",)),
                Text(
                    parts=(
                        "Everyone writes alone. The answers open together when the step closes.",
                        " ",
                        "Until ",
                        When(
                            at=datetime(2026, 10, 5, hour=15, minute=5, tzinfo=UTC),
                            fallback="11:05 am",
                        ),
                        ".",
                    )
                ),
                Progress(done=1, of=3, label="1 of 3 in"),
                Buttons(
                    buttons=(
                        Button(label="Write mine", act="write", run="RUN", style=Style.PRIMARY),
                        Button(label="Pass", act="pass", run="RUN"),
                    )
                ),
            ),
            summary="Step 1 of 1: alone Go on. Everyone writes alone. The answers open together when the step closes. Until 11:05 am.",
        )
    )


def test_a_round_says_how_long_each_of_us_has() -> None:
    assert post(begun(Floor.ROUND)).elements[2] == snapshot(
        Text(
            parts=(
                "Each of us has one turn before anyone speaks twice.",
                " ",
                "Until ",
                When(
                    at=datetime(2026, 10, 5, hour=15, minute=5, tzinfo=UTC),
                    fallback="11:05 am",
                ),
                ".",
                " About 100 seconds each.",
            )
        )
    )


def test_a_pause_gives_nobody_more_seconds() -> None:
    paused = after(
        begun(Floor.ROUND), Paused(at=at("3:01"), by=ANA), Resumed(at=at("3:31"), by=ANA)
    )
    text = post(paused).elements[2]
    assert isinstance(text, Text)
    assert text.parts[-1] == " About 100 seconds each."


def test_a_round_of_nobody_divides_nothing() -> None:
    assert post(begun(Floor.ROUND, people=roster(ANA))).elements[2] == snapshot(
        Text(
            parts=(
                "Each of us has one turn before anyone speaks twice.",
                " ",
                "Until ",
                When(
                    at=datetime(2026, 10, 5, hour=15, minute=5, tzinfo=UTC),
                    fallback="11:05 am",
                ),
                ".",
            )
        )
    )


def test_a_closed_step_says_when_and_takes_what_comes_later() -> None:
    run = after(begun(Floor.ROUND, Floor.OPEN), NEXT)
    assert step_post(english, run, run.openings[0], ZONE) == snapshot(
        Card(
            elements=(
                Heading(text="Step 1 of 2: round"),
                Text(parts=("Go on.",)),
                Text(
                    parts=(
                        "Closed at ",
                        When(
                            at=datetime(2026, 10, 5, hour=15, minute=1, tzinfo=UTC),
                            fallback="11:01 am",
                        ),
                        ".",
                    ),
                    quiet=True,
                ),
                Buttons(buttons=(Button(label="Add to this step", act="add", run="RUN"),)),
            ),
            summary="Step 1 of 2: round Go on. Closed at 11:01 am.",
        )
    )


def test_a_paused_step_says_so() -> None:
    paused = post(after(begun(Floor.OPEN), Paused(at=at("3:01"), by=ANA)))
    assert paused.elements[2] == Text(("Anyone may speak.", " ", "The clock is paused."))


@pytest.mark.parametrize(
    ("floor", "collect", "wanted"),
    [
        (Floor.ALONE, (), ["Write mine", "Pass"]),
        (Floor.ROUND, (), ["Pass"]),
        (Floor.ROUND, EVERY_FIELD, ["Add", "Pass"]),
        (Floor.PRESENTER, (), ["Done"]),
        (Floor.PRESENTER, EVERY_FIELD, ["Add", "Done"]),
    ],
)
def test_a_step_offers_what_its_floor_allows(
    floor: Floor, collect: tuple[Field, ...], wanted: list[str]
) -> None:
    assert labels(post(begun(replace(step(floor), collect=collect)))) == wanted


@pytest.mark.parametrize(
    ("floor", "reveal_how", "sentence"),
    [
        (
            Floor.ROUND,
            Reveal.AT_CLOSE,
            snapshot(("Each of us has one turn before anyone speaks twice.",)),
        ),
        (Floor.OPEN, Reveal.AT_CLOSE, snapshot(("Anyone may speak.",))),
        (
            Floor.ALONE,
            Reveal.AT_CLOSE,
            snapshot(("Everyone writes alone. The answers open together when the step closes.",)),
        ),
        (
            Floor.ALONE,
            Reveal.PRIVATE,
            snapshot(("Everyone looks and writes alone. Your notes stay yours.",)),
        ),
        (
            Floor.PRESENTER,
            Reveal.AT_CLOSE,
            snapshot((Person(id=PersonId("BEN")), " speaks, and we listen.")),
        ),
        (
            Floor.FACILITATOR,
            Reveal.AT_CLOSE,
            snapshot((Person(id=PersonId("ANA")), " speaks, and we listen.")),
        ),
        (
            Floor.GROUP,
            Reveal.AT_CLOSE,
            snapshot(("All of us but ", Person(id=PersonId("BEN")), ", who listens.")),
        ),
        (
            Floor.QUESTIONS,
            Reveal.AT_CLOSE,
            snapshot(("We ask ", Person(id=PersonId("BEN")), " short questions.")),
        ),
        (
            Floor.INNER,
            Reveal.AT_CLOSE,
            snapshot(("The inner circle speaks, and the outer circle listens.",)),
        ),
        (
            Floor.OUTER,
            Reveal.AT_CLOSE,
            snapshot(("The outer circle speaks, and the inner circle listens.",)),
        ),
    ],
)
def test_every_floor_is_one_sentence(
    floor: Floor, reveal_how: Reveal, sentence: tuple[Part, ...]
) -> None:
    assert who_speaks(english, begun(step(floor, reveal=reveal_how)), 0) == sentence


def test_a_role_that_nobody_holds_is_named_by_its_word() -> None:
    run = begun(replace(step(Floor.PRESENTER), say="{presenter} shows."), roles={FACILITATOR: ANA})
    assert said(english, run, 0) == ("the presenter", " shows.")
    assert run.holder(PRESENTER) is None


@pytest.mark.parametrize("definition", LIBRARY.protocols, ids=lambda p: p.id)
def test_every_step_of_the_library_makes_its_post_and_its_form(definition: Protocol) -> None:
    run = replace(begun(Floor.ROUND), definition=definition)
    for position in range(len(definition.steps)):
        there = replace(run, openings=(replace(run.current, position=position),))
        aim = Aim("write", "RUN", position, 0)
        assert post(there).elements[0] == heading(english, there, position)
        assert form(english, there, aim, {BEN: "Ben"}, {}).id == aim.id
