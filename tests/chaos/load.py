"""Load: how soon requests are acknowledged and questions answered, by a steady crowd and by a burst."""

from __future__ import annotations

import time

from postgres import PostgresServer
from slack_server import SlackServer, Transport

from chaos.bots import Bot
from chaos.crowd import EVERYTHING, QUESTIONS, Crowd, settle, tally
from chaos.databases import Database, catalog, filled
from chaos.figures import Figure, at_most, none_of, percentile

A_SECOND = 20.0
BURST = 200
SLACK_S = 0.1
"""What each call of the Web API takes."""
SETTLING_S = 60.0


def loaded(
    over: Transport,
    database: Database,
    postgres: PostgresServer | None = None,
    seconds: float = 300.0,
    components: int = 10_000,
) -> list[Figure]:
    """Ask, command, click and open at a steady rate; then ask two hundred questions at one moment."""
    where = (over, database)
    with SlackServer(timeout_s=60, over=over) as slack, filled(database, components, postgres) as url:
        crowd = Crowd(slack, catalog(components))
        slack.fault(f"slow any {SLACK_S} 1000000")
        with Bot(slack, url) as bot:
            crowd.act_once("mention").result(30)
            settle(crowd, SETTLING_S)
            with crowd.acting(A_SECOND, EVERYTHING):
                time.sleep(seconds)
            steady = settle(crowd, SETTLING_S)
            before = set(crowd.threads)
            for kind in QUESTIONS:
                crowd.act_once(kind, BURST // len(QUESTIONS))
            time.sleep(1.0)
            burst = settle(crowd, SETTLING_S)
            memory_mb = bot.memory_mb
        acknowledged, answered = steady.acknowledged_s, list(steady.answered_s.values())
        bursting = burst.acknowledged_s[len(acknowledged) :]
        what = f"{A_SECOND:g} requests/s, {components:,} components"
        everything, asked = f"{len(acknowledged)} requests", f"{len(answered)} questions"
        late = {thread: s for thread, s in burst.answered_s.items() if thread not in before}
        return [
            at_most(f"{what}: ack, p99", where, everything, 300, 1000 * percentile(acknowledged, 0.99), "ms"),
            at_most(f"{what}: ack, longest", where, everything, 2.5, max(acknowledged), "s"),
            at_most(f"{what}: answer posted, p95", where, asked, 1, percentile(answered, 0.95), "s"),
            none_of(f"{what}: not acknowledged in time", where, everything, _unacknowledged(slack)),
            at_most(f"burst of {BURST}: ack, longest", where, f"{len(bursting)} questions", 2.5, max(bursting), "s"),
            at_most(
                f"burst of {BURST}: answer posted, p95",
                where,
                f"{len(late)} questions",
                5,
                percentile(list(late.values()), 0.95),
                "s",
            ),
            none_of(f"{what}: acknowledged and lost", where, f"{len(crowd.threads)} events", tally(slack).lost),
            none_of(f"{what}: posted twice", where, f"{len(crowd.threads)} events", tally(slack).doubled),
            at_most(f"{what}: memory", where, "most at once", 300, memory_mb, "MB"),
        ]


def _unacknowledged(slack: SlackServer) -> set[str]:
    """Return the deliveries that Slack had to make once more, or gave up."""
    entries = slack.look(lambda: list(slack.standin.record.entries))
    return {f"{entry.name} {entry.number}" for entry in entries if entry.direction == "to app" and entry.answer is None}
