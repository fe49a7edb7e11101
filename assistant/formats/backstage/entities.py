"""One document of a Backstage catalog as one entity: what it says of itself, and whom it names.

Fields become the registry's own; names of others stay references until all files are read. The format is described in
https://backstage.io/docs/features/software-catalog/descriptor-format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from assistant.core.entries import DEFAULT_NAMESPACE, Component, Team
from assistant.core.gaps import PLACEHOLDERS
from assistant.core.words import fold
from assistant.formats.backstage.annotations import (
    channel_in,
    channel_of,
    contact_of,
    oncall_of,
    repository_of,
    usergroup_of,
    web_addresses_of,
)
from assistant.formats.backstage.fields import Report, Sheet, name_faults, value_at
from assistant.formats.backstage.references import (
    COMPONENT_KINDS,
    Mention,
    Relation,
    mentions_in,
    owners_in,
    relations_in,
)
from assistant.formats.events import Position
from assistant.formats.positions import Document, quoted
from assistant.formats.stages import STAGES

KINDS = (*COMPONENT_KINDS, "group", "user", "location")
TO_FILL_IN = re.compile(r"\{\{|\{%|\{#")
"""How templates mark what is still to be filled in."""
LONGEST_NAME = 255


class Key(NamedTuple):
    """By what Backstage tells entities apart: case does not count."""

    kind: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Entity:
    """What one document describes. `entry` has neither owners nor parent nor dependencies yet."""

    key: Key
    label: str
    position: Position
    name_position: Position
    entry: Component | Team | None = None
    owners: tuple[Mention, ...] = ()
    relations: tuple[Relation, ...] = ()
    parents: tuple[Mention, ...] = ()
    """Of a group its parent; of a user all groups that it belongs to."""
    children: tuple[Mention, ...] = ()
    members: tuple[Mention, ...] = ()
    targets: tuple[tuple[str, Position], ...] = ()
    optional: bool = False

    @property
    def place(self) -> tuple[str, Position]:
        return self.label, self.position


def read_entity(document: Document, report: Report, *, has_placeholders: bool = False) -> Entity | None:
    """Return what a document describes, or None after saying why it is left out.

    `has_placeholders`: its file holds what only a template holds, so that something which is no text may stand for one.
    """
    kind = _kind_of(document, report)
    if kind == "location":
        return _location(document, report)
    key = kind and _key_of(document, kind, report, has_placeholders=has_placeholders)
    if not key:
        return None
    name = value_at(document, "metadata", "name")
    sheet = Sheet(document, report)
    sheet.put("name", name, "metadata", "name")
    entity = Entity(key, document.label, document.position(()), document.position(("metadata", "name")))
    if key.kind == "user":
        email = value_at(document, "spec", "profile", "email")
        sheet.put_text("title", "spec", "profile", "displayName")
        sheet.add("contacts", contact_of(name, email, sheet.annotations), "metadata", "name")
        entity = replace(
            entity, entry=sheet.admitted(Team), parents=tuple(mentions_in(document, report, "spec", "memberOf"))
        )
    elif key.kind == "group":
        entity = replace(
            entity,
            entry=_team(sheet),
            parents=tuple(mentions_in(document, report, "spec", "parent")),
            children=tuple(mentions_in(document, report, "spec", "children")),
            members=tuple(mentions_in(document, report, "spec", "members")),
        )
    else:
        sheet.put("namespace", key.namespace, "metadata", "namespace")
        entity = replace(
            entity,
            entry=_component(sheet, key.kind),
            owners=owners_in(document, report),
            relations=tuple(relations_in(document, report)),
        )
    return entity if entity.entry else None


def _kind_of(document: Document, report: Report) -> str | None:
    if not isinstance(document.data, dict):
        report.fault(document, "is no entity; write the keys apiVersion, kind, metadata and spec")
        return None
    kind, version = value_at(document, "kind"), value_at(document, "apiVersion")
    if not isinstance(kind, str):
        report.fault(document, "has no kind, which an entity of Backstage needs; leave the file out if it is none")
    elif version is not None and not str(version).startswith("backstage.io/"):
        message = f"{quoted(kind)} of {quoted(str(version))} is left out; only backstage.io/ is read"
        report.warn(document, message, "apiVersion")
    elif kind.lower() not in KINDS:
        report.warn(document, f"{quoted(kind)} is left out; it is no component, team or person", "kind")
    else:
        return kind.lower()
    return None


def _key_of(document: Document, kind: str, report: Report, *, has_placeholders: bool) -> Key | None:
    for path in (("metadata", "name"), ("metadata", "namespace"), ("spec", "owner")):
        value = value_at(document, *path)
        if (isinstance(value, str) and TO_FILL_IN.search(value)) or (value == {} and has_placeholders):
            report.warn(document, "is still to be filled in, as in a template; the entity is left out", *path)
            return None
    name = value_at(document, "metadata", "name")
    namespace = value_at(document, "metadata", "namespace") or DEFAULT_NAMESPACE
    if name is None:
        report.fault(document, "has no name; write one under metadata", "metadata")
        return None
    for part, path in ((namespace, ("metadata", "namespace")), (name, ("metadata", "name"))):
        if faults := name_faults(part, document, path, "the entity"):
            report.faults += faults
            return None
    if len(f"{namespace}-{kind}/{name}") > LONGEST_NAME:
        message = f"is longer, with its namespace, than {LONGEST_NAME} characters; shorten it"
        report.fault(document, message, "metadata", "name")
        return None
    return Key(kind, namespace.lower(), name.lower())


def _location(document: Document, report: Report) -> Entity:
    targets = []
    for path in (("spec", "target"), ("spec", "targets")):
        written = value_at(document, *path)
        for index, target in enumerate(written if isinstance(written, list) else [written]):
            if isinstance(target, str) and target.strip():
                place = (*path, index) if isinstance(written, list) else path
                targets.append((target.strip(), document.position(place)))
    if not targets:
        report.warn(document, "names no files; write its targets", "spec")
    position = document.position(())
    optional = value_at(document, "spec", "presence") == "optional"
    key = Key("location", "", "")
    return Entity(key, document.label, position, position, targets=tuple(targets), optional=optional)


def _team(sheet: Sheet) -> Team | None:
    document = sheet.document
    title = ("spec", "profile", "displayName") if value_at(document, "spec", "profile", "displayName") else None
    sheet.put_text("title", *(title or ("metadata", "title")))
    sheet.put_text("description", "metadata", "description")
    sheet.add("contacts", value_at(document, "spec", "profile", "email"), "spec", "profile", "email")
    sheet.put("slack_usergroup", *usergroup_of(sheet.annotations))
    sheet.put("oncall", *oncall_of(sheet.annotations))
    sheet.put("slack_channel", *channel_of(sheet.annotations))
    for index, (_, _, url) in enumerate(sheet.links()):
        if "slack_channel" not in sheet.values and (channel := channel_in(url)):
            sheet.put("slack_channel", channel, "metadata", "links", index)
    return sheet.admitted(Team)


def _component(sheet: Sheet, kind: str) -> Component | None:
    document = sheet.document
    sheet.put_text("title", "metadata", "title")
    sheet.put_text("description", "metadata", "description")
    # An API is `openapi`, a system is whatever its team calls one: people say API and system.
    typed = value_at(document, "spec", "type") if kind in ("component", "resource") else kind
    if not (isinstance(typed, str) and typed.lower() in PLACEHOLDERS):
        sheet.put("kind", kind if typed in (None, "") else typed, "spec", "type")
    stage = value_at(document, "spec", "lifecycle")
    if stage not in (None, "") and not (isinstance(stage, str) and stage.strip().lower() in PLACEHOLDERS):
        word = stage.strip().lower() if isinstance(stage, str) else ""
        known = STAGES.get(fold(word))
        sheet.put("stage", known, "spec", "lifecycle")
        if known is None:
            stages = ", ".join(dict.fromkeys(STAGES.values()))
            sheet.report.warn(document, f"is no stage and is left out; write one of {stages}", "spec", "lifecycle")
    sheet.put("oncall", *oncall_of(sheet.annotations))
    sheet.put("repo", *repository_of(sheet.annotations))
    sheet.put("slack_channel", *channel_of(sheet.annotations))
    tags = value_at(document, "metadata", "tags")
    for name in ("tags", "links"):
        if not isinstance(written := value_at(document, "metadata", name), list):
            sheet.put(name, written, "metadata", name)  # for the model to refuse
    for index in range(len(tags) if isinstance(tags, list) else 0):
        sheet.add("tags", value_at(document, "metadata", "tags", index), "metadata", "tags", index)
    for index, (title, sort, url) in enumerate(sheet.links()):
        path = ("metadata", "links", index)
        if "slack_channel" not in sheet.values and (channel := channel_in(url)):
            sheet.put("slack_channel", channel, *path)
        elif "runbook" not in sheet.values and "runbook" in f"{title} {sort}".lower() and url.startswith("http"):
            sheet.put("runbook", url, *path)
        else:
            sheet.add("links", {"title": title or url, "url": url}, *path)
    for key, title, url in web_addresses_of(sheet.annotations):
        if title == "Runbook":
            if "runbook" not in sheet.values:
                sheet.put("runbook", url, "metadata", "annotations", key)
        elif all(link["url"] != url for link in sheet.values.get("links", ())):
            sheet.add("links", {"title": title, "url": url}, "metadata", "annotations", key)
    return sheet.admitted(Component)
