"""Words for answers. Every Answer becomes one Message: the answer first, as a sentence, and always a way forward."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from assistant.core.answers import (
    Answer,
    Choices,
    Contact,
    FactsSaved,
    Fault,
    Help,
    Invalid,
    Known,
    Models,
    NotFound,
    NotUnderstood,
    Onboard,
    OwnerCard,
    Owners,
    Pick,
    Recommendation,
    Refusal,
    Registered,
    TeamCard,
    TeamChoices,
    TeamNotFound,
    Unresolved,
)
from assistant.core.catalog import PEOPLE, Component, Statement, Team
from assistant.core.messages import (
    Button,
    Channel,
    Code,
    Line,
    Message,
    Register,
    Row,
    Save,
    Settle,
    Share,
    Span,
    Strong,
    WebLink,
)
from assistant.core.rulebook import Fact, Model

LISTED = 12
"""Components of a team that are named before the rest is counted."""
SNIPPET = 90

_ATTRIBUTES = {
    "channel": "channel",
    "oncall": "on call",
    "repo": "repository",
    "runbook": "runbook",
    "contact": "contact",
}


def word(answer: Answer) -> Message:
    """Put an answer into words. Total: every answer has a message, whatever the registry holds."""
    match answer:
        case Owners():
            return _owners(answer)
        case Contact():
            return _contact(answer)
        case TeamCard():
            return _team(answer)
        case Models():
            return _models(answer)
        case Choices():
            return _choices(answer)
        case TeamChoices():
            return _team_choices(answer)
        case NotFound():
            return _not_found(answer)
        case TeamNotFound():
            return _team_not_found(answer)
        case Onboard():
            return _onboard(answer)
        case Help():
            return _help(answer)
        case NotUnderstood(because):
            return _say(f"{because} Ask “who owns checkout?”, “which model should orders-kafka use?”, or say help.")
        case Invalid(sentence):
            return Message((Row(((sentence,),)),), private=True)
        case Refusal(sentence, who_can):
            return Message((Row(((sentence + " Nothing was changed.",), (who_can,))),), private=True)
        case Fault(reference, sentence):
            line: Line = (sentence, " Reference ", Code(reference), ".")
            return Message((Row((line,)),), private=True)
        case Registered():
            return _registered(answer)
        case FactsSaved():
            return _facts_saved(answer)
        case _:
            assert_never(answer)


def _say(sentence: str) -> Message:
    return Message((Row(((sentence,),)),))


# Owners ----------------------------------------------------------------------------------------------------------


def _owners(answer: Owners) -> Message:
    cards = answer.cards
    context: tuple[Line, ...] = (_evidence(answer.because, cards),)
    if len(cards) == 1:
        rows = [Row((_owned_by(cards[0]), _ways(cards[0])))]
    elif answer.same:
        first = cards[0]
        names = _joined([Strong(name) for name in _distinct(cards)])
        verb = "are" if len(_distinct(cards)) > 1 else "is"
        owners = ("nobody yet",) if not first.owners else _joined([Strong(team.label) for team in first.owners])
        shared = replace(first, component=Component(name=first.component.name), channel=_channel_of(first.owners))
        rows = [Row(((*names, f" {verb} owned by ", *owners, "."), _ways(shared)))]
    else:
        rows = [Row(tuple(_owned_by(card) for card in cards))]
    rows += _unresolved(answer.unresolved)
    buttons: tuple[Button, ...] = ()
    more: tuple[Button, ...] = ()
    if len(cards) == 1:
        card = cards[0]
        buttons = (Button("Which model?", Pick(card.component.ref, "model", None, card.component.name)),)
        owner = card.owners[0] if card.owners else None
        if owner:
            more = (Button(f"What {owner.label} owns", Pick(owner.ref, "team", None, owner.name)),)
    share = Share(Pick(cards[0].component.ref, "owner", None, cards[0].component.name)) if len(cards) == 1 else None
    return Message(tuple(rows), buttons, more, context, share)


def _channel_of(teams: Iterable[Team]) -> str | None:
    return next((team.slack_channel for team in teams if team.slack_channel), None)


def _owned_by(card: OwnerCard) -> Line:
    name = Strong(_name(card.component))
    if not card.owners:
        return ("Nobody has claimed ", name, ".")
    return (name, " is owned by ", *_joined([Strong(team.label) for team in card.owners]), ".")


def _ways(card: OwnerCard) -> Line:
    """The ways in: channel, on call, runbook, repository."""
    ways: list[Line] = []
    if card.channel:
        ways.append(("Ask in ", Channel(card.channel)))
    if card.oncall:
        ways.append(("on call ", _reachable(card.oncall)))
    if card.component.runbook:
        ways.append((_reachable(card.component.runbook, "Runbook"),))
    if card.component.repo:
        ways.append((_reachable(card.component.repo, "Repository"),))
    if not card.owners:
        way: Line = ("An administrator can state an owner in the registry file.",)
        return (*way, " ", *_dotted(ways)) if ways else way
    if not card.oncall and card.channel:
        channel: Line = ("On call isn't recorded; ", Channel(card.channel), " is the way in.")
        return (*channel, " ", *_dotted(ways[1:])) if ways[1:] else channel
    if not ways:
        return (f"No channel and no on-call are recorded for {card.owners[0].label}.",)
    return _dotted(ways)


def _evidence(because: str, cards: Sequence[OwnerCard]) -> Line:
    origins = [card.origin for card in cards if card.origin]
    if len(cards) != 1 or not origins:
        return (because,)
    return (f"{because} Owner from ", *_origin(origins[0]), ".")


# Contacts --------------------------------------------------------------------------------------------------------


def _contact(answer: Contact) -> Message:
    what = _ATTRIBUTES[answer.attribute]
    whose: Line = ()
    if answer.card:
        whose = (Strong(_name(answer.card.component)),)
    elif answer.team:
        whose = (Strong(answer.team.label),)
    if answer.value is None:
        lines: list[Line] = [
            (f"No {what} is recorded for " if what != "on call" else "On call isn't recorded for ", *whose, ".")
        ]
    elif answer.attribute == "channel":
        lines = [("The channel for ", *whose, " is ", Channel(answer.value), ".")]
    elif answer.attribute == "oncall":
        lines = [("On call for ", *whose, ": ", _reachable(answer.value), ".")]
    elif answer.attribute == "contact":
        lines = [(*whose, " is reached through ", answer.value, ".")]
    else:
        lines = [(f"The {what} of ", *whose, " is ", _reachable(answer.value), ".")]
    buttons: tuple[Button, ...] = ()
    if answer.card:
        component = answer.card.component
        lines.append(_owned_by(answer.card))
        if answer.value is None or answer.attribute == "contact":
            lines.append(_ways(answer.card))
        buttons = (Button("Who owns it?", Pick(component.ref, "owner", None, component.name)),)
    elif answer.team and answer.value is None:
        channel = answer.team.slack_channel
        if channel and answer.attribute != "channel":
            lines.append(("Ask in ", Channel(channel), "."))
        else:
            lines.append(("Record it in the registry file, under teams.",))
    subject = answer.card.component.ref if answer.card else answer.team.ref if answer.team else None
    share = Share(Pick(subject, "contact", answer.attribute, subject.name)) if subject else None
    rows = (Row(tuple(lines)), *_unresolved(answer.unresolved))
    return Message(rows, buttons, context=((answer.because,),), share=share)


def _team(answer: TeamCard) -> Message:
    team, owned = answer.team, answer.owned
    if owned:
        names: list[Span] = [Strong(_name(c)) for c in owned[:LISTED]]
        rest = len(owned) - len(names)
        if rest:
            names.append(f"{rest} more")
        count = f"{len(owned)} components" if len(owned) > 1 else "1 component"
        first: Line = (Strong(team.label), f" owns {count}: ", *_joined(names), ".")
    else:
        first = (
            Strong(team.label),
            " owns no component yet. ",
            "Register one, or name it as an owner in the registry file.",
        )
    ways: list[Line] = []
    if team.slack_channel:
        ways.append(("Ask in ", Channel(team.slack_channel)))
    if team.oncall:
        ways.append(("on call ", _reachable(team.oncall)))
    lines = [first] + ([_dotted(ways)] if ways else [])
    share = Share(Pick(team.ref, "team", None, team.name))
    return Message((Row(tuple(lines)),), context=((answer.because,),), share=share)


# Choices and not found -------------------------------------------------------------------------------------------


def _choices(answer: Choices) -> Message:
    cards = answer.options
    differ = len({card.component.owners for card in cards}) > 1
    tail = " with different owners:" if differ else ":"
    rows = [Row(((f"“{answer.mention}” fits {len(cards)} components{tail}",),))]
    for card in cards:
        act = Pick(card.component.ref, answer.intent, answer.attribute, answer.mention)
        rows.append(Row((_option(card),), Button("This one", act)))
    return Message(tuple(rows), (Button("None of these", Register(answer.mention)),), context=((answer.because,),))


def _option(card: OwnerCard) -> Line:
    owner = card.owners[0].label if card.owners else "nobody yet"
    line: Line = (Strong(_name(card.component)), f" · {owner}")
    if card.component.namespace != "default":
        line = (*line, f" · in {card.component.namespace}")
    if card.component.description:
        line = (*line, f". {_snippet(card.component.description)}")
    return line


def _team_choices(answer: TeamChoices) -> Message:
    rows = [Row(((f"“{answer.mention}” fits {len(answer.teams)} teams:",),))]
    for team in answer.teams:
        act = Pick(team.ref, "team", None, answer.mention)
        description = f". {_snippet(team.description)}" if team.description else ""
        rows.append(Row(((Strong(team.label), description),), Button("This one", act)))
    return Message(tuple(rows), context=((answer.because,),))


def _not_found(answer: NotFound) -> Message:
    if not answer.searched:
        nothing: Line = ("Nothing is registered yet: import a registry file with ", Code("assistant import FILE"), ".")
        return Message((Row((nothing,)),), (Button(_clip(f"Register {answer.mention}"), Register(answer.mention)),))
    lines: list[Line] = [("There is no component called ", Strong(_clip(answer.mention)), ".")]
    if answer.nearest:
        near = _joined([_near(card) for card in answer.nearest])
        lines[0] = (*lines[0], " Closest: ", *near, ".")
    else:
        lines[0] = (*lines[0], " Nothing registered comes close; ask with another name, or register it.")
    buttons = [
        Button(card.component.name, Pick(card.component.ref, answer.intent, answer.attribute, answer.mention))
        for card in answer.nearest
    ]
    buttons.append(Button(f"Register {answer.mention}", Register(answer.mention)))
    searched = f"{answer.searched} components" if answer.searched != 1 else "1 component"
    context: Line = (f"Searched names, aliases and repositories of {searched}.",)
    return Message((Row(tuple(lines)),), tuple(buttons), context=(context,))


def _near(card: OwnerCard) -> Span:
    owner = card.owners[0].label if card.owners else "nobody yet"
    return f"{_name(card.component)} ({owner})"


def _team_not_found(answer: TeamNotFound) -> Message:
    first: Line = ("There is no team called ", Strong(_clip(answer.mention)), ".")
    if answer.nearest:
        first = (*first, " Closest: ", *_joined([Strong(team.label) for team in answer.nearest]), ".")
    else:
        first = (*first, f" {answer.searched} teams are registered; ask with the name of one, or of a component.")
    buttons = tuple(Button(team.label, Pick(team.ref, "team", None, answer.mention)) for team in answer.nearest)
    return Message(
        (Row((first,)),), buttons, context=((f"Searched names, aliases and channels of {answer.searched} teams.",),)
    )


def _unresolved(unresolved: Iterable[Unresolved]) -> list[Row]:
    rows = []
    for item in unresolved:
        names = [card.component.name for card in item.choices]
        if names == [item.mention]:
            line: Line = ("Ask again about ", Strong(item.mention), ".")
        elif names:
            near = _joined([_near(card) for card in item.choices])
            line = (f"“{item.mention}” is not settled: it could be ", *near, ". Ask again with one of those names.")
        else:
            line = (f"There is no component called “{item.mention}”. Ask with another name, or register it.",)
        rows.append(Row((line,)))
    return rows


# Models ----------------------------------------------------------------------------------------------------------


def _models(answer: Models) -> Message:
    if len(answer.recommendations) == 1:
        message = _recommendation(answer.recommendations[0])
        rows = (*message.rows, *_unresolved(answer.unresolved))
        context = (
            ((answer.because, " ", *message.context[0]), *message.context[1:])
            if message.context
            else ((answer.because,),)
        )
        return Message(rows, message.buttons, message.more, context, message.share)
    rows = tuple(Row((_verdict(each),)) for each in answer.recommendations)
    return Message((*rows, *_unresolved(answer.unresolved)), context=((answer.because,),))


def _recommendation(advice: Recommendation) -> Message:
    return _decided(advice) if advice.decision.model else _undecided(advice)


def _verdict(advice: Recommendation) -> Line:
    name = Strong(_name(advice.card.component))
    model = advice.decision.model
    if model is None:
        count = len(advice.decision.missing)
        needs = "one more answer" if count == 1 else f"{_number(count)} more answers"
        return (name, f" needs {needs}.") if count else (name, " fits no rule of the rulebook.")
    rule = advice.decision.rule
    because = _lower_first(rule.because) if rule else "every answer that is still missing leads to it."
    return (name, " fits ", *_titled(model), f": {because}")


def _decided(advice: Recommendation) -> Message:
    model = advice.decision.model
    assert model is not None
    component = advice.card.component
    lines: list[Line] = [_verdict(advice), _duties(model, advice.card)]
    if advice.in_use and advice.in_use.id != model.id:
        lines.append(("Today it runs as ", *_titled(advice.in_use), ", which differs."))
    if advice.cautions:
        lines.append((Strong("Weigh this:"), " ", " ".join(c.advice for c in advice.cautions[:2])))
    unsaved = {known.fact.name: known.value for known in advice.known if known.statement is None}
    save = "Save my answer" if len(unsaved) == 1 else "Save my answers"
    buttons = (Button(save, Save(component.ref, unsaved)),) if unsaved else ()
    share = Share(Pick(component.ref, "model", None, component.name), unsaved)
    return Message((Row(tuple(lines)),), buttons, context=(_used(advice),), share=share)


def _titled(model: Model) -> Line:
    """A model as it stands in a sentence: "a platform team", but "you build it, you run it"."""
    if "," in model.title or model.title.endswith("s"):
        return (Strong(model.title),)
    if not model.title[0].islower():
        return (Strong(model.title),)
    article = "an " if model.title[0] in "aeiou" else "a "
    return (article, Strong(model.title))


def _duties(model: Model, card: OwnerCard) -> Line:
    """Say who does what. Whoever operates a component is its owner; the other side are the teams that build on it."""
    duties = model.responsibilities
    owner: Span = Strong(card.owners[0].label) if card.owners else "Whoever owns it"
    tasks = {duties.operate: ["runs it"]}
    for bearer, task in ((duties.on_call, "carries the pager"), (duties.decide, "decides how it changes")):
        tasks.setdefault(bearer, []).append(task)
    parts: list[Line] = []
    for bearer, theirs in tasks.items():
        if bearer == duties.operate:
            parts.append((owner, f" {_listed(theirs)}"))
        else:
            who = "both teams" if bearer == "both" else "the teams that build on it"
            plural = [task.replace("carries", "carry").replace("decides", "decide") for task in theirs]
            parts.append((f"{who} {_listed(plural)}",))
    return (*_separated(parts, "; "), ".")


def _listed(words: Sequence[str]) -> str:
    return "".join(str(span) for span in _joined(words))


def _undecided(advice: Recommendation) -> Message:
    component, decision = advice.card.component, advice.decision
    name = Strong(_name(component))
    asked = next((fact for fact in decision.missing if fact.name not in advice.skipped), None)
    possible = _joined([span for model in decision.possible for span in [_title(model)]], "or")
    if not decision.missing:
        return Message(
            (Row(((name, " fits no rule of the rulebook. An administrator can add one."),)),), context=(_used(advice),)
        )
    if asked is None:
        first: Line = (
            name,
            " stays undecided: ",
            *possible,
            " are still possible." if len(decision.possible) > 1 else ".",
        )
        way: Line = ("Whoever builds or runs it would know.",)
        if advice.card.owners and advice.card.channel:
            way = (f"{advice.card.owners[0].label} would know: ", Channel(advice.card.channel), ".")
        return Message((Row((first, way)),), context=(_used(advice),))
    lines: list[Line] = [_verdict(advice), (Strong(_asked(asked, advice)),)]
    if asked.help:
        lines.append((asked.help,))
    said = {known.fact.name: known.value for known in advice.known if known.statement is None}
    skipped = tuple(sorted(advice.skipped))
    if asked.type == "number":
        lines.append(("State it in the registry file, under facts.",))
    buttons = [
        Button(label, Settle(component.ref, asked.name, value, said, skipped)) for value, label in _answers(asked)
    ]
    buttons.append(Button("Not sure", Settle(component.ref, asked.name, None, said, skipped)))
    return Message((Row(tuple(lines)),), tuple(buttons), context=((*_used(advice), " So it is ", *possible, "."),))


def _answers(fact: Fact) -> list[tuple[str | bool, str]]:
    """The buttons for a fact. A number is asked for where it can be typed, so it has none."""
    if fact.type == "yes-no":
        return [(True, "Yes"), (False, "No")]
    return [(value, label) for value, label in fact.answers.items()]


def _asked(fact: Fact, advice: Recommendation) -> str:
    application = advice.application or "the application it serves"
    return fact.ask.replace("{application}", application).replace("{component}", advice.card.component.name)


def _used(advice: Recommendation) -> Line:
    if not advice.known:
        return ("Nothing is known yet that the rules ask for.",)
    parts: list[Line] = []
    for known in advice.known:
        origin = _origin(known.statement) if known.statement else ("you, now, not saved",)
        parts.append((f"{_fact_in_words(known, advice)} (", *origin, ")"))
    return ("Known: ", *_separated(parts, "; "), ".")


def _fact_in_words(known: Known, advice: Recommendation) -> str:
    """A choice's answer is a sentence by itself; a yes, no or number needs its question."""
    answer = known.fact.label(known.value)
    return answer if known.fact.type == "choice" else f"{_asked(known.fact, advice)} {answer}"


# Onboarding and help ---------------------------------------------------------------------------------------------


def _onboard(answer: Onboard) -> Message:
    new = answer.new
    what: Line = (Strong(_clip(new.name)),) if new.name else ("a component",)
    first: Line = (
        "Register ",
        *what,
        f" for {new.owner}" if new.owner else "",
        " here: a short form asks for the rest.",
    )
    return Message(
        (Row((first,)),), (Button("Open the form", Register(new.name, new.owner)),), context=((answer.because,),)
    )


def _registered(answer: Registered) -> Message:
    card = answer.recommendation.card
    owned: Line = (Strong(card.owners[0].label), " owns it.") if card.owners else ("Nobody owns it yet.",)
    lines: list[Line] = [(Strong(card.component.name), " is registered. ", *owned)]
    if answer.new_team:
        lines.append(("The team ", Strong(answer.new_team.label), " is new."))
    advice = _recommendation(answer.recommendation)
    lines += advice.rows[0].lines[: 1 if answer.recommendation.decision.model else 2]
    if answer.missing:
        lines.append((f"Still missing: {', '.join(answer.missing)}.",))
    context: Line = (f"Registered by {answer.by}, {_time(answer.at)}.",)
    buttons = advice.buttons if not answer.recommendation.decision.model else ()
    return Message((Row(tuple(lines)),), buttons, context=(context,))


def _facts_saved(answer: FactsSaved) -> Message:
    message = _recommendation(answer.recommendation)
    context: Line = (f"Saved by {answer.by}, {_time(answer.at)}.",)
    return Message(message.rows, message.buttons, message.more, (*message.context, context), message.share)


def _help(answer: Help) -> Message:
    name, team = answer.component or "checkout-api", answer.team or "Payments"
    lines: list[Line] = [
        ("Ask in a mention, a direct message or a command:",),
        (f"• who owns {name}? · ", Code(f"/who-owns {name}")),
        (f"• which model should {name} use? · ", Code(f"/which-model {name}")),
        (f"• what does {team} own? · who is on call for {name}? · where is its repository?",),
        ("• register gift-card-ledger · ", Code("/onboard gift-card-ledger")),
    ]
    if answer.empty:
        lines.insert(
            0,
            (
                "Nothing is registered yet: import a registry file with ",
                Code("assistant import FILE"),
                ", or register the first component.",
            ),
        )
    return Message((Row(tuple(lines)),), (Button("Register a component", Register()),))


# Parts -----------------------------------------------------------------------------------------------------------


def _name(component: Component) -> str:
    return component.name if component.namespace == "default" else f"{component.namespace}/{component.name}"


def _distinct(cards: Iterable[OwnerCard]) -> list[str]:
    return list(dict.fromkeys(_name(card.component) for card in cards))


def _title(model: Model) -> Span:
    return "".join(
        span if isinstance(span, str) else span.text for span in _titled(model) if isinstance(span, str | Strong)
    )


def _origin(statement: Statement) -> Line:
    day = f"{statement.stated_at.day} {statement.stated_at:%B}"
    if statement.source == PEOPLE:
        return (f"{statement.author_name}, {day}",)
    return (Code(statement.source.rsplit("/", 1)[-1]), f", {day}")


def _reachable(value: str, label: str | None = None) -> Span:
    return WebLink(value, label or value) if value.startswith(("http://", "https://")) else Code(value)


def _snippet(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SNIPPET else line[: SNIPPET - 1].rsplit(" ", 1)[0] + "…"


def _clip(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _joined(spans: Sequence[Span], word: str = "and") -> Line:
    """`a`, `a and b`, `a, b and c`."""
    if len(spans) < 2:
        return tuple(spans)
    line: list[Span] = []
    for position, span in enumerate(spans):
        if position:
            line.append(f" {word} " if position == len(spans) - 1 else ", ")
        line.append(span)
    return tuple(line)


def _dotted(parts: Sequence[Line]) -> Line:
    return _separated(parts, " · ")


def _separated(parts: Sequence[Line], mark: str) -> Line:
    return tuple(span for position, part in enumerate(parts) for span in ((mark, *part) if position else part))


def _number(count: int) -> str:
    return ("no", "one", "two", "three", "four", "five", "six")[count] if count < 7 else str(count)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _time(at: datetime) -> str:
    return f"{at.day} {at:%B}, {at:%H:%M} UTC"
