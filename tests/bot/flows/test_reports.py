"""The report of a run: for who was in it, as it stands."""

import pytest

from bot.cards.reports import Answer, Artifact, Report, ReportStep
from bot.flows.reports import NotYourRun, Reports, read_report
from protocols.model import Floor, Reveal
from tests.bot.own_protocols import EVERYTHING, asked, begin, sealed
from tests.stage import NOON, Stage


def reports(stage: Stage) -> Reports:
    return Reports(stage.house, stage.organization, "web")


async def test_a_report_says_what_was_done_step_by_step(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN, Floor.ROUND)
    await stage.write("ben", 0, EVERYTHING)
    await stage.press("cy", "pass")
    await stage.press("ana", "anyway")
    await stage.say("coach", "Well done")
    await stage.press("ana", "end", 1)
    await stage.press("ana", "anyway", 2)
    people = [await stage.person(user) for user in ("ana", "ben", "cy", "dee")]
    ana, ben, cy, _ = people
    seen = await reports(stage).report("cy", stage.run)
    first = seen.steps[0].opened_at
    assert first is not None
    assert seen == Report(
        run=stage.run,
        title="Sample",
        team="team",
        ended=True,
        cancelled=False,
        rehearsal=False,
        one_room=False,
        started_at=first,
        ended_at=seen.steps[2].closed_at,
        facilitator=ana,
        steps=(
            ReportStep(
                position=0,
                title="alone",
                opened_at=NOON,
                closed_at=seen.steps[0].closed_at,
                how="closed by a person",
                contributions=1,
                aside=0,
                expected=tuple(people),
                heard=(ben,),
                passed=(cy,),
                top_share=1.0,
                answers=(
                    Answer(
                        ben,
                        late=False,
                        fields=(
                            ("What?", "Two of eight"),
                            ("Link", "https://a.example"),
                        ),
                    ),
                ),
            ),
            ReportStep(
                position=1,
                title="open",
                opened_at=seen.steps[1].opened_at,
                closed_at=seen.steps[1].closed_at,
                how="closed by a person",
                contributions=0,
                aside=1,
                expected=tuple(people),
                heard=(),
                passed=(),
                top_share=0.0,
            ),
            ReportStep(
                position=2,
                title="round",
                opened_at=seen.steps[2].opened_at,
                closed_at=seen.steps[2].closed_at,
                how="closed by a person",
                contributions=0,
                aside=0,
                expected=tuple(people),
                heard=(),
                passed=(),
                top_share=0.0,
            ),
        ),
        artifacts=(Artifact(ben, "Link", "https://a.example"),),
        commitments=(),
        attribution="",
        reader=await stage.person("cy"),
    )


async def test_a_report_of_a_running_run_hides_what_is_sealed(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("ben", 0, EVERYTHING)
    await stage.press("cy", "pass")
    seen = await reports(stage).report("ana", stage.run)
    step = seen.steps[0]
    assert (seen.ended, seen.ended_at, step.heard, step.passed, step.answers) == (
        False,
        None,
        (),
        (),
        (),
    )
    assert (step.how, seen.steps[1].how, seen.steps[1].opened_at) == ("", "", None)


async def test_each_step_says_how_it_ended(stage: Stage) -> None:
    await begin(stage, *[Floor.OPEN] * 6)
    await stage.until(301)
    await stage.submit("ana", f"skip:{stage.run}:1:0", {"reason": "no time"}, thread=stage.thread)
    await stage.press("ana", "reopen", 2)
    await stage.press("ana", "anyway", 1, 1)
    await stage.press("ana", "end", 2, 1)
    seen = await reports(stage).report("ana", stage.run)
    assert [step.how for step in seen.steps] == [
        "closed by the clock",
        "closed by a person, opened again",
        "closed by a person, opened again",
        "ended early",
        "ended early",
        "",
    ]


async def test_a_step_that_was_left_out_says_why(stage: Stage) -> None:
    await begin(stage, Floor.OPEN, Floor.OPEN)
    await stage.submit("ana", f"skip:{stage.run}:0:0", {"reason": "no time"}, thread=stage.thread)
    seen = await reports(stage).report("ana", stage.run)
    assert seen.steps[0].how == "skipped: no time"


@pytest.mark.parametrize("user", ["coach", "stranger"])
async def test_who_was_not_in_a_run_reads_no_report(stage: Stage, user: str) -> None:
    await begin(stage, Floor.ROUND)
    with pytest.raises(NotYourRun):
        await reports(stage).report(user, stage.run)
    with pytest.raises(NotYourRun):
        await reports(stage).projector(user, stage.run)


async def test_the_wall_shows_nothing_that_is_sealed(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("ben", 0, EVERYTHING)
    wall = repr(await reports(stage).projector("ana", stage.run))
    assert "1 of 4 in" in wall
    assert "Two of eight" not in wall
    assert await stage.person("ben") not in wall


async def test_a_report_says_how_talk_was_spread(stage: Stage) -> None:
    await begin(stage, Floor.OPEN)
    await stage.say("ben", "One")
    await stage.say("cy", "Two")
    seen = await reports(stage).report("ana", stage.run)
    ana, ben, cy, dee = [await stage.person(user) for user in ("ana", "ben", "cy", "dee")]
    assert seen.talk == ((ana, 0.0), (ben, 0.5), (cy, 0.5), (dee, 0.0))


async def test_there_is_no_report_of_no_run(stage: Stage) -> None:
    with pytest.raises(NotYourRun):
        await reports(stage).report("ana", "aaaaaaaaaaaaaaaa")
    async with stage.house.database.read() as session:
        assert await read_report(session, stage.organization, "aaaaaaaaaaaaaaaa") is None


async def test_what_comes_after_the_end_amends_the_report_in_the_thread(stage: Stage) -> None:
    await begin(stage, asked())
    await stage.press("ana", "anyway")
    key = f"run:{stage.run}:report"
    before = await stage.card("dee", key)
    await stage.write("ben", 0, {"f0": "Late", "f2-what": "Try", "f2-due": "2026-12-01"})
    after = await stage.card("dee", key)
    assert [element.kind for element in before.elements] == ["heading", "list", "text", "buttons"]
    assert [element.kind for element in after.elements] == [
        "heading",
        "list",
        "text",
        "list",
        "text",
        "buttons",
    ]
