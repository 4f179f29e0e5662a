"""Whatever the engine makes of a run is saved whole, and comes back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import events
from protocols.due import next_due
from protocols.engine import advance
from protocols.events import Event, NotAllowed
from protocols.model import PRESENTER, Floor, Reveal
from protocols.participation import of_current_step
from protocols.run import Change, MemberKind, Options, PersonId, Run
from protocols.school_days import Calendar
from storage import posts, runs
from storage.database import Database
from storage.posts import Body, Spot
from storage.runs import Where
from tests.protocols.factories import (
    ANA,
    BEN,
    CY,
    DEE,
    EVE,
    at,
    begun,
    said,
    step,
    written,
)
from tests.storage.school import seed

WHERE = Where("org", "team", "web", "grade-7", None)
PEOPLE = st.sampled_from([ANA, BEN, CY, DEE, EVE])
SECONDS = st.floats(0, 400)
KEYS = st.sampled_from(["m1", "m2", "m3", "form:1"])
STEPS = (
    step(Floor.ALONE),
    step(Floor.ROUND),
    step(Floor.ALONE, reveal=Reveal.UNNAMED),
    step(Floor.OPEN),
)
ACTS = st.sampled_from(
    ["next", "skip", "reopen", "extend", "pass", "pause", "resume", "end", "cancel", "join",
     "leave", "role", "say", "hand in", "amend", "announce", "tick", "tick", "say", "next"]
)  # fmt: skip


def event_of(act: str, run: Run, now: datetime, by: PersonId, key: str) -> Event:  # noqa: C901, PLR0911, PLR0912 # one arm an event
    aim = {"position": run.current.position, "opening": run.current.opening}
    match act:
        case "next":
            return events.Next(at=now, by=ANA, anyway=True, **aim)
        case "skip":
            return events.Skipped(at=now, by=ANA, reason="no time", **aim)
        case "reopen":
            return events.Reopened(at=now, by=ANA, **aim)
        case "extend":
            return events.Extended(at=now, by=ANA, more=timedelta(minutes=3), **aim)
        case "pass":
            return events.Passed(at=now, by=by, **aim)
        case "pause":
            return events.Paused(at=now, by=ANA)
        case "resume":
            return events.Resumed(at=now, by=ANA)
        case "end":
            return events.Ended(at=now, by=ANA, **aim)
        case "cancel":
            return events.Cancelled(at=now, by=by, reason="fire")
        case "join":
            return events.Joined(at=now, by=by, kind=MemberKind.OBSERVER)
        case "leave":
            return events.Left(at=now, by=by)
        case "role":
            return events.RoleHanded(at=now, by=ANA, role=PRESENTER, person=by)
        case "say":
            return events.Posted(at=now, post=replace(said(by, "3:00", key=key), at=now))
        case "hand in":
            post = replace(written(by, "3:00"), key=f"{key}@{by}", at=now)
            return events.HandedIn(at=now, post=post, position=run.current.position)
        case "amend":
            change = Change(words=2, edited_at=now)
            return events.Amended(at=now, by=by, key=key, author=by, change=change)
        case "announce":
            return events.Announced(at=now, **aim)
        case _:
            return events.Tick(at=now)


async def live_through(
    database: Database, run: Run, acts: Sequence[tuple[str, float, PersonId, str]], rate: float
) -> None:
    """Do what the acts say to a run, and save and load it after each."""
    calendar, now = Calendar(rate=rate), at("3:00")
    async with database.write() as session:
        await runs.add(session, run, WHERE, calendar)
    for act, seconds, by, key in acts:
        now += timedelta(seconds=seconds)
        async with database.write() as session:
            kept = await runs.load(session, "org", run.id)
            assert kept is not None
            try:
                changed, effects = advance(
                    kept.run, event_of(act, kept.run, now, by, key), calendar
                )
            except NotAllowed:
                continue
            await runs.save(session, kept, changed, calendar)
            for effect in effects:
                if isinstance(effect, events.Record):
                    await posts.record(session, Spot("org", "grade-7", run.id), effect.post, Body())
                if isinstance(effect, events.Amend):
                    spot = Spot("org", "grade-7", run.id)
                    await posts.amend(session, spot, effect.change.key, effect.change.change, None)
        async with database.read() as session:
            again = await runs.load(session, "org", run.id)
            due_at = await runs.next_due_at(session, "org")
        assert again is not None
        assert replace(again.run, posts=()) == replace(changed, posts=())
        assert {p.key for p in of_current_step(changed).posts} <= {p.key for p in again.run.posts}
        assert due_at == next_due(changed, calendar)


@settings(max_examples=40)
@given(
    acts=st.lists(st.tuples(ACTS, SECONDS, PEOPLE, KEYS), max_size=12),
    rate=st.sampled_from([1.0, 7.0, 60.0]),
    options=st.builds(Options, takes_part=st.booleans()),
)
def test_whatever_happened_to_a_run_comes_back_as_it_was_saved(
    empty_school: Path,
    tmp_path_factory: pytest.TempPathFactory,
    acts: list[tuple[str, float, PersonId, str]],
    rate: float,
    options: Options,
) -> None:
    path = tmp_path_factory.mktemp("runs") / "school.db"
    path.write_bytes(empty_school.read_bytes())
    run = begun(*STEPS, options=options, calendar=Calendar(rate=rate))

    async def lived() -> None:
        database = Database(f"sqlite:///{path}")
        try:
            await seed(database)
            await live_through(database, run, acts, rate)
        finally:
            await database.close()

    asyncio.run(lived())
    path.unlink()
