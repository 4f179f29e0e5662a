"""A run begins: from one press, from the start form, or by its protocol's name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot import ports
from bot.flows.house import House
from bot.flows.runs import Change, change, put_card
from bot.flows.sender import Sender
from bot.rules import offers
from bot.rules.aims import Aim, is_id, read
from bot.rules.keys import run_after
from bot.rules.plans import a_week_later, planned_at
from protocols import events
from protocols.model import TIMEKEEPER, Clock, Protocol
from protocols.run import Options, PersonId, Run, RunId
from storage import people, runs
from storage.database import Session
from storage.people import Team
from storage.runs import Where

ACTS = ("begin", "start", "plan", "again")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A start as it was settled. `here` empty: everybody of the team."""

    run: str
    protocol: Protocol
    clock: Clock = Clock.SHORT
    here: tuple[PersonId, ...] = ()
    brings: PersonId | None = None
    timekeeper: PersonId | None = None
    options: Options = field(default_factory=Options)
    planned_at: datetime | None = None


def is_start(arrival: ports.Pressed | ports.Submitted) -> bool:
    """Whether this begins a run."""
    button = arrival.button if isinstance(arrival, ports.Pressed) else arrival.form
    return button.partition(":")[0] in ACTS


async def start(
    house: House, session: Session, sender: Sender, arrival: ports.Pressed | ports.Submitted
) -> None:
    """Begin what a button or the start form names; the run's id came with it, so twice is once."""
    if isinstance(arrival, ports.Pressed):
        aim = read(arrival.button)
        if aim.act == "again":
            await _next_week(house, session, sender, arrival)
            return
        protocol = house.library.find(aim.extra)
        wanted = Wanted(aim.run, protocol) if protocol else None
    else:
        wanted = _settled(house, read(arrival.form), arrival.values)
    if wanted is not None and is_id(wanted.run):
        await _begin(house, session, sender, arrival, wanted)


async def start_by_name(
    house: House, session: Session, sender: Sender, arrival: ports.Commanded
) -> None:
    """Begin the protocol of that name, with every default."""
    protocol = house.library.find(arrival.rest)
    if protocol is not None:
        await _begin(house, session, sender, arrival, Wanted(house.new_id(), protocol))


async def _next_week(
    house: House, session: Session, sender: Sender, arrival: ports.Pressed
) -> None:
    """Plan the same protocol and people for the same time next week; twice is once."""
    kept = await runs.load(session, sender.organization, read(arrival.button).run)
    if kept is None or not kept.run.openings:
        return
    run = kept.run
    bringing = offers.role_that_brings(run.definition)
    began = run.planned_at or run.openings[0].opened_at
    wanted = Wanted(
        run=run_after(run.id),
        protocol=run.definition,
        clock=run.clock,
        here=tuple(dict.fromkeys(member.person for member in run.roster)),
        brings=run.holder(bringing) if bringing else None,
        timekeeper=run.holder(TIMEKEEPER),
        options=run.options,
        planned_at=a_week_later(began, house.calendar),
    )
    await _begin(house, session, sender, arrival, wanted)


def _settled(house: House, aim: Aim, values: Mapping[str, str]) -> Wanted | None:
    protocol = house.library.find(values.get("protocol", ""))
    zone = house.calendar.zone
    at = planned_at(values.get("day", ""), values.get("time", ""), zone)
    is_plan = aim.act == "plan"
    if protocol is None or (is_plan and at is None):
        return None
    options = Options(
        takes_part=values.get("takes_part") == "yes" or protocol.facilitator_takes_part,
        one_room=values.get("one_room") == "yes",
        rehearsal=values.get("rehearsal") == "yes",
        closes_on_time=values.get("closes_on_time") == "yes",
    )
    days = offers.absentee_days(values.get("absentee_days", ""))
    if days is not None:
        options = replace(options, absentee_days=days)

    def person(name: str) -> PersonId | None:
        return PersonId(values[name]) if values.get(name) else None

    return Wanted(
        run=aim.run,
        protocol=protocol,
        planned_at=at if is_plan else None,
        clock=_clock(values.get("clock", "")),
        here=tuple(PersonId(p) for p in values.get("here", "").split(",") if p),
        brings=person("brings"),
        timekeeper=person("timekeeper"),
        options=options,
    )


def _clock(value: str) -> Clock:
    return Clock(value) if value in list(Clock) else Clock.SHORT


async def _begin(
    house: House,
    session: Session,
    sender: Sender,
    arrival: ports.Pressed | ports.Submitted | ports.Commanded,
    wanted: Wanted,
) -> None:
    if await runs.load(session, sender.organization, wanted.run) is not None:
        return
    team = await _team(house, session, sender, arrival.place)
    kinds = await people.members(session, sender.organization, team.id)
    if kinds.get(sender.person) != "member":
        raise offers.OnlyMembersStart
    members = [person for person, kind in kinds.items() if kind == "member"]
    run = _new_run(wanted, sender.person, members, arrival)
    place = arrival.place
    where = Where(sender.organization, team.id, place.platform, place.channel, None)
    await runs.add(session, run, where, house.calendar)
    kept = await runs.load(session, sender.organization, run.id)
    if kept is not None:
        await put_card(house, session, kept)
        if run.planned_at is not None and not run.step(0).before:
            return  # a person begins
        started = events.Started(at=arrival.at, by=sender.person)
        await change(house, session, kept, Change(arrival.at, [started], seen=True))


def _new_run(
    wanted: Wanted, starter: PersonId, members: list[PersonId], arrival: ports.Arrived
) -> Run:
    here = [p for p in members if p == starter or not wanted.here or p in wanted.here]
    chosen: dict[str, PersonId] = {}
    bringing = offers.role_that_brings(wanted.protocol)
    if bringing is not None and wanted.brings in here and wanted.brings is not None:
        chosen[bringing] = wanted.brings
    if wanted.timekeeper in here and wanted.timekeeper is not None:
        chosen[TIMEKEEPER] = wanted.timekeeper
    takes_part = wanted.options.takes_part or wanted.protocol.facilitator_takes_part
    return Run(
        id=RunId(wanted.run),
        definition=wanted.protocol,
        clock=wanted.clock,
        options=replace(wanted.options, takes_part=takes_part),
        planned_at=wanted.planned_at,
        roster=offers.roster(here, arrival.at),
        roles=offers.roles(wanted.protocol, starter, here, chosen),
    )


async def _team(house: House, session: Session, sender: Sender, place: ports.Place) -> Team:
    """The team of a channel; a channel that has none gets one, with who asked."""
    found = await people.team_in(session, sender.organization, place.platform, place.channel)
    if found is not None:
        return found
    team = Team(house.new_id(), place.channel, place.platform, place.channel, keeps_text=False)
    await people.add_team(session, sender.organization, team)
    await people.add_member(
        session, sender.organization, team.id, sender.person, kind="member", since=house.now()
    )
    return team
