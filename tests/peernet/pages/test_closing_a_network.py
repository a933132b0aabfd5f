"""Closing a network: one true confirmation, everything stops, everything is still read."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from members.notices.actions import send_due
from networks.invitations import actions as invitations
from networks.membership.models import Membership, Pause, Role
from networks.network.models import Closing
from peernet.lib import clock, tokens
from peernet.lib.errors import Refused
from peernet.pages.actions import close_account, close_network, reopen_network
from sessions.cadence.actions import Plan, invite_late_joiners, plan
from sessions.cadence.models import Cadence, Session, SessionState
from sessions.calendar.actions import make_address
from sessions.meetings.actions import answer, remind
from tests import cast
from tests.declared import PAGES
from tests.world import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network("Community Shops")


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


def go_on(place, dan):
    """A rhythm, a single session and an open invitation, all told to everybody."""
    first = clock.now().replace(tzinfo=None, hour=10, minute=0, second=0, microsecond=0)
    wanted = {"type": "meeting", "minutes": 60}
    plan(place, Plan("Tea", rhythm="1", first=first + timedelta(days=3), **wanted), by=dan)
    plan(place, Plan("Visit", rhythm="once", first=first + timedelta(days=4), **wanted), by=dan)
    asked = invitations.invite(place, email="i@example.org", name="Ivy", organisation=None, by=dan)
    send_due()
    mail.outbox.clear()
    return asked


def shut(place, dan, words="We had a good time."):
    return close_network(place, name=place.name, words=words, by=dan)


def subjects(person):
    return [letter.subject for letter in mail.outbox if letter.to == [person.email]]


def test_it_asks_for_the_name_and_closes_for_nothing_else(place, dan, signed_in):
    client = signed_in(dan)
    address = reverse("network_close", args=[place.slug])
    for wrong in ("", "Community", "Community Shops!"):
        refused = client.post(address, {"name": wrong, "words": "Farewell, all"})
        assert refused.status_code == 422
        assert "Farewell, all" in refused.content.decode()
    place.refresh_from_db()
    assert place.closed_at is None
    assert client.post(address, {"name": " community  shops "}).status_code == 302
    place.refresh_from_db()
    assert place.closed_at
    assert client.post(address, {"name": "Community Shops"}).status_code == 403
    assert Closing.objects.count() == 1


def test_sessions_are_cancelled_invitations_withdrawn_and_everybody_is_told(place, dan, ann):
    asked = go_on(place, dan)
    paused = cast.member(place, "Bo Dale")
    Pause.objects.create(network=place, person=paused)
    shut(place, dan)
    send_due()
    told = subjects(ann)
    assert sum("has closed" in one for one in told) == 1
    assert sum("Has ended" in one for one in told) == 1
    assert sum("Cancelled" in one for one in told) == 1
    assert any("has closed" in one for one in subjects(paused))
    cancelled = [one for one in mail.outbox if "Cancelled" in one.subject and ann.email in one.to]
    assert "METHOD:CANCEL" in cancelled[0].message().as_string().replace("=\n", "")
    assert not Session.objects.exclude(state=SessionState.CANCELLED).exists()
    assert not Cadence.objects.filter(ended_at=None).exists()
    asked.refresh_from_db()
    assert asked.withdrawn_at
    assert "We had a good time." in next(
        one.body for one in mail.outbox if "has closed" in one.subject
    )
    mail.outbox.clear()
    clock.travel(clock.now() + timedelta(days=2))
    remind()
    invite_late_joiners()
    send_due()
    assert not mail.outbox


# What one still does in a network that has closed: notifications are one's own choice and move
# nothing, and a sealed room is opened by whoever holds its key as long as copies are about.
STILL = ("leave", "network_reopen", "network_notifications", "sealed", "sealed_key")


def test_everything_is_still_read_and_nothing_written(signed_in):
    """Every address of a closed network, as a member and as its coordinator."""
    house = world()
    place, dan, ann = house.place, house["coordinator"], house["member"]
    addresses = [
        (page, reverse(page.name, args=page.args(house)))
        for page in PAGES
        if page.args(house)[:1] == (place.slug,)
    ]
    shut(place, dan, words="")
    for person in (ann, dan):
        client = signed_in(person)
        for page, address in addresses:
            assert client.get(address).status_code in (200, 302, 403, 404, 405), page.name
            if page.post and page.name not in STILL:
                data = page.data(house)
                status = client.post(address, data).status_code  # 422: what they typed stays
                assert status in (403, 404, 405, 422), page.name
        for name in ("network", "talk", "sessions", "people", "charter", "log"):
            assert client.get(reverse(name, args=[place.slug])).status_code == 200, name
        talk = client.get(reverse("talk", args=[place.slug])).content.decode()
        thread = client.get(reverse("thread", args=[place.slug, house.thread.pk])).content.decode()
        assert house.post.text in thread
        for html in (talk, thread):
            assert "It can be read, and nothing new is written." in html
            assert "<textarea" not in html
    programme = reverse("programme", args=[house.programme.slug])
    assert "closed on" in signed_in(house["funder"]).get(programme).content.decode()
    client = signed_in(dan)
    refused = client.get(reverse("run", args=[place.slug]))
    assert "This network is closed" in refused.content.decode()


def test_old_links_of_a_closed_network_say_so(place, dan, ann, client, signed_in):
    asked = go_on(place, dan)
    token = make_address(ann, place, by=ann)
    meeting = Session.objects.get(title="Visit")
    answer(meeting, ann, "yes", by=ann)
    shut(place, dan)
    join = client.get(reverse("join", args=[asked.token]))
    assert (join.status_code, "is closed" in join.content.decode()) == (410, True)
    mine = tokens.make("answer", meeting.pk, ann.pk, ann.token_version)
    old = client.get(reverse("answer_by_mail", args=[mine]))
    assert old.status_code == 410
    assert "Community Shops has closed, and its sessions with it." in old.content.decode()
    feed = client.get(reverse("calendar_feed", args=[token]))
    assert feed.status_code == 200
    assert "STATUS:CANCELLED" in feed.content.decode()
    page = signed_in(ann).get(meeting.get_absolute_url())
    assert page.status_code == 200
    home = signed_in(ann).get("/").content.decode()
    assert "Closed, and still to be read" in home
    front = signed_in(ann).get(place.get_absolute_url()).content.decode()
    assert "We had a good time." in front
    assert "Open it again" not in front


def test_strangers_and_former_members_see_no_more_than_before(place, dan, signed_in):
    gus, oz = cast.former_member(place), cast.person("Oz")
    client = signed_in(oz)
    before = client.get(place.get_absolute_url())
    shut(place, dan)
    after = client.get(place.get_absolute_url())
    assert (before.status_code, len(before.content)) == (after.status_code, len(after.content))
    assert signed_in(gus).get(place.get_absolute_url()).status_code == 404


def test_it_is_undone_with_its_sessions_and_invitations(place, dan, ann, signed_in):
    asked = go_on(place, dan)
    planned = Session.objects.filter(state=SessionState.PLANNED).count()
    shut(place, dan)
    send_due()
    mail.outbox.clear()
    page = signed_in(dan).get(place.get_absolute_url()).content.decode()
    assert "Open it again" in page
    signed_in(dan).post(reverse("network_reopen", args=[place.slug]))
    place.refresh_from_db()
    assert place.closed_at is None
    assert Session.objects.filter(state=SessionState.PLANNED).count() == planned
    assert not Cadence.objects.exclude(ended_at=None).exists()
    asked.refresh_from_db()
    assert asked.withdrawn_at is None
    send_due()
    told = subjects(ann)
    assert any("is open again" in one for one in told)
    assert any("New dates" in one for one in told)
    assert len(told) == 3  # the visit too
    invite_late_joiners()
    mail.outbox.clear()
    send_due()
    assert not mail.outbox


def test_what_was_cancelled_before_stays_cancelled(place, dan):
    go_on(place, dan)
    gone = Session.objects.get(title="Visit")
    gone.state, gone.settled_at = SessionState.CANCELLED, clock.now() - timedelta(hours=1)
    gone.save()
    shut(place, dan)
    reopen_network(place, by=dan)
    gone.refresh_from_db()
    assert gone.state == SessionState.CANCELLED


def test_dates_past_the_end_of_the_money_are_unsure_again(place, dan):
    today = clock.today(place.zone)
    cast.grant(place, ends_on=today + timedelta(days=10))
    go_on(place, dan)
    later = clock.now().replace(tzinfo=None, microsecond=0) + timedelta(days=20)
    plan(place, Plan("Late", type="meeting", rhythm="once", first=later, minutes=60), by=dan)
    states = dict(Session.objects.values_list("pk", "state"))
    assert set(states.values()) == {"planned", "tentative"}
    shut(place, dan)
    reopen_network(place, by=dan)
    assert dict(Session.objects.values_list("pk", "state")) == states


def test_after_two_weeks_only_an_operator_opens_it_again(place, dan, signed_in):
    shut(place, dan)
    clock.travel(clock.now() + timedelta(days=15))
    with pytest.raises(Refused, match="more than two weeks ago"):
        reopen_network(place, by=dan)
    olu = cast.person("Olu", is_operator=True)
    page = signed_in(olu).get(reverse("operate_networks")).content.decode()
    assert "Open it again" in page
    signed_in(olu).post(reverse("operate_reopen", args=[place.pk]))
    place.refresh_from_db()
    assert place.closed_at is None


def test_the_only_member_closes_the_network_and_then_the_account(place, dan, signed_in):
    with pytest.raises(Refused, match="Only you look after"):
        close_account(address=dan.email, by=dan)
    page = signed_in(dan).get(reverse("account_close")).content.decode()
    assert reverse("network_close", args=[place.slug]) in page
    shut(place, dan)
    close_account(address=dan.email, by=dan)
    dan.refresh_from_db()
    assert not dan.is_active
    assert not Membership.objects.filter(person=dan).current().exists()


def test_one_can_leave_a_closed_network_even_as_its_last_coordinator(place, dan, signed_in):
    shut(place, dan)
    left = signed_in(dan).post(reverse("leave", args=[place.slug]), follow=True)
    assert "Community Shops has closed" in left.content.decode()
    assert signed_in(dan).get(place.get_absolute_url()).status_code == 404


def test_only_coordinators_can(place, ann, signed_in):
    cast.member(place, "Fay", role=Role.FACILITATOR)
    assert signed_in(ann).get(reverse("network_close", args=[place.slug])).status_code == 403
