"""What waits for somebody, as those who administer the registry read it on a Monday."""

from __future__ import annotations

from assistant.core.catalog import name_in
from assistant.core.digest import NAMED, Digest
from assistant.core.messages import Code, Line, Message, Row, Strong
from assistant.core.wording.phrases import clipped, day_of, joined, name_of, number_of, times_of, upper_first


def digest_message(digest: Digest) -> Message:
    lines = digest_lines(digest)
    verb = "thing waits" if len(lines) == 1 else "things wait"
    first: Line = (f"{upper_first(number_of(len(lines)))} {verb} for somebody in the registry.",)
    context: Line = (
        "Sent on Mondays from 09:00 UTC where there is something to say, because ",
        Code("ASSISTANT_DIGEST"),
    )
    return Message((Row((first,)), *(Row((line,)) for line in lines)), context=((*context, " asks for it."),))


def digest_lines(digest: Digest) -> list[Line]:
    """Say of each kind how many there are, name some, and say what to do."""
    lines: list[Line] = []
    if digest.unfound:
        named = [f"{clipped(name, 60)} ({times_of(times)})" for name, times in digest.unfound]
        what = _counted(named, "name that nobody could find", "names that nobody could find")
        lines.append((*what, Code("/assistant unfound"), " has what to do about each."))
    if digest.unowned:
        what = _counted(list(map(name_of, digest.unowned)), "component that nobody owns", "components that nobody owns")
        lines.append((*what, "Ask who owns one of them, and say whose it is."))
    if digest.due:
        named = list(map(name_of, digest.due))
        what = _counted(named, "decision due for another look", "decisions due for another look")
        lines.append((*what, f"Ask which model {named[0]} should use to see what holds now."))
    if digest.suggested:
        oldest = digest.suggested[0]
        count = len(digest.suggested)
        since = f"{name_in(oldest.author)}'s for {oldest.change.ref.name}, of {day_of(oldest.at.date())}"
        waiting = f"{count} suggestions wait for an answer" if count > 1 else "1 suggestion waits for an answer"
        where = "Whoever may accept one finds it in this app's Home tab."
        lines.append((Strong(waiting), f"{', the oldest: ' if count > 1 else ': '}{since}. {where}"))
    return lines


def _counted(named: list[str], one: str, several: str) -> Line:
    rest = [f"{len(named) - NAMED} more"] if len(named) > NAMED else []
    count = f"1 {one}" if len(named) == 1 else f"{len(named)} {several}"
    return (Strong(count), ": ", *joined([*named[:NAMED], *rest]), ". ")
