"""Where a request aims: which persona, channel and thread. Nothing else exists."""

from itertools import cycle

from aiohttp import web

from adapters.web.render import HUES, Look
from adapters.web.site import SITE
from adapters.web.typed import key
from bot.flows.channel import NoSuchRoom, Persona, Room


class NoSuchPersona(NoSuchRoom):
    """Nobody of that id."""


async def look_of(request: web.Request) -> Look:
    """Who looks at which channel and thread. Raises NoSuchRoom, NoSuchMessage."""
    user, room = request.match_info["user"], request.match_info["channel"]
    everyone = await request.app[SITE].channel.everyone()
    me = persona_of(user, everyone)
    rooms = await request.app[SITE].channel.rooms(me.user)
    if room not in [one.channel for one in rooms]:
        raise NoSuchRoom
    return look(request, me, everyone, channel=room, thread=_thread(request))


def look(
    request: web.Request,
    me: Persona,
    everyone: tuple[Persona, ...],
    *,
    channel: str = "",
    thread: str | None = None,
) -> Look:
    """What rendering needs to know about the reader."""
    return Look(
        me=me,
        channel=channel,
        thread=thread,
        people={one.id: one.name for one in everyone},
        hues=dict(zip((one.id for one in everyone), cycle(HUES), strict=False)),
        languages={one.id: one.language for one in everyone},
        zone=request.app[SITE].zone,
    )


def persona_of(user: str, everyone: tuple[Persona, ...]) -> Persona:
    """The persona of an address. Raises NoSuchPersona."""
    for persona in everyone:
        if persona.user == user:
            return persona
    raise NoSuchPersona


def name_of(channel: str, rooms: tuple[Room, ...]) -> str:
    """The name of a channel."""
    return next(room.name for room in rooms if room.channel == channel)


def key_of(request: web.Request) -> str:
    """The message that a request is about. Raises NoSuchMessage."""
    return key(request.match_info["key"])


def _thread(request: web.Request) -> str | None:
    thread = request.query.get("thread")
    return key(thread) if thread else None
