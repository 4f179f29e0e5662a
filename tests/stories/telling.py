"""Tell a story on the stage, and compare its record with one that was written by hand.

In the expected records `"5:20"` is a time: so many minutes and seconds after the stage's noon. An
act stands at the time that `at` names. A contribution's key is who made it and when: `"ben 5:20"`
for a message, `"form:ben 5:20"` for what a form or button made. What `USUAL` names is left out.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Element,
    Facts,
    Form,
    Heading,
    List,
    Part,
    People,
    Person,
    Progress,
    Text,
    plain,
)
from tests.stage import CHANNEL, COACH, MEMBERS, NOON, Stage

Record = dict[str, Any]

USUAL: Mapping[str, Record] = {
    "steps": {"reason": None, "reopened": [], "handed_in": None},
    "contributions": {
        "in_turn": True,
        "out_of_turn": None,
        "admitted_by": None,
        "placed_by": None,
        "answers": None,
        "late": False,
        "edited": False,
        "deleted": False,
        "captured_by": "thread",
        "text": None,
    },
    "participation": {"passed": [], "not_yet_heard": []},
}
MADE_BY_A_FORM = re.compile(r"form:[a-z2-7]{16}")
RFC_3339_IN_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Story:
    """A stage with what was said on it."""

    def __init__(self, stage: Stage) -> None:
        """Begin one with `stage.start`."""
        self.stage = stage
        self.said: dict[str, str] = {}  # the time by the key of the message
        self._users: dict[str, str] = {}  # by our ids

    async def at(self, time: str) -> None:
        """Let time pass until the next act stands at this time."""
        await self.stage.until(seconds(time) - 1)

    async def says(self, time: str, user: str, text: str, *, beside: bool = False) -> str:
        """Say something at a time; the key of the message."""
        await self.at(time)
        key = await self.stage.say(user, text, beside=beside)
        self.said[key] = time
        return key

    async def writes(
        self, time: str, user: str, position: int, *values: str, **named: str
    ) -> Form | None:
        """Hand in the form of a step: its inputs in order, or by name (`f0_what`, `private`)."""
        await self.at(time)
        given = {f"f{index}": value for index, value in enumerate(values)}
        given |= {name.replace("_", "-"): value for name, value in named.items()}
        return await self.stage.write(user, position, given)

    async def presses(
        self, time: str, user: str, act: str, position: int, extra: str = ""
    ) -> Card | Form | None:
        """Press a button at a time."""
        await self.at(time)
        return await self.stage.press(user, act, position, extra=extra)

    async def sees(self, user: str) -> str:
        """All that a person reads in the thread and in the channel, with names of users."""
        people = await self._people()
        channel, thread = self.stage.channel, self.stage.thread
        lines = [
            *await channel.current(CHANNEL, thread, user),
            *await channel.current(CHANNEL, None, user),
        ]
        cards = [read_aloud(line.card, people) for line in lines if line.card]
        return "\n".join([*cards, *(line.text for line in lines if line.text)])

    async def reads(self, user: str, name: str) -> str:
        """A card of the run, by what its key ends with: `card`, `step:1:open`, `report`."""
        card = await self.stage.card(user, f"run:{self.stage.run}:{name}")
        return read_aloud(card, await self._people())

    async def note_for(self, user: str, name: str, position: int) -> Card:
        """A private note; nobody else may see one of this name and step."""
        run, person = self.stage.run, await self.stage.person(user)
        begins = f"run:{run}:note:{name}:{position}:{person}"
        for one in (*MEMBERS, COACH):
            seen = [k for k in await self.stage.seen_by(one) if k.startswith(begins)]
            assert bool(seen) == (one == user), f"{one} and the note {name} for {user}"
        [key] = [k for k in await self.stage.seen_by(user) if k.startswith(begins)]
        return await self.stage.card(user, key)

    async def nobody_else_sees(self, words: str, *but: str) -> None:
        """Nobody but these people reads the words; without any, nobody does."""
        readers = {one for one in (*MEMBERS, COACH) if words in await self.sees(one)}
        assert readers == set(but), words

    async def everybody_sees(self, words: str) -> None:
        """All members and the coach read the words."""
        await self.nobody_else_sees(words, *MEMBERS, COACH)

    async def record(self) -> Record:
        """The export, with times as offsets and without what cannot be known by hand."""
        raw = await self.stage.export()
        _check_form(raw)
        run = raw["run"]
        assert run["id"] == self.stage.run
        assert run["organization"] == self.stage.organization
        assert run["place"]["thread"] == self.stage.thread
        run |= {"id": "RUN", "organization": "ORGANIZATION", "team": "TEAM"}
        run |= {"protocol_digest": "DIGEST"}
        run["place"]["thread"] = "run:RUN:card"
        record: Record = _with_offsets(raw)
        names = {c["key"]: self._name_of(c) for c in record["contributions"]}
        for contribution in record["contributions"]:
            contribution["key"] = names[contribution["key"]]
        for item in record["items"]:
            item["contribution"] = names[item["contribution"]]
            item["id"] = "ITEM"
        record["items"].sort(key=lambda i: (i["step"], seconds(i["at"])))
        for share in record["participation"]:
            share["top_share"] = round(share["top_share"], 4)
        return record

    async def _people(self) -> Mapping[str, str]:
        if not self._users:
            self._users = {await self.stage.person(one): one for one in (*MEMBERS, COACH)}
        return self._users

    def _name_of(self, contribution: Record) -> str:
        key, time = contribution["key"], contribution["posted_at"]
        name = f"{contribution['person']} {time}"
        if MADE_BY_A_FORM.fullmatch(key):
            return f"form:{name}"
        assert self.said[key] == time, f"{name} was said at {self.said[key]}"
        return name


def expected(name: str) -> Record:
    """A record that was written by hand, with what is usual filled in."""
    path = Path(__file__).parent / "expected" / f"{name}.json"
    record: Record = json.loads(path.read_text())
    for part, usual in USUAL.items():
        record[part] = [usual | one for one in record[part]]
    return record


def seconds(time: str) -> int:
    """Of minutes and seconds."""
    minute, second = time.split(":")
    return int(minute) * 60 + int(second)


def read_aloud(card: Card, people: Mapping[str, str]) -> str:
    """The words of a card, a line for each of its elements."""
    return "\n".join(_element(element, people) for element in card.elements)


def buttons(card: Card) -> dict[str, Button]:
    """The buttons of a card by their labels."""
    rows = [element for element in card.elements if isinstance(element, Buttons)]
    return {button.label: button for row in rows for button in row.buttons}


def _element(element: Element, people: Mapping[str, str]) -> str:  # noqa: PLR0911 # one arm an element
    match element:
        case Heading(text=text):
            return text
        case Text(parts=parts):
            return _parts(parts, people)
        case List(items=items):
            return "\n".join(_parts(item, people) for item in items)
        case Facts(pairs=pairs):
            return "\n".join(f"{label}: {_parts(value, people)}" for label, value in pairs)
        case Progress(label=label):
            return label
        case People(ids=ids, label=label):
            return f"{label}: {', '.join(people.get(one, one) for one in ids)}"
        case Buttons(buttons=row):
            return " ".join(f"[{button.label}]" for button in row)


def _parts(parts: tuple[Part, ...], people: Mapping[str, str]) -> str:
    return "".join(
        people.get(part.id, part.id) if isinstance(part, Person) else plain(part) for part in parts
    )


def _check_form(raw: Record) -> None:
    """What normalizing would hide: the digest's form, one id an item, and the items' order."""
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", raw["run"]["protocol_digest"])
    ids = [(item["step"], item["id"]) for item in raw["items"]]
    assert ids == sorted(set(ids))
    keys = [contribution["key"] for contribution in raw["contributions"]]
    assert len(keys) == len(set(keys))


def _with_offsets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_offsets(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_offsets(one) for one in value]
    if isinstance(value, str) and RFC_3339_IN_UTC.fullmatch(value):
        passed = datetime.fromisoformat(value) - NOON
        assert passed.microseconds == 0
        minute, second = divmod(int(passed.total_seconds()), 60)
        return f"{minute}:{second:02}"
    return value
