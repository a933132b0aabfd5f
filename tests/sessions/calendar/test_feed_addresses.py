# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Whose a feed is, and the secret address that it is fetched from."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.audit.models import AuditEntry
from networks.membership.actions import change_role, leave
from peernet.lib import tokens
from peernet.lib.errors import Refused
from sessions.calendar import actions
from sessions.calendar.models import CalendarFeed
from tests import cast
from tests.sessions.around import (
    dates,
    move,
    plan,
    ring,
    words,
)  # fmt: skip
from tests.sessions.calendar.fetching import fetch, shown, text

pytestmark = pytest.mark.django_db


def test_it_names_nobody(place, dan, ann):
    first = plan(place, dan, facilitator=dan)
    move(dates(first)[1], datetime(2026, 3, 25, 11), dan)
    ring()
    said = text(actions.make_address(ann, by=ann)).replace("\r\n ", "")
    for one in (dan, ann):
        assert one.name not in said
        assert one.email not in said
    assert "ATTENDEE" not in said
    assert "ORGANIZER" not in said
    assert "meet.example.org" not in said
    assert tokens.make("join_next", first.cadence_id, ann.pk, ann.token_version) not in said


def test_of_one_network_it_holds_that_network_only_and_of_all_each_that_one_is_in(place, dan, ann):
    libraries = cast.network("Libraries")
    otto = cast.coordinator(libraries, "Otto Else")
    plan(place, dan)
    plan(libraries, otto, rhythm="once", first=datetime(2026, 3, 9, 15))
    alone, everything = (
        actions.make_address(ann, place, by=ann), actions.make_address(ann, by=ann)
    )  # fmt: skip
    before = shown(everything)
    assert before == shown(alone)
    cast.member(libraries, person=ann)
    assert shown(alone) == before
    assert len(shown(everything)) == len(before) + 1


def test_another_cohorts_sessions_are_not_in_it(place, dan, ann):
    cohort = place.cohorts.create(name="North", starts_on=date(2026, 3, 1))
    bea = cast.member(place, "Bea Lane", cohort=cohort)
    plan(place, dan, cohort=cohort)
    assert shown(actions.make_address(bea, by=bea))
    assert shown(actions.make_address(ann, by=ann)) == []
    assert shown(actions.make_address(dan, by=dan)) == []  # who runs it is not invited either


# --- The token ----------------------------------------------------------------------------------


def test_the_address_is_a_secret_that_is_not_stored(place, ann):
    token = actions.make_address(ann, by=ann)
    assert len(token) >= 43  # 256 bits
    assert token not in str(list(CalendarFeed.objects.values()))
    assert token not in str(list(AuditEntry.objects.values()))


def test_a_new_address_ends_the_old_one(place, ann):
    old = actions.make_address(ann, by=ann)
    new = actions.make_address(ann, by=ann)
    assert fetch(old).status_code == 404
    assert fetch(new).status_code == 200
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarFeed.objects.create(person=ann, digest="x")


def test_what_is_no_address_any_more_is_answered_as_what_never_was(place, dan, ann):
    """The same bytes and the same single look-up, so that nothing tells them apart."""
    gone, off, shut = (cast.member(place, name) for name in ("Gus Hill", "Oz Off", "Ina Closed"))
    ended = {who: actions.make_address(who, place, by=who) for who in (gone, off)}
    leave(place, by=gone)
    actions.switch_off(off, place, by=off)
    ended[shut] = actions.make_address(shut, by=shut)
    type(shut).objects.filter(pk=shut.pk).update(is_active=False)
    answers, looks = [], []
    for token in ("x" * 43, actions.make_address(ann, by=ann) + "x", *ended.values()):
        with CaptureQueriesContext(connection) as seen:
            answers.append(fetch(token))
        looks.append(len(seen))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert set(looks) == {1}


def test_a_change_of_role_keeps_it_and_leaving_ends_it_for_good(place, dan, ann, travel):
    token = actions.make_address(ann, place, by=ann)
    everything = actions.make_address(ann, by=ann)
    plan(place, dan)
    travel(datetime(2026, 3, 2, 12, tzinfo=UTC))
    change_role(ann.memberships.get(), "facilitator", by=dan)
    assert shown(token)
    travel(datetime(2026, 3, 2, 13, tzinfo=UTC))
    leave(place, by=ann)
    assert fetch(token).status_code == 404
    assert shown(everything) == []
    travel(datetime(2026, 3, 9, 13, tzinfo=UTC))
    cast.member(place, person=ann, since=datetime(2026, 3, 9, tzinfo=UTC))
    assert fetch(token).status_code == 404
    assert shown(actions.make_address(ann, place, by=ann))


def test_nobody_makes_one_for_somebody_else_or_of_a_network_they_are_not_in(place, dan, ann):
    for person, network, by in ((ann, place, dan), (ann, cast.network("Other"), ann)):
        with pytest.raises(Refused):
            actions.make_address(person, network, by=by)
    assert not CalendarFeed.objects.exists()


# --- The page -----------------------------------------------------------------------------------


def test_the_page_shows_a_new_address_once(place, ann, signed_in):
    page, client = reverse("calendar_feeds"), signed_in(ann)
    made = client.post(page, {"deed": "make", "network": place.slug})
    address = made.content.decode().split('value="http://localhost/calendar/')[1].split('"')[0]
    assert f"webcal://localhost/calendar/{address}" in made.content.decode()
    assert fetch(address.removesuffix(".ics")).status_code == 200
    assert address not in client.get(page).content.decode()
    off = client.post(page, {"deed": "off", "network": place.slug}, follow=True)
    assert "That address works no more" in words(off)
    assert fetch(address.removesuffix(".ics")).status_code == 404


@pytest.mark.parametrize("slug", ["nowhere", "x" * 5000, "\x00"])
def test_a_network_that_is_not_theirs_is_not_there(place, ann, signed_in, slug):
    made = signed_in(ann).post(reverse("calendar_feeds"), {"deed": "make", "network": slug})
    assert made.status_code == 404
    assert not CalendarFeed.objects.exists()
