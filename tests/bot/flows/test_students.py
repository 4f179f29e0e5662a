"""A team's list of students: names come in by a form, marks stay, and the door knows them."""

import sqlite3
from pathlib import Path

import pytest

from bot.cards.door import FOUND, NAMES, STUDENTS
from bot.cards.faults import SENTENCES
from bot.cards.model import Form
from bot.rules.door import Kind
from bot.rules.students import OnlyMembersName
from bot.rules.uploads import Upload
from protocols.model import Floor
from storage import people
from tests.bot.flows.test_door import anywhere, asked, asks_for_work, upload
from tests.bot.own_protocols import begin, buttons, words
from tests.stage import CHANNEL, Stage

ZULEMA, OSWIN = "Zulema Quispe-Rojas", "Oswin Adeyemi"
LIST = f"{ZULEMA}\n\n  {OSWIN} \n{OSWIN}\n---\n"
REFUSED = SENTENCES[OnlyMembersName]


async def hand_in(stage: Stage, names: str, user: str = "ben") -> Form | None:
    return await stage.submit(user, STUDENTS.id, {NAMES: names}, thread=None)


async def answers(stage: Stage, user: str = "ben") -> list[str]:
    keys = [key for key in dict.fromkeys(await stage.seen_by(user)) if key.startswith("students:")]
    return [words(await stage.card(user, key)) for key in keys]


async def marks(stage: Stage) -> frozenset[bytes]:
    async with stage.house.database.read() as session:
        team = await people.team_in(session, stage.organization, "web", CHANNEL)
    assert team is not None
    return team.students


async def test_the_form_is_behind_help_and_says_that_no_name_is_kept(stage: Stage) -> None:
    button = buttons(await stage.command("ana", "/plc help"))["Names to stop at the door"]
    assert button == buttons(await stage.press("ana", "help"))["Names to stop at the door"]
    form = await stage.channel.press(
        user="ana", channel=CHANNEL, thread=None, button=button, once="names"
    )
    assert isinstance(form, Form)
    assert (form.id, [one.id for one in form.inputs]) == (STUDENTS.id, [NAMES])
    assert form.inputs[0].hint == (
        "I keep no name: only marks that cannot be turned back into one."
    )


async def test_a_channel_without_a_team_has_no_such_button(stage: Stage) -> None:
    card = await stage.channel.press(
        user="ana", channel="lounge", thread=None, button="help::0:0", once="1"
    )
    assert buttons(card) == {}


async def test_a_listed_name_is_stopped_however_it_comes(stage: Stage) -> None:
    await begin(stage, asks_for_work(), Floor.OPEN)
    small = Upload("notes.txt", b"what zulema wrote, and rojas quispe")
    assert await upload(stage, "ben", small) is None
    assert await hand_in(stage, LIST) is None
    assert await answers(stage) == ["2 names are stopped at the door now."]
    question = await asked(stage, small)
    assert question.found[0] == FOUND[Kind.STUDENT].format(words="zulema")


async def test_handing_in_again_replaces_the_list_and_an_empty_one_removes_it(stage: Stage) -> None:
    await begin(stage, asks_for_work(), Floor.OPEN)
    await hand_in(stage, LIST)
    first = await marks(stage)
    await hand_in(stage, OSWIN)
    second = await marks(stage)
    assert second < first
    assert await upload(stage, "ben", Upload("a.txt", b"what zulema wrote")) is None
    await hand_in(stage, " \n---")
    assert await marks(stage) == frozenset()
    assert await upload(stage, "ben", Upload("a.txt", b"what oswin wrote")) is None
    assert await answers(stage) == [
        "2 names are stopped at the door now.",
        "1 name is stopped at the door now.",
        "No list is kept now. I still look for whatever has the shape of a name.",
    ]


async def test_no_name_is_in_any_byte_that_is_written_nor_the_key(
    stage: Stage, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await hand_in(stage, LIST)
    every = [word for name in (ZULEMA, OSWIN) for word in name.replace("-", " ").split()]
    assert anywhere(tmp_path, *every, *map(str.lower, every)) == []
    out, err = capfd.readouterr()
    assert [word for word in every if word in out + err] == []
    async with stage.house.database.read() as session:
        team = await people.team_in(session, stage.organization, "web", CHANNEL)
    assert team is not None
    key = stage.house.vault.key_for(f"{stage.organization}|students|{team.id}")
    assert anywhere(tmp_path, key.hex()) == []
    assert not any(mark.hex() in repr(team) for mark in team.students)


async def test_while_it_waits_the_form_is_sealed_and_afterwards_it_is_empty(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.channel.submit(
        user="ben",
        channel=CHANNEL,
        thread=None,
        form=STUDENTS.id,
        values={NAMES: LIST},
        once="names",
    )
    assert anywhere(tmp_path, "Zulema", "Adeyemi") == []
    await stage.settle()
    with sqlite3.connect(tmp_path / "stage.db") as database:
        kept = database.execute("SELECT arrival FROM inbox WHERE kind = 'submitted'").fetchall()
    assert kept == [(None,)]


async def test_no_mark_tells_which_name_it_stands_beside(stage: Stage) -> None:
    await hand_in(stage, f"{ZULEMA}\n{OSWIN}")
    first = await marks(stage)
    await hand_in(stage, f"{OSWIN}\n{ZULEMA}")
    assert await marks(stage) == first
    async with stage.house.database.read() as session:
        rows = await (await session.connection()).exec_driver_sql("SELECT students FROM team")
        raw = str(rows.scalar_one())
    assert [raw.index(mark) for mark in sorted(one.hex() for one in first)] == sorted(
        raw.index(one.hex()) for one in first
    )


@pytest.mark.parametrize("user", ["coach", "stranger"])
async def test_who_is_no_member_of_the_team_is_refused_with_a_sentence(
    stage: Stage, user: str
) -> None:
    await hand_in(stage, LIST)
    before = await marks(stage)
    shown = await stage.channel.press(
        user=user, channel=CHANNEL, thread=None, button=STUDENTS.id, once="1"
    )
    assert words(shown) == REFUSED
    assert await hand_in(stage, "", user) is None
    assert await marks(stage) == before
    faults = [k for k in dict.fromkeys(await stage.seen_by(user)) if k.startswith("fault:")]
    assert [words(await stage.card(user, key)) for key in faults] == [REFUSED]


async def test_where_there_is_no_team_nobody_is_its_member(stage: Stage) -> None:
    shown = await stage.channel.press(
        user="ana", channel="lounge", thread=None, button=STUDENTS.id, once="1"
    )
    assert words(shown) == REFUSED


async def test_too_many_names_come_back_with_a_sentence(stage: Stage) -> None:
    form = await hand_in(stage, "Zulema\n" * 500)
    assert form is not None
    assert form.inputs[0].fault == "This is longer than 3,000 characters. Please shorten it."
    assert await marks(stage) == frozenset()


async def test_another_team_s_list_stops_nothing_here(stage: Stage) -> None:
    async with stage.house.database.write() as session:
        other = people.Team("other", "other", "web", "other", keeps_text=False)
        await people.add_team(session, stage.organization, other)
        await people.set_students(session, stage.organization, "other", await marks(stage))
    await hand_in(stage, LIST)
    async with stage.house.database.read() as session:
        found = await people.team_in(session, stage.organization, "web", "other")
    assert found is not None
    assert found.students == frozenset()
