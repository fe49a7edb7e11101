"""How people ask, as data: forms that tell what is asked for.

The forms are read in order, and the first that any sentence of a message has decides. They see a sentence in lower
case, in which every token that can only be a name (quoted, linked, hyphenated …) is an `X`, so that no name is taken
for grammar.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Intent = Literal["owner", "team", "model", "contact", "onboard", "help", "none"]
Attribute = Literal["channel", "oncall", "repo", "runbook", "contact"]


@dataclass(frozen=True)
class Form:
    """Ways of asking for one thing: any of the patterns will do. `because` is what an answer says about it."""

    intent: Intent
    because: str
    patterns: tuple[re.Pattern[str], ...]
    attribute: Attribute | None = None

    def found_in(self, sentences: Sequence[str]) -> int | None:
        """Return the number of the first sentence that asks so; None where none does."""
        fits = (number for number, text in enumerate(sentences) if any(each.search(text) for each in self.patterns))
        return next(fits, None)


_MANY = (
    "(?:things|stuff|services|components|repos|repositories|apps|applications|systems|projects|subprojects|libraries"
    "|packages|modules|tools|products|crds|charts|integrations|plugins|pipelines|websites|databases|queues|clusters"
    "|jobs|ones)"
)
_ONE = (
    "(?:thing|service|component|repo|repository|app|application|system|project|library|package|module|tool|product"
    "|integration|plugin|pipeline|website|database|queue|cluster|job)"
)
_TEAM = "(?:team|squad|sig|group|tribe|crew|chapter|guild|department|org|folks|people|lot|person)"
_OWN = (
    "(?:own(?:s|ed|ing)?|maintain(?:s|ed|ing)?|run(?:s|ning)?|look(?:s|ed|ing)? after|tak(?:es?|ing) care|have|has"
    "|handl(?:es?|ing)|manag(?:es?|ing)|operat(?:es?|ing)|support(?:s|ing)?|responsible|accountable|cover(?:s|ing)?)"
)
_WHO = "(?:who(?:m|se|'s|s)?|(?:which|what) (?:team|squad|group|person|people|sig)s?)"
_ADVICE = (
    "(?:should|ought|would|could|suits?|fits?|best|better|right|recommend\\w*|suggest\\w*|advi[sc]e\\w*|sense"
    "|candidate|isn't|aren't|shouldn't|justif\\w+|warrants?|deserves?|worth|ideal|prefer\\w*|sensible|view|opinion|arguing|debating|need|does|is|are|be"
    "|stay)"
)
_ORGANISED = (
    "(?:shared|dedicated|(?:de)?centrali[sz]\\w*|embedded|in-house|self-service|inner-?sourc\\w*|outsourc\\w*|federated"
    "|(?:platform|enabling|separate|central)[ -](?:team|group|ownership)|co-own\\w*|jointly"
    "|(?:its|their|his|our) own (?:team|squad)|(?:one|each|every) (?:\\w+ )?(?:team|squad|sig)"
    "|(?:single|joint|strong|several|multiple|common)[ -](?:owners?|custody|ownership)"
    "|(?:hand|handed|handing) (?:it |this |that |X )?(?:over|to))"
)
_REGISTRY = "(?:here|(?:the|your|our|this) (?:list|catalog(?:ue)?|registry|inventory|directory|records))"
_PLEASE = r"^\W*(?:(?:please|pls|plz|hi|hey|hello|all|kindly|can you|could you|can we|would you) )*"


def _form(intent: Intent, because: str, *patterns: str, attribute: Attribute | None = None) -> Form:
    return Form(intent, because, tuple(map(re.compile, patterns)), attribute)


CRY_FOR_HELP = _form(
    "help",
    "You asked for help.",
    r"^\W*(?:please |can you )?help(?: me| please)?\W*$",
    r"^\W*(?:usage|commands|man)\W*$",
)
"""Read in the message as a whole: a cry beside a question is none for the manual."""

FORMS = (
    _form(
        "help",
        "You asked for help.",
        r"\b(?:what|which) (?:else |all |commands |questions )?(?:can|do) (?:you|u|it|this(?: bot)?)"
        r" (?:do|answer|know|understand)\b",
        r"\bwhat are (?:you|your commands)\b|\bcommands you\b",
        r"\b(?:what|explain) (?:you're|you are|are you|is this bot) for\b|\bexplain what you",
        r"\bwhat\b.*\bcan (?:i|we) ask\b",
        r"\bexamples? (?:of )?questions?\b|\bwhat (?:kinds?|sorts?) of (?:things|questions)\b",
        r"\bhow (?:do|can|does|should) (?:i|we|one|you|this|it) (?:use|work|ask)(?: (?:you|it|this|the)(?: bot)?)?\W*$",
        r"\bhow (?:do|does) (?:you|it|this(?: bot| thing)?) works?\W*$",
        r"\b(?:ask|phrase|word) (?:you|my questions?)\b",
    ),
    _form(
        "owner",
        "You asked who owns it.",
        rf"\b(?:who(?:ever)?|(?:which|what) {_TEAM}|anyone|anybody|someone|somebody)"
        r"(?: (?:here|currently|actually|really|now))? (?:owns?|maintains?|looks? after)\b",
    ),
    _form(
        "owner",
        "You asked whether it is registered.",
        r"^\W*(?:is|are|was|isn't|aren't|has|have|do (?:you|we|u) (?:know|have)) (?!there\b|some|it possible\b).*"
        rf"\b(?:registered|onboarded|listed|known|in {_REGISTRY})(?!.*\bhow\b)",
        r"\bwho (?:registered|onboarded|added)\b",
    ),
    _form(
        "onboard",
        "You asked to register something new.",
        r"(?<!risk )(?<!the )(?<!a )\bregister(?:ing|ed|s)?\b",
        r"\b(?:onboard|enroll?)(?:ing|ed|s)?\b",
        r"\badd(?:ing|ed)?\b.*\b(?:to|into|in|on)\b.*\b(?:catalog(?:ue)?|registry|inventory|directory)\b",
        rf"\bnew {_ONE}\b(?=.*\b(?:called|named|team|owner|owned|need)\b|\W*X|\W*:)",
        r"\bget(?:ting)? (?:it|this|that|X|them|[\w-]+)?\s*(?:in|into|on|listed|set up) (?:here|the|this|your)\b",
    ),
    _form(
        "onboard",
        "You asked to register something new.",
        rf"{_PLEASE}(?:add|list|track|record|include|enter|create|introduce) X\b",
        r"^(?!.*\bwho).*\badd(?:ing)? (?:an?|our|the|this|another) (?:brand-)?new\b",
        r"\b(?:create|set up|make|open|start|add|need|want) (?:an?|the|another) (?:new )?(?:entry|record|listing)\b",
        rf"\b(?:tracked|recorded|included|visible|shows? up) (?:in |on )?{_REGISTRY}",
        rf"\b(?:isn't|is not|not|missing|nowhere|forgot\w*|yet)\b.*\b(?:list(?:ed)?|in|from|on) {_REGISTRY}.*",
        rf"\b(?:list|add|track|record|include|enter) (?:an?|our|my|this|another) (?:brand-new |new )?{_ONE}\b",
        r"\bget (?:it|this|that|X|[\w-]+) (?:listed|registered|added|tracked|catalogued?|cataloged)\b",
        rf"\b(?:put|enter) (?:it|this|that|X|[\w-]+) (?:in|into|on) {_REGISTRY}",
        r"\b(?:like|want|need) X (?:to be )?(?:added|listed|registered)\b",
        r"\b(?:put|have) (?:it|this|that|them|X) (?:in|on|down|listed|up)\b",
        r"\b(?:forgot|forgotten) to (?:list|add|track)\b",
        r"\b(?:mine|ours)(?:'s| is) called\b",
        rf"^(?!.*\b(?:{_WHO}|owner)\b).*\ban? (?:new )?{_ONE} (?:called|named) ",
        rf"\b(?:written|built|created|made|finished|launched) (?:an?|our|the|this) (?:new )?{_ONE} X",
        r"\bbrand-?\s?new\b.*\b(?:called|named|coming|X)\b",
    ),
    _form(
        "model",
        "You asked which model it should use.",
        r"\b(?:ownership|support|operating|operational|organi[sz]ation(?:al)?|team|responsibilit\w+)"
        r" (?:topolog\w+|models?|types?|arrangements?|set-?up|pattern|structure|style|approach|strategy|split)\b",
        r"\b(?:service|org|right|best) (?:topology|models?|set-?up|arrangement)\b",
        r"\b(?:kinds?|types?|sorts?|forms?|styles?|patterns?|ways?) of (?:ownership|operating|organi[sz]\w+|owning)\b",
        r"\b(?:which|what|as|as (?:a|its|the)) models?\b",
        r"\bmodels? (?:for|4|should|fits?|does|works?)\b",
        r"(?:^\W*|[,:] )(?:and |so )?(?:the |its )?model(?: (?:please|pls|plz))*\W*$",
        r"\b(?:recommend|suggest|advise|propose)\w*\b.*\bmodels?\b",
        r"\b(?:ownership|responsibility)\b.*\b(?:be (?:set up|split|organi[sz]ed|divided|shared))\b",
        r"\b(?:split|divide|share|organi[sz]e) (?:the )?(?:ownership|responsibilit\w+|support)\b",
        r"\b(?:how|what)\b.*\b(?:would|should|could)\b.*\b(?:ownership|responsibilit\w+)\b",
        r"\b(?:recommend|advise|advice|recommendation)\b",
        r"^\W*(?:and |so )?(?:what if|suppose|supposing)\b",
        r"\bwhy\b.*\b(?:platform|subsystem|embedded|model)\b",
        r"\byou[ -]build[ -]it\b",
        r"\bought\b.*\bownership\b",
        r"\b(?:should|ought to|supposed to)\b(?! i\b| we (?:ask|ping|talk|contact|speak|tell|raise)| have a | take a )"
        rf".*\b(?:{_OWN}|ownership|hold|keep|take (?:it|this|over|on))\b",
        rf"^(?!.*\b(?:slack|channel|room)\b)(?!.*\b{_WHO}\b(?! should)).*\b{_ADVICE}\b.*\b{_ORGANISED}\b",
        rf"^(?!.*\b{_WHO}\b(?! should)).*\b{_ORGANISED}\b.*\b(?:or|better|vs|versus|best)\b",
        r"\bplatform or not\b",
        rf"^(?!.*\b{_WHO}\b(?! should)).*\bowned by (?:one|a single|several|more)\b.*\bor\b",
        rf"^(?!.*\b{_WHO}\b).*\bshould\b(?! i\b| we\b).*\b(?:be|remain|stay|become)\b.*\bor\b",
        r"^(?!.*\bwhose\b).*\bshould (?:it|this|that|X|they|we)\b.*\b(?:be|stay|split|move|remain)\b",
    ),
    _form(
        "team",
        "You asked what a team owns.",
        rf"(?<!who )\b{_OWN} what\b",
        r"\bwhat (?:all )?(?:falls?|comes?|sits?|goes) under\b",
        r"\bwhat(?:'s| has| have| does)\b(?!.*\b(?:channel|on.?call|runbook)\b).*\b(?:got|have)"
        r"(?:\W*$| (?:in|on) (?:its|their|his)\b)",
        r"\bwhat(?:'?s| is| are)\b.*\b(?:responsible for|accountable for|in charge of|on the hook for)\b",
        rf"\bhow (?:many|much) {_MANY}\b",
        rf"\bwhat(?:'s| is| are) (?:all )?(?:of )?(?:the )?(?:{_MANY}|codebases)\b.*\b{_OWN}\b",
        rf"\b(?:list|show|give|see)\b(?!.*\bwho).*\b{_MANY}\b",
        r"\bwhat(?:'?s| is| are)? (?:all )?(?:does|do|did|has|have|is|are|in|on|under|with)\b"
        rf"(?!.*\b(?:channel|on.?call)\b).*\b(?:{_OWN}|remit|plate|portfolio|purview|scope|belongs?)\b",
        rf"\b(?:what|which) (?:other |all )?(?:{_MANY}|{_ONE})\b.*\b(?:{_OWN}|belongs?|under|plate|remit)\b",
        rf"\b(?:what|which) (?:other |all |of (?:our|the|your|my) )?{_MANY}"
        r" (?:are|do|does|has|have|did|were|belong|sit|fall|live|will|would|can)\b",
        r"\b(?:list|show|see|give|get)\b.*\b(?:list|all|everything)\b.*\b(?:by|under|of|for|from|belong\w*|own\w*)\b",
        rf"\b(?:list|everything|all|every|any) (?:of )?(?:the )?(?:(?:{_MANY}|{_ONE}) )?(?:that )?(?:is |are )?"
        r"(?:owned|under|belonging|run|maintained)\b",
        rf"\b(?:{_MANY} of|(?:{_MANY}|{_ONE}) (?:under|owned by|belonging to|run by))\b",
        rf"\b(?:list|show|tell me) what\b.*\b{_OWN}\W*$",
        r"\b(?:all|everything)\b.*\b(?:belong|belongs|belonging|assigned) to\b",
        rf"\b(?:do|does|did) .*\b{_OWN} (?:anything|something|any|stuff|which)\b",
        r"\b(?:remit|purview|portfolio)\b",
    ),
    _form(
        "contact",
        "You asked who is on call.",
        r"\bon[- ]?call\b",
        r"\bon[- ]duty\b",
        r"\bpager(?:duty)?\b",
        r"\bpage[ds]? (?:for|about|if|when|someone|somebody|anyone)\b",
        r"\bwho (?:do|can|should) (?:i|we) page\b",
        r"\b(?:on (?:the|a) |support |whose )rota\b",
        attribute="oncall",
    ),
    _form(
        "contact",
        "You asked for a runbook.",
        r"\b(?:run|play) ?-?books?\b",
        attribute="runbook",
    ),
    _form(
        "contact",
        "You asked for a channel.",
        r"\b(?:slack|channels?)\b|\b(?:which|what|group|team|a) chat\b|\bchat (?:room|group)\b",
        r"\b(?:which|what|best|right) (?:chat )?room\b",
        r"\bwhere (?:do|does|should|can|are)\b.*"
        r"\b(?:alerts?|ask|questions?|post|discuss|hang(?:s|ing)? out|chat|talk|meet)\b",
        attribute="channel",
    ),
    _form(
        "contact",
        "You asked for a repository.",
        r"\b(?:where|link|url|find|show|see|point|clone)\b(?!.*\bwho).*\b(?:repo|repository|source|code|codebase|git\w*)\b",
        r"\b(?:repo|repository|source(?: code)?|git(?:hub|lab)?) (?:link|url|address|location|for|of)\b",
        r"\b(?:what|which)(?:'?s| is)? (?:the )?(?:repo|repository)\b",
        r"^(?!.*\b(?:who|own\w*|in|from|of)\b).*\b(?:repo|repository|source code|github|git)\W*$",
        attribute="repo",
    ),
    _form(
        "contact",
        "You asked how to reach somebody.",
        r"\b(?:how|where|way) (?:do|can|could|should|would|to|might)\b.*"
        r"\b(?:contact|reach|get hold|get in touch|e-?mail|message)\b",
        r"\bcontacts? (?:for|of|details?|info\w*|persons?|address)\b",
        r"\b(?:an?|the|their|what|which|whose|i|we|to) e-?mail(?: address\b|\W*$| (?:for|of|about)\b)",
        r"\be-?mail(?: address\b| for\b| of\b|\W*$)|\b(?:point of contact|poc)\b",
        attribute="contact",
    ),
    _form(
        "owner",
        "You asked who owns it.",
        r"\bwho(?:m|s|se|'s|'d|'ll|ever)?\b",
        r"\bwhois\b",
        r"\b(?:someone|somebody|anyone|anybody) (?:else|\w+ing)\b",
        rf"\b{_TEAM} name\b",
        rf"\b(?:which|what|whose|(?:is|are) there (?:an?|any)) (?:\w+ )?{_TEAM}s?\b",
        rf"\b(?:other|another|different|else) {_TEAM}\b",
        r"\b(?:need|want|looking for|find|get|(?:is|are) there) (?:me )?(?:some|any)(?:one|body)\b",
        r"\bown(?:s|ed|er|ers|ing|ership)?\b",
        r"\b(?:maintain\w*|responsible|accountable|steward\w*|in charge|codeowners?|belongs?)\b",
        r"\blook(?:s|ing|ed)? after\b",
        r"\blook ?up\b",
        rf"\b{_TEAM}\b(?: \w+){{0,2}} (?:behind|for|that|of)\b",
        rf"\b{_TEAM}s?\b\W*$",
        rf"\bsame {_TEAM}\b",
        r"\bneed (?:someone|somebody) from\b",
        rf"\b(?:need|want|get|find|looking for) (?:me )?(?:the |an? )?(?:[\w-]+ ){{0,3}}{_TEAM}\b",
        r"\bours?\b",
        r"\b(?:anyone|anybody)\W*$",
    ),
)
