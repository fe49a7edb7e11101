"""Paths: which rule counts for one, and which words of a message are one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.core import paths
from assistant.core.addresses import paths_at
from assistant.core.paths import PathRule, PathRules, fault_of

MONO = "https://github.com/acme/mono"


def rules_of(*patterns: str, syntax: Literal["github", "gitlab"] = "github") -> PathRules:
    """`pattern` or `section: pattern`, a line each."""
    rules = []
    for line, text in enumerate(patterns, start=1):
        section, _, pattern = text.rpartition(": ")
        rules.append(PathRule(line, pattern, ("team",), None, section or None))
    return PathRules("CODEOWNERS", tuple(rules), MONO, syntax)


def lines(rules: PathRules, path: str) -> list[int]:
    return [rule.line for rule in rules.matching(path)]


@pytest.mark.parametrize(
    ("pattern", "matched", "others"),
    [
        ("*", "a a/b.ts .github/x.yml", ""),
        ("*.ts", "a.ts a/b/c.ts", "a.tsx a.ts.map"),
        ("/a/", "a/b a/b/c a a/ /a/b ./a/b", "b/a/c ab"),
        ("a/", "a/b b/a/c", "ab"),
        ("/a", "a a/b", "b/a"),
        ("a/b", "a/b a/b/c", "c/a/b"),
        ("/a/*", "a/b.ts a/b", "a/b/c.ts"),
        ("/a/**", "a/b a/b/c", "b/a/c"),
        ("**/b", "b a/b c/a/b b/x", "ab"),
        ("/a/**/b.ts", "a/b.ts a/x/b.ts a/x/y/b.ts", "b.ts a/xb.ts"),
        ("/a?c/", "abc/x", "ac/x a/c"),
        ("/a\\ b/", "a b/c", "a/b a"),
        ("\\#a", "#a x/#a", "a"),
        ("/app/[slug]/", "app/[slug]/page.tsx", "app/s/page.tsx"),
        ("/a.b/", "a.b/c", "axb/c"),
        ("/a\\*b", "a*b", "axb"),
        ("/a**b", "a/../axxb ab", "a/b"),
        ("/a/*/", "a/b/c a/b", "a"),
    ],
)
def test_what_a_pattern_matches(pattern: str, matched: str, others: str) -> None:
    """A pattern matches the files and folders that GitHub documents for it, and no others."""
    rules = rules_of(pattern)
    names = [matched] if " b" in matched and "\\ " in pattern else matched.split()
    assert [path for path in names if not lines(rules, path)] == []
    assert [path for path in others.split() if lines(rules, path)] == []


def test_the_last_match_counts() -> None:
    """Of several rules that match a path the last counts, wherever the others stand."""
    rules = rules_of("*", "/a/", "*.ts", "/a/b/", "/c/")
    assert [lines(rules, path) for path in ("x", "a/x", "a/x.ts", "a/b/x.ts", "c/x.ts")] == [[1], [2], [3], [4], [5]]


def test_no_rule() -> None:
    """A path that no rule matches has none, and nor has no path at all."""
    assert lines(rules_of("/a/"), "b/c") == lines(rules_of("*"), "/") == lines(rules_of("*"), "") == []


def test_sections_are_matched_each_by_itself() -> None:
    """Of each of GitLab's sections the last match counts, whatever the case of its name."""
    rules = rules_of("*", "Docs: *.md", "Code: /a/", "docs: /a/b.md", syntax="gitlab")
    assert lines(rules, "a/b.md") == [1, 3, 4]
    assert lines(rules, "a/c.md") == [1, 2, 3]


def test_exclusions() -> None:
    """What a section excludes is none of its, also where a later rule of it matches; other sections keep it."""
    rules = rules_of("*", "Docs: *.md", "Docs: !/a/", "Docs: /a/b.md", syntax="gitlab")
    assert lines(rules, "a/b.md") == [1]
    assert lines(rules, "c/b.md") == [1, 2]


def test_gitlab_reads_a_path_at_any_depth() -> None:
    """A pattern with a slash inside is one from the root for GitHub, for GitLab only one that begins with a slash."""
    assert lines(rules_of("a/b"), "c/a/b") == []
    assert lines(rules_of("a/b", syntax="gitlab"), "c/a/b") == [1]
    assert lines(rules_of("/a/b", syntax="gitlab"), "c/a/b") == []


@pytest.mark.parametrize(
    ("pattern", "matched", "others"),
    [
        ("*", "a a/b.ts .github/x.yml", ""),
        ("*.ts", "a.ts a/b/c.ts", "a.tsx"),
        ("/a/", "a a/b a/b/c", "b/a/c"),
        ("a/", "a/b b/a/c", "ab"),
        ("/a", "a", "a/b b/a"),
        ("a.md", "a.md b/a.md", "a.md/b"),
        ("/a/*", "a a/b", "a/b/c"),
        ("/a/**", "a a/b", "a/b/c"),
        ("/a/**/*.ts", "a/b.ts a/b/c/d.ts", "a/b.js"),
        ("/[ab]x/", "ax/y bx/y", "cx/y"),
        ("/[^ab]x/", "cx/y", "ax/y"),
        ("/[a-c]x/", "bx/y", "dx/y -x/y"),
        ("/\\[a]/", "[a]/x", "a/x"),
        ("/[a", "", "a [a"),
    ],
)
def test_what_a_pattern_matches_for_gitlab(pattern: str, matched: str, others: str) -> None:
    """A pattern of GitLab's holds a folder's contents only with a slash at its end, and may hold classes."""
    rules = rules_of(pattern, syntax="gitlab")
    assert [path for path in matched.split() if not lines(rules, path)] == []
    assert [path for path in others.split() if lines(rules, path)] == []


@pytest.mark.parametrize("path", ["a/../c/x", "./c/x", "c/./x", "c//x", "a/b/../../c/x"])
def test_a_path_that_goes_up(path: str) -> None:
    """A path is that of the file to which it leads, whatever folders it passes; outside the repository it is none."""
    assert lines(rules_of("*", "/a/", "/c/"), path) == [3]
    assert lines(rules_of("*"), "a/../../x") == lines(rules_of("*"), "a/..") == []


PART = st.sampled_from(["a", "b", "ab", "*", "?", "a*", "*b", "**", "***", "a**b", "f.x", "*.x", ".h", "\\b"])
PATTERN = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "/"]),
    st.lists(PART, min_size=1, max_size=4),
    st.sampled_from(["", "/", "/*", "/**"]),
)
NAMES = ["a", "b", "ab", "f.x", ".h"]
PATHS = ["/".join(parts) for size in (1, 2, 3) for parts in product(NAMES, repeat=size)]


@pytest.fixture(scope="module")
def git(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


@settings(max_examples=60, deadline=None)
@given(pattern=PATTERN)
def test_git_agrees(git: Path, pattern: str) -> None:
    """A pattern matches what git ignores by it, since its patterns are git's.

    But for a star at the end of a folder's: that is no folder in it to CODEOWNERS. And what is asked for may be a
    folder, of which git is asked by something in it.
    """
    if pattern.endswith("/*") or fault_of(pattern):
        return
    (git / ".gitignore").write_text(pattern + "\n")
    asked = [form for path in PATHS for form in (path, f"{path}/zz")]
    run = ["git", "-C", str(git), "check-ignore", "--no-index", "--stdin"]
    ignored = set(subprocess.run(run, input="\n".join(asked), capture_output=True, text=True).stdout.splitlines())
    rules = rules_of(pattern)
    expected = {path for path in PATHS if path in ignored or f"{path}/zz" in ignored}
    assert {path for path in PATHS if lines(rules, path)} == expected


def forms(parts: list[str]) -> Iterator[list[str]]:
    """What stands for `**`: nothing, or any folders."""
    if "**" not in parts:
        yield parts
        return
    at = parts.index("**")
    for size in range(4):
        for rest in forms(parts[at + 1 :]):
            yield parts[:at] + ["*"] * size + rest


def is_alike(text: str, wild: str) -> bool:
    if not wild:
        return not text
    if wild[0] == "*":
        return is_alike(text, wild[1:]) or (bool(text) and is_alike(text[1:], wild))
    return bool(text) and wild[0] in ("?", text[0]) and is_alike(text[1:], wild[1:])


def matches_by_trying(pattern: str, path: str) -> bool:
    """Whether a pattern matches, by trying every way in which it could, for a file or the folder of this path."""
    parts = pattern.strip("/").split("/")
    parts = ["**" if part == "***" else part.replace("\\", "") for part in parts]
    if "/" not in pattern.rstrip("/"):
        parts = ["**", *parts]
    if pattern.endswith("**/"):
        parts = [*parts, "*"]  # the folders that are in one
    names = path.split("/")
    for wanted in forms(parts[:-1] if pattern.endswith(("/*", "/**")) else parts):
        begins = len(names) >= len(wanted) and all(map(is_alike, names, wanted))
        if begins and (len(names) - len(wanted) <= 1 or not pattern.endswith("/*")):
            return True
    return False


@given(st.lists(PATTERN, max_size=5), st.sampled_from(PATHS))
def test_the_last_match_by_trying(patterns: list[str], path: str) -> None:
    """Whatever the rules, the one that counts is the last of those that match, tried one by one in every way."""
    patterns = [pattern for pattern in patterns if not fault_of(pattern)]
    wanted = [line for line, pattern in enumerate(patterns, start=1) if matches_by_trying(pattern, path)][-1:]
    assert lines(rules_of(*patterns), path) == wanted


CLASSES = {"[ab]": "ab", "[^ab]": "f.xh", "[!f.x]": "abh", "[a-f]": "abf", "[]": ""}
OF_GITLAB = st.builds(
    lambda start, parts, end: start + "/".join(parts) + end,
    st.sampled_from(["", "/"]),
    st.lists(PART | st.sampled_from([*CLASSES, "a[ab]", ".[^ab]"]), min_size=1, max_size=4),
    st.sampled_from(["", "/", "/*", "/**"]),
)


def ruby_matches(pattern: str, path: str) -> bool:
    """`File.fnmatch` with FNM_PATHNAME and FNM_DOTMATCH, by trying every way in which a pattern could match."""
    for written, chars in CLASSES.items():
        if written in pattern:
            return any(ruby_matches(pattern.replace(written, char, 1), path) for char in chars)
    if pattern.startswith("**/"):
        name, slash, rest = path.partition("/")
        return ruby_matches(pattern[3:], path) or (bool(slash) and ruby_matches(pattern, rest))
    part, more, others = pattern.partition("/")
    name, slash, rest = path.partition("/")
    return is_alike(name, part.replace("\\", "")) and more == slash and (not more or ruby_matches(others, rest))


@settings(max_examples=200, deadline=None)
@given(OF_GITLAB)
def test_gitlab_by_trying(pattern: str) -> None:
    """A pattern of GitLab's matches what Ruby does by it, once GitLab has made it one of any depth, or of a folder."""
    made = pattern if pattern.startswith("/") else f"/**/{pattern}"
    made = f"{made}**/*" if made.endswith("/") else made
    rules = rules_of(pattern, syntax="gitlab")
    expected = {path for path in PATHS if ruby_matches(made, f"/{path}") or ruby_matches(made, f"/{path}/zz")}
    assert {path for path in PATHS if lines(rules, path)} == expected


def steps_of(work: Callable[[], object]) -> int:
    """Return how many lines of the matcher are executed."""
    count = 0

    def traced(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal count
        count += event == "line"
        return traced if frame.f_code.co_filename == paths.__file__ else None

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("syntax", ["github", "gitlab"])
@pytest.mark.parametrize(
    "pattern",
    ["/" + "*a" * 99 + "b", "/" + "*a" * 49 + "/" + "*a" * 50, "**/a/" * 40 + "z", "[" * 200, "/" + "*[^b]" * 40],
)
def test_patterns_made_to_take_for_ever(pattern: str, syntax: Literal["github", "gitlab"]) -> None:
    """No pattern keeps a question waiting, however many wildcards it holds."""
    for path in ("a" * 250, "a/" * 124 + "a"):
        assert fault_of(pattern) == ""
        rules = rules_of(pattern, syntax=syntax)
        assert steps_of(partial(rules.matching, path)) < 10 * 200 * 250


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.sampled_from(["*", "**/", "a", "/", "?", "[ab]", "b"]), min_size=200, max_size=200),
    st.text(st.sampled_from("aab/"), min_size=250, max_size=250),
    st.sampled_from(["github", "gitlab"]),
)
def test_steps_are_bounded(pieces: list[str], path: str, syntax: Literal["github", "gitlab"]) -> None:
    """Matching takes no more steps than a pattern is long times a path is long, whatever either holds."""
    rules = rules_of("".join(pieces)[:200], syntax=syntax)
    assert steps_of(partial(rules.matching, path)) < 10 * 200 * 250


@pytest.mark.parametrize(
    ("url", "paths"),
    [
        ("https://github.com/acme/mono/blob/main/packages/foo/bar.ts#L10-L12", "packages/foo/bar.ts"),
        ("https://github.com/Acme/Mono/blob/0a1b2c3d/packages/Foo/bar.ts?plain=1", "packages/Foo/bar.ts"),
        ("https://github.com/acme/mono/tree/v1.2.0/packages/foo/", "packages/foo"),
        ("https://github.com/acme/mono/blame/HEAD/my%20docs/a.md", "my docs/a.md"),
        ("http://www.github.com/acme/mono/raw/refs/heads/main/a.ts", "a.ts"),
        ("https://github.com/acme/mono/blob/fix/a/b.ts", "a/b.ts b.ts"),
        ("https://github.com/acme/mono/tree/main", ""),
        ("https://github.com/acme/mono/pull/12/files", ""),
        ("https://github.com/acme/monorail/blob/main/a.ts", ""),
        ("https://github.com/acme/mono", ""),
    ],
)
def test_links(url: str, paths: str) -> None:
    """A link to a file or folder of a repository names its path, whatever the branch; other links name none."""
    found = paths_at(url, MONO)
    assert ",".join(found) == (paths if "my " in paths else ",".join(paths.split()))


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://gitlab.acme.example/pay/web/shop/-/blob/main/a/b.ts", "https://gitlab.acme.example/pay/web/shop"),
        ("https://gitlab.com/pay/shop/-/tree/main/a/b.ts?ref_type=heads", "https://gitlab.com/pay/shop/"),
        ("https://bitbucket.org/acme/shop/src/main/a/b.ts", "https://bitbucket.org/acme/shop.git"),
        ("https://git.acme.example/acme/shop/src/branch/main/a/b.ts", "https://git.acme.example/acme/shop"),
    ],
)
def test_links_of_other_hosts(url: str, repository: str) -> None:
    """Links of GitLab, Bitbucket and Gitea are read as those of GitHub."""
    assert paths_at(url, repository) == ("a/b.ts",)
