"""Never stuck: when the facilitator is gone, somebody else may take over."""

import pytest

from protocols.due import next_due
from protocols.engine import advance
from protocols.events import (
    Effect,
    Joined,
    Left,
    Note,
    NotYours,
    Paused,
    Refresh,
    RefreshStep,
    Resumed,
    RoleHanded,
    Tick,
    Whisper,
)
from protocols.model import FACILITATOR, PRESENTER, TIMEKEEPER, Floor
from protocols.run import Held, Mark, MemberKind, PersonId, Run
from protocols.school_days import Calendar
from tests.protocols.factories import (
    ANA,
    BEN,
    CALENDAR,
    CY,
    DEE,
    EVE,
    ROLES,
    after,
    at,
    begun,
    effects,
    waiting,
)

TEN_TIMES = Calendar(rate=10.0)
WITH_TIMEKEEPER = {**ROLES, TIMEKEEPER: CY}


def tick(time: str) -> Tick:
    return Tick(at=at(time))


def pause(time: str, by: PersonId = ANA) -> Paused:
    return Paused(at=at(time), by=by)


def resume(time: str, by: PersonId = ANA) -> Resumed:
    return Resumed(at=at(time), by=by)


def due(run: Run, calendar: Calendar = CALENDAR) -> str:
    time = next_due(run, calendar)
    return f"{time.hour - 12}:{time:%M:%S}" if time else "never"


def ticked(run: Run, *times: str) -> list[list[Effect]]:
    caused = []
    for time in times:
        run, told = advance(run, tick(time), CALENDAR)
        caused.append(told)
    return caused


def relief(*people: PersonId) -> list[Effect]:
    return [*(Whisper(person, Note.RELIEF, 0) for person in people), Refresh()]


def test_after_five_minutes_of_pause_the_timekeeper_may_take_over() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN, roles=WITH_TIMEKEEPER), pause("3:01"))
    assert due(run) == "3:06:00"
    assert ticked(run, "3:05:59", "3:06", "3:07") == [[], relief(CY), []]


def test_without_a_timekeeper_everybody_in_the_run_may_take_over() -> None:
    looks_on = Joined(at=at("3:00:30"), by=EVE, kind=MemberKind.OBSERVER)
    run = after(begun(Floor.OPEN, Floor.OPEN), looks_on, pause("3:01"))
    assert effects(run, tick("3:06")) == relief(BEN, CY, DEE)


def test_a_timekeeper_who_left_or_who_facilitates_too_is_not_asked_alone() -> None:
    run = begun(Floor.OPEN, Floor.OPEN, roles=WITH_TIMEKEEPER)
    gone = after(run, Left(at=at("3:00:30"), by=CY), pause("3:01"))
    assert effects(gone, tick("3:06")) == relief(BEN, DEE)
    both = begun(Floor.OPEN, Floor.OPEN, roles={**ROLES, TIMEKEEPER: ANA})
    assert effects(after(both, pause("3:01")), tick("3:06")) == relief(BEN, CY, DEE)


def test_the_rate_divides_the_five_minutes() -> None:
    run = after(begun(Floor.OPEN, calendar=TEN_TIMES), pause("3:00:10"), calendar=TEN_TIMES)
    assert due(run, TEN_TIMES) == "3:00:40"


def test_going_on_before_five_minutes_are_over_offers_nobody_anything() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), pause("3:01"), tick("3:06"), resume("3:07"))
    assert run.marks == frozenset()
    with pytest.raises(NotYours):
        advance(run, take_over("3:08", BEN), CALENDAR)


def take_over(time: str, person: PersonId) -> RoleHanded:
    return RoleHanded(at=at(time), by=person, role=FACILITATOR, person=person)


def test_whoever_takes_over_facilitates_from_there_and_the_record_shows_the_change() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), pause("3:01"), tick("3:06"))
    run, told = advance(run, take_over("3:06:30", DEE), CALENDAR)
    assert told == [Refresh(), RefreshStep(0)]
    assert (run.roles, run.marks) == (
        (Held(FACILITATOR, ANA, 0, 0), Held(PRESENTER, BEN, 0), Held(FACILITATOR, DEE, 0)),
        frozenset(),
    )
    with pytest.raises(NotYours):
        advance(run, take_over("3:06:40", BEN), CALENDAR)


def test_a_facilitator_who_leaves_is_relieved_at_once() -> None:
    run, told = advance(begun(Floor.OPEN, Floor.OPEN), Left(at=at("3:01"), by=ANA), CALENDAR)
    assert (told, run.marks) == (relief(BEN, CY, DEE), frozenset({Mark.RELIEF}))
    assert after(run, take_over("3:01:30", BEN)).holder(FACILITATOR) == BEN


def test_a_facilitator_who_leaves_before_the_start_can_be_followed() -> None:
    run, told = advance(waiting(Floor.OPEN), Left(at=at("2:55"), by=ANA), CALENDAR)
    assert told == [Refresh()]
    assert after(run, take_over("2:56", BEN)).holder(FACILITATOR) == BEN


def test_who_left_can_be_followed_in_every_later_step_too() -> None:
    run = begun(Floor.OPEN, Floor.OPEN, roles=WITH_TIMEKEEPER)
    run = after(run, Left(at=at("3:01"), by=ANA))
    later = after(run, tick("3:05"))
    paused = after(later, pause("3:06", by=CY), resume("3:07", by=CY))
    for each in (later, paused):
        assert (each.position, each.marks) == (1, frozenset({Mark.RELIEF}))
        assert after(each, take_over("3:08", BEN)).holder(FACILITATOR) == BEN


def test_a_facilitator_who_came_again_leads_the_next_step_as_before() -> None:
    run = begun(Floor.OPEN, Floor.OPEN)
    run = after(run, Left(at=at("3:01"), by=ANA), Joined(at=at("3:02"), by=ANA), tick("3:05"))
    with pytest.raises(NotYours):
        advance(run, take_over("3:06", BEN), CALENDAR)


def test_where_nobody_facilitates_anybody_may() -> None:
    run = begun(Floor.OPEN, Floor.OPEN, roles={PRESENTER: BEN})
    assert after(run, take_over("3:01", CY)).holder(FACILITATOR) == CY


def test_only_for_oneself_may_one_take_over() -> None:
    run = after(begun(Floor.OPEN, Floor.OPEN), Left(at=at("3:01"), by=ANA))
    handed = RoleHanded(at=at("3:02"), by=BEN, role=FACILITATOR, person=CY)
    with pytest.raises(NotYours):
        advance(run, handed, CALENDAR)
