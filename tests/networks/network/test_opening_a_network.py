"""A coordinator opens a network, and puts its settings right."""

import uuid

import pytest
from django.conf import settings
from django.test import Client

from networks.membership.models import CharterAcceptance, Membership, Role
from networks.network.models import Network
from tests import cast
from tests.crowd import at_once

pytestmark = pytest.mark.django_db
NEW = "/networks/new/"
FORM = {
    "name": "Health and Social Care community of practice",
    "purpose": "To learn from each other.",
    "zone": "Europe/London",
    "accent": "3",
    "charter": "Be kind.",
}
SETTINGS = {
    "name": "Libraries", "purpose": "To share.", "zone": "Europe/London", "accent": "2",
    "entry": "invited",
}  # fmt: skip


def words(response):
    return " ".join(response.content.decode().split())


def test_whoever_opens_a_network_looks_after_it(signed_in):
    dan = cast.person("Dan Price")
    opened = signed_in(dan).post(NEW, FORM)
    network = Network.objects.get()
    assert opened.url == "/n/health-and-social-care-community/run/"
    assert Membership.objects.get(network=network, person=dan).role == Role.COORDINATOR
    assert network.charters.get().text == "Be kind."
    assert CharterAcceptance.objects.get(person=dan).charter.version == 1
    assert [room.name for room in network.rooms.all()] == ["Everyone"]


def test_the_form_comes_with_house_rules_to_begin_with(signed_in):
    page = words(signed_in(cast.person(zone="Europe/Dublin")).get(NEW))
    assert "We are here to help each other." in page
    assert 'value="Europe/Dublin" selected' in page


def test_networks_of_one_name_get_addresses_of_their_own(signed_in):
    client = signed_in(cast.person())
    for _ in range(3):
        client.post(NEW, FORM | {"name": "Libraries"})
    slugs = set(Network.objects.values_list("slug", flat=True))
    assert slugs == {"libraries", "libraries-2", "libraries-3"}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("New", "new-network"), ("Admin", "admin-network"), ("日本", "network"),
        ("2026", "2026-network"), ("Caffè d’Arte & Co.", "caffe-darte-co"), ("A", "a-network"),
    ],
)  # fmt: skip
def test_an_address_can_be_said_on_the_phone_and_is_none_of_our_own(signed_in, name, slug):
    signed_in(cast.person()).post(NEW, FORM | {"name": name})
    assert Network.objects.get().slug == slug


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_open_one_network():
    dan = cast.person("Dan Price")
    form = FORM | {"once": str(uuid.uuid4())}

    def press(_):
        client = Client()
        client.force_login(dan, backend=settings.AUTHENTICATION_BACKENDS[1])
        return client.post(NEW, form).status_code

    assert set(at_once(press)) == {302}
    assert Network.objects.count() == 1
    assert Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_networks_of_one_name_opened_at_once_are_all_opened():
    people = [cast.person() for _ in range(8)]

    def press(number):
        client = Client()
        client.force_login(people[number], backend=settings.AUTHENTICATION_BACKENDS[1])
        return client.post(NEW, FORM | {"once": str(uuid.uuid4())}).status_code

    assert set(at_once(press, 8)) == {302}
    assert Network.objects.count() == 8


def test_only_an_operator_opens_networks_where_the_server_says_so(signed_in, settings):
    settings.OPEN_NETWORKS = False
    assert signed_in(cast.person()).get(NEW).status_code == 403
    assert signed_in(cast.person()).post(NEW, FORM).status_code == 403
    operator = cast.person(is_operator=True)
    assert signed_in(operator).post(NEW, FORM).status_code == 302
    assert Network.objects.count() == 1


BAD = [
    ({"name": ""}, "Fill in “Name of the network”."),
    ({"name": "n" * 121}, "Use 120 characters or fewer. You wrote 121."),
    ({"name": "Care\x00"}, "held a character that cannot be kept"),
    ({"purpose": ""}, "Fill in “What it is for”."),
    ({"purpose": "p" * 2001}, "Use 2000 characters or fewer. You wrote 2001."),
    ({"zone": "Mars/Base"}, "Choose one of the answers shown."),
    ({"accent": "9"}, "Choose one of the answers shown."),
    ({"accent": "blue"}, "Choose one of the answers shown."),
]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        *BAD,
        ({"charter": ""}, "Fill in “House rules”."),
        ({"charter": "c" * 8001}, "Use 8000 characters or fewer. You wrote 8001."),
    ],
)
def test_what_cannot_open_a_network_gets_a_sentence_and_stays(signed_in, typed, sentence):
    answer = signed_in(cast.person()).post(NEW, FORM | {"charter": "Kept rules."} | typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "There is a problem" in words(answer)
    assert "charter" in typed or "Kept rules." in words(answer)
    assert not Network.objects.exists()


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "Gardens 🌻", "רשת בריאות"])
def test_odd_names_are_kept_and_shown_as_they_are(signed_in, name):
    client = signed_in(cast.person())
    client.post(NEW, FORM | {"name": name})
    network = Network.objects.get()
    assert network.name == name
    page = words(client.get(f"/n/{network.slug}/settings/"))
    assert "<script>alert" not in page


def test_what_was_typed_waits_for_somebody_whose_sign_in_expired(client, signed_in):
    assert client.post(NEW, FORM | {"name": "Typed"}).url == f"/accounts/login/?next={NEW}"
    page = words(signed_in(cast.person()).get(NEW))
    assert 'value="Typed"' in page
    assert "Be kind." in page


def test_settings_are_changed_and_the_address_stays(signed_in):
    place = cast.network("Libary")
    client = signed_in(cast.coordinator(place))
    assert (
        client.post(f"/n/{place.slug}/settings/", SETTINGS | mark(client, place)).status_code == 302
    )
    slug = place.slug
    place.refresh_from_db()
    assert (place.name, place.accent, place.slug) == ("Libraries", 2, slug)


@pytest.mark.parametrize(("typed", "sentence"), BAD)
def test_settings_that_cannot_be_get_a_sentence_and_stay(signed_in, typed, sentence):
    place = cast.network("Libraries")
    client = signed_in(cast.coordinator(place))
    form = SETTINGS | {"purpose": "Kept purpose."} | mark(client, place) | typed
    answer = client.post(f"/n/{place.slug}/settings/", form)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "purpose" in typed or "Kept purpose." in words(answer)
    place.refresh_from_db()
    assert place.name == "Libraries"


def test_who_saves_after_somebody_else_is_told_and_can_save_again(signed_in):
    place = cast.network("Libraries")
    client = signed_in(cast.coordinator(place))
    opened = mark(client, place)
    Network.objects.filter(pk=place.pk).update(name="Community Libraries")
    answer = client.post(
        f"/n/{place.slug}/settings/", SETTINGS | {"name": "Our Libraries"} | opened
    )
    assert answer.status_code == 422
    assert "It now says: Name of the network: Community Libraries" in words(answer)
    assert 'value="Our Libraries"' in words(answer)
    place.refresh_from_db()
    assert place.name == "Community Libraries"
    again = SETTINGS | {"name": "Our Libraries"} | found_mark(answer)
    assert client.post(f"/n/{place.slug}/settings/", again).status_code == 302
    place.refresh_from_db()
    assert place.name == "Our Libraries"


def mark(client, place):
    return found_mark(client.get(f"/n/{place.slug}/settings/"))


def found_mark(page):
    return {"mark": page.content.decode().split('name="mark" value="')[1].split('"')[0]}
