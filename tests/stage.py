"""The product on a stage: real database, real flows, a clock that the test sets. No mocks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.web.chat import WebChat
from bot import delivery, intake
from bot.cards.model import Card, Form
from bot.cards.words import english
from bot.clock import tick_due
from bot.flows.channel import PLATFORM, LocalChannel
from bot.flows.export import export_run
from bot.flows.house import House
from bot.ports import Chat
from bot.rules.aims import Aim
from bot.rules.uploads import Upload
from bot.wiring import new_id
from protocols.library import Library
from protocols.run import PersonId
from protocols.school_days import Calendar
from storage import migrate, people, runs
from storage.database import Database
from storage.people import Organization, Person, Team
from storage.sealing import Vault
from tests.protocols.factories import LIBRARY

CHANNEL = "team"
NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)
MEMBERS = ("ana", "ben", "cy", "dee")
COACH = "coach"


class Stage:
    """A team of Ana, Ben, Cy, Dee and their coach in one channel.

    Times are given as seconds after NOON; `until(seconds)` lets the clock run there, with every
    tick at its own time. What a person does takes a second, and is settled at once: handled and
    delivered.
    """

    def __init__(self, house: House, organization: str, clock: "_Time") -> None:
        """Use `open_stage`."""
        self.house, self.organization, self._clock = house, organization, clock
        self.channel = LocalChannel(house, organization)
        self._chats: dict[str, Chat] = {PLATFORM: WebChat(self.channel)}
        self._count = 0
        self.thread: str | None = None
        self.run = ""

    async def until(self, seconds: float) -> None:
        """Let time pass, with each tick when it is due."""
        end = NOON + timedelta(seconds=seconds)
        while True:
            await self.settle()
            async with self.house.database.read() as session:
                due = await runs.next_due_at(session, self.organization)
            if due is None or due > end:
                break
            self._clock.at = max(self._clock.at, due)
            await tick_due(self.house)
        self._clock.at = max(self._clock.at, end)

    async def settle(self) -> None:
        """Handle, tick and deliver until nothing is left to do."""
        while (
            await intake.handle_due(self.house)
            + await tick_due(self.house)
            + await delivery.deliver_due(self.house, self._chats)
        ):
            pass

    async def start(self, user: str, **values: str) -> str:
        """Start a run by the form; `protocol=`, `clock=`, `here=`, `brings=` ... Its id."""
        self.run = self.house.new_id()
        self.thread = f"run:{self.run}:card"
        given = {
            name: await self._ids(value) if name in ("here", "brings", "timekeeper") else value
            for name, value in values.items()
        }
        await self.submit(user, Aim("start", self.run, 0, 0).id, given, thread=None)
        return self.run

    async def say(self, user: str, text: str, *, beside: bool = False) -> str:
        """Say something in the run's thread (or beside it); the key of the message."""
        await self.channel.say(
            user=user,
            channel=CHANNEL,
            thread=None if beside else self.thread,
            text=text,
            once=self._once(),
        )
        await self.settle()
        lines = await self.channel.current(CHANNEL, None if beside else self.thread, user)
        return next(line.key for line in reversed(lines) if line.text == text)

    async def edit(self, user: str, key: str, text: str) -> None:
        """Edit one's message."""
        await self.channel.edit(user=user, channel=CHANNEL, key=key, text=text, once=self._once())
        await self.settle()

    async def delete(self, user: str, key: str) -> None:
        """Delete one's message."""
        await self.channel.delete(user=user, channel=CHANNEL, key=key, once=self._once())
        await self.settle()

    async def press(
        self, user: str, act: str, position: int = 0, opening: int = 0, extra: str = ""
    ) -> Card | Form | None:
        """Press a button of the run; what it shows, or None."""
        button = Aim(act, self.run, position, opening, extra).id
        shown = await self.channel.press(
            user=user, channel=CHANNEL, thread=self.thread, button=button, once=self._once()
        )
        await self.settle()
        return shown

    async def write(
        self, user: str, position: int, values: Mapping[str, str], opening: int = 0
    ) -> Form | None:
        """Hand in the form of a step; the form again where something is wrong."""
        form = Aim("write", self.run, position, opening).id
        return await self.submit(user, form, values, thread=self.thread)

    async def submit(
        self,
        user: str,
        form: str,
        values: Mapping[str, str],
        *,
        thread: str | None,
        uploads: Mapping[str, Upload] | None = None,
    ) -> Form | None:
        """Hand in any form."""
        again = await self.channel.submit(
            user=user,
            channel=CHANNEL,
            thread=thread,
            form=form,
            values=values,
            uploads=uploads,
            once=self._once(),
        )
        await self.settle()
        return again

    async def command(self, user: str, line: str) -> Card | Form | None:
        """Type a slash command."""
        shown = await self.channel.command(user=user, channel=CHANNEL, line=line, once=self._once())
        await self.settle()
        return shown

    async def seen_by(self, user: str) -> list[str]:
        """The keys of all that a person sees in the run's thread and channel."""
        lines = await self.channel.current(CHANNEL, self.thread, user)
        roots = await self.channel.current(CHANNEL, None, user)
        return [line.key for line in (*roots, *lines)]

    async def card(self, user: str, key: str) -> Card:
        """A card that a person sees. KeyError where they do not."""
        lines = [
            *await self.channel.current(CHANNEL, self.thread, user),
            *await self.channel.current(CHANNEL, None, user),
        ]
        found = {line.key: line.card for line in lines if line.card is not None}
        return found[key]

    async def person(self, user: str) -> PersonId:
        """Our id of a user."""
        async with self.house.database.read() as session:
            found = await people.person_of(session, self.organization, PLATFORM, user)
        assert found is not None
        return found

    async def export(self) -> dict[str, Any]:
        """The run's export."""
        return await export_run(self.house, self.run)

    async def _ids(self, users: str) -> str:
        return ",".join([await self.person(user) for user in users.split(",")])

    def _once(self) -> str:
        """A one-time key; whatever a person does takes a second."""
        self._count += 1
        self._clock.at += timedelta(seconds=1)
        return f"once-{self._count}"


class _Time:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The time that was set."""
        return self.at


async def open_stage(
    folder: Path,
    *,
    rate: float = 1.0,
    calendar: Calendar | None = None,
    library: Library = LIBRARY,
    start: datetime = NOON,
    members: tuple[str, ...] = MEMBERS,
) -> Stage:
    """A fresh stage with its database in a folder. Close `stage.house.database` at the end."""
    url = f"sqlite:///{folder / 'stage.db'}"
    migrate.upgrade(url)
    clock = _Time(start)
    house = House(
        database=Database(url),
        now=clock.now,
        new_id=new_id,
        vault=Vault("a test's secret"),
        calendar=calendar or Calendar(rate=rate),
        t=english,
        library=library,
    )
    organization = house.new_id()
    async with house.database.write() as session:
        school = Organization(organization, PLATFORM, "School", "School", {})
        await people.add_organization(session, school)
        team = Team(house.new_id(), CHANNEL, PLATFORM, CHANNEL, keeps_text=False)
        await people.add_team(session, organization, team)
        for order, user in enumerate((*members, COACH)):
            person = PersonId(house.new_id())
            who = Person(person, user, user.capitalize(), "", "en")
            await people.add_person(session, organization, PLATFORM, who)
            await people.add_member(
                session,
                organization,
                team.id,
                person,
                kind="observer" if user == COACH else "member",
                since=start - timedelta(days=1) + timedelta(minutes=order),
            )
    return Stage(house, organization, clock)


def reopened(stage: Stage, folder: Path) -> Stage:
    """The same school after a restart: everything in memory is new."""
    database = Database(f"sqlite:///{folder / 'stage.db'}")
    again = Stage(replace(stage.house, database=database), stage.organization, stage._clock)
    again.run, again.thread, again._count = stage.run, stage.thread, stage._count
    return again
