"""Reading what is to be registered: its name, and who will own it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.core.candidates import LONGEST_SPAN
from assistant.core.grammar import DETERMINERS, REGISTERING
from assistant.core.hearing import Said
from assistant.core.match import MENTION_LIMIT
from assistant.core.places import Span
from assistant.core.roles import is_content, is_identifier
from assistant.core.words import Token

_OWNED_BY = frozenset("by squad team under".split())
_ASSIGNED_TO = _OWNED_BY | {"for", "owner", "to"}
"""Words behind which an owner stands that was written as a name."""


@dataclass(frozen=True)
class New:
    """What was said about something to be registered."""

    name: str | None = None
    owner: str | None = None


def read_new(said: Said) -> New:
    """Read a name and an owner, as far as they were said: `gift-card-ledger` and `#sig-scheduling`, say.

    The owner is a team that is known here, or else what stands behind by, under, owner or team.
    """
    tokens = said.tokens
    team = next((one for one in said.teams.chosen() if one.match.sure and len(one.match.refs) == 1), None)
    taken = set(range(team.start, team.end)) if team else set()
    name = _name(tokens, taken)
    if name and team and name[0] <= team.start < name[1]:
        team = None
    behind_name = name[1] if name else 0
    owner = team.match.refs[0].name if team else _unknown_owner(tokens, behind_name)
    return New(_text(tokens, name)[:MENTION_LIMIT] or None if name else None, owner and owner[:MENTION_LIMIT])


def _name(tokens: tuple[Token, ...], taken: set[int]) -> Span | None:
    """Return where the new name stands: written as one, or behind called, or else the first words that may be it."""
    free = [at for at, token in enumerate(tokens) if at not in taken and not token.channel]
    for at in free:
        if is_identifier(tokens[at]) and not _is_behind(tokens, at, _ASSIGNED_TO - {"for", "to"}):
            return at, at + 1
    starts = [at for at in free if is_content(tokens[at])]
    called = [at for at in starts if _is_behind(tokens, at, REGISTERING)]
    start = next(iter(called or starts), None)
    if start is None:
        return None
    end = start + 1
    while end < min(len(tokens), start + LONGEST_SPAN) and end in starts and not tokens[end - 1].break_after:
        end += 1
    return start, end


def _unknown_owner(tokens: tuple[Token, ...], behind: int) -> str | None:
    for at in range(behind, len(tokens)):
        token = tokens[at]
        as_a_name = is_identifier(token) and _is_behind(tokens, at, _ASSIGNED_TO)
        if token.channel or as_a_name or (is_content(token) and _is_behind(tokens, at, _OWNED_BY)):
            return token.text.lstrip("#@")
    return None


def _is_behind(tokens: tuple[Token, ...], at: int, words: frozenset[str]) -> bool:
    """Say whether a token stands behind one of these words, over articles, `is` and `will be`."""
    before = at - 1
    while before >= 0 and tokens[before].word in DETERMINERS | {"is", "will", "be", "="}:
        before -= 1
    return before >= 0 and tokens[before].word in words


def _text(tokens: tuple[Token, ...], span: Span) -> str:
    return " ".join(token.text for token in tokens[slice(*span)])
