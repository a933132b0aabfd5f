"""What stands on a network's map, which is the same as in the list beside it."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count

from members.people.models import Person
from networks.membership.models import Membership
from networks.network.models import Network
from networks.profiles.queries import seen_by
from networks.profiles.rules import PLACE
from networks.seats.models import Holding, Part, Seat
from peernet.lib import places

from .models import Site

FEWEST = 3  # people of one place that are told as a number
SHOWN = 150  # places on one page, those with the most people


@dataclass
class Spot:
    """One place: how many people tell the reader that they are there, and organisations."""

    place: places.Place
    people: int = 0
    organisations: list[tuple[int, str]] = field(default_factory=list)

    @property
    def at(self) -> tuple[int, int]:
        return places.point(self.place.latitude, self.place.longitude)

    @property
    def size(self) -> int:
        """How large its pin is: the same for any number below FEWEST."""
        return min(5 + max(self.people, FEWEST), 14)


@dataclass(frozen=True)
class Pin:
    """An organisation exactly where it says it is."""

    pk: int
    name: str
    latitude: Decimal
    longitude: Decimal
    place: str

    @property
    def at(self) -> tuple[int, int]:
        return places.point(float(self.latitude), float(self.longitude))

    @property
    def numbers(self) -> tuple[str, str]:
        """Latitude and longitude as they are written."""
        return str(self.latitude), str(self.longitude)


def spots(reader: Person, network: Network) -> tuple[list[Spot], list[Pin]]:
    """The places of a network by name, the fullest SHOWN, and the organisations that say exactly
    where they are. Of people only what the reader may see, and only by town. Two statements."""
    found: dict[str, Spot] = {}
    here = Membership.objects.filter(network=network, person__is_active=True).current()
    told = seen_by(reader).filter(what=PLACE, person__in=here.values("person"))
    for name, people in told.order_by().values_list("words").annotate(n=Count("pk")):
        if place := places.find(name):
            found[place.name] = Spot(place, people)
    pins = []
    seats = Seat.objects.filter(network=network).current().values("organisation")
    rows = Site.objects.filter(organisation__in=seats).select_related("organisation")
    for site in rows.order_by("organisation__name", "pk"):
        pk, name = site.organisation_id, site.organisation.name
        if site.latitude is not None:
            pins.append(Pin(pk, name, site.latitude, site.longitude, site.place))
        elif place := places.find(site.place):
            found.setdefault(place.name, Spot(place)).organisations.append((pk, name))
    fullest = sorted(found.values(), key=lambda spot: (-spot.people, spot.place.name))[:SHOWN]
    return sorted(fullest, key=lambda spot: spot.place.name), pins


def may_place(person: Person, seat: Seat) -> bool:
    """Whether the person may say in which town the organisation is."""
    return leads(person, seat) or person.has_perm("networks.coordinate", seat.network)


def leads(person: Person, seat: Seat) -> bool:
    """Whether the person leads for the organisation, and so may say exactly where it is."""
    rows = Holding.objects.filter(seat=seat, person=person, part=Part.LEAD)
    return rows.current().exists()
