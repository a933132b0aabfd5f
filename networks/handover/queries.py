"""Which seats are being handed over, and who had something before."""

from django.db.models import QuerySet

from members.people.models import Person
from networks.seats.models import Holding, Seat

from .models import Handover, HandoverItem


def handover(network_id: int, pk: int, reader: Person) -> Handover | None:
    """The handover, for one of the two and for coordinators."""
    rows = Handover.objects.visible_to(reader).told()
    return rows.filter(network=network_id, pk=pk).first()


def of_seat(seat: Seat, reader: Person) -> QuerySet[Handover]:
    """Handovers of the seat that go on, oldest first, as far as the reader may know of them."""
    rows = Handover.objects.standing().visible_to(reader).filter(seat=seat)
    return rows.told().order_by("pk")


def held_by_leaver(row: Handover) -> Holding | None:
    """What the leaver still holds of the seat."""
    return row.seat.holdings.current().filter(person=row.leaver_id).first()


def giver(kind: str, about: object) -> QuerySet:
    """Who had the thing before it was handed on, last: their name, for who may see the thing.
    `about`: its number, or an OuterRef to it."""
    rows = HandoverItem.objects.filter(kind=kind, about_id=about, handed_at__isnull=False)
    return rows.order_by("-handed_at", "-pk").values_list("handover__leaver__name", flat=True)[:1]
