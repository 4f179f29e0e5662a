"""Minutes: plain text that a team can put anywhere."""

from dataclasses import replace

from bot.cards.minutes import minutes
from bot.cards.words import english
from protocols.run import PersonId
from tests.adapters.web.examples import ALVAREZ, CHEN, ORTIZ, REPORT

NAMES: dict[PersonId, str] = {ALVAREZ: "Ms. Alvarez", CHEN: "Mr. Chen", ORTIZ: "Sra. Ortiz"}

WHOLE = """\
Looking at Student Work
Grade 7 ELA, 2026-10-06
Facilitated by Ms. Alvarez
We sat in one room: this is the written part only.

1. Getting started
   Heard: Ms. Alvarez, Mr. Chen

2. What do you see?
   closed by the clock
   Heard: Ms. Alvarez, Mr. Chen
   - Mr. Chen: What I notice: Long first sentences. Then they stop.
   - Sra. Ortiz: What I notice: Empiezan con una pregunta.
   - Unnamed: What I notice: 陈老师: 句子很短。

3. Debrief
   skipped: the bell rang

What we said we would do
- Mr. Chen: Try paragraph templates on Thursday (2026-10-08)
- Somebody: Bring two samples

Artifacts
- Paragraph drafts: https://example.org/drafts
- unsafe
- Quick-write: Una <b>pregunta</b>.
"""


def test_minutes_are_the_whole_report_as_text() -> None:
    assert minutes(english, replace(REPORT, reader=ALVAREZ), NAMES) == WHOLE


def test_who_did_not_facilitate_reads_how_many_were_heard() -> None:
    heard = WHOLE.replace("Heard: Ms. Alvarez, Mr. Chen", "Heard: 2 of 3")
    assert minutes(english, replace(REPORT, reader=CHEN), NAMES) == heard


def test_what_there_is_nothing_of_is_left_out() -> None:
    bare = replace(REPORT, one_room=False, steps=(), commitments=(), artifacts=())
    assert minutes(english, bare, NAMES) == (
        "Looking at Student Work\nGrade 7 ELA, 2026-10-06\nFacilitated by Ms. Alvarez\n"
    )
