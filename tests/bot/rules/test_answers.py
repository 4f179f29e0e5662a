"""What comes back from the form of a step, and what is wrong with it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.answers import (
    FREE,
    Answer,
    Commitment,
    count_words,
    faults,
    fields_of,
    joined,
    read,
    reason_fault,
    text_of,
    texts,
    written,
)
from bot.rules.inputs import LONGEST, FaultKind, input_id
from protocols.model import Field, FieldKind, Floor, Step
from tests.protocols.factories import BEN, step

TEXT = Field("What?", FieldKind.TEXT)
CHOICE = Field("Which?", FieldKind.CHOICE, options=("warm", "cool"))
LINK = Field("Link", FieldKind.LINK)
FILE = Field("File", FieldKind.FILE)
NUMBER = Field("How many?", FieldKind.NUMBER)
COMMITMENT = Field("My part", FieldKind.COMMITMENT)
MEASURE = Field("Measure", FieldKind.MEASURE)
COMPARISON = Field("Now", FieldKind.COMPARISON, of=2)


def collecting(*fields: Field) -> Step:
    return replace(step(Floor.ROUND), collect=fields)


def optional(field: Field) -> Field:
    return replace(field, optional=True)


def test_fields_come_back_as_they_were_given_in_the_order_of_the_form() -> None:
    values = {"f0": " Two of eight. ", "f1": "cool", "f2": "https://a.example/1", "f4": "12"}
    assert read(collecting(TEXT, CHOICE, LINK, optional(FILE), NUMBER), values) == Answer(
        fields=(
            ("What?", "text", "Two of eight."),
            ("Which?", "choice", "cool"),
            ("Link", "link", "https://a.example/1"),
            ("File", "file", ""),
            ("How many?", "number", "12"),
        ),
        links=(("Link", "https://a.example/1"),),
        commitments=(),
        private=False,
    )


def test_a_commitment_has_who_what_and_when() -> None:
    values = {"f1-what": "Try it", "f1-who": BEN, "f1-due": "2026-12-01", "f2-what": "  "}
    assert read(collecting(optional(TEXT), COMMITMENT, COMMITMENT), values) == Answer(
        fields=(
            ("What?", "text", ""),
            ("My part", "commitment", "Try it"),
            ("My part", "commitment", ""),
        ),
        links=(),
        commitments=(Commitment(BEN, "Try it", date(2026, 12, 1)),),
        private=False,
    )


def test_a_commitment_without_a_name_is_the_writer_s() -> None:
    assert read(collecting(COMMITMENT), {"f0-what": "Try it"}).commitments == (
        Commitment(None, "Try it", None),
    )


def test_the_text_of_an_answer_is_what_was_written_in_words() -> None:
    values = {"f0": "One two.", "f1": "cool", "f2-what": "Three four five", "f3": ""}
    answer = read(collecting(TEXT, CHOICE, COMMITMENT, optional(TEXT)), values)
    assert answer.text == "One two.\n\nThree four five"
    assert answer.words == 5


def test_an_answer_may_be_kept_to_oneself() -> None:
    assert read(collecting(TEXT), {"f0": "x", "private": "yes"}).private is True
    assert read(collecting(TEXT), {"f0": "x", "private": ""}).private is False


def test_a_step_that_collects_nothing_takes_one_free_text() -> None:
    assert fields_of(collecting()) == (FREE,)
    assert read(collecting(), {"f0": "More"}).fields == ((FREE.label, "text", "More"),)


def test_an_input_is_named_by_its_place() -> None:
    assert [input_id(0), input_id(3, "due")] == ["f0", "f3-due"]


@pytest.mark.parametrize(
    ("field", "values", "found"),
    [
        (TEXT, {}, {"f0": FaultKind.MISSING}),
        (TEXT, {"f0": " \n"}, {"f0": FaultKind.MISSING}),
        (TEXT, {"f0": "x" * LONGEST}, {}),
        (TEXT, {"f0": "x" * (LONGEST + 1)}, {"f0": FaultKind.TOO_LONG}),
        (CHOICE, {"f0": "warm"}, {}),
        (CHOICE, {"f0": "hot"}, {"f0": FaultKind.NO_CHOICE}),
        (LINK, {"f0": "http://a.example"}, {}),
        (LINK, {"f0": "a.example"}, {"f0": FaultKind.NO_LINK}),
        (LINK, {"f0": "javascript:alert(1)"}, {"f0": FaultKind.NO_LINK}),
        (LINK, {"f0": "https://"}, {"f0": FaultKind.NO_LINK}),
        (LINK, {"f0": "https://[a.example"}, {"f0": FaultKind.NO_LINK}),
        (FILE, {"f0": "ftp://a.example"}, {"f0": FaultKind.NO_FILE}),
        (FILE, {"f0": "file:aaaaaaaaaaaaaaaa"}, {}),
        (NUMBER, {"f0": "12"}, {}),
        (NUMBER, {"f0": "-1,5"}, {}),
        (NUMBER, {"f0": "a dozen"}, {"f0": FaultKind.NO_NUMBER}),
        (NUMBER, {"f0": "nan"}, {"f0": FaultKind.NO_NUMBER}),
        (NUMBER, {"f0": "1e999"}, {"f0": FaultKind.NO_NUMBER}),
        (COMMITMENT, {}, {"f0-what": FaultKind.MISSING}),
        (COMMITMENT, {"f0-what": "Try it"}, {"f0-due": FaultKind.MISSING}),
        (COMMITMENT, {"f0-what": "Try it", "f0-due": "soon"}, {"f0-due": FaultKind.NO_DATE}),
        (COMMITMENT, {"f0-what": "Try it", "f0-due": "2026-12-01"}, {}),
        (COMMITMENT, {"f0-what": "x" * (LONGEST + 1)}, {"f0-what": FaultKind.TOO_LONG}),
        (MEASURE, {}, {"f0-what": FaultKind.MISSING}),
        (MEASURE, {"f0-what": "Reasons", "f0-n": " 26 "}, {}),
        (MEASURE, {"f0-what": "Reasons", "f0-n": "all"}, {"f0-n": FaultKind.NO_COUNT}),
        (COMPARISON, {}, {"f0": FaultKind.MISSING}),
        (COMPARISON, {"f0": "It moved"}, {}),
    ],
)
def test_each_kind_of_field_says_what_is_wrong(
    field: Field, values: dict[str, str], found: dict[str, FaultKind]
) -> None:
    assert faults(collecting(field), values) == found


def test_a_form_in_which_nothing_was_written_cannot_be_handed_in() -> None:
    assert faults(collecting(optional(TEXT), optional(LINK)), {}) == {"f0": FaultKind.MISSING}
    assert faults(collecting(optional(COMMITMENT)), {}) == {"f0-what": FaultKind.MISSING}
    assert faults(collecting(optional(MEASURE)), {}) == {"f0-what": FaultKind.MISSING}
    assert faults(collecting(optional(TEXT), optional(LINK)), {"f1": "https://a.example"}) == {}


@given(st.text(), st.text())
def test_words_add_up(one: str, other: str) -> None:
    assert count_words(f"{one} {other}") == count_words(one) + count_words(other)


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ("no time", None),
        (" ", FaultKind.MISSING),
        ("x" * LONGEST, None),
        ("x" * (LONGEST + 1), FaultKind.TOO_LONG),
    ],
)
def test_a_departure_is_explained_in_some_words(reason: str, fault: FaultKind | None) -> None:
    assert reason_fault(reason) == fault


def test_a_measure_comes_back_as_fields_of_its_own() -> None:
    values = {"f0-what": " Reasons ", "f0-group": "7B", "f0-before": "9", "f0-after": " "}
    answer = read(collecting(MEASURE, optional(MEASURE)), values)
    assert answer.fields == (
        ("Measure", "measure", "Reasons"),
        ("Group by code", "measure-group", "7B"),
        ("Before", "measure-before", "9"),
        ("Measure", "measure", ""),
    )
    assert (answer.text, answer.words) == ("Reasons", 1)


def test_a_comparison_keeps_what_was_written_first_before_what_is_written_now() -> None:
    answer = read(collecting(COMPARISON), {"f0": "Nine"}, {1: "other", 2: "I expect four."})
    assert answer.fields == (
        ("What I wrote in step 2", "comparison-before", "I expect four."),
        ("Now", "comparison", "Nine"),
    )
    assert text_of(answer.fields) == "Nine"


def test_a_comparison_with_nothing_on_one_side_is_a_field_like_others() -> None:
    asked = collecting(optional(COMPARISON), TEXT)
    assert read(asked, {"f0": "Nine"}, {1: "other"}).fields[0] == ("Now", "comparison", "Nine")
    assert read(asked, {"f1": "x"}, {2: "I expect four."}).fields[0] == ("Now", "comparison", "")
    assert len(read(asked, {"f0": "Nine", "f1": "x"}, {2: "Four", 0: "x"}).fields) == 3


def test_an_answer_is_joined_with_its_labels_where_it_has_several_values() -> None:
    kept = f"file:aaaaaaaaaaaaaaaa:{'0' * 64}:Guide.pdf"
    assert joined((("A", "text", "Four"), ("B", "text", ""))) == "Four"
    assert joined((("A", "number", "3"), ("B", "file", kept))) == "A: 3\nB: Guide.pdf"
    assert joined(()) == ""


def test_what_was_handed_in_fills_in_its_form_again() -> None:
    asked = collecting(TEXT, MEASURE, optional(MEASURE), COMPARISON, optional(LINK), COMMITMENT)
    values = {
        "f0": "One",
        "f1-what": "Reasons",
        "f1-group": "7B",
        "f1-n": "26",
        "f1-before": "9",
        "f1-target": "18",
        "f1-after": "16",
        "f1-from": "2026-11-02",
        "f1-until": "2026-11-20",
        "f2-what": "",
        "f3": "Nine",
        "f4": "",
        "f5-what": "Try it",
    }
    answer = read(asked, values, {2: "Four"})
    assert written(answer.fields) == values


def test_what_is_written_in_words_is_told_from_what_is_chosen_or_counted() -> None:
    asking = collecting(TEXT, MEASURE, COMPARISON, LINK, COMMITMENT, optional(TEXT))
    given = {"f0": "One", "f2": "Nine", "f3": "https://a.example", "f5": "", "private": "yes"}
    given |= {"f1-what": "Reasons", "f1-group": "7B", "f1-n": "26", "f1-from": "2026-11-02"}
    given |= {"f4-what": "Try it", "f4-who": "ben", "f4-due": "2026-12-01"}
    assert texts(asking, given) == {
        "f0": "One",
        "f1-what": "Reasons",
        "f1-group": "7B",
        "f2": "Nine",
        "f4-what": "Try it",
    }
