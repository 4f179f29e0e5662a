"""Our sentences: translated first, then filled with parts that no markup can break."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from protocols.model import Clock
from protocols.run import PersonId, Run

from bot.cards.model import LABEL, OPTIONS, PEOPLE, Option, Part, Person, Text, When, WhenStyle

Translator = Callable[[str], str]

_SLOT = re.compile(r"\{(\w+)\}")


def english(sentence: str) -> str:
    """The translator of the language that we write in."""
    return sentence


def parts(t: Translator, sentence: str, **values: Part) -> tuple[Part, ...]:
    """A sentence with its `{slots}` filled by parts. KeyError for a slot without a value."""
    pieces = _SLOT.split(t(sentence))
    filled = (values[piece] if i % 2 else piece for i, piece in enumerate(pieces))
    return tuple(part for part in filled if part != "")


def text(t: Translator, sentence: str, **values: Part) -> Text:
    """A paragraph of one sentence."""
    return Text(parts(t, sentence, **values))


def quiet(t: Translator, sentence: str, **values: Part) -> Text:
    """A paragraph that is shown smaller."""
    return Text(parts(t, sentence, **values), quiet=True)


def plain_text(paragraph: Text) -> str:
    """Our words of a paragraph, for a summary; it holds no name, and nothing that a person typed."""
    return "".join(_plain(part) for part in paragraph.parts)


def _plain(part: Part) -> str:
    match part:
        case str():
            return part
        case When(fallback=fallback):
            return fallback
        case Person():
            return "…"
        case _:
            return ""


def listed(t: Translator, people: tuple[Part, ...]) -> tuple[Part, ...]:
    """People in a row: "A, B and C"; of many the first, and how many more."""
    if len(people) > PEOPLE:
        more = t("{count} more").format(count=len(people) - PEOPLE)
        people = (*people[:PEOPLE], more)
    joined: list[Part] = []
    for index, person in enumerate(people):
        if index:
            joined.append(t(" and ") if index == len(people) - 1 else ", ")
        joined.append(person)
    return tuple(joined)


def clock_time(at: datetime, zone: str) -> When:
    """A clock time, with the team's zone for readers whose own is unknown."""
    return When(at, WhenStyle.TIME, _clock(at.astimezone(ZoneInfo(zone))))


def step_time(run: Run, position: int, at: datetime, zone: str) -> When:
    """A time of a step: with its day where the step takes school days."""
    if run.clock_of(position) is not Clock.SCHOOL_DAYS:
        return clock_time(at, zone)
    return day_time(at, zone)


def day_time(at: datetime, zone: str) -> When:
    """A day and a time, with the team's zone for readers whose own is unknown."""
    local = at.astimezone(ZoneInfo(zone))
    return When(at, WhenStyle.DAY_AND_TIME, f"{local:%A, %B} {local.day}, {_clock(local)}")


def day_of(at: datetime, zone: str) -> When:
    """A day, with the team's zone for readers whose own is unknown."""
    local = at.astimezone(ZoneInfo(zone))
    return When(at, WhenStyle.DAY, f"{local:%A, %B} {local.day}")


def _clock(local: datetime) -> str:
    half = "am" if local.hour < 12 else "pm"  # noqa: PLR2004 # noon
    return f"{local.hour % 12 or 12}:{local.minute:02} {half}"


def cut(value: str, limit: int) -> str:
    """At most `limit` UTF-16 code units, never half a character."""
    raw = value.encode("utf-16-le", "surrogatepass")
    if len(raw) // 2 <= limit:
        return value
    return raw[: 2 * (limit - 1)].decode("utf-16-le", "ignore") + "…"


def choices(people: Mapping[PersonId, str]) -> tuple[Option, ...]:
    """People to choose from by name, as many as a platform lists."""
    named = (Option(person, cut(name, LABEL)) for person, name in people.items())
    return tuple(named)[:OPTIONS]
