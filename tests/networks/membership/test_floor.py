"""Session, reader and rights come in one statement; who it is is still said by the signed session
alone, and what they may do by their rows."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.access.models import Device
from members.people.middleware import Reader
from members.people.models import Person
from networks.membership.door import forget_rights, rights
from networks.membership.floor import SessionStore
from peernet.lib import clock
from tests import cast
from tests.world import world

pytestmark = pytest.mark.django_db


def reader(key, method="get"):
    """Who is reading, for a request whose browser holds the session of this key."""
    request = getattr(RequestFactory(), method)("/")
    request.session = SessionStore(key)
    Reader(lambda request: None).process_request(request)
    return request.user


def key_of(client):
    return client.cookies["sessionid"].value


def test_everybody_is_who_they_are_with_the_rights_that_the_door_reads(signed_in):
    for person in filter(None, world().people.values()):
        key = key_of(signed_in(person))
        with CaptureQueriesContext(connection) as seen:
            found = reader(key)
            assert found == person
            mine = rights(found)
        assert len(seen) == 1
        fields = [one.attname for one in Person._meta.concrete_fields]
        fresh = Person.objects.get(pk=person.pk)
        assert [getattr(found, name) for name in fields] == [
            getattr(fresh, name) for name in fields
        ]
        assert mine == rights(fresh)
        assert [one.name for one in mine.networks] == [one.name for one in rights(fresh).networks]


def test_a_device_written_down_for_somebody_else_lets_nobody_be_them(signed_in):
    ann, bo = cast.member(cast.network()), cast.person("Bo Dale")
    key = key_of(signed_in(bo))
    Device.objects.filter(session_key=key).update(person=ann)
    assert reader(key) == bo
    assert rights(reader(key)).roles == {}


def test_a_session_without_a_device_is_still_somebodys(signed_in):
    ann = cast.member(cast.network())
    key = key_of(signed_in(ann))
    Device.objects.all().delete()
    assert reader(key) == ann
    assert rights(reader(key)).roles


@pytest.mark.parametrize("change", [{"is_active": False}, {"token_version": 1}, {"password": "!"}])
def test_whoever_is_shut_out_is_nobody_at_once(signed_in, change):
    ann = cast.member(cast.network())
    key = key_of(signed_in(ann))
    assert reader(key) == ann
    Person.objects.filter(pk=ann.pk).update(**change)
    assert reader(key).is_anonymous


def test_a_session_that_ended_or_was_changed_by_hand_is_nobodys(signed_in):
    client, ann = signed_in(cast.person()), cast.person("Ann Lee")
    key = key_of(client)
    kept = Session.objects.get(pk=key)
    forged = SessionStore().encode({SESSION_KEY: str(ann.pk)})
    Session.objects.filter(pk=key).update(session_data=forged)
    Device.objects.filter(session_key=key).update(person=ann)
    assert reader(key).is_anonymous  # the right person, and no proof
    Session.objects.filter(pk=key).update(session_data=kept.session_data[:-1] + "_")
    assert reader(key).is_anonymous
    kept.expire_date = clock.now() - timedelta(seconds=1)
    kept.save()
    assert reader(key).is_anonymous
    assert reader("a" * 32).is_anonymous


def test_what_writes_reads_the_rights_when_it_asks_for_them(signed_in):
    ann, place = cast.person(), cast.network()
    key = key_of(signed_in(ann))
    found = reader(key, "post")
    assert found == ann
    cast.member(place, person=ann)
    assert place.pk in rights(found).roles
    looking = reader(key)
    assert looking == ann
    forget_rights(looking)
    assert place.pk in rights(looking).roles


def test_a_page_asks_who_is_reading_once(signed_in):
    client = signed_in(cast.member(cast.network()))
    client.get(reverse("accessibility"))
    with CaptureQueriesContext(connection) as seen:
        assert client.get(reverse("accessibility")).status_code == 200
    assert len(seen) == 1
