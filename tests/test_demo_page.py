"""The page of demos in a real browser: it loads, a slider moves, the curve changes, nothing complains."""

import re
import shutil
import socket
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address():
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "rpe", "demo", "--no-browser", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield waited_for(port, server)
    finally:
        server.terminate()
        server.wait(timeout=30)


def waited_for(port, server):
    for _ in range(240):
        try:
            socket.create_connection(("localhost", port), timeout=5).close()
        except OSError:
            assert server.poll() is None, "the server ended"
            time.sleep(0.25)
        else:
            return f"http://localhost:{port}/"
    raise AssertionError("the server does not answer")


@pytest.fixture(scope="module")
def page(address):
    from playwright.sync_api import sync_playwright

    where = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=where, args=flags)
        shown = browser.new_page(viewport={"width": 1200, "height": 1600})
        shown.complaints = []
        shown.on("console", lambda said: said.type == "error" and shown.complaints.append(said.text))
        shown.on("pageerror", lambda error: shown.complaints.append(str(error)))
        shown.on("requestfailed", lambda asked: shown.complaints.append(asked.url))
        shown.goto(address, timeout=120_000)
        shown.locator("p[role=status]").nth(1).wait_for(timeout=120_000)
        yield shown
        browser.close()


def move(page, demo, name, key):
    """Press a key on a slider; return sentence and picture before and after."""
    figure, sentence = page.locator("img").nth(demo), page.locator("p[role=status]").nth(demo)
    before = sentence.inner_text(), figure.get_attribute("src")
    slider = page.locator(".widget-slider", has_text=name).locator(".noUi-handle")
    slider.focus()
    page.keyboard.press(key)
    page.wait_for_function("([at, was]) => document.querySelectorAll('img')[at].src != was", arg=[demo, before[1]])
    return before, (sentence.inner_text(), figure.get_attribute("src"))


@pytest.mark.parametrize(
    ("demo", "name", "key"),
    [(0, "learning rate", "PageDown"), (0, "reward probability", "ArrowLeft"), (1, "number of goals", "ArrowRight")],
)
def test_a_slider_moves_the_curve(page, demo, name, key):
    before, after = move(page, demo, name, key)
    assert before[0] != after[0]
    assert before[1] != after[1]
    # Numbers stand in the words for those who cannot see the curve.
    assert re.findall(r"\d", page.locator("img").nth(demo).get_attribute("alt"))


def test_values_are_shown_to_four_digits(page):
    shown = page.locator(".widget-slider", has_text="discount rate k").locator(".widget-readout").inner_text()
    assert shown == "0.08000"


def test_the_browser_has_nothing_to_complain_of(page):
    assert not page.complaints
