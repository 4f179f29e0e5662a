"""Kill any process at any moment: every step happens once and in order, and nothing is lost."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage.database import lock
from tests.stage import CHANNEL, Stage, open_stage
from tests.stories.mortal_demo import Browser, Leader, MortalDemo, Person, Row, Said, Talker, posts

ROOT = Path(__file__).parents[2]
RAM = Path("/dev/shm")  # noqa: S108 # a disk in memory, where there is one


@pytest.fixture
def fast_folder() -> Iterator[Path]:
    """A folder on the fastest disk."""
    with tempfile.TemporaryDirectory(dir=RAM if os.access(RAM, os.W_OK) else None) as folder:
        yield Path(folder)


def kill_at_points(folder: Path, *words: str) -> list[dict[str, Any]]:
    """What came of a kill at each point, in the order of the points."""
    unmeasured = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.stories.kills", str(folder), *words],
        cwd=ROOT,
        env=unmeasured,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as launcher:
        try:
            _, errors = launcher.communicate(timeout=1_500)
        except subprocess.TimeoutExpired:
            os.killpg(launcher.pid, signal.SIGKILL)
            raise
    assert launcher.returncode == 0, errors.decode()
    lines = (folder / "found").read_text().splitlines()
    return sorted(map(json.loads, lines), key=lambda line: int(line["point"]))


@pytest.mark.timeout(1_600)  # alone, on two cores: under two minutes
def test_a_run_that_is_killed_at_any_point_ends_in_the_same_record(fast_folder: Path) -> None:
    found = kill_at_points(fast_folder)
    assert [line["point"] for line in found] == list(range(1, len(found) + 1))
    assert Counter(line["name"] for line in found).keys() == {
        "commit", "committed", "post", "posted", "update", "updated", "whisper", "whispered",
        "answer", "answered",
    }  # fmt: skip
    assert len(found) > 350
    assert [line for line in found if line["wrong"]] == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("fault", "point"),
    [
        pytest.param("twice", "posted", id="a chat that does not know again what it sent"),
        pytest.param("lost", "answered", id="a commit that is lost without a word"),
    ],
)
def test_a_planted_fault_is_found(fast_folder: Path, fault: str, point: str) -> None:
    found = kill_at_points(fast_folder, "--fault", fault, "--only", point, "--most", "6")
    assert [line["name"] for line in found if line["wrong"]] == [point] * 6


# The real process.

KILLS = 10
SEED = 20_261_124
ROOM = "grade-7-ela"
RUN = "killedandkilled2"
CARD = f"run:{RUN}:card"
TEACHERS = ("alvarez", "okafor", "chen", "pena")


@pytest.fixture
def school(tmp_path: Path) -> Iterator[MortalDemo]:
    """A demo, started."""
    demo = MortalDemo(tmp_path / "home", rate=5)  # no step is over before its post stands
    demo.start()
    yield demo
    if demo.process.poll() is None:
        demo.stop()


def start_a_run(school: MortalDemo) -> None:
    """Alvarez starts ATLAS with everybody."""
    starter = Browser(school, TEACHERS[0], "", name="starting")
    settled = {"in-protocol": "atlas-work", "in-clock": "full"}
    starter.send("submit", form=f"start:{RUN}:0:0", **settled)
    end = time.monotonic() + 30
    while f'data-key="{CARD}"' not in starter.page("") and time.monotonic() < end:
        time.sleep(0.1)


def wait_until_quiet(school: MortalDemo) -> None:
    """Wait until nothing waits to be handled or sent."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        waiting = school.rows("SELECT 1 FROM inbox WHERE state = 'new'")
        open_cards = school.rows("SELECT 1 FROM outbox WHERE state IN ('pending', 'sending')")
        if not waiting and not open_cards:
            return
        time.sleep(0.1)
    assert (waiting, open_cards) == ([], [])


def talk_while_it_is_killed(school: MortalDemo) -> list[Talker]:
    """Four talk, one of them leads; it is killed and started again. What each of them said."""
    chance = random.Random(SEED)  # noqa: S311 # it can be repeated
    enough = threading.Event()
    browsers = [Browser(school, user, CARD) for user in TEACHERS]
    talkers = [Talker(browser, SEED + i, enough) for i, browser in enumerate(browsers)]
    leading = Browser(school, TEACHERS[0], CARD, name="leading")
    everybody: list[Person] = [*talkers, Leader(leading, SEED, enough, RUN)]
    for person in everybody:
        person.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.2, 2.5))
        school.kill()
        school.start()
    assert f"run:{RUN}:report" not in leading.page("")  # all that was in the middle of the run
    enough.set()
    for person in everybody:
        person.join(120)
        assert person.fault is None
        assert not person.is_alive()
    assert sum(browser.again for browser in browsers) >= KILLS
    wait_until_quiet(school)
    return talkers


@pytest.mark.journey
@pytest.mark.timeout(600)
def test_ten_kills_of_the_demo_lose_and_double_nothing(school: MortalDemo) -> None:
    start_a_run(school)
    talkers = talk_while_it_is_killed(school)
    record = school.export(RUN)
    assert record["run"]["phase"] == "finished"
    _each_step_happened_once_and_in_order(record)
    said = {one.key: one for talker in talkers for one in talker.book}
    assert len(said) == sum(len(talker.book) for talker in talkers)
    _all_that_was_said_is_kept(record["contributions"], said)
    for talker in talkers:
        _each_stands_once_in_the_log(talker.browser.log(), said.keys())
    assert school.stop() == 0


def _all_that_was_said_is_kept(kept: list[dict[str, Any]], said: dict[str, Said]) -> None:
    assert sorted((c["key"], c["person"], c["edited"], c["deleted"]) for c in kept) == sorted(
        (one.key, one.user, one.edited, one.deleted) for one in said.values()
    )
    words = {c["key"]: c["words"] for c in kept if not c["deleted"]}
    assert words == {k: len(one.text.split()) for k, one in said.items() if not one.deleted}


def _each_step_happened_once_and_in_order(record: dict[str, Any]) -> None:
    opened = [step["opened_at"] for step in record["steps"]]
    assert None not in opened
    assert opened == sorted(opened)
    closed = [step["closed_at"] for step in record["steps"]]
    assert None not in closed
    assert closed == sorted(closed)
    assert [step["reopened"] for step in record["steps"]] == [[]] * 7


def _each_stands_once_in_the_log(log: list[Row], said: Set[str]) -> None:
    keys = posts(log)
    assert [key for key, times in Counter(keys).items() if times > 1] == []
    in_thread = {row.key for row in log if row.into == "thread-log"}
    assert {key for key in in_thread if key.startswith("m-")} == said
    steps = [f"run:{RUN}:step:{position}:open" for position in range(7)]
    assert [key for key in keys if key in steps] == steps
    assert f"run:{RUN}:report" in keys


@pytest.mark.journey
def test_a_second_process_is_refused_and_a_killed_one_holds_nothing(school: MortalDemo) -> None:
    second = school.command("demo", "--port", "0")
    assert second.returncode == 1
    assert second.stdout == ""
    assert second.stderr == (
        "Another Colloquy works on this database. Stop it first, or set COLLOQUY_HOME.\n"
    )
    school.kill()
    lock(school.home / "colloquy.db").release()
    school.start()
    assert Browser(school, "alvarez", "").page("")


# A full disk.

SPACE = 160 * 1024  # bytes that any one file may have: less than the database, enough to start
LIMITED = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({SPACE}, {SPACE}))
from bot.cli import main
sys.argv[0] = "colloquy"
main()
"""


HALF = """
SELECT key FROM message AS m WHERE op = 'post' AND person_id IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM inbox WHERE event_id = m.key)
UNION ALL SELECT event_id FROM inbox AS i WHERE kind = 'said'
AND NOT EXISTS (SELECT 1 FROM message WHERE key = i.event_id)
"""  # in the log but not in the inbox, or in the inbox but not in the log


@pytest.mark.journey
def test_what_a_full_disk_refuses_leaves_nothing_and_is_taken_later(school: MortalDemo) -> None:
    run = school.rows("SELECT id FROM run ORDER BY started_at DESC")[0][0]
    address = f"/as/alvarez/channel/{ROOM}/say"

    def said(number: int) -> int:
        posts = school.rows("SELECT body FROM message WHERE op = 'post'")
        return sum(f"Line {number}. " in body for (body,) in posts)

    def say(number: int) -> tuple[int, str]:
        words = f"Line {number}. " * 200
        once = f"line-{number}"
        return school.ask(address, {"thread": f"run:{run}:card", "once": once, "text": words})

    school.stop()
    school.start(sys.executable, "-c", LIMITED)
    refused = next(number for number in range(200) if say(number)[0] != 204)
    status, answer = say(refused)
    assert status == 500  # a limit of files is "I/O error" to SQLite; a full disk has its own page
    assert "Something went wrong here" in answer
    assert said(refused) == 0
    assert said(refused - 1) == 1
    assert school.rows(HALF) == []

    school.kill()
    school.start()
    assert say(refused)[0] == 204
    assert say(refused)[0] == 204
    wait_until_quiet(school)
    assert said(refused) == 1
    assert school.rows(HALF) == []


async def test_where_there_is_space_again_the_same_process_takes_the_same_message(
    tmp_path: Path,
) -> None:
    stage = await open_stage(tmp_path)
    await stage.start("ana", protocol="atlas-work", clock="short")
    words = "Piece A quotes first. " * 180

    async def say() -> None:
        await stage.channel.say(
            user="ana", channel=CHANNEL, thread=stage.thread, text=words, once="once"
        )
        await stage.settle()

    await _allow_pages(stage, 1)  # SQLite makes that as many as there are
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        await say()
    assert (await stage.export())["contributions"] == []
    await _allow_pages(stage, 1_000_000)
    await say()
    await say()
    said = [c["words"] for c in (await stage.export())["contributions"]]
    lines = await stage.channel.current(CHANNEL, stage.thread, "ana")
    await stage.house.database.close()
    assert said == [4 * 180]
    assert [line.text for line in lines if line.person] == [words]


async def _allow_pages(stage: Stage, pages: int) -> None:
    """Let the database have so many pages; this holds for the stage's one connection."""
    async with stage.house.database.read() as session:
        await session.execute(text(f"PRAGMA max_page_count = {pages}"))
