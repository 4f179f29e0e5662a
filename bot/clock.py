"""The clock: a beat that finds runs that are due. It only says when to look; rows are the truth."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.flows.house import House
from bot.flows.runs import tick
from storage import runs

log = structlog.get_logger()

BEAT = 0.25
HANGS_AFTER = 30
STALE_AFTER = timedelta(seconds=5)


class Clock:
    """Beats each quarter of a second, from start to stop."""

    def __init__(self, house: House) -> None:
        """Nothing runs before `start`."""
        self._house = house
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._beating = asyncio.Lock()
        self._good_at: datetime | None = None

    def start(self) -> None:
        """Begin to beat."""
        self._every(BEAT, self.beat)
        self._scheduler.start()

    async def stop(self) -> None:
        """Beat no more; a beat that is under way ends first."""
        self._scheduler.remove_all_jobs()
        async with self._beating:
            self._scheduler.shutdown(wait=False)

    def is_well(self) -> bool:
        """Whether the last good beat is recent."""
        return self._good_at is not None and self._house.now() - self._good_at < STALE_AFTER

    async def beat(self) -> None:
        """Tick every run that is due. A beat that hangs or fails is logged, and the next one comes."""
        try:
            async with self._beating, asyncio.timeout(HANGS_AFTER):
                await tick_due(self._house)
            self._good_at = self._house.now()
        except Exception:  # a beat must not end the clock
            log.exception("clock.beat_failed")

    def _every(self, seconds: float, job: Callable[[], Awaitable[None]]) -> None:
        self._scheduler.add_job(
            job,
            "interval",
            seconds=seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )


async def tick_due(house: House) -> int:
    """Tick the runs that are due now; returns how many there were."""
    async with house.database.read() as session:
        due = await runs.due(session, house.now())
    for organization, run_id in due:
        try:
            await tick(house, organization, run_id)
        except Exception:  # one run must not hold the others
            log.exception("clock.tick_failed", run=run_id)
            async with house.database.write() as session:
                await runs.put_off(session, organization, run_id, house.now())
    return len(due)
