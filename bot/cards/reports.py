"""The report of a run: one value, shown as a page and as a card."""

from dataclasses import dataclass
from datetime import date, datetime

from protocols.run import PersonId

from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Element,
    Heading,
    List,
    Part,
    Person,
    Style,
    Words,
)
from bot.cards.words import Translator, cut, parts, quiet, text
from bot.rules.measures import Measured


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person handed in; `person` None where it is unnamed."""

    person: PersonId | None
    late: bool
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportStep:
    """One step; `how` says how it ended ("closed by the clock", "skipped: ...", "")."""

    position: int
    title: str
    opened_at: datetime | None
    closed_at: datetime | None
    how: str
    contributions: int
    aside: int
    expected: tuple[PersonId, ...]
    heard: tuple[PersonId, ...]
    passed: tuple[PersonId, ...]
    top_share: float
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Commitment:
    """One commitment. `state`: open, done, partly or not, as its owner said later."""

    person: PersonId
    what: str
    due: date | None
    state: str = "open"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A link or file by its address, or a note by its text."""

    person: PersonId
    title: str
    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, step by step.

    `talk`: how what was said in the steps of talk is spread, as shares from 0 to 1. `reader`: for
    whom it is, None where it is for everybody.
    """

    run: str
    title: str
    team: str
    ended: bool
    cancelled: bool
    rehearsal: bool
    one_room: bool
    started_at: datetime
    ended_at: datetime | None
    facilitator: PersonId
    steps: tuple[ReportStep, ...]
    artifacts: tuple[Artifact, ...]
    commitments: tuple[Commitment, ...]
    attribution: str
    over_days: bool = False
    talk: tuple[tuple[PersonId, float], ...] = ()
    reader: PersonId | None = None
    measures: tuple[Measured, ...] = ()

    @property
    def is_for_facilitator(self) -> bool:
        """Whether its reader sees who was heard; others see how many."""
        return self.reader == self.facilitator


def report_card(t: Translator, report: Report) -> Card:
    """The report in the thread: what was done, who took part, what was promised."""
    title = t("Report: {title}").format(title=report.title)
    elements: list[Element] = [Heading(cut(title, 150)), List(_step_lines(t, report))]
    if report.one_room:
        elements.append(quiet(t, "You were in one room: this is the written part only."))
    elements.extend(_promises(t, report))
    elements.append(quiet(t, "{credit}", credit=cut(report.attribution, 300)))
    buttons = [Button(t("Open the report"), "report", report.run, style=Style.PRIMARY)]
    if report.ended and not (report.cancelled or report.rehearsal):
        buttons.append(Button(t("Same time next week?"), "again", report.run))
    elements.append(Buttons(tuple(buttons)))
    return Card(tuple(elements), title)


def _step_lines(t: Translator, report: Report) -> tuple[tuple[Part, ...], ...]:
    return tuple(_step_line(t, step) for step in report.steps)


def _step_line(t: Translator, step: ReportStep) -> tuple[Part, ...]:
    name = f"{step.position + 1}. {cut(step.title, 100)}"
    if step.opened_at is None:
        return parts(t, "{name}: left out ({how})", name=name, how=step.how)
    heard = f"{len(step.heard)}/{len(step.expected)}"
    if not step.expected:
        return parts(t, "{name}: {count} said", name=name, count=str(step.contributions))
    return parts(
        t,
        "{name}: {heard} heard, {count} said",
        name=name,
        heard=heard,
        count=str(step.contributions),
    )


def _promises(t: Translator, report: Report) -> list[Element]:
    if not report.commitments:
        return []
    lines, shown = [], report.commitments[:20]
    for promise in shown:
        words = Words(cut(promise.what, min(300, 3_000 // len(shown))))
        day = f" ({promise.due.isoformat()})" if promise.due else ""
        lines.append(
            parts(t, "{who}: {what}{day}", who=Person(promise.person), what=words, day=day)
        )
    return [text(t, "What we promised:"), List(tuple(lines))]
