"""Starting a thread and replying: through the pages, as members do it."""

import pytest

from networks.discussions import actions
from networks.discussions.models import Post, ReadMark, RoomKind, Thread
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


def address(place, *parts):
    return "/".join([f"/n/{place.slug}/talk", *(str(part) for part in parts), ""])


def test_talk_without_a_thread_says_why_and_gives_the_first_step(signed_in):
    place = cast.network()
    page = signed_in(cast.member(place)).get(address(place)).content.decode()
    assert "No threads yet" in page
    assert f'href="{address(place, "new")}"' in page


def test_the_writer_sees_who_can_read_it_before_posting(signed_in):
    place = cast.network("Libraries")
    for name in ("Bo", "Cy"):
        cast.member(place, name)
    cast.former_member(place)
    client = signed_in(cast.member(place))
    for page in (address(place), address(place, "new")):
        words = client.get(page).content.decode()
        assert (
            "Only the 3 members of Libraries can read this. People who join later: can read it too."
            in words
        )
        assert "Post to 3 people" in words


def test_a_member_starts_a_thread_and_another_replies(client):
    place = cast.network()
    ann, bo = cast.member(place, "Ann Lee"), cast.member(place, "Bo Dale")
    client.force_login(ann, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post(
        address(place, "new"), {"title": "  Room   hire\n?", "text": "What do *you* charge?"}
    )
    thread = Thread.objects.get()
    assert answer.url == address(place, thread.pk)
    assert thread.title == "Room hire ?"

    client.force_login(bo, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(answer.url).content.decode()
    assert "<p>What do <em>you</em> charge?</p>" in page
    answer = client.post(address(place, thread.pk), {"text": "Ten pounds"})
    reply = Post.objects.latest("pk")
    assert answer.url.endswith(f"#post-{reply.pk}")

    words = client.get(address(place)).content.decode()
    assert "Bo Dale replied just now · 1 reply" in words
    thread.refresh_from_db()
    assert (thread.posts_count, thread.last_post_id) == (2, reply.pk)
    assert thread.last_post_at == reply.posted_at


def test_posts_stand_oldest_first_with_their_writers(signed_in):
    place = cast.network()
    ann = cast.member(place, "Ann Lee")
    thread, _first = cast.thread(place, ann)
    for number in (2, 3):
        actions.reply(thread, words=f"number {number}", by=ann)
    page = signed_in(ann).get(address(place, thread.pk)).content.decode()
    assert page.index("By the hour?") < page.index("number 2") < page.index("number 3")
    assert page.count("<b>Ann Lee</b>") == 3


def test_a_network_without_a_room_gets_everyone_with_its_first_thread(signed_in):
    place = cast.network()
    place.rooms.all().delete()
    client = signed_in(cast.member(place))
    assert client.get(address(place)).status_code == 200
    client.post(address(place, "new"), {"title": "Hello", "text": "Anybody here?"})
    assert [room.name for room in place.rooms.all()] == ["Everyone"]
    assert Thread.objects.get().room == place.rooms.get()


@pytest.mark.parametrize(
    ("title", "text", "sentence"),
    [
        ("", "Hello", "Fill in “What is it about?”."),
        ("  \n ", "Hello", "Fill in “What is it about?”."),
        ("\u200b", "Hello", "Write in a few words what it is about."),
        ("x" * 161, "Hello", "Use 160 characters or fewer. You wrote 161."),
        ("Hello", "", "Fill in “What do you want to say or ask?”."),
        ("Hello", " \t\n ", "Fill in “What do you want to say or ask?”."),
        ("Hello", "\u200b\u2060", "Write some words before you post."),
        ("Hello", "[a]: http://example.org", "Write some words before you post."),
        ("Hello", "x" * 20_001, "Use 20000 characters or fewer. You wrote 20001."),
        ("Hello", "good\x00bad", "held a character that cannot be kept"),
    ],
)
def test_a_thread_that_cannot_be_posted_comes_back_with_a_sentence_and_what_was_typed(
    signed_in, title, text, sentence
):
    place = cast.network()
    client = signed_in(cast.member(place))
    answer = client.post(address(place, "new"), {"title": title, "text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "There is a problem" in page
    assert text.replace("\x00", "").strip("\t\n ") in page
    assert not Thread.objects.exists()


def test_control_characters_and_disguises_are_left_out_of_a_post(signed_in):
    place = cast.network()
    signed_in(cast.member(place)).post(
        address(place, "new"), {"title": "a\x07b", "text": "one\x08two\u202e\r\nthree"}
    )
    post = Post.objects.get()
    assert (post.thread.title, post.text) == ("ab", "onetwo\r\nthree")


@pytest.mark.parametrize("words", ["", "  \n", "x" * 20_001])
def test_a_reply_that_cannot_be_posted_comes_back_with_what_was_typed(signed_in, words):
    place = cast.network()
    ann = cast.member(place)
    thread, _post = cast.thread(place, ann)
    client = signed_in(ann)
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(
            address(place, thread.pk), {"text": words, "seen": "1"}, headers=headers
        )
        assert answer.status_code == 422
        assert "There is a problem" in answer.content.decode()
        assert words.strip() in answer.content.decode()
    assert answer.headers["HX-Retarget"] == "#reply"
    assert Post.objects.count() == 1


def test_with_htmx_the_reply_comes_back_alone_with_what_others_wrote_meanwhile(signed_in):
    place = cast.network()
    ann, bo = cast.member(place, "Ann Lee"), cast.member(place, "Bo Dale")
    thread, first = cast.thread(place, ann)
    client = signed_in(ann)
    client.get(address(place, thread.pk))
    actions.reply(thread, words="Bo was quicker", by=bo)
    answer = client.post(
        address(place, thread.pk),
        {"text": "My own words", "seen": first.pk},
        headers={"HX-Request": "true"},
    )
    part = answer.content.decode()
    assert "<html" not in part
    assert "By the hour?" not in part
    assert part.index("Bo was quicker") < part.index("My own words")
    assert part.count("autofocus") == 1
    assert 'hx-swap-oob="true"' in part
    assert "3 posts in this thread" in answer.headers["HX-Trigger"]
    # What was put on the screen is read.
    assert ReadMark.objects.get(person=ann).last_post_id == Post.objects.latest("pk").pk


def test_a_form_kept_open_posts_new_words_but_not_the_same_words_again(signed_in):
    place = cast.network()
    ann = cast.member(place)
    thread, _post = cast.thread(place, ann)
    key = "0d7c9f3e-5b3f-4a53-8d5a-8f2c3f2b7f10"
    client = signed_in(ann)
    for words in ("First", "First", "Second"):
        client.post(address(place, thread.pk), {"text": words, "once": key})
    assert [post.text for post in thread.posts.order_by("pk")][1:] == ["First", "Second"]
    thread.refresh_from_db()
    assert thread.posts_count == 3


def test_a_reply_typed_before_the_sign_in_expired_is_still_there_after_it(client):
    place = cast.network()
    ann = cast.member(place)
    thread, _post = cast.thread(place, ann)
    answer = client.post(address(place, thread.pk), {"text": "Long and thought over"})
    assert answer.status_code == 302
    client.force_login(ann, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Long and thought over" in client.get(address(place, thread.pk)).content.decode()


@pytest.mark.parametrize("gone", ["network", "membership", "thread"])
def test_words_whose_place_is_gone_are_given_back(signed_in, gone):
    place = cast.network()
    ann = cast.member(place)
    thread, post = cast.thread(place, ann)
    if gone == "network":
        place.closed_at = clock.now()
        place.save()
    elif gone == "membership":
        place.memberships.update(until=clock.now())
    else:
        actions.delete(post, by=ann)
    client = signed_in(ann)
    answer = client.post(address(place, thread.pk), {"text": "Long & thought over"})
    closed = gone == "network"  # it is still read, and nothing new is written in it
    assert answer.status_code == (403 if closed else 404)
    assert "Long &amp; thought over" in answer.content.decode()
    assert client.get(address(place, thread.pk)).status_code == (200 if closed else 404)
    assert not Post.objects.filter(text__startswith="Long").exists()


def test_what_belongs_to_another_network_or_does_not_exist_is_not_found(signed_in):
    place, other = cast.network("One"), cast.network("Two")
    ann = cast.member(place)
    cast.member(other, person=ann)
    bo = cast.member(other, "Bo Dale")
    thread, post = cast.thread(other, bo)
    client = signed_in(ann)
    for pk in (thread.pk, 0, 10**17, 10**30):
        assert client.get(address(place, pk)).status_code == 404
        assert client.post(address(place, pk), {"text": "Hi"}).status_code == 404
        for deed in ("delete", "restore", "unread"):
            assert client.post(address(place, pk, "posts", post.pk, deed)).status_code == 404
    assert client.get(address(place, "rooms", other.rooms.get().pk)).status_code == 404
    assert client.get(address(other, thread.pk, "posts", 10**30)).status_code == 404
    stranger = cast.person("Oz")
    assert signed_in(stranger).get(address(other, thread.pk)).status_code == 404


@pytest.mark.parametrize(
    "key", ["x", "-", "1-", "9" * 40, "99999999999999999-1", "1-1-1", "\x00", "٣-٣"]
)
def test_a_page_key_from_nowhere_shows_a_page_all_the_same(signed_in, key):
    place = cast.network()
    ann = cast.member(place)
    thread, _post = cast.thread(place, ann)
    client = signed_in(ann)
    assert client.get(address(place), {"before": key}).status_code == 200
    for name in ("before", "after"):
        page = client.get(address(place, thread.pk), {name: key})
        assert "By the hour?" in page.content.decode()


def test_a_coordinator_opens_a_room_of_either_kind(signed_in):
    place = cast.network()
    client = signed_in(cast.coordinator(place))
    for name, kind in (("Rants", "trusted"), ("Buildings", "open")):
        answer = client.post(address(place, "rooms/new"), {"name": name, "kind": kind})
        opened = place.rooms.get(name=name)
        assert opened.kind == kind
        assert answer.url == address(place, "rooms", opened.pk)
    for wrong, sentence in (
        ({"name": "rants", "kind": "open"}, "There is already a room with that name."),
        ({"name": " ", "kind": "open"}, "Fill in “Name of the room”."),
        ({"name": "Third", "kind": "odd"}, "Choose one of the answers shown."),
    ):
        answer = client.post(address(place, "rooms/new"), wrong)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert place.rooms.count() == 3


def test_only_coordinators_open_rooms(signed_in):
    place = cast.network()
    for person in (cast.member(place), cast.facilitator(place)):
        client = signed_in(person)
        assert client.get(address(place, "rooms/new")).status_code == 403
        assert client.post(address(place, "rooms/new"), {"name": "x"}).status_code == 403
        assert "Open a room" not in client.get(address(place)).content.decode()


def test_a_thread_goes_into_the_room_that_was_chosen(signed_in):
    place = cast.network()
    rants = place.rooms.create(name="Rants", kind=RoomKind.TRUSTED)
    elsewhere = cast.network("Elsewhere").rooms.get()
    client = signed_in(cast.member(place))
    words = {"title": "Ugh", "text": "This week"}
    client.post(address(place, "new"), words | {"room": rants.pk})
    assert Thread.objects.get().room == rants
    for wrong in (elsewhere.pk, "x", ""):
        answer = client.post(address(place, "new"), words | {"room": wrong})
        assert answer.status_code == 422
    assert Thread.objects.count() == 1
