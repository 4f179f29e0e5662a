"""The neutral card: what Colloquy shows, before any platform renders it.

Constructors refuse what Slack or Teams would refuse (the smaller limit of the two), so whoever
makes a card cuts or splits beforehand and no renderer ever does. Lengths are UTF-16 code units.
In the outbox a card is JSON with its version; fields are only added, unknown ones ignored.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from protocols.run import PersonId
from pydantic import Field, TypeAdapter

from bot.rules.aims import Aim
from bot.rules.answers import is_safe_link

VERSION = 1
TEXT = 3_000
HEADING = 150
FACTS = 10
FACT = 2_000
PEOPLE = 20
BUTTONS = 6
LABEL = 75
BUTTON_ID = 255
OPTIONS = 100
ELEMENTS = 45
CARD = 10_000
TITLE = 24
INPUTS = 20


class TooBig(ValueError):
    """A card or form that a platform would refuse."""


def size(text: str) -> int:
    """Length in UTF-16 code units, as the platforms count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _limit(what: str, count: int, limit: int) -> None:
    if count > limit:
        msg = f"{what}: {count}, at most {limit}"
        raise TooBig(msg)


@dataclass(frozen=True, slots=True)
class Words:
    """A person's words. Never read as markup."""

    text: str
    kind: Literal["words"] = "words"


@dataclass(frozen=True, slots=True)
class Person:
    """A person; `mention` tells them."""

    id: PersonId
    mention: bool = False
    kind: Literal["person"] = "person"


@dataclass(frozen=True, slots=True)
class Link:
    """A link; http and https only."""

    label: str
    url: str
    kind: Literal["link"] = "link"

    def __post_init__(self) -> None:
        if not is_safe_link(self.url):
            msg = "only http and https links are shown"
            raise ValueError(msg)


class WhenStyle(StrEnum):
    """How much of a time to show."""

    TIME = "time"
    DAY = "day"
    DAY_AND_TIME = "day-and-time"


@dataclass(frozen=True, slots=True)
class When:
    """A time, written for each reader in their own zone; `fallback` is the team's."""

    at: datetime
    style: WhenStyle = WhenStyle.TIME
    fallback: str = ""
    kind: Literal["when"] = "when"


Part = str | Words | Person | Link | When


def _parts_size(parts: tuple[Part, ...]) -> int:
    return sum(size(plain(part)) for part in parts)


def plain(part: Part) -> str:
    """A part as plain text; a person is counted at the length of a name."""
    match part:
        case str():
            return part
        case Words(text=text):
            return text
        case Person():
            return "_" * 40
        case Link(label=label, url=url):
            return label + url
        case When(fallback=fallback):
            return fallback or "_" * 20


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading."""

    text: str
    kind: Literal["heading"] = "heading"

    def __post_init__(self) -> None:
        _limit("heading", size(self.text), HEADING)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of our words and other parts; `quiet` is shown smaller."""

    parts: tuple[Part, ...]
    quiet: bool = False
    kind: Literal["text"] = "text"

    def __post_init__(self) -> None:
        _limit("text", _parts_size(self.parts), TEXT)


@dataclass(frozen=True, slots=True)
class List:
    """Items, each a tuple of parts."""

    items: tuple[tuple[Part, ...], ...]
    kind: Literal["list"] = "list"

    def __post_init__(self) -> None:
        for item in self.items:
            _limit("item", _parts_size(item), TEXT)


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a label and parts."""

    pairs: tuple[tuple[str, tuple[Part, ...]], ...]
    kind: Literal["facts"] = "facts"

    def __post_init__(self) -> None:
        _limit("facts", len(self.pairs), FACTS)
        for _, value in self.pairs:
            _limit("fact", _parts_size(value), FACT)


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of so many; the label says it in words."""

    done: int
    of: int
    label: str
    kind: Literal["progress"] = "progress"


@dataclass(frozen=True, slots=True)
class People:
    """People by id, at most 20, then "and 5 more" in `more`."""

    ids: tuple[PersonId, ...]
    label: str
    more: int = 0
    kind: Literal["people"] = "people"

    def __post_init__(self) -> None:
        _limit("people", len(self.ids), PEOPLE)


class Style(StrEnum):
    """How a button looks."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `act`, a verb or what only a button does, and what it aims at.

    Its id is what comes back: `act:RUN:POSITION:OPENING`, with `:EXTRA` where there is one.
    """

    label: str
    act: str
    run: str = ""
    position: int = 0
    opening: int = 0
    extra: str = ""
    style: Style = Style.PLAIN

    def __post_init__(self) -> None:
        _limit("button label", size(self.label), LABEL)
        _limit("button id", size(self.id), BUTTON_ID)

    @property
    def id(self) -> str:
        """What the platform sends back."""
        return Aim(self.act, self.run, self.position, self.opening, self.extra).id


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of at most six buttons."""

    buttons: tuple[Button, ...]
    kind: Literal["buttons"] = "buttons"

    def __post_init__(self) -> None:
        _limit("buttons", len(self.buttons), BUTTONS)


Element = Annotated[
    Heading | Text | List | Facts | Progress | People | Buttons, Field(discriminator="kind")
]


@dataclass(frozen=True, slots=True)
class Card:
    """What stands in a channel or a private note; `summary` carries the content as plain text."""

    elements: tuple[Element, ...]
    summary: str
    v: int = VERSION

    def __post_init__(self) -> None:
        _limit("elements", len(self.elements), ELEMENTS)
        _limit("summary", size(self.summary), TEXT)
        _limit("card", sum(element_size(e) for e in self.elements), CARD)
        buttons = [e for e in self.elements if isinstance(e, Buttons)]
        _limit("buttons", sum(len(b.buttons) for b in buttons), BUTTONS)


def element_size(element: Element) -> int:  # noqa: PLR0911 # one arm an element
    """The text of an element in UTF-16 code units."""
    match element:
        case Heading(text=text):
            return size(text)
        case Text(parts=parts):
            return _parts_size(parts)
        case List(items=items):
            return sum(_parts_size(item) for item in items)
        case Facts(pairs=pairs):
            return sum(size(label) + _parts_size(value) for label, value in pairs)
        case Progress(label=label):
            return size(label)
        case People(ids=ids, label=label):
            return size(label) + 40 * len(ids)
        case Buttons(buttons=buttons):
            return sum(size(button.label) for button in buttons)


class InputKind(StrEnum):
    """What an input takes."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"
    PERSON = "person"
    TICK = "tick"
    TICKS = "ticks"
    LINK = "link"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice."""

    value: str
    label: str

    def __post_init__(self) -> None:
        _limit("option", size(self.label), LABEL)


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a form. `more`: behind *More*; `value`: what stands in it at first;
    `fault`: what is wrong with it.

    A `ticks` value is a comma-separated list of option values; a `tick` is "yes" or "".
    """

    id: str
    label: str
    kind: InputKind
    required: bool = False
    long: bool = False
    value: str = ""
    hint: str = ""
    options: tuple[Option, ...] = ()
    more: bool = False
    fault: str = ""

    def __post_init__(self) -> None:
        _limit("input label", size(self.label), LABEL)
        _limit("options", len(self.options), OPTIONS)


@dataclass(frozen=True, slots=True)
class Question:
    """What a dialog asks before it is taken. A yes comes back as the token; `about` is an input."""

    about: str
    token: str
    says: str
    found: tuple[str, ...]
    again: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog. What comes back is its id, and a text for each input's id."""

    id: str
    title: str
    inputs: tuple[Input, ...]
    submit: str
    close: str
    intro: tuple[Element, ...] = ()
    question: Question | None = None

    def __post_init__(self) -> None:
        for text in (self.title, self.submit, self.close):
            _limit("form title", size(text), TITLE)
        _limit("inputs", len(self.inputs), INPUTS)


_CARD: TypeAdapter[Card] = TypeAdapter(Card)


def to_json(card: Card) -> dict[str, Any]:
    """The card as it is kept in the outbox."""
    kept: dict[str, Any] = _CARD.dump_python(card, mode="json")
    return kept


def from_json(kept: dict[str, Any]) -> Card:
    """A kept card again. Raises ValueError when its version is newer than this program."""
    if kept.get("v", 0) > VERSION:
        msg = "a newer program made this card"
        raise ValueError(msg)
    return _CARD.validate_python(kept)
