"""Takes the pictures of the page that stand in docs/testers.md: `test.sh <build folder> pictures`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

PAGE = Path(os.environ["LAKE_PAGE"])
RFC9529 = json.loads((Path(__file__).parents[3] / "tests/vectors/rfc9529.json").read_text())
TRACE = RFC9529["Authentication with Static DH, CCS Identified by 'kid'"]
WIDTH, HEIGHT = 1000, 800


def explained(page: Page) -> None:
    """The second trace of RFC 9529, with the ephemeral keys and the credentials."""
    first = TRACE["message_1 (second time)"]
    page.fill("#hex", "\n".join([first["message_1"], *(TRACE[f"message_{n}"][f"message_{n}"] for n in (2, 3, 4))]))
    page.evaluate("document.getElementById('more-keys').open = true")
    page.fill("#ephemeral", f"{first['x']}\n{TRACE['message_2']['y']}")
    page.fill("#credentials", "\n".join(
        f"{TRACE[m][f'cred_{side}_cbor']} {TRACE[m][f'sk_{side}']}" for m, side in (("message_2", "r"), ("message_3", "i"))
    ))  # fmt: skip
    page.click("#explain-form button[type=submit]")


def diagnosed(page: Page) -> None:
    """A message_1 whose G_X is one byte long."""
    page.evaluate("document.getElementById('explain-form').reset()")
    page.fill("#hex", "0302" + "41ff" + "0a")
    page.click("#explain-form button[type=submit]")


def played(page: Page) -> None:
    page.click("#tab-play")
    page.select_option("#method", "3")
    page.select_option("#suite", "2")
    page.click("#play-form button[type=submit]")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["LAKE_BROWSER"], args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(PAGE.as_uri())
        expect(page.locator("#status")).to_have_text("Ready.", timeout=120_000)
        for name, scene in (("explain", explained), ("diagnosis", diagnosed), ("play", played)):
            scene(page)
            page.wait_for_selector("#result h2")
            place = page.locator("#result").bounding_box()
            assert place
            scrolled = page.evaluate("window.scrollY")
            page.screenshot(path=folder / f"{name}.png", full_page=True, clip={
                "x": 0, "y": place["y"] + scrolled, "width": WIDTH, "height": min(HEIGHT, place["height"] + 16),
            })  # fmt: skip
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
