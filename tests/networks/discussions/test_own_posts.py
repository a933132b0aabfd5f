"""Changing and deleting what one has said."""

import re
from datetime import timedelta

import pytest

from networks.discussions import actions, queries
from networks.discussions.models import Post, Thread
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


@pytest.fixture
def bo(place):
    return cast.member(place, "Bo Dale")


def page_of(post, *deed):
    here = f"/n/{post.network.slug}/talk/{post.thread_id}/"
    return here + "".join(f"{part}/" for part in ("posts", post.pk, *deed))


def thread_page(post):
    return f"/n/{post.network.slug}/talk/{post.thread_id}/"


def kept_in(answer):
    """What the Undo button of a page carries."""
    return re.search(r'name="kept" value="([^"]+)"', answer.content.decode())[1]


def was_in(answer):
    return re.search(r'name="was" value="([^"]+)"', answer.content.decode())[1]


def test_a_changed_post_says_that_it_was_edited(signed_in, place, ann):
    _thread, post = cast.thread(place, ann)
    client = signed_in(ann)
    form = client.get(page_of(post))
    assert "By the hour?" in form.content.decode()
    answer = client.post(page_of(post), {"text": "By the *day*?", "was": was_in(form)})
    page = client.get(answer.url).content.decode()
    assert "<p>By the <em>day</em>?</p>" in page
    assert "By the hour?" not in page
    assert "edited" in page


def test_saving_without_a_change_is_no_edit(signed_in, place, ann):
    _thread, post = cast.thread(place, ann)
    signed_in(ann).post(page_of(post), {"text": post.text, "was": "0"})
    post.refresh_from_db()
    assert post.edited_at is None


def test_an_edit_that_cannot_be_saved_keeps_what_was_typed(signed_in, place, ann):
    _thread, post = cast.thread(place, ann)
    client = signed_in(ann)
    for words in ("", " \n", "x" * 20_001):
        answer = client.post(page_of(post), {"text": words, "was": "0"})
        assert answer.status_code == 422
        assert "There is a problem" in answer.content.decode()
        assert words.strip() in answer.content.decode()
    post.refresh_from_db()
    assert post.text == "By the hour?"


def test_a_post_changed_in_another_window_shows_both_texts(signed_in, place, ann):
    _thread, post = cast.thread(place, ann)
    client = signed_in(ann)
    was = was_in(client.get(page_of(post)))
    client.post(page_of(post), {"text": "From the other window", "was": was})
    answer = client.post(page_of(post), {"text": "From this window", "was": was})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "changed in another window" in page
    assert "<pre>From the other window</pre>" in page
    assert "From this window</textarea>" in page
    # Seen and sent again, it replaces the newer text.
    answer = client.post(page_of(post), {"text": "From this window", "was": was_in(answer)})
    assert answer.status_code == 302
    post.refresh_from_db()
    assert post.text == "From this window"


def test_nobody_changes_what_somebody_else_said(signed_in, place, ann):
    _thread, post = cast.thread(place, ann)
    for person in (cast.member(place, "Bo"), cast.coordinator(place), cast.facilitator(place)):
        client = signed_in(person)
        assert client.get(page_of(post)).status_code == 403
        assert client.post(page_of(post), {"text": "Mine now"}).status_code == 403
        assert client.post(page_of(post, "delete")).status_code == 403
        assert client.post(page_of(post, "restore"), {"kept": "x"}).status_code == 404
        assert "Edit" not in client.get(thread_page(post)).content.decode()
    post.refresh_from_db()
    assert post.text == "By the hour?"


def test_a_deleted_post_leaves_its_place_and_no_words(signed_in, place, ann, bo):
    thread, first = cast.thread(place, ann)
    last = actions.reply(thread, words="Uniquewords", by=bo)
    client = signed_in(bo)
    answer = client.post(page_of(last, "delete"))
    assert "Your post is deleted" in answer.content.decode()
    last.refresh_from_db()
    assert (last.text, last.html) == ("", "")
    page = client.get(thread_page(first)).content.decode()
    assert "Uniquewords" not in page
    assert "This post was deleted by its writer." in page
    row = queries.threads(place.rooms.visible_to(ann), ann)[0]
    assert (row.last_by, row.when, row.replies) == ("Ann Lee", first.posted_at, 1)
    assert client.get(page_of(last)).status_code == 404


def test_with_htmx_a_deleted_post_gives_way_to_the_undo_button_alone(signed_in, place, ann):
    _thread, first = cast.thread(place, ann)
    answer = signed_in(ann).post(page_of(first, "delete"), headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert kept_in(answer)


def test_a_deletion_can_be_undone_from_the_page_that_says_so(signed_in, place, ann, bo):
    thread, _first = cast.thread(place, ann)
    last = actions.reply(thread, words="Said & *meant*", by=bo)
    was_said_at = last.posted_at
    client = signed_in(bo)
    kept = kept_in(client.post(page_of(last, "delete")))
    answer = client.post(page_of(last, "restore"), {"kept": kept})
    assert "<p>Said &amp; <em>meant</em></p>" in client.get(answer.url).content.decode()
    thread.refresh_from_db()
    last.refresh_from_db()
    assert (last.text, last.posted_at, last.deleted_at) == ("Said & *meant*", was_said_at, None)
    assert (thread.posts_count, thread.last_post_id, thread.last_post_at) == (
        2, last.pk, was_said_at,
    )  # fmt: skip


def test_the_last_post_takes_its_thread_and_title_with_it_and_undo_brings_both_back(
    signed_in, place, ann
):
    _thread, post = cast.thread(place, ann, title="Uniquetitle")
    client = signed_in(ann)
    answer = client.post(page_of(post, "delete"))
    assert "it is gone as well" in answer.content.decode()
    assert Thread.objects.get().title == ""
    assert client.get(thread_page(post)).status_code == 404
    assert "No threads yet" in client.get(f"/n/{place.slug}/talk/").content.decode()
    # A second press of Delete finds nothing, a press of Undo finds it all.
    assert client.post(page_of(post, "delete")).status_code == 404
    client.post(page_of(post, "restore"), {"kept": kept_in(answer)})
    page = client.get(thread_page(post)).content.decode()
    assert "Uniquetitle" in page
    assert "By the hour?" in page


@pytest.mark.parametrize("kept", ["", "x", "another post's", "yesterday's"])
def test_what_does_not_carry_the_deleted_words_undoes_nothing(
    signed_in, place, ann, bo, kept, travel
):
    thread, first = cast.thread(place, ann)
    other = actions.reply(thread, words="Another", by=ann)
    client = signed_in(ann)
    others = kept_in(client.post(page_of(other, "delete")))
    mine = kept_in(client.post(page_of(first, "delete")))
    if kept == "yesterday's":
        travel(clock.now() + timedelta(hours=25))
    kept = {"another post's": others, "yesterday's": mine}.get(kept, kept)
    answer = client.post(page_of(first, "restore"), {"kept": kept})
    assert answer.status_code == 422
    assert Post.objects.get(pk=first.pk).text == ""


def test_a_post_erased_meanwhile_gives_back_the_words_of_its_edit(signed_in, place, ann, bo):
    thread, _first = cast.thread(place, bo)
    post = actions.reply(thread, words="Mine", by=ann)
    client = signed_in(ann)
    actions.delete(post, by=ann)
    answer = client.post(page_of(post), {"text": "A better way to say it", "was": "0"})
    assert answer.status_code == 404
    assert "A better way to say it" in answer.content.decode()
