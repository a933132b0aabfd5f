"""Every page, in a real browser: readable by everybody, light, and honest without JavaScript.

A page joins by its row in tests/declared.py.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.declared import PAGES

pytestmark = pytest.mark.django_db
LOOKED_AT = [page for page in PAGES if page.look_as and page.get]
AXE = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "preload": False,
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "preload": False}


def test_every_page_is_looked_at_or_says_why_not():
    unexplained = [page.name for page in PAGES if page.get and not page.look_as and not page.why]
    assert not unexplained


@pytest.fixture(scope="module")
def places(house, django_db_blocker):
    """The arguments of each page. Some make what they name: now, so that the server sees it."""
    with django_db_blocker.unblock():
        return {page.name: page.args(house) for page in LOOKED_AT}


@pytest.fixture
def visit(house, places, browser, live):
    """visit(page, scheme="light", …): a browser of 320 px, signed in as the page's reader."""
    contexts = []

    def go(page, **options):
        context = browser.new_context(
            viewport={"width": 320, "height": 640}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        if house[page.look_as]:
            context.add_cookies([live.cookie(house[page.look_as])])
        tab = context.new_page()
        tab.errors, tab.asked, tab.weight = [], [], 0
        tab.on("console", lambda m: tab.errors.append(m.text) if m.type == "error" else None)
        tab.on("pageerror", lambda error: tab.errors.append(str(error)))
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.on("requestfinished", lambda request: _weigh(tab, request))
        tab.goto(live.url + reverse(page.name, args=places[page.name]), wait_until="load")
        return tab

    yield go
    for context in contexts:
        context.close()


def _weigh(tab, request):
    sizes = request.sizes()
    tab.weight += sizes["responseBodySize"] + sizes["responseHeadersSize"]


def violations(tab, options=AXE):
    found = Axe().run(tab, options=options).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found]


@pytest.mark.parametrize("page", LOOKED_AT, ids=lambda page: page.name)
def test_a_page_can_be_read_by_everybody(page, visit, live):
    """In the light and the dark, with JavaScript and without: two loads, for time is short."""
    tab = visit(page, color_scheme="light")
    tab.wait_for_load_state("networkidle")
    assert tab.errors == []
    foreign = [u for u in tab.asked if not u.startswith((live.url, "data:"))]
    assert foreign == []
    assert tab.weight <= page.kilobytes * 1024, f"first load {tab.weight / 1024:.0f} KB"
    assert len(tab.asked) <= 8, tab.asked
    assert tab.locator("h1").count() == 1
    assert tab.locator("main").count() == 1
    assert tab.title().endswith(" - PeerNet")
    assert len(tab.title()) > len(" - PeerNet")
    too_wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert too_wide <= 1, f"scrolls sideways by {too_wide} px"
    assert violations(tab) == []
    whole = tab.locator("body").inner_text()
    tab.emulate_media(color_scheme="dark")
    assert violations(tab, CONTRAST) == [], "in the dark only colours differ"
    plain = visit(page, java_script_enabled=False).locator("body").inner_text()
    assert len(plain) >= 0.9 * len(whole), "without JavaScript"


def test_the_checks_see_a_bad_page(browser):
    """The guard itself: a planted bad page is found out."""
    tab = browser.new_page()
    tab.set_content("<html><body><p style='color:#aaa'>faint</p><img src='data:,'><input>")
    assert violations(tab)
    tab.close()


def test_the_checks_see_what_is_faint_in_the_dark_only(browser):
    tab = browser.new_page(color_scheme="light")
    dark = "@media (prefers-color-scheme: dark) { p { color: #222; background: #111 } }"
    tab.set_content(f"<style>{dark}</style><main><h1>Words</h1><p>Some words.</p></main>")
    faint = [found for found in violations(tab) if found.startswith("color-contrast")]
    assert not faint
    tab.emulate_media(color_scheme="dark")
    assert [found for found in violations(tab) if found.startswith("color-contrast")]
    tab.close()
