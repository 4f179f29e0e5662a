"""What people attach to a step: links, files and notes, and posts that their authors save."""

import hashlib
from dataclasses import replace

from bot import ports
from bot.cards import evidence as cards
from bot.cards import faults
from bot.cards.model import Card, Form, to_json
from bot.flows import files
from bot.flows.handed import form_key
from bot.flows.house import House
from bot.flows.posted import is_its_text
from bot.flows.sender import Sender
from bot.rules import answers, keys
from bot.rules import evidence as rules
from bot.rules.aims import Aim, read
from bot.rules.uploads import FILE, shown, stored
from protocols.model import FieldKind
from protocols.participation import attribute
from protocols.run import PersonId
from storage import evidence, outbox, posts, runs
from storage.database import Session
from storage.evidence import Artifact
from storage.runs import Kept

ATTACH, SAVE, NOTE = "evidence", "save", "note"


def ask(house: House, kept: Kept, person: PersonId, aim: Aim) -> Card | Form:
    """The form of what is attached, or saved; a sentence for who may not."""
    refused = rules.refusal(kept.run, aim.position, person)
    if refused is not None:
        return faults.refused(house.t, refused)
    return form(house, kept, aim)


def form(house: House, kept: Kept, aim: Aim) -> Form:
    """The form, whoever may ask for it."""
    make = cards.evidence_form if aim.act == ATTACH else cards.save_form
    return make(house.t, kept.run, aim)


async def attach(house: House, session: Session, sender: Sender, arrival: ports.Submitted) -> None:
    """Attach what came in a form to the step that it was opened for. Raises NotAllowed."""
    aim = read(arrival.form)
    kept = await runs.load(session, sender.organization, aim.run)
    if kept is None:
        return
    _refuse(kept, aim.position, sender.person)
    step = rules.attaching(kept.run.step(aim.position))
    given = answers.read(step, await files.own(session, sender, step, arrival.values))
    key = form_key(kept.run.id, sender.person, arrival.event_id)
    (_, _, title), *others = given.fields
    blank = _blank(kept, sender, arrival, aim.position, key)
    what = [(kind, value) for _, kind, value in others if value]
    made = [(_artifact(replace(blank, title=title), *one), shown(one[1])) for one in what]
    if made:
        await _keep(house, session, kept, made)
        await files.hold(session, sender, kept.run.id, key, given)


async def save(house: House, session: Session, sender: Sender, arrival: ports.Submitted) -> None:
    """Keep the text of one's own post, and point a note at it. Raises NotAllowed."""
    aim, text = read(arrival.form), arrival.values.get(rules.POST, "")
    kept = await runs.load(session, sender.organization, aim.run)
    if kept is None:
        return
    said = await posts.of_run(session, sender.organization, kept.run.id)
    found = next((one for one in said if one.post.key == aim.extra), None)
    where = f"{sender.organization}|{kept.where.channel}|{aim.extra}"
    if found is None or found.post.person != sender.person:
        raise rules.NotThisPost
    if found.post.deleted_at is not None or not is_its_text(house, where, found.body, text):
        raise rules.NotThisPost
    placed = {a.post.key: a.position for a in attribute(kept.run, [one.post for one in said])}
    position = placed[aim.extra] or 0
    _refuse(kept, position, sender.person)
    blank = _blank(kept, sender, arrival, position, aim.extra)
    title = answers.read(rules.saving(kept.run.step(position)), arrival.values).text
    note = replace(blank, kind=NOTE, title=title, digest=found.body.digest or "")
    await evidence.drop_artifacts(session, sender.organization, kept.run.id, aim.extra)
    await posts.save_text(session, sender.organization, kept.where.channel, aim.extra, text)
    await _keep(house, session, kept, [(note, "")])  # the post says it, while it stands


def _refuse(kept: Kept, position: int, person: PersonId) -> None:
    refused = rules.refusal(kept.run, position, person)
    if refused is not None:
        raise refused


def _blank(
    kept: Kept, sender: Sender, arrival: ports.Submitted, position: int, key: str
) -> Artifact:
    return Artifact(
        id="",
        run=kept.run.id,
        position=position,
        person=sender.person,
        kind="",
        title="",
        url="",
        digest="",
        post_key=key,
        at=arrival.at,
    )


def _artifact(blank: Artifact, kind: str, value: str) -> Artifact:
    file = stored(value)
    if kind == FieldKind.FILE and file is not None:
        url, digest = f"{FILE}{file.id}", f"sha256:{file.digest}"
        return replace(blank, kind="file", url=url, digest=digest)
    digest = f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"
    if kind == FieldKind.TEXT:
        return replace(blank, kind=NOTE, text=value, digest=digest)
    return replace(blank, kind="link", url=value, digest=digest)


async def _keep(
    house: House, session: Session, kept: Kept, made: list[tuple[Artifact, str]]
) -> None:
    """Keep what was attached at once, and show it once."""
    where, (first, _) = kept.where, made[0]
    for one, _ in made:
        kept_one = replace(one, id=house.new_id())
        await evidence.keep_artifact(session, where.organization, kept_one)
    what = tuple((one.kind, words) for one, words in made)
    card = cards.added(house.t, PersonId(first.person), first.title, first.position, what)
    wanted = outbox.Put(
        organization=where.organization,
        key=keys.evidence(kept.run.id, first.post_key or ""),
        platform=where.platform,
        channel=where.channel,
        card=to_json(card),
        run=kept.run.id,
        thread=kept.run.id,
    )
    await outbox.put(session, wanted, house.now())
    await runs.set_complete(session, where.organization, kept.run.id, first.at)
