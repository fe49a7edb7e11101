"""Reorganising: after a rename, a merge or a move everybody owns what they owned, under the new names."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from registries import NOW, statements

from assistant.core.catalog import PEOPLE, Catalog
from assistant.core.entries import Component, Ref, Team
from assistant.core.reorganising import Reorganisation, merging, moving

TEAMS = ("moss", "fern", "reed", "sedge")
names = st.sampled_from(TEAMS)
owners = st.lists(names, unique=True, max_size=3).map(tuple)
components = st.lists(owners, min_size=1, max_size=6).map(
    lambda each: [Component(name=f"pot-{number}", owners=theirs) for number, theirs in enumerate(each)]
)
teams = st.lists(st.none() | names, min_size=len(TEAMS), max_size=len(TEAMS)).map(
    lambda parents: [
        Team(name=name, parent=parent if parent != name else None, contacts=(f"U0{name.upper()}",))
        for name, parent in zip(TEAMS, parents, strict=True)
    ]
)


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Registries in which people stated the teams, and people or files who owns what."""
    held = Catalog().following(statements(*draw(teams), source=PEOPLE), 1)
    for component in draw(components):
        held = held.following(
            statements(component, source=draw(st.sampled_from([PEOPLE, "r.yaml"]))), held.revision + 1
        )
    return held


def after(catalog: Catalog, found: Reorganisation) -> Catalog:
    return catalog.following(found.statements, catalog.revision + 1)


def rename(catalog: Catalog, old: str, new: str) -> Catalog:
    return after(catalog, merging([old], new, catalog, "the operator", NOW))


def owned(catalog: Catalog) -> dict[Ref, tuple[str, ...]]:
    return {ref: component.owners for ref, component in catalog.components.items()}


def by_people(catalog: Catalog) -> set[Ref]:
    """Components whose owner people state: what files state stays as it is."""
    return {ref for ref in catalog.components if catalog.stated_about(ref, PEOPLE)}


def parents(catalog: Catalog) -> dict[str, str | None]:
    return {team.name: team.parent for team in catalog.teams.values()}


@settings(max_examples=200, deadline=None)
@given(catalogs(), names)
def test_renamed_and_renamed_back(held: Catalog, old: str) -> None:
    """A team that is renamed and renamed back owns what it owned, under and above the same teams, with its people."""
    there = rename(held, old, "lichen")
    assert (old in there.teams, "lichen" in there.teams) == (False, True)
    assert there.teams["lichen"].aliases == (old,)
    back = rename(there, "lichen", old)
    assert owned(back) == owned(held)
    assert parents(back) == parents(held)
    assert back.teams[old].contacts == held.teams[old].contacts


@settings(max_examples=200, deadline=None)
@given(catalogs(), st.lists(names, unique=True, min_size=2, max_size=3))
def test_merged(held: Catalog, several: list[str]) -> None:
    """Merged teams own together what each of them owned, and no other owner and no component is lost."""
    *olds, new = several
    merged = after(held, merging(olds, new, held, "the operator", NOW))
    assert merged.components.keys() == held.components.keys()
    for ref, before in owned(held).items():
        wanted = {new if name in olds else name for name in before} if ref in by_people(held) else set(before)
        assert set(owned(merged)[ref]) == wanted
    assert merged.teams.keys() == held.teams.keys() - set(olds)
    assert set(olds) <= set(merged.teams[new].aliases)
    assert {f"U0{name.upper()}" for name in several} == set(merged.teams[new].contacts)
    assert not set(parents(merged).values()) & set(olds)
    assert parents(merged)[new] != new


@settings(max_examples=200, deadline=None)
@given(catalogs(), st.permutations(TEAMS))
def test_moved(held: Catalog, shuffled: list[str]) -> None:
    """Components move to another team, and every other owner, component and team stays."""
    old, new, *_ = shuffled
    refs = [component.ref for component in held.by_owner.get(old, ())]
    moved = after(held, moving(old, new, refs, held, "the operator", NOW))
    assert moved.components.keys() == held.components.keys()
    assert moved.teams == held.teams
    for ref, before in owned(held).items():
        wanted = {new if name == old else name for name in before} if ref in by_people(held) else set(before)
        assert set(owned(moved)[ref]) == wanted


@settings(max_examples=100, deadline=None)
@given(catalogs(), names)
def test_what_files_state_is_listed(held: Catalog, old: str) -> None:
    """Each owner that a file states is pointed out with its file, and nothing of it is changed."""
    found = merging([old], "lichen", held, "the operator", NOW)
    in_files = {ref for ref, theirs in owned(held).items() if old in theirs and ref not in by_people(held)}
    assert {each.what for each in found.elsewhere} == {f"owner of {ref.path}: {old}" for ref in in_files}
    assert {each.file for each in found.elsewhere} <= {"r.yaml"}
    assert {each.source for each in found.statements} == {PEOPLE}


def test_a_component_keeps_its_first_owner() -> None:
    """Where a component had both teams, the merged one stands where the first of them stood, once."""
    pot = Component(name="pot", owners=("reed", "moss", "fern"))
    held = Catalog().following(statements(*(Team(name=name) for name in TEAMS), pot, source=PEOPLE), 1)
    merged = after(held, merging(["moss"], "reed", held, "the operator", NOW))
    assert owned(merged)[Ref.component("pot")] == ("reed", "fern")
