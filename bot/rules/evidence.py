"""What is attached to a step beside its own form: a link, a file or a note, under a title."""

from collections.abc import Mapping
from dataclasses import replace

from protocols import events
from protocols.model import Field, FieldKind, Step
from protocols.run import MemberKind, PersonId, Run

from bot.rules import answers
from bot.rules.inputs import FaultKind, input_id

TITLE = Field("Title", FieldKind.TEXT)
FIELDS = (
    TITLE,
    Field("Link", FieldKind.LINK, optional=True),
    Field("File", FieldKind.FILE, optional=True),
    Field("Note", FieldKind.TEXT, optional=True),
)
POST = "post"  # the text of the post that is saved, as a value of its form


class LooksOn(events.NotAllowed):
    """Who looks on attaches nothing."""


class NotThisPost(events.NotAllowed):
    """Only one's own post is saved, as it stands."""


def attaching(step: Step) -> Step:
    """A step as it asks for a link, file or note."""
    return replace(step, collect=FIELDS)


def saving(step: Step) -> Step:
    """A step as it asks what to call a post of it that is saved."""
    return replace(step, collect=(TITLE,))


def faults(step: Step, values: Mapping[str, str]) -> dict[str, FaultKind]:
    """What is wrong, by input id; one of the three is needed."""
    found = answers.faults(attaching(step), values)
    given = [values.get(input_id(index), "").strip() for index in range(1, len(FIELDS))]
    return found if any(given) else {input_id(1): FaultKind.NOTHING} | found


def refusal(run: Run, position: int, person: PersonId) -> events.NotAllowed | None:
    """Why somebody may not attach anything to a step, None when they may."""
    if not run.openings:
        return events.NotStarted()
    if not run.openings_of(position):
        return events.NoSuchStep()
    stay = run.stay(person)
    if stay is None or stay.left_at is not None:
        return events.NotInRun()
    return LooksOn() if stay.kind is MemberKind.OBSERVER else None
