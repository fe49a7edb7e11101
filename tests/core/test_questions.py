"""Reading: what is asked for, and about what, in the many ways in which people ask."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from registries import POTTERY, pottery, snapshot

from assistant.core.entries import Ref
from assistant.core.forms import Attribute, Intent
from assistant.core.mentions import MENTIONS
from assistant.core.newcomers import New
from assistant.core.questions import Reading, read


def reading(text: str, expect: Intent | None = None) -> Reading:
    return read(text, pottery(), expect)


def meant(text: str, expect: Intent | None = None) -> list[str]:
    return [ref.name for mention in reading(text, expect).mentions for ref in mention.refs]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("who owns kiln-control?", ["kiln-control"]),
        ("Whose is the glaze mixer", ["glazeMixer"]),
        ("which team looks after clay ledger?", ["clay-ledger"]),
        ("does anybody know who maintains wheel", ["wheel"]),
        ("who's responsible for the mould presses?", ["mould_presses"]),
        ("owner of clay-ledger please", ["clay-ledger"]),
        ("clay-ledger is it ours?", ["clay-ledger"]),
        ("kiln-control", ["kiln-control"]),
        ("kiln-control?", ["kiln-control"]),
        ("hey team, quick one: who owns kiln-control? thanks!", ["kiln-control"]),
        ("kiln-control is smoking again, who do I talk to?", ["kiln-control"]),
        ("<@U0BOT> morning :wave: — who’s behind `wheel`?", ["wheel"]),
        ("we get 502s from order-intake-gateway since 10am. who owns that?", ["order-intake-gateway"]),
        ("who owns <https://github.com/pots/kiln-control/pull/12>?", ["kiln-control"]),
        ("my oven brain is broken, who fixes it", ["kiln-control"]),
        ("Who owns “clay book”?", ["clay-ledger"]),
        ("who owns the wheel service", ["wheel"]),
        ("who owns kiln-control and clay-ledger?", ["kiln-control", "clay-ledger"]),
        ("who owns kiln-control, clay-ledger and wheel?", ["kiln-control", "clay-ledger", "wheel"]),
        ("kiln-control and clay-ledger", ["kiln-control", "clay-ledger"]),
        ("who owns api-v1 or api-v2?", ["api-v1", "api-v2"]),
        ("wheel vs wheal, who owns them?", ["wheel", "wheal"]),
    ],
)
def test_owner_questions(text: str, names: list[str]) -> None:
    """However somebody asks who owns something, with whatever chatter around it, the component is understood."""
    assert reading(text).intent == "owner"
    assert meant(text) == names


@pytest.mark.parametrize(
    ("text", "team"),
    [
        ("what does glaze own?", "glaze"),
        ("what do the glazers look after?", "glaze"),
        ("list everything the Glaze Guild owns", "glaze"),
        ("which components belong to ovens?", "ovens"),
        ("how many services does shopfront have?", "shopfront"),
        ("what's on Ovens' plate?", "ovens"),
        ("show me all the services of shopfront", "shopfront"),
        ("what is in the remit of ovens?", "ovens"),
        ("<#C0OVENS|ovens> what do you own", "ovens"),
    ],
)
def test_team_questions(text: str, team: str) -> None:
    """Asking what a team owns is about the team, by any of its names."""
    assert reading(text).intent == "team"
    assert reading(text).of_team
    assert meant(text) == [team]


@pytest.mark.parametrize(
    ("text", "attribute", "name"),
    [
        ("who is on call for order-intake-gateway?", "oncall", "order-intake-gateway"),
        ("who do I page about kiln-control", "oncall", "kiln-control"),
        ("kiln-control on-call?", "oncall", "kiln-control"),
        ("who's on-call for wheel", "oncall", "wheel"),
        ("is there a runbook for kiln-control?", "runbook", "kiln-control"),
        ("where's the playbook for wheel", "runbook", "wheel"),
        ("which slack channel is for clay-ledger?", "channel", "clay-ledger"),
        ("where do I ask about glazeMixer?", "channel", "glazeMixer"),
        ("what is the slack channel of the Glaze Guild", "channel", "glaze"),
        ("where is the repo of kiln-control?", "repo", "kiln-control"),
        ("link to the kiln-control source code please", "repo", "kiln-control"),
        ("how do I contact the owners of kiln-control?", "contact", "kiln-control"),
        ("email for ovens?", "contact", "ovens"),
        ("what's the e-mail of the ovens?", "contact", "ovens"),
    ],
)
def test_contact_questions(text: str, attribute: Attribute, name: str) -> None:
    """Each way to reach somebody is told from the others, for a component and for a team."""
    assert (reading(text).intent, reading(text).attribute) == ("contact", attribute)
    assert meant(text) == [name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("which model should clay-ledger use?", ["clay-ledger"]),
        ("should kiln-control be run by a platform team?", ["kiln-control"]),
        ("what ownership model fits glazeMixer", ["glazeMixer"]),
        ("is clay-ledger you build it you run it?", ["clay-ledger"]),
        ("does wheel need a dedicated team or is it better shared?", ["wheel"]),
        ("which model should kiln-control and clay-ledger use?", ["kiln-control", "clay-ledger"]),
    ],
)
def test_model_questions(text: str, names: list[str]) -> None:
    """Asking how something should be run asks for a model, not for its owner."""
    assert reading(text).intent == "model"
    assert meant(text) == names


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("register pug-mill", New("pug-mill")),
        ("onboard pug-mill for team glaze", New("pug-mill", "glaze")),
        ("please add pug-mill to the registry, owner is ovens", New("pug-mill", "ovens")),
        ("we have a new service called pug-mill owned by shopfront", New("pug-mill", "shopfront")),
        ("new component: `pug mill`, team glazers", New("pug mill", "glaze")),
        ("onboard pug-mill under <#C0OVENS|ovens>", New("pug-mill", "ovens")),
        ("register pug mill for glaze", New("pug mill", "glaze")),
        ("please onboard our new pug mill service, owned by the glaze guild", New("pug mill", "glaze")),
        ("I'd like to register something", New()),
    ],
)
def test_registering_something_new(text: str, new: New) -> None:
    """What was said about a new thing, its name and its owner, is carried into the form."""
    assert reading(text).intent == "onboard"
    assert reading(text).new == new
    assert reading(text).mentions == ()


@pytest.mark.parametrize(
    "text", ["help", "Help!", "what can you do?", "how does this work?", "", "  ", "<@U0BOT>", "🎉"]
)
def test_asking_for_help(text: str) -> None:
    """A call for help, or nothing at all, is answered with what can be asked."""
    assert reading(text).intent == "help"


@pytest.mark.parametrize(
    "text",
    [
        "good morning everyone",
        "lol",
        "the weather is nice today",
        "who owns it?",
        "thanks!",
        "see you on Monday",
        "???",
    ],
)
def test_small_talk_is_no_question(text: str) -> None:
    """What asks for no component is not taken for one."""
    assert reading(text).intent in ("none", "help")
    assert reading(text).mentions == ()


def test_the_rest_of_a_message_is_not_a_name() -> None:
    """Words around a name do not become further mentions."""
    text = "hi all, the deploy failed and kiln-control looks broken since this morning; who owns it, and can they help?"
    assert meant(text) == ["kiln-control"]


def test_an_unknown_name_beside_a_known_one() -> None:
    """Of two things asked about, the one that is not registered is kept, with what is nearest to it."""
    known, unknown = reading("who owns kiln-control and api-v3?").mentions
    assert [ref.name for ref in known.refs] == ["kiln-control"]
    assert unknown.mention == "api-v3"
    assert unknown.refs == ()
    assert {ref.name for ref in unknown.nearest} == {"api-v1", "api-v2"}


@pytest.mark.parametrize("expect", ["owner", "model"])
def test_a_command_takes_its_text_as_a_name(expect: Intent) -> None:
    """`/who-owns help` finds a component called help, and a sentence after a command is read all the same."""
    assert meant("help", expect) == ["help"]
    assert reading("help", expect).intent == expect
    assert meant("kiln controll please", expect) == ["kiln-control"]
    assert meant("who owns wheel", expect) == ["wheel"]


def test_help_after_a_command() -> None:
    """With no component of that name, `/who-owns help` and `/who-owns` explain themselves."""
    without = snapshot(POTTERY.replace("name: help", "name: shelf"))
    assert read("help", without, "owner").intent == "help"
    assert read("", without, "model").intent == "help"


@pytest.mark.parametrize("name", ["pug-mill", "catalog", "feedback", "service"])
def test_a_name_after_the_onboarding_command(name: str) -> None:
    """`/onboard catalog` takes even an everyday word as the name."""
    assert reading(name, "onboard").new == New(name)
    assert reading("gift card ledger", "onboard").new == New("gift card ledger")


def test_many_names_at_once() -> None:
    """Of a long list of names the first eight are read, so that an answer stays an answer."""
    assert len(reading("who owns " + " and ".join(f"pug-{n}" for n in range(30)) + " and wheel").mentions) <= MENTIONS


@settings(deadline=None)
@given(st.text(max_size=400), st.sampled_from([None, "owner", "model", "onboard"]))
def test_any_text_is_read(text: str, expect: Intent | None) -> None:
    """No text is too strange to read, and every reading says why."""
    assert reading(text, expect).because


def test_what_is_excluded_is_not_answered() -> None:
    """“a, not b” asks about a."""
    assert meant("who owns kiln-control, not wheel") == ["kiln-control"]


@pytest.mark.parametrize("text", ["*who* owns _it_", "`it` is down, who owns that", "whose is 'this'?"])
def test_an_everyday_word_is_no_guess(text: str) -> None:
    """A word of every sentence is no part of a name, however it is marked, unless something is called just that."""
    held = snapshot("components: [{name: edit-it-now, owner: a}, {name: this-day, owner: a}]\nteams: [{name: a}]")
    assert not [match for match in read(text, held).mentions if match.refs]
    called = snapshot("components: [{name: it, owner: a}]\nteams: [{name: a}]")
    assert [match.refs[0].name for match in read("who owns `it`?", called).mentions] == ["it"]


PIPES = """
components:
  - {name: rally}
  - {name: rally-it-serverless-pipeline}
  - {name: paste-html-to-govspeak}
  - {name: govspeak}
  - {name: fleet-server}
  - {name: fleet-server-perf-tests}
  - {name: fleet-server-tests}
  - {name: seedless-onboarding-controller}
  - {name: one-platform-user-group-service}
  - {name: support}
  - {name: support-api}
"""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("rally it srvr pipeline?", "rally-it-serverless-pipeline"),
        ("who owns rally? it is down", "rally"),
        ("whose is paste html to gvsp", "paste-html-to-govspeak"),
        ("does anybody know who maintains fleet server perf", "fleet-server-perf-tests"),
        ("who owns the fleet server", "fleet-server"),
        ("who owns api support", "support-api"),
        ("whose is fleet serv perf tests", "fleet-server-perf-tests"),
        ("seedless onboarding controller?", "seedless-onboarding-controller"),
        ("one platform user group service", "one-platform-user-group-service"),
    ],
)
def test_the_longer_name_is_meant(text: str, name: str) -> None:
    """What stands whole in one name is that name, though a part of it names something else."""
    [match] = read(text, snapshot(PIPES)).mentions
    assert [ref.name for ref in match.refs] == [name]


DESCRIBED = """
teams: [{name: sky, title: Sky Watch}, {name: sea}]
components:
  - {name: link-checker-api, owner: sky}
  - {name: local-links-manager, owner: sea}
  - {name: tide-mill, owner: sea, description: Counts the boats that come in with the tide., tags: [harbour]}
  - {name: moon-dial, owner: sky, description: Tells the tide from the moon.}
  - {name: gift-ledger, owner: sea, description: Keeps the balance of gift cards.}
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("who looks after the thing that checks for broken links", ["link-checker-api"]),
        ("who owns the tool that counts boats?", ["tide-mill"]),
        ("whose is the service that kepes the balance of gift cards", ["gift-ledger"]),
        ("who owns the thing which tells moon-dial the tide", ["moon-dial"]),
        ("who owns the tide-mill, the thing that counts boats", ["tide-mill"]),
    ],
)
def test_what_is_described_is_found(text: str, names: list[str]) -> None:
    """Whoever does not know a name can say what the thing does; a name said before it is still the name."""
    [match] = read(text, snapshot(DESCRIBED)).mentions
    assert [ref.name for ref in match.refs] == names


def test_a_name_in_a_description_is_no_answer() -> None:
    """What is described with a name in it is offered beside what has that name, and neither is stated."""
    [match] = read("who owns the thing that counts boats for the moon dial?", snapshot(DESCRIBED)).mentions
    assert {ref.name for ref in match.refs} == {"tide-mill", "moon-dial"}
    reading = read("who owns the thing that paints links?", snapshot(DESCRIBED))
    assert not [one for one in reading.mentions if one.refs]


def test_a_description_is_near_a_name_that_nothing_has() -> None:
    """When nothing has a name, what is described by just its words is the nearest."""
    [match] = read("who owns the gift card balance?", snapshot(DESCRIBED)).mentions
    assert (match.refs, match.nearest[0].name) == ((), "gift-ledger")


@settings(deadline=None)
@given(st.text(), st.sampled_from(("the thing that ", "the tool which does ", "whatever that's ")))
def test_any_description_is_read(text: str, before: str) -> None:
    """Whatever is described, it is read, and nothing is found that is not registered."""
    held = snapshot(DESCRIBED)
    for match in read(f"who owns {before}{text}", held).mentions:
        assert all(ref in held.catalog.components for ref in match.refs if ref.kind == "component")


@pytest.mark.parametrize(
    ("text", "intent", "name"),
    [
        ("and who is on call for it?", "contact", "kiln-control"),
        ("who owns it", "owner", "kiln-control"),
        ("which model should it use?", "model", "kiln-control"),
        ("what about the runbook", "contact", "kiln-control"),
        ("is that owned by anyone at night?", "owner", "kiln-control"),
        ("and who owns clay-ledger?", "owner", "clay-ledger"),
        ("who owns it, the wheel I mean", "owner", "wheel"),
    ],
)
def test_it_is_what_was_asked_about_before(text: str, intent: Intent, name: str) -> None:
    """In a conversation `it` is what the last answer was about, unless the question names something."""
    held = pottery()
    reading = read(text, held, before=Ref.component("kiln-control"))
    assert (reading.intent, [match.refs[0].name for match in reading.mentions]) == (intent, [name])


@pytest.mark.parametrize("text", ["thanks, that is great", "who owns fleet-telemetry?", "help", "register it"])
def test_what_points_at_nothing_before(text: str) -> None:
    """Small talk is no question, an unknown name is not `it`, and help is help, whatever was asked about before."""
    assert not [m for m in read(text, pottery(), before=Ref.component("kiln-control")).mentions if m.refs]


SHOP = "components: [{name: orders}, {name: orders-db}, {name: carts}, {name: cart-api}, {name: session-cache}]"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the database of orders, whose is it", "orders-db"),
        ("who owns the db for our orders?", "orders-db"),
        ("whose is the cache of sessions", "session-cache"),
        ("cartsapi 502s!! whose is it", "cart-api"),
        ("caart-api 5xx since 3pm who owns it", "cart-api"),
    ],
)
def test_parts_and_numbers(text: str, name: str) -> None:
    """The database of something is that database, where there is one; a number of errors is no part of a name."""
    [match] = read(text, snapshot(SHOP)).mentions
    assert [ref.name for ref in match.refs] == [name]


@pytest.mark.parametrize("text", ["who owns the database of carts", "whose is the carts database?"])
def test_parts_that_nobody_registered(text: str) -> None:
    """Whoever owns the carts need not own their database: it is not found, and the carts are offered."""
    [match] = read(text, snapshot(SHOP)).mentions
    assert not match.refs
    assert match.nearest[0].name == "carts"


ORDERS = """
teams: [{name: takings, aliases: [till]}, {name: stock}]
components:
  - {name: ledger, owner: takings, repo: "https://git.example/acme/ledger"}
  - {name: orders, owner: stock}
  - {name: orders-db, owner: takings}
  - {name: orders-kafka, owner: stock}
  - {name: takings-db, owner: takings}
  - {name: clickstream-pipeline, owner: stock}
  - {name: data-lake, owner: stock}
"""


@pytest.mark.parametrize(
    "text",
    [
        "who owns the stripe ledger",
        "who owns Stripe's ledger?",
        "who owns ledger ui",
        "who owns the ledger v2?",
        "who owns the ledger redis",
        "who owns globex/ledger",
        "who owns cls",
        "who owns the database",
    ],
)
def test_something_else_is_not_found(text: str) -> None:
    """Another's thing, another part or version, and three letters alone are not answered with what comes near."""
    assert not [match for match in read(text, snapshot(ORDERS)).mentions if match.refs]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("not the orders db, the kafka one. who owns it", ["orders-kafka"]),
        ("not ledger, orders. who owns it?", ["orders"]),
        ("who owns orders rather than orders-db", ["orders"]),
        ("who owns the poor old ledger service", ["ledger"]),
        ("our ledger is throwing timeouts, who owns it", ["ledger"]),
        ("who owns acme/ledger", ["ledger"]),
        ("who owns services/ledger", ["ledger"]),
        ("who's in the takings team", ["takings"]),
    ],
)
def test_the_one_that_is_meant(text: str, names: list[str]) -> None:
    """What is excluded is not answered, words of every sentence change nothing, and a team is a team."""
    found = read(text, snapshot(ORDERS)).mentions
    assert [match.refs[0].name for match in found if match.refs] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("who owns globex one platform home", []),
        ("who owns globex eip1193 middleware", []),
        ("who owns globex bp5758d?", ["bp5758d"]),
        ("who owns the flaky eip1193-middleware", ["eip1193-middleware"]),
    ],
)
def test_a_name_typed_as_one_is_that_name(text: str, names: list[str]) -> None:
    """A name of several words is another with a word more; one that was typed as one name is that name."""
    held = snapshot("components: [{name: one-platform-home}, {name: eip1193-middleware}, {name: bp5758d}]")
    assert [match.refs[0].name for match in read(text, held).mentions if match.refs] == names
