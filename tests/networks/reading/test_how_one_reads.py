"""Muting, marking everything as read, and who can read what."""

import html
import re
from datetime import timedelta

import pytest

from members.audit.models import AuditEntry
from networks.discussions import actions as talk
from networks.discussions import queries
from networks.discussions.models import Mute, ReadMark, RoomKind
from networks.discussions.notices import digest_items
from networks.preferences.actions import choose
from networks.reading import actions
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


def text(answer):
    return html.unescape(" ".join(answer.content.decode().split()))


def undo_on(client, page):
    """Press the Undo button on the page."""
    form = re.search(
        r'<div class="notice ok undo".*?</form>', client.get(page).content.decode(), re.S
    )
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    return client.post(re.search(r'action="([^"]+)"', form[0])[1], hidden)


WHAT = ["thread", "room", "talk"]


@pytest.fixture
def mute(place, ann, bo):
    """The address that mutes a thread of Bo's, its room, or all talk; and the thread."""
    thread, _post = cast.thread(place, bo)
    base = f"/n/{place.slug}/talk/"
    return thread, {
        "thread": f"{base}{thread.pk}/",
        "room": f"{base}rooms/{thread.room_id}/",
        "talk": base,
    }


@pytest.mark.parametrize("what", WHAT)
def test_what_is_muted_is_greyed_and_never_new_until_it_is_unmuted(
    signed_in, place, ann, mute, what
):
    _thread, pages = mute
    client = signed_in(ann)
    answer = client.post(f"{pages[what]}mute/")
    assert answer.url == pages[what]
    base = pages["talk"]
    listed = text(client.get(base))
    assert "1 new" not in listed
    assert "muted by you" in listed
    assert 'class="quiet"' in listed
    assert "You have read everything" in text(client.get(base, {"show": "unread"}))
    assert queries.news_for(ann).threads == []
    assert "By the hour?" in text(client.get(pages["thread"]))  # it hides nothing
    client.post(f"{pages[what]}unmute/")
    ReadMark.objects.all().delete()
    assert "1 new" in text(client.get(base))


@pytest.mark.parametrize("what", WHAT)
def test_who_muted_is_not_to_be_told_and_everybody_else_is(signed_in, place, ann, bo, mute, what):
    thread, pages = mute
    for one in (ann, bo):
        choose(one, place, talk="each", by=one)
    assert set(queries.hearers(thread)) == {ann, bo}
    signed_in(ann).post(f"{pages[what]}mute/")
    assert set(queries.hearers(thread)) == {bo}
    elsewhere = cast.network("Energy")
    cast.member(elsewhere, person=ann)
    other, _post = cast.thread(elsewhere, ann)
    assert set(queries.hearers(other)) == {ann}


@pytest.mark.parametrize("what", WHAT)
def test_what_is_muted_is_not_in_the_weekly_mail(signed_in, place, ann, mute, what):
    _thread, pages = mute
    week = (clock.now() - timedelta(days=7), clock.now())
    assert len(digest_items(ann, *week)) == 1
    signed_in(ann).post(f"{pages[what]}mute/")
    assert digest_items(ann, *week) == []


def test_muting_a_thread_mutes_no_other(place, ann, bo):
    muted, _post = cast.thread(place, bo)
    heard, _post = cast.thread(place, bo)
    actions.mute(place, thread=muted, by=ann)
    choose(ann, place, talk="each", by=ann)
    assert ann in queries.hearers(heard)
    assert ann not in queries.hearers(muted)
    assert [row.id for row in queries.news_for(ann).threads] == [heard.pk]


def test_a_muted_trusted_room_has_no_news(place, ann, bo):
    rants = place.rooms.create(name="Rants", kind=RoomKind.TRUSTED)
    talk.start_thread(rants, title="t", words="w", by=bo)
    assert queries.news_for(ann).private
    actions.mute(place, room=rants, by=ann)
    assert queries.news_for(ann).private == []


@pytest.mark.parametrize("what", WHAT)
def test_muting_is_undone_in_one_press_and_is_noted_nowhere(signed_in, ann, mute, what):
    _thread, pages = mute
    client = signed_in(ann)
    for _twice in range(2):
        client.post(f"{pages[what]}mute/")
    assert Mute.objects.count() == 1
    undo_on(client, pages[what])
    assert Mute.objects.count() == 0
    assert not AuditEntry.objects.exists()


def test_all_is_read_in_one_press_and_unread_again_by_undo(signed_in, place, ann, bo):
    read, first = cast.thread(place, bo, title="Half read")
    talk.mark_read(read, ann, first.pk)
    talk.reply(read, words="more", by=bo)
    cast.thread(place, bo, title="Never opened")
    client, page = signed_in(ann), f"/n/{place.slug}/talk/"
    before = [(row.id, row.unread) for row in queries.threads(place.rooms.visible_to(ann), ann)]
    client.post(f"{page}read/")
    assert queries.news_for(ann).threads == []
    undo_on(client, page)
    assert [
        (row.id, row.unread) for row in queries.threads(place.rooms.visible_to(ann), ann)
    ] == before
    assert ReadMark.objects.get(person=ann).last_post_id == first.pk


def test_undo_leaves_alone_what_was_read_meanwhile(signed_in, place, ann, bo):
    thread, _post = cast.thread(place, bo)
    marks = actions.mark_all_read(place.rooms.visible_to(ann), by=ann)
    later = talk.reply(thread, words="more", by=bo)
    talk.mark_read(thread, ann, later.pk)
    actions.put_back(place, marks, by=ann)
    assert ReadMark.objects.get(person=ann).last_post_id == later.pk


def test_all_read_in_talk_leaves_the_trusted_rooms_unread(signed_in, place, ann, bo):
    rants = place.rooms.create(name="Rants", kind=RoomKind.TRUSTED)
    talk.start_thread(rants, title="t", words="w", by=bo)
    client = signed_in(ann)
    client.post(f"/n/{place.slug}/talk/read/")
    assert queries.news_for(ann).private
    client.post(f"/n/{place.slug}/talk/rooms/{rants.pk}/read/")
    assert not queries.news_for(ann).private


def test_an_undo_from_nowhere_is_answered_with_a_sentence(signed_in, place, ann):
    client = signed_in(ann)
    answer = client.post(f"/n/{place.slug}/talk/unread/", {"kept": "made:up"}, follow=True)
    assert "This can no longer be undone." in text(answer)


def test_the_list_of_readers_is_exactly_those_who_can_read(client, place, ann, bo):
    cast.coordinator(place, "Dan Price")
    cast.former_member(place, "Gus Hill")
    cast.person("Oz Outside")
    gone = cast.member(place, "Zed Gone")
    gone.is_active = False
    gone.save()
    thread, _post = cast.thread(place, ann)
    ways = {"backend": "allauth.account.auth_backends.AuthenticationBackend"}
    client.force_login(ann, **ways)
    page = text(client.get(f"/n/{place.slug}/talk/rooms/{thread.room_id}/readers/"))
    assert "3 people can read it now" in page
    for name, reads in {
        "Ann Lee": True, "Bo Dale": True, "Dan Price": True, "Gus Hill": False,
        "Oz Outside": False, "Zed Gone": False,
    }.items():  # fmt: skip
        assert (name in page) == reads
        person = type(ann).objects.get(name=name)
        client.force_login(person, **ways)
        seen = client.get(f"/n/{place.slug}/talk/{thread.pk}/").status_code
        assert (seen == 200) == reads, name
    assert "also what was written before they came" in page


def test_each_write_box_leads_to_the_list_of_readers(signed_in, place, ann, bo):
    rants = place.rooms.create(name="Rants", kind=RoomKind.TRUSTED)
    thread = talk.start_thread(rants, title="t", words="w", by=bo)
    client, base = signed_in(ann), f"/n/{place.slug}/talk/"
    page = text(client.get(f"{base}{thread.pk}/"))
    assert "Only the 2 people in “Rants” can read this. It stays here." in page
    assert "People who join later: cannot read it." in page
    assert f'href="{base}rooms/{rants.pk}/readers/"' in page
    assert f'href="{base}readers/"' in text(client.get(base))
