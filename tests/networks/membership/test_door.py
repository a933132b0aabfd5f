"""The one door, asked by everybody for everything: it says yes to what its tables name, and no to
all else."""

import pytest
from django.contrib.auth.models import AnonymousUser

from members.people.models import Person
from networks.membership.door import Door
from networks.network.models import Network
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db
ABILITIES = ["view", "take_part", "facilitate", "coordinate", "see_figures", "reopen", "fund",
             "view_programme", "open_network", "operate"]  # fmt: skip
MEMBER = ["view", "take_part"]
COORDINATOR = ["view", "take_part", "facilitate", "coordinate", "see_figures"]


def allowed(person, thing=None):
    """What the person may do, asked as every page asks: of somebody read from the database."""
    fresh = Person.objects.get(pk=person.pk)
    return [one for one in ABILITIES if fresh.has_perm(f"networks.{one}", thing)]


@pytest.fixture
def place():
    return cast.network()


@pytest.fixture
def under():
    return cast.programme()


def test_each_role_may_do_what_its_table_names_in_its_network_and_nothing_in_another(place):
    elsewhere = cast.network("Community Libraries")
    may = {cast.member(place): MEMBER, cast.facilitator(place): [*MEMBER, "facilitate"],
           cast.coordinator(place): COORDINATOR, cast.former_member(place): [],
           cast.person("Oz"): []}  # fmt: skip
    for person, abilities in may.items():
        assert allowed(person, place) == abilities
        assert allowed(person, elsewhere) == []


def test_in_a_closed_network_all_read_and_who_looked_after_it_may_open_it(place):
    may = {cast.member(place): ["view"], cast.facilitator(place): ["view"],
           cast.coordinator(place): ["view", "reopen"], cast.former_member(place): []}  # fmt: skip
    Network.objects.filter(pk=place.pk).update(closed_at=clock.now())
    for person, abilities in may.items():
        assert allowed(person, place) == abilities


def test_a_programme_is_for_who_sits_for_its_funder_now(place, under):
    cast.grant(place, under)
    uma, gone = cast.funder_person(under), cast.funder_person(under, "Gia Gone")
    gone.funder_seats.update(until=clock.now())
    other = cast.programme("Other Fund", funder="Other Trust")
    assert allowed(uma, under) == ["see_figures", "fund", "view_programme"]
    assert allowed(uma, place) == allowed(uma, other) == allowed(gone, under) == []
    assert allowed(cast.coordinator(place), under) == []


def test_the_platform_is_for_its_operators(settings):
    ann, olu = cast.person(), cast.person("Olu", is_operator=True)
    assert allowed(ann) == ["open_network"]
    assert allowed(olu) == ["open_network", "operate"]
    settings.OPEN_NETWORKS = False
    assert allowed(ann) == []
    assert allowed(olu) == ["open_network", "operate"]


def test_who_is_signed_out_or_closed_their_account_is_told_no(place):
    dan = cast.coordinator(place, is_operator=True)
    assert Door().has_perm(dan, "networks.coordinate", place)
    assert not Door().has_perm(dan, "sessions.coordinate", place)
    for nobody in (AnonymousUser(), cast.coordinator(place, "Gus", is_active=False)):
        for thing in (place, None):
            assert not any(Door().has_perm(nobody, f"networks.{one}", thing) for one in ABILITIES)
            assert not any(nobody.has_perm(f"networks.{one}", thing) for one in ABILITIES)
