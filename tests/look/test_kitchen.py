"""Every part on one page, looked at and used in a real browser."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import expect

from tests.conftest import Live
from tests.look.judge import violations
from tests.look.kitchen import kitchen

PAGE = (Path(__file__).parent / "kitchen.html").read_text()
# The spacing that a reader may set for themselves (WCAG 1.4.12).
SPACED = """
  * {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}
  p {margin-bottom: 2em !important}
"""
ADOPT = """css => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
FOCUS = (Path(__file__).parent / "focus.js").read_text()


def test_the_kitchen_shows_every_part():
    parts = engines["jinja2"].env.get_template("ui.html").module
    made = {name for name in vars(parts) if not name.startswith("_")}
    assert made - set(re.findall(r"ui\.(\w+)\(", PAGE)) <= {"logo", "errors", "once", "drawing"}


def test_each_drawing_is_light():
    for name in ("chairs", "kettle", "board"):
        svg = engines["jinja2"].from_string('{% import "ui.html" as ui %}{{ ui.drawing(name) }}')
        assert len(svg.template.render(name=name)) < 2048


def test_no_id_stands_twice_and_every_reference_leads_somewhere():
    for query in ("", "?wrong"):
        page = kitchen(RequestFactory().get(f"/kitchen/{query}")).content.decode()
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        for names in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page):
            assert set(names.split()) <= set(ids)


@pytest.fixture(scope="module")
def server():
    running = Live()
    yield running.url
    running.stop()


@pytest.fixture
def tab(server, browser, settings):
    """tab("/kitchen/", width=320, …): a page of the kitchen's server."""
    settings.ROOT_URLCONF = "tests.look.kitchen"
    contexts = []

    def go(path="/kitchen/", width=320, height=640, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.errors = []
        page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(server + path)
        return page

    yield go
    for context in contexts:
        context.close()


def sideways(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "?wrong"])
def test_everybody_can_use_every_part(tab, scheme, query):
    page = tab(f"/kitchen/{query}", color_scheme=scheme)
    assert page.errors == []
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_scrolls_sideways(tab, width):
    page = tab(width=width)
    assert sideways(page) <= 0
    page.evaluate(ADOPT, SPACED)
    assert sideways(page) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_is_seen_and_never_under_the_bar(tab, scheme):
    page = tab(color_scheme=scheme)
    for _ in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS) is None


@pytest.mark.parametrize("scripts", [True, False])
def test_a_form_that_comes_back_has_the_focus_on_what_is_wrong(tab, scripts):
    page = tab("/kitchen/?wrong", java_script_enabled=scripts)
    page.wait_for_timeout(200)
    assert page.locator(".summary:focus").count() == 1
    assert page.title().startswith("Error: ")
    page.locator(".summary a").first.click()
    assert page.locator("#id_name").evaluate("e => e === document.activeElement") or not scripts


PRESS = """(button, times) => {
  let sent = 0;
  button.form.addEventListener("submit", (event) => {
    sent += !event.defaultPrevented;
    event.preventDefault();
  });
  for (let i = 0; i < times; i++) button.click();
  return sent;
}"""


def test_pressing_twice_sends_once_and_says_so(tab):
    button = tab().locator("#plan form .button.main")
    assert button.evaluate(PRESS, 3) == 1
    assert button.inner_text() == "Sending…"
    assert button.get_attribute("aria-disabled") == "true"


def test_an_answer_shows_at_once(tab):
    page = tab()
    page.route("**/answer/", lambda route: None)  # still on its way
    page.locator("[value=maybe]").click()
    assert page.locator("[value=maybe]").get_attribute("aria-pressed") == "true"
    assert page.locator("[value=yes]").get_attribute("aria-pressed") == "false"


def test_an_answer_that_is_lost_goes_back_and_says_so(tab):
    page = tab()
    page.route("**/answer/", lambda route: route.abort())
    page.locator("[value=no]").click()
    expect(page.locator("#live")).to_contain_text("That did not reach us.")
    assert page.locator("[value=yes]").get_attribute("aria-pressed") == "true"
    assert page.locator("[value=no]").get_attribute("aria-pressed") == "false"
    assert page.locator("[value=no]").get_attribute("aria-disabled") is None


def test_the_server_can_have_something_read_out(tab):
    page = tab()
    headers = {"HX-Trigger": '{"say": "You said no."}', "Content-Type": "text/html"}
    body = '<div id="answer">You said no</div>'
    page.route("**/answer/", lambda route: route.fulfill(headers=headers, body=body))
    page.locator("[value=no]").click()
    expect(page.locator("#live")).to_have_text("You said no.")
    assert page.locator("#answer").inner_text() == "You said no"


def test_what_was_undone_too_late_has_no_button(tab):
    page = tab()
    page.clock.install()
    page.reload()
    assert page.get_by_role("button", name="Undo").count() == 1
    page.clock.fast_forward(10_000_000)
    assert page.get_by_role("button", name="Undo").count() == 0


@pytest.mark.parametrize("pasted", ["123456", " 123 456 ", "Your code is 123-456."])
def test_a_code_can_be_pasted_however_it_was_copied(tab, pasted):
    page = tab()
    field = page.locator("#id_code")
    field.focus()
    field.evaluate(
        """(field, text) => {
          const data = new DataTransfer();
          data.setData("text", text);
          const how = {clipboardData: data, bubbles: true, cancelable: true};
          field.dispatchEvent(new ClipboardEvent("paste", how));
        }""",
        pasted,
    )
    assert field.input_value() in ("123456", "123-456")


def test_keys_lead_on_until_they_are_turned_off(tab):
    page = tab()
    page.keyboard.press("/")
    assert page.locator("input[type=search]:focus").count() == 1
    page.keyboard.type("g s")  # in a field these are letters
    assert page.url.endswith("/kitchen/")
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/kitchen/#s")
    page.keyboard.press("?")
    page.get_by_label("Use these shortcuts").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("g")
    page.keyboard.press("t")
    assert page.url.endswith("#s")


def test_the_networks_list_opens_without_scripts(tab):
    page = tab(java_script_enabled=False)
    page.locator(".switch summary").click()
    assert page.get_by_role("link", name="Community Libraries").is_visible()


def test_a_low_screen_keeps_its_bar_on_top(tab):
    page = tab(width=640, height=360)
    assert page.locator(".nav").evaluate("e => getComputedStyle(e).position") == "static"
    assert page.locator(".nav").is_visible()


def test_a_page_prints_without_its_frame(tab):
    page = tab(width=1280)
    page.emulate_media(media="print")
    for part in (".nav", ".foot", "form", ".banner"):
        assert not page.locator(part).first.is_visible()
    assert page.locator("h1").is_visible()
