"""The command line: what it says, how it ends, and what it need not load."""

import asyncio
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from protocols.library import FOLDER, library
from protocols.run import PersonId
from storage import migrate, people
from storage.database import lock
from storage.people import Organization, Person
from tests.protocols.factories import LIBRARY
from tests.protocols.own import write_own
from tests.stage import Stage

BROKEN = """\
protocol: tuning
title: Tuning
minute: 5
"""
Answer = tuple[int, str, str]
Command = Callable[..., Answer]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder without any setting."""
    return tmp_path


@pytest.fixture
def colloquy(home: Path) -> Command:
    """Run the command in a folder of its own; its exit code, output and errors."""

    def run(*words: str, **settings: str) -> Answer:
        none = {name: None for name in os.environ if name.startswith("COLLOQUY_")}
        with chdir(home):
            done = CliRunner().invoke(app, words, env={**none, "COLUMNS": "100", **settings})
        assert isinstance(done.exception, SystemExit | None)
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def process(home: Path) -> Command:
    """Run the command in a process of its own."""

    def run(*words: str, **settings: str) -> Answer:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("COLLOQUY_")}
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=home,
            env={**kept, "COLUMNS": "100", **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return run


def refused(answer: Answer) -> tuple[int, str]:
    """The exit code and the one sentence of a call that was refused."""
    code, out, err = answer
    assert out == ""
    assert err.count("\n") == 1
    return code, err.strip()


def database(home: Path) -> Path:
    (home / ".colloquy").mkdir()
    path = home / ".colloquy" / "colloquy.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


def test_help_names_every_command(colloquy: Command) -> None:
    code, out, err = colloquy("--help")
    assert (code, err) == (0, "")
    named = [word for word in ("check", "protocols", "runs", "demo", "export", "db") if word in out]
    assert named == ["check", "protocols", "runs", "demo", "export", "db"]


@pytest.mark.parametrize("words", [("nonsense",), ("demo", "--port", "x"), ("check",), ()])
def test_a_call_that_is_wrong_ends_with_2(colloquy: Command, words: tuple[str, ...]) -> None:
    assert colloquy(*words)[0] == 2


def test_protocol_files_without_faults_are_counted(colloquy: Command, home: Path) -> None:
    files = sorted(str(path) for path in FOLDER.glob("*.yaml"))
    assert colloquy("check", *files) == (0, f"{len(files)} checked, no faults.\n", "")


def test_every_fault_of_a_protocol_file_is_one_line_with_its_place(
    colloquy: Command, home: Path
) -> None:
    (home / "tuning.yaml").write_text(BROKEN)
    code, out, err = colloquy("check", "tuning.yaml")
    assert (code, out) == (1, "")
    lines = err.splitlines()
    assert lines != []
    assert all(line.startswith("tuning.yaml:") for line in lines)
    assert 'tuning.yaml:3:1: "minute"' in err


@pytest.mark.parametrize("name", ["nowhere.yaml", "."])
def test_a_file_that_cannot_be_read_is_named(colloquy: Command, name: str) -> None:
    code, sentence = refused(colloquy("check", name))
    assert code == 1
    assert sentence.startswith(f"I cannot read {name}: ")
    assert sentence.endswith(". Check its name.")


def test_the_protocols_are_listed_for_people_and_for_programs(colloquy: Command) -> None:
    code, out, _ = colloquy("protocols")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [p.id for p in LIBRARY.protocols]
    code, out, _ = colloquy("protocols", "--json")
    listed: list[dict[str, Any]] = json.loads(out)
    assert code == 0
    assert next(one for one in listed if one["protocol"] == "notice-wonder") == {
        "protocol": "notice-wonder",
        "title": "Notice and Wonder",
        "about": "See what is there before explaining it; an easy way into talk about work or data.",
        "group": "3-12",
        "roles": ["facilitator", "scribe"],
        "minutes": {"full": 44, "short": 43},
        "school_days": 3.25,
        "steps": 6,
        "source": "library",
    }


def test_a_school_s_own_protocols_are_listed_with_their_files(
    colloquy: Command, home: Path
) -> None:
    write_own(home / ".colloquy" / "protocols" / "walk.yaml")
    code, out, err = colloquy("protocols")
    assert (code, err) == (0, "")
    row = "gallery-walk     Gallery walk (12 minutes)  .colloquy/protocols/walk.yaml"
    assert [line for line in out.splitlines() if line.startswith("gallery")] == [row]
    listed: list[dict[str, Any]] = json.loads(colloquy("protocols", "--json")[1])
    assert [one["protocol"] for one in listed] == sorted(one["protocol"] for one in listed)
    assert [one for one in listed if one["source"] != "library"] == [
        {
            "protocol": "gallery-walk",
            "title": "Gallery walk",
            "about": "Look at what several classes made.",
            "group": "3-10",
            "roles": ["facilitator", "presenter"],
            "minutes": {"full": 15, "short": 12},
            "school_days": 1.25,
            "steps": 2,
            "source": ".colloquy/protocols/walk.yaml",
        }
    ]


def test_a_faulty_file_is_left_out_of_the_list_and_said_as_check_says_it(
    colloquy: Command, home: Path
) -> None:
    file = str(
        write_own(home / "ours" / "protocols" / "walk.yaml", abouts="about").relative_to(home)
    )
    faults = colloquy("check", file, COLLOQUY_HOME="ours")[2]
    code, out, err = colloquy("protocols", "--json", COLLOQUY_HOME="ours")
    assert (code, {one["source"] for one in json.loads(out)}) == (0, {"library"})
    assert f'{file}:3:1: "abouts" is not a word I know; did you mean "about"?\n' in faults
    assert err == f"{faults}Left out until it is mended: colloquy check {file}\n"


@pytest.mark.parametrize("words", [("runs",), ("runs", "--json"), ("export", "run", "abc")])
def test_without_a_database_nothing_is_read(colloquy: Command, words: tuple[str, ...]) -> None:
    assert refused(colloquy(*words)) == (1, "There is no database here yet. Run: make demo")


@pytest.mark.parametrize("words", [("runs",), ("export", "run", "abc")])
def test_an_old_database_is_not_read(colloquy: Command, home: Path, words: tuple[str, ...]) -> None:
    (home / ".colloquy").mkdir()
    (home / ".colloquy" / "colloquy.db").touch()
    sentence = "The database is not at the newest revision. Run: colloquy db upgrade"
    assert refused(colloquy(*words)) == (1, sentence)


def test_without_runs_the_list_is_empty(colloquy: Command, home: Path) -> None:
    database(home)
    assert colloquy("runs") == (0, "", "")
    assert colloquy("runs", "--json", "--organization", "abc") == (0, "[]\n", "")


def test_a_run_that_is_not_there_is_not_exported(colloquy: Command, home: Path) -> None:
    database(home)
    sentence = 'There is no run "abc". List them with: colloquy runs'
    assert refused(colloquy("export", "run", "abc")) == (1, sentence)


async def test_a_run_is_listed_and_exported(colloquy: Command, stage: Stage, home: Path) -> None:
    await stage.start("ana", protocol="notice-wonder")
    url = f"sqlite:///{home / 'stage.db'}"

    async def ask(*words: str) -> Answer:
        return await asyncio.to_thread(colloquy, *words, COLLOQUY_DATABASE_URL=url)

    code, out, _ = await ask("runs")
    assert (code, out.split()[:3]) == (0, [stage.run, "notice-wonder", "running"])
    code, out, _ = await ask("runs", "--json")
    assert [run["id"] for run in json.loads(out)] == [stage.run]
    code, out, _ = await ask("export", "run", stage.run)
    assert (code, json.loads(out)["run"]["id"]) == (0, stage.run)


async def test_a_person_is_exported_as_json_or_as_a_file_of_sheets(
    colloquy: Command, stage: Stage, home: Path
) -> None:
    await stage.start("ana", protocol="notice-wonder")
    url = f"sqlite:///{home / 'stage.db'}"

    async def ask(*words: str) -> Answer:
        return await asyncio.to_thread(colloquy, *words, COLLOQUY_DATABASE_URL=url)

    code, out, _ = await ask("export", "person", "ana")
    assert (code, json.loads(out)["person"]) == (0, await stage.person("ana"))
    file = home / "ana.zip"
    assert await ask("export", "person", "ana", "--out", str(file)) == (0, "", "")
    assert zipfile.is_zipfile(file)
    nobody = 'Nobody here has the id "zoe". Give their id with us, or on their platform.'
    assert refused(await ask("export", "person", "zoe")) == (1, nobody)
    code, sentence = refused(await ask("export", "person", "ana", "--out", str(home)))
    assert (code, sentence) == (1, f"I cannot write {home}: Is a directory. Give another file.")
    async with stage.house.database.write() as session:
        await people.add_organization(session, Organization("other", "slack", "T1", "Other", {}))
        twin = Person(PersonId("twin"), "ana", "Ana", "", "en")
        await people.add_person(session, "other", "slack", twin)
    code, sentence = refused(await ask("export", "person", "ana"))
    assert (code, sentence.startswith('Several people have the id "ana". Give one of: ')) == (
        1,
        True,
    )


def test_the_database_is_upgraded_and_checked(colloquy: Command) -> None:
    old = "The database is not at the newest revision. Run: colloquy db upgrade"
    assert refused(colloquy("db", "check")) == (1, old)
    now = f"The database is at revision {migrate.HEAD}"
    assert colloquy("db", "upgrade") == (0, f"{now}.\n", "")
    assert colloquy("db", "upgrade") == (0, f"{now}.\n", "")
    assert colloquy("db", "check") == (0, f"{now}, the newest one.\n", "")


def test_a_setting_that_is_not_right_is_named(colloquy: Command) -> None:
    code, sentence = refused(colloquy("runs", COLLOQUY_PORT="many"))
    assert code == 2
    assert sentence.startswith("COLLOQUY_PORT is not right: ")
    code, sentence = refused(colloquy("runs", COLLOQUY_DATABASE_URL="mysql://a/b"))
    assert code == 2
    assert sentence.startswith("COLLOQUY_DATABASE_URL is not right: ")


def test_a_zone_that_is_none_is_named(colloquy: Command, home: Path) -> None:
    database(home)
    code, sentence = refused(colloquy("runs", COLLOQUY_TIMEZONE="Mars/Olympus"))
    assert code == 1
    assert "COLLOQUY_TIMEZONE" in sentence


def test_the_demo_listens_on_this_computer_only(process: Command) -> None:
    sentence = "The demo listens on this computer only. Unset COLLOQUY_HOST."
    assert refused(process("demo", COLLOQUY_HOST="0.0.0.0")) == (2, sentence)  # noqa: S104 # refused


def test_two_processes_do_not_share_a_database(process: Command, home: Path) -> None:
    held = lock(database(home))
    sentence = "Another Colloquy works on this database. Stop it first, or set COLLOQUY_HOME."
    assert refused(process("demo", "--port", "0")) == (1, sentence)
    held.release()


def test_the_demo_starts_without_a_faulty_file_and_says_so(home: Path) -> None:
    file = write_own(home / "protocols" / "walk.yaml", abouts="about")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("COLLOQUY_")}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0"],
        env={**kept, "COLLOQUY_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline().startswith("Colloquy is at ")
        started.terminate()
        _, err = started.communicate()
    assert started.returncode == 0
    assert err.splitlines() == list(library(home / "protocols").left_out)
    assert err.endswith(f"colloquy check {file}\n")


def test_where_migrating_is_not_wanted_an_old_database_is_left_alone(process: Command) -> None:
    sentence = "The database is older than this program. Run: colloquy db upgrade"
    assert refused(process("demo", "--port", "0", COLLOQUY_AUTO_MIGRATE="0")) == (1, sentence)


def test_a_home_that_is_no_folder_ends_in_one_sentence(process: Command, home: Path) -> None:
    (home / "file").touch()
    code, sentence = refused(process("db", "upgrade", COLLOQUY_HOME="file"))
    assert code == 1
    assert sentence.endswith("See more with --debug.")


LOADED = (
    "import sys; from bot import cli; "
    "print(sorted({'alembic', 'aiohttp', 'jinja2', 'apscheduler'} & set(sys.modules)))"
)


def test_help_loads_neither_pages_nor_migrations() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_what_fails_shows_where_with_debug(process: Command, home: Path) -> None:
    (home / "file").touch()
    code, out, err = process("db", "upgrade", "--debug", COLLOQUY_HOME="file")
    assert (code, out) == (1, "")
    assert "Traceback" in err


def test_the_module_is_the_command(process: Command) -> None:
    code, out, err = process("protocols")
    assert (code, len(out.splitlines()), err) == (0, len(LIBRARY.protocols), "")
