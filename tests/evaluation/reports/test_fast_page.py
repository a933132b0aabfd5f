"""The page of a roll-up says what one counted just now says; few statements, and no write."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluation.rollups import actions
from evaluation.rollups.models import Rollup
from networks.funding.actions import share
from networks.network.models import Network
from peernet.lib import clock
from peernet.lib.kept import Kept
from sessions.attendance.models import Attendance, Source
from sessions.cadence.models import SessionState
from tests import cast

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
DATES = {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 7, 31)}
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)
SQL = 9  # statements of the funder's page: 4 of the door and the shell, 1 of each thing shown


def test_what_is_kept_is_what_was_asked_for_last():
    kept, made = Kept(2), []

    def make(word):
        def it():
            made.append(word)
            return word

        return it

    for word in "abacb":
        assert kept.get(word, make(word)) == word
    assert made == ["a", "b", "c", "b"]


@pytest.mark.django_db
class TestFastPage:
    @pytest.fixture(autouse=True)
    def now(self, travel):
        travel(NOW)

    @pytest.fixture
    def support(self):
        return cast.programme("Peer Networks Programme")

    @pytest.fixture
    def place(self, support):
        return self.a_network(support, "Libraries")

    @pytest.fixture
    def uma(self, signed_in, support):
        return signed_in(cast.funder_person(support))

    def a_network(self, support, name, people=12):
        place = cast.network(name, opened_at=LONG_AGO)
        cast.grant(place, support, **DATES)
        here = [
            cast.member(place, f"{name} {n}", organisation=f"{name} {n // 2}", since=LONG_AGO)
            for n in range(people)
        ]
        for month in range(2, 12):
            starts = datetime(2026, month, 10, 10, tzinfo=UTC)
            made = cast.session(place, starts, state=SessionState.HELD, settled_at=starts)
            Attendance.objects.bulk_create(
                Attendance(session=made, person=one, source=Source.TICK) for one in here
            )
        return place

    def look(self, client, address):
        """The main part of a page, without what differs from visit to visit."""
        answer = client.get(address)
        assert answer.status_code == 200
        main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL).group()
        return re.sub(r'csrfmiddlewaretoken" value="[^"]*"|value="[0-9a-f-]{36}"', "", main)

    def addresses(self, support, place):
        tables = [
            "months",
            "networks",
            "regions",
            "organisations",
            "kinds",
            "reasons",
            "back",
            "after",
        ]
        page = f"/programmes/{support.slug}/"
        return [page, *(f"{page}tables/{name}/" for name in tables)]

    def test_its_words_are_those_of_a_page_that_is_counted_now(self, support, place, uma):
        plain = self.look(uma, f"/programmes/{support.slug}/")
        actions.renew()
        stored = self.look(uma, f"/programmes/{support.slug}/")
        assert stored == plain
        assert "Libraries" in stored
        assert self.look(uma, f"/programmes/{support.slug}/") == plain  # kept rendered

    def test_its_files_and_what_members_see_are_too(self, support, place, uma, client):
        tables = self.addresses(support, place)[1:]
        plain = [uma.get(address).content for address in tables]
        actions.renew()
        assert [uma.get(address).content for address in tables] == plain

    def test_a_networks_own_figures_are_too(self, support, place, signed_in):
        dan = signed_in(cast.coordinator(place, since=LONG_AGO))
        pages = [f"/n/{place.slug}/figures/", f"/n/{place.slug}/funder-view/"]
        plain = [self.look(dan, address) for address in pages]
        actions.renew()
        assert [self.look(dan, address) for address in pages] == plain

    def test_few_statements_however_many_networks_and_none_that_writes(self, support, place, uma):
        self.a_network(support, "Pubs", people=2)
        actions.renew()
        address = f"/programmes/{support.slug}/"
        uma.get(address)
        with CaptureQueriesContext(connection) as found:
            uma.get(address)
        seen = [entry["sql"] for entry in found]
        assert len(seen) <= SQL, "\n".join(seen)
        assert not any(WRITES.match(sql) or "attendance" in sql for sql in seen)

    def test_before_it_is_counted_the_page_counts_and_writes_nothing(self, support, place, uma):
        self.look(uma, f"/programmes/{support.slug}/")
        assert not Rollup.objects.exists()

    def test_it_follows_whatever_changes_beside_the_roll_up(self, support, place, uma, travel):
        actions.renew()
        address = f"/programmes/{support.slug}/"
        assert "Libraries" in self.look(uma, address)
        Network.objects.filter(pk=place.pk).update(name="Reading rooms")
        assert "Reading rooms" in self.look(uma, address)
        place.grants.update(amount=123456)
        assert "123,456" in self.look(uma, address)
        share(place.grants.get(), shares=False, by=place.memberships.first().person)
        assert "No figures yet" in self.look(uma, address)

    def test_it_says_when_it_was_counted_and_that_it_stands_still(self, support, place, uma):
        actions.renew()
        address = f"/programmes/{support.slug}/"
        clock.travel(NOW + timedelta(minutes=50))
        page = self.look(uma, address)
        assert "As of Monday 23 November, midday" in page
        assert "older than they should be" not in page
        clock.travel(NOW + timedelta(hours=3))
        page = self.look(uma, address)
        assert "As of Monday 23 November, midday" in page
        assert "older than they should be" in page

    def test_who_cannot_wait_is_told_that_it_is_being_counted(self, support, place, uma, signed_in):
        Rollup.objects.create(network=place, took=1000)
        assert "being counted" in self.look(uma, f"/programmes/{support.slug}/")
        assert uma.get(f"/programmes/{support.slug}/tables/months/").status_code == 404
        dan = signed_in(cast.coordinator(place))
        for page in ("figures", "funder-view"):
            assert "being counted" in self.look(dan, f"/n/{place.slug}/{page}/")

    def test_a_network_that_was_counted_is_shown_even_when_counting_takes_long(
        self, support, place, uma
    ):
        actions.renew()
        Rollup.objects.update(took=1000)
        assert "Libraries" in self.look(uma, f"/programmes/{support.slug}/")
