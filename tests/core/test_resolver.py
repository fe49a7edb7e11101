"""Finding: a mention means one thing, offers what it could mean, or honestly finds nothing."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import catalog, pottery, rulebook, snapshot, statements

from assistant.core.answers import Choices, NotFound, Owners
from assistant.core.catalog import Catalog
from assistant.core.entries import Component, Ref, Team
from assistant.core.match import Match, Step
from assistant.core.resolver import Names
from assistant.core.snapshot import index
from assistant.formats.answer_record import record
from assistant.use_cases.asking import ask


def find(mention: str, names: Names | None = None) -> Match:
    names = names or pottery().components
    return names.with_nearest(names.find(mention))


def names(refs: tuple[Ref, ...]) -> list[str]:
    return [ref.name for ref in refs]


@pytest.mark.parametrize(
    ("mention", "expected", "step"),
    [
        ("kiln-control", "kiln-control", Step.NAME),
        ("oven-brain", "kiln-control", Step.OTHER_NAME),
        ("Kiln Control", "kiln-control", Step.OTHER_NAME),
        ("default/wheel", "wheel", Step.OTHER_NAME),
        ("KILN-CONTROL", "kiln-control", Step.LETTERS),
        ("kilnControl", "kiln-control", Step.LETTERS),
        ("kiln_control", "kiln-control", Step.LETTERS),
        ("kilncontrol", "kiln-control", Step.LETTERS),
        ("glaze mixer", "glazeMixer", Step.LETTERS),
        ("mould-presses", "mould_presses", Step.LETTERS),
        ("mould press", "mould_presses", Step.FORM),
        ("kiln controls", "kiln-control", Step.FORM),
        ("control kiln", "kiln-control", Step.FORM),
        ("wheel service", "wheel", Step.FORM),
        ("kiln-contorl", "kiln-control", Step.TYPO),
        ("clay-ledgr", "clay-ledger", Step.TYPO),
        ("oder-intake-gateway", "order-intake-gateway", Step.TYPO),
        ("oig", "order-intake-gateway", Step.INITIALS),
        ("ord intake gw", "order-intake-gateway", Step.WORDS),
        ("order gateway", "order-intake-gateway", Step.WORDS),
        ("kiln", "kiln-control", Step.WORDS),
        ("ledger", "clay-ledger", Step.WORDS),
    ],
)
def test_ways_of_writing_one_name(mention: str, expected: str, step: Step) -> None:
    """A name is found in every way that people write it, and the answer can say how."""
    match = find(mention)
    assert names(match.refs) == [expected]
    assert match.step is step


def test_an_exact_name_wins_over_an_alias() -> None:
    """A name that another component has as an alias still means the component of that name."""
    found = snapshot("components: [{name: wheel}, {name: lathe, aliases: [wheel, Wheel]}]").components.find("wheel")
    assert names(found.refs) == ["wheel"]


def test_an_alias_of_several_offers_them() -> None:
    """An alias that two components share means neither more than the other."""
    assert set(names(find("stamper").refs)) == {"stamp-press", "seal-press"}


def test_digits_are_never_slips() -> None:
    """One digit apart is another thing: api-v1 is not api-v2, and api-v3 is neither, but both are offered."""
    assert names(find("api-v1").refs) == ["api-v1"]
    assert names(find("apiv2").refs) == ["api-v2"]
    assert find("api-v3").refs == ()
    assert set(names(find("api-v3").nearest)) == {"api-v1", "api-v2"}


def test_two_names_one_letter_apart() -> None:
    """The exact one wins; a slip that could be either offers both."""
    assert names(find("wheel").refs) == ["wheel"]
    assert names(find("wheal").refs) == ["wheal"]
    assert set(names(find("wheol").refs)) == {"wheel", "wheal"}


def test_a_short_name_is_not_guessed() -> None:
    """Three letters are too few to be a slip of another three."""
    assert snapshot("components: [{name: foo}]").components.find("fox").refs == ()


def test_a_dropped_prefix_needs_to_be_the_only_one() -> None:
    """`ledger` answers while one name holds the word, and offers them once two do."""
    one, two = "{name: acme-ledger}", "{name: acme-ledger}, {name: zinc-ledger}"
    other = ", {name: acme-mill}, {name: zinc-mill}"
    assert names(snapshot(f"components: [{one}{other}]").components.find("ledger").refs) == ["acme-ledger"]
    assert len(snapshot(f"components: [{two}{other}]").components.find("ledger").refs) == 2


def test_more_words_than_the_name_has() -> None:
    """A frontend of checkout is not checkout: nothing is found, and checkout is offered."""
    match = find("checkout-frontend", snapshot("components: [{name: checkout}, {name: attic}]").components)
    assert match.refs == ()
    assert names(match.nearest) == ["checkout"]


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/pots/kiln-control",
        "http://www.github.com/Pots/Kiln-Control.git",
        "https://github.com/pots/kiln-control/pull/7",
        "https://github.com/pots/kiln-control/blob/main/README.md?plain=1#L3",
    ],
)
def test_addresses_of_a_repository(url: str) -> None:
    """A link to a repository, or to anything in it, means what is kept there."""
    match = pottery().components.addresses.find(url)
    assert match is not None
    assert names(match.refs) == ["kiln-control"]


@pytest.mark.parametrize("wrap", ["{}", "<{}>", "<{}|the repo>", "<{}/pull/9>"])
def test_another_organisation_is_another_thing(wrap: str) -> None:
    """A repository of the same name elsewhere is not found; ours is offered."""
    answer = ask("who owns " + wrap.format("https://github.com/elsewhere/wheel-x"), pottery(), rulebook()).answer
    assert isinstance(answer, NotFound)
    answer = ask("who owns " + wrap.format("https://github.com/elsewhere/kiln-control"), pottery(), rulebook()).answer
    assert isinstance(answer, NotFound)
    assert [card.component.name for card in answer.nearest] == ["kiln-control"]


NAMESPACES = """
teams: [{name: glaze}, {name: ovens}]
components:
  - {name: ledger, namespace: north, owner: %s}
  - {name: ledger, namespace: south, owner: ovens}
"""


def test_one_name_in_two_namespaces() -> None:
    """With different owners they are offered, with one owner answered, and typed in full it is that one."""
    different, same = snapshot(NAMESPACES % "glaze"), snapshot(NAMESPACES % "ovens")
    assert isinstance(ask("who owns ledger?", different, rulebook()).answer, Choices)
    answer = ask("who owns ledger?", same, rulebook()).answer
    assert isinstance(answer, Owners)
    assert {card.component.namespace for card in answer.cards} == {"north", "south"}
    answer = ask("who owns north/ledger?", different, rulebook()).answer
    assert isinstance(answer, Owners)
    assert [card.component.ref.path for card in answer.cards] == ["north/ledger"]


visible = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
typed = st.text(string.ascii_letters + string.digits + "-_ ./", min_size=1, max_size=16).filter(str.strip)
some_names = st.lists(st.one_of(visible, typed), min_size=1, max_size=6, unique=True)


@settings(deadline=None)
@given(some_names, some_names)
def test_an_exact_name_or_alias_is_always_found(held: list[str], aliases: list[str]) -> None:
    """Whatever a component is called, its exact name finds it alone, and its exact alias finds it among others."""
    entries = [Component(name=name, aliases=(alias,)) for name, alias in zip(held, aliases, strict=False)]
    components = index(Catalog().following(statements(*entries), 1)).components
    for entry in entries:
        assert components.find(entry.name).refs == (entry.ref,)
        match = components.find(entry.aliases[0])
        assert entry.ref in match.refs or match.step is Step.NAME


@pytest.mark.parametrize("name", ["x" * 255, "kiln " * 50 + "end", " padded", "?!", "-", "窯", "🔥"])
def test_odd_names_are_found(name: str) -> None:
    """A name may be as long as the schema allows, padded, or made of marks: typed exactly, it is found."""
    one = index(Catalog().following(statements(Component(name=name)), 1))
    assert names(one.components.find(name).refs) == [name]


@settings(deadline=None, max_examples=40)
@given(st.randoms(use_true_random=False), st.sampled_from(["stamper", "wheol", "press", "kiln", "api-v3", "gateway"]))
def test_the_order_of_statements_never_matters(shuffler: random.Random, mention: str) -> None:
    """Two registries that state the same answer the same, whatever was stated first."""
    whole = pottery().catalog
    entries: list[Component | Team] = [*whole.components.values(), *whole.teams.values()]
    stated = statements(*entries)
    shuffler.shuffle(stated)
    other = index(Catalog().following(stated, 1))
    one, two = (ask(f"who owns `{mention}`", each, rulebook()) for each in (pottery(), other))
    assert record(1, "", one.reading, one.answer) == record(1, "", two.reading, two.answer)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_mention_is_looked_up(mention: str) -> None:
    """No text is too strange to look for: it is found, or the nearest are at most three."""
    match = find(mention)
    assert len(match.nearest) <= 3
    assert len(match.refs) <= 8
    assert not (match.refs and match.nearest)


def test_an_empty_registry_finds_nothing() -> None:
    """With nothing registered every mention is simply not found."""
    empty = index(catalog("components: []"))
    assert empty.components.find("kiln") == Match("kiln")


@pytest.mark.parametrize(
    ("registered", "typed"),
    [
        ("moss-us", "moss-eu"),
        ("moss-db", "moss-ui"),
        ("moss-app", "moss-api"),
        ("moss-dashboard", "moss-db"),
        ("moss-import", "moss-export"),
        ("inbound-moss", "outbound-moss"),
        ("moss-cli", "moss crd"),
        ("mcp23s08", "mcp23p08"),
        ("nfs-provisioner", "snow-provisioner"),
        ("cluster-moss", "cluster-moss-aws"),
    ],
)
def test_another_word_is_no_slip(registered: str, typed: str) -> None:
    """A name that differs by a word is another component, however few letters that word has: it is offered at most."""
    names = snapshot(f"components: [{{name: {registered}}}]").components
    assert names.find(typed).refs == ()


def test_a_plural_does_not_silence_another_name_with_the_word() -> None:
    """`user` may be `users` or a `user-service`: both are offered."""
    names = snapshot("components: [{name: users}, {name: user-service}]").components
    assert {ref.name for ref in names.find("user").refs} == {"users", "user-service"}


@pytest.mark.parametrize("mention", ["database", "our cache", "gateway"])
def test_a_kind_of_thing_is_no_name(mention: str) -> None:
    """Asking about “our database” names no particular one, even where only one name holds the word."""
    names = snapshot("components: [{name: moss-database}, {name: moss-cache}, {name: moss-gateway}]").components
    assert names.find(mention.removeprefix("our ")).refs == ()


KILNS = "components: [{name: kiln-app}, {name: aws-kiln-sweeper}, {name: gas}]"


def test_a_name_with_a_word_for_what_it_is() -> None:
    """`kiln` is the kiln app before it is a part of something else; a second thing that begins so makes it a choice."""
    held = snapshot(KILNS).components
    assert names(find("kiln", held).refs) == ["kiln-app"]
    more = snapshot(KILNS.replace("{name: gas}", "{name: kiln-docs}")).components
    assert set(names(find("kiln", more).refs)) == {"kiln-app", "kiln-docs", "aws-kiln-sweeper"}


def test_a_word_of_names_is_nobodys_initials() -> None:
    """Initials are a guess, and a word that stands in other names means these."""
    held = snapshot("components: [{name: gate-and-stile}, {name: gas-oven}, {name: gas-lamp}]").components
    assert set(names(find("gas", held).refs)) == {"gas-oven", "gas-lamp"}
    alone = snapshot("components: [{name: gate-and-stile}, {name: oven}]").components
    assert names(find("gas", alone).refs) == ["gate-and-stile"]


def test_far_fetched_names_are_not_offered() -> None:
    """What shares no word and hardly a letter with a name is not offered as near it."""
    held = snapshot("components: [{name: akamai_datastream}, {name: email-sender}, {name: ledger}]").components
    assert find("kafka", held).nearest == ()
    assert names(find("ledger-sync", held).nearest) == ["ledger"]
    assert names(find("ledgersync", held).nearest) == ["ledger"]
