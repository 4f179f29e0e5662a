"""What comes back from the form of a step: fields as they were given, links, commitments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from protocols.model import Field, FieldKind, Step
from protocols.run import PersonId

from bot.rules.inputs import LONGEST, FaultKind, day_in, input_id, number_in
from bot.rules.uploads import stored

PRIVATE = "private"
FREE = Field(label="What do you want to add?", kind=FieldKind.TEXT)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A commitment as it was written. `person` None: the writer's own."""

    person: PersonId | None
    what: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was handed in. `fields`: (label, kind, value); `links`: (label, url)."""

    fields: tuple[tuple[str, str, str], ...]
    links: tuple[tuple[str, str], ...]
    commitments: tuple[Commitment, ...]
    private: bool

    @property
    def text(self) -> str:
        """The text values, joined by an empty line."""
        kinds = (FieldKind.TEXT, FieldKind.COMMITMENT)
        return "\n\n".join(value for _, kind, value in self.fields if kind in kinds and value)

    @property
    def words(self) -> int:
        """How many words were written."""
        return count_words(self.text)


def count_words(text: str) -> int:
    """How many words a text has: runs of what is not white space."""
    return len(text.split())


def fields_of(step: Step) -> tuple[Field, ...]:
    """The fields of a step's form; one free text where it collects nothing."""
    return step.collect or (FREE,)


def read(step: Step, values: Mapping[str, str]) -> Answer:
    """What was handed in, from the values of the form's inputs."""
    fields, links, commitments = [], [], []
    for index, field in enumerate(fields_of(step)):
        if field.kind is FieldKind.COMMITMENT:
            promise = _commitment(index, values)
            if promise is not None:
                commitments.append(promise)
            fields.append((field.label, str(field.kind), promise.what if promise else ""))
            continue
        value = values.get(input_id(index), "").strip()
        fields.append((field.label, str(field.kind), value))
        if value and field.kind in (FieldKind.LINK, FieldKind.FILE):
            links.append((field.label, value))
    private = values.get(PRIVATE) == "yes"
    return Answer(tuple(fields), tuple(links), tuple(commitments), private)


def faults(step: Step, values: Mapping[str, str]) -> dict[str, FaultKind]:
    """What is wrong, by input id; nothing when it can be handed in."""
    found: dict[str, FaultKind] = {}
    for index, field in enumerate(fields_of(step)):
        if field.kind is FieldKind.COMMITMENT:
            found |= _commitment_faults(index, field, values)
            continue
        fault = _fault(field, values.get(input_id(index), "").strip())
        if fault is not None:
            found[input_id(index)] = fault
    if not found and not any(value for _, _, value in read(step, values).fields):
        found[_first_input(step)] = FaultKind.MISSING
    return found


def reason_fault(reason: str) -> FaultKind | None:
    """What is wrong with the reason for leaving something out; a departure is explained."""
    if not reason.strip():
        return FaultKind.MISSING
    return FaultKind.TOO_LONG if len(reason) > LONGEST else None


def _first_input(step: Step) -> str:
    is_commitment = fields_of(step)[0].kind is FieldKind.COMMITMENT
    return input_id(0, "what" if is_commitment else "")


def _fault(field: Field, value: str) -> FaultKind | None:
    if not value:
        return None if field.optional else FaultKind.MISSING
    if len(value) > LONGEST:
        return FaultKind.TOO_LONG
    match field.kind:
        case FieldKind.LINK if not is_safe_link(value):
            return FaultKind.NO_LINK
        case FieldKind.FILE if stored(value) is None and not is_safe_link(value):
            return FaultKind.NO_FILE
        case FieldKind.NUMBER if number_in(value) is None:
            return FaultKind.NO_NUMBER
        case _:
            is_chosen = field.kind is not FieldKind.CHOICE or value in field.options
            return None if is_chosen else FaultKind.NO_CHOICE


def _commitment_faults(index: int, field: Field, values: Mapping[str, str]) -> dict[str, FaultKind]:
    what = values.get(input_id(index, "what"), "").strip()
    due = values.get(input_id(index, "due"), "").strip()
    if not what:
        return {} if field.optional else {input_id(index, "what"): FaultKind.MISSING}
    if len(what) > LONGEST:
        return {input_id(index, "what"): FaultKind.TOO_LONG}
    if day_in(due) is None:
        fault = FaultKind.NO_DATE if due else FaultKind.MISSING
        return {input_id(index, "due"): fault}
    return {}


def _commitment(index: int, values: Mapping[str, str]) -> Commitment | None:
    what = values.get(input_id(index, "what"), "").strip()
    if not what:
        return None
    who = values.get(input_id(index, "who"), "").strip()
    due = day_in(values.get(input_id(index, "due"), "").strip())
    return Commitment(PersonId(who) if who else None, what, due)


def is_safe_link(url: str) -> bool:
    """Whether a link may be shown: http or https, with a host."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
