"""One mailbox, and spells laid out beside each other."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.merging.rules import Stretch, hosts_alike, key, laid_out, mailbox, overlapping

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann.lee@gmail.com", "Ann.Lee+peer@gmail.com"),
        ("annlee@googlemail.com", "a.n.n.lee@GMAIL.com"),
        ("ann.lee@outlook.com", "ANN.LEE+x@outlook.com"),
        ("ann@example.org", "Ann@Example.org"),
        ("ann.lee@proton.me", "annlee+news@proton.me"),
    ],
)
def test_what_a_provider_calls_one_mailbox_is_one(one, other):
    assert mailbox(one) == mailbox(other)
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann.lee@outlook.com", "annlee@outlook.com"),  # dots are letters there
        ("ann@example.org", "ann+peer@example.org"),  # nobody knows
        ("ann.lee@example.org", "annlee@example.org"),
        ("ann@gmail.com", "ann@outlook.com"),
        ("ann@proton.me", "ann@pm.me"),
    ],
)
def test_what_nobody_has_said_to_be_one_mailbox_is_not(one, other):
    assert mailbox(one) != mailbox(other)


def test_of_unknown_providers_nobody_is_looked_for():
    assert hosts_alike("ann+peer@example.org") == []
    assert sorted(hosts_alike("ann@gmail.com")) == ["gmail.com", "googlemail.com"]


days = st.integers(0, 12)
spells = st.lists(st.tuples(days, st.none() | days, st.integers(0, 2)), max_size=6)


def stretch(n, begins, lasts, place):
    since = START + timedelta(days=begins)
    return Stretch(n, since, None if lasts is None else since + timedelta(days=lasts), (place,))


@given(spells)
def test_laid_out_spells_cover_the_same_time_once_by_the_one_that_counts_most(rows):
    every = [stretch(n, *row) for n, row in enumerate(rows)]
    laid = laid_out(every)
    assert not overlapping(laid)
    for day in range(30):
        moment = START + timedelta(days=day)
        before = [one for one in every if one.covers(moment)]
        after = [one for one in laid if one.covers(moment)]
        assert len(after) == bool(before)
        if before:
            first = min(before, key=lambda one: (one.place, one.since, one.row))
            assert after[0].row == first.row
