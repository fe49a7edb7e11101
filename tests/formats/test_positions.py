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
from assistant.formats.positions import LARGEST_BYTES, Document, Path, path_text, read


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
