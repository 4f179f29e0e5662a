"""The report of a run: one value, shown as a page and as a card."""

from dataclasses import dataclass
from datetime import date, datetime

from protocols.run import PersonId


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
class Promise:
    """One commitment."""

    person: PersonId
    what: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, step by step. `artifacts` are (person, title, url)."""

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
    artifacts: tuple[tuple[PersonId, str, str], ...]
    commitments: tuple[Promise, ...]
    attribution: str
