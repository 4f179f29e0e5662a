"""Scripted colleagues: they answer through the same door as people, in rehearsals or everywhere."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

import structlog

from bot.cards.model import Form
from bot.flows.channel import PLATFORM, LocalChannel
from bot.flows.door import ATTESTED
from bot.flows.house import House
from bot.rules import answers, keys, measures
from bot.rules.aims import Aim
from bot.rules.inputs import input_id
from protocols.floors import expected, refusal
from protocols.model import FACILITATOR, FieldKind, Step
from protocols.participation import is_complete, waiting_for
from protocols.run import PersonId, Phase, Run
from storage import people, runs
from storage.runs import Kept

log = structlog.get_logger()

PAUSE = timedelta(seconds=6)  # between two colleagues
BEFORE_NEXT = timedelta(seconds=10)
BEAT = 1.0
IN_TWO_WEEKS = timedelta(days=14)
NUMBER = re.compile(r"\b\d+\b")
CODE = re.compile(r"\b\d+[A-Z]\b")
WRITTEN = (FieldKind.TEXT, FieldKind.COMPARISON)
FILLED = (FieldKind.COMMITMENT, FieldKind.MEASURE)
EXAMPLE = "https://example.org/unit-3"


@dataclass(slots=True)
class Players:
    """`everyone`: they play in every run and press *Next* too; else only in rehearsals.

    `visitor`: the user whom they never play unless `everyone`.
    """

    house: House
    channel: LocalChannel
    organization: str
    everyone: bool
    visitor: str
    acted: set[str] = field(default_factory=set)

    async def act(self) -> None:
        """Do what is due in every live run."""
        for kept in await self._live():
            await self._act_in(kept)

    async def act_as(self, user: str, run_id: str) -> None:
        """Let one colleague answer in a run now."""
        async with self.house.database.read() as session:
            kept = await runs.load(session, self.organization, run_id)
            person = await people.person_of(session, self.organization, PLATFORM, user)
        if kept is not None and person is not None:
            await self._answer(kept, person, user)

    async def _live(self) -> list[Kept]:
        async with self.house.database.read() as session:
            found = []
            for run_id in await runs.live(session, self.organization):
                kept = await runs.load(session, self.organization, run_id)
                is_ours = kept and (self.everyone or kept.run.options.rehearsal)
                if kept and is_ours and kept.where.thread and kept.run.phase is Phase.RUNNING:
                    found.append(kept)
        return found

    async def _act_in(self, kept: Kept) -> None:
        run, house = kept.run, self.house
        since = house.now() - run.current.opened_at
        async with house.database.read() as session:
            users = await people.users_of(
                session, self.organization, PLATFORM, [m.person for m in run.roster]
            )
        pause = house.calendar.shortened(PAUSE)
        waiting = [p for p in waiting_for(run) if self.everyone or users.get(p) != self.visitor]
        is_sealed = run.step(run.current.position).is_sealed
        if is_sealed and len(waiting) < len(waiting_for(run)):
            waiting = waiting[1:]  # the last of them waits for the visitor
        place = len(expected(run, run.current.position)) - len(waiting)
        if waiting and since >= pause * (place + 1):
            await self._answer(kept, waiting[0], users[waiting[0]])
        if self.everyone and not waiting:
            leader = run.holder(FACILITATOR)
            is_ready = is_complete(run) or since > pause * 3
            if leader and is_ready and since >= house.calendar.shortened(BEFORE_NEXT):
                await self._press(kept, "anyway", users[leader])

    async def _answer(self, kept: Kept, person: PersonId, user: str) -> None:
        run, position = kept.run, kept.run.current.position
        if refusal(run, position, person) is not None:
            return
        line = _line(run, position, person)
        if run.step(position).is_sealed or _fills_in(run, position, person):
            await self._hand_in(kept, user, line)
            return
        once = f"play:{run.id}:{position}:{run.current.opening}"
        if f"{user}:{once}" in self.acted:
            return
        thread = kept.where.thread or keys.card(run.id)
        await self.channel.say(
            user=user, channel=kept.where.channel, thread=thread, text=line, once=once
        )
        self.acted.add(f"{user}:{once}")

    async def _hand_in(self, kept: Kept, user: str, line: str) -> None:
        run, current = kept.run, kept.run.current
        once = f"play:{run.id}:{current.position}:{current.opening}"
        if f"{user}:{once}" in self.acted:
            return
        values = _values(run.step(current.position), line, self.house.now())
        again = await self._submit(kept, user, values, once)
        if again is not None and again.question is not None:  # what is scripted names no student
            values[ATTESTED] = again.question.token
            again = await self._submit(kept, user, values, once)
        if again is not None:
            log.warning("players.refused", run=run.id, position=current.position)
        self.acted.add(f"{user}:{once}")

    async def _submit(
        self, kept: Kept, user: str, values: dict[str, str], once: str
    ) -> Form | None:
        current = kept.run.current
        return await self.channel.submit(
            user=user,
            channel=kept.where.channel,
            thread=kept.where.thread,
            form=Aim("write", kept.run.id, current.position, current.opening).id,
            values=values,
            once=once,
        )

    async def _press(self, kept: Kept, act: str, user: str) -> None:
        current = kept.run.current
        button = Aim(act, kept.run.id, current.position, current.opening).id
        if button in self.acted:
            return
        await self.channel.press(
            user=user,
            channel=kept.where.channel,
            thread=kept.where.thread,
            button=button,
            once=f"play:{button}",
        )
        self.acted.add(button)


async def run(players: Players) -> None:
    """Act until cancelled."""
    while True:
        try:
            await players.act()
        except Exception:  # a player must not end the demo
            log.exception("players.failed")
        await asyncio.sleep(BEAT / max(1.0, players.house.calendar.rate))


def _fills_in(run: Run, position: int, person: PersonId) -> bool:
    """Whether this colleague fills in what only a form can take: one of them does."""
    asks = any(one.kind in FILLED for one in run.step(position).collect)
    return asks and person in expected(run, position)[:1]


def _values(step: Step, line: str, now: datetime) -> dict[str, str]:
    """What a colleague fills in: what is needed, a commitment in two weeks, and a measure.

    Numbers are those that the line says, in their order.
    """
    values: dict[str, str] = {}
    said = iter(NUMBER.findall(line))
    for index, one in enumerate(answers.fields_of(step)):
        if one.kind is FieldKind.COMMITMENT:
            values[input_id(index, "what")] = line
            values[input_id(index, "due")] = (now + IN_TWO_WEEKS).date().isoformat()
        elif one.kind is FieldKind.MEASURE:
            if not one.optional or _measures(line):
                measure = _measure(line, now).items()
                values |= {input_id(index, part): value for part, value in measure}
        elif one.kind is FieldKind.CHOICE:
            values[input_id(index)] = one.options[0]
        elif not one.optional or (index == 0 and one.kind in WRITTEN):
            values[input_id(index)] = _value(one.kind, line, said)
    return values


def _measures(line: str) -> bool:
    """Whether a line names a group by its code, and numbers."""
    return bool(CODE.search(line) and NUMBER.search(line))


def _measure(line: str, now: datetime) -> dict[str, str]:
    """What a line measures: "Reasons: 7B, 26 students, 9 now, 18 by then, and 16 after"."""
    said = dict(zip(("n", *measures.NUMBERS), NUMBER.findall(line), strict=False))
    found = {measures.WHAT: line.partition(":")[0], **said}
    if _measures(line):
        found["group"] = CODE.findall(line)[0]
        if "after" not in said:
            found["from"] = now.date().isoformat()
            found["until"] = (now + IN_TWO_WEEKS).date().isoformat()
    return found


def _value(kind: FieldKind, line: str, said: Iterator[str]) -> str:
    if kind is FieldKind.NUMBER:
        return next(said, "1")
    return EXAMPLE if kind in (FieldKind.LINK, FieldKind.FILE) else line


def _line(run: Run, position: int, person: PersonId) -> str:
    """What a colleague says in a step: a line of the script, another one for each of them."""
    steps = _script(run.definition.id)
    lines = steps[position] if position < len(steps) else ["Thank you. I have nothing to add."]
    order = list(dict.fromkeys(member.person for member in run.roster))
    return lines[order.index(person) % len(lines)] if person in order else lines[0]


@cache
def _script(protocol: str) -> list[list[str]]:
    path = resources.files("bot") / "scripts" / f"{protocol}.json"
    if not path.is_file():
        return []
    script: list[list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return script
