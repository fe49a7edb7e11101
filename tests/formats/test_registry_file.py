"""The registry file: what is taken from it, and what is said about a bad one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.catalog import Catalog, Statement
from assistant.core.entries import Component, Ref, Team, fields_of
from assistant.errors import FileError, Finding
from assistant.formats.registry_file import check_references, merge, read_registry

GOOD = b"""
teams:
  - name: payments
    slack_channel: "#payments"
components:
  - name: checkout-api
    owner: payments
    aliases: [checkout]
    facts: {team_size: 6, regulated: true}
    review_by: 2027-05-01
    links: [{title: Board, url: https://grafana.acme.example/d/1}]
  - name: checkout-api
    namespace: labs
    owners: [payments]
"""

BAD = b"""\
teams:
  - name: payments
    slack_chanel: "#payments"
  - name: 42
  - name: payments
  - title: Nameless
services: []
components:
  - name: checkout
    owner: 1.10
    lifecycle: sharde
    stage: production
    stage: deprecated
  - name: ledger
    owner: payments
    owners: [payments]
  - name: kafka
    aliases: kafka-main
    review_by: soon
    facts: {team_size: [1]}
    links:
      - {title: Board, url: "javascript:alert(1)"}
    repo: &repo https://git.acme.example/kafka
    runbook: *repo
    tags:
  - name: checkout
    title: "a\\x07b"
  - just-a-name
"""

TEAM_KEYS = "aliases, contacts, description, name, oncall, parent, slack_channel, slack_usergroup, title"
FAULTS = f"""\
bad.yaml:3:5: teams[0].slack_chanel: is no key that is known here; did you mean slack_channel? Allowed: {TEAM_KEYS}
bad.yaml:4:11: teams[1].name: is a number; quote it: name: "42"
bad.yaml:5:11: teams[2].name: team "payments" stands in line 2 already
bad.yaml:6:5: teams[3]: has no name, which it needs
bad.yaml:7:1: services: is no key that is known here; allowed: components, teams
bad.yaml:10:12: components[0].owner: is a number; quote it: owner: "1.10"
bad.yaml:11:16: components[0].lifecycle: "sharde" is not known; did you mean shared? Allowed: application-bound, shared
bad.yaml:13:5: components[0]: has the key "stage" twice, first in line 12; keep one of them
bad.yaml:14:5: components[1]: has both owner and owners; keep one of them
bad.yaml:18:14: components[2].aliases: is "kafka-main"; write a list
bad.yaml:19:16: components[2].review_by: is "soon"; write a date such as 2027-05-01
bad.yaml:20:24: components[2].facts.team_size: is a list; write true or false, or a whole number, or a number, or a text
bad.yaml:22:29: components[2].links[0].url: is no web address; it begins with http:// or https://
bad.yaml:23:11: components[2].repo: has an anchor (&), which is not read here; write the value out where it is needed
bad.yaml:24:14: components[2].runbook: is an alias (*), which is not read here; write the value out
bad.yaml:25:10: components[2].tags: is empty; write a list, or leave it out
bad.yaml:26:11: components[3].name: component "default/checkout" stands in line 9 already
bad.yaml:27:12: components[3].title: holds a control or invisible character; remove it
bad.yaml:28:5: components[4]: is "just-a-name"; write keys with values"""


def catalog_of(*entries: Team | Component) -> Catalog:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    stated = (
        Statement(entry.ref, name, value, "other.yaml", "import", now)
        for entry in entries
        for name, value in fields_of(entry).items()
    )
    return Catalog().following(stated, 1)


def checked(text: str, *held: Team | Component) -> tuple[list[str], list[str]]:
    errors, warnings = check_references(read_registry("r.yaml", text.encode()), catalog_of(*held))
    return [str(finding) for finding in errors], [str(finding) for finding in warnings]


def test_good_file() -> None:
    """Teams and components come as core's own values, and owner is one of owners."""
    file = read_registry("r.yaml", GOOD)
    (team,) = file.teams
    first, second = file.components
    assert team.slack_channel == "#payments"
    assert first.owners == second.owners == ("payments",)
    assert first.known_facts == {"team_size": 6, "regulated": True}
    assert first.review_by == date(2027, 5, 1)
    assert second.ref == Ref.component("checkout-api", "labs")


def test_json_says_the_same() -> None:
    """A registry in JSON gives the same entries as one in YAML."""
    file = read_registry("r.yaml", GOOD)
    entries: dict[str, list[dict[str, Any]]] = {"teams": [], "components": []}
    for entry in file.entries:
        entries[f"{entry.ref.kind}s"].append(entry.model_dump(mode="json", exclude_defaults=True))
    assert read_registry("r.json", json.dumps(entries, indent="\t").encode()).entries == file.entries


def test_every_fault_is_reported_at_once() -> None:
    """A file with many faults is refused with each of them, at its line and column, with what is allowed instead."""
    with pytest.raises(FileError) as caught:
        read_registry("bad.yaml", BAD)
    assert str(caught.value) == FAULTS


@pytest.mark.parametrize("content", [b"- a", b"just words", b"42", b"components: checkout"])
def test_another_shape(content: bytes) -> None:
    """A file that is no registry at all is refused in a sentence."""
    with pytest.raises(FileError, match=r"^r.yaml:1:\d+: .*; write (keys with values|a list)$"):
        read_registry("r.yaml", content)


def test_empty_sections() -> None:
    """A section whose entries are all commented out is an empty section."""
    assert read_registry("r.yaml", b"teams:\ncomponents: []").entries == ()


def test_channel_lost_to_a_comment() -> None:
    """An unquoted # makes a comment of a channel's name: that is pointed out."""
    (warning,) = read_registry("r.yaml", b"teams:\n  - name: a\n    slack_channel: #a").warnings
    assert warning.line == 3
    assert "quote a channel" in warning.message


def test_unknown_teams() -> None:
    """An owner or parent that is neither in the file nor in the database is an error that names the nearest teams."""
    errors, _ = checked(
        """
        teams: [{name: risk, parent: comerce}]
        components:
          - {name: a, owner: paymnts}
          - {name: b, owners: [risk, zzz]}
          - {name: c, owner: commerce}
        """,
        Team(name="payments"),
        Team(name="commerce"),
    )
    assert errors == [
        'r.yaml:2:38: teams[0].parent: there is no team "comerce"; did you mean commerce?',
        'r.yaml:4:30: components[0].owner: there is no team "paymnts"; did you mean payments?',
        'r.yaml:5:38: components[1].owners[1]: there is no team "zzz"; add it under teams',
    ]


def test_parents_in_a_circle() -> None:
    """Teams that are each other's parents are an error, once for a circle, also one that runs through the database."""
    errors, _ = checked("teams: [{name: a, parent: b}, {name: c, parent: a}]", Team(name="b", parent="a"))
    assert errors == ["r.yaml:1:27: teams[0].parent: the parents of this team lead in a circle: a → b → a"]


def test_unknown_dependency() -> None:
    """An unknown depends_on is a warning; bare names and namespace/name, in the file or the database, are known."""
    errors, warnings = checked(
        "components: [{name: org/a, namespace: x, depends_on: [org/a, x/org/a, default/b, b, nope]}]",
        Component(name="b"),
    )
    assert errors == []
    assert warnings == ['r.yaml:1:85: components[0].depends_on[4]: no component is called "nope"']


def test_confusing_names() -> None:
    """Names that people could take for one another are warned about, a line each."""
    _, warnings = checked(
        """
        teams: [{name: Risk}, {name: risk}]
        components:
          - {name: a, aliases: [B, shop], owner: risk}
          - {name: b, aliases: [shop], owner: Risk}
          - {name: b, namespace: labs}
          - {name: c, aliases: [shop], owner: risk}
        """
    )
    assert [warning.partition(": ")[2] for warning in warnings] == [
        'teams[1].name: team "risk" and "Risk" differ only by case',
        'components[0].aliases[0]: alias "B" is the name of default/b',
        'components[1].aliases[0]: alias "shop" is also of default/a, which has other owners',
        "components[2].name: default/b has the same name",
    ]


def test_merged_files() -> None:
    """Several files become one, in which findings still name the file that they are about."""
    teams = read_registry("teams.yaml", b"teams: [{name: a}]")
    components = read_registry("components.yaml", b"components: [{name: x, owner: a}, {name: y, owner: b}]")
    merged = merge([teams, components])
    assert merged.entries == teams.entries + components.entries
    (error,), _ = check_references(merged, Catalog())
    assert error.file == "components.yaml"


def test_merging_duplicates() -> None:
    """An entry that stands in two merged files is refused at the second, which names the first."""
    files = [read_registry(label, b"teams:\n  - name: a") for label in ("one.yaml", "two.yaml")]
    with pytest.raises(FileError) as caught:
        merge(files)
    assert str(caught.value) == 'two.yaml:2:11: teams[0].name: team "a" stands in one.yaml, line 2 already'


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
KEYS = st.sampled_from([*Component.model_fields, *Team.model_fields, "owner", "title", "url"]) | st.text(max_size=4)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=8
)
ENTRIES = st.lists(st.dictionaries(KEYS, VALUES) | VALUES, max_size=4) | VALUES


@given(st.dictionaries(st.sampled_from(["teams", "components"]) | KEYS, ENTRIES, max_size=3))
def test_arbitrary_data(data: dict[str, Any]) -> None:
    """Any data is taken or refused with findings that print on one line; nothing else is raised."""
    findings: list[Finding] = []
    try:
        check_references(read_registry("r.json", json.dumps(data).encode()), Catalog())
    except FileError as error:
        findings = error.findings
    assert all(str(finding).isprintable() for finding in findings)
