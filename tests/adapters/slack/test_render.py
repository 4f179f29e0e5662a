"""Neutral cards as Block Kit: what people wrote pings nobody, and everything fits."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.modals import faults, modal
from adapters.slack.parse import arrival
from adapters.slack.render import Face, blocks, people_of, summary
from bot import ports
from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Facts,
    Form,
    Heading,
    Input,
    InputKind,
    Link,
    List,
    Option,
    People,
    Person,
    Progress,
    Question,
    Style,
    Text,
    When,
    WhenStyle,
    Words,
)
from bot.ports import Place
from protocols.run import PersonId

ANA, BEN = PersonId("ana"), PersonId("ben")
FACES = {ANA: Face("U1", "Ana Ruiz"), BEN: Face("", "Ben Okafor")}
AT = datetime(2026, 10, 6, 19, 42, tzinfo=UTC)
PLACE = Place("slack", "C1", "1791299000.000200")


def card(*elements: object, text: str = "A card") -> Card:
    return Card(elements, text)  # type: ignore[arg-type] # any element


def test_a_heading_is_a_header() -> None:
    assert blocks(card(Heading("Step 1")), FACES) == [
        {"type": "header", "text": {"type": "plain_text", "text": "Step 1", "emoji": False}}
    ]


def test_a_paragraph_is_rich_text_in_which_nothing_is_parsed() -> None:
    parts = (
        "Now ",
        Words("*bold* <!channel>"),
        Person(ANA),
        Person(ANA, mention=True),
        Person(BEN, mention=True),
    )
    (block,) = blocks(card(Text(parts)), FACES)
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "Now "},
        {"type": "text", "text": "*bold* <!channel>"},
        {"type": "text", "text": "Ana Ruiz"},
        {"type": "user", "user_id": "U1"},
        {"type": "text", "text": "Ben Okafor"},
    ]


def test_who_is_unknown_is_somebody_and_what_is_quiet_is_slanted() -> None:
    (block,) = blocks(card(Text((Person(PersonId("x")),), quiet=True)), FACES)
    assert block["elements"][0]["elements"] == [
        {"type": "text", "text": "somebody", "style": {"italic": True}}
    ]


def test_a_time_is_written_for_each_reader() -> None:
    parts = (
        When(AT, fallback="3:42 pm"),
        When(AT, WhenStyle.DAY_AND_TIME),
        Link("Draft", "https://a.example"),
    )
    (block,) = blocks(card(Text(parts)), FACES)
    time, day, link = block["elements"][0]["elements"]
    assert time == {
        "type": "date",
        "timestamp": int(AT.timestamp()),
        "format": "{time}",
        "fallback": "3:42 pm",
    }
    assert (day["format"], day["fallback"]) == ("{date_long_pretty}, {time}", AT.isoformat())
    assert link == {"type": "link", "url": "https://a.example", "text": "Draft"}


def test_lists_facts_counts_and_people() -> None:
    shown = blocks(
        card(
            List((("one",), ("two",))),
            List(()),
            Facts((("Now", ("Step 1",)), ("Until", (When(AT, fallback="3:42 pm"),)))),
            Progress(2, 3, "2 of 3 in"),
            People((ANA, BEN), "Who is in", 2),
            People((), "Who is in"),
            Text(("",)),
        ),
        FACES,
    )
    assert [block["type"] for block in shown] == [
        "rich_text",
        "rich_text",
        "context",
        "context",
        "context",
        "rich_text",
    ]
    assert shown[0]["elements"][0]["type"] == "rich_text_list"
    assert shown[1]["elements"][0]["elements"][0] == {
        "type": "text",
        "text": "Now: ",
        "style": {"bold": True},
    }
    assert shown[1]["elements"][0]["elements"][2]["text"] == "\nUntil: "
    texts = [block["elements"][0].get("text") for block in shown[2:5]]
    assert texts == ["2 of 3 in", "Who is in: Ana Ruiz, Ben Okafor, and 2 more", "Who is in: –"]  # noqa: RUF001 # a dash for nobody


def test_buttons_bring_back_their_ids_and_lead_to_no_page() -> None:
    buttons = (
        Button("Next", "next", "R", 1, 0, style=Style.PRIMARY),
        Button("Open the report", "report", "R"),
        Button("Cancel", "cancel", "R", style=Style.DANGER),
    )
    (block,) = blocks(card(Buttons(buttons)), FACES)
    assert [(b["value"], b["action_id"], b.get("style")) for b in block["elements"]] == [
        ("next:R:1:0", "next-0", "primary"),
        ("cancel:R:0:0", "cancel-1", "danger"),
    ]
    assert blocks(card(Buttons(buttons[1:2])), FACES) == []


def test_the_summary_pings_nobody() -> None:
    assert summary(card(text="Say <!channel> & <@U1>")) == "Say &lt;!channel&gt; &amp; &lt;@U1&gt;"


@given(st.text(max_size=200))
def test_no_text_of_a_person_becomes_a_mention(said: str) -> None:
    shown = card(
        Text((Words(said),)), List(((Words(said),),)), Facts((("x", (Words(said),)),)), text=said
    )
    for block in blocks(shown, FACES):
        assert "user_id" not in json.dumps(block)
        assert block["type"] in ("rich_text", "context")
    assert "<" not in summary(shown)


def test_everybody_whom_a_card_names_is_asked_for() -> None:
    named = card(
        Text((Person(ANA),)),
        List(((Person(BEN),),)),
        Facts((("x", (Person(PersonId("c")),)),)),
        People((PersonId("d"),), "x"),
    )
    assert people_of(named) == {"ana", "ben", "c", "d"}
    assert people_of(Form("start:R:0:0", "Start", (), "Start", "No", (Text((Person(ANA),)),))) == {
        "ana"
    }


# Dialogs.

OPTIONS = (Option("a", "One"), Option("b", "Two"))
EVERY = (
    Input("text", "Text", InputKind.TEXT, required=True, long=True, value="Hi", hint="A hint"),
    Input("number", "Number", InputKind.NUMBER, value="3"),
    Input("choice", "Choice", InputKind.CHOICE, value="b", options=OPTIONS),
    Input("none", "Choice", InputKind.CHOICE, options=OPTIONS),
    Input("person", "Person", InputKind.PERSON, options=OPTIONS),
    Input("ticks", "Ticks", InputKind.TICKS, value="a,b", options=OPTIONS),
    Input(
        "many", "Many", InputKind.TICKS, options=tuple(Option(str(n), str(n)) for n in range(11))
    ),
    Input("tick", "Tick", InputKind.TICK, value="yes"),
    Input("date", "Date", InputKind.DATE, value="2026-10-07"),
    Input("link", "Link", InputKind.LINK),
    Input("file", "File", InputKind.FILE, more=True),
)
FORM = Form("write:R:1:0", "Step 2", EVERY, "Hand in", "Not now", (Text(("Look.",)),))


def test_a_form_is_a_modal_with_an_input_of_each_kind() -> None:
    view = modal(FORM, PLACE, FACES)
    inputs = {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}
    assert {name: block["element"]["type"] for name, block in inputs.items()} == {
        "text": "plain_text_input",
        "number": "number_input",
        "choice": "static_select",
        "none": "static_select",
        "person": "static_select",
        "ticks": "checkboxes",
        "many": "multi_static_select",
        "tick": "checkboxes",
        "date": "datepicker",
        "link": "url_text_input",
        "file": "url_text_input",
    }
    assert [block["type"] for block in view["blocks"]][-2] == "divider"
    assert [name for name, block in inputs.items() if not block["optional"]] == ["text"]
    assert inputs["text"]["hint"]["text"] == "A hint"
    assert inputs["text"]["element"]["initial_value"] == "Hi"
    assert inputs["choice"]["element"]["initial_option"]["value"] == "b"
    assert "initial_option" not in inputs["none"]["element"]
    assert len(inputs["ticks"]["element"]["initial_options"]) == 2
    assert inputs["tick"]["element"]["initial_options"][0]["value"] == "yes"
    assert json.loads(view["private_metadata"]) == {
        "form": "write:R:1:0",
        "channel": "C1",
        "thread": PLACE.thread,
    }


def test_what_a_modal_brings_back_is_the_form_again() -> None:
    view = modal(FORM, PLACE, FACES) | {
        "id": "V1",
        "hash": "1",
        "state": {"values": {"text": {"text": {"type": "plain_text_input", "value": "Ho"}}}},
    }
    body = {"type": "view_submission", "user": {"id": "U1"}, "view": view}
    found = arrival(body, "ORG", "UBOT", AT)
    assert isinstance(found, ports.Submitted)
    assert (found.form, found.place, found.values) == (FORM.id, PLACE, {"text": "Ho"})


def test_a_question_is_a_tick_that_brings_its_token_back() -> None:
    asked = Question(
        "text", "t-1", "I found:", ("A name: M. G.",), "Replace", "It is not a student", "Cancel"
    )
    view = modal(Form("write:R:1:0", "Step 2", (), "Hand in", "Not now", (), asked), PLACE, FACES)
    (block,) = [b for b in view["blocks"] if b["type"] == "input"]
    assert (block["block_id"], block["optional"]) == ("attested", True)
    assert block["element"]["options"][0]["value"] == "t-1"
    assert "A name: M. G." in json.dumps(view["blocks"])


def test_faults_stand_beside_their_inputs() -> None:
    wrong = Form(
        "write:R:1:0",
        "Step 2",
        (Input("a", "A", InputKind.TEXT, fault="Please."), Input("b", "B", InputKind.TEXT)),
        "Hand in",
        "Not now",
    )
    assert faults(wrong) == {"a": "Please."}


@pytest.mark.parametrize("limit", [24])
def test_titles_fit(limit: int) -> None:
    view = modal(FORM, PLACE, FACES)
    assert all(len(view[name]["text"]) <= limit for name in ("title", "submit", "close"))
