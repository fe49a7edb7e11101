"""Asking: one question in, one answer out, from what the registry holds."""

from __future__ import annotations

import pytest
from registries import pottery, rulebook, snapshot

from assistant.core.answers import (
    Answer,
    Choices,
    Contact,
    Explained,
    Help,
    Models,
    NotFound,
    NotUnderstood,
    Owners,
    TeamCard,
    TeamChoices,
    TeamNotFound,
)
from assistant.core.entries import Ref
from assistant.core.messages import Settle, plain
from assistant.core.recommending import recommend
from assistant.core.snapshot import Snapshot
from assistant.core.wording import word
from assistant.formats.answer_record import record
from assistant.use_cases.asking import ask, settle

PRESSES = snapshot("""
teams: [{name: presses}, {name: carts, aliases: [movers]}, {name: barrows, aliases: [movers]}]
components:
  - {name: book-press, aliases: [press], owner: presses, lifecycle: shared, ownership: developers}
  - {name: seal-press, aliases: [press], owner: presses}
  - {name: hand-cart, owner: carts}
  - {name: loose-nail, aliases: [stray]}
  - {name: loose-screw, aliases: [stray]}
""")


def answer(text: str, registry: Snapshot | None = None) -> Answer:
    return ask(text, registry or pottery(), rulebook()).answer


def test_an_owner_card() -> None:
    """An owner answer holds the component, its owner, the ways in and where the owner is stated."""
    found = answer("who owns the kiln control?")
    assert isinstance(found, Owners)
    (card,) = found.cards
    assert (card.component.name, [team.name for team in card.owners]) == ("kiln-control", ["ovens"])
    assert (card.channel, card.oncall) == ("#ovens", None)
    assert card.origin is not None
    assert card.origin.source == "registry.yaml"


def test_several_of_one_owner_are_an_answer() -> None:
    """A word that fits two components of one team is answered with that team, and asked back for a model."""
    found = answer("who owns press?", PRESSES)
    assert isinstance(found, Owners)
    assert found.same
    assert plain(word(found)).startswith("book-press and seal-press are owned by presses.")
    assert isinstance(answer("which model should press use?", PRESSES), Choices)


def test_owners_are_not_mixed_up() -> None:
    """Beside a word that fits two components of one team, another team's component keeps its own owner."""
    found = answer("who owns press and hand-cart?", PRESSES)
    assert isinstance(found, Owners)
    assert "hand-cart is owned by carts." in plain(word(found)).splitlines()


def test_unowned_things_are_told_apart() -> None:
    """Two components that nobody owns have no owner in common, so they are offered."""
    assert isinstance(answer("who owns stray?", PRESSES), Choices)


def test_owner_questions_about_a_team_answer_with_the_team() -> None:
    """`who owns glaze?` names a team, so the answer is what it owns."""
    found = answer("who owns glaze?")
    assert isinstance(found, TeamCard)
    assert [c.name for c in found.owned] == ["api-v1", "glazeMixer", "mould_presses", "stamp-press", "wheal"]


def test_teams_that_share_a_name() -> None:
    """A team's name that fits two teams offers both; one that fits none offers the nearest."""
    offered = answer("what do the movers own?", PRESSES)
    assert isinstance(offered, TeamChoices)
    assert [team.name for team in offered.teams] == ["barrows", "carts"]
    missing = answer("what does team barrow-brigade own?", PRESSES)
    assert isinstance(missing, TeamNotFound)
    assert [team.name for team in missing.nearest] == ["barrows"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("channel for kiln-control?", "#ovens"),
        ("channel for order-intake-gateway?", "#intake"),
        ("who is on call for glazeMixer?", "@glaze-oncall"),
        ("who is on call for order-intake-gateway?", "https://oncall.pots.example/oig"),
        ("who is on call for wheel?", None),
        ("runbook for kiln-control?", "https://wiki.pots.example/kiln"),
        ("runbook for wheel?", None),
        ("where is the repo for kiln-control?", "https://github.com/pots/kiln-control"),
        ("how do I contact the owners of glazeMixer?", "@mira, glaze@pots.example"),
        ("who is on call for glaze?", "@glaze-oncall"),
        ("how do I reach the ovens?", "U0OVA"),
        ("runbook for glaze?", None),
    ],
)
def test_contacts(text: str, value: str | None) -> None:
    """A way to reach somebody is the component's own, else its owner's; what is not recorded is not invented."""
    found = answer(text)
    assert isinstance(found, Contact)
    assert found.value == value


def test_contacts_of_several() -> None:
    """A way to reach somebody is said for each component that was asked about, in their order."""
    found = answer("who is on call for glazeMixer and kiln-control?")
    assert isinstance(found, Contact)
    assert found.card is not None
    assert found.card.component.name == "glazeMixer"
    assert [each.card and each.card.component.name for each in found.beside] == ["kiln-control"]
    assert not found.unresolved


def test_models_of_several() -> None:
    """Each component asked about gets its own recommendation, and what is not registered is named."""
    found = answer("which model should kiln-control, clay-ledger and api-v3 use?")
    assert isinstance(found, Models)
    decided = {each.card.component.name: each.decision.model for each in found.recommendations}
    assert {name: model and model.id for name, model in decided.items()} == {
        "kiln-control": "you-build-it-you-run-it",
        "clay-ledger": "platform-team",
    }
    assert [item.mention for item in found.unresolved] == ["api-v3"]


def test_what_is_known_wins_over_what_is_said() -> None:
    """A fact that the registry states is not overruled by an answer to an old button."""
    component = pottery().catalog.components[Ref.component("kiln-control")]
    advice = recommend(component, pottery().catalog, rulebook(), {"lifecycle": "shared"})
    assert advice.decision.model is not None
    assert advice.decision.model.id == "you-build-it-you-run-it"
    assert all(known.statement for known in advice.known)


def test_answers_accumulate_until_decided() -> None:
    """One answer after another decides, and a component that has gone since says so."""
    click = Settle(Ref.component("wheel"), "ownership", "developers", {"lifecycle": "shared"})
    found = settle(click, pottery(), rulebook(), "Ana")
    assert isinstance(found, Models)
    assert found.recommendations[0].decision.model is not None
    assert found.recommendations[0].decision.model.id == "complicated-subsystem-team"
    gone = Settle(Ref.component("bygone"), "ownership", "developers")
    assert isinstance(settle(gone, pottery(), rulebook(), "Ana"), NotFound)


def test_the_ways_out() -> None:
    """Help, talk and a name that nobody registered each have their own answer."""
    assert isinstance(answer("help"), Help)
    assert isinstance(answer("nice weather"), NotUnderstood)
    assert isinstance(answer("who is on call?"), NotUnderstood)
    missing = answer("who owns zz-top-9?")
    assert isinstance(missing, NotFound)
    assert (missing.mention, missing.searched) == ("zz-top-9", len(pottery().catalog.components))


def test_an_empty_registry() -> None:
    """With nothing registered, help says how to begin, and a question still gets an answer."""
    empty = snapshot("components: []")
    found = answer("help", empty)
    assert isinstance(found, Help)
    assert found.empty
    assert isinstance(answer("who owns kiln-control?", empty), NotFound)
    assert isinstance(answer("what does team glaze own?", empty), TeamNotFound)


@pytest.mark.parametrize("command", ["owner", "model"])
def test_a_command_finds_a_component_called_help(command: str) -> None:
    """No name is unreachable by a command."""
    expect: dict[str, type[Answer]] = {"owner": Owners, "model": Models}
    reply = ask("help", pottery(), rulebook(), "owner" if command == "owner" else "model")
    assert isinstance(reply.answer, expect[command])


def test_a_name_in_a_statement_is_offered() -> None:
    """Whoever writes to the assistant about a component, asking nothing, is shown how to ask about that one."""
    found = answer("kiln-control is smoking badly since this morning and the smell is awful")
    assert isinstance(found, NotUnderstood)
    assert [card.component.name for card in found.named] == ["kiln-control"]
    assert "who owns kiln-control?" in plain(word(found))


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("which model for a shared kiln that another team runs?", "platform-team"),
        ("which model should a dedicated oven use that we run", "you-build-it-you-run-it"),
        ("which model for a shared kiln?", None),
    ],
)
def test_a_model_for_what_nobody_registered(text: str, model: str | None) -> None:
    """What the question says of a thing is enough, and nothing is said to be registered; a click goes on from there."""
    found = ask(text, pottery(), rulebook())
    row = record(None, text, found.reading, found.answer)
    assert (row["outcome"], row["components"], row["model"]) == ("answer", [], model)
    message = word(found.answer)
    if model is None:
        act = message.buttons[0].act
        assert isinstance(act, Settle)
        assert "fits a complicated-subsystem team" in plain(word(settle(act, pottery(), rulebook(), "Ana")))
    else:
        assert [button.label for button in message.buttons if button.label.startswith("Register")]


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("which model should shared cache use?", {}),
        ("/which-model shared cache", {}),
        ("what if shared cache became dedicated?", {"lifecycle": "application-bound"}),
        ("which model should shared-cache use, which another team runs?", {"ownership": "external-team"}),
    ],
)
def test_the_words_of_a_name_state_nothing(text: str, assumed: dict[str, str]) -> None:
    """What is called “shared cache” is not said to be shared; what stands beside its name still counts."""
    found = ask(text, snapshot("components: [{name: shared-cache}]"), rulebook()).answer
    assert isinstance(found, Models)
    assert [(each.card.component.name, each.registered) for each in found.recommendations] == [("shared-cache", True)]
    assert found.recommendations[0].assumed == assumed


def test_models_are_explained_in_a_conversation() -> None:
    """Which models there are is no question about the component that was asked about just before."""
    before = Ref.component("kiln-control")
    assert isinstance(ask("which models are there?", pottery(), rulebook(), None, before).answer, Explained)
    assert isinstance(ask("which model should it use?", pottery(), rulebook(), None, before).answer, Models)


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("what is a platform team?", ["platform-team"]),
        ("what does complicated subsystem team mean", ["complicated-subsystem-team"]),
        ("Explain “you build it, you run it” please", ["you-build-it-you-run-it"]),
        (
            "what's the difference between a platform team and embedded platform engineers",
            ["embedded-platform-engineers", "platform-team"],
        ),
        ("which is better, you build it you run it or a platform team?", ["you-build-it-you-run-it", "platform-team"]),
        ("what are the advantages of a platform team", ["platform-team"]),
        ("pros and cons of embedded engineers?", ["embedded-platform-engineers"]),
        ("what is a complicated subsytem team?", ["complicated-subsystem-team"]),
        ("embedded or a platform team?", ["embedded-platform-engineers", "platform-team"]),
        ("which models are there?", [model.id for model in rulebook().models]),
    ],
)
def test_models_are_explained(text: str, models: list[str]) -> None:
    """Whoever asks what a model is, is told so, and not about a component that is called nearly so."""
    found = answer(text)
    assert isinstance(found, Explained), found
    assert [model.id for model in found.models] == models
    told = plain(word(found))
    assert all(model.context in told for model in found.models)
    assert ("What to do:" in told) == (len(models) == 1)


@pytest.mark.parametrize(
    "text", ["what is kiln-control?", "what does the platform team own?", "which model", "what is it"]
)
def test_other_questions_are_not_about_models(text: str) -> None:
    """A question that names something else, or nothing, is not answered with what models are."""
    assert not isinstance(answer(text), Explained)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "what does shared mean?",
            ["“Shared” answers the question “Do other applications use it"],
        ),
        ("what is the difference between dedicated and shared?", ["“Dedicated” answers", "“Shared” answers"]),
        (
            "explain company-wide",
            ["“Company-wide” answers", "leads to a complicated-subsystem team or a platform team"],
        ),
    ],
)
def test_words_for_answers_are_explained(text: str, told: list[str]) -> None:
    """Whoever asks what a word for an answer means is told which question it answers, and what follows."""
    found = answer(text)
    assert isinstance(found, Explained), found
    assert all(each in plain(word(found)) for each in told)


@pytest.mark.parametrize("text", ["what is an enabling team?", "what are enabling teams?", "explain an enabling team"])
def test_models_that_the_rulebook_has_not(text: str) -> None:
    """Whoever asks about another model is told that there is none, and which there are."""
    told = plain(word(answer(text)))
    assert told.startswith("The rulebook has no model called “enabling team")
    assert all(model.context in told for model in rulebook().models)


def test_a_component_called_as_a_model() -> None:
    """What is registered comes first, though a model be called the same."""
    held = snapshot("components: [{name: platform-team, description: Keeps the wheels.}]")
    found = ask("what is platform-team?", held, rulebook()).answer
    assert not isinstance(found, Explained)


def test_an_article_elsewhere_introduces_nothing() -> None:
    """A misspelt name is found as ever, though the question speaks of “a group” besides."""
    found = answer("should klin-controll stay where it is or go to a platform group?")
    assert isinstance(found, Models)
    assert [(each.card.component.name, each.registered) for each in found.recommendations] == [("kiln-control", True)]


def test_what_if() -> None:
    """Supposing something counts more than what is known, is not offered to be saved, and changes nothing."""
    before = answer("which model should clay-ledger use?")
    supposed = word(answer("what if clay-ledger were dedicated?"))
    assert plain(supposed).startswith("If so, clay-ledger would fit embedded platform engineers")
    assert not supposed.buttons
    assert supposed.share is None
    assert answer("which model should clay-ledger use?") == before


def test_a_hint_decides_nothing() -> None:
    """What many depend on looks shared: the button stands out, and the question is asked all the same."""
    held = snapshot(
        "components: [{name: anvil, ownership: developers}, {name: forge, depends_on: [anvil]},"
        " {name: mint, depends_on: [anvil]}, {name: tongs, ownership: developers}]"
    )
    hinted = ask("which model should anvil use?", held, rulebook())
    message = word(hinted.answer)
    assert "It looks like “Yes, others use it”: more than one registered component depends on it." in plain(message)
    assert [button.label for button in message.buttons if button.likely] == ["Yes, others use it"]
    assert record(None, "", hinted.reading, hinted.answer)["missing"] == ["lifecycle"]
    plainly = word(ask("which model should tongs use?", held, rulebook()).answer)
    assert not any(button.likely for button in plainly.buttons)
    assert "It looks like" not in plain(plainly)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("since kiln-control is used by everyone, which model should it use?", "“Others use it” is said here"),
        ("kiln-control isn't run by its developers any more, which model?", "“Another team runs it” is said here"),
    ],
)
def test_what_is_said_against_the_registry(text: str, told: str) -> None:
    """What is known wins over what a question says in passing, and the answer says so, whence, and what to do."""
    answered = plain(word(answer(text)))
    assert answered.startswith("kiln-control fits “you build it, you run it”")
    (line,) = [each for each in answered.splitlines() if told in each]
    assert "but the registry says" in line
    assert "(registry.yaml" in line
    assert line.endswith("Ask “what if …” to see what would follow.")


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("what if the glazers ran kiln-control?", "embedded-platform-engineers"),
        ("what if kiln-control was shared and operated by the platform team?", "platform-team"),
        ("what if clay-ledger were no longer shared?", "embedded-platform-engineers"),
        ("which model should clay-ledger use if shopfront ran it?", "complicated-subsystem-team"),
    ],
)
def test_what_if_in_other_words(text: str, model: str) -> None:
    """What is supposed counts in any form; the team of the one application has its developers."""
    found = answer(text)
    assert isinstance(found, Models)
    (advice,) = found.recommendations
    assert advice.supposed
    assert advice.decision.model is not None
    assert advice.decision.model.id == model


def test_what_is_supposed_and_not_understood() -> None:
    """A supposition that nothing was understood of is never dropped silently: the answer shows one that would be."""
    told = plain(word(answer("what if kiln-control was painted green?")))
    assert told.startswith("kiln-control fits “you build it, you run it”")
    assert "Ask, for example, “what if kiln-control were shared?”" in told


def test_what_if_about_nothing() -> None:
    """With nothing named and nothing asked about before, `it` is nothing, and an example shows how to ask."""
    found = answer("what if it became shared?")
    assert isinstance(found, NotUnderstood)
    assert "none was asked about before. Ask “who owns" in plain(word(found))
    before = Ref.component("kiln-control")
    meant = ask("what if it became shared?", pottery(), rulebook(), before=before).answer
    assert plain(word(meant)).startswith("If so, kiln-control would fit a complicated-subsystem team")


def test_one_for_each_is_none_that_is_there() -> None:
    """`Should every squad run its own cart?` asks about carts, and not about the one that is registered."""
    found = answer("should every squad run its own cart?", PRESSES)
    assert isinstance(found, Models)
    assert [each.registered for each in found.recommendations] == [False]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("is kiln-control a platform team?", "No: kiln-control fits “you build it, you run it”"),
        ("isn't clay-ledger a platform team?", "By the rules, yes: clay-ledger fits a platform team"),
        ("is kiln-control you build it, you run it?", "By the rules, yes: kiln-control fits"),
        ("why isn't kiln-control a platform team?", "kiln-control fits “you build it, you run it”"),
        ("should kiln-control stop being a platform team?", "kiln-control fits “you build it, you run it”"),
        ("should kiln-control be a platform team or embedded?", "kiln-control fits “you build it, you run it”"),
    ],
)
def test_yes_or_no_about_a_model(text: str, begins: str) -> None:
    """Where yes or no answers a question about one model, the answer begins with it."""
    found = ask(text, pottery(), rulebook(), "model" if "stop" in text else None).answer
    assert plain(word(found)).startswith(begins)


def test_models_that_are_weighed() -> None:
    """Of each model that a question names, the answer says what would lead to it, but for a team that is there."""
    told = plain(word(answer("should kiln-control be a platform team or embedded?")))
    assert "“Another team runs it” would make it embedded platform engineers." in told
    assert "“Others use it” and “Another team runs it” would make it a platform team." in told
    undecided = plain(word(answer("should glazeMixer be a platform team or not?")))
    assert undecided.startswith(
        "glazeMixer needs one more answer.\n“Another team runs it” would make it a platform team."
    )
    assert "would make it" not in plain(word(answer("what if the platform team ran kiln-control?")))


@pytest.mark.parametrize(
    "text",
    [
        "which model for glazeMixer, given that only kiln-control uses it?",
        "which model for glazeMixer, which is used by kiln-control?",
        "glazeMixer: used by kiln-control, order-intake-gateway. maintained by ovens. model pls",
        "what if glazeMixer was dedicated to order-intake-gateway?",
        "which model should glazeMixer use if ovens ran it for order-intake-gateway only?",
        "what if the developers of kiln-control ran glazeMixer?",
        "what if kiln-control's own developers ran it and order-intake-gateway needed glazeMixer too?",
    ],
)
def test_who_uses_it_is_not_asked_about(text: str) -> None:
    """A component that is said to use or run another one, or to be what that is for, is not taken for that one."""
    found = answer(text)
    assert isinstance(found, Models)
    assert [each.card.component.name for each in found.recommendations] == ["glazeMixer"]


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("which model for a redis that only kiln-control uses?", {"lifecycle": "application-bound"}),
        ("which model for a redis that the sre team runs?", {"ownership": "external-team"}),
        ("which model should a redis shared by kiln-control and glazeMixer use", {"lifecycle": "shared"}),
    ],
)
def test_who_uses_or_runs_something_new(text: str, assumed: dict[str, str]) -> None:
    """What is said of something that is not registered is said of it, and not of those who use or run it."""
    found = answer(text)
    assert isinstance(found, Models)
    assert [(each.card.component.name, dict(each.assumed)) for each in found.recommendations] == [("redis", assumed)]


@pytest.mark.parametrize(
    "text",
    ["kiln-control is run by us. model?", "wheel isn't run by glaze any more, model pls", "model 4 kiln-controll"],
)
def test_a_model_asked_for_in_a_word(text: str) -> None:
    """“model?” asks for a model, whoever was said before to run the thing."""
    assert isinstance(answer(text), Models)


@pytest.mark.parametrize(
    "text",
    [
        "what if kiln-control was run by ovens?",
        "what if kiln-control was dedicated?",
        "which model for kiln-control if nobody would miss it?",
        "what if clay-ledger were a platform team?",
    ],
)
def test_what_is_supposed_and_so_already(text: str) -> None:
    """Supposing what is known to be so changes nothing, and the answer says so."""
    told = plain(word(answer(text)))
    assert "That is so already." in told
    assert "If so" not in told
    assert "Nothing that you suppose" not in told


def test_a_model_that_is_supposed() -> None:
    """Supposing another model is answered with what would lead to it, and not called misunderstood."""
    told = plain(word(answer("what if kiln-control were a complicated-subsystem team?")))
    assert "“Others use it” would make it a complicated-subsystem team." in told
    assert "Nothing that you suppose" not in told
