"""Metrics: what is counted and measured. No label holds a text, an id, or a name from the registry."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from assistant.core.answers import (
    Answer,
    Choices,
    Contact,
    Explained,
    Help,
    Models,
    NotFound,
    NotUnderstood,
    Onboard,
    Owners,
    Remembered,
    TeamCard,
    TeamChoices,
    TeamNotFound,
    outcome_of,
)
from assistant.core.forms import Intent

_BUCKETS_S = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Slack waits three seconds for an acknowledgement."""

_received: ContextVar[tuple[str, float]] = ContextVar("received")
"""The kind of payload of the request that is being answered, and when it was received, by time.perf_counter."""


class Metrics:
    """What one bot counts, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self.questions = Counter(
            "assistant_questions",
            "Questions by what was asked for and what came of it.",
            ("intent", "outcome"),
            registry=own,
        )
        self.acknowledged_s = Histogram(
            "assistant_acknowledged_seconds",
            "From receiving a request to its acknowledgement.",
            ("payload",),
            buckets=_BUCKETS_S,
            registry=own,
        )
        self.answered_s = Histogram(
            "assistant_answered_seconds",
            "From receiving a request until an answer to it was sent.",
            ("payload",),
            buckets=_BUCKETS_S,
            registry=own,
        )
        self.failures = Counter("assistant_failures", "Requests that failed here, by route.", ("route",), registry=own)
        self.redelivered = Counter("assistant_redelivered", "Events that Slack sent again.", registry=own)
        self.sent = Counter(
            "assistant_answers_sent",
            "Answers by where they went, and whether Slack took them.",
            ("to", "result"),
            registry=own,
        )
        self.calls = Counter(
            "assistant_slack_calls",
            "Attempts to call a method of Slack, by result.",
            ("method", "result"),
            registry=own,
        )
        self.retries = Counter(
            "assistant_slack_retries", "Those attempts that repeated a failed one.", ("method",), registry=own
        )
        self.synced = Counter(
            "assistant_registry_syncs",
            "Changes of the files that the registry follows, and whether they were taken.",
            ("outcome",),
            registry=own,
        )
        self.notices_waiting = Gauge(
            "assistant_notices_waiting",
            "Notices that are still to be sent.",
            registry=own,
        )
        ProcessCollector(registry=own)

    def received(self, payload: str, *, again: bool) -> None:
        """Begin to measure the request in whose context this is called."""
        _received.set((payload, time.perf_counter()))
        if again:
            self.redelivered.inc()

    def acknowledged(self) -> None:
        payload, at = _received.get()
        self.acknowledged_s.labels(payload).observe(time.perf_counter() - at)

    def answered(self, to: str) -> None:
        payload, at = _received.get()
        self.answered_s.labels(payload).observe(time.perf_counter() - at)
        self.sent.labels(to, "ok").inc()

    def question(self, answer: Answer) -> None:
        """Count a question by its answer; what answers no question is not counted."""
        outcome = outcome_of(answer)
        if outcome is not None:
            self.questions.labels(_intent_of(answer), outcome).inc()

    def watch_files(self, is_current: Callable[[], bool]) -> None:
        """Say whenever somebody looks whether the registry is as the files are that it follows."""
        Gauge(
            "assistant_registry_current",
            "1 while the registry is as the files that it follows; 0 while they are refused.",
            registry=self.registry,
        ).set_function(is_current)

    def watch_socket(self, connections: Callable[[], int], silent_s: Callable[[], float]) -> None:
        """Measure Socket Mode whenever somebody looks."""
        Gauge(
            "assistant_socket_connections",
            "Connections to Slack over Socket Mode; 0: not connected.",
            registry=self.registry,
        ).set_function(connections)
        Gauge(
            "assistant_socket_silent_seconds", "Since Slack was last heard, pings included.", registry=self.registry
        ).set_function(silent_s)


_INTENTS: Mapping[type[Answer], Intent] = {
    Owners: "owner",
    Contact: "contact",
    TeamCard: "team",
    TeamChoices: "team",
    TeamNotFound: "team",
    Models: "model",
    Onboard: "onboard",
    Help: "help",
    Explained: "help",
    NotUnderstood: "none",
}
"""What was asked for, by the answer that it got."""


def _intent_of(answer: Answer) -> Intent:
    if isinstance(answer, Remembered):
        return _intent_of(answer.answer)
    return answer.intent if isinstance(answer, Choices | NotFound) else _INTENTS[type(answer)]
