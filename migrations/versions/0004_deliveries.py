"""What Slack has delivered, by key."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("workspace", sa.Text(), primary_key=True),
        sa.Column("delivery", sa.Text(), primary_key=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_deliveries_claimed_until", "deliveries", ["workspace", "claimed_until"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_claimed_until", "deliveries")
    op.drop_table("deliveries")
