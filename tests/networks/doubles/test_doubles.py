"""Organisations that were entered twice are shown to who may merge them, and become one."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.audit.models import AuditEntry
from members.organisations.actions import recognise, recognise_all
from members.organisations.models import Affiliation, Organisation
from networks.doubles import actions, queries
from networks.imports.queries import known
from networks.seats.models import Holding, Seat
from peernet.lib import clock
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db
PAGE = "/organisations/doubles/"
ONE, OTHER = "Octopus Centre", "The Octopus Centre Ltd"


def words(response):
    return " ".join(response.content.decode().split())


def ago(days):
    return clock.now() - timedelta(days=days)


@pytest.fixture
def place():
    return cast.network("Pubs")


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def pair(place):
    """Ann leads for it under the one name, and Bo and Ann under the other."""
    ann = cast.member(place, "Ann Lee", organisation=ONE, since=ago(90))
    cast.member(place, "Bo Dale", organisation=OTHER, since=ago(60))
    cast.holds(place, ann, OTHER, part="observer", since=ago(50))
    Seat.objects.filter(organisation__name=ONE).update(since=ago(90))
    Seat.objects.filter(organisation__name=OTHER).update(since=ago(60))
    return Organisation.objects.get(name=ONE), Organisation.objects.get(name=OTHER)


def test_they_become_one_place_held_by_all_who_held_either(place, dan, pair):
    one, other = pair
    cast.invited(place).__class__.objects.update(organisation=other)
    actions.merge(one, other, name=OTHER, by=dan)
    seat = Seat.objects.get(network=place)
    assert (seat.organisation, seat.organisation.name) == (one, OTHER)
    held = Holding.objects.filter(seat=seat).current().order_by("person__name")
    assert [(row.person.name, row.part) for row in held] == [
        ("Ann Lee", "lead"),
        ("Bo Dale", "lead"),
    ]
    assert Affiliation.objects.current().count() == 2
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is Organisation:
                rows = model._base_manager.filter(**{field.attname: other.pk})
                assert not rows.exists(), f"{model._meta.label}.{field.name}"
    assert AuditEntry.objects.filter(deed="organisation.merged", network_id=place.pk).count() == 1


def test_the_other_name_means_the_same_organisation_from_then_on(place, dan, pair):
    one, other = pair
    actions.merge(one, other, name=ONE, by=dan)
    assert recognise(OTHER.upper()) == one
    found = recognise_all({OTHER: "", "Brand New": "Leeds", ONE: ""})
    assert (found[OTHER], found[ONE], found["Brand New"].region) == (one, one, "Leeds")
    assert Organisation.objects.count() == 2
    assert OTHER in known(place).organisations


def test_places_at_different_times_stay_two_times_of_one(place, dan):
    cast.member(place, organisation=OTHER, since=ago(5))
    one, other = recognise(ONE), recognise(OTHER)
    Seat.objects.update(since=ago(5))
    Seat.objects.create(network=place, organisation=one, since=ago(90), until=ago(80))
    actions.merge(one, other, name=ONE, by=dan)
    assert [row.organisation for row in Seat.objects.all()] == [one, one]


def test_only_who_coordinates_every_network_they_stand_in_may(place, dan, pair):
    one, other = pair
    elsewhere = cast.network("Libraries")
    cast.member(elsewhere, "Cy Orr", organisation=OTHER)
    eve = cast.coordinator(elsewhere, "Eve Fox")
    for person in (dan, eve, cast.member(place, "Di Poe"), cast.person("Ed Ray")):
        with pytest.raises(Refused):
            actions.merge(one, other, name=ONE, by=person)
        with pytest.raises(Refused):
            actions.keep_apart(one, other, by=person)
        assert queries.pairs(person) == []
    cast.member(elsewhere, person=dan, role="coordinator")
    assert [pair.other for pair in queries.pairs(dan)] == [other]
    actions.merge(one, other, name=ONE, by=dan)
    logged = AuditEntry.objects.filter(deed="organisation.merged").values_list(
        "network_id", flat=True
    )
    assert set(logged) == {place.pk, elsewhere.pk}


def test_a_coordinator_looks_chooses_a_name_and_it_is_done(place, dan, pair, signed_in):
    one, other = pair
    client = signed_in(dan)
    assert f'href="{PAGE}"' in words(client.get(f"/n/{place.slug}/organisations/"))
    address = f"{PAGE}{one.pk}/{other.pk}/"
    assert address in words(client.get(PAGE))
    page = words(client.get(address))
    assert "Both have a place there at one time" in page
    assert Organisation.objects.count() == 2
    assert client.post(address, {"name": "Another"}).status_code == 422
    page = words(client.post(address, {"name": OTHER}, follow=True))
    assert f"They are one now: {OTHER}." in page
    assert "None found" in page
    assert client.get(address).status_code == 404


def test_two_different_ones_are_shown_no_more(dan, pair, signed_in):
    one, other = pair
    client = signed_in(dan)
    client.post(f"{PAGE}{other.pk}/{one.pk}/", {"do": "apart"})
    assert OTHER not in words(client.get(PAGE))


def test_an_operator_finds_them_by_name(pair, signed_in):
    client = signed_in(cast.person("Op Erator", is_operator=True))
    assert OTHER not in words(client.get(PAGE))
    assert OTHER in words(client.get(PAGE, {"q": "octopus"}))


def test_they_are_found_by_an_index_in_as_many_statements_however_many_there_are(place, dan, pair):
    with CaptureQueriesContext(connection) as before:
        assert len(queries.pairs(dan)) == 1
    names = [
        f"{a} {b} {n}" for a in ("Bay", "Hill", "Moor") for b in ("Café", "Hub") for n in range(500)
    ]
    Organisation.objects.bulk_create(Organisation(name=name) for name in names)
    with CaptureQueriesContext(connection) as after:
        assert len(queries.pairs(dan)) == 1
    assert len(after) == len(before)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # few rows are read as quickly one by one
        cursor.execute(
            "EXPLAIN SELECT 1 FROM members_organisation WHERE lower(name) % 'octopus centre'"
        )
        assert "organisations_alike" in str(cursor.fetchall())
