"""Onboarding walks: whatever several people do in their forms, in whatever order, nothing is ever half there.

`WALKS` says how many walks; `make walks` takes ten thousand.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from registries import FILE, NOW, rulebook, statements
from rulebooks import ASIDE, FACTS, book
from sqlalchemy import Engine, event, select, text

from assistant.blockkit import view_faults
from assistant.core.answers import Answer, Invalid
from assistant.core.catalog import PEOPLE, PROPOSED, Catalog, Statement
from assistant.core.drafts import Kept
from assistant.core.entries import Component, Ref, Team
from assistant.core.messages import Accept, Decline
from assistant.core.newcomers import New
from assistant.core.notices import people_of
from assistant.core.outcomes import Registered
from assistant.core.policy import Actor, belongs
from assistant.core.proposals import Change, receiver_of
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.errors import FileError
from assistant.formats.registry_file import RegistryFile, read_registry
from assistant.slack.payloads import Click, Submission
from assistant.slack.views.onboarding import (
    drafts_view,
    errors_of,
    move_of,
    onboarding_view,
    outcome_view,
    view_for_ack,
)
from assistant.storage.database import open_engine
from assistant.storage.repository import Repository
from assistant.storage.tables import STATEMENTS
from assistant.use_cases.importing import import_registry
from assistant.use_cases.onboarding import Move, Sheet, begin, drop, resume, take
from assistant.use_cases.proposing import accept, decline
from assistant.use_cases.snapshots import Registry

WALKS = int(os.environ.get("WALKS", "200"))
STEPS = 25
PEOPLE_HERE = (
    Actor("U0ANA", "Ana Ruiz", "member"),
    Actor("U0OVA", "Ova", "member", frozenset({"S0OVENS"})),
    Actor("U0ADM", "Adi", "administrator"),
)
OTTO = "Otto <U0OTT>"
"""Somebody who changes the registry beside them."""
KINDS = ("database", "queue")
FILES = (
    """
teams:
  - {name: glaze, title: Glaze Guild, aliases: [glazers], slack_channel: "#glaze", contacts: ["@mira"]}
  - {name: ovens, slack_channel: "#ovens", slack_usergroup: S0OVENS, contacts: [U0OVA]}
  - {name: shopfront}
components:
  - {name: kiln-control, aliases: [oven-brain], owner: ovens}
  - {name: clay-ledger, owner: ovens, lifecycle: shared, ownership: external-team}
  - {name: wheel, owner: shopfront}
  - {name: press, namespace: moulds, owner: glaze}
  - {name: attic-cron}
""",
    """
teams: [{name: ovens, slack_channel: "#ovens", contacts: [U0OVA]}]
components:
  - {name: kiln-control, owner: ovens}
  - {name: pug-mill, owner: ovens}
""",
    """
teams: [{name: mills, aliases: [millers]}]
components: [{name: pug-db, owner: mills}, {name: brick-oven}]
""",
    "{}",
)
"""What a file states at one time or another."""
RULEBOOKS = (
    rulebook(),
    book([{"when": {"potters": "< 5"}, "use": "solo"}, {"when": {"potters": ">= 5"}, "use": "guild"}]),
    book(
        [
            {"when": {"fired": True, "glaze": "ash"}, "use": "solo"},
            {"when": {"fired": True, "glaze": ["salt", "tin"]}, "use": "guild"},
            {"when": {"fired": False}, "use": "utility"},
        ],
        facts=[*FACTS, *ASIDE],
        suggestions=[
            {"when": {"wheel": True}, "suggest": {"fired": True}, "because": "So."},
            {"when": {"clay": "red"}, "suggest": {"glaze": "tin"}, "because": "So."},
        ],
    ),
)
RIGHT: Mapping[str, Sequence[str]] = {
    "name": ["pug-mill", "brick-oven", "Brick Oven", "slip-tank", "kiln-controls", "pug-db"],
    "kind": ["", "machine"],
    "description": ["", "Mixes *clay* & <!channel>."],
    "repo": ["", "https://github.com/pots/pug-mill"],
    "more_owners": ["", "", "", "glazers", "shopfront; ovens"],
    "new_team": ["mills", "throwers"],
    "team_channel": ["", "mills", "#mills"],
    "part_name": ["pug-db", "Pug DB", "pug-cache", "kiln/tap", "clay-ledgers"],
    "fact.potters": ["", "3", "7,5"],
}
WRONG: Mapping[str, Sequence[str]] = {
    "name": ["", "kiln-control", "the", "p\u202e", "pug-db"],
    "repo": ["pots"],
    "more_owners": ["ovns"],
    "new_team": ["", "glaze", "Mills", "m\u202e"],
    "part_name": ["", "clay-ledger", "pug-mill", "Brick Oven", "of"],
    "fact.potters": ["13", "some"],
}


_NOW_AND_THEN = st.integers(0, 3).map(lambda number: number == 3)


class Window:
    """A form that somebody has open: what Slack shows, what stands in its fields, and the steps that were taken.

    `wrong`: the fields at which something is wrong.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.view: dict[str, Any] = {}
        self.values: dict[str, str] = {}
        self.moves: list[Move] = []
        self.wrong: set[str] = set()

    def __repr__(self) -> str:
        return f"the form of {self.actor.name}"

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        return {block["block_id"]: block["element"] for block in self.view["blocks"] if block["type"] == "input"}

    @property
    def buttons(self) -> dict[str, dict[str, Any]]:
        """The buttons of the form, by what they are called there."""
        elements = [each for block in self.view["blocks"] for each in block.get("elements", ())]
        elements += [block["accessory"] for block in self.view["blocks"] if "accessory" in block]
        return {each["action_id"] + each.get("value", ""): each for each in elements if "action_id" in each}

    def shows(self, view: dict[str, Any]) -> None:
        """Take a view in the place of this one; what was entered under an id that stays is kept, as Slack does."""
        self.view, before = view, self.values
        self.values = {name: _value(element, before.get(name)) for name, element in self.inputs.items()}

    def submits(self) -> Move:
        user, team, form, metadata = self.actor.id, None, self.view["callback_id"], self.view["private_metadata"]
        return self._moves(move_of(Submission(user, team, form, metadata, dict(self.values), tuple(self.inputs))))

    def clicks(self, name: str) -> Move:
        button, metadata = self.buttons[name], self.view["private_metadata"]
        click = Click(
            self.actor.id, None, button["action_id"], button.get("value", ""), "trigger", None, ephemeral=False
        )
        return self._moves(move_of(replace(click, private_metadata=metadata, values=dict(self.values))))

    def _moves(self, move: Move) -> Move:
        self.moves.append(move)
        return move


def _value(element: dict[str, Any], kept: str | None) -> str:
    options = [each["value"] for each in element.get("options", ())]
    if kept is not None and (not options or kept in options):
        return kept
    return str(element.get("initial_value") or element.get("initial_option", {}).get("value") or "")


_KEPT = text("SELECT version, content, state FROM drafts WHERE workspace = :workspace AND id = :draft")
_COUNTED = text(
    "SELECT (SELECT count(*) FROM statements WHERE workspace = :workspace),"
    " (SELECT count(*) FROM proposals WHERE workspace = :workspace),"
    " (SELECT count(*) FROM notices WHERE workspace = :workspace)"
)


class Walks(RuleBasedStateMachine):
    """Several people with their forms, somebody who changes the registry beside them, and what has to hold."""

    engine: Engine
    workspaces = count()

    def __init__(self) -> None:
        super().__init__()
        self.workspace = f"walk {next(self.workspaces)}"
        self.drafts = count()
        self.now = NOW
        self.book = RULEBOOKS[0]
        self.windows: list[Window] = []
        self.stated: list[Statement] = []
        self.registrations: dict[int, str] = {}
        self.has_drafts = self.has_asked = False
        self.read_up_to = 0
        self.restart()

    # What people do

    @initialize()
    def begins_with_a_registry(self) -> None:
        self._imports(FILES[0], prune=False)

    @precondition(lambda self: len(self.windows) < 3)
    @rule(
        actor=st.sampled_from(PEOPLE_HERE), said=st.sampled_from([None, New("pug-mill", "glazers"), New(None, "mills")])
    )
    def opens(self, actor: Actor, said: New | None) -> None:
        sheet = begin(f"draft {next(self.drafts)}", said, actor, self.registry.snapshot(), self.book)
        self._shows(self._window(actor), sheet)

    @precondition(lambda self: self.has_drafts)
    @rule(actor=st.sampled_from(PEOPLE_HERE), which=st.integers(0, 2))
    def continues(self, actor: Actor, which: int) -> None:
        """Go on with a draft, which may be open elsewhere too."""
        drafts = self.registry.drafts_of(actor.id)
        assert not view_faults(drafts_view(drafts, None, None))
        if drafts:
            shown = resume(drafts[which % len(drafts)].id, actor, self.registry, self.book)
            assert isinstance(shown, Sheet)
            self._shows(self._window(actor), shown)

    @precondition(lambda self: self.windows)
    @rule(data=st.data())
    def does_what_is_asked(self, data: st.DataObject) -> None:
        """Go back some screens, or none, fill in what the form asks for, and press Next, some screens long."""
        window = self._one_of(data)
        for _ in range(data.draw(st.sampled_from([0, 0, 0, 1, 2, 4]), "screens back")):
            if "step:back" in window.buttons:
                self._takes(window, window.clicks("step:back"))
        for _ in range(data.draw(st.integers(1, 7), "screens")):
            if window in self.windows:
                self._fills(data, window, RIGHT)
                self._takes(window, window.submits())

    @precondition(lambda self: self.windows)
    @rule(data=st.data())
    def enters_what_is_wrong(self, data: st.DataObject) -> None:
        window = self._one_of(data)
        self._fills(data, window, WRONG)
        self._takes(window, window.submits())

    @precondition(lambda self: self.windows)
    @rule(data=st.data())
    def presses_next_twice(self, data: st.DataObject) -> None:
        """Press Next as when the line is slow, so that it arrives twice."""
        window = self._one_of(data)
        self._fills(data, window, RIGHT)
        move = window.submits()
        self._takes(window, move)
        self._takes(window, move)

    @precondition(lambda self: self.windows)
    @rule(data=st.data(), is_right=st.booleans())
    def presses_a_button(self, data: st.DataObject, is_right: bool) -> None:
        """Go back, finish, add or remove a part, choose or name a team, or take what comes near."""
        window = self._one_of(data)
        self._fills(data, window, RIGHT if is_right else WRONG)
        if window.buttons:
            button = data.draw(st.sampled_from(sorted(window.buttons)), "button")
            self._takes(window, window.clicks(button))

    @precondition(lambda self: any("step:add" in window.buttons for window in self.windows))
    @rule(data=st.data())
    def adds_a_part(self, data: st.DataObject) -> None:
        window = data.draw(st.sampled_from([each for each in self.windows if "step:add" in each.buttons]), "window")
        self._fills(data, window, RIGHT)
        self._takes(window, window.clicks("step:add"))

    @precondition(lambda self: any(window.moves for window in self.windows))
    @rule(data=st.data(), actor=st.sampled_from(PEOPLE_HERE))
    def arrives_late(self, data: st.DataObject, actor: Actor) -> None:
        """Deliver an earlier step again, from whoever took it or as if somebody else had."""
        window = data.draw(st.sampled_from([each for each in self.windows if each.moves]), "window")
        move = data.draw(st.sampled_from(window.moves), "move")
        if actor == window.actor:
            self._takes(window, move)
        elif (before := self._held(move.draft))[0]:
            assert isinstance(take(move, actor, self.registry, self.book, self.now), Invalid)
            assert self._held(move.draft) == before

    @precondition(lambda self: self.windows)
    @rule(data=st.data(), drops=st.booleans())
    def leaves(self, data: st.DataObject, drops: bool) -> None:
        """Close a form, or discard a draft, whether its form is open or not."""
        window = self._one_of(data)
        drafts = self.registry.drafts_of(window.actor.id)
        if not drops or not drafts:
            self.windows.remove(window)
            return
        drop(drafts[0].id, window.actor, self.registry, self.now)
        assert not isinstance(resume(drafts[0].id, window.actor, self.registry, self.book), Sheet)

    # What happens meanwhile

    def restart(self) -> None:
        """Go on with another process, which knows what the database holds."""
        self.repository = Repository(self.engine, self.workspace)
        self.registry = Registry(self.repository)

    @rule(book=st.sampled_from(RULEBOOKS), seasons=st.sampled_from([0, 0, 0, 0, 1]))
    def time_passes(self, book: Rulebook, seasons: int) -> None:
        """Restart with another rulebook; perhaps after all forms were left for longer than drafts are kept."""
        self.restart()
        self.book = book
        if seasons:
            self.now += timedelta(days=91)
            self.windows.clear()

    @rule(data=st.data(), how=st.sampled_from(["import", "register", "remove"]))
    def somebody_else_changes_the_registry(self, data: st.DataObject, how: str) -> None:
        """Import a file, or register or remove a component or a team that stands in somebody's form."""
        drafts = [kept.draft for actor in PEOPLE_HERE for kept in self.registry.drafts_of(actor.id)]
        refs = {part.ref for draft in drafts for part in draft.parts} | {Ref.component(each.name) for each in drafts}
        refs |= {Ref.team(name) for draft in drafts for name in (draft.primary_owner, *(p.owner for p in draft.parts))}
        named = [ref for ref in sorted(refs) if ref.name and ref.name.isprintable()]
        if how == "import" or not named:
            self._imports(data.draw(st.sampled_from(FILES), "file"), prune=data.draw(st.booleans(), "prune"))
            return
        ref = data.draw(st.sampled_from(named), "what")
        with self.registry.writing() as unit:
            if how == "register":
                is_team = ref.kind == "team"
                entry = Team(name=ref.name) if is_team else Component(name=ref.name, namespace=ref.namespace)
                unit.state(statements(entry, source=PEOPLE, author=OTTO))
                return
            for source in (PEOPLE, PROPOSED, FILE):
                stated = unit.catalog.stated_about(ref, source)
                unit.state(Statement(ref, name, None, source, OTTO, self.now) for name in stated)

    @precondition(lambda self: self.has_asked)
    @rule(data=st.data(), actor=st.sampled_from(PEOPLE_HERE), is_yes=st.booleans())
    def answers_a_request(self, data: st.DataObject, actor: Actor, is_yes: bool) -> None:
        if proposals := self.registry.open_proposals():
            number = data.draw(st.sampled_from([each.id for each in proposals]), "proposal")
            if is_yes:
                accept(Accept(number), actor, self.registry, self.book, self.now)
            else:
                decline(Decline(number), actor, self.registry, self.book, self.now)

    # How it is done

    def _window(self, actor: Actor) -> Window:
        self.windows = [*self.windows[-2:], Window(actor)]
        return self.windows[-1]

    def _one_of(self, data: st.DataObject) -> Window:
        return data.draw(st.sampled_from(self.windows), "window")

    def _fills(self, data: st.DataObject, window: Window, values: Mapping[str, Sequence[str]]) -> None:
        """Enter something where nothing stands or something is wrong, and elsewhere now and then."""
        beside = data.draw(st.sampled_from(["part_existing", "part_name", "both"]), "part") if values is RIGHT else ""
        for block_id, element in window.inputs.items():
            name = block_id.partition("~")[0]
            pool = [each["value"] for each in element.get("options", ())] or values.get(name, ())
            if beside in (name, "both") and name.startswith("part_") and name != "part_owner":
                window.values[block_id] = ""
            elif pool and (not window.values[block_id] or name in window.wrong or data.draw(_NOW_AND_THEN, name)):
                window.values[block_id] = data.draw(st.sampled_from(pool), name)

    def _takes(self, window: Window, move: Move) -> None:
        """Take a step, and hold what came of it against what was there before."""
        self.now += timedelta(minutes=1)
        before, others_before = self._held(move.draft)
        shown = take(move, window.actor, self.registry, self.book, self.now, ("U0ADM",))
        after, others = self._held(move.draft)
        kept = self.registry.draft(move.draft)
        self.has_drafts |= kept is not None
        if before is not None and before.version != move.version:
            assert (after, others) == (before, others_before)
        elif kept is not None and kept.state == "finished":
            self._registered_whole(kept, window.actor, shown)
        else:
            assert others == others_before
        if isinstance(shown, Sheet):
            assert shown.version == (kept.version if kept else 0)
            assert shown.faults or shown.taken or kept is None or kept.draft == shown.draft
            self._shows(window, shown, move)
            return
        assert not view_faults(outcome_view(shown))
        if window in self.windows and before == after:
            self.windows.remove(window)

    def _shows(self, window: Window, sheet: Sheet, move: Move | None = None) -> None:
        """Draw a sheet, as an acknowledgement and as an update, and show it in its window."""
        window.wrong = {*sheet.faults, *(("name", "part_name") if sheet.taken else ())}
        view, errors = onboarding_view(sheet, KINDS), errors_of(sheet)
        for drawn in (view, view_for_ack(sheet, KINDS)):
            assert not view_faults(drawn)
            inputs = {block["block_id"] for block in drawn["blocks"] if block["type"] == "input"}
            assert all(block_id in inputs or fault in str(drawn) for block_id, fault in errors.items())
        is_submitted = move is not None and move.kind == "next"
        if not (is_submitted and errors and errors.keys() <= window.inputs.keys()):
            window.shows(view)  # else Slack writes them below the fields, and the form stays

    def _held(self, draft: str) -> tuple[Any, Any]:
        """Return a draft as it is kept, and how much is stated, asked and told in all."""
        with self.engine.connect() as connection:
            return (
                connection.execute(_KEPT, {"workspace": self.workspace, "draft": draft}).one_or_none(),
                connection.execute(_COUNTED, {"workspace": self.workspace}).one(),
            )

    def _imports(self, content: str, *, prune: bool) -> None:
        with suppress(FileError):  # where it names a team that nobody states any more
            import_registry(
                self.repository, {FILE: _read(content)}, dry_run=False, prune=prune, author="cli", now=self.now
            )

    # What has to hold

    def _registered_whole(self, kept: Kept, actor: Actor, shown: Sheet | Registered | Answer) -> None:
        """All that a draft held is there from one revision on, for the first time, but what other teams are asked."""
        assert isinstance(shown, Registered)
        draft, catalog = kept.draft, self.registry.catalog()
        assert catalog.revision == self.read_up_to + 1
        assert kept.id not in self.registrations.values()
        self.registrations[catalog.revision] = kept.id
        service = Ref.component(draft.name)
        parts = {part.ref: part for part in draft.parts if not part.existing}
        team = {Ref.team(draft.new_team)} if draft.has_new_team and draft.new_team else set()
        rows = self._rows(catalog.revision)
        assert {row.subject for row in rows} == {service, *parts, *team}
        assert {row.author for row in rows} == {actor.signature}
        assert {row.subject for row in rows if row.field == "name"} == {service, *parts, *team}
        assert [each.advice.card.component.ref for each in shown.laid][:1] == [service]
        proposals = self.registry.open_proposals()
        changes = [proposal.change for proposal in proposals if proposal.at == kept.changed_at]
        self.has_asked |= bool(changes)
        for ref, answers in [(service, draft.answers), *((ref, part.answers) for ref, part in parts.items())]:
            component = catalog.components[ref]
            known = {name: value for name, value in answers.items() if value is not None}
            assert component.known_facts == known
            model = recommend(component, catalog, self.book).decision.model
            assert component.model == (model.id if model else None)
            assert (component.review_by is None) == (model is None)
        assert catalog.components[service].depends_on == tuple(
            part.ref.path if part.ref.namespace != "default" else part.ref.name for part in draft.parts
        )
        further = [self.registry.snapshot().teams.find(name, guess=False) for name in draft.further_owners]
        wanted = [(service, draft.primary_owner), *((service, match.refs[0].name) for match in further)]
        for ref, owner in [*wanted, *((ref, part.owner) for ref, part in parts.items())]:
            proposed = [name for change in changes if change.ref == ref for name in change.owners]
            assert not owner or (owner in catalog.teams and owner in (*catalog.components[ref].owners, *proposed))
        for change in changes:
            held = catalog.components[change.ref].owners
            assert bool(change.owners) == (receiver_of(change, catalog.components[change.ref]) not in (None, *held))
        for part in draft.parts:
            if part.existing:
                owners = catalog.owners_of(catalog.components[part.ref])
                askable = [team for team in owners if people_of([team]) or team.slack_usergroup]
                is_asked = bool(askable) and not any(belongs(actor, team) for team in askable)
                assert (Change(part.ref, serves=service) in changes) == is_asked

    @invariant()
    def the_statements_are_the_catalog(self) -> None:
        """Read from the first statement on, the registry is what it is; and no name came to it but by a last step."""
        catalog = self.registry.catalog()
        if catalog.revision == self.read_up_to:
            return
        for revision in range(self.read_up_to + 1, catalog.revision + 1):
            rows = self._rows(revision)
            named = {row.author for row in rows if row.field == "name" and row.value is not None}
            assert revision in self.registrations or named.isdisjoint(actor.signature for actor in PEOPLE_HERE)
            self.stated += rows
        self.read_up_to = catalog.revision
        replayed = Catalog().following(self.stated, catalog.revision)
        assert (replayed.components, replayed.teams) == (catalog.components, catalog.teams)

    def _rows(self, revision: int) -> list[Statement]:
        row = STATEMENTS.c
        columns = (row.subject, row.field, row.value, row.source, row.author, row.stated_at)
        query = select(*columns).where(row.workspace == self.workspace, row.revision == revision).order_by(row.id)
        with self.engine.connect() as connection:
            found = connection.execute(query).all()
        return [
            Statement(Ref.parse(subject), name, None if value is None else json.loads(value), *rest)
            for subject, name, value, *rest in found
        ]


@cache
def _read(content: str) -> RegistryFile:
    return read_registry(FILE, content.encode())


def test_walks(sqlite_at_head: Path, tmp_path: Path) -> None:
    """Each component is absent, a draft or complete; what was finished is never registered again; every form draws."""
    engine = open_engine(f"sqlite:///{shutil.copy(sqlite_at_head, tmp_path / 'walks.db')}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    walks = settings(
        max_examples=WALKS,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(type("Here", (Walks,), {"engine": engine}), settings=walks)
    engine.dispose()
