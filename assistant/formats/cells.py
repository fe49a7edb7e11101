"""Cells of a table: what people write in one, and what an export writes so that it is read again as what it was.

A cell that begins with `'` is text, as in a spreadsheet: what follows is taken as it stands. A list that ends with `;`
is parted by that alone, and a backslash keeps a semicolon, a backslash or a space behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from assistant.formats.headers import is_said

_MARK = "'"
_MARKED = ("=", "+", "-", "@", "\t", "\r", _MARK)
"""What a spreadsheet would run, or take away, at the beginning of a cell."""
_SPLIT = re.compile(r"[;\n]")
_JOINT = re.compile(r" (?:&|and) |(?<=\w{3})&(?=\w{3})", re.IGNORECASE)
_EXACTLY = re.compile(r"\\(?P<kept>[\\;\s])|(?P<end>[;\n])|(?P<space>\s+)|(?P<other>[^\\;\s]+|\\)")


def text_in(cell: str) -> str:
    """Return what a cell says on one line; nothing where it is only there to be filled in."""
    return _text(cell, " ".join(cell.split()))


def prose_in(cell: str) -> str:
    """Return what a cell says on any number of lines."""
    return _text(cell, cell.strip())


def _text(cell: str, said: str) -> str:
    if said.startswith(_MARK):
        return cell.lstrip().removeprefix(_MARK)
    return said if is_said(said) else ""


def items_in(cell: str) -> list[str]:
    """Return what a cell lists: parted by commas, or by semicolons and line breaks alone where it holds these."""
    lines = _lines(cell)
    return _exactly(cell) or _said(lines if len(lines) > 1 else lines[0].split(","))


def owners_in(cell: str) -> list[str]:
    """Return the owners that a cell lists: parted by “and” and slashes as well, unless by semicolons or line breaks."""
    if exact := _exactly(cell):
        return exact
    lines = _lines(cell)
    is_parted = len(lines) > 1
    parts = lines if is_parted else [each for part in lines[0].split(",") for each in _JOINT.split(part)]
    owners: list[str] = []
    for part in map(str.strip, parts):
        if part.startswith("@"):  # `@acme/payments` is the team that CODEOWNERS calls so
            owners += (each.rpartition("/")[2] for each in part.split())
        else:
            owners += [part] if is_parted or "://" in part else part.split("/")
    return _said(owners)


def _lines(cell: str) -> list[str]:
    """Return a cell at its semicolons and line breaks, its white space collapsed before more is looked for in it."""
    return [" ".join(line.split()) for line in _SPLIT.split(cell.strip().removeprefix(_MARK))]


def _said(items: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(is_said, map(str.strip, items))))


def _exactly(cell: str) -> list[str]:
    """Return the items of a cell that ends with a semicolon, whatever they are; of another none."""
    text = cell.strip().removeprefix(_MARK)
    if not text.endswith(";"):
        return []
    items: list[str] = []
    item = space = ""
    for token in _EXACTLY.finditer(text):
        if token["end"]:
            items += [item] if item else []
            item = space = ""
        elif token["space"]:
            space = " " if item else ""
        else:
            item += space + (token["kept"] or token["other"])
            space = ""
    return list(dict.fromkeys(items))


def written(value: str | None, read: Callable[[str], str] = text_in) -> str:
    """Return the cell that is read as this text."""
    text = value or ""
    return f"{_MARK}{text}" if text.startswith(_MARKED) or read(text) != text else text


def written_list(values: Iterable[str], read: Callable[[str], list[str]] = items_in) -> str:
    """Return the cell that is read as these, with a semicolon at its end where something in them would part them."""
    items = list(values)
    plain = _marked("; ".join(items))
    return plain if read(plain) == items else _marked("; ".join(map(_escaped, items)) + ";")


def _marked(cell: str) -> str:
    return f"{_MARK}{cell}" if cell.startswith(_MARKED) else cell


def _escaped(item: str) -> str:
    is_plain = item == " ".join(item.split())
    return re.sub(r"[\\;]" if is_plain else r"[\\;\s]", r"\\\g<0>", item)
