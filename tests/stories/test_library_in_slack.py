"""The stories of all protocols in Slack, over both transports: the same record, written by hand."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.slack import chat
from tests.slack.stage import SlackStage, open_slack_stage
from tests.stories.test_whole_library import CALENDAR, PROTOCOLS, Play, recorded, story_of

pytestmark = pytest.mark.journey
WAYS = {"socket": "short", "http": "school-days"}


@pytest_asyncio.fixture
async def play(
    tmp_path: Path, protocol: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Play]:
    # The stage's clock stands still between two acts, so nothing waits for a second to pass.
    monkeypatch.setattr(chat, "BETWEEN_POSTS", 0.0)
    monkeypatch.setattr(chat, "BETWEEN_EDITS", 0.0)
    story = story_of(protocol)
    async with open_slack_stage(tmp_path, story.team, CALENDAR, is_socket=way == "socket") as stage:
        yield Play(stage, story)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_in_slack_the_record_is_the_same(play: Play, protocol: str, way: str) -> None:
    story, stage = play.story, play.stage
    assert isinstance(stage, SlackStage)
    await stage.start(play.leader, protocol=protocol, clock=WAYS[way])
    for position, told in enumerate(story.steps):
        for line in told.acts:
            await play.act(position, line)
    record = await stage.export()
    assert recorded(record) == [told.step for told in story.steps]
    assert {role["role"]: role["person"] for role in record["roles"]} == story.roles
    assert (record["run"]["phase"], record["run"]["clock"]) == ("finished", WAYS[way])
    assert f"run:{stage.run}:report" in await stage.seen_by(play.leader)
