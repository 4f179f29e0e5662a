"""One run, from its start to after its end: what is said in it, and what its book learns."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import aiohttp

from tests.driver.book import FLOORS, HOLDER, PRIVATE, Book, Message, Window
from tests.driver.pages import Field, Seen, fields, messages, ticked

NAMES = {
    "alvarez": "Rosa Alvarez",
    "okafor": "Ben Okafor",
    "chen": "Mei Chen 陈美",
    "pena": "Lucía Peña",
    "whitfield": "Dana Whitfield",
}
USERS = {name: user for user, name in NAMES.items()}
OBSERVER = "whitfield"
WORDS = [
    "we",
    "saw",
    "that",
    "the",
    "línea",
    "12",
    "(maybe)",
    "<b>turned</b>",
    "&",
    "don't",
    "陈美",
    "know",
    "why;",
    "look",
    "again",
    "at",
    "it",
]
ROUND_TABLE = ("round", "open", "group")
TWICE, REORDERED, EDITED, DELETED = 0.10, 0.20, 0.10, 0.05
SHARE = {"alone": 0.25, "presenter": 0.6, "facilitator": 0.6}
CONNECTIONS, WINDOW = 4, 16
PATIENCE = 120.0


def now() -> str:
    """The time, written as the pages' times are."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


class Line:
    """HTTP to the server."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url
        self.statuses: Counter[str] = Counter()

    async def post(
        self, who: str, channel: str, what: str, *pairs: tuple[str, str], **data: str
    ) -> tuple[int, str]:
        """Send a form; its fields as names, or as pairs where a name comes more than once."""
        address = f"{self._url}/as/{who}/channel/{channel}/{what}"
        async with self._session.post(address, data=[*pairs, *data.items()]) as answer:
            self.statuses[f"{what.rsplit('/', maxsplit=1)[-1]} {answer.status}"] += 1
            return answer.status, await answer.text()

    async def get(self, who: str, channel: str, what: str = "", **params: str) -> str:
        """Read a page or a log."""
        address = f"{self._url}/as/{who}/channel/{channel}{what}"
        async with self._session.get(address, params=params) as answer:
            return await answer.text() if answer.status == 200 else ""


@dataclass
class Plan:
    """What was drawn for a run before it begins."""

    protocol: str
    channel: str
    count: int
    special: str = ""  # skip, end, reopen, join


@dataclass
class Drawn:
    """A message that is to be said, and what becomes of it."""

    message: Message
    text: str
    once: str
    twice: str = ""  # "", now, later
    edits: int = 0
    is_deleted: bool = False
    when: str = ""  # of edits and deletion: soon, later, after
    versions: list[str] = field(default_factory=list)


class Talk:
    """One run, from its start to after its end."""

    def __init__(self, line: Line, rng: random.Random, plan: Plan, name: str) -> None:
        self.line, self.rng, self.plan, self.name = line, rng, plan, name
        self.book = Book("", plan.protocol, plan.channel, "", None, takes_part=False, people=[])
        self.complaints: list[str] = []
        self.did: Counter[str] = Counter()
        self.drawn: dict[str, Drawn] = {}  # by token
        self._again: list[Drawn] = []  # to be sent a second time, later
        self._open: dict[str, list[Drawn]] = {"soon": [], "later": [], "after": []}
        self._number, self._once, self._after, self._opening = 0, 0, 0, 0
        self._seen: list[Seen] = []
        self._late: str | None = None  # who joins by a first post
        self._recorder = asyncio.Lock()

    # --- Sending

    def once(self) -> str:
        """A new one-time key."""
        self._once += 1
        return f"{self.name}-{self._once}"

    @property
    def thread(self) -> str:
        """The run's thread."""
        return f"run:{self.book.run}:card"

    def button(self, act: str, position: int) -> str:
        """A button's or a form's id."""
        return f"{act}:{self.book.run}:{position}:{self._opening}"

    async def _send(self, what: str, who: str, once: str = "", **data: str) -> tuple[int, str]:
        data = {"thread": self.thread, "once": once or self.once(), **data}
        status, text = await self.line.post(who, self.plan.channel, what, **data)
        if status >= 400:
            self.complaints.append(f"{who} {what} {data}: {status} {text[:300]}")
        return status, text

    async def press(self, who: str, act: str, position: int) -> str:
        """Press a button; what it shows."""
        return (await self._send("press", who, button=self.button(act, position)))[1]

    async def _together(self, jobs: list[Callable[[], Awaitable[object]]]) -> None:
        """Do jobs over several connections, in their order as far as these allow."""
        queue = list(reversed(jobs))

        async def work() -> None:
            while queue:
                await queue.pop()()

        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))

    # --- Reading

    async def read(self) -> list[Seen]:
        """What is new in the run's log; keys and times go into the book."""
        async with self._recorder:
            html = await self.line.get(
                self.book.facilitator,
                self.plan.channel,
                "/log",
                after=str(self._after),
                thread=self.thread,
            )
            new = messages(html)
            self._after = max([self._after, *(one.seq for one in new)])
            mine = [one for one in new if one.into == "thread-log"]
            self._seen += mine
            for one in mine:
                self._note(one)
            return mine

    def _note(self, seen: Seen) -> None:
        drawn = self.drawn.get(seen.text.split("v")[0])
        if drawn and not drawn.message.key:
            drawn.message.key, drawn.message.at = seen.key, seen.at
            if USERS.get(seen.name) != drawn.message.person:
                self.complaints.append(f"{seen.key} of {drawn.message.person} says {seen.name}")

    async def wait_for(self, key: str) -> Seen:
        """Wait until something of Colloquy's stands in the thread."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for one in self._seen:
                if one.key == key:
                    return one
            if not await self.read():
                await asyncio.sleep(0.2)
        raise TimeoutError(f"{key} did not come within {PATIENCE} s")

    async def wait_for_keys(self) -> None:
        """Wait until everything said has been seen in the log."""
        end = time.monotonic() + PATIENCE
        while any(not one.message.key for one in self.drawn.values()):
            if time.monotonic() > end:
                missing = [t for t, one in self.drawn.items() if not one.message.key]
                raise TimeoutError(f"never seen in the log: {missing}")
            if not await self.read():
                await asyncio.sleep(0.2)

    # --- Drawing

    def words(self) -> str:
        """Some words, now and then over two lines."""
        drawn = self.rng.choices(WORDS, k=self.rng.randint(1, 14))
        return ("\n" if self.rng.random() < 0.1 else " ").join(drawn)

    def draw(self, person: str, mentions: str = "") -> Drawn:
        """Draw a message of somebody and its fate."""
        rng, token = self.rng, f"{self.name}x{self._number}"
        self._number += 1
        text = " ".join(filter(None, [f"{token}v0", mentions, self.words()]))
        one = Drawn(Message(token, person, len(text.split())), text, self.once())
        one.versions.append(text)
        if rng.random() < TWICE:
            one.twice = rng.choice(["now", "later"])
        one.edits = rng.choice([1, 1, 1, 2]) if rng.random() < EDITED else 0
        one.is_deleted = rng.random() < DELETED
        if one.edits or one.is_deleted:
            one.when = rng.choice(["soon", "later", "after"])
            self._open[one.when].append(one)
        self.drawn[token] = one
        self.book.messages.append(one.message)
        return one

    def _author(self, position: int) -> str:
        people = [*self.book.people, *self.book.joins, OBSERVER]
        weights = [self._weight(position, person) for person in people]
        return self.rng.choices(people, weights)[0]

    def _weight(self, position: int, person: str) -> float:
        if person in (OBSERVER, self.book.facilitator):
            return 0.7 if person == OBSERVER else 2
        return 1 if self.book.barred(position, person) else 4

    def _window(self, position: int, count: int) -> list[Drawn]:
        """Draw some messages; a fifth of them leave their place."""
        said = self._turns(position)
        authors = [self._author(position) for _ in range(count)]
        drawn = [self._mentioning(position, who, said, authors) for who in authors]
        for one in list(drawn):
            if self.rng.random() < REORDERED:
                self.did["reordered"] += 1
                drawn.remove(one)
                drawn.insert(self.rng.randrange(len(drawn) + 1), one)
        return drawn

    def _turns(self, position: int) -> set[str]:
        """Who had a turn in this step that stands, in what was said before this window."""
        return {
            one.message.person
            for one in self.drawn.values()
            if one.message.key
            and not one.message.deleted
            and self.book.position_of(one.message) == position
            and not self.book.barred(position, one.message.person)
        }

    def _mentioning(self, position: int, who: str, said: set[str], authors: list[str]) -> Drawn:
        free = self.book.barred(position, who) is None and self.book.floor(position) in ROUND_TABLE
        if not free or self.rng.random() > 0.25:
            return self.draw(who)
        others = sorted(said - {who})
        if others and self.rng.random() < 0.8:
            other = self.rng.choice(others)
            one = self.draw(who, "@" + self.rng.choice([other, NAMES[other]]))
            one.message.answers = other
            self.did["answers"] += 1
            return one
        silent = [p for p in self.book.people if p != who and self._is_new(position, p, authors)]
        other = self.rng.choice(silent) if silent else ""
        return self.draw(who, f"@{other}" if other else "")

    def _is_new(self, position: int, person: str, authors: list[str]) -> bool:
        """Whether somebody has not been heard in a step in any way."""
        here = {m.person for m in self.book.messages if m.placed == position or not m.key}
        here |= {m.person for m in self.book.messages if self.book.position_of(m) == position}
        return person not in here and person not in authors

    # --- Saying, editing, deleting

    async def say(self, one: Drawn) -> None:
        """Say it, perhaps twice at once; or once more later."""
        who, data = one.message.person, {"text": one.text, "once": one.once}
        times = 2 if one.twice == "now" else 1
        await asyncio.gather(*(self._send("say", who, **data) for _ in range(times)))
        self.did["said"] += 1
        self.did["twice"] += bool(one.twice)
        if one.twice == "later":
            self._again.append(one)

    async def say_again(self) -> None:
        """Send some of what was sent already."""
        again, self._again = self._again, []
        for one in again:
            await self._send("say", one.message.person, text=one.text, once=one.once)

    async def amend(self, when: str) -> None:
        """Edit and delete what was drawn for this moment, as far as it has been said."""
        ready = [one for one in self._open[when] if one.message.key]
        self._open[when] = [one for one in self._open[when] if not one.message.key]
        await self._together([partial(self._amend, one) for one in ready])

    async def _amend(self, one: Drawn) -> None:
        message, path = one.message, f"messages/{one.message.key}"
        for _ in range(one.edits):
            text = f"{message.token}v{len(one.versions)} {self.words()}"
            one.versions.append(text)
            once = self.once()
            for _ in range(self.rng.choice([1, 1, 1, 2])):
                await self._send(f"{path}/edit", message.person, once=once, text=text)
            message.edited, message.words = True, len(text.split())
        self.did["edited"] += bool(one.edits)
        if one.is_deleted:
            once = self.once()
            for _ in range(self.rng.choice([1, 1, 1, 2])):
                await self._send(f"{path}/delete", message.person, once=once)
            message.deleted = True
            self.did["deleted"] += 1

    async def speak(self, position: int, count: int) -> None:
        """Say so many messages in a step, window by window, with what comes between."""
        while count > 0:
            size = min(count, self.rng.randint(WINDOW // 2, WINDOW))
            count -= size
            window = self._window(position, size)
            says = [partial(self.say, one) for one in window]
            await self._together([*says, self.say_again, partial(self.amend, "later")])
            await self.wait_for_keys()
            await self.amend("soon")
            await self._between(position)

    async def _between(self, position: int) -> None:
        """Nobody speaks: a pass, a form, somebody who joins."""
        floor, rng = self.book.floor(position), self.rng
        expected = self.book.expected(position)
        if floor in (*ROUND_TABLE, "alone") and expected and rng.random() < 0.15:
            await self.pass_by(rng.choice(sorted(expected)), position)
        if floor in (*ROUND_TABLE, "presenter") and expected and rng.random() < 0.3:
            await self.write(rng.choice(sorted(expected)), position)
        if self._late and position > 0:
            who, self._late = self._late, None
            joining = self.draw(who)
            await self.say(joining)
            await self.wait_for_keys()
            self.book.joins[who] = joining.message.at
            self.did["joined"] += 1

    async def pass_by(self, who: str, position: int) -> None:
        """Pass."""
        at = now()
        await self.press(who, "pass", position)
        if not any(place == position and person == who for place, person, _ in self.book.passes):
            self.book.passes.append((position, who, at))
        self.did["passed"] += 1

    # --- Forms

    async def write(self, who: str, position: int, *, late: bool = False) -> None:
        """Write the form of a step, where it has one that can be filled in with words."""
        opening, self._opening = self._opening, 0 if late else self._opening
        html = await self.press(who, "write", position)
        boxes = fields(html)
        if boxes and not any(one.kind == "other" and one.required for one in boxes):
            await self._hand_in(who, position, boxes, late=late, has_tick="in-private" in html)
        self._opening = opening

    async def _hand_in(
        self, who: str, position: int, boxes: list[Field], *, late: bool, has_tick: bool
    ) -> None:
        is_sealed = self.book.floor(position) == "alone"
        message = next(
            (
                m
                for m in self.book.messages
                if is_sealed and (m.placed, m.person) == (position, who)
            ),
            None,
        )
        if message is None:
            message = Message(f"{self.name}f{self._number}", who, 0, "form", placed=position)
            message.since, message.late = now(), late
            self.book.messages.append(message)
            self._number += 1
        values = self._fill(message, boxes)
        if has_tick and not late and self.rng.random() < 0.2:
            values["in-private"] = "yes"
        is_kept = "in-private" in values or (self.plan.protocol, position) in PRIVATE
        message.private = is_kept
        await self._send("submit", who, form=self.button("write", position), **values)
        message.at = now()
        self.did["forms"] += 1

    def _fill(self, message: Message, boxes: list[Field]) -> dict[str, str]:
        """Draw what is written: each needed field, the first text, some others."""
        first = next((one for one in boxes if one.kind == "text"), None)
        message.fields, values, words = {}, {}, 0
        for one in boxes:
            is_filled = one.required or one is first or self.rng.random() < 0.4
            if one.kind == "text" and is_filled:
                values[f"in-{one.name}"] = f"{message.token}s{self.once()} {self.words()}"
                message.fields[one.label] = values[f"in-{one.name}"]
                words += len(values[f"in-{one.name}"].split())
            elif one.kind == "choice" and one.required:
                values[f"in-{one.name}"] = self.rng.choice(one.options)
                message.fields[f"?{one.label}"] = values[f"in-{one.name}"]
        message.words = words
        return values

    async def hand_in_all(self, position: int, before: datetime | None = None) -> None:
        """The sealed step: most write, some change it, some pass; nobody reads it yet."""
        for who in sorted(self.book.expected(position)):
            if before and datetime.now(UTC) > before:
                return
            if self.rng.random() < 0.75:
                await self.write(who, position)
            if self.rng.random() < 0.25:
                await self.write(who, position)
            elif self.rng.random() < 0.2:
                await self.pass_by(who, position)

    async def check_seal(self, position: int, until: datetime | None = None) -> None:
        """No other person can read what was handed in, as long as the clock has not opened it."""
        forms = [m for m in self.book.messages if m.via == "form" and m.placed == position]
        for reader in [*self.book.people, OBSERVER]:
            html = await self._all_of(reader)
            if until and datetime.now(UTC) > until:
                return
            for message in forms:
                if f"{message.token}s" in html and message.person != reader:
                    self.complaints.append(f"{reader} reads {message.token} before the close")

    async def _all_of(self, reader: str) -> str:
        args = {"after": "0", "thread": self.thread}
        log = await self.line.get(reader, self.plan.channel, "/log", **args)
        return log + await self.line.get(reader, self.plan.channel, thread=self.thread)

    # --- The run

    async def start(self) -> None:
        """Begin by the form."""
        rng, channel = self.rng, self.plan.channel
        who = rng.choice(["okafor", "chen"])
        _, html = await self.line.post(
            who, channel, "press", button="choose::0:0", thread="", once=self.once()
        )
        people = {USERS[name]: person for name, person in ticked(html).items()}
        form = html.split('data-form="')[1].split('"')[0]
        others = sorted(set(people) - {who})
        if self.plan.special == "join":
            self._late = others.pop(rng.randrange(len(others)))
        holder = rng.choice(others) if HOLDER[self.plan.protocol] else None
        self.book.run, self.book.facilitator, self.book.holder = form.split(":")[1], who, holder
        self.book.takes_part, self.book.people = rng.random() < 0.3, [who, *others]
        pairs = [("in-here", person) for user, person in people.items() if user in (who, *others)]
        chosen = {
            "form": form,
            "thread": "",
            "once": self.once(),
            "in-protocol": self.plan.protocol,
            "in-clock": "full",
            "in-brings": people[holder] if holder else "",
            "in-takes_part": "yes" if self.book.takes_part else "",
        }
        await self.line.post(who, channel, "submit", ("in-here", ""), *pairs, **chosen)
        await self.opened(0)

    async def opened(self, position: int, opening: int = 0) -> Seen:
        """Wait for a step's post: from its time on, the step is open."""
        suffix = f":r{opening}" if opening else ""
        seen = await self.wait_for(f"run:{self.book.run}:step:{position}:open{suffix}")
        self.book.windows.append(Window(position, opening, seen.at))
        return seen

    async def run(self) -> None:
        """Hold the run from its start to its end, and what comes after."""
        await self.start()
        last = len(FLOORS[self.plan.protocol]) - 1
        ending = self.rng.randrange(1, last - 1) if self.plan.special == "end" else last
        held = [*range(ending + 1), last] if ending < last else [*range(last + 1)]
        weights = [SHARE.get(self.book.floor(position), 1.0) for position in held]
        counts = [int(self.plan.count * one / sum(weights)) for one in weights]
        counts[0] += self.plan.count - sum(counts)
        odd = self._odd_step(held)
        for position, count in zip(held, counts, strict=True):
            await self.hold(position, count)
            if position == odd and self.plan.special == "reopen":
                await self.reopen(position)
            if position == last:
                await self.finish(position)
            else:
                await self.leave(position, is_odd=position == odd, is_end=position == ending)
        await self.afterwards()

    def _odd_step(self, held: list[int]) -> int:
        """The step that is skipped, or from which the one before is opened again."""
        floors = [self.book.floor(position) for position in held]
        if self.plan.special == "skip":
            return self.rng.choice(held[:-1])
        fit = [p for p in held[1:-1] if "alone" not in (floors[p], floors[p - 1])]
        return self.rng.choice(fit) if self.plan.special == "reopen" and fit else -1

    async def hold(self, position: int, count: int) -> None:
        """All that is done while a step is open."""
        if position > 0 and self.book.floor(position - 1) == "alone":
            await self._hand_in_late(position - 1)
        if self.book.floor(position) == "alone":
            await self.hand_in_all(position)
        if self.book.floor(position) in ("presenter", "facilitator"):
            await self.press(self.book.expected(position)[0], "done", position)
        await self.speak(position, count)

    async def _hand_in_late(self, position: int) -> None:
        done = {m.person for m in self.book.messages if m.via == "form" and m.placed == position}
        if not any(window.position == position for window in self.book.windows):
            return
        for who in sorted(set(self.book.expected(position)) - done):
            if self.rng.random() < 0.5:
                await self.write(who, position, late=True)
                self.did["late"] += 1

    async def leave(self, position: int, *, is_odd: bool = False, is_end: bool = False) -> None:
        """Go on to the next step, now and then while somebody speaks or by two presses."""
        if self.book.floor(position) == "alone":
            await self.check_seal(position)
        if is_end:
            await self._end(position)
        elif is_odd and self.plan.special == "skip":
            await self._skip(position)
        else:
            await self._next(position)

    async def _next(self, position: int) -> None:
        leads = self.book.facilitator
        jobs: list[Awaitable[object]] = [self.press(leads, "anyway", position)]
        if self.rng.random() < 0.3:
            jobs.append(self.press(leads, "anyway", position))
        if self.rng.random() < 0.4:
            meanwhile = [self.draw(self._author(position)) for _ in range(4)]
            jobs += [self.say(one) for one in meanwhile]
            self.did["meanwhile"] += len(meanwhile)
        self.book.closed_by.setdefault(position, "person")
        await asyncio.gather(*jobs)
        is_again = any(w.position == position + 1 for w in self.book.windows)
        await self.opened(position + 1, 1 if is_again else 0)
        self._opening = 1 if is_again else 0
        await self.wait_for_keys()

    async def _skip(self, position: int) -> None:
        reason = f"no time {self.words()}".replace("\n", " ")
        form, leads = self.button("skip", position), self.book.facilitator
        await self._send("submit", leads, form=form, **{"in-reason": reason})
        self.book.closed_by[position], self.book.reasons[position] = "skipped", reason
        await self.opened(position + 1)

    async def _end(self, position: int) -> None:
        """Go to the debrief: what lies between never opens."""
        last = len(FLOORS[self.plan.protocol]) - 1
        await self.press(self.book.facilitator, "end", position)
        self.book.closed_by[position] = "person"
        for between in range(position + 1, last):
            self.book.closed_by[between], self.book.reasons[between] = "skipped", "ended early"
        await self.opened(last)

    async def reopen(self, position: int) -> None:
        """Open the step before again, speak in it, and come back to this one."""
        await self.press(self.book.facilitator, "reopen", position)
        self.book.closed_by[position] = "person"
        await self.opened(position - 1, 1)
        self._opening = 1
        await self.speak(position - 1, 6)
        await self._next(position - 1)
        await self.speak(position, 6)

    async def finish(self, position: int) -> None:
        """Close the last step; nobody speaks while that happens."""
        self.book.ended_at = now()
        await self.press(self.book.facilitator, "anyway", position)
        self.book.closed_by[position], self.book.phase = "person", "finished"
        await self.wait_for(f"run:{self.book.run}:report")

    async def afterwards(self) -> None:
        """What is said after the end counts nowhere; edits and deletions are still kept."""
        for who in (self.book.facilitator, OBSERVER):
            await self.say(self.draw(who))
        await self.wait_for_keys()
        while any(self._open.values()):
            for when in ("soon", "later", "after"):
                await self.amend(when)
        await self.say_again()
        await self.check_log()

    # --- What everybody can read in the end

    async def check_log(self) -> None:
        """Everything said stands once in each reader's log and page, and nothing private does."""
        notes: Counter[str] = Counter()
        for reader in [*self.book.people, *self.book.joins, OBSERVER]:
            args = {"after": "0", "thread": self.thread}
            log = await self.line.get(reader, self.plan.channel, "/log", **args)
            page = await self.line.get(reader, self.plan.channel, thread=self.thread)
            seen = [one for one in messages(log) if one.into == "thread-log"]
            notes.update({one.key for one in seen + messages(page) if one.is_private})
            self._check_once(reader, Counter(one.key for one in seen if one.op == "post"), "log")
            there = [one for one in messages(page) if one.into == "thread-log"]
            self._check_once(reader, Counter(one.key for one in there), "page")
            self._check_texts(reader, there)
            self._check_private(reader, log + page)
        shared = [key for key, readers in notes.items() if readers > 1]
        self.complaints += [f"more than one person reads the private {key}" for key in shared]

    def _check_once(self, reader: str, keys: Counter[str], where: str) -> None:
        for token, one in self.drawn.items():
            if keys[one.message.key] != 1:
                times = keys[one.message.key]
                self.complaints.append(f"{reader} finds {token} {times} times in the {where}")

    def _check_texts(self, reader: str, page: list[Seen]) -> None:
        texts = {seen.key: " ".join(seen.text.split()) for seen in page}
        for token, one in self.drawn.items():
            wanted = " ".join(one.versions[-1].split())
            wanted = "This message was deleted." if one.message.deleted else wanted
            if one.message.key in texts and texts[one.message.key] != wanted:
                self.complaints.append(f"{reader} reads {texts[one.message.key]!r} in {token}")

    def _check_private(self, reader: str, html: str) -> None:
        for message in self.book.messages:
            if message.private and f"{message.token}s" in html:
                self.complaints.append(f"{reader} reads the private {message.token}")
            if message.deleted and f"{message.token}v" in html:
                self.complaints.append(f"{reader} reads {message.token}, which was deleted")

    # --- A run whose steps the clock closes

    async def follow(self) -> None:
        """Speak for as long as each step is open; the clock goes on by itself."""
        await self.start()
        last = len(FLOORS[self.plan.protocol]) - 1
        each = self.plan.count // (last + 1)
        for position in range(last + 1):
            until = self._until(position)
            if self.book.floor(position) == "alone":
                await self.hand_in_all(position, until - timedelta(seconds=4))
                await self.check_seal(position, until)
            await self._speak_until(position, each, until, is_last=position == last)
            self.book.closed_by[position] = "clock"
            if position < last:
                await self.opened(position + 1)
                await self.wait_for_keys()
        self.book.ended_at, self.book.phase = now(), "finished"
        await self.wait_for(f"run:{self.book.run}:report")
        await self.afterwards()

    def _until(self, position: int) -> datetime:
        key = f"run:{self.book.run}:step:{position}:open"
        seen = next(one for one in self._seen if one.key == key)
        return datetime.fromisoformat(seen.until).replace(tzinfo=UTC)

    async def _speak_until(
        self, position: int, count: int, until: datetime, *, is_last: bool
    ) -> None:
        """Spread messages over a step and beyond its end; in the last step stop well before."""
        span = (until - datetime.now(UTC)).total_seconds()
        span *= 0.5 if is_last else 1.0
        end = time.monotonic() + max(span, 0.5) - (0.0 if is_last else 0.3)
        for done in range(count):
            await self.say(self.draw(self._author(position)))
            left = end - time.monotonic()
            await asyncio.sleep(max(left / (count - done), 0.0))
        if not is_last:
            await asyncio.gather(*(self.say(self.draw(self._author(position))) for _ in range(4)))
