"""The port Chat for the local channel: its log takes what the other platforms are sent."""

from datetime import datetime

from bot.cards.model import Card
from bot.flows.channel import LocalChannel
from bot.ports import Absent, Outcome, Place, Sent


class WebChat:
    """Writes cards into the local channel's log; a key that stands is never written twice."""

    def __init__(self, channel: LocalChannel) -> None:
        """`channel`: whose log it writes."""
        self._channel = channel

    async def post(self, place: Place, card: Card, key: str) -> Outcome:
        """Post a card."""
        return await self._channel.write_card(place, card, key)

    async def update(self, place: Place, message_id: str, card: Card) -> Outcome:
        """Show a card anew."""
        return await self._channel.write_card(place, card, message_id)

    async def whisper(self, place: Place, person: str, card: Card, key: str) -> Outcome:
        """Show a card to one person only."""
        return await self._channel.write_card(place, card, key, only_for=person)

    async def find(
        self,
        place: Place,
        key: str,
        since: datetime,  # noqa: ARG002 # the log knows all
        *,
        private: bool,  # noqa: ARG002 # notes stand in it, too
    ) -> Sent | Absent:
        """Look whether a card of this key stands."""
        return await self._channel.find_card(place, key)
