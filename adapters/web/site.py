"""What the pages are given, and where they find it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import tzinfo

from aiohttp import web

from adapters.web.streams import Streams
from bot.flows.channel import LocalChannel
from bot.flows.reports import Reports
from bot.ports import Pictures

Verbs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The local channel's pages.

    `landing` gives the address for a first visit (`/as/...`), `skip` moves the demo's clock to
    what is due next, `verbs` are (command line, what it does), `zone` is the school's.
    """

    channel: LocalChannel
    reports: Reports
    pictures: Pictures
    landing: Callable[[], Awaitable[str]]
    zone: tzinfo
    verbs: Verbs = ()
    skip: Callable[[], Awaitable[None]] | None = None
    streams: Streams = field(default_factory=Streams)


SITE = web.AppKey("site", Site)
