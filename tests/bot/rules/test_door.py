from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import door
from bot.rules.door import Finding, Kind, Known
from bot.rules.students import NOBODY, Students, digests_of

KEY = b"a key of this test"
NAMES = ("Xiomara Valdovinos", "Jean-Luc Etienne", "May Li", "林晓雯", "王芳", "Iñaki de la Cruz")
LISTED = Students(KEY, digests_of(KEY, NAMES))
TODAY = date(2026, 11, 24)
KNOWN = Known(LISTED, ("Wendy Okafor",), TODAY)
STRANGERS = Known(NOBODY, (), TODAY)


def words(text: str, known: Known = KNOWN) -> list[tuple[str, str]]:
    return [(str(one.kind), text[one.start : one.end]) for one in door.find(text, known)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("xiomara said so", [("student", "xiomara")]),
        ("XIOMARA VALDOVINOS", [("student", "XIOMARA VALDOVINOS")]),
        ("Valdovinos, Xiomara", [("student", "Valdovinos, Xiomara")]),
        ("Xiomara's draft", [("student", "Xiomara's")]),
        ("Xio\u00admara", [("student", "Xio\u00admara")]),
        ("In\u0303aki and Iñaki", [("student", "In\u0303aki"), ("student", "Iñaki")]),
        ("JeanLuc, Jean Luc, Luc", [("student", w) for w in ("JeanLuc", "Jean Luc", "Luc")]),
        ("I think May said so", [("student", "May")]),
        ("May said so. May I? We may.", []),
        ("we saw Li there", [("student", "Li")]),
        ("today林晓雯说", [("student", "林晓雯")]),
        ("晓雯说", [("student", "晓雯")]),
        ("和王芳一起", [("student", "王芳")]),
        ("de la escuela", []),
    ],
)
def test_a_listed_student_is_found_however_the_name_is_written(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("we read Tamsin Mbeki's draft", ["Tamsin Mbeki's"]),
        ("by Maria G. today", ["Maria G"]),
        ("by J. Lopez", ["J. Lopez"]),
        ("by Ana de la Cruz", ["Ana de la Cruz"]),
        ("Name: tamsin mbeki", ["tamsin mbeki"]),
        ("Name: Student A", []),
        ("Mbeki, Tamsin", ["Mbeki, Tamsin"]),
        ("姓名\uff1a小雨", ["小雨"]),
        ("李小红同学来了", ["李小红"]),
        ("Wendy Okafor took notes with Ms. Tamsin Mbeki", []),
        ("Grade Five Social Studies", []),
        ("I saw Student A and Part B and Group C", []),
        ("Mom I know", []),
        ("Listen. Lo contrario", []),
        ("J. Mbeki and Ma. Tamsin", ["J. Mbeki", "Ma. Tamsin"]),
        ("In 6B. Mantener esto", []),
        ("Piece A crosses out a sentence", []),
        ("Six Words With A Capital Each Stand Here", []),
        ("CLOSE READING", []),
    ],
)
def test_what_has_the_shape_of_a_full_name_is_found(text: str, found: list[str]) -> None:
    assert words(text, Known(NOBODY, ("Wendy Okafor",), TODAY)) == [("name", w) for w in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("OSIS 214365870.", [("id", "214365870")]),
        ("A,214365870,5\nB,12.5,", [("id", "214365870")]),
        ("21436-5870", []),
        ("219-09-9999 or 214 365 870", [("id", "219-09-9999"), ("id", "214 365 870")]),
        ("ID: A-4521", [("id", "A-4521")]),
        ("1,250,000 and 3.141592 and 2025", []),
        ("born on March 4", [("birth-date", "March 4")]),
        ("on 4/12/14", [("birth-date", "4/12/14")]),
        ("on 11/24/26 and 7/4/1776", []),
        ("2014年4月12日", [("birth-date", "2014年4月12日")]),
        ("at 24 Maple Street", [("address", "24 Maple Street")]),
        ("24 maple street", [("address", "24 maple street")]),
        ("kid@pupils.example", [("email", "kid@pupils.example")]),
        ("718-555-0142", [("phone", "718-555-0142")]),
        ("7185550142", [("phone", "7185550142")]),
        ("with a 504 now", [("service", "504")]),
        ("504 pages; her IEP", [("service", "IEP")]),
    ],
)
def test_what_else_lets_a_student_be_recognized_is_found(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert words(text, STRANGERS) == found


LIST = Students(b"k", digests_of(b"k", ["Tamsin Mbeki"]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tamsin wrote it", [Kind.STUDENT]),
        ("Tamsin Smith wrote it", [Kind.STUDENT]),
        ("718-555-0142, OSIS 214365870", [Kind.ID, Kind.PHONE]),
        ("born on March 4", [Kind.BIRTH_DATE]),
        ("at 24 Maple Street", [Kind.ADDRESS]),
        ("tamsin@pupils.example or tamsin", [Kind.STUDENT, Kind.EMAIL]),
        ("1@pupils.example", [Kind.EMAIL]),
        ("Jordan Smith has an IEP, la unidad 2", []),
        ("@Mbeki said so", []),
        ("wendy.mbeki@school.example", []),
    ],
)
def test_of_a_post_only_what_is_no_guess_and_no_adult_s_counts(
    text: str, found: list[Kind]
) -> None:
    known = Known(LIST, ("Wendy Mbeki",), TODAY)
    assert list(door.certain(text, known)) == found


def test_of_two_findings_in_one_place_the_longer_stands() -> None:
    assert door.find("born 4/12/2014", STRANGERS) == (Finding(5, 14, Kind.BIRTH_DATE),)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=80)


@given(TEXTS, st.sampled_from(["Xiomara", "xiomara valdovinos", "ETIENNE", "林晓雯"]), TEXTS)
def test_a_listed_name_is_found_in_any_surroundings(before: str, name: str, after: str) -> None:
    text = f"{before} {name} {after}"
    start, end = len(before) + 1, len(before) + 1 + len(name)
    assert any(one.start < end and one.end > start for one in door.find(text, KNOWN))


@given(TEXTS, st.integers(200_000_000, 999_999_999), TEXTS)
def test_a_nine_digit_number_is_found_in_any_surroundings(
    before: str, number: int, after: str
) -> None:
    text = f"{before}\n{number}\n{after}"
    start = len(before) + 1
    assert any(one.start <= start < one.end for one in door.find(text, STRANGERS))


@given(TEXTS)
def test_findings_lie_in_the_text_in_order_and_apart(text: str) -> None:
    found = door.find(text, KNOWN)
    ends = [0, *(one.end for one in found)]
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(end <= one.start for end, one in zip(ends, found, strict=False))


def test_neither_findings_nor_the_list_show_a_word() -> None:
    shown = repr((door.find("Xiomara 214365870", KNOWN), LISTED, KNOWN.students))
    assert [
        word for word in ("Xiomara", "xiomara", "214365870", KEY.decode()) if word in shown
    ] == []


@given(st.sampled_from(NAMES))
def test_another_key_makes_other_digests(name: str) -> None:
    assert digests_of(KEY, [name]) & digests_of(b"another", [name]) == frozenset()
