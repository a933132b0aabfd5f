"""Roll-ups: equal to a live count to the unit, never of more than is agreed, counted in time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from evaluation.reports.queries import page, summary
from evaluation.rollups import actions, queries, rules
from evaluation.rollups.models import Rollup
from evaluation.rollups.tasks import tick_figures
from members.notices.queries import beats
from members.organisations.actions import DESCRIBED, describe
from members.organisations.models import Organisation
from members.people.models import Person
from members.privacy.actions import erase
from networks.discussions.actions import reply
from networks.funding import actions as funding
from networks.funding.models import Grant, Programme
from networks.funding.queries import shared_grants
from networks.membership.actions import begin, remove_member
from networks.membership.models import Membership
from peernet.lib import clock, seen
from sessions.attendance.actions import mark_missed, tick
from sessions.cadence.actions import cancel
from sessions.cadence.models import Session, SessionState
from tests import cast

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
DATES = {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 7, 31)}


def a_network(support, name, people=6):
    """Everybody came in March, June and October; some of them in August."""
    place = cast.network(name, opened_at=LONG_AGO)
    cast.grant(place, support, **DATES)
    here = [
        cast.member(place, f"{name} {n}", organisation=f"{name} {n // 2}", since=LONG_AGO)
        for n in range(people)
    ]
    for month in (3, 6, 8, 10):
        starts = datetime(2026, month, 10, 10, tzinfo=UTC)
        made = cast.session(place, starts, state=SessionState.HELD, settled_at=starts)
        tick(made, here[: 2 if month == 8 else people], by=here[0])
    return place


def a_house():
    one, two = cast.programme("Health"), cast.programme("Places", funder="Another Trust")
    return [one, two], [a_network(one, "North"), a_network(one, "South", 5), a_network(two, "West")]


def later(**delta):
    clock.travel(clock.now() + timedelta(**delta))


def of_page(support):
    return queries.of_programme(support, shared_grants(support))


def same(rows):
    """In one order: the database gives groups in whichever it came by them."""
    return {name: sorted(some, key=repr) for name, some in rows.items()}


def check(support):
    """The roll-up of a programme, counted again now with what it was counted from: each number."""
    shared = list(shared_grants(support))
    if not shared:
        assert page(support) is None
        return
    kept = queries.of_programme(support, shared)
    assert kept.edition is not None, "the tick left it out"
    basis = queries.basis_of(shared)
    now = queries.count(basis, queries.funders(basis))
    assert same(kept.rows) == same(now.rows)
    assert kept.scope.at <= now.scope.at


def check_own(place):
    kept = queries.of_network(place)
    assert kept.edition is not None, "the tick left it out"
    basis = queries.own_basis(place)
    assert same(kept.rows) == same(queries.count(basis, queries.own(basis, place)).rows)


def joins(place, number):
    person = cast.person(f"New {number}")
    begin(place, person, organisation=Organisation.objects.first(), by=person)


def leaves(place, number):
    spells = list(Membership.objects.filter(network=place).current().order_by("pk"))
    if spells:
        spell = spells[number % len(spells)]
        remove_member(spell, by=Person.objects.first())


def is_noted_late(place, number):
    """Other people than before are ticked at a session of long ago."""
    rows = list(Session.objects.filter(network=place, starts_at__lt=NOW).order_by("pk"))
    meeting = rows[number % len(rows)]
    if meeting.state == SessionState.CANCELLED:
        return
    everybody = Person.objects.filter(memberships__network=place).distinct().order_by("pk")
    tick(meeting, list(everybody[: 1 + number % 5]), by=everybody[0])


def is_missed(place, number):
    starts = clock.now() - timedelta(days=40 + number)
    mark_missed(cast.session(place, starts), by=Person.objects.first())


def is_cancelled(place, number):
    made = cast.session(place, clock.now() + timedelta(hours=1 + number), minutes=30)
    cancel(made, reason="Snow", seen=made.sequence, by=Person.objects.first())


def ends(place, number):
    """A session is over, and nobody notes anything."""
    made = cast.session(place, clock.now() + timedelta(minutes=5), minutes=20)
    clock.travel(made.ends_at + timedelta(minutes=number))


def writes(place, number):
    people = Person.objects.filter(memberships__network=place, is_active=True).distinct()
    writer = people.order_by("pk")[number % people.count()]
    begin(place, writer, by=writer)
    thread, _post = cast.thread(place, writer)
    reply(thread, words="Yes.", by=writer)


def is_erased(place, number):
    people = list(Person.objects.filter(memberships__network=place, is_active=True).distinct())
    if len(people) > 1:
        erase(people[number % len(people)], by=people[0])
    later(seconds=rules.OLDEST.total_seconds() + 60)  # no network is named where it is written down


def takes_it_back(place, number):
    funding.share(place.grants.first(), shares=False, by=Person.objects.first())


def shares(place, number):
    funding.share(place.grants.first(), shares=True, by=Person.objects.first())


def is_refused(place, number):
    funding.disagree(place.grants.first(), by=Person.objects.first())


def is_agreed(place, number):
    grant = place.grants.first()
    if grant.network_agreed_at:
        funding.agree(grant, by=Person.objects.first())


def moves(place, number):
    """The grant belongs to another programme after all, and to other days."""
    grant = place.grants.first()
    other = list(Programme.objects.order_by("pk"))[number % 2]
    wanted = {
        "funder": other.funder.name, "programme": other.name, "amount": grant.amount,
        "starts_on": DATES["starts_on"] + timedelta(days=number), "ends_on": DATES["ends_on"],
    }  # fmt: skip
    mark = seen.mark(grant, ["programme", "amount", "starts_on", "ends_on"])
    funding.correct_grant(grant, **wanted, contact="", mark=mark, by=Person.objects.first())


def moves_house(place, number):
    body = Organisation.objects.order_by("pk")[number % 3]
    region = ["", "North", "Isle"][number % 3]
    mark = seen.mark(body, DESCRIBED)
    describe(
        body,
        region=region,
        kind="",
        size="",
        mark=mark,
        network_id=place.pk,
        by=Person.objects.first(),
    )


def time_passes(place, number):
    later(days=number)


DEEDS = [
    joins, leaves, is_noted_late, is_missed, is_cancelled, ends, writes, is_erased, takes_it_back,
    shares, is_refused, is_agreed, moves, moves_house, time_passes,
]  # fmt: skip


class TestWhateverHappens(TestCase):
    @profile(max_examples=4, deadline=None, database=None, derandomize=True)
    @given(
        st.lists(
            st.tuples(st.sampled_from(DEEDS), st.integers(0, 2), st.integers(0, 9)),
            min_size=4, max_size=8,
        )
    )  # fmt: skip
    def test_roll_ups_equal_a_live_count_to_the_unit(self, history):
        clock.travel(NOW)
        programmes, places = a_house()
        actions.renew()
        for deed, where, number in history:
            deed(places[where], number)
            for support in programmes:  # before any tick: nobody who has not agreed
                agreed = {grant.network_id for grant in shared_grants(support)}
                made_of = page(support)
                shown = {line.of.pk for line in summary(made_of).networks} if made_of else set()
                assert shown == agreed
                counted = of_page(support).rows["sessions"] if agreed else []
                assert {row[1] for row in counted if row[1]} <= agreed
            later(minutes=30)
            tick_figures()
        for support in programmes:
            check(support)
        for place in places:
            check_own(place)


@pytest.mark.django_db
class TestRollups:
    @pytest.fixture(autouse=True)
    def now(self, travel):
        travel(NOW)

    @pytest.fixture
    def support(self):
        return cast.programme("Health")

    @pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
    def test_each_deed_is_in_the_figures_after_the_next_tick(self, deed):
        programmes, places = a_house()
        later(minutes=10)  # else the house itself would be counted again
        actions.renew()
        deed(places[0], 1)
        later(minutes=10)
        actions.renew()
        for one in programmes:
            check(one)
        for place in places:
            check_own(place)

    def test_nothing_is_counted_twice_for_nothing(self, support):
        a_network(support, "North")
        later(minutes=10)
        assert actions.renew() == 2  # the programme, and the network's own
        later(minutes=10)
        assert actions.renew() == 0

    def test_another_network_is_left_alone(self, support):
        north, south = a_network(support, "North"), cast.network("South")
        later(minutes=10)
        actions.renew()
        editions = dict(Rollup.objects.values_list("network", "edition"))
        joins(north, 1)
        later(minutes=10)
        assert actions.renew() == 2
        after = dict(Rollup.objects.values_list("network", "edition"))
        assert after[south.pk] == editions[south.pk]
        assert after[north.pk] != editions[north.pk]

    def test_what_was_agreed_is_asked_now_not_when_it_was_counted(self, support):
        north, south = a_network(support, "North"), a_network(support, "South")
        actions.renew()
        assert of_page(support).edition
        takes_it_back(south, 0)
        counted = of_page(support)
        assert counted.edition is None  # counted now, of the one that still shares
        assert list(counted.scope.since) == [north.pk]
        takes_it_back(north, 0)
        assert page(support) is None
        actions.renew()
        assert not Rollup.objects.filter(programme=support).exists()

    def test_who_shares_today_is_on_the_page_at_once(self, support):
        a_network(support, "North")
        actions.renew()
        south = a_network(support, "South")
        assert south.pk in of_page(support).scope.since

    def test_nobody_waits_for_a_count_that_takes_long(self, support):
        place = a_network(support, "North")
        Rollup.objects.create(network=place, took=rules.LONG + 1)
        assert of_page(support) is None
        assert summary(page(support)) is None

    def test_what_took_long_is_counted_less_often_but_every_hour(self, support):
        place = a_network(support, "North")
        later(minutes=10)
        actions.renew()
        Rollup.objects.update(took=90)
        joins(place, 1)
        later(minutes=10)
        assert actions.renew() == 0
        later(minutes=51)
        assert actions.renew() == 2

    def test_the_job_is_rung_and_leaves_its_heartbeat(self, support):
        entry = settings.CELERY_BEAT_SCHEDULE["figures"]
        assert entry["task"] == tick_figures.name
        tick_figures()
        assert clock.now() - beats()["figures"] < timedelta(minutes=5)

    def test_finding_what_is_due_takes_one_statement_however_many_pages_there_are(self, support):
        for number in range(4):
            a_network(support, f"North {number}", people=1)
        with CaptureQueriesContext(connection) as found:
            assert len(queries.due(clock.now())) == 0
        actions.renew()
        later(hours=2)
        with CaptureQueriesContext(connection) as again:
            assert len(queries.due(clock.now())) == 5
        assert len(found) == len(again) == 1

    def test_a_deed_that_is_written_while_it_is_counted_is_counted_again(self, support):
        """Its time may be that of its beginning, and it ended after the count began."""
        place = a_network(support, "North")
        later(minutes=10)
        actions.renew()
        joins(place, 1)
        Rollup.objects.update(at=clock.now() + timedelta(seconds=5))
        later(minutes=10)
        assert actions.renew() == 2

    def test_a_grant_that_is_gone_takes_nothing_else_with_it(self, support):
        a_network(support, "North")
        actions.renew()
        Grant.objects.all().delete()
        assert page(support) is None
        later(hours=2)
        assert actions.renew() == 1
