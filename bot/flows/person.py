"""Everything that is kept about one person, for that person."""

import json
import zipfile
from pathlib import Path
from typing import Any

from bot.flows.house import House
from bot.rules.sheets import sheet
from storage import person as rows
from storage.person import Rows

FORMAT = "colloquy.person/1"


class NoSuchPerson(Exception):
    """Nobody of that id."""


class SeveralPeople(Exception):
    """Several organizations know that id; `ids` are ours."""

    def __init__(self, ids: tuple[str, ...]) -> None:
        """`ids`: one of them is meant."""
        super().__init__()
        self.ids = ids


async def export_person(house: House, who: str) -> dict[str, Any]:
    """All rows about a person, by table. Raises NoSuchPerson, SeveralPeople."""
    async with house.database.read() as session:
        found = await rows.find(session, who)
        if not found:
            raise NoSuchPerson
        if len(found) > 1:
            raise SeveralPeople(tuple(person for _, person in found))
        [(organization, person)] = found
        about = await rows.rows_about(session, organization, person)
    return {"format": FORMAT, "person": person, "organization": organization, "rows": about}


def write_zip(path: Path, exported: dict[str, Any]) -> None:
    """Write an export as one JSON file and a CSV a table. Raises OSError."""
    about: Rows = exported["rows"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("person.json", json.dumps(exported, ensure_ascii=False, indent=2))
        for table, its in about.items():
            file.writestr(f"{table}.csv", sheet(its))
