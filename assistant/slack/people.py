"""People: who somebody in Slack is, asked of Slack and remembered for some minutes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from assistant.core.policy import Actor
from assistant.slack import payloads
from assistant.slack.calls import code_of

log = structlog.get_logger()

REMEMBERED_S = 300
ONE_BY_ONE = 3
"""Usergroups that are asked for one by one; of more, all are read at once."""
AT_MOST = 10_000
"""People who are remembered at once; past that all are forgotten and asked again."""


@dataclass(frozen=True)
class _Usergroup:
    members: frozenset[str]
    until: float


class People:
    """Whoever acts, as an Actor. A guest, a bot, somebody from another company or somebody gone has no role."""

    def __init__(
        self,
        own_team: str,
        own_enterprise: str | None,
        own_user: str,
        admins: Iterable[str],
        registrars: Iterable[str] = (),
    ) -> None:
        """`admins` and `registrars` by the ids of users and usergroups; no registrars: every member is one."""
        self._own_team = own_team
        self._own_enterprise = own_enterprise
        self._own_user = own_user
        self._admins = frozenset(admins)
        self._registrars = frozenset(registrars)
        self._known: dict[str, tuple[Actor, float]] = {}
        self._usergroups: dict[str, _Usergroup] = {}

    async def actor(self, client: AsyncWebClient, user: str, team: str | None) -> Actor:
        """Return who acts. `team` is the workspace that the payload names, for where Slack tells no other."""
        known = self._known.get(user)
        if known and known[1] > time.monotonic():
            return known[0]
        actor = await self._ask(client, user, team)
        if len(self._known) >= AT_MOST:
            self._known.clear()
        named = self._admins | self._registrars
        if all(each in self._usergroups for each in named if each.startswith("S")) or actor.role in (None, "guest"):
            self._known[user] = (actor, time.monotonic() + REMEMBERED_S)
        return actor

    async def _ask(self, client: AsyncWebClient, user: str, team: str | None) -> Actor:
        try:
            person = payloads.person((await client.users_info(user=user)).data)  # type: ignore[arg-type]
        except SlackApiError as error:
            if code_of(error) in ("user_not_found", "user_not_visible"):
                return Actor(user, user, None)
            raise
        ours = (person["team"] or team) in (None, self._own_team)
        ours = ours or (self._own_enterprise is not None and person["enterprise"] == self._own_enterprise)
        if not person["alive"] or not ours or user == self._own_user:
            return Actor(user, person["name"], None)
        if person["guest"]:
            return Actor(user, person["name"], "guest")
        registers = not self._registrars or await self._is_named(client, user, self._registrars)
        is_admin = await self._is_named(client, user, self._admins)
        return Actor(user, person["name"], "administrator" if is_admin else "member", registers=registers)

    async def _is_named(self, client: AsyncWebClient, user: str, named: frozenset[str]) -> bool:
        """Say whether somebody is named, or is in one of the usergroups that are."""
        members = [await self._members(client, each) for each in named if each.startswith("S")]
        return user in named.union(*members)

    async def administrators(self, client: AsyncWebClient) -> tuple[str, ...]:
        """Return the people who administer the registry, by id: those who are named, and the members of usergroups."""
        people = {admin for admin in self._admins if not admin.startswith("S")}
        for group in self._admins - people:
            people |= await self._members(client, group)
        return tuple(sorted(people))

    async def with_usergroups(self, client: AsyncWebClient, actor: Actor, usergroups: Iterable[str]) -> Actor:
        """Return an actor that knows which of these usergroups it is in."""
        usergroups = set(usergroups)
        if len(usergroups - self._remembered()) > ONE_BY_ONE:
            await self._read_all(client, usergroups)
            usergroups &= self._remembered()  # where they can't be read, they are not asked for one by one either
        mine = [group for group in usergroups if actor.id in await self._members(client, group)]
        return replace(actor, usergroups=actor.usergroups.union(mine))

    def _remembered(self) -> set[str]:
        now = time.monotonic()
        return {group for group, held in self._usergroups.items() if held.until > now}

    async def _read_all(self, client: AsyncWebClient, wanted: Iterable[str]) -> None:
        """Remember who is in each usergroup, by one call: of those for a single one Slack takes 20 a minute."""
        try:
            response = await client.usergroups_list(include_users=True)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("the usergroups could not be read", slack_error=_told(error))
            return
        until = time.monotonic() + REMEMBERED_S
        found = payloads.usergroups(response.data)  # type: ignore[arg-type]
        for group in wanted:  # nobody is in one that Slack does not know, or that was disabled
            self._usergroups[group] = _Usergroup(found.get(group, frozenset()), until)

    async def _members(self, client: AsyncWebClient, group: str) -> frozenset[str]:
        """Return who is in a usergroup. Where Slack does not say, nobody is for now, which is not remembered."""
        held = self._usergroups.get(group)
        if held is not None and held.until > time.monotonic():
            return held.members
        self._usergroups.pop(group, None)
        try:
            response = await client.usergroups_users_list(usergroup=group)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            # Without an answer nobody has the group's rights; whoever asks a question needs none of them.
            log.warning("a usergroup could not be read", usergroup=group, slack_error=_told(error))
            return frozenset()
        members = frozenset(response.get("users") or ())
        self._usergroups[group] = _Usergroup(members, time.monotonic() + REMEMBERED_S)
        return members


def _told(error: Exception) -> str:
    return code_of(error) if isinstance(error, SlackApiError) else type(error).__name__
