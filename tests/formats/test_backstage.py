"""Backstage's catalog files: what is taken from them, and that nothing is lost without a word."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from catalog_info import outcomes
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.catalog import Catalog
from assistant.core.entries import Component, Ref, Team
from assistant.errors import Finding
from assistant.formats.backstage import read_backstage, targets_within
from assistant.formats.registry_file import RegistryFile, check_references

DATA = Path(os.environ["TEST_DATA"]) if "TEST_DATA" in os.environ else None
WITH_DATA = pytest.mark.skipif(DATA is None, reason="TEST_DATA is not set; real catalogs lie there")


def entity(kind: str, name: str | None, spec: dict[str, Any] | None = None, **metadata: Any) -> str:
    """One document; `owner: crew` unless the specification says otherwise."""
    owned = {"owner": "crew"} if kind not in ("Group", "User", "Location") else {}
    named = {"name": name} if name is not None else {}
    document = {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": kind,
        "metadata": {**named, **metadata},
        "spec": {**owned, **(spec or {})},
    }
    return "---\n" + yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def read_texts(*documents: str, **files: str) -> RegistryFile:
    """Read one file `a.yaml` of documents, and others by their names."""
    named = {"a.yaml": "".join(documents), **{f"{name}.yaml": text for name, text in files.items()}}
    return read_backstage("catalog", [(name, text.encode()) for name, text in named.items() if text])


def by_path(file: RegistryFile) -> dict[str, Component]:
    return {component.ref.path: component for component in file.components}


def by_name(file: RegistryFile) -> dict[str, Team]:
    return {team.name: team for team in file.teams}


def only(file: RegistryFile) -> Component:
    (component,) = file.components
    return component


def said(findings: tuple[Finding, ...], words: str) -> Finding:
    """Return the one finding that holds these words."""
    (finding,) = [each for each in findings if words in each.message]
    return finding


SHOP = """\
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: payments
  annotations:
    slack.com/channel: "#payments"
    pagerduty.com/service-id: P0PAY
    pagerduty.com/integration-key: s3cret
spec:
  type: team
  profile: {displayName: Payments Crew, email: payments@acme.example}
  parent: commerce
  children: []
  members: [ana, group-less]
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata:
  name: ana
spec:
  profile: {displayName: Ana, email: ana@acme.example}
  memberOf: [payments]
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata:
  name: bo
  annotations: {slack.com/user-id: U0BOBOBO}
spec:
  memberOf: [payments]
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  title: Checkout
  description: |
    Takes an order to payment.
  tags: [python, 3]
  annotations:
    github.com/project-slug: acme/checkout
    backstage.io/techdocs-ref: url:https://docs.acme.example/checkout
    acme.example/slack-channel: checkout-help
    acme.example/slack-alerts-channel: checkout-alerts
    opsgenie.com/team: Checkout
    acme.example/managed: false
  links:
    - {url: "https://grafana.acme.example/d/1", title: Dashboard}
    - {url: "https://wiki.acme.example/checkout", title: Checkout runbook}
spec:
  type: service
  lifecycle: production
  owner: group:payments
  dependsOn: ["resource:orders-db", "component:legacy/ledger"]
  consumesApis: [stock]
  providesApis: [orders]
  system: shop
  subcomponentOf: storefront
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: orders-db}
spec: {type: database, owner: payments, dependencyOf: ["component:reports"]}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: orders}
spec: {type: openapi, lifecycle: production, owner: payments, system: shop, definition: "openapi: 3"}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: shop}
spec: {owner: payments, domain: selling}
---
apiVersion: backstage.io/v1alpha1
kind: Domain
metadata: {name: selling}
spec: {owner: payments}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: storefront}
spec: {type: website, lifecycle: experimental, owner: payments}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: reports}
spec: {lifecycle: production, owner: payments}
"""


def test_a_catalog() -> None:
    """Teams come with channel, on-call and contacts; components with all that the registry has a field for."""
    file = read_texts(SHOP)
    assert file.faults == ()
    teams = by_name(file)
    assert teams["payments"] == Team(
        name="payments",
        title="Payments Crew",
        parent="commerce",
        slack_channel="#payments",
        oncall="PagerDuty service P0PAY",
        contacts=("payments@acme.example", "ana@acme.example", "@group-less", "U0BOBOBO"),
    )
    assert teams["commerce"] == Team(name="commerce")
    assert by_path(file)["default/checkout"] == Component.model_validate(
        {
            "name": "checkout",
            "title": "Checkout",
            "kind": "service",
            "description": "Takes an order to payment.",
            "owner": "payments",
            "slack_channel": "#checkout-help",
            "oncall": "Opsgenie team Checkout",
            "stage": "production",
            "repo": "https://github.com/acme/checkout",
            "runbook": "https://wiki.acme.example/checkout",
            "links": [
                {"title": "Dashboard", "url": "https://grafana.acme.example/d/1"},
                {"title": "Documentation", "url": "https://docs.acme.example/checkout"},
            ],
            "tags": ["python", "3"],
            "depends_on": ["orders-db", "legacy/ledger", "stock", "orders"],
        }
    )
    assert "s3cret" not in repr(file)


def test_kinds() -> None:
    """Components and resources are of the kind that their type says; APIs, systems and domains are called that."""
    kinds = {component.name: component.kind for component in read_texts(SHOP).components}
    assert kinds == {
        "checkout": "service",
        "orders-db": "database",
        "orders": "api",
        "shop": "system",
        "selling": "domain",
        "storefront": "website",
        "reports": "component",
    }


def test_relations() -> None:
    """Who uses something depends on it, and a whole depends on its parts, wherever that is written."""
    components = by_path(read_texts(SHOP))
    needs = {name.removeprefix("default/"): component.depends_on for name, component in components.items()}
    assert needs == {
        "checkout": ("orders-db", "legacy/ledger", "stock", "orders"),
        "orders-db": (),
        "orders": (),
        "shop": ("checkout", "orders"),
        "selling": ("shop",),
        "storefront": ("checkout",),
        "reports": ("orders-db",),
    }


def test_what_the_registry_finds_wrong() -> None:
    """An import finds each owner and parent, and places what it doubts in the catalog file."""
    errors, warnings = check_references(read_texts(SHOP), Catalog())
    assert errors == []
    assert [str(each) for each in warnings] == [
        'a.yaml:54:37: depends_on[1]: no component is called "legacy/ledger"',
        'a.yaml:55:18: depends_on[2]: no component is called "stock"',
    ]
    assert read_texts(SHOP).places[Ref.component("checkout")] == ("a.yaml", 32)


GROUPS = entity("Group", "crew") + entity("Group", "ops", namespace="infra") + entity("User", "jane")


@pytest.mark.parametrize(
    ("owner", "namespace", "team"),
    [
        ("crew", None, "crew"),
        ("group:crew", None, "crew"),
        ("Group:crew", None, "crew"),
        ("group:default/crew", None, "crew"),
        ("default/crew", None, "crew"),
        ("CREW", None, "crew"),
        ("crew", "infra", "crew"),
        ("ops", "infra", "ops"),
        ("ops", None, "ops"),
        ("group:infra/ops", None, "ops"),
        ("@crew", None, "crew"),
        ({"kind": "Group", "namespace": "infra", "name": "ops"}, None, "ops"),
        ("unheard-of", "infra", "unheard-of"),
        ("group:redhat/devs", None, "devs"),
        ("Data Team", None, "Data Team"),
        ("équipe.ü", None, "équipe.ü"),
        (7, None, "7"),
        ("user:jane", None, "jane"),
        ("user:default/Jane", None, "jane"),
        ("user:joe", None, "joe"),
        ("jane@acme.example", None, "jane@acme.example"),
    ],
)
def test_owners(owner: Any, namespace: str | None, team: str) -> None:
    """An owner is understood in every form in which Backstage and people write it, and is always a team."""
    metadata = {"namespace": namespace} if namespace else {}
    file = read_texts(GROUPS, entity("Component", "x", {"owner": owner}, **metadata))
    assert only(file).owners == (team,)
    assert team in by_name(file)


def test_users_as_owners() -> None:
    """A user who owns something becomes a team with that person as contact, which is said."""
    described = entity("User", "jane", {"profile": {"displayName": "Jane", "email": "jane@acme.example"}})
    file = read_texts(
        described,
        entity("Component", "x", {"owner": "user:jane"}),
        entity("Component", "y", {"owner": "user:joe"}),
        entity("Component", "z", {"owner": "kim@acme.example"}),
    )
    assert by_name(file) == {
        "jane": Team(name="jane", title="Jane", contacts=("jane@acme.example",)),
        "joe": Team(name="joe", contacts=("@joe",)),
        "kim@acme.example": Team(name="kim@acme.example", contacts=("kim@acme.example",)),
    }
    assert said(file.warnings, 'the user "joe" becomes a team').line == 23


@pytest.mark.parametrize(
    "owner", ["unknown", "TBD", "todo", "none", "N/A", "guest", "-", "group:default/unknown", "", None]
)
def test_no_owner(owner: str | None) -> None:
    """Who writes that nobody owns something gets a component without an owner, and a warning."""
    file = read_texts(entity("Component", "x", {"owner": owner}))
    assert only(file).owners == ()
    assert file.teams == ()
    assert said(file.warnings, "without").file == "a.yaml"


def test_a_group_called_as_a_placeholder() -> None:
    """A group that is described is an owner, even when it is called guests."""
    assert only(read_texts(entity("Group", "guests"), entity("Component", "x", {"owner": "guests"}))).owners == (
        "guests",
    )


def test_several_owners() -> None:
    """Where a list of owners is written, all of them are taken, the first as primary."""
    file = read_texts(entity("Component", "x", {"owner": "a", "owners": ["group:b", {"name": "a"}, {"name": "c"}]}))
    assert only(file).owners == ("a", "b", "c")


def test_teams_that_are_only_named() -> None:
    """Owners that no group describes become teams by name, and one warning lists them all."""
    file = read_texts(GROUPS, *(entity("Component", name, {"owner": f"team-{name}"}) for name in "xyz"))
    assert '"team-x", "team-y", "team-z"' in said(file.warnings, "no Group of this source describes").message


def test_groups_of_one_name() -> None:
    """Groups of several namespaces that share a name are told apart by their namespace, outside of the default one."""
    file = read_texts(
        entity("Group", "ops", namespace="infra"),
        entity("Group", "ops"),
        entity("Component", "x", {"owner": "ops"}, namespace="infra"),
        entity("Component", "y", {"owner": "ops"}),
        entity("Component", "z", {"owner": "user:ops"}),
    )
    assert {component.name: component.owners for component in file.components} == {
        "x": ("infra/ops",),
        "y": ("ops",),
        "z": ("user:ops",),
    }
    assert said(file.warnings, '"infra/ops"').line == 2


def test_parents() -> None:
    """A parent is stated by the team or by its parent; a circle is opened, so that the import takes the rest."""
    file = read_texts(
        entity("Group", "all", {"children": ["crew", "ops"]}),
        entity("Group", "crew", {"parent": "middle"}),
        entity("Group", "a", {"parent": "b"}),
        entity("Group", "b", {"parent": "a"}),
    )
    parents = {team.name: team.parent for team in file.teams}
    assert parents == {"all": None, "crew": "middle", "a": None, "b": "a", "middle": None, "ops": "all"}
    assert said(file.warnings, "circle").line == 18
    assert check_references(file, Catalog()) == ([], [])


STAGES = {
    "production": "production",
    "Stable": "production",
    "prod": "production",
    "development": "experimental",
    "alpha": "experimental",
    "beta": "experimental",
    "decommissioned": "deprecated",
    "retired": "deprecated",
    "End of life": "deprecated",
    "end_of_life": "deprecated",
    "unknown": None,
    "-": None,
    "tier 1": None,
    7: None,
    "": None,
}


@pytest.mark.parametrize(("lifecycle", "stage"), STAGES.items())
def test_stages(lifecycle: Any, stage: str | None) -> None:
    """Backstage's lifecycle is the stage, never the lifecycle; a word that is none of its stages is warned of."""
    file = read_texts(entity("Component", "x", {"lifecycle": lifecycle}))
    assert only(file).stage == stage
    assert only(file).lifecycle is None
    odd = [each for each in file.warnings if each.path == "spec.lifecycle"]
    assert len(odd) == (lifecycle in ("tier 1", 7))


@pytest.mark.parametrize(
    ("annotations", "repo"),
    [
        ({"github.com/project-slug": "acme/x"}, "https://github.com/acme/x"),
        ({"gitlab.com/project-slug": "acme/sub/x"}, "https://gitlab.com/acme/sub/x"),
        (
            {"gitlab.com/project-slug": "acme/x", "gitlab.com/instance": "git.acme.example"},
            "https://git.acme.example/acme/x",
        ),
        ({"bitbucket.org/project-slug": "acme/x"}, "https://bitbucket.org/acme/x"),
        ({"backstage.io/source-location": "url:https://github.com/acme/x/"}, "https://github.com/acme/x"),
        ({"backstage.io/source-location": "url:https://github.com/acme/x/tree/main/"}, "https://github.com/acme/x"),
        (
            {"backstage.io/source-location": "url:https://git.acme.example/a/x/-/blob/main"},
            "https://git.acme.example/a/x",
        ),
        (
            {
                "github.com/project-slug": "acme/x",
                "backstage.io/source-location": "url:https://github.com/acme/x/tree/main/services/y",
            },
            "https://github.com/acme/x/tree/main/services/y",
        ),
        (
            {"backstage.io/view-url": "https://github.com/acme/x/blob/main/a/catalog-info.yaml"},
            "https://github.com/acme/x",
        ),
        ({"backstage.io/source-location": "dir:."}, None),
        ({"github.com/project-slug": "just a name"}, None),
    ],
)
def test_repositories(annotations: dict[str, str], repo: str | None) -> None:
    """The repository is found in every annotation that names one; a folder of it stays a folder."""
    assert only(read_texts(entity("Component", "x", annotations=annotations))).repo == repo


@pytest.mark.parametrize(
    ("annotations", "links", "channel"),
    [
        ({"slack.com/channel": "#help"}, [], "#help"),
        ({"slack/channel-id": "C0123ABCD"}, [], "C0123ABCD"),
        ({"acme.com/slack-channel": "https://acme.slack.com/archives/C0123ABCD"}, [], "C0123ABCD"),
        ({"slack.com/channels": "#first, #second"}, [], "#first"),
        ({"slack.com/channel-webhook": "https://hooks.slack.com/services/T0/B0/s3cret"}, [], None),
        ({"acme.com/slack-channel-enabled": "true"}, [], None),
        ({"acme.com/alerts-slack-channel": "alerts", "x.com/slack-channel": "people"}, [], "#people"),
        ({}, ["https://acme.slack.com/archives/C0123ABCD"], "C0123ABCD"),
        ({}, ["slack://channel?team=T0123&id=C0123ABCD"], "C0123ABCD"),
        ({}, ["https://app.slack.com/client/T0123/C0123ABCD"], "C0123ABCD"),
        ({}, ["https://slack.com/"], None),
    ],
)
def test_channels(annotations: dict[str, str], links: list[str], channel: str | None) -> None:
    """A channel is found in annotations about Slack and in links to it; secrets are no channels."""
    written: dict[str, Any] = {"annotations": annotations, "links": [{"url": url, "title": "Chat"} for url in links]}
    file = read_texts(entity("Component", "x", **written), entity("Group", "crew", **written))
    assert only(file).slack_channel == channel
    assert by_name(file)["crew"].slack_channel == channel


def test_fields_that_are_refused() -> None:
    """What the registry cannot hold of an entity is left out with a warning at its place, and the rest is taken."""
    file = read_texts(
        entity(
            "Component",
            "x",
            {"type": ["a"]},
            title="t" * 2000,
            tags=["good", "b\x07d"],
            links=[{"url": "ftp://acme.example"}, {"url": "https://acme.example", "title": "Good"}],
        )
    )
    component = only(file)
    assert (component.title, component.kind, component.tags) == (None, None, ("good",))
    assert [link.title for link in component.links] == ["Good"]
    left_out = [(each.line, each.path) for each in file.warnings if each.message.endswith("; it is left out")]
    assert left_out == [(6, "title"), (9, "tags[1]"), (11, "links[0]"), (17, "kind")]


def test_documents_that_are_no_entities() -> None:
    """What is no entity of Backstage, or of a kind that is not registered, is named and costs nothing else."""
    file = read_texts(
        "just words\n",
        "---\nkind: Component\n",
        "---\nmetadata: {name: x}\n",
        entity("Template", "t"),
        entity("Component", "foreign").replace("backstage.io/v1alpha1", "example.com/v1"),
        entity("Component", "odd").replace("backstage.io/v1alpha1", "backstage.io/v9"),
        "---\nkind: [\n",
        entity("Component", "a/b", namespace="c/d"),
        entity("Component", "good"),
    )
    assert [component.name for component in file.components] == ["odd", "good"]
    assert [each.line for each in file.faults] == [1, 3, 5, 29, 34]
    assert said(file.warnings, '"Template" is left out').line == 8
    assert said(file.warnings, '"example.com/v1" is left out').line == 14


def test_templates() -> None:
    """What is still to be filled in is left out and called a template; a file that it makes unreadable says so."""
    file = read_texts(
        entity("Component", "${{ values.name }}"),
        entity("Component", "x", {"owner": "{{cookiecutter.owner}}"}),
        flow=entity("Component", "x").replace("name: x", "name: {{ values.name }}"),
        broken=entity("API", "x").replace("spec:", "{% if values.api %}\nspec:"),
    )
    assert file.components == ()
    assert len([each for each in file.warnings if "as in a template" in each.message]) == 3
    assert said(file.faults, "as templates do").file == "broken.yaml"


def test_aliases() -> None:
    """Anchors and aliases are read as what they stand for."""
    file = read_texts(
        "metadata: {name: x, tags: &tags [a, b]}\nkind: Component\nspec: {owner: &o crew, type: *o}\n"
        "---\nkind: Component\nmetadata: {name: y, tags: *tags}\nspec: {owner: crew}\n"
    )
    first, second = file.components
    assert (first.tags, first.kind, second.tags) == (("a", "b"), "crew", ())
    assert said(file.faults, "alias").line == 6


def test_duplicates() -> None:
    """Of entities with one kind, namespace and name the first stays, and the later ones say where that is."""
    file = read_texts(
        entity("Component", "x", title="First"),
        entity("Component", "X", title="Second"),
        b=entity("Component", "x", title="Third"),
    )
    assert only(file).title == "First"
    assert [str(each) for each in file.warnings if "stands in" in each.message] == [
        'a.yaml:13:9: metadata.name: component "default/x" stands in line 2 already; this one is left out',
        'b.yaml:5:9: metadata.name: component "default/x" stands in a.yaml:2 already; this one is left out',
    ]


def test_kinds_of_one_name() -> None:
    """A component keeps its name; an API or a system of the same name goes into a namespace of its own."""
    file = read_texts(
        entity("API", "x"),
        entity("System", "x"),
        entity("Component", "x", {"system": "x", "providesApis": ["x"]}),
        entity("Component", "y", {"dependsOn": ["component:x"], "consumesApis": ["x"]}),
    )
    components = by_path(file)
    assert components.keys() == {"default-api/x", "default-system/x", "default/x", "default/y"}
    assert components["default/x"].depends_on == ("default-api/x",)
    assert components["default-system/x"].depends_on == ("default/x",)
    assert components["default/y"].depends_on == ("default/x", "default-api/x")
    assert said(file.warnings, '"default-api/x" here').line == 5


def test_locations(tmp_path: Path) -> None:
    """Targets of locations are followed inside of the folder, patterns too, and each file is read once."""
    texts = {
        "root.yaml": entity(
            "Location",
            "all",
            {"targets": ["./parts/*.yaml", "deep/**/info.yaml", "none.yaml", "../out.yaml", "/etc/hostname"]},
        ),
        "parts/one.yaml": entity("Component", "one") + entity("Location", "back", {"target": "../root.yaml"}),
        "parts/two.yaml": entity("Component", "two"),
        "deep/er/info.yaml": entity("Component", "three"),
        "../out.yaml": entity("Component", "secret"),
    }
    folder = tmp_path / "catalog"
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "parts" / "link.yaml").symlink_to(tmp_path / "out.yaml")
    given = [(str(folder / name), texts[name].encode()) for name in ("root.yaml", "parts/two.yaml")]
    file = read_backstage("catalog", given, targets_within(folder))
    assert sorted(component.name for component in file.components) == ["one", "three", "two"]
    assert file.faults == ()
    assert said(file.warnings, '"../out.yaml" lies outside').line == 11
    assert said(file.warnings, '"/etc/hostname" lies outside').line == 12
    assert said(file.warnings, '"none.yaml" is not among the files').line == 10


def test_locations_elsewhere() -> None:
    """Targets on the web are not fetched, which one warning says; files that were given need no opening."""
    targets = ["https://acme.example/a.yaml", "https://acme.example/b.yaml", "./b.yaml"]
    file = read_texts(entity("Location", "all", {"targets": targets}), b=entity("Component", "x", {"owner": "unknown"}))
    assert only(file).name == "x"
    said(file.warnings, '"https://acme.example/a.yaml" and 1 more are not fetched')
    assert len(file.warnings) == 2


def test_a_location_of_nothing() -> None:
    """A location without targets is named as well."""
    assert said(read_texts(entity("Location", "all", {"targets": []})).warnings, "names no files").line == 7


def test_users_of_no_group() -> None:
    """A user who is in no group is named, so that nobody is lost without a word."""
    assert said(read_texts(entity("User", "jane", {"memberOf": []})).warnings, "belongs to no group").line == 2


# Real catalogs


@WITH_DATA
def test_a_whole_catalog() -> None:
    """A real catalog of 105 entities: each is imported with its owner, or is a duplicate that is reported."""
    assert DATA is not None
    paths = sorted((DATA / "backstage/giantswarm/catalogs").glob("*.yaml"))
    expected = [each for path in paths for each in yaml.safe_load_all(path.read_text()) if each]
    file = read_backstage("giantswarm", [(path.name, path.read_bytes()) for path in paths])

    named = Counter((each["kind"], each["metadata"]["name"]) for each in expected)
    owners = {
        each["metadata"]["name"]: each["spec"]["owner"].split(":")[-1].split("/")[-1]
        for each in reversed(expected)
        if each["kind"] != "Group"
    }
    groups = {name for kind, name in named if kind == "Group"}
    parents = {each["spec"]["parent"] for each in expected if each["kind"] == "Group" and each["spec"].get("parent")}
    assert {component.name: component.owners for component in file.components} == {
        name: (owner,) for name, owner in owners.items()
    }
    assert {team.name for team in file.teams} == groups | set(owners.values()) | parents
    assert file.faults == ()
    duplicates = [finding for finding in file.warnings if "this one is left out" in finding.message]
    assert len(duplicates) == sum(named.values()) - len(named)
    charts = {finding.message.split('"')[1] for finding in duplicates if finding.file == "charts.yaml"}
    assert len(charts) == 6
    assert check_references(file, Catalog())[0] == []


@WITH_DATA
def test_real_files() -> None:
    """Of 105 real files everything is imported or reported, and what is not imported is no entity or a template."""
    assert DATA is not None
    rows = list(outcomes(DATA / "catalog-info"))
    assert len({row.file for row in rows}) == 105
    assert [row for row in rows if row.outcome == "lost"] == []
    assert sorted(
        {row.entity for row in rows if row.outcome == "reported" and not row.entity.startswith("Location")}
    ) == [
        "Component ${{ values.appName }}",
        "None None",
    ]


# Whatever files hold

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
WORDS = st.sampled_from(
    "crew Crew group:crew user:crew group:infra/crew infra/crew unknown a b x X {{v}} component:x api:x https://a.b/c".split()
)
KEYS = st.sampled_from(
    """kind apiVersion metadata spec name namespace title description annotations links tags url type owner owners
    lifecycle system dependsOn dependencyOf consumesApis providesApis subcomponentOf parent children members memberOf
    profile email displayName targets target slack.com/channel platform-assistant/facts platform-assistant/name
    platform-assistant/depends-on platform-assistant/owners << github.com/project-slug""".split()
)
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=5),
    max_leaves=10,
)
FIELDS = st.dictionaries(KEYS, WORDS | st.lists(WORDS, max_size=3) | VALUES, max_size=6)
KINDS = st.sampled_from(["Component", "API", "System", "Resource", "Domain", "Group", "User", "Location", "Template"])
METADATA = st.builds(
    lambda fields, name, namespace: {**fields, "name": name, "namespace": namespace},
    FIELDS,
    WORDS | VALUES,
    st.sampled_from(["default", "infra"]) | VALUES,
)
ENTITIES = st.fixed_dictionaries({"kind": KINDS, "metadata": METADATA, "spec": FIELDS}) | VALUES


def as_yaml(documents: list[Any]) -> bytes:
    return "".join(f"---\n{json.dumps(each)}\n" for each in documents).encode(errors="surrogatepass")


@given(st.lists(ENTITIES, max_size=6))
def test_any_structure(documents: list[Any]) -> None:
    """Whatever stands where in a file, reading it raises nothing and gives entries that the registry takes."""
    file = read_backstage("any", [("any.yaml", as_yaml(documents))])
    for entry in file.entries:
        type(entry).model_validate(entry.model_dump(exclude_defaults=True))
        assert file.origin(entry.ref)[0].label == "any.yaml"
    assert len({entry.ref for entry in file.entries}) == len(file.entries)
    assert check_references(file, Catalog())[0] == []
    assert all(str(each).isprintable() for each in (*file.faults, *file.warnings))


@given(st.binary(max_size=200) | st.text(alphabet="-\n :[]{}&*!|>#ab%\"'\\", max_size=60).map(str.encode))
def test_any_bytes(content: bytes) -> None:
    """Whatever a file consists of, reading it raises nothing."""
    file = read_backstage("any", [("any.yaml", content), ("good.yaml", entity("Component", "good").encode())])
    assert only(file).name == "good"


@given(st.lists(ENTITIES, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_any_order(documents: list[Any], chance: random.Random) -> None:
    """The order in which files come changes nothing."""
    files = [(f"{index}.yaml", as_yaml([document])) for index, document in enumerate(documents)]
    first = read_backstage("any", files)
    chance.shuffle(files)
    assert read_backstage("any", files) == first
