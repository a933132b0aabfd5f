"""What a fetch of an unchanged feed costs, and who may keep it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sessions.cadence.models import Session
from sessions.calendar import actions
from sessions.calendar.models import CalendarFeed
from tests import cast
from tests.sessions.around import (
    FIRST,
    cancel,
    dates,
    plan,
    words,
)  # fmt: skip
from tests.sessions.calendar.fetching import fetch, shown, text

pytestmark = pytest.mark.django_db


def test_what_has_not_changed_is_not_sent_again(place, dan, ann, travel):
    first = plan(place, dan)
    token = actions.make_address(ann, by=ann)
    etag = fetch(token)["ETag"]
    travel(datetime(2026, 3, 2, 12, tzinfo=UTC))  # a day alone changes nothing
    again = fetch(token, if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert "private" in again["Cache-Control"]
    cancel(dates(first)[2], dan)
    changed = fetch(token, if_none_match=etag)
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def test_the_same_etag_is_the_same_text_with_and_without_what_is_kept(place, dan, ann):
    plan(place, dan)
    token = actions.make_address(ann, by=ann)
    kept = text(token)
    assert text(token) == kept
    cache.clear()
    assert text(token) == kept


def test_nobody_between_keeps_it_and_it_sets_no_cookie(place, ann, signed_in):
    token = actions.make_address(ann, by=ann)
    for asks in (Client(), signed_in(ann)):
        answer = asks.get(reverse("calendar_feed", args=[token]))
        assert not answer.cookies
    assert {"private", "no-cache"} <= set(answer["Cache-Control"].split(", "))
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"


def test_its_owner_sees_when_it_was_last_fetched(place, ann, signed_in, travel):
    token = actions.make_address(ann, by=ann)
    page = reverse("calendar_feeds")
    assert "No calendar has fetched it yet" in words(signed_in(ann).get(page))
    Client().head(reverse("calendar_feed", args=[token]))
    assert CalendarFeed.objects.get().fetched_at is None
    fetch(token)
    first = CalendarFeed.objects.get().fetched_at
    travel(datetime(2026, 3, 1, 12, 5, tzinfo=UTC))
    fetch(token)
    assert CalendarFeed.objects.get().fetched_at == first  # not a row written at each visit
    assert "Your calendar last fetched it on" in words(signed_in(ann).get(page))


def test_two_hundred_sessions_cost_as_many_statements_as_one(place, dan, ann):
    plan(place, dan)
    one = cast.session(place)
    token = actions.make_address(ann, by=ann)
    counts = []
    for more in (0, 9, 190):
        Session.objects.bulk_create(cast.copy(one) for _ in range(more))
        for week in range(min(more, 9)):
            plan(place, dan, first=FIRST + timedelta(days=week))
        fetch(token)
        with CaptureQueriesContext(connection) as seen:
            assert fetch(token).status_code == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1
    assert counts[0] <= 6
    assert len({uid for uid, _, _ in shown(token)}) >= 200
    assert all(a <= b for a, b in pairwise(shown(token)))
