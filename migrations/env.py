"""Runs migrations on the connection that `assistant.storage.database` passes in; it has begun, locks and commits."""

from alembic import context

from assistant.storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite changes a column only by making the table anew
)
with context.begin_transaction():
    context.run_migrations()
