"""Who can see a thing, and why: held against the pages that show the thing."""

import pytest
from django.urls import reverse

from networks.discussions.actions import start_thread
from networks.discussions.models import Post, Room, Thread
from networks.exchange.actions import put_up
from networks.membership.models import Membership
from peernet.lib import clock
from peernet.pages import sight, things
from tests import cast
from tests.world import ROLES, world

pytestmark = pytest.mark.django_db

PAGES = {
    "network": "network", "people": "people", "person": "person", "organisation": "seat",
    "room": "room", "thread": "thread", "entry": "entry", "session": "session",
}  # fmt: skip
KEYED = {"network", "people"}  # pages whose address needs no id


@pytest.fixture
def house():
    """The world, with a cohort's room and session, and a trusted room with older talk in it."""
    made = world()
    place = made.place
    cohort = place.cohorts.create(name="First", starts_on=clock.today(place.zone))
    cohort.spells.create(person=made["member"])
    made.cohort = cohort
    made.cosy = Room.objects.create(network=place, name="Firsts only", cohort=cohort)
    made.trusted = Room.objects.create(network=place, name="Just us", kind="trusted")
    made.whispered = start_thread(made.trusted, title="Between us", words="Hush", by=made["member"])
    made.late = cast.member(place, "Zed Late", since=clock.now())
    clock_before = clock.now().replace(year=clock.now().year - 1)
    Thread.objects.filter(pk=made.whispered.pk).update(
        started_at=clock_before, last_post_at=clock_before
    )
    Post.objects.filter(thread=made.whispered).update(posted_at=clock_before)
    Membership.objects.filter(network=place, person=made["member"]).update(since=clock_before)
    made.inner = start_thread(made.cosy, title="First words", words="Hi", by=made["member"])
    made.some = cast.session(place, title="For the first", cohort=cohort)
    made.ask = put_up(
        place, kind="ask", title="A van", words="For a day", about="thing", tags=[],
        by=made["member"],
    )  # fmt: skip
    return made


def everything(house):
    """(kind, id) of all there is to ask about."""
    seat = house.place.seats.get()
    return [
        ("network", house.place.pk), ("people", house.place.pk),
        ("person", house["member"].pk), ("person", house["former"].pk),
        ("organisation", seat.organisation_id),
        *(("room", one.pk) for one in (house.room, house.cosy, house.trusted)),
        *(("thread", one.pk) for one in (house.thread, house.inner, house.whispered)),
        ("entry", house.ask.pk), ("session", house.session.pk), ("session", house.some.pk),
    ]  # fmt: skip


def opens(house, role, kind, pk):
    """What the thing's own page answers."""
    args = [house.place.slug] if kind in KEYED else [house.place.slug, pk]
    return house.browser(role).get(reverse(PAGES[kind], args=args)).status_code == 200


def test_the_answer_is_that_of_the_page_itself_for_every_thing_and_everybody(house):
    by, wrong = house["member"], []
    seen = {True: 0, False: 0}
    for kind, pk in everything(house):
        # Of each the asker is somebody who sees it, or nobody can ask.
        asker = by if things.find(kind, house.place, pk, by) else house["coordinator"]
        thing = things.find(kind, house.place, pk, asker)
        for role in ROLES[1:]:
            found = sight.answer(thing, house[role], asker)
            seen[found.can] += 1
            if found.can != opens(house, role, kind, pk) or not found.why:
                wrong.append((kind, pk, role, found))
    assert not wrong
    assert min(seen.values()) > 20


def test_posts_and_files_of_before_are_closed_to_who_came_later(house):
    post = Post.objects.get(thread=house.whispered)
    thing = things.find("post", house.place, post.pk, house["member"])
    late = sight.answer(thing, house.late, house["member"])
    assert not late.can
    assert "this was said before" in late.why[-1]
    assert sight.answer(thing, house["member"], house["member"]).can


def test_it_says_since_when_and_as_what_somebody_is_in_the_network(house):
    thing = things.find("network", house.place, house.place.pk, house["member"])
    own = sight.answer(thing, house["member"], house["member"])
    assert own.why[0].startswith("You are in Health and Social Care as member, since ")
    other = sight.answer(thing, house["coordinator"], house["member"])
    assert other.why[0].startswith("Dan Price is in Health and Social Care as coordinator, here")


def test_nobody_sees_answers_to_a_survey_and_only_the_funder_its_page(house):
    page = things.find("funder", house.place, house.programme.pk, house["member"])
    assert sight.answer(page, house["funder"], house["member"]).can
    assert not sight.answer(page, house["coordinator"], house["member"]).can


def look(house, role, kind, pk, **query):
    url = reverse("who_sees", args=[house.place.slug, kind, pk])
    return house.browser(role).get(url, query)


def test_what_one_may_not_know_of_looks_like_what_is_not_there(house):
    elsewhere = Thread.objects.exclude(network=house.place).first()
    foreign = elsewhere.pk if elsewhere else 10**9
    for kind, pk in [("thread", house.inner.pk), ("room", house.cosy.pk), ("thread", foreign),
                     ("session", house.some.pk), ("nonsense", 1), ("post", 10**9)]:  # fmt: skip
        client_sees = things.find(kind, house.place, pk, house.late)
        assert client_sees is None, (kind, pk)


def test_a_stranger_and_nobody_get_the_same_answer(house):
    stranger = house["other_coordinator"]
    args = (house, "member", "thread", house.thread.pk)
    for known, unknown in [({"q": stranger.name}, {"q": "Nobody Atall"}),
                           ({"person": stranger.pk}, {"person": 10**9})]:  # fmt: skip
        one, other = look(*args, **known).content, look(*args, **unknown).content
        for word in (stranger.name, "Nobody Atall"):
            one, other = one.replace(word.encode(), b""), other.replace(word.encode(), b"")
        assert one == other
        assert b"Nobody else among the people you know" in one


def test_somebody_is_looked_up_by_name_and_the_page_says_why(house):
    page = look(house, "member", "room", house.cosy.pk, q="late").content.decode()
    assert "Zed Late is not in First" in page
    assert "Cannot see it" in page
    page = look(house, "member", "thread", house.thread.pk, q="dan").content.decode()
    assert "Dan Price is in Health and Social Care" in page
