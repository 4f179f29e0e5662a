"""What adapters hand in (arrivals), and what differs by platform (the port Chat).

Arrivals are in platform ids; flows resolve them to events. All carry `source` and `event_id`
(the key against doubles), the platform's id of the organization, and the platform's time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal
from typing import Protocol as Port

from pydantic import Field, TypeAdapter

from bot.cards.charts import Chart
from bot.cards.model import Card, Form
from protocols.run import CapturedBy


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a thread of a channel of a platform, or the channel itself."""

    platform: str
    channel: str
    thread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What all arrivals share."""

    source: str
    event_id: str
    organization: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Arrived):
    """A person said something; `key` is the platform's id of the message."""

    place: Place
    key: str
    person: str
    text: str
    second_key: str | None = None
    answers: str | None = None
    mentions: tuple[str, ...] = ()
    link: str | None = None
    captured_by: CapturedBy = CapturedBy.THREAD
    kind: Literal["said"] = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(Arrived):
    """A person edited their message."""

    place: Place
    key: str
    person: str
    text: str
    kind: Literal["edited"] = "edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted(Arrived):
    """A person deleted their message."""

    place: Place
    key: str
    person: str
    kind: Literal["deleted"] = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed(Arrived):
    """A button was pressed; `button` is its id, `inputs` what stood in the card's inputs."""

    place: Place
    person: str
    button: str
    card_key: str | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    trigger: str | None = None
    kind: Literal["pressed"] = "pressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted(Arrived):
    """A form came back. Encrypted in the inbox, emptied when done."""

    place: Place
    person: str
    form: str
    values: Mapping[str, str]
    trigger: str | None = None
    kind: Literal["submitted"] = "submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded(Arrived):
    """A slash command: the verb and the rest of the line."""

    place: Place
    person: str
    verb: str
    rest: str = ""
    trigger: str | None = None
    kind: Literal["commanded"] = "commanded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced(Arrived):
    """A step's post was sent; made by delivery, `at` is the platform's time of that post."""

    run: str
    position: int
    opening: int
    kind: Literal["announced"] = "announced"


Arrival = Annotated[
    Said | Edited | Deleted | Pressed | Submitted | Commanded | Announced,
    Field(discriminator="kind"),
]
ARRIVAL: TypeAdapter[Arrival] = TypeAdapter(Arrival)


@dataclass(frozen=True, slots=True)
class Sent:
    """It stands there: the platform's id and time of it."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not there; `retry_after` in seconds where the platform says."""

    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may stand there: look before sending again."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will never take it; gone, forbidden, too_big, invalid or token."""

    reason: str


@dataclass(frozen=True, slots=True)
class Absent:
    """Looked: it is not there."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """This platform cannot look."""


Outcome = Sent | NotSent | Unclear | Refused


class Chat(Port):
    """One chat platform. Answers are returned, never raised."""

    async def post(self, place: Place, card: Card, key: str) -> Outcome:
        """Post a card."""

    async def update(self, place: Place, message_id: str, card: Card) -> Outcome:
        """Replace a card that stands."""

    async def whisper(self, place: Place, person: str, card: Card, key: str) -> Outcome:
        """Show a card to one person only."""

    async def find(
        self, place: Place, key: str, since: datetime, *, private: bool
    ) -> Sent | Absent | Unknown:
        """Look whether a post with this key stands; `private`: one that was shown to one person."""


class Pictures(Port):
    """Draws charts and documents. None: not just now; the numbers stand beside it anyway."""

    async def svg(self, chart: Chart) -> str | None:
        """A chart in the ink of the page that it stands in."""

    async def png(self, chart: Chart) -> bytes | None:
        """A chart on white, for a chat or a mail."""

    async def pdf(self, document: Mapping[str, Any]) -> bytes | None:
        """A document as `bot/cards/documents.py` makes it, tagged for screen readers."""


Answer = Card | Form | None
