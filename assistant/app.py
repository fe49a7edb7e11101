"""The composition root: puts the parts together and runs the bot until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from assistant.errors import ConfigurationError
from assistant.settings import Settings, Slack
from assistant.slack.desk import Desk
from assistant.slack.people import People
from assistant.slack.routes import bind
from assistant.slack.tokens import accepted, answered
from assistant.slack.web import WebServer, web_app
from assistant.storage.repository import open_repository
from assistant.storage.sole_use import sole_use
from assistant.use_cases.rulebooks import Rulebooks
from assistant.use_cases.snapshots import Registry

PING_INTERVAL_S = 2
"""After a plain TCP close the client notices within this time; with Bolt's default of ten it is deaf for longer."""
DRAIN_S = 20

log = structlog.get_logger()


def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT. Raises ConfigurationError for a refused token, or a file in use."""
    settings.slack()
    rulebooks = Rulebooks(settings.rulebook(), settings.assistant_rulebook)
    with sole_use(settings.database_url):
        repository = open_repository(settings.database_url, upgrade_old=True)
        _log_as_json(settings.assistant_log_level)
        asyncio.run(_serve(settings, Registry(repository), rulebooks))


async def _serve(settings: Settings, registry: Registry, rulebooks: Rulebooks) -> None:
    slack = settings.slack()
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))  # waits as Retry-After says
    identity = accepted(await answered(client.auth_test(), slack.api_url), "SLACK_BOT_TOKEN")
    people = People(identity["team_id"], identity.get("enterprise_id"), identity["user_id"], settings.admins)
    desk = Desk(registry, rulebooks, client, people)
    # Bolt warns when SLACK_BOT_TOKEN stands beside a client that has the token already.
    quiet = logging.getLogger("bolt")
    quiet.setLevel(logging.ERROR)
    app = AsyncApp(
        client=client,
        logger=quiet,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,  # the transports see to it
    )
    bind(app, desk)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)
    components = len((await desk.run(registry.snapshot)).catalog.components)
    gc.collect()
    gc.freeze()  # what is registered stays: collections that looked at it again and again would take half the time
    async with _socket_mode(app, slack.app_token, slack.api_url) if slack.app_token else _http(app, slack, stopping):
        log.info("running", team=identity["team_id"], components=components, over=_transport(slack))
        await stopping.wait()
        log.info("stopping")
        await desk.drain(DRAIN_S)
    desk.pool.shutdown(wait=False, cancel_futures=True)


def _transport(slack: Slack) -> str:
    return "socket mode" if slack.app_token else f"http on port {slack.port}"


@asynccontextmanager
async def _socket_mode(app: AsyncApp, app_token: str, api_url: str) -> AsyncIterator[None]:
    """Take what Slack sends over a WebSocket."""
    # The app token is tried once by itself: when it is refused the socket's own client would try again for ever.
    socket_client = AsyncWebClient(base_url=api_url)
    accepted(await answered(socket_client.apps_connections_open(app_token=app_token), api_url), "SLACK_APP_TOKEN")
    handler = AsyncSocketModeHandler(app, app_token, web_client=socket_client, ping_interval=PING_INTERVAL_S)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    yield
    await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def _http(app: AsyncApp, slack: Slack, stopping: asyncio.Event) -> AsyncIterator[None]:
    """Take what Slack posts. Raises ConfigurationError when the port is not to be had."""
    family = socket.AF_INET6 if ":" in slack.host else socket.AF_INET
    try:
        listening = socket.create_server((slack.host, slack.port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"ASSISTANT_HOST {slack.host} and PORT {slack.port} can't be listened on ({error.strerror}): "
            "stop what uses that port, or choose another."
        ) from None
    server = WebServer(web_app(app, slack.signing_secrets))
    serving = asyncio.create_task(server.serve([listening]))
    serving.add_done_callback(lambda _: stopping.set())
    yield
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
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
