"""The local channel: a chat of our own, whose log is the truth that every page reads."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot import ports
from bot.cards.model import Card, Form, to_json
from bot.flows import arrivals, evidence, files
from bot.flows.desk import Desk
from bot.flows.house import House
from bot.flows.lines import Line, Op, as_line, fold
from bot.ports import Place
from bot.rules.aims import is_ours, read
from bot.rules.evidence import POST
from bot.rules.uploads import Upload
from bot.verbs import spoken
from protocols.run import PersonId
from storage import inbox, messages, people, runs
from storage.database import Session
from storage.files import File
from storage.messages import Message

PLATFORM = "web"
ROOTS = 300
REPLIES = 2_000


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody whom the visitor can be. `user` is the id in addresses and arrivals."""

    user: str
    id: PersonId
    name: str
    about: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Room:
    """A channel that a persona sees."""

    channel: str
    name: str


class NoSuchMessage(Exception):
    """No message of that key in that channel."""


class NotTheirMessage(Exception):
    """Only the author edits or deletes a message."""


class NoSuchRoom(Exception):
    """No channel of that name, or not for this persona."""


class LocalChannel:
    """What the pages ask and do. `user` is always a platform user id, as in the address."""

    def __init__(self, house: House, organization: str) -> None:
        """`organization`: our id of the one whose channels these are."""
        self._house, self._organization = house, organization
        self._desk = Desk(house, organization)

    # Reading.

    async def everyone(self) -> tuple[Persona, ...]:
        """The personas, by their user ids."""
        async with self._house.database.read() as session:
            found = await people.everyone(session, self._organization, PLATFORM)
        return tuple(Persona(p.user, p.id, p.name, p.about, p.language) for p in found)

    async def rooms(self, user: str) -> tuple[Room, ...]:
        """The channels of a persona."""
        async with self._house.database.read() as session:
            person = await self._person(session, user)
            found = await people.teams_of(session, self._organization, person)
        return tuple(Room(team.channel, team.name) for team in found)

    async def current(self, channel: str, thread: str | None, user: str) -> tuple[Line, ...]:
        """The messages of a channel (thread None) or thread as they stand, the oldest first."""
        limit = ROOTS if thread is None else REPLIES
        async with self._house.database.read() as session:
            reader = await self._person(session, user)
            rows = await messages.latest(
                session, self._organization, channel, thread, reader=reader, limit=limit
            )
            folded = fold(rows)
            if thread is not None:
                return folded
            counts = await messages.replies(
                session, self._organization, channel, [line.key for line in folded]
            )
        return tuple(replace(line, replies=counts.get(line.key, 0)) for line in folded)

    async def message(self, channel: str, key: str, user: str) -> Line:
        """One message of a channel as it stands, however old. Raises NoSuchMessage."""
        async with self._house.database.read() as session:
            reader = await self._person(session, user)
            rows = await messages.find(session, self._organization, channel, key)
        seen = [row for row in rows if row.only_for in (None, reader)]
        if not seen:
            raise NoSuchMessage
        return fold((seen[0], seen[-1]))[0]

    async def last_seq(self, channel: str) -> int:
        """The number of the last row of a channel's log, 0 where it is empty."""
        async with self._house.database.read() as session:
            return await messages.last_seq(session, self._organization, channel)

    async def after(
        self, channel: str, thread: str | None, user: str, seq: int
    ) -> tuple[Line, ...]:
        """The rows above `seq` that this persona may see: of the channel and of that thread."""
        async with self._house.database.read() as session:
            reader = await self._person(session, user)
            rows = await messages.after(
                session, self._organization, channel, thread, seq, reader=reader
            )
        return tuple(as_line(row) for row in rows)

    async def wait(self, seconds: float) -> None:
        """Return when something was written, or after so many seconds."""
        await self._house.database.wait(seconds)

    # Writing: the log's row and the arrival, in one transaction.

    async def say(
        self, *, user: str, channel: str, thread: str | None, text: str, once: str
    ) -> None:
        """Write a message. `once` is the page's one-time key: a second one does nothing."""
        key = _key(user, channel, once)
        async with self._house.database.write() as session:
            if await messages.find(session, self._organization, channel, key):
                return
            at = self._house.now()
            said = ports.Said(
                **self._arrived(key, at),
                place=Place(PLATFORM, channel, thread),
                key=key,
                person=user,
                text=text,
                mentions=await self._mentions(session, text),
            )
            await self._write(session, user, said, op=Op.POST, text=text)
            if await runs.live_in(session, self._organization, channel) or thread is not None:
                await arrivals.keep(self._house, session, self._organization, said)

    async def edit(self, *, user: str, channel: str, key: str, text: str, once: str) -> None:
        """Change one's own message, once. Raises NoSuchMessage, NotTheirMessage."""
        event_id = _key(user, channel, once)
        async with self._house.database.write() as session:
            if await self._came(session, event_id):
                return
            first = await self._own(session, user, channel, key)
            edited = ports.Edited(
                **self._arrived(event_id, self._house.now()),
                place=Place(PLATFORM, channel, first.thread),
                key=key,
                person=user,
                text=text,
            )
            if await arrivals.keep(self._house, session, self._organization, edited):
                await messages.blank(session, self._organization, channel, key)  # the old words
                await self._again(session, first, Op.EDIT, {"text": text})

    async def delete(self, *, user: str, channel: str, key: str, once: str) -> None:
        """Delete one's own message, once. Raises NoSuchMessage, NotTheirMessage."""
        event_id = _key(user, channel, once)
        async with self._house.database.write() as session:
            if await self._came(session, event_id):
                return
            first = await self._own(session, user, channel, key)
            deleted = ports.Deleted(
                **self._arrived(event_id, self._house.now()),
                place=Place(PLATFORM, channel, first.thread),
                key=key,
                person=user,
            )
            if await arrivals.keep(self._house, session, self._organization, deleted):
                await messages.blank(session, self._organization, channel, key)
                await self._again(session, first, Op.DELETE, {})

    async def command(self, *, user: str, channel: str, line: str, once: str) -> Card | Form | None:
        """A slash command line. What only shows something answers at once; the rest is taken."""
        verb, rest = spoken(line)
        arrival = ports.Commanded(
            **self._arrived(_key(user, channel, once), self._house.now()),
            place=Place(PLATFORM, channel),
            person=user,
            verb=verb,
            rest=rest,
        )
        return await self._desk.answer(arrival)

    async def press(
        self, *, user: str, channel: str, thread: str | None, button: str, once: str
    ) -> Card | Form | None:
        """A press on a button id. A form or private card to show, or None: it was taken."""
        arrival = ports.Pressed(
            **self._arrived(_key(user, channel, once), self._house.now()),
            place=Place(PLATFORM, channel, thread),
            person=user,
            button=button,
        )
        return await self._desk.answer(arrival)

    async def submit(
        self,
        *,
        user: str,
        channel: str,
        thread: str | None,
        form: str,
        values: Mapping[str, str],
        once: str,
        uploads: Mapping[str, Upload] | None = None,
    ) -> Form | None:
        """A dialog came back. The form again with faults or a question, or None: it was taken."""
        arrival = ports.Submitted(
            **self._arrived(_key(user, channel, once), self._house.now()),
            place=Place(PLATFORM, channel, thread),
            person=user,
            form=form,
            values={**values, **await self._saved(user, channel, form)},
        )
        return await self._desk.submit(arrival, uploads)

    async def file(self, user: str, file_id: str) -> tuple[File, bytes]:
        """A file that came in, and its bytes. Raises NoSuchFile."""
        async with self._house.database.read() as session:
            person = await self._person(session, user)
        return await files.read(self._house, self._organization, person, file_id)

    async def write_card(
        self, place: Place, card: Card, key: str, *, only_for: str | None = None
    ) -> ports.Sent:
        """Write Colloquy's card, or show it anew; the same key twice is one message."""
        async with self._house.database.write() as session:
            rows = await messages.find(session, self._organization, place.channel, key)
            body = {"card": to_json(card)}
            if rows and rows[-1].body != body:
                await self._again(session, rows[0], Op.EDIT, body)
            at = rows[0].at if rows else self._house.now()
            if not rows:
                await messages.add(
                    session,
                    self._organization,
                    Message(
                        seq=0,
                        channel=place.channel,
                        thread=place.thread,
                        key=key,
                        person=None,
                        only_for=None
                        if only_for is None
                        else await self._person(session, only_for),
                        op=Op.POST,
                        body=body,
                        at=at,
                    ),
                )
        return ports.Sent(key, at)

    async def find_card(self, place: Place, key: str) -> ports.Sent | ports.Absent:
        """Whether a card of this key stands."""
        async with self._house.database.read() as session:
            rows = await messages.find(session, self._organization, place.channel, key)
        return ports.Sent(key, rows[0].at) if rows else ports.Absent()

    # Small things.

    async def _saved(self, user: str, channel: str, form: str) -> dict[str, str]:
        """The text of the post that a form saves, as it stands here. Raises NoSuchMessage."""
        aim = read(form) if is_ours(form) else None
        if aim is None or aim.act != evidence.SAVE:
            return {}
        line = await self.message(channel, aim.extra, user)
        return {POST: line.text or ""}

    def _arrived(self, event_id: str, at: datetime) -> dict[str, Any]:
        return {
            "source": PLATFORM,
            "event_id": event_id,
            "organization": self._organization,
            "at": at,
        }

    async def _person(self, session: Session, user: str) -> PersonId:
        person = await people.person_of(session, self._organization, PLATFORM, user)
        if person is None:
            raise NoSuchRoom
        return person

    async def _came(self, session: Session, event_id: str) -> bool:
        """Whether a browser sends again what was taken before: then it is not looked at again."""
        return await inbox.is_known(
            session, organization=self._organization, source=PLATFORM, event_id=event_id
        )

    async def _own(self, session: Session, user: str, channel: str, key: str) -> Message:
        rows = await messages.find(session, self._organization, channel, key)
        if not rows or rows[-1].op == Op.DELETE:
            raise NoSuchMessage
        if rows[0].person != await self._person(session, user):
            raise NotTheirMessage
        return rows[0]

    async def _write(
        self, session: Session, user: str, said: ports.Said, *, op: Op, text: str
    ) -> None:
        row = Message(
            seq=0,
            channel=said.place.channel,
            thread=said.place.thread,
            key=said.key,
            person=await self._person(session, user),
            only_for=None,
            op=op,
            body={"text": text},
            at=said.at,
        )
        await messages.add(session, self._organization, row)

    async def _again(self, session: Session, first: Message, op: Op, body: dict[str, Any]) -> None:
        await messages.add(session, self._organization, replace(first, op=op, body=body))

    async def _mentions(self, session: Session, text: str) -> tuple[str, ...]:
        if "@" not in text:
            return ()
        found = await people.everyone(session, self._organization, PLATFORM)
        return tuple(p.user for p in found if _is_named(p.name, text) or _is_named(p.user, text))


def _is_named(name: str, text: str) -> bool:
    """Whether a text has @name as a word: not in an address, nor at the head of a longer name."""
    return re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", text) is not None


def _key(user: str, channel: str, once: str) -> str:
    digest = hashlib.sha256(f"{user}|{channel}|{once}".encode()).digest()
    return "m-" + base64.b32encode(digest).decode().lower()[:16]
