"""What comes back from the form of a step: fields as they were given, links, commitments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from protocols.model import Field, FieldKind, Step
from protocols.run import PersonId

from bot.rules import measures
from bot.rules.inputs import LONGEST, FaultKind, day_in, input_id, number_in
from bot.rules.uploads import shown, stored

Fields = tuple[tuple[str, str, str], ...]

PRIVATE = "private"
BEFORE = "comparison-before"
WRITTEN = (FieldKind.TEXT, FieldKind.COMMITMENT, FieldKind.MEASURE, FieldKind.COMPARISON)
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

    fields: Fields
    links: tuple[tuple[str, str], ...]
    commitments: tuple[Commitment, ...]
    private: bool

    @property
    def text(self) -> str:
        """What was written in words, joined by an empty line."""
        return text_of(self.fields)

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


def text_of(fields: Fields) -> str:
    """What was written in words, joined by an empty line."""
    return "\n\n".join(value for _, kind, value in fields if kind in WRITTEN and value)


def read(step: Step, values: Mapping[str, str], earlier: Mapping[int, str] | None = None) -> Answer:
    """What was handed in, from the values of the form's inputs.

    `earlier`: what the writer wrote in an earlier step, by its number; a comparison keeps it.
    """
    asked = tuple(enumerate(fields_of(step)))
    fields = tuple(
        given for index, field in asked for given in _given(index, field, values, earlier or {})
    )
    promises = (_commitment(i, values) for i, one in asked if one.kind is FieldKind.COMMITMENT)
    return Answer(
        fields=fields,
        links=tuple(
            (label, value)
            for label, kind, value in fields
            if value and kind in (FieldKind.LINK, FieldKind.FILE)
        ),
        commitments=tuple(promise for promise in promises if promise is not None),
        private=values.get(PRIVATE) == "yes",
    )


def _given(
    index: int, field: Field, values: Mapping[str, str], earlier: Mapping[int, str]
) -> Fields:
    if field.kind is FieldKind.MEASURE:
        return measures.fields_with(field.label, _measure(index, values))
    about = input_id(index, _head(field.kind))
    now = (field.label, str(field.kind), values.get(about, "").strip())
    before = earlier.get(field.of or 0, "") if field.kind is FieldKind.COMPARISON else ""
    if not (before and now[-1]):
        return (now,)
    return ((f"What I wrote in step {field.of}", BEFORE, before), now)


def joined(fields: Fields) -> str:
    """A whole answer as one text: each of its values on a line, with its label if there are more."""
    given = [(label, shown(value)) for label, _, value in fields if value]
    if len(given) == 1:
        return given[0][1]
    return "\n".join(f"{label}: {value}" for label, value in given)


def written(fields: Fields) -> dict[str, str]:
    """The values of the inputs from which an answer was read, by input id."""
    found: dict[str, str] = {}
    index = -1
    for _, kind, value in fields:
        part = measures.part_of(kind)
        if kind in list(FieldKind):
            index += 1
            found[input_id(index, _head(kind))] = value
        elif part:
            found[input_id(index, part)] = value
    return found


def texts(step: Step, values: Mapping[str, str]) -> dict[str, str]:
    """What was written in words, by input id; of a measure what it is of, and the group."""
    found: dict[str, str] = {}
    for index, field in enumerate(fields_of(step)):
        parts = [_head(field.kind)] if field.kind in WRITTEN else []
        parts += [measures.GROUP] if field.kind is FieldKind.MEASURE else []
        given = {(about := input_id(index, part)): values.get(about, "") for part in parts}
        found |= {about: words for about, words in given.items() if words}
    return found


def faults(step: Step, values: Mapping[str, str]) -> dict[str, FaultKind]:
    """What is wrong, by input id; nothing when it can be handed in."""
    found: dict[str, FaultKind] = {}
    for index, field in enumerate(fields_of(step)):
        if field.kind is FieldKind.COMMITMENT:
            found |= _commitment_faults(index, field, values)
            continue
        if field.kind is FieldKind.MEASURE:
            wrong = measures.faults(_measure(index, values), optional=field.optional)
            found |= {input_id(index, part): fault for part, fault in wrong.items()}
            continue
        fault = _fault(field, values.get(input_id(index), "").strip())
        if fault is not None:
            found[input_id(index)] = fault
    if not found and not any(value for _, _, value in read(step, values).fields):
        found[input_id(0, _head(fields_of(step)[0].kind))] = FaultKind.MISSING
    return found


def reason_fault(reason: str) -> FaultKind | None:
    """What is wrong with the reason for leaving something out; a departure is explained."""
    if not reason.strip():
        return FaultKind.MISSING
    return FaultKind.TOO_LONG if len(reason) > LONGEST else None


def _head(kind: str) -> str:
    """The part of a field that its first input takes."""
    return measures.WHAT if kind in (FieldKind.COMMITMENT, FieldKind.MEASURE) else ""


def _measure(index: int, values: Mapping[str, str]) -> dict[str, str]:
    return {part: values.get(input_id(index, part), "").strip() for part in measures.PARTS}


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
