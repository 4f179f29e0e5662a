"""Every protocol, on every clock, from its start to its report: the record is as written by hand.

Each file of `expected/library/` tells one run, and is read by these tests as it stands:

    4. Write warm and cool alone (alone)
       expected: cy, dee, eli
         cy   writes      in turn
         ben  says        silent-role
         dee  passes
         the clock, after 5 or 4 minutes
         eli  writes      in turn, late
       heard: cy, eli | passed: dee | not yet heard: nobody | handed in: 2

What is indented most happens, line by line: somebody `says` something in the thread, `answers`
somebody there, `writes` in the form of the step, or `passes`. Behind it stands what the record
must say of it: `in turn`, or why not, and whether it was late. A step is closed by `Next`, which
the facilitator presses when everybody is in, or by the clock, after the minutes of the full clock
or of the short one; on school days at a quarter hour in which the school is open. The other lines
are what the record must say of the step.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.cards.model import Form, Input, InputKind
from protocols.school_days import Calendar
from storage import runs
from tests.protocols.factories import LIBRARY
from tests.stage import COACH, NOON, Stage, open_stage

Record = dict[str, Any]

FOLDER = Path(__file__).parent / "expected" / "library"
CLOCKS = ("full", "short", "school-days")
RECESS = frozenset({date(2026, 11, 26), date(2026, 11, 27)})  # two days after the story begins
CALENDAR = Calendar(closures=RECESS)
QUARTER_HOUR = 15 * 60

HEADING = re.compile(r"(\d+)\. (.+) \((\w+)\)")
BY_CLOCK = re.compile(r"the clock, after (\d+) or (\d+) minutes")
SAID = re.compile(r"\w+ (says|writes|answers \w+) (in turn|[a-z]+-[a-z-]+|observer)(, late)?")
DONE = re.compile(rf"\w+ passes|\d+ days pass|Next|{BY_CLOCK.pattern}")


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the record has it; people as a list with commas, or `nobody`."""

    title: str
    floor: str
    said: tuple[str, ...]
    expected: str
    heard: str
    passed: str
    not_yet_heard: str
    handed_in: str | None
    closed_by: str


@dataclass(frozen=True, slots=True)
class Told:
    """A step of a story. `minutes`: those of the clock that closed it, by the name of the clock."""

    step: Step
    acts: tuple[str, ...]
    minutes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Story:
    """A file: who is there, who holds which role, and its steps."""

    team: tuple[str, ...]
    roles: dict[str, str]
    steps: tuple[Told, ...]

    @property
    def acts(self) -> tuple[str, ...]:
        """All that happens."""
        return tuple(act for told in self.steps for act in told.acts)


def story_of(protocol: str) -> Story:
    """The story of a protocol, from its file."""
    lines = [" ".join(one.split()) for one in (FOLDER / f"{protocol}.txt").read_text().splitlines()]
    kept = [line for line in lines if line and not line.startswith("#")]
    starts = [index for index, line in enumerate(kept) if HEADING.fullmatch(line)]
    blocks = [kept[a:b] for a, b in zip(starts, [*starts[1:], len(kept)], strict=True)]
    head = fields(kept[: starts[0]])
    roles = [role.rsplit(" ", 1) for role in head["roles"].split(", ")]
    return Story(
        team=tuple(head["team"].split(", ")),
        roles=dict(roles),
        steps=tuple(told_in(number, block) for number, block in enumerate(blocks, start=1)),
    )


def told_in(number: int, block: list[str]) -> Told:
    """A step from its lines."""
    heading = HEADING.fullmatch(block[0])
    assert heading is not None
    assert heading[1] == str(number)
    written = fields(block)
    acts = tuple(line for line in block[1:] if line.partition(":")[0] not in written)
    closing = [found for act in acts if (found := BY_CLOCK.fullmatch(act))]
    minutes = {"full": int(closing[0][1]), "short": int(closing[0][2])} if closing else {}
    step = Step(
        title=heading[2],
        floor=heading[3],
        said=tuple(act for act in acts if SAID.fullmatch(act)),
        expected=written["expected"],
        heard=written["heard"],
        passed=written["passed"],
        not_yet_heard=written["not yet heard"],
        handed_in=written.get("handed in"),
        closed_by="clock" if closing else "person",
    )
    assert all(DONE.fullmatch(act) for act in acts if act not in step.said)
    return Told(step, acts, minutes)


def fields(lines: list[str]) -> dict[str, str]:
    """What stands behind a colon, by what stands before it."""
    parts = (part for line in lines for part in line.split(" | "))
    found = (re.fullmatch(r"([a-z ]+): (.+)", part) for part in parts)
    return {one[1]: one[2] for one in found if one}


def recorded(record: Record) -> list[Step]:
    """The steps of an export, in the words of the stories."""
    shares = {share["step"]: share for share in record["participation"]}
    return [
        Step(
            title=step["title"],
            floor=step["floor"],
            said=tuple(
                line_of(one) for one in record["contributions"] if one["step"] == step["position"]
            ),
            expected=names(shares[step["position"]]["expected"]),
            heard=names(shares[step["position"]]["heard"]),
            passed=names(shares[step["position"]]["passed"]),
            not_yet_heard=names(shares[step["position"]]["not_yet_heard"]),
            handed_in=None if step["handed_in"] is None else str(step["handed_in"]),
            closed_by=step["closed_by"],
        )
        for step in record["steps"]
    ]


def line_of(contribution: Record) -> str:
    """A contribution in the words of the stories."""
    assert contribution["in_turn"] == (contribution["out_of_turn"] is None)
    answers = contribution["answers"]
    said = f"answers {answers}" if answers else "says"
    does = "writes" if contribution["captured_by"] == "form" else said
    marked = contribution["out_of_turn"] or "in turn"
    late = ", late" if contribution["late"] else ""
    return f"{contribution['person']} {does} {marked}{late}"


def names(people: list[str]) -> str:
    """People as the stories list them."""
    return ", ".join(people) or "nobody"


class Play:
    """A story on a stage."""

    def __init__(self, stage: Stage, story: Story) -> None:
        """Begin it with `stage.start`."""
        self.stage, self.story, self.leader = stage, story, story.roles["facilitator"]

    async def act(self, position: int, line: str) -> None:
        """Do what a line says, in its step."""
        stage, words = self.stage, f"This is of step {position + 1}"
        match line.split():
            case ["Next"]:
                await stage.press(self.leader, "next", position)
            case ["the", "clock,", *_]:
                await self.until_the_clock_closes(position)
            case [days, "days", "pass"]:
                now = stage.house.now() - NOON
                await stage.until((now + timedelta(days=int(days))).total_seconds())
            case [who, "passes"]:
                await stage.press(who, "pass", position)
            case [who, "says", *_]:
                await stage.say(who, words)
            case [who, "answers", whom, *_]:
                await stage.say(who, f"@{whom.capitalize()} {words}")
            case [who, "writes", *_]:
                await self.write(who, position, words)

    async def write(self, who: str, position: int, words: str) -> None:
        """Fill in the form of a step as it is shown: what must be there, and its first input."""
        form = await self.stage.press(who, "write", position)
        assert isinstance(form, Form)
        first = form.inputs[0].id
        values = {
            one.id: value_of(one, words)
            for one in form.inputs
            if one.required or one.id == first or one.id.endswith("-due")
        }
        assert await self.stage.submit(who, form.id, values, thread=self.stage.thread) is None

    async def until_the_clock_closes(self, position: int) -> None:
        """Let the clock run, from one thing that is due to the next, until a step has closed."""
        while (await self.stage.export())["steps"][position]["closed_at"] is None:
            async with self.stage.house.database.read() as session:
                due = await runs.next_due_at(session, self.stage.organization)
            assert due is not None
            await self.stage.until((due - NOON).total_seconds())


def value_of(one: Input, words: str) -> str:
    """Something that an input takes."""
    values = {
        InputKind.NUMBER: "3",
        InputKind.DATE: "2026-12-15",
        InputKind.LINK: "https://work.example/piece",
    }
    return one.options[0].value if one.kind is InputKind.CHOICE else values.get(one.kind, words)


def check_times(record: Record, story: Story) -> None:
    """One step opens when the one before it closes; the clock keeps to its minutes and hours."""
    clock, steps = record["run"]["clock"], record["steps"]
    opened = [datetime.fromisoformat(step["opened_at"]) for step in steps]
    closed = [datetime.fromisoformat(step["closed_at"]) for step in steps]
    assert opened[1:] == closed[:-1]
    for told, begins, ends in zip(story.steps, opened, closed, strict=True):
        if clock == "school-days":
            assert (CALENDAR.is_open(begins), CALENDAR.is_open(ends)) == (True, True)
            assert not told.minutes or ends.timestamp() % QUARTER_HOUR == 0
        elif told.minutes:
            assert ends - begins == timedelta(minutes=told.minutes[clock])
    for one in record["contributions"]:
        at, step = datetime.fromisoformat(one["posted_at"]), one["step"]
        assert (at >= closed[step]) if one["late"] else (opened[step] <= at < closed[step])


@pytest_asyncio.fixture
async def play(tmp_path: Path, protocol: str) -> AsyncIterator[Play]:
    story = story_of(protocol)
    stage = await open_stage(tmp_path, calendar=CALENDAR, members=story.team)
    yield Play(stage, story)
    await stage.house.database.close()


PROTOCOLS = sorted(path.stem for path in FOLDER.glob("*.txt"))


def test_every_protocol_of_the_library_has_its_story() -> None:
    assert [protocol.id for protocol in LIBRARY.protocols] == PROTOCOLS


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_in_every_step_each_of_the_expected_is_heard_or_passes_and_one_at_most_is_silent(
    protocol: str,
) -> None:
    steps = [told.step for told in story_of(protocol).steps]
    for step in steps:
        lists = (step.heard, step.passed, step.not_yet_heard)
        people = [name for one in lists for name in one.split(", ") if name != "nobody"]
        assert names(sorted(people)) == step.expected
    assert [step.not_yet_heard for step in steps].count("nobody") >= len(steps) - 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_in_every_story_somebody_is_out_of_turn_passes_and_is_late(protocol: str) -> None:
    acts = story_of(protocol).acts
    told = " | ".join(acts)
    asides = [act for act in acts if SAID.fullmatch(act) and "in turn" not in act]
    found = [bool(asides), *(word in told for word in ("passes", "late", "Next", "the clock"))]
    assert found == [True] * 5


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_run_comes_to_its_report_and_its_record_is_as_written_by_hand(
    play: Play, protocol: str, clock: str
) -> None:
    story, stage = play.story, play.stage
    await stage.start(play.leader, protocol=protocol, clock=clock)
    for position, told in enumerate(story.steps):
        for line in told.acts:
            await play.act(position, line)
    record = await stage.export()
    assert recorded(record) == [told.step for told in story.steps]
    assert {role["role"]: role["person"] for role in record["roles"]} == story.roles
    assert (record["run"]["phase"], record["run"]["clock"]) == ("finished", clock)
    check_times(record, story)
    for user in (*story.team, COACH):
        assert f"run:{stage.run}:report" in await stage.seen_by(user)
