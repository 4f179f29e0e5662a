"""One run as JSON: the same rows give the same bytes. The format is a contract."""

from datetime import datetime
from typing import Any

from bot.flows.house import House
from bot.flows.reports import noted_in
from bot.rules.answers import text_of
from bot.rules.uploads import shown
from protocols.model import FACILITATOR
from protocols.participation import Attributed, Share, attribute, participation
from protocols.run import Opening, PersonId, Run
from storage import commitments, evidence, people, posts, runs
from storage.database import Session
from storage.evidence import Artifact, Item
from storage.posts import KeptPost
from storage.runs import Kept, Listed

FORMAT = "colloquy.run/1"


class NoSuchRun(Exception):
    """No run of that id."""


async def export_run(house: House, run_id: str) -> dict[str, Any]:
    """Everything that is kept of a run, in the order that the contract names. Raises NoSuchRun."""
    async with house.database.read() as session:
        organization = await runs.organization_of(session, run_id)
        kept = await runs.load(session, organization, run_id) if organization else None
        if kept is None:
            raise NoSuchRun
        found = await _read(session, kept)
        return await _exported(session, found)


async def list_runs(house: House, organization: str | None = None) -> list[dict[str, Any]]:
    """All runs, the newest first."""
    async with house.database.read() as session:
        return [_listed(run) for run in await runs.listed(session, organization)]


def _listed(run: Listed) -> dict[str, Any]:
    return {
        "id": run.id,
        "protocol": run.protocol,
        "phase": run.phase,
        "organization": run.organization,
        "team": run.team,
        "place": {"platform": run.platform, "channel": run.channel, "thread": run.thread},
        "planned_at": _time(run.planned_at),
        "started_at": _time(run.started_at),
        "ended_at": _time(run.ended_at),
        "rehearsal": run.rehearsal,
    }


class _Found:
    """A run with its posts and what it collected."""

    def __init__(self, kept: Kept, said: tuple[KeptPost, ...], items: tuple[Item, ...]) -> None:
        self.kept, self.run, self.said, self.items = kept, kept.run, said, items
        self.attributed = attribute(kept.run, [p.post for p in said])
        self.users: dict[str, str] = {}

    def user(self, person: str | None) -> str | None:
        """What the platform calls a person."""
        return None if person is None else self.users.get(person, person)

    def is_closed(self, position: int | None) -> bool:
        """Whether what was written in a step may be seen: it was not sealed, or it has closed."""
        if position is None or not self.run.step(position).is_sealed:
            return True
        openings = self.run.openings_of(position)
        return bool(openings) and openings[0].closed_at is not None


async def _read(session: Session, kept: Kept) -> _Found:
    organization, run_id = kept.where.organization, kept.run.id
    said = await posts.of_run(session, organization, run_id)
    items = await evidence.items(session, organization, run_id)
    return _Found(kept, said, items)


async def _exported(session: Session, found: _Found) -> dict[str, Any]:
    organization, run = found.kept.where.organization, found.run
    links = await evidence.artifacts(session, organization, run.id)
    said_at = {p.post.key: p.post.at for p in found.said}
    promises = sorted(
        await commitments.of_run(session, organization, run.id),
        key=lambda c: (c.position, said_at[c.post_key], c.post_key),
    )
    named = {m.person for m in run.roster} | {h.person for h in run.roles}
    named |= {p.post.person for p in found.said} | {PersonId(c.person) for c in promises}
    platform = found.kept.where.platform
    found.users = await people.users_of(session, organization, platform, named)
    return {
        "format": FORMAT,
        "run": _run(found),
        "roles": _roles(found),
        "steps": [_step(found, position) for position in range(len(run.definition.steps))],
        "contributions": _contributions(found),
        "items": [_item(found, item) for item in found.items if _is_shown(found, item)],
        "artifacts": [_artifact(found, one) for one in links if found.is_closed(one.position)],
        "commitments": [
            {
                "person": found.user(c.person),
                "what": c.what,
                "due": c.due.isoformat() if c.due else None,
                "state": c.state,
            }
            for c in promises
            if found.is_closed(c.position)
        ],
        "participation": [
            _share(found, share) for share in participation(run, [p.post for p in found.said])
        ],
    }


def _run(found: _Found) -> dict[str, Any]:
    run, kept = found.run, found.kept
    return {
        "id": run.id,
        "protocol": run.definition.id,
        "protocol_digest": kept.protocol_digest,
        "clock": run.clock,
        "organization": kept.where.organization,
        "team": kept.where.team,
        "place": {
            "platform": kept.where.platform,
            "channel": kept.where.channel,
            "thread": kept.where.thread,
        },
        "facilitator": found.user(run.holder(FACILITATOR)),
        "phase": run.phase,
        "rehearsal": run.options.rehearsal,
        "planned_at": _time(run.planned_at),
        "started_at": _time(kept.started_at),
        "ended_at": _time(kept.ended_at),
        "complete_as_of": _time(kept.complete_as_of),
    }


def _roles(found: _Found) -> list[dict[str, Any]]:
    held = sorted(found.run.roles, key=lambda h: (h.role, h.since))
    return [
        {
            "role": h.role,
            "person": found.user(h.person),
            "from_step": _position(found.run, h.since),
            "to_step": None if h.until is None else _position(found.run, h.until),
        }
        for h in held
    ]


def _position(run: Run, index: int) -> int:
    """The position of an opening; of a run that has not begun, its first."""
    return run.openings[index].position if run.openings else 0


def _step(found: _Found, position: int) -> dict[str, Any]:
    run, step = found.run, found.run.step(position)
    openings = run.openings_of(position)
    first = openings[0] if openings else None
    is_left_out = not openings and bool(run.openings) and position < run.current.position
    return {
        "position": position,
        "title": step.title,
        "floor": step.floor,
        "opened_at": _time(first.starts_at) if first else None,
        "closed_at": _time(first.closed_at) if first else None,
        "closed_by": "skipped" if is_left_out else (first.closed_by if first else None),
        "reason": "ended early" if is_left_out else (first.reason if first else None),
        "reopened": [_reopened(opening) for opening in openings[1:]],
        "handed_in": _handed_in(found, position) if step.is_sealed else None,
    }


def _reopened(opening: Opening) -> dict[str, Any]:
    return {"opened_at": _time(opening.starts_at), "closed_at": _time(opening.closed_at)}


def _handed_in(found: _Found, position: int) -> int:
    people_in = {
        a.post.person
        for a in found.attributed
        if a.position == position and a.post.captured_by == "form" and not a.post.deleted_at
    }
    return len(people_in)


def _contributions(found: _Found) -> list[dict[str, Any]]:
    bodies = {p.post.key: p.body for p in found.said}
    hidden = {i.post_key for i in found.items if i.cipher is not None or i.private}
    texts = {
        i.post_key: text_of(i.fields)
        for i in found.items
        if i.post_key and i.post_key not in hidden
    }
    rows = []
    for a in found.attributed:
        if found.is_closed(a.position):
            text = texts.get(a.post.key, bodies[a.post.key].text)
            rows.append((_first(a), _contribution(found, a, text)))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _first(a: Attributed) -> tuple[int, datetime, str]:
    return (-1 if a.position is None else a.position, a.post.at, a.post.key)


def _contribution(found: _Found, a: Attributed, text: str | None) -> dict[str, Any]:
    post = a.post
    return {
        "key": post.key,
        "person": found.user(post.person),
        "step": a.position,
        "posted_at": _time(post.at),
        "words": post.words,
        "in_turn": a.in_turn,
        "out_of_turn": a.out_of_turn,
        "admitted_by": found.user(post.admitted_by),
        "placed_by": found.user(post.placed_by),
        "answers": found.user(post.answers),
        "late": a.late,
        "edited": post.edited_at is not None,
        "deleted": post.deleted_at is not None,
        "captured_by": post.captured_by,
        "text": text,
    }


def _artifact(found: _Found, one: Artifact) -> dict[str, Any]:
    """A link, file or note; a note also has its text, or that of its post while that stands."""
    texts = {p.post.key: p.body.text for p in found.said}
    note = {"text": noted_in(one, texts)} if one.kind == "note" else {}
    return {
        "kind": one.kind,
        "step": one.position,
        "person": found.user(one.person),
        "title": one.title,
        "url": one.url,
        "digest": one.digest,
        **note,
    }


def _is_shown(found: _Found, item: Item) -> bool:
    return found.is_closed(item.position) and item.cipher is None and not item.private


def _item(found: _Found, item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "step": item.position,
        "person": found.user(item.person),
        "contribution": item.post_key,
        "at": _time(item.at),
        "fields": [
            {"label": la, "kind": kind, "value": shown(value)} for la, kind, value in item.fields
        ],
    }


def _share(found: _Found, share: Share) -> dict[str, Any]:
    is_closed = found.is_closed(share.position)

    def users(people_there: tuple[PersonId, ...]) -> list[str | None]:
        return [found.user(person) for person in people_there]

    return {
        "step": share.position,
        "expected": users(share.expected),
        "heard": users(share.heard) if is_closed else [],
        "passed": users(share.passed) if is_closed else [],
        "not_yet_heard": users(share.not_yet_heard) if is_closed else [],
        "top_share": share.top_share if is_closed else 0.0,
    }


def _time(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return None if at is None else at.isoformat(timespec="microseconds").replace("+00:00", "Z")
