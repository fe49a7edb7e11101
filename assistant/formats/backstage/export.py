"""Teams and components as a catalog file that Backstage takes, and that reads back as the same teams and components.

Backstage has narrow rules for names and no field for much of what a registry holds. Names that break them are made to
fit; what has no field stands in annotations of ours, and only there, so that a field changed in Backstage counts.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from assistant.core.catalog import Catalog
from assistant.core.entries import DEFAULT_NAMESPACE, Component, Ref, Team
from assistant.formats.backstage.entities import read_entity
from assistant.formats.backstage.fields import AS_JSON, OURS, REFERENCES, Report
from assistant.formats.positions import Document

API_VERSION = "backstage.io/v1alpha1"
NOBODY = ("unknown", "unowned", "nobody", "none", "tbd")
"""What stands for the owner of what nobody owns: the first of these that is no team's name."""
_LONGEST = 63
_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_NAMESPACE = re.compile(r"(?=.{1,63}$)[a-z0-9]+(-+[a-z0-9]+)*")
_TAG = re.compile(r"(?=.{1,63}$)[a-z0-9:+#]+(-[a-z0-9:+#]+)*")
_URL = re.compile(r"https?://(?!.*\bxn--)[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z][A-Za-z0-9-]*)*(:[0-9]{1,4})?([/?#][!-~]*)?")
"""Addresses that every reader of them takes; others stand in an annotation."""
_ON_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+)", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def backstage_of(catalog: Catalog) -> str:
    """Write all teams and components of a catalog as the YAML documents of one Backstage catalog file."""
    named = {name for component in catalog.components.values() for name in component.owners}
    named |= {team.parent for team in catalog.teams.values() if team.parent}
    groups = _fitted({*catalog.teams, *named}, _NAME)
    components = _Components(catalog, groups)
    documents: list[dict[str, Any]] = [_group(catalog.team(name), groups) for name in sorted(groups)]
    documents += [components.document(component) for _, component in sorted(catalog.components.items())]
    return "".join(f"---\n{_dumped(document)}" for document in documents)


def _group(team: Team, groups: Mapping[str, str]) -> dict[str, Any]:
    name = groups[team.name]
    profile = {"displayName": team.title, "email": next(iter(team.contacts), None)}
    if not _EMAIL.fullmatch(profile["email"] or ""):
        profile["email"] = None
    metadata = {
        "name": name,
        "title": team.name if team.name != name else None,
        "description": team.description,
    }
    spec = {
        "type": "team",
        "profile": _stated(profile),
        "parent": f"group:default/{groups[team.parent]}" if team.parent else None,
    }
    return _annotated("Group", metadata, {**_stated(spec), "children": []}, team)


class _Components:
    """Components by the names that Backstage has for them."""

    def __init__(self, catalog: Catalog, groups: Mapping[str, str]) -> None:
        self._groups = groups
        taken = {name.lower() for name in groups.values()}
        self._nobody = next(name for name in NOBODY if name not in taken)
        self._by_name: dict[str, list[Ref]] = {}
        by_namespace: dict[str, set[str]] = {}
        for ref in catalog.components:
            self._by_name.setdefault(ref.name, []).append(ref)
            by_namespace.setdefault(ref.namespace, set()).add(ref.name)
        self._refs = set(catalog.components)
        self._namespaces = _fitted({*by_namespace, DEFAULT_NAMESPACE}, _NAMESPACE)
        self._names = {namespace: _fitted(names, _NAME) for namespace, names in by_namespace.items()}

    def document(self, component: Component) -> dict[str, Any]:
        namespace, name = self._namespaces[component.namespace], self._names[component.namespace][component.name]
        on_github = _ON_GITHUB.fullmatch(component.repo or "")
        owners = [f"group:default/{self._groups[owner]}" for owner in component.owners]
        needed = {each: self._called(each) for each in component.depends_on}
        absent = [each for each, refs in needed.items() if not refs]
        links: list[dict[str, str]] = [
            {"url": link.url, "title": link.title} for link in component.links if _URL.fullmatch(link.url)
        ]
        if component.runbook and _URL.fullmatch(component.runbook):
            links.append({"url": component.runbook, "title": "Runbook", "type": "runbook"})
        annotations = {
            "github.com/project-slug": on_github and on_github[1],
            "backstage.io/source-location": component.repo and not on_github and f"url:{component.repo}",
            f"{OURS}further-owners": ", ".join(owners[1:]),
            f"{OURS}depends-on": absent and json.dumps(absent, ensure_ascii=False),
        }
        metadata = {
            "name": name,
            "namespace": namespace if namespace != DEFAULT_NAMESPACE else None,
            "title": component.title or (component.name if component.name != name else None),
            "description": component.description,
            "annotations": _stated(annotations),
            "tags": [tag for tag in component.tags if _TAG.fullmatch(tag)],
            "links": links,
        }
        spec = {
            "type": component.kind or "unknown",
            "lifecycle": component.stage or "unknown",
            "owner": owners[0] if owners else self._nobody,
            "dependsOn": [self._reference(ref) for refs in needed.values() for ref in refs],
        }
        return _annotated("Component", metadata, _stated(spec), component)

    def _called(self, name: str) -> list[Ref]:
        namespace, slash, rest = name.partition("/")
        ref = Ref.component(rest, namespace)
        return [ref] if slash and ref in self._refs else sorted(self._by_name.get(name, ()))

    def _reference(self, ref: Ref) -> str:
        return f"component:{self._namespaces[ref.namespace]}/{self._names[ref.namespace][ref.name]}"


def _annotated(kind: str, metadata: dict[str, Any], spec: dict[str, Any], entry: Team | Component) -> dict[str, Any]:
    """Return an entity with an annotation for each field that does not read back from it as it is."""
    document: dict[str, Any] = {"apiVersion": API_VERSION, "kind": kind, "metadata": _stated(metadata), "spec": spec}
    entity = read_entity(Document("", document), Report())
    assert entity is not None, "names and namespaces were made to fit"
    assert entity.entry is not None, "and so were they"
    read_back, wanted = (each.model_dump(mode="json", exclude=set(REFERENCES)) for each in (entity.entry, entry))
    annotations = document["metadata"].setdefault("annotations", {})
    for name, value in wanted.items():
        if value != read_back[name]:
            text = json.dumps(value, ensure_ascii=False) if name in AS_JSON else value or ""
            annotations[OURS + name.replace("_", "-")] = text
    document["metadata"] = _stated(document["metadata"])
    return document


def _stated(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _fitted(texts: Iterable[str], form: re.Pattern[str]) -> dict[str, str]:
    """Give each text a name of this form: itself wherever that is possible. Case does not tell names apart."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for text in sorted(texts, key=lambda each: (not form.fullmatch(each), each)):
        names = _fitting(text)
        name = text if form.fullmatch(text) else next(names)
        while name.lower() in taken:
            name = next(names)
        taken.add(name.lower())
        given[text] = name
    return given


def _fitting(text: str) -> Iterator[str]:
    """Return names that stand for a text: its letters as far as they can be written, and a digest of it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    digest = hashlib.sha256(text.encode()).hexdigest()
    for length in range(8, _LONGEST):
        yield f"{words[: _LONGEST - 1 - length]}-{digest[:length]}".strip("-").replace("--", "-")


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Quotes whatever some version of YAML could take for anything else than a text."""


def _text(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if text[:1].isalpha() else "'")


_Dumper.add_representer(str, _text)


def _dumped(document: dict[str, Any]) -> str:
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000))
