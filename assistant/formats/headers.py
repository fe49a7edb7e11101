"""Which column of a table holds what: by what people call it, and by what they write in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rapidfuzz import fuzz

from assistant.core.gaps import PLACEHOLDERS
from assistant.core.words import fold, split
from assistant.formats.stages import STAGES

_WRITTEN: Mapping[str, str] = {
    "name": """component, service, microservice, application, app, system, component name, service name,
        application name, app name, system name, repo name, repository name, project, project name, product, asset,
        name""",
    "owner": """team, owning team, owner team, team name, squad, owning squad, squad name, responsible team, group,
        owned by, maintained by, maintainers, owner, owners, owner name, primary owner, component owner, service owner,
        application owner, system owner, responsible, ownership""",
    "slack_channel": "slack channel, slack, channel, team channel, team slack, support channel, slack room",
    "repo": """repo, repository, repo url, repository url, repo link, git, git repo, git url, github, github repo,
        github url, gitlab, source, source code, code""",
    "description": "description, desc, purpose, mission, what, what it does, summary, about",
    "oncall": "on call, on call rotation, pager, pagerduty, opsgenie, escalation, rota",
    "runbook": "runbook, playbook, docs, documentation, wiki, confluence",
    "tags": "tags, labels, keywords",
    "kind": "kind, type, component type, service type, category",
    "stage": "stage, lifecycle stage, lifecycle, status, maturity, tier",
    "aliases": "aliases, alias, aka, also known as, other names",
    "depends_on": "depends on, dependencies, dependency, uses, requires, upstream",
    "contacts": """contact, contacts, email, team email, owner email, lead, team lead, tech lead, manager,
        point of contact, product owner, owner, responsible""",
    "title": "title, display name",
    "namespace": "component namespace",
}
"""By field, the headers under which people write it. Of several columns the one that is named first here is taken.

`Namespace` alone is none: in most tables that is Kubernetes'.
"""
CALLED: Mapping[str, str] = {
    "name": "the component",
    "owner": "the owner",
    "slack_channel": "the Slack channel",
    "repo": "the repository",
    "description": "the description",
    "oncall": "who is on call",
    "runbook": "the runbook",
    "tags": "the tags",
    "kind": "the kind",
    "stage": "the stage",
    "aliases": "other names",
    "depends_on": "what it depends on",
    "contacts": "a contact of the team",
    "title": "the title",
    "namespace": "the namespace",
    "lifecycle": "whether it is shared",
    "ownership": "who runs it",
}
"""What a preview says that a column is."""
VALUES: Mapping[str, Mapping[str, str]] = {
    "stage": STAGES,
    "lifecycle": {"shared": "shared", "applicationbound": "application-bound"},
    "ownership": {"developers": "developers", "externalteam": "external-team"},
}
"""What can stand in a field that has few values: by its letters, as the registry writes it."""
_HEADERS = {name: [fold(each) for each in written.split(",")] for name, written in _WRITTEN.items()}
_ALIKE = 85
"""How alike, of 100, letters have to be: `Ownr`, `Team(s)`."""
_BESIDE = frozenset(
    "team squad service component application app owner owning primary main current technical tech name names url urls"
    " link links page handle schedule rotation s".split()
)
"""Words that stand beside what a column holds: `Team Slack`, `Runbook URL`, `Technical owner`."""
WIDEST = 200
"""Columns that are looked at; who has more of them has no table of components."""


def is_said(cell: str) -> bool:
    """Say whether a cell says something, and is not there to be filled in."""
    said = cell.strip(" \t\r\n-–—:").casefold().rstrip(".")
    return bool(said) and said not in PLACEHOLDERS


def known_headers(headers: Sequence[str]) -> dict[str, int]:
    """Return by field the column that holds it, counted from 0.

    A header that is known goes before one that is near, and that before one that has words beside it.
    """
    whole = [fold(header) for header in headers[:WIDEST]]
    columns: dict[str, int] = {}
    for least, written in ((100, whole), (_ALIKE, whole), (_ALIKE, [_bare(header) for header in headers[:WIDEST]])):
        for name, known in _HEADERS.items():
            free = [at for at, header in enumerate(written) if header and at not in columns.values()]
            alike = (at for each in known for at in free if fuzz.ratio(written[at], each) >= least)
            if name not in columns and (best := next(alike, None)) is not None:
                columns[name] = best
    return columns


def _bare(header: str) -> str:
    words = split(header)
    return "".join([word for word in words if word not in _BESIDE] or words[-1:])


def columns_of(headers: Sequence[str], rows: Collection[Sequence[str]]) -> dict[str, int]:
    """Return by field the column that holds it: a lifecycle can be two things, which only its cells tell."""
    said = [{fold(row[at]) for row in rows if at < len(row) and is_said(row[at])} for at in range(len(headers))]
    facts = {
        fact: at
        for fact in ("lifecycle", "ownership")
        for at, header in enumerate(headers)
        if header.casefold() == fact and said[at] and said[at] <= VALUES[fact].keys()
    }
    columns = known_headers(["" if at in facts.values() else header for at, header in enumerate(headers)])
    if "stage" in columns and said[columns["stage"]].isdisjoint(STAGES):
        del columns["stage"]  # tiers, or whatever else they have here
    if "name" not in columns and {"repo", "owner"} <= columns.keys():
        columns["name"] = columns["repo"]
    return columns | facts
