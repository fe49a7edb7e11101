"""Teams that sources call differently, and that are one."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from registries import statements

from assistant.core.catalog import Catalog
from assistant.core.conflicts import conflicts
from assistant.core.entries import Component, Ref, Team

LEDGER, WEB = Ref.component("ledger"), Ref.component("web")
REGISTRY = (
    Team(name="payments", title="Payments", slack_channel="#payments", contacts=("U0ANA",), aliases=("money-people",)),
    Component(name="ledger", owners=("payments",)),
)


def held(**sources: tuple[Team | Component, ...]) -> Catalog:
    """Return the catalog of sources, imported in this order: `a_csv` is called a.csv."""
    catalog = Catalog(trust=("registry.yaml",))
    for revision, (name, entries) in enumerate(sources.items(), start=1):
        catalog = catalog.following(statements(*entries, source=name.replace("_", ".")), revision)
    return catalog


def test_a_team_is_one_however_it_is_written() -> None:
    """Case, spaces, a title and another name are of the same team: it owns all of it, and nobody disagrees."""
    for written in ("Payments", "PAY MENTS", "money people", "Money-People"):
        table = (
            Team(name=written),
            Component(name="ledger", owners=(written,)),
            Component(name="web", owners=(written,)),
        )
        catalog = held(registry_yaml=REGISTRY, a_csv=table)
        assert catalog.teams.keys() == {"payments"}
        assert written in catalog.teams["payments"].aliases
        assert [component.name for component in catalog.by_owner["payments"]] == ["ledger", "web"]
        assert catalog.channel_of(catalog.components[WEB]) == "#payments"
        assert conflicts(catalog) == []


def test_what_one_source_tells_apart_stays_apart() -> None:
    """A source that has both names means two teams; and a name that could be of two teams is of none."""
    both = (Team(name="Ops"), Team(name="ops"), Component(name="ledger", owners=("Ops",)))
    assert held(registry_yaml=both).teams.keys() == {"Ops", "ops"}
    two = (Team(name="a", title="Core"), Team(name="b", title="Core"))
    table = (Team(name="Core"), Component(name="ledger", owners=("Core",)))
    assert held(registry_yaml=two, a_csv=table).components[LEDGER].owners == ("Core",)


def test_no_team_takes_the_place_of_one_that_is_trusted_more() -> None:
    """Whoever calls a team in a less trusted source as a trusted one calls its own gets nothing of what that owns."""
    trusted = (Team(name="payments"), Component(name="ledger", owners=("payments",)))
    posing = (Team(name="eves", title="Payments", contacts=("U0EVE",)),)
    assert held(registry_yaml=trusted, catalog=posing).components[LEDGER].owners == ("payments",)
    assert held(a_csv=trusted, registry_yaml=posing).components[LEDGER].owners == ("eves",)


def test_nobody_gets_rights_by_another_spelling() -> None:
    """Whoever another source names under another spelling of a team is no member of it by that, but can be reached."""
    table = (Team(name="PAYMENTS", contacts=("U0EVE", "eve@acme.example")),)
    assert held(registry_yaml=REGISTRY, a_csv=table).teams["payments"].contacts == ("U0ANA", "eve@acme.example")


def test_what_another_spelling_says_is_added() -> None:
    """What only another source knows of a team, under its spelling, is known of the team."""
    group = (
        Team(name="Payments", description="Takes the money.", oncall="@pay", parent="commerce"),
        Team(name="commerce"),
    )
    team = held(registry_yaml=REGISTRY, catalog=group).teams["payments"]
    assert (team.description, team.oncall, team.parent, team.slack_channel) == (
        "Takes the money.",
        "@pay",
        "commerce",
        "#payments",
    )


NAMES = st.sampled_from(["pay", "Pay", "p-a-y", "money", "Money"])
ENTRIES = st.tuples(
    st.lists(
        st.builds(Team, name=NAMES, title=st.none() | NAMES, aliases=st.lists(NAMES, max_size=1).map(tuple)),
        max_size=2,
        unique_by=lambda team: team.name,
    ),
    st.lists(NAMES, max_size=2, unique=True).map(lambda owners: Component(name="ledger", owners=tuple(owners))),
).map(lambda made: (*made[0], made[1]))


@given(registry=ENTRIES, table=ENTRIES, catalog=ENTRIES)
def test_the_order_of_imports_makes_no_team(
    registry: tuple[Team | Component, ...], table: tuple[Team | Component, ...], catalog: tuple[Team | Component, ...]
) -> None:
    """Whichever source came first, the same teams are one; and no owner is another name of a team that is known."""
    sources = {"registry_yaml": registry, "a_csv": table, "catalog": catalog}
    made = [held(**dict(order)) for order in permutations(sources.items())]
    for each in made:
        assert (each.teams, each.components, each.same) == (made[0].teams, made[0].components, made[0].same)
        assert each.same.keys().isdisjoint(each.teams)
        assert set(each.same.values()) <= each.teams.keys()
        assert all(each.same.keys().isdisjoint(component.owners) for component in each.components.values())
