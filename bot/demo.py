"""The seeded school of the demo: made by driving the product itself on a clock of its own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.web.chat import WebChat
from bot import delivery, intake, players
from bot.cards import starts
from bot.cards.model import to_json
from bot.clock import tick_due
from bot.flows.channel import PLATFORM, LocalChannel
from bot.flows.house import House
from bot.rules import keys
from bot.rules.aims import Aim
from protocols.run import PersonId
from storage import outbox, people, runs
from storage.database import Session
from storage.people import Organization, Person, Team


@dataclass(frozen=True, slots=True)
class School:
    """Invented people; `visitor` is who a first visit is."""

    name: str
    visitor: str
    people: tuple[tuple[str, str, str, str], ...]
    teams: tuple[tuple[str, str, dict[str, str]], ...]


SCHOOL = School(
    name="Harbor Middle School (invented)",
    visitor="alvarez",
    people=(
        ("alvarez", "Rosa Alvarez", "teacher-leader, Grade 7 ELA", "en"),
        ("okafor", "Ben Okafor", "teacher-leader, Grade 6 math", "en"),
        ("chen", "Mei Chen 陈美", "Grade 7 ELA", "en"),
        ("pena", "Lucía Peña", "Grade 7 ELA, writes Spanish", "es"),
        ("whitfield", "Dana Whitfield", "coach", "en"),
    ),
    teams=(
        (
            "grade-7-ela",
            "grade-7-ela",
            {
                "alvarez": "member",
                "okafor": "member",
                "chen": "member",
                "pena": "member",
                "whitfield": "observer",
            },
        ),
        (
            "grade-6-math",
            "grade-6-math",
            {"okafor": "member", "alvarez": "member", "chen": "member", "whitfield": "observer"},
        ),
    ),
)
LIVE, FINISHED = "grade-7-ela", "grade-6-math"
AHEAD = "ahead_seconds"


class DemoClock:
    """The system's clock, ahead by what was skipped."""

    def __init__(self, system: Callable[[], datetime]) -> None:
        """`system`: aware UTC times."""
        self._system = system
        self.ahead = timedelta()

    def now(self) -> datetime:
        """The demo's time."""
        return self._system() + self.ahead


async def seed(house: House, clock: DemoClock) -> str:
    """The id of the school's organization, made on the first start; a live run is always there."""
    async with house.database.write() as session:
        known = await people.organization(session, PLATFORM, SCHOOL.name)
        organization = known.id if known else await _make_school(house, session)
        clock.ahead = timedelta(seconds=known.settings.get(AHEAD, 0) if known else 0)
    if known is None:
        await _finished_run(house, organization)
    async with house.database.read() as session:
        live = await runs.live_in(session, organization, LIVE)
    if not live:
        await _live_run(house, organization)
    return organization


async def _make_school(house: House, session: Session) -> str:
    organization, since = house.new_id(), house.now() - timedelta(days=30)
    await people.add_organization(
        session, Organization(organization, PLATFORM, SCHOOL.name, SCHOOL.name, {})
    )
    ids = {}
    for user, name, about, language in SCHOOL.people:
        ids[user] = PersonId(house.new_id())
        who = Person(ids[user], user, name, about, language)
        await people.add_person(session, organization, PLATFORM, who)
    for channel, name, members in SCHOOL.teams:
        team = Team(house.new_id(), name, PLATFORM, channel, keeps_text=False)
        await people.add_team(session, organization, team)
        for order, (user, kind) in enumerate(members.items()):
            joined = since + timedelta(minutes=order)
            await people.add_member(
                session, organization, team.id, ids[user], kind=kind, since=joined
            )
    return organization


class _Past:
    """The product on a clock that we set: what it does, it does at that time."""

    def __init__(self, house: House, organization: str, at: datetime) -> None:
        self.at = at
        self.house = replace(house, now=self.now)
        self.channel = LocalChannel(self.house, organization)
        self._chats = {PLATFORM: WebChat(self.channel)}

    def now(self) -> datetime:
        """The time that we set; it moves a little with each look."""
        self.at += timedelta(milliseconds=1)
        return self.at

    async def settle(self) -> None:
        """Handle, tick and send until nothing is left to do."""
        while (
            await intake.handle_due(self.house)
            + await tick_due(self.house)
            + await delivery.deliver_due(self.house, self._chats)
        ):
            pass


async def _begin(past: _Past, user: str, channel: str, values: dict[str, str]) -> str:
    run = past.house.new_id()
    form = Aim("start", run, 0, 0).id
    await past.channel.submit(
        user=user, channel=channel, thread=None, form=form, values=values, once=run
    )
    await past.settle()
    return run


async def _finished_run(house: House, organization: str) -> None:
    """Two days ago the other team ran a protocol to its report."""
    past = _Past(house, organization, house.now() - timedelta(days=2))
    values = {"protocol": "notice-wonder", "clock": "short"}
    run = await _begin(past, "okafor", FINISHED, values)
    actors = players.Players(past.house, past.channel, organization, everyone=True, visitor="")
    for _ in range(600):
        past.at += timedelta(seconds=20)
        await actors.act()
        await past.settle()
        async with house.database.read() as session:
            kept = await runs.load(session, organization, run)
        if kept is None or kept.run.phase.is_over:
            return


async def _live_run(house: House, organization: str) -> None:
    """A rehearsal in which two colleagues have written, and the visitor has not yet."""
    past = _Past(house, organization, house.now() - timedelta(minutes=2))
    values = {
        "protocol": "notice-wonder",
        "clock": "full",
        "takes_part": "yes",
        "rehearsal": "yes",
    }
    run = await _begin(past, SCHOOL.visitor, LIVE, values)
    longer = Aim("extend", run, 0, 0, "30").id
    await past.channel.press(
        user=SCHOOL.visitor, channel=LIVE, thread=None, button=longer, once=f"longer:{run}"
    )
    for user in ("okafor", "chen"):
        past.at += timedelta(seconds=20)
        actors = players.Players(
            past.house, past.channel, organization, everyone=False, visitor=SCHOOL.visitor
        )
        await actors.act_as(user, run)
    await _welcome(past.house, organization, run)
    await past.settle()


async def _welcome(house: House, organization: str, run: str) -> None:
    async with house.database.write() as session:
        visitor = await people.person_of(session, organization, PLATFORM, SCHOOL.visitor)
        card = starts.welcome_card(house.t, run, SCHOOL.people[0][1], written=2)
        wanted = outbox.Put(
            organization=organization,
            key=f"run:{run}:welcome",
            platform=PLATFORM,
            channel=LIVE,
            card=to_json(card),
            run=run,
            thread=run,
            only_for=visitor,
        )
        await outbox.put(session, wanted, house.now())


async def landing(house: House, organization: str) -> str:
    """Where a first visit leads: into the thread of the live run."""
    address = f"/as/{SCHOOL.visitor}/channel/{LIVE}"
    async with house.database.read() as session:
        live = await runs.live_in(session, organization, LIVE)
    return f"{address}?thread={keys.card(live[0])}" if live else address


async def skip_ahead(house: House, organization: str, clock: DemoClock) -> None:
    """Move the demo's clock to the next thing that is due; kept, so that a restart keeps it."""
    async with house.database.write() as session:
        due = await runs.next_due_at(session, organization)
        found = await people.organization_by_id(session, organization)
        if due is None or found is None:
            return
        clock.ahead += max(due - clock.now(), timedelta())
        settings = {**found.settings, AHEAD: clock.ahead.total_seconds()}
        await people.set_settings(session, organization, settings)
