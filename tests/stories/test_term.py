"""A school year of one team: four runs over both changes of the clocks, on a real calendar.

The closures are those of a city school's year, 2026-27. No deadline ever falls on a closed day or
hour, and what people took on is asked for at the next run.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest_asyncio

from bot.cards.model import Card, Form
from protocols.school_days import Calendar
from storage import runs
from tests.stage import NOON, Stage, open_stage

ZONE = ZoneInfo("America/New_York")


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


CALENDAR = Calendar(
    closures=frozenset(
        [
            date(2026, 11, 3),  # no students on election day
            date(2026, 11, 11),
            *days(date(2026, 11, 26), date(2026, 11, 27)),
            *days(date(2026, 12, 24), date(2027, 1, 1)),
            date(2027, 1, 18),
            *days(date(2027, 2, 15), date(2027, 2, 19)),
            date(2027, 3, 9),
            *days(date(2027, 3, 16), date(2027, 3, 18)),  # testing
        ]
    ),
    half_days=((date(2026, 11, 25), time(11, 40)), (date(2027, 3, 12), time(12, 10))),
)
STARTS = ["2026-10-30 15:10", "2026-11-25 10:20", "2026-12-22 16:00", "2027-03-11 14:45"]
SWITCHES = [date(2026, 11, 1), date(2027, 3, 14)]  # of the clocks, both within a run
TEAM = ("ben", "cy", "dee")
STATES = ("done", "partly", "not")


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE)


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = await open_stage(tmp_path, calendar=CALENDAR, start=at("2026-10-26 09:00"))
    yield stage
    await stage.house.database.close()


async def until(stage: Stage, moment: datetime) -> None:
    await stage.until((moment - NOON).total_seconds())


async def due(stage: Stage) -> datetime | None:
    async with stage.house.database.read() as session:
        return await runs.next_due_at(session, stage.organization)


async def let_the_clock_run(stage: Stage) -> list[datetime]:
    """Until the run is over by the clock alone; every time at which something was due."""
    deadlines = []
    while (moment := await due(stage)) is not None:
        async with stage.house.database.read() as session:
            kept = await runs.load(session, stage.organization, stage.run)
        assert kept is not None
        assert kept.run.current.ends_at is not None
        deadlines += [moment, kept.run.current.ends_at]
        await until(stage, moment)
    return deadlines


async def answer_last_time(stage: Stage) -> dict[str, list[str]]:
    """What each of the team is asked about; each answers in their own way, and dee not at all."""
    asked = {}
    for user, state in zip(TEAM[:2], STATES, strict=False):
        form = await stage.press(user, "kept")
        if isinstance(form, Form):
            asked[user] = [one.label.split(" (")[0] for one in form.inputs]
            values = dict.fromkeys((one.id for one in form.inputs), state)
            await stage.submit(user, form.id, values, thread=stage.thread)
        else:
            assert isinstance(form, Card)
            asked[user] = []
    return asked


async def states(stage: Stage, run: str) -> dict[str, str]:
    stage.run, now = run, stage.run
    found = {c["person"]: c["state"] for c in (await stage.export())["commitments"]}
    stage.run = now
    return found


async def test_a_year_of_runs_has_no_deadline_on_a_closed_day_and_forgets_no_commitment(
    stage: Stage,
) -> None:
    deadlines: list[list[datetime]] = []
    asked: list[dict[str, list[str]]] = []
    held: list[str] = []
    for number, moment in enumerate(STARTS):
        await until(stage, at(moment))
        held.append(await stage.start("ana", protocol="notice-wonder", clock="school-days"))
        asked.append(await answer_last_time(stage))
        for position in range(4):
            await stage.press("ana", "anyway", position)
        for user in TEAM:
            what = {"f2-what": f"{user} takes on {number}", "f2-due": "2027-04-01"}
            await stage.write(user, 4, what)
        deadlines.append(await let_the_clock_run(stage))
        assert (await stage.export())["run"]["phase"] == "finished"

    assert [when for run in deadlines for when in run if not CALENDAR.is_open(when)] == []
    assert all(len(run) > 10 for run in deadlines)
    spans = [
        (at(start).date(), run[-1].date()) for start, run in zip(STARTS, deadlines, strict=True)
    ]
    assert all(any(first < switch < last for first, last in spans) for switch in SWITCHES)
    assert asked == [
        {"ben": [], "cy": []},
        {"ben": ["ben takes on 0"], "cy": ["cy takes on 0"]},
        {"ben": ["ben takes on 1"], "cy": ["cy takes on 1"]},
        {"ben": ["ben takes on 2"], "cy": ["cy takes on 2"]},
    ]
    assert [await states(stage, run) for run in held] == [
        {"ben": "done", "cy": "partly", "dee": "open"},
        {"ben": "done", "cy": "partly", "dee": "open"},
        {"ben": "done", "cy": "partly", "dee": "open"},
        {"ben": "open", "cy": "open", "dee": "open"},
    ]
