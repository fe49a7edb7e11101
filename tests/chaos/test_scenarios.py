"""Every scenario for seconds, and what it counts. What depends on the machine is left to `make chaos`."""

from __future__ import annotations

import os

import pytest
from postgres import PostgresServer
from slack_server import Transport

from chaos import deaths, forgeries, fuzz, load, outages, repeats, throughput, troubles
from chaos.crowd import Kind
from chaos.figures import Figure, table

SOON_S = (0.2, 1.0, 2.0, 4.0, 8.0, 16.0)
"""When Slack sends again what was not acknowledged: before another process's claim would end by itself."""
WITHOUT_NOTICES: tuple[Kind, ...] = ("mention", "direct", "unknown", "mention", "direct", "misspelt", "mention", "save")


def met(figures: list[Figure]) -> None:
    """Every goal is met that does not depend on the machine."""
    assert all(each.is_met for each in figures if not each.is_timed), table(figures)


@pytest.mark.parametrize("over", ["socket", "http"])
def test_a_killed_bot_loses_nothing(over: Transport) -> None:
    """Of what was acknowledged before the bot was killed nothing is lost, and clicks have their effect once."""
    met(deaths.killed(over, "SQLite", times=2, kinds=WITHOUT_NOTICES, retries_s=SOON_S))


def test_a_stopped_bot_loses_nothing(postgres: PostgresServer) -> None:
    """A bot that is told to stop answers what it has taken, once; the next one takes the rest."""
    met(deaths.stopped("socket", "PostgreSQL", postgres, times=1, retries_s=SOON_S))


def test_a_rolling_restart_is_not_seen(postgres: PostgresServer) -> None:
    """While two replicas are restarted one after the other Slack gets no refusal, and nothing is lost."""
    met(deaths.rolled(postgres, times=2))


def test_everything_has_one_effect(postgres: PostgresServer) -> None:
    """However often something is delivered, in whatever order and to whichever replica, it has one effect."""
    met(repeats.repeated("PostgreSQL", postgres, inputs=1_000, clicks=2))
    met(repeats.repeated("SQLite", inputs=1_000, clicks=2))


def test_a_crowd_is_answered() -> None:
    """What a crowd asks, and two hundred questions at once, is acknowledged in Slack's time and answered once."""
    met(load.loaded("socket", "SQLite", seconds=2, components=1_000))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can have a small disk")
def test_a_database_that_is_away_is_said_to_be(postgres: PostgresServer) -> None:
    """While the database is stopped, frozen, read-only, locked or full, everybody is answered or told, once."""
    met(outages.outages(postgres, "http", part=0.03))


def test_a_troubled_slack_loses_nothing() -> None:
    """What Slack does not take it gets again; what it may have taken, once more at most."""
    met(troubles.troubled("socket", "SQLite", troubles=troubles.IN_SECONDS))


def test_nothing_posted_ends_the_bot(postgres: PostgresServer) -> None:
    """Whatever is posted is answered, with no failure of the server and no place in the code."""
    met(fuzz.in_process(500))
    met(fuzz.over_http(postgres, 300))


def test_forgeries_have_no_effect() -> None:
    """What Slack has not signed, or long ago, is refused; what is sent once more has no second effect."""
    met(forgeries.forged(200))


@pytest.mark.parametrize("over", ["socket", "http"])
def test_throughput_is_measured_on_answers(over: Transport) -> None:
    """Both bots answer every mention that their throughput is measured by."""
    throughput.compared(over, events=50)
