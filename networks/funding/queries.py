"""Until when the money lasts, who pays it, and who may see what came of it."""

from datetime import date, datetime

from django.db.models import F, Max, Q, QuerySet

from members.people.models import Person
from networks.network.models import Network

from .models import Funder, FunderSeat, Grant, Programme


def funded_until(network: Network) -> date | None:
    """The last funded day over all grants of the network; None when it never had one.

    The day is a calendar day in the network's own zone, and is itself funded.
    """
    return Grant.objects.filter(network=network).aggregate(day=Max("ends_on"))["day"]


def grants_of(network: Network) -> QuerySet[Grant]:
    """The network's grants with their programmes and funders, the last to end first."""
    rows = Grant.objects.filter(network=network).select_related("programme__funder")
    return rows.order_by("-ends_on", "-pk")


def offered_to(programme: Programme) -> QuerySet[Grant]:
    """Grants whose networks agreed to share their figures, whatever the funder said yet."""
    return programme.grants.filter(network_agreed_at__isnull=False).select_related("network")


def offered_split(programme: Programme) -> tuple[list[Grant], list[Grant]]:
    """(shared_grants, waiting_for_funder) of the programme, in one query."""
    rows = list(offered_to(programme).order_by("network__name", "pk"))
    waiting = [row for row in rows if row.funder_agreed_at is None]
    return [row for row in rows if row.funder_agreed_at is not None], waiting


def waiting_for_funder(programme: Programme) -> QuerySet[Grant]:
    """Grants whose networks agreed to share their figures, and whose funder has not yet."""
    rows = offered_to(programme).filter(funder_agreed_at=None)
    return rows.order_by("network__name", "pk")


def shared_grants(programme: Programme) -> QuerySet[Grant]:
    """Grants whose figures the programme's page may show: both sides have agreed."""
    rows = offered_to(programme).filter(funder_agreed_at__isnull=False)
    return rows.order_by("network__name", "pk")


def known_names(network: Network) -> tuple[list[str], list[str]]:
    """Names of the funders and programmes of this network's own grants, to choose from.

    Never those of others: who pays for another network is not for everybody to read.
    """
    mine = Grant.objects.filter(network=network)
    funders = Funder.objects.filter(programmes__grants__in=mine).distinct().order_by("name")
    programmes = Programme.objects.filter(grants__in=mine).distinct().order_by("name")
    return [row.name for row in funders], [row.name for row in programmes]


def open_seats(funder: Funder) -> QuerySet[FunderSeat]:
    """Who sits for the funder, or was asked to."""
    rows = FunderSeat.objects.filter(funder=funder, until=None)
    return rows.select_related("person").order_by("pk")


def seats_by_funder(funders: set[int]) -> dict[int, list[FunderSeat]]:
    """`open_seats` of several funders, by the funder's id, in one query."""
    found: dict[int, list[FunderSeat]] = {pk: [] for pk in funders}
    rows = FunderSeat.objects.filter(funder__in=funders, until=None)
    for seat in rows.select_related("person").order_by("pk"):
        found[seat.funder_id].append(seat)
    return found


def strangers_at(funder: Funder, network: Network) -> list[FunderSeat]:
    """Who sits for the funder, or was asked to, without this network having named them.

    Anybody can write any funder's name: before figures go to people whom the network did not
    name itself, it is shown who they are.
    """
    return [seat for seat in open_seats(funder) if seat.invited_for_id != network.pk]


def contact_named_by(network: Network, funder: Funder) -> str:
    """The address that the network named for the funder and nobody has taken up; else ""."""
    seats = open_seats(funder).filter(person=None, invited_for=network)
    return seats.values_list("email", flat=True).first() or ""


def invited_since(network: Network, moment: datetime) -> int:
    """How many people the network has asked to sit for funders since the moment (aware)."""
    return FunderSeat.objects.filter(invited_for=network, invited_at__gt=moment).count()


def invited_by(person: Person, moment: datetime) -> int:
    """How many colleagues the person has asked to their funder since the moment (aware)."""
    rows = FunderSeat.objects.filter(invited_by=person, invited_for=None)
    return rows.filter(invited_at__gt=moment).count()


def all_seats(funder: Funder) -> QuerySet[FunderSeat]:
    """Everybody who sits for the funder, was asked to, or did once: those who see it now first."""
    rows = FunderSeat.objects.filter(funder=funder).select_related("person", "invited_by")
    return rows.order_by(F("until").desc(nulls_first=True), "-pk")


def people_of(funder: Funder) -> QuerySet[Person]:
    """Who sits for the funder now."""
    seats = FunderSeat.objects.filter(funder=funder, until=None, person__isnull=False)
    return Person.objects.filter(is_active=True, pk__in=seats.values("person"))


def seat_for(person: Person, pk: int) -> FunderSeat | None:
    """The seat that the person was asked to take, or sits on; None for anybody else's.

    Theirs means: it was sent to an address that they have shown to read.
    """
    mine = person.emailaddress_set.filter(verified=True).values("email")
    theirs = Q(person=person) | Q(person=None, email__in=mine)
    rows = FunderSeat.objects.filter(theirs, pk=pk, until=None)
    return rows.select_related("funder", "invited_by").first()
