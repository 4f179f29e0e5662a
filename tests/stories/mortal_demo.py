"""The demo as a process that is killed and started again, and people who go on talking to it.

What they know is what was answered: whatever gets no answer is sent again under the same key.
"""

import http.client
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

COMMAND = str(Path(sys.executable).with_name("colloquy"))
CHANNEL = "grade-7-ela"
READY = "Colloquy is at "
PATIENCE = 60.0  # seconds, on a busy machine
ARTICLE = re.compile(r"<article ([^>]*)>.*?</article>", re.DOTALL)
ATTRIBUTE = re.compile(r'data-(\w+)="([^"]*)"')


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def environment(home: Path) -> dict[str, str]:
    """Ours, without settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COLLOQUY_")}
    return {**kept, "COLLOQUY_HOME": str(home), "COLLOQUY_LOG": "json"}


@dataclass
class MortalDemo:
    """`colloquy demo` on one home and one port, whichever process it is."""

    home: Path
    rate: float = 1.0
    port: int = field(default_factory=free_port)

    def start(self, *command: str) -> None:
        """Start it, and wait until it is ready."""
        words = ("demo", "--port", str(self.port), "--rate", str(self.rate))
        self.process = subprocess.Popen(
            [*(command or (COMMAND,)), *words],
            env=environment(self.home),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().startswith(READY)

    def kill(self) -> None:
        """Kill -9."""
        self.process.kill()
        assert self.process.wait(PATIENCE) == -signal.SIGKILL
        self.process.communicate()

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self.process.terminate()
        code = self.process.wait(PATIENCE)
        self.process.communicate()
        return code

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another `colloquy` on the same home."""
        return subprocess.run(
            [COMMAND, *words],
            env=environment(self.home),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def export(self, run: str) -> dict[str, Any]:
        """What `colloquy export run` prints."""
        found: dict[str, Any] = json.loads(self.command("export", "run", run).stdout)
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read the database beside whoever works on it."""
        address = f"file:{self.home / 'colloquy.db'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=10)) as db:
            return db.execute(query).fetchall()

    def ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Ask once: get a page, or post a form. Raises OSError or HTTPException without an answer."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as line:
            if fields is None:
                line.request("GET", path)
            else:
                kind = {"Content-Type": "application/x-www-form-urlencoded"}
                line.request("POST", path, urlencode(fields), kind)
            answer = line.getresponse()
            return answer.status, answer.read().decode()


@dataclass
class Browser:
    """One person, who sends again until there is an answer."""

    demo: MortalDemo
    user: str
    thread: str
    name: str = ""  # of another window of the same person
    again: int = 0
    _count: int = 0

    def page(self, path: str) -> str:
        """A page of the channel, with the thread."""
        mark = "&" if "?" in path else "?"
        address = (
            f"/as/{self.user}/channel/{CHANNEL}{path}{mark}{urlencode({'thread': self.thread})}"
        )
        return self._until_answered(address, None)

    def send(self, path: str, **fields: str) -> None:
        """Post a form once, however often it takes."""
        self._count += 1
        sent = {"thread": self.thread, "once": f"{self.user}{self.name}-{self._count}", **fields}
        self._until_answered(f"/as/{self.user}/channel/{CHANNEL}/{path}", sent)

    def _until_answered(self, address: str, fields: dict[str, str] | None) -> str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                status, text = self.demo.ask(address, fields)
            except (OSError, http.client.HTTPException):
                self.again += 1
                time.sleep(0.05)
                continue
            assert status in (200, 204), f"{address}: {status} {text}"
            return text
        msg = f"no answer: {address}"
        raise TimeoutError(msg)

    def log(self) -> list["Row"]:
        """Every row of the log that this person may see."""
        return rows_of(self.page("/log?after=0"))


class Row(NamedTuple):
    """A row of the log as a page shows it."""

    seq: int
    op: str
    key: str
    into: str
    html: str


def rows_of(page: str) -> list[Row]:
    """The messages of a page. What a thread hangs on is shown twice: there, and in the channel."""
    rows = []
    for article in ARTICLE.finditer(page):
        named = dict(ATTRIBUTE.findall(article.group(1)))
        html = unescape(article.group())
        rows.append(Row(int(named["seq"]), named["op"], named["key"], named["into"], html))
    return rows


@dataclass
class Said:
    """One message in somebody's book."""

    user: str
    key: str
    text: str
    edited: bool = False
    deleted: bool = False


class Person(threading.Thread):
    """Somebody who goes on until it was enough."""

    def __init__(self, browser: Browser, seed: int, enough: threading.Event) -> None:
        """`enough`: set when it is."""
        super().__init__(daemon=True)
        self.browser, self.enough = browser, enough
        self.chance = random.Random(seed)  # noqa: S311 # it can be repeated
        self.fault: BaseException | None = None

    def run(self) -> None:
        """Go on, and keep what went wrong for the test."""
        try:
            self.go_on()
        except BaseException as fault:  # noqa: BLE001 # the test looks at it
            self.fault = fault

    def go_on(self) -> None:
        """What this one does."""
        raise NotImplementedError


class Talker(Person):
    """Talks, edits and deletes, and keeps a book."""

    def __init__(self, browser: Browser, seed: int, enough: threading.Event) -> None:
        """With an empty book."""
        super().__init__(browser, seed, enough)
        self.book: list[Said] = []

    def go_on(self) -> None:
        """Talk."""
        while not self.enough.wait(self.chance.uniform(0.05, 0.6)):
            self._say()

    def _say(self) -> None:
        browser, number = self.browser, len(self.book)
        text = f"{browser.user} says number-{number}-of-theirs"
        browser.send("say", text=text)
        rows = rows_of(browser.page(""))
        one = Said(browser.user, next(row.key for row in rows if text in row.html), text)
        self.book.append(one)
        if number % 4 == 1:
            one.text, one.edited = f"{text} and then some", True
            browser.send(f"messages/{one.key}/edit", text=one.text)
        if number % 5 == 3:
            one.deleted = True
            browser.send(f"messages/{one.key}/delete")


class Leader(Person):
    """Moves on to the next step now and then, and without pauses when it was enough."""

    def __init__(self, browser: Browser, seed: int, enough: threading.Event, run_id: str) -> None:
        """Of a run."""
        super().__init__(browser, seed, enough)
        self._of = run_id

    def go_on(self) -> None:
        """Lead."""
        while f"run:{self._of}:report" not in (page := self.browser.page("")):
            self.enough.wait(self.chance.uniform(8, 14))
            step = max(map(int, re.findall(rf"run:{self._of}:step:(\d+):open", page)), default=0)
            self.browser.send("press", button=f"anyway:{self._of}:{step}:0")
            time.sleep(0.2)


def posts(rows: Iterable[Row]) -> list[str]:
    """The keys of what was posted, in order."""
    return [key for _, key in sorted({(row.seq, row.key) for row in rows if row.op == "post"})]
