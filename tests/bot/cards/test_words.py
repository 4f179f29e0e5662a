"""Sentences filled with parts, and texts cut to a length."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cards.model import Link, Option, Part, Person, Text, When, WhenStyle, Words, size
from bot.cards.words import (
    choices,
    clock_time,
    cut,
    english,
    listed,
    parts,
    plain_text,
    quiet,
    text,
)
from protocols.run import PersonId

ANA, BEN, CY = (Person(PersonId(name)) for name in ("ana", "ben", "cy"))
SPANISH = {"{who} writes.": "Escribe {who}.", " and ": " y "}


def spanish(sentence: str) -> str:
    return SPANISH.get(sentence, sentence)


def test_a_sentence_is_translated_before_it_is_filled() -> None:
    assert parts(english, "{who} writes.", who=ANA) == (ANA, " writes.")
    assert parts(spanish, "{who} writes.", who=ANA) == ("Escribe ", ANA, ".")


def test_what_stands_in_a_slot_is_never_read_as_a_slot() -> None:
    assert parts(english, "{what}", what=Words("{who} {0} {")) == (Words("{who} {0} {"),)
    assert parts(english, "{what}", what="{who}") == ("{who}",)


def test_a_slot_without_a_value_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        parts(english, "{who} writes.")


def test_an_empty_value_leaves_nothing_behind() -> None:
    assert text(english, "{a}{b}!", a="", b="Go") == Text(("Go", "!"))
    assert quiet(english, "Psst.") == Text(("Psst.",), quiet=True)


@pytest.mark.parametrize(
    ("people", "row"),
    [
        ((), ()),
        ((ANA,), (ANA,)),
        ((ANA, BEN), (ANA, " y ", BEN)),
        ((ANA, BEN, CY), (ANA, ", ", BEN, " y ", CY)),
        ((ANA,) * 90, (*(ANA, ", ") * 19, ANA, " y ", "70 more")),
    ],
)
def test_people_are_listed_as_one_says_it(people: tuple[Part, ...], row: tuple[Part, ...]) -> None:
    assert listed(spanish, people) == row


def test_a_summary_holds_our_words_and_nobody_s_name_or_words() -> None:
    when = clock_time(datetime(2026, 11, 24, 17, tzinfo=UTC), "America/New_York")
    link = Link("theirs", "https://a.example")
    paragraph = Text((ANA, " writes ", Words("<@U1>"), link, "until ", when))
    assert plain_text(paragraph) == "… writes until 12:00 pm"


def test_people_are_chosen_by_name() -> None:
    assert choices({ANA.id: "Ana", BEN.id: "B" * 80}) == (
        Option("ana", "Ana"),
        Option("ben", "B" * 74 + "…"),
    )


@pytest.mark.parametrize(
    ("hour", "shown"), [(17, "12:05 pm"), (5, "12:05 am"), (4, "11:05 pm"), (20, "3:05 pm")]
)
def test_a_time_carries_the_clock_of_the_team_s_own_zone(hour: int, shown: str) -> None:
    at = datetime(2026, 11, 24, hour, 5, tzinfo=UTC)
    assert clock_time(at, "America/New_York") == When(at, WhenStyle.TIME, shown)


@given(st.text(), st.integers(1, 40))
@example("\N{GRINNING FACE}" * 3, 4)
@example("\ud83d" * 3, 2)
def test_a_cut_text_fits_and_never_ends_in_half_a_character(value: str, limit: int) -> None:
    shown = cut(value, limit)
    assert size(shown) <= limit
    if size(value) <= limit:
        assert shown == value
    else:
        assert shown.endswith("…")
        shown.encode()
