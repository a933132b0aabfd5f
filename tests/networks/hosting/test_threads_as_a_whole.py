"""Changing a thread's title, closing it, pinning it, taking it to another room."""

import re
from datetime import timedelta

import pytest

from members.audit.models import AuditEntry
from networks.discussions import actions as talk
from networks.discussions.models import Post, RoomKind, Thread
from networks.drafts.models import Draft
from networks.hosting import actions
from networks.hosting.models import ThreadChange
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


@pytest.fixture
def dan(place):
    return cast.coordinator(place, "Dan Price")


@pytest.fixture
def thread(place, ann):
    return cast.thread(place, ann)[0]


def address(thread, *deed):
    return "/".join([f"/n/{thread.network.slug}/talk/{thread.pk}", *deed, ""])


def text(answer):
    return " ".join(answer.content.decode().split())


def undo_of(client, page):
    """Press the Undo button on the page; where it leads."""
    form = re.search(
        r'<div class="notice ok undo".*?</form>', client.get(page).content.decode(), re.S
    )
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
    return client.post(re.search(r'action="([^"]+)"', form[0])[1], hidden)


def test_whoever_began_a_thread_changes_its_title_and_the_thread_says_so(signed_in, ann, thread):
    client = signed_in(ann)
    assert "Change the title" in text(client.get(address(thread)))
    client.post(address(thread, "rename"), {"title": "  Hire by the\nhour? "})
    page = text(client.get(address(thread)))
    assert "<h1>Hire by the hour?</h1>" in page
    assert "Ann Lee changed the title · <time" in page


def test_an_old_title_comes_back_by_undo_and_is_kept_nowhere_else(signed_in, ann, thread):
    client = signed_in(ann)
    client.post(address(thread, "rename"), {"title": "Another"})
    undo_of(client, address(thread))
    thread.refresh_from_db()
    assert thread.title == "How do you charge for room hire?"
    told = [*ThreadChange.objects.values_list(), *AuditEntry.objects.values_list()]
    assert "hire" not in str(told)


def test_one_s_own_title_is_not_on_the_log_and_a_host_s_change_is(signed_in, ann, dan, thread):
    signed_in(ann).post(address(thread, "rename"), {"title": "By me"})
    assert not AuditEntry.objects.filter(deed="thread.renamed").exists()
    signed_in(dan).post(address(thread, "rename"), {"title": "By the host"})
    entry = AuditEntry.objects.get(deed="thread.renamed")
    assert (entry.actor_id, entry.about_id, entry.detail) == (dan.pk, thread.pk, {})


def test_somebody_else_s_title_is_not_a_member_s_to_change(signed_in, place, thread):
    client = signed_in(cast.member(place, "Bo Dale"))
    assert "Change the title" not in text(client.get(address(thread)))
    assert client.post(address(thread, "rename"), {"title": "Mine now"}).status_code == 403


def test_what_the_page_offers_is_what_one_may_do(signed_in, place, ann, dan, thread):
    rants = place.rooms.create(name="Rants", kind=RoomKind.TRUSTED)
    rant = cast.thread(place, ann, "Between us")[0]
    Thread.objects.filter(pk=rant.pk).update(room=rants)
    for deed, person, there, may in (
        ("rename", ann, thread, True), ("move", ann, thread, False), ("move", dan, thread, True),
        ("move", dan, rant, False), ("rename", dan, rant, True),
    ):  # fmt: skip
        offered = address(there, deed) in text(signed_in(person).get(address(there)))
        assert offered is may, (deed, person, there)
    actions.close(thread, by=dan)
    assert address(thread, "rename") not in text(signed_in(ann).get(address(thread)))
    assert signed_in(ann).get(address(thread, "rename")).status_code == 403


@pytest.mark.parametrize("title", ["", " \n", "\u200b", "x" * 161])
def test_a_title_that_cannot_be_is_answered_with_what_was_typed(signed_in, ann, thread, title):
    answer = signed_in(ann).post(address(thread, "rename"), {"title": title})
    assert answer.status_code == 422
    assert "There is a problem" in text(answer)
    assert Thread.objects.get().title == "How do you charge for room hire?"


def test_a_closed_thread_says_why_and_keeps_the_words_of_who_was_writing(
    client, place, ann, dan, thread
):
    ways = {"backend": "allauth.account.auth_backends.AuthenticationBackend"}
    client.force_login(dan, **ways)
    client.post(address(thread, "close"))
    assert "Dan Price closed this thread ·" in text(client.get(address(thread)))
    client.force_login(ann, **ways)
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(address(thread), {"text": "I was typing"}, headers=headers)
        assert answer.status_code == 422
        assert "This thread was closed, so nobody can reply to it any more." in text(answer)
        assert "I was typing" in text(answer)
    assert Post.objects.count() == 1
    page = text(client.get(address(thread)))  # and later, on any device
    assert "A facilitator or coordinator can open it again." in page
    assert "I was typing" in page
    assert "Post to" not in page
    assert "· closed" in text(client.get(f"/n/{place.slug}/talk/"))
    assert Draft.objects.get(gone_at=None).text == "I was typing"


def test_closing_is_undone_in_one_press_and_leaves_no_line(signed_in, dan, thread):
    client = signed_in(dan)
    client.post(address(thread, "close"))
    undo_of(client, address(thread))
    page = text(client.get(address(thread)))
    assert "Post to 2 people" in page
    assert "closed this thread" not in page
    deeds = AuditEntry.objects.order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == ["thread.closed", "thread.reopened"]


def test_a_thread_opened_again_a_week_later_tells_both(signed_in, dan, thread, travel):
    client = signed_in(dan)
    client.post(address(thread, "close"))
    travel(clock.now() + timedelta(days=7))
    client.post(address(thread, "reopen"))
    page = text(client.get(address(thread)))
    assert page.index("closed this thread") < page.index("opened this thread again")


def test_a_line_stands_where_it_was_done_among_the_posts(signed_in, ann, dan, thread):
    client = signed_in(dan)
    client.post(address(thread, "rename"), {"title": "Other"})
    talk.reply(thread, words="Said later", by=ann)
    page = text(client.get(address(thread)))
    assert page.index("By the hour?") < page.index("changed the title") < page.index("Said later")


def test_pinned_threads_come_first_and_only_once(signed_in, place, ann, dan, thread):
    cast.thread(place, ann, title="Newer talk")
    client = signed_in(dan)
    client.post(address(thread, "pin"))
    page = text(client.get(f"/n/{place.slug}/talk/"))
    assert page.count("How do you charge for room hire?") == 1
    assert page.index("How do you charge") < page.index("Newer talk")
    client.post(address(thread, "unpin"))
    page = text(client.get(f"/n/{place.slug}/talk/"))
    assert page.index("Newer talk") < page.index("How do you charge")


def test_a_fourth_pinned_thread_is_refused_with_a_reason(signed_in, place, ann, dan):
    client = signed_in(dan)
    made = [cast.thread(place, ann, title=f"Number {n}")[0] for n in range(4)]
    answers = [client.post(address(one, "pin"), follow=True) for one in made]
    assert "3 threads are pinned in this room already. Unpin one of them first." in text(answers[3])
    assert Thread.objects.exclude(pinned_at=None).count() == 3


def test_a_thread_moved_to_another_room_says_so_and_can_come_back(signed_in, place, dan, thread):
    visits = place.rooms.create(name="Visits")
    client = signed_in(dan)
    client.post(address(thread, "pin"))
    client.post(address(thread, "move"), {"room": visits.pk})
    page = text(client.get(address(thread)))
    assert "Dan Price moved this from Everyone to Visits ·" in page
    thread.refresh_from_db()
    assert (thread.room, thread.pinned_at) == (visits, None)
    client.post(address(thread, "move"), {"room": place.rooms.get(name="Everyone").pk})
    thread.refresh_from_db()
    assert thread.room.name == "Everyone"


def test_nothing_leaves_a_trusted_room(signed_in, place, dan, thread):
    rants = place.rooms.create(name="Rants", kind=RoomKind.TRUSTED)
    client = signed_in(dan)
    client.post(address(thread, "move"), {"room": rants.pk})
    page = text(client.get(address(thread)))
    assert "moved this from Everyone to Rants" in page
    assert ">Undo<" not in page
    assert "How do you charge" not in text(client.get(f"/n/{place.slug}/talk/"))
    everyone = place.rooms.get(name="Everyone")
    assert "so this cannot be moved" in text(client.get(address(thread, "move")))
    assert client.post(address(thread, "move"), {"room": everyone.pk}).status_code == 422
    thread.refresh_from_db()
    assert thread.room == rants


def test_a_page_opened_before_the_room_changed_lets_nothing_out(place, dan, thread):
    rants = place.rooms.create(name="Rants", kind=RoomKind.TRUSTED)
    everyone = place.rooms.get(name="Everyone")
    actions.move(thread, rants, by=dan)  # `thread` still says Everyone
    with pytest.raises(Refused, match="stays there"):
        actions.move(thread, everyone, by=dan)
    with pytest.raises(Refused, match="only within its network"):
        actions.move(cast.thread(place, dan)[0], cast.network("Energy").rooms.get(), by=dan)


def test_a_thread_cannot_be_moved_to_another_network(signed_in, place, dan, thread):
    other = cast.network("Energy")
    cast.coordinator(other, person=dan)
    there = other.rooms.get()
    assert signed_in(dan).post(address(thread, "move"), {"room": there.pk}).status_code == 422
    thread.refresh_from_db()
    assert thread.room.network == place


def test_the_log_of_a_network_says_what_was_done_and_no_title(signed_in, place, dan, thread):
    client = signed_in(dan)
    rants = place.rooms.create(name="Rants", kind=RoomKind.TRUSTED)
    for deed in ("pin", "unpin", "close", "reopen"):
        client.post(address(thread, deed))
    client.post(address(thread, "rename"), {"title": "Canarytitle"})
    client.post(address(thread, "move"), {"room": rants.pk})
    assert "The thread is now in “Rants”." in text(client.get(address(thread)))
    page = text(client.get(f"/n/{place.slug}/log/"))
    for words in ("pinned a thread", "closed a thread", "opened a thread again",
                  "changed the title of a thread", "moved a thread to another room"):  # fmt: skip
        assert words in page
    assert "Canary" not in page
    assert "Rants" not in page
