"""A program of its own that talks in many runs at once, over HTTP, and keeps its own book.

    python -m tests.driver.driver --url http://127.0.0.1:8080 --seed 7 --messages 1700 --book b.json

It imports nothing of the product: the standard library, aiohttp, and the two modules beside it.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.driver.talk import Line, Plan, Talk

ROUNDS = [
    [
        Plan("atlas-work", "grade-7-ela", 0, "reopen"),
        Plan("notice-wonder", "grade-6-math", 0),
        Plan("socratic-plan", "grade-7-ela", 0, "skip"),
    ],
    [
        Plan("socratic-plan", "grade-7-ela", 0, "join"),
        Plan("notice-wonder", "grade-7-ela", 0, "end"),
        Plan("notice-wonder", "grade-6-math", 0, "reopen"),
    ],
]
PRODUCT = {"bot", "protocols", "adapters", "storage"}


@dataclass
class Asked:
    """What the command line asks for."""

    url: str
    seed: int
    count: int
    book: Path
    by_clock: bool


async def by_presses(line: Line, rng: random.Random, asked: Asked) -> list[Talk]:
    """Several runs at once, twice over, moved on by pressing."""
    talks: list[Talk] = []
    each = -(-asked.count // sum(map(len, ROUNDS)))
    for plans in ROUNDS:
        now_held: list[Talk] = []
        for plan in plans:
            name = f"q{asked.seed}t{len(talks) + len(now_held)}"
            drawn = Plan(plan.protocol, plan.channel, each, plan.special)
            now_held.append(Talk(line, random.Random(rng.random()), drawn, name))  # noqa: S311
        await asyncio.gather(*(talk.run() for talk in now_held))
        talks += now_held
    return talks


async def by_clock(line: Line, rng: random.Random, asked: Asked) -> list[Talk]:
    """One run whose steps the clock closes while people speak."""
    plan = Plan("notice-wonder", "grade-7-ela", asked.count)
    talk = Talk(line, rng, plan, f"q{asked.seed}c")
    await talk.follow()
    return [talk]


async def drive(asked: Asked) -> None:
    """Talk, and write the book."""
    begun, rng = time.monotonic(), random.Random(asked.seed)  # noqa: S311
    connector, limit = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=120)
    async with aiohttp.ClientSession(connector=connector, timeout=limit) as session:
        line = Line(session, asked.url)
        talks = await (by_clock if asked.by_clock else by_presses)(line, rng, asked)
    did: Counter[str] = sum((talk.did for talk in talks), Counter())
    seconds = time.monotonic() - begun
    written = {
        "seed": asked.seed,
        "did": did,
        "seconds": seconds,
        "statuses": line.statuses,
        "complaints": [fault for talk in talks for fault in talk.complaints],
        "imported": sorted(PRODUCT & set(sys.modules)),
        "records": [talk.book.record() for talk in talks],
    }
    asked.book.write_text(json.dumps(written, indent=1, ensure_ascii=False))
    figures = ", ".join(f"{name} {count}" for name, count in sorted(did.items()))
    sys.stdout.write(f"seed {asked.seed}: {figures}; {did['said'] / seconds:.1f} said a second\n")


def asked_for() -> Asked:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--messages", type=int, default=100)
    parser.add_argument("--book", type=Path, required=True)
    parser.add_argument("--by-clock", action="store_true")
    given = parser.parse_args()
    return Asked(given.url, given.seed, given.messages, given.book, given.by_clock)


if __name__ == "__main__":
    asyncio.run(drive(asked_for()))
