"""Words that are no part of a name, and what they do in a sentence, as data."""

from __future__ import annotations

import re

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
evening w anyhow btw fyi asap hmm ah eh uh um cc team's d'you y'all pm became becomes longer ran
"""
_TALK = """
" accountable add alert alerts alive answer approval assistance behalf belong belonging belongs blocked bot broken bug
carry carries catalog catalogue centralised centralized change changed channel chat check code codebase codeowner
colleague complain component contact contacts contacted code-owner code-owners currently dead debating dedicated
deploy deployed deprecate design details developers directory document dumb doc e-mail email embedded engineer
engineers error errors escalate failing fails failed feature feedback filing fine fix flagging folks folk group groups
guild handed handle handled handles handling hold holding hand incident inherited inherit info inventory issue issues
joining keeper keys killing latest launch launched launching lead leads leave list live lives long-term lookup loop
looping main maintain maintained maintainer maintainers maintaining maintains manage managed manages manager meeting
member mention merge merged model models monday tuesday wednesday thursday friday saturday sunday named name names
nagging newbie noticed offer oncall on-call onboard open operate operates ops org organisation organization outage
page paged pager patch people person phone pinged ping pinging planning play-book point portfolio postmortem pr prod
project proper purview question questions random rebase recommend recommended recommendation register registered
registry remit reorg repo report repos repository request requests responsible responsibility responsibilities rota
run-book runbook seeing service services shared shout sig sign sit sits site slack slow source speak spike squad
squads steward stuck subprojects suggest suggestion support supports supported supposed system talking team teams
terms testing themes ticket tickets timeouts timing touches touching tribe trouble unsure update urgent url version
work working works worth wrong write writing yall dept department crew moved ownerless whereabouts accidentally actual
actually apparently assume basically certain dev directly drop figure follow gap happen happens happened hoping
keeping moving need-to-know noise normally official officially originally pick plan problem process reach reaching
regarding responds fit fits review seriously set specific started stop throwing weird welcome git github gitlab full
complete idk dunno afaik imo iirc tbh ppl rn thx ty tonight nowadays lately weekend fortnight month year user users
customer customers re aka i.e ie e.g eg breaks broke crash crashes crashed dies died drops dropping falls flaps
flapping gives hangs lags lagging leaks leaking loops pages refuses rejects returns returning restarts sends serves
shows spikes spits stops throws whois inherits builds build brand-new platform-team inner-sourced inner-source
single-owner set-up org-wise on-duty out-of-hours link hosted enumerate location party
"""
FUNCTION_WORDS = frozenset(_FUNCTION.split())
VOCABULARY = FUNCTION_WORDS | frozenset(_TALK.split())
"""Words that a sentence about ownership holds anyway. A name made of them alone counts only where a name must stand."""

GENERIC = frozenset(
    """
    api app application apps bot cli code codebase component components crd crds dashboard feature folks
    function integration integrations job lib library microservice microservices module package people
    pipeline plugin project projects repo repos repository resource sdk server service services site squad
    stuff subsystem system team teams thing tool tools website worker workers
    """.split()
)
"""Words that say what sort of thing is meant. In a question they stand beside a name ("the router service")."""


PARTS = frozenset("broker bucket cache cluster data database db gateway infrastructure queue redis store topic".split())
"""Words for a part that another thing has: `the database of orders` is not orders."""

KINDS = GENERIC | PARTS
"""Words for a kind of thing: alone they name no particular one ("our database")."""

COUNT = re.compile(r"\d+(?:s|x+|xxs?|ms|h|am|pm|st|nd|rd|th)?")
"""Numbers as sentences hold them: `502s`, `5xx`, `3pm`."""

KEYWORDS = frozenset(
    """
    owner owners owns owned whose which team channel runbook maintainer maintains maintain responsible repository
    register onboard model people should service component what
    """.split()
)
"""Words that tell what is asked for, and are misspelt as names are."""
SUBJECTS = frozenset("anybody anyone folks he i nobody somebody someone people she they we who you".split())
"""Words behind which a word that no name holds is a verb: `who do i blame for focus`."""

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
PERFECT = frozenset("been had has have i've just they've we've who's you've".split())
"""Words behind which a word in -ed that no name holds is a verb."""
ARTICLES = frozenset("a all an my our that the their these this those your".split())
DETERMINERS = frozenset(
    """
    a an any his her its my our that the their these this those your new service app component repo thing
    system team looks look care one
    """.split()
)
PEOPLE = frozenset(
    "crew department dev developer developers devs engineer engineers folks group guild people person sig squad team"
    "".split()
)
"""Words for those who own; `the team that builds it` describes no component."""
DESCRIBED = frozenset("bit component one part piece service software something system thing tool what whatever".split())
DESCRIBING = frozenset("doing that thats that's to which".split())
"""Words that begin to say what a thing does, behind a word for a thing: “the tool that …”."""
PRONOUNS = frozenset("it its it's that this they them their one".split())
"""Words that mean what was asked about just before."""
SERVING = frozenset(
    "hosted hosts maintained maintains managed manages needed needs operated operates ran read reads run runs shared"
    " used uses".split()
)
"""What is done with a thing by those who use or run it: `used by checkout`, `checkout needs it`."""
SERVING_PLAINLY = frozenset("host maintain manage need operate read run use".split())
"""The same as several do it, or as it stands behind `should`."""
ALONE = frozenset("alone exclusively just only solely".split())
LISTING = frozenset(
    """
    anything apps charts components everything how integrations inventory libraries list listing many modules packages
    projects repos services systems things what what's whats which
    """.split()
)
"""Words with which a message that names a team asks for what it has."""
REGISTERING = frozenset(
    """
    add called create enrol enroll enter include introduce list named new onboard onboarding put record register
    registering service track
    """.split()
)
"""Words behind which the name of something new stands."""
THANKS = frozenset("cheers thanks thank thx ty".split())
ASKING = frozenset("who who's whos whose whom which where how what what's".split())
PLEAS = frozenset("hello hey hi kindly please pls plz sorry ta thanks thx ty".split())
NEGATIONS = frozenset(
    "not except apart besides without minus excluding ignore ignoring forget instead than neither nor".split()
)
"""Words before what is not asked about: `not ledger`, `apart from ledger`."""
LINKS = frozenset("about be by confused for from in mistaken mixed of on over to up with".split())
"""Words that may stand between such a word and the name."""
REFUSALS = frozenset("no nope wrong".split())
CORRECTIONS = frozenset("no nope sorry meant mean wait actually correction oops i.e ie namely aka".split())
"""Words behind which somebody says what they meant: `checkout-api, sorry, checkout-web`."""
CONJUNCTIONS = frozenset(
    """
    and & + or plus vs versus nor
    """.split()
)
