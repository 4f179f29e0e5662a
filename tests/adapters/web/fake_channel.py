"""A local channel in memory: small, but it really works."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.cards.model import Card, Form
from bot.flows.channel import LocalChannel, NoSuchMessage, NotTheirMessage, Persona, Room
from bot.flows.files import NoSuchFile
from bot.flows.lines import Line, Op
from bot.rules.uploads import Upload
from protocols.run import PersonId
from storage.files import File

ROOM = "grade-7-ela"
QUIET = "department"
START = datetime(2026, 10, 6, 19, 42, tzinfo=UTC)
PERSONAS = (
    Persona("alvarez", PersonId("p1"), "Ms. Alvarez", "Teacher-leader, grade 7"),
    Persona("chen", PersonId("p2"), "Mr. Chen", "Teaches grade 7"),
    Persona("ortiz", PersonId("p3"), "Sra. Ortiz", "Teaches grade 7, writes Spanish", "es"),
    Persona("okafor", PersonId("p4"), "Mr. Okafor", "Teacher-leader, grade 8"),
    Persona("rivers", PersonId("p5"), "Dr. Rivers", "Coach"),
)


def person_of(user: str) -> PersonId:
    return next(one.id for one in PERSONAS if one.user == user)


@dataclass
class FakeChannel(LocalChannel):
    """Rows in a list. What a press, command or dialog answers is told beforehand."""

    rows: list[tuple[Line, str | None]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    answers: dict[str, Card | Form | None] = field(default_factory=dict)
    asked: list[tuple[str, str, str | None, str]] = field(default_factory=list)
    submitted: list[Mapping[str, str]] = field(default_factory=list)
    kept: dict[str, tuple[File, bytes]] = field(default_factory=dict)
    uploaded: list[Mapping[str, Upload]] = field(default_factory=list)
    again: Form | None = None
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    waiting: int = 0
    is_broken: bool = False
    fault: Exception = field(default_factory=lambda: RuntimeError("secret"))

    async def everyone(self) -> tuple[Persona, ...]:
        return PERSONAS

    async def rooms(self, user: str) -> tuple[Room, ...]:
        quiet = (Room(QUIET, "department"),) if user != "rivers" else ()
        return (Room(ROOM, "grade-7-ela"), *quiet)

    def _seen(self, channel: str, user: str) -> list[Line]:
        return [
            line for line, only in self.rows if line.channel == channel and only in (None, user)
        ]

    async def message(self, channel: str, key: str, user: str) -> Line:
        found = [line for line in self._seen(channel, user) if line.key == key]
        if not found:
            raise NoSuchMessage
        return found[-1]

    async def current(self, channel: str, thread: str | None, user: str) -> tuple[Line, ...]:
        seen = self._seen(channel, user)
        latest = {line.key: line for line in seen if line.thread == thread}
        replies = [line for line in {one.key: one for one in seen}.values() if line.thread]
        return tuple(
            replace(line, replies=sum(one.thread == line.key for one in replies))
            for line in latest.values()
        )

    async def last_seq(self, channel: str) -> int:
        if self.is_broken:
            raise self.fault
        return max((line.seq for line, _ in self.rows if line.channel == channel), default=0)

    async def after(
        self, channel: str, thread: str | None, user: str, seq: int
    ) -> tuple[Line, ...]:
        seen = self._seen(channel, user)
        return tuple(line for line in seen if line.seq > seq and line.thread in (None, thread))

    async def wait(self, seconds: float) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(seconds), self.news:
                await self.news.wait()
        except TimeoutError:
            pass
        finally:
            self.waiting -= 1

    async def write(self, line: Line, only: str | None = None) -> Line:
        numbered = replace(line, seq=len(self.rows) + 1)
        self.rows.append((numbered, only))
        async with self.news:
            self.news.notify_all()
        return numbered

    async def post(
        self,
        words: str | Card,
        *,
        user: str | None = None,
        channel: str = ROOM,
        thread: str | None = None,
        only: str | None = None,
    ) -> Line:
        number = len(self.rows) + 1
        line = Line(
            seq=0,
            op=Op.POST,
            channel=channel,
            thread=thread,
            key=f"web:{number}",
            person=person_of(user) if user else None,
            text=words if isinstance(words, str) else None,
            card=words if isinstance(words, Card) else None,
            at=START + timedelta(minutes=number),
            edited=False,
            is_private=only is not None,
        )
        return await self.write(line, only)

    async def replace_card(self, key: str, card: Card) -> Line:
        line = self._line(ROOM, key)
        return await self.write(replace(line, op=Op.EDIT, card=card))

    def _line(self, channel: str, key: str) -> Line:
        found = [line for line, _ in self.rows if (line.channel, line.key) == (channel, key)]
        if not found or found[-1].op is Op.DELETE:
            raise NoSuchMessage
        return found[-1]

    def _their(self, user: str, channel: str, key: str) -> Line:
        line = self._line(channel, key)
        if line.person != person_of(user):
            raise NotTheirMessage
        return line

    def _is_first(self, once: str) -> bool:
        first = once not in self.done
        self.done.add(once)
        return first

    async def say(
        self, *, user: str, channel: str, thread: str | None, text: str, once: str
    ) -> None:
        if self._is_first(once):
            await self.post(text, user=user, channel=channel, thread=thread)

    async def edit(self, *, user: str, channel: str, key: str, text: str, once: str) -> None:
        line = self._their(user, channel, key)
        if self._is_first(once):
            await self.write(replace(line, op=Op.EDIT, text=text, edited=True))

    async def delete(self, *, user: str, channel: str, key: str, once: str) -> None:
        line = self._their(user, channel, key)
        if self._is_first(once):
            await self.write(replace(line, op=Op.DELETE, text=None, card=None))

    async def command(self, *, user: str, channel: str, line: str, once: str) -> Card | Form | None:
        if self._is_first(once):
            self.asked.append((user, channel, None, line))
        return self.answers.get(line)

    async def press(
        self, *, user: str, channel: str, thread: str | None, button: str, once: str
    ) -> Card | Form | None:
        if self._is_first(once):
            self.asked.append((user, channel, thread, button))
        return self.answers.get(button)

    async def file(self, user: str, file_id: str) -> tuple[File, bytes]:
        if file_id not in self.kept or user != "alvarez":
            raise NoSuchFile
        return self.kept[file_id]

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
        if self._is_first(once):
            self.asked.append((user, channel, thread, form))
            self.submitted.append(values)
            self.uploaded.append(uploads or {})
        return self.again
