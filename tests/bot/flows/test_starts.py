"""How a run begins: once, with who is here, by who may."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cards.faults import SENTENCES
from bot.cards.model import Form, Option
from bot.flows.export import list_runs
from bot.rules.aims import Aim, read
from bot.rules.offers import OnlyMembersStart
from protocols.library import library
from protocols.run import Options
from storage import people, runs
from tests.bot.own_protocols import words
from tests.protocols.own import write_own
from tests.stage import CHANNEL, Stage, open_stage

RUN = "abcdefgh234567ab"


async def listed(stage: Stage) -> list[dict[str, Any]]:
    return await list_runs(stage.house)


async def roles(stage: Stage) -> dict[str, str]:
    return {held["role"]: held["person"] for held in (await stage.export())["roles"]}


async def options(stage: Stage) -> Options:
    async with stage.house.database.read() as session:
        kept = await runs.load(session, stage.organization, stage.run)
    assert kept is not None
    return kept.run.options


async def test_two_presses_begin_one_run(stage: Stage) -> None:
    stage.run = RUN
    for user in ("ana", "ana", "ben"):
        await stage.press(user, "begin", extra="notice-wonder")
    assert [run["id"] for run in await listed(stage)] == [RUN]
    exported = (await stage.export())["run"]
    assert (exported["facilitator"], exported["clock"], exported["phase"]) == (
        "ana",
        "short",
        "running",
    )
    assert await roles(stage) == {"facilitator": "ana", "scribe": "ben"}


async def test_the_start_form_settles_everything(stage: Stage) -> None:
    await stage.start(
        "ana",
        protocol="socratic-plan",
        clock="full",
        here="ana,ben,cy",
        brings="cy",
        timekeeper="ben",
        takes_part="yes",
        one_room="yes",
        rehearsal="yes",
        absentee_days="4",
    )
    exported = (await stage.export())["run"]
    assert (exported["clock"], exported["rehearsal"]) == ("full", True)
    assert await roles(stage) == {
        "facilitator": "ana",
        "lesson owner": "cy",
        "timekeeper": "ben",
    }
    assert await options(stage) == Options(
        takes_part=True, one_room=True, rehearsal=True, absentee_days=4
    )


async def test_who_is_not_here_brings_nothing_and_keeps_no_time(stage: Stage) -> None:
    await stage.start(
        "ana", protocol="socratic-plan", here="ana,ben", brings="dee", timekeeper="cy"
    )
    assert await roles(stage) == {"facilitator": "ana", "lesson owner": "ben"}


async def test_a_protocol_without_material_needs_nobody_to_bring_it(stage: Stage) -> None:
    await stage.start("ana", protocol="notice-wonder", brings="dee")
    assert await roles(stage) == {"facilitator": "ana", "scribe": "ben"}
    assert await options(stage) == Options()


@pytest.mark.parametrize("line", ["/plc start Notice and Wonder", "/protocol notice-wonder"])
async def test_a_protocol_begins_by_its_name(stage: Stage, line: str) -> None:
    assert await stage.command("ana", line) is None
    assert [run["protocol"] for run in await listed(stage)] == ["notice-wonder"]


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage at a school that has a protocol of its own in the folder."""
    write_own(tmp_path / "protocols" / "walk.yaml")
    made = await open_stage(tmp_path, library=library(tmp_path / "protocols"))
    yield made
    await made.house.database.close()


@pytest.mark.parametrize("line", ["/plc start Gallery walk", "/protocol gallery-walk"])
async def test_a_school_s_own_protocol_begins_by_its_name(own: Stage, line: str) -> None:
    assert await own.command("ana", line) is None
    assert [run["protocol"] for run in await listed(own)] == ["gallery-walk"]


async def test_a_school_s_own_protocol_is_chosen_in_the_form_and_run_to_its_report(
    own: Stage,
) -> None:
    form = await own.press("ana", "choose")
    assert isinstance(form, Form)
    offered = Option("gallery-walk", "Our own: Gallery walk (Study data)")
    assert offered in form.inputs[0].options
    own.run = read(form.id).run
    await own.submit("ana", form.id, {"protocol": "gallery-walk"}, thread=None)
    assert await roles(own) == {"facilitator": "ana", "presenter": "ben"}
    for position in range(2):
        await own.press("ana", "anyway", position)
    assert (await own.export())["run"]["phase"] == "finished"


async def test_a_run_goes_on_when_the_file_of_its_protocol_is_gone(
    own: Stage, tmp_path: Path
) -> None:
    await own.start("ana", protocol="gallery-walk")
    (tmp_path / "protocols" / "walk.yaml").unlink()
    later = replace(own.house, library=library(tmp_path / "protocols"))
    again = Stage(later, own.organization, own._clock)
    again.run, again.thread, again._count = own.run, own.thread, own._count
    await again.press("ana", "anyway")
    assert [step["title"] for step in (await again.export())["steps"]] == ["Look", "Debrief"]
    assert await again.command("ana", "/protocol gallery-walk") is not None


async def test_only_members_of_the_team_start_its_runs(stage: Stage) -> None:
    await stage.command("coach", "/plc start notice-wonder")
    assert await listed(stage) == []
    sentences = [
        words(await stage.card("coach", key))
        for key in set(await stage.seen_by("coach"))
        if key.startswith("fault:")
    ]
    assert sentences == [SENTENCES[OnlyMembersStart]]
    assert await stage.seen_by("ana") == []


async def test_who_starts_in_a_new_channel_founds_its_team(stage: Stage) -> None:
    await stage.channel.command(
        user="cy", channel="lounge", line="/plc start notice-wonder", once="1"
    )
    await stage.settle()
    assert [run["place"]["channel"] for run in await listed(stage)] == ["lounge"]
    async with stage.house.database.read() as session:
        team = await people.team_in(session, stage.organization, "web", "lounge")
        assert team is not None
        assert list(await people.members(session, stage.organization, team.id)) == [
            await stage.person("cy")
        ]


@pytest.mark.parametrize(
    "button",
    [
        f"begin:{RUN}:0:0:karaoke",
        f"begin:{RUN}:0:0",
        "begin:short:0:0:notice-wonder",
    ],
)
async def test_what_no_menu_offered_begins_nothing(stage: Stage, button: str) -> None:
    await stage.channel.press(user="ana", channel=CHANNEL, thread=None, button=button, once="1")
    await stage.settle()
    assert await listed(stage) == []


async def test_a_start_form_without_a_protocol_begins_nothing(stage: Stage) -> None:
    await stage.submit("ana", Aim("start", RUN, 0, 0).id, {"clock": "full"}, thread=None)
    assert await listed(stage) == []


async def test_a_run_opens_its_thread_with_its_card_and_its_first_step(stage: Stage) -> None:
    await stage.start("ana", protocol="notice-wonder")
    assert await stage.seen_by("dee") == [
        f"run:{stage.run}:card",
        f"run:{stage.run}:step:0:open",
    ]
    place = (await stage.export())["run"]["place"]
    assert place == {"platform": "web", "channel": CHANNEL, "thread": f"run:{stage.run}:card"}


async def test_where_trust_is_not_there_yet_a_gentler_protocol_is_named_and_nothing_is_kept(
    stage: Stage,
) -> None:
    asked = f"start:{'a' * 16}:0:0"
    given = {"protocol": "consultancy", "clock": "full", "ready": "not-yet"}
    again = await stage.submit("ana", asked, given, thread=None)
    assert again is not None
    found = {one.id: (one.value, one.fault) for one in again.inputs}
    assert found["protocol"] == (
        "consultancy",
        'Then begin with Notice and Wonder or Success analysis; or answer "Start anyway" below.',
    )
    assert found["clock"] == ("full", "")
    for protocol, ready in (("notice-wonder", "not-yet"), ("consultancy", "anyway")):
        given = {"protocol": protocol, "ready": ready}
        form = f"start:{protocol[0] * 16}:0:0"
        assert await stage.submit("ana", form, given, thread=None) is None
    async with stage.house.database.read() as session:
        assert len(await runs.listed(session, stage.organization)) == 2
