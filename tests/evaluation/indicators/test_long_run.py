"""Reach, who comes back, and what is left after the money, each counted on one's fingers."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from evaluation.indicators import queries, rules
from evaluation.lasting import queries as lasting
from members.organisations.models import Organisation
from networks.discussions.models import RoomKind
from networks.membership.models import Membership
from networks.seats.models import Holding, Part
from sessions.attendance.models import Attendance, Source
from sessions.cadence.models import Session, SessionState
from sessions.meetings.models import Answer
from tests import cast

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
FIRST = date(2026, 1, 5)  # a Monday, the first funded day
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def place(db):
    return cast.network()


def scope(*places, since=FIRST, counted=date(2026, 11, 1)):
    return queries.Scope({p.pk: since for p in places}, FIRST, NOW.date(), NOW, counted)


def somebody(place, name, **fields):
    return cast.member(place, name, **({"since": LONG_AGO} | fields))


def held(place, starts, *people, **fields):
    made = cast.session(place, starts, state=SessionState.HELD, settled_at=starts, **fields)
    for person in people:
        Attendance.objects.create(session=made, person=person, source=Source.TICK)
    return made


def window(n):
    """A moment in the n-th window of three weeks."""
    return datetime.combine(FIRST, time(10), UTC) + timedelta(days=21 * n + 1)


class TestReach:
    def test_a_person_counts_once_where_they_came_for_last_an_organisation_in_its_own_region(
        self, place
    ):
        ann = somebody(place, "Ann", organisation="Library")
        bo = somebody(place, "Bo", organisation="Pub")
        cy = somebody(place, "Cy")
        for seat, region in (("Library", "North"), ("Pub", " north ")):
            place.seats.get(organisation__name=seat).organisation.__class__.objects.filter(
                name=seat
            ).update(region=region)
        held(place, window(1), ann, bo, cy)
        held(place, window(2), ann)
        found = queries.regions(scope(place))
        assert {name.lower(): pair for name, pair in found.items()} == {
            "north": (2, 2), "": (1, 0),
        }  # fmt: skip

    def test_people_and_organisations_by_kind_by_size_and_by_part(self, place):
        ann = somebody(place, "Ann", organisation="Library")
        bo = somebody(place, "Bo", organisation="Library")
        cy = somebody(place, "Cy")
        Organisation.objects.filter(name="Library").update(kind="charity", size="1-9")
        Holding.objects.filter(person=bo).update(part=Part.OBSERVER)
        Holding.objects.filter(person=ann).update(part=Part.LEAD)
        held(place, window(1), ann, bo, cy)
        held(place, window(2), ann)
        assert queries.reach(scope(place)) == {
            "kind": {"charity": (2, 1), "": (1, 0)},
            "size": {"1-9": (2, 1), "": (1, 0)},
            "part": {"lead": (1, 1), "observer": (1, 1), "": (1, 1)},
        }

    def test_what_keeps_people_away_counts_each_once_for_each_reason(self, place):
        ann, bo, cy = (somebody(place, name) for name in ("Ann", "Bo", "Cy"))
        first, second = held(place, window(1)), held(place, window(2))
        off = held(place, window(3))
        Session.objects.filter(pk=off.pk).update(state=SessionState.CANCELLED)
        november = held(place, datetime(2026, 11, 3, 10, tzinfo=UTC))
        for one, person, why in [
            (first, ann, "time"), (second, ann, "time"), (second, bo, "time"),
            (first, bo, "travel"), (first, cy, ""), (off, cy, "access"), (november, cy, "access"),
        ]:  # fmt: skip
            Answer.objects.create(session=one, person=person, reply="no", why=why)
        assert queries.kept_away(scope(place)) == {"time": 2, "travel": 1}

    def test_organisations_with_several_people(self, place):
        ann, bo, cy = (
            somebody(place, name, organisation=body)
            for name, body in (("Ann", "Library"), ("Bo", "Library"), ("Cy", "Pub"))
        )
        held(place, window(1), ann, cy)
        held(place, window(2), bo)
        assert queries.several(scope(place)) == (1, 1)


class TestComingBack:
    def back(self, place, rhythm=21, **fields):
        return lasting.coming_back(scope(place, **fields), {place.pk: rhythm})

    def test_of_those_who_first_came_in_a_window_who_came_in_a_later_one(self, place):
        ann, bo, cy = (somebody(place, name) for name in ("Ann", "Bo", "Cy"))
        held(place, window(0), ann, bo)
        held(place, window(1), ann, cy)  # Cy begins here
        held(place, window(4), ann)  # three months on for Ann and Bo: 91 days are 4 windows
        found = self.back(place)
        assert found[0] == (1, 3), "Ann came the next time; Bo and Cy did not"
        assert found[3] == (1, 3)
        assert found[6] == (0, 3)
        assert 12 not in found, "nobody began a year ago"

    def test_a_window_that_has_not_ended_is_not_looked_at(self, place):
        ann = somebody(place, "Ann")
        held(place, window(13), ann)  # from 5 October, so that the next ends on 16 November
        assert 0 not in self.back(place)
        assert self.back(place, counted=date(2026, 12, 1))[0] == (0, 1)

    def test_who_had_come_before_the_money_is_no_beginner(self, place):
        ann = somebody(place, "Ann")
        held(place, window(-3), ann)
        held(place, window(1), ann)
        assert self.back(place) == {}

    def test_leaving_keeps_one_in_the_denominator(self, place):
        ann = somebody(place, "Ann", until=window(0) + timedelta(days=1))
        held(place, window(0), ann)
        assert self.back(place)[0] == (0, 1)

    def test_leading_and_writing_count_but_not_in_a_trusted_room(self, place):
        ann, bo, cy = (somebody(place, name) for name in ("Ann", "Bo", "Cy"))
        held(place, window(0), ann, bo, cy)
        held(place, window(1), facilitator=ann)
        _thread, open_post = cast.thread(place, bo)
        open_post.__class__.objects.filter(pk=open_post.pk).update(posted_at=window(1))
        assert self.back(place)[0] == (2, 3)
        place.rooms.update(kind=RoomKind.TRUSTED)
        assert self.back(place)[0] == (1, 3)

    def test_somebody_in_two_networks_is_one_person(self, place):
        other = cast.network("Other")
        ann = somebody(place, "Ann")
        somebody(other, person=ann, name="")
        for one in (place, other):
            held(one, window(0), ann)
            held(one, window(1), ann)
        assert lasting.coming_back(scope(place, other), {})[0] == (1, 1)


class TestAfterFunding:
    END = date(2026, 4, 30)

    def after(self, place, counted=date(2026, 11, 1)):
        return lasting.after_funding(scope(place, counted=counted), {place.pk: self.END})

    def test_the_three_months_before_beside_the_three_and_six_after(self, place):
        ann, bo = somebody(place, "Ann"), somebody(place, "Bo")
        for month in (2, 3, 4):  # the last on the last funded day itself
            held(place, datetime(2026, month, {4: 30}.get(month, 10), 10, tzinfo=UTC), ann, bo)
        held(place, datetime(2026, 5, 1, 10, tzinfo=UTC), ann)
        cast.session(place, datetime(2026, 6, 2, 10, tzinfo=UTC), state=SessionState.MISSED)
        held(place, datetime(2026, 9, 1, 10, tzinfo=UTC), bo)
        found = self.after(place)
        before = lasting.Span(1, 1, 3, 3, 2, 2, 6, 6)
        assert found[3] == (before, lasting.Span(1, 1, 1, 2, 1, 2, 1, 2))
        assert found[6] == (before, lasting.Span(1, 1, 2, 3, 2, 2, 2, 4))
        assert set(found) == {3, 6}, "twelve months are not over"

    def test_months_that_are_not_over_are_not_looked_at(self, place):
        assert set(self.after(place, counted=date(2026, 7, 31))) == set()
        assert set(self.after(place, counted=date(2026, 8, 1))) == {3}

    def test_a_change_of_role_is_one_member(self, place):
        ann = somebody(place, "Ann", until=datetime(2026, 6, 1, tzinfo=UTC))
        Membership.objects.create(
            network=place, person=ann, role="facilitator", since=datetime(2026, 6, 1, tzinfo=UTC)
        )
        held(place, datetime(2026, 6, 10, 10, tzinfo=UTC), ann)
        after = self.after(place)[3][1]
        assert (after.active, after.members, after.came, after.could) == (1, 1, 1, 1)

    def test_without_an_ended_grant_there_is_nothing(self, place):
        assert lasting.after_funding(scope(place), {}) == {}


class TestRhythm:
    def test_the_shortest_that_runs_else_the_last_that_ran(self, place):
        old = cast.cadence(place, date(2026, 1, 6), rule="FREQ=WEEKLY;INTERVAL=1", ended_at=NOW)
        assert queries.rhythms([place.pk]) == {place.pk: 7}
        cast.cadence(place, date(2026, 1, 6), rule="FREQ=WEEKLY;INTERVAL=6")
        cast.cadence(place, date(2026, 1, 6), rule="FREQ=WEEKLY;INTERVAL=3")
        assert queries.rhythms([place.pk]) == {place.pk: 21}
        assert old.pk

    @pytest.mark.parametrize(
        ("rule", "days"),
        [
            ("FREQ=WEEKLY;INTERVAL=3", 21), ("FREQ=MONTHLY;BYDAY=1TU", 30),
            ("FREQ=WEEKLY;COUNT=1", rules.RHYTHM), ("no rule", rules.RHYTHM),
        ],
    )  # fmt: skip
    def test_days_of_a_rhythm(self, rule, days):
        first = datetime(2026, 1, 6, 10, 0)  # noqa: DTZ001 -- wall-clock time
        assert abs(rules.rhythm_days(rule, first, "Europe/London") - days) <= 1

    def test_lapsed_after_more_than_two_rhythms(self):
        start = NOW - timedelta(days=400)
        assert not rules.lapsed(NOW - timedelta(days=42), start, 21, NOW)
        assert rules.lapsed(NOW - timedelta(days=43), start, 21, NOW)
        assert rules.lapsed(None, start, 21, NOW)
        assert not rules.lapsed(None, NOW - timedelta(days=10), 21, NOW), "it has just begun"


@pytest.mark.parametrize(
    ("today", "before", "following"),
    [
        (date(2026, 11, 7), date(2026, 10, 1), date(2026, 11, 8)),
        (date(2026, 11, 8), date(2026, 11, 1), date(2026, 12, 8)),
        (date(2027, 1, 3), date(2026, 12, 1), date(2027, 1, 8)),
        (date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 8)),
    ],
)
def test_a_month_is_counted_a_week_after_its_end(today, before, following):
    assert (rules.counted_before(today), rules.counted_next(today)) == (before, following)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)  # fmt: skip
def test_wilsons_interval_as_newcombe_published_it(part, whole, low, high):
    found = rules.wilson(part, whole)
    assert found == pytest.approx((low, high), abs=0.00006)
