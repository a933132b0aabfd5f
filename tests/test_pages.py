"""Every page, in a real browser: readable by everybody, light, and honest without JavaScript.

A page joins by its row in tests/declared.py.
"""

import pytest
from django.urls import reverse

from tests.declared import PAGES
from tests.look.judge import violations

pytestmark = pytest.mark.django_db
LOOKED_AT = [page for page in PAGES if page.look_as and page.get]


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
    """visit(page): a browser of 320 px that has nothing kept, signed in as the page's reader."""
    contexts = []

    def go(page):
        tab = opened(browser, live, house[page.look_as], color_scheme="light")
        contexts.append(tab.context)
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


@pytest.fixture(scope="module")
def plain(house, browser, live):
    """plain(page, address): its words without JavaScript, in a browser that each reader keeps."""
    tabs = {}

    def words(page, address):
        if page.look_as not in tabs:
            person = house[page.look_as]
            tabs[page.look_as] = opened(browser, live, person, java_script_enabled=False)
        tabs[page.look_as].goto(address, wait_until="load")
        return tabs[page.look_as].locator("body").inner_text()

    yield words
    for tab in tabs.values():
        tab.context.close()


def opened(browser, live, person, **options):
    """A tab of a telephone's width."""
    size = {"width": 320, "height": 640}
    context = browser.new_context(viewport=size, reduced_motion="reduce", **options)
    if person:
        context.add_cookies([live.cookie(person)])
    return context.new_page()


def _weigh(tab, request):
    sizes = request.sizes()
    tab.weight += sizes["responseBodySize"] + sizes["responseHeadersSize"]


@pytest.mark.parametrize("page", LOOKED_AT, ids=lambda page: page.name)
def test_a_page_can_be_read_by_everybody(page, visit, plain, live):
    """In the light and the dark, with JavaScript and without: two loads, for time is short."""
    tab = visit(page)
    bare = plain(page, tab.url)  # meanwhile the page settles
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
    assert violations(tab, only="color-contrast") == [], "in the dark only colours differ"
    assert len(bare) >= 0.9 * len(whole), "without JavaScript"


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
    assert not violations(tab, only="color-contrast")
    tab.emulate_media(color_scheme="dark")
    assert violations(tab, only="color-contrast")
    tab.close()
