"""Why a proposal was declined, and an index to find those that are open."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("proposals", sa.Column("reason", sa.Text(), nullable=True))
    op.create_index("ix_proposals_state", "proposals", ["workspace", "state"])


def downgrade() -> None:
    op.drop_index("ix_proposals_state", "proposals")
    with op.batch_alter_table("proposals") as table:
        table.drop_column("reason")
