"""The report in the thread."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.cards.model import Button, Buttons, Card, Heading, List, Person, Style, Text, Words
from bot.cards.reports import Artifact, Commitment, Report, ReportStep, report_card
from bot.cards.words import english
from protocols.run import PersonId
from tests.protocols.factories import ANA, BEN, CY, at

HEARD = ReportStep(
    position=0,
    title="Notice alone",
    opened_at=at("3:00"),
    closed_at=at("3:05"),
    how="closed by the clock",
    contributions=2,
    aside=1,
    expected=(BEN, CY),
    heard=(BEN,),
    passed=(),
    top_share=0.5,
)
QUESTIONS = replace(HEARD, position=1, title="Questions", expected=(), heard=())
LEFT_OUT = replace(HEARD, position=2, title="Discuss", opened_at=None, how="ended early")
REPORT = Report(
    run="abcdefgh234567ab",
    title="Notice and Wonder",
    team="Grade 7",
    ended=True,
    cancelled=False,
    rehearsal=False,
    one_room=False,
    started_at=at("3:00"),
    ended_at=at("3:45"),
    facilitator=ANA,
    steps=(HEARD, QUESTIONS, LEFT_OUT),
    artifacts=(Artifact(BEN, "Link", "https://a.example"),),
    commitments=(),
    attribution="After a routine that many use.",
)


def test_a_report_says_what_was_done_and_who_was_heard() -> None:
    assert report_card(english, REPORT) == snapshot(
        Card(
            elements=(
                Heading(text="Report: Notice and Wonder"),
                List(
                    items=(
                        ("1. Notice alone", ": ", "1/2", " heard, ", "2", " said"),
                        ("2. Questions", ": ", "2", " said"),
                        ("3. Discuss", ": left out (", "ended early", ")"),
                    )
                ),
                Text(parts=("After a routine that many use.",), quiet=True),
                Buttons(
                    buttons=(
                        Button(
                            label="Open the report",
                            act="report",
                            run="abcdefgh234567ab",
                            style=Style.PRIMARY,
                        ),
                        Button(label="Same time next week?", act="again", run="abcdefgh234567ab"),
                    )
                ),
            ),
            summary="Report: Notice and Wonder",
        )
    )


def test_what_was_promised_stands_in_the_report_as_it_was_written() -> None:
    commitments = (
        Commitment(BEN, "Try *it* {with} 7B", date(2026, 12, 1)),
        Commitment(CY, "Read", None),
    )
    assert report_card(english, replace(REPORT, commitments=commitments)).elements[2:4] == snapshot(
        (
            Text(parts=("What we promised:",)),
            List(
                items=(
                    (
                        Person(id=PersonId("BEN")),
                        ": ",
                        Words(text="Try *it* {with} 7B"),
                        " (2026-12-01)",
                    ),
                    (Person(id=PersonId("CY")), ": ", Words(text="Read")),
                )
            ),
        )
    )


def test_a_run_in_one_room_says_that_it_counts_the_written_part() -> None:
    assert report_card(english, replace(REPORT, one_room=True)).elements[2] == snapshot(
        Text(parts=("You were in one room: this is the written part only.",), quiet=True)
    )


@given(st.integers(1, 50), st.integers(0, 60), st.text(max_size=200), st.integers(0, 200))
def test_the_longest_report_is_still_one_card(
    steps: int, commitments: int, what: str, people: int
) -> None:
    step = replace(HEARD, title="t" * 75, expected=(BEN,) * people, heard=(BEN,) * people)
    promise = Commitment(BEN, (what or "w") * 30, date(2026, 12, 1))
    longest = replace(
        REPORT,
        title="T" * 75,
        steps=tuple(replace(step, position=n) for n in range(steps)),
        commitments=(promise,) * commitments,
        attribution="a" * 300,
        one_room=True,
    )
    card = report_card(english, longest)
    assert isinstance(card, Card)
    lists = [element for element in card.elements if isinstance(element, List)]
    words = [p for e in lists[1:] for item in e.items for p in item if isinstance(p, Words)]
    assert len(words) == min(commitments, 20)
