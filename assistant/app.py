"""The composition root: puts the parts together and runs the bot until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import Route

from assistant.errors import ConfigurationError
from assistant.settings import Settings, Slack
from assistant.slack.calls import Calls
from assistant.slack.desk import Desk
from assistant.slack.health import DatabaseCheck, health_routes
from assistant.slack.metrics import Metrics
from assistant.slack.notices import NoticeSender
from assistant.slack.people import People
from assistant.slack.reception import entrance
from assistant.slack.rounds import ask_to_look_again, follow_files, send_digests
from assistant.slack.routes import bind
from assistant.slack.socket import SocketMode
from assistant.slack.tokens import accepted, answered
from assistant.slack.web import WebServer, events_route
from assistant.storage.database import sqlite_file
from assistant.storage.repository import open_repository
from assistant.storage.sole_use import sole_use
from assistant.use_cases.rulebooks import Rulebooks
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.syncing import SyncedFiles

LAST_POSTS_S = 1.0
"""How long posts are still taken after /readyz has said that the bot is stopping: whoever balances the load looks."""
DRAIN_S = 20
KEPT_S = 3.0
"""How long a connection to Slack is kept for the next call: less than any proxy keeps one that is idle."""
NOTICE_TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=3)
"""How long Slack may take to post a notice. Where no connection comes about it has surely not arrived."""
LEAVE_S = 2
"""How long threads may take at the end. Python would wait for them, and with a database that hangs they have no end."""

log = structlog.get_logger()


def run(settings: Settings, path: Path | None = None) -> None:
    """Run the bot until SIGTERM or SIGINT. `path`: a file or a folder that the registry follows.

    Raises ConfigurationError for a refused token or a file in use, and SlackUnreachableError when Slack stays away for
    minutes.
    """
    settings.slack()
    rulebooks = Rulebooks(settings.rulebook(), settings.assistant_rulebook)
    with _left_in_time(), sole_use(settings.database_url):
        repository = open_repository(settings.database_url, settings.trust, upgrade_old=True)
        if sqlite_file(settings.database_url):
            repository.deliveries.release_all()  # of a process that was killed; there is no other
        _log_as_json(settings.assistant_log_level)
        files = SyncedFiles(path, repository) if path else None
        if files:
            files.begin(datetime.now(UTC))
        asyncio.run(_serve(settings, Registry(repository), rulebooks, files))


@contextmanager
def _left_in_time() -> Iterator[None]:
    """End the process soon after what is within has ended, whatever its threads are waiting for."""
    status = 0
    try:
        yield
    except BaseException as error:
        status = getattr(error, "exit_status", 1)
        raise
    finally:
        leaving = threading.Timer(LEAVE_S, os._exit, (status,))
        leaving.daemon = True
        leaving.start()


async def _serve(settings: Settings, registry: Registry, rulebooks: Rulebooks, files: SyncedFiles | None) -> None:
    slack = settings.slack()
    metrics = Metrics()
    calls = Calls(slack.api_url, metrics)
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    # What Slack says to wait is waited once. After a broken connection the library would post a second time.
    client.retry_handlers[:] = [calls, AsyncRateLimitErrorRetryHandler(max_retry_count=1)]
    identity = accepted(await answered(client.auth_test(), slack.api_url), "SLACK_BOT_TOKEN")
    people = People(
        identity["team_id"], identity.get("enterprise_id"), identity["user_id"], settings.admins, settings.registrars
    )
    desk = Desk(registry, rulebooks, client, people, metrics, settings.parts())
    # Bolt warns when SLACK_BOT_TOKEN stands beside a client that has the token already.
    quiet = logging.getLogger("bolt")
    quiet.setLevel(logging.ERROR)
    app = AsyncApp(
        client=client,
        logger=quiet,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,  # the transports see to it
        before_authorize=entrance(metrics),
    )
    bind(app, desk)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)
    components = len((await desk.run_patiently(registry.snapshot)).catalog.components)
    gc.collect()
    gc.freeze()  # what is registered stays: collections that looked at it again and again would take half the time
    checks = {
        "The bot is stopping.": lambda: not stopping.is_set(),
        "Slack refuses SLACK_BOT_TOKEN.": lambda: calls.is_token_accepted,
    }
    routes = health_routes(DatabaseCheck(lambda: _look(registry, metrics)), checks, metrics)
    transport: AbstractAsyncContextManager[None] = nullcontext()
    if slack.app_token:
        socket_mode = SocketMode(app, slack.app_token, slack.api_url, metrics)
        metrics.watch_socket(lambda: socket_mode.connections, lambda: socket_mode.silent_s)
        checks["Slack is not connected over Socket Mode."] = lambda: bool(socket_mode.connections)
        transport = _connected(socket_mode, stopping)
    else:
        routes.append(events_route(app, slack.signing_secrets))
    connections = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_S)
    async with (
        aiohttp.ClientSession(connector=connections, timeout=aiohttp.ClientTimeout(client.timeout)) as client.session,
        aiohttp.ClientSession(timeout=NOTICE_TIMEOUT) as session,
        _listening(routes, slack.host, slack.port, stopping) if slack.port else nullcontext(),
        transport,
    ):
        if not stopping.is_set():
            log.info("running", team=identity["team_id"], components=components, over=_transport(slack))
        # What fails in the middle may have been posted, so that the library must not try again by itself.
        unrepeated = AsyncWebClient(slack.bot_token, slack.api_url, session=session, retry_handlers=[calls])
        desk.later(NoticeSender(desk, unrepeated).run())
        desk.later(ask_to_look_again(desk))
        if files is not None:
            metrics.watch_files(lambda: files.is_current)
            desk.later(follow_files(desk, files))
        if settings.digest:
            desk.later(send_digests(desk, settings.digest))
        await stopping.wait()
        log.info("stopping")
        if not slack.app_token:
            await asyncio.sleep(LAST_POSTS_S)
        await desk.drain(DRAIN_S)
    desk.pool.shutdown(wait=False, cancel_futures=True)


def _look(registry: Registry, metrics: Metrics) -> None:
    """See whether the database can be read and written, and how many notices wait."""
    registry.check()
    metrics.notices_waiting.set(registry.notices.waiting())


def _transport(slack: Slack) -> str:
    return "socket mode" if slack.app_token else f"http on port {slack.port}"


@asynccontextmanager
async def _connected(socket_mode: SocketMode, stopping: asyncio.Event) -> AsyncIterator[None]:
    """Be connected, or told to stop before that. Raises what ended Socket Mode, at the start or at the end."""
    running = asyncio.create_task(socket_mode.run())
    running.add_done_callback(lambda _: stopping.set())
    first = [asyncio.create_task(event.wait()) for event in (socket_mode.connected, stopping)]
    _, waiting = await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
    for each in waiting:
        each.cancel()
    if running.done():
        running.result()
    yield
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@asynccontextmanager
async def _listening(routes: Sequence[Route], host: str, port: int, stopping: asyncio.Event) -> AsyncIterator[None]:
    """Serve health, and over HTTP what Slack posts. Raises ConfigurationError when the port is not to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"ASSISTANT_HOST {host} and PORT {port} can't be listened on ({error.strerror}): "
            "stop what uses that port, or choose another."
        ) from None
    server = WebServer(routes)
    serving = asyncio.create_task(server.serve([listening]))
    serving.add_done_callback(lambda _: stopping.set())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _LibraryFormatter(logging.Formatter):
    """What a library logs may hold a message or a token, so only who logged it is kept, and the kind of exception."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0] if record.exc_info else None
        line = {"event": "a library logged", "logger": record.name, "level": record.levelname.lower()}
        return json.dumps(
            {**line, "where": f"{record.module}:{record.lineno}", "error": kind.__name__ if kind else None}
        )


def _log_as_json(level: str) -> None:
    """Log one JSON object a line to stderr, from a level on. Libraries are held to warnings: they log messages."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LibraryFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
