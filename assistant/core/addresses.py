"""Finding what is kept at a web address."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote

from assistant.core.entries import Ref
from assistant.core.match import CHOICES, MENTION_LIMIT, Match, Step
from assistant.core.words import fold, repository_name

_IN_REPOSITORY = re.compile(
    r"(?:-/)?(?:blob|tree|blame|raw|edit|commits|src(?:/(?:branch|commit|tag))?)/(?:refs/(?:heads|tags)/)?(?P<rest>.+)"
)
_ONE_PART = re.compile(r"main|master|HEAD|develop|trunk|[0-9a-f]{7,40}|v?\d[\w.-]*")
"""Names of branches, commits and tags that go on in no further part of an address."""
_LONGEST_REF = 4
"""Parts that the name of a branch has at most."""


class Addresses:
    """An index over the addresses of repositories, as `address_of` returns them."""

    def __init__(self, addresses: Iterable[tuple[Ref, str]], organisations: Iterable[str] = ()) -> None:
        """`organisations`: further ones, of whose addresses no more is known."""
        self._refs: dict[str, list[Ref]] = defaultdict(list)
        for ref, address in addresses:
            self._refs[address].append(ref)
        self.organisations = {*map(_organisation, self._refs), *organisations}
        self._owners = {fold(each.rpartition("/")[2]) for each in self.organisations}

    def may_be_of(self, organisation: str) -> bool:
        """Say whether an organisation keeps something here; where no address is known, any may."""
        return not self._owners or fold(organisation) in self._owners

    def find(self, url: str) -> Match | None:
        """Find what is kept at a web address or above it, as a pull request is above its repository's.

        An address of a code host that nobody registered is not found, even where its last part is a name here: the
        same name in another organisation is another thing.
        """
        path = address_of(url)
        while "/" in path:
            if refs := self._refs.get(path):
                return Match(url[:MENTION_LIMIT], Step.NAME, tuple(refs[:CHOICES]), key=url[:MENTION_LIMIT])
            path = path.rpartition("/")[0]
        name = repository_name(url)
        if name is None:
            return Match(url[:MENTION_LIMIT])
        if not self._refs:
            return None
        if _organisation(address_of(url)) in self.organisations:
            return None
        return Match("/".join(address_of(url).split("/")[1:3])[:MENTION_LIMIT])


@lru_cache(maxsize=200_000)
def address_of(url: str) -> str:
    """Return an address as it is compared: without scheme, query and the marks that people leave at its end."""
    path = url.partition("://")[2] or url
    return path.partition("?")[0].partition("#")[0].rstrip("/.,").removesuffix(".git").removeprefix("www.").casefold()


def paths_at(url: str, repository: str) -> tuple[str, ...]:
    """Return the paths in a repository that a web address may lead to, the likeliest first; none for other links.

    There are several where the name of the branch may hold slashes, which nothing in an address tells from a path.
    """
    bare = url.partition("://")[2].removeprefix("www.").partition("?")[0].partition("#")[0]
    home = f"{address_of(repository)}/"
    inside = _IN_REPOSITORY.fullmatch(bare[len(home) :]) if bare.casefold().startswith(home) else None
    if not inside:
        return ()
    parts = unquote(inside["rest"]).strip("/").split("/")
    longest = 1 if _ONE_PART.fullmatch(parts[0]) else _LONGEST_REF
    return tuple("/".join(parts[at:]) for at in range(1, min(longest + 1, len(parts))))


def _organisation(address: str) -> str:
    """Return the host and the first part of an address: whose code it is."""
    return "/".join(address.split("/")[:2])
