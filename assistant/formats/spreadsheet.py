"""Tables from spreadsheets, as CSV or TSV: a component or a team in each row, under whatever headers people use."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO
from itertools import islice
from typing import Any

from charset_normalizer import from_bytes
from pydantic import ValidationError

from assistant.core.entries import Component, Ref, Team
from assistant.core.words import fold, split
from assistant.errors import Finding
from assistant.formats.cells import items_in, owners_in, prose_in, text_in
from assistant.formats.events import Position
from assistant.formats.findings import findings_of
from assistant.formats.headers import CALLED, VALUES, WIDEST, columns_of, is_said, known_headers
from assistant.formats.positions import LARGEST_BYTES, Document, Path, quoted
from assistant.formats.registry_file import Origin, RegistryFile

_SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
_FIRST = 20
"""Rows in which the header is looked for, and by which the separator is told."""
_ENCODINGS = "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp932 gb18030 big5 euc_kr".split()
"""What spreadsheets save in, besides UTF."""
_TEAMS = frozenset({"team", "squad"})
"""Words of a header that say whose its channels are: `Team Slack`."""
_TOTALS = frozenset("total totals subtotal grandtotal sum summe gesamt gesamtsumme count".split())
"""How the rows at the end of a table are called, as `fold` has it."""
_ERRORS = frozenset("#REF! #N/A #VALUE! #NAME? #DIV/0! #NUM! #NULL!".split())
_ID_OR_MARKED = re.compile(r"[CG][A-Z0-9]{8,}|\W.*|.*[^\w-].*")
"""A channel that is written as the registry has it: by its id, with its mark, or as an address."""


def read_table(label: str, content: bytes) -> RegistryFile:
    """Read a table of components, or of teams, and say in `notes` how its columns were taken.

    Whatever the content is, nothing is raised: a row that cannot be taken is among the faults, with its number as a
    spreadsheet shows it.
    """
    if len(content) > LARGEST_BYTES:
        message = f"is larger than {LARGEST_BYTES // 1_000_000} MB; split it"
        return RegistryFile(label, faults=(Finding(label, 1, 1, "", message),))
    text, encoding = _decoded(content)
    stated = re.match(r"sep=([,;|\t])\r?\n", text)  # a line with which Excel says so
    text = text[stated.end() :] if stated else text
    separator = stated[1] if stated else max(_SEPARATORS, key=lambda each: _fitness(text, each))
    return _Table(label).read(text, separator, f"read as {encoding}, separated by {_SEPARATORS[separator]}")


def _decoded(content: bytes) -> tuple[str, str]:
    """Return a text and the name of its encoding: what is marked, else UTF-8 where that fits, else the likeliest."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace"), "UTF-16"
    if b"\0" in content[:1000]:  # in every second byte, as long as letters are mostly Latin
        big = content[:1000:2].count(0) > content[1:1000:2].count(0)
        return content.decode("utf-16-be" if big else "utf-16-le", "replace"), "UTF-16"
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8-sig"), "UTF-8"
    found = from_bytes(content, cp_isolation=_ENCODINGS)
    # A few accents fit several encodings as well; then it is the one that most spreadsheets save in.
    likely = sorted(found, key=lambda each: (each.chaos, -each.coherence, "cp1252" not in each.could_be_from_charset))
    encoding = likely[0].encoding if likely else "cp1252"
    if likely and "cp1252" in likely[0].could_be_from_charset:
        encoding = "cp1252"
    return content.decode(encoding, "replace"), encoding.replace("cp12", "Windows-12").replace("_", "-")


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)


def _fitness(text: str, separator: str) -> tuple[int, int, int]:
    """Say how well a separator fits: by the headers that are known then, and by how many rows are equally wide."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(islice(_rows(text, separator), _FIRST))
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return max((len(known_headers(row)) for row in rows), default=0), count, width


def _shown(text: str) -> str:
    return f"“{quoted(text)[1:-1]}”"


@dataclass
class _Table:
    """What is found while a table is read. `columns`: by field, from 0; entries by name, without regard to case."""

    label: str
    columns: dict[str, int] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    components: dict[str, Component] = field(default_factory=dict)
    origins: dict[Ref, Origin] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    joint: dict[str, str] = field(default_factory=dict)
    """Cells that are read as several, though one could be called so: as how many of what."""

    def read(self, text: str, separator: str, how: str) -> RegistryFile:
        """Return what the table states. `how`: the first line of its preview."""
        rows: list[list[str]] = []
        try:
            rows.extend(_rows(text, separator))
        except csv.Error as error:
            message = f"cannot be read from here on ({error}); see whether a quote is left open"
            self.faults.append(Finding(self.label, len(rows) + 1, 1, "", message))
        if rows and text.count('"') % 2 and any("\n" in cell for cell in rows[-1]):
            message = "opens a quote that is closed nowhere, so that all that follows is one cell; close it"
            self.faults.append(Finding(self.label, len(rows), 1, "", message))
            rows.pop()
        head = max(range(min(len(rows), _FIRST)), key=lambda at: (len(known_headers(rows[at])), -at), default=0)
        headers = [" ".join(header.split()) for header in rows[head][:WIDEST]] if rows else []
        below = {at + 1: row for at, row in enumerate(rows) if at > head and any(map(is_said, row))}
        self.columns = columns_of(headers, below.values())
        of_teams = "name" not in self.columns and "owner" in self.columns and len(self.columns) > 1
        if of_teams:
            self.columns = {("name" if name == "owner" else name): at for name, at in self.columns.items()}
            self.columns = {name: at for name, at in self.columns.items() if name in Team.model_fields}
        notes = [how] + ([f"the header is row {head + 1}"] if head else [])
        taken = {at: name for name, at in self.columns.items()}
        for at, header in enumerate(headers):
            called = "the team" if of_teams and taken.get(at) == "name" else CALLED.get(taken.get(at, ""), "not used")
            notes += [f"column {at + 1} {_shown(header)} is {called}"] if header else []
        if "name" in self.columns:
            for number, row in below.items():
                self._read_row(number, row, len(headers), of_teams)
            self._move_channels(of_teams=not _TEAMS.isdisjoint(split(headers[self.columns.get("slack_channel", 0)])))
        elif not self.faults:
            seen = ", ".join(map(_shown, filter(None, headers))) or "nothing"
            message = f"has no column of components or teams; call one Component and one Team, where now stands {seen}"
            self.faults.append(Finding(self.label, head + 1, 1, "", message))
        notes += [f"{_shown(cell)} is read as {several}" for cell, several in self.joint.items()]
        return RegistryFile(
            self.label,
            tuple(self.teams.values()),
            tuple(self.components.values()),
            tuple(sorted(self.warnings)),
            self.origins,
            tuple(sorted(self.faults)),
            tuple(notes),
        )

    def _read_row(self, number: int, row: list[str], width: int, of_teams: bool) -> None:
        """Add what a row states of each that it names, or the faults for which it is left out."""
        places: dict[Path, Position] = {(name,): (number, at + 1) for name, at in self.columns.items()}
        places |= {(): (number, 1), ("owners",): places.get(("owner",), (number, 1))}
        document = Document(self.label, None, places)
        if any(map(str.strip, row[width:])):
            self.faults.append(
                Finding(self.label, number, width + 1, "", "stands in a column without a header; add one")
            )
            return
        values = self._values(row, document)
        cell = values.get("name", "")
        names = list(filter(None, [text_in(cell)])) if of_teams else items_in(cell)
        if not names:
            message = f"names no {'team' if of_teams else 'component'}; write one, or remove the row"
            self.faults.append(document.finding(("name",), message))
        if len(names) > 1:
            self.joint[" ".join(cell.split())] = f"{len(names)} components"
        for name in names:
            if fold(name) in _TOTALS or name in _ERRORS:
                message = f"{quoted(name)} is rather a total, or a fault of the table, than a name; remove the row"
                self.faults.append(document.finding(("name",), message))
                continue
            self._add({**values, "name": name}, document, of_teams)

    def _add(self, values: dict[str, Any], document: Document, of_teams: bool) -> None:
        """Add one component or team, and the teams that own it."""
        contacts = [] if of_teams else values.pop("contacts", [])
        model = Team if of_teams else Component
        try:
            entry = model.model_validate(values)
            owners = [Team(name=name, contacts=(name,) if "@" in name else ()) for name in values.get("owners", ())]
            owners[:1] = [Team(name=team.name, contacts=(*team.contacts, *contacts)) for team in owners[:1]]
        except ValidationError as error:
            self.faults += findings_of(document, error, model)
            return
        if contacts and not owners:
            self.warnings.append(document.finding(("contacts",), "is left out, since there is no owner to reach by it"))
        entries: dict[str, Any] = self.teams if of_teams else self.components
        held = entries.setdefault(entry.ref.path.casefold(), entry)
        differing = [each for each in model.model_fields if getattr(held, each) != getattr(entry, each)]
        if differing := [each for each in differing if each != "name"]:
            first = self.origins[held.ref][0].position(())[0]
            about = " and ".join("the owner" if each == "owners" else CALLED[each] for each in differing)
            message = f"{quoted(entry.name)} stands in row {first} already, which says otherwise about {about}"
            self.faults.append(document.finding(("name",), message))
            return
        self.origins.setdefault(held.ref, (document, ()))
        for team in owners:
            known = self.teams.get(team.name.casefold(), team)
            together = tuple(dict.fromkeys((*known.contacts, *team.contacts)))
            self.teams[known.name.casefold()] = known.model_copy(update={"contacts": together})
            self.origins.setdefault(known.ref, (document, ()))

    def _values(self, row: Sequence[str], document: Document) -> dict[str, Any]:
        """Return what the cells of a row say, by field; what says nothing is left out."""
        values: dict[str, Any] = {}
        for name, at in self.columns.items():
            cell = row[at] if at < len(row) else ""
            if not is_said(cell):
                if cell.strip() and name == "owner":
                    self.warnings.append(
                        document.finding(("owners",), f"is {quoted(cell.strip())}, so it has no owner")
                    )
            elif name in VALUES:
                if known := VALUES[name].get(fold(cell)):
                    values[name] = known
                else:
                    allowed = ", ".join(sorted({*VALUES[name].values()}))
                    message = f"is {quoted(cell.strip())}, which is left out; known are {allowed}"
                    self.warnings.append(document.finding((name,), message))
            elif name == "owner":
                owners = owners_in(cell)
                if len(owners) > len(items_in(cell)):
                    self.joint[" ".join(cell.split())] = f"{len(owners)} owners"
                values["owners"] = [held.name if (held := self.teams.get(o.casefold())) else o for o in owners]
            elif name in ("aliases", "contacts", "depends_on", "tags"):
                values[name] = items_in(cell)
            elif name == "name":
                is_address = at == self.columns.get("repo")
                values[name] = text_in(cell).rstrip("/").removesuffix(".git").rpartition("/")[2] if is_address else cell
            elif text := (prose_in if name == "description" else text_in)(cell):
                is_bare = name == "slack_channel" and not _ID_OR_MARKED.fullmatch(text)
                values[name] = f"#{text}" if is_bare else text
        return values

    def _move_channels(self, *, of_teams: bool) -> None:
        """Give a channel to the team where two of its rows at least have it, and none has another.

        `of_teams`: the column says that its channels are the teams', so that one row is enough.
        """
        rows: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for component in self.components.values():
            if component.owners and component.slack_channel:
                row, _ = self.origins[component.ref][0].position(())
                rows[component.owners[0].casefold()][component.slack_channel].add(row)
        shared = set()
        for team, channels in rows.items():
            channel, theirs = next(iter(channels.items()))
            if len(channels) == 1 and (of_teams or len(theirs) > 1):
                shared.add(team)
                self.teams[team] = self.teams[team].model_copy(update={"slack_channel": channel})
        for name, component in self.components.items():
            if component.owners and component.owners[0].casefold() in shared:
                self.components[name] = component.model_copy(update={"slack_channel": None})
