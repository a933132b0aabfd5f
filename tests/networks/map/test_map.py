"""The map says what the list says, and nothing finer than people chose."""

from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from networks.map import actions, queries
from networks.map.models import Site
from networks.profiles.actions import tell
from networks.profiles.rules import COORDINATORS, ME, NETWORK, PLACE
from networks.seats.models import Part, Seat
from peernet.lib import places
from peernet.lib.errors import Refused
from tests import cast

pytestmark = pytest.mark.django_db
EXACT = (Decimal("53.8123"), Decimal("-1.5987"))


@pytest.fixture
def home():
    return cast.network(slug="home")


@pytest.fixture
def dan(home):
    return cast.coordinator(home)


@pytest.fixture
def lead(home):
    return cast.member(home, "Lea Dee", organisation="Quince Works")


@pytest.fixture
def seat(home, lead):
    assert lead.holdings.get().part == Part.LEAD
    return Seat.objects.get(network=home)


def shown(client, home):
    return client.get(reverse("network_map", args=[home.slug])).content.decode()


def live_in(home, town, n, level=NETWORK):
    for _ in range(n):
        person = cast.member(home)
        tell(person, {PLACE: (town, level)}, by=person)


def test_pins_and_list_are_the_same_and_lead_to_one_another(home, dan, seat, lead, signed_in):
    live_in(home, "Leeds", 3)
    live_in(home, "Penarth", 2)
    live_in(home, "Halifax", 2, level=COORDINATORS)
    live_in(home, "Bath", 4, level=ME)
    actions.put(seat, "Exeter", by=dan)
    pages = {reader: shown(signed_in(reader), home) for reader in (dan, lead)}
    for reader, towns in ((dan, "Exeter Halifax Leeds Penarth"), (lead, "Exeter Leeds Penarth")):
        page = BeautifulSoup(pages[reader], "html.parser").select_one(".map")
        pins, rows = page.select("svg a"), page.select("li")
        assert [one["aria-label"] for one in pins] == towns.split()
        assert [one.a.get_text(strip=True) for one in rows] == towns.split()
        for pin, row in zip(pins, rows, strict=True):
            assert (pin["href"], row.a["href"]) == (f"#{row['id']}", f"#{pin['id']}")
    said = " ".join(BeautifulSoup(pages[lead], "html.parser").select_one(".map").get_text().split())
    assert "3 people" in said
    assert "fewer than 3 people" in said
    assert "2 people" not in said
    sizes = {spot.place.name: spot.size for spot in queries.spots(lead, home)[0]}
    assert sizes["Penarth"] == sizes["Leeds"], "a pin must not tell 1 from 2"


def test_nothing_finer_than_was_chosen_is_shown_or_kept(home, dan, seat, lead, signed_in):
    where = reverse("organisation_place", args=[home.slug, seat.organisation_id])
    numbers = [str(one) for one in EXACT]
    own = signed_in(lead)
    own.post(where, {"place": "Leeds", "exact": ", ".join(numbers)})
    assert all(one in shown(own, home) for one in numbers)
    own.post(where, {"place": "leeds", "exact": ""})
    assert not Site.objects.exclude(latitude=None).exists(), "kept what is not shown any more"
    for reader in (lead, dan):
        page = shown(signed_in(reader), home)
        assert not [one for one in numbers if one in page]
        assert "Quince Works" in page
    signed_in(dan).post(where, {"place": "Leeds", "exact": ", ".join(numbers)})
    assert not Site.objects.exclude(latitude=None).exists(), "not the coordinator's to say"
    signed_in(lead).post(where, {"place": "", "exact": ""})
    assert not Site.objects.exists()


def test_only_its_lead_says_exactly_where_and_others_say_nothing(home, dan, seat):
    bo = cast.member(home, "Bo Nim", organisation="Quince Works")
    assert bo.holdings.get().part == Part.DEPUTY
    with pytest.raises(Refused, match="lead"):
        actions.put(seat, "Leeds", exact=EXACT, by=dan)
    with pytest.raises(Refused, match="lead"):
        actions.put(seat, "Leeds", by=bo)
    with pytest.raises(Refused, match="town"):
        actions.put(seat, "Atlantis", by=dan)


def test_wrong_points_are_explained_and_nothing_typed_is_lost(home, seat, lead, signed_in):
    client = signed_in(lead)
    where = reverse("organisation_place", args=[home.slug, seat.organisation_id])
    for typed, said in (("here", "two numbers"), ("12.5, 99.1", "not on the map")):
        answer = client.post(where, {"place": "Leeds", "exact": typed})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert f'value="{typed}"' in answer.content.decode()
    assert not Site.objects.exists()


def test_each_place_that_can_be_named_stands_on_the_drawing_and_is_no_finer_than_a_town():
    for place in places._known().values():
        assert places.is_drawn(place.latitude, place.longitude), place
        for degrees in (place.latitude, place.longitude):
            assert round(degrees, 2) == degrees
    assert places.find(" LEEDS ") == places.find("Leeds")
    assert places.find("King's Lynn") == places.find("King’s Lynn") is not None
