"""Calls to Slack: each attempt is counted, and whether Slack accepts the token is remembered."""

from __future__ import annotations

import time

from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

from assistant.slack.metrics import Metrics

TOKEN_REFUSALS = frozenset(
    ("account_inactive", "invalid_auth", "not_allowed_token_type", "not_authed", "token_expired", "token_revoked")
)
"""Refusals that a new token or a new installation would end, and waiting does not."""

REFUSED_S = 60.0
"""How long a refusal counts: a bot that is sent nothing because of it makes no call that would show that it is over."""


def code_of(error: SlackApiError) -> str:
    """Return Slack's word for why it refused a call; where a proxy answered in its place, the HTTP status."""
    data = getattr(error.response, "data", None)  # a body that is no JSON leaves another kind of response, or a string
    code = data.get("error") if isinstance(data, dict) else None
    return str(code or f"HTTP {getattr(error.response, 'status_code', None) or error.response.status}")


class Calls(AsyncRetryHandler):
    """Sees every attempt of a client's calls, as the first of its retry handlers, and has none of them tried again."""

    def __init__(self, api_url: str, metrics: Metrics) -> None:
        super().__init__()
        self._refused_at = float("-inf")
        self._api_url = api_url
        self._metrics = metrics

    @property
    def is_token_accepted(self) -> bool:
        """Whether Slack has not refused the token just now, or has accepted it since."""
        return time.monotonic() - self._refused_at > REFUSED_S

    async def can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        method = (request.url or "").removeprefix(self._api_url)
        result = _result(response)
        if result == "ok":
            self._refused_at = float("-inf")
        elif response and response.body and response.body.get("error") in TOKEN_REFUSALS:
            self._refused_at = time.monotonic()
        self._metrics.calls.labels(method, result).inc()
        if state.current_attempt:
            self._metrics.retries.labels(method).inc()
        return False


def _result(response: HttpResponse | None) -> str:
    if response is None:
        return "no_answer"
    if response.status_code == 429:
        return "rate_limited"
    if response.status_code >= 500:
        return "server_error"
    return "ok" if (response.body or {}).get("ok") else "refused"
