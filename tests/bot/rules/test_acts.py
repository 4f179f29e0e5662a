"""Presses, reasons and forms, as events that aim at the step they were meant for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.acts import Did, minutes, opening_at, pressed, reasoned, roles_handed
from bot.rules.aims import Aim
from protocols import events
from protocols.due import HALF_DAY
from protocols.model import FACILITATOR, PRESENTER, TIMEKEEPER, Clock, Floor
from protocols.run import MemberKind
from tests.protocols.factories import ANA, BEN, CY, after, at, begun, waiting

NOW = at("3:01")
RUN = begun(Floor.ROUND, Floor.OPEN)


def did(act: str, extra: str = "", kind: MemberKind = MemberKind.PARTICIPANT) -> Did:
    return Did(RUN, Aim(act, "RUN", 2, 1, extra), NOW, ANA, kind)


@pytest.mark.parametrize(
    ("act", "event"),
    [
        ("next", events.Next(at=NOW, by=ANA, position=2, opening=1)),
        ("anyway", events.Next(at=NOW, by=ANA, position=2, opening=1, anyway=True)),
        ("pass", events.Passed(at=NOW, by=ANA, position=2, opening=1)),
        ("done", events.Done(at=NOW, by=ANA, position=2, opening=1)),
        ("end", events.Ended(at=NOW, by=ANA, position=2, opening=1)),
        ("reopen", events.Reopened(at=NOW, by=ANA, position=2, opening=1)),
        ("pause", events.Paused(at=NOW, by=ANA)),
        ("resume", events.Resumed(at=NOW, by=ANA)),
        ("join", events.Joined(at=NOW, by=ANA)),
        ("leave", events.Left(at=NOW, by=ANA)),
        ("takeover", events.RoleHanded(at=NOW, by=ANA, role=FACILITATOR, person=ANA)),
    ],
)
def test_a_press_is_one_event_that_keeps_its_aim(act: str, event: events.Event) -> None:
    assert pressed(did(act)) == [event]


def test_extending_takes_its_minutes_from_the_button() -> None:
    event = events.Extended(at=NOW, by=ANA, position=2, opening=1, more=timedelta(minutes=7))
    assert pressed(did("extend", "7")) == [event]


def test_on_school_days_a_step_is_extended_by_half_a_day() -> None:
    over_days = Did(
        waiting(Floor.ROUND, clock=Clock.SCHOOL_DAYS), Aim("extend", "RUN", 0, 0, "7"), NOW, ANA
    )
    assert pressed(over_days) == [events.Extended(at=NOW, by=ANA, position=0, more=HALF_DAY)]


def test_a_coach_joins_as_an_observer() -> None:
    event = events.Joined(at=NOW, by=ANA, kind=MemberKind.OBSERVER)
    assert pressed(did("join", kind=MemberKind.OBSERVER)) == [event]


@pytest.mark.parametrize("act", ["status", "more", "write", "juggle", ""])
def test_what_only_shows_something_is_no_event(act: str) -> None:
    assert pressed(did(act)) == []


def test_skipping_and_cancelling_carry_their_reason() -> None:
    skipped = events.Skipped(at=NOW, by=ANA, position=2, opening=1, reason="no time")
    cancelled = events.Cancelled(at=NOW, by=ANA, reason="fire alarm")
    assert reasoned(did("skip"), "no time") == [skipped]
    assert reasoned(did("cancel"), "fire alarm") == [cancelled]
    assert reasoned(did("next"), "no time") == []


def test_the_roles_form_hands_over_what_it_changed_and_facilitating_last() -> None:
    values = {"role-0": BEN, "role-1": BEN, "role-2": CY, "role-9": CY}
    assert roles_handed(did("roles"), values) == [
        events.RoleHanded(at=NOW, by=ANA, role=TIMEKEEPER, person=CY),
        events.RoleHanded(at=NOW, by=ANA, role=FACILITATOR, person=BEN),
    ]


def test_a_role_left_empty_in_the_form_stays_where_it_is() -> None:
    assert RUN.holder(PRESENTER) == BEN
    assert roles_handed(did("roles"), {"role-1": ""}) == []


@pytest.mark.parametrize(
    ("text", "more"),
    [("5", 5), ("", 2), ("soon", 2), ("0", 1), ("60", 60), ("61", 60), ("9999", 2), ("-3", 2)],
)
def test_a_step_gets_from_1_to_60_minutes_more(text: str, more: int) -> None:
    assert minutes(text) == more


@given(st.text())
def test_whatever_is_typed_is_some_number_of_minutes(text: str) -> None:
    assert 1 <= minutes(text) <= 60


def test_a_typed_verb_means_the_step_that_was_open_when_it_was_typed() -> None:
    run = after(RUN, events.Next(at=at("3:02"), by=ANA, position=0, anyway=True))
    assert opening_at(run, at("3:01")) == run.openings[0]
    assert opening_at(run, at("3:02")) == run.openings[1]
    assert opening_at(run, at("2:00")) == run.openings[0]
    assert opening_at(waiting(Floor.ROUND), at("3:00")) is None
