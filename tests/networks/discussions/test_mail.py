"""New posts by mail: written at the door of the page, sent by a tick of the clock."""

import re
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
from django.core import mail as outbox
from django.db import connection
from django.urls import reverse

from members.notices import tasks
from members.notices.actions import send_due
from members.notices.models import Notice, NoticeState
from networks.discussions import actions
from networks.discussions.models import Post, Room, RoomKind, Thread
from networks.membership.models import Membership
from networks.preferences.actions import choose
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 1, 12, 0, 30, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def place(travel):
    travel(NOON)
    return cast.network("Community Libraries", slug="libraries")


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


@pytest.fixture
def bo(place):
    return cast.member(place, "Bo Marsh")


@pytest.fixture
def thread(place, ann):
    return actions.start_thread(
        place.rooms.get(), title="Room hire", words="By the **hour**?", by=ann
    )


def wants(person, place, talk):
    choose(person, place, talk=talk, by=person)


def a_moment_later():
    """The outbox is rung each five seconds: who is to be told is written down. Nothing goes yet."""
    before = len(outbox.outbox)
    tasks.tick_outbox()
    assert outbox.outbox[before:] == []


def later(travel, minutes=8):
    """The clock goes on and rings once; what went meanwhile."""
    travel(clock.now() + timedelta(minutes=minutes))
    before = len(outbox.outbox)
    tasks.tick_outbox()
    return outbox.outbox[before:]


def reasons(person):
    return list(
        Notice.objects.filter(person=person).order_by("pk").values_list("reason", flat=True)
    )


def test_a_reply_on_the_page_is_mailed_to_who_wrote_in_the_thread_and_not_to_its_writer(
    place, ann, bo, thread, signed_in, travel
):
    cast.member(place, "Cy Quiet")
    client = signed_in(bo)
    client.post(reverse("thread", args=("libraries", thread.pk)), {"text": "By the **day**."})
    (sent,) = later(travel)
    assert sent.to == [ann.email]
    assert sent.subject == "Re: [Community Libraries] Room hire"
    assert "Bo at Community Libraries (PeerNet)" in sent.from_email
    assert "> By the **day**." in sent.body
    assert "<strong>day</strong>" in sent.alternatives[0][0]
    assert "not read" in sent.body


def test_who_chose_each_post_hears_of_new_threads_and_who_chose_weekly_or_nothing_of_none(
    place, ann, bo, thread, travel
):
    a_moment_later()
    each, nothing = cast.member(place, "Eve Each"), cast.member(place, "Ned Nothing")
    wants(each, place, "each")
    wants(nothing, place, "nothing")
    wants(ann, place, "weekly")
    actions.reply(thread, words="Ours is free.", by=nothing)
    fresh = actions.start_thread(place.rooms.get(), title="Tea", words="How much?", by=bo)
    sent = later(travel)
    assert {(mail.to[0], mail.subject) for mail in sent} == {
        (each.email, "Re: [Community Libraries] Room hire"),
        (each.email, "[Community Libraries] Tea"),
    }
    assert Thread.objects.filter(pk=fresh.pk).exists()


def test_the_button_on_the_page_follows_a_thread_and_stops_it(
    place, ann, bo, thread, signed_in, travel
):
    url = reverse("thread_follow", args=("libraries", thread.pk))
    client = signed_in(bo)
    page = reverse("thread", args=("libraries", thread.pk))
    assert "You get no mail when somebody writes here" in client.get(page).content.decode()
    client.post(url, {"on": "yes"})
    assert "You get a mail when somebody writes here" in client.get(page).content.decode()
    actions.reply(thread, words="One more thing", by=ann)
    assert [mail.to for mail in later(travel)] == [[bo.email]]
    client.post(url, {"on": "no"})
    actions.reply(thread, words="And another", by=ann)
    assert later(travel) == []


def test_posts_that_wait_together_go_in_one_mail(place, ann, bo, thread, travel):
    for words in ("One.", "Two.", "Three."):
        actions.reply(thread, words=words, by=bo)
    (sent,) = later(travel)
    assert all(f"> {words}" in sent.body for words in ("One.", "Two.", "Three."))
    actions.reply(thread, words="Four.", by=bo)
    (sent,) = later(travel)
    assert "> Four." in sent.body
    assert "> Three." not in sent.body


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_one_mail_with_all_of_it(travel):
    travel(NOON)
    place = cast.network()
    ann, bo = cast.member(place, "Ann Lee"), cast.member(place, "Bo Marsh")
    thread = actions.start_thread(place.rooms.get(), title="Tea", words="How much?", by=ann)
    for words in ("One.", "Two.", "Three.", "Four.", "Five."):
        actions.reply(thread, words=words, by=bo)
    # Who is told is written down within seconds, long before it is due. Were it written by these
    # four, one could send the third post while another still writes down the fifth.
    a_moment_later()
    travel(NOON + timedelta(minutes=8))
    barrier = threading.Barrier(4)

    def run():
        barrier.wait()
        send_due()
        connection.close()

    workers = [threading.Thread(target=run) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    send_due()
    (sent,) = outbox.outbox
    assert all(f"> {words}" in sent.body for words in ("One.", "Two.", "Three.", "Four.", "Five."))


def test_words_are_those_of_the_moment_it_leaves(place, ann, bo, thread, travel):
    first = actions.reply(thread, words="Cost: £10", by=bo)
    second = actions.reply(thread, words="Oops", by=bo)
    actions.edit(first, words="Cost: £20", was=actions.version(first), by=bo)
    actions.delete(second, by=bo)
    (sent,) = later(travel)
    assert "£20" in sent.body
    assert "£10" not in sent.body
    assert "Oops" not in sent.body


def test_a_post_that_was_deleted_or_read_meanwhile_is_not_mailed(
    place, ann, bo, thread, signed_in, travel
):
    actions.delete(actions.reply(thread, words="Oops", by=bo), by=bo)
    assert later(travel) == []
    actions.reply(thread, words="Hello", by=bo)
    signed_in(ann).get(reverse("thread", args=("libraries", thread.pk)))
    assert later(travel) == []
    assert reasons(ann) == ["Nothing in it was new to them any more."] * 2


def test_who_changed_their_mind_or_left_gets_nothing(place, ann, bo, thread, travel):
    actions.reply(thread, words="Hello", by=bo)
    a_moment_later()
    wants(ann, place, "nothing")
    assert later(travel) == []
    wants(ann, place, "each")
    actions.reply(thread, words="Hello again", by=bo)
    a_moment_later()
    Membership.objects.filter(person=ann).update(until=clock.now())
    assert later(travel) == []
    assert reasons(ann) == ["They chose no mail about talk.", "No longer in the network."]


def test_talk_waits_for_the_morning_and_then_comes_as_one(place, ann, bo, thread, travel):
    ann.quiet_hours = True
    ann.save()
    travel(datetime(2026, 12, 1, 21, 0, tzinfo=UTC))
    actions.reply(thread, words="Late", by=bo)
    assert later(travel) == []
    actions.reply(thread, words="Later", by=bo)
    assert later(travel) == []
    travel(datetime(2026, 12, 2, 8, 1, tzinfo=UTC))
    (sent,) = later(travel, minutes=0)
    assert "> Late\n" in sent.body
    assert "> Later\n" in sent.body


def test_of_a_trusted_room_a_mail_says_only_that_there_is_something_new(place, ann, bo, travel):
    room = Room.objects.create(network=place, name="Xylophone", kind=RoomKind.TRUSTED)
    thread = actions.start_thread(room, title="Zeppelin", words="Quagmire", by=ann)
    other = actions.start_thread(room, title="Wombat", words="Vortex", by=ann)
    actions.reply(thread, words="Quicksand", by=bo)
    actions.reply(other, words="Whirlpool", by=bo)
    (sent,) = later(travel)
    raw = sent.message().as_bytes()
    assert "There is something new in a trusted room" in sent.subject
    whole = raw.decode() + sent.body + sent.alternatives[0][0]
    for word in ("Xylophone", "Zeppelin", "Wombat", "Quagmire", "Quicksand", "Whirlpool", "Bo ",
                 "Marsh", "Ann Lee", f"/talk/{thread.pk}", f"/talk/{other.pk}"):  # fmt: skip
        assert word not in whole


def test_a_thread_that_moved_into_a_trusted_room_is_not_told(place, ann, bo, thread, travel):
    actions.reply(thread, words="Quicksand", by=bo)
    room = Room.objects.create(network=place, name="Inner circle", kind=RoomKind.TRUSTED)
    Thread.objects.filter(pk=thread.pk).update(room=room)
    (sent,) = later(travel)
    assert "Quicksand" not in sent.body
    assert "Room hire" not in sent.subject


def test_mail_programs_can_thread_it_and_stop_it(place, ann, bo, travel):
    wants(bo, place, "each")
    room = place.rooms.get()
    thread = actions.start_thread(room, title="Room hire", words="By the hour?", by=ann)
    root = Post.objects.get(thread=thread)
    (first,) = later(travel)
    post = actions.reply(thread, words="Hello", by=bo)
    (second,) = later(travel)
    first, second = (message_from_bytes(one.message().as_bytes()) for one in (first, second))
    assert first["Message-ID"] == f"<post-{root.pk}@localhost>"
    assert first["In-Reply-To"] is None
    assert second["Message-ID"] == f"<post-{post.pk}@localhost>"
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    for one in (first, second):
        assert one["List-Id"] == "Community Libraries <libraries.localhost>"
        assert one["Auto-Submitted"] == "auto-generated"
        assert one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert one["List-Unsubscribe"].strip().startswith("<http://localhost/stop/")
        assert "on the page" in one["Reply-To"]
        assert one["List-Archive"] == "<http://localhost/n/libraries/talk/>"


def test_a_name_with_odd_letters_makes_a_list_id_that_can_be_read(place, ann, bo, thread, travel):
    place.name = "Llyfrgelloedd ŵ, “a” \n Bcc: x@example.org"
    place.save()
    actions.reply(thread, words="Hello", by=bo)
    (sent,) = later(travel)
    raw = message_from_bytes(sent.message().as_bytes())
    assert raw["List-Id"].endswith("<libraries.localhost>")
    assert raw["Bcc"] is None


def test_a_long_post_is_cut_and_the_mail_stays_small(place, ann, bo, thread, travel):
    for number in range(6):
        actions.reply(thread, words=f"Number {number}. " + "tea & cake " * 1500, by=bo)
    (sent,) = later(travel)
    assert len(sent.alternatives[0][0].encode()) < 20_000
    assert "the rest is on the page" in sent.body
    assert "Number 5." in sent.body


def test_telling_costs_no_more_with_more_people(
    place, ann, bo, thread, django_assert_max_num_queries
):
    for number in range(30):
        wants(cast.member(place, f"Member {number}"), place, "each")
    with django_assert_max_num_queries(12):
        actions.reply(thread, words="Hello", by=bo)
    with django_assert_max_num_queries(30):
        a_moment_later()
    assert Notice.objects.filter(kind="post", state=NoticeState.PENDING).count() >= 31


def test_a_coordinator_sees_which_thread_a_mail_was_about_but_never_of_a_trusted_room(
    place, ann, bo, thread, signed_in, travel
):
    dan = cast.coordinator(place)
    room = Room.objects.create(network=place, name="Inner circle", kind=RoomKind.TRUSTED)
    hidden = actions.start_thread(room, title="Zeppelin", words="Quagmire", by=ann)
    actions.reply(hidden, words="Yes", by=bo)
    actions.reply(thread, words="Hello", by=bo)
    later(travel)
    actions.reply(thread, words="Hello again", by=bo)
    a_moment_later()
    wants(ann, place, "nothing")
    later(travel)
    page = signed_in(dan).get(reverse("sent", args=("libraries",))).content.decode()
    assert "New in a thread: Room hire" in page
    assert "They chose no mail about talk." in page
    assert "Zeppelin" not in page


def test_every_link_in_a_post_mail_opens_for_its_reader(place, ann, bo, thread, signed_in, travel):
    room = Room.objects.create(network=place, name="Inner circle", kind=RoomKind.TRUSTED)
    hidden = actions.start_thread(room, title="Zeppelin", words="Quagmire", by=ann)
    actions.reply(hidden, words="Yes", by=bo)
    actions.reply(thread, words="Hello", by=bo)
    client = signed_in(ann)
    sent = later(travel)
    assert len(sent) == 2
    for one in sent:
        found = set(re.findall(r"http://localhost(/[^\s\"<>]+)", one.body))
        assert len(found) == 3
        assert {client.get(link).status_code for link in found} == {200}
