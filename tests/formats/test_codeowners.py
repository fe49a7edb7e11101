"""CODEOWNERS files: the rules, the teams and the components that are read from them, and what is said of the rest."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.catalog import Catalog, Place
from assistant.core.entries import Ref, Team
from assistant.core.paths import PathRule
from assistant.errors import FileError
from assistant.formats.codeowners import read_codeowners, read_mapping
from assistant.formats.registry_file import RegistryFile, check_references

GITHUB = """\
# Who owns what in the monorepo.
*                       @acme/platform
*.sql                   @acme/data dba@acme.example   # whoever looks after the schemas

/packages/checkout/     @acme/payments
/packages/ledger        @acme/payments @ana
packages/search/**      @acme/search
/packages/mail/*        @acme/messaging
/my\\ docs/              @acme/docs
/\\#notes/               @acme/docs
/packages/old/          @acme/search
/packages/old/
.github/                @acme/platform
/Dockerfile             @acme/platform
/packages/next.config.js @acme/search
"""

GITLAB = """\
* @acme/platform

[Payments][2] @acme/pay/checkout
/checkout/
/ledger/ @acme/pay/ledger

^[Docs review] @docs
/checkout/ @docs @editors
!/checkout/generated/
"""


def file_of(text: str, mapping: Mapping[str, str | None] | None = None) -> RegistryFile:
    return read_codeowners("CODEOWNERS", text.encode(), mapping=mapping)


def owners(file: RegistryFile) -> dict[str, tuple[str, ...]]:
    return {component.name: component.owners for component in file.components}


def rules(file: RegistryFile) -> list[tuple[int, str, tuple[str, ...]]]:
    assert file.paths
    return [(rule.line, rule.pattern, rule.owners) for rule in file.paths.rules]


def ruling(text: str, path: str) -> tuple[PathRule, ...]:
    paths = file_of(text).paths
    assert paths
    return paths.matching(path)


def said(text: str) -> list[str]:
    file = file_of(text)
    return [str(finding) for finding in (*file.faults, *file.warnings)]


def test_folders_are_components() -> None:
    """Each folder with owners is a component, whichever way its rule is written; files and hidden folders are none."""
    assert owners(file_of(GITHUB)) == {
        "checkout": ("payments",),
        "ledger": ("payments", "ana"),
        "search": ("search",),
        "mail": ("messaging",),
        "my docs": ("docs",),
        "#notes": ("docs",),
        "old": (),
    }


def test_every_rule_is_kept() -> None:
    """Whatever becomes a component or not, every rule stays, with its line and its owners in their order."""
    file = file_of(GITHUB)
    assert len(rules(file)) == 13
    assert rules(file)[:2] == [(2, "*", ("platform",)), (3, "*.sql", ("data", "dba@acme.example"))]
    assert (12, "/packages/old/", ()) in rules(file)
    assert not file.faults
    assert not file.warnings
    assert check_references(file, Catalog()) == ([], [])


def test_a_component_is_found_by_its_path() -> None:
    """The path of a folder is another name of its component, and the repository leads to it."""
    file = read_codeowners("CODEOWNERS", GITHUB.encode(), repository="https://github.com/acme/mono.git")
    checkout, *_ = file.components
    assert checkout.aliases == ("packages/checkout",)
    assert checkout.repo == "https://github.com/acme/mono/tree/HEAD/packages/checkout"
    assert file.paths
    assert file.paths.repository == "https://github.com/acme/mono"


def test_the_line_of_a_component() -> None:
    """A component's place is the line of the rule that counts for it, a team's the first line that names it."""
    places = file_of(GITHUB).places
    assert places[Ref.component("old")] == Place("CODEOWNERS", 12)
    assert places[Ref.team("payments")] == Place("CODEOWNERS", 5)


def test_teams() -> None:
    """A team is called as other sources call it, and keeps its handle as its contact; people and e-mails are teams."""
    assert {team.name: team.contacts for team in file_of(GITHUB).teams} == {
        "platform": ("@acme/platform",),
        "data": ("@acme/data",),
        "dba@acme.example": ("dba@acme.example",),
        "payments": ("@acme/payments",),
        "ana": ("@ana",),
        "search": ("@acme/search",),
        "messaging": ("@acme/messaging",),
        "docs": ("@acme/docs",),
    }


def test_teams_of_one_name() -> None:
    """Of teams that are called alike, the organisation named most keeps the name, and the others are warned about."""
    text = "/a/ @other/payments\n/b/ @acme/payments\n/c/ @Acme/Payments @acme/web\n/d/ @payments\n"
    file = file_of(text)
    assert owners(file) == {"a": ("other/payments",), "b": ("payments",), "c": ("payments", "web"), "d": ("@payments",)}
    assert [str(warning) for warning in file.warnings] == [
        "CODEOWNERS:1:1: @other/payments is called other/payments here, since payments is @acme/payments",
        "CODEOWNERS:4:1: @payments is called @payments here, since payments is @acme/payments",
    ]


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        ("apps/web/api apps/mobile/api apps/web", "web/api mobile/api web"),
        ("a/x/y b/x/y", "a/x/y b/x/y"),
        ("api apps/api", "api apps/api"),
        ("Api apps/api", "Api apps/api"),
    ],
)
def test_folders_of_one_name(folders: str, names: str) -> None:
    """Folders of one name are told apart by as many of the folders around them as that takes."""
    text = "\n".join(f"/{folder}/ @team{number}" for number, folder in enumerate(folders.split()))
    assert list(owners(file_of(text))) == names.split()


def test_parts_of_a_component() -> None:
    """What lies deep in a component, and is owned by the same beside others or called as others are, is part of it."""
    file = file_of(
        """
        /packages/zlib/                    @acme/codecs
        /packages/zlib/src/tables          @acme/docs @acme/codecs
        /packages/shell/                   @acme/platform
        /packages/shell/src/parts/zlib/    @acme/codecs
        /packages/shell/src/parts/journal/ @acme/audit
        """
    )
    assert owners(file) == {"zlib": ("codecs",), "shell": ("platform",), "journal": ("audit",)}
    assert len(rules(file)) == 5


def test_a_folder_of_components() -> None:
    """A folder with owners of its own, such as packages, does not swallow the components that stand in it."""
    assert owners(file_of("/packages/ @p\n/packages/a/ @p @a\n/packages/b/ @b")) == {
        "packages": ("p",),
        "a": ("p", "a"),
        "b": ("b",),
    }


def test_the_last_rule_counts() -> None:
    """Of two rules about one folder the last says who owns the component, also where it takes the owners away."""
    assert owners(file_of("/a/ @x\n/a/** @y\n")) == {"a": ("y",)}
    assert owners(file_of("/a/ @x\n/a\n")) == {"a": ()}
    assert owners(file_of("/a/\n")) == {}


def test_sections() -> None:
    """GitLab's sections give their owners to rules without, and a folder in two sections has the owners of both."""
    file = file_of(GITLAB)
    assert owners(file) == {"checkout": ("checkout", "docs", "editors"), "ledger": ("ledger",)}
    assert file.paths
    assert [(rule.line, rule.section) for rule in file.paths.rules] == [
        (1, None),
        (4, "Payments"),
        (5, "Payments"),
        (8, "Docs review"),
        (9, "Docs review"),
    ]
    assert file.teams[1] == Team(name="checkout", contacts=("@acme/pay/checkout",))
    assert file.notes[0] == "read as GitLab reads it"


def test_the_mapping_decides() -> None:
    """A mapping names components, makes none of a folder, one of a pattern, and one of several folders."""
    mapping = {"/packages/checkout/": "shop", "packages/ledger": "shop", "/packages/search": None, "*.sql": "database"}
    file = file_of(GITHUB, mapping)
    assert owners(file)["shop"] == ("payments", "ana")
    assert owners(file)["database"] == ("data", "dba@acme.example")
    assert not {"checkout", "ledger", "search"} & owners(file).keys()
    shop = next(component for component in file.components if component.name == "shop")
    assert shop.aliases == ("packages/checkout", "packages/ledger")
    assert not file.warnings


def test_a_mapping_of_what_is_not_there() -> None:
    """A mapping that names a path that no rule is about is warned about."""
    (warning,) = file_of(GITHUB, {"/packages/chekout/": "shop"}).warnings
    assert warning.message == 'no rule is about "/packages/chekout/", which the mapping names'


def test_reading_a_mapping() -> None:
    """A mapping is YAML: paths, each with a component's name or null."""
    assert read_mapping("map.yaml", b"/packages/foo/: foo-service\n/docs/: null") == {
        "/packages/foo/": "foo-service",
        "/docs/": None,
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"- a", 'm.yaml:1:1: is no mapping; write "/path/": component, or null for none'),
        (b"/a/: 1.10", 'm.yaml:1:6: ["/a/"]: is no name of a component; write one, in quotes, or null for none'),
        (b"/a/: [b]", 'm.yaml:1:6: ["/a/"]: is no name of a component; write one, in quotes, or null for none'),
    ],
)
def test_a_mapping_that_is_none(content: bytes, message: str) -> None:
    """What is no mapping is refused with its place and a remedy."""
    with pytest.raises(FileError) as caught:
        read_mapping("m.yaml", content)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/a/ payments", '1:5: "payments" is no owner; write @user, @organisation/team or an e-mail address'),
        ("!/a/ @x", '1:1: "!/a/" begins with !, which GitHub does not read; write a rule without owners instead'),
        ("\n  / @x", '2:3: "/" names no path; write * for everything'),
        ("/a\x07/ @x", '1:1: "/a\\u0007/" holds a control or invisible character; remove it'),
        ("/" + "a" * 1000 + " @x", f'1:1: "/{"a" * 78}…" is longer than 1000 characters; write it with wildcards'),
    ],
)
def test_what_cannot_be_read(text: str, message: str) -> None:
    """What cannot be read is reported with its line, its column and a remedy."""
    assert said(text) == [f"CODEOWNERS:{message}"]
    assert not file_of(text).components


def test_a_role() -> None:
    """What a role owns is its alone: nobody that can be named answers for it, and the rest of its rule still does."""
    text = "[Code] @acme/platform\n*\n/a/ @@maintainer\n/b/ @@owner @acme/web\n"
    assert rules(file_of(text)) == [(2, "*", ("platform",)), (3, "/a/", ()), (4, "/b/", ("web",))]
    assert [rule.line for rule in ruling(text, "a/x")] == [3]
    assert said(text)[0] == (
        'CODEOWNERS:3:1: "@@maintainer" is a role, which names nobody; name a team to have it answered'
    )


@pytest.mark.parametrize(
    ("label", "repository", "host"),
    [
        ("CODEOWNERS", "https://github.com/acme/gitlab-tools", "GitHub"),
        ("docs/my.gitlab/CODEOWNERS", "https://gitlab-bot@github.com/acme/web", "GitHub"),
        ("CODEOWNERS", "https://gitlab.acme.example/web/shop", "GitLab"),
        ("CODEOWNERS", "https://GitLab.com/web/shop", "GitLab"),
        ("mono/.gitlab/CODEOWNERS", None, "GitLab"),
    ],
)
def test_whose_file_it_is(label: str, repository: str | None, host: str) -> None:
    """The host tells whose rules they are, or the folder that the file stands in; a repository's name does not."""
    assert read_codeowners(label, b"/a @x", repository=repository).notes[0] == f"read as {host} reads it"


def test_a_bad_line_costs_no_other() -> None:
    """A line that cannot be read, even in another encoding, leaves all others; a bad owner leaves the rule's others."""
    file = read_codeowners("CODEOWNERS", b"\xef\xbb\xbf/a/ @x\r\n/caf\xe9/ @y\n/b/ nobody @z\r\n")
    assert owners(file) == {"a": ("x",), "b": ("z",)}
    assert [(fault.line, fault.column) for fault in file.faults] == [(2, 5), (3, 5)]


@pytest.mark.skipif("TEST_DATA" not in os.environ, reason="TEST_DATA is not set")
@pytest.mark.parametrize("name", ["metamask", "datadog-extras"])
def test_real_files(name: str) -> None:
    """Of a real file every line is a comment or a rule, and every top folder with owners a component."""
    path = Path(os.environ["TEST_DATA"]) / "codeowners" / f"{name}.CODEOWNERS"
    file = read_codeowners(path.name, path.read_bytes())
    lines = {
        number: line.split()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.strip() and not line.startswith("#")
    }
    assert not file.faults
    assert {line: (pattern, len(owned)) for line, pattern, owned in rules(file)} == {
        number: (words[0], len(dict.fromkeys(words[1:]))) for number, words in lines.items()
    }
    shallow = re.compile(r"/(?:packages/)?([\w-]+)/?")
    wanted = {match[1] for words in lines.values() if (match := shallow.fullmatch(words[0]))}
    found = owners(file).keys()
    assert wanted <= found
    assert len(found - wanted) <= 3, found - wanted
    assert check_references(file, Catalog())[0] == []


MARKS = st.text(alphabet=list("/*?![]\\#@^ \t\r\n.ab-\xe9\u2028\x85\0"), max_size=60)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["/a/", "/a/b/c/", "b/**", "*.x", "[S] @a", "!/a/", "/A", "/\\ /", "//", "/a//b/", "\\"]),
        st.sampled_from(["", "@a/b", "@b", "@a/c/b x@y", "@c/b # no", "nobody"]),
    ).map(" ".join),
    max_size=8,
).map("\n".join)


@given(st.binary(max_size=200) | MARKS.map(str.encode) | LINES.map(str.encode))
def test_arbitrary_content(content: bytes) -> None:
    """Whatever a file holds, it is read without an exception, twice the same, and refers to no unknown team."""
    mapping = {"/a/": "x", "b": None, "": "y"}
    file = read_codeowners("CODEOWNERS", content, repository="https://git.acme.example/mono", mapping=mapping)
    assert file == read_codeowners("CODEOWNERS", content, repository="https://git.acme.example/mono", mapping=mapping)
    assert check_references(file, Catalog())[0] == []
    assert len({entry.ref for entry in file.entries}) == len(file.entries)
    assert file.paths
    file.paths.matching("a/b.x")
    assert all(str(finding).isprintable() for finding in (*file.faults, *file.warnings))
