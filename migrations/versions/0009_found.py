"""Which sources were found at a path that was imported."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "found",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("path", sa.Text(), primary_key=True),
        sa.Column("sources", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("found")
