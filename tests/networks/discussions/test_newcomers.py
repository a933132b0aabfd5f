"""What somebody reads who joined later: the same in SQL, in Django's queries and in plain words."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from networks.articles.queries import opened, part
from networks.discussions import actions, queries, rules
from networks.discussions.models import Post, Room, RoomKind, Thread
from networks.discussions.rules import ALWAYS, COHORT, EVERYTHING, JOINING, NEVER, Opens
from networks.hosting import actions as hosting
from networks.membership import actions as membership
from networks.membership.models import Role
from networks.search.queries import search
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
RULES = [EVERYTHING, COHORT, JOINING]


class World:
    """Deeds in a network, and beside them what was done, told plainly."""

    def __init__(self, travel):
        self.now, self.travel = clock.now(), travel
        self.place = cast.network()
        self.dan = cast.coordinator(self.place)
        self.crowd = [cast.person(f"P{n}", email=f"{uuid4()}@example.org") for n in range(3)]
        self.cohorts = [
            self.place.cohorts.create(
                name=f"C{n}", starts_on=self.now.date(), starts_at=self.now + n * 4 * HOUR
            )
            for n in range(2)
        ]
        spaces = [(RoomKind.OPEN, None), (RoomKind.TRUSTED, None), (RoomKind.OPEN, 0)]
        self.rooms = [
            Room.objects.create(
                network=self.place, name=f"R{n}", kind=kind,
                cohort=None if number is None else self.cohorts[number],
            )
            for n, (kind, number) in enumerate(spaces)
        ]  # fmt: skip
        self.here, self.inside = {}, defaultdict(dict)  # since when: person; person, cohort
        self.ruled = {room: [(ALWAYS, room.history)] for room in self.rooms}
        self.said = []
        self.numbers = count()

    def later(self):
        self.now += HOUR
        self.travel(self.now)

    # --- deeds ---

    def join_or_go(self, n):
        person = self.crowd[n % 3]
        if person in self.here:
            membership.leave(self.place, by=person)
            del self.here[person]
            self.inside.pop(person, None)
        else:
            membership.begin(self.place, person, by=self.dan)
            self.here[person] = self.now

    def change_role(self, n):
        person = self.crowd[n % 3]
        if person in self.here:
            spell = self.place.memberships.get(person=person, until=None)
            other = Role.MEMBER if spell.role == Role.FACILITATOR else Role.FACILITATOR
            membership.change_role(spell, other, by=self.dan)

    def in_or_out_of_cohort(self, n):
        person, cohort = self.crowd[n % 3], self.cohorts[n % 2]
        if person not in self.here:
            return
        if cohort in self.inside[person]:
            membership.take_out_of_cohort(cohort, person, by=self.dan)
            del self.inside[person][cohort]
        else:
            membership.put_in_cohort(cohort, person, by=self.dan)
            self.inside[person][cohort] = self.now

    def say(self, n):
        room = self.rooms[n % 3]
        thread = Thread.objects.filter(room=room).order_by("pk").first()
        words = f"w{next(self.numbers)}"
        if thread is None or n % 4 == 0:
            thread = actions.start_thread(room, title=words, words=words, by=self.dan)
        else:
            actions.reply(thread, words=words, by=self.dan)
        self.said.append((Post.objects.latest("pk"), room, self.now))

    def rule(self, n):
        room = self.rooms[n % 3]
        actions.change_history(room, RULES[n // 3 % 3], by=self.dan)
        self.ruled[room].append((self.now, RULES[n // 3 % 3]))

    # --- the rule in plain words ---

    def may_read(self, person, room, at):
        cohorts = self.inside[person]
        if person not in self.here or (room.cohort and room.cohort not in cohorts):
            return False
        if (cohorts[room.cohort] if room.cohort else self.here[person]) <= at:
            return True
        held = {rule for when, rule in self.ruled[room] if when > at}
        held.add([rule for when, rule in self.ruled[room] if when <= at][-1])
        mine = [room.cohort] if room.cohort else cohorts
        begun = any(cohort.starts_at <= at for cohort in mine)
        return held == {EVERYTHING} or (JOINING not in held and begun)


DEEDS = [World.say, World.say, World.join_or_go, World.join_or_go, World.change_role,
         World.in_or_out_of_cohort, World.rule]  # fmt: skip


def seen_by(world, person):
    """Post ids: by Django's queries, by the statements of pages, and by the search."""
    place = world.place
    plain = set(Post.objects.visible_to(person).values_list("pk", flat=True))
    rooms = queries.rooms(place, person)
    rows = queries.threads(rooms, person, limit=100)
    shown = set()
    for row in rows:
        found = opened(place, person, row.id).thread
        posts = part(found, person, "/").posts
        shown |= {post.id for post in posts}
        assert row.posts_count == len(posts) == found.posts_count
        assert found.first_id == posts[0].id
        assert (found.title, row.title) == (queries.thread(place, person, row.id).title,) * 2
    listed = set(Thread.objects.visible_to(person).values_list("pk", flat=True))
    assert listed == {row.id for row in rows}
    assert {row.id for row in rows if row.unread} == listed  # nobody of them wrote
    news = {Thread.objects.get(pk=pk).room_id for pk in listed}
    assert queries.rooms_with_news(rooms, person) == news
    return plain, shown


@settings(
    max_examples=12, phases=[Phase.generate], deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 11)), min_size=12, max_size=24))
def test_sql_and_django_show_exactly_what_the_rule_says_in_plain_words(travel, deeds):
    world = World(travel)
    for deed, number in [*[(World.say, n) for n in range(3)], (World.join_or_go, 0), *deeds]:
        world.later()
        deed(world, number)
    for person in world.crowd:
        allowed = {post.pk for post, room, at in world.said if world.may_read(person, room, at)}
        plain, shown = seen_by(world, person)
        assert plain == shown == allowed
        for post, room, _at in world.said:
            hits = {hit.post for hit in search(person, post.text).hits}
            assert hits <= allowed & {post.pk}
            if (
                person in world.here
                and room.for_all
                and world.ruled[room] == [(ALWAYS, EVERYTHING)]
            ):
                assert hits == {post.pk}


MOMENTS = st.sampled_from([ALWAYS, *(datetime(2026, 1, day, tzinfo=ALWAYS.tzinfo) for day in
                                     range(1, 6)), NEVER])  # fmt: skip


@given(MOMENTS, MOMENTS, st.sampled_from(RULES), MOMENTS, MOMENTS, MOMENTS)
def test_no_change_of_a_rule_opens_anything_said_before(first, second, rule, here, cohort, now):
    """Of whoever and whenever; now is any moment but the two that stand for none."""
    now = min(max(now, datetime(2026, 1, 1, tzinfo=ALWAYS.tzinfo)), NEVER - HOUR)
    was = Opens(*sorted([first, second]))
    is_now = rules.changed(was, rule, now)
    assert is_now.cohorts_from <= is_now.all_from
    assert rules.history_of(is_now) == rule
    before = rules.reads_from(here, cohort, was)
    assert rules.reads_from(here, cohort, is_now) >= min(before, now)


# --- What pages say ----------------------------------------------------------------------------


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def rants(place):
    return Room.objects.create(network=place, name="Rants", kind=RoomKind.TRUSTED)


@pytest.fixture
def late(place, dan, rants, travel):
    """Who joined between two posts of a thread in a trusted room."""
    thread = actions.start_thread(rants, title="Qzfirst", words="Qzfirst said", by=dan)
    travel(clock.now() + HOUR)
    bo = cast.member(place, "Bo Dale", since=clock.now())
    travel(clock.now() + HOUR)
    actions.reply(thread, words="And later", by=dan)
    return bo


def test_of_an_older_thread_a_newcomer_reads_only_the_later_posts(place, late, rants, signed_in):
    client, thread = signed_in(late), Thread.objects.get()
    page = client.get(reverse("thread", args=[place.slug, thread.pk])).content.decode()
    assert "And later" in page
    assert "Earlier posts were for those who were here then." in page
    assert "Qzfirst" not in page
    listed = client.get(reverse("room", args=[place.slug, rants.pk])).content.decode()
    assert "A thread that began before you came" in listed
    assert "1 post since you came" in listed
    assert "Qzfirst" not in listed


def test_no_address_brings_the_earlier_post(place, late, signed_in):
    client, thread = signed_in(late), Thread.objects.get()
    first = Post.objects.earliest("pk")
    page = reverse("thread", args=[place.slug, thread.pk])
    for ask in (f"?before={first.pk + 1}", f"?after={first.pk - 1}", f"?quote={first.pk}"):
        assert "Qzfirst" not in client.get(page + ask).content.decode()
    unread = reverse("post_unread", args=[place.slug, thread.pk, first.pk])
    assert client.post(unread).status_code == 404


def test_who_hosts_a_room_gives_no_new_title_to_what_began_before_they_came(place, late, signed_in):
    membership.change_role(late.memberships.get(), Role.FACILITATOR, by=late)
    thread = Thread.objects.get()
    rename = reverse("thread_rename", args=[place.slug, thread.pk])
    assert signed_in(late).post(rename, {"title": "Mine"}).status_code == 403
    assert Post.objects.visible_to(late).count() == 1  # and the role opened nothing


def test_who_was_there_all_along_still_reads_everything(place, dan, late, rants):
    assert Post.objects.visible_to(dan).count() == 2


def test_who_is_put_back_after_a_while_reads_nothing_of_the_time_between(place, dan, rants, travel):
    bo = cast.member(place, "Bo Dale")
    spell = membership.remove_member(bo.memberships.get(), by=dan)
    travel(clock.now() + HOUR)
    actions.start_thread(rants, title="Meanwhile", words="Meanwhile", by=dan)
    travel(clock.now() + HOUR)
    membership.restore_member(spell, by=dan)
    assert not Post.objects.visible_to(bo).exists()


def test_a_slip_that_is_undone_at_once_hides_nothing(place, dan, rants, travel):
    bo = cast.member(place, "Bo Dale")
    actions.start_thread(rants, title="Before", words="Before", by=dan)
    spell = membership.remove_member(bo.memberships.get(), by=dan)
    travel(clock.now() + timedelta(minutes=2))
    membership.restore_member(spell, by=dan)
    assert Post.objects.visible_to(bo).count() == 1


@pytest.mark.parametrize(("rule", "words"), [
    (EVERYTHING, "can read it too"), (COHORT, "from the start of their cohort"),
    (JOINING, "People who join later: cannot read it."),
])  # fmt: skip
def test_beside_the_write_box_stands_what_people_can_read_who_join_later(
    place, dan, rants, signed_in, rule, words
):
    actions.change_history(rants, rule, by=dan)
    thread = actions.start_thread(rants, title="A", words="B", by=dan)
    for name, args in [("room", [rants.pk]), ("thread", [thread.pk])]:
        page = signed_in(dan).get(reverse(name, args=[place.slug, *args])).content.decode()
        assert words in page
    page = signed_in(dan).get(reverse("thread_new", args=[place.slug]) + f"?room={rants.pk}")
    assert words in page.content.decode()


def test_a_room_is_opened_with_its_rule_or_with_the_usual_one(place, dan, signed_in):
    page = reverse("room_new", args=[place.slug])
    client = signed_in(dan)
    client.post(page, {"name": "A", "kind": "trusted", "history": ""})
    client.post(page, {"name": "B", "kind": "open", "history": ""})
    client.post(page, {"name": "C", "kind": "open", "history": "joining"})
    rules_of = {room.name: room.history for room in place.rooms.all()}
    assert rules_of == {"Everyone": EVERYTHING, "A": JOINING, "B": EVERYTHING, "C": JOINING}


def test_a_coordinator_changes_the_rule_and_it_is_on_the_record(place, dan, late, rants, signed_in):
    page = reverse("room_history", args=[place.slug, rants.pk])
    assert signed_in(dan).post(page, {"history": EVERYTHING}).status_code == 302
    rants.refresh_from_db()
    assert rants.history == EVERYTHING
    assert Post.objects.visible_to(late).count() == 1  # what was said before stays
    assert (
        "changed what of a room"
        in signed_in(dan).get(reverse("log", args=[place.slug])).content.decode()
    )


def test_a_thread_is_moved_only_where_nobody_reads_more_of_it(place, dan, travel):
    everyone = place.rooms.get()
    strict = Room.objects.create(network=place, name="Now", **rules.OPENS[JOINING]._asdict())
    thread = actions.start_thread(strict, title="A", words="B", by=dan)
    with pytest.raises(Refused, match="More people"):
        hosting.move(thread, everyone, by=dan)
    looser = Room.objects.create(network=place, name="Later")
    actions.change_history(looser, JOINING, by=dan)
    travel(clock.now() + HOUR)
    looser = actions.change_history(looser, EVERYTHING, by=dan)
    older = actions.start_thread(everyone, title="A", words="B", by=dan)
    hosting.move(older, looser, by=dan)
    with pytest.raises(Refused, match="More people"):
        hosting.move(older, everyone, by=dan)


def test_a_stricter_rule_takes_words_out_of_the_search_at_once(place, dan):
    everyone = place.rooms.get()
    actions.start_thread(everyone, title="Qzfirst", words="Words", by=dan)
    assert search(dan, "qzfirst").hits
    actions.change_history(everyone, JOINING, by=dan)
    assert not search(dan, "qzfirst").hits
    actions.change_history(everyone, EVERYTHING, by=dan)
    actions.reply(Thread.objects.get(), words="Kettles", by=dan)
    assert not search(dan, "qzfirst").hits
    bo = cast.member(place, "Bo Dale", since=clock.now())
    assert [hit.title for hit in search(dan, "kettles").hits] == ["Qzfirst"]
    assert "Qzfirst" not in [hit.title for hit in search(bo, "kettles").hits]
