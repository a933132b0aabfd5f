"""Where organisations are: said by a coordinator, the same for every network."""

import pytest

from members.organisations.actions import DESCRIBED
from members.organisations.models import Organisation
from peernet.lib import seen
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    made = cast.network("Libraries", slug="libraries")
    cast.member(made, "Ann Lee", organisation="Octopus Centre")
    return made


@pytest.fixture
def dan(place, signed_in):
    return signed_in(cast.coordinator(place))


def body():
    return Organisation.objects.get(name="Octopus Centre")


def page():
    return f"/n/libraries/organisations/{body().pk}/"


def say(client, region, **more):
    return client.post(page(), {"region": region, "mark": seen.mark(body(), DESCRIBED)} | more)


def test_a_coordinator_says_where_an_organisation_is(dan):
    assert page() in dan.get("/n/libraries/figures/").content.decode()
    assert say(dan, "  North   West ").url == "/n/libraries/figures/"
    assert body().region == "North West"
    assert 'value="North West"' in dan.get(page()).content.decode()
    assert "said where an organisation is" in dan.get("/n/libraries/log/").content.decode()


def test_who_saves_after_somebody_else_is_told_what_it_says_now(dan):
    old = seen.mark(body(), DESCRIBED)
    Organisation.objects.update(region="Wales")
    answer = say(dan, "North", mark=old)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Wales" in text
    assert 'value="North"' in text
    assert body().region == "Wales"


def test_a_region_too_long_stays_in_the_form(dan):
    answer = say(dan, "n" * 81)
    assert answer.status_code == 422
    assert "Use 80 characters or fewer." in answer.content.decode()


def test_an_organisation_without_a_place_in_the_network_is_not_theirs_to_change(dan):
    elsewhere = cast.network("Elsewhere")
    cast.member(elsewhere, "Bo", organisation="Far Trust")
    far = Organisation.objects.get(name="Far Trust")
    assert dan.post(f"/n/libraries/organisations/{far.pk}/", {"region": "x"}).status_code == 404
    far.refresh_from_db()
    assert far.region == ""
