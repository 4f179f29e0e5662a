"""The log of the local channel as lines: what each row did, and how messages stand after all."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.cards.model import Card, from_json
from protocols.run import PersonId
from storage.messages import Message


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


def fold(rows: Iterable[Message]) -> tuple[Line, ...]:
    """The messages as they stand after all rows, in the order of their posts."""
    lines: dict[str, Line] = {}
    for row in rows:
        line = as_line(row)
        known = lines.get(row.key)
        lines[row.key] = replace(
            line, op=Op.POST, edited=line.edited or bool(known and known.edited)
        )
    return tuple(lines.values())


def as_line(row: Message) -> Line:
    kept = row.body.get("card")
    return Line(
        seq=row.seq,
        op=Op(row.op),
        channel=row.channel,
        thread=row.thread,
        key=row.key,
        person=PersonId(row.person) if row.person else None,
        text=row.body.get("text"),
        card=from_json(kept) if kept else None,
        at=row.at,
        edited=row.op == Op.EDIT and row.person is not None,
        is_private=row.only_for is not None,
    )
