"""The protocols of the library, against a table that was written by hand from their specification."""

from collections.abc import Sequence

import pytest

from protocols.model import Clock, Floor, Need, Protocol, Reveal, Step
from tests.protocols.factories import LIBRARY

# Id: group, steps, minutes in full, minutes in short, school days, and what its debrief is called.
TABLE = {
    "article-trial": ("3-8", 8, 48, 45, 6.75, "Debrief"),
    "assessment": ("3-8", 7, 52, 45, 5.5, "Commit and debrief"),
    "atlas-data": ("4-8", 6, 45, 40, 4.25, "Reflect and debrief"),
    "atlas-work": ("4-8", 7, 50, 41, 4.75, "Debrief the process"),
    "cac": ("5-10", 7, 59, 45, 5.0, "Reflect on the conference"),
    "chalk-talk": ("3-30", 4, 33, 28, 2.25, "What it changes"),
    "charrette": ("5-12", 5, 50, 43, 3.0, "Debrief"),
    "consultancy": ("5-9", 6, 50, 43, 4.5, "Debrief"),
    "ddd": ("3-12", 6, 57, 44, 4.5, "Debrief: prediction vs data"),
    "final-word": ("4-6", 3, 50, 41, 3.5, "Debrief"),
    "fishbowl": ("6-20", 5, 52, 41, 3.25, "Joint debrief"),
    "four-as": ("4-10", 6, 46, 42, 3.5, "What it means for our students; debrief"),
    "goal-set": ("3-8", 7, 47, 44, 4.25, "Commit and debrief"),
    "impact": ("3-8", 7, 46, 42, 3.25, "Debrief"),
    "last-word": ("3-4", 3, 40, 39, 3.5, "Open talk and debrief"),
    "norms": ("3-12", 6, 33, 33, 3.75, "Commit; date to review"),
    "notice-wonder": ("3-12", 6, 44, 43, 3.25, "Debrief"),
    "slice": ("8-30", 5, 120, 45, 6.0, "Debrief and decide"),
    "socratic-plan": ("3-8", 9, 48, 44, 6.0, "Commit and debrief"),
    "socratic-run": ("8-30", 6, 50, 35, 4.5, "Reflect and set a goal"),
    "success": ("3-6", 7, 41, 38, 4.0, "Debrief"),
    "text-rendering": ("3-12", 6, 39, 37, 3.25, "Debrief"),
    "tuning": ("5-10", 7, 62, 42, 4.25, "Debrief"),
}

# What a step adds to its floor: steps count from 1.
ADDED = {
    ("article-trial", 1): "held by facilitator",
    ("article-trial", 2): "held by finder",
    ("assessment", 1): "with assessment owner",
    ("atlas-data", 1): "with data owner",
    ("atlas-work", 1): "with presenter",
    ("atlas-work", 2): "silent presenter, private",
    ("atlas-work", 3): "silent presenter",
    ("cac", 1): "silent presenting teacher",
    ("cac", 2): "silent presenting teacher",
    ("cac", 3): "held by presenting teacher",
    ("cac", 4): "held by presenting teacher",
    ("cac", 5): "held by presenting teacher",
    ("chalk-talk", 2): "visible",
    ("charrette", 3): "with presenter",
    ("ddd", 2): "with data coach",
    ("fishbowl", 2): "circle 1",
    ("fishbowl", 3): "circle 1",
    ("fishbowl", 4): "circle 2",
    ("impact", 1): "with commitment owner",
    ("impact", 3): "with data owner",
    ("norms", 1): "unnamed",
    ("slice", 1): "before",
    ("slice", 2): "before",
    ("socratic-plan", 1): "held by lesson owner",
    ("socratic-plan", 4): "held by lesson owner",
    ("socratic-run", 2): "silent scorer, circle 1",
    ("socratic-run", 3): "silent scorer, circle 1",
    ("socratic-run", 4): "silent scorer, circle 2",
    ("socratic-run", 5): "silent scorer, circle 2",
    ("tuning", 4): "silent presenter",
}

# How many steps have each floor, in the whole library.
FLOORS = {
    Floor.ROUND: 43,
    Floor.OPEN: 28,
    Floor.ALONE: 23,
    Floor.PRESENTER: 13,
    Floor.FACILITATOR: 12,
    Floor.GROUP: 8,
    Floor.QUESTIONS: 5,
    Floor.INNER: 4,
    Floor.OUTER: 3,
}

every_protocol = pytest.mark.parametrize("protocol", LIBRARY.protocols, ids=lambda p: p.id)


def minutes(steps: Sequence[Step], clock: Clock) -> int:
    return sum(step.full if clock is Clock.FULL else step.short for step in steps)


def added(step: Step) -> str:
    words = [
        f"held by {step.held_by}" if step.held_by != "presenter" else "",
        *(f"with {role}" for role in step.with_),
        *(f"silent {role}" for role in step.silent),
        str(step.reveal) if step.reveal is not Reveal.AT_CLOSE else "",
        f"circle {step.circle}" if step.circle else "",
        "before" if step.before else "",
    ]
    return ", ".join(filter(None, words))


def test_all_23_are_there_as_the_table_says() -> None:
    assert {
        p.id: (
            f"{p.smallest}-{p.largest}",
            len(p.steps),
            minutes(p.steps, Clock.FULL),
            minutes(p.steps, Clock.SHORT),
            sum(step.quarters for step in p.steps) / 4,
            p.steps[p.debrief].title,
        )
        for p in LIBRARY.protocols
    } == TABLE


def test_what_their_steps_add_to_their_floors_is_what_the_table_says() -> None:
    found = {(p.id, n): added(s) for p in LIBRARY.protocols for n, s in enumerate(p.steps, start=1)}
    assert {place: words for place, words in found.items() if words} == ADDED


def test_each_floor_has_as_many_steps_as_the_table_says() -> None:
    floors = [step.floor for p in LIBRARY.protocols for step in p.steps]
    assert {floor: floors.count(floor) for floor in Floor} == FLOORS


def test_the_sitting_fits_45_minutes() -> None:
    sittings = {
        p.id: minutes([s for s in p.steps if not s.before], Clock.SHORT) for p in LIBRARY.protocols
    }
    assert [name for name, length in sittings.items() if length > 45] == []
    assert sittings["slice"] == 41


@every_protocol
def test_what_a_step_asks_is_at_most_60_words(protocol: Protocol) -> None:
    assert [step.title for step in protocol.steps if len(step.say.split()) > 60] == []


@every_protocol
def test_the_last_step_is_a_debrief_for_everybody(protocol: Protocol) -> None:
    last = protocol.steps[-1]
    assert last.floor in (Floor.ROUND, Floor.OPEN)
    assert ("keep" in last.say) or ("helped" in last.say)


@every_protocol
def test_it_says_whose_it_is_and_is_found_by_its_name(protocol: Protocol) -> None:
    assert protocol.attribution.endswith("wording and timings by Colloquy.")
    assert (
        list(map(LIBRARY.find, (protocol.id, protocol.title, protocol.id.upper())))
        == [protocol] * 3
    )


@pytest.mark.parametrize("need", Need)
def test_every_need_has_at_least_two_protocols(need: Need) -> None:
    assert len([p for p in LIBRARY.protocols if need in p.needs]) >= 2


def test_those_that_ask_for_trust_or_for_the_facilitator_to_take_part() -> None:
    assert [p.id for p in LIBRARY.protocols if p.readiness] == ["atlas-work", "cac", "consultancy"]
    assert [p.id for p in LIBRARY.protocols if p.facilitator_takes_part] == [
        "final-word",
        "four-as",
        "last-word",
    ]
