"""Charts and documents, drawn in a process of their own: the libraries would stop our loop."""

import asyncio
import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from bot.cards.charts import Chart

LONGEST = 30.0  # seconds for one picture, with the start of the process
KEPT = 64
WHITE = {"background": "white"}

log = structlog.get_logger()


class ProcessPictures:
    """Draws one picture after another, and keeps the last ones. Close it in the end."""

    def __init__(self, fonts: Path | None = None) -> None:
        """`fonts`: a folder of fonts beside those of the system."""
        self._fonts = [] if fonts is None else [str(fonts)]
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._kept: dict[str, bytes] = {}

    async def svg(self, chart: Chart) -> str | None:
        """A chart in the ink of the page that it stands in."""
        drawn = await self._draw("svg", chart.spec)
        return None if drawn is None else drawn.decode()

    async def png(self, chart: Chart) -> bytes | None:
        """A chart on white."""
        config = {**chart.spec.get("config", {}), **WHITE}
        return await self._draw("png", {**chart.spec, "config": config})

    async def pdf(self, document: Mapping[str, Any]) -> bytes | None:
        """A report as `bot/cards/documents.py` makes it."""
        return await self._draw("pdf", document)

    async def families(self) -> list[str]:
        """The names of the fonts that there are."""
        return (await self._draw("families", {}) or b"").decode().splitlines()

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _draw(self, kind: str, what: Mapping[str, Any]) -> bytes | None:
        text = json.dumps(what)
        key = hashlib.sha256(f"{kind}|{text}".encode()).hexdigest()
        async with self._turn:
            if key not in self._kept:
                drawn = await self._drawn(kind, text)
                if drawn is None:
                    log.warning("not_drawn", kind=kind, key=key[:8])
                    return None
                self._kept[key] = drawn
                if len(self._kept) > KEPT:
                    del self._kept[next(iter(self._kept))]
            return self._kept[key]

    async def _drawn(self, kind: str, text: str) -> bytes | None:
        """The picture of a process that may have ended meanwhile: then of the next one."""
        for _ in range(2):
            try:
                async with asyncio.timeout(LONGEST):
                    return await self._ask(await self._opened(), json.dumps([kind, text]))
            except (ConnectionError, asyncio.IncompleteReadError, ValueError):
                await self.close()
            except TimeoutError:
                await self.close()
                return None
            except asyncio.CancelledError:
                await self.close()  # nobody reads its answer: the next one would be taken for it
                raise
        return None

    async def _ask(self, process: asyncio.subprocess.Process, line: str) -> bytes | None:
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 # both are pipes
        process.stdin.write(line.encode() + b"\n")
        await process.stdin.drain()
        length = int(await process.stdout.readline())
        return None if length < 0 else await process.stdout.readexactly(length)

    async def _opened(self) -> asyncio.subprocess.Process:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "adapters.drawing",
                *self._fonts,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for us, who close it
            )
        return self._process
