"""A real browser sends, shows and saves files, with scripts and without."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests import cast
from tests.look.judge import violations
from tests.networks.files.things import PDF, picture, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["with scripts", "without scripts"])
def tab(request, house, browser, live):
    """Amina's telephone, at her thread."""
    scripts = request.param == "with scripts"
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, java_script_enabled=scripts, reduced_motion="reduce"
    )
    context.add_cookies([live.cookie(house["member"])])
    tab = context.new_page()
    tab.errors, tab.scripts = [], scripts
    tab.on("console", lambda m: tab.errors.append(m.text) if "Content" in m.text else None)
    tab.goto(f"{live.url}/n/care/talk/{house.thread.pk}/")
    yield tab
    context.close()


def test_somebody_adds_a_picture_and_a_paper_to_a_reply(tab):
    photo = {"name": "tea.jpg", "mimeType": "image/jpeg", "buffer": picture(3000, 2000, "JPEG")}
    paper = {"name": "notes.pdf", "mimeType": "application/pdf", "buffer": PDF}
    zipped = {"name": "all.zip", "mimeType": "application/zip", "buffer": b"PK\x03\x04junk"}
    tab.get_by_text("Add files").click()
    tab.get_by_label("Your reply").fill("Here you are")
    tab.get_by_label("Files").set_input_files([photo, zipped])
    tab.get_by_label("What do the pictures show?").fill("A teapot")
    tab.get_by_role("button", name="Post to").click()
    expect(tab.locator(".summary")).to_contain_text("“all.zip” was not added")
    expect(tab.get_by_label("tea.jpg")).to_be_checked()
    expect(tab.get_by_label("Your reply")).to_have_value("Here you are")
    assert _faults(tab) == []
    tab.get_by_label("More files").set_input_files([paper])
    tab.get_by_role("button", name="Post to").click()
    post = tab.locator("article").last
    expect(post).to_contain_text("Here you are")
    image = post.get_by_alt_text("A teapot")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("naturalWidth", 480)
    with tab.expect_download() as saved:
        post.get_by_role("link", name="notes.pdf").click()
    assert saved.value.suggested_filename == "notes.pdf"
    assert saved.value.path().read_bytes() == PDF
    assert _faults(tab) == []
    image.click()
    tab.wait_for_url("**/files/*/")
    expect(tab.locator("img")).to_have_js_property("naturalWidth", 2560)
    assert tab.errors == []
    tab.go_back()
    post.get_by_text("More").first.click()
    post.get_by_role("link", name="Edit").click()
    expect(tab.get_by_label("What does it show?")).to_have_value("A teapot")
    assert _faults(tab) == []


def _faults(tab):
    """What axe finds, and how far the page can be moved sideways; both need scripts."""
    if not tab.scripts:
        return []
    wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
    return violations(tab) + ["too wide"] * (wide > 1)


@pytest.fixture(scope="module")
def full_thread(house, django_db_blocker):
    """Six photographs as telephones take them: grain, so that they are heavy."""
    raw = io.BytesIO()
    Image.effect_noise((640, 480), 40).save(raw, "JPEG", quality=85)
    with django_db_blocker.unblock():
        thread, post = cast.thread(house.place, house["member"], "Six pictures")
        for number in range(6):
            stored(post, house["member"], raw.getvalue(), f"{number}.jpg")
    return thread


def test_a_thread_of_pictures_is_light_and_does_not_jump(full_thread, house, browser, live):
    """A few pictures come with the page, each light; the others when they are unfolded."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    context.add_cookies([live.cookie(house["member"])])
    tab = context.new_page()
    seen = []
    tab.on("requestfinished", lambda request: seen.append((request.url, request.sizes())))
    tab.goto(f"{live.url}/n/care/talk/{full_thread.pk}/", wait_until="networkidle")
    sizes = {url: s["responseBodySize"] + s["responseHeadersSize"] for url, s in seen}
    pictures = [size for url, size in sizes.items() if url.endswith("/small/")]
    assert len(pictures) == 4
    assert max(pictures) <= 15 * 1024
    assert sum(sizes.values()) - sum(pictures) <= 61 * 1024  # a thread of many files is long
    tab.get_by_text("2 more pictures").click()
    heights = tab.evaluate("[...document.querySelectorAll('article img')].map(i => i.clientHeight)")
    context.close()
    assert len(heights) == 6
    assert min(heights) > 90  # also of those that have not come yet
