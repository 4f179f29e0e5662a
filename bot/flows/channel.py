"""The local channel: a chat of our own, whose log is the truth that every page reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.cards.model import Card, Form
from protocols.run import PersonId


class Op(StrEnum):
    """What a row of the log did."""

    POST = "post"
    EDIT = "edit"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the log. A person's words (`text`), or Colloquy's `card` (`person` None).

    `is_private`: shown to one person only. A deleted line has neither text nor card.
    """

    seq: int
    op: Op
    channel: str
    thread: str | None
    key: str
    person: PersonId | None
    text: str | None
    card: Card | None
    at: datetime
    edited: bool
    is_private: bool
    replies: int = 0


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

    async def everyone(self) -> tuple[Persona, ...]:
        """The personas, the first one first."""
        raise NotImplementedError

    async def rooms(self, user: str) -> tuple[Room, ...]:
        """The channels of a persona."""
        raise NotImplementedError

    async def current(self, channel: str, thread: str | None, user: str) -> tuple[Line, ...]:
        """The messages of a channel (thread None) or thread as they stand, the oldest first."""
        raise NotImplementedError

    async def last_seq(self, channel: str) -> int:
        """The number of the last row of a channel's log, 0 where it is empty."""
        raise NotImplementedError

    async def after(
        self, channel: str, thread: str | None, user: str, seq: int
    ) -> tuple[Line, ...]:
        """The rows above `seq` that this persona may see: of the channel and of that thread."""
        raise NotImplementedError

    async def wait(self, seconds: float) -> None:
        """Return when something was written, or after so many seconds."""
        raise NotImplementedError

    async def say(
        self, *, user: str, channel: str, thread: str | None, text: str, once: str
    ) -> None:
        """Write a message. `once` is the page's one-time key: a second one does nothing."""
        raise NotImplementedError

    async def edit(self, *, user: str, channel: str, key: str, text: str, once: str) -> None:
        """Change one's own message. Raises NoSuchMessage, NotTheirMessage."""
        raise NotImplementedError

    async def delete(self, *, user: str, channel: str, key: str, once: str) -> None:
        """Delete one's own message. Raises NoSuchMessage, NotTheirMessage."""
        raise NotImplementedError

    async def command(
        self, *, user: str, channel: str, line: str, once: str
    ) -> Card | Form | None:
        """A slash command line. What only shows something answers at once; the rest is taken."""
        raise NotImplementedError

    async def press(
        self, *, user: str, channel: str, thread: str | None, button: str, once: str
    ) -> Card | Form | None:
        """A press on a button id. A form or private card to show, or None: it was taken."""
        raise NotImplementedError

    async def submit(
        self,
        *,
        user: str,
        channel: str,
        thread: str | None,
        form: str,
        values: Mapping[str, str],
        once: str,
    ) -> Form | None:
        """A dialog came back. The form again with its faults, or None: it was taken."""
        raise NotImplementedError
