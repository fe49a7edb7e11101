"""Wording: every answer becomes a message that keeps the manners: the answer first, and always a way forward."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import NOW, pottery, rulebook, sample, snapshot

from assistant.core.advice import Known, Recommendation
from assistant.core.answers import (
    Answer,
    Choices,
    Conflicts,
    Contact,
    Explained,
    Fault,
    Help,
    Invalid,
    Map,
    Models,
    NotFound,
    NotUnderstood,
    Onboard,
    OwnedPath,
    Owners,
    PathOwners,
    Pick,
    Refusal,
    Remembered,
    TeamCard,
    TeamChoices,
    TeamNotFound,
    UnfoundName,
    UnfoundNames,
)
from assistant.core.cards import owner_card
from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.conflicts import Conflict
from assistant.core.digest import Digest
from assistant.core.drafts import Draft, Kept
from assistant.core.entries import Component, Ref, Team
from assistant.core.history import Told
from assistant.core.home import Changed, Homepage, gaps_of
from assistant.core.messages import Code, Message, Save, Settle, buttons_of, plain, plain_context
from assistant.core.newcomers import New
from assistant.core.outcomes import (
    Accepted,
    AliasChanged,
    AliasOffer,
    Altered,
    Decided,
    DecisionRecord,
    Declined,
    FactsSaved,
    History,
    Laid,
    Left,
    Look,
    LooksDue,
    Overtaken,
    Proposed,
    Proposition,
    Registered,
    ToldStep,
)
from assistant.core.portfolio import portfolio
from assistant.core.proposals import Change, Proposal
from assistant.core.recommending import recommend
from assistant.core.wording import word
from assistant.core.wording.onboarding import closing_message, review_message
from assistant.formats.answer_record import record
from assistant.use_cases.asking import ask, pick, settle


def answer(text: str) -> Answer:
    return ask(text, pottery(), rulebook()).answer


def component(name: str) -> Component:
    return pottery().catalog.components[Ref.component(name)]


def advice(name: str) -> Models:
    found = answer(f"which model should {name} use?")
    assert isinstance(found, Models)
    return found


GLAZE = pottery().catalog.teams["glaze"]


def advice_of(name: str) -> Recommendation:
    return recommend(component(name), pottery().catalog, rulebook())


def undecided(name: str, kind: str | None, *owners: str) -> Recommendation:
    """What the rules say of a component that was registered with no answer."""
    return recommend(Component(name=name, kind=kind, owners=owners), pottery().catalog, rulebook())


def decided_on(name: str) -> Recommendation:
    advice = advice_of(name)
    assert advice.decision.model is not None
    chosen = {"model": advice.decision.model.id, "review_by": date(2026, 12, 30)}
    card = replace(advice.card, component=advice.card.component.model_copy(update=chosen))
    return replace(advice, card=card, in_use=advice.decision.model)


SHARED = Change(Ref.component("glazeMixer"), {"ownership": "external-team"})
ASKED = Proposal(7, SHARED, "Ana Ruiz <U0ANA>", NOW)
ADOPTING = Proposal(8, Change(Ref.component("clay-ledger"), model="platform-team"), "Ana Ruiz <U0ANA>", NOW)
DECLINED = replace(ASKED, state="declined", closed_by="Ova <U0OVA>", closed_at=NOW)
PUG = Ref.component("pug-mill")
MIXER = owner_card(component("glazeMixer"), pottery().catalog)
SAID = (Known(rulebook().facts[1], "external-team", None),)
IF_SO = recommend(component("glazeMixer"), pottery().catalog, rulebook(), {"ownership": "external-team"}, supposed=True)
PLATFORM = rulebook().model("platform-team")
STATED = Statement(Ref.component("clay-ledger"), "model", "platform-team", PEOPLE, "Ova <U0OVA>", NOW)


def look(name: str, *, due: bool, changed: bool, model: str = "platform-team") -> Look:
    advice = decided_on(name)
    run_as = {"model": model, "review_by": date(2026, 7, 1)}
    card = replace(advice.card, component=advice.card.component.model_copy(update=run_as))
    return Look(replace(advice, card=card, in_use=rulebook().model(model)), STATED, None, due, changed)


DUE = look("clay-ledger", due=True, changed=False)
CHANGED = look("clay-ledger", due=False, changed=True, model="you-build-it-you-run-it")


CHANGED_LATELY = (
    Changed((Ref.component("glazeMixer"),), "changed", ("owners", "facts.team_size"), "Ova <U0OVA>", NOW, None),
    Changed((Ref.component("kelp", "sea"), Ref.team("glaze")), "registered", ("owners",), "cli", NOW, "r.yaml"),
    Changed((Ref.component("wheel"), Ref.component("wheal")), "changed", ("owners",), "cli", NOW, "r.yaml"),
)
HOME = Homepage(
    "U0MIR",
    waiting=(Proposition(ASKED, IF_SO, SAID),),
    drafts=(Kept("d", "U0ANA", 1, Draft(), "open", NOW),),
    teams=(
        gaps_of(GLAZE, pottery().catalog, rulebook(), 0, 3),
        gaps_of(Team(name="mills"), pottery().catalog, rulebook(), 0, 3),
    ),
    changed=CHANGED_LATELY,
    digest=Digest(unowned=(component("attic-cron"),)),
)
WAITS = Digest((("pug-mill", 1),), (component("attic-cron"),) * 7, suggested=(ASKED, ASKED))
CARD = owner_card(component("kiln-control"), pottery().catalog)
ADVICE = recommend(component("glazeMixer"), pottery().catalog, rulebook())
EVERY_ANSWER: tuple[tuple[Answer, str], ...] = (
    (answer("who owns kiln-control?"), "kiln-control is owned by Ovens."),
    (answer("who owns attic-cron?"), "Nobody has claimed attic-cron."),
    (PathOwners((OwnedPath("a/b.sql", (GLAZE,)),), "By a rule."), "a/b.sql is owned by Glaze Guild."),
    (PathOwners((OwnedPath("a/b.sql", ()),), "By a rule."), "Nobody owns a/b.sql: its rule names no team."),
    (
        PathOwners((OwnedPath("a.sql", (GLAZE,), "pots/kiln"),) * 9, "By rules."),
        "In pots/kiln, a.sql is owned by Glaze",
    ),
    (
        NotFound("a/b.ts", (MIXER,), 3, "owner", None, "None.", unruled=("CODEOWNERS",)),
        "No rule of CODEOWNERS is about a/b.ts. Closest: glazeMixer (Glaze Guild).",
    ),
    (
        NotFound("a/b.ts", (), 3, "owner", None, "None.", unruled=("CODEOWNERS",)),
        "No rule of CODEOWNERS is about a/b.ts. Nothing registered comes close; ask about a folder above it.",
    ),
    (answer("runbook of kiln-control"), "The runbook of kiln-control is https://wiki.pots.example/kiln."),
    (answer("who is on call for kiln-control?"), "On call isn't recorded for kiln-control."),
    (answer("what is the channel of glaze?"), "The channel for Glaze Guild is #glaze."),
    (answer("what does ovens own?"), "Ovens owns 4 components: api-v2, clay-ledger, kiln-control and seal-press."),
    (advice("clay-ledger"), "clay-ledger fits a platform team: others depend on it, and a team of its own "),
    (advice("glazeMixer"), "glazeMixer needs one more answer."),
    (answer("who owns stamper?"), "“stamper” fits two components with different owners:"),
    (TeamChoices("g", (GLAZE, GLAZE), "Two."), "“g” fits two teams:"),
    (
        answer("who owns api-v3?"),
        "There is no component called api-v3. Closest: api-v1 (Glaze Guild) and api-v2 (Ovens).",
    ),
    (answer("who owns xyzzy-9?"), "There is no component called xyzzy-9. Nothing registered comes close;"),
    (TeamNotFound("glues", (GLAZE,), 3, "None."), "There is no team called glues. Closest: Glaze Guild."),
    (TeamNotFound("glues", (), 3, "None."), "There is no team called glues. 3 teams are registered; ask with"),
    (Onboard(New("pug-mill", "glaze"), "Asked."), "Register pug-mill for glaze here: a short form asks for the rest."),
    (Help("Asked."), "Ask in a mention, a direct message or a command:"),
    (Help("Asked.", empty=True), "Nothing is registered yet: import a registry file"),
    (NotUnderstood("No name."), "No name. Ask “who owns checkout-api?”"),
    (Invalid("That button is old."), "That button is old."),
    (Refusal("Only Ovens can.", "Ask them."), "Only Ovens can. Nothing was changed."),
    (Fault("7f3k"), "Something failed here and nothing was saved. Reference 7f3k."),
    (
        Registered((Laid(ADVICE),), "Ana", NOW, Team(name="mills"), ("a runbook",)),
        "glazeMixer is registered. Glaze Guild owns it.",
    ),
    (FactsSaved(ADVICE, "Ana", NOW, {"lifecycle": "shared"}), "glazeMixer needs one more answer."),
    (
        Decided(decided_on("clay-ledger"), "Ana", NOW, (None, None)),
        "clay-ledger is run as a platform team, and is looked at again by 30 December 2026.",
    ),
    (Decided(advice_of("clay-ledger"), "Ana", NOW, how="taken back"), "clay-ledger fits a platform team"),
    (
        Overtaken(ADVICE, (replace(SAID[0], statement=STATED),)),
        "Ova has answered that on 1 July, 14:02 UTC: Another team runs it.",
    ),
    (
        Decided(decided_on("clay-ledger"), "Ana", NOW, how="kept"),
        "clay-ledger stays a platform team, and is looked at again by 30 December 2026.",
    ),
    (
        Decided(decided_on("clay-ledger"), "Ana", NOW, how="later"),
        "clay-ledger is looked at again by 30 December 2026; until then it stays a platform team.",
    ),
    (
        LooksDue((DUE,), NOW),
        "clay-ledger is run as a platform team, and was to be looked at again by 1 July 2026. Does that still fit?",
    ),
    (
        LooksDue((CHANGED,), NOW),
        "clay-ledger is run as “you build it, you run it”. By what is known now it would be a platform team.",
    ),
    (LooksDue((DUE, CHANGED) * 2, NOW), "Do these four decisions still fit?"),
    (
        Refusal("Only Ovens can.", "You can suggest it to them.", SHARED, "Ovens"),
        "Only Ovens can. Nothing was changed.",
    ),
    (
        Proposed(ASKED, MIXER, ("#glaze",)),
        "Your suggestion for glazeMixer goes to #glaze.",
    ),
    (Proposed(ASKED, MIXER, ("U0MIR",), again=True), "Your suggestion for glazeMixer is with them already"),
    (Proposed(DECLINED, MIXER, ()), "Your suggestion for glazeMixer was declined by Ova. Nothing was changed."),
    (Proposition(ASKED, IF_SO, SAID), "Ana Ruiz suggests for glazeMixer: Who runs glazeMixer: application developers,"),
    (
        Proposition(DECLINED, ADVICE, SAID),
        "Ana Ruiz suggests for glazeMixer: Who runs glazeMixer: application developers,",
    ),
    (Proposition(ASKED, IF_SO), "Ana Ruiz suggests something for glazeMixer that the rulebook does not ask for"),
    (
        Proposition(ADOPTING, advice_of("clay-ledger"), (), PLATFORM),
        "Ana Ruiz suggests that clay-ledger is run as a platform team.",
    ),
    (
        Declined(Proposition(DECLINED, ADVICE, SAID), "#glaze"),
        "Ova declined what you suggested for glazeMixer. Nothing was changed. Ask in #glaze for the reason.",
    ),
    (HOME, "Waiting for your answer"),
    (Homepage("U0MEM"), "Your team"),
    (Homepage("U0MEM", is_empty=True), "Nothing is registered yet: import a registry file"),
    (WAITS, "Three things wait for somebody in the registry."),
    (
        Accepted(Proposition(replace(DECLINED, state="accepted"), ADVICE, SAID)),
        "What you suggested for glazeMixer is done.",
    ),
    (
        NotFound("pug-mill", (), 13, "owner", None, "None.", Statement(PUG, "name", None, PEOPLE, "Ova <U0OVA>", NOW)),
        "pug-mill was retired by Ova on 1 July. Nothing registered comes close; ask with another name, or register it.",
    ),
    (
        NotFound("pug-mill", (), 13, "owner", None, "None.", Statement(PUG, "name", None, "a/b.yaml", "cli", NOW)),
        "pug-mill is not in b.yaml any more since 1 July.",
    ),
    (Altered(MIXER, (Told("kind", "", "mill"),), "Ana", NOW, "changed"), "glazeMixer: kind mill."),
    (Altered(MIXER, (Told("kind", "mill", ""),) * 2, "Ana", NOW, "taken back"), "glazeMixer is as it was before:"),
    (Altered(MIXER, (), "Ana", NOW, "taken back", is_gone=True), "glazeMixer is not registered any more."),
    (
        Altered(MIXER, (), "Ana", NOW, "retired", is_gone=True, dependents=("a", "b")),
        "glazeMixer is retired: questions about it find nothing any more.",
    ),
    (
        History(MIXER.component, (ToldStep("Ana", NOW, None, (Told("kind", "", "mill"),), "changed"),), 30, NOW),
        "What was stated about glazeMixer, newest first:",
    ),
    (DecisionRecord(CARD.component, "# kiln-control\n\nSo."), "The decision about kiln-control, to copy:"),
    (AliasOffer(CARD.component, "the oven"), "Always answer “the oven” with kiln-control?"),
    (
        AliasChanged(CARD.component, "oven", "Ana", NOW, dropped=False),
        "“oven” is another name of kiln-control now, for everyone.",
    ),
    (
        AliasChanged(CARD.component, "oven", "Ana", NOW, dropped=True),
        "“oven” is not a name of kiln-control any more.",
    ),
    (
        Remembered(Owners((CARD,), "Ana chose it before."), "Ana", Pick(CARD.component.ref, "owner", None, "oven")),
        "kiln-control is owned by Ovens.",
    ),
    (
        UnfoundNames((UnfoundName("moon", 2, NOW, (CARD,)), UnfoundName("sun", 1, NOW, ())), 9),
        "Nobody could find 9 names; here are the 2 that were asked for most:",
    ),
    (UnfoundNames((), 0), "Everything that people asked for was found, or nobody has asked yet."),
    (Map(portfolio(pottery().catalog, rulebook(), NOW.date())), "The rules recommend a model for 2 of 13 components."),
    (Explained(rulebook().models[:1]), "You build it, you run it: The component exists for one application"),
    (Explained(rulebook().models, unknown="enabling team"), "The rulebook has no model called “enabling team”. It has"),
    (Map(portfolio(Catalog(), rulebook(), NOW.date())), "Nothing is registered yet, so there is nothing to show"),
    (Conflicts((), {}), "No two sources contradict one another."),
    (
        Conflicts(
            (
                Conflict(
                    Ref.component("kiln-control"),
                    "owners",
                    tuple(
                        Statement(Ref.component("kiln-control"), "owners", [owner], source, "cli", NOW)
                        for owner, source in (("glaze", "a.yaml"), ("ovens", "CODEOWNERS"))
                    ),
                ),
            ),
            {"glaze": "Glaze Guild"},
        ),
        "In 1 thing sources contradict one another:",
    ),
    (Left("oven"), "Left as it is: “oven” asks again."),
)
KINDS = [type(each).__name__ + f" {number}" for number, (each, _) in enumerate(EVERY_ANSWER)]


def test_every_kind_of_answer_is_here() -> None:
    """The table below holds every answer that this product gives."""
    assert {type(each) for each, _ in EVERY_ANSWER} == set(get_args(Answer))


@pytest.mark.parametrize(("given_answer", "first_line"), EVERY_ANSWER, ids=KINDS)
def test_the_answer_comes_first(given_answer: Answer, first_line: str) -> None:
    """The first line answers by itself, and the manners are kept."""
    message = word(given_answer)
    assert plain(message).splitlines()[0].startswith(first_line)
    keeps_the_manners(given_answer)


def keeps_the_manners(given_answer: Answer) -> None:
    message = word(given_answer)
    said = plain(message)
    everything = "\n".join([said, plain_context(message), *(button.label for button in buttons_of(message))])
    assert said.strip()
    assert len(said.splitlines()) <= 6 or isinstance(given_answer, Homepage)
    assert "!" not in everything
    assert "<@" not in everything
    assert not re.search(r"\b(oops|sorry|lifecycle|ownership)\b", everything, re.IGNORECASE)


QUESTIONS = (
    "who owns {}?",
    "which model should {} use?",
    "who is on call for {}?",
    "where is the runbook for {}?",
    "which channel is for {}?",
    "how do I contact the owners of {}?",
    "where is the repo of {}?",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_samples_answers_keep_the_manners(question: str) -> None:
    """Whatever is asked about the sample registry, the answer is short and polite, and notifies nobody."""
    for ref in sample().catalog.components:
        keeps_the_manners(ask(question.format(ref.name), sample(), rulebook()).answer)
    for team in sample().catalog.teams.values():
        keeps_the_manners(ask(f"what does {team.name} own?", sample(), rulebook()).answer)


def test_the_homepage_in_order() -> None:
    """What waits comes first, then what was begun, what teams lack, what administrators see to, and what changed."""
    assert [row.lines[0] for row in word(HOME).rows if row.is_heading] == [
        ("Waiting for your answer",),
        ("Begun and not registered yet",),
        ("Glaze Guild",),
        ("mills",),
        ("For administrators",),
        ("Changed lately",),
    ]
    said = plain(word(HOME))
    assert (
        "Owns 5 components. All of them lack something: a description (5), a runbook (5), a model (5) and a repository"
        in said
    )
    assert "mills\nOwns no component yet. Register one, or name the team as its owner." in said
    assert "• glazeMixer: owner and answers about its model · Ova, 1 July, 14:02 UTC" in said
    assert "• sea/kelp and glaze were registered · r.yaml, 1 July" in said
    assert "• wheel and wheal were changed · r.yaml, 1 July" in said


def test_a_known_owner_says_the_way_in() -> None:
    """An owner card holds what an incident needs, and says where its owner is stated."""
    message = word(answer("who owns the kiln control?"))
    assert "On call isn't recorded; #ovens is the way in." in plain(message)
    assert plain_context(message).endswith("Owner from registry.yaml, 1 July.")
    assert Code("registry.yaml") in message.context[0]


def test_a_guess_says_how() -> None:
    """When what was typed is not the name, the answer says what it was taken for."""
    assert "“kiln-contorl”; the nearest name is kiln-control" in plain_context(word(answer("who owns kiln-contorl?")))
    assert "“oven-brain”, another name of kiln-control" in plain_context(word(answer("who owns oven-brain?")))


def test_the_card_says_what_it_is_for() -> None:
    """Who owns it and how to reach them come first; then what it is for, cut where that is long."""
    lines = plain(word(Owners((CARD,), "So."))).splitlines()
    told = replace(CARD, component=CARD.component.model_copy(update={"description": "Fires\nthe pots. " * 20}))
    first, ways, about = plain(word(Owners((told,), "So."))).splitlines()
    assert [first, ways] == lines[:2]
    assert about.startswith("Fires the pots. Fires")
    assert len(about) <= 90


def test_several_at_once_each_have_their_owner() -> None:
    """Of several components each is said with its own owner, also where one name stands for two of one owner."""
    said = plain(word(answer("who owns kiln-control, wheel and api-v3?"))).splitlines()
    assert said[:2] == ["kiln-control is owned by Ovens.", "wheel is owned by shopfront."]
    assert said[2].startswith("“api-v3” is not settled: it could be api-v1 (Glaze Guild)")


def test_a_missing_fact_is_asked_with_buttons() -> None:
    """An undecided model asks its question in people's words, with a button an answer, and always Not sure."""
    message = word(advice("glazeMixer"))
    assert "Who runs glazeMixer: application developers, or another team?" in plain(message)
    labels = [button.label for button in message.buttons]
    assert labels == ["Application developers", "Another team", "Not sure"]
    assert "Known: “Others use it” (registry.yaml, 1 July)." in plain_context(message)


def test_the_one_application_is_named() -> None:
    """When exactly one component depends on another, the question names it."""
    asked = recommend(component("clay-ledger"), pottery().catalog, rulebook())
    assert asked.application == "order-intake-gateway"


def test_answering_the_question_decides() -> None:
    """A click on an answer makes the message the outcome, and offers to save what was said."""
    click = next(b.act for b in word(advice("glazeMixer")).buttons if b.label == "Another team")
    assert isinstance(click, Settle)
    decided = word(settle(click, pottery(), rulebook(), "Ana"))
    assert plain(decided).startswith("glazeMixer fits a platform team")
    assert "“Another team runs it” (said here, not saved)" in plain_context(decided)
    assert [b.act for b in decided.buttons] == [Save(SHARED)]


def test_not_sure_says_who_would_know() -> None:
    """Whoever is not sure of anything learns who would know, and what is still possible."""
    shown = word(advice("glazeMixer"))
    for _ in range(len(rulebook().facts)):
        shown = clicked(shown, "Not sure")
        if not shown.buttons:
            break
    said = plain(shown)
    assert said.startswith("glazeMixer stays undecided: ")
    assert "Glaze Guild would know: #glaze." in said


def clicked(message: Message, label: str) -> Message:
    """Return what a message becomes after a click on a button."""
    act = next(button.act for button in message.buttons if button.label == label)
    assert isinstance(act, Settle)
    return word(settle(act, pottery(), rulebook(), "Ana"))


def test_not_sure_leads_to_what_suggests_an_answer() -> None:
    """Whoever is not sure is asked something easier; it suggests an answer with its reason, and decides nothing."""
    further = clicked(word(advice("glazeMixer")), "Not sure")
    assert plain(further).startswith("glazeMixer could go either way.")
    assert "know how to run glazeMixer?" in plain(further)
    suggested = clicked(further, "Hardly")
    assert plain(suggested).startswith("glazeMixer stays undecided, but this speaks for an answer.")
    assert "Another team: its developers would be woken" in plain(suggested)
    assert "It decides nothing by itself" in plain(suggested)
    taken = clicked(suggested, "Take it: Another team")
    assert plain(taken).startswith("glazeMixer fits a platform team:")
    assert "said here, not saved" in plain_context(taken)
    against = clicked(suggested, "Application developers")
    assert "Weigh this: Its developers say that they hardly know how to run it." in plain(against)
    for message in (further, suggested, taken, against):
        assert not re.search("lifecycle|ownership", plain(message) + plain_context(message))


def test_a_choice_is_answered_by_a_click() -> None:
    """Each offered component has a button that answers the question that was asked."""
    offered = answer("who is on call for stamper?")
    assert isinstance(offered, Choices)
    acts = [b.act for b in buttons_of(word(offered)) if isinstance(b.act, Pick)]
    assert [act.ref.name for act in acts] == ["seal-press", "stamp-press"]
    picked = pick(acts[0], pottery(), rulebook(), "Ana chose seal-press.")
    assert isinstance(picked, Contact)
    assert picked.attribute == "oncall"
    assert plain_context(word(picked)).startswith("Ana chose seal-press.")


def test_a_choice_of_something_that_has_gone() -> None:
    """A button for what was removed since says so, and offers what is near."""
    act = Pick(Ref.component("bygone"), "owner", None, "bygone")
    assert isinstance(pick(act, pottery(), rulebook(), "Ana"), NotFound)
    act = Pick(Ref.team("bygones"), "team", None, "bygones")
    assert isinstance(pick(act, pottery(), rulebook(), "Ana"), TeamNotFound)


def test_a_team_is_picked() -> None:
    """The button of an owner card that asks what a team owns answers with the team."""
    (act,) = [b.act for b in word(answer("who owns wheel?")).more if isinstance(b.act, Pick)]
    assert isinstance(act, Pick)
    picked = pick(act, pottery(), rulebook(), "Ana chose it.")
    assert isinstance(picked, TeamCard)
    assert picked.team.name == "shopfront"


@settings(deadline=None, max_examples=300)
@given(
    st.text(max_size=200) | st.sampled_from(["stamper", "kiln", "api-v3", "glaze", "press"]), st.sampled_from(QUESTIONS)
)
def test_anything_asked_has_a_message(text: str, question: str) -> None:
    """Whatever is asked, there is a message, and what it says first is not empty."""
    for asked in (text, question.format(text)):
        given_answer = answer(asked)
        assert plain(word(given_answer)).strip()
        if isinstance(given_answer, Owners) and given_answer.same:
            assert len({card.component.owners for card in given_answer.cards}) == 1


NESTED = """
teams:
  - {name: craft, title: Craft}
  - {name: kilns, parent: craft, contacts: ["@mira.oven", "glaze@pots.example"]}
  - {name: wheels, parent: craft}
  - {name: clay, parent: kilns}
  - {name: loop, parent: pool}
  - {name: pool, parent: loop}
components: [{name: kiln-a, owner: kilns}, {name: kiln-b, owner: kilns}, {name: pit, owner: clay}]
"""


def test_everything_under_a_team() -> None:
    """A team's answer says what stands under it, to the lowest; teams in a circle are no trouble."""
    under = ask("everything under craft", snapshot(NESTED), rulebook())
    assert plain(word(under.answer)).splitlines()[:2] == [
        "Craft owns no component itself.",
        "Under it: kilns (2), wheels (none), clay (1).",
    ]
    assert record(None, "", under.reading, under.answer)["under"]["kilns"] == ["kiln-a", "kiln-b"]
    assert "Under it: pool (none)." in plain(word(ask("what does loop own?", snapshot(NESTED), rulebook()).answer))


@pytest.mark.parametrize("person", ["mira.oven", "@mira.oven", "glaze@pots.example"])
def test_a_person_means_their_team(person: str) -> None:
    """Whoever is a contact of a team is asked about by name or address, and the answer says why it is this team."""
    asked = ask(f"what does {person} own?", snapshot(NESTED), rulebook())
    assert plain(word(asked.answer)).startswith("kilns owns 2 components")
    assert "is a contact of kilns" in plain_context(word(asked.answer))


def test_a_new_part_that_nobody_owns() -> None:
    """A review says of a part that it is new, of which kind it is, and that nobody owns it, where that is so."""
    service, part = undecided("pug-mill", "machine", "glaze"), undecided("pug-db", "database")
    owned = undecided("pug-cache", None, "glaze")
    laid = (Laid(service), Laid(part, is_part=True, is_new=True), Laid(owned, is_part=True, is_new=True))
    said = plain(review_message(laid, ("#glaze",)))
    assert said.startswith("pug-mill (machine) will be registered. Glaze Guild owns it.")
    assert "• pug-db (new database, nobody’s yet): its model is not decided yet." in said
    assert "• pug-cache (new): its model" in said
    notes = [row.note for row in review_message(laid, ()).rows if row.note]
    assert notes == [(("Its model stays open until somebody knows the answers.",),)] * 3


def test_the_closing_form_asks_nothing() -> None:
    """Whoever registered something reads what is open and who was told, without a question they can't answer there."""
    service, part = undecided("pug-mill", "machine", "glaze"), undecided("pug-db", "database")
    laid = (Laid(service), Laid(part, is_part=True, is_new=True))
    alone = closing_message(Registered(laid[:1], "Ana", NOW, told=("#glaze", "#ovens")))
    assert "Its model stays open until somebody knows the answers." in plain(alone)
    told = "#glaze and #ovens were told the same, with a button to answer the open question."
    assert plain_context(alone) == told
    with_part = closing_message(Registered(laid, "Ana", NOW))
    assert "stays open" not in plain(with_part)
    assert plain_context(with_part).startswith("You are told the same in a direct message, with a button")
    assert not any("?" in plain(each) or each.buttons for each in (alone, with_part))
