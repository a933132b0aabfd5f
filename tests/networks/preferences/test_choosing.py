"""Choosing what one is sent: signed in, or from the foot of any mail."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse

from members.notices.actions import tell
from members.notices.models import Notice
from members.notices.notices import settings_link
from members.notices.tasks import tick_outbox
from members.people.models import Person
from networks.membership.models import Membership
from networks.preferences.actions import choose
from networks.preferences.models import Preference
from networks.preferences.queries import chosen
from peernet.lib import clock
from sessions.meetings.tasks import tick_reminders
from tests import cast

pytestmark = pytest.mark.django_db
CHOICES = {"talk": "weekly", "remind_week": "on", "remind_hour": "on"}


@pytest.fixture
def place():
    return cast.network("Community Libraries", slug="libraries")


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


def path(address):
    return address.removeprefix("http://localhost")


def said(person, place):
    row = chosen(person, place.pk)
    return (row.talk, row.remind_week, row.remind_day, row.remind_hour)


def test_whether_they_are_asked_for_a_second_person_is_theirs_to_say(place, ann, signed_in):
    url = reverse("network_notifications", args=("libraries",))
    assert chosen(ann, place.pk).ask_second
    signed_in(ann).post(url, CHOICES)
    assert not chosen(ann, place.pk).ask_second
    signed_in(ann).post(url, CHOICES | {"ask_second": "on"})
    assert chosen(ann, place.pk).ask_second


def test_a_member_chooses_for_a_network(place, ann, signed_in):
    url = reverse("network_notifications", args=("libraries",))
    answered = signed_in(ann).post(url, CHOICES)
    assert answered.status_code == 302
    assert said(ann, place) == ("weekly", True, False, True)
    page = signed_in(ann).get(url).content.decode()
    assert re.search(r'value="weekly"[^>]* checked', page)
    assert "cannot be switched off" in page


def test_a_choice_that_is_none_is_said_and_keeps_the_others(place, ann, signed_in):
    url = reverse("network_notifications", args=("libraries",))
    answered = signed_in(ann).post(url, {"talk": "often", "remind_day": "on"})
    assert answered.status_code == 422
    assert "Choose one of the answers shown." in answered.content.decode()
    assert not Preference.objects.exists()


def test_when_the_weekly_mail_comes_and_quiet_hours_are_chosen_once_for_all(place, ann, signed_in):
    client = signed_in(ann)
    page = client.get(reverse("notifications")).content.decode()
    assert "Community Libraries" in page
    client.post(reverse("notifications"), {"weekly": "on", "weekly_day": "4", "weekly_hour": "17"})
    ann.refresh_from_db()
    assert (ann.weekly, ann.weekly_day, ann.weekly_hour) == (True, 4, 17)
    assert not ann.quiet_hours
    for odd in ({"weekly_day": "7", "weekly_hour": "8"}, {"weekly_day": "0", "weekly_hour": "99"}):
        assert client.post(reverse("notifications"), odd).status_code == 422


def test_the_link_of_a_mail_opens_the_same_choice_without_signing_in(place, ann, client):
    url = path(settings_link(ann, place.pk))
    page = client.get(url).content.decode()
    assert "Community Libraries" in page
    assert "You change this as Ann" in page
    assert client.post(url, CHOICES, follow=True).status_code == 200
    assert said(ann, place) == ("weekly", True, False, True)
    weekly = path(settings_link(ann))
    assert weekly in page
    client.post(weekly, {"weekly_day": "2", "weekly_hour": "12"})
    assert not Person.objects.get(pk=ann.pk).weekly


def test_the_link_opens_nothing_else_and_dies_with_the_sign_outs(place, ann, client):
    other = cast.network("Arts", slug="arts")
    url = path(settings_link(ann, place.pk))
    client.post(url, CHOICES)
    assert client.get(reverse("network_notifications", args=("libraries",))).status_code == 302
    assert client.get(path(settings_link(ann, other.pk))).status_code == 404
    Person.objects.filter(pk=ann.pk).update(token_version=1)
    assert client.get(url).status_code == 404
    ann.refresh_from_db()
    Membership.objects.filter(person=ann).update(until=clock.now())
    assert client.get(path(settings_link(ann, place.pk))).status_code == 404


def test_a_reminder_that_somebody_does_not_want_is_not_sent_and_the_coordinator_can_read_why(
    place, ann, signed_in, travel
):
    start = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
    travel(start - timedelta(days=8))
    Membership.objects.update(since=clock.now() - timedelta(days=30))
    session = cast.session(place, start, title="Opening again")
    session.sure_since = clock.now() - timedelta(days=1)
    session.save()
    bo, dan = cast.member(place, "Bo Marsh"), cast.coordinator(place)
    Membership.objects.update(since=clock.now() - timedelta(days=30))
    choose(ann, place, remind_week=False, by=ann)
    tick_reminders()
    travel(start - timedelta(days=7) + timedelta(minutes=1))
    tick_reminders()
    tick_outbox()
    told = {one.to[0] for one in outbox.outbox}
    assert bo.email in told
    assert ann.email not in told
    page = signed_in(dan).get(reverse("sent", args=("libraries",))).content.decode()
    assert "They chose no reminder this long before." in page
    assert "Reminder of a session: Opening again, 8 Dec" in page


def test_what_must_arrive_comes_whatever_was_switched_off(place, ann):
    choose(ann, place, talk="nothing", remind_week=False, remind_day=False, remind_hour=False,
           by=ann)  # fmt: skip
    session = cast.session(place)
    tell(Person.objects.filter(pk=ann.pk), "session", session.pk, network_id=place.pk)
    tick_outbox()
    assert len(outbox.outbox) == 1


def test_the_foot_of_every_mail_to_a_member_works_without_signing_in(place, ann, client, travel):
    session = cast.session(place, facilitator=ann)
    everybody = Person.objects.filter(pk=ann.pk)
    for kind in ("session", "reminder"):
        tell(
            everybody, kind, session.pk, network_id=place.pk, version=session.sequence, offset=1440
        )
    tick_outbox()
    assert Notice.objects.filter(state="sent").count() == 2
    for sent in outbox.outbox:
        foot = sent.body.partition("\n-- \n")[2]
        assert "You get this because" in foot
        links = re.findall(r"http://localhost(/\S+)", foot)
        assert links
        for link in links:
            assert client.get(link).status_code == 200
    reminder = next(one for one in outbox.outbox if "List-Unsubscribe" in one.extra_headers)
    assert "Stop these reminders" in reminder.body
    client.post(path(reminder.extra_headers["List-Unsubscribe"].strip("<>")))
    assert said(ann, place)[1:] == (False, False, False)
