"""Where a platform hands in what people did: it is shown at once, asked again, or kept."""

from collections.abc import Mapping
from dataclasses import replace

from bot import ports
from bot.cards.model import Card, Form
from bot.flows import arrivals, asks, checks, door
from bot.flows.house import House
from bot.flows.sender import find_sender
from bot.rules.uploads import Upload
from storage import runs

Message = ports.Said | ports.Edited | ports.Deleted


class Desk:
    """The desk of one organization. What it has taken is committed when it answers."""

    def __init__(self, house: House, organization: str) -> None:
        """`organization`: our id."""
        self._house, self._organization = house, organization

    async def take(self, arrival: Message) -> None:
        """Take a message, or what became of one. Twice is once.

        What is said in a channel where no run takes posts is nobody's business, and is not kept.
        """
        place = arrival.place
        async with self._house.database.write() as session:
            live = await runs.live_in(session, self._organization, place.channel)
            if not live and isinstance(arrival, ports.Said) and place.thread is None:
                return
            await arrivals.keep(self._house, session, self._organization, arrival)

    async def answer(self, arrival: asks.Shown) -> Card | Form | None:
        """A press or command: a form or private card to show, or None: it was taken."""
        shown = await asks.ask(self._house, self._organization, arrival)
        if shown is None:
            await self._keep(arrival)
        return shown

    async def submit(
        self, arrival: ports.Submitted, uploads: Mapping[str, Upload] | None = None
    ) -> Form | None:
        """A dialog came back: the form again with faults or a question, or None: it was taken."""
        received = await door.receive(self._house, self._organization, arrival, uploads or {})
        wrong = await checks.check(self._house, self._organization, received.arrival)
        again = await door.again(self._house, self._organization, received, wrong)
        if again is None:
            await self._keep(received.arrival, received)
        return again

    async def _keep(
        self,
        arrival: ports.Pressed | ports.Commanded | ports.Submitted,
        received: door.Received | None = None,
    ) -> None:
        """Take an arrival in at the time of its transaction, which orders it, with its files."""
        async with self._house.database.write() as session:
            now = replace(arrival, at=self._house.now())
            is_new = await arrivals.keep(self._house, session, self._organization, now)
            if is_new and received and (received.fit or received.kinds):
                sender = await find_sender(self._house, session, self._organization, now)
                await door.keep(self._house, session, self._organization, sender.person, received)
