"""Hand-written fakes for what is not ours: a chat platform, and time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from bot.cards.model import Card
from bot.ports import Absent, NotSent, Outcome, Place, Refused, Sent, Unclear, Unknown


@dataclass
class FakeClock:
    """A clock that stands still until the test moves it. `looked_at`: called at each look."""

    at: datetime = datetime(2026, 11, 24, 17, tzinfo=UTC)
    looked_at: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        """The time that was set."""
        self.looked_at()
        return self.at

    def forward(self, **length: float) -> None:
        """Let time pass, such as `seconds=5`."""
        self.at += timedelta(**length)


class Lost(Enum):
    """What went wrong where nobody knows whether the message stands."""

    REQUEST = auto()  # it does not
    ANSWER = auto()  # it does
    TIME = auto()  # it does not, and nobody answered in time
    MIND = auto()  # the chat itself broke, as no chat should


@dataclass
class FakeChat:
    """A platform that refuses what none would forgive: a message twice, an edit of nothing.

    `hiccups`: what goes wrong with the next sends, in order; afterwards all goes well.
    `stands`: what everybody or, by `key>user`, one person sees. `calls`: what was asked of it.
    """

    clock: FakeClock
    can_look: bool = True
    hiccups: list[NotSent | Refused | Lost] = field(default_factory=list)
    stands: dict[str, Card] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    async def post(self, place: Place, card: Card, key: str) -> Outcome:
        """Post a card under a key that does not stand yet."""
        self.calls.append(f"post {key}")
        return self._send(place, card, key, key)

    async def whisper(self, place: Place, person: str, card: Card, key: str) -> Outcome:
        """Show a card to one person."""
        self.calls.append(f"whisper {key} to {person}")
        return self._send(place, card, key, f"{key}>{person}")

    async def update(self, place: Place, message_id: str, card: Card) -> Outcome:  # noqa: ARG002 # keys name the place
        """Replace a card that stands."""
        self.calls.append(f"update {message_id}")
        key = message_id.removeprefix("id of ")
        assert key in self.stands, f"an edit of what does not stand: {key}"
        answer = self._hiccup(lambda: self.stands.update({key: card}))
        return answer or Sent(message_id, self.clock.at)

    async def find(
        self,
        place: Place,  # noqa: ARG002 # keys name the place
        key: str,
        since: datetime,  # nobody looks into the future
        *,
        private: bool,  # noqa: ARG002 # notes are kept like posts
    ) -> Sent | Absent | Unknown:
        """Look whether a card stands; nobody looks into the future."""
        self.calls.append(f"find {key}")
        assert since <= self.clock.at
        if not self.can_look:
            return Unknown()
        return Sent(f"id of {key}", self.clock.at) if key in self.stands else Absent()

    def _send(self, place: Place, card: Card, key: str, stand: str) -> Outcome:
        assert stand not in self.stands, f"sent twice: {stand}"

        def write() -> None:
            self.stands[stand], self.places[stand] = card, place

        answer = self._hiccup(write)
        return answer or Sent(f"id of {key}", self.clock.at)

    def _hiccup(self, write: Callable[[], object]) -> Outcome | None:
        hiccup = self.hiccups.pop(0) if self.hiccups else None
        match hiccup:
            case None:
                write()
                return None
            case NotSent() | Refused():
                return hiccup
            case Lost.REQUEST:
                return Unclear()
            case Lost.ANSWER:
                write()
                return Unclear()
            case Lost.TIME:
                raise TimeoutError
            case Lost.MIND:
                raise RuntimeError
