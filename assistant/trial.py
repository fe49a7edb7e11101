"""A registry to try in the sandbox: in a temporary database, with its channels and people in a local workspace."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.core.catalog import Catalog
from assistant.core.entries import Component, Team
from assistant.core.policy import OPERATOR
from assistant.core.recommending import recommend
from assistant.errors import ConfigurationError
from assistant.formats.registry_file import RegistryFile
from assistant.settings import packaged_rulebook
from assistant.slack.manifest import manifest_text
from assistant.slack.text import escape
from assistant.storage.repository import open_repository
from assistant.use_cases.importing import import_registry
from assistant.use_cases.snapshots import Registry

if TYPE_CHECKING:
    from assistant.sandbox.demonstration import Seed
    from assistant.sandbox.standin import StandIn


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Do something until it ends, or until SIGINT or SIGTERM ends it in order."""
    task = asyncio.ensure_future(work)
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


@contextmanager
def trial(files: Sequence[RegistryFile], *, http: bool = False) -> Iterator[tuple[StandIn, str, Path]]:
    """Return a workspace, a temporary database with a registry in it, and the folder that both go with."""
    if not all(map(find_spec, ("jinja2", "websockets"))):
        raise ConfigurationError("The demonstration needs more packages: pip install 'platform-assistant[demo]'.")
    from assistant.sandbox.demonstration import free_port, stand_in

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # the folder goes, whenever it ends
    with tempfile.TemporaryDirectory(prefix="assistant-demo-") as name:
        folder = Path(name)
        database_url = f"sqlite:///{folder}/demo.db"
        repository = open_repository(database_url)
        now = datetime.now(UTC)
        by_source = {file.label: file for file in files}
        import_registry(repository, by_source, dry_run=False, prune=False, author=OPERATOR.name, now=now)
        seed = _seed(Registry(repository).snapshot().catalog)
        request_url = f"http://127.0.0.1:{free_port()}/slack/events" if http else None
        yield stand_in(seed, manifest_text(request_url), request_url), database_url, folder


def _seed(catalog: Catalog) -> Seed:
    from assistant.sandbox.demonstration import Seed

    teams = catalog.teams.values()
    entries: list[Team | Component] = [*teams, *catalog.components.values()]
    people = {team.slack_usergroup: [each for each in team.contacts if _is_user(each)] for team in teams}
    return Seed(
        channels=tuple(entry.slack_channel for entry in entries if entry.slack_channel),
        people=tuple(contact for team in teams for contact in team.contacts if _is_user(contact)),
        usergroups={group: members for group, members in people.items() if group},
        welcome=_welcome(catalog),
    )


def _is_user(contact: str) -> bool:
    return contact[0] in "UW" and contact.isalnum() and contact.isupper()


def _welcome(catalog: Catalog) -> str:
    """Return what to try with a registry, in Slack's marks: names that it holds, and one that it does not."""
    from assistant.sandbox.workspace import BOT_USER

    rulebook, example = packaged_rulebook(), catalog.example()
    owned = sorted((each for each in catalog.components.values() if each.owners), key=lambda each: each.ref)
    undecided = (each for each in owned if len(recommend(each, catalog, rulebook).decision.missing) == 1)
    name, asked = (escape(each.name) if each else "checkout" for each in (example, next(undecided, example)))
    counts = {"component": len(catalog.components), "team": len(catalog.teams)}
    held = {kind: f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items()}
    lines = [
        f"The registry holds {held['component']} and {held['team']}. Try:",
        f"• <@{BOT_USER}> who owns {name}?",
        f"• /which-model {asked}",
        "• /onboard gift-card-ledger",
        "• the menu ⋯ of this message: Who owns this?",
    ]
    return "\n".join(lines)
