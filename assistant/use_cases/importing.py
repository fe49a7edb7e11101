"""Importing: what a file states becomes the statements of its source, and nothing else changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from assistant.core.catalog import ADDED_UP, NOT_MADE, PEOPLE, Catalog, Statement
from assistant.core.entries import Ref, fields_of
from assistant.errors import ConfigurationError, FileError, Finding
from assistant.formats.positions import quoted
from assistant.formats.registry_file import References, RegistryFile
from assistant.formats.sources import Found
from assistant.storage.repository import Repository
from assistant.use_cases.proposing import close_about_gone

Changes = Mapping[str, tuple[Any, Any]]
"""Field → what its source stated before, and what it states now; None is nothing."""


@dataclass(frozen=True)
class ImportPlan:
    """What an import does. `gone` left the file and stays in the database; `removed` leaves both."""

    source: str
    added: tuple[Ref, ...]
    changed: Mapping[Ref, Changes]
    gone: tuple[Ref, ...]
    removed: tuple[Ref, ...]
    unchanged: int
    warnings: tuple[str, ...]
    statements: tuple[Statement, ...]
    faults: tuple[str, ...] = ()
    """What could not be read, while the rest was imported."""
    notes: tuple[str, ...] = ()
    """How it was read."""
    renamed: Mapping[Ref, Ref] = field(default_factory=dict)
    """What looks as if it had another name now: old → new."""
    rules_change: bool = False
    """Whether the rules about who owns which paths change."""

    def record(self) -> dict[str, Any]:
        """Return the plan in JSON's types, without the statements themselves."""
        return {
            "source": self.source,
            "added": [str(ref) for ref in self.added],
            "changed": {
                str(ref): {name: {"before": before, "after": after} for name, (before, after) in changes.items()}
                for ref, changes in self.changed.items()
            },
            "gone": [str(ref) for ref in self.gone],
            "removed": [str(ref) for ref in self.removed],
            "unchanged": self.unchanged,
            "renamed": {str(old): str(new) for old, new in self.renamed.items()},
            "warnings": list(self.warnings),
            "faults": list(self.faults),
            "notes": list(self.notes),
            "statements": len(self.statements),
        }

    def summary(self) -> str:
        """Say in a sentence or two what changes."""
        kept = f" No longer in the file, but kept: {_counted(self.gone)}." if self.gone else ""
        if not self.statements:
            entries = "1 entry is" if self.unchanged == 1 else f"{self.unchanged} entries are"
            if self.rules_change:
                return f"Changed the rules about paths, and no entry.{kept}"
            return f"Nothing to change: {entries} as in the file.{kept}"
        changed = len(self.changed) or "nothing"
        return f"Added {_counted(self.added)}, changed {changed}, {_counted(self.removed)} removed.{kept}"


Judge = Callable[[Catalog, Catalog], None]
"""Takes the catalog before an import and after it, and raises an AssistantError where it is not to be."""


def import_registry(
    repository: Repository,
    files: Mapping[str, RegistryFile],
    *,
    dry_run: bool,
    prune: bool,
    author: str,
    now: datetime,
    read_at: Mapping[str, Iterable[str]] | None = None,
    judge: Judge | None = None,
) -> list[ImportPlan]:
    """Make the catalog say what files (by source) say, all of them at once or none, and return what that changed.

    With `dry_run`, return what it would change. `read_at`: by path the sources that were found there, which are
    remembered, so that it shows when one is gone. Raises FileError, before anything is written, when a file refers to a
    team that nobody states.
    """
    before = repository.catalog()
    plans = plan_import(files, before, prune=prune, author=author, now=now)
    if dry_run:
        return plans
    with repository.writing() as unit:
        # What was planned while others could write holds nobody up, and is planned again only where somebody did.
        if unit.catalog.revision != before.revision:
            plans = plan_import(files, unit.catalog, prune=prune, author=author, now=now)
        for plan in plans:
            file = files[plan.source]
            unit.state(plan.statements)
            unit.place(plan.source, file.places)
            if file.paths is not None or (prune and not file.faults):
                unit.rule(plan.source, file.paths)
        if judge is not None:
            judge(unit.catalog, unit.so_far())
        for path, sources in (read_at or {}).items():
            unit.remember(path, sources)
        close_about_gone((ref for plan in plans for ref in plan.removed), unit, author, now)
    return plans


def plan_import(
    files: Mapping[str, RegistryFile], catalog: Catalog, *, prune: bool, author: str, now: datetime
) -> list[ImportPlan]:
    """Compare files with what their sources stated before. A source owns what it states; nothing else is touched."""
    if taken := files.keys() & {PEOPLE, *NOT_MADE}:
        raise ConfigurationError(f"--source {taken.pop()} is what people state in Slack; choose another name")
    differences = {source: _difference(file, source, catalog, prune=prune) for source, file in files.items()}
    statements = {
        source: tuple(
            Statement(ref, name, after, source, author, now)
            for ref, fields in (difference.changes | difference.withdrawn).items()
            for name, (_, after) in fields.items()
        )
        for source, difference in differences.items()
    }
    # Files of one import may name each other's teams, so that each is checked against what all of them lead to.
    after = catalog.following([each for some in statements.values() for each in some], catalog.revision)
    teams = {**after.teams, **{name: after.team(name) for name in after.same}}
    references = References(teams, after.components)
    checked = {source: references.check(file) for source, file in files.items()}
    if errors := [error for found, _ in checked.values() for error in found]:
        raise FileError(errors)
    plans: list[ImportPlan] = []
    known = catalog.registered
    for source, (absent, changes, withdrawn) in differences.items():
        added = dict.fromkeys(ref for ref in changes if ref not in known)
        known |= added.keys()
        file = files[source]
        pruned = prune and not file.faults
        plans.append(
            ImportPlan(
                source=source,
                added=tuple(added),
                changed={ref: fields for ref, fields in changes.items() if fields and ref not in added},
                gone=() if pruned else absent,
                removed=absent if pruned else (),
                unchanged=sum(not fields for fields in changes.values()),
                warnings=(
                    *map(str, sorted((*file.warnings, *checked[source][1]))),
                    *_not_pruned(prune, absent, file),
                    *_overruled(changes, source, catalog),
                    *_without_effect(changes, source, after),
                    *_orphaned(withdrawn, after),
                ),
                statements=statements[source],
                faults=tuple(map(str, sorted(file.faults))),
                notes=file.notes,
                renamed=_renamed(absent, added, source, catalog, file),
                rules_change=file.paths is not None and file.paths != catalog.paths.get(source),
            )
        )
    return plans


def no_longer_read(found: Found, catalog: Catalog) -> list[Finding]:
    """Return files that stated something before, are still there, and hold nothing now that is read."""
    places = (place for theirs in catalog.places.values() for place in theirs.values())
    stating = {*catalog.places, *(place.file for place in places)} if found.left_out else ()
    message = "stated something before, and holds nothing now that is read here; mend it, or take it away"
    return [Finding(str(each), 1, 1, "", message) for each in found.left_out if str(each) in stating]


class _Difference(NamedTuple):
    absent: tuple[Ref, ...]
    changes: dict[Ref, Changes]
    withdrawn: dict[Ref, Changes]


def _difference(file: RegistryFile, source: str, catalog: Catalog, *, prune: bool) -> _Difference:
    stated = catalog.stated_by(source)
    entries = {entry.ref: entry for entry in file.entries}
    absent = tuple(sorted(stated.keys() - entries.keys()))
    changes = {ref: _changes(stated.get(ref, {}), fields_of(entry)) for ref, entry in entries.items()}
    withdrawn: dict[Ref, Changes] = {}
    if prune and not file.faults:  # what can't be read today is not gone
        withdrawn = {ref: {name: (value, None) for name, value in stated[ref].items()} for ref in absent}
    return _Difference(absent, changes, withdrawn)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    names = [*after, *(name for name in before if name not in after)]
    return {name: (before.get(name), after.get(name)) for name in names if not _same(before.get(name), after.get(name))}


def _same(one: Any, other: Any) -> bool:
    # To Python True is 1; to a rule, yes and one are different facts.
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _overruled(changes: Mapping[Ref, Changes], source: str, catalog: Catalog) -> Iterator[str]:
    """Where people had decided otherwise, before the file began to state it."""
    for ref, fields in changes.items():
        for name, (_, after) in fields.items():
            held = catalog.origin(ref, name)
            if after is None or name in ADDED_UP or held is None or held.source != PEOPLE or _same(held.value, after):
                continue
            said = ", ".join(map(str, held.value)) if isinstance(held.value, list) else str(held.value)
            yield f"{source} now decides the {name} of {ref.path}; {held.author_name} had said {quoted(said)}"


def _without_effect(changes: Mapping[Ref, Changes], source: str, after: Catalog) -> Iterator[str]:
    """Where another file goes on deciding, so that what this one states changes no answer."""
    for ref, fields in changes.items():
        for name, (_, stated) in fields.items():
            held = after.origin(ref, name)
            if stated is None or name in ADDED_UP or held is None or held.source == source or _same(held.value, stated):
                continue
            yield f"{held.source} goes on deciding the {name} of {ref.path}: it ranks before {source}"


def _not_pruned(prune: bool, absent: Sequence[Ref], file: RegistryFile) -> Iterator[str]:
    if prune and absent and file.faults:
        yield f"{_counted(absent)} kept in spite of --prune, since not all of {file.label} could be read"


def _renamed(
    absent: Sequence[Ref], added: Iterable[Ref], source: str, catalog: Catalog, file: RegistryFile
) -> dict[Ref, Ref]:
    """Return what seems to have another name now: what of it tells it from all others is as it was."""
    added = list(added)
    found: dict[Ref, Ref] = {}
    after = {entry.ref: fields_of(entry) for entry in file.entries if absent and added}
    shared = Counter(fields.get(name) for fields in after.values() for name in _TELLING)
    for old in absent if after else ():
        fields = catalog.stated_about(old, source)
        telling = {name: value for name in _TELLING if (value := fields.get(name)) and shared[value] == 1}
        fits = [new for new in added if new.kind == old.kind and _is_same(old, fields, telling, after[new])]
        if len(fits) == 1 and fits[0] not in found.values():
            found[old] = fits[0]
    return found


_TELLING = ("repo", "slack_usergroup")
"""What tells an entry from all others, where no other has the same."""
_NAMING = frozenset({"name", "namespace", "title", "aliases"})


def _is_same(old: Ref, before: Mapping[str, Any], telling: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    if old.name in after.get("aliases", ()) or any(after.get(name) == value for name, value in telling.items()):
        return True
    kept = {name: value for name, value in before.items() if name not in _NAMING}
    return len(kept) > 1 and kept == {name: value for name, value in after.items() if name not in _NAMING}


def _orphaned(withdrawn: Mapping[Ref, Changes], after: Catalog) -> Iterator[str]:
    for ref in withdrawn:
        owned = after.by_owner.get(ref.name, ()) if ref.kind == "team" and ref.name not in after.teams else ()
        if owned:
            names = ", ".join(component.name for component in owned[:3]) + (", …" if len(owned) > 3 else "")
            yield f"team {ref.name} is removed, but still named as owner of {len(owned)}: {names}"


def _counted(refs: Sequence[Ref]) -> str:
    counts = Counter(ref.kind for ref in refs)
    words = [f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in sorted(counts.items())]
    return " and ".join(words) or "nothing"
