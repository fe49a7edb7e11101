"""CODEOWNERS of a repository as it is, with the owners that count today where these are others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from assistant.core.addresses import address_of
from assistant.core.catalog import Catalog
from assistant.core.entries import Component, Team
from assistant.core.paths import PathRule, PathRules
from assistant.errors import ConfigurationError

_FOLDER = re.compile(r"(?P<repository>https?://[^/]+/.+?)/(?:-/)?tree/[^/]+/(?P<path>.+?)/?")
_GROUP = re.compile(r"@\w[\w.-]*(?:/\w[\w.-]*)+")
_PERSON = re.compile(r"@\w[\w.-]*|[^@\s]+@[^@\s]+")


def codeowners(catalog: Catalog, repository: str | None = None) -> str:
    """Return the file of one repository: the rules that were imported of it, or one for each component in a folder.

    A rule is written as it was, but for the owners of a component that has others today than its file states.
    Without `repository` it is that of the only one that is known; ConfigurationError says which there are.
    """
    homes: dict[str, str] = {}
    for paths in catalog.paths.values():
        homes.setdefault(address_of(_home(paths)), _home(paths))
    ruled = set(homes)
    owned = ((ref, each) for ref, each in sorted(catalog.components.items()) if each.owners)
    folders = {ref: found for ref, each in owned if (found := _FOLDER.fullmatch(each.repo or ""))}
    for found in folders.values():
        homes.setdefault(address_of(found["repository"]), found["repository"])
    home = _chosen(homes, repository)
    if home in ruled:
        lines = [
            line
            for source, paths in sorted(catalog.paths.items())
            if address_of(_home(paths)) == home
            for line in _rules(source, paths, catalog)
        ]
    else:
        here = {
            unquote(found["path"]): catalog.components[ref]
            for ref, found in folders.items()
            if address_of(found["repository"]) == home
        }
        lines = [_folder(path, each, homes[home], catalog) for path, each in sorted(here.items()) if path.isprintable()]
    return "\n".join([f"# {homes[home]}", *lines]) + "\n"


def _home(paths: PathRules) -> str:
    """Return the web address of a repository, or the file where that is not known."""
    return paths.repository or paths.file


def _chosen(homes: dict[str, str], wanted: str | None) -> str:
    """Return the repository that is meant, as addresses are compared."""
    if wanted and address_of(wanted) in homes:
        return address_of(wanted)
    if not homes:
        message = "No component is known as a folder of a repository: import CODEOWNERS, or state repo with its folder,"
        raise ConfigurationError(f"{message} as in https://github.com/acme/mono/tree/HEAD/services/checkout.")
    known = ", ".join(sorted(homes.values()))
    if wanted:
        raise ConfigurationError(f"Nothing is known of {wanted}; name one of these with --repo: {known}.")
    if len(homes) > 1:
        raise ConfigurationError(f"A CODEOWNERS file is of one repository; name it with --repo, of these: {known}.")
    return next(iter(homes))


def _rules(source: str, paths: PathRules, catalog: Catalog) -> Iterator[str]:
    header: str | None = None
    for rule in paths.rules:
        written = rule.header or (f"[{rule.section}]" if rule.section else None)
        if written and written != header:
            header = written
            yield f"\n{header}"
        yield " ".join([rule.pattern, *_owners(rule, source, paths, catalog)])


def _owners(rule: PathRule, source: str, paths: PathRules, catalog: Catalog) -> tuple[str, ...]:
    """Return a rule's owners as they are written, unless its component has others than this source states.

    A component that has its owners from the rules of another repository is a folder there that is called the same.
    """
    component = catalog.components.get(rule.component) if rule.component else None
    stated = catalog.stated_of(component.ref, "owners") if component else []
    is_another = bool(stated) and stated[0].source != source and stated[0].source in catalog.paths
    by_source = next((tuple(each.value) for each in stated if each.source == source), ())
    if component is None or is_another or component.owners == by_source:
        return rule.handles or _handles(rule.owners, paths.repository, catalog)
    return _handles(component.owners, paths.repository, catalog)


def _folder(path: str, component: Component, repository: str, catalog: Catalog) -> str:
    pattern = re.sub(r"[\\\s*?\[\]]", r"\\\g<0>", path)
    return " ".join([f"/{pattern}/", *_handles(component.owners, repository, catalog)])


def _handles(owners: tuple[str, ...], repository: str | None, catalog: Catalog) -> tuple[str, ...]:
    return tuple(_handle(catalog.team(owner), repository) for owner in owners)


def _handle(team: Team, repository: str | None) -> str:
    """Return how a repository calls a team: as it says itself, or by its name in the repository's organisation.

    A person's is taken only where the team is that person, since among other contacts it may be anybody's.
    """
    if group := next(filter(_GROUP.fullmatch, team.contacts), None):
        return group
    for contact in filter(_PERSON.fullmatch, team.contacts):
        if len(team.contacts) == 1 or contact in (team.name, f"@{team.name}"):
            return contact
    organisation = urlsplit(repository or "").path.split("/")[1:2]
    return "@" + "/".join([*organisation, re.sub(r"[^\w.-]+", "-", team.name).strip("-.")])
