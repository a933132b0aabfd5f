"""Who hears from a network at all: its members, and who sits for a funder of it."""

import pytest

from members.notices.rules import Hearing
from networks.membership.models import Pause
from networks.membership.queries import coordinators_by_network, hearing, may_hear
from networks.network.models import Network
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return cast.network()


def test_everybody_hears_what_their_standing_says_and_nobody_else_anything(place):
    other, under = cast.network("Community Libraries"), cast.programme()
    cast.grant(place, under)
    cast.grant(other, elsewhere := cast.programme("Other Fund", funder="Other Trust"))
    gone = cast.funder_person(under, "Gia Gone")
    gone.funder_seats.update(until=clock.now())
    resting = cast.member(place, "Rae Rest")
    Pause.objects.create(network=place, person=resting)
    expected = {
        cast.member(place): Hearing.ALL,
        resting: Hearing.BREAK,
        cast.funder_person(under): Hearing.FUNDER,
        gone: Hearing.NOTHING,
        cast.funder_person(elsewhere, "Vic Other"): Hearing.NOTHING,
        cast.former_member(place): Hearing.NOTHING,
        cast.member(other, "Otto Else"): Hearing.NOTHING,
    }
    for person, how in expected.items():
        assert hearing(person.pk, place.pk) is how, person
        assert may_hear(person.pk, place.pk) is (how is not Hearing.NOTHING), person


def test_of_a_closed_network_its_members_hear_that_it_closed(place):
    ann = cast.member(place)
    Network.objects.update(closed_at=clock.now())
    assert hearing(ann.pk, place.pk) is Hearing.CLOSED


def test_whom_to_ask_is_who_looks_after_one_s_own_networks_now(place):
    ann, dan = cast.member(place), cast.coordinator(place)
    cast.facilitator(place)
    cast.coordinator(place, "Gus Gone", until=clock.now())
    cast.coordinator(place, "Closed Account", is_active=False)
    cast.coordinator(cast.network("Community Libraries"), "Otto Else")
    assert coordinators_by_network(ann) == {place: [dan]}
