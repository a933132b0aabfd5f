"""Typing in Chromium: leaving, coming back, two windows, and a sign-in that ran out."""

import pytest

from networks.drafts.models import Draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(browser, live, house):
    """device("member"): a browser of its own, signed in, at the thread."""
    contexts = []

    def take(role):
        context = browser.new_context(viewport={"width": 320, "height": 640})
        contexts.append(context)
        context.add_cookies([live.cookie(house[role])])
        return window(context)

    def window(context):
        page = context.new_page()
        page.goto(f"{live.url}/n/care/talk/{house.thread.pk}/")
        return page

    take.window = window
    yield take
    for context in contexts:
        context.close()


def box(page):
    return page.get_by_label("Your reply")


def type_on(page, words):
    box(page).press("Control+End")
    box(page).press_sequentially(words)


def saved(page):
    return page.locator("#reply .kept", has_text="Draft saved.")


def test_words_are_saved_while_typing_and_shown_on_another_device(device):
    page = device("member")
    box(page).press_sequentially("By the day")
    saved(page).wait_for()
    assert box(device("member")).input_value() == "By the day"
    # Leaving before the second is over saves, too; so does a reload.
    type_on(page, ", mostly")
    page.get_by_role("link", name="See who can read this").click()
    page.go_back()
    page.wait_for_function("document.querySelector('#id_text').value === 'By the day, mostly'")
    type_on(page, " in May")
    page.reload()
    assert box(page).input_value() == "By the day, mostly in May"
    page.get_by_role("button", name="Post to 3 people").click()
    page.locator("article", has_text="in May").wait_for()
    assert box(page).input_value() == ""
    page.reload()
    assert box(page).input_value() == ""


def test_two_windows_keep_both_texts_and_a_quote_keeps_what_was_typed(device):
    first = device("facilitator")
    second = device.window(first.context)
    for page, words in ((first, "from the first"), (second, "from the second")):
        box(page).press_sequentially(words)
        saved(page).wait_for()
    first.reload()
    assert box(first).input_value() == "from the second"
    first.get_by_text("You have 1 other draft here").click()
    assert first.locator(".others pre").inner_text() == "from the first"
    first.get_by_role("link", name="Go on with this one").click()
    first.wait_for_url("**draft=*")
    type_on(first, " window")
    first.locator("article summary").first.click()
    first.get_by_role("link", name="Quote").first.click()
    first.wait_for_url("**quote=*")
    assert "from the first window" in box(first).input_value()
    assert "> By the hour?" in box(first).input_value()


def test_when_the_sign_in_ran_out_the_words_stay_and_go_through_it(device):
    page = device("coordinator")
    page.context.clear_cookies(name="sessionid")
    box(page).press_sequentially("Typed too late")
    page.locator(".kept", has_text="You were signed out. Your words are still here").wait_for()
    assert box(page).input_value() == "Typed too late"
    page.get_by_role("button", name="Post to 3 people").click()
    page.wait_for_url("**/accounts/login/**")
    assert "what you typed will still be there" in page.inner_text("#messages")
    page.wait_for_load_state()


def test_a_save_that_did_not_reach_us_is_said_and_tried_again(device):
    page = device("coordinator")
    page.context.set_offline(True)
    box(page).press_sequentially("On the")
    page.locator(".kept", has_text="This is not saved").wait_for()
    page.context.set_offline(False)
    type_on(page, " train")
    saved(page).wait_for()
    assert Draft.objects.filter(text="On the train").exists()


def test_files_that_were_chosen_are_said_not_to_be_in_the_draft(device):
    page = device("member")
    paper = {"name": "list.csv", "mimeType": "text/csv", "buffer": b"Tea,2\n"}
    page.locator("#reply input[type=file]").set_input_files(paper)
    type_on(page, "Here it is")
    saved(page).wait_for()
    assert "Files you chose are not in it" in saved(page).inner_text()


def test_a_form_that_keeps_no_draft_asks_before_its_words_are_lost(device, house, live):
    page, asked = device("facilitator"), []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto(f"{live.url}/n/care/sessions/{house.past.pk}/notes/")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(f"**/sessions/{house.past.pk}/")
    assert asked == [], "nothing was typed"
    page.go_back()
    page.locator("textarea").press_sequentially("We shared the key.")
    page.get_by_role("link", name="Cancel").click(no_wait_after=True)
    page.wait_for_function("document.querySelector('textarea').value === 'We shared the key.'")
    page.get_by_role("button", name="Save the notes").click()
    page.wait_for_url(f"**/sessions/{house.past.pk}/")
    assert asked == ["beforeunload"], "asked once, and not when it is saved"
