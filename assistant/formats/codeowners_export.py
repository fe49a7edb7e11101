"""CODEOWNERS with the owners that count today: what was read of the paths of repositories, and what registries know."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from assistant.core.catalog import Catalog
from assistant.core.entries import Component, Team
from assistant.core.paths import PathRule, PathRules

_FOLDER = re.compile(r"(?P<repository>https?://[^/]+/.+?)/(?:-/)?tree/[^/]+/(?P<path>.+?)/?")


def codeowners(catalog: Catalog) -> str:
    """Return the rules of every file that was imported, each with its component's owners of today.

    Of a repository for which there is no such file, the components that are folders of it get a rule each.
    """
    blocks = [
        [f"# {paths.repository or paths.file}", *_rules(paths, catalog)] for _, paths in sorted(catalog.paths.items())
    ]
    known = {paths.repository for paths in catalog.paths.values()}
    folders: dict[str, dict[str, Component]] = defaultdict(dict)
    for _, component in sorted(catalog.components.items()):
        found = _FOLDER.fullmatch(component.repo or "")
        if found and component.owners and found["repository"] not in known:
            folders[found["repository"]][unquote(found["path"])] = component
    for repository, components in sorted(folders.items()):
        lines = (_rule(f"/{path}/", each.owners, repository, catalog) for path, each in sorted(components.items()))
        blocks.append([f"# {repository}", *lines])
    if not blocks:
        blocks.append(["# No component is known as a folder of a repository: import CODEOWNERS, or name it in repo,"])
        blocks[0].append("# as in https://github.com/acme/mono/tree/HEAD/services/checkout")
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def _rules(paths: PathRules, catalog: Catalog) -> Iterator[str]:
    section: str | None = None
    for rule in paths.rules:
        if rule.section != section:
            section = rule.section
            yield f"\n[{section}]"
        yield _rule(rule.pattern, _owners(rule, catalog), paths.repository, catalog)


def _owners(rule: PathRule, catalog: Catalog) -> tuple[str, ...]:
    component = catalog.components.get(rule.component) if rule.component else None
    return component.owners if component else rule.owners


def _rule(pattern: str, owners: tuple[str, ...], repository: str | None, catalog: Catalog) -> str:
    escaped = re.sub(r"(?<!\\)\s", r"\\ ", pattern)
    return " ".join([escaped, *(_handle(catalog.team(owner), repository) for owner in owners)])


def _handle(team: Team, repository: str | None) -> str:
    """Return how a repository calls a team: as it says itself, or by its name in the repository's organisation."""
    stated = next((each for each in team.contacts if each.startswith("@") and not re.search(r"\s", each)), None)
    if stated is None:
        stated = next((each for each in team.contacts if re.fullmatch(r"[^@\s]+@[^@\s]+", each)), None)
    organisation = urlsplit(repository or "").path.split("/")[1:2]
    return stated or "@" + "/".join([*organisation, re.sub(r"\s+", "-", team.name)])
