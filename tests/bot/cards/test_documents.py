"""The report as a document: the page's words, without its names where it has none."""

from dataclasses import replace

from bot.cards.documents import document
from bot.cards.words import english
from bot.rules.measures import Measure
from tests.adapters.web.examples import ALVAREZ, CHEN, REPORT

ZONE = "America/New_York"
NAMES = {ALVAREZ: "Ms. Alvarez", CHEN: "Mr. Chen"}


def test_a_document_says_what_the_page_says() -> None:
    made = document(english, REPORT, NAMES, ZONE, ())
    assert made["lead"] == (
        "Grade 7 ELA, Tuesday, October 6, 3:42 pm to 4:27 pm. Ms. Alvarez facilitated."
    )
    assert made["remarks"] == [
        "A rehearsal: it never counts as evidence.",
        "The team sat in one room. The numbers show the written part only.",
    ]
    assert made["commitments"]["rows"] == [
        ["Mr. Chen", "Try paragraph templates on Thursday", "Thursday, October 8", "partly"],
        ["Somebody", "Bring two samples", "no date", "not said yet"],
    ]
    assert made["steps"]["rows"] == [
        ["1. Getting started", "3:42 pm to 3:50 pm", "2 of 3", "6", "45 %"],
        ["2. What do you see?", "3:50 pm to 3:58 pm", "2 of 3", "6", "45 %"],
        ["3. Debrief", "not opened", "", "0", ""],
    ]
    assert made["measures"]["rows"] == [
        ["Explains it", "7B", "26", "9", "18.5", "16", "2026-10-05", ""],
        ["<b>Reasons</b>", "", "", "", "", "", "", ""],
    ]
    by = [answer["by"] for answer in made["steps"]["answers"][0]["answers"]]
    assert by == ["Mr. Chen", "Somebody, after the step had closed", "Unnamed"]


def test_the_numbers_of_a_small_group_are_not_shown() -> None:
    small = replace(REPORT.measures[0], measure=Measure("Claims", "7B", 4, 8, 14, 9))
    made = document(english, replace(REPORT, measures=(small,)), NAMES, ZONE, ())
    assert made["measures"]["rows"] == [["Claims", "7B", "fewer than 5", "", "", "", "", ""]]


def test_a_run_that_goes_on_says_so() -> None:
    step = replace(REPORT.steps[0], closed_at=None)
    made = document(english, replace(REPORT, ended_at=None, steps=(step,)), NAMES, ZONE, ())
    assert "3:42 pm still running." in made["lead"]
    assert made["steps"]["rows"][0][1] == "3:42 pm"


def test_a_run_over_school_days_says_the_days() -> None:
    made = document(english, replace(REPORT, over_days=True), NAMES, ZONE, ())
    assert made["steps"]["rows"][0][1] == (
        "Tuesday, October 6, 3:42 pm to Tuesday, October 6, 3:50 pm"
    )
