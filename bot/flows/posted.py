"""What people say in a thread: kept as facts, with a salted digest, its text only if it may be."""

import hashlib
import secrets
from dataclasses import replace

from bot import ports
from bot.flows import noticed
from bot.flows.house import House
from bot.flows.runs import Brought, Change, change
from bot.flows.sender import Sender
from bot.rules.answers import count_words
from protocols import events
from protocols.participation import attribute
from protocols.run import Change as PostChange
from protocols.run import MemberKind, PersonId, Post, Run
from storage import people, posts, runs
from storage.database import Session
from storage.people import Team
from storage.posts import Body, KeptPost
from storage.runs import Where


def body_of(
    house: House, where: str, text: str, link: str | None = None, *, keep: bool = False
) -> Body:
    """The digest of a text, with its salt sealed. `where`: `organization|channel|key`."""
    salt = secrets.token_bytes(16)
    digest = hashlib.sha256(salt + text.encode("utf-8", "surrogatepass")).hexdigest()
    cipher = house.vault.seal(salt.hex(), row=f"post|{where}")
    return Body(f"sha256:{digest}", cipher, link, text if keep else None)


def is_its_text(house: House, where: str, body: Body, text: str) -> bool:
    """Whether a text is that of a post, by its digest. `where`: as in `body_of`."""
    salt = bytes.fromhex(house.vault.open(body.salt_cipher or "", row=f"post|{where}"))
    digest = hashlib.sha256(salt + text.encode("utf-8", "surrogatepass")).hexdigest()
    return body.digest == f"sha256:{digest}"


def facts(
    house: House,
    sender: Sender,
    said: ports.Said,
    *,
    answers: PersonId | None = None,
    keep: bool = False,
) -> tuple[Post, Body]:
    """A message as facts, and what is kept of its words."""
    where = f"{sender.organization}|{said.place.channel}|{said.key}"
    post = Post(
        key=said.key,
        person=sender.person,
        at=said.at,
        words=count_words(said.text),
        captured_by=said.captured_by,
        answers=answers,
    )
    return post, body_of(house, where, said.text, said.link, keep=keep)


def is_for_us(text: str) -> bool:
    """Whether a message is a command to Colloquy: it begins with @Colloquy."""
    return text.lower().split(maxsplit=1)[:1] == ["@colloquy"]


async def message(
    house: House, session: Session, sender: Sender, said: ports.Said, run_id: str
) -> None:
    """A message in a run's thread. One that an edit came before keeps that edit."""
    kept = await runs.load(session, sender.organization, run_id)
    if kept is None:
        return
    answers = await _answers(session, sender, said, kept.run)
    team = await _team(session, sender, said.place)
    keep = team is not None and team.keeps_text
    post, body = facts(house, sender, said, answers=answers, keep=keep)
    known = await posts.find(session, sender.organization, kept.where.channel, post.key)
    if known is not None:
        if known.post.deleted_at is None and known.post.edited_at is None:
            return
        at = min(said.at, known.post.at)
        post, body = replace(known.post, at=at, answers=answers), known.body
    kind = await kind_in(session, sender, kept.where)
    event = events.Posted(at=said.at, post=post, kind=kind)
    wanted = Change(said.at, [event], {post.key: Brought(body)}, seen=True)
    run = await change(house, session, kept, wanted)
    if known is None:
        await noticed.tell(house, session, sender, said, run=run, team=team)


async def _team(session: Session, sender: Sender, place: ports.Place) -> Team | None:
    return await people.team_in(session, sender.organization, place.platform, place.channel)


async def kind_in(session: Session, sender: Sender, where: Where) -> MemberKind:
    """Members of the team take part; guests and coaches look on."""
    kinds = await people.members(session, sender.organization, where.team)
    is_member = kinds.get(sender.person) == "member"
    return MemberKind.PARTICIPANT if is_member else MemberKind.OBSERVER


async def _answers(session: Session, sender: Sender, said: ports.Said, run: Run) -> PersonId | None:
    """Whom a message answers: somebody else who has had a turn in this step, by reply or mention."""
    named = [said.answers] if said.answers else list(said.mentions)
    spoke = {a.post.person for a in attribute(run, run.posts) if a.in_turn}
    for user in named:
        person = await people.person_of(session, sender.organization, sender.platform, user)
        if person in spoke and person != sender.person:
            return person
    return None


async def amended(
    house: House, session: Session, sender: Sender, arrival: ports.Edited | ports.Deleted
) -> None:
    """An edit or a deletion. One that comes before its message keeps the message's place."""
    channel = arrival.place.channel
    known = await posts.find(session, sender.organization, channel, arrival.key)
    if known is None:
        await _early(house, session, sender, arrival)
        return
    wanted = _wanted(arrival)
    team = await _team(session, sender, arrival.place)
    body = await _edited(house, session, sender, arrival, known=known, team=team)
    kept = await runs.load(session, sender.organization, known.run) if known.run else None
    if kept is None:
        spot = posts.Spot(sender.organization, channel, None)
        await posts.amend(session, spot, arrival.key, wanted, body)
        return
    author = known.post.person
    event = events.Amended(
        at=arrival.at, by=sender.person, key=arrival.key, author=author, change=wanted
    )
    brought = {arrival.key: Brought(body)} if body else {}
    run = await change(house, session, kept, Change(arrival.at, [event], brought, seen=True))
    if isinstance(arrival, ports.Edited):
        await noticed.tell(house, session, sender, arrival, run=run, team=team)


def _wanted(arrival: ports.Edited | ports.Deleted) -> PostChange:
    if isinstance(arrival, ports.Deleted):
        return PostChange(deleted_at=arrival.at)
    return PostChange(words=count_words(arrival.text), edited_at=arrival.at)


async def _edited(
    house: House,
    session: Session,
    sender: Sender,
    arrival: ports.Edited | ports.Deleted,
    *,
    known: KeptPost,
    team: Team | None,
) -> Body | None:
    """What is kept of an edit's words: of a saved post its text, where nothing is found in it."""
    if isinstance(arrival, ports.Deleted):
        return None
    place, text = arrival.place, arrival.text
    where = f"{sender.organization}|{place.channel}|{arrival.key}"
    keep = known.run is not None and team is not None and team.keeps_text
    if known.body.text is not None and not keep:
        keep = await noticed.is_plain(house, session, sender, place, text)
    return body_of(house, where, text, known.body.link, keep=keep)


async def _early(
    house: House, session: Session, sender: Sender, arrival: ports.Edited | ports.Deleted
) -> None:
    place = arrival.place
    is_command = isinstance(arrival, ports.Edited) and is_for_us(arrival.text)
    if place.thread is None or is_command:
        return
    run = await runs.in_thread(session, sender.organization, place.channel, place.thread)
    if run is None:
        return
    post = Post(key=arrival.key, person=sender.person, at=arrival.at, words=0)
    spot = posts.Spot(sender.organization, place.channel, run)
    text = arrival.text if isinstance(arrival, ports.Edited) else ""
    team = await _team(session, sender, place)
    keep = bool(text) and team is not None and team.keeps_text
    where = f"{sender.organization}|{place.channel}|{arrival.key}"
    body = body_of(house, where, text, keep=keep)
    await posts.record(session, spot, post.amended(_wanted(arrival)), body)
