"""Health: whether the process lives, whether it can work, and what it has counted, for whoever supervises it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from assistant.errors import DatabaseUnreachableError
from assistant.slack.metrics import Metrics

FRESH_S = 1.0
"""How long what the database said counts, however many ask."""
ANSWER_S = 0.8
"""How long the database may take to answer; Kubernetes gives a probe one second."""

Checks = Mapping[str, Callable[[], bool]]
"""What is said when a check fails → whether it passes."""


class DatabaseCheck:
    """Asks the database in one thread of its own, so that neither many probes nor a stuck one reach the bot's."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self._pool = ThreadPoolExecutor(1, "health")
        self._asked: asyncio.Future[None] | None = None
        self._asked_at = 0.0

    async def passes(self) -> bool:
        if self._asked is None or (self._asked.done() and time.monotonic() - self._asked_at > FRESH_S):
            self._asked = asyncio.get_running_loop().run_in_executor(self._pool, self._check)
            self._asked_at = time.monotonic()
        try:
            await asyncio.wait_for(asyncio.shield(self._asked), ANSWER_S)
        except (DatabaseUnreachableError, TimeoutError):
            return False
        return True


def health_routes(database: DatabaseCheck, checks: Checks, metrics: Metrics) -> list[Route]:
    """Return the routes; a failing check is a sentence of ours and never an error's text."""

    async def on_livez(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def on_readyz(_: Request) -> Response:
        failing = [sentence for sentence, passes in checks.items() if not passes()]
        if not await database.passes():
            failing.append("The database does not answer, or takes no writes.")
        return PlainTextResponse("".join(f"{line}\n" for line in failing or ["ready"]), 503 if failing else 200)

    async def on_metrics(_: Request) -> Response:
        await database.passes()  # it counts, too
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    answers = {"/livez": on_livez, "/readyz": on_readyz, "/metrics": on_metrics}
    return [Route(path, answer) for path, answer in answers.items()]
