"""Questions about a path, `who owns packages/foo/bar.ts`, or a link to one: read as if the path were a name.

Which words are a path is told by how they are written and by the rules: what no rule is about is left to be read as
anything else is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from assistant.core.addresses import paths_at
from assistant.core.catalog import Catalog
from assistant.core.entries import Ref
from assistant.core.forms import Intent
from assistant.core.match import Match
from assistant.core.paths import PathRule, PathRules
from assistant.core.questions import Reading, read
from assistant.core.snapshot import Snapshot
from assistant.core.words import QUESTION_LIMIT

_IN_MARKS = r"\[{1,2}[\w.@+~-]+\]{1,2}|\([\w.@+~-]+\)"
"""Part of a folder's name as routers have it: `[id]`, `[[...slug]]`, `(group)`."""
_WRITTEN = re.compile(
    r"<(?P<link>https?://[^<>|\s]+)[^<>]*>|<[^<>]*>|(?P<url>https?://[^\s<>|]*[^\s<>|.,;:!?)])"
    r"|[`\"“](?P<marked>[^`\"“”\n<>/]*/[^`\"“”\n<>]*\.\w+)[`\"”]"
    rf"|(?<![\w@.+~:/$%-])(?P<path>/?(?:[\w.+~$%-][\w.@+~$%-]*|(?:{_IN_MARKS})(?=/))"
    rf"(?:/(?:[\w.@+~$%-]|{_IN_MARKS})+)*/?(?<!\.))(?::\d+)*(?:#L[\dL-]+)?"
)
"""`marked`: a file's path in backticks or quotes, which may hold spaces."""
_FILE = re.compile(
    r".*\.[A-Za-z][A-Za-z0-9]{0,9}|[A-Z][a-z]+file|BUILD|CHANGELOG|CODEOWNERS|LICENSE|NOTICE|README|WORKSPACE"
)
"""What is surely the name of a file: `main.ts`, `Makefile`, `LICENSE`."""
_HIDDEN = re.compile(r"\.\w.*")
_LONGEST = 250
"""Characters of a path that is looked up."""
_MOST = 8
"""Paths that one message may ask about."""
_STAND_IN = "qzxq-{}"
"""What a path is replaced with while the sentence around it is read: typed as only names are, and in no name."""


@dataclass(frozen=True)
class PathFound:
    """A path, and the rules of one source that count for it. `in_one_of`: how many sources have rules."""

    path: str
    source: str
    file: PathRules
    rules: tuple[PathRule, ...]
    in_one_of: int = 1

    @property
    def because(self) -> str:
        """Say in a sentence by which rules it is owned."""
        rules = " and ".join(f"{rule.pattern}, line {rule.line}" for rule in self.rules)
        where = f" in {self.file.place}" if self.in_one_of > 1 else ""
        return f"{self.path} falls under {rules} of {self.file.name}{where}."

    @property
    def is_for_all(self) -> bool:
        return all(rule.is_for_all for rule in self.rules)

    def component(self, catalog: Catalog) -> Ref | None:
        """Return the component in whose folder the path lies, where no other rule counts for it.

        None where that has its owner from the rules of another repository, in which a folder is called the same.
        """
        components = {rule.component for rule in self.rules}
        only = components.pop() if len(components) == 1 else None
        if only is None or only not in catalog.components:
            return None
        origin = catalog.origin(only, "owners")
        is_another = origin is not None and origin.source != self.source and origin.source in catalog.paths
        # Of two rules about folders that are called the same, the last one says who owns the component.
        owners = dict.fromkeys(owner for rule in self.rules for owner in rule.owners)
        is_of_rules = catalog.stated_about(only, self.source).get("owners", []) == list(owners)
        return only if is_of_rules and not is_another else None


@dataclass(frozen=True)
class PathMention:
    """A path or a link to one, and where in a message it stands. `found`: by file; none where no rule is about it."""

    start: int
    end: int
    path: str
    found: tuple[PathFound, ...]

    def components(self, catalog: Catalog) -> tuple[Ref, ...]:
        return tuple(dict.fromkeys(filter(None, (each.component(catalog) for each in self.found))))


def paths_in(text: str, snapshot: Snapshot) -> tuple[PathMention, ...]:
    """Return the paths that a message names: those that rules are about, and what can be nothing but a path."""
    mentions: list[PathMention] = []
    for match in _WRITTEN.finditer(text[:QUESTION_LIMIT]) if snapshot.catalog.paths else ():
        link = match["link"] or match["url"] or (f"https://{match['path']}" if match["path"] else "")
        mention = _linked(html.unescape(link), match, snapshot.catalog)
        if mention is None and (typed := match["marked"] or match["path"]):
            in_ticks = text[: match.start()].endswith("`") and text.startswith("`", match.end())
            mention = _typed(unquote(typed), match, snapshot, bool(match["marked"]) or in_ticks)
        if mention:
            mentions.append(mention)
        if len(mentions) == _MOST:
            break
    return tuple(mentions)


def _linked(url: str, match: re.Match[str], catalog: Catalog) -> PathMention | None:
    """Take a link into a repository whose rules are known as the path that it leads to."""
    for source, file in catalog.paths.items():
        paths = paths_at(url, file.repository) if file.repository else ()
        if paths:
            found = [each for path in paths for each in _found(path, catalog, [source])]
            found.sort(key=lambda each: (each.component(catalog) is None, each.is_for_all))  # else as they came
            return PathMention(*match.span(), found[0].path if found else paths[0], tuple(found[:1]))
    return None


def _typed(path: str, match: re.Match[str], snapshot: Snapshot, is_quoted: bool) -> PathMention | None:
    """Take what is typed as a path, is no name, and is one surely, or to some rule that is not about everything.

    A word with slashes is one surely where it stands in backticks, begins or ends with a slash, or names a file or
    a hidden folder.
    """
    parts = path.strip("/").split("/")
    is_named_so = bool(_FILE.fullmatch(parts[-1])) or any(map(_HIDDEN.fullmatch, parts))
    is_written_so = is_named_so or path[:1] == "/" or path[-1:] == "/"
    if len(path) > _LONGEST or not (is_written_so or len(parts) > 1):
        return None
    bare = path.strip("/")
    if snapshot.components.find(bare, guess=False).refs or snapshot.teams.find(bare, guess=False).refs:
        return None
    catalog = snapshot.catalog
    found = _found(path, catalog, catalog.paths)
    is_surely = (is_written_so or is_quoted) and len(parts) > 1
    for telling in (lambda each: each.component(catalog), lambda each: not each.is_for_all, lambda _: is_surely):
        if best := tuple(each for each in found if telling(each)):
            return PathMention(*match.span(), path, best)
    return PathMention(*match.span(), path, ()) if is_surely else None


def _found(path: str, catalog: Catalog, sources: Iterable[str]) -> list[PathFound]:
    """Return the rules that count for a path by source, without those about everything where there are others."""
    found = []
    for source in sources:
        file = catalog.paths[source]
        rules = file.matching(path)
        telling = tuple(rule for rule in rules if not rule.is_for_all) or rules
        found += [PathFound(path, source, file, telling, len(catalog.paths))] if rules else []
    return found


def read_paths(
    text: str, named: Sequence[PathMention], snapshot: Snapshot, expect: Intent | None, before: Ref | None
) -> tuple[Reading, tuple[PathMention, ...]] | None:
    """Read a message in which paths are names of the components where they lie, and return those that are asked about.

    None where it asks about no path that a rule is about.
    """
    ruled = {_STAND_IN.format(number): path for number, path in enumerate(path for path in named if path.found)}
    if not ruled:
        return None
    for stand_in, path in reversed(ruled.items()):
        text = f"{text[: path.start]}{stand_in}{text[path.end :]}"
    lying_in = {stand_in: path.components(snapshot.catalog) for stand_in, path in ruled.items()}
    given = {stand_in: refs or (Ref.component(stand_in),) for stand_in, refs in lying_in.items()}
    reading = read(text, snapshot.also_called(given), expect, before)
    asked: list[PathMention] = []
    mentions: list[Match] = []
    for match in reading.mentions:
        word = next((word for word in match.mention.split() if word in ruled), None)
        if word:
            asked.append(ruled[word])
            refs = lying_in[word] if match.refs else ()
            match = replace(match, mention=ruled[word].path, key=ruled[word].path, refs=refs, nearest=())
        mentions.append(match)
    if not asked or reading.intent not in ("owner", "contact", "model"):
        return None
    because = " ".join(dict.fromkeys(found.because for path in asked for found in path.found))
    return replace(reading, mentions=tuple(mentions), because=because), tuple(asked)
