"""The composition root: puts the parts together and runs the bot until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from datetime import UTC, datetime

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from assistant.errors import ConfigurationError
from assistant.formats.registry_file import read_registry
from assistant.settings import Settings, packaged_sample
from assistant.slack.desk import Desk
from assistant.slack.people import People
from assistant.slack.routes import bind
from assistant.storage.database import open_engine, prepare
from assistant.storage.repository import Repository
from assistant.use_cases.importing import import_registry
from assistant.use_cases.snapshots import Registry

PING_INTERVAL_S = 2
"""After a plain TCP close the client notices within this time; with Bolt's default of ten it is deaf for longer."""
DRAIN_S = 20

log = structlog.get_logger()


def open_repository(database_url: str, *, upgrade_old: bool = False) -> Repository:
    """Open the registry. An empty database is made ready; one that is behind is upgraded only where that is wanted."""
    engine = open_engine(database_url)
    prepare(engine, upgrade_old=upgrade_old)
    return Repository(engine)


def import_sample(repository: Repository) -> None:
    """Import the packaged sample registry."""
    file = read_registry("sample.yaml", packaged_sample())
    now = datetime.now(UTC)
    import_registry(repository, file, "sample.yaml", dry_run=False, prune=False, author="the sample", now=now)


def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT. Raises ConfigurationError when Slack refuses a token."""
    bot_token, app_token, api_url = settings.slack()
    rulebook = settings.rulebook()
    repository = open_repository(settings.database_url, upgrade_old=True)
    _log_as_json()
    asyncio.run(_serve(Registry(repository), rulebook, bot_token, app_token, api_url, settings.admins))


async def _serve(registry, rulebook, bot_token, app_token, api_url, admins) -> None:  # type: ignore[no-untyped-def]
    client = AsyncWebClient(token=bot_token, base_url=api_url)
    identity = await _accepted(client.auth_test(), "SLACK_BOT_TOKEN", api_url)
    people = People(identity["team_id"], identity["user_id"], admins)
    desk = Desk(registry, rulebook, client, people)
    app = AsyncApp(client=client, process_before_response=True, raise_error_for_unhandled_request=True)
    bind(app, desk)
    socket = AsyncSocketModeHandler(
        app, app_token, web_client=AsyncWebClient(base_url=api_url), ping_interval=PING_INTERVAL_S
    )
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopping.set)
    await _accepted(socket.connect_async(), "SLACK_APP_TOKEN", api_url)  # type: ignore[no-untyped-call]
    components = len((await desk.run(registry.snapshot)).catalog.components)
    log.info("running", team=identity["team_id"], components=components)
    await stopping.wait()
    log.info("stopping")
    await socket.close_async()  # type: ignore[no-untyped-call]
    await desk.drain(DRAIN_S)


async def _accepted(call, variable: str, api_url: str):  # type: ignore[no-untyped-def]
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


def _log_as_json() -> None:
    """Log one JSON object a line to stderr. Slack's libraries stay at WARNING: at DEBUG they log messages."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.WARNING,
        format='{"event": "library", "logger": "%(name)s", "level": "%(levelname)s"}',
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
