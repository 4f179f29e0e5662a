"""The limits that every card keeps, and how a card comes back from the outbox."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cards import model
from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Element,
    Facts,
    Form,
    Heading,
    Input,
    InputKind,
    Link,
    List,
    Option,
    Part,
    People,
    Person,
    Progress,
    Style,
    Text,
    TooBig,
    When,
    WhenStyle,
    Words,
    element_size,
    from_json,
    plain,
    size,
    to_json,
)
from protocols.run import PersonId

ANA = PersonId("ana")
NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TIMES = st.timedeltas(timedelta(0), timedelta(days=3_000)).map(lambda later: NOON + later)
PARTS: st.SearchStrategy[Part] = st.one_of(
    ANY_TEXT,
    st.builds(Words, ANY_TEXT),
    st.builds(Person, st.builds(PersonId, ANY_TEXT), st.booleans()),
    st.builds(Link, ANY_TEXT, st.just("https://a.example/x")),
    st.builds(When, TIMES, st.sampled_from(WhenStyle), ANY_TEXT),
)
MANY_PARTS = st.lists(PARTS, max_size=3).map(tuple)
BUTTON_ROWS = st.lists(
    st.builds(
        Button,
        ANY_TEXT,
        st.sampled_from(["next", "use"]),
        ANY_TEXT,
        st.integers(0, 50),
        st.integers(0, 3),
        ANY_TEXT,
        st.sampled_from(Style),
    ),
    max_size=3,
).map(tuple)
ELEMENTS: st.SearchStrategy[Element] = st.one_of(
    st.builds(Heading, ANY_TEXT),
    st.builds(Text, MANY_PARTS, st.booleans()),
    st.builds(List, st.lists(MANY_PARTS, max_size=3).map(tuple)),
    st.builds(Facts, st.lists(st.tuples(ANY_TEXT, MANY_PARTS), max_size=3).map(tuple)),
    st.builds(Progress, st.integers(), st.integers(), ANY_TEXT),
    st.builds(People, st.lists(st.builds(PersonId, ANY_TEXT), max_size=3).map(tuple), ANY_TEXT),
)
CARDS = st.builds(
    lambda elements, row, summary: Card((*elements, Buttons(row)), summary),
    st.lists(ELEMENTS, max_size=5),
    BUTTON_ROWS,
    ANY_TEXT,
)


def text_of(length: int) -> str:
    return "x" * length


def people_of(count: int) -> tuple[PersonId, ...]:
    return tuple(PersonId(f"p{number}") for number in range(count))


def button(label: str = "Go", act: str = "next") -> Button:
    return Button(label, act)


def any_input(**changes: Any) -> Input:
    return replace(Input("f0", "Label", InputKind.TEXT), **changes)


def form_of(**changes: Any) -> Form:
    return replace(Form("start", "Title", (), "Start", "Not now"), **changes)


LIMITS: list[tuple[str, int, Callable[[int], object]]] = [
    ("heading", 150, lambda n: Heading(text_of(n))),
    ("text", 3_000, lambda n: Text((text_of(n - 10), Words(text_of(10))))),
    ("item", 3_000, lambda n: List((("short",), (text_of(n),)))),
    ("facts", 10, lambda n: Facts((("label", ("value",)),) * n)),
    ("fact", 2_000, lambda n: Facts((("label", (text_of(n),)),))),
    ("people", 20, lambda n: People(people_of(n), "Who is in")),
    ("buttons", 6, lambda n: Buttons((button(),) * n)),
    ("button label", 75, lambda n: button(text_of(n))),
    ("button id", 255, lambda n: button(act=text_of(n - len("::0:0")))),
    ("option", 75, lambda n: Option("value", text_of(n))),
    ("input label", 75, lambda n: any_input(label=text_of(n))),
    ("options", 100, lambda n: any_input(options=(Option("a", "A"),) * n)),
    ("form title", 24, lambda n: form_of(title=text_of(n))),
    ("form title", 24, lambda n: form_of(submit=text_of(n))),
    ("form title", 24, lambda n: form_of(close=text_of(n))),
    ("inputs", 20, lambda n: form_of(inputs=(any_input(),) * n)),
    ("elements", 45, lambda n: Card((Heading("x"),) * n, "x")),
    ("summary", 3_000, lambda n: Card((), text_of(n))),
    (
        "card",
        10_000,
        lambda n: Card((*[Text((text_of(2_000),))] * 4, Text((text_of(n - 8_000),))), ""),
    ),
    ("buttons", 6, lambda n: Card(tuple(Buttons((button(),)) for _ in range(n)), "")),
]


@pytest.mark.parametrize(
    ("what", "limit", "make"),
    LIMITS,
    ids=[f"{number} {what}" for number, (what, *_) in enumerate(LIMITS)],
)
def test_a_card_refuses_what_a_platform_would_refuse(
    what: str, limit: int, make: Callable[[int], object]
) -> None:
    make(limit)
    with pytest.raises(TooBig, match=f"^{what}: {limit + 1}, at most {limit}$"):
        make(limit + 1)


@given(st.text(), st.text())
@example("\N{GRINNING FACE}", "\ud800")
def test_length_is_counted_in_utf_16_as_the_platforms_do(one: str, other: str) -> None:
    assert size(one + other) == size(one) + size(other)
    assert size(one) == sum(2 if ord(char) > 0xFFFF else 1 for char in one)


@pytest.mark.parametrize(
    ("part", "as_text"),
    [
        ("ours", "ours"),
        (Words("theirs"), "theirs"),
        (Person(ANA), "_" * 40),
        (Link("Here", "https://a.example"), "Herehttps://a.example"),
        (When(NOON, fallback="12:00 pm"), "12:00 pm"),
        (When(NOON), "_" * 20),
    ],
)
def test_every_part_counts_with_its_text(part: Part, as_text: str) -> None:
    assert plain(part) == as_text


def test_every_element_counts_with_its_texts() -> None:
    elements: list[Element] = [
        Heading("1234"),
        Text(("12", Words("34"))),
        List((("1",), ("234",))),
        Facts((("12", ("34",)),)),
        Progress(1, 2, "1234"),
        People((ANA,), "1234"),
        Buttons((Button("12", "next"), Button("34", "more"))),
    ]
    assert [element_size(element) for element in elements] == [4, 4, 4, 4, 4, 44, 4]


@pytest.mark.parametrize("url", ["https://a.example/x?y=1", "http://a.example", "https://[::1]/"])
def test_a_link_to_the_web_is_shown(url: str) -> None:
    assert Link("Here", url).url == url


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//a.example", "https://", "http://[x", ""]
)
def test_no_other_link_is_shown(url: str) -> None:
    with pytest.raises(ValueError, match="only http and https links are shown"):
        Link("Here", url)


def test_a_button_s_id_says_what_it_aims_at() -> None:
    assert Button("Next", "next", "abc", 3, 1).id == "next:abc:3:1"
    assert Button("+2 min", "extend", "abc", 3, 1, "2").id == "extend:abc:3:1:2"


@given(CARDS)
def test_a_card_comes_back_from_its_json(card: Card) -> None:
    assert from_json(to_json(card)) == card


def test_a_card_is_kept_with_its_version_and_in_plain_json() -> None:
    when = When(NOON, WhenStyle.DAY, "Tue")
    card = Card((Text((Words("*hi*"), when, Person(ANA, mention=True))),), "hi")
    assert to_json(card) == {
        "v": 1,
        "summary": "hi",
        "elements": [
            {
                "kind": "text",
                "quiet": False,
                "parts": [
                    {"kind": "words", "text": "*hi*"},
                    {
                        "kind": "when",
                        "at": "2026-11-24T17:00:00Z",
                        "style": "day",
                        "fallback": "Tue",
                    },
                    {"kind": "person", "id": "ana", "mention": True},
                ],
            }
        ],
    }


def test_what_a_later_program_added_to_a_card_is_ignored() -> None:
    kept = {"v": 1, "summary": "x", "elements": [{"kind": "heading", "text": "x", "colour": "red"}]}
    assert from_json({**kept, "sound": "ping"}) == Card((Heading("x"),), "x")


def test_a_card_of_a_newer_version_is_left_to_a_newer_program() -> None:
    kept = {**to_json(Card((), "x")), "v": model.VERSION + 1}
    with pytest.raises(ValueError, match="a newer program made this card"):
        from_json(kept)


def test_a_kept_card_keeps_the_limits_too() -> None:
    kept = to_json(Card((Heading("x"),), "x"))
    kept["elements"][0]["text"] = text_of(151)
    with pytest.raises(ValueError, match="at most 150"):
        from_json(kept)
