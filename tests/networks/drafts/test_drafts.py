"""What somebody types is kept, by nobody's fault lost, and seen by nobody else."""

import html
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from networks.discussions import actions as talk
from networks.discussions.models import Post, RoomKind, Thread
from networks.drafts import actions
from networks.drafts.models import Draft
from networks.drafts.rules import MOST
from networks.drafts.tasks import tick_old_drafts
from networks.membership.actions import leave
from peernet.lib import clock
from tests import cast
from tests.members.privacy.archives import download

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network("Libraries")


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


@pytest.fixture
def thread(place, ann):
    return cast.thread(place, cast.coordinator(place))[0]


def text(answer):
    return html.unescape(" ".join(answer.content.decode().split()))


def waiting():
    return sorted(Draft.objects.waiting().values_list("text", flat=True))


class Box:
    """A write box in one window, as the script in the browser uses it."""

    def __init__(self, client, page, save):
        self.client, self.page, self.save_at = client, page, save
        found = client.get(page).content.decode()
        self.fields = {
            name: re.search(rf'name="{name}" value="([^"]*)"', found)[1]
            for name in ("once", "draft", "version", "turn")
        }
        shown = re.search(r"<textarea name=\"text\"[^>]*>\n?(.*?)</textarea>", found, re.S)
        self.text = html.unescape(shown[1]).strip()

    def send(self, words, **more):
        self.fields["turn"] = int(self.fields["turn"]) + 1
        return self.late(words, self.fields["turn"], **more)

    def late(self, words, turn, **more):
        """A saving that left the window when it had sent `turn` times."""
        told = self.client.post(self.save_at, self.fields | {"text": words, "turn": turn} | more)
        made = told.json() if told.status_code == 200 else {}
        if "draft" in made:
            self.fields |= {"draft": made["draft"], "version": made["version"]}
        return told

    def post(self, words):
        self.fields["turn"] = int(self.fields["turn"]) + 1
        return self.client.post(self.page, self.fields | {"text": words})


@pytest.fixture
def window(client, place, ann, thread):
    """window(): the thread opened once more, on this device or another."""

    def open_one():
        mine = Client()
        mine.force_login(ann, backend="allauth.account.auth_backends.AuthenticationBackend")
        page = f"/n/{place.slug}/talk/{thread.pk}/"
        return Box(mine, page, f"/n/{place.slug}/talk/drafts/?thread={thread.pk}")

    return open_one


def test_what_was_typed_is_there_again_on_any_device(window):
    assert window().text == ""
    assert window().send("By the day, mostly\r\nin winter").status_code == 200
    assert window().text == "By the day, mostly\nin winter"


def test_a_posted_reply_leaves_no_draft_and_no_word_of_one(window):
    box = window()
    box.send("By the day")
    box.post("By the day, and more")
    assert Post.objects.latest("pk").text == "By the day, and more"
    assert waiting() == []
    assert set(Draft.objects.values_list("title", "text")) == {("", "")}
    assert window().text == ""


def test_a_saving_that_arrives_after_the_post_brings_nothing_back(window):
    box = window()
    box.send("By the d")
    late = dict(box.fields)
    box.post("By the day")
    box.fields = late
    box.late("By the da", turn=int(late["turn"]))
    assert waiting() == []
    second = window()  # also when the first saving of all is the one that comes late
    second.fields["turn"] = 1
    second.post("Again")
    second.late("Agai", turn=1)
    assert waiting() == []


def test_savings_that_overtake_one_another_keep_the_last(window):
    box = window()
    box.late("one two three", turn=3)
    box.late("one two", turn=2)
    assert waiting() == ["one two three"]


def test_two_windows_never_overwrite_one_another_and_both_texts_are_shown(window):
    first, second = window(), window()
    first.send("from the phone")
    second.send("from the desk")
    assert waiting() == ["from the desk", "from the phone"]
    third, fourth = window(), window()
    third.send("from the desk, more")
    fourth.send("an old page")
    first.send("from the phone, more")
    assert waiting() == ["an old page", "from the desk, more", "from the phone, more"]
    page = text(third.client.get(third.page))
    assert "You have 2 other drafts here" in page
    for words in waiting():
        assert words in page


def test_a_draft_that_grew_in_another_window_outlives_the_post_of_its_older_form(window):
    first, second = window(), window()
    first.send("begun")
    second = window()
    second.send("begun, and gone on with")
    first.post("begun")
    assert waiting() == ["begun, and gone on with"]


def test_the_same_words_in_two_windows_are_one_draft(window):
    first, second = window(), window()
    first.send("the same")
    second.send("the same")
    assert waiting() == ["the same"]


def test_an_emptied_box_is_no_draft(window):
    box = window()
    box.send("a slip")
    box.send("  \n ")
    assert waiting() == []
    assert window().text == ""


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_without_javascript_a_post_that_fails_is_kept(window, headers):
    box = window()
    words = "x" * 20_001
    answer = box.client.post(box.page, box.fields | {"text": words}, headers=headers)
    assert answer.status_code == 422
    assert waiting() == [words]
    assert window().text == words
    shorter = dict(re.findall(r'name="(once|draft|version|turn)" value="([^"]*)"', text(answer)))
    box.client.post(box.page, shorter | {"text": "Shorter"})
    assert waiting() == []


def test_a_new_thread_is_kept_with_its_title_and_room(window, place, ann):
    visits = place.rooms.create(name="Visits")
    box = window()
    base = f"/n/{place.slug}/talk/"
    box.client.post(f"{base}drafts/", {"title": "Who comes", "text": "In May", "room": visits.pk})
    for page in (base, f"{base}new/", f"{base}rooms/{visits.pk}/"):
        found = text(box.client.get(page))
        assert "In May" in found
        assert 'value="Who comes"' in found
    assert re.search(rf'value="{visits.pk}"[^>]* checked', text(box.client.get(base)))
    answer = box.client.post(f"{base}new/", {"title": "", "text": "In June", "room": visits.pk})
    assert answer.status_code == 422
    assert waiting() == ["In June", "In May"]


def test_a_draft_for_a_trusted_room_shows_only_in_that_room(window, place, ann):
    rants = place.rooms.create(name="Rants", kind=RoomKind.TRUSTED)
    base = f"/n/{place.slug}/talk/"
    client = window().client
    words = {"title": "Canarytitle", "text": "Canarywords", "room": rants.pk}
    client.post(f"{base}drafts/", words)
    private = talk.start_thread(rants, title="Canarythread", words="w", by=ann)
    client.post(f"{base}drafts/?thread={private.pk}", {"text": "Canaryreply"})
    for page in (base, f"{base}new/", "/drafts/", "/"):
        assert "Canary" not in text(client.get(page))
    listed = client.get("/drafts/").content.decode()
    ways = [html.unescape(way) for way in re.findall(r'href="([^"]+draft=\d+[^"]*)"', listed)]
    found = [text(client.get(way)) for way in ways]
    assert ["Canaryreply" in page for page in found] == [True, False]
    assert "Canarywords" in found[1]
    assert re.search(r"Start a thread</h1>.*“Rants” can read this", found[1])


def test_drafts_are_listed_gone_on_with_discarded_and_taken_back(window, thread):
    box = window()
    box.send("By the day")
    page = text(box.client.get("/drafts/"))
    assert "A reply in “How do you charge for room hire?”" in page
    assert "By the day" in page
    draft = Draft.objects.get()
    assert f'href="{box.page}?draft={draft.pk}#reply"' in page
    box.client.post(f"/drafts/{draft.pk}/discard/")
    assert f'action="/drafts/{draft.pk}/restore/"' in text(box.client.get("/drafts/"))
    assert "No drafts" in text(box.client.get("/drafts/"))
    assert window().text == ""
    box.client.post(f"/drafts/{draft.pk}/restore/")
    assert window().text == "By the day"


def test_a_discarded_draft_that_is_still_written_in_elsewhere_comes_back(window):
    box = window()
    box.send("By the day")
    box.client.post(f"/drafts/{Draft.objects.get().pk}/discard/")
    box.send("By the day")
    assert waiting() == []
    box.send("By the day, and on")
    assert waiting() == ["By the day, and on"]


def test_nobody_else_reads_writes_or_throws_away_a_draft(window, signed_in, place, thread):
    box = window()
    box.send("Canarydraft")
    draft = Draft.objects.get()
    other = signed_in(cast.coordinator(place, "Eve Other"))
    for address in ("/drafts/", box.page, f"{box.page}?draft={draft.pk}", f"/n/{place.slug}/log/"):
        assert "Canarydraft" not in text(other.get(address))
    for deed in ("discard", "restore"):
        assert other.post(f"/drafts/{draft.pk}/{deed}/").status_code == 404
    other.post(box.save_at, box.fields | {"text": "mine", "turn": 99})
    draft.refresh_from_db()
    assert draft.text == "Canarydraft"


def test_who_may_no_longer_read_the_thread_still_has_the_draft(window, ann, place, thread):
    box = window()
    box.send("What I meant to say")
    leave(place, by=ann)
    Thread.objects.update(title="Canarytitle")
    page = text(box.client.get("/drafts/"))
    assert "A reply in a thread you can no longer read" in page
    assert "What I meant to say" in page
    assert "Canarytitle" not in page
    assert box.send("more").status_code == 404
    copy = download(box.client).read("data.json")
    parts = {part["kind"]: part["rows"] for part in json.loads(copy)["parts"]}
    assert parts["networks.Draft"][0]["text"] == "What I meant to say"


def test_signed_out_the_script_is_told_and_nothing_is_asked(window, client):
    box = window()
    assert client.post(box.save_at, box.fields | {"text": "x"}).status_code == 401
    assert "sessionid" not in client.cookies


def test_words_typed_through_a_sign_in_stand_first_and_lose_to_no_older_draft(window):
    box = window()
    box.send("begun")
    saved, page = dict(box.fields), box.page
    box.client.logout()
    assert box.client.post(page, saved | {"text": "begun, and ended"}).status_code == 302
    other = window()
    other.send("written elsewhere meanwhile")
    box.client.force_login(
        Draft.objects.get().person, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    again = Box(box.client, page, box.save_at)
    assert again.text == "begun, and ended"
    again.send("begun, and ended")
    assert waiting() == ["begun, and ended", "written elsewhere meanwhile"]


def test_too_long_and_too_many_are_answered_with_a_sentence(window, place, ann, thread):
    box = window()
    answer = box.send("x" * 40_001)
    assert (answer.status_code, waiting()) == (422, [])
    assert "too long to be kept as a draft" in answer.json()["said"]
    Draft.objects.bulk_create(
        Draft(network=place, person=ann, text=f"{n}", box=uuid4()) for n in range(MOST)
    )
    answer = box.send("one more")
    assert answer.status_code == 422
    assert "which is the most we keep" in answer.json()["said"]
    answer = box.post("")  # and a reply that fails is still a page with what is wrong
    assert answer.status_code == 422


@pytest.mark.parametrize("days", [89, 91])
def test_a_draft_is_forgotten_ninety_days_after_it_was_last_written_in(window, travel, days):
    window().send("Old words")
    travel(clock.now() + timedelta(days=days))
    tick_old_drafts()
    assert Draft.objects.exists() == (days < 90)


def test_what_was_discarded_is_forgotten_after_a_day(window, ann, travel):
    window().send("Old words")
    actions.discard(Draft.objects.get(), by=ann)
    tick_old_drafts()
    assert Draft.objects.exists()
    travel(clock.now() + timedelta(days=1, minutes=1))
    tick_old_drafts()
    assert not Draft.objects.exists()


def test_a_quote_stands_below_the_draft_and_names_nobody(window, place, thread):
    post = Post.objects.get()
    box = window()
    box.send("My own words")
    page = f"{box.page}?before={post.pk + 1}&quote={post.pk}"
    quoted = Box(box.client, page, box.save_at).text
    assert quoted.startswith("My own words\n\n> By the hour?\n> [This was said here](/n/")
    box.client.post(box.page, {"text": quoted})
    said = Post.objects.latest("pk")
    assert f"?before={post.pk + 1}#post-{post.pk}" in said.html
    assert "<blockquote>" in said.html
    assert Box(box.client, f"{box.page}?quote={post.pk + 99}", box.save_at).text == "My own words"
