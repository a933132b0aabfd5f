"""Who is told of a post is written down by the tick of the outbox, not by who writes the post.
(A worker killed in the middle of it: tests/faults/spread_killed.py.)"""

from datetime import timedelta

import pytest
from django.urls import reverse

from members.causes.actions import announce
from members.causes.models import Cause
from members.notices import tasks
from members.notices.models import Notice
from networks.discussions import actions as talk
from networks.membership.models import Membership
from networks.preferences.actions import choose
from peernet.lib import clock
from peernet.pages.health import report
from tests import cast

pytestmark = pytest.mark.django_db
FOLLOWERS = [f"Follower {number}" for number in range(3)]
STATEMENTS = 20  # of a reply, its savepoints counted


@pytest.fixture
def place():
    return cast.network(slug="libraries")


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


@pytest.fixture
def thread(place, ann):
    made = cast.thread(place, ann)[0]
    for number in range(3):
        follow(made, cast.member(place, f"Follower {number}"))
    return made


def follow(thread, person, on=True):
    talk.follow(thread, person, on=on, by=person)


def told(post):
    """The first names of those for whom a notice is written, once the outbox was rung."""
    tasks.tick_outbox()
    names = Notice.objects.filter(kind="post", about_id=post.pk).values_list("person__name")
    return sorted(name for (name,) in names)


def test_a_reply_takes_as_many_statements_however_many_follow(
    place, thread, signed_in, django_assert_num_queries
):
    client = signed_in(cast.member(place, "Bo Marsh"))
    address = reverse("thread", args=("libraries", thread.pk))
    client.get(address)
    with django_assert_num_queries(STATEMENTS):
        client.post(address, {"text": "By the day."})
    for number in range(30):
        follow(thread, cast.member(place, f"Another {number}"))
    with django_assert_num_queries(STATEMENTS):
        client.post(address, {"text": "Or by the week."})
    assert Cause.objects.count() == 2
    assert not Notice.objects.exists()


def test_all_are_told_once_and_nothing_is_left_over(thread, ann, place):
    post = talk.reply(thread, words="Hello", by=cast.member(place, "Bo Marsh"))
    assert told(post) == told(post) == ["Ann Lee", *FOLLOWERS]
    assert not Cause.objects.exists()


def test_a_cause_that_comes_twice_tells_nobody_twice(thread, ann):
    post = talk.reply(thread, words="Hello", by=ann)
    told(post)
    announce("post", post.pk, network_id=thread.network_id, due=clock.now())
    assert told(post) == FOLLOWERS


def test_who_came_or_wrote_since_hears_nothing_of_what_was_said_before(thread, ann, place, travel):
    post = talk.reply(thread, words="Hello", by=ann)
    travel(clock.now() + timedelta(seconds=3))
    new = cast.member(place, "New Here", since=clock.now())
    follow(thread, new)
    later = talk.reply(thread, words="Hello too", by=cast.member(place, "Bo Marsh"))
    assert told(post) == FOLLOWERS
    assert told(later) == ["Ann Lee", *FOLLOWERS, "New Here"]


def test_who_stopped_it_since_is_not_told_and_who_left_has_a_reason(thread, ann):
    post = talk.reply(thread, words="Hello", by=ann)
    first, second, third = Membership.objects.filter(person__name__in=FOLLOWERS).order_by("pk")
    follow(thread, first.person, on=False)
    choose(second.person, thread.network, talk="nothing", by=second.person)
    Membership.objects.filter(pk=third.pk).update(until=clock.now() + timedelta(seconds=1))
    assert told(post) == ["Follower 2"]


def test_a_post_taken_out_and_put_back_is_told_all_the_same(thread, ann):
    post = talk.reply(thread, words="Hello", by=ann)
    taken = talk.delete(post, by=ann)
    assert told(post) == FOLLOWERS
    post.refresh_from_db()
    talk.restore(post, taken, by=ann)
    assert told(post) == FOLLOWERS


def test_a_fault_in_one_kind_holds_up_nothing_else_and_is_tried_again(thread, ann, travel):
    announce("series", 1, network_id=thread.network_id, due=clock.now())  # nobody says who hears
    post = talk.reply(thread, words="Hello", by=ann)
    assert told(post) == FOLLOWERS
    left = Cause.objects.get()
    assert left.kind == "series"
    assert left not in Cause.objects.due(clock.now())
    assert left in Cause.objects.due(clock.now() + timedelta(minutes=2))
    assert left in Cause.objects.due(clock.now() - timedelta(hours=1))  # the clock was put back
    travel(clock.now() + timedelta(minutes=6))
    assert report()[1]["oldest_due_notice"] == left.due_at.isoformat()


def test_without_a_mail_server_it_is_written_down_all_the_same(thread, ann, settings):
    settings.MAIL_IS_SET_UP = False
    assert told(talk.reply(thread, words="Hello", by=ann)) == FOLLOWERS
