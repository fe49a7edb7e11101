"""The local workspace in a real browser, with the real bot behind it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from demo import CHROMIUM, chromium, demo
from playwright.sync_api import Browser, Locator, Page, Playwright, expect, sync_playwright

pytestmark = pytest.mark.browser

Open = Callable[..., "Window"]


class Window:
    """The workspace in a window of its own, as one person has it open."""

    def __init__(self, page: Page, url: str, noise: list[str]) -> None:
        self.page = page
        self.noise = noise
        """What the console said, and requests that left this machine."""
        self.main, self.thread, self.modal = page.locator("#main"), page.locator("#thread"), page.locator("#modal")
        page.goto(url)
        expect(page.locator("#channel-text")).to_be_focused()
        expect(page.locator("#banner")).not_to_contain_text("not connected")

    def act_as(self, name: str) -> None:
        self.page.get_by_label("Acting as").select_option(name)

    def go(self, name: str) -> None:
        self.page.locator("#sidebar").get_by_role("link", name=name).click()

    def write(self, text: str, where: str = "channel") -> None:
        box = self.page.locator(f"#{where}-text")
        box.fill(text)
        box.press("Escape")  # the list of completions, where there is one
        box.press("Enter")

    def press(self, label: str) -> None:
        """Press a button of the form."""
        self.modal.get_by_role("button", name=label, exact=True).click()

    def leave_form(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.modal).to_be_hidden()

    def open_thread(self, asked: str) -> None:
        expect(self.last()).to_contain_text(asked)
        self.last().get_by_role("button", name="1 reply").click()

    def last(self) -> Locator:
        return self.main.locator(".message").last

    def field(self, label: str) -> Locator:
        return self.modal.get_by_label(label)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium. In CI its absence is a failure, elsewhere a skip."""
    found = chromium()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("Chromium is missing.")
    if found is None:
        pytest.skip("Chromium is missing: install it to drive the local workspace.")
    with playwright.chromium.launch(executable_path=found, args=CHROMIUM) as browser:
        yield browser


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with demo() as url:
        yield url


@pytest.fixture
def window(browser: Browser, url: str) -> Iterator[Open]:
    """Opens windows. In none of them may the script fail, or a request leave this machine."""
    wrong: list[str] = []
    contexts = []

    def opened(at: str = "", user: str | None = None) -> Window:
        context = browser.new_context()
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.extend({request.url} if _leaves(request.url) else ()))
        if user:
            page.add_init_script(f"sessionStorage.getItem('user') ?? sessionStorage.setItem('user', '{user}')")
        return Window(page, at if "://" in at else url + at, wrong)

    yield opened
    for context in contexts:
        context.close()
    assert not wrong


def _leaves(address: str) -> bool:
    return urlsplit(address).hostname != "127.0.0.1"


def _shown(text: str) -> re.Pattern[str]:
    """Return a pattern of a text as it is seen: word joiners, which take the meaning from marks, are not."""
    return re.compile("\u2060?".join(map(re.escape, text)))


def test_a_mention_is_answered_in_its_thread(window: Open) -> None:
    """Typed with the keyboard alone: @, the name completed, the question, and its answer in the thread beside."""
    ana = window()
    ana.page.keyboard.type("@assi")
    ana.page.keyboard.press("Tab")
    ana.page.keyboard.type("chekout-api is throwing 502s again, who owns it?")
    ana.page.keyboard.press("Enter")
    ana.open_thread("@assistant chekout-api is throwing 502s")
    expect(ana.thread).to_contain_text("checkout-api is owned by Payments.")
    expect(ana.thread.get_by_text("APP")).to_be_visible()
    expect(ana.thread.get_by_role("link", name="Runbook")).to_have_attribute("rel", "noopener noreferrer")
    ana.page.keyboard.press("Escape")
    expect(ana.thread).to_be_hidden()


def test_a_suggestion_is_declined(window: Open) -> None:
    """Kofi suggests an answer to Payments, and Ana says no in several lines: the message says who did, and why."""
    kofi, ana = window(user="U0KOFI"), window("#payments", user="U0ANA")
    kofi.write("/which-model refund-worker")
    for label in ("Another team", "Save my answer", "Suggest it to Payments"):
        kofi.last().get_by_role("button", name=label).click()
    expect(kofi.last()).to_contain_text("Your suggestion for refund-worker goes to")
    expect(ana.last()).to_contain_text("Kofi Mensah suggests for refund-worker:")
    ana.last().get_by_role("button", name="Decline…").click()
    ana.field("Why not?").fill("We are four people,\nand run it.")
    ana.modal.get_by_role("button", name="Decline").click()
    expect(ana.modal).to_be_hidden()
    expect(ana.last()).to_contain_text(_shown(": We are four people, and run it."))


def test_after_a_form_one_writes_on(window: Open) -> None:
    """However a form is closed, what is typed next stands in the message box, without a click into it."""
    ana = window()

    def close() -> None:
        ana.modal.get_by_role("button", name="Close", exact=True).last.click()

    for leave in (close, lambda: ana.page.keyboard.press("Escape")):
        ana.write("/onboard")
        expect(ana.field("Name").first).to_be_focused()
        leave()
        expect(ana.modal).to_be_hidden()
        ana.page.keyboard.type("Thanks")
        expect(ana.page.locator("#channel-text")).to_have_value("Thanks")


def test_a_choice_becomes_the_answer(window: Open) -> None:
    """A click on one of two turns the question into its answer, in place, and for everybody, without a reload."""
    ana, ben = window(), window(user="U0BEN")
    ana.write("@assistant who owns checkout?")
    ben.open_thread("who owns checkout?")
    ana.open_thread("who owns checkout?")
    expect(ben.thread.locator(".message")).to_have_count(2)
    ana.thread.get_by_role("button", name="This one").nth(1).click()
    expect(ana.thread).to_contain_text("checkout-web is owned by Storefront.")
    expect(ben.thread).to_contain_text("Ana Ruiz chose checkout-web.")
    expect(ben.thread.locator(".message")).to_have_count(2)


def test_a_command_is_answered_to_one_person_until_it_is_shared(window: Open) -> None:
    """Only whoever typed a command sees its answer; Share shows it to all. A reload forgets what was private."""
    ana, ben = window(), window(user="U0BEN")
    ana.page.keyboard.type("/who")
    expect(ana.page.locator("#channel-options")).to_contain_text("/who-owns[checkout-api]")
    ana.page.keyboard.press("Enter")
    ana.page.keyboard.type("checkout-api")
    ana.page.keyboard.press("Enter")
    expect(ana.last()).to_contain_text("Only visible to you")
    count = ben.main.locator(".message").count()
    ana.last().get_by_role("button", name="Share").click()
    expect(ben.last()).to_contain_text("Shared by Ana Ruiz.")
    expect(ben.main.locator(".message")).to_have_count(count + 1)
    ana.write("/who-owns ledger")
    expect(ana.last()).to_contain_text("Only visible to you")
    ana.page.reload()
    expect(ana.last()).to_contain_text("Shared by Ana Ruiz.")


def test_a_form_with_a_fault_in_it(window: Open) -> None:
    """The fault stands beside its field, which has the focus; what was typed is kept; mended, the form goes on, through
    the questions and the parts, and Back shows what was typed.
    """
    ana = window(at="#payments")
    ana.write("/onboard ledger")
    expect(ana.field("Name")).to_have_value("ledger")
    ana.field("What it is for").fill("Feeds the wrens.")
    ana.field("Team that owns it").select_option("Payments")
    ana.press("Next")
    expect(ana.modal).to_contain_text("There is a component called ledger already. Nothing was saved.")
    expect(ana.field("What it is for")).to_have_value("Feeds the wrens.")
    ana.field("Repository").fill("at home")
    ana.field("Name").fill("wren-feeder")
    ana.press("Next")
    expect(ana.modal.get_by_role("alert")).to_have_text(
        "Enter an address that begins with https://, or leave it empty."
    )
    expect(ana.field("Repository")).to_be_focused()
    expect(ana.field("Repository")).to_have_attribute("aria-invalid", "true")
    ana.field("Repository").fill("")
    ana.field("Name").fill("")
    ana.press("Next")
    expect(ana.modal.get_by_role("alert").first).to_have_text("Please complete this required field.")
    ana.field("Name").fill("wren-feeder")
    ana.page.keyboard.press("Enter")
    ana.modal.get_by_label("No, nothing else does").check()
    ana.press("Back")
    expect(ana.field("What it is for")).to_have_value("Feeds the wrens.")
    ana.press("Next")
    expect(ana.modal.get_by_label("No, nothing else does")).to_be_checked()
    ana.modal.get_by_label("Application developers").check()
    ana.press("Next")
    ana.field("Existing component").select_option("orders-kafka")
    ana.press("Add another")
    expect(ana.modal).to_contain_text("orders-kafka (Streaming’s)")
    expect(ana.field("Existing component")).to_have_value("")
    ana.press("Next")
    expect(ana.modal).to_contain_text("wren-feeder will be registered. Payments owns it.")
    ana.press("Register")
    expect(ana.modal).to_contain_text("wren-feeder is registered. Payments owns it.")
    ana.leave_form()
    expect(ana.last()).to_contain_text("Registered by Ana Ruiz")


def test_a_form_is_left_with_escape(window: Open) -> None:
    """Esc closes a form, and nothing is saved; the place before it is the same."""
    ana = window(at="#payments")
    ana.write("/onboard half-a-thing")
    expect(ana.field("Name")).to_be_focused()
    ana.leave_form()
    ana.write("/who-owns half-a-thing")
    expect(ana.last()).to_contain_text("There is no component called half-a-thing.")


@pytest.mark.parametrize("name", ["<!channel>", "<img src=x onerror=alert(1)>", "<@U0BEN> *x*", "`</code><b>`"])
def test_what_is_registered_is_text(window: Open, name: str) -> None:
    """Whatever a component is called, it is shown as it was typed, notifies nobody, and is no part of the page."""
    ana = window(at="#random")
    ana.write("/onboard")
    ana.field("Name").fill(name)
    ana.press("The team is not in the list")
    ana.field("A new team, which owns it").fill(f"team {name}")
    ana.press("Register without the rest")
    expect(ana.modal).to_contain_text(_shown(f"{name} is registered."))
    ana.leave_form()
    ana.write(f"/who-owns {name}")
    expect(ana.last()).to_contain_text(_shown(f"{name} is owned by team {name}."))
    assert ana.last().locator("img, .mention, b b").count() == 0


def test_the_shortcut_in_the_menu_of_a_message(window: Open) -> None:
    """With the keyboard: up to the message, M, down to the shortcut, Enter; the answer is for one person."""
    ana = window(at="#fraud")
    ana.write("the ledger is two hours behind")
    expect(ana.last()).to_contain_text("two hours behind")
    ana.main.focus()
    for key in ("ArrowUp", "m", "ArrowDown", "Enter"):
        ana.page.keyboard.press(key)
    expect(ana.last()).to_contain_text("ledger is owned by Finance Platform.")
    expect(ana.last()).to_contain_text("Only visible to you")


def test_the_menu_behind_an_answer(window: Open) -> None:
    """With the keyboard: the three dots, Enter, down, Escape, and Enter twice; what is chosen is done."""
    ana = window(at="#random")
    ana.write("/which-model checkout-api")
    expect(ana.last()).to_contain_text("checkout-api fits")
    dots = ana.last().get_by_role("button", name="More actions")
    dots.focus()
    ana.page.keyboard.press("Enter")
    ana.page.keyboard.press("ArrowDown")
    ana.page.keyboard.press("Escape")
    expect(dots).to_be_focused()
    expect(dots).to_have_attribute("aria-expanded", "false")
    ana.page.keyboard.press("Enter")
    ana.page.keyboard.press("Enter")
    expect(ana.last()).to_contain_text("The decision about checkout-api, to copy:")


def test_what_was_written_is_edited(window: Open) -> None:
    """Up in an empty box takes the last message of one's own; Esc leaves it; a mention added so is answered."""
    ana = window(at="#data")
    ana.write("who owns the ledger?")
    expect(ana.last()).to_contain_text("who owns the ledger?")
    box = ana.page.locator("#channel-text")
    box.press("ArrowUp")
    expect(box).to_have_value("who owns the ledger?")
    box.press("Escape")
    expect(box).to_have_value("")
    box.press("ArrowUp")
    box.fill("@assistant who owns the ledger?")
    box.press("Escape")
    box.press("ArrowUp")
    box.fill("@assistant who owns the ledger? ")
    box.press("Enter")
    expect(ana.last()).to_contain_text("(edited)")
    expect(ana.last().get_by_role("button", name="1 reply")).to_be_visible()


def test_direct_messages_and_home(window: Open) -> None:
    """Written to directly, the assistant needs no mention; its home has a box that answers on Enter."""
    ana = window()
    ana.page.keyboard.press("Control+k")
    ana.page.keyboard.type("assist")
    ana.page.keyboard.press("Enter")
    expect(ana.page.locator("#channel-text")).to_be_focused()
    ana.page.keyboard.type("what does streaming own?")
    ana.page.keyboard.press("Enter")
    expect(ana.last()).to_contain_text("Streaming owns 5 components")
    ana.page.get_by_role("link", name="Home").click()
    box = ana.main.get_by_label("Ask who owns it")
    box.fill("who owns ledger?")
    box.press("Enter")
    expect(ana.main).to_contain_text("ledger is owned by Finance Platform.")
    expect(box).to_have_value("who owns ledger?")
    expect(box).to_be_focused()
    ana.act_as("U0BEN")
    expect(ana.main.get_by_label("Ask who owns it")).to_have_value("")


def test_who_sees_what(window: Open) -> None:
    """Somebody from another company sees the shared channel alone, is offered no command, and is not answered."""
    sam = window(user="U0SAM")
    expect(sam.page.locator("#sidebar a")).to_have_text(["#partners-globex shared"])
    expect(sam.page.locator("#header")).to_contain_text("shared with Globex")
    sam.page.keyboard.type("/")
    expect(sam.page.locator("#channel-options")).to_be_hidden()
    sam.page.keyboard.press("Backspace")
    sam.page.keyboard.type("hello")
    sam.go("partners-globex")
    expect(sam.page.locator("#channel-text")).to_have_value("hello")


def test_a_channel_without_the_assistant(window: Open) -> None:
    """Mentioned where it is not, the page says how to let it in; then it answers."""
    ana = window(at="#random")
    ana.write("@assistant who owns ledger?")
    expect(ana.last()).to_contain_text("Type /invite @assistant here.")
    ana.write("/invite @assistant")
    ana.write("@assistant who owns ledger?")
    expect(ana.last().get_by_role("button", name="1 reply")).to_be_visible()


def test_a_failed_send_comes_back(window: Open) -> None:
    """What could not be sent stands where it was written, wherever its writer has gone since, and after a reload."""
    ana = window(at="#storefront")
    ana.page.route("**/client/say", lambda route: route.fulfill(status=400, json={"failed": "Not now."}))
    ana.write("for storefront alone")
    ana.page.get_by_role("link", name="payments").click()
    expect(ana.page.locator("#header")).to_contain_text("payments")
    expect(ana.page.locator("#channel-text")).to_have_value("")
    ana.go("storefront")
    expect(ana.page.locator("#channel-text")).to_have_value("for storefront alone")
    ana.page.reload()
    expect(ana.page.locator("#channel-text")).to_have_value("for storefront alone")
    ana.noise.clear()


def test_fast_typing_loses_nothing(window: Open) -> None:
    """Messages typed without a pause are sent as they were typed, each by itself."""
    ana = window(at="#fulfilment")
    ana.page.keyboard.type("".join(f"line {number}\n" for number in range(12)))
    expect(ana.main.locator(".message .text")).to_have_text([f"line {number}" for number in range(12)])


def test_a_second_window_disturbs_nothing(window: Open) -> None:
    """Another window of the same person closes no form and hides no answer in the first."""
    ana = window(at="#payments")
    ana.write("/who-owns ledger")
    expect(ana.last()).to_contain_text("Only visible to you")
    ana.write("/onboard half-typed")
    ana.field("Kind").fill("service")
    expect(window().modal).to_be_hidden()
    expect(ana.field("Kind")).to_have_value("service")
    ana.leave_form()
    expect(ana.last()).to_contain_text("Only visible to you")


def test_a_small_window(window: Open) -> None:
    """In half a screen a thread stands over its channel, wide enough to read."""
    ana = window(at="#payments")
    ana.page.set_viewport_size({"width": 640, "height": 600})
    ana.write("@assistant who owns ledger?")
    ana.open_thread("who owns ledger?")
    expect(ana.thread).to_contain_text("ledger is owned by")
    box = ana.thread.bounding_box()
    assert box
    assert box["width"] > 400


def test_unread(window: Open) -> None:
    """A channel in which somebody else wrote stands out until it is opened."""
    ana, ben = window(), window(at="#security", user="U0BEN")
    link = ana.page.locator("#sidebar").get_by_role("link", name="security")
    expect(link).not_to_have_class("unread")
    ben.write("anybody here?")
    expect(link).to_have_class("unread")
    link.click()
    expect(ana.last()).to_contain_text("anybody here?")
    expect(link).not_to_have_class("unread")


def test_the_raw_traffic(window: Open) -> None:
    """What passes between Slack and the bot can be read, and made to fail."""
    ana = window()
    ana.page.get_by_role("button", name="Raw traffic").click()
    log = ana.page.locator("#log")
    ana.page.get_by_label("Filter the traffic").fill("/who-owns")
    ana.write("/who-owns ledger")
    log.locator("li", has_text="slash_commands").or_(log.locator("li", has_text="/who-owns")).last.click()
    expect(log).to_contain_text('"command": "/who-owns"')
    line = ana.page.get_by_label("Make something fail")
    line.fill("fail chat.postMessage is_archived")
    line.press("Enter")
    expect(ana.page.locator("#banner")).to_contain_text("Waiting to strike: fail chat.postMessage is_archived.")
    ana.write("@assistant who owns ledger?")
    expect(ana.page.locator("#banner")).to_be_empty()


def test_a_search_in_a_form(browser: Browser, window: Open, tmp_path: Path) -> None:
    """With more teams than a list can hold, they are searched as one types, and only one of them can be entered."""
    teams = ", ".join(f"{{name: team-{number}}}" for number in range(150))
    (tmp_path / "many.yaml").write_text(f"teams: [{teams}]\ncomponents: [{{name: fern, owner: team-0}}]\n")
    with demo("--registry", str(tmp_path / "many.yaml")) as url:
        ana = window(url)
        ana.write("/onboard wren-feeder")
        box = ana.field("Team that owns it")
        box.press_sequentially("team-14")
        expect(ana.modal.get_by_role("option").first).to_have_text("team-14")
        box.press("ArrowDown")
        box.press("Enter")
        expect(box).to_have_value(re.compile("team-14."))
        chosen = box.input_value()
        ana.field("Kind").fill("service")
        ana.press("Register without the rest")
        expect(ana.modal).to_contain_text(f"wren-feeder is registered. {chosen} owns it.")
        ana.leave_form()
        ana.write("/onboard other")
        box.press_sequentially("nobody of this name")
        expect(ana.modal).to_contain_text("Nothing fits. Type other letters.")
        ana.field("Kind").focus()
        expect(box).to_have_value("")
        ana.page.close()


def test_a_bot_that_does_not_answer(window: Open, tmp_path: Path) -> None:
    """A click that the bot does not take says so beside the button, which can be pressed again."""
    with demo() as url:
        ana = window(url)
        ana.write("/who-owns checkout")
        button = ana.last().get_by_role("button", name="This one").first
        expect(button).to_be_visible()
        ana.page.get_by_role("button", name="Raw traffic").click()
        ana.page.get_by_label("Make something fail").fill("freeze")
        ana.page.get_by_label("Make something fail").press("Enter")
        expect(ana.page.locator("#fault-said")).to_contain_text("freeze struck 1 connection")
        button.click()
        expect(ana.last().get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
        expect(button).not_to_have_class("busy")
        ana.page.close()
