"""What a browser visits: a channel with its thread, and the report of a run."""

from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web

from adapters.web import render
from adapters.web.faults import NotDrawn
from adapters.web.guard import name_browser
from adapters.web.places import look, look_of, name_of, persona_of
from adapters.web.site import SITE, Site
from bot.cards.charts import Chart, charts
from bot.cards.documents import document
from bot.cards.minutes import minutes
from bot.cards.words import english
from bot.flows.channel import Persona, Room
from bot.flows.lines import Line


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else whom the visitor can be, and where that leads."""

    persona: Persona
    address: str
    is_me: bool


async def first_visit(request: web.Request) -> web.Response:
    """Lead to where there is something to do."""
    response = web.Response(status=303, headers={"Location": await request.app[SITE].landing()})
    name_browser(request, response)
    return response


async def room(request: web.Request) -> web.Response:
    """A channel, with a thread beside it or not."""
    site, looks = request.app[SITE], await look_of(request)
    after = await site.channel.last_seq(looks.channel)  # first, so that nothing falls between
    lines = await site.channel.current(looks.channel, None, looks.user)
    rooms = await site.channel.rooms(looks.user)
    text = render.template("room.html").render(
        look=looks,
        lines=lines,
        root=await _root(request, looks, lines),
        answers=await _answers(request, looks),
        after=after,
        rooms=rooms,
        name=name_of(looks.channel, rooms),
        others=await _others(request, looks),
        site=site,
        in_channel=render.in_channel,
        in_thread=render.in_thread,
    )
    return _page(request, text)


async def _root(request: web.Request, looks: render.Look, lines: tuple[Line, ...]) -> Line | None:
    """The message that the open thread hangs on, however old. Raises NoSuchMessage."""
    if looks.thread is None:
        return None
    shown = next((line for line in lines if line.key == looks.thread), None)
    return shown or await request.app[SITE].channel.message(looks.channel, looks.thread, looks.user)


async def _answers(request: web.Request, looks: render.Look) -> list[Line]:
    """The replies in the open thread."""
    if looks.thread is None:
        return []
    lines = await request.app[SITE].channel.current(looks.channel, looks.thread, looks.user)
    return [line for line in lines if line.key != looks.thread]


async def _others(request: web.Request, looks: render.Look) -> list[Other]:
    everyone = await request.app[SITE].channel.everyone()
    return [
        Other(one, await _same_place(request, one, looks), one.user == looks.user)
        for one in everyone
    ]


async def _same_place(request: web.Request, persona: Persona, looks: render.Look) -> str:
    """The same channel and thread for somebody else, or their first channel."""
    rooms: tuple[Room, ...] = await request.app[SITE].channel.rooms(persona.user)
    if looks.channel in [one.channel for one in rooms]:
        return render.address(persona.user, looks.channel, looks.thread)
    return render.address(persona.user, rooms[0].channel) if rooms else "/"


async def report(request: web.Request) -> web.Response:
    """The report of a run."""
    site = request.app[SITE]
    everyone = await site.channel.everyone()
    me = persona_of(request.match_info["user"], everyone)
    found = await site.reports.report(me.user, request.match_info["run"])
    looks = look(request, me, everyone)
    text = render.template("report.html").render(
        report=found,
        look=looks,
        rooms=await site.channel.rooms(me.user),
        minutes=minutes(english, found, looks.people),
        charts=await _drawn(site, charts(english, found, looks.people)),
    )
    return _page(request, text)


async def report_pdf(request: web.Request) -> web.Response:
    """The report of a run as a document to keep."""
    site = request.app[SITE]
    everyone = await site.channel.everyone()
    me = persona_of(request.match_info["user"], everyone)
    found = await site.reports.report(me.user, request.match_info["run"])
    people = {one.id: one.name for one in everyone}
    drawn = await _drawn(site, charts(english, found, people))
    content = document(english, found, people, str(site.zone), drawn)
    pdf = await site.pictures.pdf(content)
    if pdf is None:
        raise NotDrawn
    name = f"report-{found.started_at:%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=pdf, content_type="application/pdf", headers=headers)


async def _drawn(site: Site, wanted: Iterable[Chart]) -> list[tuple[Chart, str]]:
    """Each chart with its SVG, empty where it cannot be drawn just now."""
    return [(chart, await site.pictures.svg(chart) or "") for chart in wanted]


async def projector(request: web.Request) -> web.Response:
    """A run for the wall of a room."""
    site = request.app[SITE]
    everyone = await site.channel.everyone()
    me = persona_of(request.match_info["user"], everyone)
    card = await site.reports.projector(me.user, request.match_info["run"])
    text = render.template("projector.html").render(card=card, look=look(request, me, everyone))
    return _page(request, text)


def _page(request: web.Request, text: str) -> web.Response:
    response = web.Response(text=text, content_type="text/html")
    name_browser(request, response)
    return response
