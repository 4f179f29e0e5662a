"""Scripted colleagues: through the same door as people, one after the other, and never twice."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.players import Players, _values, run
from bot.rules import answers
from protocols.model import Field, FieldKind, Floor, Protocol
from protocols.school_days import Calendar
from tests.bot.own_protocols import begin
from tests.fakes import FakeClock
from tests.protocols.factories import LIBRARY, step
from tests.stage import NOON, Stage

SCRIPTS = Path(__file__).parents[2] / "bot" / "scripts"


def players_of(stage: Stage, *, everyone: bool = True) -> Players:
    return Players(stage.house, stage.channel, stage.organization, everyone=everyone, visitor="ana")


async def act_for(stage: Stage, players: Players, seconds: range) -> None:
    for second in seconds:
        await stage.until(second)
        await players.act()
        await stage.settle()


async def heard(stage: Stage, position: int = 0) -> list[str]:
    exported = await stage.export()
    people: list[str] = exported["participation"][position]["heard"]
    return people


async def phase(stage: Stage) -> str:
    found: str = (await stage.export())["run"]["phase"]
    return found


@pytest.mark.parametrize("protocol", [p.id for p in LIBRARY.protocols])
async def test_colleagues_lead_every_protocol_to_its_report(stage: Stage, protocol: str) -> None:
    await stage.start("ana", protocol=protocol, clock="short", takes_part="yes")
    players = players_of(stage)
    for second in range(0, 3_600, 5):
        await act_for(stage, players, range(second, second + 1))
        if await phase(stage) == "finished":
            break
    exported = await stage.export()
    assert exported["run"]["phase"] == "finished"
    assert [step["closed_by"] for step in exported["steps"]] == ["person"] * len(exported["steps"])
    unheard = [share["step"] for share in exported["participation"] if share["not_yet_heard"]]
    assert unheard == []


@pytest.mark.parametrize("protocol", LIBRARY.protocols, ids=lambda p: p.id)
def test_they_have_a_line_for_every_step_and_can_fill_in_every_form(protocol: Protocol) -> None:
    lines = json.loads((SCRIPTS / f"{protocol.id}.json").read_text(encoding="utf-8"))
    assert [len(lines), *map(bool, lines)] == [len(protocol.steps)] + [True] * len(lines)
    found = {
        (step.title, line): answers.faults(step, _values(step, line, NOON))
        for step, said in zip(protocol.steps, lines, strict=True)
        for line in said
    }
    assert [place for place, faults in found.items() if faults] == []


def test_they_fill_in_what_is_needed_and_the_numbers_that_they_say() -> None:
    fields = (
        Field("Score", FieldKind.NUMBER),
        Field("Another score", FieldKind.NUMBER),
        Field("A third", FieldKind.NUMBER),
        Field("Spare score", FieldKind.NUMBER, optional=True),
        Field("Then and now", FieldKind.COMPARISON, of=1),
        Field("Where?", FieldKind.LINK),
        Field("More", FieldKind.TEXT, optional=True),
    )
    line = "In 7B, A is a 3, B is a 2."
    assert _values(replace(step(Floor.ALONE), collect=fields), line, NOON) == {
        "f0": "3",
        "f1": "2",
        "f2": "1",
        "f4": line,
        "f5": "https://example.org/unit-3",
    }


@pytest.mark.parametrize(
    ("line", "optional", "values"),
    [
        (
            "Reasons: 7B, 26 students, 9 now, 18 by then.",
            True,
            {
                "f0-what": "Reasons",
                "f0-group": "7B",
                "f0-n": "26",
                "f0-before": "9",
                "f0-target": "18",
                "f0-from": "2026-11-24",
                "f0-until": "2026-12-08",
            },
        ),
        (
            "Razones: 7C, 25 estudiantes, 11 antes, la meta 17, y 13 después.",
            False,
            {
                "f0-what": "Razones",
                "f0-group": "7C",
                "f0-n": "25",
                "f0-before": "11",
                "f0-target": "17",
                "f0-after": "13",
            },
        ),
        ("We measure in 7C again.", True, {}),
        ("I have nothing to add.", False, {"f0-what": "I have nothing to add."}),
    ],
)
def test_they_fill_in_the_measure_that_they_say(
    line: str, *, optional: bool, values: dict[str, str]
) -> None:
    asked = replace(
        step(Floor.OPEN), collect=(Field("Measure", FieldKind.MEASURE, optional=optional),)
    )
    assert _values(asked, line, NOON) == values


@pytest.mark.parametrize(
    ("protocol", "position", "parts"),
    [
        ("article-trial", 5, "what group n before target from until"),
        ("goal-set", 3, "what group n before target from until"),
        ("impact", 2, "what group n before target after"),
    ],
)
def test_whoever_of_them_is_asked_measures_something_whole(
    protocol: str, position: int, parts: str
) -> None:
    definition = LIBRARY.find(protocol)
    assert definition is not None
    lines = json.loads((SCRIPTS / f"{protocol}.json").read_text(encoding="utf-8"))[position]
    for line in lines:
        filled = _values(definition.steps[position], line, NOON)
        assert {about.partition("-")[2] for about in filled} - {""} == set(parts.split())


async def test_they_answer_one_after_the_other(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    players = players_of(stage)
    seen = []
    for second in (5, 7, 8, 13, 19, 25):
        await act_for(stage, players, range(second, second + 1))
        seen.append(len(await heard(stage)))
    assert seen == [0, 1, 1, 2, 3, 4]


async def test_without_everyone_they_play_in_rehearsals_only(stage: Stage) -> None:
    await stage.start("ana", protocol="atlas-work", brings="ben")
    await act_for(stage, players_of(stage, everyone=False), range(1, 60, 6))
    assert await heard(stage) == []


async def test_in_a_rehearsal_they_neither_play_the_visitor_nor_lead(stage: Stage) -> None:
    await stage.start(
        "ana", protocol="notice-wonder", takes_part="yes", rehearsal="yes", here="ana,ben,cy"
    )
    await act_for(stage, players_of(stage, everyone=False), range(1, 120, 6))
    exported = await stage.export()
    assert exported["steps"][0]["closed_at"] is None
    assert exported["steps"][0]["handed_in"] in (1, 2)


async def test_one_may_be_let_answer_at_once(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.PRESENTER)
    players = players_of(stage)
    for _ in range(2):
        await players.act_as("cy", stage.run)
        await players.act_as("nobody", stage.run)
        await players.act_as("cy", "nothing")
        await stage.settle()
    assert await heard(stage) == ["cy"]
    assert len((await stage.export())["contributions"]) == 1


async def test_who_listens_in_a_step_says_nothing(stage: Stage) -> None:
    await begin(stage, Floor.PRESENTER)
    await players_of(stage).act_as("cy", stage.run)
    await stage.settle()
    assert (await stage.export())["contributions"] == []


async def test_a_paused_run_is_left_alone(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await stage.press("ana", "pause")
    await act_for(stage, players_of(stage), range(10, 60, 10))
    assert await heard(stage) == []


async def test_a_fault_ends_no_play(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    clock, looks, went_on = FakeClock(), [0], asyncio.Event()

    def look() -> None:
        looks[0] += 1
        if looks[0] == 1:
            raise ZeroDivisionError
        went_on.set()

    clock.looked_at = look
    house = replace(stage.house, now=clock.now, calendar=Calendar(rate=1_000))
    loop = asyncio.create_task(run(replace(players_of(stage), house=house)))
    await went_on.wait()
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop
