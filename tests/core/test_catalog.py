"""The catalog: what statements add up to, whoever made them and in whatever order their sources were read."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from registries import NOW, catalog, statements

from assistant.core.catalog import CONFIRMED, PEOPLE, PROPOSED, Catalog, Statement
from assistant.core.entries import Component, Link, Ref, Team

KILN = Ref.component("kiln")


def stated(field: str, value: Any, source: str = "a.yaml", subject: Ref = KILN, minutes: int = 0) -> Statement:
    return Statement(subject, field, value, source, "U0ANA", NOW + timedelta(minutes=minutes))


def kiln(*stated_about_it: Statement) -> Component:
    return Catalog().following([stated("name", "kiln"), *stated_about_it], 1).components[KILN]


def test_the_newest_statement_of_a_source_counts() -> None:
    """Stated again, a value changes; taken back, it is gone, and a component that no source names is gone too."""
    one = Catalog().following([stated("name", "kiln"), stated("kind", "oven"), stated("kind", "furnace")], 1)
    assert one.components[KILN].kind == "furnace"
    two = one.following([stated("kind", None, minutes=1)], 2)
    assert two.components[KILN].kind is None
    three = two.following([stated("name", None)], 3)
    assert (three.components, three.revision) == ({}, 3)
    assert one.components[KILN].kind == "furnace"


@pytest.mark.parametrize("order", list(permutations(["a.yaml", "b.yaml", PEOPLE])))
def test_files_rank_before_people(order: list[str]) -> None:
    """A file's value counts over what people said, and between files the order of imports never matters."""
    component = kiln(*(stated("kind", f"by {source}", source) for source in order))
    assert component.kind == "by a.yaml"


def test_a_value_taken_back_uncovers_the_next() -> None:
    """When the file no longer states a value, what people said counts again, and says where it comes from."""
    both = [stated("name", "kiln"), stated("kind", "oven", PEOPLE), stated("kind", "furnace")]
    one = Catalog().following(both, 1)
    origin = one.origin(KILN, "kind")
    assert origin is not None
    assert (origin.value, origin.source) == ("furnace", "a.yaml")
    two = one.following([stated("kind", None)], 2)
    origin = two.origin(KILN, "kind")
    assert origin is not None
    assert (origin.value, origin.source, origin.author_name) == ("oven", PEOPLE, "U0ANA")
    assert two.components[KILN].kind == "oven"
    assert two.origin(KILN, "repo") is None


def test_a_proposed_owner_owns_nothing() -> None:
    """Whoever is only proposed as an owner shows so, and has nothing until people or a file state it."""
    one = Catalog().following([stated("name", "kiln"), stated("owners", ["ovens"], PROPOSED)], 1)
    assert one.components[KILN].owners == ()
    assert not one.by_owner
    assert [team.name for team in one.proposed_owners(KILN)] == ["ovens"]
    origin = one.origin(KILN, "owners")
    assert origin is not None
    assert origin.source == PROPOSED
    for source in (PEOPLE, "a.yaml"):
        two = one.following([stated("owners", ["glaze"], source)], 2)
        assert two.components[KILN].owners == ("glaze",)
        assert two.proposed_owners(KILN) == []
    gone = one.following([stated("name", None)], 2)
    assert KILN not in gone.components


def test_people_confirm_a_file() -> None:
    """What people confirmed is shown while a file states the same, and decides nothing."""
    one = Catalog().following([stated("name", "kiln"), stated("owners", ["ovens"])], 1)
    assert one.confirmation(KILN, "owners") is None
    two = one.following([stated("owners", ["ovens"], CONFIRMED)], 2)
    assert two.confirmation(KILN, "owners") == stated("owners", ["ovens"], CONFIRMED)
    three = two.following([stated("owners", ["glaze"])], 3)
    assert three.confirmation(KILN, "owners") is None
    four = two.following([stated("owners", None)], 3)
    assert four.confirmation(KILN, "owners") is None
    assert four.components[KILN].owners == ()


def test_aliases_add_up() -> None:
    """Other names that several sources know are all names, each once."""
    component = kiln(
        stated("aliases", ["burner", "stove"], PEOPLE),
        stated("aliases", ["oven", "stove"], "a.yaml"),
    )
    assert component.aliases == ("oven", "stove", "burner")


def test_facts_are_stated_one_by_one() -> None:
    """A file may know one fact and a person another."""
    component = kiln(stated("facts.potters", 6), stated("facts.fired", True, PEOPLE), stated("lifecycle", "shared"))
    assert component.known_facts == {"potters": 6, "fired": True, "lifecycle": "shared"}


def test_what_each_source_states() -> None:
    """A source's own statements can be told from the others'."""
    one = Catalog().following([stated("name", "kiln"), stated("kind", "oven", PEOPLE)], 1)
    assert one.stated_by(PEOPLE) == {KILN: {"kind": "oven"}}
    assert one.stated_by("b.yaml") == {}


def test_the_way_in_is_the_components_own_then_its_owners() -> None:
    """Channel and on call are the component's own, else those of the first owner that has one and is still there."""
    one = catalog("""
teams: [{name: quiet}, {name: ovens, slack_channel: "#ovens", oncall: "@ovens"}]
components:
  - {name: kiln, owners: [quiet, ovens]}
  - {name: wheel, owner: ovens, slack_channel: "#wheel", depends_on: [kiln, wheel]}
  - {name: lost}
  - {name: cart, depends_on: [default/kiln]}
""")
    by_name = {component.name: component for component in one.components.values()}
    assert (one.channel_of(by_name["kiln"]), one.oncall_of(by_name["kiln"])) == ("#ovens", "@ovens")
    assert (one.channel_of(by_name["wheel"]), one.oncall_of(by_name["wheel"])) == ("#wheel", "@ovens")
    assert (one.channel_of(by_name["lost"]), one.owners_of(by_name["lost"])) == (None, [])
    assert [c.name for c in one.by_owner["ovens"]] == ["kiln", "wheel"]
    assert {c.name for c in one.dependents_of(by_name["kiln"])} == {"wheel", "cart"}
    assert one.dependents_of(by_name["wheel"]) == ()
    gone = one.following([stated("name", None, "registry.yaml", Ref.team("ovens"))], 2)
    assert [team.name for team in gone.owners_of(by_name["kiln"])] == ["quiet", "ovens"]
    assert gone.channel_of(by_name["kiln"]) is None


visible = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
no_slash = visible.filter(lambda text: "/" not in text)
lists = st.lists(visible, max_size=3, unique=True).map(tuple)
maybe = st.none() | visible
fact_values = st.booleans() | st.integers(-99, 99) | st.floats(-9, 9) | visible
component_fields: dict[str, st.SearchStrategy[Any]] = {
    "name": visible,
    "namespace": no_slash,
    "title": maybe,
    "aliases": lists,
    "kind": maybe,
    "description": maybe,
    "owners": lists,
    "slack_channel": maybe,
    "oncall": maybe,
    "lifecycle": st.sampled_from([None, "shared", "application-bound"]),
    "ownership": st.sampled_from([None, "developers", "external-team"]),
    "stage": st.sampled_from([None, "experimental", "production", "deprecated"]),
    "facts": st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), fact_values, max_size=3),
    "model": maybe,
    "review_by": st.none() | st.dates(date(2020, 1, 1)),
    "repo": maybe,
    "runbook": maybe,
    "links": st.lists(st.builds(Link, title=visible, url=st.just("https://pots.example/x")), max_size=2).map(tuple),
    "tags": lists,
    "depends_on": lists,
}
team_fields: dict[str, st.SearchStrategy[Any]] = {
    "name": visible,
    "title": maybe,
    "aliases": lists,
    "parent": maybe,
    "slack_channel": maybe,
    "slack_usergroup": maybe,
    "oncall": maybe,
    "contacts": lists,
    "description": maybe,
}


@settings(deadline=None)
@given(st.builds(Component, **component_fields), st.builds(Team, **team_fields))
def test_every_field_survives(component: Component, team: Team) -> None:
    """What is stated about an entry, field by field, makes the same entry again, its reference as text included."""
    one = Catalog().following(statements(component, team), 1)
    assert one.components == {component.ref: component}
    assert one.teams == {team.name: team}
    assert Ref.parse(str(component.ref)) == component.ref
    assert Ref.parse(str(team.ref)) == team.ref


def test_the_round_trip_knows_every_field() -> None:
    """A new field cannot be left out of the promise above."""
    assert Component.model_fields.keys() == component_fields.keys()
    assert Team.model_fields.keys() == team_fields.keys()


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": "  "},
        {"name": "a\nb"},
        {"name": "a\u202eb"},
        {"name": "a\u200bb"},
        {"name": "x" * 256},
        {"name": 7},
        {"name": "a", "owner": "b", "owners": ["c"]},
        {"name": "a", "owner": ["b"]},
        {"name": "a", "namespace": "b/c"},
        {"name": "a", "lifecycle": "forever"},
        {"name": "a", "colour": "blue"},
        {"name": "a", "facts": {"Bad Name": 1}},
        {"name": "a", "links": [{"title": "t", "url": "javascript:alert(1)"}]},
    ],
)
def test_entries_that_are_refused(values: dict[str, Any]) -> None:
    """Invisible and control characters, unknown fields and contradictions never enter a registry."""
    with pytest.raises(ValidationError):
        Component.model_validate(values)


@pytest.mark.parametrize("text", ["", "kiln", "service:default/kiln"])
def test_no_reference(text: str) -> None:
    """Text that no reference wrote is not read as one."""
    with pytest.raises(ValueError, match="not a reference"):
        Ref.parse(text)
