"""What was read can be written out again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assistant.core.catalog import Catalog, Statement
from assistant.core.entries import Component, Team, fields_of
from assistant.formats.exports import registry_json, registry_yaml, table
from assistant.formats.registry_file import read_registry
from assistant.formats.spreadsheet import read_table

NOW = datetime(2026, 5, 3, tzinfo=UTC)


def held(*entries: Component | Team) -> Catalog:
    stated = (
        Statement(entry.ref, field, value, "a.yaml", "cli", NOW)
        for entry in entries
        for field, value in fields_of(entry).items()
    )
    return Catalog().following(stated, 1)


PRINTABLE = st.characters(codec="utf-8").filter(str.isprintable)
NAMES = st.one_of(
    st.sampled_from(
        ["yes", "NO", "1e3", "0o17", "0x1F", "1_000", "12:30", "~", "null", "2027-05-01", "- a", "a: b", "#x"]
    ),
    st.text(PRINTABLE, min_size=1, max_size=12).filter(lambda text: bool(text.strip())),
)
PROSE = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf"]) | st.sampled_from("\n\t"), max_size=60
)
FACTS = st.dictionaries(
    st.sampled_from(["team_size", "regulated", "expertise"]),
    st.one_of(st.booleans(), st.integers(-5, 5), st.floats(-9, 9, width=16), NAMES),
    max_size=2,
)
TEAMS = st.builds(
    Team, name=NAMES, title=st.none() | NAMES, aliases=st.lists(NAMES, max_size=2), description=st.none() | PROSE
)
COMPONENTS = st.builds(
    Component,
    name=NAMES,
    namespace=st.sampled_from(["default", "edge"]),
    owners=st.lists(NAMES, max_size=2),
    aliases=st.lists(NAMES, max_size=2),
    description=st.none() | PROSE,
    facts=FACTS,
    review_by=st.none() | st.dates(),
    depends_on=st.lists(NAMES, max_size=2),
)


@pytest.mark.parametrize("write", [registry_yaml, registry_json])
@settings(max_examples=200, deadline=None)
@given(teams=st.lists(TEAMS, unique_by=lambda team: team.name, max_size=3), components=st.lists(COMPONENTS, max_size=4))
def test_what_is_exported_is_read_again(
    write: Callable[[Catalog], str], teams: list[Team], components: list[Component]
) -> None:
    """A registry that is exported, as YAML or as JSON, is the same registry when it is read; owners are teams in it."""
    catalog = held(*teams, *{component.ref: component for component in components}.values())
    again = read_registry("exported", write(catalog).encode())
    named = {name for component in catalog.components.values() for name in component.owners}
    assert {team.name: team for team in again.teams} == {name: Team(name=name) for name in named} | dict(catalog.teams)
    assert {component.ref: component for component in again.components} == catalog.components


def test_a_file_is_written_as_people_write_it() -> None:
    """One owner is written as `owner`, and what is not stated is not there."""
    catalog = held(Team(name="payments"), Component(name="api", owners=("payments",)))
    assert registry_yaml(catalog) == "teams:\n- name: payments\ncomponents:\n- name: api\n  owner: payments\n"


def test_a_table_has_a_row_for_each_component() -> None:
    """A spreadsheet gets what answers say: the team's channel too, and a column for each fact."""
    team = Team(name="payments", slack_channel="#payments")
    rows = list(
        csv.DictReader(
            io.StringIO(table(held(team, Component(name="api", owners=("payments", "risk"), facts={"team_size": 6}))))
        )
    )
    assert [(row["component"], row["owners"], row["channel"], row["fact: team_size"]) for row in rows] == [
        ("api", "payments; risk", "#payments", "6")
    ]


ODD = st.sampled_from(
    [
        "Search & Discovery",
        "ops/eu",
        "a; b",
        "a, b",
        "a;",
        "\\;",
        " a  b ",
        "@acme/web",
        "=1+1",
        "'x",
        "-",
        "TBD",
        "R&D",
    ]
)
ITEMS = st.lists(ODD | NAMES, max_size=3, unique_by=str.casefold)
ON_ONE_LINE = st.none() | ODD | NAMES | st.just("\u3000a\xa0\u200db ")
IN_A_TABLE = st.builds(
    Component,
    name=ODD | NAMES,
    namespace=st.sampled_from(["default", "edge", "none", "=x"]),
    title=ON_ONE_LINE,
    owners=ITEMS,
    kind=ON_ONE_LINE,
    description=st.none() | ODD | PROSE.filter(bool),
    repo=ON_ONE_LINE,
    runbook=ON_ONE_LINE,
    stage=st.sampled_from([None, "production", "deprecated"]),
    lifecycle=st.sampled_from([None, "shared"]),
    ownership=st.sampled_from([None, "external-team"]),
    aliases=ITEMS,
    tags=ITEMS,
    depends_on=ITEMS,
)


@settings(max_examples=300, deadline=None)
@given(st.lists(IN_A_TABLE, min_size=1, max_size=4, unique_by=lambda each: each.ref.path.casefold()))
def test_a_table_is_read_again(components: list[Component]) -> None:
    """A registry that is exported as a table has the same components when it is read, whatever they are called."""
    owners = {owner for component in components for owner in component.owners}
    assume(len({owner.casefold() for owner in owners}) == len(owners))  # a table knows one spelling of a team
    again = read_table("t.csv", table(held(*components)).encode())
    assert {component.ref: component for component in again.components} == {each.ref: each for each in components}
    assert not again.faults
    assert not again.warnings


@given(st.lists(IN_A_TABLE, max_size=2))
def test_a_spreadsheet_runs_nothing(components: list[Component]) -> None:
    """No cell of a table begins with what a spreadsheet would run."""
    rows = list(csv.reader(io.StringIO(table(held(*components)))))
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
