"""What was written alone: sealed as it comes in, opened when its step closes."""

import hashlib
import json

from bot.cards.reports import Answer
from bot.flows.house import House
from bot.rules.uploads import FILE, shown, stored
from protocols import events
from protocols.model import FieldKind, Reveal
from protocols.run import PersonId, Run
from storage import evidence, files, posts
from storage.database import Session
from storage.evidence import Artifact, Item
from storage.runs import Where

Fields = tuple[tuple[str, str, str], ...]


def seal(house: House, organization: str, item_id: str, fields: Fields) -> str:
    """The fields of an answer, sealed for its row."""
    return house.vault.seal(json.dumps(fields), row=f"{organization}|item|{item_id}")


def opened(house: House, organization: str, item: Item) -> Fields:
    """The fields of an answer, sealed or not."""
    if item.cipher is None:
        return item.fields
    clear = house.vault.open(item.cipher, row=f"{organization}|item|{item.id}")
    return tuple((label, kind, value) for label, kind, value in json.loads(clear))


def artifacts_of(house: House, item: Item, fields: Fields) -> tuple[Artifact, ...]:
    """The links and files that an answer holds, as artifacts of its step."""
    if item.person is None or item.at is None:
        return ()
    made = []
    for label, kind, value in fields:
        if value and kind in (FieldKind.LINK, FieldKind.FILE):
            file = stored(value)
            digest = file.digest if file else hashlib.sha256(value.encode()).hexdigest()
            artifact = Artifact(
                id=house.new_id(),
                run=item.run,
                position=item.position,
                person=item.person,
                kind="file" if file else "link",
                title=file.name if file else label,
                url=f"{FILE}{file.id}" if file else value,
                digest=f"sha256:{digest}",
                post_key=item.post_key,
                at=item.at,
            )
            made.append(artifact)
    return tuple(made)


async def open_late_unnamed(house: House, session: Session, where: Where, run: Run) -> None:
    """Open what came late to unnamed steps, among the others, now that the run is over."""
    for position, step in enumerate(run.definition.steps):
        if step.reveal is Reveal.UNNAMED:
            await open_answers(house, session, where, run, events.Reveal(position))


async def open_answers(
    house: House, session: Session, where: Where, run: Run, effect: events.Reveal
) -> list[Answer]:
    """Open what was handed in to a step (or the one answer that is shown alone), for showing.

    Private answers stay sealed. Unnamed ones lose person, post and time for good, and their
    posts lose words and digest: nothing links a text to a person any more.
    """
    unnamed = run.step(effect.position).reveal is Reveal.UNNAMED
    opening = []
    for item in await evidence.items(session, where.organization, run.id, effect.position):
        is_meant = effect.key in (None, item.post_key)
        if item.private or not is_meant:
            continue
        fields = opened(house, where.organization, item)
        await evidence.open_item(session, where.organization, item, fields=fields, unnamed=unnamed)
        if unnamed and item.post_key is not None:
            await posts.unname(session, where.organization, where.channel, item.post_key)
            await files.unname(session, where.organization, run.id, item.post_key)
        elif item.cipher is not None:
            for artifact in artifacts_of(house, item, fields):
                await evidence.keep_artifact(session, where.organization, artifact)
        person = None if unnamed or item.person is None else PersonId(item.person)
        given = tuple((label, shown(value)) for label, _, value in fields)
        opening.append(Answer(person, item.late, given))
    return opening
