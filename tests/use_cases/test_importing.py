"""Importing: a source owns what it states, and nothing else changes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.conflicts import conflicts
from assistant.core.entries import Component, Ref, Team
from assistant.errors import ConfigurationError, FileError, Finding
from assistant.formats.codeowners import read_codeowners
from assistant.formats.registry_file import RegistryFile, read_registry
from assistant.storage.repository import Repository
from assistant.use_cases.importing import ImportPlan, import_registry, plan_import

NOW = datetime(2026, 7, 1, tzinfo=UTC)
API = Ref.component("api")

REGISTRY = """
teams: [{name: payments}, {name: risk}]
components:
  - {name: api, owner: payments, description: Takes orders., facts: {team_size: 6}}
  - {name: queue, owner: risk}
"""


def file_of(text: str) -> RegistryFile:
    return read_registry("r.yaml", text.encode())


def plan(text: str, catalog: Catalog, *, source: str = "r.yaml", prune: bool = False) -> ImportPlan:
    return plan_import({source: file_of(text)}, catalog, prune=prune, author="cli", now=NOW)[0]


def after(plan: ImportPlan, catalog: Catalog | None = None) -> Catalog:
    catalog = catalog or Catalog()
    return catalog.following(plan.statements, catalog.revision + 1)


def said(catalog: Catalog, ref: Ref, field: str, value: Any) -> Catalog:
    return catalog.following([Statement(ref, field, value, PEOPLE, "U0ANA", NOW)], catalog.revision + 1)


def test_first_import() -> None:
    """A first import adds every entry, and the catalog says what the file says."""
    planned = plan(REGISTRY, Catalog())
    catalog = after(planned)
    assert tuple(catalog.teams.values()) == file_of(REGISTRY).teams
    assert tuple(catalog.components.values()) == file_of(REGISTRY).components
    assert planned.summary() == "Added 2 components and 2 teams, changed nothing, nothing removed."


def test_importing_again_changes_nothing() -> None:
    """The same file a second time states nothing, with prune or without."""
    catalog = after(plan(REGISTRY, Catalog()))
    for prune in (False, True):
        again = plan(REGISTRY, catalog, prune=prune)
        assert again.statements == ()
        assert again.summary() == "Nothing to change: 4 entries are as in the file."


def test_changes_field_by_field() -> None:
    """Only what the file says differently is stated; a field that left the file is taken back."""
    catalog = after(plan(REGISTRY, Catalog()))
    text = REGISTRY.replace("owner: payments, description: Takes orders.", "owner: risk").replace("6", "7")
    planned = plan(text, catalog)
    assert planned.changed == {
        API: {
            "owners": (["payments"], ["risk"]),
            "facts.team_size": (6, 7),
            "description": ("Takes orders.", None),
        }
    }
    assert planned.unchanged == 3
    assert after(planned, catalog).components[API].description is None


def test_yes_is_not_one() -> None:
    """A fact that changes from 1 to true is changed, although Python finds the two equal."""
    text = "components: [{name: api, facts: {a: %s}}]"
    catalog = after(plan(text % "1", Catalog()))
    assert plan(text % "true", catalog).changed == {API: {"facts.a": (1, True)}}


def test_gone_without_prune() -> None:
    """What left the file is reported and kept."""
    catalog = after(plan(REGISTRY, Catalog()))
    planned = plan("teams: [{name: risk}]\ncomponents: [{name: queue, owner: risk}]", catalog)
    assert planned.gone == (API, Ref.team("payments"))
    assert planned.removed == ()
    assert planned.statements == ()
    assert "kept: 1 component and 1 team" in planned.summary()


def test_gone_with_prune() -> None:
    """With prune, what left the file leaves the database, and nothing of other sources does."""
    catalog = after(plan(REGISTRY, Catalog()))
    catalog = after(plan("components: [{name: other, owner: risk}]", catalog, source="other.yaml"), catalog)
    planned = plan("teams: [{name: risk}]", catalog, prune=True)
    pruned = after(planned, catalog)
    assert set(planned.removed) == {API, Ref.component("queue"), Ref.team("payments")}
    assert set(pruned.components) == {Ref.component("other")}
    assert set(pruned.teams) == {"risk"}
    assert planned.summary() == "Added nothing, changed nothing, 2 components and 1 team removed."


def test_pruning_an_owner() -> None:
    """Pruning a team that still owns what another source states is done, with a warning."""
    catalog = after(plan(REGISTRY, Catalog()))
    catalog = after(plan("components: [{name: other, owner: risk}]", catalog, source="other.yaml"), catalog)
    planned = plan("teams: [{name: payments}]", catalog, prune=True)
    assert planned.warnings == ("team risk is removed, but still named as owner of 1: other",)


def test_pruning_what_the_file_refers_to() -> None:
    """A file whose import would remove the owner that it names is refused, as it would be the next time."""
    catalog = after(plan(REGISTRY, Catalog()))
    text = "components: [{name: api, owner: payments}]"
    assert plan(text, catalog).gone
    with pytest.raises(FileError, match='no team "payments"'):
        plan(text, catalog, prune=True)


def test_what_people_stated_stays() -> None:
    """What people stated in Slack is never touched: not by a change, and not by taking something back."""
    catalog = said(after(plan(REGISTRY, Catalog())), API, "runbook", "https://wiki.acme.example/api")
    planned = plan(REGISTRY.replace("Takes orders.", "Takes money."), catalog)
    assert all(statement.source == "r.yaml" for statement in planned.statements)
    assert after(planned, catalog).components[API].runbook == "https://wiki.acme.example/api"


def test_a_file_that_overrules_people() -> None:
    """Where the file begins to state what people had stated differently, the file decides and a warning says so."""
    catalog = said(after(plan(REGISTRY, Catalog())), API, "oncall", "@ana")
    planned = plan(REGISTRY.replace("Takes orders.", 'x, oncall: "@ben"'), catalog)
    assert planned.warnings == ('r.yaml now decides the oncall of default/api; U0ANA had said "@ana"',)
    assert plan(REGISTRY.replace("Takes orders.", 'x, oncall: "@ana"'), catalog).warnings == ()
    assert plan(REGISTRY.replace("Takes orders.", 'x, oncall: "@ben"'), after(planned, catalog)).warnings == ()


def test_the_source_of_people() -> None:
    """No file can take the place of what people state in Slack."""
    with pytest.raises(ConfigurationError, match="choose another name"):
        plan(REGISTRY, Catalog(), source=PEOPLE)


def test_unknown_owner() -> None:
    """A file that names an unknown owner changes nothing."""
    with pytest.raises(FileError, match='no team "nobody"'):
        plan("components: [{name: a, owner: nobody}]", Catalog())


def test_record() -> None:
    """The record of a plan is JSON, and says what changes, field by field."""
    catalog = after(plan(REGISTRY, Catalog()))
    record = plan(REGISTRY.replace("6", "7"), catalog).record()
    assert json.loads(json.dumps(record)) == {
        "source": "r.yaml",
        "added": [],
        "changed": {"component:default/api": {"facts.team_size": {"before": 6, "after": 7}}},
        "gone": [],
        "removed": [],
        "unchanged": 3,
        "renamed": {},
        "warnings": [],
        "faults": [],
        "notes": [],
        "statements": 1,
    }


NAMES = st.sampled_from(["a", "b/c", "d@e", "f g", "h.i", "Ä"])
FACTS = st.dictionaries(st.sampled_from(["x", "y"]), st.booleans() | st.integers(0, 3) | st.floats(0, 1))
TEAMS = st.lists(
    st.fixed_dictionaries({"name": NAMES}, optional={"title": NAMES, "aliases": st.lists(NAMES, unique=True)})
)
COMPONENTS = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES},
        optional={
            "namespace": st.sampled_from(["n", "default"]),
            "facts": FACTS,
            "tags": st.lists(NAMES),
            "kind": NAMES,
        },
    )
)


def once(entries: list[dict[str, Any]], key: Callable[[dict[str, Any]], Any]) -> list[dict[str, Any]]:
    return list({key(entry): entry for entry in entries}.values())


REGISTRIES = st.builds(
    lambda teams, components: json.dumps(
        {
            "teams": once(teams, lambda team: team["name"]),
            "components": once(components, lambda each: (each.get("namespace", "default"), each["name"])),
        }
    ),
    TEAMS,
    COMPONENTS,
)


@given(REGISTRIES, REGISTRIES, st.booleans())
def test_import_twice_is_import_once(first: str, second: str, prune: bool) -> None:
    """After any import over any other, the source states what the file says, and importing again changes nothing."""
    catalog = after(plan(first, Catalog()))
    catalog = after(plan(second, catalog, prune=prune), catalog)
    assert plan(second, catalog, prune=prune).statements == ()
    for entry in file_of(second).entries:
        held = catalog.teams[entry.name] if entry.ref.kind == "team" else catalog.components[entry.ref]
        assert held == entry
    if prune:
        assert len(catalog.teams) + len(catalog.components) == len(file_of(second).entries)


def test_into_a_database(engine: Engine) -> None:
    """An import writes what it planned, a dry run plans the same and writes nothing."""
    repository = Repository(engine)
    file = file_of(REGISTRY)

    def run(dry_run: bool) -> ImportPlan:
        return import_registry(repository, {"r.yaml": file}, dry_run=dry_run, prune=False, author="cli", now=NOW)[0]

    foreseen = run(dry_run=True)
    assert repository.catalog().components == {}
    assert run(dry_run=False) == foreseen
    assert tuple(Repository(engine).catalog().components.values()) == file.components
    assert run(dry_run=False).statements == ()


def test_a_refused_import_writes_nothing(engine: Engine) -> None:
    """A file that is refused leaves the database as it was."""
    repository = Repository(engine)
    file = file_of("teams: [{name: a}]\ncomponents: [{name: b, owner: nobody}]")
    with pytest.raises(FileError):
        import_registry(repository, {"r.yaml": file}, dry_run=False, prune=False, author="cli", now=NOW)
    assert repository.catalog().teams == {}


REAL = sorted(Path(os.environ["TEST_DATA"], "registries").glob("*.yaml")) if "TEST_DATA" in os.environ else []


@pytest.mark.parametrize("path", REAL or [pytest.param(None, marks=pytest.mark.skip("TEST_DATA is not set"))], ids=str)
def test_real_registries(path: Path) -> None:
    """Real registries are imported as they are, and importing them again changes nothing."""
    file = read_registry(path.name, path.read_bytes())
    [planned] = plan_import({path.name: file}, Catalog(), prune=False, author="cli", now=NOW)
    catalog = after(planned)
    assert len(planned.added) == len(file.entries) == len(catalog.teams) + len(catalog.components)
    [again] = plan_import({path.name: file}, catalog, prune=True, author="cli", now=NOW)
    assert again.statements == ()


def test_a_file_that_changes_no_answer_says_so() -> None:
    """Where an older source goes on deciding, the import of another names it instead of staying silent."""
    first = file_of("teams: [{name: moss}, {name: reed}]\ncomponents: [{name: fern, owner: moss}]")
    [plan] = plan_import({"a.yaml": first}, Catalog(), prune=False, author="cli", now=NOW)
    held = Catalog().following(plan.statements, 1)
    second = file_of("components: [{name: fern, owner: reed}]")
    [plan] = plan_import({"b.yaml": second}, held, prune=False, author="cli", now=NOW)
    assert [w for w in plan.warnings if "a.yaml goes on deciding the owners of default/fern" in w]


def test_files_of_one_import_may_name_each_others_teams() -> None:
    """Several files are one import: their order never matters, and a fault in any of them keeps out all."""
    teams, components = file_of("teams: [{name: moss}]"), file_of("components: [{name: fern, owner: moss}]")
    plans = plan_import({"c": components, "t": teams}, Catalog(), prune=False, author="cli", now=NOW)
    assert [plan.source for plan in plans] == ["c", "t"]
    assert [len(plan.added) for plan in plans] == [1, 1]
    with pytest.raises(FileError):
        plan_import(
            {"t": teams, "x": file_of("components: [{name: a, owner: b}]")},
            Catalog(),
            prune=False,
            author="cli",
            now=NOW,
        )


def test_where_an_entry_stands_is_known(engine: Engine) -> None:
    """An answer names the file and the line of an entry as of the last import, in every process, though nothing else
    changed; what left the file and is kept has no line."""
    mine, others = Repository(engine), Repository(engine)

    def imported(text: str) -> None:
        files = {"conf/r.yaml": read_registry("conf/r.yaml", text.encode())}
        import_registry(mine, files, dry_run=False, prune=False, author="cli", now=NOW)

    def where(ref: Ref) -> list[str]:
        origins = [repository.catalog().origin(ref, "owners") for repository in (mine, others)]
        return [origin.where if origin else "" for origin in origins]

    imported(REGISTRY)
    assert where(API) == ["r.yaml, line 4"] * 2
    imported("# The registry\n\n" + REGISTRY)
    assert where(API) == ["r.yaml, line 6"] * 2
    revision = mine.catalog().revision
    imported("# The registry\n\n" + REGISTRY)
    assert mine.catalog().revision == revision
    imported(REGISTRY.replace("  - {name: queue, owner: risk}\n", ""))
    assert where(Ref.component("queue")) == ["r.yaml"] * 2
    assert Repository(engine).catalog() == mine.catalog()


@pytest.mark.parametrize(
    ("before", "after_", "expected"),
    [
        ("{name: ledger, repo: 'https://git.example/l'}", "{name: books, repo: 'https://git.example/l'}", "books"),
        ("{name: ledger, owner: risk}", "{name: books, owner: risk, aliases: [ledger]}", "books"),
        (
            "{name: ledger, owner: risk, kind: service, tags: [go]}",
            "{name: books, owner: risk, kind: service, tags: [go]}",
            "books",
        ),
        ("{name: ledger, owner: risk}", "{name: books, owner: risk}", None),
        (
            "{name: ledger, repo: 'https://git.example/mono'}",
            "{name: books, repo: 'https://git.example/mono'}\n  - {name: x, repo: 'https://git.example/mono'}",
            None,
        ),
    ],
    ids=["repository", "alias", "all else", "too little", "a shared repository"],
)
def test_what_looks_renamed(before: str, after_: str, expected: str | None) -> None:
    """An entry that came under another name as one like it went is reported as renamed, if only one is like it."""
    head = "teams: [{name: risk}]\ncomponents:\n  - "
    planned = plan(head + after_, after(plan(head + before, Catalog())))
    assert planned.renamed == ({Ref.component("ledger"): Ref.component(expected)} if expected else {})


def test_what_could_not_be_read_is_not_gone() -> None:
    """Where a part of a source could not be read, pruning removes nothing of it, and says so."""
    catalog = after(plan(REGISTRY, Catalog()))
    less = file_of("teams: [{name: payments}, {name: risk}]\ncomponents: [{name: queue, owner: risk}]")
    damaged = replace(less, faults=(Finding("r.yaml", 3, 5, "", "is no component"),))
    [planned] = plan_import({"r.yaml": damaged}, catalog, prune=True, author="cli", now=NOW)
    assert (planned.removed, planned.gone) == ((), (API,))
    assert planned.faults == ("r.yaml:3:5: is no component",)
    assert "1 component kept in spite of --prune, since not all of r.yaml could be read" in planned.warnings
    assert API in after(planned, catalog).components


def test_a_source_that_is_trusted_counts(engine: Engine) -> None:
    """The order of trust decides between files, whichever came first; the import says which goes on deciding."""
    repository = Repository(engine, trust=("z.yaml",))
    files = {name: file_of(REGISTRY.replace("owner: payments", f"owner: {owner}")) for name, owner in OWNERS.items()}
    for name, file in files.items():
        [planned] = import_registry(repository, {name: file}, dry_run=False, prune=False, author="cli", now=NOW)
    assert repository.catalog().components[API].owners == ("risk",)
    assert "z.yaml goes on deciding the owners of default/api: it ranks before a.yaml" in planned.warnings
    assert Repository(engine).catalog().components[API].owners == ("payments",)


SOURCES = st.fixed_dictionaries(
    {
        name: st.lists(
            st.builds(
                Component,
                name=st.sampled_from(["api", "queue"]),
                owners=st.lists(st.sampled_from(["risk", "web"]), max_size=2, unique=True),
                kind=st.none() | st.sampled_from(["service", "library"]),
                aliases=st.lists(st.sampled_from(["one", "two"]), max_size=2, unique=True),
            ),
            max_size=2,
            unique_by=lambda component: component.name,
        )
        for name in ("a.yaml", "svc/b.yaml", "CODEOWNERS")
    }
)


@given(
    sources=SOURCES,
    order=st.permutations(["a.yaml", "svc/b.yaml", "CODEOWNERS"]),
    trust=st.lists(st.sampled_from(["CODEOWNERS", "svc/*", "*.yaml"]), max_size=2).map(tuple),
)
def test_the_order_of_sources_does_not_matter(
    sources: dict[str, list[Component]], order: list[str], trust: tuple[str, ...]
) -> None:
    """Sources that are imported one by one, in whatever order, and once more, come to the same as all at once."""
    teams = (Team(name="risk"), Team(name="web"))
    files = {name: RegistryFile(name, teams, tuple(components)) for name, components in sources.items()}

    def imported(catalog: Catalog, names: Iterable[str]) -> Catalog:
        some = {name: files[name] for name in names}
        plans = plan_import(some, catalog, prune=False, author="cli", now=NOW)
        return catalog.following([each for plan in plans for each in plan.statements], catalog.revision + 1)

    at_once = imported(Catalog(trust=trust), files)
    by_turns = Catalog(trust=trust)
    for name in (*order, *order):
        by_turns = imported(by_turns, [name])
    assert (by_turns.components, by_turns.teams) == (at_once.components, at_once.teams)
    assert conflicts(by_turns) == conflicts(at_once)


OWNERS = {"z.yaml": "risk", "a.yaml": "payments"}


def test_who_owns_a_path_is_known(engine: Engine) -> None:
    """Every process knows the rules about paths of the last import, though nothing else changed, and which went."""
    mine, others = Repository(engine), Repository(engine)

    def imported(text: str, source: str = "CODEOWNERS") -> None:
        file = read_codeowners(source, text.encode(), repository="https://github.com/acme/mono")
        import_registry(mine, {source: file}, dry_run=False, prune=False, author="cli", now=NOW)
        for repository in (mine, others, Repository(engine)):
            assert repository.catalog().paths[source] == file.paths
        assert others.catalog() == mine.catalog()

    imported("/api/ @acme/payments\n*.sql @ana\n/my\\ docs/\n")
    imported("[Code] @acme/payments\n/api/\n!/api/v1/\n", source="others")
    revision = mine.catalog().revision
    imported("[Code] @acme/payments\n/api/\n!/api/v1/\n", source="others")
    assert mine.catalog().revision == revision
    imported("/api/ @acme/payments\n*.py @ana\n/my\\ docs/\n")
    assert mine.catalog().revision == revision + 1
    import_registry(mine, {"others": file_of(REGISTRY)}, dry_run=False, prune=True, author="cli", now=NOW)
    for repository in (mine, others, Repository(engine)):
        assert repository.catalog().paths.keys() == {"CODEOWNERS"}
