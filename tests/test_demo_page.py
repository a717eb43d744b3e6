"""The live pages in a real browser, without a network: sliders, buttons, touch, keys, small screens, accessibility."""

import os
import shutil
import time

import pytest

import rpe

pytestmark = pytest.mark.browser

SCREENS = {"laptop": (1366, 768), "phone": (390, 844)}
# Milliseconds from a moved slider to the changed page.
PATIENCE = 50


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = os.environ.get("RPE_PAGES") or rpe.demos.write(tmp_path_factory.mktemp("pages") / "pages.html")
    return f"file://{os.path.abspath(path)}"


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    where = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=where, args=flags)
        yield browser
        browser.close()


@pytest.fixture(params=SCREENS)
def page(request, browser, address):
    width, height = SCREENS[request.param]
    phone = request.param == "phone"
    context = browser.new_context(viewport={"width": width, "height": height}, has_touch=phone, offline=True)
    shown = context.new_page()
    complaints = []
    shown.on("console", lambda said: said.type in ("error", "warning") and complaints.append(said.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("request", lambda asked: asked.url.startswith("http") and complaints.append(asked.url))
    shown.goto(address)
    shown.evaluate("window.ready")
    yield shown
    assert not complaints
    context.close()


def sections(page):
    return [page.locator("section").nth(i) for i in range(page.locator("section").count())]


def drawn(section):
    return section.locator(".chart svg").first.inner_html()


def practised(page, section):
    """Move what plays one on: before the first repetition, no rate of learning shows."""
    page.evaluate(
        "key => { const page = pages.find((page) => page.packed.key === key);"
        " page.at[page.packed.sliders.findIndex((slider) => slider.plays)] = 2; page.show(); }",
        section.get_attribute("id"),
    )


def test_every_slider_and_menu_changes_words_and_curves(page):
    assert len(sections(page)) == 5
    for section in sections(page):
        for slider in section.locator("input[type=range]").all():
            practised(page, section)
            before, told = drawn(section), slider.get_attribute("aria-valuetext")
            answer = section.locator(".answer").inner_text()
            slider.focus()
            page.keyboard.press("Home" if slider.input_value() != "0" else "End")
            assert slider.get_attribute("aria-valuetext") != told
            assert section.locator(f"output[for={slider.get_attribute('id')}]").inner_text() in slider.get_attribute(
                "aria-valuetext"
            )
            assert drawn(section) != before, slider.get_attribute("id")
            section.locator(".reset").click()
            practised(page, section)
            assert section.locator(".answer").inner_text() == answer
        section.locator(".reset").click()
        for menu in section.locator("select").all():
            practised(page, section)
            answer = section.locator(".answer").inner_text()
            menu.select_option(index=menu.locator("option").count() - 1)
            assert section.locator(".answer").inner_text() != answer
            section.locator(".reset").click()
            practised(page, section)
            assert section.locator(".answer").inner_text() == answer


def test_presets_set_what_they_name(page):
    section = page.locator("#nanomolar")
    section.get_by_role("button", name="Practised", exact=True).click()
    assert section.locator("output[for=nanomolar-n]").inner_text() == "300"
    assert "none of the five wins" in section.locator(".answer").inner_text()
    section.get_by_role("button", name="Another theory").click()
    assert section.locator("#nanomolar-theory option:checked").inner_text() == "value decay"
    section.locator(".reset").click()
    assert "each of the five wins" in section.locator(".answer").inner_text()


def test_play_moves_and_pauses(page):
    section = page.locator("#nanomolar")
    slider, play = section.locator("#nanomolar-n"), section.locator(".play")
    play.click()
    page.wait_for_function("document.getElementById('nanomolar-n').value > 1")
    play.click()
    assert play.get_attribute("aria-pressed") == "false"
    stopped = slider.input_value()
    time.sleep(1.2)
    assert slider.input_value() == stopped


def test_mouse_and_touch_move_a_slider(page):
    slider = page.locator("#micro-wins-k")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    before = slider.input_value()
    at = box["x"] + box["width"] * 0.1, box["y"] + box["height"] / 2
    if page.viewport_size["width"] < 500:
        page.touchscreen.tap(*at)
    else:
        page.mouse.click(*at)
    assert slider.input_value() != before


def test_nothing_runs_off_the_screen(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    for part in page.locator("section input, section select, section button, .chart svg").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page.viewport_size["width"] + 1


def test_a_moved_slider_shows_at_once(page):
    times = page.evaluate("""() => pages.map((page) => {
        const n = page.packed.sliders[0].texts.length, began = performance.now();
        for (let i = 0; i < 10; i++) { page.at[0] = (page.at[0] + 1) % n; page.show(); }
        return (performance.now() - began) / 10;
    })""")
    assert max(times) < PATIENCE


def test_accessibility(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert not [each["id"] for each in found if each["impact"] in ("serious", "critical")]
