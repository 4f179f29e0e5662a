"""What a run collects: answers, links, promises."""

from dataclasses import replace
from datetime import date

import pytest

from protocols.model import Floor
from protocols.run import Options, RunId
from storage import commitments, evidence, runs
from storage.commitments import Commitment
from storage.database import Database
from storage.evidence import Artifact, Item
from storage.runs import Where
from tests.protocols.factories import BEN, CALENDAR, CY, at, begun

FIELDS = (("What?", "text", "Two of eight"), ("Link", "link", "https://a.example"))
SEALED = Item(
    id="b", run="RUN", position=1, person=BEN, post_key="form:b", at=at("3:01"), cipher="sealed"
)
OPEN = replace(SEALED, cipher=None, fields=FIELDS)
OTHER = replace(OPEN, id="a", person=CY, post_key="form:a", late=True)
PRIVATE = replace(SEALED, id="c", position=0, post_key="form:c", private=True)
LINK = Artifact(
    id="x",
    run="RUN",
    position=1,
    person=BEN,
    kind="link",
    title="Link",
    url="https://a.example",
    digest="sha256:x",
    post_key="form:b",
    at=at("3:01"),
)
PROMISE = Commitment(
    id="p",
    team="team",
    run="RUN",
    position=1,
    person=BEN,
    what="Try it",
    due=date(2026, 12, 1),
    state="open",
    post_key="form:b",
)


@pytest.fixture(autouse=True)
async def run(database: Database) -> None:
    async with database.write() as session:
        where = Where("org", "team", "web", "grade-7", None)
        await runs.add(session, begun(Floor.ROUND, Floor.ALONE), where, CALENDAR)


async def keep(database: Database, *items: Item) -> None:
    for item in items:
        async with database.write() as session:
            await evidence.keep_item(session, "org", item)


async def items(database: Database, position: int | None = None) -> tuple[Item, ...]:
    async with database.read() as session:
        return await evidence.items(session, "org", "RUN", position)


async def test_answers_come_by_step_and_by_their_random_ids(database: Database) -> None:
    await keep(database, OPEN, OTHER, PRIVATE)
    assert await items(database) == (PRIVATE, OTHER, OPEN)
    assert await items(database, 1) == (OTHER, OPEN)
    async with database.read() as session:
        assert await evidence.items(session, "other", "RUN") == ()


async def test_an_answer_is_found_by_the_post_that_it_came_with(database: Database) -> None:
    await keep(database, OPEN)
    async with database.read() as session:
        assert await evidence.item_of(session, "org", "RUN", "form:b") == OPEN
        assert await evidence.item_of(session, "org", "RUN", "form:z") is None


async def test_a_new_answer_of_the_same_post_replaces_the_old_one_with_all_it_brought(
    database: Database,
) -> None:
    for item, link, promise in (("b", "x", "p"), ("b2", "x2", "p2")):
        async with database.write() as session:
            await evidence.keep_item(session, "org", replace(SEALED, id=item))
            await evidence.keep_artifact(session, "org", replace(LINK, id=link))
            await commitments.keep(session, "org", replace(PROMISE, id=promise))
    async with database.read() as session:
        assert await evidence.items(session, "org", "RUN") == (replace(SEALED, id="b2"),)
        assert await evidence.artifacts(session, "org", "RUN") == (replace(LINK, id="x2"),)
        assert await commitments.of_run(session, "org", "RUN") == (replace(PROMISE, id="p2"),)


async def test_an_opened_answer_shows_its_fields_and_keeps_its_writer(database: Database) -> None:
    await keep(database, SEALED)
    for _ in range(2):
        async with database.write() as session:
            await evidence.open_item(session, "org", SEALED, fields=FIELDS, unnamed=False)
        assert await items(database) == (OPEN,)


async def test_an_unnamed_answer_loses_person_post_and_time(database: Database) -> None:
    await keep(database, SEALED)
    async with database.write() as session:
        await evidence.open_item(session, "org", SEALED, fields=FIELDS, unnamed=True)
    assert await items(database) == (replace(OPEN, person=None, post_key=None, at=None),)


async def test_private_answers_are_erased_and_no_others(database: Database) -> None:
    await keep(database, OPEN, PRIVATE)
    for _ in range(2):
        async with database.write() as session:
            await evidence.erase_private(session, "org", "RUN")
        assert await items(database) == (OPEN,)


async def test_links_come_by_step_time_and_id(database: Database) -> None:
    links = [
        replace(LINK, id="1", position=2),
        replace(LINK, id="2", at=at("3:02")),
        replace(LINK, id="4"),
        replace(LINK, id="3", post_key=None),
    ]
    async with database.write() as session:
        for link in links:
            await evidence.keep_artifact(session, "org", link)
    async with database.read() as session:
        found = await evidence.artifacts(session, "org", "RUN")
        assert await evidence.artifacts(session, "other", "RUN") == ()
    assert found == (links[3], links[2], links[1], links[0])


MEASURE = (("What we measure", "measure", "Reasons"), ("Before", "measure-before", "9"))
MEASURED = replace(OPEN, id="m", post_key="form:m", fields=MEASURE)


async def last_measured(database: Database, team: str = "team") -> str | None:
    async with database.read() as session:
        item = await evidence.last_measured(session, "org", team)
        assert await evidence.last_measured(session, "other", team) is None
    return item.id if item else None


async def test_the_newest_measure_with_a_baseline_is_found(database: Database) -> None:
    assert await last_measured(database) is None
    newer = replace(MEASURED, id="a", post_key="form:a", at=at("3:05"))
    unnamed = replace(MEASURED, id="0", post_key=None, person=None, at=None)
    await keep(database, unnamed)
    assert await last_measured(database) == "0"
    await keep(database, newer, MEASURED)
    assert await last_measured(database) == "a"
    assert await last_measured(database, "others") is None


@pytest.mark.parametrize(
    "item",
    [
        replace(MEASURED, fields=(MEASURE[0],)),
        replace(MEASURED, fields=(("What?", "text", 'As "measure-before" says'),)),
        replace(MEASURED, cipher="sealed"),
        replace(MEASURED, private=True),
    ],
)
async def test_what_is_hidden_or_has_no_baseline_is_not_found(
    database: Database, item: Item
) -> None:
    await keep(database, item)
    assert await last_measured(database) is None


async def test_rehearsals_and_what_is_long_over_do_not_count(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "LATELY", 2)
    await keep(database, MEASURED)
    where = Where("org", "team", "web", "grade-7", None)
    for name, options in (("R1", Options(rehearsal=True)), ("R2", Options()), ("R3", Options())):
        began = begun(Floor.ROUND, options=options)
        started = replace(began.openings[0], opened_at=at("4:00"))
        run = replace(began, id=RunId(name), openings=(started,))
        assert await last_measured(database) == "m"
        async with database.write() as session:
            await runs.add(session, run, where, CALENDAR)
        fields = MEASURE if options.rehearsal else FIELDS
        await keep(database, replace(MEASURED, id=name, run=name, at=at("4:01"), fields=fields))
    assert await last_measured(database) is None
