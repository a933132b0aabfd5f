"""The list of people stands in the order asked for, and coordinators can take it with them."""

import csv
import io
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from members.audit.models import AuditEntry
from members.people.models import Person
from networks.directory import queries
from networks.membership.models import Membership
from networks.seats.models import Holding, Seat
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network(slug="care")


@pytest.fixture
def dan(place):
    """Here since before everybody."""
    return cast.coordinator(place, organisation="Ýr Hub", since=datetime(2024, 1, 1, tzinfo=UTC))


def join(place, name, year, **more):
    return cast.member(place, name, since=datetime(year, 6, 30, 23, 30, tzinfo=UTC), **more)


def names(client, place, **query):
    page = client.get(reverse("people", args=[place.slug]), query).content
    return [each.get_text() for each in BeautifulSoup(page, "html.parser").select(".person a")]


def export(client, place, **data):
    return client.post(reverse("people_export", args=[place.slug]), data)


def rows(answer):
    """The cells of a download, of either kind."""
    if answer["Content-Type"].startswith("text/csv"):
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_list_is_sorted_by_name_organisation_or_newest(place, dan, signed_in):
    join(place, "cy Old", 2025, organisation="Ark")
    join(place, "Ann Lee", 2026)
    join(place, "Bo Nim", 2024, organisation="ark")
    client = signed_in(dan)
    by_name = ["Ann Lee", "Bo Nim", "cy Old", "Dan Price"]
    assert names(client, place) == names(client, place, sort="name") == by_name
    by_body = ["Bo Nim", "cy Old", "Dan Price", "Ann Lee"]
    assert names(client, place, sort="organisation") == by_body
    assert names(client, place, sort="since") == ["Ann Lee", "cy Old", "Bo Nim", "Dan Price"]
    assert names(client, place, sort="'; --") == by_name
    assert names(client, place, sort="since", q="ark") == ["cy Old", "Bo Nim"]


def test_the_order_stays_when_one_searches_or_reads_on(place, dan, signed_in):
    for n in range(60):
        join(place, f"Person {n:02}", 2025)
    page = signed_in(dan).get(reverse("people", args=["care"]), {"sort": "since", "q": "person"})
    page = BeautifulSoup(page.content, "html.parser")
    assert page.select_one(".search [name=sort]")["value"] == "since"
    assert page.select_one(".tabs [aria-current]").get_text() == "Newest first"
    assert "q=person&sort=since&after=" in page.select_one(".pager a[href*=after]")["href"]
    assert page.select_one(".tabs a")["href"] == "/n/care/people/?q=person"


@pytest.mark.parametrize("order", queries.ORDERS)
def test_in_every_order_nobody_is_lost_between_pages(place, dan, order):
    people = Person.objects.bulk_create(
        Person(email=f"p{n}@example.org", name=f"Person {n // 7:03}") for n in range(400)
    )
    cast.member(place, "Sam", organisation="Octopus")
    seats = [*Seat.objects.filter(network=place), None]
    day = clock.now()
    Membership.objects.bulk_create(
        Membership(network=place, person=each, since=day.replace(microsecond=n % 5))
        for n, each in enumerate(people)
    )
    Holding.objects.bulk_create(
        Holding(person=each, seat=seats[n % 3], since=day)
        for n, each in enumerate(people)
        if seats[n % 3]
    )
    here = queries.visible_to(dan, place).current()
    seen, after = [], None
    while True:
        found, after = queries.page(here, place, after, order)
        seen += [row.person_id for row in found]
        if after is None:
            break
    assert seen == [row.person_id for row in queries.ordered(here, order)]
    assert len(set(seen)) == 402


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_coordinator_downloads_who_is_here_now(place, dan, signed_in, kind):
    ann = join(place, "Ann Lee", 2025, organisation="Ark")
    Seat.objects.get(organisation__name="Ark").organisation.__class__.objects.update(region="Leeds")
    bad = join(place, '=HYPERLINK("x")', 2025)
    cast.former_member(place)
    cast.member(cast.network(), "Otto Else")
    answer = export(signed_in(dan), place, kind=kind)
    assert answer["Content-Disposition"].endswith(f'-{clock.today(place.zone)}.{kind}"')
    heading, first, second, third = rows(answer)
    own = ["Place", "About you", "Pronouns", "Languages", "A page about you", "Phone number"]
    assert heading[:6] == ["Name", "Email address", "Organisation", "Region", "Role", "Here since"]
    assert heading[6:] == own
    assert first[0] == ("'" if kind == "csv" else "") + bad.name
    # 23:30 UTC on 30 June is 1 July where the network is
    since = "2025-07-01" if kind == "csv" else datetime(2025, 7, 1)  # noqa: DTZ001
    assert second[:6] == ["Ann Lee", ann.email, "Ark", "Leeds", "Member", since]
    assert third[:5] == ["Dan Price", dan.email, "Ýr Hub", "Leeds", "Coordinator"]


def test_the_download_holds_what_was_searched_for_in_its_order(place, dan, signed_in):
    join(place, "Ann Lee", 2025, organisation="Ark")
    join(place, "Bo Nim", 2026, organisation="Ark")
    answer = export(signed_in(dan), place, kind="csv", q=" ark ", sort="since")
    assert [row[0] for row in rows(answer)[1:]] == ["Bo Nim", "Ann Lee"]


def test_taking_the_list_is_noted_without_a_name_or_a_word(place, dan, signed_in):
    join(place, "Ann Lee", 2025)
    export(signed_in(dan), place, kind="csv", q="ann")
    entry = AuditEntry.objects.get(deed="people.exported")
    assert (entry.actor_id, entry.network_id) == (dan.pk, place.pk)
    assert entry.detail == {"kind": "csv", "people": 1, "searched": True}


def test_nobody_else_can_take_it_and_nothing_is_noted(place, dan, signed_in):
    ann, fay = cast.member(place), cast.facilitator(place)
    for reader in (ann, fay):
        client = signed_in(reader)
        assert export(client, place).status_code == 403
        page = client.get(reverse("people", args=[place.slug])).content.decode()
        assert "Take this list" not in page
    assert signed_in(dan).get(reverse("people_export", args=["care"])).status_code == 405
    assert not AuditEntry.objects.filter(deed="people.exported").exists()


def test_a_download_costs_the_same_at_any_length(place, dan, signed_in):
    client, costs = signed_in(dan), []
    export(client, place)  # warms what is kept
    for more in (1, 999):
        people = Person.objects.bulk_create(
            Person(email=f"p{n}-{more}@example.org", name=f"Person {n:04}") for n in range(more)
        )
        Membership.objects.bulk_create(Membership(network=place, person=each) for each in people)
        with CaptureQueriesContext(connection) as seen:
            found = rows(export(client, place, kind="csv"))
        costs.append(len(seen))
    assert len(found) == 1_002
    assert costs[0] == costs[1] <= 12
