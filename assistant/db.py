"""The commands about the database: upgrade it, check it, back it up, and put a backup back."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from assistant.progress import progress
from assistant.settings import Settings
from assistant.storage.backups import back_up
from assistant.storage.backups import restore as put_back
from assistant.storage.database import current_revision, head_revision, open_engine, prepare

app = typer.Typer(no_args_is_help=True, help="The database: upgrade it, check it, back it up, restore it.")


@app.command()
def upgrade() -> None:
    """Bring the database to this version's layout."""
    engine = open_engine(Settings.read().database_url)
    before = current_revision(engine)
    prepare(engine, upgrade_old=True)
    after = head_revision()
    print(
        f"The database is at {after}."
        if before == after
        else f"Upgraded the database from {before or 'empty'} to {after}."
    )


@app.command()
def check() -> None:
    """Say whether the database is reachable and has this version's layout; exit 1 when it does not."""
    engine = open_engine(Settings.read().database_url)
    revision = current_revision(engine)
    if revision == head_revision():
        print(f"The database is at {revision}.")
        return
    print(f"The database is {f'at {revision}' if revision else 'empty'}; run `assistant db upgrade`.", file=sys.stderr)
    sys.exit(1)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the backup is written.", show_default=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace FILE when it exists.")] = False,
) -> None:
    """Back up a SQLite database, also while the bot runs. FILE is there whole, or not at all."""
    with progress("Backing up, in pages") as report:
        back_up(Settings.read().database_url, file, replacing=force, report=report)
    print(f"Backed up the database to {file} ({file.stat().st_size / 1_000_000:.1f} MB).")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `db backup` wrote.", show_default=False)],
) -> None:
    """Put a backup of a SQLite database back, when no `run` uses it. What was there is kept beside it."""
    with progress("Restoring, in pages") as report:
        restored = put_back(Settings.read().database_url, file, datetime.now(UTC), report=report)
    print(f"Restored the database from {file}.")
    if restored.kept:
        print(f"What was there before is in {restored.kept}.")
    if restored.layout != head_revision():
        print(f"Its layout is {restored.layout}; `assistant run` or `assistant db upgrade` upgrades it.")
