"""What the pages of talk cost in statements, and that the fast lists say what a slow one would."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from networks.articles.actions import renew_stale
from networks.articles.queries import listed, opened
from networks.discussions import queries
from networks.discussions.models import Follow, Mute, Post, ReadMark, Thread
from networks.discussions.rules import Key
from networks.preferences.models import Preference
from peernet.lib import clock
from peernet.lib.rendered import EDGE, Rendering, fill
from tests import cast

pytestmark = pytest.mark.django_db
# Of every page: the sign-in's session, the person, and what the one door's rights and the menu are
# made of (networks/membership/floor.py). Asked apart from the page: no page can forget to ask.
SHELL = 1


def many(place, room, by, count, start=0):
    """Threads with three posts each, the last of them `start` minutes after now."""
    for number in range(count):
        at = clock.now() - timedelta(days=1) + timedelta(minutes=start + number // 2)
        made = Thread.objects.create(
            network=place, room=room, title=f"{start} {number}", author=by[0], posts_count=3,
            last_post_at=at, pinned_at=at if number % 7 == 3 else None,
        )  # fmt: skip
        posts = [
            Post.objects.create(
                network=place, thread=made, author=by[(number + n) % len(by)], text="a",
                html="<p>a</p>",
            )
            for n in range(3)
        ]  # fmt: skip
        Thread.objects.filter(pk=made.pk).update(last_post_id=posts[-1].pk)
        if number % 3:
            ReadMark.objects.create(
                network=place, thread=made, person=by[0], last_post_id=posts[number % 3].pk
            )
        if number % 5 == 4:
            Mute.objects.create(network=place, thread=made, person=by[0])


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def people(place):
    return [cast.member(place, name) for name in ("Ann Lee", "Bo Dale", "Cy Moss")]


def statements(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return [entry["sql"] for entry in seen]


@pytest.mark.parametrize("count", [1, 30])
def test_pages_of_talk_keep_to_their_few_statements(signed_in, place, people, count):
    rants = place.rooms.create(name="Rants", kind="trusted")
    many(place, place.rooms.first(), people, count)
    many(place, rants, people, count)
    renew_stale()
    client, talk = signed_in(people[0]), f"/n/{place.slug}/talk/"
    thread = Thread.objects.filter(room=place.rooms.first()).latest("pk")
    own = {
        talk: 3,
        f"{talk}?show=unread": 4,  # one of them to look whether there is more to look through
        f"{talk}rooms/{rants.pk}/": 2,
        f"{talk}{thread.pk}/": 2,
    }
    for address, most in own.items():
        seen = statements(client, address)
        assert len(seen) <= SHELL + most, (address, "\n".join(seen))
    assert len(statements(client, "/")) <= SHELL + 7  # one of them for the house rules that wait
    assert len(statements(client, f"/n/{place.slug}/")) <= SHELL + 10


def plainly(rooms, person, only_new=False):
    """The list as one would write it without thinking of speed: (id, unread, muted), in order."""
    found = []
    for thread in Thread.objects.filter(room__in=rooms, last_post_id__isnull=False):
        mutes = Mute.objects.filter(person=person, network=thread.network_id)
        muted = any(
            (one.room_id in (None, thread.room_id)) and (one.thread_id in (None, thread.pk))
            for one in mutes
        )
        mark = ReadMark.objects.filter(person=person, thread=thread).first()
        new = [
            post
            for post in Post.objects.filter(thread=thread, deleted_at=None)
            if post.author_id != person.pk and post.pk > (mark.last_post_id if mark else 0)
        ]
        unread = 0 if muted or (mark and mark.last_post_id >= thread.last_post_id) else len(new)
        if unread or not only_new:
            found.append((thread.last_post_at, thread.pk, unread, muted, bool(thread.pinned_at)))
    return [row[1:] for row in sorted(found, reverse=True)]


def told(rows):
    return [(row.id, row.unread, row.muted, row.pinned) for row in rows]


def test_the_list_of_threads_is_the_one_that_a_slow_look_at_all_rows_gives(place, people):
    other = place.rooms.create(name="Other")
    many(place, place.rooms.first(), people, 24)
    many(place, other, people, 17, start=3)
    reader, rooms = people[0], queries.rooms(place, people[0])
    for within in (rooms, rooms[:1], rooms[1:]):
        for only_new in (False, True):
            found = queries.threads(within, reader, only_new=only_new, limit=100)
            assert told(found) == plainly(within, reader, only_new)
    # In pages of five, by the key of the last; what is pinned stands apart, on the first alone.
    seen, before = [], queries.NEWEST
    while page := queries.threads(rooms, reader, apart=True, before=before, limit=5):
        rest = [row for row in page if not row.pinned][:5]
        if not rest:
            break
        seen += rest
        before = Key(rest[-1].when, rest[-1].id)
    assert told(seen) == [row for row in plainly(rooms, reader) if not row[3]]


def test_who_hears_is_the_same_for_one_and_for_all_and_so_is_how_many_can_read(place, people):
    many(place, place.rooms.first(), people, 2)
    thread = Thread.objects.filter(network=place).earliest("pk")
    for name, talk in (("Di", "each"), ("Ed", "nothing"), ("Flo", "weekly"), ("Gil", "followed")):
        one = cast.member(place, name)
        Preference.objects.create(network=place, person=one, talk=talk)
        people.append(one)
    gone, outside = cast.former_member(place), cast.person("Oz Outside")
    Follow.objects.create(network=place, thread=thread, person=people[5], on=True)
    Follow.objects.create(network=place, thread=thread, person=people[1], on=False)
    Follow.objects.create(network=place, thread=thread, person=gone, on=True)
    Mute.objects.create(network=place, person=people[2])
    heard = set(queries.hearers(thread))
    assert heard == {people[0], people[3], people[5]}
    for person in people:
        assert opened(place, person, thread.pk).thread.hears == (person in heard)
        assert opened(place, person, thread.pk).audience == queries.audience(place) == 7
    assert opened(place, gone, thread.pk) is None
    assert opened(place, outside, thread.pk) is None
    assert listed(place, outside).rooms == []
    people[4].is_active = False
    people[4].save()
    assert listed(place, people[0]).audience == queries.audience(place) == 6


def test_a_value_is_escaped_and_what_people_write_makes_no_hole():
    kept = f"<b>{EDGE}name{EDGE}</b>"
    assert fill(kept, {"name": "<i>"}) == "<b>&lt;i&gt;</b>"
    post = Post(html=f"<p>{EDGE}name{EDGE}</p>", posted_at=clock.now())
    made = Rendering("networks/discussions/_post.html", "post").made(post, ())
    assert "<p>name</p>" in made


def test_another_template_or_language_is_another_look():
    whole = Rendering("networks/discussions/_post.html", "post")
    part = Rendering("networks/files/_files.html", "files_of")
    assert whole.look != part.look
    with translation.override("cy"):
        other = whole.look
    assert other != whole.look


def test_what_looks_otherwise_by_now_is_kept_anew_in_batches(place, people):
    many(place, place.rooms.first(), people, 3)
    Post.objects.update(article="<article>old</article>", look="en-gb 0123")
    assert renew_stale(4) == 4
    assert Post.objects.filter(look="en-gb 0123").count() == 5
    assert renew_stale() == 5
    assert renew_stale() == 0
    assert not Post.objects.filter(article__contains="old").exists()
