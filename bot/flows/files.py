"""Files that came in: kept sealed, held by an answer, read by those who may."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta

from bot.files.cleaning import Cleaned
from bot.flows.house import House
from bot.flows.sender import Sender
from bot.rules import answers, uploads
from bot.rules.inputs import input_id
from bot.rules.uploads import FILE, Stored
from protocols.model import FieldKind, Step
from protocols.run import PersonId
from storage import evidence, runs
from storage import files as rows
from storage.database import Session
from storage.files import File

LOOSE = timedelta(hours=1)


class NoSuchFile(Exception):
    """No file of that id, or not for this person."""


async def keep(
    house: House,
    session: Session,
    organization: str,
    person: PersonId,
    cleaned: Mapping[str, Cleaned],
) -> None:
    """Keep the cleaned files, sealed; who answered for what stands beside them."""
    now = house.now()
    await rows.erase_loose(session, organization, person, now - LOOSE)
    for file_id, one in cleaned.items():
        row = f"{organization}|file|{file_id}"
        clear = base64.b64encode(one.content).decode()
        file = File(
            id=file_id,
            person=person,
            name=one.name,
            media=str(one.media),
            size=len(one.content),
            digest=hashlib.sha256(one.content).hexdigest(),
            found=(*map(str, one.kinds), *(["unseen"] if one.unseen else [])),
            at=now,
        )
        await rows.keep(session, organization, file, house.vault.seal(clear, row=row).encode())


async def own(
    session: Session, sender: Sender, step: Step, values: Mapping[str, str]
) -> dict[str, str]:
    """The values of a form, its files as they are kept; nobody hands in another's file."""
    found = dict(values)
    for index, field in enumerate(answers.fields_of(step)):
        about = input_id(index)
        stored = uploads.stored(values.get(about, ""))
        if field.kind is FieldKind.FILE and stored is not None:
            file = await rows.find(session, sender.organization, stored.id)
            is_own = file is not None and file.person == sender.person
            found[about] = Stored(file.id, file.digest, file.name).value if file and is_own else ""
    return found


async def settle(
    session: Session, sender: Sender, run: str, key: str, given: answers.Answer
) -> None:
    """Once an answer stands, its files belong to it; else they stay loose, and go."""
    if await evidence.item_of(session, sender.organization, run, key) is not None:
        await hold(session, sender, run, key, given)


async def hold(session: Session, sender: Sender, run: str, key: str, given: answers.Answer) -> None:
    """Say that these files belong to what stands under a key."""
    held = (uploads.stored(value) for _, kind, value in given.fields if kind == FieldKind.FILE)
    ids = tuple(file.id for file in held if file is not None)
    await rows.attach(session, sender.organization, run, key, ids)


async def read(
    house: House, organization: str, person: PersonId, file_id: str
) -> tuple[File, bytes]:
    """A file for whoever uploaded it, and once it is shown for those of its run.

    Raises NoSuchFile.
    """
    async with house.database.read() as session:
        file = await rows.find(session, organization, file_id)
        cipher = await rows.cipher_of(session, organization, file_id)
        if file is None or cipher is None:
            raise NoSuchFile
        if file.person != person and not await _is_shown(session, organization, person, file):
            raise NoSuchFile
    clear = house.vault.open(cipher.decode(), row=f"{organization}|file|{file_id}")
    return file, base64.b64decode(clear)


async def _is_shown(session: Session, organization: str, person: PersonId, file: File) -> bool:
    """Whether it stands in the open, in a run that this person was in."""
    kept = await runs.load(session, organization, file.run) if file.run else None
    if kept is None or kept.run.stay(person) is None:
        return False
    shown = await evidence.artifacts(session, organization, kept.run.id)
    return file.person is None or f"{FILE}{file.id}" in [one.url for one in shown]
