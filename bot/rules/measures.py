"""Measures: the same thing counted before and after, of a group that is named by its code."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from protocols.model import FieldKind
from protocols.run import PersonId

from bot.rules.inputs import LONGEST, FaultKind, day_in, number_in

Fields = Iterable[tuple[str, str, str]]

SMALLEST = 5  # students of a team's own whose numbers are shown together
YEAR = timedelta(days=366)
WHAT, GROUP = "what", "group"
NUMBERS = ("before", "target", "after")
DAYS = ("from", "until")
LABELS = {
    "group": "Group by code",
    "n": "How many students",
    "before": "Before",
    "target": "Target",
    "after": "After",
    "from": "From",
    "until": "Until",
}
PARTS = (WHAT, *LABELS)
_COUNT = re.compile(r"(?!0+$)[0-9]{1,4}")
_KIND = f"{FieldKind.MEASURE}-"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, in which group of how many, from where to where, from when to when."""

    what: str
    group: str = ""
    n: int | None = None
    before: float | None = None
    target: float | None = None
    after: float | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_small(self) -> bool:
        """Whether a colleague would know which student a number is of."""
        return self.n is not None and self.n < SMALLEST


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure, in which step it was handed in, and by whom; `person` None where it is unnamed."""

    position: int
    person: PersonId | None
    measure: Measure


def faults(parts: Mapping[str, str], *, optional: bool) -> dict[str, FaultKind]:
    """What is wrong with the parts of a measure, by part."""
    if optional and not any(parts.values()):
        return {}
    wrong = ((part, _fault(part, parts.get(part, ""))) for part in PARTS)
    found = {part: fault for part, fault in wrong if fault is not None}
    since, until = day_in(parts.get("from", "")), day_in(parts.get("until", ""))
    if since and until and until < since:
        found["until"] = FaultKind.TOO_EARLY
    return found


def _fault(part: str, value: str) -> FaultKind | None:
    if not value:
        return FaultKind.MISSING if part == WHAT else None
    if len(value) > LONGEST:
        return FaultKind.TOO_LONG
    if part == "n" and not _COUNT.fullmatch(value):
        return FaultKind.NO_COUNT
    if part in NUMBERS and number_in(value) is None:
        return FaultKind.NO_NUMBER
    return FaultKind.NO_DATE if part in DAYS and day_in(value) is None else None


def fields_with(label: str, parts: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """A measure as the fields of an answer: what, and then each part that is not empty."""
    rest = ((LABELS[part], _KIND + part, parts[part]) for part in LABELS if parts.get(part))
    return ((label, str(FieldKind.MEASURE), parts.get(WHAT, "")), *rest)


def part_of(kind: str) -> str:
    """The part that a field of an answer is, empty where it is none of a measure."""
    if kind == FieldKind.MEASURE:
        return WHAT
    return kind.removeprefix(_KIND) if kind.startswith(_KIND) else ""


def of_fields(fields: Fields) -> tuple[Measure, ...]:
    """The measures in an answer, from its fields."""
    return tuple(_measure(parts) for parts in _parts_in(fields))


def of_items(items: Iterable[tuple[int, PersonId | None, Fields]]) -> tuple[Measured, ...]:
    """The measures of a run, from the step, person and fields of each of its answers."""
    return tuple(
        Measured(position, person, measure)
        for position, person, fields in items
        for measure in of_fields(fields)
    )


def until_of(fields: Fields, today: date) -> date | None:
    """The last day of what is measured from now on: without an "after", and within a year."""
    days = [
        one.until
        for one in of_fields(fields)
        if one.until and one.after is None and today <= one.until <= today + YEAR
    ]
    return max(days, default=None)


def next_of(fields: Fields) -> dict[str, str]:
    """The parts that the next of the chain begins with, from the last measure with a baseline.

    Without an "after" it is still going on; with one it is over, and the next begins where it
    ended.
    """
    begun = [parts for parts in _parts_in(fields) if parts.get("before")]
    if not begun:
        return {}
    last = begun[-1]
    if not last.get("after"):
        return last
    kept = {part: value for part, value in last.items() if part in (WHAT, "group", "n")}
    return kept | {"before": last["after"]}


def _parts_in(fields: Fields) -> tuple[dict[str, str], ...]:
    found: list[dict[str, str]] = []
    for _, kind, value in fields:
        part = part_of(kind)
        if part == WHAT:
            found.append({})
        if part and found:
            found[-1][part] = value
    return tuple(parts for parts in found if any(parts.values()))


def _measure(parts: Mapping[str, str]) -> Measure:
    n = parts.get("n", "")
    before, target, after = (number_in(parts.get(part, "")) for part in NUMBERS)
    since, until = (day_in(parts.get(part, "")) for part in DAYS)
    return Measure(
        what=parts.get(WHAT, ""),
        group=parts.get("group", ""),
        n=int(n) if _COUNT.fullmatch(n) else None,
        before=before,
        target=target,
        after=after,
        since=since,
        until=until,
    )
