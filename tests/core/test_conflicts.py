"""Where sources contradict one another."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from registries import statements

from assistant.core.answers import Conflicts, Owners
from assistant.core.cards import owner_card
from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.conflicts import conflicts
from assistant.core.entries import Component, Ref, Team
from assistant.core.messages import plain
from assistant.core.wording import word

API = Ref.component("api")


def stated(source: str, *entries: Component | Team, author: str = "cli") -> list[Statement]:
    return statements(*entries, source=source, author=author)


BACKSTAGE = stated("catalog-info.yaml", Team(name="payments"), Component(name="api", owners=("payments",)))
OWNERS = stated("CODEOWNERS", Team(name="web", title="Web"), Component(name="api", owners=("web",)))
TABLE = stated("apps.csv", Team(name="payments", contacts=("U0ANA",)), Component(name="api", owners=("payments",)))


def catalog_of(*parts: list[Statement], trust: tuple[str, ...] = ()) -> Catalog:
    catalog = Catalog(trust=trust)
    for revision, part in enumerate(parts, start=1):
        catalog = catalog.following(part, revision)
    return catalog


@pytest.mark.parametrize("trust", [(), ("*.csv",), ("CODEOWNERS", "apps.csv"), ("apps.csv", "catalog-info.yaml")])
def test_the_order_of_imports_does_not_matter(trust: tuple[str, ...]) -> None:
    """Whichever file was imported first, the same one counts: what the order of trust says, or else their names."""
    made = [catalog_of(*order, trust=trust) for order in permutations((BACKSTAGE, OWNERS, TABLE))]
    assert len({str(sorted(each.components.items())) for each in made}) == 1
    assert len({str(conflicts(each)) for each in made}) == 1
    expected = "payments" if trust and trust[0] != "CODEOWNERS" else "web"
    assert made[0].components[API].owners == (expected,)


def test_a_source_may_be_trusted_by_its_folder() -> None:
    """Trust names the end of a path, and may hold stars, so that it does not matter where files were imported from."""
    here = catalog_of(
        stated("/srv/services/a.yaml", Component(name="api", owners=("payments",))), OWNERS, trust=("services/*.yaml",)
    )
    assert here.components[API].owners == ("payments",)


def test_a_card_says_who_contradicts() -> None:
    """Whoever asks for an owner also hears which source says something else."""
    catalog = catalog_of(BACKSTAGE, OWNERS, trust=("catalog-info.yaml",))
    message = plain(word(Owners((owner_card(catalog.components[API], catalog),), "")))
    assert message.startswith("api is owned by payments.\nCODEOWNERS says Web instead.")


def test_sources_that_agree_contradict_nobody() -> None:
    """The same owner in two files, or by another name of the team, is no contradiction."""
    alias = stated("r.yaml", Team(name="payments", aliases=("Pay",)), Component(name="api", owners=("pay",)))
    assert conflicts(catalog_of(BACKSTAGE, TABLE, alias)) == []


def test_each_contradiction_is_listed_once() -> None:
    """What counts comes first, then what says something else; owners before other fields; prose is left out."""
    one = stated("a.yaml", Component(name="api", owners=("web",), repo="https://git.example/api/", description="One."))
    two = stated(
        "b.yaml", Component(name="api", owners=("pay",), repo="https://git.example/API.git", stage="production")
    )
    three = stated("c.yaml", Component(name="api", stage="deprecated", description="Three."))
    found = conflicts(catalog_of(one, two, three))
    assert [(each.field, [stated.value for stated in each.statements]) for each in found] == [
        ("owners", [["web"], ["pay"]]),
        ("stage", ["production", "deprecated"]),
    ]
    assert plain(word(Conflicts(tuple(found), {"web": "Web"}))).splitlines()[:2] == [
        "In 2 things sources contradict one another:",
        "• the owner of api: a.yaml says Web; b.yaml says pay.",
    ]


def test_what_people_said_before_a_file_did() -> None:
    """Where a file overrules what somebody said in Slack, both are shown."""
    people = stated(PEOPLE, Component(name="api", owners=("pay",)), author="Ana Ruiz <U0ANA>")
    [found] = conflicts(catalog_of(people, OWNERS))
    assert [each.author_name for each in found.statements] == ["cli", "Ana Ruiz"]


def test_every_source_adds_contacts() -> None:
    """Who can be reached adds up, so that CODEOWNERS takes nobody's rights."""
    more = stated("CODEOWNERS", Team(name="payments", contacts=("@acme/payments",)))
    assert set(catalog_of(TABLE, more).teams["payments"].contacts) == {"U0ANA", "@acme/payments"}


@pytest.mark.parametrize(("trust", "members"), [(("apps.csv",), {"U0ANA"}), (("catalog-info.yaml",), {"U0EVE"})])
def test_no_source_gives_rights_beside_one_that_is_trusted_more(trust: tuple[str, ...], members: set[str]) -> None:
    """Of people in Slack, who may edit by being a contact, those count whom the source names that ranks first."""
    eve = stated("catalog-info.yaml", Team(name="payments", contacts=("U0EVE", "eve@acme.example")))
    contacts = set(catalog_of(TABLE, eve, trust=trust).teams["payments"].contacts)
    assert contacts == members | {"eve@acme.example"}


@pytest.mark.parametrize(
    ("field", "one", "other", "agree"),
    [
        ("repo", "https://git.example/acme/mono", "https://git.example/acme/mono/tree/HEAD/api", True),
        ("repo", "https://git.example/acme/mono", "https://git.example/acme/mono-2", False),
        ("owners", ["payments", "web"], ["payments", "web"], True),
        ("owners", ["payments", "web", "ops"], ["payments", "ops", "web"], True),
        ("owners", ["payments", "web"], ["web", "payments"], False),
        ("slack_channel", "#Pay", "pay", True),
    ],
)
def test_what_is_the_same(field: str, one: Any, other: Any, agree: bool) -> None:
    """A folder is in its repository, and of the owners the first is the one to ask."""
    values = (("a.yaml", one), ("b.yaml", other))
    both = [stated(source, Component.model_validate({"name": "api", field: value})) for source, value in values]
    assert (conflicts(catalog_of(*both)) == []) == agree
