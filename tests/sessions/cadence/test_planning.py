"""A coordinator plans: fills in a page, looks at the dates, then agrees."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from members.notices.models import Notice
from networks.membership.actions import begin, leave
from networks.network.models import Cohort
from peernet.lib import clock
from sessions.cadence.models import Cadence, Session, SessionState
from sessions.cadence.tasks import tick_sessions
from tests import cast
from tests.sessions.around import FIRST, dates, plan, post, ring, text, words

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def address(place):
    return reverse("session_plan", args=[place.slug])


def wish(**changes):
    """What a coordinator types, and the key of the form."""
    return {
        "title": "Action learning set",
        "type": "action_learning",
        "rhythm": "3",
        "date": "2026-03-03",
        "time": "10:00",
        "minutes": "90",
        "link": "https://meet.example.org/123",
        "place": "",
        "once": str(uuid.uuid4()),
    } | changes


def test_she_sees_the_rule_and_the_next_six_dates_before_anything_is_saved(place, dan, signed_in):
    cast.member(place)
    page = text(signed_in(dan).post(address(place), wish()))
    assert "We meet every three weeks on Tuesday at 10am, London time." in page
    for day in ("3 March", "24 March", "14 April", "5 May", "26 May", "16 June"):
        assert f"Tuesday {day}, 10am" in page
    assert "7 July" not in page
    assert "Plan these sessions and invite 2 people" in page
    assert not Cadence.objects.exists()
    assert not Notice.objects.exists()


def test_pressing_the_button_plans_and_invites_everybody_once(place, dan, signed_in):
    ann = cast.member(place)
    cast.former_member(place)
    signed_in(dan).post(address(place), wish(step="plan"))
    (cadence,) = Cadence.objects.all()
    assert cadence.rule == "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU"
    assert [one.slot for one in dates(cadence.sessions.first())][:2] == [
        "2026-03-03T10:00",
        "2026-03-24T10:00",
    ]
    told = Notice.objects.values_list("kind", "person")
    assert sorted(told) == sorted([("series", dan.pk), ("series", ann.pk)])


def test_a_single_session_is_planned_the_same_way(place, dan, signed_in):
    client = signed_in(dan)
    page = text(client.post(address(place), wish(rhythm="once")))
    assert "Once, on Tuesday 3 March at 10am, London time." in page
    assert "Plan this session and invite 1 person" in page
    client.post(address(place), wish(rhythm="once", step="plan"))
    (session,) = Session.objects.all()
    assert (session.cadence, session.starts_at) == (None, datetime(2026, 3, 3, 10, tzinfo=UTC))
    assert Notice.objects.get().kind == "session"


def test_dates_after_the_grant_are_shown_and_kept_as_not_confirmed(place, dan, signed_in):
    cast.grant(place, ends_on=date(2026, 5, 5))
    client = signed_in(dan)
    page = text(client.post(address(place), wish()))
    assert page.count("Not confirmed: the grant ends on Tuesday 5 May.") == 2
    client.post(address(place), wish(step="plan"))
    states = [one.state for one in dates(Session.objects.first())]
    assert states[:5] == ["planned"] * 4 + ["tentative"]


def test_when_all_dates_lie_after_the_grant_nobody_is_invited(place, dan, signed_in):
    cast.grant(place, ends_on=date(2026, 2, 28))
    client = signed_in(dan)
    page = words(client.post(address(place), wish()))
    assert "Plan these sessions Change something" in page
    page = text(client.post(address(place), wish(step="plan"), follow=True))
    assert "Nobody is invited yet" in page
    assert not Notice.objects.exists()


def test_a_time_that_the_clocks_skip_is_pointed_out(place, dan, signed_in):
    asked = wish(rhythm="1", date="2026-03-22", time="01:30")
    page = text(signed_in(dan).post(address(place), asked))
    assert "Sunday 29 March, 2:30am" in page
    assert "The clocks go forward then, so it starts at 2:30am." in page


def test_a_cohort_can_be_invited_alone(place, dan, signed_in):
    second = Cohort.objects.create(network=place, name="Cohort 2", starts_on=date(2026, 1, 1))
    cast.member(place, "Ann Lee")
    bo = cast.member(place, "Bo Ek", cohort=second)
    client = signed_in(dan)
    page = text(client.post(address(place), wish(cohort=second.pk)))
    assert "invite 1 person" in page
    client.post(address(place), wish(cohort=second.pk, step="plan"))
    assert list(Notice.objects.values_list("person", flat=True)) == [bo.pk]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Fill in “What is it called?”."),
        ({"title": "x" * 300}, "Use 120 characters or fewer. You wrote 300."),
        ({"type": "party"}, "Choose one of the answers shown."),
        ({"rhythm": "5"}, "Choose one of the answers shown."),
        ({"date": "2026-02-28"}, "Choose a date and time that are still to come."),
        ({"date": "2026-03-01", "time": "11:00"}, "Choose a date and time that are still to come."),
        ({"date": "2028-12-01"}, "Choose a date in the next two years."),
        ({"date": "0001-01-01"}, "Choose a date and time that are still to come."),
        ({"date": "9999-12-31"}, "Choose a date in the next two years."),
        ({"date": "2026-04-31"}, "Enter a real date for “First date”, with day, month and year."),
        ({"time": "25:00"}, "like 10:30."),
        ({"time": ""}, "Enter a time for"),
        ({"minutes": "0"}, "Enter 5 or more."),
        ({"minutes": "1441"}, "Enter 1440 or less."),
        ({"minutes": "99999999999999999999"}, "Enter 1440 or less."),
        ({"minutes": "an hour"}, "Enter a whole number"),
        ({"link": "javascript:alert(1)"}, "Enter a whole web address, like https://example.org."),
        ({"link": "ftp://example.org/x"}, "Enter a whole web address, like https://example.org."),
        ({"link": "https://" + "x" * 600 + ".org"}, "Use 500 characters or fewer."),
        ({"link": ""}, "Add a link to join online, or a place."),
        ({"facilitator": "999999"}, "Choose one of the answers shown."),
        ({"facilitator": "x"}, "Choose one of the answers shown."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    place, dan, signed_in, changes, sentence
):
    asked = wish(step="plan", place="") | changes
    response = signed_in(dan).post(address(place), asked)
    page = text(response)
    assert response.status_code == 422
    assert page.count(sentence) == 2  # in the summary, and beside the field
    assert "https://meet.example.org/123" in page or "link" in changes
    assert not Session.objects.exists()


def test_somebody_outside_cannot_be_made_to_lead(place, dan, signed_in):
    stranger = cast.coordinator(cast.network("Elsewhere"), "Otto Else")
    response = signed_in(dan).post(address(place), wish(step="plan", facilitator=stranger.pk))
    assert response.status_code == 422
    assert "Otto" not in text(response)


def test_change_something_brings_the_form_back_as_it_was(place, dan, signed_in):
    page = text(signed_in(dan).post(address(place), wish(step="change", title="Tea & talk")))
    assert "Tea &amp; talk" in page
    assert "There is a problem" not in page


def test_the_same_form_twice_makes_one_rhythm(place, dan, signed_in):
    asked = wish(step="plan")
    client = signed_in(dan)
    client.post(address(place), asked)
    client.post(address(place), asked)
    assert Cadence.objects.count() == 1
    assert Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_presses_make_one_rhythm(place, dan):
    asked = wish(step="plan")

    def press(_):
        client = Client()
        client.force_login(dan, backend=BACKEND)
        try:
            return client.post(address(place), asked).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as hands:
        codes = set(hands.map(press, range(20)))
    assert codes == {302}
    (cadence,) = Cadence.objects.all()
    assert cadence.sessions.count() == len({one.slot for one in cadence.sessions.all()})
    assert Notice.objects.count() == 1


def test_what_was_typed_survives_a_sign_in_that_expired(place, dan, client):
    client.post(address(place), wish(title="Typed while signed out"))
    client.force_login(dan, backend=BACKEND)
    assert "Typed while signed out" in text(client.get(address(place)))


def test_the_horizon_moves_with_time_and_makes_no_date_twice(place, dan, signed_in, travel):
    signed_in(dan).post(address(place), wish(step="plan"))
    before = [one.pk for one in dates(Session.objects.first())]
    tick_sessions()
    assert [one.pk for one in dates(Session.objects.first())] == before
    travel(datetime(2026, 6, 1, 12, tzinfo=UTC))
    for _ in range(3):
        tick_sessions()
    after = dates(Session.objects.first())
    assert [one.pk for one in after][: len(before)] == before
    assert len(after) > len(before)
    assert {one.time.hour for one in after} == {10}


def test_who_joins_later_is_invited_and_who_left_is_not(place, dan, signed_in):
    gone = cast.member(place, "Gus Hill")
    signed_in(dan).post(address(place), wish(step="plan"))
    Notice.objects.all().delete()
    gone.memberships.update(until=datetime(2026, 3, 1, 12, tzinfo=UTC))
    ann = cast.member(place)
    tick_sessions()
    tick_sessions()
    assert sorted(Notice.objects.values_list("person", flat=True)) == sorted([dan.pk, ann.pk])


def test_a_past_and_a_cancelled_date_invite_nobody(place, dan, travel):
    cast.session(place, starts=datetime(2026, 3, 2, 10, tzinfo=UTC))
    cast.session(place, starts=datetime(2026, 3, 9, 10, tzinfo=UTC), state=SessionState.CANCELLED)
    travel(datetime(2026, 3, 2, 11, tzinfo=UTC))
    tick_sessions()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("far", ["9999-12-31", "0001-01-01"])
def test_the_ends_of_the_calendar_are_refused_in_every_zone(place, signed_in, far):
    place.zone = "America/New_York"
    place.save()
    dan = cast.coordinator(place)
    typed = {"date": far, "time": "23:00", "minutes": 90, "title": "Far", "type": "meeting"}
    page = signed_in(dan).post(
        reverse("session_plan", args=[place.slug]), typed | {"rhythm": "once", "place": "Hall"}
    )
    assert page.status_code == 422


def test_who_left_before_the_invitation_went_and_comes_back_is_invited_once(
    place, dan, ann, travel
):
    plan(place, dan)
    plan(place, dan, rhythm="once", first=FIRST + timedelta(days=42))
    leave(place, by=ann)
    ring()
    assert post(ann) == []
    travel(clock.now() + timedelta(hours=1))
    begin(place, ann, by=dan)
    ring()
    assert [letter.subject.split(": ")[-1] for letter in post(ann)] == ["Action learning set"] * 2
    ring()
    assert post(ann) == []


def test_who_has_the_invitation_and_comes_back_is_not_invited_again(place, dan, ann, travel):
    plan(place, dan)
    ring()
    assert len(post(ann)) == 1
    leave(place, by=ann)
    travel(clock.now() + timedelta(hours=1))
    begin(place, ann, by=dan)
    ring()
    assert post(ann) == []


def test_who_has_not_joined_yet_is_counted_beside_the_button(place, dan, signed_in):
    cast.invited(place)
    cast.invited(place, "Una Wait")
    page = words(signed_in(dan).post(address(place), wish(rhythm="once")))
    assert "invite 1 person" in page
    assert (
        "2 people who were asked to join have not done so yet. They are invited when they" in page
    )
