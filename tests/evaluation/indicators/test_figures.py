"""Each figure against a small story that can be counted on one's fingers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from evaluation.indicators import queries
from evaluation.indicators.rules import INDICATORS, back, funding_left, months
from networks.seats.models import Holding, Seat
from sessions.attendance.models import Attendance, Source
from sessions.cadence.models import SessionState
from tests import cast

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def scope(*places, since=date(2026, 9, 1), first=date(2026, 9, 1), counted=date(2026, 12, 1)):
    days = {place.pk: since for place in places}
    return queries.Scope(days, first, NOW.date(), NOW, counted)


def pair(sessions):
    return sessions.held, sessions.due


def held(place, starts, *people):
    made = cast.session(place, starts, state=SessionState.HELD, settled_at=starts)
    for person in people:
        Attendance.objects.create(session=made, person=person, source=Source.TICK)
    return made


def at(month, day, hour=10):
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.django_db
class TestSessions:
    def test_held_of_due_by_month_by_network_and_in_all(self):
        north, south = cast.network("North"), cast.network("South")
        held(north, at(9, 1))
        held(north, at(11, 3))
        cast.session(north, at(11, 10), state=SessionState.MISSED, settled_at=at(11, 11))
        cast.session(north, at(11, 17))  # nobody has noted anything
        held(south, at(11, 4))
        found = queries.sessions(scope(north, south))
        months = {month: pair(one) for month, one in found.months.items()}
        assert months == {date(2026, 9, 1): (1, 1), date(2026, 11, 1): (2, 4)}
        networks = {network: pair(one) for network, one in found.networks.items()}
        assert networks == {north.pk: (2, 4), south.pk: (1, 1)}
        assert pair(found.total) == (3, 5)
        assert found.networks[north.pk].last == at(11, 3)

    def test_sessions_of_a_month_that_is_not_counted_yet_are_told_apart(self):
        place = cast.network()
        held(place, at(10, 6))
        held(place, at(11, 3))
        found = queries.sessions(scope(place, counted=date(2026, 11, 1)))
        assert (found.total.held, found.total.counted) == (2, 1)

    def test_what_is_not_over_is_not_due(self):
        place = cast.network()
        cast.session(place, NOW - timedelta(minutes=30))
        cast.session(place, NOW + timedelta(days=2))
        assert pair(queries.sessions(scope(place)).total) == (0, 0)

    @pytest.mark.parametrize(("hours", "due"), [(25, 0), (24, 0), (23, 1), (-1, 1)])
    def test_called_off_in_time_is_not_due_called_off_late_is(self, hours, due):
        place, starts = cast.network(), at(11, 10)
        cast.session(
            place, starts, state=SessionState.CANCELLED, settled_at=starts - timedelta(hours=hours)
        )
        assert pair(queries.sessions(scope(place)).total) == (0, due)

    def test_a_month_is_one_of_the_networks_own_calendar(self):
        place = cast.network(zone="Pacific/Auckland")
        held(place, datetime(2026, 10, 31, 20, tzinfo=UTC))  # 1 November there
        assert list(queries.sessions(scope(place)).months) == [date(2026, 11, 1)]

    def test_a_network_counts_from_its_own_first_day(self):
        place = cast.network()
        held(place, at(9, 30))
        held(place, at(10, 1))
        assert pair(queries.sessions(scope(place, since=date(2026, 10, 1))).total) == (1, 1)


@pytest.mark.django_db
class TestTakingPart:
    def test_each_person_once_a_month_a_network_and_in_all(self):
        north, south = cast.network("North"), cast.network("South")
        ann = cast.member(north, "Ann", organisation="Library", since=LONG_AGO)
        bo = cast.member(north, "Bo", organisation="Library", since=LONG_AGO)
        cast.member(south, person=ann, organisation="Pub", since=LONG_AGO)
        held(north, at(10, 6), ann, bo)
        held(north, at(10, 27), ann)
        held(south, at(11, 3), ann)
        found = queries.taking_part(scope(north, south))
        assert found.months == {date(2026, 10, 1): (2, 1), date(2026, 11, 1): (1, 1)}
        assert found.networks == {north.pk: (2, 1), south.pk: (1, 1)}
        assert found.total == (2, 2)

    def test_who_came_in_a_month_that_is_not_counted_yet_does_not_count(self):
        place = cast.network()
        ann, bo = cast.member(place, "Ann"), cast.member(place, "Bo")
        held(place, at(10, 31), ann)
        held(place, at(11, 1), bo)
        found = queries.taking_part(scope(place, counted=date(2026, 11, 1)))
        assert found.months == {date(2026, 10, 1): (1, 0)}
        assert found.total == (1, 0)

    def test_guests_and_sessions_that_were_not_held_do_not_count(self):
        place = cast.network()
        ann = cast.member(place, "Ann")
        Attendance.objects.create(
            session=held(place, at(11, 3)), shown_name="iPhone", source=Source.FILE
        )
        missed = cast.session(place, at(11, 10), state=SessionState.PLANNED)
        Attendance.objects.create(session=missed, person=ann, source=Source.TICK)
        assert queries.taking_part(scope(place)).total == (0, 0)

    def test_the_seat_held_on_that_day_decides_the_organisation(self):
        place = cast.network()
        ann = cast.member(place, "Ann", organisation="Library", since=LONG_AGO)
        Holding.objects.filter(person=ann).update(until=at(10, 15))
        pub = cast.member(place, "Pat", organisation="Pub", since=LONG_AGO)
        seat = Seat.objects.get(organisation__name="Pub")
        Holding.objects.create(person=ann, seat=seat, since=at(10, 15))
        held(place, at(10, 6), ann)
        held(place, at(11, 3), ann, pub)
        found = queries.taking_part(scope(place))
        assert found.months == {date(2026, 10, 1): (1, 1), date(2026, 11, 1): (2, 1)}
        assert found.total == (2, 2)

    def test_without_a_seat_the_affiliation_of_that_day_decides(self):
        place = cast.network()
        ann = cast.member(place, "Ann", organisation="Library", since=LONG_AGO)
        Holding.objects.all().delete()
        ann.affiliations.update(since=LONG_AGO, until=at(11, 1))
        held(place, at(10, 6), ann)
        held(place, at(11, 3), ann)
        found = queries.taking_part(scope(place))
        assert found.months == {date(2026, 10, 1): (1, 1), date(2026, 11, 1): (1, 0)}


@pytest.mark.django_db
class TestMembers:
    def test_whoever_belonged_for_part_of_a_month_counts_in_it(self):
        place = cast.network()
        cast.member(place, "Ann", since=LONG_AGO)
        cast.member(place, "Bo", since=LONG_AGO, until=at(10, 2))
        cast.member(place, "Cy", since=at(10, 31))
        cast.member(place, "Di", since=NOW + timedelta(hours=1))
        found = queries.members(scope(place))
        assert {month.month: n for month, (n, _zero) in found.months.items()} == {
            9: 2, 10: 3, 11: 2,
        }  # fmt: skip
        assert found.total[0] == 3

    def test_leaving_in_the_first_minute_of_a_month_there_is_not_belonging_to_it(self):
        place = cast.network(zone="Pacific/Auckland")
        midnight = datetime(2026, 10, 1, tzinfo=ZoneInfo("Pacific/Auckland"))
        cast.member(place, "Ann", since=LONG_AGO, until=midnight)
        assert list(queries.members(scope(place)).months) == [date(2026, 9, 1)]

    def test_a_month_that_is_not_counted_yet_is_left_out(self):
        place = cast.network()
        cast.member(place, "Ann", since=LONG_AGO)
        found = queries.members(scope(place, counted=date(2026, 11, 1)))
        assert list(found.months) == [date(2026, 9, 1), date(2026, 10, 1)]

    def test_a_change_of_role_is_still_one_person(self):
        place = cast.network()
        ann = cast.member(place, "Ann", since=LONG_AGO, until=at(11, 2))
        cast.facilitator(place, "Ann", person=ann, since=at(11, 2))
        assert queries.members(scope(place)).total[0] == 1


# --- Money and months, without a database ------------------------------------------------------

YEAR = (Decimal("36500"), date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2025, 12, 1), 36500),
        (date(2026, 1, 1), 36500),
        (date(2026, 1, 2), 36400),
        (date(2026, 12, 31), 100),
        (date(2027, 1, 1), 0),
    ],
)
def test_money_runs_out_day_by_day(today, left):
    assert funding_left([YEAR], today).left == left


def test_overlapping_grants_add_up():
    half = (Decimal("1000"), date(2026, 7, 1), date(2027, 3, 31))
    found = funding_left([YEAR, half], date(2026, 12, 31))
    assert (found.amount, found.until) == (Decimal("37500"), date(2027, 3, 31))
    assert found.left == 100 + round(Decimal(1000) * 91 / 274)


def test_months_cross_the_year():
    found = months(date(2026, 11, 23), date(2027, 1, 1))
    assert found == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert back(date(2026, 1, 31), 1) == date(2025, 12, 1)
    assert back(date(2026, 12, 5), -1) == date(2027, 1, 1)


# --- The page of a definition ------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("pk", list(INDICATORS))
def test_anybody_signed_in_may_read_what_a_figure_counts(signed_in, pk):
    response = signed_in(cast.person()).get(f"/figures/{pk}/")
    assert response.status_code == 200
    assert str(INDICATORS[pk].numerator)[:20] in response.content.decode()


@pytest.mark.django_db
def test_others_sign_in_first_and_an_unknown_figure_is_not_found(client, signed_in):
    assert client.get("/figures/people-taking-part/").status_code == 302
    assert signed_in(cast.person()).get("/figures/people/").status_code == 404
