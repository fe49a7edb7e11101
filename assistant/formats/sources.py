"""Sources: the files that people give, whatever their format, and what each of them states."""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias, get_args

from assistant.errors import ConfigurationError, FileError, Finding
from assistant.formats.backstage import NamedFile, read_backstage, targets_within
from assistant.formats.checkouts import counting, repository_of
from assistant.formats.codeowners import read_codeowners
from assistant.formats.registry_file import RegistryFile, read_registry
from assistant.formats.spreadsheet import read_table

Format = Literal["registry", "backstage", "codeowners", "csv"]
FORMATS: tuple[str, ...] = get_args(Format)

_TABLES = frozenset({".csv", ".tsv"})
_DATA = frozenset({".yaml", ".yml", ".json"})
_PASSED_BY = frozenset({".git", "node_modules", ".venv"})
"""Folders in which nobody keeps a registry, and others keep thousands of files."""
_KEY = re.compile(rb"""^["']?([A-Za-z]\w*)["']?[ ]*:(?=\s)""", re.MULTILINE)
_BACKSTAGE = re.compile(
    rb"""^["']?(?:apiVersion["']?[ ]*:\s*["']?backstage\.io/"""
    rb"""|kind["']?[ ]*:\s*["']?(?:Component|API|Resource|System|Domain|Group|User|Location|Template)\b)""",
    re.MULTILINE | re.IGNORECASE,
)
_OTHERS = frozenset({"openapi", "swagger", "asyncapi"})
"""Keys beside which `components` are something else."""

Report: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True)
class Source:
    """Files that are read together. `name`: what they are called as a source, unless people say otherwise."""

    name: str
    format: Format
    files: tuple[NamedFile, ...]
    folder: Path
    """References to other files stay in it."""


class Found(NamedTuple):
    """What was found where people pointed to. `left_out`: files in a folder that hold something else.

    `faults`: of files that can't be read, whatever they hold.
    """

    sources: tuple[Source, ...]
    left_out: tuple[Path, ...]
    faults: tuple[Finding, ...] = ()


def find_sources(given: Path, wanted: Format | None = None) -> Found:
    """Return the sources in a file, a folder or a pattern such as `services/*/catalog-info.yaml`.

    Every file is a source of its own; but the Backstage files of a folder or a pattern, which speak of one another,
    are one. `wanted`: the format of all; None: as each looks. Raises ConfigurationError where nothing is to be read.
    """
    files, faults = files_at(given, wanted)
    if files == [given]:
        try:
            label = _label(given)
        except UnicodeEncodeError as error:
            raise ConfigurationError(str(_unreadable(given, error))) from None
        content = read_file(given)
        format_ = wanted or _format_of(given, content) or "registry"
        return Found((Source(label, format_, ((label, content),), given.parent),), ())
    sources: list[Source] = []
    together: list[NamedFile] = []
    left_out: list[Path] = []
    owning = counting(file for file in files if (wanted or _named(file)) == "codeowners")
    for file in files:
        try:
            label, content = _label(file), file.read_bytes()
        except (OSError, UnicodeEncodeError) as error:
            faults.append(_unreadable(file, error))
            continue
        format_or_none = wanted or _format_of(file, content)
        if format_or_none is None or (format_or_none == "codeowners" and file not in owning):
            left_out.append(file)
        elif format_or_none == "backstage":
            together.append((label, content))
        else:
            sources.append(Source(label, format_or_none, ((label, content),), file.parent))
    if together:
        folder = given if given.is_dir() else Path(str(given).split("*")[0]).parent
        sources.insert(0, Source(_label(given), "backstage", tuple(together), folder))
    if not sources and not faults:
        what = "file of a format that is read here" if wanted is None else f"file to read as {wanted}"
        raise ConfigurationError(
            f"{given} holds no {what}: registry files and Backstage catalogs end in .yaml, .yml or .json, "
            "tables in .csv or .tsv, and CODEOWNERS is called so."
        )
    return Found(tuple(sources), tuple(left_out), tuple(sorted(faults)))


def read_sources(
    sources: Iterable[Source],
    *,
    repository: str | None = None,
    mapping: Mapping[str, str | None] | None = None,
    report: Report = lambda done, of: None,
) -> list[RegistryFile]:
    """Read sources in their order, or raise FileError with everything that is wrong with registry files.

    Other formats hold what was not written for this product, so that what can't be read of them is left out, and said
    in `faults`. `repository`: the address to which CODEOWNERS belongs, where its checkout does not tell; `mapping`:
    what is made of its paths.
    """
    sources = list(sources)
    read: list[RegistryFile] = []
    findings: list[Finding] = []
    count, all_files = 0, sum(len(source.files) for source in sources)

    def contents(source: Source) -> Iterator[NamedFile]:
        nonlocal count
        for file in source.files:
            yield file
            count += 1
            report(count, all_files)

    for source in sources:
        try:
            read.append(_read_source(source, contents(source), repository, mapping))
        except FileError as error:
            findings += error.findings
    if findings:
        raise FileError(findings)
    return read


def _read_source(
    source: Source, contents: Iterator[NamedFile], repository: str | None, mapping: Mapping[str, str | None] | None
) -> RegistryFile:
    if source.format == "backstage":
        return read_backstage(source.name, contents, targets_within(source.folder))
    [(label, content)] = contents
    match source.format:
        case "registry":
            return read_registry(source.name, content)
        case "codeowners":
            address = repository or repository_of(Path(label))
            return read_codeowners(source.name, content, repository=address, mapping=mapping)
        case "csv":
            return read_table(source.name, content)


def files_at(given: Path, wanted: Format | None = None) -> tuple[list[Path], list[Finding]]:
    """Return the files that may be read of a file, a folder or a pattern, in order, and what keeps others from it."""
    faults: list[Finding] = []
    if given.is_dir():
        return sorted(_files_in(given, wanted, faults)), faults
    matching = [] if given.exists() else [Path(each) for each in sorted(glob(str(given), recursive=True))]
    return [each for each in matching if each.is_file()] or [given], faults


def _files_in(folder: Path, wanted: Format | None, faults: list[Finding]) -> Iterator[Path]:
    def unreadable(error: OSError) -> None:
        faults.append(_unreadable(Path(error.filename), error))

    for at, folders, names in os.walk(folder, onerror=unreadable):
        # A mounted ConfigMap holds everything once more behind names that begin with two dots.
        folders[:] = [each for each in folders if each not in _PASSED_BY and not each.startswith("..")]
        for file in (Path(at, name) for name in names if not name.startswith("..")):
            kinds = {_named(file)} if _named(file) else {"registry", "backstage"} if file.suffix in _DATA else set()
            if wanted in kinds or (wanted is None and kinds):
                yield file


def _named(file: Path) -> Format | None:
    """Return the format that a file's name tells."""
    if file.name == "CODEOWNERS" or file.suffix == ".CODEOWNERS":
        return "codeowners"
    return "csv" if file.suffix.lower() in _TABLES else None


def _format_of(file: Path, content: bytes) -> Format | None:
    """Return the format that a file's name or its outermost keys tell."""
    if (named := _named(file)) is not None:
        return named
    content = content.removeprefix(codecs.BOM_UTF8)
    if content.lstrip()[:1] in (b"{", b"["):
        # As if it were written in YAML, without what is deeper.
        content = _outermost(content)
    keys = {key.decode() for key in _KEY.findall(content)}
    if not keys.isdisjoint(("teams", "components")) and keys.isdisjoint(_OTHERS):
        return "registry"
    return "backstage" if _BACKSTAGE.search(content) else None


def _outermost(content: bytes) -> bytes:
    """Return the outermost keys of JSON, a line each, with values that are texts; of what is no JSON all keys."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return re.sub(rb"[{,]\s*", b"\n", content)
    fields = data.items() if isinstance(data, dict) else ()
    return "".join(f"{key}: {value if isinstance(value, str) else '-'} \n" for key, value in fields).encode(
        errors="replace"
    )


def read_file(path: Path) -> bytes:
    """Return what a file holds, or raise ConfigurationError."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{path}: {reason}; name a file that can be read.") from None


def _label(path: Path) -> str:
    """Return a path as text; UnicodeEncodeError where it is none."""
    str(path).encode()
    return str(path)


def _unreadable(path: Path, error: OSError | UnicodeEncodeError) -> Finding:
    label = str(path).encode(errors="backslashreplace").decode()
    if isinstance(error, UnicodeEncodeError):
        return Finding(label, 1, 1, "", "has a name that is not UTF-8; rename it")
    reason = (error.strerror or type(error).__name__).lower()
    return Finding(label, 1, 1, "", f"can't be read ({reason}); let it be read, or take it away")
