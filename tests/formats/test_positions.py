"""Reading YAML and JSON into data that remembers its places."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import FileError, Finding
from assistant.formats.findings import findings_of
from assistant.formats.positions import LARGEST_BYTES, Document, Path, path_text, read, read_documents


def refused(content: bytes) -> list[Finding]:
    with pytest.raises(FileError) as caught:
        read("a.yaml", content)
    return caught.value.findings


def test_core_schema() -> None:
    """Unquoted values are read as YAML 1.2 reads them: yes, dates and times are texts, and quoted values always are."""
    content = b"""
    nothing: [~, null, Null, NULL, ]
    empty:
    truth: [true, True, TRUE, false, False, FALSE]
    whole: [0, -1, +2, 007, 0o17, 0x1F]
    decimal: [1.5, .5, 1., -1e3, 1.10]
    text: [yes, No, on, off, y, 2027-05-01, "42", '1', 0b1, 1_000, 1:30, nUll]
    """
    assert read("a.yaml", content).data == {
        "nothing": [None, None, None, None],
        "empty": None,
        "truth": [True, True, True, False, False, False],
        "whole": [0, -1, 2, 7, 15, 31],
        "decimal": [1.5, 0.5, 1.0, -1000.0, 1.1],
        "text": ["yes", "No", "on", "off", "y", "2027-05-01", "42", "1", "0b1", "1_000", "1:30", "nUll"],
    }


def test_places() -> None:
    """Every key and every value has a line and a column, and what is not there has the place of what would hold it."""
    document = read("a.yaml", b'a:\n  - b: 1\n    "c": [x, {d: 2}]\n')
    assert document.position(("a", 0, "c"), key=True) == (3, 5)
    assert document.position(("a", 0, "c")) == (3, 10)
    assert document.position(("a", 0, "c", 1, "d")) == (3, 18)
    assert document.position(("a", 0, "missing", 7)) == (2, 5)


def test_places_in_json() -> None:
    """JSON indented by tabs, with surrogate pairs and keys far from their colons, has places too."""
    content = '\ufeff{\n\t"\\ud83d\\ude00": [1,\n\t\t{"k" \n\t:\t"\\\\ud800 \\" { "}]\n}'.encode()
    document = read("a.json", content)
    assert document.data == {"😀": [1, {"k": '\\ud800 " { '}]}
    assert document.position(("😀",), key=True) == (2, 2)
    assert document.position(("😀", 1)) == (3, 3)
    assert document.position(("😀", 1, "k")) == (4, 4)


def test_how_a_number_was_written() -> None:
    """What is not a text keeps how it was written, so that advice to quote it does not lose a zero."""
    assert read("a.yaml", b"a: 1.10\nb: 007\nc: x").literals == {("a",): "1.10", ("b",): "007"}


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"", (1, 1), "is empty"),
        (b"# nothing but a comment\n", (1, 1), "is empty"),
        (b"a: b\nc: \xff", (2, 4), "is not UTF-8"),
        (b"a: b\nc: \x07", (2, 4), "control character U+0007"),
        (b"a: b\nc: [", (3, 1), "is not YAML"),
        (b"a:\n\tb: c", (2, 1), "use spaces"),
        (b"a: @b", (1, 4), 'begins with @; quote it: "@'),
        (b"a: b\n---\nc: d", (2, 1), "second document"),
        (b"a: 1\nb: 2\na: 3", (3, 1), 'the key "a" twice, first in line 1'),
        (b'{"a": 1,\n "a": 2}', (2, 2), 'the key "a" twice, first in line 1'),
        (b'{"a": 1,\n}', (2, 1), "is not JSON"),
        (b"a: &x 1", (1, 4), "anchor"),
        (b"a: *x", (1, 4), "alias"),
        (b"a: !!str 1", (1, 4), "tag"),
        (b"42: a", (1, 1), 'quote it: "42"'),
        (b"? [a]\n: b", (1, 3), "a key that is not a text"),
        (b"a: .inf", (1, 4), "no finite number"),
        (b"a: 1e999", (1, 4), "too large"),
        (b"a: " + b"9" * 10_000, (1, 4), "too large"),
        (b"[" + b"9" * 10_000 + b"]", (1, 2), "too large"),
        (b"[NaN]", (1, 2), "no number"),
        (b'["\\ud800"]', (1, 2), "half of a surrogate pair"),
        (b"[" * 100_000, (1, 51), "nested deeper than 50"),
        (b"a: " + b"[" * 100_000, (1, 53), "nested deeper than 50"),
        (b"- " * 100_000, (1, 101), "nested deeper than 50"),
        (b" " * LARGEST_BYTES + b"a", (1, 1), "larger than 20 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals(content: bytes, place: tuple[int, int], words: str) -> None:
    """What cannot be read is refused with its place and a remedy."""
    (finding,) = refused(content)
    assert (finding.line, finding.column) == place
    assert words in finding.message


def test_all_faults_at_once() -> None:
    """Faults that leave the rest readable are reported together, and before a syntax error further down."""
    found = refused(b"a: &x 1\na: 2\n3: *x\nb: [")
    assert [(f.line, f.column) for f in found] == [(1, 4), (2, 1), (3, 1), (3, 4), (5, 1)]


def test_faults_for_those_who_validate() -> None:
    """Whoever hands in a list of faults gets the rest of the document, without what a fault keeps out."""
    faults: list[Finding] = []
    document = read("a.yaml", b"a: 1\na: {b: 2}\nc: 3", faults=faults)
    assert document.data == {"a": 1, "c": 3}
    assert len(faults) == 1


@given(st.binary(max_size=200))
def test_arbitrary_bytes(content: bytes) -> None:
    """Any bytes are read or refused; nothing else is raised."""
    read_or_refused(content)


@given(st.text(alphabet=list("{}[]:,-?&*!|>'\"%@`# \n\t\\aud0123456789.~"), max_size=60))
def test_arbitrary_marks(text: str) -> None:
    """Any jumble of the marks that YAML and JSON are made of is read or refused; nothing else is raised."""
    read_or_refused(text.encode())


def read_or_refused(content: bytes) -> None:
    with suppress(FileError):
        read("a.yaml", content)


DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    # YAML holds neither control characters nor a byte order mark unescaped, and folds some of Unicode's line ends.
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(DATA), st.sampled_from([None, 2, "\t"]), st.booleans())
def test_json_round_trip(data: list[Any], indent: Any, ascii_only: bool) -> None:
    """Whatever json writes is read as what it was, and every value has a place."""
    document = read("a.json", json.dumps(data, indent=indent, ensure_ascii=ascii_only).encode())
    assert document.data == data
    assert_placed(document, data, ())


class AllQuoted(yaml.SafeDumper):
    """Quotes every text, because the library unquotes by YAML 1.1 (`0o17`), and repeats instead of using anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


AllQuoted.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


@given(st.dictionaries(st.sampled_from(["a", "b c", "1", "yes"]), DATA, min_size=1))
def test_yaml_round_trip(data: dict[str, Any]) -> None:
    """Whatever a YAML library writes is read as what it was, and every value has a place."""
    text = yaml.dump(data, Dumper=AllQuoted, allow_unicode=False)
    document = read("a.yaml", text.encode())
    assert document.data == data
    assert_placed(document, data, ())


def assert_placed(document: Document, data: Any, path: Path) -> None:
    assert path in document.values
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for part, value in inner:
        assert_placed(document, value, (*path, part))


def test_path_text() -> None:
    """Paths read like code, and keys that could disturb a terminal are escaped."""
    assert path_text(("components", 3, "owner")) == "components[3].owner"
    assert path_text(("facts", "team size", "a\x1bb")) == 'facts["team size"]["a\\u001bb"]'


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str
    weight: float | bool = math.pi


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    inner: dict[str, list[Inner]]


def test_validation_errors_of_nested_models() -> None:
    """An unknown key is answered with the keys of the model that it stands in, a union with one finding."""
    document = read("a.yaml", b"inner:\n  x:\n    - titel: a\n      weight: [1]\n")
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(document.data)
    assert [str(finding) for finding in sorted(findings_of(document, caught.value, Outer))] == [
        "a.yaml:3:7: inner.x[0]: has no title, which it needs",
        "a.yaml:3:7: inner.x[0].titel: is no key that is known here; did you mean title? Allowed: title, weight",
        "a.yaml:4:15: inner.x[0].weight: is a list; write a number, or true or false",
    ]


def documents(content: bytes) -> list[tuple[Any, list[Finding]]]:
    """The data of each document, and what is wrong with it."""
    return [(document and document.data, found) for document, found in read_documents("a.yaml", content)]


def test_documents_stand_alone() -> None:
    """What is wrong in one document costs no other, and each finding has its line in the file."""
    content = b"""\
# first
---
a: 1
---
b: [
---\r\n\
# none\r\n\
---\r\n\
c: |\r\n\
  ---\r\n\
  text\r\n\
...
%YAML 1.2
--- {d: @}
--- e
"""
    found = documents(content)
    assert [data for data, _ in found] == [{"a": 1}, None, {"c": "---\ntext\n"}, None, "e"]
    assert [(each.line, each.column) for _, wrong in found for each in wrong] == [(6, 1), (14, 9)]


def test_places_in_later_documents() -> None:
    """Keys, values and faults of a later document have their lines in the file, in YAML and in JSON."""
    content = b'---\nx: 1\n---\ny: 1\ny: 2\n---\n{"z": 1,\n "z": 2}\n'
    second, third = list(read_documents("a.yaml", content))[1:]
    assert second[0] is not None
    assert second[0].position(("y",)) == (4, 4)
    assert [str(each) for each in second[1] + third[1]] == [
        'a.yaml:5:1: has the key "y" twice, first in line 4; keep one of them',
        'a.yaml:8:2: has the key "z" twice, first in line 7; keep one of them',
    ]


@pytest.mark.parametrize("content", [b"", b"\n# only\n---\n---\n  # comments\n", b"%YAML 1.2\n---\n...\n", b"--- ~\n"])
def test_empty_documents(content: bytes) -> None:
    """Documents that hold nothing are passed over."""
    assert documents(content) == []


def test_documents_in_braces() -> None:
    """A document in braces is YAML unless it is JSON, with JSON's ways of writing characters."""
    assert documents(b"{a: b}") == [({"a": "b"}, [])]
    assert documents(b'{"a":\t"\\ud83d\\ude00"}') == [({"a": "😀"}, [])]


def test_aliases_written_out() -> None:
    """An alias stands for what its anchor names, with the places of that; a merge key adds what is not there."""
    content = b"""\
base: &base {owner: a, tags: &tags [x, y]}
one: {<<: *base, owner: b}
two: {<<: [*base, {stage: c}], more: *tags}
"""
    ((document, found),) = read_documents("a.yaml", content)
    assert found == []
    assert document is not None
    assert document.data["one"] == {"owner": "b", "tags": ["x", "y"]}
    assert document.data["two"] == {"more": ["x", "y"], "owner": "a", "tags": ["x", "y"], "stage": "c"}
    assert document.position(("two", "more", 1)) == (1, 40)


@pytest.mark.parametrize("content", [b"a: *b", b"a: &b [*b]"])
def test_aliases_of_nothing(content: bytes) -> None:
    """An alias without an anchor before it, or inside of its own, is reported, and the rest is read."""
    ((_, (fault,)),) = documents(content)
    assert "is an alias" in fault.message


def test_aliases_of_aliases() -> None:
    """A file whose few aliases would stand for millions of values is refused at once."""
    lines = [b"a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 20)]
    ((document, (fault,)),) = documents(b"\n".join(lines))
    assert document is None
    assert "more than 100,000 values" in fault.message
    assert fault.line == 6
