"""The live stream: reads the channel's log and sends what is new. The log is the truth."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from aiohttp import web
from aiohttp_sse import EventSourceResponse

from adapters.web import render
from adapters.web.faults import begin
from adapters.web.guard import browser_of
from adapters.web.places import look_of
from adapters.web.site import SITE, Site
from adapters.web.streams import Open
from bot.flows.lines import Line

PING = 15.0  # seconds
AGAIN = 1_000  # milliseconds until the browser asks again after a lost connection
HIGHEST = 2**53


def seq_of(request: web.Request) -> int:
    """The last row that the page has: `Last-Event-ID`, else `after`."""
    text = request.headers.get("Last-Event-ID") or request.query.get("after", "0")
    return min(int(text), HIGHEST) if text.isascii() and text.isdecimal() else 0


async def log(request: web.Request) -> web.Response:
    """Everything after a row, in one answer: for where streams are cut."""
    site, look = request.app[SITE], await look_of(request)
    lines = await site.channel.after(look.channel, look.thread, look.user, seq_of(request))
    roots = await site.channel.current(look.channel, None, look.user)
    counted = {line.key: line.replies for line in roots}
    text = "".join(render.message(_counted(line, counted), look) for line in lines)
    text += "".join(render.replies(line, look) for line in roots if line.replies)
    return web.Response(text=text, content_type="text/html")


def _counted(line: Line, replies: Mapping[str, int]) -> Line:
    """A row with its message's number of replies, which the log itself does not know."""
    return replace(line, replies=replies.get(line.key, 0))


async def stream(request: web.Request) -> web.StreamResponse:
    """Everything after a row, and what comes, until the page closes."""
    site, look = request.app[SITE], await look_of(request)
    browser = browser_of(request) or f"unnamed {id(request)}"
    one = site.streams.open(browser)
    response = EventSourceResponse(ping_interval=PING)
    try:
        with suppress(ConnectionResetError):
            await response.prepare(request)
            begin(request, response)
            async with response:
                await response.write(f"retry: {AGAIN}\n\n".encode())
                await _Reader(site, look, one, response, seq_of(request)).run()
    finally:
        site.streams.drop(browser, one)
    return response


@dataclass(slots=True)
class _Reader:
    """Sends one page what is new; remembers only how far it has come."""

    site: Site
    look: render.Look
    one: Open
    response: EventSourceResponse
    sent: int
    seen: int = -1
    replies: dict[str, int] = field(default_factory=dict)

    async def run(self) -> None:
        if self.sent > await self.site.channel.last_seq(self.look.channel):
            await self.response.send("", event="reload")  # another log than the page's: a new seed
            return
        while not self.one.is_over:
            await self._send_news()
            await self.one.wait(self.site.channel)
        if not self.site.streams.is_closed:
            await self.response.send("paused", event="close")

    async def _send_news(self) -> None:
        last = await self.site.channel.last_seq(self.look.channel)
        if last == self.seen:
            return
        look = self.look
        for line in await self.site.channel.after(look.channel, look.thread, look.user, self.sent):
            text = render.message(_counted(line, self.replies), look)
            await self.response.send(text, id=str(line.seq))
            self.sent = line.seq
        await self._send_replies()
        self.seen = last

    async def _send_replies(self) -> None:
        """Send the numbers of replies that changed: threads that are not open are not in the log."""
        lines = await self.site.channel.current(self.look.channel, None, self.look.user)
        changed = [line for line in lines if line.replies != self.replies.get(line.key, 0)]
        if changed:
            await self.response.send("".join(render.replies(one, self.look) for one in changed))
        self.replies = {line.key: line.replies for line in lines}
