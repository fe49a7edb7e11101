"""An app in the hand of a test: it calls methods, holds sockets, takes posts, and answers only as the test says."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message as Headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any, TypeVar
from urllib.error import HTTPError

from slack_server import SlackServer, port_of
from websockets.sync.client import ClientConnection, connect

from assistant.sandbox.workspace import Json

T = TypeVar("T")
WITHIN_S = 5.0


@dataclass(frozen=True)
class Response:
    """What HTTP answered."""

    status: int
    text: str
    headers: Headers


def post(url: str, body: str, headers: Mapping[str, str] | None = None) -> Response:
    """Post a body as JSON, or as what the headers say."""
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json", **(headers or {})})  # noqa: S310  loopback
    return sent(request)


def sent(request: urllib.request.Request) -> Response:
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310  loopback
            return Response(response.status, response.read().decode(), response.headers)
    except HTTPError as refused:
        with refused:
            return Response(refused.code, refused.read().decode(), refused.headers)


def called(slack: SlackServer, method: str, *, token: str | None = None, **args: Any) -> Json:
    """Call a method of the Web API with JSON, as the bot unless a token is given, and return its answer."""
    token = slack.bot_token if token is None else token
    answer: Json = json.loads(
        post(slack.url + method, json.dumps(args), {"Authorization": f"Bearer {token}"} if token else {}).text
    )
    return answer


class Connection:
    """A socket of the app, which has been greeted."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.hello = self.frame()

    def frame(self) -> Json:
        """The next frame from Slack."""
        told: Json = json.loads(self.socket.recv(timeout=WITHIN_S))
        return told

    def acknowledge(self, frame: Json, payload: Json | None = None) -> None:
        answer = {"envelope_id": frame["envelope_id"]} | ({"payload": payload} if payload is not None else {})
        self.socket.send(json.dumps(answer))

    def take(self, payload: Json | None = None) -> Json:
        """Acknowledge the next frame, and return it."""
        frame = self.frame()
        self.acknowledge(frame, payload)
        return frame

    def answer(self, acting: Future[T], payload: Json | None = None) -> tuple[Json, T]:
        """Acknowledge what somebody just does; what Slack sent of it, and what they see."""
        sent_payload: Json = self.take(payload)["payload"]
        return sent_payload, acting.result(WITHIN_S)


@contextmanager
def connected(slack: SlackServer) -> Iterator[Connection]:
    """Connect over Socket Mode, as an app does."""
    url = called(slack, "apps.connections.open", token=slack.app_token)["url"]
    with connect(url, proxy=None, close_timeout=0.2) as socket:  # a socket that a fault struck is never closed in order
        yield Connection(socket)


@dataclass(frozen=True)
class Posted:
    """What Slack posted to the app."""

    headers: Headers
    body: str


Answering = Callable[[Posted], tuple[int, str]]


class Endpoint:
    """The address where the app takes posts. `answering` says how it answers them."""

    def __init__(self) -> None:
        self.answering: Answering = lambda _: (200, "")
        self.posted: SimpleQueue[Posted] = SimpleQueue()

    def take(self) -> Posted:
        """The next post."""
        return self.posted.get(timeout=WITHIN_S)


@contextmanager
def listening(slack: SlackServer) -> Iterator[Endpoint]:
    """Listen where Slack posts to, over HTTP."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            posted = Posted(self.headers, body)
            endpoint.posted.put(posted)
            status, text = endpoint.answering(posted)
            if not status:
                return  # the connection ends without an answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Slack has stopped waiting for the answer, as the test wants it."""

    server = Server(("127.0.0.1", port_of(slack.request_url)), Handler)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        slack.wait_until_connected()
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
