"""Asking: one door for Slack, the command line and whatever comes later. Reads, never writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assistant.core.advice import OwnerCard, Recommendation
from assistant.core.answers import (
    Answer,
    Choices,
    Contact,
    Help,
    Models,
    NotFound,
    NotUnderstood,
    Onboard,
    Owners,
    Pick,
    Remembered,
    TeamChoices,
    TeamNotFound,
    Unresolved,
)
from assistant.core.cards import component_contact, owner_card, path_owners, team_card, team_contact
from assistant.core.catalog import Catalog
from assistant.core.clauses import asks_what_if, supposes
from assistant.core.entries import Component, FactValue, Ref
from assistant.core.explaining import asks_whether, explained, models_weighed
from assistant.core.forms import Intent
from assistant.core.grammar import PRONOUNS
from assistant.core.match import CHOICES, NEAREST, Match, Step
from assistant.core.mentions import MENTIONS
from assistant.core.messages import Settle
from assistant.core.path_questions import PathMention, paths_in, read_paths
from assistant.core.questions import Reading, read
from assistant.core.recommending import recommend, recommend_for_new, weigh
from assistant.core.rulebook import Rulebook
from assistant.core.snapshot import Snapshot
from assistant.core.supposing import (
    APPLICATION,
    how_to_suppose,
    is_introduced,
    names_read_as,
    owner_read_as,
    stated_in,
    words_stating,
)
from assistant.core.words import fold, split

_HOW = {
    Step.NAME: "",
    Step.OTHER_NAME: "You wrote “{mention}”, another name of {name}.",
    Step.LETTERS: "You wrote “{mention}”, which is {name} written differently.",
    Step.FORM: "You wrote “{mention}”, another form of {key}.",
    Step.TYPO: "You wrote “{mention}”; the nearest name is {key}, and no other is as near.",
    Step.INITIALS: "You wrote “{mention}”, the initials of {key}.",
    Step.WORDS: "You wrote “{mention}”; only {name} holds those words.",
    Step.DESCRIPTION: "You described it, and what is known of {name} says “{key}”.",
    Step.NONE: "",
}


@dataclass(frozen=True)
class Reply:
    """A question as it was read, and its answer."""

    reading: Reading
    answer: Answer


EXPECTED: Mapping[str, Intent | None] = {
    "/who-owns": "owner",
    "/which-model": "model",
    "/onboard": "onboard",
    "/assistant": None,
}
"""What each slash command asks for; None: whatever its text says."""


def ask(
    text: str, snapshot: Snapshot, rulebook: Rulebook, expect: Intent | None = None, before: Ref | None = None
) -> Reply:
    """Answer a question. `expect` is what a command asks for; typed as text, a command is taken as one too.

    `before` is the `subject` of the answer before, in the same conversation.
    """
    command, _, rest = text.strip().partition(" ")
    if command in EXPECTED:
        text, expect = rest, EXPECTED[command]
    before = before if before in snapshot.catalog.components else None
    named = paths_in(text, snapshot) if expect != "onboard" else ()

    def understood(expect: Intent | None) -> tuple[Reading, tuple[PathMention, ...]]:
        return read_paths(text, named, snapshot, expect, before) or (read(text, snapshot, expect, before), ())

    reading, paths = understood(expect)
    if reading.intent == "owner" and expect is None and asks_whether(reading.tokens, rulebook):
        reading, paths = understood("model")  # `is ledger a complicated-subsystem team?`
    points_back = all(match.refs == (before,) for match in reading.mentions)  # or to nothing
    points_back = points_back and PRONOUNS.isdisjoint(token.word for token in reading.tokens)
    is_of_none = points_back or not any(match.sure for match in reading.mentions)
    if is_of_none and (about := explained(reading.tokens, rulebook)):
        return Reply(reading, about)
    if paths and not any(match.refs for match in reading.mentions):
        return _about_paths(reading, paths, snapshot)
    answer = _answer(reading, snapshot, rulebook)
    for path in named:
        if isinstance(answer, NotFound) and not path.found and answer.mention in text[path.start : path.end]:
            answer = _unruled(answer, path.path, snapshot)
    return Reply(reading, answer)


def _about_paths(reading: Reading, paths: Iterable[PathMention], snapshot: Snapshot) -> Reply:
    """Answer about paths that lie in no component, whatever is asked: who owns them, or how that team is reached."""
    answer = path_owners(paths, snapshot.catalog, reading.because)
    teams = list({team.name: team for each in answer.paths for team in each.teams}.values())
    if reading.attribute and len(teams) == 1:
        return Reply(reading, team_contact(teams[0], reading.attribute, reading.because))
    return Reply(replace(reading, intent="owner", attribute=None), answer)


def _unruled(answer: NotFound, path: str, snapshot: Snapshot) -> NotFound:
    """Say of a path that was looked for as a name that no rule is about it, and offer what is called nearly so."""
    files = tuple(dict.fromkeys(rules.name for rules in snapshot.catalog.paths.values()))
    near = next(filter(None, map(snapshot.components.nearest, reversed(path.strip("/").split("/")))), ())
    cards = tuple(owner_card(snapshot.catalog.components[ref], snapshot.catalog) for ref in near)
    because = f"No rule of {' or '.join(files)} is about {path}, and nothing registered is called so."
    return replace(answer, mention=path, nearest=cards, because=because, unruled=files)


def subject(answer: Answer) -> Ref | None:
    """Return the component that an answer is about, if it is about one: what `it` means in the next question."""
    cards: tuple[OwnerCard, ...] = ()
    match answer:
        case Remembered(answer=about):
            return subject(about)
        case Owners():
            cards = answer.cards
        case Contact():
            cards = (answer.card,) if answer.card and not answer.beside else ()
        case Models():
            cards = tuple(each.card for each in answer.recommendations)
        case _:
            pass
    return cards[0].component.ref if len(cards) == 1 else None


def pick(
    chosen: Pick, snapshot: Snapshot, rulebook: Rulebook, because: str, assumed: Mapping[str, FactValue] | None = None
) -> Answer:
    """Answer about a component or team that is known already, as when somebody chose it from several.

    `because` says how it came to be asked about. `assumed` are facts that were said and not saved.
    """
    if chosen.ref.kind == "team":
        match = Match(chosen.mention, Step.NAME, (chosen.ref,))
        reading = Reading(chosen.intent, because, chosen.attribute, (match,), of_team=True)
        if chosen.ref.name in snapshot.catalog.teams:
            return _team_question(reading, snapshot)
        return TeamNotFound(chosen.ref.name, (), len(snapshot.catalog.teams), "It was removed since.")
    if chosen.ref not in snapshot.catalog.components:
        return _not_found(Match(chosen.ref.name), Reading(chosen.intent, "It was removed since."), snapshot)
    if assumed:
        component = snapshot.catalog.components[chosen.ref]
        return Models((recommend(component, snapshot.catalog, rulebook, assumed),), because)
    match = Match(chosen.mention, Step.NAME, (chosen.ref,))
    return _answer(Reading(chosen.intent, because, chosen.attribute, (match,)), snapshot, rulebook)


def again(chosen: Pick, snapshot: Snapshot, rulebook: Rulebook) -> Answer:
    """Answer anew what was asked with the words for which somebody chose something."""
    match = snapshot.components.with_nearest(snapshot.components.find(chosen.mention))
    because = f"You asked about “{chosen.mention}”."
    return _answer(Reading(chosen.intent, because, chosen.attribute, (match,)), snapshot, rulebook)


def settle(click: Settle, snapshot: Snapshot, rulebook: Rulebook, by: str) -> Answer:
    """Answer again with one more fact, for this answer only. Nothing is saved."""
    component = snapshot.catalog.components.get(click.ref)
    if component is None and not click.supposed:
        return _not_found(Match(click.ref.name), Reading("model", "It was removed since."), snapshot)
    skipped = frozenset(click.skipped)
    assumed = dict(click.assumed)
    if click.value is None:
        skipped |= {click.fact}
        because = "You are not sure." if by == "You" else f"{by} is not sure."
    else:
        assumed[click.fact] = click.value
        because = f"{by} answered."
    if component is None:
        return Models((recommend_for_new(click.ref.name, snapshot.catalog, rulebook, assumed, skipped),), because)
    how = {"supposed": click.supposed, "anew": click.anew}
    return Models((recommend(component, snapshot.catalog, rulebook, assumed, skipped, **how),), because)


def _answer(reading: Reading, snapshot: Snapshot, rulebook: Rulebook) -> Answer:
    catalog = snapshot.catalog
    match reading.intent:
        case "help":
            return _help(reading, catalog)
        case "none":
            named = [owner_card(catalog.components[m.refs[0]], catalog) for m in reading.mentions if len(m.refs) == 1]
            return NotUnderstood(reading.because, tuple(named[:NEAREST]), _example(catalog))
        case "onboard":
            assert reading.new is not None, "a reading to onboard says what is new, as far as it was said"
            return Onboard(reading.new, reading.because)
        case "model" if supposed := _supposed(reading, snapshot, rulebook):
            return supposed
        case _ if not reading.mentions:
            return NotUnderstood(f"{reading.because} No component or team is named here.", (), _example(catalog))
        case _ if reading.of_team:
            return _team_question(reading, snapshot)
        case _:
            return _component_question(reading, snapshot, rulebook)


def _supposed(reading: Reading, snapshot: Snapshot, rulebook: Rulebook) -> Models | NotUnderstood | None:
    """Answer about something that nobody registered, from what the question says of it: `for a shared cache`."""
    read_as = names_read_as(reading.tokens, snapshot)
    said = stated_in(reading.tokens, rulebook, read_as)
    named = {word for match in reading.mentions for word in split(match.mention)}
    is_new = is_introduced(reading.tokens, named)
    if not (said or is_new) or reading.of_team or any(match.sure for match in reading.mentions):
        return None
    if not is_new and any(match.refs for match in reading.mentions):
        return None
    stating = words_stating(reading.tokens, rulebook)
    named.difference_update(word for name, role in read_as.items() if role == APPLICATION for word in split(name))
    label = " ".join(t.text for at, t in enumerate(reading.tokens) if named.issuperset(t.words) and at not in stating)
    advice = recommend_for_new(label.strip() or "It", snapshot.catalog, rulebook, said)
    if supposes(reading.tokens) and not (is_new or reading.mentions or advice.decision.model):
        because = f"{reading.because} No component is named here, and none was asked about before."
        return NotUnderstood(because, (), _example(snapshot.catalog))
    return Models((advice,), reading.because)


def _example(catalog: Catalog) -> str | None:
    shown = catalog.example()
    return shown.name if shown else None


def _help(reading: Reading, catalog: Catalog) -> Help:
    """Help with what is registered here."""
    shown = catalog.example()
    team = catalog.owners_of(shown)[0].label if shown else None
    return Help(reading.because, not catalog.components, shown.name if shown else None, team)


def _team_question(reading: Reading, snapshot: Snapshot) -> Answer:
    match = reading.mentions[0]
    because = _how(match) or reading.because
    contacts = {contact.lstrip("@") for ref in match.refs for contact in snapshot.catalog.teams[ref.name].contacts}
    if match.key in contacts:
        because = f"“{match.mention}” is a contact of {', '.join(ref.name for ref in match.refs)}."
    if not match.refs:
        nearest = tuple(snapshot.catalog.teams[ref.name] for ref in match.nearest)
        return TeamNotFound(match.mention, nearest, len(snapshot.catalog.teams), because)
    if len(match.refs) > 1:
        return TeamChoices(match.mention, tuple(snapshot.catalog.teams[ref.name] for ref in match.refs), because)
    if reading.intent == "contact" and reading.attribute:
        return team_contact(snapshot.catalog.teams[match.refs[0].name], reading.attribute, because)
    others = [other.refs[0] for other in reading.mentions[1:] if len(other.refs) == 1]
    beside = tuple(team_card(ref, snapshot.catalog, because) for ref in dict.fromkeys(others))
    return replace(team_card(match.refs[0], snapshot.catalog, because), beside=beside)


def _component_question(reading: Reading, snapshot: Snapshot, rulebook: Rulebook) -> Answer:
    """Answer about those mentions that mean one thing; offer the others."""
    catalog = snapshot.catalog
    if len(reading.mentions) == 1:
        only = reading.mentions[0]
        if not only.refs:
            return _not_found(only, reading, snapshot)
        if not _settled(only, reading.intent, catalog):
            return _choices(only, reading, catalog)
    answered = [match for match in reading.mentions if match.refs and _settled(match, reading.intent, catalog)]
    unresolved = tuple(
        Unresolved(m.mention, tuple(owner_card(catalog.components[ref], catalog) for ref in m.refs or m.nearest))
        for m in reading.mentions
        if m not in answered
    )
    because = next(filter(None, map(_how, answered)), reading.because)
    cards = tuple(owner_card(catalog.components[ref], catalog) for m in answered for ref in m.refs[:CHOICES])
    if not cards:
        several = next((match for match in reading.mentions if match.refs), None)
        return _choices(several, reading, catalog) if several else _not_found(reading.mentions[0], reading, snapshot)
    if reading.intent == "model":
        names = [match.mention for match in answered]
        advice = (_recommended(card.component, reading, names, snapshot, rulebook) for card in cards[:CHOICES])
        return Models(tuple(advice), because, unresolved)
    if reading.intent == "contact" and reading.attribute:
        contact, *others = [component_contact(card, reading.attribute, because) for card in _differently_named(cards)]
        return replace(contact, unresolved=unresolved, beside=tuple(others))
    return Owners(cards[:MENTIONS], because, unresolved, same=len(answered) == 1 < len(cards))


def _recommended(
    component: Component, reading: Reading, names: Iterable[str], snapshot: Snapshot, rulebook: Rulebook
) -> Recommendation:
    """Recommend a model for what is called by one of these names, from what is known and what the question says."""
    owner_as = owner_read_as(component, rulebook)
    read_as = {**names_read_as(reading.tokens, snapshot, component, owner_as), **dict.fromkeys(names, "")}
    said = stated_in(reading.tokens, rulebook, read_as)
    is_known = said.items() <= component.known_facts.items()
    supposed = supposes(reading.tokens)
    advice = recommend(component, snapshot.catalog, rulebook, said, supposed=supposed and not is_known)
    models = models_weighed(reading.tokens, rulebook)
    asked = models[0] if models and asks_whether(reading.tokens, rulebook) else None
    nothing_is_said = asks_what_if(reading.tokens) and not said
    is_so = advice.decision.model in models if nothing_is_said else supposed and is_known and bool(said)
    unheard = how_to_suppose(rulebook, advice.decision.used) if nothing_is_said and not models else ""
    return replace(weigh(advice, models, rulebook), asked=asked, is_so=is_so, unheard=unheard)


def _choices(match: Match, reading: Reading, catalog: Catalog) -> Choices:
    options = tuple(owner_card(catalog.components[ref], catalog) for ref in match.refs[:CHOICES])
    because = f"“{match.mention}” fits {len(match.refs)} components."
    return Choices(match.mention, options, reading.intent, reading.attribute, because)


def _differently_named(cards: Iterable[OwnerCard]) -> list[OwnerCard]:
    """Entries of one name count as one, and the first speaks for them."""
    firsts: dict[str, OwnerCard] = {}
    for card in cards:
        firsts.setdefault(card.component.name, card)
    return list(firsts.values())


def _settled(match: Match, intent: Intent, catalog: Catalog) -> bool:
    """One component, or for an owner question several that one and the same team owns: an answer, not a question."""
    if len(match.refs) == 1 or match.step is Step.DESCRIPTION:
        return len(match.refs) == 1
    owners = {catalog.components[ref].owners for ref in match.refs}
    proposed = {tuple(team.name for team in catalog.proposed_owners(ref)) for ref in match.refs}
    names = {ref.name for ref in match.refs}
    is_one = len(owners) == len(proposed) == 1
    return is_one and (len(names) == 1 or (intent == "owner" and owners != {()}))


def _not_found(match: Match, reading: Reading, snapshot: Snapshot) -> NotFound:
    catalog = snapshot.catalog
    nearest = tuple(owner_card(catalog.components[ref], catalog) for ref in match.nearest if ref.kind == "component")
    because = f"Nothing registered is called “{match.mention}”."
    wanted = fold(match.mention)
    ended = next(
        (last for ref, last in catalog.ended.items() if ref.kind == "component" and fold(ref.name) == wanted), None
    )
    searched = len(catalog.components)
    return NotFound(match.mention, nearest, searched, reading.intent, reading.attribute, because, ended)


def _how(match: Match) -> str:
    if not match.refs:
        return ""
    if len(match.refs) > 1:
        return f"“{match.mention}” fits {len(match.refs)} components of one owner."
    return _HOW[match.step].format(mention=match.mention, name=match.refs[0].name, key=match.key)
