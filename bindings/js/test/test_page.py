"""The page, in headless Chromium, from file:// and offline."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from scapy.all import IP, UDP, Ether, wrpcap

PAGE = Path(os.environ["LAKE_PAGE"])
RFC9529 = json.loads((Path(__file__).parents[3] / "tests/vectors/rfc9529.json").read_text())
SIGNATURES = "Authentication with Signatures, X.509 Certificates Identified by 'x5t'"
STATIC = "Authentication with Static DH, CCS Identified by 'kid'"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=os.environ["LAKE_BROWSER"], args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="session")
def opened(browser: Browser) -> Iterator[Page]:
    """The page, which asks for nothing but itself, and makes no error."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(PAGE.as_uri())
    # Not wait_for_function: what it has to wait for it evals, and the page's policy forbids that.
    expect(page.locator("#status")).to_have_text("Ready.", timeout=120_000)
    yield page
    assert [url for url in asked if not url.startswith(("blob:", "data:"))] == [PAGE.as_uri()]
    assert errors == []


@pytest.fixture()
def page(opened: Page) -> Page:
    """The page with empty forms."""
    for form in ("explain-form", "play-form", "keys-form"):
        opened.evaluate(f"document.getElementById('{form}').reset()")
    opened.click("#tab-explain")
    opened.evaluate("document.getElementById('more-keys').open = true")
    return opened


def shown(page: Page) -> str:
    """All that the result says, with bytes as hexadecimal without spaces."""
    assert page.inner_text("#problem") == ""
    return page.evaluate("document.getElementById('result').textContent").replace(" ", "")


def figures(trace: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for message, values in trace.items():
        for name, value in values.items():
            if isinstance(value, str) and not (message == "message_1 (first time)" and name == "x"):
                yield message, name, value


@pytest.mark.parametrize(("name", "first"), [(SIGNATURES, "message_1"), (STATIC, "message_1 (second time)")])
def test_every_figure_of_rfc_9529(page: Page, name: str, first: str) -> None:
    """From the messages, the ephemeral keys and the credentials: each is in the page."""
    trace = RFC9529[name]
    messages = [trace[first]["message_1"], *(trace[f"message_{n}"][f"message_{n}"] for n in (2, 3, 4))]
    if name == STATIC:
        messages = [trace["message_1 (first time)"]["message_1"], trace["error"]["error"], *messages]
    page.fill("#hex", "\n".join(messages))
    page.fill("#ephemeral", f"{trace[first]['x']}\n{trace['message_2']['y']}")
    page.fill("#credentials", "\n".join(
        f"{trace[m][f'cred_{side}_cbor']} {trace[m][f'sk_{side}']}" for m, side in (("message_2", "r"), ("message_3", "i"))
    ))  # fmt: skip
    page.fill("#key-update", trace["Key Update"]["context_for_keyupdate"])
    page.click("#explain-form button[type=submit]")
    text = shown(page)
    found = list(figures(trace))
    assert len(found) > 80
    missing = [(message, figure) for message, figure, value in found if value not in text]
    assert missing == []
    assert "Completed,withmessage_4" in text
    if name == SIGNATURES:
        assert "Nothingisremarkable" in text
        values = dict(page.eval_on_selector_all(
            ".values tr:has(td)", "rows => rows.map(r => [r.children[0].textContent, r.children[1].textContent])"
        ))  # fmt: skip
        for label, message, figure in (("TH_2", "message_2", "th_2"), ("K_3", "message_3", "k_3"), ("PRK_out", "PRK_out and PRK_exporter", "prk_out"),
                                       ("OSCORE Master Secret", "OSCORE Parameters", "oscore_master_secret")):
            assert values[label] == trace[message][figure], "it stands where it should"


def test_plays_rfc_9529(page: Page) -> None:
    """With the inputs of the trace, both sides send its messages."""
    trace = RFC9529[SIGNATURES]
    page.click("#tab-play")
    page.select_option("#method", "0")
    page.select_option("#suite", "0")
    for side, message, letter, key, cid in (("initiator", "message_3", "i", ("message_1", "x"), ("message_1", "c_i")),
                                            ("responder", "message_2", "r", ("message_2", "y"), ("message_2", "c_r"))):
        page.select_option(f"#{side}-type", "given")
        page.select_option(f"#{side}-id", "hash")
        page.evaluate(f"document.querySelector('fieldset:has(#{side}-type) details').open = true")
        page.fill(f"#{side}-credential", trace[message][f"cred_{letter}"])
        page.fill(f"#{side}-private", trace[message][f"sk_{letter}"])
        page.fill(f"#{side}-ephemeral", trace[key[0]][key[1]])
        page.fill(f"#{side}-cid", trace[cid[0]][cid[1]])
    page.click("#play-form button[type=submit]")
    shown(page)
    assert page.inner_text("#played").split() == [trace[f"message_{n}"][f"message_{n}"] for n in (1, 2, 3, 4)]


def test_plays_every_method_with_every_suite(page: Page) -> None:
    page.click("#tab-play")
    options = "options => options.map(option => option.value)"
    methods = page.eval_on_selector_all("#method option", options)
    suites = page.eval_on_selector_all("#suite option", options)
    assert (methods, len(suites)) == (["0", "1", "2", "3", "4"], 9)
    for method in methods:
        for suite in suites:
            page.select_option("#method", method)
            page.select_option("#suite", suite)
            page.click("#play-form button[type=submit]")
            text = shown(page)
            assert "Completed,withmessage_4" in text, (method, suite)
            assert "Nothingisremarkable" in text, (method, suite)
            assert "OSCOREMasterSecret" in text
    for kind, sent in (("x509", "hash"), ("x509", "value"), ("c509", "hash"), ("ccs", "value")):
        page.select_option("#method", "0")
        page.select_option("#suite", "2")
        for side in ("initiator", "responder"):
            page.select_option(f"#{side}-type", kind)
            page.select_option(f"#{side}-id", sent)
        page.click("#play-form button[type=submit]")
        assert "Completed,withmessage_4" in shown(page), (kind, sent)


def test_a_capture_and_a_key_log(page: Page, tmp_path: Path) -> None:
    trace = RFC9529[STATIC]
    first, second = bytes.fromhex(trace["message_1 (second time)"]["message_1"]), bytes.fromhex(trace["message_2"]["message_2"])
    uri = b"\xbb.well-known\x05edhoc"
    packets = [
        Ether() / IP(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=40000, dport=5683) / (b"\x41\x02\x00\x01\x07" + uri + b"\x11\x41\xff\xf5" + first),
        Ether() / IP(src="192.0.2.2", dst="192.0.2.1") / UDP(sport=5683, dport=40000) / (b"\x61\x44\x00\x01\x07\xc1\x40\xff" + second),
    ]
    wrpcap(str(tmp_path / "run.pcap"), packets)
    columns = [trace["message_1 (second time)"]["g_x"], trace["message_2"]["prk_2e"], trace["message_2"]["th_2"], "", "", "", ""]
    page.fill("#key-log", ",".join(columns))
    page.set_input_files("#capture", str(tmp_path / "run.pcap"))
    page.wait_for_selector("#result h2")
    text = shown(page)
    assert "192.0.2.1:40000" in text
    assert "PLAINTEXT_2" in text
    assert trace["message_2"]["plaintext_2"] in text
    page.set_input_files("#capture", {"name": "no.pcap", "mimeType": "", "buffer": b"nothing"})
    expect(page.locator("#problem")).to_contain_text("neither pcap nor pcapng")


def test_diagnosis_leads_to_the_step(page: Page) -> None:
    page.fill("#hex", "0302" + "41ff" + "0a")
    page.click("#explain-form button[type=submit]")
    assert "ephemeral-key-length" in shown(page)
    page.click("#result a[href='#step-1']")
    page.click("ul.tree button:text-is('G_X')")
    assert page.inner_text(".bytes mark").split() == ["41", "ff"]
    page.fill("#hex", "no hexadecimal")
    page.click("#explain-form button[type=submit]")
    assert page.inner_text("#problem") == "line 1 is no hexadecimal: no hexadecimal"
    assert page.get_attribute("#problem", "role") == "alert"


def test_makes_keys(page: Page) -> None:
    page.click("#tab-keys")
    for kind in page.eval_on_selector_all("#kind option", "options => options.map(option => option.value)"):
        page.select_option("#kind", kind)
        page.click("#keys-form button[type=submit]")
        assert "{2:\"device\",8:" in shown(page), kind
    page.select_option("#kind", "P-256")
    page.select_option("#type", "x509")
    page.click("#keys-form button[type=submit]")
    assert "privatekey" in shown(page)


def test_keyboard_alone(page: Page) -> None:
    """Tabs by arrows, forms by Tab and Enter; the result gets the focus."""
    page.focus("#tab-explain")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-play"
    assert page.is_visible("#play") and not page.is_visible("#explain")
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.id") == "tab-keys"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "kind"
    page.focus("#name")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "result"
    page.keyboard.press("Home")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(page: Page, scheme: str) -> None:
    """What axe looks at: labels, roles, contrast, structure."""
    page.emulate_media(color_scheme=scheme)
    page.fill("#hex", "\n".join(["f50302" + "41ff" + "0a", "0202"]))
    page.click("#explain-form button[type=submit]")
    for tab in ("#tab-play", "#tab-keys", "#tab-explain"):
        page.click(tab)
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
