"""Draws the README's pictures from the running demonstration: `make pictures`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from demo import CHROMIUM, chromium, demo
from playwright.sync_api import Page, expect, sync_playwright

from assistant.settings import packaged_sample


def write(page: Page, text: str) -> None:
    box = page.locator("#channel-text")
    box.fill(text)
    box.press("Escape")
    box.press("Enter")


def draw(page: Page, folder: Path) -> None:
    """Draw a question in a thread, a wrong name, what facts suggest, what somebody suggests, and a decision."""
    main = page.locator("#main")
    write(page, "@assistant chekout-api is throwing 502s again, who owns it?")
    main.get_by_role("button", name="1 reply").click()
    expect(page.locator("#thread")).to_contain_text("is owned by")
    page.mouse.move(0, 0)
    page.screenshot(path=folder / "owner.png")

    page.keyboard.press("Escape")
    write(page, "/who-owns ledger-sync")
    expect(main).to_contain_text("There is no component called")
    page.screenshot(path=folder / "did-you-mean.png")

    write(page, "/which-model refund-worker")
    main.get_by_role("button", name="Not sure").click()
    main.get_by_role("button", name="Hardly").click()
    expect(main).to_contain_text("It decides nothing by itself")
    page.mouse.move(0, 0)
    page.screenshot(path=folder / "not-sure.png")

    write(page, "/which-model orders-kafka")
    main.get_by_role("button", name="Yes, others use it").click()
    main.get_by_role("button", name="Save my answer").click()
    main.get_by_role("button", name="Suggest it to Streaming").click()
    expect(main).to_contain_text("goes to #streaming")
    page.get_by_role("link", name="streaming").click()
    expect(main).to_contain_text("Ana Ruiz suggests for orders-kafka")
    page.mouse.move(0, 0)
    page.screenshot(path=folder / "suggestion.png")

    page.get_by_role("link", name="general").click()
    page.locator("#acting").select_option("U0BEN")
    write(page, "/which-model orders")
    main.get_by_role("button", name="Decide so").click()
    expect(main).to_contain_text("is run as")
    main.get_by_role("button", name="Copy decision record").click()
    expect(main).to_contain_text("Look again by")
    page.mouse.move(0, 0)
    page.screenshot(path=folder / "decision.png")


def draw_registering(page: Page, folder: Path) -> None:
    """Draw a service that is walked in with its parts, what others answer, what is put right, and App Home."""
    main, modal = page.locator("#main"), page.locator("#modal")

    def press(label: str) -> None:
        modal.get_by_role("button", name=label, exact=True).click()

    def picture(name: str) -> None:
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"registering-{name}.png")

    def answer() -> None:
        modal.get_by_label("No, nothing else does").check()
        modal.get_by_label("Application developers").check()

    def act_as(person: str, channel: str) -> None:
        page.locator("#acting").select_option(person)
        page.get_by_role("link", name=channel).first.click()

    write(page, "/onboard ledger")
    press("Next")
    expect(modal).to_contain_text("There is a component called ledger already.")
    picture("taken")
    modal.get_by_label("Name").first.fill("ledgers")
    press("Next")
    expect(modal).to_contain_text("is close to what is registered")
    picture("near")
    modal.get_by_label("Name").first.fill("gift-card-ledger")
    modal.get_by_label("What it is for").fill("Keeps the balance of gift cards.")
    modal.get_by_label("Kind").fill("service")
    modal.get_by_label("Repository").fill("at home")
    modal.get_by_label("Team that owns it").select_option("Payments")
    modal.locator("button[type=submit]").click()
    expect(modal.get_by_role("alert")).to_be_visible()
    picture("fault")
    modal.get_by_label("Repository").fill("https://git.fernwood.example/payments/gift-card-ledger")
    modal.locator("button[type=submit]").click()
    expect(modal).to_contain_text("Do other applications use gift-card-ledger, or will they?")
    answer()
    picture("questions")
    press("Next")
    modal.get_by_label("Existing component").select_option("ledger")
    press("Add another")
    expect(modal).to_contain_text("ledger (")
    modal.get_by_label("Existing component").select_option("stock-events")
    modal.get_by_label("New component: name").fill("gift-card-db")
    modal.get_by_label("New component: kind").select_option("database")
    picture("parts")
    press("Next")
    expect(modal).to_contain_text("gift-card-db, the new database for gift-card-ledger")
    answer()
    picture("part")
    press("Next")
    expect(modal).to_contain_text("will be registered")
    picture("review")
    press("Register")
    expect(modal).to_contain_text("is registered")
    press("Done")

    page.get_by_role("link", name="payments").first.click()
    expect(main).to_contain_text("gift-card-ledger is registered.")
    picture("told")
    act_as("U0KOFI", "streaming")
    expect(main).to_contain_text("as the team that runs stock-events for gift-card-ledger")
    picture("asked")
    main.get_by_role("button", name="Accept").click()
    expect(main).to_contain_text("Accepted by Kofi Mensah")

    act_as("U0KOFI", "general")
    write(page, "/who-owns refund-worker")
    main.get_by_role("button", name="Not right?").last.click()
    modal.get_by_label("What is wrong?").fill("Its runbook moved to the wiki.")
    picture("not-right")
    modal.locator("button[type=submit]").click()
    expect(modal).to_contain_text("goes to")
    page.keyboard.press("Escape")
    act_as("U0ANA", "payments")
    main.get_by_role("button", name="Fixed").click()
    expect(main).to_contain_text("Fixed by Ana Ruiz")
    picture("fixed")
    act_as("U0ANA", "Assistant")
    page.locator("#tab-home").click()
    expect(main).to_contain_text("Changed lately")
    picture("home")


def draw_conflict(page: Page, folder: Path) -> None:
    """Draw a component of which two sources say different things, and the list of all such."""
    main = page.locator("#main")
    write(page, "/who-owns checkout-api")
    expect(main).to_contain_text("says Storefront instead")
    write(page, "/assistant conflicts")
    expect(main).to_contain_text("sources contradict one another")
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
    page.screenshot(path=folder / "conflict.png")


def two_sources(folder: Path) -> str:
    """Write the sample registry, and a CODEOWNERS file that does not agree with it."""
    folder = folder / "mono"
    folder.mkdir()
    (folder / "registry.yaml").write_bytes(packaged_sample())
    (folder / "CODEOWNERS").write_text("/checkout-api/ @fernwood/storefront\n/ledger/ @fernwood/payments\n")
    return str(folder)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=20_000)
    with demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1100, "height": 660})
        page.goto(url)
        expect(page.locator("#sidebar .presence.on")).to_be_visible()
        expect(page.locator("#channel-text")).to_be_focused()
        draw(page, folder)
        browser.close()
    with demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1100, "height": 860})
        page.goto(url)
        expect(page.locator("#sidebar .presence.on")).to_be_visible()
        expect(page.locator("#channel-text")).to_be_focused()
        draw_registering(page, folder)
        browser.close()
    with (
        tempfile.TemporaryDirectory() as sources,
        demo("--registry", two_sources(Path(sources)), ASSISTANT_TRUST="registry.yaml") as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1100, "height": 660})
        page.goto(url)
        expect(page.locator("#banner")).not_to_contain_text("not connected")
        expect(page.locator("#channel-text")).to_be_focused()
        draw_conflict(page, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
