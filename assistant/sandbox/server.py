"""The server: the stand-in over HTTP and WebSocket on loopback, with the page."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from assistant.sandbox.delivery import SignedPosts
from assistant.sandbox.relay import Relay
from assistant.sandbox.standin import StandIn
from assistant.sandbox.web_api import RefusalError
from assistant.sandbox.workspace import Json

_PAGE = "<!doctype html><title>upstream failed</title>"
_JSON_ARGUMENTS = ("attachments", "blocks", "metadata", "view")


def environment(standin: StandIn) -> dict[str, str]:
    """Return the variables by which a bot connects to a stand-in that is served."""
    variables = {"SLACK_API_URL": f"{standin.base_url}/api/", "SLACK_BOT_TOKEN": standin.api.bot_token}
    if not isinstance(standin.transport, SignedPosts):
        return variables | {"SLACK_APP_TOKEN": standin.api.app_token, "ASSISTANT_TRANSPORT": "socket"}
    return variables | {
        "SLACK_SIGNING_SECRET": standin.transport.secret,
        "ASSISTANT_TRANSPORT": "http",
        "ASSISTANT_HOST": "127.0.0.1",
        "PORT": str(urlsplit(standin.transport.request_url).port),
    }


@asynccontextmanager
async def served(standin: StandIn, port: int = 0, page: Sequence[BaseRoute] = ()) -> AsyncIterator[None]:
    """Serve a stand-in on loopback, with a page where one is given; its `base_url` says where.

    Raises OSError when the port is taken.
    """
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = _Server(
        uvicorn.Config(
            web_app(standin, page),
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,  # methods have one by the stand-in's own clock
            ws_ping_interval=5.0,  # Slack pings too; it is how a socket that went half open is found
            ws_ping_timeout=5.0,
            timeout_graceful_shutdown=1,
        )
    )
    relay = standin.relay = Relay(listening.getsockname()[1])
    try:
        standin.base_url = f"http://127.0.0.1:{await relay.start(port)}"
    except OSError:
        listening.close()
        raise
    standin.api.socket_url = standin.base_url.replace("http://", "ws://") + "/socket"
    serving = asyncio.create_task(server.serve([listening]))
    watching = asyncio.create_task(_watch(standin))
    try:
        yield
    finally:
        watching.cancel()
        await standin.delivery.stop()
        await relay.stop()
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Leaves signals to whoever started it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _watch(standin: StandIn) -> None:
    """Notice when an app that takes posts begins to listen."""
    transport = standin.transport
    while isinstance(transport, SignedPosts):
        address = urlsplit(transport.request_url)
        try:
            _, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.close()
            is_there = True
        except OSError:
            is_there = False
        if is_there != transport.is_connected:
            transport.is_connected = is_there
            standin.touch()
        await asyncio.sleep(1.0 if is_there else 0.1)


def web_app(standin: StandIn, page: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the application: the Web API, response_urls, Socket Mode, and the page."""

    async def on_method(request: Request) -> Response:
        return await _answer_method(standin, request)

    async def on_response(request: Request) -> Response:
        return await _answer_response(standin, request)

    async def on_socket(websocket: WebSocket) -> None:
        if websocket.query_params.get("ticket") not in standin.api.tickets:
            await websocket.close(1008)
            return
        standin.api.tickets.discard(websocket.query_params["ticket"])
        await standin.sockets.serve(websocket)

    return Starlette(
        routes=[
            Route("/api/{method}", on_method, methods=["GET", "POST"]),
            Route("/response/{name}", on_response, methods=["POST"]),
            WebSocketRoute("/socket", on_socket),
            *page,
        ],
        # A name that another site has pointed here (DNS rebinding) is refused.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


async def _answer_method(standin: StandIn, request: Request) -> Response:
    method = request.path_params["method"]
    args = await arguments(request)
    token = args.pop("token", "") or request.headers.get("authorization", "").removeprefix("Bearer ")
    entry = standin.record.add(time.time(), "from app", method, args)
    standin.touch()
    begun = time.monotonic()
    fault = standin.faults.take("slow", "fail", "error", "limit", "reset", target=method)
    if fault and fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    headers = {"Date": formatdate(time.time() + standin.ahead_s, usegmt=True)}
    if scopes := standin.api.granted(str(token)):
        headers["X-OAuth-Scopes"] = ",".join(sorted(scopes))
    status = 200
    try:
        if fault and fault.kind == "fail":
            raise RefusalError(fault.value)
        if fault and fault.kind == "limit":
            raise RefusalError("ratelimited", {"retry_after": int(fault.seconds)})
        if fault and fault.kind == "error":
            raise RefusalError("http", {"status": int(fault.value)})
        answer = standin.api.call(method, str(token), args)
        entry.shown = answer.pop("shown", None)
    except RefusalError as refusal:
        answer = refusal.answer
        status = answer.pop("status", 200)
        if "retry_after" in answer:
            status, headers["Retry-After"] = 429, str(answer.pop("retry_after"))
    entry.answer, entry.seconds = answer, time.monotonic() - begun
    standin.touch()
    if fault and fault.kind == "reset" and standin.relay and request.client:
        entry.note = "the connection was reset instead of this answer"
        standin.relay.reset(request.client.port)
    if status >= 500 or (fault and fault.kind == "error"):
        entry.note = f"HTTP {status}"
        return HTMLResponse(_PAGE, status, headers)
    # In ASCII, as Slack does: what it was sent need be no valid text.
    return Response(json.dumps(answer), status, headers, "application/json")


async def _answer_response(standin: StandIn, request: Request) -> Response:
    body = await arguments(request)
    entry = standin.record.add(time.time(), "from app", "response_url", body)
    begun = time.monotonic()
    fault = standin.faults.take("slow", "error", "reset", target="response_url")
    if fault and fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    try:
        if fault and fault.kind == "error":
            return HTMLResponse(_PAGE, int(fault.value))
        entry.shown = standin.api.respond(request.path_params["name"], body)
        entry.answer = {"ok": True}
        return PlainTextResponse("ok")
    except RefusalError as refusal:
        entry.answer = refusal.answer
        # Slack answers 404 to an address that is worn out; it does not document the name of the error.
        status = 404 if str(refusal) in ("used_url", "invalid_url") else 400
        return PlainTextResponse(str(refusal), status) if status == 400 else JSONResponse(refusal.answer, status)
    finally:
        entry.seconds = time.monotonic() - begun
        standin.touch()
        if fault and fault.kind == "reset" and standin.relay and request.client:
            standin.relay.reset(request.client.port)


async def arguments(request: Request) -> Json:
    """Read the arguments of a call from its query, and from a form or JSON."""
    args: Json = dict(request.query_params)
    body = (await request.body()).decode("utf-8", "replace")
    given: Any = {}
    if request.headers.get("content-type", "").startswith("application/json"):
        given = _loaded(body) if body else {}
    else:
        given = dict(parse_qsl(body, keep_blank_values=True))
    args |= given if isinstance(given, dict) else {}
    for name in _JSON_ARGUMENTS:
        if isinstance(args.get(name), str):
            args[name] = _loaded(args[name])
    return args


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
