"""The private notes: what they say, and the one next step that each offers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from inline_snapshot import snapshot

from bot.cards.model import Button, Buttons, Card, Person, Style, Text, When
from bot.cards.notes import beside, next_turn, note
from bot.cards.words import english
from protocols.events import Next, Note, Paused, Whisper
from protocols.model import FACILITATOR, Floor
from protocols.run import PersonId, Run
from tests.protocols.factories import ANA, BEN, CY, DEE, after, at, begun, step

ZONE = "America/New_York"
KEY = "m-abc"


def shown(run: Run, kind: Note, *people: PersonId, to: PersonId = CY) -> Card:
    whisper = Whisper(to, kind, run.current.position, people)
    return note(english, run, whisper, ZONE, KEY)


def test_out_of_turn_is_told_kindly_with_the_step_where_it_would_fit() -> None:
    run = begun(Floor.PRESENTER, Floor.PRESENTER, Floor.OPEN)
    assert shown(run, Note.OUT_OF_TURN) == snapshot(
        Card(
            elements=(
                Text(
                    parts=(
                        "This step is for ",
                        Person(id=PersonId("BEN")),
                        "; we listen",
                        " until ",
                        When(
                            at=datetime(2026, 10, 5, hour=15, minute=5, tzinfo=UTC),
                            fallback="11:05 am",
                        ),
                        ".",
                    )
                ),
                Text(parts=("I kept your post and marked it. Nobody else sees this note.",)),
                Buttons(
                    buttons=(
                        Button(
                            label="Use it in step 3",
                            act="use",
                            run="RUN",
                            position=2,
                            extra="m-abc",
                        ),
                        Button(
                            label="It was only practical", act="practical", run="RUN", extra="m-abc"
                        ),
                    )
                ),
            ),
            summary="This step is for …; we listen until 11:05 am. I kept your post and marked it. Nobody else sees this note.",
        )
    )


def test_out_of_turn_in_a_sealed_step_may_be_handed_in() -> None:
    assert shown(begun(Floor.ALONE, Floor.OPEN), Note.OUT_OF_TURN) == snapshot(
        Card(
            elements=(
                Text(
                    parts=(
                        "This step is written alone; the answers open together",
                        " until ",
                        When(
                            at=datetime(2026, 10, 5, hour=15, minute=5, tzinfo=UTC),
                            fallback="11:05 am",
                        ),
                        ".",
                    )
                ),
                Text(parts=("I kept your post and marked it. Nobody else sees this note.",)),
                Buttons(
                    buttons=(
                        Button(label="Hand this in as mine", act="use", run="RUN", extra="m-abc"),
                        Button(
                            label="It was only practical", act="practical", run="RUN", extra="m-abc"
                        ),
                    )
                ),
            ),
            summary="This step is written alone; the answers open together until 11:05 am. I kept your post and marked it. Nobody else sees this note.",
        )
    )


def test_with_no_later_turn_a_post_may_only_be_called_practical() -> None:
    run = after(begun(Floor.PRESENTER, Floor.PRESENTER), Paused(at=at("3:01"), by=ANA))
    assert shown(run, Note.OUT_OF_TURN) == snapshot(
        Card(
            elements=(
                Text(parts=("This step is for ", Person(id=PersonId("BEN")), "; we listen", ".")),
                Text(parts=("I kept your post and marked it. Nobody else sees this note.",)),
                Buttons(
                    buttons=(
                        Button(
                            label="It was only practical", act="practical", run="RUN", extra="m-abc"
                        ),
                    )
                ),
            ),
            summary="This step is for …; we listen. I kept your post and marked it. Nobody else sees this note.",
        )
    )


@pytest.mark.parametrize(
    ("floor", "why"),
    [
        (Floor.GROUP, snapshot("This step is for the group; … listens until 11:05 am. ")),
        (Floor.PRESENTER, snapshot("This step is for …; we listen until 11:05 am. ")),
        (
            Floor.FACILITATOR,
            snapshot("This step is for the facilitator; we listen until 11:05 am. "),
        ),
        (Floor.ROUND, snapshot("This round gives each of us one turn first until 11:05 am. ")),
        (
            Floor.ALONE,
            snapshot("This step is written alone; the answers open together until 11:05 am. "),
        ),
        (
            Floor.INNER,
            snapshot(
                "This step is for the inner circle; the outer circle listens until 11:05 am. "
            ),
        ),
        (
            Floor.OUTER,
            snapshot(
                "This step is for the outer circle; the inner circle listens until 11:05 am. "
            ),
        ),
        (Floor.QUESTIONS, snapshot("This step is for others until 11:05 am. ")),
    ],
)
def test_the_note_says_whose_step_it_is(floor: Floor, why: str) -> None:
    card = shown(begun(floor), Note.OUT_OF_TURN)
    assert card.summary.partition("I kept")[0] == why


def test_without_a_presenter_the_note_speaks_of_the_presenter() -> None:
    run = begun(Floor.GROUP, roles={FACILITATOR: ANA})
    assert shown(run, Note.OUT_OF_TURN).summary.startswith(
        "This step is for the group; the presenter listens until "
    )


def test_the_next_turn_is_the_next_step_in_which_one_may_speak() -> None:
    run = begun(Floor.PRESENTER, Floor.PRESENTER, Floor.ROUND)
    assert next_turn(run, 0, CY) == 2
    assert next_turn(run, 0, BEN) == 1
    assert next_turn(run, 2, CY) is None


def test_late_is_told_with_the_step_s_number() -> None:
    run = after(
        begun(Floor.ALONE, Floor.ROUND), Next(at=at("3:01"), by=ANA, position=0, anyway=True)
    )
    whisper = Whisper(CY, Note.LATE, 0)
    assert note(english, run, whisper, ZONE, None) == snapshot(
        Card(
            elements=(
                Text(
                    parts=(
                        "Your answer arrived after ",
                        "step 1",
                        " had closed. I saved it and marked it late.",
                    )
                ),
            ),
            summary="Your answer arrived after step 1 had closed. I saved it and marked it late.",
        )
    )


def test_the_facilitator_is_told_who_was_not_heard_yet() -> None:
    run = begun(Floor.ROUND)
    assert shown(run, Note.UNHEARD, BEN, CY, DEE, to=ANA) == snapshot(
        Card(
            elements=(
                Text(
                    parts=(
                        "Not heard yet in this step: ",
                        Person(id=PersonId("BEN")),
                        ", ",
                        Person(id=PersonId("CY")),
                        " and ",
                        Person(id=PersonId("DEE")),
                        ".",
                    )
                ),
                Text(
                    parts=(
                        "Three moves to try: invite one of them privately; ask for one sentence each, round the table; or offer that they write it to you instead.",
                    )
                ),
                Text(parts=("Only you see this.",), quiet=True),
            ),
            summary="Not heard yet in this step: …, … and …. Three moves to try: invite one of them privately; ask for one sentence each, round the table; or offer that they write it to you instead. Only you see this.",
        )
    )


def test_one_who_is_missing_is_named_before_the_step_is_closed() -> None:
    assert shown(begun(Floor.ROUND), Note.PREVIEW, BEN, to=ANA) == snapshot(
        Card(
            elements=(
                Text(
                    parts=(
                        "1 person is not in yet: ",
                        Person(id=PersonId("BEN")),
                        ". Close anyway?",
                    )
                ),
                Buttons(
                    buttons=(
                        Button(label="Close anyway", act="anyway", run="RUN", style=Style.PRIMARY),
                    )
                ),
            ),
            summary="1 person is not in yet: …. Close anyway?",
        )
    )


def test_a_timekeeper_is_told_how_many_are_missing_and_not_who() -> None:
    told = shown(begun(Floor.ROUND), Note.PREVIEW, BEN, DEE, to=CY)
    assert told.elements[0] == Text(("2 are not in yet", ". Close anyway?"))


def test_several_who_are_missing_are_counted_and_named() -> None:
    assert shown(begun(Floor.ROUND), Note.PREVIEW, BEN, CY, to=ANA).summary == snapshot(
        "2 are not in yet: … and …. Close anyway?"
    )


def test_a_run_without_a_leader_asks_for_one() -> None:
    assert shown(begun(Floor.ROUND), Note.RELIEF) == snapshot(
        Card(
            elements=(
                Text(
                    parts=(
                        "Nobody leads this run just now. If you take over, the record will say so.",
                    )
                ),
                Buttons(
                    buttons=(Button(label="Take over facilitating", act="takeover", run="RUN"),)
                ),
            ),
            summary="Nobody leads this run just now. If you take over, the record will say so.",
        )
    )


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (Note.AWAITED, "Step 1 of 2: alone has closed. Your answer is still welcome until {day}."),
        (
            Note.AWAITED_STILL,
            "Step 1 of 2: alone: we would still like your answer. It is welcome until {day}.",
        ),
    ],
)
def test_who_was_not_there_may_add_to_a_step(kind: Note, sentence: str) -> None:
    run = after(
        begun(Floor.ALONE, Floor.OPEN), Next(at=at("3:02"), by=ANA, position=0, anyway=True)
    )
    until = datetime(2026, 10, 7, 15, 15, tzinfo=UTC)
    card = note(english, run, Whisper(CY, kind, 0, until=until), ZONE, None)
    told = sentence.format(day="Wednesday, October 7")
    assert card.summary == (f"{told} It joins the others, marked late. Nobody else sees this note.")
    assert card.elements[-1] == Buttons((Button("Add to this step", "add", "RUN"),))


def test_what_was_said_beside_the_thread_may_be_added_to_the_run() -> None:
    assert beside(english, begun(Floor.ROUND), KEY) == snapshot(
        Card(
            elements=(
                Text(
                    parts=(
                        "The protocol is in the thread. Your post here counts for nothing in it.",
                    )
                ),
                Buttons(
                    buttons=(Button(label="Add to the run", act="use", run="RUN", extra="m-abc"),)
                ),
            ),
            summary="The protocol is in the thread. Your post here counts for nothing in it.",
        )
    )


def test_a_reopened_step_is_named_with_its_own_opening() -> None:
    run = begun(Floor.ALONE)
    again = replace(run, openings=(replace(run.current, opening=1),))
    buttons = beside(english, again, KEY).elements[-1]
    assert [b.id for b in getattr(buttons, "buttons", ())] == ["use:RUN:0:1:m-abc"]


def test_who_is_silent_in_an_open_step_is_told_that_it_is_for_others() -> None:
    run = begun(replace(step(Floor.OPEN), silent=(FACILITATOR,)))
    assert shown(run, Note.OUT_OF_TURN, to=ANA).summary == snapshot(
        "This step is for others until 11:05 am. I kept your post and marked it. Nobody else sees this note."
    )
