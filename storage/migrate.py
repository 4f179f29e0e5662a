"""Migrations: which revision a database has, and how it comes to the newest one.

Alembic is imported only when there is something to do: it is slow to import.
"""

from importlib import resources

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Engine

from storage.database import obey

HEAD = "0003"


def revision(url: str) -> str | None:
    """The revision of a database, None of an empty one."""
    engine = create_engine(url)
    try:
        return _revision(engine)
    finally:
        engine.dispose()


def upgrade(url: str) -> None:
    """Bring a database to the newest revision, in one transaction."""
    engine = create_engine(url)
    obey(engine)
    try:
        if _revision(engine) != HEAD:
            _run_alembic(engine)
    finally:
        engine.dispose()


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def _run_alembic(engine: Engine) -> None:
    from alembic import command  # noqa: PLC0415 # lazily: 0.2 s
    from alembic.config import Config  # noqa: PLC0415 # lazily: 0.2 s

    config = Config()
    config.set_main_option("script_location", str(resources.files("storage") / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
