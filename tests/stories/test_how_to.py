"""The page that tells how to write a protocol, as one who follows it: copy, check, mistype, play."""

import re
from contextlib import chdir
from pathlib import Path

import pytest

from bot.players import Players
from protocols.library import Library, library
from tests.stage import Stage, open_stage

PAGE = (Path(__file__).parents[2] / "docs/write-a-protocol.md").read_text()
FOLDER = Path(".colloquy/protocols")
[EXAMPLE] = [
    block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "protocol: " in block
]


def put(home: Path, text: str) -> Library:
    """Put a file where the page says, and read all protocols from there."""
    with chdir(home):
        FOLDER.mkdir(parents=True)
        (FOLDER / "gallery-walk.yaml").write_text(text)
        return library(FOLDER)


def test_what_is_said_of_a_mistyped_file_stands_on_the_page(tmp_path: Path) -> None:
    said = put(tmp_path, EXAMPLE.replace("minutes", "mintes", 1)).left_out
    blocks = re.findall(r"^ *```text\n(.*?)^ *```", PAGE, re.DOTALL | re.MULTILINE)
    shown = [[line.strip() for line in block.strip().splitlines()] for block in blocks]
    assert list(said) in shown
    assert [fault.removeprefix(f"{FOLDER}/") for fault in said[:-1]] in shown


@pytest.mark.parametrize("clock", ["full", "short", "school-days"])
async def test_the_example_is_played_to_its_report(tmp_path: Path, clock: str) -> None:
    stage = await open_stage(tmp_path, library=put(tmp_path, EXAMPLE))
    try:
        await stage.start("ana", protocol="gallery-walk", clock=clock)
        assert (await play(stage))["phase"] == "finished"
    finally:
        await stage.house.database.close()


async def play(stage: Stage) -> dict[str, object]:
    """Scripted colleagues say what they say in a protocol that they do not know."""
    players = Players(stage.house, stage.channel, stage.organization, everyone=True, visitor="ana")
    for second in range(0, 3_600, 5):
        await stage.until(second)
        await players.act()
        await stage.settle()
        run: dict[str, object] = (await stage.export())["run"]
        if run["phase"] == "finished":
            break
    return run
