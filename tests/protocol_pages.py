"""The page that shows each protocol with its picture: `make picture` writes it.

A test fails when it is older than the library.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.pictures import ProcessPictures
from bot.cards.charts import Chart
from bot.cards.starts import NEEDS
from protocols.library import library
from protocols.model import FACILITATOR, Floor, Protocol, Reveal, Step

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "protocols.md"
PICTURES = DOCS / "pictures" / "protocols"
TALK, ALONE, ONE = "#2f8579", "#b3862f", "#4a6fa5"
SPEAKS = {
    Floor.ROUND: "each in turn",
    Floor.OPEN: "anyone",
    Floor.QUESTIONS: "questions, short answers",
    Floor.INNER: "the inner circle",
    Floor.OUTER: "the outer circle",
}
COLOURS = {Floor.ALONE: ALONE, Floor.PRESENTER: ONE, Floor.FACILITATOR: ONE}
HEAD = """\
# The protocols

Each with its steps on the clock, as published: one bar a step, from its first minute to its last,
and who speaks. Every protocol also fits 45 minutes, and can be held over school days without a
meeting.

This page is made from the protocol files by `make picture`; a test fails when it is older than they
are.
"""


def protocols() -> tuple[Protocol, ...]:
    """Ours, in the order of their titles."""
    return tuple(sorted(library().protocols, key=lambda one: one.title))


def page() -> str:
    """The page as Markdown."""
    found = protocols()
    parts = [HEAD, "\n".join(_by_need(found)) + "\n"]
    parts += ["\n".join(_section(protocol)) + "\n" for protocol in found]
    return "\n".join([*parts, f"<!-- pictures: {_digest(found)} -->\n"])


def _by_need(found: tuple[Protocol, ...]) -> Iterator[str]:
    yield "| need | protocols |"
    yield "|---|---|"
    for need, label in NEEDS.items():
        links = [f"[{one.title}](#{one.id})" for one in found if need in one.needs]
        yield f"| {label} | {', '.join(links)} |"


def _section(protocol: Protocol) -> Iterator[str]:
    full, short = (
        sum(getattr(step, clock) for step in protocol.steps) for clock in ("full", "short")
    )
    days = sum(step.quarters for step in protocol.steps) / 4
    size = f"{protocol.smallest} to {protocol.largest} people"
    yield f'<a id="{protocol.id}"></a>'
    yield ""
    yield f"## {protocol.title}"
    yield ""
    yield protocol.about
    yield ""
    yield f"`/plc start {protocol.id}` · {size} · {full} or {short} minutes, or {days:g} school days"
    yield f"· {', '.join(protocol.roles)}"
    yield ""
    yield f"![{_described(protocol)}](pictures/protocols/{protocol.id}.svg)"
    yield ""
    yield protocol.attribution


def _described(protocol: Protocol) -> str:
    steps = (f"{step.title}, {step.full} minutes, {_speaks(step)}" for step in protocol.steps)
    return "Steps: " + "; ".join(steps).replace("[", "(").replace("]", ")")


def _speaks(step: Step) -> str:
    if step.floor is Floor.ALONE:
        return (
            "in writing, each alone"
            if step.reveal is not Reveal.VISIBLE
            else "in writing, silently"
        )
    if step.floor is Floor.GROUP:
        return f"all but the {step.held_by}"
    if step.floor in (Floor.PRESENTER, Floor.FACILITATOR):
        speaker = step.held_by if step.floor is Floor.PRESENTER else FACILITATOR
        return " and ".join(f"the {role}" for role in (speaker, *step.with_))
    return SPEAKS[step.floor]


def chart(protocol: Protocol) -> Chart:
    """The steps of a protocol on its clock as published."""
    values, begins = [], 0
    for number, step in enumerate(protocol.steps, 1):
        title = {"number": number, "title": f"{number}. {step.title}", "speaks": _speaks(step)}
        colour = COLOURS.get(step.floor, TALK)
        values.append(title | {"begins": begins, "ends": begins + step.full, "colour": colour})
        begins += step.full
    row = {"field": "number", "type": "ordinal", "axis": None}
    scale = {"domain": [0, begins]}
    time = {"field": "begins", "type": "quantitative", "title": "minutes", "scale": scale}
    bars: dict[str, Any] = {
        "mark": {"type": "bar", "height": 16, "cornerRadius": 3},
        "encoding": {
            "y": row,
            "x": time,
            "x2": {"field": "ends"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }
    titles = {
        "mark": {"type": "text", "align": "right", "dx": -8, "limit": 320},
        "encoding": {"y": row, "x": {"value": 0}, "text": {"field": "title"}},
    }
    speakers = {
        "mark": {"type": "text", "align": "left", "dx": 8, "limit": 260, "fontStyle": "italic"},
        "encoding": {"y": row, "x": {"value": 320}, "text": {"field": "speaks"}},
    }
    spec = {
        "data": {"values": values},
        "width": 320,
        "height": {"step": 24},
        "layer": [bars, titles, speakers],
        "config": {
            "background": "white",
            "font": "Liberation Sans, Helvetica, Arial, sans-serif",
            "text": {"fontSize": 12},
            "view": {"stroke": None},
        },
    }
    return Chart(protocol.title, _described(protocol), spec, (), ())


def _digest(found: tuple[Protocol, ...]) -> str:
    specs = json.dumps([chart(protocol).spec for protocol in found])
    return hashlib.sha256(specs.encode()).hexdigest()[:16]


async def write() -> None:
    """Write the page and its pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    pictures = ProcessPictures()
    try:
        for protocol in protocols():
            svg = await pictures.svg(chart(protocol))
            assert svg is not None
            (PICTURES / f"{protocol.id}.svg").write_text(svg + "\n")
    finally:
        await pictures.close()
    PAGE.write_text(page())


if __name__ == "__main__":
    asyncio.run(write())
