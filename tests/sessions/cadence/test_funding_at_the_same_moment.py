# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""Two bells at once, or a bell and a person: what the first has settled, the second leaves."""

from datetime import date, datetime

import pytest

from members.notices.models import Notice
from sessions.cadence import actions, queries
from tests import cast
from tests.sessions.around import plan, post, ring

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(place):
    return cast.grant(place, ends_on=date(2026, 4, 14))


def between(monkeypatch, asks, deed):
    """Do something after a bell has looked for its work, and before it does it."""
    look = getattr(queries, asks)

    def and_then():
        found = list(look().values_list("pk", flat=True))
        monkeypatch.setattr(queries, asks, look)
        deed()
        return type("Found", (), {"values_list": lambda *_a, **_k: found})()

    monkeypatch.setattr(queries, asks, and_then)


def test_two_bells_at_once_tell_of_new_dates_once(place, dan, ann, grant, monkeypatch):
    first = plan(place, dan)
    ring()
    post()
    grant.ends_on = date(2026, 5, 31)
    grant.save()
    between(monkeypatch, "rhythms_off_their_cover", actions.follow_funding)
    actions.follow_funding()
    assert Notice.objects.filter(kind="series_changed", person=ann).count() == 1
    first.cadence.refresh_from_db()
    assert first.cadence.sequence == 1


def test_two_bells_at_once_do_not_undo_each_other(place, dan, grant, monkeypatch):
    one = plan(place, dan, rhythm="once", first=datetime(2026, 5, 5, 10))
    grant.ends_on = date(2026, 5, 31)
    grant.save()
    between(monkeypatch, "singles_off_their_cover", actions.follow_funding)
    actions.follow_funding()
    one.refresh_from_db()
    assert one.state == "planned"


def test_a_session_taken_on_in_that_moment_stays_taken_on(place, dan, ann, grant, monkeypatch):
    one = plan(place, dan, rhythm="once", first=datetime(2026, 5, 5, 10))
    grant.ends_on = date(2026, 5, 31)
    grant.save()
    between(monkeypatch, "singles_off_their_cover", lambda: actions.take_on(one, by=ann))
    actions.follow_funding()
    one.refresh_from_db()
    assert (one.state, one.taken_on_by) == ("planned", ann)
