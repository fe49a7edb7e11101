"""Onboarding: what somebody enters step by step is kept, and at its end registered whole and once, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from registries import FILE, NOW, rulebook, statements
from rulebooks import book
from sqlalchemy import Engine

from assistant.core.answers import Answer, Invalid, Owners, Refusal
from assistant.core.catalog import PEOPLE, Statement
from assistant.core.drafts import PARTS, Draft, Part, Stop
from assistant.core.entries import Component, Ref, Team
from assistant.core.newcomers import New
from assistant.core.notices import Notice, WasProposed, WasRegistered
from assistant.core.outcomes import Registered
from assistant.core.policy import Actor
from assistant.core.proposals import Change
from assistant.core.rulebook import Rulebook
from assistant.storage.repository import Repository
from assistant.use_cases.asking import ask
from assistant.use_cases.onboarding import Move, MoveKind, Sheet, begin, draft_called, drop, resume, take, teams_in
from assistant.use_cases.registering import carry_out, plan
from assistant.use_cases.snapshots import Registry

ANA = Actor("U0ANA", "Ana Ruiz", "member")
BEN = Actor("U0BEN", "Ben Ode", "member")
OVA = Actor("U0OVA", "Ova", "member")
"""A contact of Ovens."""
BAKER = Actor("U0BAK", "Ba Ker", "member", frozenset({"S0OVENS"}))
GUEST = Actor("U0GUS", "Gus", "guest")
ADMINS = ("U0ADM",)
PUG_MILL = {
    "name": "pug-mill",
    "kind": "machine",
    "description": "Mixes clay.",
    "repo": "https://github.com/pots/pug-mill",
    "owner": "glaze",
    "more_owners": "",
}
SHARED = {"fact.lifecycle": "shared", "fact.ownership": "developers"}
ALONE = {"fact.lifecycle": "application-bound", "fact.ownership": "developers"}
REF = Ref.component("pug-mill")
NO_PART = {"part_kind": "", "part_existing": "", "part_name": ""}


@dataclass
class Form:
    """A form that somebody has open, at what its newest step has left."""

    registry: Registry
    actor: Actor = ANA
    id: str = "first"
    version: int = 0
    rules: Rulebook = field(default_factory=rulebook)
    moves: list[Move] = field(default_factory=list)

    def does(self, kind: MoveKind, about: str = "", /, **values: str) -> Sheet | Registered | Answer:
        move = Move(self.id, self.version, kind, values, about)
        self.moves.append(move)
        return self.sends(move)

    def sends(self, move: Move, minutes: int = 0) -> Sheet | Registered | Answer:
        now = NOW + timedelta(minutes=minutes)
        shown = take(move, self.actor, self.registry, self.rules, now, ADMINS)
        if isinstance(shown, Sheet):
            self.version = shown.version
        return shown

    def goes_on(self, kind: MoveKind = "next", about: str = "", /, **values: str) -> Sheet:
        """Take a step with which nothing is wrong, and that is not the last."""
        shown = self.does(kind, about, **values)
        assert isinstance(shown, Sheet)
        assert not shown.faults
        assert shown.taken is None
        return shown

    def is_refused(self, kind: MoveKind = "next", about: str = "", /, **values: str) -> Sheet:
        """Take a step that saves nothing in the registry, and leads nowhere."""
        before, revision = self.registry.draft(self.id), self.registry.catalog().revision
        shown = self.does(kind, about, **values)
        assert isinstance(shown, Sheet)
        assert shown.faults or shown.taken
        assert (self.registry.draft(self.id), self.registry.catalog().revision) == (before, revision)
        return shown

    def registers(self, kind: MoveKind = "next", /, **values: str) -> Registered:
        shown = self.does(kind, **values)
        assert isinstance(shown, Registered), shown
        return shown

    def at_parts(self, **own: str) -> Form:
        """Fill in what it is, and answer the questions about it."""
        self.goes_on(**{**PUG_MILL, **own})
        assert self.goes_on(**SHARED).draft.stop.step == "parts"
        return self

    def at_review(self, **own: str) -> Form:
        self.at_parts(**own)
        assert self.goes_on().draft.stop.step == "review"
        return self

    def at_part_questions(self, name: str = "pug-db") -> Form:
        self.at_parts()
        assert self.goes_on(part_name=name, part_kind="database").draft.stop.part == 0
        return self


def change(registry: Registry, *entries: Component | Team, source: str = FILE) -> None:
    """State something, as somebody else might meanwhile."""
    with registry.writing() as unit:
        unit.state(statements(*entries, source=source))


def remove(registry: Registry, *refs: Ref) -> None:
    """Have what the file states about something withdrawn."""
    with registry.writing() as unit:
        for ref in refs:
            for name in unit.catalog.stated_about(ref, FILE):
                unit.state([Statement(ref, name, None, FILE, "cli", NOW)])


def told(registry: Registry) -> list[Notice]:
    """Take every notice that is due."""
    found = []
    while taken := registry.notices.take(NOW + timedelta(days=1)):
        found.append(taken.notice)
    return found


def asked(registry: Registry) -> list[Change]:
    return [proposal.change for proposal in registry.open_proposals()]


def component(registry: Registry, name: str = "pug-mill") -> Component | None:
    return registry.catalog().components.get(Ref.component(name))


# From the first screen to the last


def test_a_registered_component_is_found_by_the_next_question(registry: Registry) -> None:
    """What was entered is answered at once, says who stated it, and what is still missing."""
    outcome = Form(registry).at_review().registers()
    assert (outcome.by, outcome.at, outcome.new_team) == ("Ana Ruiz", NOW, None)
    assert outcome.missing == ("a runbook",)
    answer = ask("who owns the pug mill?", registry.snapshot(), rulebook()).answer
    assert isinstance(answer, Owners)
    (card,) = answer.cards
    assert [team.name for team in card.owners] == ["glaze"]
    assert card.component == Component(
        name="pug-mill",
        owners=("glaze",),
        kind="machine",
        description="Mixes clay.",
        repo="https://github.com/pots/pug-mill",
        lifecycle="shared",
        ownership="developers",
        model="complicated-subsystem-team",
        review_by=(NOW + timedelta(days=182)).date(),
    )
    assert card.origin is not None
    assert (card.origin.source, card.origin.author_name) == (PEOPLE, "Ana Ruiz")


def test_what_was_said_stands_in_the_form(registry: Registry) -> None:
    """A name and a team that were said need not be typed; a team that nobody has registered is taken for a new one."""
    snapshot = registry.snapshot()
    known = begin("first", New("pug-mill", "glazers"), ANA, snapshot, rulebook()).draft
    assert (known.name, known.owner, known.has_new_team) == ("pug-mill", "glaze", False)
    new = begin("first", New("pug-mill", "Mills"), ANA, snapshot, rulebook()).draft
    assert (new.name, new.owner, new.has_new_team, new.new_team) == ("pug-mill", "", True, "Mills")
    assert begin("first", None, ANA, snapshot, rulebook()).draft == Draft()
    assert begin("first", None, OVA, snapshot, rulebook()).draft == Draft(owner="ovens")  # her one team
    assert registry.draft("first") is None


def test_a_name_that_is_taken_is_said_to_be_so_at_once(registry: Registry) -> None:
    """Whoever opens the form with the name of what is registered sees that before anything is entered."""
    taken = begin("first", New("Oven Brain", None), ANA, registry.snapshot(), rulebook()).taken
    assert taken is not None
    assert taken.component.name == "kiln-control"
    assert begin("first", New("pug-mill", None), ANA, registry.snapshot(), rulebook()).taken is None


def test_the_draft_of_what_is_named(registry: Registry) -> None:
    """The newest draft that has a name is found by it, however it is written; one without a name never is."""
    for draft in ("first", "second"):
        Form(registry, id=draft).goes_on(**PUG_MILL)
    drafts = registry.drafts_of(ANA.id)
    assert draft_called("Pug Mill", drafts) is drafts[0]
    assert draft_called("pug-mills", drafts) is None
    assert draft_called("", [replace(drafts[0], draft=Draft())]) is None


def test_a_step_that_arrives_again_changes_nothing(registry: Registry) -> None:
    """What is sent twice, or from a form that is left behind, is taken once; it shows what is newest."""
    form = Form(registry)
    newest: Any = form.goes_on(**PUG_MILL)
    steps: list[Callable[[], Any]] = [
        lambda: form.goes_on(**SHARED),
        lambda: form.goes_on("add", part_name="pug-db", part_kind="database"),
        form.goes_on,
        lambda: form.goes_on(part_owner="glaze", **ALONE),
        lambda: form.goes_on("back"),
        form.goes_on,
        form.registers,
    ]
    for step in steps:
        before = registry.draft("first"), registry.catalog().revision
        for earlier in list(form.moves):
            assert form.sends(earlier, minutes=5) == newest
        assert (registry.draft("first"), registry.catalog().revision) == before
        newest = step()
    for earlier in form.moves:
        assert form.sends(earlier, minutes=5) == newest
    assert len(told(registry)) == 1


def test_a_draft_is_continued_where_it_was_left(registry: Registry) -> None:
    """Whoever closes the form goes on at the same screen, with all that was entered."""
    form = Form(registry)
    for values in (PUG_MILL, SHARED, {}):
        left = form.goes_on(**values)
        (kept,) = registry.drafts_of(ANA.id)
        assert resume(kept.id, ANA, registry, rulebook()) == left
    form.registers()
    assert registry.drafts_of(ANA.id) == []


def test_back_keeps_what_was_typed(registry: Registry) -> None:
    """Nobody types anything twice: each screen shows again what was entered, also what was not sent with Next."""
    form = Form(registry)
    form.goes_on(**PUG_MILL)
    assert form.goes_on("back", **ALONE).draft.description == "Mixes clay."
    assert form.goes_on(**{**PUG_MILL, "description": "Mixes."}).draft.answers == {
        "lifecycle": "application-bound",
        "ownership": "developers",
    }
    form.goes_on(**SHARED)
    assert form.goes_on("back", **{**NO_PART, "part_name": "pug-d"}).draft.answers["lifecycle"] == "shared"
    assert form.goes_on(**SHARED).draft.adding == Part(name="pug-d")
    form.goes_on(part_name="pug-db", part_kind="database")
    form.goes_on("back", part_owner="ovens", **ALONE)
    parts = form.goes_on("back", **NO_PART).draft.parts
    assert parts == (
        Part("database", "", "pug-db", "ovens", {"lifecycle": "application-bound", "ownership": "developers"}),
    )
    assert [form.goes_on("back").draft.stop.step for _ in range(2)] == ["what", "what"]


FURTHEST: list[tuple[list[dict[str, str]], dict[str, str], str | None]] = [
    ([], PUG_MILL, None),
    ([PUG_MILL], SHARED, "complicated-subsystem-team"),
    ([PUG_MILL], {"fact.lifecycle": "shared"}, None),
    ([PUG_MILL, SHARED], NO_PART, "complicated-subsystem-team"),
]


@pytest.mark.parametrize(("before", "last", "model"), FURTHEST)
def test_whoever_has_enough_finishes_at_any_step(
    registry: Registry, before: list[dict[str, str]], last: dict[str, str], model: str | None
) -> None:
    """Register without the rest registers what was entered up to there; what was not asked is left open."""
    form = Form(registry)
    for values in before:
        form.goes_on(**values)
    outcome = form.registers("finish", **last)
    assert outcome.recommendation.card.component == component(registry)
    assert outcome.recommendation.card.component.model == model


def test_whoever_finishes_beside_a_part_has_that_part(registry: Registry) -> None:
    """What stands in the form at Register without the rest is registered too, added or not, answered or not."""
    typed = Form(registry).at_parts().registers("finish", **{**NO_PART, "part_name": "pug-db"})
    assert [each.advice.card.component.name for each in typed.laid] == ["pug-mill", "pug-db"]
    form = Form(registry, BEN, "second")
    form.goes_on(**{**PUG_MILL, "name": "brick-oven"})
    form.goes_on(**SHARED)
    form.goes_on(part_name="oven-thermometer")
    asked_of = form.registers("finish", part_owner="shopfront", **ALONE)
    assert [each.advice.card.component.owners for each in asked_of.laid] == [("glaze",), ("shopfront",)]


def test_the_last_step_says_what_will_come(registry: Registry) -> None:
    """Before anything is saved, people see each model, who is asked, and where it is told."""
    form = Form(registry).at_parts(owner="ovens")
    form.goes_on("add", part_existing="default/attic-cron")
    review = form.goes_on()
    assert [(each.advice.card.component.name, each.is_part, each.is_new) for each in review.laid] == [
        ("pug-mill", False, False),
        ("attic-cron", True, False),
    ]
    assert [[team.name for team in each.proposed] for each in review.laid] == [["ovens"], []]
    assert review.told == (ANA.id,)
    assert component(registry) is None


def test_model_and_day_are_stated(registry: Registry) -> None:
    """The model that the answers lead to is the one in use from then on, and is looked at again in half a year."""
    Form(registry).at_part_questions().goes_on(part_owner="glaze", **ALONE)
    form = Form(registry)
    (kept,) = registry.drafts_of(ANA.id)
    form.version = kept.version
    form.registers()
    again = (NOW + timedelta(days=182)).date()
    for name, model in (("pug-mill", "complicated-subsystem-team"), ("pug-db", "you-build-it-you-run-it")):
        stated = component(registry, name)
        assert stated is not None
        assert (stated.model, stated.review_by) == (model, again)


def test_nobody_owns_it_yet(registry: Registry) -> None:
    """A component may be registered before anything is known of it, and what an incident would need is said."""
    outcome = Form(registry).registers("finish", name="lost-property")
    assert outcome.recommendation.card.owners == ()
    assert outcome.missing == ("an owner", "a description", "a repository", "a runbook", "on call")


def test_everything_is_registered_at_once(registry: Registry) -> None:
    """A service, its new parts, its new team and what is asked of others are there from one moment on."""
    form = Form(registry)
    form.goes_on("new-team", **PUG_MILL)
    form.goes_on(name="pug-mill", new_team="mills", team_channel="#mills")
    form.goes_on(**SHARED)
    form.goes_on(part_name="pug-db", part_existing="default/clay-ledger")
    form.goes_on(part_owner="mills", **ALONE)
    before = registry.catalog().revision
    form.registers()
    after = registry.catalog()
    assert after.revision == before + 1
    assert {REF, Ref.component("pug-db")} <= after.components.keys()
    assert "mills" in after.teams
    assert asked(registry) == [Change(Ref.component("clay-ledger"), serves=REF)]
    assert len(told(registry)) == 2


def test_nothing_is_half_registered(registry: Registry) -> None:
    """Whatever fails before the end, nothing of it is there: no part, no team, no request, no message."""
    draft = Draft(
        name="pug-mill",
        has_new_team=True,
        new_team="mills",
        parts=(Part(name="pug-db", owner="ovens"), Part(existing="default/clay-ledger")),
    )
    before = registry.catalog()
    planned = plan(draft, ANA, registry.snapshot(), before, rulebook(), NOW)
    assert len(planned.changes) == 2
    with pytest.raises(ZeroDivisionError), registry.writing() as unit:  # noqa: PT012  what fails comes after the work
        carry_out(planned, ANA, unit, ADMINS, NOW)
        raise ZeroDivisionError
    assert registry.catalog() == before
    assert (asked(registry), told(registry)) == ([], [])


# What it is


@pytest.mark.parametrize("name", ["kiln-control", "Kiln_Control", "KILN CONTROL", "oven-brain"])
def test_a_name_that_is_taken_is_refused_beside_its_field(registry: Registry, name: str) -> None:
    """Nobody gets a name that means something else already, however it is written; they see what has it."""
    sheet = Form(registry).is_refused(**{**PUG_MILL, "name": name})
    assert sheet.taken is not None
    assert sheet.taken.component.name == "kiln-control"
    assert (sheet.draft.stop, sheet.draft.name, sheet.faults) == (Stop("what"), name, {})


def test_a_near_name_is_shown_first(registry: Registry) -> None:
    """Names that come near are shown before anything is saved; whoever presses Next again means another thing."""
    form = Form(registry)
    near = form.goes_on(**{**PUG_MILL, "name": "kiln-controls"})
    assert [card.component.name for card in near.near] == ["kiln-control"]
    assert near.draft.stop.step == "what"
    assert form.goes_on(**{**PUG_MILL, "name": "clay-ledgers"}).near
    further = form.goes_on(**{**PUG_MILL, "name": "kiln-controls"})
    assert (further.near, further.draft.stop.step) == ((), "questions")
    form.registers("finish")


def test_a_near_name_is_shown_whatever_arrives_twice(registry: Registry) -> None:
    """A Next that is delivered twice does not count as the second one: what comes near is still to be seen."""
    form = Form(registry)
    near = form.goes_on(**{**PUG_MILL, "name": "kiln-controls"})
    assert form.sends(form.moves[0]) == near
    assert resume("first", ANA, registry, rulebook()) == near


def test_that_is_it(registry: Registry) -> None:
    """Whoever finds what they meant among the near names sees who owns it, and the draft is over."""
    form = Form(registry)
    form.goes_on(**{**PUG_MILL, "name": "kiln-controls"})
    found = form.does("that", "default/kiln-control")
    assert isinstance(found, Owners)
    assert [card.component.name for card in found.cards] == ["kiln-control"]
    assert registry.drafts_of(ANA.id) == []
    assert isinstance(resume("first", ANA, registry, rulebook()), Invalid)
    assert isinstance(form.does("next", **PUG_MILL), Invalid)
    assert component(registry) is None


def test_that_was_it(registry: Registry) -> None:
    """Whoever picks what was removed meanwhile keeps the draft."""
    form = Form(registry)
    form.goes_on(**{**PUG_MILL, "name": "kiln-controls"})
    remove(registry, Ref.component("kiln-control"))
    form.goes_on("that", "default/kiln-control")
    assert form.goes_on(**{**PUG_MILL, "name": "kiln-controls"}).draft.stop.step == "questions"


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"owner": "bygones"}, "owner", "That team is not registered any more; choose another."),
        ({"name": ""}, "name", "Enter a name."),
        ({"name": "x" * 256}, "name", "That is too long: at most 255 characters."),
        ({"name": "pug\u202emill"}, "name", "This holds a control or invisible character; remove it."),
        ({"name": "pug\nmill"}, "name", "This holds a control or invisible character; remove it."),
        ({"repo": "https://x\u200b"}, "repo", "This holds a control or invisible character; remove it."),
        ({"repo": "pots/pug"}, "repo", "Enter an address that begins with https://, or leave it empty."),
        ({"kind": "\u2028"}, "kind", "This is empty; write at least one visible character."),
        ({"name": "…"}, "name", "“…” holds no letter and no digit, and no question finds it; add a word."),
        ({"name": "the"}, "name", "“the” is made of everyday words; add one that stands out, as in “the-ledger”."),
        ({"more_owners": "ovns"}, "more_owners", "There is no team called ovns; closest: ovens."),
        ({"more_owners": "ovens; xyzzy"}, "more_owners", "There is no team called xyzzy."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    registry: Registry, wrong: dict[str, str], field: str, sentence: str
) -> None:
    """A step with a mistake saves nothing, keeps what was typed, and says what is wrong beside the one field."""
    sheet = Form(registry).is_refused(**{**PUG_MILL, **wrong})
    assert sheet.faults == {field: sentence}
    assert getattr(sheet.draft, next(iter(wrong))) == next(iter(wrong.values()))


def test_further_owners_go_by_any_of_their_names(registry: Registry) -> None:
    """Teams that own it too are typed as people call them, and each is named once."""
    form = Form(registry).at_review(owner="shopfront", more_owners="glazers, shopfront; Glaze Guild")
    form.registers()
    found = component(registry)
    assert found is not None
    assert found.owners == ("shopfront", "glaze")


# Teams


def test_a_new_team_comes_with_its_component(registry: Registry) -> None:
    """A team that is not in the list is made together with what it owns, and is told of it in its channel."""
    form = Form(registry)
    assert form.goes_on("new-team", **PUG_MILL).draft.has_new_team
    form.goes_on(name="pug-mill", new_team="mills", team_channel="mills-talk")
    outcome = form.registers("finish", **SHARED)
    mills = Team(name="mills", slack_channel="#mills-talk", contacts=(ANA.id,))
    assert outcome.new_team == registry.catalog().teams["mills"] == mills
    assert [team.name for team in outcome.recommendation.card.owners] == ["mills"]
    (notice,) = told(registry)
    assert notice == Notice("#mills-talk", WasRegistered(REF, "Ana Ruiz", NOW, "mills"), (ANA.id,))
    assert asked(registry) == []


@pytest.mark.parametrize("name", ["glaze", "Glaze Guild", "GLAZERS", "glaze-guild"])
def test_a_new_team_that_is_not_new(registry: Registry, name: str) -> None:
    """A new team that goes by a known team's name, however it is written, is pointed to that team."""
    sheet = Form(registry).is_refused(name="pug-mill", new_team=name)
    assert sheet.faults == {"new_team": "There is a team called glaze; choose it from the list."}
    assert "choose" not in Form(registry).goes_on("listed-team", name="pug-mill", new_team=name).draft.owner


def test_a_new_team_must_be_one(registry: Registry) -> None:
    """What is wrong with the name or the channel of a new team is said beside it."""
    sheet = Form(registry).is_refused(name="pug-mill", new_team="mi\u202ells", team_channel="mi\u2066lls")
    wrong = "This holds a control or invisible character; remove it."
    assert sheet.faults == {"new_team": wrong, "team_channel": wrong}


def test_another_name_for_a_new_team_is_its_parts_owner_too(registry: Registry) -> None:
    """Whoever goes back and calls the new team otherwise has no part left with a team that nobody registers."""
    form = Form(registry)
    form.goes_on(name="pug-mill", new_team="mills", team_channel="")
    form.goes_on(**SHARED)
    form.goes_on(part_name="pug-db")
    for _ in range(3):
        form.goes_on("back")
    form.goes_on(name="pug-mill", new_team="millers", team_channel="")
    form.registers("finish")
    found = component(registry, "pug-db")
    assert found is not None
    assert found.owners == ("millers",)


def test_an_owner_of_another_team_is_asked(registry: Registry) -> None:
    """Whoever names a team that is not theirs as owner does not decide for it: it is asked, and shows as proposed."""
    outcome = Form(registry).at_review(owner="ovens").registers()
    found, catalog = component(registry), registry.catalog()
    assert found is not None
    assert found.owners == ()
    assert [team.name for team in catalog.proposed_owners(REF)] == ["ovens"]
    assert [team.name for team in outcome.laid[0].proposed] == ["ovens"]
    assert asked(registry) == [Change(REF, owners=("ovens",))]
    requests = [notice for notice in told(registry) if isinstance(notice.about, WasProposed)]
    assert [notice.to for notice in requests] == ["#ovens"]


@pytest.mark.parametrize("actor", [OVA, BAKER])
def test_whoever_is_of_the_team_is_not_asked(registry: Registry, actor: Actor) -> None:
    """A contact of the owner, or somebody in its usergroup, speaks for it: it owns at once."""
    form = Form(registry, actor).at_parts(owner="ovens")
    form.goes_on("add", part_existing="default/clay-ledger")
    form.goes_on()
    form.registers()
    found = component(registry)
    assert found is not None
    assert found.owners == ("ovens",)
    assert asked(registry) == []
    assert [(notice.to, type(notice.about)) for notice in told(registry)] == [("#ovens", WasRegistered)]


def test_a_team_that_nobody_speaks_for_is_told_instead(registry: Registry) -> None:
    """A team of which nobody is known to Slack could accept nothing: it owns at once, and reads of it."""
    form = Form(registry).at_review(owner="shopfront")
    form.registers()
    found = component(registry)
    assert found is not None
    assert found.owners == ("shopfront",)
    assert asked(registry) == []
    assert [(notice.to, notice.instead) for notice in told(registry)] == [("#shopfront", (ANA.id,))]


@pytest.mark.parametrize("owners", [("ovens", "glaze"), ("glaze", "ovens")])
def test_of_several_owners_each_that_is_not_ones_own_is_asked(registry: Registry, owners: tuple[str, str]) -> None:
    """Who may be named at once is, and the other team is asked, not the one that is named already."""
    Form(registry).at_review(owner=owners[0], more_owners=owners[1]).registers()
    found = component(registry)
    assert found is not None
    assert found.owners == ("glaze",)
    assert [each.owners for each in asked(registry)] == [owners]
    requests = [notice.to for notice in told(registry) if isinstance(notice.about, WasProposed)]
    assert requests == ["#ovens"]


def test_the_teams_of_a_form_are_known_before_it_is_taken(registry: Registry) -> None:
    """Whether somebody is of a team is looked up for all teams in a form, chosen, typed, or owners of parts."""
    form = Form(registry).at_parts(more_owners="shopfront")
    form.goes_on("add", part_existing="default/clay-ledger")
    assert teams_in(Move("first", form.version, "next"), registry) == {"glaze", "shopfront", "ovens"}
    first = Move("new", 0, "finish", {"owner": "ovens", "more_owners": "glazers"})
    assert teams_in(first, registry) == {"ovens", "glaze"}
    assert teams_in(Move("first", form.version, "next", {"part_owner": "api-team"}), registry) >= {"api-team"}


# Questions


def test_not_sure_leads_to_what_suggests_an_answer(registry: Registry) -> None:
    """Whoever is not sure is asked what else could tell, and then once more beside what that suggests."""
    form = Form(registry)
    form.goes_on(**PUG_MILL)
    further = form.goes_on(**{"fact.lifecycle": "shared", "fact.ownership": "not-sure"})
    assert [fact.name for fact in further.screen.facts] == ["expertise", "regulated"]
    again = form.goes_on(**{"fact.expertise": "low", "fact.regulated": "not-sure"})
    assert [fact.name for fact in again.screen.facts] == ["ownership"]
    assert [each.suggest for each in again.screen.suggested] == [{"ownership": "external-team"}]
    assert again.draft.answers["ownership"] is None
    assert form.goes_on(**{"fact.ownership": "external-team"}).draft.stop.step == "parts"
    form.goes_on()
    form.registers()
    found = component(registry)
    assert found is not None
    assert (found.model, found.known_facts) == (
        "platform-team",
        {"lifecycle": "shared", "ownership": "external-team", "expertise": "low"},
    )


def test_not_sure_to_the_end_decides_nothing(registry: Registry) -> None:
    """Whoever knows nothing gets to the end, and no model is made up."""
    form = Form(registry)
    shown = form.goes_on(**PUG_MILL)
    while shown.draft.stop.step == "questions":
        shown = form.goes_on(**{f"fact.{fact.name}": "not-sure" for fact in shown.screen.facts})
    form.goes_on()
    outcome = form.registers()
    found = component(registry)
    assert found is not None
    assert (found.model, found.review_by, found.known_facts) == (None, None, {})
    assert len(outcome.recommendation.decision.possible) == 4


POTTERS = book([{"when": {"potters": "< 5"}, "use": "solo"}, {"when": {"potters": ">= 5"}, "use": "guild"}])


@pytest.mark.parametrize("number", ["13", "-1", "a dozen", "inf", "1,000", "1_0"])
def test_numbers_outside_their_bounds(registry: Registry, number: str) -> None:
    """A number that cannot be is refused beside its field, with those that can."""
    form = Form(registry, rules=POTTERS)
    form.goes_on(**PUG_MILL)
    sheet = form.is_refused(**{"fact.potters": number})
    assert sheet.faults == {"fact.potters": "Enter a number from 0 to 12, without commas, or leave it empty."}
    assert form.goes_on(**{"fact.potters": "4,5"}).draft.stop.step == "parts"
    form.registers("finish")
    found = component(registry)
    assert found is not None
    assert (found.known_facts, found.model) == ({"potters": 4.5}, "solo")


def test_a_rulebook_that_is_replaced_meanwhile(registry: Registry) -> None:
    """Whoever is at a question that is asked no more goes on with those that are."""
    form = Form(registry)
    form.goes_on(**PUG_MILL)
    form.rules = POTTERS
    shown = resume("first", ANA, registry, POTTERS)
    assert isinstance(shown, Sheet)
    assert shown.screen.facts == ()
    further = form.goes_on(**SHARED)
    assert [fact.name for fact in further.screen.facts] == ["potters"]
    form.goes_on(**{"fact.potters": "7"})
    form.goes_on()
    assert form.registers().recommendation.decision.model == POTTERS.model("guild")


def test_a_rulebook_has_answers_of_its_own(registry: Registry) -> None:
    """A rulebook may have other answers to what the packaged one asks, and what was answered is saved all the same."""
    lifecycle = {
        "name": "lifecycle",
        "ask": "How long?",
        "type": "choice",
        "answers": {"long": "Long", "short": "Short"},
    }
    rules = [{"when": {"lifecycle": "long"}, "use": "solo"}, {"when": {"lifecycle": "short"}, "use": "guild"}]
    form = Form(registry, rules=book(rules, facts=[lifecycle]))
    form.goes_on(**PUG_MILL)
    form.goes_on(**{"fact.lifecycle": "long"})
    form.goes_on()
    form.registers()
    found = component(registry)
    assert found is not None
    assert (found.known_facts, found.model) == ({"lifecycle": "long"}, "solo")


# Parts


def test_parts_are_registered_with_their_service(registry: Registry) -> None:
    """What a service needs is named in it, and each new part has an entry of its own."""
    form = Form(registry).at_parts()
    form.goes_on("add", part_name="pug-db", part_kind="database")
    form.goes_on(part_existing="default/attic-cron")
    form.goes_on(part_owner="glaze", **ALONE)
    outcome = form.registers()
    assert [(each.advice.card.component.name, each.is_new) for each in outcome.laid] == [
        ("pug-mill", False),
        ("pug-db", True),
        ("attic-cron", False),
    ]
    found, part = component(registry), component(registry, "pug-db")
    assert found is not None
    assert part is not None
    assert found.depends_on == ("pug-db", "attic-cron")
    assert (part.kind, part.owners, part.lifecycle) == ("database", ("glaze",), "application-bound")
    assert [each.name for each in registry.catalog().dependents_of(part)] == ["pug-mill"]


def test_a_part_in_another_namespace_is_named_with_it(registry: Registry) -> None:
    """A part that has its name in a namespace of its own is found as a part again."""
    change(registry, Component(name="press", namespace="moulds", owners=("glaze",)))
    form = Form(registry).at_parts()
    form.goes_on("add", part_existing="moulds/press")
    form.goes_on()
    assert [each.advice.card.component.ref.path for each in form.registers().laid][1:] == ["moulds/press"]


def test_a_part_of_another_team_is_asked_for(registry: Registry) -> None:
    """A part that puts work on another team changes nothing of theirs, and asks them to run it for this service."""
    before = component(registry, "clay-ledger")
    form = Form(registry).at_parts()
    form.goes_on("add", part_existing="default/clay-ledger")
    assert [each.advice.card.component.name for each in form.goes_on().laid] == ["pug-mill", "clay-ledger"]
    outcome = form.registers()
    assert [each.is_asked for each in outcome.laid] == [False, True]
    assert asked(registry) == [Change(Ref.component("clay-ledger"), serves=REF)]
    assert component(registry, "clay-ledger") == before
    assert {(notice.to, type(notice.about)) for notice in told(registry)} == {
        ("#glaze", WasRegistered),
        ("#ovens", WasProposed),
    }


def test_a_new_part_can_be_another_teams(registry: Registry) -> None:
    """Each new part has an owner of its own: a team that is asked where it is not theirs who register."""
    form = Form(registry).at_part_questions()
    assert form.is_refused(part_owner="bygones", **ALONE).faults == {
        "part_owner": "That team is not registered any more; choose another."
    }
    form.goes_on(part_owner="ovens", **ALONE)
    outcome = form.registers()
    part = component(registry, "pug-db")
    assert part is not None
    assert part.owners == ()
    assert [team.name for team in outcome.laid[1].proposed] == ["ovens"]
    assert asked(registry) == [Change(part.ref, owners=("ovens",))]


def test_a_part_that_another_team_runs_is_not_the_services_own(registry: Registry) -> None:
    """Whoever says that another team runs a new part is asked which, where its owner is the service's own: nobody owns
    it then, unless one is chosen.
    """
    run_by_others = {**ALONE, "fact.ownership": "external-team"}
    sentence = "Another team runs it: choose that team here, or leave this empty if you do not know which."
    form = Form(registry).at_part_questions()
    moves: tuple[MoveKind, ...] = ("next", "finish")
    for kind in moves:
        shown = form.does(kind, part_owner="glaze", **run_by_others)
        assert isinstance(shown, Sheet)
        assert shown.faults == {"part_owner": sentence}
        assert (shown.draft.stop.part, shown.draft.parts[0].owner) == (0, "")
        assert shown.draft.parts[0].answers["ownership"] == "external-team"
    assert form.goes_on(part_owner="", **run_by_others).draft.stop.step == "review"
    form.goes_on("back")
    assert form.goes_on(part_owner="ovens", **run_by_others).draft.stop.step == "review"
    form.registers()
    assert asked(registry) == [Change(Ref.component("pug-db"), owners=("ovens",))]


def test_whoever_learns_late_that_another_team_runs_it(registry: Registry) -> None:
    """Also where the answer is given on a later screen, which does not ask for the owner."""
    form = Form(registry).at_part_questions()
    form.goes_on(part_owner="glaze", **{**ALONE, "fact.ownership": "not-sure"})
    form.goes_on(**{"fact.expertise": "low", "fact.regulated": "no"})
    shown = form.does("next", **{"fact.ownership": "external-team"})
    assert isinstance(shown, Sheet)
    assert list(shown.faults) == ["part_owner"]
    assert form.goes_on(part_owner="", **{"fact.ownership": "external-team"}).draft.stop.step == "review"


def test_a_new_part_whose_team_is_gone_meanwhile(registry: Registry) -> None:
    """A team that is gone when its part has been asked about is said before the review, where the part is listed."""
    form = Form(registry).at_part_questions()
    form.goes_on(part_owner="shopfront", **{**ALONE, "fact.ownership": "not-sure"})
    remove(registry, Ref.team("shopfront"))
    shown = form.does("next", **{"fact.expertise": "not-sure", "fact.regulated": "not-sure"})
    assert isinstance(shown, Sheet)
    assert (shown.draft.stop.step, list(shown.faults)) == ("parts", ["part_name"])
    form.goes_on("remove", "0")
    form.goes_on()
    form.registers()


def test_a_new_part_belongs_to_whoever_owns_the_service(registry: Registry) -> None:
    """Unless somebody says otherwise, a new part has the owner of its service, also where that team is new."""
    form = Form(registry)
    form.goes_on(name="pug-mill", new_team="mills", team_channel="")
    form.goes_on(**SHARED)
    assert form.goes_on("add", part_name="pug-db").draft.parts[0].owner == "mills"
    form.goes_on()
    form.goes_on(part_owner="mills", **ALONE)
    form.registers()
    part = component(registry, "pug-db")
    assert part is not None
    assert part.owners == ("mills",)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"part_existing": "default/wheel", "part_name": "pug-db"}, "part_name", "pug-db is here already."),
        ({"part_existing": "default/attic-cron", "part_name": "x"}, "part_existing", "attic-cron is here already."),
        ({"part_kind": "queue"}, "part_name", "Choose a component above, or name a new queue here."),
        (NO_PART, "part_name", "Choose a component above, or name a new one here."),
        ({"part_existing": "default/bygone"}, "part_existing", "That is not registered any more; choose another."),
        ({"part_existing": "default/attic-cron"}, "part_existing", "attic-cron is here already."),
        ({"part_name": "pug-db"}, "part_name", "pug-db is here already."),
        ({"part_name": "Pug_DB"}, "part_name", "Pug_DB is here already."),
        ({"part_name": "pug-mill"}, "part_name", "pug-mill is the service itself; name what it needs."),
        ({"part_name": "Pug Mill"}, "part_name", "Pug Mill is the service itself; name what it needs."),
        ({"part_name": "pug\u202etub"}, "part_name", "This holds a control or invisible character; remove it."),
        (
            {"part_name": "pug-api", "part_kind": "\u2028"},
            "part_kind",
            "This is empty; write at least one visible character.",
        ),
        (
            {"part_name": "of it"},
            "part_name",
            "“of it” is made of everyday words; add one that stands out, as in “of-it-ledger”.",
        ),
    ],
)
def test_what_cannot_be_a_part(registry: Registry, values: dict[str, str], field: str, sentence: str) -> None:
    """A part that is there already, that is gone or is no name is refused beside its field, and so is one beside it."""
    form = Form(registry).at_parts()
    form.goes_on("add", part_name="pug-db", part_existing="default/attic-cron")
    sheet = form.is_refused("add", **values)
    assert sheet.faults == {field: sentence}
    assert len(sheet.draft.parts) == 2


def test_a_new_part_whose_name_is_taken(registry: Registry) -> None:
    """Whoever calls a new part as something is called already is shown that, and takes it with one click."""
    form = Form(registry).at_parts()
    sheet = form.is_refused("add", part_name="Clay Ledger")
    assert sheet.taken is not None
    assert sheet.taken.component.name == "clay-ledger"
    added = form.goes_on("that", "default/clay-ledger", part_name="Clay Ledger", part_existing="default/wheel")
    assert added.draft.parts == (Part(existing="default/wheel"), Part(existing="default/clay-ledger"))
    assert added.draft.stop.step == "parts"


def test_a_new_part_whose_name_is_near(registry: Registry) -> None:
    """Names near that of a new part are shown first, as often as they are sent, until it is added once more."""
    form = Form(registry).at_parts()
    near = form.goes_on("add", part_name="clay-ledgers")
    assert ([card.component.name for card in near.near], near.draft.parts) == (["clay-ledger"], ())
    assert form.sends(form.moves[-1]) == near
    added = form.goes_on("add", part_name="clay-ledgers")
    assert [part.name for part in added.draft.parts] == ["clay-ledgers"]


def test_the_service_is_not_called_as_one_of_its_parts(registry: Registry) -> None:
    """Whoever goes back and gives the service the name of its new part is told so: they would be one entry."""
    form = Form(registry).at_part_questions()
    for _ in range(3):
        form.goes_on("back")
    sheet = form.is_refused(**{**PUG_MILL, "name": "pug-db"})
    assert sheet.faults == {"name": "pug-db is the name of one of its parts; give it another."}


def test_a_part_that_was_left_is_asked_about_again(registry: Registry) -> None:
    """Whoever goes back from the questions about a new part still has the part, and Next leads to its questions."""
    form = Form(registry).at_part_questions()
    assert form.goes_on("back", part_owner="glaze", **ALONE).draft.stop.step == "parts"
    again = form.goes_on().draft
    assert (again.stop.part, again.parts[0].answers) == (
        0,
        {"lifecycle": "application-bound", "ownership": "developers"},
    )
    assert form.goes_on().draft.stop.step == "review"


def test_each_new_part_is_asked_about_on_the_way_to_the_review(registry: Registry) -> None:
    """Adding stays at the parts; Next leads on, from new part to new part, to the review, and Back the same way."""
    form = Form(registry).at_parts()
    assert form.goes_on("add", part_name="pug-db", part_kind="database").draft.stop == Stop("parts")
    assert form.goes_on("add", part_existing="default/wheel").draft.stop == Stop("parts")
    asked_about = [form.goes_on(part_name="pug-cache").draft.stop.part, form.goes_on(**ALONE).draft.stop.part]
    assert asked_about == [0, 2]
    assert form.goes_on(**ALONE).draft.stop == Stop("review")
    assert [form.goes_on("back").draft.stop.part for _ in range(2)] == [2, 0]
    assert form.goes_on("back").draft.stop == Stop("parts")


def test_next_adds_what_is_described_there(registry: Registry) -> None:
    """One that exists and a new one can be entered together, and Next takes both, as Add another does; with nothing
    entered it goes on.
    """
    form = Form(registry).at_parts()
    added = form.goes_on(part_existing="default/wheel", part_name="pug-db", part_kind="database").draft
    assert added.parts == (Part(existing="default/wheel"), Part("database", name="pug-db", owner="glaze"))
    assert (added.stop.part, added.adding) == (1, Part())
    assert form.goes_on(**ALONE).draft.stop.step == "review"
    other = Form(registry, BEN, "second").at_parts(name="brick-oven")
    assert other.goes_on(**NO_PART).draft.stop.step == "review"


def test_a_kind_alone_is_no_part(registry: Registry) -> None:
    """Whoever has chosen a kind and presses Next is asked what to call it, and loses nothing unseen."""
    sheet = Form(registry).at_parts().is_refused(part_kind="queue", part_existing="", part_name="")
    assert sheet.faults == {"part_name": "Choose a component above, or name a new queue here."}


def test_a_part_is_removed(registry: Registry) -> None:
    """What was added by mistake is taken away again, and what was typed meanwhile stays."""
    form = Form(registry).at_part_questions()
    form.goes_on("back")
    form.goes_on("add", part_existing="default/attic-cron")
    without = form.goes_on("remove", "0", part_name="pug-cache").draft
    assert [part.ref.name for part in without.parts] == ["attic-cron"]
    assert without.adding.name == "pug-cache"
    form.goes_on(part_name="pug-cache")
    form.goes_on(part_owner="glaze", **ALONE)
    assert [each.advice.card.component.name for each in form.registers().laid] == [
        "pug-mill",
        "attic-cron",
        "pug-cache",
    ]


def test_a_form_takes_so_many_parts(registry: Registry) -> None:
    """Where a form is full, people hear that the others are added afterwards."""
    form = Form(registry).at_parts()
    for number in range(PARTS):
        form.goes_on("add", part_name=f"{'abcdefghijklmnop'[number] * 5}-store")
    sheet = form.is_refused("add", part_name="pug-cache")
    assert sheet.faults == {"part_name": "A form takes 12 parts; add the others afterwards."}
    assert [form.goes_on(**NO_PART).draft.stop.part for _ in range(PARTS)] == list(range(PARTS))
    form.goes_on()
    assert len(form.registers().laid) == 1 + PARTS


# Whose it is


def test_somebody_elses_draft(registry: Registry) -> None:
    """A draft is its author's: nobody else sees it, goes on with it, or drops it."""
    form = Form(registry)
    form.goes_on(**PUG_MILL)
    kept = registry.draft("first")
    gone = Invalid("That draft is finished or gone. Type /onboard to start another.")
    assert resume("first", BEN, registry, rulebook()) == gone
    assert isinstance(take(Move("first", 1, "finish"), BEN, registry, rulebook(), NOW), Invalid)
    drop("first", BEN, registry, NOW)
    assert registry.draft("first") == kept
    assert registry.drafts_of(BEN.id) == []


def test_a_dropped_draft(registry: Registry) -> None:
    """What was discarded is offered no more, and a form that is still open somewhere saves nothing."""
    form = Form(registry)
    form.goes_on(**PUG_MILL)
    drop("first", ANA, registry, NOW)
    drop("first", ANA, registry, NOW)
    assert registry.drafts_of(ANA.id) == []
    gone = Invalid("This draft is gone, and nothing was saved. Type /onboard to start another.")
    for move in (form.moves[0], Move("first", 1, "finish", SHARED), Move("first", 2, "finish", SHARED)):
        assert form.sends(move) == gone
    assert component(registry) is None


def test_a_draft_that_nobody_works_at_is_gone_in_time(registry: Registry) -> None:
    """A draft is kept for ninety days after its last step; then it is forgotten, and says so."""
    form, other = Form(registry), Form(registry, BEN)
    form.goes_on(**PUG_MILL)
    days = 24 * 60
    other.sends(Move("second", 0, "next", {**PUG_MILL, "name": "brick-oven"}), minutes=90 * days)
    assert registry.draft("first") is not None
    other.sends(Move("third", 0, "next", {**PUG_MILL, "name": "hand-cart"}), minutes=90 * days + 1)
    assert registry.draft("first") is None
    assert isinstance(form.does("finish", **SHARED), Invalid)
    assert isinstance(resume("first", ANA, registry, rulebook()), Invalid)
    assert [kept.id for kept in registry.drafts_of(BEN.id)] == ["third", "second"]


@pytest.mark.parametrize(
    ("actor", "sentence"),
    [
        (GUEST, "Only a full member of this workspace can register a component."),
        (replace(ANA, role=None), "Only a full member of this workspace can register a component."),
        (
            replace(ANA, registers=False),
            "Only those named for it or a registry administrator can register a component.",
        ),
    ],
)
def test_who_registers_nothing(registry: Registry, actor: Actor, sentence: str) -> None:
    """Guests register nothing, nor does anybody else where the operator has named who does; they learn who can."""
    for move in (Move("first", 0, "next", PUG_MILL), Move("first", 0, "finish", {**PUG_MILL, "name": "help"})):
        assert take(move, actor, registry, rulebook(), NOW) == Refusal(sentence, "Ask them to.")
    assert registry.draft("first") is None


def test_whoever_may_not_any_more(registry: Registry) -> None:
    """A right is looked at again inside the last step, and the draft stays."""
    form = Form(registry).at_review()
    form.actor = replace(ANA, registers=False)
    assert isinstance(form.does("next"), Refusal)
    assert component(registry) is None
    assert len(registry.drafts_of(ANA.id)) == 1


# What somebody else does meanwhile

NEW_PART = {"part_name": "pug-db"}
EXISTING = {"part_existing": "default/wheel"}


@pytest.mark.parametrize(
    ("own", "part", "meanwhile", "step", "faults"),
    [
        ({}, {}, lambda r: change(r, Component(name="pug-mill")), "what", None),
        ({}, {}, lambda r: change(r, Component(name="Pug Mill")), "what", None),
        (
            {},
            {},
            lambda r: remove(r, Ref.team("glaze")),
            "what",
            {"owner": "The team glaze is not registered any more; choose another."},
        ),
        (
            {"more_owners": "shopfront"},
            {},
            lambda r: remove(r, Ref.team("shopfront")),
            "what",
            {"more_owners": "There is no team called shopfront."},
        ),
        (
            {"owner": "", "new_team": "mills"},
            {},
            lambda r: change(r, Team(name="mills")),
            "what",
            {"new_team": "A team called mills was registered meanwhile; choose it from the list."},
        ),
        (
            {"owner": "", "new_team": "mills"},
            {},
            lambda r: change(r, Team(name="millers", aliases=("Mills",))),
            "what",
            {"new_team": "There is a team called millers; choose it from the list."},
        ),
        (
            {},
            EXISTING,
            lambda r: remove(r, Ref.component("wheel")),
            "parts",
            {"part_name": "wheel was removed meanwhile; remove it here."},
        ),
        (
            {},
            NEW_PART,
            lambda r: change(r, Component(name="pug-db")),
            "parts",
            {"part_name": "pug-db was registered meanwhile; remove it here, and choose it from the list."},
        ),
        (
            {},
            {**NEW_PART, "part_owner": "shopfront"},
            lambda r: remove(r, Ref.team("shopfront")),
            "parts",
            {"part_name": "shopfront, which was to own pug-db, is not registered any more; remove pug-db here."},
        ),
    ],
)
def test_what_has_changed_since_the_review(
    registry: Registry,
    own: Mapping[str, str],
    part: Mapping[str, str],
    meanwhile: Callable[[Registry], None],
    step: str,
    faults: Mapping[str, str] | None,
) -> None:
    """Where somebody else was quicker, Register saves nothing, and shows the screen at which that can be put right."""
    form = Form(registry)
    first = {**PUG_MILL, **own}
    if "new_team" in own:
        first = {name: value for name, value in first.items() if name not in ("owner", "more_owners")}
    form.goes_on(**first)
    form.goes_on(**SHARED)
    if part:
        form.goes_on("add", **{name: value for name, value in part.items() if name != "part_owner"})
    at = form.goes_on()
    if "part_name" in part:
        at = form.goes_on(part_owner=part.get("part_owner", ""), **ALONE)
    assert at.draft.stop.step == "review"
    meanwhile(registry)
    before = registry.catalog()
    waiting = resume("first", ANA, registry, rulebook())
    assert isinstance(waiting, Sheet)
    assert (waiting.draft.stop.step, waiting.laid, waiting.faults) == ("review", (), {})
    shown = form.does("next")
    assert isinstance(shown, Sheet)
    assert shown.draft.stop.step == step
    assert shown.faults == (faults or {})
    assert (shown.taken is not None) == (faults is None)
    assert registry.catalog() == before
    assert (asked(registry), told(registry)) == ([], [])
    kept = registry.draft("first")
    assert kept is not None
    assert (kept.draft, kept.state) == (shown.draft, "open")


def test_what_was_put_right_is_registered(registry: Registry) -> None:
    """Whoever was overtaken gives another name, and all that was entered before is registered with it."""
    form = Form(registry).at_part_questions()
    form.goes_on(part_owner="glaze", **ALONE)
    change(registry, Component(name="pug-mill"))
    form.does("next")
    form.goes_on(**{**PUG_MILL, "name": "clay-blender"})
    assert form.goes_on().draft.answers == {"lifecycle": "shared", "ownership": "developers"}
    assert form.goes_on().draft.stop.part == 0  # its questions are shown again too, with what was answered
    assert form.goes_on().draft.stop.step == "review"
    outcome = form.registers()
    assert [each.advice.card.component.name for each in outcome.laid] == ["clay-blender", "pug-db"]
    assert outcome.recommendation.card.component.model == "complicated-subsystem-team"


def test_of_two_with_the_same_name_one_registers(registry: Registry) -> None:
    """Of two people who register the same name at once, the first does, and the second sees who has it."""
    first, second = Form(registry).at_review(), Form(registry, BEN, "second").at_review()
    first.registers()
    shown = second.does("next")
    assert isinstance(shown, Sheet)
    assert shown.taken is not None
    assert shown.taken.component == component(registry)


def test_what_was_registered_and_is_gone(registry: Registry) -> None:
    """A form that has registered something says so for ever, also once that is gone, and never registers it again."""
    form = Form(registry).at_review()
    form.registers()
    with registry.writing() as unit:
        stated = unit.catalog.stated_about(REF, PEOPLE)
        unit.state([Statement(REF, name, None, PEOPLE, "Ben", NOW) for name in stated])
    shown = form.sends(form.moves[-1])
    assert shown == Invalid(
        "pug-mill was registered with this form, and is gone by now. Type /onboard to start another."
    )
    assert component(registry) is None


# What was there before


def test_a_new_team_takes_over_nothing(registry: Registry) -> None:
    """Whoever names a new team as one is called that is gone, and still stands as an owner, gets no rights by it."""
    remove(registry, Ref.team("glaze"))
    sheet = Form(registry).is_refused(name="pug-mill", new_team="glaze")
    assert "named as an owner of something already" in sheet.faults["new_team"]


def test_what_was_said_of_one_that_is_gone_is_forgotten(registry: Registry) -> None:
    """A component that is registered under the name of one that is gone has nothing of what people said about that."""
    with registry.writing() as unit:
        unit.state([Statement(Ref.component("wheel"), "runbook", "https://old.example", PEOPLE, "Ben <U0BEN>", NOW)])
    remove(registry, Ref.component("wheel"))
    Form(registry).registers("finish", name="wheel")
    found = component(registry, "wheel")
    assert found is not None
    assert (found.runbook, found.owners) == (None, ())


def test_every_owner_is_told(registry: Registry) -> None:
    """A team that owns a new part is told in its channel too, where nobody of it could be asked."""
    form = Form(registry).at_part_questions()
    form.goes_on(part_owner="shopfront", **ALONE)
    form.registers()
    heard = [notice.to for notice in told(registry) if isinstance(notice.about, WasRegistered)]
    assert heard == ["#glaze", "#shopfront"]


def test_a_part_of_several_teams_is_asked_where_somebody_could_answer(registry: Registry) -> None:
    """Of the teams that own a part, those of which somebody is known are asked, though others have nobody."""
    change(registry, Component(name="broker", owners=("shopfront", "ovens")))
    form = Form(registry).at_parts()
    form.goes_on("add", part_existing="default/broker")
    form.goes_on()
    form.registers()
    assert Change(Ref.component("broker"), serves=REF) in asked(registry)


def test_showing_what_is_registered_keeps_the_draft(registry: Registry) -> None:
    """Whoever looks at the component that has their name can go on with another name, and all that was entered."""
    form = Form(registry)
    assert form.is_refused(**{**PUG_MILL, "name": "wheel"}).taken is not None
    shown = form.does("show", "default/wheel", **{**PUG_MILL, "name": "wheel"})
    assert isinstance(shown, Owners)
    (kept,) = registry.drafts_of(ANA.id)
    assert (kept.state, kept.draft.description) == ("open", "Mixes clay.")


def test_two_processes_and_one_name(registry: Registry, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that differs by a hyphen alone from one that another process has just registered is taken, too."""
    late = Registry(Repository(engine))
    form = Form(late).at_review()
    snapshot = late.snapshot()
    change(registry, Component(name="pug mill"))
    monkeypatch.setattr(late, "snapshot", lambda: snapshot)  # its index is a moment behind
    shown = form.does("next")
    assert isinstance(shown, Sheet)
    assert shown.taken is not None
