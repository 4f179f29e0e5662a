"""Migrations: from nothing to the rows that the models name, in one transaction."""

from importlib import resources
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from storage import migrate
from storage.tables import Base


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
