"""Measures: what may be wrong with them, how they are kept, and what the next one begins with."""

from datetime import date

import pytest

from bot.rules.inputs import LONGEST, FaultKind
from bot.rules.measures import (
    PARTS,
    Measure,
    Measured,
    faults,
    fields_with,
    next_of,
    of_fields,
    of_items,
    until_of,
)
from tests.protocols.factories import BEN

WHOLE = {
    "what": "Sentences that explain the quotation",
    "group": "7B",
    "n": "26",
    "before": "9",
    "target": "18,5",
    "after": "-16",
    "from": "2026-11-02",
    "until": "2026-11-20",
}
KEPT = (
    ("The measure", "measure", "Sentences that explain the quotation"),
    ("Group by code", "measure-group", "7B"),
    ("How many students", "measure-n", "26"),
    ("Before", "measure-before", "9"),
    ("Target", "measure-target", "18,5"),
    ("After", "measure-after", "-16"),
    ("From", "measure-from", "2026-11-02"),
    ("Until", "measure-until", "2026-11-20"),
)
MEASURE = Measure(
    what="Sentences that explain the quotation",
    group="7B",
    n=26,
    before=9.0,
    target=18.5,
    after=-16.0,
    since=date(2026, 11, 2),
    until=date(2026, 11, 20),
)


def without(*parts: str) -> dict[str, str]:
    return {part: value for part, value in WHOLE.items() if part not in parts}


def test_a_measure_is_kept_as_plain_fields_that_lie_side_by_side() -> None:
    assert fields_with("The measure", WHOLE) == KEPT
    assert tuple(WHOLE) == PARTS


def test_empty_parts_are_left_out() -> None:
    assert fields_with("M", {"what": "Reasons", "group": "", "after": "3"}) == (
        ("M", "measure", "Reasons"),
        ("After", "measure-after", "3"),
    )
    assert fields_with("M", {"what": ""}) == (("M", "measure", ""),)


def test_measures_are_read_back_from_among_other_fields() -> None:
    fields = (
        ("One fact", "text", "7B moved"),
        *KEPT,
        ("Another", "measure", "Blanks"),
        ("After", "measure-after", "2"),
        ("Link", "link", ""),
    )
    assert of_fields(fields) == (MEASURE, Measure(what="Blanks", after=2.0))


def test_a_measure_that_was_left_empty_is_none() -> None:
    assert of_fields(fields_with("M", {})) == ()
    assert of_fields((("Before", "measure-before", "9"),)) == ()


def test_what_was_kept_as_a_text_before_measures_had_parts_is_a_measure_still() -> None:
    assert of_fields((("M", "measure", "From 9 to 18"),)) == (Measure(what="From 9 to 18"),)


def test_what_is_no_number_or_day_is_read_as_none() -> None:
    parts = dict.fromkeys(PARTS, "soon")
    assert of_fields(fields_with("M", parts)) == (Measure(what="soon", group="soon"),)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (WHOLE, {}),
        ({"what": "Reasons"}, {}),
        ({}, {"what": FaultKind.MISSING}),
        ({"before": "9"}, {"what": FaultKind.MISSING}),
        (WHOLE | {"what": "x" * LONGEST}, {}),
        (WHOLE | {"what": "x" * (LONGEST + 1)}, {"what": FaultKind.TOO_LONG}),
        (WHOLE | {"group": "x" * (LONGEST + 1)}, {"group": FaultKind.TOO_LONG}),
        (WHOLE | {"n": "1"}, {}),
        (WHOLE | {"n": "9999"}, {}),
        (WHOLE | {"n": "0"}, {"n": FaultKind.NO_COUNT}),
        (WHOLE | {"n": "10000"}, {"n": FaultKind.NO_COUNT}),
        (WHOLE | {"n": "26.5"}, {"n": FaultKind.NO_COUNT}),
        (WHOLE | {"n": "-3"}, {"n": FaultKind.NO_COUNT}),
        (WHOLE | {"before": "few"}, {"before": FaultKind.NO_NUMBER}),
        (WHOLE | {"target": "nan"}, {"target": FaultKind.NO_NUMBER}),
        (WHOLE | {"after": "1e999"}, {"after": FaultKind.NO_NUMBER}),
        (WHOLE | {"from": "Monday"}, {"from": FaultKind.NO_DATE}),
        (WHOLE | {"until": "2026-11-31"}, {"until": FaultKind.NO_DATE}),
        (WHOLE | {"until": "2026-11-01"}, {"until": FaultKind.TOO_EARLY}),
        (WHOLE | {"until": "2026-11-02"}, {}),
        (without("from"), {}),
        (without("until"), {}),
        (
            WHOLE | {"n": "some", "after": "all"},
            {"n": FaultKind.NO_COUNT, "after": FaultKind.NO_NUMBER},
        ),
    ],
)
def test_each_part_says_what_is_wrong(parts: dict[str, str], found: dict[str, FaultKind]) -> None:
    assert faults(parts, optional=False) == found


def test_an_optional_measure_may_be_left_empty_and_only_wholly() -> None:
    assert faults(dict.fromkeys(PARTS, ""), optional=True) == {}
    assert faults({"group": "7B"}, optional=True) == {"what": FaultKind.MISSING}


def test_the_measures_of_a_run_come_with_their_step_and_person() -> None:
    items = [(2, BEN, KEPT), (3, BEN, (("Fact", "text", "x"),)), (5, None, KEPT * 2)]
    assert of_items(items) == (
        Measured(2, BEN, MEASURE),
        Measured(5, None, MEASURE),
        Measured(5, None, MEASURE),
    )


def test_a_measure_that_goes_on_fills_in_the_next_with_all_it_has() -> None:
    going_on = without("after")
    assert next_of(fields_with("M", going_on)) == going_on


def test_a_measure_that_is_over_lets_the_next_begin_where_it_ended() -> None:
    assert next_of(KEPT) == {
        "what": "Sentences that explain the quotation",
        "group": "7B",
        "n": "26",
        "before": "-16",
    }


def test_the_last_measure_with_a_baseline_counts() -> None:
    first, last = {"what": "A", "before": "1"}, {"what": "B", "before": "2"}
    without_baseline = {"what": "C", "target": "3"}
    fields = [field for m in (first, last, without_baseline) for field in fields_with("M", m)]
    assert next_of(fields) == last
    assert next_of(fields_with("M", without_baseline)) == {}


def test_what_goes_on_has_a_last_day_within_a_year() -> None:
    today = date(2026, 11, 24)

    def until(day: str, after: str = "") -> date | None:
        return until_of(fields_with("M", {"what": "W", "until": day, "after": after}), today)

    assert until("2026-12-10") == date(2026, 12, 10)
    assert until("2026-12-10", after="9") is None
    assert until("2026-11-23") is None
    assert until("9999-12-31") is None
    assert until("") is None
