"""The one verb table: it makes the help, the completion, and later the platforms' manifests."""

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Who may use a verb; the engine checks it again."""

    ANYONE = "anyone"
    MEMBER = "any member"
    CONTROL = "facilitator, timekeeper"
    FACILITATOR = "facilitator"


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of `/plc`. `example` is a line that works."""

    name: str
    who: Who
    help: str
    example: str


VERBS = (
    Verb("start", Who.MEMBER, "Start a protocol, by need or by name", "/plc start notice-wonder"),
    Verb("plan", Who.MEMBER, "Set a protocol for a day and time", "/plc plan notice-wonder"),
    Verb("next", Who.CONTROL, "Close this step and open the next one", "/plc next"),
    Verb("pause", Who.CONTROL, "Stop the clock", "/plc pause"),
    Verb("resume", Who.CONTROL, "Let the clock go on", "/plc resume"),
    Verb("extend", Who.CONTROL, "Give this step more minutes", "/plc extend 5"),
    Verb("end", Who.FACILITATOR, "Go to the debrief now", "/plc end"),
    Verb("roles", Who.FACILITATOR, "Hand a role over", "/plc roles"),
    Verb("status", Who.ANYONE, "Where we are, for you alone", "/plc status"),
    Verb("evidence", Who.ANYONE, "Attach a link, file or note", "/plc evidence"),
    Verb("help", Who.ANYONE, "What you can do here", "/plc help"),
)


def verb(name: str) -> Verb | None:
    """The verb of that name."""
    return next((v for v in VERBS if v.name == name), None)


def spoken(line: str) -> tuple[str, str]:
    """The verb and the rest of a line: `/plc next`, `/protocol tuning`; another word is a verb."""
    word, _, rest = line.strip().removeprefix("/").partition(" ")
    if word == "protocol":
        return "start", rest.strip()
    if word != "plc":
        return word.lower(), rest.strip()
    name, _, more = rest.strip().partition(" ")
    return name.lower(), more.strip()
