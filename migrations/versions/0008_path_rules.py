"""Who owns which paths, by the rules of each source."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "path_rules",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("path_rules")
