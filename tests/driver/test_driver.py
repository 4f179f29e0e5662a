"""At least 5,000 messages from processes of their own: each record equals the sayer's own book."""

import ast
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.driver.pages import fixed

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("colloquy")
SEEDS = (11, 23, 47)
# For all seeds together; a smaller number is for trying out, not for the proof.
MESSAGES = int(os.environ.get("DRIVER_MESSAGES", "5000"))
EXACT = [
    "person",
    "step",
    "words",
    "in_turn",
    "out_of_turn",
    "answers",
    "late",
    "edited",
    "deleted",
    "captured_by",
    "text",
]


@dataclass
class Demo:
    """A seeded school that runs as a process."""

    url: str
    home: Path

    def export(self, run: str) -> dict[str, Any]:
        """What `colloquy export run` prints."""
        given = subprocess.run(
            [COMMAND, "export", "run", run],
            env=environment(self.home),
            capture_output=True,
            text=True,
            check=False,
        )
        assert given.returncode == 0, given.stderr
        record: dict[str, Any] = json.loads(given.stdout)
        return record


def environment(home: Path) -> dict[str, str]:
    """Ours, without settings of whoever runs the tests, and unmeasured: that halves the time."""
    left_out = ("COLLOQUY_", "COVERAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "COLLOQUY_HOME": str(home)}


@contextmanager
def demo(home: Path, *, rate: float = 1) -> Iterator[Demo]:
    """Start `colloquy demo` on a fresh home, and stop it."""
    home.mkdir()
    errors = home / "errors.txt"
    with errors.open("w") as stream:
        process = subprocess.Popen(
            [COMMAND, "demo", "--port", "0", "--rate", str(rate)],
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=stream,
            text=True,
        )
    try:
        assert process.stdout is not None
        found = re.search(r"http://[\d.]+:\d+", process.stdout.readline())
        assert found, errors.read_text()
        yield Demo(found.group(), home)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.communicate()


def drive(school: Demo, seed: int, count: int, *more: str) -> subprocess.Popen[bytes]:
    """Start the driver."""
    book = school.home / f"book-{seed}.json"
    asked = [
        "--url",
        school.url,
        "--seed",
        str(seed),
        "--messages",
        str(count),
        "--book",
        str(book),
    ]
    command = [sys.executable, "-m", "tests.driver.driver", *asked, *more]
    return subprocess.Popen(command, cwd=ROOT, env=environment(school.home))


def book_of(school: Demo, seed: int) -> dict[str, Any]:
    """What the driver wrote."""
    book: dict[str, Any] = json.loads((school.home / f"book-{seed}.json").read_text())
    return book


# --- Comparing


def differences(own: dict[str, Any], export: dict[str, Any]) -> list[str]:
    """Where the export is not what the book says, one line each."""
    return [
        *differing("run", own["run"], {**export["run"], **export["run"]["place"]}),
        *roles(own, export),
        *steps(own, export),
        *contributions(own["contributions"], export["contributions"]),
        *items(own["items"], export["items"]),
        *participation(own["participation"], export["participation"]),
    ]


def differing(what: str, own: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    """Compare what the book names, in fields that must be equal."""
    for name, mine in own.items():
        value = theirs[name]
        value = fixed(value) if name.endswith("_at") and value else value
        if mine != value:
            yield f"{what}: {name} is {value!r}, the book says {mine!r}"


def roles(own: dict[str, Any], export: dict[str, Any]) -> Iterator[str]:
    """Who leads and who brings the material."""
    held = [[one["role"], one["person"]] for one in export["roles"]]
    wanted = [["facilitator", own["run"]["facilitator"]], own["holder"]]
    yield from (f"roles: {one} is missing" for one in wanted if one and one not in held)


def steps(own: dict[str, Any], export: dict[str, Any]) -> Iterator[str]:
    """Step by step."""
    if len(own["steps"]) != len(export["steps"]):
        yield f"{len(export['steps'])} steps, the book has {len(own['steps'])}"
    for mine, theirs in zip(own["steps"], export["steps"], strict=False):
        reopened = [fixed(one["opened_at"]) for one in theirs["reopened"]]
        yield from differing(f"step {mine['position']}", mine, {**theirs, "reopened": reopened})


def contributions(own: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Iterator[str]:
    """Message by message. A form's key is not known outside: its step, author and text are."""

    def name(line: dict[str, Any]) -> str:
        if line["captured_by"] == "thread":
            return str(line["key"])
        return f"form of {line['person']} in step {line['step']} ({line['text'] or line['words']})"

    mine, exported = {name(line): line for line in own}, {name(line): line for line in theirs}
    if len(exported) != len(theirs):
        yield f"{len(theirs) - len(exported)} contributions are there more than once"
    yield from (f"{key} ({mine[key]['token']}): lost" for key in mine.keys() - exported.keys())
    yield from (f"{key}: not in the book" for key in exported.keys() - mine.keys())
    for key in sorted(mine.keys() & exported.keys()):
        wanted = {field: mine[key][field] for field in EXACT}
        yield from differing(f"{key} ({mine[key]['token']})", wanted, exported[key])
        at = fixed(exported[key]["posted_at"])
        if not mine[key]["since"] <= at <= mine[key]["at"]:
            yield f"{key}: said at {at}, the book says {mine[key]['since']} to {mine[key]['at']}"
    order = [(-1 if x["step"] is None else x["step"], x["posted_at"], x["key"]) for x in theirs]
    if order != sorted(order):
        yield "contributions are not in order"


def items(own: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Iterator[str]:
    """What was written in forms."""

    def plain(step: int, person: str, values: dict[str, str]) -> str:
        return json.dumps([step, person, sorted(values.items())], ensure_ascii=False)

    mine = sorted(plain(one["step"], one["person"], one["values"]) for one in own)
    exported = sorted(
        plain(
            one["step"],
            one["person"],
            {field["label"]: field["value"] for field in one["fields"] if field["value"]},
        )
        for one in theirs
    )
    yield from (f"item lost: {one}" for one in mine if one not in exported)
    yield from (f"item not in the book: {one}" for one in exported if one not in mine)
    if len(mine) != len(exported):
        yield f"{len(exported)} items, the book has {len(mine)}"


def participation(own: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Iterator[str]:
    """Who was heard, step by step."""
    if [one["step"] for one in own] != [one["step"] for one in theirs]:
        yield f"participation in steps {[one['step'] for one in theirs]}"
    for mine, exported in zip(own, theirs, strict=False):
        lists = {name: sorted(v) if isinstance(v, list) else v for name, v in exported.items()}
        share = {"top_share": pytest.approx(mine["top_share"], abs=5e-4)}
        yield from differing(f"participation in step {mine['step']}", {**mine, **share}, lists)


def settled_differences(school: Demo, own: dict[str, Any]) -> list[str]:
    """Compare one run, giving the server some seconds to handle what came last."""
    end = time.monotonic() + 20
    while (found := differences(own, school.export(own["run"]["id"]))) and time.monotonic() < end:
        time.sleep(1)
    return [f"{own['run']['protocol']} {own['run']['id']}: {fault}" for fault in found]


def all_differences(school: Demo, book: dict[str, Any]) -> list[str]:
    """Compare each run, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(partial(settled_differences, school), book["records"]))
    return [f"seed {book['seed']}, {fault}" for faults in found for fault in faults]


# --- The proof


def test_the_driver_imports_nothing_of_the_product() -> None:
    allowed = {*sys.stdlib_module_names, "aiohttp", "tests"}
    for path in (ROOT / "tests/driver").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            foreign = {name.split(".")[0] for name in names} - allowed
            assert foreign <= ({"pytest"} if path.name.startswith("test_") else set()), path
            ours = {name for name in names if name.startswith("tests")}
            assert all(name.startswith("tests.driver") for name in ours), path


def test_the_comparison_names_every_field_that_was_changed() -> None:
    line = {**dict.fromkeys(EXACT), "key": "m-1", "token": "q", "captured_by": "thread"}
    line |= {"since": "1", "at": "2", "posted_at": "1.5"}
    assert list(contributions([line], [line])) == []
    for field in set(EXACT) - {"captured_by"}:
        assert len(list(contributions([line], [{**line, field: "other"}]))) == 1
    assert len(list(contributions([line], []))) == len(list(contributions([], [line]))) == 1
    assert len(list(contributions([line], [line, line]))) == 1
    assert len(list(contributions([line], [{**line, "posted_at": "3.0"}]))) == 1


@pytest.mark.journey
@pytest.mark.timeout(1200)
def test_the_record_of_five_thousand_messages_equals_the_drivers_own_book(tmp_path: Path) -> None:
    with ExitStack() as stack:
        schools = {s: stack.enter_context(demo(tmp_path / f"school-{s}")) for s in SEEDS}
        drivers = [
            drive(school, seed, -(-MESSAGES // len(SEEDS))) for seed, school in schools.items()
        ]
        assert [driver.wait() for driver in drivers] == [0, 0, 0]
        books = {seed: book_of(school, seed) for seed, school in schools.items()}
        assert [fault for book in books.values() for fault in book["complaints"]] == []
        assert [name for book in books.values() for name in book["imported"]] == []
        assert sum(book["did"]["said"] for book in books.values()) >= MESSAGES
        assert [f for s in SEEDS for f in all_differences(schools[s], books[s])] == []


@pytest.mark.journey
@pytest.mark.timeout(300)
def test_the_record_equals_the_book_where_the_clock_closes_the_steps(tmp_path: Path) -> None:
    with demo(tmp_path / "school", rate=40) as school:
        assert drive(school, 5, 180, "--by-clock").wait() == 0
        book = book_of(school, 5)
        assert book["complaints"] == []
        assert all_differences(school, book) == []
