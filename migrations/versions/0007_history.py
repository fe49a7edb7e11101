"""An index to find all that was ever stated about one component."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("ix_statements_subject", "statements", ["workspace", "subject"])


def downgrade() -> None:
    op.drop_index("ix_statements_subject", "statements")
