"""Questions about the models themselves: “what is a platform team?”, “which models are there?”."""

from __future__ import annotations

from assistant.core.rulebook import Model, Rulebook
from assistant.core.words import Token, singular, split


def _singulars(text: str) -> tuple[str, ...]:
    return tuple(map(singular, split(text)))


_ASKING = frozenset(_singulars("what which explain define describe mean meaning difference list compare"))
_ALL = frozenset(_singulars("are list explain describe compare"))
"""Words with which all models are meant: `which models are there`."""
_BESIDE = frozenset(
    _singulars(
        "a about all an and between by can could did difference do does exactly for four from in is it's kind kinds me"
        " model models of or ownership please s tell the their them there these this to type types us versus vs you"
    )
)


def models_asked(tokens: tuple[Token, ...], rulebook: Rulebook) -> tuple[Model, ...]:
    """Return the models that a question is about, when it is about nothing else."""
    words = tuple(singular(word) for token in tokens for word in token.words)
    named = []
    for model in sorted(rulebook.models, key=lambda each: -len(each.title)):
        title = _singulars(model.title)
        at = next((at for at in range(len(words)) if words[at : at + len(title)] == title), None)
        if at is not None:
            words = words[:at] + words[at + len(title) :]
            named.append(model.id)
    left = set(words)
    if not left & _ASKING or not left <= _ASKING | _ALL | _BESIDE:
        return ()
    if not named and "model" in left and left & _ALL:
        return rulebook.models
    return tuple(model for model in rulebook.models if model.id in named)
