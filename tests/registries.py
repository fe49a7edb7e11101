"""Registries for tests, from the text of a registry file: `snapshot("components: [{name: kiln}]")`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from assistant.core.catalog import Catalog, Statement
from assistant.core.entries import Component, Team, fields_of
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot, index
from assistant.formats.registry_file import read_registry
from assistant.settings import packaged_rulebook, packaged_sample

NOW = datetime(2026, 7, 1, 14, 2, tzinfo=UTC)
FILE = "registry.yaml"

POTTERY = """
teams:
  - {name: glaze, title: Glaze Guild, aliases: [glazers], slack_channel: "#glaze", oncall: "@glaze-oncall",
     contacts: ["@mira", "glaze@pots.example"]}
  - {name: ovens, title: Ovens, slack_channel: "#ovens", slack_usergroup: S0OVENS, contacts: [U0OVA]}
  - {name: shopfront, slack_channel: "#shopfront"}
components:
  - {name: kiln-control, title: Kiln Control, aliases: [oven-brain], owner: ovens, lifecycle: application-bound,
     ownership: developers, description: Keeps the kilns at temperature.,
     repo: "https://github.com/pots/kiln-control", runbook: "https://wiki.pots.example/kiln"}
  - {name: glazeMixer, owner: glaze, lifecycle: shared, repo: "https://github.com/pots/glaze-mixer"}
  - {name: clay-ledger, owner: ovens, aliases: [clay-book], lifecycle: shared, ownership: external-team}
  - {name: mould_presses, owner: glaze}
  - {name: order-intake-gateway, owner: shopfront, oncall: "https://oncall.pots.example/oig", slack_channel: "#intake",
     depends_on: [clay-ledger]}
  - {name: api-v1, owner: glaze}
  - {name: api-v2, owner: ovens}
  - {name: wheel, owner: shopfront}
  - {name: wheal, owner: glaze}
  - {name: stamp-press, aliases: [stamper], owner: glaze}
  - {name: seal-press, aliases: [stamper], owner: ovens}
  - {name: attic-cron}
  - {name: help, owner: shopfront}
"""
"""A small invented pottery, in which names nearly collide."""


def statements(*entries: Component | Team, source: str = FILE, author: str = "cli") -> list[Statement]:
    """Return what a source states when it holds these entries."""
    return [
        Statement(entry.ref, field, value, source, author, NOW)
        for entry in entries
        for field, value in fields_of(entry).items()
    ]


def catalog(text: str, *, source: str = FILE) -> Catalog:
    """Return the catalog after the import of a registry file."""
    return Catalog().following(statements(*read_registry(source, text.encode()).entries, source=source), 1)


def snapshot(text: str) -> Snapshot:
    return index(catalog(text))


@cache
def pottery() -> Snapshot:
    return snapshot(POTTERY)


@cache
def sample() -> Snapshot:
    """The packaged sample registry."""
    return snapshot(packaged_sample().decode())


@cache
def rulebook() -> Rulebook:
    """The packaged rulebook."""
    return packaged_rulebook()


HARBOUR = """
teams:
  - {name: quayside, title: Quayside Crew, aliases: [dockers]}
  - {name: pilots, slack_channel: "#pilots", contacts: ["@orla"]}
  - {name: beacon}
components:
  - {name: tide-clock, owner: pilots, description: Tells skippers when the water is high.}
  - {name: berth-api, owner: quayside, aliases: [moorings], description: Hands out berths to ships.}
  - {name: berth-web, owner: pilots}
  - {name: crane-on-barge, owner: quayside}
  - {name: fog-horn, owner: beacon, description: Warns ships of the mole when nobody can see it.}
  - {name: kelp, owner: beacon}
  - {name: time, owner: quayside}
  - {name: seedless-onboarding-desk, owner: pilots}
  - {name: customs-ledger, owner: quayside, kind: database}
"""
"""A small invented harbour, for questions in many words."""
