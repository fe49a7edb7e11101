"""Asking about a path: the rules of CODEOWNERS files answer, with the component in which it lies where there is one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registries import rulebook, statements

from assistant.core.answers import Answer, Choices, Contact, NotFound, NotUnderstood, Onboard, Owners, PathOwners
from assistant.core.catalog import Catalog
from assistant.core.messages import plain
from assistant.core.snapshot import Snapshot, index
from assistant.core.wording import word
from assistant.formats.answer_record import record
from assistant.formats.codeowners import read_codeowners
from assistant.formats.registry_file import RegistryFile, read_registry
from assistant.use_cases.asking import ask

MONO = "https://github.com/pots/mono"
SHOP = "https://gitlab.com/pots/web/shop"
REGISTRY = read_registry(
    "registry.yaml",
    b"""
    teams: [{name: ovens, slack_channel: "#ovens"}, {name: data, slack_channel: "#data"}, {name: clay}]
    components: [{name: kiln-control, owner: ovens}, {name: next.js, owner: clay}, {name: clay-book, owner: clay}]
    """,
)
RULES = read_codeowners(
    "mono/CODEOWNERS",
    b"""\
* @pots/platform
/packages/kiln/      @pots/ovens
/packages/glaze/     @pots/glaze @pots/ovens
/packages/kiln/made/
*.sql                @pots/data
*.ts                 @pots/web
/packages/kiln/**/*  @pots/ovens
""",
    repository=MONO,
)
OTHERS = read_codeowners(
    "shop/CODEOWNERS", b"[Web] @pots/web\n/src/\n/docs/ @pots/writers\n*.sql @pots/dba", repository=SHOP
)


def registry(*files: RegistryFile) -> Snapshot:
    catalog = Catalog()
    for number, file in enumerate(files, start=1):
        stated = statements(*file.entries, source=file.label)
        catalog = catalog.following(stated, number, {file.label: file.places}, {file.label: file.paths})
    return index(catalog)


ONE = registry(REGISTRY, RULES)
BOTH = registry(REGISTRY, RULES, OTHERS)


def answer(text: str, snapshot: Snapshot = ONE) -> Answer:
    return ask(text, snapshot, rulebook()).answer


def row(text: str, snapshot: Snapshot = ONE) -> dict[str, Any]:
    reply = ask(text, snapshot, rulebook())
    return record(1, text, reply.reading, reply.answer)


@pytest.mark.parametrize(
    "text",
    [
        "who owns packages/kiln/src/heat.c",
        "who owns /packages/kiln/src/heat.c?",
        "<@U0BOT> packages/kiln/src/heat.c?",
        "who owns `packages/kiln/src/heat.c`",
        "packages/kiln/src/heat.c:12 fails for me, who do I ask?",
        "The build fails in packages/kiln/src/heat.c. Who owns that?",
        "does ovens own packages/kiln/src/heat.c?",
        f"who owns <{MONO}/blob/main/packages/kiln/src/heat.c#L10-L12>",
        f"who owns <{MONO}/blob/main/packages/kiln/src/heat.c|heat.c>?",
        f"{MONO}/blame/feature/hotter/packages/kiln/src/heat.c?",
        "github.com/pots/mono/tree/main/packages/kiln/src/heat.c?",
        "/who-owns packages/kiln/src/heat.c",
    ],
)
def test_a_path_in_a_component(text: str) -> None:
    """A path, or a link to one, is answered with the component in which it lies, and names the rule and its line."""
    made = row(text)
    assert (made["intent"], made["outcome"]) == ("owner", "answer")
    assert (made["components"], made["owners"]) == (["kiln"], ["ovens"])
    path = "packages/kiln/src/heat.c"
    assert made["because"].removeprefix("/") == f"{path} falls under /packages/kiln/**/*, line 7 of CODEOWNERS."
    assert made["answer"].startswith("kiln is owned by ovens.")


def test_a_path_by_its_kind() -> None:
    """A path that is no component's own is answered with the teams of its rule."""
    made = row("who owns packages/glaze/schema.sql?")
    assert (made["intent"], made["outcome"], made["components"], made["owners"]) == ("owner", "answer", [], ["data"])
    assert made["because"] == "packages/glaze/schema.sql falls under *.sql, line 5 of CODEOWNERS."
    assert made["answer"] == "packages/glaze/schema.sql is owned by data.\nAsk in #data"
    assert row("who owns packages/glaze/index.ts")["owners"] == row("is a/b.ts owned by ovens?")["owners"] == ["web"]
    assert row("who owns tools/make/all.py")["owners"] == ["platform"]


def test_a_path_that_a_rule_takes_from_its_owners() -> None:
    """A path whose rule names nobody is said to be nobody's, and what to do about it."""
    bare = registry(read_codeowners("CODEOWNERS", b"/docs/ @pots/docs\n/docs/made/*.md"))
    made = row("who owns docs/made/api.md", bare)
    assert (made["outcome"], made["owners"]) == ("answer", [])
    assert made["answer"] == "Nobody owns docs/made/api.md: its rule names no team. Add one there to change that."
    assert made["because"] == "docs/made/api.md falls under /docs/made/*.md, line 2 of CODEOWNERS."


def test_other_questions_about_a_path() -> None:
    """How to reach who owns a path, and which model its component should use, are answered as for a name."""
    assert row("what is the slack channel for packages/kiln/a.c?")["value"] == "#ovens"
    found = answer("what is the slack channel for db/a.sql?")
    assert isinstance(found, Contact)
    assert (found.team and found.team.name, found.value) == ("data", "#data")
    assert row("which model should packages/kiln/a.c use?")["components"] == ["kiln"]
    made = row("should packages/kiln/a.c be run by a platform team?")
    assert (made["intent"], made["components"]) == ("model", ["kiln"])


def test_several_paths() -> None:
    """Several paths are answered together, and so are a path and a name."""
    assert row("who owns packages/kiln/a.c and packages/glaze/b.c?")["components"] == ["kiln", "glaze"]
    assert row("who owns kiln-control and packages/glaze/b.c?")["components"] == ["kiln-control", "glaze"]
    found = answer("who owns db/a.sql and web/b.ts?")
    assert isinstance(found, PathOwners)
    assert [each.path for each in found.paths] == ["db/a.sql", "web/b.ts"]


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("who owns kiln-control? it fails in packages/glaze/a.c:12", ["kiln-control"]),
        ("who owns next.js?", ["next.js"]),
        ("who owns clay/book?", ["clay-book"]),
        ("who owns packages/kiln", ["kiln"]),
        ("what does ovens own?", []),
    ],
)
def test_what_is_no_question_about_a_path(text: str, components: list[str]) -> None:
    """What is registered under a name is that, though it looks like a path, and a path beside it is not asked about."""
    made = row(text)
    assert made["components"] == components
    assert "falls under" not in made["because"]


@pytest.mark.parametrize("text", ["who owns CI/CD?", "who owns frontend/backend/mobile?", "who owns vue.js?"])
def test_words_with_slashes_are_no_paths(text: str) -> None:
    """A rule about everything does not make a path of whatever holds a slash or a dot."""
    without = registry(read_codeowners("CODEOWNERS", b"* @pots/platform"))
    assert isinstance(answer(text, without), NotFound)


@pytest.mark.parametrize(
    "path",
    [
        "src/Makefile",
        "docs/LICENSE",
        "src/[id]/page.tsx",
        "app/(shop)/[[...slug]]/page.tsx",
        "[id]/page.tsx",
        "routes/$id.tsx",
        ".github/workflows",
        "/src/bin/run",
        "src/bin/",
        "`src/bin/run`",
        "(src/a.c)",
    ],
)
def test_any_path_is_answered(path: str) -> None:
    """What is surely a path is answered, by its file's name, a slash before or behind it, or backticks around it."""
    made = row(f"who owns {path}?", registry(read_codeowners("CODEOWNERS", b"* @pots/platform")))
    assert (made["outcome"], made["owners"]) == ("answer", ["platform"])
    bare = path.strip("`") if path[0] != "(" else "src/a.c"
    assert made["because"] == f"{bare} falls under *, line 1 of CODEOWNERS."


@pytest.mark.parametrize("path", ["`docs/My Guides/a.md`", '"docs/My Guides/a.md"', "docs/My%20Guides/a.md"])
def test_a_path_that_holds_spaces(path: str) -> None:
    """In backticks or quotes, or as a link writes it, a path is taken whole, not for what its last word would be."""
    rules = registry(read_codeowners("CODEOWNERS", b"* @pots/platform\n/docs/My\\ Guides/ @pots/writers"))
    assert row(f"who owns {path}?", rules)["owners"] == ["writers"]


@pytest.mark.parametrize(("path", "owner"), [("lib/apps/x.go", "all"), ("apps/x.go", "octo")])
def test_folders_that_are_called_the_same(path: str, owner: str) -> None:
    """Of two rules about folders of one name the path is answered with the owners of the rule that it falls under."""
    rules = registry(read_codeowners("CODEOWNERS", b"apps/ @pots/all\n/apps/ @pots/octo\n"))
    assert row(f"who owns {path}?", rules)["owners"] == [owner]


def test_a_path_that_goes_up() -> None:
    """A path is that of the file to which it leads, whatever folders it names on its way."""
    rules = registry(read_codeowners("CODEOWNERS", b"/checkout/ @pots/ovens\n/vendor/ @pots/data"))
    assert row("who owns checkout/../vendor/z.c?", rules)["components"] == ["vendor"]


def test_a_path_that_a_role_owns() -> None:
    """Nobody answers for what only a role owns, least of all who owns the rest."""
    rules = registry(read_codeowners("CODEOWNERS", b"[Code]\n* @pots/platform\n/a/ @@maintainer\n"))
    assert row("who owns a/x.c?", rules)["answer"].startswith("Nobody owns a/x.c: its rule names no team.")


def test_what_is_said_of_a_path() -> None:
    """A path in what is no question is not answered about, and what is to be registered keeps its name."""
    assert isinstance(answer("i moved packages/kiln/a.c yesterday"), NotUnderstood)
    found = answer("register packages/kiln/a.c")
    assert isinstance(found, Onboard)
    assert found.new.name == "packages/kiln/a.c"


def test_a_path_without_a_rule() -> None:
    """A path that no rule is about is not found; the answer says so and offers what is called nearly so."""
    made = row("who owns pkgs/kilm/heat.c?", registry(REGISTRY, read_codeowners("CODEOWNERS", b"/kiln/ @pots/ovens")))
    assert (made["outcome"], made["owners"]) == ("not_found", [])
    assert made["choices"][0] == "kiln"
    assert made["because"] == "No rule of CODEOWNERS is about pkgs/kilm/heat.c, and nothing registered is called so."
    assert made["answer"].startswith("No rule of CODEOWNERS is about pkgs/kilm/heat.c. Closest: kiln (ovens)")


def test_a_link_without_a_rule() -> None:
    """A link into a repository whose rules are known, to what none of them is about, is not found, but by its path."""
    rules = read_codeowners("CODEOWNERS", b"/kiln/ @pots/ovens", repository=MONO)
    found = answer(f"who owns <{MONO}/blob/main/wheel/spin.c>", registry(rules))
    assert isinstance(found, NotFound)
    assert (found.mention, found.unruled) == ("wheel/spin.c", ("CODEOWNERS",))


def test_several_repositories() -> None:
    """A link picks its repository; a bare path is answered from those whose rules tell most about it."""
    assert row(f"who owns {MONO}/blob/main/db/a.sql", BOTH)["owners"] == ["data"]
    assert row(f"who owns {SHOP}/-/blob/main/db/a.sql", BOTH)["owners"] == ["dba"]
    assert row("who owns src/index.html", BOTH)["owners"] == ["web"]
    assert row("who owns packages/kiln/a.c", BOTH)["components"] == ["kiln"]
    made = row("who owns db/a.sql?", BOTH)
    assert made["owners"] == ["data", "dba"]
    assert made["answer"].splitlines() == [
        "In pots/mono, db/a.sql is owned by data.",
        "In pots/web/shop, db/a.sql is owned by dba.",
    ]


def test_folders_of_one_name_in_two_repositories() -> None:
    """A folder that is called like a component of another repository is never answered with that one's owner."""
    first = read_codeowners("a/CODEOWNERS", b"/docs/ @pots/ovens", repository=MONO)
    second = read_codeowners("b/CODEOWNERS", b"/docs/ @pots/web", repository=SHOP)
    snapshot = registry(first, second)
    assert row(f"who owns {MONO}/blob/main/docs/a.md", snapshot)["owners"] == ["ovens"]
    assert row(f"who owns {SHOP}/-/blob/main/docs/a.md", snapshot)["owners"] == ["web"]


def test_components_of_several_repositories() -> None:
    """A bare path that lies in components of several owners in several repositories is asked back about."""
    first = read_codeowners("a/CODEOWNERS", b"/src/kiln/ @pots/ovens", repository=MONO)
    second = read_codeowners("b/CODEOWNERS", b"/src/ @pots/web", repository=SHOP)
    found = answer("who owns src/kiln/a.c?", registry(first, second))
    assert isinstance(found, Choices)
    assert [card.component.name for card in found.options] == ["kiln", "src"]


def test_all_sections_own_a_path() -> None:
    """Where rules of several of GitLab's sections count for a path, the teams of all of them own it."""
    rules = read_codeowners("CODEOWNERS", b"* @pots/all\n[Web] @pots/web\n/src/\n[Docs] @pots/docs\n*.md\n")
    made = row("who owns src/a.md?", registry(rules))
    assert (made["components"], made["owners"]) == ([], ["web", "docs"])
    assert made["because"] == "src/a.md falls under /src/, line 3 and *.md, line 5 of CODEOWNERS."
    assert row("who owns src/a.ts?", registry(rules))["components"] == ["src"]


def test_an_owner_that_others_state() -> None:
    """Where another source states the owner of the component, that is the answer, and it says from where."""
    stated = read_registry("a.yaml", b"teams: [{name: clay}]\ncomponents: [{name: kiln, owner: clay}]")
    found = answer("who owns packages/kiln/a.c", registry(stated, RULES))
    assert isinstance(found, Owners)
    assert [team.name for team in found.cards[0].owners] == ["clay"]
    assert found.cards[0].origin
    assert found.cards[0].origin.source == "a.yaml"


def test_without_rules_nothing_is_a_path() -> None:
    """Where no source has rules, a path is read as anything else."""
    found = answer("who owns packages/kiln/a.c", registry(REGISTRY))
    assert isinstance(found, NotFound)
    assert not found.unruled
    assert plain(word(found)).startswith("There is no component called packages/kiln/a.c.")


WORDS = "packages/kiln/a.c /docs/ a.sql * and qzxq-0 < > | ` . .. ? / https:// main/x.ts kiln-control ovens not"
PIECES = st.sampled_from([*WORDS.split(), "who owns", "database of", f"<{MONO}/blob/", f"{SHOP}/-/tree/main/"])


@given(st.lists(PIECES, max_size=8), st.sampled_from(["", " "]))
def test_arbitrary_messages(pieces: list[str], between: str) -> None:
    """Whatever is written around paths and links is answered, and no stand-in for a path shows in it."""
    text = between.join(pieces)
    made = row(text, BOTH)
    said = f"{made['answer']} {made['because']} {made['components']} {made['choices']}"
    assert "qzxq-" not in said.replace("qzxq-0", "" if "qzxq-0" in text else "qzxq-0")
