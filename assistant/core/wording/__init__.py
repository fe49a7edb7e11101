"""Words for answers. Every Answer becomes one Message: the answer first, as a sentence, and always a way forward."""

from __future__ import annotations

from typing import assert_never

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
    Owners,
    PathOwners,
    Refusal,
    Remembered,
    TeamCard,
    TeamChoices,
    TeamNotFound,
    UnfoundNames,
)
from assistant.core.digest import Digest
from assistant.core.home import Homepage
from assistant.core.messages import Code, Line, Message, Row
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
    Left,
    LooksDue,
    Overtaken,
    Proposed,
    Proposition,
    Registered,
)
from assistant.core.wording.conflicts import conflicts_message
from assistant.core.wording.deciding import decided_message, looks_due_message, record_message
from assistant.core.wording.digest import digest_message
from assistant.core.wording.editing import altered_message, history_message
from assistant.core.wording.finding import (
    choices_message,
    not_found_message,
    team_choices_message,
    team_not_found_message,
)
from assistant.core.wording.home import homepage_message
from assistant.core.wording.learning import remembered_message, unfound_message
from assistant.core.wording.models import explained_message, models_message
from assistant.core.wording.naming import alias_changed_message, alias_offer_message
from assistant.core.wording.onboarding import (
    facts_saved_message,
    help_message,
    not_understood_message,
    onboard_message,
    overtaken_message,
    registered_message,
)
from assistant.core.wording.owners import contact_message, owners_message, path_owners_message, team_message
from assistant.core.wording.portfolio import map_message
from assistant.core.wording.proposing import (
    accepted_message,
    declined_message,
    proposed_message,
    proposition_message,
    refusal_message,
)


def word(answer: Answer) -> Message:
    """Put an answer into words. Total: every answer has a message, whatever the registry holds."""
    match answer:
        case Owners():
            return owners_message(answer)
        case PathOwners():
            return path_owners_message(answer)
        case Contact():
            return contact_message(answer)
        case TeamCard():
            return team_message(answer)
        case Models():
            return models_message(answer)
        case Choices():
            return choices_message(answer)
        case TeamChoices():
            return team_choices_message(answer)
        case NotFound():
            return not_found_message(answer)
        case TeamNotFound():
            return team_not_found_message(answer)
        case Onboard():
            return onboard_message(answer)
        case Help():
            return help_message(answer)
        case NotUnderstood():
            return not_understood_message(answer)
        case Invalid(sentence):
            return Message((Row(((sentence,),)),), private=True)
        case Refusal():
            return refusal_message(answer)
        case Fault(reference, sentence):
            line: Line = (sentence, " Reference ", Code(reference), ".")
            return Message((Row((line,)),), private=True)
        case Registered():
            return registered_message(answer)
        case Homepage():
            return homepage_message(answer)
        case Digest():
            return digest_message(answer)
        case FactsSaved():
            return facts_saved_message(answer)
        case Overtaken():
            return overtaken_message(answer)
        case Decided():
            return decided_message(answer)
        case LooksDue():
            return looks_due_message(answer)
        case Proposed():
            return proposed_message(answer)
        case Proposition():
            return proposition_message(answer)
        case Accepted():
            return accepted_message(answer)
        case Declined():
            return declined_message(answer)
        case DecisionRecord():
            return record_message(answer)
        case AliasOffer():
            return alias_offer_message(answer)
        case AliasChanged():
            return alias_changed_message(answer)
        case Altered():
            return altered_message(answer)
        case History():
            return history_message(answer)
        case Remembered():
            return remembered_message(answer, word(answer.answer))
        case UnfoundNames():
            return unfound_message(answer)
        case Map():
            return map_message(answer)
        case Conflicts():
            return conflicts_message(answer)
        case Explained():
            return explained_message(answer)
        case Left(name):
            return Message((Row(((f"Left as it is: “{name}” asks again.",),)),))
        case _:
            assert_never(answer)
