"""Draws the README's pictures from the running demonstration: `make pictures`."""

from __future__ import annotations

import sys
from pathlib import Path

from demo import CHROMIUM, chromium, demo
from playwright.sync_api import Page, expect, sync_playwright


def write(page: Page, text: str) -> None:
    box = page.locator("#channel-text")
    box.fill(text)
    box.press("Escape")
    box.press("Enter")


def draw(page: Page, folder: Path) -> None:
    """Draw a question in a thread, a wrong name, a form, what facts suggest, what somebody suggests, and a decision."""
    main, modal = page.locator("#main"), page.locator("#modal")
    write(page, "@assistant chekout-api is throwing 502s again, who owns it?")
    main.get_by_role("button", name="1 reply").click()
    expect(page.locator("#thread")).to_contain_text("is owned by")
    page.mouse.move(0, 0)
    page.screenshot(path=folder / "owner.png")

    page.keyboard.press("Escape")
    write(page, "/who-owns ledger-sync")
    expect(main).to_contain_text("There is no component called")
    page.screenshot(path=folder / "did-you-mean.png")

    write(page, "/onboard ledger")
    modal.get_by_label("Team that owns it").select_option("Payments")
    modal.get_by_label("Kind").fill("service")
    modal.get_by_role("button", name="Register").click()
    expect(modal.get_by_role("alert")).to_be_visible()
    page.screenshot(path=folder / "onboarding.png")

    page.keyboard.press("Escape")
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


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1100, "height": 660})
        page.goto(url)
        expect(page.locator("#channel-text")).to_be_focused()
        draw(page, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
