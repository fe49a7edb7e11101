"""The catalog files of Backstage: one source of teams and components, whatever else they hold.

What cannot be read costs nothing else, and no document is lost without a word. Entities are put into the order of their
files' names before anything is decided between them, so that the order in which files come never matters.
"""

from __future__ import annotations

import os.path
import posixpath
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from glob import has_magic
from pathlib import Path

from assistant.core.entries import DEFAULT_NAMESPACE, Component, Ref
from assistant.core.gaps import PLACEHOLDERS
from assistant.errors import AssistantError, Finding
from assistant.formats.backstage.entities import LONGEST_NAME, TO_FILL_IN, Entity, Key, read_entity
from assistant.formats.backstage.fields import Report
from assistant.formats.backstage.references import COMPONENT_KINDS, Mention, Relation
from assistant.formats.backstage.teams import Teams, some
from assistant.formats.events import Position
from assistant.formats.positions import Document, quoted, read_documents
from assistant.formats.positions import Path as FieldPath
from assistant.formats.registry_file import Origin, RegistryFile

NamedFile = tuple[str, bytes]
OpenTarget = Callable[[str, str], Iterable[NamedFile]]
"""From the file that holds a Location, and one of its targets (a path or a pattern), to the files that it names."""


def read_backstage(label: str, files: Iterable[NamedFile], open_target: OpenTarget | None = None) -> RegistryFile:
    """Read the catalog files of one source, each with its path, into all the teams and components they describe.

    Locations are followed by `open_target`, each file being read once. Raises nothing for what the files hold: what
    could not be read stands in the result's `faults`, what is doubtful in its `warnings`.
    """
    report = Report()
    entities = _distinct(sorted(_entities(files, open_target, report), key=lambda each: each.place), report)
    teams = Teams(entities, report)
    components, origins = _components(entities, teams, report)
    origins.update(teams.origins)
    return RegistryFile(
        label, teams.entries, components, tuple(sorted(report.warnings)), origins, tuple(sorted(report.faults))
    )


def targets_within(folder: Path) -> OpenTarget:
    """Return what opens the targets of Locations inside of a folder; for what lies outside it raises a ValueError."""
    root = folder.resolve()

    def open_target(label: str, target: str) -> Iterator[NamedFile]:
        pattern = os.path.normpath(Path(label).parent / target)
        fixed = Path(*(part for part in Path(pattern).parts if not has_magic(part)))
        if not fixed.resolve().is_relative_to(root):
            raise ValueError(f"{quoted(target)} lies outside of {folder}; only what is inside is read")
        start = Path(pattern).anchor or "."
        inside = str(Path(pattern).relative_to(start)) if start != "." else pattern
        paths = sorted(Path(start).glob(inside)) if has_magic(pattern) else [Path(pattern)]
        for path in paths:
            if path.is_file() and path.resolve().is_relative_to(root):
                yield str(path), path.read_bytes()

    return open_target


def _entities(files: Iterable[NamedFile], open_target: OpenTarget | None, report: Report) -> Iterator[Entity]:
    seen: set[str] = set()
    locations: list[Entity] = []
    for label, content in files:
        yield from _in_file(label, content, seen, locations, report)
    while locations:
        for label, content in _opened(locations.pop(), open_target, seen, report):
            yield from _in_file(label, content, seen, locations, report)


def _opened(
    location: Entity, open_target: OpenTarget | None, seen: Collection[str], report: Report
) -> Iterator[NamedFile]:
    remote, absent = [], []
    for target, position in location.targets:
        if "://" in target:
            remote.append((target, position))
            continue
        if posixpath.normpath(posixpath.join(posixpath.dirname(location.label), target)) in seen:
            continue
        found = False
        try:
            for file in open_target(location.label, target) if open_target else ():
                found = True
                yield file
        except (AssistantError, OSError, ValueError) as error:
            report.warnings.append(Finding(location.label, *position, "spec", str(error)))
            continue
        if not found and not location.optional:
            absent.append((target, position))
    for targets, what in (
        (remote, "not fetched; import them from a checkout"),
        (absent, "not among the files that are read; add them, or take them out"),
    ):
        if targets:
            more = f" and {len(targets) - 1} more are" if len(targets) > 1 else " is"
            message = f"{quoted(targets[0][0])}{more} {what}"
            report.warnings.append(Finding(location.label, *targets[0][1], "spec", message))


def _in_file(label: str, content: bytes, seen: set[str], locations: list[Entity], report: Report) -> Iterator[Entity]:
    path = posixpath.normpath(label)
    if path in seen:
        return
    seen.add(path)
    is_template = bool(TO_FILL_IN.search(content.decode(errors="replace")))
    hint = "; the file holds {{ or {%, as templates do: fill it in first, or leave it out" if is_template else ""
    for document, found in read_documents(label, content):
        before = len(report.faults)
        if document is not None and document.data is not None:
            entity = read_entity(document, report, has_placeholders=is_template)
            if entity is None and len(report.faults) == before:
                continue  # what is left out on purpose need not be free of faults
            if entity and entity.key.kind == "location":
                locations.append(entity)
            elif entity:
                yield entity
        report.faults += [replace(each, message=each.message + hint) for each in found]


def _distinct(entities: Iterable[Entity], report: Report) -> dict[Key, Entity]:
    """Return entities by what tells them apart: the first of each stays, as in Backstage."""
    kept: dict[Key, Entity] = {}
    for entity in entities:
        first = kept.setdefault(entity.key, entity)
        if first is not entity:
            kind, namespace, name = entity.key
            place = f"line {first.position[0]}" if first.label == entity.label else f"{first.label}:{first.position[0]}"
            message = f"{kind} {quoted(f'{namespace}/{name}')} stands in {place} already; this one is left out"
            report.warnings.append(Finding(entity.label, *entity.name_position, "metadata.name", message))
    return kept


def _components(
    entities: dict[Key, Entity], teams: Teams, report: Report
) -> tuple[tuple[Component, ...], dict[Ref, Origin]]:
    refs = _refs(entities, report)
    needs = _needs(entities, refs, report)
    components: list[Component] = []
    origins: dict[Ref, Origin] = {}
    for key, ref in refs.items():
        entity, owners = entities[key], teams.owners_of(entities[key])
        update = {"namespace": ref.namespace, "owners": tuple(owners), "depends_on": tuple(needs[key])}
        assert isinstance(entity.entry, Component)
        components.append(entity.entry.model_copy(update=update))
        places: dict[FieldPath, Position] = {(): entity.position, ("name",): entity.name_position}
        places |= {("owners", index): position for index, position in enumerate(owners.values())}
        places |= {("depends_on", index): position for index, position in enumerate(needs[key].values()) if position}
        origins[ref] = Document(entity.label, None, places), ()
    return tuple(components), origins


def _needs(entities: dict[Key, Entity], refs: dict[Key, Ref], report: Report) -> dict[Key, dict[str, Position | None]]:
    """Return the names of what each depends on, and where that is written, if it is written there at all."""
    counts = Counter(ref.name for ref in refs.values())
    names = {key: ref.name if counts[ref.name] == 1 else ref.path for key, ref in refs.items()}
    needs: dict[Key, dict[str, Position | None]] = {key: {} for key in refs}
    needed_by: list[tuple[Key, Key]] = []
    without: list[tuple[Entity, Mention]] = []
    for key in refs:
        for relation in entities[key].relations:
            mention = relation.other
            other = _meant(relation, key.namespace, refs)
            if other == key or (other is None and relation.kinds and mention.name.lower() in PLACEHOLDERS):
                continue
            if relation.needs:
                needs[key].setdefault(names[other] if other else _written(mention), mention.position)
            elif other:
                needed_by.append((other, key))
            else:
                without.append((entities[key], mention))
    for other, key in needed_by:  # after all that they say themselves
        needs[other].setdefault(names[key], None)
    if without:
        unknown = sorted({_written(mention) for _, mention in without})
        entity, first = without[0]
        message = f"nothing in this source is called {some(unknown)}, of which others are part; add it to relate them"
        report.warnings.append(Finding(entity.label, *first.position, "spec", message))
    return needs


def _refs(entities: dict[Key, Entity], report: Report) -> dict[Key, Ref]:
    """Name each component. Where several kinds share a name in one namespace, the first of them keeps it."""
    given: dict[Key, Ref] = {}
    holders: dict[Ref, Key] = {}
    displaced: list[tuple[Key, Component]] = []
    for key in sorted((key for key in entities if key.kind in COMPONENT_KINDS), key=lambda each: _RANK[each.kind]):
        entry = entities[key].entry
        assert isinstance(entry, Component)
        if holders.setdefault(entry.ref, key) is key:
            given[key] = entry.ref
        else:
            displaced.append((key, entry))
    for key, entry in displaced:
        namespace, holder = entry.namespace, holders[entry.ref]
        while (ref := Ref.component(entry.name, namespace)) in holders:
            namespace += f"-{key.kind}"
        if len(namespace) > LONGEST_NAME:
            message = f"has the name of the {holder.kind} {quoted(holder.name)}, and is left out; rename one of them"
            report.faults.append(Finding(entities[key].label, *entities[key].name_position, "metadata.name", message))
            continue
        holders[ref], given[key] = key, ref
        message = f"is {quoted(ref.path)} here, since the {holder.kind} {quoted(holder.name)} has the same name"
        report.warnings.append(Finding(entities[key].label, *entities[key].name_position, "metadata.name", message))
    return {key: given[key] for key in entities if key in given}


_RANK = {kind: rank for rank, kind in enumerate(COMPONENT_KINDS)}


def _meant(relation: Relation, namespace: str, refs: dict[Key, Ref]) -> Key | None:
    """Return the entity of this source that is meant, by Backstage's own rules, or else in the default namespace."""
    kind, stated, name, _ = relation.other
    for each in (stated,) if stated else (namespace, DEFAULT_NAMESPACE):
        for possible in (kind,) if kind else relation.kinds:
            if (key := Key(possible, each, name.lower())) in refs:
                return key
    return None


def _written(mention: Mention) -> str:
    return mention.name if mention.namespace in (None, DEFAULT_NAMESPACE) else f"{mention.namespace}/{mention.name}"
