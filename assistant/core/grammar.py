"""How people ask, as data: forms that tell what is asked for, and the words that are no part of a name.

The forms are read in order and the first that fits decides. They see a message in lower case, in which every token that
can only be a name (quoted, linked, hyphenated …) is an `X`, so that no name is taken for grammar.
"""

from __future__ import annotations

import re
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

    def found_at(self, sentence: str) -> int | None:
        """Return where a message, in lower case, asks so; None where it does not."""
        return next((found.start() for pattern in self.patterns if (found := pattern.search(sentence))), None)


_MANY = (
    "(?:things|stuff|services|components|repos|repositories|apps|applications|systems|projects|subprojects|libraries"
    "|packages|modules|tools|products|crds|charts)"
)
_ONE = "(?:thing|service|component|repo|repository|app|application|system|project|library|package|module|tool|product)"
_TEAM = "(?:team|squad|sig|group|tribe|crew|chapter|guild|department|org|folks|people|lot)"
_OWN = (
    "(?:own(?:s|ed|ing)?|maintain(?:s|ed|ing)?|run(?:s|ning)?|look(?:s|ed|ing)? after|tak(?:es?|ing) care|have|has"
    "|handl(?:es?|ing)|manag(?:es?|ing)|operat(?:es?|ing)|support(?:s|ing)?|responsible|accountable|cover(?:s|ing)?)"
)
_RUN_BY = "(?:shared|dedicated|centrali[sz]ed?|embedded|in-house|self-service|platform team|handed (?:over|to))"


def _form(intent: Intent, because: str, *patterns: str, attribute: Attribute | None = None) -> Form:
    return Form(intent, because, tuple(map(re.compile, patterns)), attribute)


FORMS = (
    _form(
        "help",
        "You asked for help.",
        r"^\W*(?:please |can you )?help(?: me| please)?\W*$",
        r"^\W*(?:usage|commands|man)\W*$",
        r"\bwhat (?:else |all )?(?:can|do) (?:you|u|it|this(?: bot)?) (?:do|answer|know|understand)\b",
        r"\bwhat are (?:you|your commands)\b",
        r"\bwhat\b.*\bcan (?:i|we) ask\b",
        r"\bhow (?:do|can|does|should) (?:i|we|one|you|this|it) (?:use|work|ask)(?: (?:you|it|this|the)(?: bot)?)?\W*$",
        r"\bhow (?:do|does) (?:you|it|this(?: bot)?) work\W*$",
    ),
    _form(
        "owner",
        "You asked whether it is registered.",
        r"^\W*(?:is|are|was|isn't|aren't|has|have|do (?:you|we|u) (?:know|have)) (?!there\b|some|it possible\b).*"
        r"\b(?:registered|onboarded|listed|known|in (?:the|your|our) (?:catalog(?:ue)?|registry|inventory))\b",
        r"\bwho (?:registered|onboarded|added)\b",
    ),
    _form(
        "onboard",
        "You asked to register something new.",
        r"\b(?:register|onboard|enroll?)(?:ing|ed|s)?\b",
        r"\badd(?:ing|ed)?\b.*\b(?:to|into|in|on)\b.*\b(?:catalog(?:ue)?|registry|inventory|directory)\b",
        rf"\bnew {_ONE}\b(?=.*\b(?:called|named|team|owner|owned|need)\b|\W*X|\W*:)",
        r"\bget(?:ting)? (?:it|this|that|X|them|[\w-]+)?\s*(?:in|into|on|listed|set up) (?:here|the|this|your)\b",
    ),
    _form(
        "owner",
        "You asked who owns it.",
        r"\b(?:who(?:ever)?|(?:which|what) \w+|anyone|anybody|someone|somebody)"
        r"(?: (?:here|currently|actually|really|now))? (?:owns?|maintains?|looks? after)\b",
    ),
    _form(
        "model",
        "You asked which model it should use.",
        r"\b(?:ownership|support|operating|organi[sz]ation(?:al)?|team|service|org|right|best) (?:topology|models?)\b",
        r"\b(?:which|what|as|as (?:a|its|the)) models?\b",
        r"\bmodels? (?:for|should|fits?|does)\b",
        r"\byou[ -]build[ -]it\b",
        rf"\b(?:should|ought to|supposed to)\b(?! i\b| we (?:ask|ping|talk|contact|speak|tell|raise)).*\b{_OWN}\b",
        rf"\b(?:should|ought to|need|does|is|are|be|stay|better)\b.*\b{_RUN_BY}\b",
        rf"\b{_RUN_BY}\b.*\b(?:or|better|vs|versus)\b",
        r"\bshould (?:it|this|that|X|they|we)\b.*\b(?:be|stay|split|move|remain)\b",
    ),
    _form(
        "team",
        "You asked what a team owns.",
        rf"\b{_OWN} what\b",
        r"\bwhat (?:all )?(?:falls?|comes?|sits?|goes) under\b",
        r"\bwhat(?:'s| has| have| does)\b.*\b(?:got|have)\W*$",
        r"\bwhat(?:'?s| is| are)\b.*\b(?:responsible for|accountable for|in charge of)\b",
        rf"\bhow many {_MANY}\b",
        rf"\bwhat(?:'s| is| are) (?:all )?(?:of )?(?:the )?{_MANY}\b.*\b{_OWN}\b",
        rf"\b(?:list|show|give|see)\b(?!.*\bwho).*\b{_MANY}\b",
        r"\bwhat(?:'?s| is| are)? (?:all )?(?:does|do|is|are|in|on|under|with)\b(?!.*\b(?:channel|on.?call)\b)"
        rf".*\b(?:{_OWN}|remit|plate|portfolio|purview|scope|belongs?)\b",
        rf"\b(?:what|which) (?:other |all )?(?:{_MANY}|{_ONE})\b.*\b(?:{_OWN}|belongs?|under|plate|remit)\b",
        r"\b(?:list|show|see|give|get)\b.*\b(?:list|all|everything)\b.*\b(?:by|under|of|for|from|belong\w*|own\w*)\b",
        rf"\b(?:list|everything|all|every|any) (?:of )?(?:the )?(?:(?:{_MANY}|{_ONE}) )?(?:that )?(?:is |are )?"
        r"(?:owned|under|belonging|run|maintained)\b",
        rf"\b(?:{_MANY} of|(?:{_MANY}|{_ONE}) (?:under|owned by|belonging to|run by))\b",
        r"\b(?:remit|purview|portfolio)\b",
    ),
    _form(
        "contact",
        "You asked who is on call.",
        r"\bon[- ]?call\b",
        r"\bpager(?:duty)?\b",
        r"\bpage (?:for|about|if|when)\b",
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
        r"\b(?:slack|chat|channels?)\b",
        r"\bwhere (?:do|does|should|can|are)\b.*"
        r"\b(?:alerts?|ask|questions?|post|discuss|hang(?:s|ing)? out|chat|talk|meet)\b",
        attribute="channel",
    ),
    _form(
        "contact",
        "You asked for a repository.",
        r"\b(?:where|link|url|find|show|point|clone)\b(?!.*\bwho).*\b(?:repo|repository|source|code|codebase|git\w*)\b",
        r"\b(?:repo|repository|source code|git(?:hub|lab)) (?:link|url|address|for|of)\b",
        r"\b(?:what|which)(?:'?s| is)? (?:the )?(?:repo|repository)\b",
        attribute="repo",
    ),
    _form(
        "contact",
        "You asked how to reach somebody.",
        r"\b(?:how|where) (?:do|can|could|should|would|to|might)\b.*"
        r"\b(?:contact|reach|get hold|get in touch|e-?mail|message)\b",
        r"\bcontacts? (?:for|of|details?|info\w*|persons?|address)\b",
        r"\b(?:e-?mail|point of contact|poc)\b",
        attribute="contact",
    ),
    _form(
        "owner",
        "You asked who owns it.",
        r"\bwho(?:m|s|se|'s|'d|'ll|ever)?\b",
        rf"\b(?:which|what|whose|is there an?) {_TEAM}s?\b",
        r"\bown(?:s|ed|er|ers|ing|ership)?\b",
        r"\b(?:maintain\w*|responsible|accountable|steward\w*|in charge|codeowners?|belongs?)\b",
        r"\blook(?:s|ing|ed)? after\b",
        r"\blook ?up\b",
        rf"\b{_TEAM}\b(?: \w+){{0,2}} (?:behind|for|that|of)\b",
        rf"\b{_TEAM}\b\W*(?:\?|$)",
        rf"\bsame {_TEAM}\b",
        r"\bneed (?:someone|somebody) from\b",
        rf"\b(?:need|want|get|find|looking for) (?:me )?(?:the |an? )?(?:[\w-]+ ){{0,3}}{_TEAM}\b",
        r"\bours?\b",
    ),
)

_FUNCTION = """
a about above across after again against ago all almost along already also although always am among an and another any
anybody anyone anything anyway anywhere are aren't around as ask asked asking asks at away back be because become been
before behind being below best better between both but by call called calling calls came can can't cannot come comes
coming could couldn't day days did didn't do does doesn't doing don't done down during each either else ever every
everybody everyone everything exactly few find first for former forever from further gave get gets getting give given
go goes going gone good got guess guys had has hasn't have haven't having he he'd he's hello help her here hers hey hi
him his how however i i'd i'll i'm i've if in inside instead into is isn't it it'd it's its itself just keep keeps
kind knew know known knows last late later least left less let let's like likely likes little lol long look looked
looking looks lot lots made mainly make makes making many may maybe me mean means might mine minute moan moment more
morning most much must my myself near nearly need needed needs never new next no nobody none nope nor not nothing now
of off often oh ok okay old on once one ones only onto or other others ought our ours out over own owned owner owners
ownership owning owns particular pls please plz possible possibly probably put quick quickly quite raise rather really
remind right run running runs said same saw say saying says see seem seems seen sent shall she should shouldn't show
since so some somebody somehow someone something sometimes somewhere soon sorry sort stay still such sure take taken
takes talk tell ten than thank thanks that that'd that's the their them themselves then there there's these they
they'd they're they've thing things think this those though through time times to today together told tomorrow too
took touch toward tried try trying two under unless until up upon us use used uses using usually very via wanna want
wanted wants was wasn't way we we'd we'll we're we've week well went were what what'd what's whatever when where
where's whether which while who who'd who's whoever whole whom whos whose why will with within without won't wonder
wondering would wouldn't wrote yeah yep yes yesterday yet you you'd you'll you're you've your yours theirs afternoon
evening anyhow btw fyi asap hmm ah eh uh um cc team's d'you y'all pm
"""
_TALK = """
accountable add alert alerts alive answer approval assistance behalf belong belonging belongs blocked bot broken bug
call carry carries catalog catalogue centralised centralized change changed channel chat check code codebase codeowner
colleague complain component contact contacts contacted code-owner code-owners currently dead debating dedicated
deploy deployed deprecate design details developers directory document dumb doc e-mail email embedded engineer
engineers error errors escalate everything failing fails failed feature feedback filing fine fix flagging folks folk
group groups guild handed handle handled handles handling hold holding hand incident inherited inherit info inventory
issue issues joining keeper keys killing latest launch launched launching lead leads leave list live lives long-term
lookup loop looping main maintain maintained maintainer maintainers maintaining maintains manage managed manages
manager meeting member mention merge merged model models monday tuesday wednesday thursday friday saturday sunday
named name names nagging newbie noticed offer oncall on-call onboard open operate operates ops org organisation
organization outage page paged pager patch people person phone pinged ping pinging planning play-book point portfolio
postmortem pr prod project proper purview question questions random rebase recommend recommended recommendation
register registered registry remit reorg repo report repos repository request requests responsible responsibility
responsibilities rota run-book runbook seeing service services shared shout sig sign sit sits site slack slow source
speak spike squad squads steward stuck subprojects suggest suggestion support supports supported supposed system
talking team teams terms testing themes ticket tickets timeouts timing touches touching tribe trouble unsure update
urgent url version wondering work working works worth wrong write writing yall dept department crew moved ownerless
whereabouts accidentally actual actually apparently assume basically certain dev directly drop figure follow gap give
happen happens happened hoping keeping moving morning need-to-know noise normally official officially originally pick
plan problem process reach reaching regarding responds fit fits review seriously set specific started stop throwing
weird welcome idk dunno afaik imo iirc tbh ppl rn thx ty
"""
FUNCTION_WORDS = frozenset(_FUNCTION.split())
VOCABULARY = FUNCTION_WORDS | frozenset(_TALK.split())
"""Words that a sentence about ownership holds anyway. A name made of them alone counts only where a name must stand."""

GENERIC = frozenset(
    """
    api app application apps bot cli code codebase component components crd crds dashboard feature folks
    function job lib library module package people pipeline plugin project projects repo repos repository
    resource server service services site squad stuff subsystem system team teams thing tool tools website
    worker workers
    """.split()
)
"""Words that say what sort of thing is meant. In a question they stand beside a name ("the router service")."""


PARTS = frozenset("broker bucket cache cluster data database db gateway infrastructure queue redis store topic".split())
"""Words for a part that another thing has: `the database of orders` is not orders."""

KINDS = GENERIC | PARTS
"""Words for a kind of thing: alone they name no particular one ("our database")."""

COUNT = re.compile(r"\d+(?:s|x+|xxs?|ms|h|am|pm|st|nd|rd|th)?")
"""Numbers as sentences hold them: `502s`, `5xx`, `3pm`."""

OPENERS = frozenset(
    """
    about accountable after behind by called calling contact for from got had handle handles has have in into
    inherit inherited is lookup maintain maintained maintaining maintains manage manages named of on operate
    operates own owned owner owners ownership owning owns ping register responsible run running runs should
    support supports that to touch touches under use uses using with whose who who's whos onboard add does do are
    """.split()
)
"""Words after which a name stands."""
OWNING = frozenset("own owns owner owners owned maintain maintains runs of".split())
"""Words after which even an everyday word is a name: `who owns support for the docs`."""
GOING_ON = frozenset("at for from in me of on to us with you".split())
"""Words with which a sentence goes on behind an everyday word that is no name: `who has time to review this`."""
CLOSERS = frozenset(
    """
    belong belongs owned owner owners ownership oncall on-call owning fit under owns own should team squad who
    whose channel runbook repo
    """.split()
)
"""Words before which a name stands."""
DETERMINERS = frozenset(
    """
    a an any his her its my our that the their these this those your new service app component repo thing
    system team looks look care one
    """.split()
)
DESCRIBED = frozenset("bit component one part piece service software something system thing tool what whatever".split())
DESCRIBING = frozenset("doing that thats that's to which".split())
"""Words that begin to say what a thing does, behind a word for a thing: “the tool that …”."""
PRONOUNS = frozenset("it its it's that this they them their one".split())
"""Words that mean what was asked about just before."""
NEGATIONS = frozenset(
    "not isn't except apart besides without minus excluding ignore ignoring forget instead than neither nor".split()
)
"""Words before what is not asked about: `not ledger`, `apart from ledger`."""
LINKS = frozenset("about by for from in of on to".split())
"""Words that may stand between such a word and the name."""
CORRECTIONS = frozenset("sorry meant mean wait actually correction oops".split())
"""Words behind which somebody says what they meant: `checkout-api, sorry, checkout-web`."""
CONJUNCTIONS = frozenset(
    """
    and & + or plus vs versus nor
    """.split()
)
