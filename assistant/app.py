"""The composition root: puts the parts together and runs the bot until it is told to stop."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Awaitable

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from assistant.core.rulebook import Rulebook
from assistant.errors import ConfigurationError
from assistant.settings import Settings
from assistant.slack.desk import Desk
from assistant.slack.people import People
from assistant.slack.routes import bind
from assistant.storage.repository import open_repository
from assistant.use_cases.snapshots import Registry

PING_INTERVAL_S = 2
"""After a plain TCP close the client notices within this time; with Bolt's default of ten it is deaf for longer."""
DRAIN_S = 20

log = structlog.get_logger()


def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT. Raises ConfigurationError when Slack refuses a token."""
    settings.slack()
    rulebook = settings.rulebook()
    repository = open_repository(settings.database_url, upgrade_old=True)
    _log_as_json()
    asyncio.run(_serve(settings, Registry(repository), rulebook))


async def _serve(settings: Settings, registry: Registry, rulebook: Rulebook) -> None:
    bot_token, app_token, api_url = settings.slack()
    client = AsyncWebClient(token=bot_token, base_url=api_url)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))  # waits as Retry-After says
    identity = await _accepted(client.auth_test(), "SLACK_BOT_TOKEN", api_url)
    people = People(identity["team_id"], identity.get("enterprise_id"), identity["user_id"], settings.admins)
    desk = Desk(registry, rulebook, client, people)
    # Bolt warns when SLACK_BOT_TOKEN stands beside a client that has the token already.
    quiet = logging.getLogger("bolt")
    quiet.setLevel(logging.ERROR)
    app = AsyncApp(client=client, logger=quiet, process_before_response=True, raise_error_for_unhandled_request=True)
    bind(app, desk)
    # The app token is tried once by itself: when it is refused the socket's own client would try again for ever.
    socket_client = AsyncWebClient(base_url=api_url)
    await _accepted(socket_client.apps_connections_open(app_token=app_token), "SLACK_APP_TOKEN", api_url)
    socket = AsyncSocketModeHandler(app, app_token, web_client=socket_client, ping_interval=PING_INTERVAL_S)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)
    components = len((await desk.run(registry.snapshot)).catalog.components)
    await socket.connect_async()  # type: ignore[no-untyped-call]
    log.info("running", team=identity["team_id"], components=components)
    await stopping.wait()
    log.info("stopping")
    await desk.drain(DRAIN_S)
    await socket.close_async()  # type: ignore[no-untyped-call]
    desk.pool.shutdown(wait=False, cancel_futures=True)


async def _accepted(call: Awaitable[AsyncSlackResponse], variable: str, api_url: str) -> AsyncSlackResponse:
    """Await a call that proves a token, and say in one line what to do when it is refused."""
    try:
        return await call
    except SlackApiError as error:
        code = error.response.get("error", "no reason given")
        raise ConfigurationError(
            f"Slack refused {variable} ({code}): copy a current token from the app's page."
        ) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = type(error).__name__
        raise ConfigurationError(
            f"SLACK_API_URL {api_url} does not answer ({reason}): check the address and the network."
        ) from None


class _LibraryFormatter(logging.Formatter):
    """What a library logs may hold a message or a token, so only who logged it is kept, and the kind of exception."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0] if record.exc_info else None
        line = {"event": "a library logged", "logger": record.name, "level": record.levelname.lower()}
        return json.dumps(
            {**line, "where": f"{record.module}:{record.lineno}", "error": kind.__name__ if kind else None}
        )


def _log_as_json() -> None:
    """Log one JSON object a line to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LibraryFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
