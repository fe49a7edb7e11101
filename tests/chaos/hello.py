"""Hello: the smallest bot that Bolt makes, on either transport, to measure ours by. It says hello to every mention."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def main() -> None:
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    del os.environ["SLACK_BOT_TOKEN"]  # Bolt warns where it stands beside a client
    app = AsyncApp(client=client, signing_secret=os.environ.get("SLACK_SIGNING_SECRET", "none"))

    @app.event("app_mention")
    async def on_mention(event: dict[str, Any], say: Any) -> None:
        await say("hello", thread_ts=event["thread_ts"])

    if token := os.environ.get("SLACK_APP_TOKEN"):
        handler = AsyncSocketModeHandler(app, token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
    requests = AsyncSlackRequestHandler(app)

    async def on_posted(request: Request) -> Response:
        return await requests.handle(request)

    async def on_readyz(_: Request) -> Response:
        return PlainTextResponse("ready")

    routes = [Route("/slack/events", on_posted, methods=["POST"]), Route("/readyz", on_readyz)]
    config = uvicorn.Config(
        Starlette(routes=routes), port=int(os.environ["PORT"]), log_level="warning", access_log=False
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main())
