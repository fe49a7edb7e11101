"""What misleads people, or leaves them without an answer."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import catalog, statements

from assistant.core.catalog import Catalog
from assistant.core.entries import Component
from assistant.core.linting import CHECKS, lint
from assistant.settings import packaged_rulebook

FINE = """
teams:
  - {name: payments, slack_channel: "#payments", slack_usergroup: S0PAY}
  - {name: web, slack_channel: "#web", contacts: [U0ANA, U0BEN]}
components:
  - {name: api, owner: payments, lifecycle: application-bound, ownership: developers, depends_on: [store]}
  - {name: store, owner: payments, lifecycle: shared, ownership: external-team, model: platform-team}
"""
MODEL = "lifecycle: shared, ownership: external-team"


def found(text: str) -> list[tuple[str, str]]:
    return [(doubt.check, doubt.subject.name) for doubt in lint(catalog(text), packaged_rulebook())]


def test_a_complete_registry_is_fine() -> None:
    """Where everything has an owner who can be reached, and a model, nothing is found."""
    assert found(FINE) == []


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (f"{{name: cron, {MODEL}}}", [("unowned", "cron")]),
        (f"{{name: cron, owner: TBD, {MODEL}}}", [("placeholder owner", "cron")]),
        (f"{{name: cron, owner: ghosts, {MODEL}}}", [("unknown owner", "cron")]),
        (f"{{name: cron, owner: web, aliases: [api], {MODEL}}}", [("alias collision", "cron")]),
        (f"{{name: cron, owner: web, aliases: [cr-on], {MODEL}}}", []),
        (f"{{name: A_P_I, namespace: old, owner: web, {MODEL}}}", [("twins", "A_P_I")]),
        (f"{{name: api, namespace: old, owner: web, {MODEL}}}", [("twins", "api")]),
        (f"{{name: api, namespace: old, owner: payments, {MODEL}}}", []),
        (f"{{name: cron, owner: web, depends_on: [sotre], {MODEL}}}", [("unknown dependency", "cron")]),
        (f"{{name: cron, owner: web, depends_on: [cron], {MODEL}}}", [("dependency cycle", "cron")]),
        (f"{{name: cron, owner: web, model: us, {MODEL}}}", [("unknown model", "cron")]),
        (
            f"{{name: cron, owner: web, model: embedded-platform-engineers, {MODEL}}}",
            [("model differs", "cron")],
        ),
        ("{name: cron, owner: web, lifecycle: shared}", [("facts missing", "cron")]),
        ("{name: cron, owner: web, model: platform-team}", []),
    ],
)
def test_what_is_found(entry: str, expected: list[tuple[str, str]]) -> None:
    """Each kind of doubt is found where it is, and nowhere else."""
    assert found(f"{FINE}  - {entry}\n") == expected


@pytest.mark.parametrize(
    ("team", "expected"),
    [
        ("{name: ops, slack_usergroup: S0OPS}", [("team without channel", "ops")]),
        ('{name: ops, slack_channel: "#ops"}', [("team without members", "ops")]),
        ("{name: ops, contacts: [U0GUS]}", [("team without channel", "ops"), ("one person", "ops")]),
        ('{name: ops, contacts: ["@acme/ops"]}', [("team without channel", "ops")]),
    ],
)
def test_teams_that_cannot_be_reached(team: str, expected: list[tuple[str, str]]) -> None:
    """A team that owns something needs a channel and members; one that owns nothing yet is left in peace."""
    teams, components = FINE.split("components:")
    assert found(f"{teams}  - {team}\ncomponents:{components}") == []
    owned = f"{teams}  - {team}\ncomponents:{components}  - {{name: cron, owner: ops, {MODEL}}}\n"
    assert found(owned) == expected


def test_each_finding_says_where_and_what_to_do() -> None:
    """A finding names a check that can be asked for by name, and ends with a remedy."""
    for doubt in lint(catalog(f"{FINE}  - {{name: cron, owner: ghosts, depends_on: [x]}}\n"), packaged_rulebook()):
        assert doubt.check in CHECKS
        assert doubt.remedy.endswith((".", "?"))


def test_sources_that_disagree() -> None:
    """A contradiction between two files is found, with both."""
    one, two = (
        statements(Component(name="api", owners=(owner,)), source=source)
        for owner, source in (("payments", "a.yaml"), ("web", "b.yaml"))
    )
    doubts = lint(catalog(FINE).following([*one, *two], 2), packaged_rulebook())
    [message] = [doubt.message for doubt in doubts if doubt.check == "conflict"]
    assert message == "sources disagree about its owners: a.yaml says payments; b.yaml says web"


@settings(max_examples=200, deadline=None)
@given(edges=st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_cycles_against_brute_force(edges: set[tuple[int, int]]) -> None:
    """A cycle is found exactly where something can be reached from itself, and each that is named is one."""
    needs = {at: sorted(f"c{to}" for one, to in edges if one == at) for at in range(6)}
    components = [Component(name=f"c{at}", depends_on=tuple(needed)) for at, needed in needs.items()]
    reached = {at: {to for one, to in edges if one == at} for at in range(6)}
    for middle, at in product(range(6), range(6)):
        if middle in reached[at]:
            reached[at] |= reached[middle]
    doubts = lint(Catalog().following(statements(*components), 1), packaged_rulebook())
    rings = [doubt.message.split(": ")[1].split(" → ") for doubt in doubts if doubt.check == "dependency cycle"]
    assert bool(rings) == any(at in there for at, there in reached.items())
    for ring in rings:
        assert ring[0] == ring[-1]
        assert all(to in needs[int(one[1:])] for one, to in pairwise(ring))
