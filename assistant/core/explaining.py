"""Questions about the models, and the words for answers: “what is a platform team?”, “what does shared mean?”.

Which models a question names is also what an answer about a component goes into: “is ledger a platform team?”.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.core.answers import Explained, Meaning
from assistant.core.clauses import clause_around
from assistant.core.grammar import PEOPLE
from assistant.core.places import Span
from assistant.core.rulebook import Model, Rulebook, decide
from assistant.core.slips import is_slip_of_word
from assistant.core.supposing import answers_in
from assistant.core.words import Token, singular, split


def _singulars(text: str) -> tuple[str, ...]:
    return tuple(map(singular, split(text)))


_ASKING = frozenset(
    _singulars(
        "what which explain define describe mean meaning difference list compare advantage benefit con disadvantage"
        " drawback practice pro"
    )
)
_ALL = frozenset(_singulars("are list explain describe compare"))
"""Words with which all models are meant: `which models are there`."""
_BESIDE = frozenset(
    _singulars(
        "a about all an and best better between by can could did difference do does exactly for four from in is it's"
        " kind kinds me model models of or ownership please s tell the their them there these this to type types us"
        " versus vs you"
    )
)
_ARTICLES = ("a", "an")
_OF_THE_HOUSE = frozenset("by my our the their your".split())
"""Words behind which a team stands that is there: `run by the platform team`."""
LONGEST_TITLE = 8
"""Tokens of a model's title."""
SLIPS_FROM = 6
"""Letters from which on a slip in a word of a title is forgiven: `steam` is no `team`."""
UNKNOWN_WORDS = 3
"""Words of a model that a rulebook has not, but for the last: `what is a stream-aligned team?`."""


def explained(tokens: tuple[Token, ...], rulebook: Rulebook) -> Explained | None:
    """Explain the models, or the words for answers, that a question is about, when it is about nothing else."""
    named = models_named(tokens, rulebook)
    answers = answers_in(tokens, rulebook) if not named else []
    taken = {at for span in (*named.values(), *(span for *_, span in answers)) for at in range(*span)}
    left = {singular(word) for at, token in enumerate(tokens) if at not in taken for word in token.words}
    if not taken and (unknown := _unknown(tokens)):
        return Explained(rulebook.models, unknown=unknown)
    if not (left & _ASKING or len(named) > 1) or not _is_asking(left):
        return None
    if not taken and "model" in left and left & _ALL:
        return Explained(rulebook.models)
    meanings = []
    for fact, value, (start, end) in answers:
        possible = decide(rulebook, {fact.name: value}).possible
        meanings.append(Meaning(" ".join(token.text for token in tokens[start:end]), fact, value, possible))
    models = tuple(model for model in rulebook.models if model.id in named)
    return Explained(models, tuple(meanings)) if taken else None


def models_named(tokens: tuple[Token, ...], rulebook: Rulebook) -> Mapping[str, Span]:
    """Return where a question names models: id → tokens."""
    named: dict[str, Span] = {}
    titles = [(_singulars(title), model.id) for model in rulebook.models for title in (model.title, *model.said)]
    runs = [(run, [singular(word) for token in tokens[slice(*run)] for word in token.words]) for run in _runs(tokens)]
    for title, model_id in sorted(titles, key=lambda each: -len(each[0])):
        for (start, end), words in runs:
            is_called = len(words) == len(title) and all(map(_is_word, words, title))
            if is_called and all(end <= taken[0] or taken[1] <= start for taken in named.values()):
                named.setdefault(model_id, (start, end))
    return named


def _is_word(typed: str, meant: str) -> bool:
    """Say whether a word is meant, with a slip where the word is long enough for one."""
    return typed == meant or (len(meant) >= SLIPS_FROM and is_slip_of_word(typed, meant))


def models_weighed(tokens: tuple[Token, ...], rulebook: Rulebook) -> tuple[Model, ...]:
    """Return the models that a question weighs for a component, and not a team that is there: `the platform team`."""
    named = models_named(tokens, rulebook)
    weighed = {each for each, (start, _) in named.items() if not start or tokens[start - 1].word not in _OF_THE_HOUSE}
    return tuple(model for model in rulebook.models if model.id in weighed)


def asks_whether(tokens: tuple[Token, ...], rulebook: Rulebook) -> bool:
    """Say whether yes or no answers a question about one model: `is ledger a platform team?`."""
    words = [token.word.removesuffix("n't") for token in tokens]
    spans = models_named(tokens, rulebook).values()
    if len(spans) != 1 or "there" in words:  # `is there a platform team for this?`
        return False
    clause = clause_around(tokens, words, next(iter(spans)))
    return clause.mood() == "asked" and not clause.denies()


def _is_asking(words: set[str]) -> bool:
    return words <= _ASKING | _ALL | _BESIDE


def _unknown(tokens: tuple[Token, ...]) -> str:
    """Return the kind of team or model that somebody asks about: `what is a stream-aligned team?`; "" where none."""
    words = [{singular(word) for word in token.words} for token in tokens]
    for start, end in _runs(tokens):
        last = singular(tokens[end - 1].word)
        is_plural = tokens[end - 1].word != last
        before = tokens[start - 1].word if start else ""
        outside = set().union(*words[:start], *words[end:])
        is_kind = 1 < end - start <= UNKNOWN_WORDS + 1 and (last in PEOPLE or last == "model")
        introduced = before in _ARTICLES or (is_plural and before in ("are", "define", "explain"))
        if is_kind and introduced and outside & _ASKING and _is_asking(outside) and not _is_asking(words[start]):
            return " ".join(token.text for token in tokens[start:end])
    return ""


def _runs(tokens: tuple[Token, ...]) -> Iterator[Span]:
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + LONGEST_TITLE, len(tokens)) + 1):
            yield start, end
