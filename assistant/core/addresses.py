"""Finding what is kept at a web address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from assistant.core.entries import Ref
from assistant.core.match import CHOICES, MENTION_LIMIT, Match, Step
from assistant.core.words import fold, repository_name


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


def _organisation(address: str) -> str:
    """Return the host and the first part of an address: whose code it is."""
    return "/".join(address.split("/")[:2])
