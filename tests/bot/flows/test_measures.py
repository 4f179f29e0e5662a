"""Measures and comparisons in a run: what a form begins with, and what is kept of it."""

from dataclasses import replace

import pytest

from bot.cards.model import Form, Text, Words
from bot.flows.reports import read_report
from bot.rules.measures import Measure, Measured
from protocols.model import Field, FieldKind, Floor, Step
from tests.bot.own_protocols import begin, typed
from tests.protocols.factories import step
from tests.stage import Stage

MEASURE = Field("What we measure", FieldKind.MEASURE, optional=True)
NOW = Field("What I think now", FieldKind.COMPARISON, of=1)
FIRST = (Field("What?", FieldKind.TEXT), Field("How many?", FieldKind.NUMBER, optional=True))
TRIAL = {
    "f0-what": "Sentences that explain",
    "f0-group": "7B",
    "f0-n": "26",
    "f0-before": "9",
    "f0-target": "18",
    "f0-from": "2026-11-02",
    "f0-until": "2026-11-20",
}


def measuring(floor: Floor = Floor.OPEN) -> Step:
    return replace(step(floor), collect=(MEASURE,))


PREDICTING = replace(step(Floor.ALONE), collect=FIRST)
COMPARING = replace(step(Floor.ROUND), collect=(NOW,))


async def shown(stage: Stage, user: str, position: int = 0) -> Form:
    form = await stage.press(user, "write", position)
    assert isinstance(form, Form)
    return form


async def filled_in(stage: Stage, user: str, position: int = 0) -> dict[str, str]:
    form = await shown(stage, user, position)
    return {one.id: one.value for one in form.inputs if one.value}


def earlier(form: Form | None) -> list[str]:
    """The words of people that a form shows above its inputs."""
    assert form is not None
    texts = [element for element in form.intro if isinstance(element, Text)]
    return [part.text for one in texts for part in one.parts if isinstance(part, Words)]


async def fields(stage: Stage) -> list[list[tuple[str, str]]]:
    items = (await stage.export())["items"]
    return [[(one["kind"], one["value"]) for one in item["fields"]] for item in items]


async def measures(stage: Stage) -> tuple[Measured, ...]:
    async with stage.house.database.read() as session:
        report = await read_report(session, stage.organization, stage.run)
    assert report is not None
    return report.measures


async def test_the_next_run_opens_with_what_the_trial_began_with(stage: Stage) -> None:
    await begin(stage, measuring(), Floor.ROUND)
    assert await filled_in(stage, "cy") == {}
    await stage.write("ben", 0, TRIAL)
    await begin(stage, measuring(), Floor.ROUND)
    assert await filled_in(stage, "cy") == TRIAL


async def test_the_library_s_impact_review_opens_with_the_trial_s_measure(stage: Stage) -> None:
    await begin(stage, measuring(), Floor.ROUND)
    await stage.write("ben", 0, TRIAL)
    await stage.start("ana", protocol="impact", clock="short", here="ana,ben,cy")
    for position in (0, 1):
        await stage.press("ana", "anyway", position)
    assert await filled_in(stage, "ana", 2) == TRIAL


async def test_a_later_step_of_a_run_goes_on_from_where_an_earlier_one_ended(stage: Stage) -> None:
    await begin(stage, measuring(), measuring(), Floor.ROUND)
    await stage.write("ben", 0, TRIAL | {"f0-after": "16"})
    await stage.press("ana", "anyway", 0)
    kept = {part: TRIAL[part] for part in ("f0-what", "f0-group", "f0-n")}
    assert await filled_in(stage, "cy", 1) == kept | {"f0-before": "16"}


async def test_once_a_step_has_its_measure_its_form_comes_empty_again(stage: Stage) -> None:
    await begin(stage, measuring(), Floor.ROUND)
    await stage.write("ben", 0, TRIAL)
    assert await filled_in(stage, "ben") == {}
    assert await filled_in(stage, "cy") == {}


async def test_a_rehearsal_fills_in_nothing(stage: Stage) -> None:
    await stage.start(
        "ana", protocol="impact", clock="short", rehearsal="yes", here="ana,ben,cy,dee"
    )
    for position in (0, 1):
        await stage.press("ana", "anyway", position)
    assert await stage.write("ana", 2, TRIAL | {"f1": "yes"}) is None
    assert len(await measures(stage)) == 1
    await begin(stage, measuring(), Floor.ROUND)
    assert await filled_in(stage, "cy") == {}


async def test_a_form_without_a_measure_begins_empty(stage: Stage) -> None:
    await begin(stage, measuring(), COMPARING, Floor.ROUND)
    await stage.write("ben", 0, TRIAL)
    await stage.press("ana", "anyway", 0)
    assert await filled_in(stage, "cy", 1) == {}


async def test_a_sealed_measure_may_be_changed_and_is_in_the_report_once_it_opens(
    stage: Stage,
) -> None:
    await begin(stage, measuring(Floor.ALONE), Floor.ROUND)
    await stage.write("ben", 0, TRIAL)
    assert await filled_in(stage, "ben") == TRIAL
    assert await filled_in(stage, "cy") == {}
    assert await measures(stage) == ()
    await stage.write("cy", 0, TRIAL | {"private": "yes"})
    await stage.press("ana", "anyway")
    [found] = await measures(stage)
    assert (found.position, found.person) == (0, await stage.person("ben"))
    assert found.measure.group == "7B"


async def test_a_measure_stands_part_by_part_in_the_thread_the_export_and_the_report(
    stage: Stage,
) -> None:
    await begin(stage, measuring(), Floor.ROUND)
    await stage.write("ben", 0, {"f0-what": "Reasons", "f0-group": "7B", "f0-before": "9,5"})
    assert await fields(stage) == [
        [("measure", "Reasons"), ("measure-group", "7B"), ("measure-before", "9,5")]
    ]
    [key] = [key for key in await stage.seen_by("dee") if ":reveal:" in key]
    assert typed(await stage.card("dee", key)) == ["Reasons", "7B", "9,5"]
    [one] = (await stage.export())["contributions"]
    assert (one["text"], one["words"]) == ("Reasons", 1)
    ben = await stage.person("ben")
    assert await measures(stage) == (Measured(0, ben, Measure("Reasons", "7B", before=9.5)),)


async def test_a_measure_with_faults_comes_back_with_what_was_written(stage: Stage) -> None:
    await begin(stage, measuring(), Floor.ROUND)
    wrong = TRIAL | {"f0-n": "most", "f0-until": "2026-11-01"}
    form = await stage.write("ben", 0, wrong)
    assert form is not None
    assert {one.id: one.value for one in form.inputs if one.value} == wrong
    assert {one.id: one.fault for one in form.inputs if one.fault} == {
        "f0-n": "Please write how many they are, as a whole number from 1 to 9999.",
        "f0-until": "This is before the first day. Please choose that day or a later one.",
    }
    assert await fields(stage) == []


async def test_a_comparison_shows_and_keeps_what_its_writer_wrote_first(stage: Stage) -> None:
    await begin(stage, PREDICTING, COMPARING)
    await stage.write("ben", 0, {"f0": "A small gain.", "f1": "4"})
    await stage.write("cy", 0, {"f0": "None at all."})
    await stage.press("ana", "anyway")
    first = "What?: A small gain.\nHow many?: 4"
    assert earlier(await shown(stage, "ben", 1)) == [first]
    assert earlier(await shown(stage, "cy", 1)) == ["None at all."]
    assert earlier(await shown(stage, "dee", 1)) == []
    assert earlier(await stage.write("ben", 1, {"f0": ""})) == [first]
    await stage.write("ben", 1, {"f0": "It was nine."})
    await stage.write("dee", 1, {"f0": "As I thought."})
    kept = [one for one in await fields(stage) if one[-1][0] == "comparison"]
    assert sorted(kept, key=len) == [
        [("comparison", "As I thought.")],
        [("comparison-before", first), ("comparison", "It was nine.")],
    ]
    texts = [one["text"] for one in (await stage.export())["contributions"] if one["step"] == 1]
    assert texts == ["It was nine.", "As I thought."]


async def test_both_sides_of_a_comparison_are_shown_together(stage: Stage) -> None:
    await begin(stage, PREDICTING, COMPARING)
    await stage.write("ben", 0, {"f0": "A small gain."})
    await stage.press("ana", "anyway")
    await stage.write("ben", 1, {"f0": "It was nine."})
    cards = [await stage.card("dee", k) for k in await stage.seen_by("dee") if ":step:1:" in k]
    assert ["A small gain.", "It was nine."] in [typed(card) for card in cards]
    async with stage.house.database.read() as session:
        report = await read_report(session, stage.organization, stage.run)
    assert report is not None
    [answer] = report.steps[1].answers
    assert answer.fields == (
        ("What I wrote in step 1", "A small gain."),
        ("What I think now", "It was nine."),
    )


@pytest.mark.parametrize("hidden", [True, False])
async def test_what_was_kept_to_oneself_or_came_after_opening_is_not_compared(
    stage: Stage, *, hidden: bool
) -> None:
    await begin(stage, PREDICTING, COMPARING)
    if hidden:
        await stage.write("ben", 0, {"f0": "A small gain.", "private": "yes"})
    await stage.press("ana", "anyway")
    if not hidden:
        await stage.write("ben", 0, {"f0": "A small gain."})
    assert earlier(await shown(stage, "ben", 1)) == []
    await stage.write("ben", 1, {"f0": "It was nine."})
    assert [("comparison", "It was nine.")] in await fields(stage)
