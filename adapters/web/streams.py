"""The open streams, counted by browser, so that one browser never runs out of connections."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

from bot.flows.channel import LocalChannel

WINDOWS = 5  # a browser opens six connections to one host, and needs one to load a page
BEAT = 1.0  # seconds without news after which the log is read anyway


@dataclass(eq=False, slots=True)
class Open:
    """A stream that is open, until `end` is called."""

    is_over: bool = False
    waiting: "asyncio.Future[None] | None" = None

    def end(self) -> None:
        """Let the stream end now."""
        self.is_over = True
        if self.waiting is not None:
            self.waiting.cancel()

    async def wait(self, channel: LocalChannel) -> None:
        """Wait for news, for the next beat or for the end."""
        if self.is_over:
            return
        self.waiting = asyncio.ensure_future(channel.wait(BEAT))
        try:
            await asyncio.wait({self.waiting})
        finally:
            self.waiting.cancel()


@dataclass(slots=True)
class Streams:
    """The open streams of each browser, the oldest first."""

    opened: dict[str, list[Open]] = field(default_factory=lambda: defaultdict(list))
    is_closed: bool = False

    def open(self, browser: str) -> Open:
        """Count a new stream; the oldest of too many ends."""
        new = Open(is_over=self.is_closed)
        theirs = self.opened[browser]
        theirs.append(new)
        for old in theirs[:-WINDOWS]:
            old.end()
        return new

    def drop(self, browser: str, one: Open) -> None:
        """Forget a stream that has ended."""
        self.opened[browser].remove(one)
        if not self.opened[browser]:
            del self.opened[browser]

    def close(self) -> None:
        """End all streams, and those that are still to come."""
        self.is_closed = True
        for theirs in self.opened.values():
            for one in theirs:
                one.end()

    @property
    def count(self) -> int:
        """How many are open."""
        return sum(map(len, self.opened.values()))
