"""The rows. Every row belongs to an organization; all times are UTC."""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime, TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; on SQLite text of fixed width, so that text order is time order."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Text on SQLite, timestamptz elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a time without a zone"
            raise ValueError(msg)
        at = value.astimezone(UTC)
        return at.isoformat(timespec="microseconds") if dialect.name == "sqlite" else at

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """An aware UTC time again."""
        if value is None:
            return None
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        return at.astimezone(UTC)


class Base(DeclarativeBase):
    """What all rows share."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UtcTime,
        str: Text,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


class Owned(Base):
    """A row of an organization."""

    __abstract__ = True
    organization_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)


def _to(table: str, *columns: str) -> ForeignKeyConstraint:
    names = ("organization_id", *columns)
    return ForeignKeyConstraint(names, [f"{table}.organization_id", f"{table}.id"])


class OrganizationRow(Base):
    """The tenant. `settings`: zone, keeps_text, and in the demo the hours skipped ahead."""

    __tablename__ = "organization"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    external_id: Mapped[str]
    name: Mapped[str]
    settings: Mapped[dict[str, Any]]


class PersonRow(Owned):
    """A person. `about`: a line on who they are, for the demo's personas."""

    __tablename__ = "person"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    language: Mapped[str]
    about: Mapped[str]
    gone_at: Mapped[datetime | None]


class IdentityRow(Owned):
    """A person on a platform."""

    __tablename__ = "identity"
    __table_args__ = (_to("person", "person_id"),)
    platform: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str]


class TeamRow(Owned):
    """A group of teachers bound to a channel. `students`: keyed digests of names, in hex."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("organization_id", "platform", "channel"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    platform: Mapped[str]
    channel: Mapped[str]
    keeps_text: Mapped[bool]
    students: Mapped[list[Any] | None]


class MembershipRow(Owned):
    """A person in a team, for a time; kind: member, guest or observer."""

    __tablename__ = "membership"
    __table_args__ = (_to("team", "team_id"), _to("person", "person_id"))
    team_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    kind: Mapped[str]
    until: Mapped[datetime | None]


class RunRow(Owned):
    """A run. `phase`, `facilitator_id`, `due_at` copy what the run says, for finding it."""

    __tablename__ = "run"
    __table_args__ = (
        _to("team", "team_id"),
        UniqueConstraint("organization_id", "channel", "thread"),
        Index("ix_run_team", "organization_id", "team_id", "started_at"),
        Index("ix_run_due", "due_at", sqlite_where=text("due_at IS NOT NULL")),
        Index(
            "ix_run_live",
            "organization_id",
            "channel",
            sqlite_where=text("phase IN ('waiting', 'running', 'paused')"),
        ),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str]
    platform: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str | None]
    protocol: Mapped[str]
    protocol_digest: Mapped[str]
    definition: Mapped[dict[str, Any]]
    clock: Mapped[str]
    rehearsal: Mapped[bool]
    phase: Mapped[str]
    planned_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    facilitator_id: Mapped[str]
    state: Mapped[dict[str, Any]]
    due_at: Mapped[datetime | None]
    tick_failures: Mapped[int] = mapped_column(default=0)
    complete_as_of: Mapped[datetime | None]


class StepLogRow(Owned):
    """One opening of a step of a run."""

    __tablename__ = "step_log"
    __table_args__ = (_to("run", "run_id"),)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    opening: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    opened_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    person_id: Mapped[str | None]
    reason: Mapped[str | None]


class PostRow(Owned):
    """The facts of a post. `run_id` None: said in the channel beside a run, counted nowhere."""

    __tablename__ = "post"
    __table_args__ = (
        _to("run", "run_id"),
        UniqueConstraint("organization_id", "channel", "second_key"),
        Index("ix_post_run", "organization_id", "run_id", "at"),
    )
    channel: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    second_key: Mapped[str | None]
    run_id: Mapped[str | None]
    person_id: Mapped[str]
    at: Mapped[datetime]
    words: Mapped[int]
    captured_by: Mapped[str]
    answers: Mapped[str | None]
    placed: Mapped[int | None]
    placed_by: Mapped[str | None]
    admitted_by: Mapped[str | None]
    aside_by: Mapped[str | None]
    from_key: Mapped[str | None]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    digest: Mapped[str | None]
    salt_cipher: Mapped[str | None]
    link: Mapped[str | None]
    text: Mapped[str | None]


class ItemRow(Owned):
    """What a form collected; `cipher` holds the fields while they are sealed."""

    __tablename__ = "item"
    __table_args__ = (
        _to("run", "run_id"),
        Index("ix_item_run", "organization_id", "run_id", "position"),
        Index("ix_item_post", "organization_id", "run_id", "post_key"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str]
    position: Mapped[int]
    person_id: Mapped[str | None]
    post_key: Mapped[str | None]
    at: Mapped[datetime | None]
    fields: Mapped[list[Any]]
    cipher: Mapped[str | None]
    private: Mapped[bool]
    late: Mapped[bool]


class ArtifactRow(Owned):
    """A link, file or note attached to a step; `text` is a note's, but not that of a post."""

    __tablename__ = "artifact"
    __table_args__ = (
        _to("run", "run_id"),
        Index("ix_artifact_run", "organization_id", "run_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str]
    position: Mapped[int]
    person_id: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    url: Mapped[str]
    digest: Mapped[str]
    text: Mapped[str | None]
    post_key: Mapped[str | None]
    at: Mapped[datetime]


class FileRow(Owned):
    """A file that came through the door. `found`: the kinds that the person answered for."""

    __tablename__ = "file"
    __table_args__ = (
        _to("run", "run_id"),
        Index("ix_file_answer", "organization_id", "run_id", "post_key"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[str | None]
    person_id: Mapped[str | None]
    post_key: Mapped[str | None]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    found: Mapped[list[Any]]
    at: Mapped[datetime | None]
    cipher: Mapped[bytes] = mapped_column(LargeBinary)


class CommitmentRow(Owned):
    """Who will do what by when."""

    __tablename__ = "commitment"
    __table_args__ = (
        _to("team", "team_id"),
        _to("run", "run_id"),
        Index("ix_commitment_team", "organization_id", "team_id", "state"),
        Index("ix_commitment_run", "organization_id", "run_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str]
    run_id: Mapped[str]
    position: Mapped[int]
    person_id: Mapped[str]
    what: Mapped[str]
    due: Mapped[date | None]
    state: Mapped[str]
    post_key: Mapped[str]


class AuditRow(Base):
    """Who did what; rows are only added."""

    __tablename__ = "audit"
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    organization_id: Mapped[str]
    at: Mapped[datetime]
    person_id: Mapped[str]
    act: Mapped[str]
    about: Mapped[str]


class MessageRow(Owned):
    """The local channel's log, numbered in each channel."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_key", "organization_id", "channel", "key"),
        Index("ix_message_thread", "organization_id", "channel", "thread", "seq"),
    )
    channel: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    thread: Mapped[str | None]
    key: Mapped[str]
    person_id: Mapped[str | None]
    only_for: Mapped[str | None]
    op: Mapped[str]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class InboxRow(Base):
    """An arrival, until it is handled. Its content is gone once it is done."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("organization_id", "source", "event_id"),
        Index("ix_inbox_due", "next_at", sqlite_where=text("state = 'new'")),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    organization_id: Mapped[str]
    source: Mapped[str]
    event_id: Mapped[str]
    kind: Mapped[str]
    arrival: Mapped[dict[str, Any] | None]
    received_at: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    error: Mapped[str | None]


class OutboxRow(Base):
    """A card on its way. `only_for`: a private note; `thread` of a run's lane is the run's id."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("organization_id", "key"),
        Index(
            "ix_outbox_lane",
            "organization_id",
            "channel",
            "thread",
            "id",
            sqlite_where=text("state IN ('pending', 'sending')"),
        ),
        Index("ix_outbox_due", "next_at", sqlite_where=text("state IN ('pending', 'sending')")),
    )
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    organization_id: Mapped[str]
    key: Mapped[str]
    run_id: Mapped[str | None]
    platform: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str | None]
    only_for: Mapped[str | None]
    card: Mapped[dict[str, Any]]
    revision: Mapped[int]
    state: Mapped[str]
    reason: Mapped[str | None]
    attempts: Mapped[int]
    first_try_at: Mapped[datetime | None]
    next_at: Mapped[datetime]
    external_id: Mapped[str | None]
    sent_at: Mapped[datetime | None]
