"""Migrations: from nothing to the rows that the models name, in one transaction."""

import json
from dataclasses import asdict, replace
from importlib import resources
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from protocols.model import Floor
from storage import migrate, people, runs
from storage.database import Database
from storage.people import Organization, Team
from storage.runs import Where
from storage.tables import Base
from tests.protocols.factories import CALENDAR, begun


@pytest.fixture
def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(resources.files("storage") / "migrations"))
    return ScriptDirectory.from_config(config)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'school.db'}"


def test_there_is_one_newest_revision_and_it_is_the_one_that_the_program_expects(
    scripts: ScriptDirectory,
) -> None:
    assert scripts.get_heads() == [migrate.HEAD]


def test_an_empty_database_comes_to_the_newest_revision(url: str) -> None:
    assert migrate.revision(url) is None
    migrate.upgrade(url)
    assert migrate.revision(url) == migrate.HEAD


def test_upgrading_twice_changes_nothing(url: str) -> None:
    migrate.upgrade(url)
    migrate.upgrade(url)
    assert migrate.revision(url) == migrate.HEAD


def test_the_migrations_make_what_the_models_name(url: str) -> None:
    migrate.upgrade(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def test_every_row_belongs_to_an_organization_by_its_key_or_its_column(url: str) -> None:
    migrate.upgrade(url)
    engine = create_engine(url)
    found = inspect(engine)
    without = {
        table
        for table in found.get_table_names()
        if "organization_id" not in {column["name"] for column in found.get_columns(table)}
    }
    engine.dispose()
    assert without == {"organization", "alembic_version"}


def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE step_log (in_the_way INTEGER)")
    with pytest.raises(Exception, match="step_log"):
        migrate.upgrade(url)
    assert inspect(engine).get_table_names() == ["step_log"]
    engine.dispose()


ROLES = [
    {"role": "facilitator", "person": "ana", "from_position": 0, "to_position": 1},
    {"role": "presenter", "person": "ben", "from_position": 0, "to_position": 0},
    {"role": "presenter", "person": "cy", "from_position": 0, "to_position": None},
    {"role": "facilitator", "person": "dee", "from_position": 1, "to_position": None},
]
BY_OPENINGS = [
    {"role": "facilitator", "person": "ana", "since": 0, "until": 3},
    {"role": "presenter", "person": "ben", "since": 0, "until": 2},
    {"role": "presenter", "person": "cy", "since": 0, "until": None},
    {"role": "facilitator", "person": "dee", "since": 1, "until": None},
]


async def test_a_run_of_the_first_revision_is_read_by_the_newest_one(url: str) -> None:
    """Its second step was reopened from the third: positions 0, 1, 0, 1."""
    database = Database(url)
    migrate.upgrade(url)
    run = begun(Floor.ROUND, Floor.OPEN, Floor.ROUND)
    where = Where("org", "team", "web", "grade-7", None)
    opened = [
        replace(run.current, position=p, opening=o) for p, o in ((0, 0), (1, 0), (0, 1), (1, 1))
    ]
    async with database.write() as session:
        await people.add_organization(session, Organization("org", "web", "org", "School", {}))
        await people.add_team(session, "org", Team("team", "7", "web", "grade-7", keeps_text=False))
        await runs.add(session, replace(run, openings=tuple(opened)), where, CALENDAR)
    await database.close()
    _back_to_the_first_revision(url)

    migrate.upgrade(url)
    async with database.read() as session:
        found = await runs.load(session, "org", "RUN")
    await database.close()
    assert found is not None
    assert [asdict(held) for held in found.run.roles] == BY_OPENINGS


def _back_to_the_first_revision(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        state = json.loads(connection.scalar(text("SELECT state FROM run")) or "")
        old = json.dumps(state | {"roles": ROLES})
        connection.execute(text("UPDATE run SET state = :state"), {"state": old})
        connection.execute(text("DROP TABLE file"))
        connection.execute(text("ALTER TABLE team DROP COLUMN students"))
        connection.execute(text("ALTER TABLE artifact DROP COLUMN text"))
        connection.execute(text("DROP INDEX ix_run_team"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
