"""The HTTP transport: what Slack posts, proven to come from Slack before anything in it is read."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import structlog
import uvicorn
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from assistant.slack.payloads import MALFORMED

log = structlog.get_logger()

PATH = "/slack/events"
BODY_LIMIT = 1_000_000
"""Bytes of a request. What Slack posts is far smaller: a view has at most 250,000."""
READ_S = 10.0
"""How long a request may take to arrive."""
CONTENT_TYPES = ("application/json", "application/x-www-form-urlencoded")


def events_route(app: AsyncApp, signing_secrets: Iterable[str]) -> Route:
    """Return the route that takes what Slack posts, signed with any of the secrets no longer than 5 min ago.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    verifiers = [SignatureVerifier(secret) for secret in signing_secrets]

    async def on_posted(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in CONTENT_TYPES:
            return PlainTextResponse("Post JSON or a form, as Slack does.", 415)
        try:
            async with asyncio.timeout(READ_S):
                body = await _read(request)
        except TimeoutError:
            return PlainTextResponse("The body took too long.", 408)
        except ClientDisconnect:
            return PlainTextResponse("The body ended early.", 400)
        if body is None:
            return PlainTextResponse("That is larger than anything that Slack posts.", 413)
        if not _is_signed(body, dict(request.headers), verifiers):
            return PlainTextResponse("Not signed by Slack: check SLACK_SIGNING_SECRET and the clock.", 401)
        try:
            response = await app.async_dispatch(to_async_bolt_request(request, body))
        except MALFORMED as error:  # Bolt falls over a payload that lacks what it looks for
            log.error("a payload could not be read", request=secrets.token_hex(4), error=type(error).__name__)
            return PlainTextResponse("That is no payload of Slack's.", 400)
        return to_starlette_response(response)

    return Route(PATH, on_posted, methods=["POST"])


def _is_signed(body: bytes, headers: dict[str, str], verifiers: Iterable[SignatureVerifier]) -> bool:
    try:
        return any(verifier.is_valid_request(body, headers) for verifier in verifiers)
    except (ValueError, TypeError):  # the verifier falls over what is no UTF-8, no number or no ASCII
        return False


async def _read(request: Request) -> bytes | None:
    """Read a body, or None as soon as it turns out too large."""
    parts: list[bytes] = []
    left = BODY_LIMIT
    async for part in request.stream():
        left -= len(part)
        if left < 0:
            return None
        parts.append(part)
    return b"".join(parts)


class WebServer(uvicorn.Server):
    """A server that leaves SIGTERM and SIGINT to whoever started it, so that answers are finished first."""

    def __init__(self, routes: Sequence[Route]) -> None:
        super().__init__(
            uvicorn.Config(
                Starlette(routes=routes),
                lifespan="off",
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_keep_alive=75,  # longer than proxies keep theirs, or they would post into a closing one
                timeout_graceful_shutdown=1,  # what was taken is answered before; a slow sender is not waited for
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
