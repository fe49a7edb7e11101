"""Views: any answer about any registry becomes blocks that Slack takes and that ping nobody."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from registries import FILE, NOW, pottery, rulebook, sample, statements

from assistant.blockkit import message_faults, view_faults
from assistant.core.answers import Answer, Fault, Help, Invalid, Onboard, Pick, Refusal
from assistant.core.cards import owner_card
from assistant.core.catalog import PEOPLE, Catalog, Statement
from assistant.core.digest import Digest
from assistant.core.drafts import PARTS, Draft, Kept, Part, Stop, screen_at
from assistant.core.editing import EDITABLE, DisputeForm, EditForm, Retiring, TransferForm, mark
from assistant.core.entries import Component, Ref, Team
from assistant.core.home import TEAMS, Changed, Gap, Homepage, TeamGaps, rows_for
from assistant.core.match import NEAREST
from assistant.core.messages import (
    Accept,
    Act,
    Adopt,
    AnswerAgain,
    Button,
    CallIt,
    Claim,
    Code,
    Confirm,
    Continue,
    CopyRecord,
    Decline,
    Discard,
    Dispute,
    Edit,
    Forget,
    GoHome,
    Keep,
    Later,
    Leave,
    LookAt,
    Message,
    NameIt,
    Preformatted,
    Propose,
    Reconsider,
    Register,
    Retire,
    Row,
    Save,
    Settle,
    Share,
    ShowHistory,
    TakeBack,
    Transfer,
    Undo,
    WebLink,
    Why,
    Withdraw,
)
from assistant.core.newcomers import New
from assistant.core.outcomes import Declined, Laid, Proposition, Registered
from assistant.core.policy import Actor
from assistant.core.proposals import Change, Proposal
from assistant.core.recommending import recommend
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot, index
from assistant.core.wording import word
from assistant.slack.payloads import click, submission
from assistant.slack.views.acts import action_id, decode, option_value, value
from assistant.slack.views.editing import edit_view, entered_in, retire_view
from assistant.slack.views.home import home_view
from assistant.slack.views.inputs import ACK_LIMIT, loading_view, ref_in
from assistant.slack.views.messages import blocks_of, text_of
from assistant.slack.views.onboarding import (
    STEP,
    drafts_view,
    errors_of,
    move_of,
    onboarding_view,
    outcome_view,
    team_options,
    view_for_ack,
)
from assistant.slack.views.transferring import dispute_view, transfer_view
from assistant.use_cases.asking import ask
from assistant.use_cases.home import CHANGED, WAITING
from assistant.use_cases.onboarding import Move, Sheet, begin


def parts(node: Any, kind: str = "") -> Iterator[tuple[str, Any]]:
    """Return every object of a view, with the name that it goes by."""
    if isinstance(node, dict):
        yield str(node.get("type", kind)), node
        for key, child in node.items():
            yield from parts(child, key)
    elif isinstance(node, list):
        for child in node:
            yield from parts(child, kind)


def takes(view: dict[str, Any] | list[dict[str, Any]]) -> None:
    """Hold a view, or a message's blocks, against Slack's limits, and against pinging anybody."""
    assert not (view_faults(view) if isinstance(view, dict) else message_faults(view))
    assert len(json.dumps(view, ensure_ascii=False)) < 250_000
    for kind, part in parts(view):
        if kind == "button" and not part["action_id"].startswith(STEP):
            act = decode(part["action_id"], part["value"])
            assert value(act) == part["value"]
        elif kind == "overflow":
            for option in part["options"]:
                name, mark, carried = option["value"].partition(":")
                assert option_value(decode(name + mark, carried)) == option["value"]
        elif kind == "mrkdwn":
            assert part["verbatim"] is True
            pings_nobody(part["text"])


def pings_nobody(mrkdwn: str) -> None:
    """Every `<` that is not escaped begins a web link or a channel's id."""
    assert not re.search(r"<(?!https?://[^<>|]+\|[^<>|]*>|#[CG][A-Z0-9]{8,}>)", mrkdwn)


NASTY = [
    "<!channel>",
    "<@U0ANA>",
    "<!subteam^S0OVENS>",
    "&amp;<",
    "*bold*",
    "`code`",
    "~a~ _b_",
    "C0123ABCDE",
    "<#C0123ABCDE>",
    "https://x.example/<!here>|click",
    "https://x.example/a?b=1&c=2",
    "javascript:alert(1)",
    "窯 🔥",
    '"quoted\\"',
    "x" * 255,
    "\\" * 255,
    "&" * 255,
]
anything = st.sampled_from(NASTY) | st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40)
maybe = st.none() | anything
team_entries = st.lists(
    st.builds(Team, name=anything, title=maybe, slack_channel=maybe, oncall=maybe, contacts=st.tuples(anything)),
    min_size=1,
    max_size=3,
    unique_by=lambda team: team.name,
)
component_entries = st.lists(
    st.builds(
        Component,
        name=anything,
        namespace=st.sampled_from(["default", "n" * 255]),
        title=maybe,
        aliases=st.tuples(st.sampled_from(["stove", "<!here>"])),
        description=maybe,
        slack_channel=maybe,
        oncall=maybe,
        runbook=maybe,
        repo=maybe,
        lifecycle=st.sampled_from([None, "shared"]),
        ownership=st.sampled_from([None, "developers"]),
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda component: component.ref,
)


@st.composite
def registries(draw: st.DrawFn) -> Snapshot:
    """Registries that hold whatever the schema lets in."""
    owners = draw(team_entries)
    components = [
        component.model_copy(update={"owners": (draw(st.sampled_from(owners)).name,) if draw(st.booleans()) else ()})
        for component in draw(component_entries)
    ]
    return index(Catalog().following(statements(*owners, *components), 1))


def answers(registry: Snapshot) -> Iterator[Answer]:
    """Return an answer of each kind that a registry can give."""
    catalog = registry.catalog
    names = [ref.name for ref in catalog.components]
    for name in [*names[:2], "stove", "stoev", *NASTY[:4]]:
        for question in ("who owns `{}`", "which model should `{}` use", "runbook of `{}`", "contact for `{}`"):
            yield ask(question.format(name), registry, rulebook()).answer
        yield ask(name, registry, rulebook(), "owner").answer
    for name in catalog.teams:
        yield ask(f"what does `{name}` own", registry, rulebook()).answer
    yield ask("who owns " + " and ".join(f"`{name}`" for name in names), registry, rulebook()).answer
    yield ask("register `" + names[0] + "`", registry, rulebook()).answer
    laid = tuple(
        Laid(recommend(each, catalog, rulebook()), position > 0, position == 1, tuple(catalog.teams.values())[:2])
        for position, each in enumerate(list(catalog.components.values())[: PARTS + 1])
    )
    yield Registered(laid, names[0], NOW, next(iter(catalog.teams.values())), ("an owner", "on call"), tuple(names[:2]))
    yield from (
        Invalid(names[0]),
        Refusal(names[0], names[0]),
        Fault(names[0]),
        Onboard(New(names[0], names[0]), "So."),
    )


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(registries())
def test_any_registry_makes_messages_that_slack_takes(registry: Snapshot) -> None:
    """Whatever a registry holds, its answers stay within Slack's limits, mention nobody, and their buttons work."""
    for answer in answers(registry):
        message = word(answer)
        for private in (True, False):
            blocks = blocks_of(message, private=private)
            assert blocks
            takes(blocks)
        takes(home_view(message))
        assert 0 < len(text_of(message)) <= 3000
        pings_nobody(text_of(message))
        if isinstance(answer, Registered):
            takes(outcome_view(answer))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(registries(), st.data())
def test_any_homepage_is_one_that_slack_takes(registry: Snapshot, data: st.DataObject) -> None:
    """However much waits, is missing and has changed, and whatever it is called, it is one view that Slack takes."""
    catalog = registry.catalog
    component = data.draw(st.sampled_from(sorted(catalog.components.values(), key=lambda each: each.ref)))
    name = data.draw(anything)
    proposal = Proposal(7, Change(component.ref, {"lifecycle": "shared"}), f"{name} <U0ANA>", NOW)
    asked = Proposition(proposal, recommend(component, catalog, rulebook()))
    of_team = TeamGaps(
        Team(name=name), 900, 900, (Gap(component, ("owner", "runbook")),) * rows_for(TEAMS), 100, 3, (("runbook", 9),)
    )
    changed = Changed((component.ref, Ref.team(name)), "changed", ("owners",), name, NOW, name)
    home = Homepage(
        "U0ANA",
        (asked,) * WAITING,
        700,
        (Kept("d", "U0ANA", 1, Draft(name=name), "open", NOW),) * 10,
        (of_team,) * TEAMS,
        tuple(Team(name=name) for _ in range(40)),
        (changed,) * CHANGED,
        Digest(((name, 3),) * 9, (component,) * 9, (component,) * 9, (proposal,) * 9),
    )
    view = home_view(word(home), is_homepage=True)
    takes(view)
    assert len(view["blocks"]) < 90
    takes(blocks_of(word(home.digest), private=False) if home.digest else [])


@pytest.mark.parametrize(
    "text",
    [
        "register " + "x" * 1900,
        "onboard `" + "\\" * 99 + "` for team " + "y" * 1800,
        "who owns https://github.com/elsewhere/" + "x" * 1900,
        "who owns a/" + "b" * 1900 + "/wheel?",
        "who owns a/" + "b" * 1900 + "/stamper?",
        "who owns " + " and ".join(f"pug-{number}" for number in range(200)) + " and wheel",
        "which model should " + ", ".join(pottery().catalog.components[r].name for r in pottery().catalog.components),
    ],
)
def test_long_questions_make_messages_that_slack_takes(text: str) -> None:
    """What was typed is carried in buttons and blocks, and is cut before Slack refuses them."""
    takes(blocks_of(word(ask(text, pottery(), rulebook()).answer), private=True))


def pressed(message: Message, *, private: bool) -> list[str | list[str]]:
    """Return the labels of the last row of buttons, and those of its menu as a list of their own."""
    row = [block for block in blocks_of(message, private=private) if block["type"] == "actions"][-1]
    return [
        [option["text"]["text"] for option in each["options"]] if each["type"] == "overflow" else each["text"]["text"]
        for each in row["elements"]
    ]


def test_what_only_the_asker_sees_can_be_shared() -> None:
    """Share stands under a private answer alone, in the place of the second button, which goes to the menu."""
    kiln = Ref.component("kiln")
    buttons = Button("First", AnswerAgain(kiln)), Button("Second", CopyRecord(kiln))
    share = Share(Pick(kiln, "owner", None, "kiln"))
    message = Message((Row((("Hot",),)),), buttons, (Button("Third", Leave("kiln")),), share=share)
    assert pressed(message, private=True) == ["First", "Share", ["Second", "Third"]]
    assert pressed(message, private=False) == ["First", "Second", ["Third"]]


def test_what_fits_no_menu() -> None:
    """A menu has five options at most, those that stand first; what carries more than an option can is a button."""
    acts = [Leave("k" * length) for length in (1, 2, 300, 3, 4, 5)]
    message = Message((Row((("Hot",),)),), more=tuple(Button(f"{len(act.name)}", act) for act in acts))
    takes(blocks_of(message, private=False))
    assert pressed(message, private=False) == ["300", ["1", "2", "3", "4"]]
    (menu,) = [part for kind, part in parts(blocks_of(message, private=False)) if kind == "overflow"]
    name, _, carried = menu["options"][3]["value"].partition(":")
    assert decode(f"{name}:", carried) == Leave("kkkk")


def test_names_are_bold_and_links_are_links() -> None:
    """An owner card in Slack's own marks, so that it reads as it should."""
    section, *_ = blocks_of(word(ask("who owns kiln-control?", pottery(), rulebook()).answer), private=False)
    assert section["text"]["text"].splitlines()[0] == "*kiln-control* is owned by *Ovens*."
    assert "<https://wiki.pots.example/kiln|Runbook>" in section["text"]["text"]


ACTS: tuple[Act, ...] = (
    Pick(Ref.component('a"b', "north"), "contact", "oncall", "say “a”"),
    Pick(Ref.team("glaze"), "team", None, "glaze"),
    Settle(Ref.component("kiln"), "fired", True, {"potters": 3, "glaze": "ash", "heat": 2.5}, ("a", "b")),
    Settle(Ref.component("kiln"), "fired", None),
    Save(Change(Ref.component("kiln"), {"fired": False, "potters": 1}, before={"potters": 2})),
    Share(Pick(Ref.component("kiln"), "model", None, "kiln"), {"fired": True}),
    Register("pug-mill", None),
    CallIt(Ref.component("kiln"), "the “hot” one", drop=True),
    Leave("kiln"),
    Edit(Ref.component("kiln")),
    Transfer(Ref.component("kiln")),
    Claim(Ref.component("kiln")),
    Dispute(Ref.component("kiln")),
    Retire(Ref.component("kiln")),
    ShowHistory(Ref.component("kiln")),
    Undo(Ref.component("kiln"), 1_795_000_000.123456),
    Register(),
    Continue("Zk3_x-9aPq2s"),
    Discard("Zk3_x-9aPq2s"),
    Why(Ref.component("wheel", "n" * 255)),
    Reconsider(Pick(Ref.component("kiln"), "owner", None, "oven")),
    NameIt("the “hot” one"),
    Continue("d-1"),
    GoHome(),
    GoHome("t" * 255, 190),
    Forget("moon-base"),
    Adopt(Ref.component("kiln"), "platform-team"),
    TakeBack(Ref.component("kiln"), "platform-team", None, "2026-12-30"),
    CopyRecord(Ref.component("kiln")),
    AnswerAgain(Ref.component("kiln")),
    Keep(Ref.component("kiln"), "platform-team"),
    Later(Ref.component("kiln"), "platform-team"),
    LookAt(Ref.component("kiln"), 1_795_000_000.25),
    Propose(Change(Ref.component("kiln"), {"lifecycle": "shared", "team_size": 6, "regulated": True})),
    Propose(Change(Ref.component("kiln"), model="platform-team")),
    Accept(7),
    Decline(7),
    Confirm(Ref.component("kiln")),
    Propose(Change(Ref.component("kiln"), owners=("glaze",), agreed=("ovens",))),
    Propose(Change(Ref.component("kiln"), serves=Ref.component("wheel"), note="It is “cold”.")),
    Propose(Change(Ref.component("kiln"), fields={"runbook": None, "tags": ["hot"]})),
    Decline(7, "We are “four”\npeople."),
    Withdraw(7),
)


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_a_button_carries_its_act(act: Act) -> None:
    """What a button carries comes back as the same act, of the same types."""
    back = decode(action_id(act, 3), value(act))
    assert back == act
    assert type(back) is type(act)
    assert repr(back) == repr(act)


@pytest.mark.parametrize("text", NASTY)
def test_reasons_and_notes_ping_nobody(text: str) -> None:
    """What people write when they decline, or say what is not right, is text and nothing else."""
    ref = Ref.component("kiln-control")
    advice = recommend(pottery().catalog.components[ref], pottery().catalog, rulebook())
    note = Change(ref, note=text, fields={"runbook": text})
    for change in (note, replace(note, note="")):
        proposal = Proposal(1, change, f"{text} <U0ANA>", NOW, "declined", f"{text} <U0OVA>", NOW, text)
        proposition = Proposition(proposal, advice)
        for answer in (proposition, Declined(proposition, "#ovens")):
            takes(blocks_of(word(answer), private=False))
            pings_nobody(text_of(word(answer)))


def test_a_button_of_an_older_version_still_works() -> None:
    """What older versions wrote in full is read as it was meant; what is new leaves out what goes without saying."""
    older = '{"change":{"ref":["component","default","kiln"],"facts":{"fired":true},"model":null,"before":{}}}'
    assert decode("save:0", older) == Save(Change(Ref.component("kiln"), {"fired": True}))
    assert value(Save(Change(Ref.component("kiln")))) == '{"change":{"ref":["component","default","kiln"]}}'


def test_every_act_is_here() -> None:
    """No act of the core is without a name in Slack."""
    assert {type(act) for act in ACTS} == set(get_args(Act))


@pytest.mark.parametrize(
    ("identifier", "carried"), [("pick:0", "{}"), ("pick:0", "not json"), ("explode:1", "{}"), ("", ""), ("save", "[]")]
)
def test_a_button_that_is_none_of_ours(identifier: str, carried: str) -> None:
    """What no button of this version carries is refused with a ValueError, which the listener answers."""
    with pytest.raises(ValueError, match=r".+"):
        decode(identifier, carried)


# The onboarding form -----------------------------------------------------------------------------------------------

DRAFT = Draft(
    name="pug-mill",
    owner="team-2",
    kind="machine",
    description="Mixes clay.",
    repo="https://github.com/pots/pug-mill",
    answers={"lifecycle": "shared", "ownership": None},
)
KINDS = ("database", "cache")


def some_teams(number: int) -> tuple[Team, ...]:
    return tuple(Team(name=f"team-{index}", title=f"Team {index:03}") for index in range(number))


def some_components(number: int) -> tuple[Component, ...]:
    return tuple(Component(name=f"vase-{index}") for index in range(number))


def sheet(draft: Draft, teams: int = 3, components: int = 3, book: Rulebook | None = None, **more: Any) -> Sheet:
    """A draft as its form shows it."""
    asked = screen_at(draft, book or rulebook())
    return Sheet("d1", 4, draft, asked, some_teams(teams), some_components(components), **more)


def element(view: dict[str, Any], name: str) -> dict[str, Any] | None:
    found = [block["element"] for block in view["blocks"] if block.get("block_id", "").partition("~")[0] == name]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("number", "kind"), [(0, None), (3, "static_select"), (100, "static_select"), (101, "external_select")]
)
def test_choosing_a_team(number: int, kind: str | None) -> None:
    """Teams are a list while Slack takes it, then searched for; with none at all a new one is named."""
    view = onboarding_view(sheet(DRAFT, number), KINDS)
    takes(view)
    owner = element(view, "owner")
    assert (owner and owner["type"]) == kind
    if owner:
        assert owner["initial_option"]["value"] == "team-2"
        assert len(owner.get("options", [])) == (number if kind == "static_select" else 0)
    assert (element(view, "new_team") is not None) == (number == 0)


@pytest.mark.parametrize("number", [0, 3, 100, 101, 5_000])
def test_choosing_a_part(number: int) -> None:
    """Components are a list while Slack takes it, then searched for; an acknowledgement never gets too long for it."""
    draft = replace(DRAFT, trail=(Stop("what"), Stop("parts")))
    takes(onboarding_view(sheet(draft, components=number), KINDS))
    assert len(json.dumps(view_for_ack(sheet(draft, components=number), KINDS))) <= ACK_LIMIT
    existing = element(onboarding_view(sheet(draft, components=number), KINDS), "part_existing")
    assert (existing is None) == (number == 0)
    assert not existing or existing["type"] == ("static_select" if number <= 100 else "external_select")


def test_teams_with_names_too_long_for_slack() -> None:
    """A team whose name no option can carry is left out, and where no other is left there is no empty list."""
    long = Team(name="t" * 151)
    assert [option["value"] for option in team_options([long, *some_teams(1)])] == ["team-0"]
    view = onboarding_view(replace(sheet(Draft()), teams=(long,)), KINDS)
    takes(view)
    assert element(view, "owner") is None


def submitted(view: dict[str, Any]) -> Move:
    """Return the step that Slack would send when nobody changes what a view shows."""
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            shown = block["element"]
            option = shown.get("initial_option")
            entered = {"selected_option": option} if "select" in shown["type"] or option else {}
            state[block["block_id"]] = {shown["action_id"]: {"value": shown.get("initial_value"), **entered}}
    told = {name: view[name] for name in ("private_metadata", "callback_id", "blocks")}
    return move_of(submission({"user": {"id": "U0ANA"}, "view": {"state": {"values": state}, **told}}))


def test_what_was_entered_is_shown_again_and_read_back() -> None:
    """A form that nobody changes says what the draft holds, and which draft that is."""
    view = onboarding_view(sheet(DRAFT), KINDS)
    move = submitted(view)
    assert (move.draft, move.version, move.kind) == ("d1", 4, "next")
    own = {name: getattr(DRAFT, name) for name in ("name", "kind", "description", "repo", "owner", "more_owners")}
    assert move.values == own
    asked = replace(DRAFT, trail=(*DRAFT.trail, Stop("questions", None, ("lifecycle", "ownership"))))
    questions = submitted(onboarding_view(sheet(asked), KINDS)).values
    assert questions == {"fact.lifecycle": "shared", "fact.ownership": "not-sure"}
    adding = Part("cache", "default/vase-1", "vase-cache")
    parts = replace(DRAFT, adding=adding, trail=(*DRAFT.trail, Stop("parts")))
    described = submitted(onboarding_view(sheet(parts), KINDS)).values
    assert described == {"part_kind": "cache", "part_existing": "default/vase-1", "part_name": "vase-cache"}


texts = st.one_of(anything, st.sampled_from(["", *NASTY[:6]]))
new_parts = st.builds(Part, kind=texts, name=anything, owner=st.sampled_from(["", "team-1", "gone"]))
known_parts = st.builds(Part, existing=st.sampled_from(["default/vase-1", "default/gone"]))


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Drafts with whatever was entered, at any screen."""
    parts = tuple(draw(st.lists(st.one_of(new_parts, known_parts), max_size=PARTS)))
    facts = tuple(draw(st.lists(st.sampled_from(["lifecycle", "ownership", "expertise", "gone"]), unique=True)))
    about = draw(st.sampled_from([None, *range(len(parts))]))
    stop = draw(st.sampled_from([Stop("what"), Stop("questions", about, facts), Stop("parts"), Stop("review")]))
    fields = {name: draw(texts) for name in ("name", "kind", "description", "more_owners", "new_team", "team_channel")}
    return Draft(
        **fields,  # type: ignore[arg-type]
        owner=draw(st.sampled_from(["", "team-1", "gone"])),
        has_new_team=draw(st.booleans()),
        answers={"lifecycle": draw(st.sampled_from(["shared", None]))},
        parts=parts,
        adding=draw(st.one_of(new_parts, known_parts)),
        trail=(Stop("what"), Stop("parts"), stop),
    )


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drafts(), texts)
def test_any_draft_makes_a_form_that_slack_takes(draft: Draft, fault: str) -> None:
    """Whatever was typed, and whatever is wrong with it, the form stays within Slack's limits, and pings nobody."""
    card = owner_card(Component(name=fault or "vase"), Catalog())
    fields = ("name", "owner", "part_name", "fact.lifecycle")
    shown = sheet(draft, faults=dict.fromkeys(fields, fault or "Enter a name."), taken=card, near=(card,) * NEAREST)
    view = onboarding_view(shown, KINDS)
    takes(view)
    for block in view["blocks"]:
        pings_nobody(str(block.get("text", "")))
    ids = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    asked = replace(shown, faults={name: fault for name in ("name", "fact.lifecycle") if element(view, name)})
    assert set(errors_of(asked)) <= ids
    kept = Kept("d1", "U0ANA", 4, draft, "open", NOW)
    takes(drafts_view([kept] * 12, fault, fault))


def test_many_parts_with_long_names_fit_an_acknowledgement() -> None:
    """However long the names of a service's parts are, the review and its outcome ride in an acknowledgement."""
    parts = [Component(name="壺" * 250 + str(number)) for number in range(PARTS)]
    catalog = Catalog().following(statements(*parts), 1)
    advice = [recommend(each, catalog, rulebook()) for each in catalog.components.values()]
    laid = tuple(Laid(each, position > 0, position > 0) for position, each in enumerate(advice))
    draft = replace(DRAFT, trail=(Stop("what"), Stop("review")))
    view = view_for_ack(sheet(draft, laid=laid, told=("#glaze",)), KINDS)
    takes(view)
    assert len(json.dumps(view)) <= ACK_LIMIT
    assert len(json.dumps(outcome_view(Registered(laid, "Ana", NOW)))) <= ACK_LIMIT


def test_a_name_that_was_deleted_is_not_registered() -> None:
    """Whoever deletes the name and presses Register without the rest has not meant what stood there at first."""
    view = onboarding_view(sheet(DRAFT), KINDS)
    state = {
        block["block_id"]: {"entered": {"type": "plain_text_input", "value": None}}
        for block in view["blocks"]
        if "block_id" in block
    }
    body = {
        "user": {"id": "U0ANA"},
        "trigger_id": "1.2",
        "actions": [{"action_id": "step:finish"}],
        "view": {**view, "id": "V1", "hash": "1", "type": "modal", "state": {"values": state}},
    }
    assert move_of(click(body)).values["name"] == ""
    body["actions"] = [{"action_id": "step:new-team"}]
    assert move_of(click(body)).values["name"] == "pug-mill"


@pytest.mark.parametrize("answers", [2, 9, 10, 40, 99])
def test_a_fact_with_many_answers(answers: int) -> None:
    """However many answers a question has, all of them are offered, and Not sure."""
    duties = {"operate": "both", "on_call": "both", "decide": "both"}
    model = {"id": "solo", "title": "s", "context": "c", "benefits": [], "practices": [], "responsibilities": duties}
    book = Rulebook.model_validate(
        {
            "facts": [
                {
                    "name": "glaze",
                    "ask": "Which?",
                    "type": "choice",
                    "answers": {f"g{n}": f"G{n}" for n in range(answers)},
                }
            ],
            "models": [model],
            "rules": [{"name": "r", "when": {"glaze": "g1"}, "use": "solo", "because": "So."}],
        }
    )
    draft = Draft(answers={"glaze": None}, trail=(Stop("questions", None, ("glaze",)),))
    view = onboarding_view(sheet(draft, book=book), KINDS)
    takes(view)
    asked = element(view, "fact.glaze")
    assert asked is not None
    assert len(asked["options"]) == answers + 1
    assert asked["initial_option"]["text"]["text"] == "Not sure"


def test_the_sample_fits() -> None:
    """The packaged sample's form, what precedes it, and App Home are within Slack's limits."""
    takes(loading_view())
    takes(onboarding_view(begin("d1", None, Actor("U0ANA", "Ana", "member"), sample(), rulebook()), KINDS))
    takes(home_view(word(Help("You opened this."))))
    takes(home_view(word(Homepage("U0ANA", is_empty=True)), is_homepage=True))


@pytest.mark.parametrize(
    "text", ["", "# kiln\n\nSo.\n", "<&>" * 2_000, "a line\n" * 1_500, "&" * 499 + "\n" + "b" * 2_900]
)
def test_long_text_to_copy_is_whole(text: str) -> None:
    """Text to copy fills as many sections as it needs, and not a character of it is lost."""
    sections = blocks_of(Message((Row(((Preformatted(text),),)),)), private=False)
    takes(sections)
    assert "".join(html.unescape(each["text"]["text"].strip("`")) for each in sections) == text


def test_code_and_links_cannot_be_broken_out_of() -> None:
    """A backtick does not end code, and a web address with marks of Slack's in it is shown as text."""
    message = Message(
        (
            Row(
                (
                    (
                        Code("a`b<!here>"),
                        WebLink("https://x.example/|<!here>", "Runbook"),
                        WebLink("javascript:alert(1)", "Click"),
                    ),
                )
            ),
        )
    )
    (section,) = blocks_of(message, private=False)
    assert section["text"]["text"] == (
        "`aʼb&lt;!here&gt;`Runbook https://x.example/|&lt;!here&gt;Click javascript:alert(1)"
    )
    takes([section])


# The forms in which components are changed ----------------------------------------------------------------------------

PRINTABLE = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=1000)
LATE = Statement(Ref.component("kiln"), "kind", "<!channel>", PEOPLE, "*Ana* <U0ANA>", NOW)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(registries(), st.data())
def test_any_component_has_forms_that_slack_takes(registry: Snapshot, data: st.DataObject) -> None:
    """Whatever is registered, its forms are within Slack's limits, and read back what they were filled with."""
    catalog = registry.catalog
    component = data.draw(st.sampled_from(sorted(catalog.components.values(), key=lambda each: each.ref)))
    card, teams = owner_card(component, catalog), tuple(catalog.teams.values())
    values = {name: data.draw(PRINTABLE) for name in EDITABLE if name != "stage"} | {"stage": "production"}
    stated = {name: Statement(component.ref, name, values.pop(name), FILE, "cli", NOW) for name in ("kind", "repo")}
    form = EditForm(card, values, {name: mark(text) for name, text in values.items()}, stated, True, (LATE,) * 3, NOW)
    for shown in (form, replace(form, may_edit=False, late=())):
        view = edit_view(shown)
        takes(view)
        assert entered_in(values, view["private_metadata"]) == (component.ref, values, dict(form.opened))
    for each in (retire_view(Retiring(card, ("x" * 255,) * 9)), transfer_view(TransferForm(card, teams, True))):
        takes(each)
        assert ref_in(each["private_metadata"]) == component.ref
    takes(dispute_view(DisputeForm(card, teams)))


def test_what_others_changed_replaces_what_was_typed() -> None:
    """A field that comes back with what others said is one that Slack does not fill with what was typed before."""
    card = owner_card(Component(name="kiln"), Catalog())
    before, now = (EditForm(card, {"kind": text}, {"kind": mark(text)}, {}, True) for text in ("oven", "stove"))
    first, second = (element(edit_view(form), "kind") for form in (before, now))
    assert first
    assert second
    assert first["action_id"] != second["action_id"]
    assert second["initial_value"] == "stove"


def test_many_teams_are_searched() -> None:
    """Up to a hundred teams stand in the form, more are searched while people type."""
    card = owner_card(Component(name="kiln"), Catalog())
    few, many = (dispute_view(DisputeForm(card, tuple(some_teams(number)))) for number in (100, 101))
    assert (element(few, "team") or {})["type"] == "static_select"
    assert (element(many, "team") or {})["type"] == "external_select"
