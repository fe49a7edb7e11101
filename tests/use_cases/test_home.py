"""The homepage: whoever opens the app sees what waits for them, what their teams' components lack, and what changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from registries import NOW, catalog, rulebook, statements
from sqlalchemy import Engine

from assistant.core.catalog import PEOPLE, Statement
from assistant.core.entries import Ref
from assistant.core.home import Homepage
from assistant.core.messages import Accept, Continue, GoHome, Propose, buttons_of, plain
from assistant.core.outcomes import Proposed
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.core.wording import word
from assistant.storage.repository import Repository
from assistant.use_cases.home import homepage
from assistant.use_cases.onboarding import Move, take
from assistant.use_cases.proposing import accept, propose
from assistant.use_cases.snapshots import Registry

MEMBER = Actor("U0MEM", "Mem Ber", "member")
CONTACT = Actor("U0OVA", "Ova", "member")
IN_GROUP = Actor("U0GRP", "Gro Up", "member", frozenset({"S0OVENS"}))
ADMIN = Actor("U0ADM", "Adi", "administrator")
API, WHEAL = Ref.component("api-v2"), Ref.component("wheal")
LARGE = 'teams: [{name: depot, title: The Depot, slack_channel: "#depot", contacts: [U0OVA]}]\ncomponents:\n' + "".join(
    f"  - {{name: bay-{number:03}, owner: depot{', description: Holds pots.' if number % 2 else ''}}}\n"
    for number in range(200)
)


def opened(registry: Registry, actor: Actor = CONTACT, page: GoHome | None = None) -> Homepage:
    return homepage(actor, registry, rulebook(), NOW.date(), page)


def said(home: Homepage) -> str:
    return plain(word(home))


def put(registry: Registry, ref: Ref = API) -> int:
    change = Change(ref, {"lifecycle": "shared"})
    made = propose(Propose(change), MEMBER, registry, rulebook(), NOW, ("U0ADM",))
    assert isinstance(made, Proposed)
    return made.proposal.id


@pytest.fixture
def large(engine: Engine) -> Registry:
    """A registry in which one team owns 200 components."""
    registry = Registry(Repository(engine))
    held = catalog(LARGE)
    with registry.writing() as unit:
        unit.state(statements(*held.teams.values(), *held.components.values()))
    return registry


@pytest.mark.parametrize("actor", [CONTACT, IN_GROUP])
def test_my_teams_components(registry: Registry, actor: Actor) -> None:
    """A team's contacts, and who is in its usergroup, see what its components lack, those that lack most first."""
    home = opened(registry, actor)
    (ovens,) = home.teams
    assert (ovens.team.label, ovens.owned, ovens.lacking) == ("Ovens", 4, 4)
    assert [(gap.component.name, len(gap.missing)) for gap in ovens.page] == [
        ("api-v2", 5),
        ("seal-press", 5),
        ("clay-ledger", 4),
        ("kiln-control", 1),
    ]
    assert "kiln-control · missing on call" in said(home)
    assert home.digest is None


def test_nothing_is_missing(registry: Registry) -> None:
    """Where all is known the page says so, and what each has."""
    with registry.writing() as unit:
        unit.state(
            Statement(component.ref, field, value, PEOPLE, "Ova <U0OVA>", NOW)
            for component in unit.catalog.by_owner["ovens"]
            for field, value in {
                "description": "Bakes.",
                "repo": "https://git.example/x",
                "runbook": "https://wiki.example/x",
                "oncall": "@ova",
                "model": "platform-team",
            }.items()
        )
    assert "Owns 4 components. Each has a description, a repository," in said(opened(registry))


def test_suggestions_wait_for_those_who_may_accept(registry: Registry) -> None:
    """What a team is asked stands on the page of its people and of administrators, with the buttons, until answered."""
    number = put(registry)
    put(registry, WHEAL)
    assert [each.proposal.id for each in opened(registry).waiting] == [number]
    assert Accept(number) in [button.act for button in buttons_of(word(opened(registry)))]
    assert len(opened(registry, ADMIN).waiting) == 2
    assert opened(registry, MEMBER).waiting == ()
    accept(Accept(number), CONTACT, registry, rulebook(), NOW)
    assert opened(registry).waiting == ()


def test_many_suggestions(registry: Registry) -> None:
    """The oldest five are shown, and the rest is counted."""
    numbers = [
        put(registry, Ref.component(name)) for name in "api-v1 api-v2 wheel wheal stamp-press seal-press help".split()
    ]
    home = opened(registry, ADMIN)
    assert [each.proposal.id for each in home.waiting] == numbers[:5]
    assert "2 more wait; they move up as you answer." in said(home)


def test_drafts(registry: Registry) -> None:
    """What somebody has begun to register stands there with the step they were at, and a button that goes on."""
    move = Move("d1", 0, "next", {"name": "gift-card-ledger", "owner": "ovens"})
    take(move, CONTACT, registry, rulebook(), NOW, ())
    message = word(opened(registry))
    assert "gift-card-ledger · at “Questions”, 1 July, 14:02 UTC" in plain(message)
    assert Continue("d1") in [button.act for button in buttons_of(message)]
    assert "Begun and not registered" not in said(opened(registry, MEMBER))


def test_no_team(registry: Registry) -> None:
    """Whoever is on no team learns how to be, what can be asked, and what changed lately anywhere."""
    text = said(opened(registry, MEMBER))
    assert "let whoever keeps its entry add U0MEM to its contacts" in text
    assert "who owns clay-ledger?" in text
    assert "glaze, ovens, shopfront and others were registered · registry.yaml" in text


def test_an_empty_registry(engine: Engine) -> None:
    """Before anything is registered the page says how that is done."""
    message = word(opened(Registry(Repository(engine)), ADMIN))
    assert plain(message).startswith("Nothing is registered yet: import a registry file")
    assert [button.label for button in buttons_of(message)] == ["Register a component"]


def test_a_large_team_is_paged_through(large: Registry) -> None:
    """Of 200 components ten are shown at a time; the buttons lead to each of them once, and not past the end."""
    home = opened(large)
    assert "Owns 200 components. All of them lack something: a repository (200)" in said(home)
    seen: list[str] = []
    start = 0
    while True:
        home = opened(large, CONTACT, GoHome("depot", start))
        seen += [gap.component.name for gap in home.teams[0].page]
        following = [b.act for b in buttons_of(word(home)) if b.label.startswith("Next")]
        if not following:
            break
        assert isinstance(following[0], GoHome)
        start = following[0].start
    assert len(seen) == len(set(seen)) == 200
    assert "bay-000" in seen[:100]  # has no description, and lacks more than bay-001
    assert opened(large, CONTACT, GoHome("depot", 5_000)).teams[0].start == 190
    assert opened(large, CONTACT, GoHome("depot", -5)).teams[0].start == 0


def test_many_teams_share_the_page(registry: Registry) -> None:
    """Somebody on many teams sees five of them, the one that they page through first, and the names of the others."""
    with registry.writing() as unit:
        for number in range(8):
            ref = Ref.team(f"crew-{number}")
            unit.state(
                Statement(ref, field, value, PEOPLE, "Ova <U0OVA>", NOW)
                for field, value in {"name": ref.name, "contacts": ["U0OVA"]}.items()
            )
    home = opened(registry, CONTACT, GoHome("ovens", 3))
    assert [each.team.name for each in home.teams] == ["ovens", "crew-0", "crew-1", "crew-2", "crew-3"]
    assert [gap.component.name for gap in home.teams[0].page] == ["kiln-control"]
    assert "You are also of crew-4, crew-5, crew-6 and 1 more. Ask what one of them owns." in said(home)


def test_what_changed_lately(registry: Registry) -> None:
    """A change to my team's components is there with its author and its time; one to another team's is not."""
    later = NOW + timedelta(hours=3)
    with registry.writing() as unit:
        for ref in (API, WHEAL):
            stated = {"repo": "https://git.example/x", "oncall": "@ova", "facts.team_size": 3}
            unit.state(Statement(ref, name, value, PEOPLE, "Ova <U0OVA>", later) for name, value in stated.items())
    first, imported = opened(registry).changed
    assert (first.refs, first.author, first.at, first.file) == ((API,), "Ova <U0OVA>", later, None)
    assert imported.file == "registry.yaml"
    text = said(opened(registry))
    assert "api-v2: repository, on call and answers about its model · Ova, 1 July, 17:02 UTC" in text


def test_what_was_removed_lately(registry: Registry) -> None:
    """What is gone is said to be, to those who are on no team as well."""
    with registry.writing() as unit:
        unit.state(
            [
                Statement(API, field, None, "registry.yaml", "cli", NOW + timedelta(hours=1))
                for field in ("name", "owners")
            ]
        )
    assert "api-v2 was removed" in said(opened(registry, MEMBER))


def test_administrators_see_what_the_digest_has(registry: Registry) -> None:
    """Administrators see what nobody owns and what nobody could find; suggestions stand above already."""
    registry.learned.count_unfound("pug-mill", "pugmill", NOW)
    put(registry)
    text = said(opened(registry, ADMIN))
    assert "For administrators" in text
    assert "1 name that nobody could find: pug-mill (once)." in text
    assert "1 component that nobody owns: attic-cron." in text
    assert "suggestion waits" not in text


def test_what_is_proposed_has_not_changed(registry: Registry) -> None:
    """An owner who is only proposed is no change: nothing is said of it until a team accepts."""
    attic = Ref.component("attic-cron")
    propose(Propose(Change(attic, owners=("ovens",))), MEMBER, registry, rulebook(), NOW, ())
    assert all(attic not in each.refs or each.file == "registry.yaml" for each in opened(registry, MEMBER).changed)
    assert "proposed" not in said(opened(registry, MEMBER))
