"""Posts: facts by key, in whatever order they come."""

from dataclasses import replace
from itertools import permutations

import pytest

from protocols.events import Next, Reopened
from protocols.model import Floor
from protocols.run import CapturedBy, Change, Post, Run
from storage import posts, runs
from storage.database import Database
from storage.posts import Body, KeptPost, Spot
from storage.runs import Where
from tests.protocols.factories import ANA, BEN, CALENDAR, CY, after, at, begun

RUN = begun(Floor.ROUND, Floor.OPEN)
SPOT = Spot("org", "grade-7", RUN.id)
BESIDE = Spot("org", "grade-7", None)
BODY = Body("sha256:first", "salt", "https://a.example", "Hello")
ANEW = Body("sha256:anew", "salt2", None, "Hello again")
POST = Post("m1", BEN, at("3:01"), words=1)
WHOLE = Post(
    key="m2",
    person=BEN,
    at=at("3:02"),
    words=7,
    captured_by=CapturedBy.MENTION,
    answers=CY,
    placed=1,
    placed_by=ANA,
    admitted_by=ANA,
    aside_by=BEN,
    from_key="m1",
    edited_at=at("3:03"),
    deleted_at=at("3:04"),
)


@pytest.fixture(autouse=True)
async def run(database: Database) -> None:
    async with database.write() as session:
        where = Where("org", "team", "web", "grade-7", "card")
        await runs.add(session, RUN, where, CALENDAR)


async def record(database: Database, post: Post, body: Body = BODY, spot: Spot = SPOT) -> None:
    async with database.write() as session:
        await posts.record(session, spot, post, body)


async def amend(database: Database, change: Change, body: Body | None = None) -> None:
    async with database.write() as session:
        await posts.amend(session, SPOT, "m1", change, body)


async def find(database: Database, key: str = "m1") -> KeptPost | None:
    async with database.read() as session:
        return await posts.find(session, "org", "grade-7", key)


async def test_a_post_comes_back_with_every_fact(database: Database) -> None:
    await record(database, WHOLE)
    assert await find(database, "m2") == KeptPost(WHOLE, BODY, RUN.id)
    assert await find(database, "m3") is None


async def test_what_is_recorded_twice_is_one_row(database: Database) -> None:
    await record(database, POST)
    await record(database, POST)
    async with database.read() as session:
        assert await posts.of_run(session, "org", RUN.id) == (KeptPost(POST, BODY, RUN.id),)


async def test_what_was_said_beside_a_run_may_come_into_it(database: Database) -> None:
    await record(database, POST, spot=BESIDE)
    assert await find(database) == KeptPost(POST, BODY, None)
    await record(database, POST)
    assert await find(database) == KeptPost(POST, BODY, RUN.id)


async def test_an_edit_replaces_words_and_body(database: Database) -> None:
    await record(database, POST)
    for _ in range(2):
        await amend(database, Change(words=2, edited_at=at("3:02")), ANEW)
        edited = replace(POST, words=2, edited_at=at("3:02"))
        assert await find(database) == KeptPost(edited, ANEW, RUN.id)


async def test_an_older_edit_that_comes_later_changes_nothing(database: Database) -> None:
    await record(database, POST)
    await amend(database, Change(words=2, edited_at=at("3:03")), ANEW)
    await amend(database, Change(words=9, edited_at=at("3:02")), BODY)
    edited = replace(POST, words=2, edited_at=at("3:03"))
    assert await find(database) == KeptPost(edited, ANEW, RUN.id)


async def test_a_deletion_leaves_the_facts_and_takes_the_text(database: Database) -> None:
    await record(database, POST)
    for _ in range(2):
        await amend(database, Change(deleted_at=at("3:02")))
    deleted = replace(POST, deleted_at=at("3:02"))
    assert await find(database) == KeptPost(deleted, replace(BODY, text=None), RUN.id)


async def test_what_is_called_practical_or_let_in_keeps_its_body(database: Database) -> None:
    await record(database, POST)
    await amend(database, Change(aside_by=BEN))
    await amend(database, Change(admitted_by=ANA))
    amended = replace(POST, aside_by=BEN, admitted_by=ANA)
    assert await find(database) == KeptPost(amended, BODY, RUN.id)


async def test_a_change_of_what_never_came_changes_nothing(database: Database) -> None:
    await amend(database, Change(words=2, edited_at=at("3:02")), ANEW)
    assert await find(database) is None


EARLY_EDIT = replace(POST, at=at("3:05"), words=2, edited_at=at("3:05"))
EARLY_DELETION = replace(POST, at=at("3:05"), words=0, deleted_at=at("3:05"))


async def test_an_edit_that_comes_before_its_post_stays_and_takes_its_time(
    database: Database,
) -> None:
    await record(database, EARLY_EDIT, ANEW)
    await record(database, replace(POST, answers=CY))
    kept = replace(EARLY_EDIT, at=POST.at, answers=CY)
    assert await find(database) == KeptPost(kept, ANEW, RUN.id)


async def test_a_deletion_that_comes_before_its_post_beats_it(database: Database) -> None:
    await record(database, EARLY_DELETION, Body())
    await record(database, POST)
    assert await find(database) == KeptPost(replace(EARLY_DELETION, at=POST.at), Body(), RUN.id)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
async def test_edits_and_a_deletion_come_to_the_same_in_any_order(
    database: Database, order: tuple[int, ...]
) -> None:
    await record(database, POST)
    changes = [
        Change(words=2, edited_at=at("3:02")),
        Change(words=3, edited_at=at("3:03")),
        Change(deleted_at=at("3:04")),
    ]
    for index in order:
        await amend(database, changes[index])
    found = await find(database)
    assert found is not None
    assert found.post == replace(POST, words=3, edited_at=at("3:03"), deleted_at=at("3:04"))


async def test_the_posts_of_a_run_come_by_time_and_key(database: Database) -> None:
    said = [
        replace(POST, key=key, at=at(time))
        for key, time in (("c", "3:02"), ("b", "3:01"), ("a", "3:02"))
    ]
    for post in said:
        await record(database, post)
    await record(database, replace(POST, key="d"), spot=BESIDE)
    async with database.read() as session:
        found = await posts.of_run(session, "org", RUN.id)
        assert await posts.of_run(session, "other", RUN.id) == ()
    assert [kept.post.key for kept in found] == ["b", "a", "c"]


async def test_of_a_step_come_what_was_said_since_it_opened_and_what_was_placed_in_it(
    database: Database,
) -> None:
    run = after(RUN, Next(at=at("3:02"), by=ANA, position=0, anyway=True))
    before, placed, since = (
        replace(POST, key="before"),
        replace(POST, key="placed", placed=1),
        replace(POST, key="since", at=at("3:02")),
    )
    for post in (before, placed, since):
        await record(database, post)

    async def of_step(current: Run) -> set[Post]:
        async with database.read() as session:
            return set(await posts.of_step(session, "org", current))

    assert await of_step(run) == {placed, since}
    run = after(run, Reopened(at=at("3:03"), by=ANA, position=1))
    assert await of_step(run) == {before, placed, since}


async def test_an_unnamed_post_loses_its_words_and_its_body(database: Database) -> None:
    await record(database, POST)
    for _ in range(2):
        async with database.write() as session:
            await posts.unname(session, "org", "grade-7", "m1")
            await posts.unname(session, "org", "grade-7", "m7")
    assert await find(database) == KeptPost(replace(POST, words=0), Body(), RUN.id)


async def test_the_same_key_elsewhere_is_another_post(database: Database) -> None:
    await record(database, POST)
    async with database.read() as session:
        assert await posts.find(session, "other", "grade-7", "m1") is None
        assert await posts.find(session, "org", "grade-8", "m1") is None
