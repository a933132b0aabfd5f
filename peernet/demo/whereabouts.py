"""What the demo's people tell of themselves and to whom, and where their organisations are."""

from decimal import Decimal

from members.people.models import Person
from networks.map.models import Site
from networks.network.models import Network
from networks.profiles.models import Detail
from networks.profiles.rules import COORDINATORS, EMAIL, EVERYBODY, LINKED, ME, NETWORK
from networks.seats.models import Seat
from peernet.lib import places

from . import story

# Name -> (what, words, who sees it); the place of each is the town of their organisation.
TOLD = {
    "Amina Begum": [
        ("about", "Day care for sixty people. I collect rotas that survive Mondays.", NETWORK),
        ("languages", "English, Bengali, Sylheti", LINKED),
        ("phone", "020 7946 0018", COORDINATORS), ("pronouns", "she/her", NETWORK),
    ],
    "Helen Marsh": [
        ("about", "Night care in five villages. Ask me about rotas and about sleeping.", EVERYBODY),
        ("link", "https://malvern-care.example", EVERYBODY), (EMAIL, "", NETWORK),
    ],
    "Bronwen Rees": [("languages", "Cymraeg, English", LINKED), (EMAIL, "", LINKED)],
    "Kofi Mensah": [
        ("about", "Home visits, alone and safe.", LINKED), ("phone", "0151 496 0021", ME),
    ],
    "Lena Novak": [
        ("languages", "English, Czech, Slovak", NETWORK), ("pronouns", "she/they", NETWORK),
    ],
    "Mo Rahman": [("about", "Three people, fourteen nights.", NETWORK)],
}  # fmt: skip
SHY = ("Tom Askew", "Ursula Finch")  # who say nowhere where they are
TOWNS = {"Calder": "Halifax", "Hulme": "Manchester", "Garston": "Liverpool", "Elland": "Halifax",
         "Octopus": "Brixton", "Otley": "Leeds", "Totnes": "Exeter", "Newlyn": "Penzance",
         "Wells": "Bath", "Leith": "Edinburgh", "Malvern": "Great Malvern",
         "Dovedale": "Buxton"}  # fmt: skip
EXACTLY = {"Penarth Care Trust": (Decimal("51.4360"), Decimal("-3.1730"))}  # its lead said so


def write() -> None:
    """The places of the demo's network, levels of all kinds, and pins of both."""
    place = Network.objects.get(name=story.CARE, demo=True)
    for seat in Seat.objects.filter(network=place).current().select_related("organisation"):
        _site(seat)
    for name, body, _region in [*story.CARE_FIRST, *story.CARE_SECOND]:
        person = Person.objects.get(name=name, memberships__network=place, demo=True)
        town = None if name in SHY else _town(body)
        told = [("place", town, NETWORK)] if town else []
        Detail.objects.bulk_create(
            Detail(person=person, what=what, words=words, level=level)
            for what, words, level in [*told, *TOLD.get(name, [])]
        )


def _town(body: str) -> str | None:
    first = body.split()[0]
    found = places.find(TOWNS.get(first, first))
    return found.name if found else None


def _site(seat: Seat) -> None:
    body = seat.organisation
    if town := _town(body.name):
        latitude, longitude = EXACTLY.get(body.name, (None, None))
        Site.objects.get_or_create(
            organisation=body,
            defaults={"place": town, "latitude": latitude, "longitude": longitude},
        )
