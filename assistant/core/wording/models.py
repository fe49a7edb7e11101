"""Which model it should use, and what is still to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.core.advice import Known, Recommendation
from assistant.core.answers import Explained, Meaning, Models, Pick
from assistant.core.catalog import PEOPLE
from assistant.core.entries import FactValue
from assistant.core.messages import (
    Adopt,
    AnswerAgain,
    Button,
    Channel,
    CopyRecord,
    Line,
    Message,
    Register,
    Row,
    Save,
    Settle,
    Share,
    Span,
    Strong,
)
from assistant.core.proposals import Change
from assistant.core.rulebook import Bearer, Fact, Model, Responsibilities
from assistant.core.wording.finding import unresolved_rows
from assistant.core.wording.phrases import (
    clipped,
    day_of,
    joined,
    listed,
    lower_first,
    name_of,
    number_of,
    origin_of,
    separated,
    time_of,
    upper_first,
)

ONE_DOES = ("runs it", "carries the pager", "decides how it changes")
MANY_DO = ("run it", "carry the pager", "decide how it changes")
READABLE = 3
"""Answers to a question of which it is said where each leads."""
TURNS = 3
"""Answers that would change a model, of those that are named."""


def models_message(answer: Models) -> Message:
    if len(answer.recommendations) == 1:
        message = recommendation_message(answer.recommendations[0])
        rows = (*message.rows, *unresolved_rows(answer.unresolved))
        context = (
            ((answer.because, " ", *message.context[0]), *message.context[1:])
            if message.context
            else ((answer.because,),)
        )
        return Message(rows, message.buttons, message.more, context, message.share)
    rows = tuple(Row((_verdict(each), *_said_besides(each))) for each in answer.recommendations)
    return Message((*rows, *unresolved_rows(answer.unresolved)), context=((answer.because,),))


def recommendation_message(advice: Recommendation) -> Message:
    return _decided(advice) if advice.decision.model else _undecided(advice)


def _verdict(advice: Recommendation) -> Line:
    name = Strong(name_of(advice.card.component))
    model = advice.decision.model
    if model is None:
        count = len([fact for fact in advice.decision.missing if fact.name not in advice.skipped])
        needs = "one more answer" if count == 1 else f"up to {number_of(count)} more answers"
        return (name, f" needs {needs}.") if advice.decision.missing else (name, " fits no rule of the rulebook.")
    rule = advice.decision.rule
    because = lower_first(rule.because) if rule else "every answer that is still missing leads to it."
    if advice.supposed and advice.registered:
        return ("If so, ", name, " would fit ", *titled(model), f": {because}")
    fits: Line = (name, " fits ", *titled(model), f": {because}")
    if advice.asked is None:
        return fits
    return ("By the rules, yes: " if advice.asked == model else "No: ", *fits)


def _overruled(advice: Recommendation) -> list[Line]:
    """Say of what was said that something else is known, and how to see what would follow from it."""
    lines: list[Line] = []
    for known in advice.known:
        if known.statement and known.fact.name in advice.overruled:
            said = replace(known, value=advice.overruled[known.fact.name])
            told: Line = (f"“{_fact_in_words(said, advice)}” is said here, but the registry says ",)
            stands: Line = (f"“{_fact_in_words(known, advice)}” (", *origin_of(known.statement), ").")
            lines.append((*told, *stands, " Ask “what if …” to see what would follow."))
    return lines


def _unheard(advice: Recommendation) -> list[Line]:
    """Say that what was supposed is so, or that nothing of it was understood, and how to suppose something."""
    if advice.is_so:
        return [("That is so already.",)]
    if not advice.unheard:
        return []
    example = f"“what if {name_of(advice.card.component)} were {advice.unheard}?”"
    return [(f"Nothing that you suppose was understood to change this. Ask, for example, {example}",)]


def _said_besides(advice: Recommendation) -> list[Line]:
    """Say what becomes of all that a question says beside what it asks about."""
    return [*_overruled(advice), *_unheard(advice), *_weighed(advice)]


def _weighed(advice: Recommendation) -> list[Line]:
    """Say of the models that were named which answers would lead to them."""
    lines: list[Line] = []
    for each in advice.weighed[:TURNS]:
        way = listed([f"“{_fact_in_words(known, advice)}”" for known in each.way])
        lines.append((f"{way} would make it ", *titled(each.model), "."))
    return lines


def _decided(advice: Recommendation) -> Message:
    model = advice.decision.model
    assert model is not None
    component = advice.card.component
    lines: list[Line] = [_verdict(advice), *_said_besides(advice), _duties(model, advice)]
    if advice.in_use and advice.in_use.id != model.id:
        lines.append(("Today it runs as ", *titled(advice.in_use), ", which differs."))
    if advice.cautions:
        lines.append((Strong("Weigh this:"), " ", " ".join(c.advice for c in advice.cautions[:2])))
    unsaved = dict(advice.assumed) | {each.fact.name: each.value for each in advice.known if each.statement is None}
    save = "Save my answer" if len(unsaved) == 1 else "Save my answers"
    buttons: tuple[Button, ...] = ()
    share = None
    if not advice.registered:
        buttons = (Button(clipped(f"Register {component.name}"), Register(component.name)),)
    elif not advice.supposed:
        before = {name: value for name, value in component.known_facts.items() if name in unsaved}
        change = Change(component.ref, unsaved, before=before)
        buttons = (Button(save, Save(change)),) if unsaved else decidable(advice, model)
        share = Share(Pick(component.ref, "model", None, component.name), unsaved)
    context = (known_of(advice), *_decided_by(advice), *_turned(advice))
    return Message((Row(tuple(lines)),), buttons, context=context, share=share)


def _decided_by(advice: Recommendation) -> tuple[Line, ...]:
    """Say who decided on the model that is in use, and until when."""
    if advice.decided is None or advice.in_use is None or advice.supposed:
        return ()
    until = advice.card.component.review_by
    again = f", to be looked at again by {day_of(until)}" if until else ""
    return (
        (
            "Decided: " if advice.decided.source == PEOPLE else "In use: ",
            *titled(advice.in_use),
            " (",
            *origin_of(advice.decided),
            f"){again}.",
        ),
    )


def decidable(advice: Recommendation, model: Model) -> tuple[Button, ...]:
    """What can be done with a recommendation that rests on nothing unsaved."""
    component = advice.card.component
    copy = Button("Copy decision record", CopyRecord(component.ref))
    decide = "Decide so again" if component.model == model.id else "Decide so"
    buttons = (Button(decide, Adopt(component.ref, model.id)), copy)
    return (*buttons, Button("Answer again", AnswerAgain(component.ref))) if is_answered_by_people(advice) else buttons


def is_answered_by_people(advice: Recommendation) -> bool:
    """Say whether people answered something that decides, which they can answer again; files are changed as files."""
    return any(known.statement is not None and known.statement.source == PEOPLE for known in advice.known)


def _turned(advice: Recommendation) -> tuple[Line, ...]:
    """Say which other answers would lead elsewhere."""
    parts = []
    for turn in advice.turns[:TURNS]:
        answer = _fact_in_words(Known(turn.fact, turn.value, None), advice)
        parts.append((f"“{answer}” would make it ", *titled(turn.model)))
    return ((*separated(parts, "; "), "."),) if parts else ()


def titled(model: Model) -> Line:
    """A model as it stands in a sentence: "a platform team", but "you build it, you run it"."""
    if "," in model.title:
        return ("“", Strong(model.title), "”")
    if model.title.endswith("s"):
        return (Strong(model.title),)
    if not model.title[0].islower():
        return (Strong(model.title),)
    article = "an " if model.title[0] in "aeiou" else "a "
    return (article, Strong(model.title))


def _title(model: Model) -> Span:
    return "".join(
        span if isinstance(span, str) else span.text for span in titled(model) if isinstance(span, str | Strong)
    )


def explained_message(answer: Explained) -> Message:
    rows = [Row((_meaning(each),)) for each in answer.meanings]
    if answer.unknown:
        rows.append(Row(((f"The rulebook has no model called “{clipped(answer.unknown)}”. It has these:",),)))
    rows += [Row(((Strong(upper_first(model.title)), ": ", model.context),)) for model in answer.models]
    if len(answer.models) == 1:
        (model,) = answer.models
        more: list[Line] = [_duties_of(model.responsibilities, _bearer(model.responsibilities))]
        more += [(Strong(title), " ", " ".join(said)) for title, said in _said_of(model) if said]
        rows.append(Row(tuple(more)))
    return Message(tuple(rows), context=(("Ask “which model should … use?” to see which fits a component.",),))


def _meaning(answer: Meaning) -> Line:
    """Say what a word answers, and what follows."""
    question = answer.fact.question("it")
    answers = f"” answers the question “{question}” with “{answer.fact.label(answer.value)}”."
    said: Line = ("“", Strong(clipped(upper_first(answer.said))), answers)
    leads: Line = (" That leads to ", *joined([_title(model) for model in answer.possible], "or"), ".")
    return (*said, *(leads if answer.possible else ()))


def _said_of(model: Model) -> list[tuple[str, Sequence[str]]]:
    return [("What it brings:", model.benefits), ("What to do:", model.practices)]


def _duties(model: Model, advice: Recommendation) -> Line:
    """Say who does what. Whoever operates a component owns it; but where that was only said, the owner is not named."""
    duties = model.responsibilities
    if advice.runs is not None:
        return _duties_of(duties, Strong(advice.runs.label))
    is_unowned = advice.registered and not advice.assumed and not advice.card.owners
    return _duties_of(duties, "Whoever owns it" if is_unowned else _bearer(duties))


def _bearer(duties: Responsibilities) -> str:
    return "The application's team" if duties.operate == "application-team" else "Another team"


def _duties_of(duties: Responsibilities, owner: Span) -> Line:
    tasks: dict[Bearer, list[int]] = {}
    for number, bearer in enumerate((duties.operate, duties.on_call, duties.decide)):
        tasks.setdefault(bearer, []).append(number)
    parts: list[Line] = []
    for bearer, numbers in tasks.items():
        if bearer == duties.operate != "both":
            parts.append((owner, f" {listed([ONE_DOES[number] for number in numbers])}"))
        else:
            who = "the teams that build on it" if bearer != "both" else "both teams" if parts else "Both teams"
            parts.append((f"{who} {listed([MANY_DO[number] for number in numbers])}",))
    return (*separated(parts, "; "), ".")


def _undecided(advice: Recommendation) -> Message:
    component, decision = advice.card.component, advice.decision
    name = Strong(name_of(component))
    asked = next((fact for fact in decision.missing if fact.name not in advice.skipped), None)
    possible = joined([span for model in decision.possible for span in [_title(model)]], "or")
    if not decision.missing:
        none: Line = (name, " fits no rule of the rulebook. An administrator can add one.")
        return Message((Row((none,)),), context=(known_of(advice),))
    if asked is None and advice.suggested:
        return _suggested(advice, possible)
    asked = asked or advice.factor
    if asked is None:
        first: Line = (
            name,
            " stays undecided: ",
            *possible,
            " are still possible.",
        )
        way: Line = ("Whoever builds or runs it would know.",)
        if advice.card.owners and advice.card.channel:
            way = (f"{advice.card.owners[0].label} would know: ", Channel(advice.card.channel), ".")
        return Message((Row((first, way)),), context=(known_of(advice),))
    verdict = _verdict(advice)
    if asked is advice.factor:
        ways = "either way" if len(decision.possible) == 2 else "several ways"
        verdict = (name, f" could go {ways}. Something else may suggest which:")
    lines: list[Line] = [verdict, *_said_besides(advice), (Strong(question_of(asked, advice)),)]
    if asked.help:
        lines.append((asked.help,))
    if asked is not advice.factor:
        lines += _leads(asked, advice)
    likely = {each.suggest[asked.name]: each.because for each in advice.hints if asked.name in each.suggest}
    lines += [(f"It looks like “{asked.label(value)}”: {lower_first(why)}",) for value, why in likely.items()]
    if asked.name in advice.before:
        likely = {advice.before[asked.name]: ""}
        lines.append((f"The answer so far: “{asked.label(advice.before[asked.name])}”.",))
    if asked.type == "number":
        lines.append(("State it in the registry file, under facts.",))
    buttons = [replace(_settling(advice, asked, v, label), likely=v in likely) for v, label in _answers(asked)]
    buttons.append(_settling(advice, asked, None, "Not sure"))
    return Message((Row(tuple(lines)),), tuple(buttons), context=_where_it_stands(advice))


def _leads(asked: Fact, advice: Recommendation) -> list[Line]:
    """Say which models each answer leaves, where they are few enough to be read."""
    if not 0 < len(advice.leads) <= READABLE:
        return []
    parts: list[Line] = [
        (f"“{_short(asked, value)}” leads to ", *joined([_title(model) for model in models], "or"))
        for value, models in advice.leads
        if models
    ]
    return [(*separated(parts, "; "), ".")]


def _where_it_stands(advice: Recommendation) -> tuple[Line, ...]:
    """Say what is known, who owns it, and where to read what the models are."""
    owners = advice.card.owners
    verb = "own" if len(owners) > 1 else "owns"
    owned: Line = (f" {listed([team.label for team in owners])} {verb} it.",) if owners else ()
    told: Line = (*known_of(advice), *owned)
    return (told, ("Ask “which models are there?” to read what each of them means.",))


def _short(fact: Fact, value: FactValue) -> str:
    """The beginning of an answer, which tells it from the others: `Yes`."""
    return fact.label(value).split(",")[0]


def _settling(advice: Recommendation, fact: Fact, value: FactValue | None, label: str) -> Button:
    skipped = tuple(sorted(advice.skipped))
    how = {"supposed": advice.supposed, "anew": bool(advice.before)}
    return Button(label, Settle(advice.card.component.ref, fact.name, value, dict(advice.assumed), skipped, **how))


def _suggested(advice: Recommendation, possible: Line) -> Message:
    """Say what was suggested, and why, and leave the answer to whoever asked."""
    asked = {fact.name: fact for fact in advice.decision.missing}
    lines: list[Line] = [(Strong(name_of(advice.card.component)), " stays undecided, but this speaks for an answer.")]
    buttons: dict[tuple[str, FactValue], Button] = {}
    for each in advice.suggested:
        for name, value in each.suggest.items():
            if name in asked:
                label = asked[name].label(value)
                lines += [(question_of(asked[name], advice),)] if not any(name == told for told, _ in buttons) else []
                lines.append((Strong(label), f": {lower_first(each.because)}"))
                buttons[name, value] = _settling(advice, asked[name], value, f"Take it: {label}")
    for fact in asked.values():
        if any(name == fact.name for name, _ in buttons):
            others = [(value, label) for value, label in _answers(fact) if (fact.name, value) not in buttons]
            buttons |= {(fact.name, value): _settling(advice, fact, value, label) for value, label in others}
    lines.append(("It decides nothing by itself: take it, or say what you know.",))
    context: Line = (*known_of(advice), " So it could be ", *possible, ".")
    return Message((Row(tuple(lines)),), tuple(buttons.values()), context=(context,))


def _answers(fact: Fact) -> list[tuple[str | bool, str]]:
    """The buttons for a fact. A number is asked for where it can be typed, so it has none."""
    if fact.type == "yes-no":
        return [(True, "Yes"), (False, "No")]
    return [(value, label) for value, label in fact.answers.items()]


def question_of(fact: Fact, advice: Recommendation) -> str:
    """Return the question that a fact answers, asked about a component."""
    return fact.question(advice.card.component.name, advice.application)


def known_of(advice: Recommendation) -> Line:
    if not advice.known:
        return ("Nothing that decides it is known yet.",)
    by_origin: dict[Line, list[str]] = {}
    for known in advice.known:
        origin = origin_of(known.statement) if known.statement else ("said here, not saved",)
        by_origin.setdefault(origin, []).append(f"“{_fact_in_words(known, advice)}”")
    parts: list[Line] = [(f"{listed(facts)} (", *origin, ")") for origin, facts in by_origin.items()]
    return ("Known: ", *separated(parts, "; "), ".")


def overtaking(known: Known, advice: Recommendation) -> Line:
    """Say who answered something, and when: somebody who came first."""
    assert known.statement is not None, "whoever came first has stated something"
    at = time_of(known.statement.stated_at)
    return (f"{known.statement.author_name} has answered that on {at}: ", Strong(_fact_in_words(known, advice)), ".")


def _fact_in_words(known: Known, advice: Recommendation) -> str:
    """A choice's answer has a sentence by itself; a yes, no or number needs its question."""
    answer = known.fact.label(known.value)
    if known.fact.type == "choice":
        by_itself = answer.removeprefix("Yes, ").removeprefix("No, ")
        return upper_first(known.fact.sentences.get(str(known.value), by_itself))
    return f"{question_of(known.fact, advice)} {answer}"
