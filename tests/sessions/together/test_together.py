"""How long a group has met: the rule in pure form, and what the front page says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peernet.lib import clock
from sessions.cadence.models import SessionState
from sessions.together.queries import lines
from sessions.together.rules import Met, met, middle, set_back
from tests import cast

moments = st.integers(0, 17_000).map(
    lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
)
groups = st.lists(moments, min_size=2, max_size=12)
days = st.lists(moments, max_size=12)
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def half(joined):
    at = middle(len(joined))
    return None if at is None else sorted(joined)[at]


@given(groups)
def test_half_of_the_group_and_no_fewer_were_here_from_that_moment(joined):
    start = half(joined)
    assert 2 * sum(at <= start for at in joined) >= len(joined)
    assert 2 * sum(at < start for at in joined) < len(joined)


@given(groups, days)
def test_one_who_joins_sets_a_group_back_by_one_of_its_people_at_most(joined, held):
    after = sorted(joined)[min(middle(len(joined)) + 1, len(joined) - 1)]
    assert half([*joined, NOW]) <= after


@given(groups, days)
def test_as_many_as_are_here_and_one_more_begin_anew_with_them(joined, held):
    crowd = [*joined, *[NOW] * (len(joined) + 1)]
    before, after = met(half(joined), held), met(half(crowd), held)
    assert after is None
    assert set_back(before, after) == (before is not None)


@given(groups, days, moments)
def test_a_session_more_never_makes_the_time_shorter_or_the_count_smaller(joined, held, another):
    before, after = (met(half(joined), them) for them in (held, [*held, another]))
    if before:
        assert after.since <= before.since
        assert after.times >= before.times


@given(groups, days)
def test_no_session_before_half_were_here_counts(joined, held):
    found = met(half(joined), held)
    counted = [at for at in held if at >= half(joined)]
    assert found == (Met(min(counted), len(counted)) if counted else None)


def test_nobody_and_one_alone_are_no_group():
    assert (middle(0), middle(1), met(None, [NOW])) == (None, None, None)


@pytest.mark.django_db
def test_the_front_page_says_it_and_warns_only_coordinators(client):
    place, now = cast.network("Care", slug="care"), clock.now()
    dan = cast.coordinator(place, since=now - timedelta(days=170))
    ann = cast.member(place, "Ann", since=now - timedelta(days=170))
    cast.member(place, "Left", since=now - timedelta(days=300), until=now)
    for ago in (280, 160, 100, 9):
        cast.session(place, starts=now - timedelta(days=ago), state=SessionState.HELD,
                     settled_at=now)  # fmt: skip
    cast.session(place, starts=now - timedelta(days=20), state=SessionState.MISSED, settled_at=now)
    assert [(one.months, one.times, one.warns) for one in lines(place, ann)] == [(5, 3, False)]
    for n in range(3):
        cast.member(place, f"New {n}", since=now - timedelta(days=10))
    assert [(one.months, one.times, one.warns) for one in lines(place, dan)] == [(0, 1, True)]

    def page(who):
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client.get("/n/care/").text

    assert "This group has met once" in page(ann)
    assert "Many people came lately" in page(dan)
    assert "Many people came lately" not in page(ann)
