"""What is kept of a post and filled for its reader is, whatever happened to the post, what a plain
rendering of the same rows gives; and it holds nobody's name."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from members.people.actions import save_profile
from members.privacy.actions import erase
from networks.articles import actions
from networks.articles.queries import opened, part
from networks.discussions import actions as talk
from networks.discussions.models import Post, RoomKind
from networks.files.actions import receive
from networks.files.models import File
from networks.files.queries import Parcel, of_posts
from networks.hosting import actions as hosting
from peernet.lib import clock
from peernet.lib.rendered import EDGE
from tests import cast
from tests.networks.articles import plain
from tests.networks.files.things import PDF, picture, upload

pytestmark = pytest.mark.django_db
WORDS = [
    "By the **hour**?",
    "<b>bold</b> & co",
    f"odd {EDGE}name{EDGE} mark",
    "a",
    "> quoted\n\nyes",
]


class World:
    """One thread that things happen to: what was deleted can be put back, names change."""

    def __init__(self):
        self.place = cast.network()
        self.people = [
            cast.member(self.place, name, email=f"{uuid.uuid4()}@example.org")
            for name in ("Ann Lee", "Bo Dale", "Cy Moss")
        ]
        self.host = cast.coordinator(self.place)
        room = self.place.rooms.get()
        self.found = talk.start_thread(room, title="Room hire", words="Well?", by=self.host)
        self.taken = {}

    def post(self, number):
        mine = Post.objects.filter(thread=self.found).select_related("author", "thread", "network")
        rows = [post for post in mine.order_by("pk") if post.author_id != self.host.pk]
        return rows[number % len(rows)] if rows else None

    def gone(self, person):
        person.refresh_from_db()
        return not person.is_active


def parcel(world, by, name, data):
    made = receive(world.place, [upload(data, name)], by=by, key=uuid.uuid4())
    assert not made.refused
    return made


def reply(world, number):
    by = world.people[number % 3]
    if not world.gone(by) and not world.found.closed_at:
        actions.reply(world.found, Parcel(), words=WORDS[number % len(WORDS)], by=by)


def reply_with_files(world, number):
    by = world.people[number % 3]
    if not world.gone(by) and not world.found.closed_at:
        name = ["notes & co.pdf", 'a "flip" chart.png'][number % 2]
        sent = parcel(world, by, name, [PDF, picture()][number % 2])
        actions.reply(world.found, sent, words="With a file", by=by)


def edit(world, number):
    post = world.post(number)
    if post and not post.deleted_at and not world.gone(post.author):
        there = of_posts(world.place, [post.pk]).get(post.pk, [])
        gone = {row.id for row in there[number % 2 :]}
        alts = {row.id: f"A chart {number}" for row in there[: number % 2] if row.picture}
        sent = Parcel(there=there, gone=gone, alts=alts)
        was = talk.version(post)
        actions.edit(post, sent, words=WORDS[(number + 1) % len(WORDS)], was=was, by=post.author)


def delete(world, number):
    post = world.post(number)
    if post and not post.deleted_at and not world.gone(post.author):
        world.taken[post.pk] = talk.delete(post, by=post.author)


def restore(world, number):
    for pk in list(world.taken)[:1]:
        post = Post.objects.select_related("author", "thread").get(pk=pk)
        if not world.gone(post.author):
            actions.restore(post, world.taken.pop(pk), by=post.author)


def rename(world, number):
    person = world.people[number % 3]
    if not world.gone(person):
        save_profile(person, name=f"New {number} Name", by=person)


def close_account(world, number):
    person = world.people[number % 3]
    if not world.gone(person):
        erase(person, by=person)


def change_the_thread(world, number):
    world.found.refresh_from_db()
    if number % 2:
        other, _new = world.place.rooms.get_or_create(name="Other", kind=RoomKind.OPEN)
        hosting.move(world.found, other, by=world.host)
    elif world.found.closed_at:
        hosting.reopen(world.found, by=world.host)
    else:
        hosting.close(world.found, by=world.host)
    world.found.refresh_from_db()


def go_round_us(world, number):
    """Somebody changes rows by hand, or an import does: no action of ours hears of it."""
    post = world.post(number)
    if post and not post.deleted_at:
        if number % 2:
            Post.objects.filter(pk=post.pk).update(html="<p>By hand</p>")
        else:
            File.objects.filter(post=post).delete()


def upkeep(world, number):
    actions.renew_stale(number)


DEEDS = [reply, reply, reply_with_files, edit, delete, restore, rename, close_account,
         change_the_thread, go_round_us, upkeep]  # fmt: skip


def shown(world, reader):
    page = f"/n/{world.place.slug}/talk/{world.found.pk}/"
    found = opened(world.place, reader, world.found.pk).thread
    rows = part(found, reader, page, before=2**50).posts
    return [plain.squeezed(row.html) for row in rows], plain.thread(found, reader, page)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@settings(
    max_examples=4, phases=[Phase.generate], deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 11)), min_size=4, max_size=10))
def test_whatever_happened_the_page_is_what_a_plain_rendering_gives(history):
    world = World()
    for deed, number in [(reply, 0), (reply_with_files, 1), *history]:
        deed(world, number)
        for reader in (world.people[0], world.host):
            if not world.gone(reader):
                fast, slow = shown(world, reader)
                assert fast == slow, deed.__name__
    actions.renew_stale()
    kept = " ".join(Post.objects.values_list("article", flat=True))
    assert not Post.objects.filter(article="").exists()
    for person in [*world.people, world.host]:
        assert not person.name or person.name not in kept
    fast, slow = shown(world, world.host)
    assert fast == slow


def test_without_the_database_s_own_watch_a_changed_post_would_be_shown_as_it_was():
    """The guard itself: a planted fault is found."""
    world = World()
    reply(world, 0)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER post_looks_otherwise ON networks_post")
    Post.objects.filter(thread=world.found).update(html="<p>By hand</p>")
    fast, slow = shown(world, world.host)
    assert fast != slow


def test_times_are_those_of_the_reader_s_own_zone_and_day(travel):
    world = World()
    reply(world, 0)
    travel(clock.now().replace(hour=23, minute=30) + timedelta(days=400))
    for zone in ("Pacific/Auckland", "America/Lima"):
        with timezone.override(zone):
            fast, slow = shown(world, world.host)
            assert fast == slow


def test_only_its_writer_is_asked_what_a_picture_shows():
    world = World()
    reply_with_files(world, 1)
    writer = world.people[1]
    assert "Say what it shows" in "".join(shown(world, writer)[0])
    assert "Say what it shows" not in "".join(shown(world, world.host)[0])


def test_words_leave_what_is_kept_with_their_post_and_their_writer():
    world = World()
    reply_with_files(world, 1)
    post = world.post(0)
    assert "flip" in post.article
    talk.delete(post, by=post.author)
    post.refresh_from_db()
    assert post.article
    assert "flip" not in post.article
    assert "With a file" not in post.article
    reply(world, 0)
    erase(world.people[0], by=world.people[0])
    kept = Post.objects.filter(author=world.people[0]).values_list("article", flat=True)
    assert set(kept) == {""}
