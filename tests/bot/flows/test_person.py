"""What is kept about one person, complete whatever table it is in, and nobody else's words."""

import json
import zipfile
from pathlib import Path

import pytest

from bot.flows.person import NoSuchPerson, SeveralPeople, export_person, write_zip
from protocols.model import Floor, Reveal
from protocols.run import PersonId
from storage import people
from storage.people import Organization, Person
from storage.person import OF_A_PERSON, PASSING
from storage.tables import Base
from tests.bot.own_protocols import begin, sealed
from tests.stage import Stage

WORDS = "My very own words"


async def a_run(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("ben", 0, {"f0": WORDS})
    await stage.write("cy", 0, {"f0": "Somebody else's words"})
    await stage.press("ana", "anyway")
    await stage.say("ben", WORDS)
    await stage.say("cy", "Somebody else's post")


async def test_all_rows_of_a_person_are_there_and_nobody_else_s_words(stage: Stage) -> None:
    await a_run(stage)
    found = await export_person(stage.house, "ben")
    ben = await stage.person("ben")
    assert (found["format"], found["person"]) == ("colloquy.person/1", ben)
    rows = found["rows"]
    assert {table: len(rows[table]) for table in ("person", "identity", "membership", "run")} == {
        "person": 1,
        "identity": 1,
        "membership": 1,
        "run": 1,
    }
    assert [item["fields"][0]["value"] for item in rows["item"]] == [WORDS]
    assert [len(rows[table]) for table in ("post", "message")] == [2, 1]
    text = json.dumps(found)
    assert "Somebody else" not in text
    assert "cipher" not in text
    assert await stage.person("cy") not in text


async def test_what_was_sealed_is_named_but_not_opened_to_the_export(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("ben", 0, {"f0": WORDS})
    rows = (await export_person(stage.house, "ben"))["rows"]
    assert [item["fields"] for item in rows["item"]] == [[]]


async def test_every_table_that_names_people_is_covered(stage: Stage) -> None:
    rows = (await export_person(stage.house, await stage.person("ben")))["rows"]
    naming = {
        table.name
        for table in Base.metadata.sorted_tables
        if OF_A_PERSON & {column.name for column in table.c}
    }
    assert set(rows) == {"person", *naming} - PASSING


async def test_nobody_is_made_up(stage: Stage) -> None:
    with pytest.raises(NoSuchPerson):
        await export_person(stage.house, "stranger")


async def test_of_several_people_of_one_platform_id_one_is_asked_for(stage: Stage) -> None:
    async with stage.house.database.write() as session:
        await people.add_organization(session, Organization("other", "slack", "T1", "Other", {}))
        await people.add_person(
            session, "other", "slack", Person(PersonId("p-other"), "ben", "Ben", "", "en")
        )
    with pytest.raises(SeveralPeople) as several:
        await export_person(stage.house, "ben")
    assert set(several.value.ids) == {await stage.person("ben"), "p-other"}


async def test_the_file_holds_json_and_a_sheet_a_table(stage: Stage, tmp_path: Path) -> None:
    await a_run(stage)
    found = await export_person(stage.house, "ben")
    write_zip(tmp_path / "ben.zip", found)
    with zipfile.ZipFile(tmp_path / "ben.zip") as file:
        assert json.loads(file.read("person.json")) == found
        assert set(file.namelist()) == {"person.json", *(f"{t}.csv" for t in found["rows"])}
        assert file.read("item.csv").decode().startswith("organization_id,id,run_id")
