# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""The sessions page, a session's page, a rhythm's page: what each person finds there."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from networks.network.models import Cohort
from sessions.meetings.actions import answer
from tests import cast
from tests.sessions.around import cancel, dates, move, plan, text, words

pytestmark = pytest.mark.django_db


def sessions(place):
    return reverse("sessions", args=[place.slug])


def at(session):
    return reverse("session", args=[session.network.slug, session.pk])


def test_an_empty_page_invites_who_may_plan_and_comforts_the_others(place, dan, ann, signed_in):
    page = text(signed_in(dan).get(sessions(place)))
    assert reverse("session_plan", args=[place.slug]) in page
    page = text(signed_in(ann).get(sessions(place)))
    assert "No sessions are planned yet" in page
    assert reverse("session_plan", args=[place.slug]) not in page


def test_the_page_shows_what_comes_in_order_then_what_was(place, dan, ann, signed_in, travel):
    first = plan(place, dan)
    answer(first, ann, "yes", by=ann)
    cancel(dates(first)[2], dan)
    travel(first.ends_at + timedelta(hours=1))
    page = text(signed_in(ann).get(sessions(place)))
    coming, past = page.split("Past sessions")
    assert coming.index("24 March") < coming.index("5 May")
    assert "14 April" not in coming
    assert "3 March" in past
    assert "every three weeks on Tuesday at 10am, London time" in coming


def test_long_lists_go_on_over_the_page(place, ann, signed_in, travel):
    start = datetime(2026, 3, 2, 10, tzinfo=UTC)
    for n in range(45):
        cast.session(place, starts=start + timedelta(days=n), title=f"Number {n}.")
    client = signed_in(ann)
    page = client.get(sessions(place)).content.decode()
    assert "Number 29." in page
    assert "Number 30." not in page
    key = page.split("?after=")[1].split('"')[0]
    page = client.get(sessions(place) + f"?after={key}").content.decode()
    assert "Number 30." in page
    assert "Number 44." in page
    travel(start + timedelta(days=60))
    page = client.get(sessions(place)).content.decode()
    key = page.split("?before=")[1].split('"')[0]
    assert "Number 25." in page
    assert "Number 24." not in page
    page = client.get(sessions(place) + f"?before={key}").content.decode()
    assert "Number 24." in page
    assert "Number 5." in page


@pytest.mark.parametrize("key", ["x", "-1", "999999999999999999", "1e3", "%00", ""])
def test_a_wrong_key_shows_the_list_from_its_start(place, ann, signed_in, key):
    cast.session(place, title="Only one")
    response = signed_in(ann).get(sessions(place) + f"?after={key}")
    assert response.status_code == 200
    assert "Only one" in text(response)


def test_a_session_shows_its_time_in_my_zone_and_in_its_own(place, dan, signed_in):
    first = plan(place, dan)
    nora = cast.member(place, "Nora New", zone="America/New_York")
    page = words(signed_in(nora).get(at(first)))
    assert "Tuesday 3 March, 5am" in page
    assert "London time Tuesday 3 March, 10am" in page
    assert "London time" not in words(signed_in(dan).get(at(first)))


def test_what_waits_is_said_so_and_offers_to_take_it_on(place, dan, ann, signed_in):
    cast.grant(place, ends_on=date(2026, 4, 14))
    waiting = dates(plan(place, dan))[3]
    page = text(signed_in(ann).get(at(waiting)))
    assert "It takes place if somebody takes it on." in page
    assert reverse("session_take_on", args=[place.slug, waiting.pk]) in page
    assert reverse("answer", args=[place.slug, waiting.pk]) not in page


def test_tools_are_for_who_runs_it(place, dan, ann, signed_in, travel):
    first = plan(place, dan)
    moving = reverse("session_move", args=[place.slug, first.pk])
    attendance = reverse("attendance", args=[place.slug, first.pk])
    assert moving in text(signed_in(dan).get(at(first)))
    assert moving not in text(signed_in(ann).get(at(first)))
    travel(first.ends_at)
    page = text(signed_in(dan).get(at(first)))
    assert moving not in page
    assert attendance in page
    assert attendance not in text(signed_in(ann).get(at(first)))


def test_a_cohorts_sessions_are_for_the_cohort_and_who_runs_the_network(place, dan, ann, signed_in):
    second = Cohort.objects.create(network=place, name="Cohort 2", starts_on=date(2026, 1, 1))
    bo = cast.member(place, "Bo Ek", cohort=second)
    first = plan(place, dan, title="Only ours", cohort=second)
    rhythm = reverse("rhythm", args=[place.slug, first.cadence_id])
    for person, status in [(bo, 200), (dan, 200), (ann, 404)]:
        client = signed_in(person)
        assert client.get(at(first)).status_code == status
        assert client.get(rhythm).status_code == status
        assert ("Only ours" in text(client.get(sessions(place)))) is (status == 200)


def test_a_rhythm_page_says_how_long_the_money_lasts(place, dan, ann, signed_in):
    cast.grant(place, ends_on=date(2026, 4, 14))
    first = plan(place, dan)
    rhythm = reverse("rhythm", args=[place.slug, first.cadence_id])
    page = text(signed_in(ann).get(rhythm))
    assert "We meet every three weeks on Tuesday at 10am, London time." in page
    assert "The funding lasts until Tuesday 14 April." in page
    assert reverse("rhythm_end", args=[place.slug, first.cadence_id]) not in page


def test_a_change_and_its_reason_stay_on_the_page(place, dan, ann, signed_in):
    first = plan(place, dan)
    move(first, datetime(2026, 3, 4, 15), dan, reason="The hall is taken.")
    assert "The hall is taken." in text(signed_in(ann).get(at(first)))


def test_hostile_words_are_shown_as_words(place, dan, ann, signed_in):
    first = plan(place, dan, title='"><script>alert(1)</script>', place="<b>here</b>")
    for page in (at(first), sessions(place)):
        found = signed_in(ann).get(page).content.decode()
        assert "<script>alert" not in found
        assert "<b>here" not in found


def statements(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_pages_cost_the_same_with_one_ten_and_three_hundred_rows(place, dan, signed_in):
    client = signed_in(dan)
    one = cast.session(place)
    cast.session(place, starts=datetime(2026, 2, 1, tzinfo=UTC))
    found, there = [], 1
    for rows in (1, 10, 300):
        for n in range(rows - there):
            member = cast.member(place, f"Person {rows} {n}")
            answer(one, member, "yes", by=member)
            cast.session(place, starts=datetime(2026, 4, 1, tzinfo=UTC) + timedelta(hours=n))
            cast.session(place, starts=datetime(2025, 4, 1, tzinfo=UTC) + timedelta(hours=n))
        there = rows
        found.append((statements(client, sessions(place)), statements(client, at(one))))
    assert len(set(found)) == 1
    assert max(found[0]) <= 20


def test_each_form_of_a_list_is_let_in_with_the_one_mask_of_its_page(place, ann):
    ours = [cast.session(place) for _ in range(3)]
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("sessions", args=[place.slug])).content.decode()
    keys = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert len(keys) == len(ours)
    assert len(set(keys)) == 1
    for key, status in ((keys[0], 302), (keys[0][:-1], 403)):
        said = {"answer": "yes", "csrfmiddlewaretoken": key}
        answer = client.post(reverse("answer", args=[place.slug, ours[2].pk]), said)
        assert answer.status_code == status
