"""The catalog as a Backstage file: Backstage takes it, and it reads back as the same teams and components."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from registries import POTTERY, catalog

from assistant.core.catalog import Catalog
from assistant.core.entries import Component, Team
from assistant.formats.backstage import read_backstage
from assistant.formats.backstage.export import backstage_of
from assistant.formats.registry_file import RegistryFile, read_registry
from assistant.settings import packaged_sample

DATA = Path(os.environ["TEST_DATA"]) if "TEST_DATA" in os.environ else None
PACKAGES = ("@backstage/catalog-model@1.10.3", "yaml@2")
Judge = Callable[..., list[dict[str, Any]]]
INSTALL_TIMEOUT_S, JUDGE_TIMEOUT_S = 300, 120


def holding(*entries: Team | Component) -> Catalog:
    return Catalog(
        components={entry.ref: entry for entry in entries if isinstance(entry, Component)},
        teams={entry.name: entry for entry in entries if isinstance(entry, Team)},
    )


def read_back(exported: Catalog) -> RegistryFile:
    return read_backstage("export", [("export.yaml", backstage_of(exported).encode())])


def told(held: Catalog) -> dict[str, dict[str, Any]]:
    """What a catalog says, with dependencies by what they mean and every team that is named."""
    by_name: dict[str, set[str]] = {}
    for ref in held.components:
        by_name.setdefault(ref.name, set()).add(ref.path)
        by_name[ref.path] = {ref.path}
    told: dict[str, dict[str, Any]] = {}
    named = {name for component in held.components.values() for name in component.owners}
    named |= {team.parent for team in held.teams.values() if team.parent}
    for name in {*held.teams, *named}:
        told[f"team {name}"] = held.team(name).model_dump()
    for ref, component in held.components.items():
        needs = {path for name in component.depends_on for path in by_name.get(name, {name})} - {ref.path}
        owners = list(dict.fromkeys(component.owners))
        told[str(ref)] = {**component.model_dump(), "depends_on": needs, "owners": owners}
    for fields in told.values():
        fields["description"] = fields["description"] or None
    return told


def assert_reads_back(exported: Catalog) -> None:
    file = read_back(exported)
    assert file.faults == ()
    assert told(holding(*file.entries)) == told(exported)


FULL = """
teams:
  - {name: Payments, title: Payments Crew, aliases: [pay], parent: commerce, slack_channel: "#pay", oncall: "@pay",
     slack_usergroup: S0PAYPAY, contacts: [pay@acme.example, U0ANA], description: Takes the money.}
  - {name: payments}
  - {name: commerce}
  - {name: Data & Insight, description: "Two\\nlines"}
  - {name: unknown}
  - {name: a/b}
components:
  - {name: checkout, title: Checkout, aliases: [till], kind: service, description: Takes orders., namespace: default,
     owners: [Payments, Data & Insight, payments], slack_channel: "#checkout", oncall: "https://oncall.acme.example/1",
     lifecycle: application-bound, ownership: developers, stage: production, facts: {team_size: 6, regulated: true},
     model: you-build-it-you-run-it, review_by: 2027-05-01, repo: "https://github.com/acme/checkout",
     runbook: "https://wiki.acme.example/checkout", tags: [python, Tier One],
     links: [{title: Board, url: "https://grafana.acme.example/d/1"}, {title: Old, url: "http://[::1]/"}],
     depends_on: [ledger, Labs/Ledger, gone, "odd name"]}
  - {name: ledger, owner: unknown, kind: unknown, repo: not an address, runbook: in the drawer}
  - {name: Ledger, namespace: Labs, owner: a/b, stage: deprecated, repo: "https://git.acme.example/ledger/tree/main/x"}
  - {name: ledger, namespace: labs, owner: gone-team}
  - {name: "odd name", title: Odd}
  - {name: "odd-name"}
  - {name: "ödd näme", kind: "1e3", description: "yes"}
  - {name: "007", tags: ["0o17", "null", "~"]}
"""


def test_everything_reads_back() -> None:
    """Every field of every team and component survives, whatever they are called and however many own them."""
    assert_reads_back(catalog(FULL))


@pytest.mark.parametrize("text", [POTTERY, packaged_sample().decode()], ids=["pottery", "sample"])
def test_registries_read_back(text: str) -> None:
    """A registry that was written for this product survives as well."""
    assert_reads_back(catalog(text))


def test_what_backstage_has_a_field_for() -> None:
    """What Backstage has fields for stands in them, so that people there see it."""
    documents = {each["metadata"]["name"]: each for each in yaml.safe_load_all(backstage_of(catalog(FULL)))}
    assert documents["Payments"] == {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Group",
        "metadata": {
            "name": "Payments",
            "description": "Takes the money.",
            "annotations": {
                "platform-assistant/aliases": '["pay"]',
                "platform-assistant/slack-channel": "#pay",
                "platform-assistant/slack-usergroup": "S0PAYPAY",
                "platform-assistant/oncall": "@pay",
                "platform-assistant/contacts": '["pay@acme.example", "U0ANA"]',
            },
        },
        "spec": {
            "type": "team",
            "profile": {"displayName": "Payments Crew", "email": "pay@acme.example"},
            "parent": "group:default/commerce",
            "children": [],
        },
    }
    checkout = documents["checkout"]
    odd = next(name for name, each in documents.items() if each["metadata"].get("title") == "Odd")
    assert checkout["spec"]["dependsOn"][0] == "component:default/ledger"
    assert checkout["spec"]["dependsOn"][-1] == f"component:default/{odd}"
    assert checkout["spec"]["owner"] == "group:default/Payments"
    assert checkout["metadata"]["tags"] == ["python"]
    assert checkout["metadata"]["annotations"]["github.com/project-slug"] == "acme/checkout"
    assert "platform-assistant/repo" not in checkout["metadata"]["annotations"]
    assert documents["007"]["spec"]["owner"] == "unowned", "there is a team called unknown"


def test_what_changes_in_backstage_counts() -> None:
    """Whoever changes the owner or the description in the exported file changes it here."""
    text = backstage_of(catalog("teams: [{name: a}, {name: b}]\ncomponents: [{name: x, owner: a, description: Old}]"))
    text = text.replace("owner: group:default/a", "owner: b").replace("Old", "New")
    (component,) = read_backstage("export", [("export.yaml", text.encode())]).components
    assert (component.owners, component.description) == (("b",), "New")


def test_the_same_export() -> None:
    """Two exports of one catalog are the same text, in whatever order the catalog came to be."""
    held = catalog(FULL)
    entries: list[Team | Component] = [*held.components.values(), *held.teams.values()]
    assert backstage_of(holding(*reversed(entries))) == backstage_of(held)


REAL = sorted(DATA.glob("registries/*.yaml")) if DATA else []


@pytest.mark.parametrize("path", REAL or [pytest.param(None, marks=pytest.mark.skip("TEST_DATA is not set"))], ids=str)
def test_real_registries_read_back(path: Path) -> None:
    """Real registries survive."""
    assert_reads_back(holding(*read_registry(path.name, path.read_bytes()).entries))


# Any catalog

PLAIN = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
NAMES = st.sampled_from(["a", "A", "b", "b c", "unknown", "{{x}}", "x" * 70, "user:a", "a/b", "n/a", "é"]) | PLAIN
NAMESPACES = st.sampled_from(["default", "labs", "Labs", "l" * 70]) | PLAIN.filter(lambda text: "/" not in text)
LINES = (
    st.sampled_from(["Runbook", "true", " padded ", "1.10", "#x", "https://acme.slack.com/archives/C0123ABCD"]) | PLAIN
)
URLS = st.builds(
    "https://{}".format, st.sampled_from(["a.example", "a.slack.com/archives/C0123ABCD", "1.2.3.4.5", "[", "a:99999"])
)
PROSE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf"]), max_size=20) | st.just(" two\n\nlines\t\n")
FACTS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True),
    st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | PLAIN,
    max_size=3,
)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def some_of(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=3).map(tuple)


TEAMS = st.builds(
    Team,
    name=NAMES,
    title=maybe(LINES),
    aliases=some_of(NAMES),
    slack_channel=maybe(LINES),
    slack_usergroup=maybe(LINES),
    oncall=maybe(LINES),
    contacts=some_of(LINES | st.just("a@b.c")).map(lambda contacts: tuple(dict.fromkeys(contacts))),
    description=maybe(PROSE),
)
COMPONENTS = st.builds(
    Component,
    name=NAMES,
    namespace=NAMESPACES,
    title=maybe(LINES),
    aliases=some_of(NAMES),
    kind=maybe(LINES),
    description=maybe(PROSE),
    owners=some_of(NAMES),
    slack_channel=maybe(LINES),
    oncall=maybe(LINES),
    lifecycle=st.sampled_from([None, "shared"]),
    ownership=st.sampled_from([None, "developers"]),
    stage=st.sampled_from([None, "experimental", "production", "deprecated"]),
    facts=FACTS,
    model=maybe(NAMES),
    review_by=maybe(st.dates()),
    repo=maybe(LINES | URLS),
    runbook=maybe(LINES | URLS),
    links=some_of(st.fixed_dictionaries({"title": LINES, "url": URLS})),
    tags=some_of(LINES),
    depends_on=some_of(NAMES | st.builds("{}/{}".format, NAMESPACES, NAMES)),
)
CATALOGS = st.builds(
    lambda teams, components: holding(*teams, *components),
    st.lists(TEAMS, max_size=3),
    st.lists(COMPONENTS, max_size=5),
)


@given(CATALOGS)
def test_any_catalog_reads_back(exported: Catalog) -> None:
    """Whatever a registry holds, its export reads back as the same teams and components."""
    assert_reads_back(exported)


# Backstage itself


@pytest.fixture(scope="session")
def judge(pytestconfig: pytest.Config) -> Judge:
    """What Backstage says of a catalog file. In CI it is a failure when npm is absent, elsewhere a skip."""
    assert pytestconfig.cache is not None
    folder = pytestconfig.cache.mkdir("backstage")
    node, npm = shutil.which("node"), shutil.which("npm")
    reason = "" if node and npm else "node and npm are not installed; Backstage's own validators need them"
    if npm and not (folder / "node_modules" / "yaml").is_dir():
        flags = ("--no-audit", "--no-fund", "--no-package-lock", "--prefix", str(folder))
        try:
            subprocess.run([npm, "install", *flags, *PACKAGES], cwd=folder, check=True, timeout=INSTALL_TIMEOUT_S)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            reason = "npm cannot install Backstage's own validators; it needs the network once"
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)

    def judge(*texts: str) -> list[dict[str, Any]]:
        command = [str(node), str(Path(__file__).with_name("judge.mjs")), str(folder)]
        sent = json.dumps(texts).encode()
        run = subprocess.run(command, input=sent, capture_output=True, timeout=JUDGE_TIMEOUT_S, check=False)
        assert run.returncode == 0, run.stderr.decode()
        verdicts: list[dict[str, Any]] = json.loads(run.stdout)
        return verdicts

    return judge


@pytest.mark.parametrize("text", [FULL, POTTERY, packaged_sample().decode()], ids=["full", "pottery", "sample"])
def test_backstage_takes_it(text: str, judge: Judge) -> None:
    """Backstage's own validators take every document of an export."""
    exported = catalog(text)
    assert judge(backstage_of(exported)) == [{"taken": len(told(exported)), "refused": []}]


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(exported=st.lists(CATALOGS, min_size=5, max_size=15))
def test_backstage_takes_any_catalog(exported: list[Catalog], judge: Judge) -> None:
    """Whatever a registry holds, Backstage's own validators take its export."""
    expected = [{"taken": len(told(each)), "refused": []} for each in exported]
    assert judge(*map(backstage_of, exported)) == expected


def test_the_judge_judges(judge: Judge) -> None:
    """What Backstage refuses is refused by the judge: names with spaces, and entities without an owner or anything."""
    good = backstage_of(catalog("components: [{name: x}]"))
    changes = {"name: x": "name: x y", "owner: unknown": "note: none", "spec:": "spec2:"}
    for verdict in judge(*(good.replace(found, bad) for found, bad in changes.items())):
        assert verdict["taken"] == 0
        assert len(verdict["refused"]) == 1
