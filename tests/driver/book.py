"""The driver's own book: what the specification says a run's record must be. Nothing is imported.

Times are ISO texts of fixed width in UTC, so that text order is time order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# What the specification says of the three protocols: floor by step, who holds the material,
# and in which steps that person is silent beyond the floor or may speak too.
FLOORS = {
    "notice-wonder": ("alone", "round", "alone", "round", "open", "round"),
    "atlas-work": ("facilitator", "alone", "round", "group", "group", "presenter", "round"),
    "socratic-plan": (
        "presenter",
        "round",
        "alone",
        "group",
        "open",
        "open",
        "round",
        "open",
        "round",
    ),
}
HOLDER = {"notice-wonder": None, "atlas-work": "presenter", "socratic-plan": "lesson owner"}
SILENT = {("atlas-work", 1), ("atlas-work", 2)}
WITH = {("atlas-work", 0)}
PRIVATE = {("atlas-work", 1)}

NAMED = {"presenter": "not-presenter", "facilitator": "not-facilitator"}


@dataclass
class Window:
    """A time for which a step was open: from its post to the next step's post."""

    position: int
    opening: int
    opened_at: str


@dataclass
class Message:
    """One message, or one form: what the driver did, and what the page told it."""

    token: str
    person: str
    words: int
    via: str = "thread"
    key: str = ""  # a form's key is only known to the record
    at: str = ""  # of a form: when it was sent, at the latest
    since: str = ""  # of a form: when it was sent, at the earliest
    answers: str | None = None
    edited: bool = False
    deleted: bool = False
    placed: int | None = None  # a form belongs to the step that it was written for
    late: bool = False
    private: bool = False
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Book:
    """All that the driver knows of one run."""

    run: str
    protocol: str
    channel: str
    facilitator: str
    holder: str | None
    takes_part: bool
    people: list[str]  # in the run from the start, the facilitator among them
    phase: str = "running"
    windows: list[Window] = field(default_factory=list)
    ended_at: str = ""  # the driver said nothing in the run between this and the real end
    closed_by: dict[int, str] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    never_opened: list[int] = field(default_factory=list)
    passes: list[tuple[int, str, str]] = field(default_factory=list)  # position, person, at
    joins: dict[str, str] = field(default_factory=dict)  # person: at
    messages: list[Message] = field(default_factory=list)

    def floor(self, position: int) -> str:
        """Which floor a step has."""
        return FLOORS[self.protocol][position]

    def position_at(self, at: str) -> int | None:
        """In which step something was said, by its own time."""
        if self.ended_at and at > self.ended_at:
            return None
        before = [window for window in self.windows if window.opened_at <= at]
        return before[-1].position if before else None

    def position_of(self, message: Message) -> int | None:
        """In which step a message stands."""
        if message.placed is not None:
            return message.placed
        return self.position_at(message.at)

    def expected(self, position: int) -> list[str]:
        """Who is expected to speak in a step."""
        floor = self.floor(position)
        if floor == "facilitator":
            return [self.facilitator]
        if floor == "presenter":
            return [self.holder] if self.holder else []
        opened_at = next(w.opened_at for w in self.windows if w.position == position)
        joined = [person for person, at in self.joins.items() if at < opened_at]
        return [
            person
            for person in [*self.people, *joined]
            if (person != self.facilitator or self.takes_part)
            and not self.is_silent(position, person)
        ]

    def is_silent(self, position: int, person: str) -> bool:
        """Whether a role, or the floor `group`, silences somebody."""
        silences = (self.protocol, position) in SILENT or self.floor(position) == "group"
        return silences and person == self.holder

    def is_above(self, position: int, person: str) -> bool:
        """Whether somebody may always speak: the facilitator, about procedure.

        One who takes part as well is a participant where all have a turn, or all write alone.
        """
        takes_turns = self.takes_part and self.floor(position) in ("round", "alone")
        return person == self.facilitator and not takes_turns

    def barred(self, position: int, person: str) -> str | None:
        """Why somebody may not speak in a step's thread at all, or None."""
        floor = self.floor(position)
        if self.is_above(position, person):
            return None
        if person not in self.people and person not in self.joins:
            return "observer"
        if self.is_silent(position, person):
            return "silent-role"
        if floor == "presenter" and person == self.holder:
            return None
        if floor == "facilitator" and person == self.holder and (self.protocol, position) in WITH:
            return None
        return "sealed-step" if floor == "alone" else NAMED.get(floor)

    def record(self) -> dict[str, Any]:
        """What the export must say, in the driver's words."""
        stands = {id(message): self.position_of(message) for message in self.messages}
        steps = [self._step(position) for position in range(len(FLOORS[self.protocol]))]
        contributions, participation = [self._line(m, None, None) for m in self._outside()], []
        for position in sorted({window.position for window in self.windows}):
            here = [m for m in self.messages if stands[id(m)] == position]
            judged = list(self._judge(position, sorted(here, key=lambda m: (m.at, m.key))))
            contributions += [self._line(m, position, reason) for m, reason in judged]
            participation.append(self._share(position, judged))
        return {
            "run": {
                "id": self.run,
                "protocol": self.protocol,
                "facilitator": self.facilitator,
                "phase": self.phase,
                "clock": "full",
                "rehearsal": False,
                "channel": self.channel,
                "started_at": self.windows[0].opened_at,
            },
            "holder": [HOLDER[self.protocol], self.holder] if self.holder else None,
            "steps": steps,
            "contributions": contributions,
            "items": [self._item(m) for m in self.messages if m.via == "form" and not m.private],
            "participation": participation,
        }

    def _outside(self) -> list[Message]:
        return [m for m in self.messages if self.position_of(m) is None]

    def _judge(
        self, position: int, messages: Iterable[Message]
    ) -> Iterable[tuple[Message, str | None]]:
        """Each message of a step in order, and why it is out of turn. A deleted post is no turn."""
        waiting, spoke = set(self.expected(position)), set[str]()
        passes = sorted((at, who) for where, who, at in self.passes if where == position)
        for message in messages:
            while passes and passes[0][0] < message.at:
                waiting.discard(passes.pop(0)[1])
            who, reason = message.person, None
            if message.via == "thread":
                reason = self.barred(position, who)
            is_again = self.floor(position) == "round" and who in spoke and bool(waiting)
            if not reason and is_again and not message.answers and not self.is_above(position, who):
                reason = "second-in-round"
            if not reason and not message.deleted:
                spoke.add(who)
                waiting.discard(who)
            yield message, reason

    def _line(self, message: Message, position: int | None, reason: str | None) -> dict[str, Any]:
        return {
            "key": message.key,
            "token": message.token,
            "person": message.person,
            "step": position,
            "since": message.since or message.at,
            "at": message.at,
            "words": message.words,
            "in_turn": reason is None and position is not None,
            "out_of_turn": reason,
            "answers": message.answers,
            "late": message.late,
            "edited": message.edited,
            "deleted": message.deleted,
            "captured_by": message.via,
            "text": self._text(message),
        }

    def _text(self, message: Message) -> str | None:
        """The text values joined by an empty line; of what is private, nothing."""
        if message.via == "thread" or message.private:
            return None
        return "\n\n".join(v for k, v in message.fields.items() if not k.startswith("?"))

    def _item(self, message: Message) -> dict[str, Any]:
        values = {label.lstrip("?"): value for label, value in message.fields.items()}
        return {"step": message.placed, "person": message.person, "values": values}

    def _share(self, position: int, judged: list[tuple[Message, str | None]]) -> dict[str, Any]:
        expected = self.expected(position)
        said = [
            message.person
            for message, reason in judged
            if reason is None and not message.deleted and message.person in expected
        ]
        passed = {who for where, who, _ in self.passes if where == position}
        silent = set(expected) - set(said) - passed
        if self.closed_by.get(position) == "skipped":
            silent = set()  # a departure that was explained is no silence
        return {
            "step": position,
            "expected": sorted(expected),
            "heard": sorted(set(said)),
            "passed": sorted(passed),
            "not_yet_heard": sorted(silent),
            "top_share": max(map(said.count, said)) / len(said) if said else 0.0,
        }

    def _step(self, position: int) -> dict[str, Any]:
        openings = [w for w in self.windows if w.position == position]
        forms = {m.person for m in self.messages if m.via == "form" and m.placed == position}
        return {
            "position": position,
            "floor": self.floor(position),
            "opened_at": openings[0].opened_at if openings else None,
            "closed_by": self.closed_by.get(position),
            "reason": self.reasons.get(position),
            "reopened": [window.opened_at for window in openings[1:]],
            "handed_in": len(forms) if self.floor(position) == "alone" else None,
        }
