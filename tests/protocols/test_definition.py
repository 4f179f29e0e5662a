"""Protocol files: what a good one becomes, and every fault of a bad one, where it is."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from protocols.definition import Fault, Faults, read, schema
from protocols.library import FOLDER
from protocols.model import Field, FieldKind, Floor, Need, Protocol, Reveal, Step

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "write-a-protocol.md"
FILES = sorted(FOLDER.glob("*.yaml"))

SMALL = """\
protocol: ours
title: Ours
about: What it is for.
group: 4-8
roles: [facilitator, presenter]
steps:
  - title: Show
    floor: presenter
    minutes: {full: 10, short: 8}
    school_days: 1
    say: "{presenter}, show us."
  - title: Write
    floor: alone
    minutes: {full: 5, short: 5}
    school_days: 0.5
    say: What do you see?
  - title: Debrief
    floor: round
    minutes: {full: 5, short: 4}
    school_days: 0.25
    say: What do we keep?
"""
EVERY_WORD = """\
protocol: every-word-1
title: '5:00'
about: |
  Two lines,
  one text.
needs: [study data, a dilemma]
group: 2-30
roles: [facilitator, data owner]
attribution: Our own.
facilitator_takes_part: true
readiness: true
steps:
  - title: no
    floor: inner
    minutes: {full: 0, short: 0}
    school_days: 2
    say: Is 3 < 5? Ask {data owner}, jo@example.org, and look at the data; see https://example.org
    held_by: data owner
    with: data owner
    silent: [data owner, facilitator]
    circle: 2
    before: true
  - title: Alone
    floor: alone
    minutes: {full: 480, short: 1}
    school_days: 0.25
    say: Alone.
    reveal: at-close
    collect:
      - {label: One, kind: choice, options: [a, b], optional: true}
  - title: Alone again
    floor: alone
    minutes: {full: 1, short: 1}
    school_days: 1.75
    say: Again.
    reveal: unnamed
  - title: Debrief
    floor: open
    minutes: {full: 1, short: 1}
    school_days: 1
    say: And?
    collect:
      - {label: Then and now, kind: comparison, of: 2}
"""
TAKES_TEXT = "takes a text of at most 300 characters and 60 words"
TAKES_LINE = "takes one line of at most 75 characters"
MISFIT = "this does not fit what is above it; line it up, or put quotes around the whole text."
NO_PROTOCOL = 'this is no protocol; begin with a line like "protocol: my-protocol".'
COLON = 'a colon too many; put quotes around a text that holds ": ".'
QUOTE = "a quote opens here and is not closed; add the closing quote."
BRACKET = "a bracket opens here and is not closed; close it, or put quotes around the text."
ESCAPE = "a \\ is not used like this; put single quotes around the text instead."
INVISIBLE = "a character that nobody can see is here (U+{}); delete it."
ALL_MISSING = [
    f'1:1: "about" is missing here; it {TAKES_TEXT}.',
    '1:1: "group" is missing here; it takes the smallest and the largest, like 4-8.',
    '1:1: "protocol" is missing here; it takes a short name of small letters, digits and hyphens.',
    '1:1: "roles" is missing here; it takes a list of 1 to 10 short names.',
    '1:1: "steps" is missing here; it takes a list of 1 to 50 steps.',
    f'1:1: "title" is missing here; it {TAKES_LINE}.',
]


def faults(text: str | bytes) -> list[str]:
    """Return the faults as "line:column: sentence"."""
    with pytest.raises(Faults) as found:
        read(text, "f.yaml")
    assert str(found.value) == "\n".join(map(str, found.value.faults))
    return [str(fault).removeprefix("f.yaml:") for fault in found.value.faults]


def test_a_file_becomes_a_protocol_with_every_word_in_its_place() -> None:
    assert read(EVERY_WORD, "f.yaml") == Protocol(
        id="every-word-1",
        title="5:00",
        about="Two lines,\none text.",
        needs=(Need.STUDY_DATA, Need.DILEMMA),
        smallest=2,
        largest=30,
        roles=("facilitator", "data owner"),
        attribution="Our own.",
        facilitator_takes_part=True,
        readiness=True,
        steps=(
            Step(
                title="no",
                floor=Floor.INNER,
                full=0,
                short=0,
                quarters=8,
                say=(
                    "Is 3 < 5? Ask {data owner}, jo@example.org, and look at the data;"
                    " see https://example.org"
                ),
                held_by="data owner",
                with_=("data owner",),
                silent=("data owner", "facilitator"),
                circle=2,
                before=True,
            ),
            Step(
                title="Alone",
                floor=Floor.ALONE,
                full=480,
                short=1,
                quarters=1,
                say="Alone.",
                collect=(Field("One", FieldKind.CHOICE, options=("a", "b"), optional=True),),
            ),
            Step(
                title="Alone again",
                floor=Floor.ALONE,
                full=1,
                short=1,
                quarters=7,
                say="Again.",
                reveal=Reveal.UNNAMED,
            ),
            Step(
                title="Debrief",
                floor=Floor.OPEN,
                full=1,
                short=1,
                quarters=4,
                say="And?",
                collect=(Field("Then and now", FieldKind.COMPARISON, of=2),),
            ),
        ),
    )


def test_what_is_left_out_has_its_usual_value() -> None:
    assert read(SMALL, "f.yaml") == Protocol(
        id="ours",
        title="Ours",
        about="What it is for.",
        needs=(),
        smallest=4,
        largest=8,
        roles=("facilitator", "presenter"),
        attribution="",
        steps=(
            Step("Show", Floor.PRESENTER, 10, 8, 4, "{presenter}, show us."),
            Step("Write", Floor.ALONE, 5, 5, 2, "What do you see?"),
            Step("Debrief", Floor.ROUND, 5, 4, 1, "What do we keep?"),
        ),
    )


@pytest.mark.parametrize(
    "same",
    [
        SMALL.encode(),
        b"\xef\xbb\xbf" + SMALL.encode(),
        SMALL.replace("\n", "\r\n"),
        "---\n" + SMALL + "...\n",
        SMALL.replace("0.25", ".25"),
    ],
    ids=["bytes", "byte order mark", "Windows lines", "document marks", "no leading zero"],
)
def test_editors_may_save_a_file_their_way(same: str | bytes) -> None:
    assert read(same, "f.yaml") == read(SMALL, "f.yaml")


SAY = "What do we keep?"
FORM = "say: What do we keep?\n    collect:\n      - "

# what stands in SMALL (its last such place), what is written instead, and the faults
EDITED: list[tuple[str, str, list[str]]] = [
    # YAML
    (SAY, "'What", [f"21:10: {QUOTE}"]),
    (SAY, '"What', [f"21:10: {QUOTE}"]),
    (SAY, "[What", [f"21:10: {BRACKET}"]),
    (SAY, "{What", [f"21:10: {BRACKET}"]),
    (SAY, "Now: what?", [f"21:13: {COLON}"]),
    (SAY, "{presenter}, keep?", [f"21:21: {MISFIT}"]),
    ("    say: What", "   say: What", [f"21:4: {MISFIT}"]),
    (SAY, '"\\q"', [f"21:12: {ESCAPE}"]),
    ("    say: What", "\tsay: What", ["21:1: a tab is here; use spaces instead."]),
    (SAY, "@here", ["21:10: a text that begins with this sign needs quotes around it."]),
    (SAY, '"\\UFFFFFFFF"', ["21:5: I cannot read on from here; put quotes around this text."]),
    ("protocol: ours", "%YAML 3.0\n---\nprotocol: ours", [f"1:1: {MISFIT}"]),
    # safe YAML
    (SAY, "&x y", ['21:10: names that begin with "&" are not used; put quotes around the text.']),
    (SAY, "*x", ['21:10: names that begin with "*" are not used; put quotes around the text.']),
    (
        "{full: 5, short: 4}",
        "*x",
        ['19:14: names that begin with "*" are not used; put quotes around the text.'],
    ),
    (
        "- title: Write",
        "- &x !y\n    title: Write",
        [
            '12:5: names that begin with "&" are not used; put quotes around the text.',
            '12:5: types that begin with "!" are not used; put quotes around the text.',
        ],
    ),
    (
        SAY,
        "!!str y",
        ['21:10: types that begin with "!" are not used; put quotes around the text.'],
    ),
    (SAY, f"{SAY}\n    <<: {{a: b}}", ['22:5: "<<" is not used; write the words out.']),
    (SAY, f"{SAY}\n    say: Again", ['22:5: "say" is here twice; keep one of them.']),
    (
        SAY,
        f"{SAY}\n    [a]: b",
        [
            '22:5: a line here begins with a word and a colon, like "title: "; put quotes around a text.'
        ],
    ),
    (
        "protocol: ours",
        "%YAML 1.1\n---\nprotocol: ours",
        ["2:1: lines that begin with % are not used; delete them."],
    ),
    (
        "protocol: ours",
        "%TAG ! tag:x,2000:\n---\nprotocol: ours",
        ["2:1: lines that begin with % are not used; delete them."],
    ),
    (
        SAY,
        f"{SAY}\n---\nprotocol: b",
        ["22:1: a second protocol begins here; give it a file of its own."],
    ),
    (
        SAY,
        "[[[[[[[[x]]]]]]]]",
        ["21:16: this is nested too deep; a protocol needs at most six levels."],
    ),
    # safe texts
    (SAY, "a\x07b", [f"21:11: {INVISIBLE.format('0007')}"]),
    (SAY, "a\u202eb", [f"21:11: {INVISIBLE.format('202E')}"]),
    (SAY, '"\\0"', [f"21:10: {INVISIBLE.format('0000')}"]),
    (SAY, '"\\uD800"', [f"21:10: {INVISIBLE.format('D800')}"]),
    ("title: Ours", "title: a <B>b", ['2:8: "<B>" looks like markup; write plain words.']),
    (
        SAY,
        "Look <!channel> at <@U123> and </p> and <!-- x",
        [
            '21:10: "<!--" looks like markup; write plain words.',
            '21:10: "<!channel>" looks like markup; write plain words.',
            '21:10: "</p>" looks like markup; write plain words.',
            '21:10: "<@U123>" looks like markup; write plain words.',
        ],
    ),
    (
        SAY,
        "Hey @Channel, @here and @everyone",
        [
            '21:10: "@Channel" would call everybody; leave out the @.',
            '21:10: "@everyone" would call everybody; leave out the @.',
            '21:10: "@here" would call everybody; leave out the @.',
        ],
    ),
    (
        "about: What it is for.",
        "about: JavaScript:x or data:text/html,x",
        [
            '3:8: "JavaScript:" begins a link that may run code; use one that begins with https://',
            '3:8: "data:" begins a link that may run code; use one that begins with https://',
        ],
    ),
    # words
    (
        "minutes: {full: 5, short: 4}",
        "mintes: {full: 5, short: 4}",
        [
            '17:5: "minutes" is missing here; it takes two numbers, like {full: 10, short: 8}.',
            '19:5: "mintes" is not a word I know; did you mean "minutes"?',
        ],
    ),
    (
        "short: 4}",
        "xyz: 4}",
        [
            '19:14: "short" is missing here; it takes a whole number of minutes, 1 to 480.',
            '19:24: "xyz" is not a word I know; the words here are full, short.',
        ],
    ),
    (
        "title: Ours",
        f"title: Ours\n{'x' * 41}: y",
        [
            (
                f'3:1: "{"x" * 40}..." is not a word I know; the words here are protocol, title, about,'
                " needs, group, roles, attribution, facilitator_takes_part, readiness, steps."
            )
        ],
    ),
    (
        "protocol: ours",
        "protocol: Our Own",
        [
            (
                '1:11: "protocol" takes a short name of small letters, digits and hyphens,'
                ' not "Our Own".'
            )
        ],
    ),
    ("title: Ours", f"title: {'x' * 76}", [f'2:8: "title" {TAKES_LINE}; this has 76 characters.']),
    ("title: Ours", 'title: "a\\nb"', [f'2:8: "title" {TAKES_LINE}, not "a b".']),
    ("title: Ours", "title: 2026", [f'2:8: "title" {TAKES_LINE}; put quotes around 2026.']),
    ("title: Ours", "title: True", [f'2:8: "title" {TAKES_LINE}; put quotes around true.']),
    ("title: Ours", "title: [a]", [f'2:8: "title" {TAKES_LINE}, not a list.']),
    ("title: Ours", 'title: ""', [f'2:8: "title" {TAKES_LINE}, not nothing.']),
    ("title: Ours", "title: ~", [f'2:8: "title" {TAKES_LINE}, not nothing.']),
    (
        "title: Ours",
        "title: {presenter}",
        [f'2:8: "title" {TAKES_LINE}; put quotes around a text that begins with "{{".'],
    ),
    (SAY, f'"{"x" * 301}"', [f'21:10: "say" {TAKES_TEXT}; this has 301 characters.']),
    (SAY, "a " * 61, ['21:10: "say" takes at most 60 words; this has 61.']),
    (
        "about: What it is for.",
        f"about: {'x' * 301}",
        [f'3:8: "about" {TAKES_TEXT}; this has 301 characters.'],
    ),
    (
        "group: 4-8",
        "group: 4-8\nneeds: [read researchh, 3]",
        [
            (
                '5:9: "needs" takes a list out of plan a lesson, look at student work, study data,'
                ' read research, a dilemma, not "read researchh"; did you mean "read research"?'
            ),
            (
                '5:25: "needs" takes a list out of plan a lesson, look at student work, study data,'
                " read research, a dilemma, not 3."
            ),
        ],
    ),
    ("group: 4-8", "group: 8-4", ['4:8: "group" begins with the smaller number, like 4-8.']),
    ("group: 4-8", "group: 4-4", ['4:8: "group" begins with the smaller number, like 4-8.']),
    (
        "group: 4-8",
        "group: 4",
        ['4:8: "group" takes the smallest and the largest, like 4-8, not 4.'],
    ),
    # steps
    (
        "floor: round",
        "floor: rund",
        [
            (
                '18:12: "floor" takes one of round, open, alone, presenter, facilitator, group,'
                ' questions, inner, outer, not "rund"; did you mean "round"?'
            )
        ],
    ),
    (
        "floor: round",
        "floor: [round]\n    reveal: private",
        [
            (
                '18:12: "floor" takes one of round, open, alone, presenter, facilitator, group,'
                " questions, inner, outer, not a list."
            )
        ],
    ),
    (
        "floor: round",
        "floor: alone",
        ["18:12: the last step is the debrief, where people talk; give it another floor."],
    ),
    (
        "{full: 5, short: 4}",
        "{full: 0, short: 481}",
        [
            '19:21: "full" may be 0 only with "before: true"; give it at least 1 minute.',
            '19:31: "short" takes a whole number of minutes, 1 to 480, not 481.',
        ],
    ),
    (
        "{full: 5, short: 4}",
        "{full: 2.5, short: false}",
        [
            '19:21: "full" takes a whole number of minutes, 1 to 480, not 2.5.',
            '19:33: "short" takes a whole number of minutes, 1 to 480, not false.',
        ],
    ),
    (
        "{full: 5, short: 4}",
        "-1",
        ['19:14: "minutes" takes two numbers, like {full: 10, short: 8}, not -1.'],
    ),
    (
        "school_days: 0.25",
        "school_days: 0.3",
        ['20:18: "school_days" takes school days in quarters, 0.25 to 2, not 0.3.'],
    ),
    (
        "school_days: 0.25",
        "school_days: 2.25",
        ['20:18: "school_days" takes school days in quarters, 0.25 to 2, not 2.25.'],
    ),
    (
        "school_days: 0.25",
        'school_days: "1"',
        ['20:18: "school_days" takes school days in quarters, 0.25 to 2, not "1".'],
    ),
    (
        "floor: round",
        "floor: round\n    reveal: private\n    circle: 1\n    before: yes",
        [
            '19:5: "reveal" goes only with "floor: alone"; delete it here.',
            '20:5: "circle" goes only with the floors inner and outer; delete it here.',
            '21:13: "before" takes true or false, not "yes".',
        ],
    ),
    (
        "floor: round",
        "floor: outer\n    circle: 3",
        ['19:13: "circle" takes 1 or 2, not 3.'],
    ),
    # roles
    (
        "[facilitator, presenter]",
        "[facilitatr, presenter]",
        ['5:8: "roles" needs "facilitator"; add it to the list.'],
    ),
    (
        "[facilitator, presenter]",
        "[facilitator, presenter, presenter]",
        ['5:33: "presenter" is in the list twice; keep one of them.'],
    ),
    (
        "[facilitator, presenter]",
        "[]",
        ['5:8: "roles" takes a list of 1 to 10 short names, not 0.'],
    ),
    (
        "[facilitator, presenter]",
        "[facilitator, scribe]",
        [
            '8:12: nobody is "presenter" here; add it to "roles", or say with "held_by" who speaks.',
            (
                '11:10: "say" names "{presenter}", which is none of the roles;'
                " add it to them, or delete it."
            ),
        ],
    ),
    (
        "floor: round",
        "floor: round\n    held_by: presentor\n    with: x\n    silent: [presenter, x]",
        [
            (
                '19:14: "held_by" names "presentor", which is none of the roles;'
                ' did you mean "presenter"?'
            ),
            '20:11: "with" names "x", which is none of the roles; add it to them, or delete it.',
            '21:13: "silent" names "x", which is none of the roles; add it to them, or delete it.',
        ],
    ),
    (
        SAY,
        "Ask {presentr} and {",
        [
            '21:10: "say" names "{", which is none of the roles; add it to them, or delete it.',
            (
                '21:10: "say" names "{presentr}", which is none of the roles;'
                ' did you mean "presenter"?'
            ),
        ],
    ),
    (
        "title: Debrief",
        "title: With {presenter}",
        ['17:12: only "say" can name "{presenter}"; write it out here.'],
    ),
    # forms
    (
        f"say: {SAY}",
        FORM + "{label: A, kind: choice}",
        ['23:9: a choice needs "options"; list what people may choose.'],
    ),
    (
        f"say: {SAY}",
        FORM + "{label: A, kind: text, options: [a, b]}",
        ['23:32: "options" goes only with "kind: choice"; delete it here.'],
    ),
    (
        f"say: {SAY}",
        FORM + "{label: A, kind: choice, options: [a]}",
        ['23:43: "options" takes 2 to 100 lines of at most 75 characters, not 1.'],
    ),
    (
        f"say: {SAY}",
        FORM + "{label: A, kind: choice, options: [1, b]}",
        ['23:44: "options" takes 2 to 100 lines of at most 75 characters; put quotes around 1.'],
    ),
    (
        f"say: {SAY}",
        FORM + "{label: A, kind: text}\n      - {label: ' A ', kind: number}",
        ['24:17: "A" is in this form twice; change one of them.'],
    ),
    (
        f"say: {SAY}",
        FORM + "{label: A, kind: comparison}",
        ['23:9: a comparison needs "of"; give the number of the step to compare with.'],
    ),
    (
        f"say: {SAY}",
        FORM + "{label: A, kind: text, of: 2}",
        ['23:32: "of" goes only with "kind: comparison"; delete it here.'],
    ),
    *(
        (
            f"say: {SAY}",
            FORM + f"{{label: A, kind: comparison, of: {step}}}",
            [
                (
                    f'23:42: step {step} is no earlier step with "floor: alone" whose answers open at'
                    " its close; name one that is."
                )
            ],
        )
        for step in (1, 3, 9)
    ),
    (
        f"say: {SAY}",
        FORM + "{label: A, kind: comparison, of: 0}",
        ['23:42: "of" takes the number of an earlier step, like 1, not 0.'],
    ),
    (
        f"say: {SAY}",
        FORM + "text\n      - {lebel: A, kind: txt}",
        [
            '23:9: "collect" takes a list of up to 20 fields, not "text".',
            f'24:9: "label" is missing here; it {TAKES_LINE}.',
            '24:10: "lebel" is not a word I know; did you mean "label"?',
            (
                '24:26: "kind" takes one of text, choice, link, file, number, commitment, comparison,'
                ' measure, not "txt"; did you mean "text"?'
            ),
        ],
    ),
]


@pytest.mark.parametrize(("there", "instead", "expected"), EDITED)
def test_each_fault_is_named_where_it_is(there: str, instead: str, expected: list[str]) -> None:
    before, found, after = SMALL.rpartition(there)
    assert found == there
    assert faults(before + instead + after) == expected


STEP = "  - {title: T, floor: open, minutes: {full: 1, short: 1}, school_days: 1, say: S}\n"
HEAD = SMALL[: SMALL.index("  - title")]
FIELD = "      - {{label: L{}, kind: text}}\n"
WHOLE: list[tuple[str | bytes, list[str]]] = [
    ("", [f"1:1: {NO_PROTOCOL}"]),
    ("# nothing yet\n", [f"1:1: {NO_PROTOCOL}"]),
    ("a text\n", [f"1:1: {NO_PROTOCOL}"]),
    ("- a list\n", [f"1:1: {NO_PROTOCOL}"]),
    ("{}", ALL_MISSING),
    ("\x00", [f"1:1: {INVISIBLE.format('0000')}"]),
    ("a: b\nc: \u2028", [f"2:4: {INVISIBLE.format('2028')}"]),
    ("a: \ud800", ["1:4: this is no UTF-8 text; save the file as UTF-8."]),
    (b"a: b\n\xc3\xa4: \xff", ["2:4: this is no UTF-8 text; save the file as UTF-8."]),
    (b"\xef\xbb\xbfa: \xff", ["1:4: this is no UTF-8 text; save the file as UTF-8."]),
    (
        "#" * (64 * 1024 + 1),
        ["1:1: this file is larger than 64 KiB; leave out what is not needed."],
    ),
    (HEAD + STEP * 51, ['7:3: "steps" takes a list of 1 to 50 steps, not 51.']),
    (
        SMALL + "    collect:\n" + "".join(map(FIELD.format, range(21))),
        ['23:7: "collect" takes a list of up to 20 fields, not 21.'],
    ),
    (
        f"{SMALL}    collect:\n      - {{label: L, kind: choice, options: [{'a, ' * 101}]}}\n",
        ['23:43: "options" takes 2 to 100 lines of at most 75 characters, not 101.'],
    ),
    (
        SMALL.replace("{full: 5", "{full: x").replace("8}", "y}"),
        [
            '9:32: "short" takes a whole number of minutes, 1 to 480, not "y".',
            '14:21: "full" takes a whole number of minutes, 1 to 480, not "x".',
            '19:21: "full" takes a whole number of minutes, 1 to 480, not "x".',
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), WHOLE, ids=range(len(WHOLE)))
def test_whole_files_are_refused_for_what_they_are(text: str | bytes, expected: list[str]) -> None:
    assert faults(text) == expected


def test_a_comparison_is_only_with_answers_that_open_with_their_names() -> None:
    hidden = EVERY_WORD.replace("at-close", "private")
    assert faults(hidden) == [
        (
            '43:53: step 2 is no earlier step with "floor: alone" whose answers open at its close;'
            " name one that is."
        )
    ]


def test_the_largest_file_is_read_to_its_end() -> None:
    room = 64 * 1024 - len(SMALL)
    assert read(SMALL + "#" * room, "f.yaml") == read(SMALL, "f.yaml")
    assert len(read(HEAD + STEP * 50, "f.yaml").steps) == 50


def test_a_fault_reads_as_editors_understand_it() -> None:
    assert str(Fault("a/b.yaml", 8, 5, "Why.")) == "a/b.yaml:8:5: Why."


SIGNS = st.sampled_from(
    [
        *"{}[]:,-?&*!|>'\"%@`#<\\ \n\t\r",
        "\n  ",
        "- ",
        ": ",
        "steps",
        "<<",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "!!str ",
        "&a ",
        "*a",
        "\\U",
        "\\x",
        "0x",
        ".inf",
        "\ufeff",
        "2026-01-01",
    ]
)
WORDS = [*re.findall(r"(\w+):", EVERY_WORD), "presenter", "alone", "comparison", "4-8", "{x}", 0, 1]
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner),
    max_leaves=20,
)


def reads_or_refuses(text: str | bytes) -> None:
    try:
        read(text, "f.yaml")
    except Faults as found:
        assert found.faults == tuple(sorted(set(found.faults)))  # noqa: PT017 most texts have faults
        assert found.faults  # noqa: PT017


@given(st.text() | st.binary() | st.lists(SIGNS).map("".join))
def test_any_text_is_read_or_has_faults(text: str | bytes) -> None:
    reads_or_refuses(text)


@given(st.integers(0, len(EVERY_WORD)), st.integers(0, 30), st.lists(SIGNS, max_size=5))
def test_any_slip_of_the_hand_is_read_or_has_faults(at: int, cut: int, signs: list[str]) -> None:
    reads_or_refuses(EVERY_WORD[:at] + "".join(signs) + EVERY_WORD[at + cut :])


@given(st.dictionaries(st.sampled_from(WORDS), VALUES))
def test_any_values_are_read_or_have_faults(values: dict[str, object]) -> None:
    reads_or_refuses(json.dumps(values))


# The library, and what teachers read.


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_the_library_is_named_for_its_protocol(path: Path) -> None:
    found = read(path.read_bytes(), path.name)
    assert (found.id, bool(found.attribution), bool(found.needs)) == (path.stem, True, True)
    assert path.read_text().startswith("# yaml-language-server: $schema=../schema.json\n")


def test_the_schema_for_editors_is_the_one_that_is_checked() -> None:
    assert json.loads((ROOT / "protocols" / "schema.json").read_text()) == schema()


@pytest.mark.parametrize("text", [SMALL, EVERY_WORD, *(path.read_text() for path in FILES)])
def test_editors_find_no_fault_where_there_is_none(text: str) -> None:
    jsonschema.validate(YAML(typ="safe", pure=True).load(text), schema())


def page_example() -> str:
    found = re.search(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_of_the_page_has_no_fault() -> None:
    example = read(page_example(), "gallery-walk.yaml")
    assert (example.id, len(example.steps)) == ("gallery-walk", 5)


def test_the_page_explains_every_word_and_no_other() -> None:
    described = set(re.findall(r"^\| `([a-z_-]+)` \|", PAGE.read_text(), re.MULTILINE))
    definitions = [schema(), *schema()["$defs"].values()]
    words = {word for each in definitions for word in each.get("properties", {})}
    assert described == (words - {"full", "short"}) | {*Floor, *FieldKind, *Reveal}


def test_the_fault_on_the_page_is_the_one_that_is_found() -> None:
    wrong = page_example().replace("minutes", "mintes", 1)
    with pytest.raises(Faults) as found:
        read(wrong, "gallery-walk.yaml")
    assert str(found.value).splitlines()[-1] in PAGE.read_text()


PROMISE = "      - {label: Mine, kind: commitment}\n"


def written_alone(form: str) -> str:
    """A file whose middle step is written alone, with this form."""
    parts = ["title: T", "floor: alone", "minutes: {full: 1, short: 1}", "school_days: 1", "say: S"]
    body = "\n".join(f"    {part}" for part in parts).replace("    title", "  - title", 1)
    return f"{HEAD}{STEP}{body}\n    collect:\n{form}{STEP}"


def test_a_commitment_is_made_in_the_open() -> None:
    assert faults(written_alone(PROMISE)) == [
        "13:5: a commitment is made in the open; ask for it in a step that is not alone."
    ]


def test_a_form_holds_no_more_than_a_dialog_does_with_the_tick_of_a_sealed_step() -> None:
    full = read(written_alone("".join(map(FIELD.format, range(19)))), "ours.yaml")
    assert len(full.steps[1].collect) == 19
    assert faults(written_alone("".join(map(FIELD.format, range(20))))) == [
        "13:5: this form has 21 inputs, at most 20; ask for less."
    ]


def test_a_measure_takes_eight_inputs_of_a_form() -> None:
    measures = "".join(f"      - {{label: M{number}, kind: measure}}\n" for number in range(2))
    full = read(written_alone(measures + "".join(map(FIELD.format, range(3)))), "ours.yaml")
    assert len(full.steps[1].collect) == 5
    assert faults(written_alone(measures + "".join(map(FIELD.format, range(4))))) == [
        "13:5: this form has 21 inputs, at most 20; ask for less."
    ]
