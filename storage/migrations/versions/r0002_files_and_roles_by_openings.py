"""Files; the runs of a team; roles held by openings instead of positions."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

import storage.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RUN = sa.table("run", sa.column("organization_id"), sa.column("id"), sa.column("state", sa.JSON()))
STEP_LOG = sa.table(
    "step_log",
    sa.column("organization_id"),
    sa.column("run_id"),
    sa.column("seq"),
    sa.column("position"),
)


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("organization_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("post_key", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("found", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("at", storage.tables.UtcTime(timezone=True), nullable=True),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "run_id"],
            ["run.organization_id", "run.id"],
            name=op.f("fk_file_organization_id_run_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_file")),
    )
    op.create_index("ix_file_answer", "file", ["organization_id", "run_id", "post_key"])
    op.create_index("ix_run_team", "run", ["organization_id", "team_id", "started_at"])
    _hold_roles_by_openings()


def _hold_roles_by_openings() -> None:
    connection = op.get_bind()
    for run in connection.execute(sa.select(RUN)).all():
        mine = (STEP_LOG.c.organization_id == run.organization_id) & (STEP_LOG.c.run_id == run.id)
        log = sa.select(STEP_LOG.c.position).where(mine).order_by(STEP_LOG.c.seq)
        positions = list(connection.scalars(log))
        roles = [by_openings(held, positions) for held in run.state["roles"]]
        connection.execute(
            sa.update(RUN)
            .where(RUN.c.organization_id == run.organization_id, RUN.c.id == run.id)
            .values(state={**run.state, "roles": roles})
        )


def by_openings(held: Mapping[str, Any], positions: Sequence[int]) -> dict[str, Any]:
    """A holding from the first opening of its first position to the last one of its last."""
    first, last = held["from_position"], held["to_position"]
    since = positions.index(first) if first in positions else 0
    until = None
    if last is not None:
        found = [index for index, position in enumerate(positions) if position == last]
        until = max([since, *found])
    return {"role": held["role"], "person": held["person"], "since": since, "until": until}
