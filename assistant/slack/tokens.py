"""Whether Slack answers at all, and takes a token."""

from __future__ import annotations

from collections.abc import Awaitable

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from assistant.errors import ConfigurationError


async def answered(call: Awaitable[AsyncSlackResponse], api_url: str) -> AsyncSlackResponse:
    """Await a call and return what Slack answers, be it a refusal; ConfigurationError when it is not Slack at all."""
    try:
        return await call
    except SlackApiError as error:
        response = error.response
        if isinstance(response, AsyncSlackResponse) and isinstance(response.data, dict) and response.get("error"):
            return response
        raise ConfigurationError(
            f"SLACK_API_URL {api_url} answers, but not as Slack does: check the address."
        ) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = type(error).__name__
        raise ConfigurationError(
            f"SLACK_API_URL {api_url} does not answer ({reason}): check the address and the network."
        ) from None


def accepted(answer: AsyncSlackResponse, variable: str) -> AsyncSlackResponse:
    """Return the answer to a call that proves a token; ConfigurationError when Slack refused it."""
    if answer.get("ok"):
        return answer
    raise token_refused(variable, str(answer.get("error")))


def token_refused(variable: str, code: str) -> ConfigurationError:
    return ConfigurationError(f"Slack refused {variable} ({code}): copy a current token from the app's page.")
