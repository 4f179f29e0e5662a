"""Neutral cards as Block Kit. Pure; cutting and splitting happened before.

People's words stand in rich text, where nothing is parsed: no text can ping anybody.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Element,
    Facts,
    Form,
    Heading,
    Link,
    List,
    Part,
    People,
    Person,
    Progress,
    Style,
    Text,
    When,
    WhenStyle,
    Words,
)
from protocols.run import PersonId

Block = dict[str, Any]
PAGES = ("report", "projector")  # buttons that lead to pages which nobody can open from Slack yet
WHEN = {
    WhenStyle.TIME: "{time}",
    WhenStyle.DAY: "{date_long_pretty}",
    WhenStyle.DAY_AND_TIME: "{date_long_pretty}, {time}",
}


@dataclass(frozen=True, slots=True)
class Face:
    """Who somebody is in this workspace: their user id, empty where they have none, and name."""

    user: str
    name: str


Faces = Mapping[PersonId, Face]
NOBODY = Face("", "somebody")


def blocks(card: Card, faces: Faces) -> list[Block]:
    """A card as blocks."""
    return [block for element in card.elements for block in block_of(element, faces)]


def summary(card: Card) -> str:
    """The text that notifications and screen readers have: escaped, so that it pings nobody."""
    return escaped(card.summary)


def escaped(text: str) -> str:
    """A text in which Slack reads no link, mention or command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def people_of(card: Card | Form) -> set[PersonId]:
    """Everybody whom a card names."""
    elements = card.elements if isinstance(card, Card) else card.intro
    found: set[PersonId] = set()
    for element in elements:
        if isinstance(element, People):
            found.update(element.ids)
        found.update(part.id for part in _parts_of(element) if isinstance(part, Person))
    return found


def _parts_of(element: Element) -> Iterator[Part]:
    match element:
        case Text(parts=parts):
            yield from parts
        case List(items=items):
            for item in items:
                yield from item
        case Facts(pairs=pairs):
            for _, value in pairs:
                yield from value
        case _:
            return


def block_of(element: Element, faces: Faces) -> Iterator[Block]:  # noqa: C901, PLR0912 # one arm an element
    match element:
        case Heading(text=text):
            yield {"type": "header", "text": plain(text)}
        case Text(parts=parts, quiet=quiet):
            style = {"style": {"italic": True}} if quiet else {}
            yield rich([section(inline(parts, faces, style))])
        case List(items=items):
            lines = [section(inline(item, faces)) for item in items]
            if lines:
                yield rich([{"type": "rich_text_list", "style": "bullet", "elements": lines}])
        case Facts(pairs=pairs):
            yield rich([section(_facts(pairs, faces))])
        case Progress(label=label):
            yield context(label)
        case People(ids=ids, label=label, more=more):
            names = [faces.get(one, NOBODY).name for one in ids]
            names += [f"and {more} more"] if more else []
            yield context(f"{label}: {', '.join(names) or '–'}")  # noqa: RUF001 # a dash for nobody
        case Buttons(buttons=buttons):
            shown = [button for button in buttons if button.act not in PAGES]
            if shown:
                rows = [_button(button, index) for index, button in enumerate(shown)]
                yield {"type": "actions", "elements": rows}


def _facts(pairs: Iterable[tuple[str, tuple[Part, ...]]], faces: Faces) -> list[Block]:
    said: list[Block] = []
    for label, value in pairs:
        before = "\n" if said else ""
        said.append({"type": "text", "text": f"{before}{label}: ", "style": {"bold": True}})
        said += inline(value, faces)
    return said


def inline(parts: Iterable[Part], faces: Faces, style: Block | None = None) -> list[Block]:
    shown = [_part(part, faces) | (style or {}) for part in parts if part != ""]
    return [one for one in shown if one.get("text") != ""]


def _part(part: Part, faces: Faces) -> Block:
    match part:
        case str():
            return {"type": "text", "text": part}
        case Words(text=text):
            return {"type": "text", "text": text}
        case Person(id=person, mention=mention):
            face = faces.get(person, NOBODY)
            if mention and face.user:
                return {"type": "user", "user_id": face.user}
            return {"type": "text", "text": face.name}
        case Link(label=label, url=url):
            return {"type": "link", "url": url, "text": label}
        case When(at=at, style=style, fallback=fallback):
            moment = {"timestamp": int(at.timestamp()), "format": WHEN[style]}
            return {"type": "date", **moment, "fallback": fallback or at.isoformat()}


def rich(elements: list[Block]) -> Block:
    """Rich text of sections and lists."""
    return {"type": "rich_text", "elements": elements}


def section(elements: list[Block]) -> Block:
    """A paragraph of rich text; Slack wants no empty one."""
    return {"type": "rich_text_section", "elements": elements or [{"type": "text", "text": " "}]}


def plain(text: str) -> Block:
    """A text in which nothing is parsed."""
    return {"type": "plain_text", "text": text or " ", "emoji": False}


def context(text: str) -> Block:
    """A small line."""
    return {"type": "context", "elements": [plain(text)]}


def _button(button: Button, index: int) -> Block:
    made: Block = {
        "type": "button",
        "action_id": f"{button.act}-{index}",
        "text": plain(button.label),
        "value": button.id,
    }
    return made if button.style is Style.PLAIN else made | {"style": button.style.value}
