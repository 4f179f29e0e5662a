"""The calendar of a school as a value, and arithmetic on it.

Lengths on the school-day clock are posting hours: hours in which the school is open. They are
counted in local wall time, so a change of the clocks shifts nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(7), time(17)
SCHOOL_DAY = timedelta(hours=10)
_QUARTER_HOUR = timedelta(minutes=15)
_ONE_DAY = timedelta(days=1)
_LONGEST_RECESS = 366


class NeverOpen(Exception):
    """A year without a school day: the calendar has too many closures."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a school is open for posting.

    `zone`: an IANA name; `weekdays`: 0 is Monday; `opens`, `closes`: local times; `closures`:
    days without school, testing weeks among them; `half_days`: a day and its dismissal;
    `rate`: how many times as fast the clock of runs runs (> 0).
    """

    zone: str = "America/New_York"
    weekdays: frozenset[int] = frozenset(range(5))
    opens: time = OPENS
    closes: time = CLOSES
    closures: frozenset[date] = frozenset()
    half_days: tuple[tuple[date, time], ...] = ()
    rate: float = 1.0

    def shortened(self, length: timedelta) -> timedelta:
        """A planned length as it passes on this calendar."""
        return length / self.rate

    def hours_on(self, day: date) -> tuple[datetime, datetime] | None:
        """When a day opens and closes, in local time without a zone; None when it is closed."""
        if day.weekday() not in self.weekdays or day in self.closures:
            return None
        opens = datetime.combine(day, self.opens)
        closes = datetime.combine(day, dict(self.half_days).get(day, self.closes))
        return (opens, closes) if opens < closes else None

    def is_open(self, at: datetime) -> bool:
        """Whether people post at this time, the moments of opening and closing included."""
        local = self._local(at)
        hours = self.hours_on(local.date())
        return hours is not None and hours[0] <= local <= hours[1]

    def first_on(self, day: date) -> datetime:
        """The first moment of a day at which the school is open, or after it. Raises NeverOpen."""
        midnight = datetime.combine(day, time(0), ZoneInfo(self.zone))
        return self.after(midnight.astimezone(UTC), timedelta(0))

    def after(self, at: datetime, length: timedelta) -> datetime:
        """The time that comes so many posting hours after another, on a quarter hour.

        Monday 3:00 pm and 5 hours is Tuesday 10:00 am. No length: the same time where the school
        is open then, else its next opening. Raises NeverOpen.
        """
        local = self._local(at)
        for opens, closes in self._days(local.date(), _ONE_DAY):
            begins = max(local, opens)
            if begins > closes:
                continue
            if begins + length <= closes:
                found = begins + length
                return self._utc(min(self._rounded(found), closes) if length else found)
            length -= closes - begins
        raise NeverOpen

    def before(self, at: datetime, length: timedelta) -> datetime:
        """The time that comes so many posting hours before another. Raises NeverOpen."""
        local = self._local(at)
        for opens, closes in self._days(local.date(), -_ONE_DAY):
            ends = min(local, closes)
            if ends < opens:
                continue
            if ends - length >= opens:
                return self._utc(ends - length)
            length -= ends - opens
        raise NeverOpen

    def _days(self, day: date, step: timedelta) -> Iterator[tuple[datetime, datetime]]:
        days = (self.hours_on(day + step * n) for n in range(_LONGEST_RECESS))
        return (hours for hours in days if hours is not None)

    def _rounded(self, local: datetime) -> datetime:
        """Up to the next quarter hour, as long as that is on this calendar."""
        midnight = datetime.combine(local.date(), time())
        return local + (midnight - local) % self.shortened(_QUARTER_HOUR)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def _utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
