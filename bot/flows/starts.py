"""A run begins: from one press, from the start form, or by its protocol's name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot import ports
from bot.flows.house import House
from bot.flows.runs import Change, change, put_card
from bot.flows.sender import Sender
from bot.rules import offers
from bot.rules.aims import is_id, read
from protocols import events
from protocols.model import TIMEKEEPER, Clock, Protocol
from protocols.run import Options, PersonId, Run, RunId
from storage import people, runs
from storage.database import Session
from storage.people import Team
from storage.runs import Where

ACTS = ("begin", "start")


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
        protocol = house.library.find(aim.extra)
        wanted = Wanted(aim.run, protocol) if protocol else None
    else:
        wanted = _settled(house, read(arrival.form).run, arrival.values)
    if wanted is not None and is_id(wanted.run):
        await _begin(house, session, sender, arrival, wanted)


async def start_by_name(
    house: House, session: Session, sender: Sender, arrival: ports.Commanded
) -> None:
    """Begin the protocol of that name, with every default."""
    protocol = house.library.find(arrival.rest)
    if protocol is not None:
        await _begin(house, session, sender, arrival, Wanted(house.new_id(), protocol))


def _settled(house: House, run: str, values: Mapping[str, str]) -> Wanted | None:
    protocol = house.library.find(values.get("protocol", ""))
    if protocol is None:
        return None
    options = Options(
        takes_part=values.get("takes_part") == "yes" or protocol.facilitator_takes_part,
        one_room=values.get("one_room") == "yes",
        rehearsal=values.get("rehearsal") == "yes",
        closes_on_time=values.get("closes_on_time") == "yes",
    )

    def person(name: str) -> PersonId | None:
        return PersonId(values[name]) if values.get(name) else None

    return Wanted(
        run=run,
        protocol=protocol,
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
