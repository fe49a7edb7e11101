"""An index that serves on finds what one that is built anew would."""

from __future__ import annotations

import pytest
from registries import NOW, POTTERY, catalog, snapshot

from assistant.core.catalog import Catalog, Statement
from assistant.core.entries import Component, Ref, Team
from assistant.core.snapshot import Snapshot, index

KILN, OVENS = Ref.component("kiln-control"), Ref.team("ovens")
VALUES = {
    "aliases": ["fire-box"],
    "owners": ["glaze"],
    "depends_on": ["wheel"],
    "tags": ["firebox"],
    "links": [{"title": "Firebox", "url": "https://firebox.example"}],
    "contacts": ["@firebox"],
    "facts": {"expertise": "low"},
    "lifecycle": "shared",
    "ownership": "external-team",
    "stage": "deprecated",
    "review_by": "2027-01-01",
    "repo": "https://github.com/pots/fire-box",
    "parent": "glaze",
}
"""What each field is changed to; those that are not here become a word."""
CHANGES = [(KILN, name) for name in Component.model_fields] + [(OVENS, name) for name in Team.model_fields]
QUERIES = ("firebox", "fire box", "kiln-control", "oven-brain", "https://github.com/pots/fire-box", "ovens", "kilns")


def changed(before: Catalog, ref: Ref, field: str) -> Catalog:
    """Return a catalog in which a person has stated one field anew, in place of what a file states."""
    stated = {f"facts.{name}": value for name, value in VALUES["facts"].items()} if field == "facts" else {}  # type: ignore[attr-defined]
    stated = stated or {field: VALUES.get(field, "firebox")}
    return before.following(
        [Statement(ref, name, value, "a.yaml", "importer", NOW) for name, value in stated.items()], before.revision + 1
    )


def found(snapshot: Snapshot) -> list[object]:
    names = [each.find(query) for each in (snapshot.components, snapshot.teams) for query in QUERIES]
    return [*names, *(snapshot.descriptions.find(query.split(), 5) for query in QUERIES)]


@pytest.mark.parametrize(("ref", "field"), [each for each in CHANGES if each[1] not in ("name", "namespace")], ids=str)
def test_whatever_changes_is_found_as_it_is(ref: Ref, field: str) -> None:
    """Whichever field of a component or team is changed, what is found is what a new index finds."""
    before = index(catalog(POTTERY))
    found(before)
    now = changed(before.catalog, ref, field)
    assert now != before.catalog
    following = index(now, before)
    assert following.catalog is now
    assert found(following) == found(index(now))


def test_what_comes_and_goes_is_found_as_it_is() -> None:
    """A component that is new is found, and one that has gone is not."""
    before = index(catalog(POTTERY))
    new = before.catalog.following([Statement(Ref.component("firebox"), "name", "firebox", "a", "b", NOW)], 2)
    assert index(new, before).components.find("firebox").refs == (Ref.component("firebox"),)
    gone = new.following([Statement(Ref.component("firebox"), "name", None, "a", "b", NOW)], 3)
    assert index(gone, index(new)).components.find("firebox", guess=False).refs == ()


def test_a_folder_has_not_the_name_of_its_repository() -> None:
    """A component is called like its repository where that is its own, and not where it is a folder in it."""
    home = "https://github.com/pots/mono"
    names = {
        "kiln": f"{home}/tree/HEAD/kiln",
        "glaze": f"{home}/tree/main/packages/glaze-mixer",
        "wheel": f"{home}-wheel",
    }
    entries = "\n".join(f'  - {{name: {name}, repo: "{repo}"}}' for name, repo in names.items())
    found = snapshot(f"components:\n{entries}").components
    assert found.find("mono", guess=False).refs == ()
    assert found.find("glaze-mixer", guess=False).refs == (Ref.component("glaze"),)
    assert found.find("mono-wheel", guess=False).refs == (Ref.component("wheel"),)
