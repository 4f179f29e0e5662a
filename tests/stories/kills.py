"""A run that is played again and again, each time by a process that dies at another point.

    python -m tests.stories.kills FOLDER [--only NAME] [--most N] [--fault twice|lost]

One process plays the script undisturbed and counts its points: before and after each commit, each
send and each answer to a browser. Then, for each point, a fresh process plays until there and
kills itself, and another one, which knows the rows alone, plays on to the end. What stays is the
browser's side: the book. It knows what was answered, repeats what was not under the same one-time
key, and holds the time. No process begins at the very start: what came before the act in which it
dies was played undisturbed, so it begins with a copy of the files as they stood there.
"""

import argparse
import asyncio
import functools
import gc
import json
import os
import shutil
import signal
import sqlite3
import sys
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiosqlite

from adapters.web.chat import WebChat
from bot import delivery
from bot.cards.model import Card
from bot.flows.channel import PLATFORM, LocalChannel
from bot.ports import Absent, Outcome, Place, Sent
from bot.rules.aims import Aim
from storage.database import Database, Session
from tests.stage import CHANNEL, NOON, Stage, open_stage

RUN = "atlasrunkilled22"
THREAD = f"run:{RUN}:card"
LONGEST_LINE = 1_000
LONGEST_LIFE = 60  # seconds; the alarm ends a process that hangs

Act = tuple[str, str, Any, Any]
SCRIPT: tuple[Act, ...] = (
    ("submit", "ana", Aim("start", RUN, 0, 0).id, {"protocol": "atlas-work", "clock": "short"}),
    (
        "submit",
        "ben",
        Aim("write", RUN, 0, 0).id,
        {"f0": "One paragraph on Jonas.", "f1": "https://example.org/work"},
    ),
    ("press", "ana", Aim("anyway", RUN, 0, 0).id, None),
    ("submit", "cy", Aim("write", RUN, 1, 0).id, {"f0": "Six name the change."}),
    ("submit", "cy", Aim("write", RUN, 1, 0).id, {"f0": "Seven name the change."}),
    ("wait", "", 250, None),
    ("say", "cy", "Piece A quotes first.", None),
    ("say", "ben", "I had told them to.", None),
    ("edit", "cy", "Piece A quotes first.", "Piece A, line 2, quotes first."),
    ("press", "dee", Aim("pass", RUN, 2, 0).id, None),
    ("press", "ana", Aim("next", RUN, 2, 0).id, None),
    ("delete", "ben", "I had told them to.", None),
    ("submit", "cy", Aim("write", RUN, 3, 0).id, {"f0": "A quotation is the answer."}),
    ("wait", "", 800, None),
    ("press", "ana", Aim("anyway", RUN, 4, 0).id, None),
    ("press", "ana", Aim("anyway", RUN, 5, 0).id, None),
    ("press", "ana", Aim("anyway", RUN, 6, 0).id, None),
    ("say", "dee", "And number the lines.", None),
)


class Points:
    """Counts the points at which a process can die, and dies at the fatal one."""

    def __init__(self, before: int, fatal: int | None, stone: Path | None = None) -> None:
        """`before`: how many points lie behind. What a start takes up is not counted.

        `stone`: the file that says where it died.
        """
        self.number, self.fatal, self.names, self._stone = before, fatal, list[str](), stone
        self.count = False

    def reach(self, name: str) -> None:
        """Come to the next point."""
        if not self.count:
            return
        self.number += 1
        self.names.append(name)
        if self.number == self.fatal and self._stone is not None:
            self._stone.write_text(name)
            os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(Database):
    """Dies round a commit."""

    def __init__(self, url: str, points: Points, loses: int | None) -> None:
        """`loses`: a planted fault, the point whose commit is lost without a word."""
        super().__init__(url)
        self._points, self._loses = points, loses

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        """One writing transaction."""
        async with super().write() as session:
            yield session
            self._points.reach("commit")
            if self._points.number == self._loses:
                await session.rollback()
        self._points.reach("committed")


class MortalChat:
    """Dies round a send."""

    def __init__(self, chat: WebChat, points: Points, *, doubles: bool) -> None:
        """`doubles`: a planted fault, it does not know again what it sent."""
        self._chat, self._points, self._doubles = chat, points, doubles

    async def post(self, place: Place, card: Card, key: str) -> Outcome:
        """Post a card."""
        self._points.reach("post")
        if self._doubles and isinstance(
            await self._chat.find(place, key, NOON, private=False), Sent
        ):
            key = f"{key}:again"
        outcome = await self._chat.post(place, card, key)
        self._points.reach("posted")
        return outcome

    async def update(self, place: Place, message_id: str, card: Card) -> Outcome:
        """Show a card anew."""
        self._points.reach("update")
        outcome = await self._chat.update(place, message_id, card)
        self._points.reach("updated")
        return outcome

    async def whisper(self, place: Place, person: str, card: Card, key: str) -> Outcome:
        """Show a card to one person only."""
        self._points.reach("whisper")
        outcome = await self._chat.whisper(place, person, card, key)
        self._points.reach("whispered")
        return outcome

    async def find(
        self, place: Place, key: str, since: datetime, *, private: bool
    ) -> Sent | Absent:
        """Look whether a card of this key stands."""
        if self._doubles:
            return Absent()
        return await self._chat.find(place, key, since, private=private)


class Book:
    """What the browser's side knows, kept in a file that outlives every process."""

    def __init__(self, path: Path) -> None:
        """Read what was written by those who died."""
        self._path = path
        self._at, self.begun, self.done, self.keys = NOON, 0, 0, dict[str, str]()
        for line in path.read_text().splitlines() if path.exists() else ():
            self._learn(json.loads(line))

    def write(self, **line: Any) -> None:
        """Write a line, before anything else happens."""
        with self._path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        self._learn(line)

    def _learn(self, line: dict[str, Any]) -> None:
        self._at = datetime.fromisoformat(line["at"]) if "at" in line else self._at
        self.begun, self.done = line.get("begun", self.begun), line.get("done", self.done)
        self.keys |= line.get("keys", {})

    # The stage's clock: it goes on where it stood when a process died.

    @property
    def at(self) -> datetime:
        """The time."""
        return self._at

    @at.setter
    def at(self, at: datetime) -> None:
        if at != self._at:
            self.write(at=at.isoformat())

    def now(self) -> datetime:
        """The time, as the product asks for it."""
        return self._at


@dataclass(slots=True)
class Life:
    """One process: from the rows and the book, to its point or to the end of the script."""

    born: Stage
    folder: Path
    points: Points
    fault: str = ""
    kept: Path | None = None
    stage: Stage = field(init=False)
    book: Book = field(init=False)

    async def live(self) -> None:
        """Play on, and leave the books at the end."""
        self.book = Book(self.folder / "book")
        url = f"sqlite:///{self.folder / 'stage.db'}"
        is_loser = self.fault == "lost" and self.points.fatal is not None
        loses = (self.points.fatal or 0) - 3 if is_loser else None  # commit, committed, answer
        database = MortalDatabase(url, self.points, loses)
        house = replace(self.born.house, database=database, now=self.book.now)
        self.stage = Stage(house, self.born.organization, self.book)  # type: ignore[arg-type] # a clock too
        chat = MortalChat(WebChat(self.stage.channel), self.points, doubles=self.fault == "twice")
        self.stage._chats = {PLATFORM: chat}
        await delivery.take_up(house)
        await self.stage.settle()
        self.points.count = True
        for number, act in enumerate(SCRIPT, start=1):
            if number > self.book.done:
                await self._act(number, act)
        (self.folder / "export").write_text(json.dumps(await self._export()))
        await database.close()

    async def _act(self, number: int, act: Act) -> None:
        self._keep(number)
        do, _, seconds, _ = act
        if do == "wait":
            await self.stage.until(seconds)
            self.book.write(done=number)
            return
        if number > self.book.begun:
            self.book.write(begun=number, at=(self.book.at + timedelta(seconds=1)).isoformat())
        keys = await self._ask(self.stage.channel, act, f"once-{number}")
        self.points.reach("answer")
        self.book.write(done=number, keys=keys)
        self.points.reach("answered")
        await self.stage.settle()

    async def _ask(self, channel: LocalChannel, act: Act, once: str) -> dict[str, str]:
        do, user, what, more = act
        who: dict[str, Any] = {"user": user, "channel": CHANNEL, "once": once}
        if do == "say":
            await channel.say(**who, thread=THREAD, text=what)
            lines = await channel.current(CHANNEL, THREAD, user)
            return {what: next((line.key for line in lines if line.text == what), "")}
        if do == "edit":
            await channel.edit(**who, key=self.book.keys[what], text=more)
        elif do == "delete":
            await channel.delete(**who, key=self.book.keys[what])
        elif do == "press":
            assert await channel.press(**who, thread=THREAD, button=what) is None
        else:
            starts = "protocol" in more
            values = more | ({"brings": await self.stage.person("ben")} if starts else {})
            thread = None if starts else THREAD
            assert await channel.submit(**who, thread=thread, form=what, values=values) is None
        return {}

    def _keep(self, number: int) -> None:
        """Keep the files as they stand before an act, and how many points lie behind."""
        if self.kept is not None:
            copy = self.kept / f"{number:02}"
            shutil.copytree(self.folder, copy)
            (copy / "points").write_text(str(self.points.number))

    async def _export(self) -> dict[str, Any]:
        """The export without the ids of its items: they are chance, and so is their order."""
        self.stage.run = RUN
        export = await self.stage.export()
        items = [item | {"id": "by chance"} for item in export["items"]]
        return export | {"items": sorted(items, key=json.dumps)}


def books(folder: Path) -> dict[str, Any]:
    """What stands at the end, from the files alone."""
    with closing(sqlite3.connect(folder / "stage.db")) as db:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return db.execute(query).fetchall()

        log = rows(
            "SELECT op, key, thread, person_id, only_for, at, body FROM message ORDER BY seq"
        )
        audit = rows("SELECT act, about, person_id, at FROM audit ORDER BY seq")
        inbox = rows("SELECT event_id, state FROM inbox ORDER BY event_id")
        outbox = rows("SELECT key, state FROM outbox ORDER BY key")
    posts = [row for row in log if row[0] == "post"]
    threads = {str(row[2]): [one[1:6] for one in posts if one[2] == row[2]] for row in posts}
    return {
        "export": json.loads((folder / "export").read_text()),
        "threads": threads,
        "messages": {row[1]: json.loads(row[6]) for row in log},
        "cards": Counter(row[1] for row in posts if row[3] is None),
        "audit": audit,
        "inbox": inbox,
        "outbox": outbox,
    }


def wrong(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """What must not be in the books of a repetition: empty where all is well."""
    faults = [
        f"{name}: {_difference(found[name], wanted[name])}"
        for name in wanted
        if found[name] != wanted[name]
    ]
    faults += [f"inbox {event} is {state}" for event, state in found["inbox"] if state != "done"]
    faults += [f"outbox {key} is {state}" for key, state in found["outbox"] if state != "sent"]
    sent = {key: 1 for key, _ in found["outbox"]}
    if found["cards"] != sent:
        faults.append(f"sent once each: {_difference(found['cards'], sent)}")
    return faults


def _difference(found: Any, wanted: Any, where: str = "") -> str:
    """The first place where two books differ."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in found.keys() | wanted.keys():
            if found.get(key) != wanted.get(key):
                return _difference(found.get(key), wanted.get(key), f"{where}/{key}")
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        for index, (one, other) in enumerate(zip(found, wanted, strict=True)):
            if one != other:
                return _difference(one, other, f"{where}/{index}")
    return f"{where} {found!r} instead of {wanted!r}"[:LONGEST_LINE]


def without_a_thread() -> None:
    """Let the driver call SQLite itself: its thread takes a third of the time, and changes no file."""

    async def call(_: aiosqlite.Connection, function: Any, *args: Any, **named: Any) -> Any:
        return function(*args, **named)

    async def connect(connection: aiosqlite.Connection) -> aiosqlite.Connection:
        connection._connection = connection._connection or connection._connector()
        return connection

    aiosqlite.Connection._execute = call  # type: ignore[assignment,method-assign]
    aiosqlite.Connection._connect = connect  # type: ignore[assignment,method-assign]


def start(work: Callable[[], None], seconds: int = 0) -> int:
    """Work in a process of its own, for so many seconds at most; its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        signal.alarm(seconds)
        work()
        code = 0
    except BaseException:  # noqa: BLE001 # nothing may run on in the copy of the parent
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def end_of(child: int) -> int:
    """How a process ended: 0, or minus its signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@dataclass(slots=True)
class Launcher:
    """Starts every process; has no loop, no thread and no connection itself."""

    folder: Path
    fault: str = ""
    born: Stage = field(init=False)
    wanted: dict[str, Any] = field(init=False)
    names: list[str] = field(init=False)

    def play_undisturbed(self) -> None:
        """Count the points, and keep the files before each act."""
        home, kept = self.folder / "undisturbed", self.folder / "kept"
        home.mkdir()
        self.born = asyncio.run(_born(home))
        points = Points(0, None)

        def work() -> None:
            asyncio.run(Life(self.born, home, points, self.fault, kept).live())
            (home / "names").write_text("\n".join(points.names))

        assert end_of(start(work, LONGEST_LIFE)) == 0
        self.names = (home / "names").read_text().split("\n")
        self.wanted = books(home)
        assert wrong(self.wanted, self.wanted) == []

    def kill_at(self, fatal: int) -> list[str]:
        """Play until a point and die there; play on from the rows; what is wrong at the end."""
        home = self.folder / f"killed-{fatal}"
        before = [one for one in self._kept() if int((one / "points").read_text()) < fatal]
        shutil.copytree(before[-1], home)
        stone = home / "stone"
        died = self._live(home, Points(int((home / "points").read_text()), fatal, stone))
        if died != -signal.SIGKILL or stone.read_text() != self.names[fatal - 1]:
            return [f"it did not die there, but ended with {died}"]
        if ended := self._live(home, Points(0, None)):
            return [f"it did not come to the end, but ended with {ended}"]
        faults = wrong(books(home), self.wanted)
        shutil.rmtree(home)
        return faults

    def kill_at_each(self, points: Iterable[int]) -> None:
        """Kill at these points, one after the other; what is found is a line of the file `found`."""
        for fatal in points:
            line = {"point": fatal, "name": self.names[fatal - 1], "wrong": self.kill_at(fatal)}
            with (self.folder / "found").open("a") as file:
                file.write(json.dumps(line) + "\n")

    def _live(self, home: Path, points: Points) -> int:
        life = Life(self.born, home, points, self.fault)
        return end_of(start(lambda: asyncio.run(life.live()), LONGEST_LIFE))

    def _kept(self) -> list[Path]:
        return sorted((self.folder / "kept").iterdir())


async def _born(home: Path) -> Stage:
    stage = await open_stage(home)
    await stage.house.database.close()
    return stage


def main() -> int:
    """Kill at every point, or only at those of one name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="only at points of this name")
    parser.add_argument("--most", type=int, default=10_000, help="at so many points at most")
    parser.add_argument("--fault", choices=("", "twice", "lost"), default="", help="plant a fault")
    given = parser.parse_args()
    without_a_thread()
    gc.freeze()  # or every child would copy what it never touches
    gc.disable()
    launcher = Launcher(given.folder, given.fault)
    launcher.play_undisturbed()
    named = enumerate(launcher.names, start=1)
    meant = [number for number, name in named if given.only in ("", name)][: given.most]
    count = os.cpu_count() or 1
    workers = [
        start(functools.partial(launcher.kill_at_each, meant[i::count])) for i in range(count)
    ]
    return max(abs(end_of(worker)) for worker in workers)


if __name__ == "__main__":
    sys.exit(main())
