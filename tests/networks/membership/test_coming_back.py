"""After having left: a new spell, the old links. Asking to come back: tests/networks/joining."""

from datetime import timedelta

import pytest
from django.urls import reverse

from networks.membership import actions
from networks.membership.models import Membership
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def ann(place):
    ann = cast.member(place, organisation="Octopus Centre")
    cast.thread(place, ann)
    actions.leave(place, by=ann)
    clock.travel(clock.now() + timedelta(days=3))
    return ann


def test_a_new_invitation_brings_them_back_too(place, dan, ann):
    from_now = actions.begin(place, ann, by=dan)
    assert from_now.until is None
    assert Membership.objects.filter(person=ann).count() == 2


def test_every_old_link_says_since_when_they_are_not_in_it(place, dan, ann, signed_in):
    """Also to what never existed: the page says nothing of what is there."""
    foreign = cast.network("Secret Pubs")
    client = signed_in(ann)
    pages = [client.get(reverse(name, args=[place.slug])) for name in ("network", "talk", "run")]
    pages += [client.get(reverse("thread", args=[place.slug, pk])) for pk in (1, 10**9)]
    for page in pages:
        assert page.status_code == 404
        assert "You are not in this network any more" in page.content.decode()
        assert reverse("left", args=[place.slug]) in page.content.decode()
    other = client.get(reverse("network", args=[foreign.slug]))
    nowhere = client.get(reverse("network", args=["nowhere-at-all"]))
    assert len(other.content) == len(nowhere.content)
    assert "Secret Pubs" not in other.content.decode()


def test_home_leads_back_to_what_one_left(place, ann, signed_in):
    client = signed_in(ann)  # who has left
    page = client.get("/").content.decode()
    assert "Networks you left" in page
    assert reverse("left", args=[place.slug]) in page
    assert "not in a network yet" not in page
    place.closed_at = clock.now()
    place.save()
    assert "Networks you left" not in client.get("/").content.decode()
