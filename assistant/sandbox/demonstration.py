"""The demonstration: the stand-in, and the real bot as a process of its own that is connected to it."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from starlette.routing import BaseRoute

from assistant.errors import AssistantError, ConfigurationError
from assistant.sandbox.server import environment, served
from assistant.sandbox.standin import StandIn
from assistant.sandbox.workspace import Channel, Message, Person, fernwood

STOP_S = 25
_ASSISTANT = ("TRANSPORT", "HOST", "ADMINS", "REGISTRARS", "DIGEST")
_OURS = ("SLACK_", "DATABASE_URL", "PORT", *(f"ASSISTANT_{name}" for name in _ASSISTANT))
"""Variables that the demonstration sets: those of a real workspace must not reach its bot."""


@dataclass(frozen=True)
class Seed:
    """What of a registry the workspace shows: its teams' channels, people and usergroups, and what to try."""

    channels: tuple[str, ...] = ()
    """`#name`, or the id of a channel."""
    people: tuple[str, ...] = ()
    """Ids of users."""
    usergroups: dict[str, list[str]] = field(default_factory=dict)
    welcome: str = ""
    """The first message in #general."""


class BotEndedError(AssistantError):
    """The bot ended by itself. The text is what it said."""


def stand_in(seed: Seed, manifest: str, request_url: str | None = None) -> StandIn:
    """Return a workspace of Fernwood's people, with what a registry names."""
    workspace = fernwood()
    members = set(workspace.channels["C0GENERAL"].members) | set(seed.people)
    for user in seed.people:
        workspace.people.setdefault(user, Person(user, user.casefold(), user))
        workspace.channels["C0GENERAL"].members.add(user)
    names = {channel.name for channel in workspace.channels.values()} | workspace.channels.keys()
    for given in seed.channels:
        name = given.removeprefix("#").casefold()
        channel_id = f"C{workspace.number():09d}" if given.startswith("#") else given
        if not names & {name, channel_id}:
            workspace.channels[channel_id] = Channel(channel_id, name, set(members))
            names |= {name, channel_id}
    workspace.usergroups |= seed.usergroups
    if seed.welcome:
        workspace.add(Message("C0GENERAL", workspace.ts(), "U0BEN", seed.welcome))
    return StandIn(workspace, yaml.safe_load(manifest), request_url)


@asynccontextmanager
async def running(
    standin: StandIn, database_url: str, folder: Path, port: int = 0, page: Sequence[BaseRoute] = ()
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve a stand-in with the bot connected to it. The task that is yielded raises when the bot ends by itself."""
    log = folder / "bot.log"
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(served(standin, port, page))
        except OSError as error:
            reason = "is in use" if error.errno == errno.EADDRINUSE else f"can't be used ({error.strerror})"
            raise ConfigurationError(f"Port {port} {reason}: choose another with --port.") from None
        process = await stack.enter_async_context(_bot(standin, database_url, log))
        watching = asyncio.create_task(_ended(process, log))
        stack.callback(watching.cancel)
        yield watching


@asynccontextmanager
async def _bot(standin: StandIn, database_url: str, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the unmodified bot, and stop it at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    # Slack's library would send even what stays on this machine through a proxy.
    kept = {name: value for name, value in kept.items() if not name.casefold().endswith("_proxy")}
    admins = ",".join(person.id for person in standin.workspace.people.values() if person.admin)
    variables = kept | environment(standin) | {"DATABASE_URL": database_url, "ASSISTANT_ADMINS": admins}
    with log.open("ab") as stream:
        # A session of its own: Ctrl-C reaches the demonstration alone, which then stops the bot in order.
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "assistant", "run", env=variables, stderr=stream, start_new_session=True
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_S)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _ended(process: asyncio.subprocess.Process, log: Path) -> None:
    status = await process.wait()
    text = await asyncio.to_thread(log.read_text, errors="replace")
    said = text.strip().splitlines()[-5:]
    raise BotEndedError("\n".join([f"The bot ended with status {status}.", *said]))


def free_port() -> int:
    """Return a port of loopback that nothing uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
