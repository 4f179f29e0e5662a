"""The deterministic keys of what is sent, so that doing it twice is doing it once."""

import base64
import hashlib
import re
from datetime import datetime

from protocols.run import PersonId

_STEP = re.compile(r"run:(?P<run>\w+):step:(?P<position>\d+):open(:r(?P<opening>\d+))?")
_CARD = re.compile(r"run:(?P<run>\w+):card")


def run_after(run: str) -> str:
    """The id of the run that is planned after a run, so that two presses plan one."""
    digest = hashlib.sha256(f"after|{run}".encode()).digest()
    return base64.b32encode(digest).decode().lower()[:16]


def review_of(run: str) -> str:
    """The id of the review of what a run tried out, so that two presses begin one."""
    return run_after(f"{run}|review")


def card(run: str) -> str:
    """The run card."""
    return f"run:{run}:card"


def step(run: str, position: int, opening: int) -> str:
    """The post of a step; a reopened one has its own."""
    key = f"run:{run}:step:{position}:open"
    return f"{key}:r{opening}" if opening else key


def reveal(run: str, position: int, part: int | str) -> str:
    """One message of a reveal: its number, or the post that is shown alone."""
    return f"run:{run}:step:{position}:reveal:{part}"


def note(run: str, name: str, position: int, person: PersonId, at: datetime | None = None) -> str:
    """A private note; `at` where a person may get the same one again."""
    key = f"run:{run}:note:{name}:{position}:{person}"
    return key if at is None else f"{key}:{int(at.timestamp() * 1000)}"


def report(run: str) -> str:
    """The report."""
    return f"run:{run}:report"


def evidence(run: str, post: str) -> str:
    """What was attached, or saved, with a post's key."""
    return f"run:{run}:evidence:{post}"


def run_of_card(key: str) -> str | None:
    """The run whose card this is the key of."""
    found = _CARD.fullmatch(key)
    return found["run"] if found else None


def step_of(key: str) -> tuple[str, int, int] | None:
    """The run, position and opening whose step post this is the key of."""
    found = _STEP.fullmatch(key)
    return (
        None
        if found is None
        else (found["run"], int(found["position"]), int(found["opening"] or 0))
    )
