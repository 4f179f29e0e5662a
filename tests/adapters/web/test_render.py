import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from adapters.web import render
from adapters.web.render import Look, clock, element_id, initials, parts_of
from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Form,
    Input,
    InputKind,
    Link,
    Option,
    Text,
    WhenStyle,
)
from bot.flows.lines import Line, Op
from protocols.run import PersonId
from tests.adapters.web.examples import ALVAREZ, ANSWER, CHEN, CONTROL, ORTIZ, START_FORM, STEP
from tests.adapters.web.fake_channel import PERSONAS, ROOM, START
from tests.adapters.web.serving import ZONE

LOOK = Look(
    me=PERSONAS[0],
    channel=ROOM,
    thread="web:1",
    people={one.id: one.name for one in PERSONAS},
    hues={one.id: at for at, one in enumerate(PERSONAS)},
    languages={one.id: one.language for one in PERSONAS},
    zone=ZONE,
)
SAID = Line(
    7, Op.POST, ROOM, None, "web:7", CHEN, "Hello", None, START, edited=False, is_private=False
)


class Elements(HTMLParser):
    """All start tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_what_people_write_is_text_and_keeps_its_lines() -> None:
    html = render.message(replace(SAID, text="<b>x</b>\n&amp; <script>"), LOOK)
    assert "&lt;b&gt;x&lt;/b&gt;\n&amp;amp; &lt;script&gt;" in html
    assert Elements(html).of("b") == Elements(html).of("script") == []


def test_every_part_of_a_card_that_people_write_is_escaped() -> None:
    evil = '"><img src=x onerror=1>'
    card = Card(
        (Text((evil, Link(evil, "https://e.org/" + evil))), Buttons((Button(evil, "a", evil),))),
        evil,
    )
    line = replace(SAID, text=None, person=None, card=card, key='"><i>')
    assert Elements(render.message(line, LOOK)).of("img") == []
    form = Form(
        evil,
        "<i>",
        (Input(evil, evil, InputKind.TEXT, value=evil, hint=evil, fault=evil, options=()),),
        "<i>",
        "<i>",
    )
    assert Elements(render.dialog(form, LOOK, None)).of("img") == []


def test_a_message_says_who_when_and_where_it_belongs() -> None:
    article = Elements(render.message(SAID, LOOK)).of("article")[0]
    assert article == {
        "class": "message",
        "id": "m-web:7",
        "data-key": "web:7",
        "data-seq": "7",
        "data-op": "post",
        "data-into": "channel-log",
    }


def test_the_root_of_the_open_thread_stands_at_two_places() -> None:
    html = render.message(replace(SAID, key="web:1"), LOOK)
    articles = Elements(html).of("article")
    assert [(one["id"], one["data-into"]) for one in articles] == [
        ("m-web:1", "channel-log"),
        ("root-web:1", "thread-root"),
    ]


def test_a_reply_goes_to_the_thread_and_offers_no_thread_of_its_own() -> None:
    html = render.message(replace(SAID, thread="web:1"), LOOK)
    assert Elements(html).of("article")[0]["data-into"] == "thread-log"
    assert "replies-" not in html


def test_a_deleted_message_says_so_and_no_more() -> None:
    gone = replace(SAID, op=Op.DELETE, text=None, person=ALVAREZ)
    html = render.message(gone, LOOK)
    assert "This message was deleted." in html
    assert "/edit" not in html


def test_only_who_wrote_a_message_is_offered_to_edit_it() -> None:
    assert "/messages/web:7/edit" in render.message(replace(SAID, person=ALVAREZ), LOOK)
    assert "/messages/web:7/edit" not in render.message(SAID, LOOK)


def test_in_the_thread_of_a_run_one_s_own_message_may_be_saved_as_evidence() -> None:
    mine = replace(SAID, person=ALVAREZ, thread="run:abc:card")
    buttons = Elements(render.message(mine, LOOK)).of("button")
    assert [one["value"] for one in buttons if "value" in one] == ["save:abc:0:0:web:7"]
    elsewhere = (
        replace(mine, thread="web:1"),
        replace(mine, thread=None),
        replace(mine, person=CHEN),
    )
    assert ["save:" in render.message(one, LOOK) for one in elsewhere] == [False] * 3


def test_a_private_message_says_that_only_you_see_it() -> None:
    html = render.message(replace(SAID, is_private=True), LOOK)
    assert "Only visible to you" in html
    assert "replies-" not in html


def test_a_message_in_another_language_says_which() -> None:
    assert '<p class="text" lang="es">' in render.message(replace(SAID, person=ORTIZ), LOOK)
    assert "lang=" not in render.message(SAID, LOOK)


def test_a_person_who_is_not_here_is_somebody() -> None:
    html = render.message(replace(SAID, person=PersonId("gone")), LOOK)
    assert "Somebody" in html


@pytest.mark.parametrize(
    ("replies", "words"), [(0, "Reply in thread"), (1, "1 reply"), (3, "3 replies")]
)
def test_replies_are_counted_in_words(replies: int, words: str) -> None:
    assert f">{words}</a>" in render.replies(replace(SAID, replies=replies), LOOK)


def test_a_button_sends_its_id_and_the_thread_it_stands_in() -> None:
    line = replace(SAID, key="web:9", thread="web:1", text=None, person=None, card=CONTROL)
    found = Elements(render.message(line, LOOK))
    assert [one.get("value") for one in found.of("button")] == [
        "write:r1:1:1",
        "next:r1:1:1",
        "extend:r1:1:1:2",
        "end:r1:1:1",
    ]
    assert {"type": "hidden", "name": "thread", "value": "web:1"} in found.of("input")


def test_the_button_of_a_report_is_a_link_to_its_page() -> None:
    card = Card((Buttons((Button("Open the report", "report", "r 1"),)),), "Report")
    html = render.private(card, LOOK, None, "k")
    assert 'href="/as/alvarez/runs/r%201">Open the report</a>' in html


def test_the_button_that_edits_a_message_opens_the_dialog_for_it() -> None:
    edit = Card((Buttons((Button("Edit", "edit", "RUN", extra="m-a"),)),), "x")
    [button] = Elements(
        render.message(replace(SAID, text=None, card=edit, thread="web:1"), LOOK)
    ).of("button")
    assert button["data-get"] == f"/as/alvarez/channel/{ROOM}/messages/m-a/edit?thread=web:1"


def test_a_time_stands_in_the_teams_words_until_the_page_shows_the_readers() -> None:
    line = replace(SAID, text=None, person=None, card=STEP)
    html = render.message(line, LOOK)
    assert (
        '<time datetime="2026-10-06T19:54:00+00:00" data-when="day-and-time">'
        "Tuesday, October 6, 3:54 pm</time>"
    ) in html


@pytest.mark.parametrize(
    ("style", "words"),
    [
        (WhenStyle.TIME, "3:42 pm"),
        (WhenStyle.DAY, "Tuesday, October 6"),
        (WhenStyle.DAY_AND_TIME, "Tuesday, October 6, 3:42 pm"),
    ],
)
def test_a_moment_in_words(style: WhenStyle, words: str) -> None:
    assert clock(START, ZONE, style) == words


def test_noon_and_midnight_are_twelve() -> None:
    assert clock(START.replace(hour=4, minute=0), ZONE) == "12:00 am"
    assert clock(START.replace(hour=16, minute=5), ZONE) == "12:05 pm"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://e.org/a.", ["https://e.org/a"]),
        ("(http://e.org/b?c=1) and https://f.org!", ["http://e.org/b?c=1", "https://f.org"]),
        ("javascript:1 data:x www.e.org https://", []),
        ("https://[broken/x", []),
    ],
)
def test_web_addresses_in_a_message_are_links(text: str, links: list[str]) -> None:
    parts = parts_of(text)
    assert [part.url for part in parts if isinstance(part, Link)] == links
    assert "".join(part.url if isinstance(part, Link) else str(part) for part in parts) == text


def test_a_key_is_made_an_elements_id() -> None:
    assert element_id("web:1.a-B") == "web:1.a-B"
    assert element_id("a b/c") == "a_20b_2fc"


def test_a_person_is_marked_by_the_last_name() -> None:
    assert [initials(name) for name in ("Ms. Alvarez", "陈老师", "", "  ")] == ["A", "陈", "?", "?"]


def test_a_dialog_marks_its_faults_beside_the_field_and_in_a_summary() -> None:
    faulty = replace(
        ANSWER,
        inputs=(
            replace(ANSWER.inputs[0], value="kept", fault="Write a little more."),
            ANSWER.inputs[1],
        ),
    )
    html = render.dialog(faulty, LOOK, "web:1")
    found = Elements(html)
    [text] = found.of("textarea")
    assert text["aria-invalid"] == "true"
    assert text["aria-describedby"] == "hint-see fault-see"
    assert ">\nkept</textarea>" in html
    assert '<p class="fault" id="fault-see">Write a little more.</p>' in html
    assert '<a href="#in-see">What I notice: Write a little more.</a>' in html


def test_more_is_open_only_where_something_in_it_is_at_fault() -> None:
    assert found_details(START_FORM) == [{"class": "more"}]
    inputs = [replace(one, fault="Hm." if one.id == "size" else "") for one in START_FORM.inputs]
    assert found_details(replace(START_FORM, inputs=tuple(inputs))) == [
        {"class": "more", "open": None}
    ]


def found_details(form: Form) -> list[dict[str, str | None]]:
    return Elements(render.dialog(form, LOOK, None)).of("details")


def test_every_kind_of_input_has_a_name_that_says_which_it_is() -> None:
    options = (Option("a", "A"), Option("b", "B"))
    inputs = tuple(Input(kind.value, kind.value, kind, options=options) for kind in InputKind)
    form = Form("f", "t", inputs, "go", "no")
    found = Elements(render.dialog(form, LOOK, None)).found
    named = {a["name"] for _, a in found if (a.get("name") or "").startswith("in-")}
    assert named == {f"in-{kind.value}" for kind in InputKind}


def test_no_template_needs_what_the_policy_forbids() -> None:
    for path in render.TEMPLATES.glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! type=\"module\" src=)", text), (
            path
        )


def test_the_script_is_at_most_300_lines() -> None:
    script = Path(render.TEMPLATES.parent / "static" / "app.js")
    assert len(script.read_text().splitlines()) <= 300
