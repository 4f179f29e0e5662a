"""The words of a protocol file: what each takes, and the sentence when it holds something else.

They make `schema.json`, too. A description says what the word takes; editors show it, and so do
faults.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails

from protocols.model import PRESENTER, FieldKind, Floor, Need, Reveal

Path = tuple[str | int, ...]  # where a value stands: ("steps", 0, "title")
WORD = "?"  # ends the path of the word itself: ("steps", 0, "title", WORD)

MOST_WORDS = 60
LONGEST_SHOWN = 40

LINE = "one line of at most 75 characters"
TEXT = f"a text of at most 300 characters and {MOST_WORDS} words"
YES_NO = "true or false"
MINUTES = "a whole number of minutes, 1 to 480"
ROLES = "a role, or a list of roles"


def _text(most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Id = Annotated[str, _text(40), StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Line = Annotated[str, _text(75), StringConstraints(pattern=r"^[^\n]+$")]
Text = Annotated[str, _text(300)]
Role = Annotated[str, _text(40), StringConstraints(pattern=r"^[^\n{}]+$")]
Roles = Annotated[
    list[Role],
    BeforeValidator(_as_list),
    Field(max_length=10),
    WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}}),
]


class Words(BaseModel):
    """A group of words; anything else in its place is a fault."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class MinutesWords(Words):
    """`minutes` of a step."""

    full: int = Field(ge=0, le=480, description=MINUTES)
    short: int = Field(ge=0, le=480, description=MINUTES)


class FieldWords(Words):
    """One field of the form of a step."""

    label: Line = Field(description=LINE)
    kind: FieldKind = Field(strict=False, description=f"one of {', '.join(FieldKind)}")
    options: list[Line] = Field(
        default=[],
        min_length=2,
        max_length=100,
        description="2 to 100 lines of at most 75 characters",
    )
    optional: bool = Field(default=False, description=YES_NO)
    of: int | None = Field(default=None, ge=1, description="the number of an earlier step, like 1")


class StepWords(Words):
    """One step."""

    title: Line = Field(description=LINE)
    floor: Floor = Field(strict=False, description=f"one of {', '.join(Floor)}")
    minutes: MinutesWords = Field(description="two numbers, like {full: 10, short: 8}")
    school_days: float = Field(
        ge=0.25, le=2, multiple_of=0.25, description="school days in quarters, 0.25 to 2"
    )
    say: Text = Field(description=TEXT)
    held_by: Role = Field(default=PRESENTER, description="one of the roles")
    with_: Roles = Field(default=[], alias="with", description=ROLES)
    silent: Roles = Field(default=[], description=ROLES)
    reveal: Reveal = Field(
        default=Reveal.AT_CLOSE, strict=False, description=f"one of {', '.join(Reveal)}"
    )
    circle: int | None = Field(default=None, ge=1, le=2, description="1 or 2")
    before: bool = Field(default=False, description=YES_NO)
    collect: list[FieldWords] = Field(
        default=[], max_length=20, description="a list of up to 20 fields"
    )


class ProtocolWords(Words):
    """A protocol file."""

    model_config = ConfigDict(title="A Colloquy protocol")

    protocol: Id = Field(description="a short name of small letters, digits and hyphens")
    title: Line = Field(description=LINE)
    about: Text = Field(description=TEXT)
    needs: list[Annotated[Need, Field(strict=False)]] = Field(
        default=[], max_length=len(Need), description=f"a list out of {', '.join(Need)}"
    )
    group: str = Field(
        pattern=r"^[1-9][0-9]?-[1-9][0-9]?$", description="the smallest and the largest, like 4-8"
    )
    roles: list[Role] = Field(
        min_length=1, max_length=10, description="a list of 1 to 10 short names"
    )
    attribution: Text = Field(default="", description=TEXT)
    facilitator_takes_part: bool = Field(default=False, description=YES_NO)
    readiness: bool = Field(default=False, description=YES_NO)
    steps: list[StepWords] = Field(
        min_length=1, max_length=50, description="a list of 1 to 50 steps"
    )


_GROUPS: Mapping[str, type[Words]] = {
    "": ProtocolWords,
    "steps": StepWords,
    "minutes": MinutesWords,
    "collect": FieldWords,
}
TAKES: Mapping[str, str] = {
    field.alias or name: field.description or ""
    for group in _GROUPS.values()
    for name, field in group.model_fields.items()
}
WORDS_IN: Mapping[str, Sequence[str]] = {
    place: [field.alias or name for name, field in group.model_fields.items()]
    for place, group in _GROUPS.items()
}
CHOICES: Mapping[str, type[StrEnum]] = {
    "floor": Floor,
    "reveal": Reveal,
    "kind": FieldKind,
    "needs": Need,
}


def misused(root: dict[str, object]) -> Iterator[tuple[Path, str]]:
    """Yield where the values of a file are not what our words take, with a sentence each."""
    try:
        ProtocolWords.model_validate(root)
    except ValidationError as found:
        for error in found.errors(include_url=False):
            is_unknown = error["type"] == "extra_forbidden"
            yield (*error["loc"], *[WORD] * is_unknown), _sentence(error)


def near(value: object, known: Iterable[str]) -> str:
    """Return the end of a sentence with the word that was perhaps meant, or an empty text."""
    close = get_close_matches(value.strip().lower(), known, n=1) if isinstance(value, str) else []
    return f'; did you mean "{close[0]}"?' if close else ""


def shown(value: object) -> str:
    """Return a value as a short piece of a sentence."""
    match value:
        case None | "":
            return "nothing"
        case str():
            text = "".join(sign if sign.isprintable() else " " for sign in value)
            return f'"{text}"' if len(text) <= LONGEST_SHOWN else f'"{text[:LONGEST_SHOWN]}..."'
        case list():
            return "a list"
        case dict():
            return "words with values"
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _sentence(error: ErrorDetails) -> str:
    words = [part for part in error["loc"] if isinstance(part, str)]
    word, value = words[-1], error["input"]
    match error["type"]:
        case "extra_forbidden":
            return _unknown(word, WORDS_IN["".join(words[-2:-1])])
        case "missing":
            return f'"{word}" is missing here; it takes {TAKES[word]}.'
        case kind:
            return f'"{word}" takes {TAKES[word]}{_instead(kind, word, value)}'


def _unknown(word: str, words: Sequence[str]) -> str:
    end = near(word, words) or f"; the words here are {', '.join(words)}."
    return f"{shown(word)} is not a word I know{end}"


def _instead(kind: str, word: str, value: Any) -> str:
    match kind:
        case "string_too_long":
            return f"; this has {len(value.strip())} characters."
        case "too_long" | "too_short":
            return f", not {len(value)}."
        case "enum":
            return f", not {shown(value)}{near(value, CHOICES[word]) or '.'}"
        case "string_type" if isinstance(value, int | float) and word != "group":
            return f"; put quotes around {shown(value)}."
        case "string_type" if isinstance(value, dict):
            return '; put quotes around a text that begins with "{".'
        case _:
            return f", not {shown(value)}."
