"""Times: never without a zone, and in text order where they are in time order."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import UtcTime

SQLITE = sqlite.dialect()
POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call] # so SQLAlchemy has it
ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(timezone)
TIMES = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 # Hypothesis adds the zone
    datetime(9999, 12, 30),  # noqa: DTZ001 # Hypothesis adds the zone
    timezones=ZONES,
)


def kept(at: datetime) -> str:
    return str(UtcTime().process_bind_param(at, SQLITE))


@given(TIMES, TIMES)
def test_the_order_of_times_is_the_order_of_their_texts(one: datetime, other: datetime) -> None:
    assert (kept(one) < kept(other)) == (one < other)
    assert (kept(one) == kept(other)) == (one == other)


@given(TIMES)
def test_a_time_comes_back_as_the_same_moment_in_utc(at: datetime) -> None:
    back = UtcTime().process_result_value(kept(at), SQLITE)
    assert back == at
    assert back is not None
    assert back.tzinfo is UTC


def test_every_time_is_kept_at_the_same_width() -> None:
    whole = datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert kept(whole) == "2026-11-24T17:00:00.000000+00:00"
    assert kept(whole + timedelta(microseconds=1)) == "2026-11-24T17:00:00.000001+00:00"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="a time without a zone"):
        kept(datetime(2026, 11, 24, 17))  # noqa: DTZ001 # that is the point


def test_no_time_stays_no_time() -> None:
    assert UtcTime().process_bind_param(None, SQLITE) is None
    assert UtcTime().process_result_value(None, SQLITE) is None


def test_elsewhere_the_database_keeps_times_itself() -> None:
    at = datetime(2026, 11, 24, 12, tzinfo=timezone(timedelta(hours=-5)))
    column = UtcTime()
    assert column.process_bind_param(at, POSTGRESQL) == datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert column.process_result_value(at, POSTGRESQL) == datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert getattr(column.load_dialect_impl(POSTGRESQL), "timezone", None) is True
