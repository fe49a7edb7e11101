"""Messages: what an answer looks like before any medium renders it. Slack, the terminal and JSON share one wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.core.answers import Pick
from assistant.core.entries import FactValue, Ref
from assistant.core.proposals import Change


@dataclass(frozen=True)
class Strong:
    text: str


@dataclass(frozen=True)
class Code:
    text: str


@dataclass(frozen=True)
class Preformatted:
    """Several lines to copy as they are."""

    text: str


@dataclass(frozen=True)
class WebLink:
    """A link with a label; an address that is not http(s) is shown as plain text."""

    url: str
    label: str


@dataclass(frozen=True)
class Channel:
    """A Slack channel, by `#name` or by id."""

    name: str


Span = str | Strong | Code | Preformatted | WebLink | Channel
Line = tuple[Span, ...]


@dataclass(frozen=True)
class Settle:
    """A click that answers a missing fact, for this answer only. `value` None: not sure."""

    ref: Ref
    fact: str
    value: FactValue | None
    assumed: Mapping[str, FactValue] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    supposed: bool = False
    """What is assumed counts more than what is known, or nothing is known: it is not registered."""
    anew: bool = False
    """What people have stated before is answered again, and counts no more."""


@dataclass(frozen=True)
class Save:
    """A click that states, for everyone, what was said in answers."""

    change: Change


@dataclass(frozen=True)
class Adopt:
    """A click that makes a recommended model the one chosen, for everyone."""

    ref: Ref
    model: str


@dataclass(frozen=True)
class TakeBack:
    """A click that takes a decision back: the model and the day that people had stated before hold again."""

    ref: Ref
    decided: str
    model: str | None
    review_by: str | None


@dataclass(frozen=True)
class AnswerAgain:
    """A click that asks once more what people have answered about a component before."""

    ref: Ref


@dataclass(frozen=True)
class Keep:
    """A click that lets a decision stand, until a new day to look again."""

    ref: Ref
    model: str


@dataclass(frozen=True)
class Later:
    """A click that has a decision looked at a month later."""

    ref: Ref
    model: str


@dataclass(frozen=True)
class LookAt:
    """A click that asks about one of several decisions to look at. `listed_at_s`: when they were, since the epoch."""

    ref: Ref
    listed_at_s: float


@dataclass(frozen=True)
class Propose:
    """A click that puts a change to those who may make it."""

    change: Change


@dataclass(frozen=True)
class Accept:
    """A click that makes a change that somebody proposed."""

    proposal: int


@dataclass(frozen=True)
class Decline:
    """A click that says no to a change that somebody proposed. `reason`: asked for before it is done."""

    proposal: int
    reason: str = ""


@dataclass(frozen=True)
class Withdraw:
    """A click that takes a proposal back."""

    proposal: int


@dataclass(frozen=True)
class Confirm:
    """A click that says that whoever owns a component still does."""

    ref: Ref


@dataclass(frozen=True)
class CopyRecord:
    """A click that shows a decision as text to copy."""

    ref: Ref


@dataclass(frozen=True)
class Share:
    """A click that shows the channel what one person asked. `pick` says what to answer again."""

    pick: Pick
    assumed: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Register:
    """A click that opens the form, with what was said filled in. `another`: beside the drafts that are there."""

    name: str | None = None
    owner: str | None = None
    another: bool = False


@dataclass(frozen=True)
class Continue:
    """A click that opens the form of a draft, where it was left."""

    draft: str


@dataclass(frozen=True)
class Discard:
    """A click that forgets a draft."""

    draft: str


@dataclass(frozen=True)
class Why:
    """A click that says why a service and its parts each have their model."""

    ref: Ref


@dataclass(frozen=True)
class CallIt:
    """A click that makes words another name of a component, for everyone; with `drop`, no name any more."""

    ref: Ref
    name: str
    drop: bool = False


@dataclass(frozen=True)
class Reconsider:
    """A click that forgets what somebody chose for these words, and offers all that they fit again."""

    pick: Pick


@dataclass(frozen=True)
class NameIt:
    """A click that asks of which component a name is another name."""

    name: str


@dataclass(frozen=True)
class Forget:
    """A click that takes a name off the list of those that nobody could find."""

    name: str


@dataclass(frozen=True)
class Edit:
    """A click that opens the form in which a component's fields are changed."""

    ref: Ref


@dataclass(frozen=True)
class Transfer:
    """A click that opens the form in which a component is given to a team."""

    ref: Ref


@dataclass(frozen=True)
class Claim:
    """A click that says that one's own team owns what nobody does."""

    ref: Ref


@dataclass(frozen=True)
class Dispute:
    """A click that opens the form in which somebody says what is not right about a component."""

    ref: Ref


@dataclass(frozen=True)
class Retire:
    """A click that asks whether all that people said of a component is to be taken back."""

    ref: Ref


@dataclass(frozen=True)
class ShowHistory:
    """A click that shows what was stated about a component, and when."""

    ref: Ref


@dataclass(frozen=True)
class Undo:
    """A click that takes back what people changed of a component at one time, `at_s` since the epoch."""

    ref: Ref
    at_s: float


@dataclass(frozen=True)
class Leave:
    """A click that leaves everything as it is."""

    name: str


@dataclass(frozen=True)
class GoHome:
    """A click that shows the homepage, with what a team's components lack from a place of the list on."""

    team: str = ""
    start: int = 0


Act = (
    Pick
    | Settle
    | Save
    | Adopt
    | TakeBack
    | AnswerAgain
    | Keep
    | Later
    | LookAt
    | Propose
    | Accept
    | Decline
    | Withdraw
    | Confirm
    | CopyRecord
    | Share
    | Register
    | Continue
    | Discard
    | Why
    | CallIt
    | Edit
    | Transfer
    | Claim
    | Dispute
    | Retire
    | ShowHistory
    | Undo
    | Leave
    | Reconsider
    | NameIt
    | Forget
    | GoHome
)


@dataclass(frozen=True)
class Button:
    """`likely`: it stands out, as the one that is probably right."""

    label: str
    act: Act
    likely: bool = False


@dataclass(frozen=True)
class Row:
    """One paragraph: lines, with at most one button beside them, or several below, and then where it comes from."""

    lines: tuple[Line, ...]
    button: Button | None = None
    below: tuple[Button, ...] = ()
    note: tuple[Line, ...] = ()
    is_heading: bool = False


@dataclass(frozen=True)
class Message:
    """Paragraphs, then buttons, then where it comes from."""

    rows: tuple[Row, ...]
    buttons: tuple[Button, ...] = ()
    more: tuple[Button, ...] = ()
    """In a menu behind the buttons, of which Slack shows five."""
    context: tuple[Line, ...] = ()
    share: Share | None = None
    """What to answer again for the whole channel, where only one person sees this message."""
    private: bool = False
    """For the asker alone, wherever the question was asked."""


def plain(message: Message) -> str:
    """Return a message as plain text: what notifications, screen readers and the terminal show.

    A question stands there with its answers, which elsewhere are buttons.
    """
    lines = [_plain_line(line) for row in message.rows for line in row.lines]
    answers = [f"“{button.label}”" for button in message.buttons if isinstance(button.act, Settle)]
    lines.append(f"Answer {', '.join(answers[:-1])} or {answers[-1]}." if answers else "")
    return "\n".join(filter(None, lines))


def plain_context(message: Message) -> str:
    return "\n".join(_plain_line(line) for line in message.context)


def buttons_of(message: Message) -> tuple[Button, ...]:
    """Return every button of a message, in reading order."""
    beside = tuple(each for row in message.rows for each in (row.button, *row.below) if each)
    return beside + message.buttons + message.more


def _plain_line(line: Line) -> str:
    return "".join(span if isinstance(span, str) else _plain_span(span) for span in line)


def _plain_span(span: Strong | Code | Preformatted | WebLink | Channel) -> str:
    match span:
        case WebLink(url, label):
            return f"{label} {url}" if label and label != url else url
        case Channel(name):
            return name
        case Strong(text) | Code(text) | Preformatted(text):
            return text
