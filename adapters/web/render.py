"""Neutral cards, messages and dialogs as HTML. Pure: the same values give the same text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bot.cards.model import Button, Card, Form, Input, Link, Part, When, WhenStyle
from bot.flows.channel import Persona
from bot.flows.lines import Line, Op
from bot.rules.answers import is_safe_link
from bot.rules.keys import run_of_card
from bot.rules.uploads import ACCEPTED, shown, stored
from protocols.run import PersonId

TEMPLATES = Path(__file__).parent / "templates"
HUES = range(8)  # the classes hue-0 to hue-7 of the style sheet
FEW = 5  # choices that are shown all at once
LONGEST = 3_000  # UTF-16 units in one input, as on the other platforms
WEB = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}'\u2019\u201d]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who looks at what: everything that rendering needs besides the message itself."""

    me: Persona
    channel: str
    thread: str | None
    people: Mapping[PersonId, str]
    hues: Mapping[PersonId, int]
    languages: Mapping[PersonId, str]
    zone: tzinfo

    @property
    def user(self) -> str:
        """The reader's id in addresses."""
        return self.me.user

    @property
    def here(self) -> str:
        """The channel's address."""
        return address(self.user, self.channel)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where on the page a message stands: its element, its log, and what its buttons aim at."""

    prefix: str
    log: str
    thread: str | None


CHANNEL = Spot("m", "channel-log", None)


def address(user: str, channel: str, thread: str | None = None) -> str:
    """The page of a channel, with a thread beside it or not."""
    base = f"/as/{quote(user, safe='')}/channel/{quote(channel, safe='')}"
    return f"{base}?thread={quote(thread, safe='')}" if thread else base


def report_address(user: str, run: str) -> str:
    """The page of a run's report: here its button is a link."""
    return f"/as/{quote(user, safe='')}/runs/{quote(run, safe='')}"


def message(line: Line, look: Look) -> str:
    """One row as fragments: where it is the open thread's root, it stands at two places."""
    return "".join(_message(line, look, spot) for spot in _spots(line, look))


def _spots(line: Line, look: Look) -> list[Spot]:
    if line.thread is not None:
        return [Spot("m", "thread-log", line.thread)]
    if line.key == look.thread:
        return [CHANNEL, Spot("root", "thread-root", line.key)]
    return [CHANNEL]


def in_thread(line: Line, look: Look) -> str:
    """A message as it stands in the thread's pane."""
    return _message(line, look, _spots(line, look)[-1])


def in_channel(line: Line, look: Look) -> str:
    """A message as it stands in the channel."""
    return _message(line, look, CHANNEL)


def _message(line: Line, look: Look, spot: Spot) -> str:
    return template("message.html").render(
        line=line,
        look=look,
        spot=spot,
        is_gone=line.op is Op.DELETE or (line.text is None and line.card is None),
        is_mine=line.person == look.me.id,
    )


def replies(line: Line, look: Look) -> str:
    """The link to a message's thread."""
    return template("replies.html").render(line=line, look=look)


def private(card: Card, look: Look, thread: str | None, once: str) -> str:
    """A card that answers one person at once and is not kept."""
    spot = Spot("note", "thread-log" if thread else "channel-log", thread)
    return template("private.html").render(card=card, look=look, spot=spot, once=element_id(once))


def dialog(form: Form, look: Look, thread: str | None) -> str:
    """A form as a dialog."""
    spot = Spot("dialog", "", thread)
    return template("dialog.html").render(
        form=form,
        look=look,
        spot=spot,
        first=[one for one in form.inputs if not one.more],
        more=[one for one in form.inputs if one.more],
        faulty=[one for one in form.inputs if one.fault],
    )


def element_id(key: str) -> str:
    """A key as a part of an element's id."""
    return re.sub(r"[^A-Za-z0-9:.-]", lambda found: f"_{ord(found[0]):x}", key)


def file_id(url: str) -> str:
    """The id of a kept file, empty for what is none."""
    file = stored(url)
    return file.id if file else ""


def parts_of(text: str) -> list[Part]:
    """What a person wrote, its web addresses as links."""
    found: list[Part] = []
    end = 0
    for link in WEB.finditer(text):
        if is_safe_link(link[0]):
            found += [text[end : link.start()], Link(link[0], link[0])]
            end = link.end()
    return [*found, text[end:]]


def when(part: When, zone: tzinfo) -> str:
    """A time in words, until the page shows it in the reader's zone."""
    return part.fallback or clock(part.at, zone, part.style)


def clock(at: datetime, zone: tzinfo, style: WhenStyle = WhenStyle.TIME) -> str:
    """A moment in the school's zone: "3:42 pm", "Tuesday, October 6", or both."""
    here = at.astimezone(zone)
    time = f"{here.hour % 12 or 12}:{here:%M} {'am' if here.hour < 12 else 'pm'}"  # noqa: PLR2004
    day = f"{here:%A, %B} {here.day}"
    match style:
        case WhenStyle.TIME:
            return time
        case WhenStyle.DAY:
            return day
        case WhenStyle.DAY_AND_TIME:
            return f"{day}, {time}"


def initials(name: str) -> str:
    """One letter for a person: that of the last name, which is what colleagues call each other."""
    return name.rsplit(maxsplit=1)[-1][:1].upper() if name.split() else "?"


def is_short(one: Input) -> bool:
    """Whether all choices are shown at once."""
    return len(one.options) <= FEW


def button_class(button: Button) -> str:
    """The look of a button."""
    return f"button {button.style.value}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clock": clock,
        "element_id": element_id,
        "initials": initials,
        "parts_of": parts_of,
        "when": when,
        "button_class": button_class,
        "style": WhenStyle,
        "shown": shown,
        "file_id": file_id,
        "run_of": run_of_card,
    }
    environment.tests |= {"short": is_short, "safe_link": is_safe_link}
    environment.globals |= {
        "address": address,
        "report_address": report_address,
        "LONGEST": LONGEST,
        "ACCEPTED": ACCEPTED,
    }
    return environment


def template(name: str) -> Template:
    """A template, compiled once."""
    return _environment().get_template(name)
