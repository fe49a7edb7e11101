"""Sources: the files that people give, whatever their format, and what each of them states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias, get_args

from assistant.errors import ConfigurationError, FileError, Finding
from assistant.formats.backstage import read_backstage, targets_within
from assistant.formats.codeowners import read_codeowners
from assistant.formats.registry_file import RegistryFile, read_registry
from assistant.formats.spreadsheet import read_table

Format = Literal["registry", "backstage", "codeowners", "csv"]
FORMATS: tuple[str, ...] = get_args(Format)

_TABLES = frozenset({".csv", ".tsv"})
_DATA = frozenset({".yaml", ".yml", ".json"})
_PASSED_BY = frozenset({".git", "node_modules", ".venv"})
"""Folders in which nobody keeps a registry, and others keep thousands of files."""
_KEYS = rb"(teams|components|apiVersion|kind|metadata)\b[\"']?\s*:"
"""The first of these keys tells a registry file from Backstage's: none of the others stands at the top of it."""
_IN_YAML, _IN_JSON = re.compile(rb"^[\"']?" + _KEYS, re.MULTILINE), re.compile(rb"\b" + _KEYS)
_REMOTE = re.compile(r"(?:(?:https?|ssh|git)://)?(?:[^@/]+@)?(\w[\w.-]*)(?::\d+(?=/))?[:/](.+?)(?:\.git)?/?")
_ORIGIN = re.compile(r'\[remote "origin"\][^\[]*?\n\s*url\s*=\s*(\S+)')

Report: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True)
class Source:
    """Files that are read together. `name`: what they are called as a source, unless people say otherwise."""

    name: str
    format: Format
    files: tuple[Path, ...]
    folder: Path | None = None
    """The folder that was given: references to other files stay in it."""


class Found(NamedTuple):
    """What was found where people pointed to. `left_out`: files in a folder that hold something else."""

    sources: tuple[Source, ...]
    left_out: tuple[Path, ...]


def find_sources(given: Path, wanted: Format | None = None) -> Found:
    """Return the sources in a file, a folder or a pattern such as `services/*/catalog-info.yaml`.

    Every file is a source of its own; but the Backstage files of a folder or a pattern, which speak of one another,
    are one. `wanted`: the format of all; None: as each looks. Raises ConfigurationError where nothing is to be read.
    """
    files = files_at(given, wanted)
    if files == [given]:
        format_ = wanted or _format_of(given, read_file(given)) or "registry"
        return Found((Source(str(given), format_, (given,), given.parent),), ())
    formats = {file: wanted or _format_of(file, read_file(file)) for file in files}
    together = tuple(file for file, format_ in formats.items() if format_ == "backstage")
    sources = [Source(str(file), format_, (file,)) for file, format_ in formats.items() if format_ in _ALONE]
    if together:
        folder = given if given.is_dir() else Path(str(given).split("*")[0]).parent
        sources.insert(0, Source(str(given), "backstage", together, folder))
    if not sources:
        what = "file of a format that is read here" if wanted is None else f"file to read as {wanted}"
        raise ConfigurationError(
            f"{given} holds no {what}: registry files and Backstage catalogs end in .yaml, .yml or .json, "
            "tables in .csv or .tsv, and CODEOWNERS is called so."
        )
    return Found(tuple(sources), tuple(file for file, format_ in formats.items() if format_ is None))


_ALONE = frozenset({"registry", "codeowners", "csv"})


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

    def contents(source: Source) -> Iterator[tuple[str, bytes]]:
        nonlocal count
        for file in source.files:
            yield str(file), read_file(file)
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
    source: Source,
    contents: Iterator[tuple[str, bytes]],
    repository: str | None,
    mapping: Mapping[str, str | None] | None,
) -> RegistryFile:
    first = source.files[0]
    if source.format == "backstage":
        return read_backstage(source.name, contents, targets_within(source.folder or first.parent))
    [(_, content)] = contents
    match source.format:
        case "registry":
            return read_registry(source.name, content)
        case "codeowners":
            address = repository or _repository_of(first)
            return read_codeowners(source.name, content, repository=address, mapping=mapping)
        case "csv":
            return read_table(source.name, content)


def files_at(given: Path, wanted: Format | None = None) -> list[Path]:
    """Return the files that may be read of a file, a folder or a pattern, in order."""
    if given.is_dir():
        return sorted(_files_in(given, wanted))
    matching = [] if given.exists() else [Path(each) for each in sorted(glob(str(given), recursive=True))]
    return [each for each in matching if each.is_file()] or [given]


def _files_in(folder: Path, wanted: Format | None) -> Iterator[Path]:
    for file in folder.rglob("*"):
        parts = file.relative_to(folder).parts
        # A mounted ConfigMap holds everything once more behind names that begin with two dots.
        if not _PASSED_BY.isdisjoint(parts) or any(part.startswith("..") for part in parts) or not file.is_file():
            continue
        kinds = {_named(file)} if _named(file) else {"registry", "backstage"} if file.suffix in _DATA else set()
        if wanted in kinds or (wanted is None and kinds):
            yield file


def _named(file: Path) -> Format | None:
    """Return the format that a file's name tells."""
    if file.name == "CODEOWNERS" or file.suffix == ".CODEOWNERS":
        return "codeowners"
    return "csv" if file.suffix.lower() in _TABLES else None


def _format_of(file: Path, content: bytes) -> Format | None:
    """Return the format that a file's name or its first words tell."""
    if (named := _named(file)) is not None:
        return named
    found = (_IN_JSON if content.lstrip()[:1] in (b"{", b"[") else _IN_YAML).search(content)
    if found is None:
        return None
    return "registry" if found[1] in (b"teams", b"components") else "backstage"


def read_file(path: Path) -> bytes:
    """Return what a file holds, or raise ConfigurationError."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(f"{path}: {reason}; name a file that can be read.") from None


def _repository_of(file: Path) -> str | None:
    """Return the web address of the repository in whose checkout a file lies, if that has one."""
    for folder in file.resolve().parents:
        if (config := folder / ".git" / "config").is_file():
            origin = _ORIGIN.search(config.read_text(errors="replace"))
            return _web_address(origin[1]) if origin else None
    return None


def _web_address(remote: str) -> str | None:
    """Turn `git@host:acme/mono.git` or `https://token@host/acme/mono.git` into `https://host/acme/mono`."""
    found = _REMOTE.fullmatch(remote)
    return f"https://{found[1]}/{found[2]}" if found else None
