"""The calendar of a school as a value. School-day arithmetic joins it with the school-day clock."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Calendar:
    """`zone`: an IANA name; `rate`: how many times as fast the clock of runs runs (> 0)."""

    zone: str = "America/New_York"
    rate: float = 1.0

    def shortened(self, length: timedelta) -> timedelta:
        """A planned length as it passes on this calendar."""
        return length / self.rate
