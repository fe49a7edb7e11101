"""Reorganisations: one transaction, the old names still found, and what files state pointed out with its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from registries import NOW, rulebook, statements
from sqlalchemy import Engine

from assistant.core.answers import Invalid, Refusal, TeamCard
from assistant.core.catalog import PEOPLE, Statement
from assistant.core.entries import Component, Ref, Team
from assistant.core.messages import Accept, Decline, Propose, plain
from assistant.core.notices import WasDeclined, WasProposed
from assistant.core.outcomes import Proposed
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.core.reorganising import Elsewhere, Reorganisation
from assistant.core.wording import word
from assistant.errors import ConfigurationError
from assistant.formats.registry_file import read_registry
from assistant.storage.repository import Repository
from assistant.use_cases.asking import ask
from assistant.use_cases.importing import import_registry
from assistant.use_cases.proposing import accept, decline, propose, shown
from assistant.use_cases.reorganising import ask_to_move, merge, move, rename
from assistant.use_cases.snapshots import Registry

FILE = """teams:
  - {name: kelp, contacts: [U0KEL]}
components:
  - {name: buoy, owner: kelp}
"""
POT, JAR, BUOY = Ref.component("pot"), Ref.component("jar"), Ref.component("buoy")
MEMBER = Actor("U0MEM", "Mem Ber", "member")
CONTACT = Actor("U0MOS", "Mossy", "member")
FERN = Actor("U0FER", "Ferny", "member")
ADMIN = Actor("U0ADM", "Adi", "administrator")


def imported(engine: Engine, text: str, *, prune: bool = False) -> None:
    files = {"r.yaml": read_registry("r.yaml", text.encode())}
    import_registry(Repository(engine), files, dry_run=False, prune=prune, author="test", now=NOW)


@pytest.fixture
def held(engine: Engine) -> Registry:
    """A team from a file, two that people stated, and what they own."""
    registry = Registry(Repository(engine))
    imported(engine, FILE)
    entries: list[Component | Team] = [
        Team(name="moss", title="Moss", contacts=("U0MOS",), aliases=("greens",)),
        Team(name="fern"),
        Component(name="pot", owners=("moss", "kelp")),
        Component(name="jar", owners=("moss",)),
    ]
    with registry.writing() as unit:
        unit.state(statements(*entries, source=PEOPLE, author="Ana <U0ANA>"))
    return registry


def renamed(registry: Registry, old: str, new: str, *, dry_run: bool = False) -> Reorganisation:
    return rename(old, new, None, registry, NOW, dry_run=dry_run)


def test_the_old_name_still_finds_it(held: Registry) -> None:
    """A renamed team is found by its old name and its other names, and owns what it owned."""
    found = renamed(held, "moss", "lichen")
    assert (found.gone, found.components) == (("moss",), 2)
    for name in ("lichen", "moss", "greens"):
        answer = ask(f"what does {name} own?", held.snapshot(), rulebook()).answer
        assert isinstance(answer, TeamCard)
        assert (answer.team.name, [each.name for each in answer.owned]) == ("lichen", ["jar", "pot"])
    assert held.catalog().components[POT].owners == ("lichen", "kelp")
    stated = held.catalog().origin(POT, "owners")
    assert stated is not None
    assert stated.author == "the operator"


def test_a_dry_run_changes_nothing(held: Registry) -> None:
    """With --dry-run all that would change is told, and nothing does."""
    before = held.catalog()
    dry = renamed(held, "moss", "lichen", dry_run=True)
    assert held.catalog() is before
    assert dry == renamed(held, "moss", "lichen")
    assert held.catalog().revision == before.revision + 1


def test_a_team_of_a_file(held: Registry, engine: Engine) -> None:
    """What a file says of a team is pointed out with its line; changed there and imported, the old team is gone."""
    found = renamed(held, "kelp", "algae")
    assert found.elsewhere == (
        Elsewhere("owner of default/buoy: kelp", "r.yaml", 4),
        Elsewhere("the team itself: kelp", "r.yaml", 2),
    )
    assert (found.gone, held.catalog().components[BUOY].owners) == ((), ("kelp",))
    assert held.catalog().components[POT].owners == ("moss", "algae")
    assert held.catalog().teams["algae"].contacts == ("U0KEL",)
    imported(engine, FILE.replace("kelp", "algae"), prune=True)
    assert held.catalog().teams.keys() == {"moss", "fern", "algae"}
    answer = ask("what does kelp own?", held.snapshot(), rulebook()).answer
    assert isinstance(answer, TeamCard)
    assert {each.name for each in answer.owned} == {"buoy", "pot"}


def test_a_file_that_was_changed_first(held: Registry, engine: Engine) -> None:
    """Where the file has the new name already, a merge lets what people stated follow."""
    imported(engine, FILE.replace("kelp", "algae"), prune=True)
    found = merge(["kelp"], "algae", held, NOW, dry_run=False)
    assert (found.elsewhere, found.components) == ((), 1)
    assert held.catalog().components[POT].owners == ("moss", "algae")
    assert held.catalog().teams["algae"].aliases == ("kelp",)


def test_a_merge_keeps_its_people(held: Registry) -> None:
    """Whoever was of a merged team is of the one that it became; where a file says who that is, the file is named."""
    merge(["moss"], "fern", held, NOW, dry_run=False)
    assert held.catalog().teams["fern"].contacts == ("U0MOS",)
    found = merge(["fern"], "kelp", held, NOW, dry_run=False)
    assert found.elsewhere == (Elsewhere("contacts of kelp, without U0MOS", "r.yaml", 2),)
    assert set(held.catalog().teams["kelp"].aliases) == {"fern", "moss", "greens"}


def test_components_move(held: Registry) -> None:
    """Some of a team's components get another owner, or all of them; others stay."""
    move("moss", "fern", ["jar"], held, NOW, dry_run=False)
    assert held.catalog().components[JAR].owners == ("fern",)
    move("moss", "fern", [], held, NOW, dry_run=False)
    assert held.catalog().components[POT].owners == ("fern", "kelp")
    found = move("kelp", "fern", ["default/buoy"], held, NOW, dry_run=False)
    assert found.elsewhere == (Elsewhere("owner of default/buoy: kelp", "r.yaml", 4),)


def test_what_waits_follows(held: Registry) -> None:
    """A suggestion that a team is asked to accept is accepted by the one in its place."""
    change = Change(JAR, {"lifecycle": "shared"})
    made = propose(Propose(change), MEMBER, held, rulebook(), NOW, ("U0ADM",))
    assert isinstance(made, Proposed)
    with held.writing() as unit:
        owners = unit.proposals.add(Change(BUOY, owners=("moss", "kelp"), agreed=("kelp",)), MEMBER.signature, NOW)
    renamed(held, "moss", "lichen")
    accept(Accept(made.proposal.id), CONTACT, held, rulebook(), NOW)
    assert held.catalog().components[JAR].lifecycle == "shared"
    proposal = held.proposal(owners.id)
    assert proposal is not None
    assert (proposal.change.owners, proposal.change.agreed) == (("lichen", "kelp"), ("kelp",))


def asked(registry: Registry, names: tuple[str, ...] = (), admins: tuple[str, ...] = ("U0ADM",)) -> int:
    return ask_to_move("moss", "fern", names, registry, NOW, admins)[1].id


def said(registry: Registry, number: int) -> str:
    return plain(word(shown(number, registry, rulebook())))


def test_a_team_is_asked_once_for_all(held: Registry) -> None:
    """A team is asked in one suggestion whether it takes over components; nothing changes until one of it accepts."""
    with held.writing() as unit:
        unit.state([Statement(Ref.team("fern"), "contacts", ["U0FER"], PEOPLE, "Ana <U0ANA>", NOW)])
    number = asked(held)
    taken = held.notices.take(NOW)
    assert taken is not None
    assert (taken.notice.to, taken.notice.about) == ("U0FER", WasProposed(number))
    assert said(held, number) == "the operator suggests that fern takes over 2 components from Moss: pot and jar."
    assert held.catalog().by_owner.keys() == {"kelp", "moss"}
    assert isinstance(accept(Accept(number), CONTACT, held, rulebook(), NOW), Refusal)
    accept(Accept(number), FERN, held, rulebook(), NOW)
    assert held.catalog().components[POT].owners == ("fern", "kelp")
    assert held.catalog().components[JAR].owners == ("fern",)
    assert said(held, number) == "the operator suggests that fern takes over 2 components from moss: pot and jar."


def test_a_team_says_no(held: Registry) -> None:
    """Declined, everything stays, and an administrator hears why."""
    number = asked(held, ("jar",))
    held.notices.take(NOW)
    decline(Decline(number, "We are too few"), ADMIN, held, rulebook(), NOW)
    assert held.catalog().components[JAR].owners == ("moss",)
    taken = held.notices.take(NOW)
    assert taken is not None
    assert (taken.notice.to, taken.notice.about) == ("U0ADM", WasDeclined(number))


def test_what_has_changed_since_it_was_asked(held: Registry) -> None:
    """Only what the team still owns is handed on; where it owns none of them any more, nothing is."""
    number, again = asked(held), asked(held)
    renamed(held, "moss", "lichen")
    move("lichen", "kelp", ["jar"], held, NOW, dry_run=False)
    accept(Accept(number), ADMIN, held, rulebook(), NOW)
    assert held.catalog().components[JAR].owners == ("kelp",)
    assert held.catalog().components[POT].owners == ("fern", "kelp")
    assert isinstance(accept(Accept(again), ADMIN, held, rulebook(), NOW), Invalid)


@pytest.mark.parametrize(
    ("do", "said"),
    [
        (lambda r: renamed(r, "algae", "x"), "There is no team called algae."),
        (lambda r: renamed(r, "greens", "x"), "There is no team called greens; moss may be meant."),
        (lambda r: renamed(r, "moss", "fern"), "There is a team called fern already: `assistant team merge`"),
        (lambda r: renamed(r, "fern", "Greens"), "Greens is another name of moss: merge into that"),
        (lambda r: renamed(r, "moss", "a\tb"), "The name or the title holds a control"),
        (lambda r: merge(["moss"], "algae", r, NOW, dry_run=False), "There is no team called algae."),
        (lambda r: merge(["moss", "fern"], "fern", r, NOW, dry_run=False), "fern can't be merged into itself"),
        (lambda r: move("moss", "algae", [], r, NOW, dry_run=False), "There is no team called algae."),
        (lambda r: move("moss", "fern", ["buoy"], r, NOW, dry_run=False), "moss does not own buoy."),
        (lambda r: ask_to_move("kelp", "fern", ["buoy"], r, NOW, ("U0ADM",)), "There is nothing to ask fern: files"),
        (lambda r: asked(r, (), ()), "ASSISTANT_ADMINS names nobody outside of fern"),
    ],
)
def test_what_cannot_be(held: Registry, do: Callable[[Registry], object], said: str) -> None:
    """What makes no sense is refused with what to do instead, and nothing is changed."""
    before = held.catalog()
    with pytest.raises(ConfigurationError) as caught:
        do(held)
    assert str(caught.value).startswith(said)
    assert held.catalog() is before


def test_what_a_file_owns_does_not_move(held: Registry, engine: Engine) -> None:
    """What people once said of an owner that a file states by now is no component that moves: the file is named."""
    with held.writing() as unit:
        unit.state([Statement(BUOY, "owners", ["kelp"], PEOPLE, "Ana <U0ANA>", NOW)])
    found = move("kelp", "fern", ["buoy"], held, NOW, dry_run=False)
    assert (found.components, found.changes) == (0, {})
    assert found.elsewhere == (Elsewhere("owner of default/buoy: kelp", "r.yaml", 4),)
    imported(engine, "teams: [{name: kelp}]\ncomponents: [{name: buoy}]")
    assert held.catalog().components[BUOY].owners == ("kelp",)


def test_a_team_that_went_is_handed_nothing(held: Registry) -> None:
    """Where the team that was asked is gone by the time that somebody accepts, everything stays."""
    number = asked(held, ("jar",))
    with held.writing() as unit:
        unit.state([Statement(Ref.team("fern"), "name", None, PEOPLE, "Ana <U0ANA>", NOW)])
    late = accept(Accept(number), ADMIN, held, rulebook(), NOW)
    assert isinstance(late, Invalid)
    assert late.sentence == "The team fern was removed since. Nothing was changed; choose another."
    assert held.catalog().components[JAR].owners == ("moss",)
