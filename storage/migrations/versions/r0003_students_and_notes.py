"""The students of a team, by keyed digests of their names; the text of a note."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("team", sa.Column("students", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("artifact", sa.Column("text", sa.Text(), nullable=True))
