"""The report of a run as a document: plain values that a template lays out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from protocols.run import PersonId

from bot.cards.charts import Chart, percent
from bot.cards.reports import Answer, Report, ReportStep
from bot.cards.words import Translator, clock_time, day_time
from bot.rules.measures import Measure

STATES = {"done": "done", "partly": "partly", "not": "not this time"}
MEASURE = ("What", "Group", "Students", "Before", "Target", "After", "From", "Until")
LANGUAGE = "en"


def document(
    t: Translator,
    report: Report,
    names: Mapping[PersonId, str],
    zone: str,
    charts: Iterable[tuple[Chart, str]],
) -> dict[str, Any]:
    """What the template shows. `charts`: each with its SVG."""

    def name(person: PersonId | None) -> str:
        return t("Unnamed") if person is None else names.get(person, t("Somebody"))

    return {
        "language": LANGUAGE,
        "title": report.title,
        "kicker": t("Report of a run"),
        "lead": _lead(t, report, name(report.facilitator), zone),
        "remarks": _remarks(t, report),
        "charts": [
            {"title": one.title, "says": one.says, "svg": svg} for one, svg in charts if svg
        ],
        "commitments": {
            "title": t("What we said we would do"),
            "none": t("No commitments were made."),
            "head": [t("Who"), t("What"), t("By"), t("Since then")],
            "rows": [
                [
                    name(one.person),
                    one.what,
                    f"{one.due:%A, %B} {one.due.day}" if one.due else t("no date"),
                    t(STATES.get(one.state, "not said yet")),
                ]
                for one in report.commitments
            ],
        },
        "measures": {
            "title": t("Before and after"),
            "head": [t(label) for label in MEASURE],
            "rows": [_measure(t, one.measure) for one in report.measures],
        },
        "steps": {
            "title": t("Step by step"),
            "head": [t("Step"), t("When"), t("Heard"), t("Posts"), t("Top share")],
            "rows": [_row(t, report, step, zone) for step in report.steps],
            "answers": [
                {
                    "title": f"{step.position + 1}. {step.title}",
                    "answers": [_answer(t, one, name(one.person)) for one in step.answers],
                }
                for step in report.steps
                if step.answers
            ],
        },
        "artifacts": {
            "title": t("Artifacts"),
            "rows": [[one.title, one.url, one.text, name(one.person)] for one in report.artifacts],
        },
        "attribution": report.attribution,
    }


def _lead(t: Translator, report: Report, facilitator: str, zone: str) -> str:
    began = day_time(report.started_at, zone).fallback
    ended = t("still running")
    if report.ended_at is not None:
        ended = t("to {time}").format(time=_time(report, report.ended_at, zone))
    said = t("{team}, {began} {ended}. {name} facilitated.")
    return said.format(team=report.team, began=began, ended=ended, name=facilitator)


def _remarks(t: Translator, report: Report) -> list[str]:
    said = {
        "A rehearsal: it never counts as evidence.": report.rehearsal,
        "Ended early.": report.cancelled,
        "The team sat in one room. The numbers show the written part only.": report.one_room,
    }
    return [t(sentence) for sentence, holds in said.items() if holds]


def _time(report: Report, at: datetime, zone: str) -> str:
    return (day_time if report.over_days else clock_time)(at, zone).fallback


def _row(t: Translator, report: Report, step: ReportStep, zone: str) -> list[str]:
    when = t("not opened")
    if step.opened_at is not None:
        when = _time(report, step.opened_at, zone)
        if step.closed_at is not None:
            when = t("{opened} to {closed}").format(
                opened=when, closed=_time(report, step.closed_at, zone)
            )
    heard = t("{heard} of {expected}").format(heard=len(step.heard), expected=len(step.expected))
    return [
        f"{step.position + 1}. {step.title}",
        when,
        heard if step.expected else "",
        str(step.contributions),
        percent(step.top_share) if step.contributions else "",
    ]


def _measure(t: Translator, one: Measure) -> list[str]:
    numbers = ["" if n is None else f"{n:g}" for n in (one.n, one.before, one.target, one.after)]
    if one.is_small:
        numbers = [t("fewer than 5"), "", "", ""]
    days = (day.isoformat() if day else "" for day in (one.since, one.until))
    return [one.what, one.group, *numbers, *days]


def _answer(t: Translator, answer: Answer, who: str) -> dict[str, Any]:
    by = t("{name}, after the step had closed").format(name=who) if answer.late else who
    return {"by": by, "fields": [list(field) for field in answer.fields]}
