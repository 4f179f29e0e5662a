"""The loop that takes arrivals in: what waits in the inbox is handled, in order, once."""

import asyncio
from datetime import timedelta

import structlog

from bot.flows.arrivals import Later, handle
from bot.flows.house import House
from storage import inbox

log = structlog.get_logger()

TRIES = 5
IDLE = 1.0  # seconds; a commit wakes the loop at once
SOON = timedelta(milliseconds=200)
AGAIN = timedelta(seconds=1)


async def run(house: House) -> None:
    """Handle what comes, until cancelled."""
    while True:
        try:
            handled = await handle_due(house)
        except Exception:  # the loop goes on, whatever the database does
            log.exception("intake.failed")
            handled = 0
            await asyncio.sleep(IDLE)
        if not handled:
            await house.database.wait(IDLE)


async def handle_due(house: House) -> int:
    """Handle all that waits now; returns how many there were."""
    async with house.database.read() as session:
        ids = await inbox.due(session, house.now())
    for inbox_id in ids:
        await _handle(house, inbox_id)
    return len(ids)


async def _handle(house: House, inbox_id: int) -> None:
    try:
        await handle(house, inbox_id)
    except Later as wait:
        now = house.now()
        async with house.database.write() as session:
            await inbox.wait(session, inbox_id, until=now + max(SOON, (now - wait.since) / 2))
    except Exception as fault:  # one arrival must not hold the others
        log.exception("intake.arrival_failed", inbox_id=inbox_id)
        await _put_off(house, inbox_id, type(fault).__name__)


async def _put_off(house: House, inbox_id: int, error: str) -> None:
    """Try again, each time later; the fifth fault is the last."""
    async with house.database.write() as session:
        waiting = await inbox.take(session, inbox_id)
        if waiting is None:
            return
        if waiting.attempts + 1 >= TRIES:
            await inbox.fail(session, inbox_id, error=error)
        else:
            until = house.now() + AGAIN * 2**waiting.attempts
            await inbox.put_off(session, inbox_id, until=until, error=error)
