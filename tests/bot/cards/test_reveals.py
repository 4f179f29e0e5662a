"""What was written alone or comes later, shown side by side."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.cards.model import (
    Card,
    Heading,
    Person,
    Text,
    Words,
    size,
)
from bot.cards.reports import Answer
from bot.cards.steps import (
    added,
    reveal,
)
from bot.cards.words import english
from bot.rules.inputs import LONGEST
from protocols.model import Floor
from protocols.run import PersonId
from tests.protocols.factories import (
    ANA,
    BEN,
    CY,
    begun,
)


def answer_of(person: PersonId | None, *values: str, late: bool = False) -> Answer:
    return Answer(person, late, tuple((f"Field {n}", value) for n, value in enumerate(values)))


def test_what_was_written_is_shown_side_by_side() -> None:
    answers = [
        answer_of(BEN, "Two <b>pieces</b>", ""),
        answer_of(None, "One", "Two", late=True),
    ]
    assert reveal(english, begun(Floor.ALONE), 0, answers) == snapshot(
        [
            Card(
                elements=(
                    Heading(text="Step 1 of 1: alone"),
                    Text(parts=("This is what we wrote.",), quiet=True),
                    Text(parts=(Person(id=PersonId("BEN")), ":")),
                    Text(parts=(Words(text="Two <b>pieces</b>"),)),
                    Text(parts=("Somebody", ", after the step had closed:")),
                    Text(parts=("Field 0",), quiet=True),
                    Text(parts=(Words(text="One"),)),
                    Text(parts=("Field 1",), quiet=True),
                    Text(parts=(Words(text="Two"),)),
                ),
                summary="Step 1 of 1: alone",
            )
        ]
    )


def test_one_answer_is_added_as_it_comes() -> None:
    assert added(
        english, begun(Floor.ALONE), 0, answer_of(BEN, "Late but true", late=True)
    ) == snapshot(
        [
            Card(
                elements=(
                    Heading(text="Added to step 1: alone"),
                    Text(parts=(Person(id=PersonId("BEN")), ", after the step had closed:")),
                    Text(parts=(Words(text="Late but true"),)),
                ),
                summary="Added to step 1: alone",
            )
        ]
    )


def words_in(cards: list[Card]) -> list[str]:
    texts = [e for card in cards for e in card.elements if isinstance(e, Text)]
    return [part.text for text in texts for part in text.parts if isinstance(part, Words)]


def starts(card: Card) -> list[Text]:
    """The lines that say whose answer follows."""
    return [e for e in card.elements if isinstance(e, Text) and e.parts[-1] == ":"]


def test_a_long_reveal_is_cut_between_answers() -> None:
    people = [PersonId(f"p{number}") for number in range(8)]
    answers = [answer_of(person, person + "x" * 2_900) for person in people]
    cards = reveal(english, begun(Floor.ALONE), 0, answers)
    assert [len(starts(card)) for card in cards] == [3, 3, 2]
    assert words_in(cards) == [answer.fields[0][1] for answer in answers]
    assert {card.elements[0] for card in cards} == {Heading("Step 1 of 1: alone")}


def test_an_answer_that_no_card_could_hold_is_cut_between_its_fields() -> None:
    answer = answer_of(BEN, *("x" * LONGEST for _ in range(20)))
    for cards in (
        reveal(english, begun(Floor.ALONE), 0, [answer]),
        added(english, begun(Floor.ALONE), 0, answer),
    ):
        assert words_in(cards) == ["x" * LONGEST] * 20


TYPED = st.text(max_size=5_000) | st.sampled_from(
    [
        "{who}",
        "<@U1>",
        "*b* _i_ ~s~",
        "<script>",
        "[x](javascript:1)",
        "&amp;",
        "@here",
        "\N{GRINNING FACE}" * 3_000,
    ]
)
ANSWERS = st.lists(
    st.builds(
        lambda person, values, late: answer_of(person, *values, late=late),
        st.sampled_from([ANA, BEN, CY, None]),
        st.lists(TYPED, max_size=20),
        st.booleans(),
    ),
    max_size=12,
)


@given(ANSWERS)
def test_whatever_was_written_can_be_shown(answers: list[Answer]) -> None:
    cards = reveal(english, begun(Floor.ALONE), 0, answers)
    given_in = [value for answer in answers for _, value in answer.fields if value]
    shown = words_in(cards)
    assert len(shown) == len(given_in)
    assert all(size(text) <= LONGEST for text in shown)


def texts_outside_words(value: object) -> Iterator[str]:
    """Every text of a card that is not a person's words: what a renderer may read as ours."""
    if isinstance(value, Words):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_outside_words(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_outside_words(getattr(value, field.name))


@given(st.text("*_~<>&@{}[]()`|!", min_size=4, max_size=60))
def test_nothing_that_a_person_wrote_is_ever_our_words(typed: str) -> None:
    run = begun(Floor.ALONE)
    answer = answer_of(BEN, typed, typed)
    for card in [*reveal(english, run, 0, [answer]), *added(english, run, 0, answer)]:
        assert [text for text in texts_outside_words(card) if typed in text] == []
