"""The report of a run, read from the rows."""

from collections.abc import Mapping
from dataclasses import replace

from bot.cards.model import Card
from bot.cards.projector import projector_card
from bot.cards.reports import Answer, Artifact, Commitment, Report, ReportStep
from bot.flows.house import House
from bot.rules.measures import of_items
from bot.rules.uploads import shown
from protocols.model import FACILITATOR, Clock
from protocols.participation import Attributed, Share, attribute, participation, talk_of_run
from protocols.run import ClosedBy, PersonId, Phase, Run
from storage import commitments, evidence, people, posts, runs
from storage.database import Session
from storage.evidence import Item
from storage.runs import Kept


class NotYourRun(Exception):
    """Only who was in a run reads its report; or there is no such run."""


class Reports:
    """Reads what the pages of a run show, for one organization's platform."""

    def __init__(self, house: House, organization: str, platform: str) -> None:
        """`organization`: our id."""
        self._house, self._organization, self._platform = house, organization, platform

    async def report(self, user: str, run_id: str) -> Report:
        """The report of a run for somebody who was in it. Raises NotYourRun."""
        async with self._house.database.read() as session:
            reader, _ = await self._run_of(session, user, run_id)
            report = await read_report(session, self._organization, run_id)
        if report is None:
            raise NotYourRun
        return replace(report, reader=reader)

    async def projector(self, user: str, run_id: str) -> Card:
        """A run for the wall, asked for by somebody who is in it. Raises NotYourRun."""
        async with self._house.database.read() as session:
            _, run = await self._run_of(session, user, run_id)
        return projector_card(self._house.t, run, self._house.now(), self._house.calendar.zone)

    async def _run_of(self, session: Session, user: str, run_id: str) -> tuple[PersonId, Run]:
        person = await people.person_of(session, self._organization, self._platform, user)
        kept = await runs.load(session, self._organization, run_id)
        if kept is None or person is None or kept.run.stay(person) is None:
            raise NotYourRun
        return person, kept.run


async def read_report(session: Session, organization: str, run_id: str) -> Report | None:
    """The report as it stands; None where there is no such run or it has not begun."""
    kept = await runs.load(session, organization, run_id)
    if kept is None or not kept.run.openings:
        return None
    kept_posts = await posts.of_run(session, organization, run_id)
    said, texts = [p.post for p in kept_posts], {p.post.key: p.body.text for p in kept_posts}
    items = await evidence.items(session, organization, run_id)
    team = await people.team_in(session, organization, kept.where.platform, kept.where.channel)
    links = await evidence.artifacts(session, organization, run_id)
    promises = await commitments.of_run(session, organization, run_id)
    shares = {s.position: s for s in participation(kept.run, said)}
    run = kept.run
    return Report(
        run=run.id,
        title=run.definition.title,
        team=team.name if team else "",
        ended=run.phase.is_over,
        cancelled=run.phase is Phase.CANCELLED,
        rehearsal=run.options.rehearsal,
        one_room=run.options.one_room,
        started_at=run.openings[0].starts_at,
        ended_at=run.current.closed_at if run.phase.is_over else None,
        facilitator=run.holder(FACILITATOR) or PersonId(""),
        steps=_steps(kept, attribute(run, said), shares, items),
        artifacts=tuple(
            Artifact(PersonId(a.person), a.title, a.url, noted_in(a, texts) or "")
            for a in links
            if not _is_sealed(run, a.position)
        ),
        commitments=tuple(
            Commitment(PersonId(p.person), p.what, p.due, p.state)
            for p in promises
            if not _is_sealed(run, p.position)
        ),
        attribution=run.definition.attribution,
        measures=of_items(
            (i.position, PersonId(i.person) if i.person else None, i.fields)
            for i in sorted(items, key=_said_at)
            if not (i.cipher or i.private or _is_sealed(run, i.position))
        ),
        over_days=run.clock is Clock.SCHOOL_DAYS,
        talk=talk_of_run(run, said),
    )


def noted_in(one: evidence.Artifact, texts: Mapping[str, str | None]) -> str | None:
    """The text of a note: its own, or that of its post (`texts`, by key) while that stands."""
    return texts.get(one.post_key or "", one.text) if one.kind == "note" else None


def _said_at(item: Item) -> tuple[int, float]:
    """The order in which answers came, an unnamed one first: it has no time."""
    return item.position, item.at.timestamp() if item.at else 0.0


def _steps(
    kept: Kept,
    attributed: tuple[Attributed, ...],
    shares: dict[int, Share],
    items: tuple[Item, ...],
) -> tuple[ReportStep, ...]:
    return tuple(
        _step(kept.run, position, attributed, shares.get(position), items)
        for position in range(len(kept.run.definition.steps))
    )


def _step(
    run: Run,
    position: int,
    attributed: tuple[Attributed, ...],
    share: Share | None,
    items: tuple[Item, ...],
) -> ReportStep:
    openings, step, is_sealed = (
        run.openings_of(position),
        run.step(position),
        _is_sealed(run, position),
    )
    here = [a for a in attributed if a.position == position and not a.post.deleted_at]
    return ReportStep(
        position=position,
        title=step.title,
        opened_at=openings[0].starts_at if openings else None,
        closed_at=openings[-1].closed_at if openings else None,
        how=_how(run, position),
        contributions=len([a for a in here if a.in_turn]),
        aside=len([a for a in here if not a.in_turn]),
        expected=share.expected if share else (),
        heard=share.heard if share and not is_sealed else (),
        passed=share.passed if share and not is_sealed else (),
        top_share=share.top_share if share and not is_sealed else 0.0,
        answers=tuple(_answer(i) for i in items if i.position == position and i.cipher is None),
    )


def _is_sealed(run: Run, position: int) -> bool:
    """Whether what was written in a step is still hidden."""
    openings = run.openings_of(position)
    return bool(run.step(position).is_sealed and openings and openings[0].closed_at is None)


def _how(run: Run, position: int) -> str:
    openings = run.openings_of(position)
    if not openings:
        return "ended early" if run.openings and position < run.current.position else ""
    last = openings[-1]
    reopened = ", opened again" if len(openings) > 1 else ""
    match last.closed_by:
        case ClosedBy.CLOCK:
            return f"closed by the clock{reopened}"
        case ClosedBy.PERSON:
            return f"closed by a person{reopened}"
        case ClosedBy.SKIPPED:
            return f"skipped: {last.reason}"
        case None:
            return ""


def _answer(item: Item) -> Answer:
    person = PersonId(item.person) if item.person else None
    given = tuple((label, shown(value)) for label, _, value in item.fields if value)
    return Answer(person, item.late, given)
