"""The rows of the main job."""

import sqlalchemy as sa
from alembic import op

import storage.tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 # one statement a table and index
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("at", storage.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("arrival", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("received_at", storage.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", storage.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "organization_id",
            "source",
            "event_id",
            name=op.f("uq_inbox_organization_id_source_event_id"),
        ),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_due", ["next_at"], unique=False, sqlite_where=sa.text("state = 'new'")
        )

    op.create_table(
        "message",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("only_for", sa.Text(), nullable=True),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", storage.tables.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "channel", "seq", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_key", ["organization_id", "channel", "key"], unique=False)
        batch_op.create_index(
            "ix_message_thread", ["organization_id", "channel", "thread", "seq"], unique=False
        )

    op.create_table(
        "organization",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint(
            "platform", "external_id", name=op.f("uq_organization_platform_external_id")
        ),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("only_for", sa.Text(), nullable=True),
        sa.Column("card", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_try_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("next_at", storage.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("sent_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("organization_id", "key", name=op.f("uq_outbox_organization_id_key")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_due",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'sending')"),
        )
        batch_op.create_index(
            "ix_outbox_lane",
            ["organization_id", "channel", "thread", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'sending')"),
        )

    op.create_table(
        "person",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("gone_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_person")),
    )
    op.create_table(
        "team",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("keeps_text", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_team")),
        sa.UniqueConstraint(
            "organization_id",
            "platform",
            "channel",
            name=op.f("uq_team_organization_id_platform_channel"),
        ),
    )
    op.create_table(
        "identity",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["person.organization_id", "person.id"],
            name=op.f("fk_identity_organization_id_person_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "platform", "external_id", name=op.f("pk_identity")
        ),
    )
    op.create_table(
        "membership",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("since", storage.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("until", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["person.organization_id", "person.id"],
            name=op.f("fk_membership_organization_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "team_id"],
            ["team.organization_id", "team.id"],
            name=op.f("fk_membership_organization_id_team_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "team_id", "person_id", "since", name=op.f("pk_membership")
        ),
    )
    op.create_table(
        "run",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("protocol_digest", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("planned_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("started_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("ended_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("facilitator_id", sa.Text(), nullable=False),
        sa.Column("state", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("due_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("tick_failures", sa.Integer(), nullable=False),
        sa.Column("complete_as_of", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "team_id"],
            ["team.organization_id", "team.id"],
            name=op.f("fk_run_organization_id_team_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_run")),
        sa.UniqueConstraint(
            "organization_id",
            "channel",
            "thread",
            name=op.f("uq_run_organization_id_channel_thread"),
        ),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(
            "ix_run_due", ["due_at"], unique=False, sqlite_where=sa.text("due_at IS NOT NULL")
        )
        batch_op.create_index(
            "ix_run_live",
            ["organization_id", "channel"],
            unique=False,
            sqlite_where=sa.text("phase IN ('waiting', 'running', 'paused')"),
        )

    op.create_table(
        "artifact",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("post_key", sa.Text(), nullable=True),
        sa.Column("at", storage.tables.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_id"],
            ["run.organization_id", "run.id"],
            name=op.f("fk_artifact_organization_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_artifact")),
    )
    with op.batch_alter_table("artifact", schema=None) as batch_op:
        batch_op.create_index("ix_artifact_run", ["organization_id", "run_id"], unique=False)

    op.create_table(
        "commitment",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("post_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_id"],
            ["run.organization_id", "run.id"],
            name=op.f("fk_commitment_organization_id_run_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "team_id"],
            ["team.organization_id", "team.id"],
            name=op.f("fk_commitment_organization_id_team_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_commitment")),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index("ix_commitment_run", ["organization_id", "run_id"], unique=False)
        batch_op.create_index(
            "ix_commitment_team", ["organization_id", "team_id", "state"], unique=False
        )

    op.create_table(
        "item",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("post_key", sa.Text(), nullable=True),
        sa.Column("at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("fields", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("cipher", sa.Text(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_id"],
            ["run.organization_id", "run.id"],
            name=op.f("fk_item_organization_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_item")),
    )
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_item_post", ["organization_id", "run_id", "post_key"], unique=False
        )
        batch_op.create_index(
            "ix_item_run", ["organization_id", "run_id", "position"], unique=False
        )

    op.create_table(
        "post",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("second_key", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("at", storage.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("captured_by", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("placed", sa.Integer(), nullable=True),
        sa.Column("placed_by", sa.Text(), nullable=True),
        sa.Column("admitted_by", sa.Text(), nullable=True),
        sa.Column("aside_by", sa.Text(), nullable=True),
        sa.Column("from_key", sa.Text(), nullable=True),
        sa.Column("edited_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("deleted_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("salt_cipher", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_id"],
            ["run.organization_id", "run.id"],
            name=op.f("fk_post_organization_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "channel", "key", name=op.f("pk_post")),
        sa.UniqueConstraint(
            "organization_id",
            "channel",
            "second_key",
            name=op.f("uq_post_organization_id_channel_second_key"),
        ),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index("ix_post_run", ["organization_id", "run_id", "at"], unique=False)

    op.create_table(
        "step_log",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("opened_at", storage.tables.UtcTime(timezone=True), nullable=False),
        sa.Column("announced_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("ends_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("closed_at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_id"],
            ["run.organization_id", "run.id"],
            name=op.f("fk_step_log_organization_id_run_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "run_id", "position", "opening", name=op.f("pk_step_log")
        ),
    )

    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{act.lower()} BEFORE {act} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'audit rows are only added'); END"
        )
