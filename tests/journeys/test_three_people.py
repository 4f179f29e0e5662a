"""Three people, three windows, one protocol to its report."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.journeys.demo import PATIENCE, begin, browsing, demo, teacher

pytestmark = pytest.mark.journey

ROSA, BEN, MEI = "alvarez", "okafor", "chen"

# Who contributes in each step, and how: Rosa only leads, Ben brings the material.
SOCRATIC = (
    ({BEN}, "reply"),
    ({BEN, MEI}, "reply"),
    ({BEN, MEI}, "write"),
    ({MEI}, "reply"),
    ({BEN, MEI}, "reply"),
    ({BEN, MEI}, "reply"),
    ({BEN, MEI}, "reply"),
    ({BEN, MEI}, "reply"),
    ({BEN, MEI}, "reply"),
)
ATLAS = (
    ({ROSA}, "reply"),
    ({MEI}, "write"),
    ({MEI}, "reply"),
    ({MEI}, "reply"),
    ({MEI}, "reply"),
    ({BEN}, "reply"),
    ({BEN, MEI}, "reply"),
)


@pytest.mark.parametrize(
    ("protocol", "steps"), [("socratic-plan", SOCRATIC), ("atlas-work", ATLAS)]
)
async def test_three_people_run_a_protocol_to_its_report(
    tmp_path: Path, protocol: str, steps: tuple[tuple[set[str], str], ...]
) -> None:
    async with demo(tmp_path) as served, browsing() as browser:
        team = {user: await teacher(browser, served.base, user) for user in (ROSA, BEN, MEI)}
        run = await begin(served, team[ROSA], protocol)
        for one in team.values():
            await one.enter(f"run:{run}:card")
        for position, (people, how) in enumerate(steps):
            for user in sorted(people):
                await team[user].sees_step(run, position)
                text = f"{user} in step {position + 1} of {protocol}"
                if how == "write":
                    await team[user].write(run, position, text)
                else:
                    await team[user].reply(text)
            await team[ROSA].next(run, position)
        for one in team.values():
            report = one.page.locator(f"[id='m-run:{run}:report']")
            await expect(report).to_be_visible(timeout=PATIENCE)
        await team[MEI].page.get_by_role("link", name="Open the report").click()
        await expect(team[MEI].page.locator("h1")).to_be_visible()
        assert [one.said for one in team.values()] == [[], [], []]
        _compare(await served.command("export", "run", run), steps)


def _compare(export: dict[str, Any], steps: tuple[tuple[set[str], str], ...]) -> None:
    assert export["run"]["phase"] == "finished"
    assert [(s["closed_by"], s["reason"]) for s in export["steps"]] == [("person", None)] * len(
        steps
    )
    said = [(c["step"], c["person"], c["in_turn"], c["late"]) for c in export["contributions"]]
    expected = [
        (position, user, True, False)
        for position, (people, _) in enumerate(steps)
        for user in sorted(people)
    ]
    assert sorted(said) == sorted(expected)
    heard = [set(share["heard"]) for share in export["participation"]]
    assert heard == [people for people, _ in steps]
    assert [set(share["expected"]) for share in export["participation"]] == heard
