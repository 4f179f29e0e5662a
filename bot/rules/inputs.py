"""The inputs of a form: what they are called, what stands in them, what may be wrong with it."""

import math
from datetime import date
from enum import StrEnum

LONGEST = 3_000


class FaultKind(StrEnum):
    """What is wrong with an input; `bot/cards` words it."""

    MISSING = "missing"
    TOO_LONG = "too-long"
    NO_LINK = "no-link"
    NO_FILE = "no-file"
    NO_NUMBER = "no-number"
    NO_COUNT = "no-count"
    NO_DATE = "no-date"
    TOO_EARLY = "too-early"
    NO_CHOICE = "no-choice"
    NOTHING = "nothing"


def input_id(index: int, part: str = "") -> str:
    """The id of a field's input; a commitment and a measure have one for each of their parts."""
    return f"f{index}-{part}" if part else f"f{index}"


def day_in(value: str) -> date | None:
    """The day that stands in an input, None where there is none."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def number_in(value: str) -> float | None:
    """The number that stands in an input, None where there is none."""
    try:
        found = float(value.replace(",", "."))
    except ValueError:
        return None
    return found if math.isfinite(found) else None
