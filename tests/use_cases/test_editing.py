"""Editing: people change what they state, see who did what, take it back, and retire what is no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from registries import NOW, catalog, rulebook, statements
from test_permissions import ACTORS

from assistant.core.answers import Answer, Invalid, NotFound, Owners, Refusal
from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.editing import EditForm, Faults, Retiring
from assistant.core.entries import Component, Ref
from assistant.core.history import steps
from assistant.core.messages import Undo, plain
from assistant.core.outcomes import Altered, History, Proposed
from assistant.core.policy import MAY, SHOWN, Actor, Role, Where
from assistant.core.wording import word
from assistant.core.wording.editing import edit_intro
from assistant.errors import RepeatedError
from assistant.storage.database import open_engine
from assistant.storage.repository import Repository
from assistant.use_cases.asking import ask
from assistant.use_cases.editing import edit, edit_form, retire, retiring
from assistant.use_cases.snapshots import Registry
from assistant.use_cases.undoing import history_of, undo

API, KILN, PUG = (Ref.component(name) for name in ("api-v2", "kiln-control", "pug-mill"))
OVA = Actor("U0OVA", "Ova", "member")
ADMIN = Actor("U0ADM", "Adi Min", "administrator")
MEMBER = Actor("U0MEM", "Mem Ber", "member")
LATER = NOW + timedelta(minutes=2)


def form(registry: Registry, ref: Ref = API, actor: Actor = OVA) -> EditForm:
    found = edit_form(ref, actor, registry)
    assert isinstance(found, EditForm)
    return found


def save(
    registry: Registry, opened: EditForm, actor: Actor = OVA, at: datetime = NOW, **fields: str
) -> Answer | EditForm | Faults:
    """Submit a form with some of its fields filled in otherwise."""
    entered = {**opened.values, **fields}
    return edit(opened.card.component.ref, entered, opened.opened, actor, registry, rulebook(), at, (ADMIN.id,))


def register(registry: Registry, actor: Actor = OVA, **fields: object) -> None:
    """State something as people do who register it."""
    with registry.writing() as unit:
        entry = Component.model_validate({"name": PUG.name, "owner": "ovens", **fields})
        unit.state(statements(entry, source=PEOPLE, author=actor.signature))


def said(answer: Answer) -> str:
    return plain(word(answer))


def test_what_is_changed_is_stated_and_nothing_else(registry: Registry) -> None:
    """Only what was changed in the form becomes a statement, by whoever saved it, and holds for everyone."""
    before = len(registry.statements_about(API))
    done = save(registry, form(registry), kind="service", runbook="https://wiki.pots.example/api")
    assert isinstance(done, Altered)
    assert said(done).splitlines() == [
        "api-v2 is changed:",
        "• kind service",
        "• runbook https://wiki.pots.example/api",
    ]
    new = registry.statements_about(API)[before:]
    assert [(each.field, each.value, each.author) for each in new] == [
        ("kind", "service", OVA.signature),
        ("runbook", "https://wiki.pots.example/api", OVA.signature),
    ]
    assert registry.catalog().components[API].kind == "service"


def test_a_form_that_is_sent_twice_saves_once(registry: Registry) -> None:
    """The same form again changes nothing; emptied, a field is taken back."""
    opened = form(registry)
    save(registry, opened, kind="service")
    count = len(registry.statements_about(API))
    again = save(registry, opened, kind="service")
    assert isinstance(again, Owners)
    assert len(registry.statements_about(API)) == count
    assert isinstance(save(registry, form(registry)), Faults)
    assert "no kind any more" in said(save(registry, form(registry), kind=""))  # type: ignore[arg-type]
    assert registry.catalog().components[API].kind is None


def test_what_a_file_states_is_shown_and_not_asked(registry: Registry) -> None:
    """What a file states stands in the form as text, with its file, and can't be changed by sending it anyway."""
    opened = form(registry, KILN)
    assert set(opened.stated) == {"title", "description", "repo", "runbook"}
    assert not opened.stated.keys() & opened.values.keys()
    save(registry, opened, runbook="https://elsewhere.example")
    assert registry.catalog().components[KILN].runbook == "https://wiki.pots.example/kiln"


def test_who_was_first_is_not_overwritten(registry: Registry) -> None:
    """Where somebody changed one of the same fields meanwhile nothing is saved, and the form comes back with theirs."""
    mine, theirs = form(registry), form(registry, actor=ADMIN)
    save(registry, theirs, ADMIN, kind="service", title="The API")
    late = save(registry, mine, at=LATER, kind="library", runbook="https://wiki.pots.example/api")
    assert isinstance(late, EditForm)
    assert "Adi Min changed the kind two minutes ago. Here it is now; nothing was saved" in plain(edit_intro(late))
    assert late.values["kind"] == "service"
    assert late.values["title"] == "The API"
    assert late.values["runbook"] == "https://wiki.pots.example/api"
    assert registry.catalog().components[API].runbook is None
    again = save(registry, late, kind="library")
    assert isinstance(again, Altered)
    component = registry.catalog().components[API]
    assert (component.kind, component.title, component.runbook) == ("library", "The API", late.values["runbook"])


def test_who_changed_something_else_is_in_nobodys_way(registry: Registry) -> None:
    """Two people who change different fields at once both have their way; what nobody touched stays."""
    mine, theirs = form(registry), form(registry, actor=ADMIN)
    save(registry, theirs, ADMIN, kind="service")
    assert isinstance(save(registry, mine, oncall="@ovens"), Altered)
    component = registry.catalog().components[API]
    assert (component.kind, component.oncall) == ("service", "@ovens")


def test_a_file_that_came_first(registry: Registry) -> None:
    """A field that a file began to state while the form was open stays as the file says."""
    opened = form(registry)
    with registry.writing() as unit:
        unit.state([Statement(API, "kind", "daemon", "registry.yaml", "cli", LATER)])
    late = save(registry, opened, kind="service", at=LATER)
    assert isinstance(late, EditForm)
    assert "registry.yaml states the kind now" in plain(edit_intro(late))
    assert "kind" not in late.values


@pytest.mark.parametrize(
    ("field", "text", "fault"),
    [
        ("repo", "git@pots.example", "begins with https://"),
        ("kind", "a\u202eb", "control or invisible"),
        ("description", "a\x07b", "control character"),
    ],
)
def test_what_a_field_cannot_hold(registry: Registry, field: str, text: str, fault: str) -> None:
    """What a field can't hold is said beside it, and nothing is changed."""
    entered: dict[str, Any] = {field: text}
    done = save(registry, form(registry), **entered)
    assert isinstance(done, Faults)
    assert fault in done.by_field[field]
    assert registry.catalog().components[API].kind is None


def test_whoever_may_not_edit_suggests_it(registry: Registry) -> None:
    """The same form, sent by somebody else, is put to those who may, and changes nothing."""
    opened = form(registry, actor=MEMBER)
    assert not opened.may_edit
    assert "goes to them as a suggestion" in plain(edit_intro(opened))
    put = save(registry, opened, MEMBER, kind="service")
    assert isinstance(put, Proposed)
    assert put.proposal.change.fields == {"kind": "service"}
    assert registry.catalog().components[API].kind is None


def test_a_right_that_was_lost_meanwhile(registry: Registry) -> None:
    """Whoever opened the form while they might, and sends it when they may not any more, changes nothing."""
    register(registry)
    opened = form(registry, PUG)
    with registry.writing() as unit:
        unit.state([Statement(PUG, "owners", ["glaze"], PEOPLE, ADMIN.signature, NOW)])
    assert isinstance(save(registry, opened, kind="mill"), Proposed)
    assert registry.catalog().components[PUG].kind is None


def test_history_says_who_did_what(registry: Registry) -> None:
    """Newest first: each step with who took it and when, files by their names, answers and teams in words."""
    register(registry, kind="machine", lifecycle="shared")
    save(registry, form(registry, PUG), at=LATER, kind="mill")
    shown = history_of(PUG, OVA, registry, rulebook(), LATER)
    assert isinstance(shown, History)
    _, newest, first = said(shown).splitlines()
    assert newest == "Ova, 1 July, 14:04 UTC: kind machine → mill"
    assert first.startswith("Ova, 1 July, 14:02 UTC: registered; owner Ovens; kind machine")
    assert "lifecycle" not in first
    from_file = said(history_of(KILN, OVA, registry, rulebook(), LATER))
    assert "registry.yaml, 1 July, 14:02 UTC: first read from it; owner Ovens; title Kiln Control" in from_file


def test_history_is_not_endless(registry: Registry) -> None:
    """Fifteen steps are shown, and the others counted."""
    for number in range(18):
        save(registry, form(registry), at=NOW + timedelta(minutes=number), kind=f"kind {number}")
    shown = history_of(API, OVA, registry, rulebook(), LATER)
    assert isinstance(shown, History)
    assert len(shown.steps) == 15
    assert "4 older ones are not shown" in str(word(shown).context)


def test_the_newest_change_is_undone_once(registry: Registry) -> None:
    """Undo has people say again what they said before; a second time, and for whoever may not, it does nothing."""
    save(registry, form(registry), kind="service")
    done = save(registry, form(registry), at=LATER, kind="library", oncall="@ovens")
    assert isinstance(done, Altered)
    back = Undo(API, done.at.timestamp())
    assert isinstance(undo(back, MEMBER, registry, rulebook(), LATER), Refusal)
    undone = undo(back, ADMIN, registry, rulebook(), LATER + timedelta(minutes=1))
    assert said(undone).splitlines() == [
        "api-v2 is as it was before:",
        "• kind library → service",
        "• no on call any more",
    ]
    component = registry.catalog().components[API]
    assert (component.kind, component.oncall) == ("service", None)
    again = undo(back, ADMIN, registry, rulebook(), LATER + timedelta(minutes=2))
    assert isinstance(again, Invalid)
    assert "Nothing was changed" in said(again)


def test_a_change_that_was_changed_since_is_not_undone(registry: Registry) -> None:
    """Undo never takes back what somebody else has said since; what they did not touch does not keep it."""
    first = save(registry, form(registry), kind="service")
    save(registry, form(registry, actor=ADMIN), ADMIN, LATER, oncall="@ovens")
    assert isinstance(first, Altered)
    back = Undo(API, first.at.timestamp())
    assert isinstance(undo(back, OVA, registry, rulebook(), LATER + timedelta(minutes=1)), Altered)
    second = save(registry, form(registry), at=LATER + timedelta(minutes=2), kind="service")
    save(registry, form(registry, actor=ADMIN), ADMIN, LATER + timedelta(minutes=3), kind="library")
    assert isinstance(second, Altered)
    refused = undo(Undo(API, second.at.timestamp()), OVA, registry, rulebook(), LATER + timedelta(minutes=4))
    assert said(refused).startswith("Adi Min has changed the same since. Nothing was changed")


def test_a_click_that_comes_twice_undoes_once(registry: Registry) -> None:
    """What Slack delivers again is no second click, though somebody has made the change anew meanwhile."""
    done = save(registry, form(registry), kind="service")
    assert isinstance(done, Altered)
    clicking = Actor(OVA.id, OVA.name, OVA.role, delivery="click:1")
    undo(Undo(API, done.at.timestamp()), clicking, registry, rulebook(), LATER)
    with pytest.raises(RepeatedError):
        undo(Undo(API, done.at.timestamp()), clicking, registry, rulebook(), LATER)


def test_a_team_does_not_get_back_by_undo_what_it_gave_away(registry: Registry) -> None:
    """Undo gives no team a component without its saying so; it is offered to ask them."""
    register(registry)
    with registry.writing() as unit:
        unit.state([Statement(PUG, "owners", ["glaze"], PEOPLE, OVA.signature, LATER)])
    back = Undo(PUG, LATER.timestamp())
    refused = undo(back, ADMIN, registry, rulebook(), LATER + timedelta(minutes=1))
    assert isinstance(refused, Refusal)
    assert "Ovens would have to take pug-mill back" in refused.sentence
    assert refused.change is not None
    assert refused.change.owners == ("ovens",)
    assert registry.catalog().components[PUG].owners == ("glaze",)


def test_what_people_registered_is_retired_and_comes_back(registry: Registry) -> None:
    """Retiring takes back all that people said; it says what still needs it, later who did it, and can be undone."""
    register(registry, kind="machine", aliases=["clay mill"])
    with registry.writing() as unit:
        unit.state([Statement(API, "depends_on", ["pug-mill"], PEOPLE, ADMIN.signature, NOW)])
    asked = retiring(PUG, OVA, registry)
    assert isinstance(asked, Retiring)
    assert asked.dependents == ("api-v2",)
    assert isinstance(retiring(PUG, MEMBER, registry), Refusal)
    assert isinstance(retire(PUG, MEMBER, registry, NOW), Refusal)
    before = registry.catalog().components[PUG]
    done = retire(PUG, OVA, registry, LATER)
    assert isinstance(done, Altered)
    assert "api-v2 still says that it depends on it." in said(done)
    assert PUG not in registry.catalog().components
    asked_for = ask("who owns pug-mill?", registry.snapshot(), rulebook()).answer
    assert isinstance(asked_for, NotFound)
    assert said(asked_for).startswith("pug-mill was retired by Ova on 1 July.")
    again = retire(PUG, OVA, registry, LATER + timedelta(minutes=1))
    assert isinstance(again, Altered)
    assert (again.how, again.at) == ("retired", done.at)
    assert isinstance(retire(PUG, ADMIN, registry, LATER), Invalid)
    back = Undo(PUG, done.at.timestamp())
    assert isinstance(undo(back, MEMBER, registry, rulebook(), LATER), Refusal)
    assert isinstance(undo(back, OVA, registry, rulebook(), LATER + timedelta(minutes=1)), Altered)
    assert registry.catalog().components[PUG] == before
    assert "pug-mill is owned by Ovens" in said(ask("who owns pug-mill?", registry.snapshot(), rulebook()).answer)


@pytest.mark.parametrize("where", SHOWN)
@pytest.mark.parametrize("role", ACTORS)
def test_who_may(role: Role, where: Where, registry: Registry) -> None:
    """Owners and administrators edit, undo and retire, where the registry is shown; nobody else changes anything."""
    register(registry)
    made = save(registry, form(registry, PUG), kind="mill", at=LATER)
    assert isinstance(made, Altered)
    actor, before = replace(ACTORS[role], where=where), registry.catalog().revision
    deeds = (
        save(registry, form(registry, PUG, actor), actor, LATER + timedelta(minutes=1), runbook="https://a.example"),
        undo(Undo(PUG, made.at.timestamp()), actor, registry, rulebook(), LATER + timedelta(minutes=2)),
        retire(PUG, actor, registry, LATER + timedelta(minutes=3)),
    )
    may = SHOWN[where] and role in MAY["edit"]
    assert [isinstance(each, Altered) for each in deeds] == [may] * 3
    assert registry.catalog().revision == before + 3 * may
    assert may or " can " in said(deeds[1])


def test_what_a_file_states_is_retired_in_the_file(registry: Registry) -> None:
    """A component that a file states is not retired here: whoever tries hears where, and nothing is taken back."""
    save(registry, form(registry), kind="service")
    for refused in (retiring(API, OVA, registry), retire(API, OVA, registry, NOW)):
        assert isinstance(refused, Refusal)
        assert refused.sentence == "api-v2 is stated in registry.yaml."
        assert "Remove it there" in refused.who_can
    assert registry.catalog().components[API].kind == "service"


deeds = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.sampled_from(["kind", "oncall"]), st.sampled_from(["", "a", "b"])),
        st.tuples(st.just("undo"), st.integers(0, 2), st.none()),
        st.tuples(st.just("edit"), st.just("kind"), st.sampled_from(["a", "b"])),
        st.tuples(st.sampled_from(["retire", "register"]), st.none(), st.none()),
        st.tuples(st.just("import"), st.sampled_from(["kind", "oncall"]), st.sampled_from(["", "f"])),
    ),
    min_size=3,
    max_size=12,
)


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds)
def test_any_sequence_of_changes_and_undos(
    sqlite_at_head: Path, tmp_path: Path, done: Sequence[tuple[str, Any, Any]]
) -> None:
    """Whatever people do in whatever order: an undo restores exactly what they had said before that step, or changes
    nothing; and replaying all statements gives the catalog that is there.
    """
    engine = open_engine(f"sqlite:///{copy(sqlite_at_head, tmp_path / 'any.db')}")
    registry = Registry(Repository(engine))
    with registry.writing() as unit:
        unit.state(statements(*catalog("teams: [{name: ovens, contacts: [U0OVA]}]").teams.values()))
        unit.state(pug_statements())
    made: list[tuple[Ref, datetime, dict[str, object]]] = []
    for number, (deed, what, how) in enumerate(done, start=1):
        at = NOW + timedelta(minutes=number)
        before = registry.catalog().stated_about(PUG, PEOPLE)
        if deed == "register" and PUG not in registry.catalog().components:
            with registry.writing() as unit:
                unit.state([each._replace(stated_at=at) for each in pug_statements()])
        elif deed == "retire":
            retire(PUG, OVA, registry, at)
        elif deed == "import" and PUG in registry.catalog().components:
            with registry.writing() as unit:
                unit.state([Statement(PUG, what, how or None, "notes.yaml", "cli", at)])
            continue
        elif deed == "edit" and isinstance(opened := edit_form(PUG, OVA, registry), EditForm):
            save(registry, opened, at=at, **({what: how} if what in opened.values else {}))
        elif deed == "undo" and what < len(made):
            ref, step_at, earlier = made[-1 - what]
            answer = undo(Undo(ref, step_at.timestamp()), OVA, registry, rulebook(), at)
            stands = registry.catalog().stated_about(PUG, PEOPLE)
            step = next(each for each in steps(registry.statements_about(PUG)) if each.at == step_at)
            if isinstance(answer, Altered):
                assert {name: stands.get(name) for name in step.fields} == {n: earlier.get(n) for n in step.fields}
                assert {n: v for n, v in stands.items() if n not in step.fields} == {
                    n: v for n, v in before.items() if n not in step.fields
                }
            else:
                assert stands == before
        if registry.catalog().stated_about(PUG, PEOPLE) != before:
            made.append((PUG, at, before))
    replayed = Catalog().following(registry.statements_about(PUG), 1)
    assert replayed.components.get(PUG) == registry.catalog().components.get(PUG)
    assert replayed.stated_about(PUG, PEOPLE) == registry.catalog().stated_about(PUG, PEOPLE)
    engine.dispose()


def pug_statements() -> list[Statement]:
    entry = Component(name=PUG.name, owners=("ovens",), kind="machine")
    return statements(entry, source=PEOPLE, author=OVA.signature)
