"""Run every scenario whole, and print what was measured; exit 1 where a goal is missed. Run by `make chaos`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping

from postgres import PostgresServer, running_postgres

from chaos import deaths, forgeries, fuzz, load, outages, repeats, throughput, troubles
from chaos.figures import Figure, table

Scenario = Callable[[PostgresServer], list[Figure]]


def scenarios(kills: int) -> Mapping[str, Scenario]:
    """Return every scenario by its name, each as it is run whole."""
    return {
        "throughput": lambda postgres: [
            *throughput.standin_alone(),
            *throughput.compared("http"),
            *throughput.compared("socket"),
        ],
        "kill": lambda postgres: [
            *deaths.killed("socket", "SQLite", times=kills),
            *deaths.killed("http", "PostgreSQL", postgres, times=kills),
        ],
        "stop": lambda postgres: [
            *deaths.stopped("socket", "PostgreSQL", postgres),
            *deaths.stopped("http", "SQLite"),
            *deaths.rolled(postgres),
        ],
        "repeat": lambda postgres: [
            *repeats.repeated("PostgreSQL", postgres),
            *repeats.repeated("SQLite", inputs=20_000),
        ],
        "load": lambda postgres: [
            *load.loaded("socket", "SQLite", seconds=60),
            *load.loaded("http", "PostgreSQL", postgres),
        ],
        "outage": lambda postgres: [*outages.outages(postgres, "socket")],
        "trouble": lambda postgres: [*troubles.troubled("socket", "SQLite")],
        "fuzz": lambda postgres: [*fuzz.in_process(), *fuzz.over_http(postgres)],
        "forge": lambda postgres: [*forgeries.forged()],
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=30, help="how often the bot is killed, on each transport")
    parser.add_argument("--only", nargs="*", help="the scenarios to run; all where none is named")
    arguments = parser.parse_args()
    known = scenarios(arguments.kills)
    unknown = set(arguments.only or ()) - known.keys()
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))} is no scenario; these are: {', '.join(known)}")
    figures: list[Figure] = []
    with running_postgres() as postgres:
        for name in arguments.only or known:
            begun = time.monotonic()
            found = known[name](postgres)
            figures += found
            print(f"\n{name}: {time.monotonic() - begun:.0f} s\n\n{table(found)}", flush=True)
    missed = [each for each in figures if not each.is_met]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} goals are met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
