"""What a protocol is: its steps, floors and the forms that steps collect. Values only."""

from dataclasses import dataclass
from enum import StrEnum

FACILITATOR = "facilitator"
PRESENTER = "presenter"
TIMEKEEPER = "timekeeper"


class Floor(StrEnum):
    """Who may speak in a step; the rules are in `floors.py`."""

    ROUND = "round"
    OPEN = "open"
    ALONE = "alone"
    PRESENTER = "presenter"
    FACILITATOR = "facilitator"
    GROUP = "group"
    QUESTIONS = "questions"
    INNER = "inner"
    OUTER = "outer"


class Reveal(StrEnum):
    """What becomes of answers that were written alone."""

    AT_CLOSE = "at-close"
    PRIVATE = "private"
    VISIBLE = "visible"
    UNNAMED = "unnamed"

    @property
    def is_private(self) -> bool:
        """Whether answers are never shown to anybody else."""
        return self is Reveal.PRIVATE


class Need(StrEnum):
    """What a team comes with; protocols are offered by it."""

    PLAN_LESSON = "plan a lesson"
    STUDENT_WORK = "look at student work"
    STUDY_DATA = "study data"
    READ_RESEARCH = "read research"
    DILEMMA = "a dilemma"


class FieldKind(StrEnum):
    """What one field of a step's form takes."""

    TEXT = "text"
    CHOICE = "choice"
    LINK = "link"
    FILE = "file"
    NUMBER = "number"
    COMMITMENT = "commitment"
    COMPARISON = "comparison"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form of a step; `of` names an earlier sealed step, counted from 1."""

    label: str
    kind: FieldKind
    options: tuple[str, ...] = ()
    optional: bool = False
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step; minutes are whole, `quarters` are quarters of a school day."""

    title: str
    floor: Floor
    full: int
    short: int
    quarters: int
    say: str
    held_by: str = PRESENTER
    with_: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    reveal: Reveal = Reveal.AT_CLOSE
    circle: int | None = None
    before: bool = False
    collect: tuple[Field, ...] = ()

    @property
    def is_sealed(self) -> bool:
        """Whether answers stay hidden until the step closes."""
        return self.floor is Floor.ALONE and self.reveal is not Reveal.VISIBLE


@dataclass(frozen=True, slots=True)
class Protocol:
    """A defined way of holding a discussion. The last step is its debrief."""

    id: str
    title: str
    about: str
    needs: tuple[Need, ...]
    smallest: int
    largest: int
    roles: tuple[str, ...]
    steps: tuple[Step, ...]
    attribution: str
    facilitator_takes_part: bool = False
    readiness: bool = False

    @property
    def debrief(self) -> int:
        """The position of the debrief."""
        return len(self.steps) - 1


class Clock(StrEnum):
    """How long steps are: minutes in full, minutes within 45, or school days."""

    FULL = "full"
    SHORT = "short"
    SCHOOL_DAYS = "school-days"
