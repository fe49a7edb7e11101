"""CODEOWNERS is written out as it was, but for the owners who are others today."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registries import statements

from assistant.core.catalog import Catalog
from assistant.core.entries import Component, Team
from assistant.core.paths import PathRule
from assistant.errors import ConfigurationError
from assistant.formats.codeowners import read_codeowners
from assistant.formats.codeowners_export import codeowners
from assistant.formats.registry_file import RegistryFile

MONO = "https://github.com/acme/mono"
GITHUB = """\
* @acme/platform
*.sql @acme/data dba@acme.example
/packages/checkout/ @Acme/Payments
/my\\ docs/ @docs
/packages/checkout/made/
"""
GITLAB = """\
* @acme/platform

[Payments][2]
/checkout/ @acme/pay/checkout
/a/ @@maintainer

^[Docs review][2]
/checkout/ @docs @editors
!/checkout/generated/
"""


def held(*files: RegistryFile) -> Catalog:
    catalog = Catalog(trust=("registry.yaml",))
    for file in files:
        stated = statements(*file.entries, source=file.label)
        catalog = catalog.following(stated, catalog.revision + 1, {file.label: file.places}, {file.label: file.paths})
    return catalog


def read(text: str, repository: str = MONO, label: str = "CODEOWNERS") -> RegistryFile:
    return read_codeowners(label, text.encode(), repository=repository)


def today(catalog: Catalog, *entries: Component | Team) -> Catalog:
    """What a source that is trusted more states besides."""
    return catalog.following(statements(*entries, source="registry.yaml"), catalog.revision + 1)


@pytest.mark.parametrize("text", [GITHUB, GITLAB])
def test_nothing_changed(text: str) -> None:
    """A file whose owners count today comes out as it was written: handles, sections, roles and exclusions."""
    assert codeowners(held(read(text))) == f"# {MONO}\n{text}"


def test_other_owners_today() -> None:
    """A rule whose component has other owners today names these, and all other rules stay as they are."""
    catalog = today(held(read(GITHUB)), Component(name="checkout", owners=("platform",)))
    assert codeowners(catalog) == f"# {MONO}\n{GITHUB}".replace("@Acme/Payments", "@acme/platform")


@pytest.mark.parametrize(
    ("team", "handle"),
    [
        (Team(name="risk", contacts=("@alice", "@acme/risk-eng")), "@acme/risk-eng"),
        (Team(name="risk", contacts=("@alice", "bob@acme.example")), "@acme/risk"),
        (Team(name="risk", contacts=("Ana Ruiz", "@alice")), "@acme/risk"),
        (Team(name="risk", contacts=("@alice",)), "@alice"),
        (Team(name="ana", contacts=("@ana", "ana@acme.example")), "@ana"),
        (Team(name="Search & Discovery"), "@acme/Search-Discovery"),
    ],
)
def test_how_a_team_is_called(team: Team, handle: str) -> None:
    """A team is called by its own handle, or by its name in the organisation, never by one person among others."""
    catalog = today(held(read("/a/ @acme/x\n")), team, Component(name="a", owners=(team.name,)))
    assert codeowners(catalog).splitlines()[1] == f"/a/ {handle}"


def test_one_file_for_each_repository() -> None:
    """Each repository has its own file, by its address however written; which there are is said where none is named."""
    shop = "https://gitlab.com/pots/shop"
    folder = Component(name="ledger", owners=("x",), repo="https://github.com/acme/books/tree/HEAD/my%20ledger")
    catalog = today(held(read(GITHUB), read(GITLAB, shop, "shop/CODEOWNERS")), folder)
    assert codeowners(catalog, "https://github.com/Acme/mono.git/") == f"# {MONO}\n{GITHUB}"
    assert codeowners(catalog, shop) == f"# {shop}\n{GITLAB}"
    assert codeowners(catalog, "github.com/acme/books") == "# https://github.com/acme/books\n/my\\ ledger/ @acme/x\n"
    for wanted in (None, "https://github.com/acme/other"):
        with pytest.raises(ConfigurationError, match=f"--repo.*: https://github.com/acme/books, {MONO}, {shop}\\.$"):
            codeowners(catalog, wanted)
    with pytest.raises(ConfigurationError, match="No component is known as a folder of a repository"):
        codeowners(Catalog())


def test_a_folder_cannot_add_a_line() -> None:
    """An address in the registry makes one rule, whatever it holds."""
    folder = Component(name="x", owners=("x",), repo=f"{MONO}/tree/HEAD/a%0A*%20@evil")
    star = Component(name="y", owners=("y",), repo=f"{MONO}/tree/HEAD/a*b")
    assert codeowners(today(Catalog(), folder, star)) == f"# {MONO}\n/a\\*b/ @acme/y\n"


LINES = st.lists(
    st.tuples(
        st.sampled_from(["/a/", "/a/b/c/", "b/**", "*.x", "[S] @a", "^[T][2]", "!/a/", "/A", "/\\ /", "/a//b/", "\\"]),
        st.sampled_from(["", "@a/b", "@b", "@a/c/b x@y", "@@owner", "@A/B @a/b"]),
    ).map(" ".join),
    max_size=8,
).map("\n".join)


@given(LINES)
def test_what_is_exported_is_read_again(text: str) -> None:
    """Whatever rules were read, those written out are read as the same rules, components and teams."""
    file = read(text, "https://gitlab.com/acme/mono")
    again = read(codeowners(held(file)), "https://gitlab.com/acme/mono")

    def but_for_lines(file: RegistryFile) -> list[PathRule]:
        assert file.paths
        return [rule._replace(line=0) for rule in file.paths.rules]

    assert but_for_lines(again) == but_for_lines(file)
    assert again.components == file.components
    assert {team.name for team in again.teams} == {team.name for team in file.teams}
