"""Exports: the whole registry as a file, in the formats that it is also read in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from assistant.core.catalog import Catalog
from assistant.core.entries import Component, FactValue, Team
from assistant.formats.backstage.export import backstage_of
from assistant.formats.cells import owners_in, prose_in, written, written_list
from assistant.formats.codeowners_export import codeowners
from assistant.formats.events import reads_as_text


def registry_yaml(catalog: Catalog) -> str:
    """Return the registry file that says what a catalog holds, in the order of names."""
    return yaml.dump(_registry(catalog), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def registry_json(catalog: Catalog) -> str:
    """Return the same as JSON, which is a registry file too."""
    return json.dumps(_registry(catalog), ensure_ascii=False, indent=2) + "\n"


def table(catalog: Catalog) -> str:
    """Return a row for each component, with its team's channel where it has none of its own."""
    facts = sorted({name for component in catalog.components.values() for name in component.facts})
    rows = [_row(component, catalog) for _, component in sorted(catalog.components.items())]
    out = io.StringIO()
    writer = csv.DictWriter(out, [*_COLUMNS, *(f"fact: {name}" for name in facts)], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


_COLUMNS = (
    "component",
    "component namespace",
    "title",
    "owners",
    "channel",
    "on call",
    "kind",
    "description",
    "repository",
    "runbook",
    "stage",
    "lifecycle",
    "ownership",
    "model",
    "look again",
    "aliases",
    "tags",
    "depends on",
)


def _row(component: Component, catalog: Catalog) -> dict[str, Any]:
    return {
        "component": written_list([component.name]),
        "component namespace": written(component.namespace),
        "title": written(component.title),
        "owners": written_list(component.owners, owners_in),
        "channel": written(catalog.channel_of(component)),
        "on call": written(catalog.oncall_of(component)),
        "kind": written(component.kind),
        "description": written(component.description, prose_in),
        "repository": written(component.repo),
        "runbook": written(component.runbook),
        "stage": component.stage,
        "lifecycle": component.lifecycle,
        "ownership": component.ownership,
        "model": written(component.model),
        "look again": component.review_by,
        "aliases": written_list(component.aliases),
        "tags": written_list(component.tags),
        "depends on": written_list(component.depends_on),
        **{f"fact: {name}": _fact(value) for name, value in component.facts.items()},
    }


def _fact(value: FactValue) -> FactValue:
    return written(value) if isinstance(value, str) else value


def _registry(catalog: Catalog) -> dict[str, Any]:
    named = {name for component in catalog.components.values() for name in component.owners}
    named |= {team.parent for team in catalog.teams.values() if team.parent}
    # An owner that nobody states as a team any more has its name at least, without which no file could be read again.
    teams = [_written(catalog.team(name)) for name in sorted(catalog.teams.keys() | named)]
    components = [_written(component) for _, component in sorted(catalog.components.items())]
    return {"teams": teams, "components": components}


def _written(entry: Component | Team) -> dict[str, Any]:
    fields = {"name": entry.name, **entry.model_dump(mode="json", exclude_defaults=True)}
    if len(owners := fields.get("owners", [])) == 1:
        return {
            ("owner" if name == "owners" else name): owners[0] if name == "owners" else value
            for name, value in fields.items()
        }
    return fields


class _Dumper(yaml.SafeDumper):
    """Writes YAML 1.2, where PyYAML knows 1.1: what would be read as a number or a truth there is quoted."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = dumper.represent_str(text)
    return plain if reads_as_text(text) else dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


_Dumper.add_representer(str, _text)

WRITTEN: Mapping[str, Callable[[Catalog], str]] = {
    "registry": registry_yaml,
    "json": registry_json,
    "csv": table,
    "backstage": backstage_of,
    "codeowners": codeowners,
}
"""The formats that are written, by name."""
