"""Talk in a real browser: replying, deleting and putting back, with scripts and without."""

import pytest


@pytest.fixture
def tab(browser, live, house):
    """tab("member", javascript=True): a phone, signed in as one of the house."""
    contexts = []

    def take(role, javascript=True):
        context = browser.new_context(
            viewport={"width": 320, "height": 640}, java_script_enabled=javascript
        )
        contexts.append(context)
        context.add_cookies([live.cookie(house[role])])
        page = context.new_page()
        page.goto(f"{live.url}/n/care/talk/{house.thread.pk}/")
        return page

    yield take
    for context in contexts:
        context.close()


def write(page, words):
    page.get_by_label("Your reply").fill(words)
    page.get_by_role("button", name="Post to 3 people").click()


def test_a_reply_appears_in_place_and_the_box_is_empty_again(tab):
    page = tab("member")
    before = page.url
    write(page, "In place")
    mine = page.locator("article", has_text="In place")
    mine.wait_for()
    assert page.url == before
    page.wait_for_timeout(300)
    focused = page.evaluate("document.activeElement.id")
    assert focused == mine.get_attribute("id")
    assert "Your reply is posted." in page.locator("#live").inner_text()
    assert page.get_by_label("Your reply").input_value() == ""
    write(page, "In place again")
    page.locator("article", has_text="In place again").wait_for()
    assert page.locator("article", has_text="In place").count() == 2


def test_an_empty_reply_is_answered_at_the_box_with_the_focus_on_what_is_wrong(tab):
    page = tab("member")
    write(page, " ")
    wrong = page.locator("#reply .summary")
    wrong.wait_for()
    page.wait_for_timeout(200)
    assert page.evaluate("document.activeElement.className") == "summary"
    assert page.title().startswith("Error:")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_post_is_deleted_and_put_back(tab, javascript):
    page = tab("facilitator", javascript)
    words = f"Deleted with {javascript}"
    write(page, words)
    mine = page.locator("article", has_text=words)
    mine.get_by_text("More").click()
    mine.get_by_role("button", name="Delete").click()
    undo = page.get_by_role("button", name="Undo")
    undo.wait_for()
    assert mine.count() == 0
    undo.click()
    mine.wait_for()
    assert mine.count() == 1
